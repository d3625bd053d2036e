//! The people of a sprint, from the goal to the last merge.

use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use team6::app::App;
use team6::db::sprints;
use team6::domain::ids::{IssueNumber, IssueRef};
use team6::domain::run::State as RunState;
use team6::domain::sprint::Sprint;
use team6::domain::task::State;

use crate::REPOSITORIES;
use crate::github::GitHub;

/// How often people look.
const LOOK: Duration = Duration::from_millis(400);
/// How often they look before they give up.
const MOST_LOOKS: usize = 5_000;

pub(crate) struct Team {
    app: App,
    github: GitHub,
    tasks: usize,
}

impl Team {
    pub(crate) fn new(app: App, github: GitHub, tasks: usize) -> Self {
        Self { app, github, tasks }
    }

    /// One sprint, from its goal to its last merge.
    pub(crate) async fn play(&self, nth: usize) -> anyhow::Result<()> {
        let repo = format!("acme/r{}", nth % REPOSITORIES);
        let title = json!({ "title": format!("Sprint {nth}") });
        let milestone =
            self.github.does("ada", "POST", &format!("{repo}/milestones"), title).await?;
        let milestone = &milestone["number"];
        let mut issues: Vec<i64> = Vec::new();
        for task in 0..self.tasks {
            // Two abreast: each waits for the one two places before it.
            let owner = ["ada", "grace"][task % 2];
            let before = task.checked_sub(2).map(|first| issues[first]);
            let new = json!({
                "title": format!("Task {task} of sprint {nth}"),
                "body": before.map_or(String::new(), |first| format!("Depends on #{first}")),
                "assignees": [owner],
                "milestone": milestone,
            });
            let made = self.github.does("ada", "POST", &format!("{repo}/issues"), new).await?;
            issues.push(made["number"].as_i64().context("an issue has a number")?);
        }
        let new = json!({
            "title": format!("Goal {nth}"),
            "body": "So that all are happy.",
            "labels": ["team6:sprint"],
            "milestone": milestone,
        });
        let issue = self.github.does("ada", "POST", &format!("{repo}/issues"), new).await?;
        let number = issue["number"].as_i64().context("an issue has a number")?;
        self.says(&repo, number, "/team6 plan").await?;
        self.approves(&repo, number).await?;
        self.says(&repo, number, "/team6 start --despite-warnings").await?;
        self.merges(&repo, number).await
    }

    async fn says(&self, repo: &str, issue: i64, text: &str) -> anyhow::Result<()> {
        let path = format!("{repo}/issues/{issue}/comments");
        self.github.does("ada", "POST", &path, json!({ "body": text })).await.map(drop)
    }

    async fn approves(&self, repo: &str, issue: i64) -> anyhow::Result<()> {
        let path = format!("{repo}/issues/{issue}/comments?per_page=100");
        for _ in 0..MOST_LOOKS {
            let comments = self.github.does("ada", "GET", &path, Value::Null).await?;
            let plan = comments.as_array().into_iter().flatten().find(|one| {
                one["body"].as_str().is_some_and(|text| text.starts_with("<!-- team6:plan"))
            });
            if let Some(plan) = plan {
                let ticked = plan["body"].as_str().unwrap_or_default().replace("- [ ]", "- [x]");
                let path = format!("{repo}/issues/comments/{}", plan["id"]);
                self.github.does("ada", "PATCH", &path, json!({ "body": ticked })).await?;
                return self.is_approved(repo, issue).await;
            }
            tokio::time::sleep(LOOK).await;
        }
        bail!("there is no plan")
    }

    async fn is_approved(&self, repo: &str, issue: i64) -> anyhow::Result<()> {
        for _ in 0..MOST_LOOKS {
            if let Some(sprint) = self.sprint(repo, issue).await?
                && let Some(plan) = &sprint.plan
                && plan.tasks.iter().all(|task| sprint.approval_of(task).is_some())
            {
                return Ok(());
            }
            tokio::time::sleep(LOOK).await;
        }
        bail!("the plan is not approved")
    }

    async fn merges(&self, repo: &str, issue: i64) -> anyhow::Result<()> {
        let mut merged = std::collections::BTreeSet::new();
        for _ in 0..MOST_LOOKS {
            let sprint = self.sprint(repo, issue).await?;
            if let Some(run) = sprint.as_ref().and_then(|sprint| sprint.run.as_ref()) {
                if run.state == RunState::Completed {
                    return Ok(());
                }
                for task in &run.tasks {
                    let State::Review { pull, .. } = &task.state else { continue };
                    if merged.insert(pull.0) {
                        let path = format!("{repo}/pulls/{pull}/merge");
                        self.github.does("ada", "PUT", &path, json!({})).await?;
                    }
                }
            }
            tokio::time::sleep(LOOK).await;
        }
        bail!("it does not come to an end")
    }

    async fn sprint(&self, repo: &str, issue: i64) -> anyhow::Result<Option<Sprint>> {
        let place = IssueRef { repo: repo.parse()?, number: IssueNumber(issue) };
        let mut tx = self.app.db().read().await?;
        let Some(id) = sprints::at(&mut tx, &place).await? else { return Ok(None) };
        Ok(Some(sprints::get(&mut tx, &id).await?.0))
    }

    /// How many tasks are done.
    pub(crate) async fn merged(&self) -> anyhow::Result<usize> {
        let mut tx = self.app.db().read().await?;
        let mut merged = 0;
        for id in sprints::all(&mut tx).await? {
            let (sprint, _) = sprints::get(&mut tx, &id).await?;
            let tasks = sprint.run.into_iter().flat_map(|run| run.tasks);
            merged += tasks.filter(|task| matches!(task.state, State::Done { .. })).count();
        }
        Ok(merged)
    }
}
