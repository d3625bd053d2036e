//! Links between issues. Not every server has them: `docs/ARCHITECTURE.md` says why our own graph
//! is the truth and these only mirror it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::handles::found;
use super::{Error, Issue, Repo};
use crate::domain::ids::IssueNumber;

/// How long a server is believed not to have a feature; it may be updated.
const BELIEVED: TimeDelta = TimeDelta::hours(1);

/// The features the server was found not to have, and when.
#[derive(Default)]
pub(super) struct Missing {
    since: Mutex<HashMap<&'static str, DateTime<Utc>>>,
}

impl Missing {
    fn believes(&self, feature: &'static str, now: DateTime<Utc>) -> bool {
        let since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        since.get(feature).is_some_and(|since| now < *since + BELIEVED)
    }

    fn note(&self, feature: &'static str, now: DateTime<Utc>) {
        self.since.lock().unwrap_or_else(PoisonError::into_inner).insert(feature, now);
    }
}

impl Repo {
    /// The issues, of any repository, this one is blocked by; none where the server has no
    /// dependencies.
    /// <https://docs.github.com/en/rest/issues/issue-dependencies>
    pub async fn blocked_by(&self, issue: IssueNumber) -> Result<Vec<Issue>, Error> {
        self.linked(issue, "dependencies/blocked_by").await
    }

    /// The parts of an issue, in any repository; none where the server has no sub-issues.
    /// <https://docs.github.com/en/rest/issues/sub-issues>
    pub async fn sub_issues(&self, issue: IssueNumber) -> Result<Vec<Issue>, Error> {
        self.linked(issue, "sub_issues").await
    }

    /// Says that an issue waits for another, by its id; false where the server has no
    /// dependencies. It is fine if it was said before.
    pub async fn block(&self, issue: IssueNumber, by: &Issue) -> Result<bool, Error> {
        let path = format!("issues/{issue}/dependencies/blocked_by");
        match found(self.tell(&self.post(path, json!({ "issue_id": by.id }))).await) {
            Err(error) if error.is_unprocessable() => Ok(true),
            told => Ok(told?.is_some()),
        }
    }

    /// Says that an issue no longer waits for another, by its id; it is fine if it did not.
    pub async fn unblock(&self, issue: IssueNumber, by: &Issue) -> Result<(), Error> {
        let path = format!("issues/{issue}/dependencies/blocked_by/{}", by.id);
        found(self.tell(&self.delete(path, None)).await).map(drop)
    }

    /// A 404 means a server without the feature only where the issue itself is there.
    async fn linked(&self, issue: IssueNumber, feature: &'static str) -> Result<Vec<Issue>, Error> {
        let inner = &self.on.github.inner;
        if inner.missing.believes(feature, inner.clock.now()) {
            return Ok(Vec::new());
        }
        match self.pages(self.get(format!("issues/{issue}/{feature}"))).all().await {
            Err(error) if error.is_gone() => {
                self.issue(issue).await?;
                inner.missing.note(feature, inner.clock.now());
                Ok(Vec::new())
            }
            answered => answered,
        }
    }
}
