//! Milestones.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;

use super::lenient::or_default;
use super::{Error, Repo, State};
use crate::domain::ids::MilestoneNumber;

/// A milestone.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Milestone {
    /// Its number.
    pub number: MilestoneNumber,
    /// Its title.
    #[serde(default, deserialize_with = "or_default")]
    pub title: String,
    /// What it says about itself.
    #[serde(default, deserialize_with = "or_default")]
    pub description: String,
    /// Whether it is open.
    #[serde(default)]
    pub state: State,
    /// Where people see it.
    #[serde(default, deserialize_with = "or_default")]
    pub html_url: String,
    /// When it is due.
    #[serde(default)]
    pub due_on: Option<DateTime<Utc>>,
}

impl Repo {
    /// All milestones, open and closed.
    pub async fn milestones(&self) -> Result<Vec<Milestone>, Error> {
        self.pages(self.get("milestones").with("state", "all")).all().await
    }

    /// Opens a milestone. Look for it first: GitHub refuses a second one of that title.
    pub async fn create_milestone(&self, title: &str) -> Result<Milestone, Error> {
        self.read(&self.post("milestones", json!({ "title": title }))).await
    }

    /// One milestone.
    pub async fn milestone(&self, milestone: MilestoneNumber) -> Result<Milestone, Error> {
        self.read(&self.get(format!("milestones/{milestone}"))).await
    }
}
