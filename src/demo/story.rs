//! What happens next in the demo, found out by looking: so it goes on after any interruption.

use std::collections::BTreeMap;

use super::people::{Comment, People, Pull};
use super::world::{PEOPLE, REPOSITORIES, SPRINT_ISSUE};
use crate::app::App;
use crate::db::{history, sprints};
use crate::domain::planning::{self, Question};
use crate::domain::run::{self, Run};
use crate::domain::sprint::Sprint;
use crate::domain::task::{State, Task};

/// What a person could do now.
pub(super) enum Step {
    /// Say something on the sprint issue.
    Say { by: String, text: String },
    /// Approve a task by ticking its box.
    Tick { by: String, comment: i64, marker: String, task: String },
    /// Ask for a change, as in life.
    Review { by: String, repo: &'static str, pull: i64, title: String },
    /// Review and merge a pull request.
    Merge { by: String, repo: &'static str, pull: i64, title: String },
    /// Nothing: it is Team6's turn.
    Wait,
    /// The run has ended.
    Over,
}

impl Step {
    /// Says what a person could do now.
    pub(super) fn advice(&self) -> String {
        match self {
            Self::Say { by, text } => {
                let text = text.replace('\n', "`, `");
                format!("Comment `{text}` on {}#{SPRINT_ISSUE}, as {by}.", REPOSITORIES[0])
            }
            Self::Tick { by, task, .. } => format!(
                "Tick the boxes of the plan on {}#{SPRINT_ISSUE}. {task} is {by}'s.",
                REPOSITORIES[0]
            ),
            Self::Merge { by, repo, pull, title } => {
                format!("Review and merge {repo}#{pull} ({title}), as {by}.")
            }
            Self::Review { by, repo, pull, title } => format!(
                "Review {repo}#{pull} ({title}), as {by}: ask for a change, or merge it right away."
            ),
            Self::Wait | Self::Over => String::new(),
        }
    }
}

/// The sprint of the demo, as one sees it.
pub(super) struct Story {
    app: App,
    people: People,
}

impl Story {
    pub(super) fn new(app: App, people: People) -> Self {
        Self { app, people }
    }

    /// What a person could do now.
    pub(super) async fn next(&self) -> anyhow::Result<Step> {
        let run = self.run().await?;
        match run.as_ref().map(|run| run.state) {
            Some(run::State::Completed | run::State::Failed | run::State::Cancelled) => {
                return Ok(Step::Over);
            }
            Some(run::State::Pending | run::State::Running | run::State::Paused) => {
                let is_stuck = run.as_ref().is_some_and(is_stuck);
                return if is_stuck { Ok(Step::Over) } else { self.merge().await };
            }
            None => {}
        }
        let comments = self.people.comments(REPOSITORIES[0], SPRINT_ISSUE).await?;
        let said = |text: &str| {
            comments.iter().any(|c| c.body == text && PEOPLE.contains(&c.user.login.as_str()))
        };
        let Some(plan) = comments.iter().find(|c| c.body.starts_with("<!-- team6:plan -->")) else {
            if self.has_no_plan().await? {
                return Ok(Step::Over);
            }
            let text = self.answers().await?.unwrap_or_else(|| "/team6 plan".to_owned());
            return Ok(say(&text, said(&text)));
        };
        Ok(match tick(plan) {
            Some(step) => step,
            None => say("/team6 start", said("/team6 start")),
        })
    }

    async fn run(&self) -> anyhow::Result<Option<Run>> {
        Ok(self.sprint().await?.and_then(|sprint| sprint.run))
    }

    async fn sprint(&self) -> anyhow::Result<Option<Sprint>> {
        let mut tx = self.app.db().read().await?;
        let Some(sprint) = sprints::all(&mut tx).await?.into_iter().next() else { return Ok(None) };
        Ok(Some(sprints::get(&mut tx, &sprint).await?.0))
    }

    /// Whether the planner was given up; the sprint issue says why.
    async fn has_no_plan(&self) -> anyhow::Result<bool> {
        let session = self.sprint().await?.and_then(|sprint| sprint.planning.session);
        Ok(session.is_some_and(|session| matches!(session.state, planning::State::Failed { .. })))
    }

    /// What ada answers where the planner asks: the first of the choices it offers, every time.
    async fn answers(&self) -> anyhow::Result<Option<String>> {
        let Some(sprint) = self.sprint().await? else { return Ok(None) };
        let answers: Vec<_> = sprint.planning.open().map(answer).collect();
        Ok((!answers.is_empty()).then(|| answers.join("\n")))
    }

    async fn merge(&self) -> anyhow::Result<Step> {
        for repo in REPOSITORIES {
            for pull in self.people.open_pulls(repo).await? {
                if let Some(by) = self.reviewer(&pull) {
                    let (pull, title) = (pull.number, pull.title);
                    let is_first = self.is_first(repo, pull).await?;
                    return Ok(if is_first {
                        Step::Review { by, repo, pull, title }
                    } else {
                        Step::Merge { by, repo, pull, title }
                    });
                }
            }
        }
        Ok(Step::Wait)
    }

    /// Whether this is the pull request of the first task and nobody has reviewed it yet: its owner
    /// wants something changed.
    async fn is_first(&self, repo: &str, pull: i64) -> anyhow::Result<bool> {
        let run = self.run().await?;
        let first = run.as_ref().and_then(|run| run.tasks.first());
        let is_its = first.is_some_and(|task| {
            task.planned.repo().as_str() == repo
                && task.state.pull().is_some_and(|number| number.0 == pull)
        });
        Ok(is_its && self.people.reviews(repo, pull).await?.is_empty())
    }

    /// Who was asked to review what the App opened.
    fn reviewer(&self, pull: &Pull) -> Option<String> {
        let ours = pull.user.login.ends_with("[bot]");
        let asked = pull.requested_reviewers.first()?;
        (ours && self.people.know(&asked.login)).then(|| asked.login.clone())
    }

    /// Does it, as the person would; returns who did what.
    pub(super) async fn act(&self, step: &Step) -> anyhow::Result<Option<(String, String)>> {
        let home = REPOSITORIES[0];
        Ok(match step {
            Step::Say { by, text } => {
                self.people.say(by, home, SPRINT_ISSUE, text).await?;
                Some((by.clone(), format!("says {text}")))
            }
            Step::Tick { by, comment, marker, task } => {
                self.people.tick(by, home, *comment, marker).await?;
                Some((by.clone(), format!("approves {task}")))
            }
            Step::Review { by, repo, pull, title } => {
                let text = "Please add a word about this to the docs.";
                self.people.request_changes(by, repo, *pull, text).await?;
                Some((by.clone(), format!("wants a change in {repo}#{pull}: {title}")))
            }
            Step::Merge { by, repo, pull, title } => {
                self.people.approve_and_merge(by, repo, *pull).await?;
                Some((by.clone(), format!("merges {repo}#{pull}: {title}")))
            }
            Step::Wait | Step::Over => None,
        })
    }

    /// What was decided since the entry number `from`. Where there are several sprints, each line
    /// says which one it is about.
    pub(super) async fn news(&self, from: usize) -> anyhow::Result<Vec<String>> {
        let mut tx = self.app.db().read().await?;
        let mut names = BTreeMap::new();
        for id in sprints::all(&mut tx).await? {
            let name = sprints::get(&mut tx, &id).await?.0.goal.milestone;
            names.insert(id, name);
        }
        let entries = history::since(&mut tx, from).await?;
        Ok(entries
            .into_iter()
            .map(|entry| match names.get(&entry.sprint_id) {
                Some(name) if 1 < names.len() => format!("{name}: {}", entry.text),
                Some(_) | None => entry.text,
            })
            .collect())
    }

    /// What the sprint waits for, and what happens next.
    pub(super) async fn why(&self) -> anyhow::Result<Option<String>> {
        let Some(sprint) = self.sprint().await? else { return Ok(None) };
        let found = self.app.why(&sprint.id, None).await?.ok();
        Ok(found.map(|found| format!("{}. {}", found.why.text(), found.why.next())))
    }

    /// How many of the run's tasks GitHub says are merged, and how many tasks there are.
    pub(super) async fn merged(&self) -> anyhow::Result<(usize, usize)> {
        let Some(run) = self.run().await? else { return Ok((0, 0)) };
        let mut merged = 0;
        for task in &run.tasks {
            if let Some(pull) = task.state.pull() {
                let pull = self.people.pull(task.planned.repo().as_str(), pull.0).await?;
                merged += usize::from(pull.merged);
            }
        }
        Ok((merged, run.tasks.len()))
    }
}

fn say(text: &str, said: bool) -> Step {
    if said { Step::Wait } else { Step::Say { by: "ada".to_owned(), text: text.to_owned() } }
}

/// Whether a task failed for good and nothing else is under way: it is for people to decide what becomes of it.
fn is_stuck(run: &Run) -> bool {
    let is_at_rest = |task: &Task| {
        task.state.is_settled() || matches!(task.state, State::Waiting | State::Failed { .. })
    };
    let has_failed = |task: &Task| matches!(task.state, State::Failed { .. });
    run.tasks.iter().any(has_failed) && run.tasks.iter().all(is_at_rest)
}

/// The first of the choices a question offers.
fn answer(question: &Question) -> String {
    let choice = question.options.first().map_or("as you think best", String::as_str);
    format!("{}. {choice}", question.number)
}

/// The first empty box of a task, and whose it is.
fn tick(plan: &Comment) -> Option<Step> {
    let line = plan
        .body
        .lines()
        .find(|line| line.starts_with("- [ ]") && line.contains("<!-- team6:approve T"))?;
    let owner = line.split_whitespace().find_map(|word| word.strip_prefix('@'))?;
    let marker = line.get(line.find("<!-- team6:approve")?..)?;
    let task = line.split("**").nth(1)?;
    Some(Step::Tick {
        by: owner.to_owned(),
        comment: plan.id,
        marker: marker.to_owned(),
        task: task.to_owned(),
    })
}
