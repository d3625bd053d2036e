//! Checks: ours on a pull request, and everybody's on a commit.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::lenient::or_default;
use super::{Conclusion, Error, Repo, Status};
use crate::domain::ids::CommitSha;

/// A check, as somebody reported it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct CheckRun {
    /// GitHub's id.
    pub id: i64,
    /// Its name.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// What the reporting App calls it.
    #[serde(default, deserialize_with = "or_default")]
    pub external_id: String,
    /// How far it is.
    #[serde(default)]
    pub status: Status,
    /// How it ended, if it did.
    #[serde(default)]
    pub conclusion: Option<Conclusion>,
    /// Where people see it.
    #[serde(default, deserialize_with = "or_default")]
    pub html_url: String,
    /// What it says.
    #[serde(default, deserialize_with = "or_default")]
    pub output: Said,
    #[serde(default)]
    app: Option<ReportedBy>,
}

/// What a check says, where it says anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Said {
    /// In one line.
    pub title: Option<String>,
    /// In Markdown.
    pub summary: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
struct ReportedBy {
    id: i64,
}

/// A check to be reported.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// Its name, which people may require.
    pub name: String,
    /// Of which commit.
    pub head_sha: CommitSha,
    /// What we call it: the same id is the same check.
    pub external_id: String,
    /// How far it is.
    pub status: Status,
    /// How it ended; only with `Status::Completed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conclusion: Option<Conclusion>,
    /// Where it is told in full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details_url: Option<String>,
    /// What it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Output>,
    /// Buttons; three at most, and only once it is completed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Action>,
}

/// What a check says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Output {
    /// In one line.
    pub title: String,
    /// In Markdown; 65 535 characters at most.
    pub summary: String,
}

/// A button of a check.
/// <https://docs.github.com/en/rest/checks/runs#create-a-check-run>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Action {
    /// What is on it; 20 characters at most.
    pub label: String,
    /// What it does; 40 characters at most.
    pub description: String,
    /// What we are told when it is pressed; 20 characters at most.
    pub identifier: String,
}

impl Repo {
    /// The latest check of each name on a commit.
    pub async fn checks_of(&self, commit: &CommitSha) -> Result<Vec<CheckRun>, Error> {
        self.pages(self.get(format!("commits/{commit}/check-runs"))).under("check_runs").all().await
    }

    /// Reports a check: changes ours with this `external_id` on the commit, or makes it. Two at
    /// once may make two.
    pub async fn report(&self, check: &Check) -> Result<CheckRun, Error> {
        let ours = self.on.github.inner.app.id();
        let list = self.get(format!("commits/{}/check-runs", check.head_sha));
        let is_it = |run: &CheckRun| {
            run.external_id == check.external_id
                && run.app.as_ref().is_none_or(|app| app.id == ours)
        };
        let list = list.with("check_name", &check.name).with("filter", "all");
        let before = self.pages(list).under("check_runs").find(is_it).await?;
        let mut body = json!(check);
        match before {
            None => self.read(&self.post("check-runs", body)).await,
            Some(CheckRun { id, .. }) => {
                // A check stays with the commit it was made for.
                body.as_object_mut().and_then(|body| body.remove("head_sha"));
                self.read(&self.patch(format!("check-runs/{id}"), body)).await
            }
        }
    }
}
