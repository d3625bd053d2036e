//! Who may do what.

use serde::{Deserialize, Serialize};

use super::command::Command;
use super::ids::{Login, TaskNumber};
use super::refusal::Refusal;

/// What a person may do in a repository, from least to most.
///
/// <https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization>
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Nothing.
    #[default]
    None,
    /// Look.
    Read,
    /// Sort issues.
    Triage,
    /// Push and merge.
    Write,
    /// Run the repository.
    Maintain,
    /// Everything.
    Admin,
}

impl Permission {
    /// The permission a role's name stands for; an organization's own roles are not guessed at.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "none" => Some(Self::None),
            "read" | "pull" => Some(Self::Read),
            "triage" => Some(Self::Triage),
            "write" | "push" => Some(Self::Write),
            "maintain" => Some(Self::Maintain),
            "admin" => Some(Self::Admin),
            _ => None,
        }
    }

    /// Whether this is enough to command Team6.
    pub fn may_write(self) -> bool {
        Self::Write <= self
    }

    /// Whether this is enough to speak for another owner.
    pub fn maintains(self) -> bool {
        Self::Maintain <= self
    }
}

/// Who asks for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// A person who may do this where they ask, right now.
    Person(Permission),
    /// An App, which is never listened to.
    Bot,
}

/// Whether somebody may ask for something at all; what they ask for may be refused for reasons of
/// its own.
pub fn may_ask(command: &Command, asker: Asker) -> Result<(), Refusal> {
    match asker {
        Asker::Bot => Err(Refusal::NeedsWrite),
        Asker::Person(permission) if command.needs_write() && !permission.may_write() => {
            Err(Refusal::NeedsWrite)
        }
        Asker::Person(_) => Ok(()),
    }
}

/// Whether a person may approve a task, or withdraw its approval: anybody who can write, and where
/// the task has an owner, that owner or a maintainer.
pub fn may_approve(
    person: &Login,
    permission: Permission,
    task: TaskNumber,
    owner: Option<&Login>,
) -> Result<(), Refusal> {
    match owner {
        _ if !permission.may_write() => Err(Refusal::NeedsWrite),
        Some(owner) if !may_decide(person, permission, Some(owner)) => {
            Err(Refusal::NotYourTask { task, owner: owner.clone() })
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether a person may decide about what belongs to `owner`: that owner, or a maintainer, and
/// where nobody owns it, anybody who can write.
pub fn may_decide(person: &Login, permission: Permission, owner: Option<&Login>) -> bool {
    let is_theirs = owner.is_none_or(|owner| owner == person);
    permission.may_write() && (is_theirs || permission.maintains())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_approved_by_its_owner_or_a_maintainer() {
        let (ada, grace) = (Login("ada".into()), Login("grace".into()));
        let task = TaskNumber(3);
        assert_eq!(may_approve(&grace, Permission::Write, task, Some(&grace)), Ok(()));
        assert_eq!(may_approve(&ada, Permission::Maintain, task, Some(&grace)), Ok(()));
        assert_eq!(may_approve(&grace, Permission::Write, task, None), Ok(()));
        assert_eq!(
            may_approve(&grace, Permission::Write, task, Some(&ada)),
            Err(Refusal::NotYourTask { task, owner: ada.clone() })
        );
        for permission in [Permission::None, Permission::Read, Permission::Triage] {
            assert_eq!(may_approve(&ada, permission, task, Some(&ada)), Err(Refusal::NeedsWrite));
        }
    }
}
