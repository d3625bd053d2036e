//! What the dashboard shows, to whom, and what people do from there. What one may see and do
//! follows what one may do on GitHub at that moment; where that cannot be read, nothing is shown.

mod act;
mod kept;
mod lists;
mod notes;
mod run;
mod sessions;
mod sight;
mod speaking;
mod sprint;
mod talk;
mod task;
mod versions;
mod wizard;

pub use act::{Act, Done};
pub use kept::Kept;
pub use sight::Sights;
pub use speaking::Answer;

use super::{App, Result};
use crate::db::{board, history};
use crate::domain::ids::{IssueRef, LaunchId, Login, RepoName, RunId, SprintId, TaskNumber};
use crate::say::page::parts::{Entry, Link, Moment};

/// How many entries of the history a page shows.
const FEED: i64 = 60;

/// What a page is about, and so what makes it change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Everything somebody may see.
    All,
    /// A sprint and its runs.
    Sprint(SprintId),
    /// A task, with what its agents say and do.
    Task(RunId, TaskNumber),
    /// Something that was set going.
    Launch(LaunchId),
}

impl App {
    /// Hears when what people see may have changed.
    pub fn changes(&self) -> super::Listener {
        self.inner.changes.listener()
    }

    /// What is known of a topic: another text after it has changed. Nothing, if this person may
    /// not see it.
    pub async fn mark(&self, person: &Login, topic: &Topic) -> Result<Option<String>> {
        match topic {
            Topic::All => {
                let mut tx = self.db().read().await?;
                let all = board::sprints(&mut tx).await?;
                drop(tx);
                // A sum would be the same when one goes up and another is out of sight.
                let mut known = String::new();
                for sprint in &all {
                    if self.may_see(person, &sprint.repo).await? {
                        let revision = sprint.revision.to_string();
                        known.extend([sprint.id.0.as_str(), " ", &revision, "\n"]);
                    }
                }
                Ok(Some(format!("a{}", super::command::short(&known))))
            }
            Topic::Sprint(id) => self.mark_of_sprint(person, id).await,
            Topic::Task(run, task) => {
                let mut tx = self.db().read().await?;
                let Some(run) = board::run(&mut tx, run).await? else { return Ok(None) };
                let lines = board::lines_of_task(&mut tx, &run.id, *task).await?;
                let checked = board::checked_at(&mut tx, &run.id, *task).await?;
                let checked = checked.map_or(0, |at| at.timestamp_micros());
                drop(tx);
                let mark = self.mark_of_sprint(person, &run.sprint_id).await?;
                Ok(mark.map(|mark| format!("{mark}.{lines}.{checked}")))
            }
            Topic::Launch(id) => Ok(self.launched_by(person, id).await?.map(|launch| {
                let stage = launch.stage();
                format!("l{stage:?}")
            })),
        }
    }

    async fn mark_of_sprint(&self, person: &Login, id: &SprintId) -> Result<Option<String>> {
        let mut tx = self.db().read().await?;
        // All open pages ask this at once: it must not read the whole sprint.
        let found = board::sprint(&mut tx, id).await?;
        drop(tx);
        let Some(sprint) = found else { return Ok(None) };
        let is_seen = self.may_see(person, &sprint.repo).await?;
        Ok(is_seen.then(|| format!("s{}", sprint.revision)))
    }

    /// A page of GitHub's.
    fn github_page(&self, repo: &RepoName, kind: &str, number: i64) -> String {
        self.github().website(&format!("{repo}/{kind}/{number}")).into()
    }

    fn issue_link(&self, issue: &IssueRef) -> Link {
        let href = self.github_page(&issue.repo, "issues", issue.number.0);
        Link { text: issue.to_string(), href }
    }

    fn pull_link(&self, repo: &RepoName, number: i64) -> Link {
        Link { text: format!("{repo}#{number}"), href: self.github_page(repo, "pull", number) }
    }

    /// What happened, without what is about tasks that are `hidden`.
    fn feed(&self, entries: Vec<history::Entry>, hidden: &[TaskNumber]) -> Vec<Entry> {
        let now = self.clock().now();
        let shown = |entry: &history::Entry| entry.task.is_none_or(|task| !hidden.contains(&task));
        let entries = entries.into_iter().filter(shown);
        entries
            .map(|entry| Entry {
                at: Moment::new(entry.at, now),
                by: entry.caused_by,
                task: entry.task.map(|task| task.0),
                text: entry.text,
            })
            .collect()
    }
}
