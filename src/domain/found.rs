//! What is found out about the world around a sprint: what keeps its tasks from being started
//! although no person paused them, and what of it has another name now.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::effect::{Effect, Saying};
use super::ids::{Login, ProjectName, RepoName, TaskNumber};
use super::plan::PlannedTask;
use super::refusal::shown;
use super::run::{Hold, Step};
use super::sprint::Sprint;
use super::task::{State, Task};

/// Something that was found out.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// How the issue of a task under way stands.
    TaskIssue {
        /// Whose.
        task: TaskNumber,
        /// What is the matter with it, if anything.
        obstacle: Option<Obstacle>,
    },
    /// Which owners of tasks in a repository cannot write to it, by name in small letters.
    Owners {
        /// Where.
        repo: RepoName,
        /// Who.
        cannot: BTreeSet<String>,
    },
    /// Whether we can work in a repository.
    Reach {
        /// Which.
        repo: RepoName,
        /// Why not, if we cannot.
        trouble: Option<Trouble>,
    },
    /// A repository is called otherwise now.
    Renamed {
        /// What it was called.
        from: RepoName,
        /// What it is called.
        to: RepoName,
        /// The project it belongs to by that name.
        project: ProjectName,
    },
}

/// What keeps a task from being started although no person paused it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "obstacle")]
pub enum Obstacle {
    /// Its issue was closed.
    IssueClosed {
        /// By whom, if GitHub says so.
        by: Option<Login>,
        /// Whether as done; else as not planned.
        completed: bool,
    },
    /// Its issue is not in the sprint's milestone any more.
    IssueElsewhere,
    /// Its issue was deleted, or moved to another repository.
    IssueGone,
    /// Its owner cannot write to its repository any more.
    OwnerCannotWrite {
        /// Who.
        owner: Login,
    },
}

/// An obstacle, and since when there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Barred {
    /// What.
    #[serde(flatten)]
    pub obstacle: Obstacle,
    /// Since when, as far as we know.
    pub since: DateTime<Utc>,
}

/// Why we cannot work in a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Trouble {
    /// The App is suspended there.
    Suspended,
    /// The App was uninstalled there.
    Uninstalled,
    /// It was deleted, moved away, or taken from the App.
    OutOfSight,
    /// Nothing may be changed in it any more.
    Archived,
}

impl Obstacle {
    /// Whether it is about the task's issue.
    pub fn is_about_the_issue(&self) -> bool {
        match self {
            Self::IssueClosed { .. } | Self::IssueElsewhere | Self::IssueGone => true,
            Self::OwnerCannotWrite { .. } => false,
        }
    }

    /// What lets the task go on by itself, if anything does.
    pub fn goes_on(&self) -> &'static str {
        match self {
            Self::IssueClosed { .. } => "Reopen it, and it goes on by itself.",
            Self::IssueElsewhere => "Put it back into the milestone, and it goes on by itself.",
            Self::IssueGone => "It can be skipped or cancelled.",
            Self::OwnerCannotWrite { .. } => "With write access given back, it goes on by itself.",
        }
    }

    /// What to do about it, for the task of that number.
    pub fn hint(&self, task: TaskNumber) -> String {
        match self {
            Self::IssueClosed { .. } => format!(
                "Reopen it to go on, or say `/team6 skip T{task}` if it is done, or `/team6 cancel T{task}` if nobody wants it."
            ),
            Self::IssueElsewhere => format!(
                "Put it back into the milestone to go on, or say `/team6 skip T{task}` or `/team6 cancel T{task}`."
            ),
            Self::IssueGone => format!(
                "Say `/team6 skip T{task}` if the others shall not wait for it, or `/team6 cancel T{task}`."
            ),
            Self::OwnerCannotWrite { owner } => format!(
                "Give {} write access again, or say `/team6 skip T{task}` or `/team6 cancel T{task}`.",
                shown(&owner.0)
            ),
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IssueClosed { by, completed } => {
                f.write_str("its issue was closed")?;
                if !completed {
                    f.write_str(" as not planned")?;
                }
                match by {
                    Some(by) => write!(f, " by {}", shown(&by.0)),
                    None => Ok(()),
                }
            }
            Self::IssueElsewhere => {
                f.write_str("its issue is not in the sprint's milestone any more")
            }
            Self::IssueGone => f.write_str("its issue was deleted or moved to another repository"),
            Self::OwnerCannotWrite { owner } => {
                write!(f, "its owner {} cannot write to its repository any more", shown(&owner.0))
            }
        }
    }
}

impl Trouble {
    /// What to do about it.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Suspended => {
                "Whoever administers that account lifts the suspension, and it goes on by itself."
            }
            Self::Uninstalled | Self::OutOfSight => {
                "Give the App access to it again, and it goes on by itself; or cancel the sprint."
            }
            Self::Archived => "Unarchive it, and it goes on by itself; or cancel the sprint.",
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Suspended => "the App is suspended there",
            Self::Uninstalled => "the App is not installed there any more",
            Self::OutOfSight => "it was deleted, moved away, or taken from the App",
            Self::Archived => "it is archived",
        })
    }
}

impl Sprint {
    pub(super) fn found(&mut self, found: &Found, at: DateTime<Utc>) -> Step {
        let mut step = Step::default();
        match found {
            Found::TaskIssue { task, obstacle } => {
                self.each_task(&mut step, |one| {
                    (one.planned.number == *task).then(|| {
                        let obstacle = obstacle.clone().filter(|_| one.state.may_still_start());
                        one.bar(Obstacle::is_about_the_issue, obstacle, at)
                    })
                });
            }
            Found::Owners { repo, cannot } => self.each_task(&mut step, |one| {
                (one.planned.repo() == repo).then(|| {
                    let owner = one.planned.owner.clone().filter(|_| one.needs_its_owner());
                    let lost = owner.filter(|who| cannot.contains(&who.0.to_ascii_lowercase()));
                    let obstacle = lost.map(|owner| Obstacle::OwnerCannotWrite { owner });
                    one.bar(|old| !old.is_about_the_issue(), obstacle, at)
                })
            }),
            Found::Reach { repo, trouble } => self.reached(repo, *trouble, at, &mut step),
            Found::Renamed { from, to, project } => self.renamed(from, to, project, &mut step),
        }
        step
    }

    /// Lets `look` change the tasks of a run under way, and tells what changed.
    fn each_task(&mut self, step: &mut Step, look: impl Fn(&mut Task) -> Option<Change>) {
        let sprint = self.id.clone();
        let home = self.issue_ref();
        let Some(run) = self.run.as_mut().filter(|run| run.state.is_live()) else { return };
        let mut changed = false;
        for task in &mut run.tasks {
            let number = task.planned.number;
            match look(task) {
                Some(Change::New(new)) => {
                    let text = format!("T{number} is kept from starting: {}", new.obstacle);
                    step.notes.push((Some(number), text));
                    let on = match new.obstacle {
                        Obstacle::IssueGone => home.clone(),
                        Obstacle::IssueClosed { .. }
                        | Obstacle::IssueElsewhere
                        | Obstacle::OwnerCannotWrite { .. } => task.issue.clone(),
                    };
                    let key =
                        format!("barred {} {number} {}", run.id, new.since.timestamp_micros());
                    let saying =
                        Saying::TaskBarred { run: run.id.clone(), task: number, barred: new };
                    step.effects.push(Effect::Say { on, key, saying });
                    changed = true;
                }
                Some(Change::Over(old)) => {
                    let text = format!("T{number} may go on: not any more true is that {old}");
                    step.notes.push((Some(number), text));
                    changed = true;
                }
                Some(Change::None) | None => {}
            }
        }
        if changed {
            step.effects.push(Effect::ShowStatus(sprint));
        }
    }

    fn reached(
        &mut self,
        repo: &RepoName,
        trouble: Option<Trouble>,
        at: DateTime<Utc>,
        step: &mut Step,
    ) {
        let (id, home, is_home) = (self.id.clone(), self.issue_ref(), self.repo == *repo);
        let Some(run) = self.run.as_mut().filter(|run| run.state.is_live()) else { return };
        let about = |hold: &Hold| matches!(hold, Hold::OutOfReach { repo: of, .. } if of == repo);
        let before = run.holds.iter().find(|hold| about(hold)).cloned();
        let concerns = |task: &Task| task.planned.repo() == repo && !task.state.is_over();
        let trouble = trouble.filter(|_| is_home || run.tasks.iter().any(concerns));
        let was = match &before {
            Some(Hold::OutOfReach { trouble, .. }) => Some(*trouble),
            Some(Hold::Person(_) | Hold::NotASprint | Hold::Spent) | None => None,
        };
        if trouble == was {
            return;
        }
        run.lift(about);
        let text = match trouble {
            Some(trouble) => {
                run.hold(Hold::OutOfReach { repo: repo.clone(), trouble, since: at });
                format!("nothing new is started, because of {repo}: {trouble}")
            }
            None => format!("{repo} can be worked in again"),
        };
        step.notes.push((None, text));
        // Where nothing can be written, it is said once it can.
        if !is_home || trouble.is_none() {
            let key = format!("reach {} {}", run.id, at.timestamp_micros());
            let saying = Saying::Reach { repo: repo.clone(), trouble };
            step.effects.push(Effect::Say { on: home, key, saying });
        }
        step.effects.push(Effect::ShowStatus(id));
    }

    /// A repository goes by another name: what was approved is approved all the same.
    fn renamed(&mut self, from: &RepoName, to: &RepoName, project: &ProjectName, step: &mut Step) {
        let approved: Vec<_> = self
            .tasks()
            .iter()
            .filter_map(|task| Some((task.number, self.approval_of(task)?.clone())))
            .collect();
        let before = self.clone();
        if self.repo == *from {
            self.repo.clone_from(to);
            self.project.clone_from(project);
        }
        for task in self.plan.iter_mut().flat_map(|plan| &mut plan.tasks) {
            task.rename(from, to);
        }
        let dropped = self.plan.iter_mut().flat_map(|plan| &mut plan.dropped);
        for issue in dropped.filter_map(|task| task.issue.as_mut()) {
            issue.rename(from, to);
        }
        for task in self.run.iter_mut().flat_map(|run| &mut run.tasks) {
            task.planned.rename(from, to);
            task.issue.rename(from, to);
            task.waits_for.iter_mut().for_each(|waits| waits.rename(from, to));
        }
        for hold in self.run.iter_mut().flat_map(|run| &mut run.holds) {
            if let Hold::OutOfReach { repo, .. } = hold
                && repo == from
            {
                repo.clone_from(to);
            }
        }
        for (number, mut approval) in approved {
            let now = self.tasks().iter().find(|task| task.number == number).map(PlannedTask::hash);
            if let Some(hash) = now {
                self.approvals.retain(|old| old.task != number || old.hash != approval.hash);
                approval.hash = hash;
                self.approvals.push(approval);
            }
        }
        if *self == before {
            return;
        }
        step.notes.push((None, format!("{from} is called {to} now")));
        if self.plan.is_some() {
            step.effects.push(Effect::ShowPlan(self.id.clone()));
        }
        if self.run.is_some() {
            step.effects.push(Effect::ShowStatus(self.id.clone()));
        }
    }
}

/// What became of a task's obstacles.
enum Change {
    None,
    New(Barred),
    Over(Obstacle),
}

impl Task {
    /// Whether anything keeps it from being started or gone on with: a person, or an obstacle.
    pub fn is_held(&self) -> bool {
        self.held_by.is_some() || !self.barred.is_empty()
    }

    /// Whether somebody must still be able to merge its work.
    fn needs_its_owner(&self) -> bool {
        !self.state.is_over()
    }

    /// Puts `obstacle` in the place of those of its kind.
    fn bar(
        &mut self,
        kind: impl Fn(&Obstacle) -> bool,
        obstacle: Option<Obstacle>,
        since: DateTime<Utc>,
    ) -> Change {
        let before = self.barred.iter().find(|old| kind(&old.obstacle)).cloned();
        match (before, obstacle) {
            (None, None) => Change::None,
            (Some(old), Some(new)) if old.obstacle == new => Change::None,
            (Some(old), None) => {
                self.barred.retain(|one| !kind(&one.obstacle));
                Change::Over(old.obstacle)
            }
            (_, Some(obstacle)) => {
                self.barred.retain(|one| !kind(&one.obstacle));
                let new = Barred { obstacle, since };
                self.barred.push(new.clone());
                Change::New(new)
            }
        }
    }
}

impl State {
    /// Whether nothing is done about the task any more unless a person wants it.
    pub fn is_over(&self) -> bool {
        match self {
            Self::Done { .. } | Self::Skipped { .. } | Self::Cancelled { .. } => true,
            Self::Waiting
            | Self::Assigned { .. }
            | Self::InProgress { .. }
            | Self::Delivered { .. }
            | Self::AgentReview { .. }
            | Self::Review { .. }
            | Self::Asking { .. }
            | Self::Delegating { .. }
            | Self::Spent { .. }
            | Self::Rework { .. }
            | Self::Closed { .. }
            | Self::Failed { .. }
            | Self::Stopping { .. } => false,
        }
    }
}
