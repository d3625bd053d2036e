//! Issues: the sprint's and the tasks'.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::lenient::or_default;
use super::{Account, Error, Label, Milestone, Repo, State};
use crate::domain::ids::{IssueNumber, IssueRef, Login, MilestoneNumber};

/// An issue, or a pull request seen as one.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Issue {
    /// GitHub's id, which dependencies are made of.
    pub id: i64,
    /// Its number.
    pub number: IssueNumber,
    /// Its title.
    #[serde(default, deserialize_with = "or_default")]
    pub title: String,
    /// Its text; empty, if it has none.
    #[serde(default, deserialize_with = "or_default")]
    pub body: String,
    /// Whether it is open.
    #[serde(default)]
    pub state: State,
    /// Why it was closed: `completed`, `not_planned`, `duplicate`.
    #[serde(default)]
    pub state_reason: Option<String>,
    /// Where people see it.
    #[serde(default, deserialize_with = "or_default")]
    pub html_url: String,
    /// Who opened it; nobody, if the account was deleted.
    #[serde(default)]
    pub user: Option<Account>,
    /// Who it is assigned to.
    #[serde(default, deserialize_with = "or_default")]
    pub assignees: Vec<Account>,
    /// Its labels.
    #[serde(default, deserialize_with = "or_default")]
    pub labels: Vec<Label>,
    /// The milestone it is in.
    #[serde(default)]
    pub milestone: Option<Milestone>,
    /// When it was opened.
    #[serde(default)]
    pub created_at: DateTime<Utc>,
    /// When anything about it last changed.
    #[serde(default)]
    pub updated_at: DateTime<Utc>,
    /// Who closed it, where GitHub says so: lists do not.
    #[serde(default)]
    pub closed_by: Option<Account>,
    /// When it was closed.
    #[serde(default)]
    pub closed_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pull_request: Option<Value>,
    #[serde(default, deserialize_with = "or_default")]
    repository_url: String,
}

impl Issue {
    /// Whether it is in fact a pull request.
    pub fn is_pull(&self) -> bool {
        self.pull_request.is_some()
    }

    /// Whether it has this label; GitHub compares labels without regard to case.
    pub fn is_labelled(&self, name: &str) -> bool {
        self.labels.iter().any(|label| label.name.eq_ignore_ascii_case(name))
    }

    /// What it is called from elsewhere, where GitHub says in which repository it is.
    pub fn reference(&self) -> Option<IssueRef> {
        let (_, repo) = self.repository_url.split_once("/repos/")?;
        Some(IssueRef { repo: repo.parse().ok()?, number: self.number })
    }
}

/// An issue to be opened.
#[derive(Clone, Debug, Default, Serialize)]
pub struct NewIssue {
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// Its milestone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub milestone: Option<MilestoneNumber>,
    /// Its labels.
    pub labels: Vec<String>,
    /// Who it is assigned to; GitHub leaves out, silently, who cannot be.
    pub assignees: Vec<Login>,
}

/// What to change about an issue; what is `None` stays.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Changes {
    /// A new title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A new text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Whether it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// Why it is closed: `completed` or `not_planned`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<String>,
    /// The milestone it shall be in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub milestone: Option<MilestoneNumber>,
}

impl Repo {
    /// One issue, which may be a pull request.
    pub async fn issue(&self, issue: IssueNumber) -> Result<Issue, Error> {
        self.read(&self.get(format!("issues/{issue}"))).await
    }

    /// The issues of a milestone, open and closed, oldest first; pull requests are left out.
    pub async fn issues_of(&self, milestone: MilestoneNumber) -> Result<Vec<Issue>, Error> {
        self.issues("milestone", &milestone.to_string()).await
    }

    /// The issues with a label, open and closed; pull requests are left out.
    pub async fn issues_labelled(&self, label: &str) -> Result<Vec<Issue>, Error> {
        self.issues("labels", label).await
    }

    /// The issues and pull requests that changed at `since` or later, open and closed, the latest
    /// change last.
    pub async fn touched_since(&self, since: DateTime<Utc>) -> Result<Vec<Issue>, Error> {
        let since = since.to_rfc3339_opts(SecondsFormat::Secs, true);
        let ask = self.get("issues").with("since", &since).with("state", "all");
        self.pages(ask.with("sort", "updated").with("direction", "asc")).all().await
    }

    /// Oldest first, because what is added while the pages are read then comes last.
    async fn issues(&self, filter: &str, value: &str) -> Result<Vec<Issue>, Error> {
        let ask = self.get("issues").with(filter, value).with("state", "all");
        let ask = ask.with("sort", "created").with("direction", "asc");
        let mut issues: Vec<Issue> = self.pages(ask).all().await?;
        issues.retain(|issue| !issue.is_pull());
        Ok(issues)
    }

    /// Opens an issue. Look for it first: asked twice, GitHub opens two.
    pub async fn create_issue(&self, new: &NewIssue) -> Result<Issue, Error> {
        self.read(&self.post("issues", json!(new))).await
    }

    /// Changes an issue. Compare the answer: without push access GitHub drops, silently, the
    /// milestone.
    /// <https://docs.github.com/en/rest/issues/issues#update-an-issue>
    pub async fn change_issue(
        &self,
        issue: IssueNumber,
        changes: &Changes,
    ) -> Result<Issue, Error> {
        self.read(&self.patch(format!("issues/{issue}"), json!(changes))).await
    }

    /// Assigns people, beside those who are already. Compare the answer: GitHub leaves out,
    /// silently, who cannot be assigned.
    pub async fn assign(&self, issue: IssueNumber, people: &[Login]) -> Result<Issue, Error> {
        let body = json!({ "assignees": people });
        self.read(&self.post(format!("issues/{issue}/assignees"), body)).await
    }

    /// Takes people off an issue.
    pub async fn unassign(&self, issue: IssueNumber, people: &[Login]) -> Result<Issue, Error> {
        let body = json!({ "assignees": people });
        self.read(&self.delete(format!("issues/{issue}/assignees"), Some(body))).await
    }
}
