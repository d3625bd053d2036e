//! Reading JSON that owes us nothing.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::delivery::NotUnderstood;
use super::fact::{Actor, Place};
use crate::domain::ids::{InstallationId, Login, MilestoneNumber, RepoId};

/// A delivery's payload, or a part of it.
#[derive(Clone, Copy)]
pub(super) struct Payload<'a>(pub(super) &'a Value);

impl<'a> Payload<'a> {
    /// The part at `pointer`; nothing at all, if it is not there.
    pub(super) fn at(self, pointer: &str) -> Self {
        Self(self.0.pointer(pointer).unwrap_or(&Value::Null))
    }

    pub(super) fn has(self, pointer: &str) -> bool {
        !self.at(pointer).0.is_null()
    }

    pub(super) fn flag(self, pointer: &str) -> bool {
        self.at(pointer).0.as_bool().unwrap_or_default()
    }

    /// A text that may well be missing.
    pub(super) fn word(self, pointer: &str) -> &'a str {
        self.at(pointer).0.as_str().unwrap_or_default()
    }

    pub(super) fn action(self) -> &'a str {
        self.word("/action")
    }

    pub(super) fn text(self, pointer: &str, name: &'static str) -> Result<String, NotUnderstood> {
        self.at(pointer).0.as_str().map(str::to_owned).ok_or(NotUnderstood::Missing(name))
    }

    pub(super) fn integer(self, pointer: &str, name: &'static str) -> Result<i64, NotUnderstood> {
        self.at(pointer).0.as_i64().ok_or(NotUnderstood::Missing(name))
    }

    /// A time; the beginning of time, if there is none, so that anything known is newer.
    pub(super) fn time(self, pointer: &str) -> DateTime<Utc> {
        self.word(pointer).parse().unwrap_or(DateTime::UNIX_EPOCH)
    }

    pub(super) fn milestone(self) -> Option<MilestoneNumber> {
        self.at("/milestone/number").0.as_i64().map(MilestoneNumber)
    }

    pub(super) fn installation(self) -> Option<InstallationId> {
        self.at("/installation/id").0.as_i64().map(InstallationId)
    }

    /// The repository the delivery is about.
    pub(super) fn place(self) -> Result<Place, NotUnderstood> {
        self.place_at("/repository")
    }

    pub(super) fn place_at(self, pointer: &str) -> Result<Place, NotUnderstood> {
        let repository = self.at(pointer);
        let name = repository.word("/full_name").parse();
        Ok(Place {
            id: RepoId(repository.integer("/id", "repository.id")?),
            name: name.map_err(|_| NotUnderstood::Missing("repository.full_name"))?,
            installation: self.installation(),
        })
    }

    /// Who is at `pointer`; GitHub leaves out accounts that were deleted.
    pub(super) fn actor(self, pointer: &str) -> Actor {
        let account = self.at(pointer);
        let login = match account.word("/login") {
            "" => "ghost",
            login => login,
        };
        Actor {
            id: account.at("/id").0.as_i64().unwrap_or_default(),
            login: Login(login.to_owned()),
            is_bot: account.word("/type") == "Bot" || login.ends_with("[bot]"),
        }
    }
}
