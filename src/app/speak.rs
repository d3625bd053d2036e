//! Saying something once.

use super::{App, Error, Result};
use crate::db::{executions, runs};
use crate::domain::effect::Saying;
use crate::domain::found::Barred;
use crate::domain::ids::{IssueRef, RunId, SprintId, TaskNumber};
use crate::domain::sprint::Sprint;
use crate::domain::task::{State, Task};
use crate::github::Repo;
use crate::say;

impl App {
    /// Says something on an issue or pull request, unless it was said by a try that died before
    /// noting it: `first` tells that there was none.
    pub(super) async fn speak(
        &self,
        on: &IssueRef,
        key: &str,
        saying: &Saying,
        first: bool,
    ) -> Result<()> {
        let repo = self.repo(&on.repo).await?;
        let Some((key, text)) = self.words(on, key, saying).await? else { return Ok(()) };
        let marker = say::marker(&key);
        if !first && repo.find_marked(on.number, &marker, &self.me().bot).await?.is_some() {
            return Ok(());
        }
        match repo.create_comment(on.number, &format!("{marker}\n{text}")).await {
            Err(error) if error.is_gone() && self.has_no_place(&repo, on).await? => Ok(()),
            said => said.map(drop).map_err(Error::from),
        }
    }

    /// Whether nothing can be said somewhere because the issue itself is gone, as when somebody
    /// deleted it: then nobody waits there for an answer.
    async fn has_no_place(&self, repo: &Repo, on: &IssueRef) -> Result<bool> {
        match repo.issue(on.number).await {
            Err(error) if error.is_gone() => {
                tracing::info!(%on, "nobody is told, because the issue is gone");
                Ok(repo.is_there().await?)
            }
            other => Ok(other.map(|_| false)?),
        }
    }

    /// What names a saying among all, and its words; nothing, if there is nothing to say any more.
    async fn words(
        &self,
        on: &IssueRef,
        key: &str,
        saying: &Saying,
    ) -> Result<Option<(String, String)>> {
        let label = &self.settings().github.sprint_label;
        let text = match saying {
            Saying::Greeting { milestone } => say::comments::greeting(milestone),
            Saying::Refused { to, refusals } => say::comments::refused(to, refusals, label),
            Saying::NoSecondSprint { refusal } => say::comments::no_second_sprint(refusal, label),
            Saying::Help { unknown } => say::comments::help(unknown.as_deref()),
            Saying::Unplanned { to, why } => say::planning::unplanned(to, why),
            Saying::AnswerKept { to, questions } => say::planning::answer_kept(to, questions),
            Saying::Remarks { to, remarks } => say::comments::remarks(to, remarks),
            Saying::Diff(diff) => say::comments::diff(diff),
            Saying::Status(sprint) => self.status(sprint).await?,
            Saying::TaskFailed { task, owner, execution, .. } => {
                let mut tx = self.db().read().await?;
                let execution = executions::get(&mut tx, execution).await?;
                let message = execution.failure.as_ref().map_or("", |f| f.message.as_str());
                say::comments::task_failed(owner, *task, execution.attempt.0, message)
            }
            Saying::AgentAsks { run, task, question } => {
                let sprint = self.of_run(run).await?;
                let found = sprint.run.as_ref().filter(|latest| latest.id == *run);
                let Some(found) = found.and_then(|run| run.find(*task)) else { return Ok(None) };
                let Some(question) = found.dialogue.question(*question) else { return Ok(None) };
                say::dialogue::asks(found, question)
            }
            Saying::AgentReplied { to, task, text } => say::dialogue::replied(to, *task, text),
            Saying::AgentBreaks { agent, class, until } => {
                say::dialogue::breaks(agent, *class, *until)
            }
            Saying::NearlySpent { to, task, words } => say::budget::nearly_spent(to, *task, words),
            Saying::RunSpent { to, words } => say::budget::run_spent(to, words),
            Saying::TaskSpent { run, task, .. } => {
                let Some(text) = self.task_spent(run, *task).await? else { return Ok(None) };
                text
            }
            Saying::StillBroken { task, owner, why } => {
                say::dialogue::still_broken(owner, *task, why)
            }
            Saying::ReworkFailed { task, owner, execution, .. } => {
                let mut tx = self.db().read().await?;
                let execution = executions::get(&mut tx, execution).await?;
                let message = execution.failure.as_ref().map_or("", |f| f.message.as_str());
                say::dialogue::not_reworked(owner, *task, message)
            }
            Saying::PullClosed { task, repo, pull, owner, waiting } => {
                let closed = self.repo(repo).await?.pull(*pull).await?;
                // Somebody may have opened it again meanwhile; and each closing is one to tell.
                let Some(at) = closed.closed_at else { return Ok(None) };
                let base = self.known(repo).await?.default_branch;
                let text = say::comments::pull_closed(&say::comments::Closed {
                    owner,
                    task: *task,
                    pull: say::reference(&on.repo, repo, pull.0),
                    merged_into: closed.is_merged().then_some(&closed.base.branch),
                    base: &base,
                    waiting,
                });
                return Ok(Some((format!("{key} {}", at.timestamp()), text)));
            }
            Saying::Completed(run) => self.summary(run).await?,
            Saying::Elsewhere { meant_for, why, saying } => {
                let said = Box::pin(self.words(on, key, saying)).await?;
                let Some((_, text)) = said else { return Ok(None) };
                say::comments::elsewhere(meant_for, why, &text)
            }
            Saying::Cancelled(run) => self.what_is_left(run).await?,
            Saying::TaskEnded { run, task } => self.task_ended(run, *task).await?,
            Saying::TaskBarred { run, task, barred } => {
                let Some(text) = self.task_barred(run, *task, barred).await? else {
                    return Ok(None);
                };
                text
            }
            Saying::SprintGone { home, task } => say::why::sprint_gone(home, *task),
            Saying::Reach { repo, trouble } => say::why::reach(repo, *trouble),
            Saying::Why { sprint, task } => self.why_in_words(sprint, *task).await?,
            Saying::Notes(project) => say::memory::list(project, &self.notes(project).await?),
            Saying::NoteChanged { to, note } => say::memory::changed(to, *note),
            Saying::Trouble { reference } => say::comments::trouble(reference),
        };
        Ok(Some((key.to_owned(), text)))
    }

    async fn status(&self, id: &SprintId) -> Result<String> {
        let sprint = self.sprint(id).await?;
        if let Some(text) = say::status::comment(&sprint) {
            // Found by its marker is only the one that is kept up to date.
            return Ok(text.replace(&say::status_marker(), ""));
        }
        Ok(say::comments::not_started(&sprint))
    }

    async fn summary(&self, id: &RunId) -> Result<String> {
        let mut tx = self.db().read().await?;
        let times = runs::times(&mut tx, id).await?;
        drop(tx);
        let sprint = self.sprint(&times.sprint_id).await?;
        let ended = times.finished_at.unwrap_or_else(|| self.clock().now());
        let tasks: Vec<_> = sprint.run.iter().flat_map(|run| &run.tasks).map(summarized).collect();
        let seconds = (ended - times.started_at).num_seconds();
        Ok(say::comments::completed(&sprint.goal.milestone, seconds, &tasks))
    }
}

impl App {
    async fn what_is_left(&self, id: &RunId) -> Result<String> {
        let sprint = self.of_run(id).await?;
        let Some(run) = &sprint.run else { return Ok(String::new()) };
        Ok(say::ending::run(run, &sprint))
    }

    async fn task_ended(&self, id: &RunId, task: TaskNumber) -> Result<String> {
        let sprint = self.of_run(id).await?;
        let Some(run) = &sprint.run else { return Ok(String::new()) };
        Ok(run.find(task).map_or_else(String::new, |task| say::ending::task(task, run)))
    }

    /// What keeps a task from being started; nothing, if it does so no more.
    async fn task_barred(
        &self,
        id: &RunId,
        task: TaskNumber,
        barred: &Barred,
    ) -> Result<Option<String>> {
        let sprint = self.of_run(id).await?;
        let run = sprint.run.as_ref().filter(|run| run.id == *id);
        let found = run.and_then(|run| Some((run, run.find(task)?)));
        let found = found.filter(|(_, task)| task.barred.contains(barred));
        Ok(found.map(|(run, task)| say::why::barred(task, run, barred)))
    }

    /// That a task is held because its budget is spent; nothing, if it is so no more.
    async fn task_spent(&self, id: &RunId, task: TaskNumber) -> Result<Option<String>> {
        let sprint = self.of_run(id).await?;
        let run = sprint.run.as_ref().filter(|run| run.id == *id);
        let found = run.and_then(|run| Some((run, run.find(task)?)));
        let held = found.filter(|(_, task)| matches!(task.state, State::Spent { .. }));
        Ok(held.map(|(run, task)| say::budget::task_spent(task, run)))
    }

    async fn of_run(&self, id: &RunId) -> Result<Sprint> {
        let mut tx = self.db().read().await?;
        let times = runs::times(&mut tx, id).await?;
        drop(tx);
        self.sprint(&times.sprint_id).await
    }
}

fn summarized(task: &Task) -> say::comments::Summarized {
    let repo = task.planned.repo();
    say::comments::Summarized {
        number: task.planned.number,
        title: task.planned.title.clone(),
        pull: match (&task.state, task.state.pull()) {
            (State::Skipped { by, .. }, _) => format!("skipped by {by}"),
            (_, pull) => pull.map_or(String::new(), |pull| format!("{repo}#{pull}")),
        },
        is_skipped: matches!(task.state, State::Skipped { .. }),
        owner: task.planned.owner.as_ref().map_or(String::new(), |owner| owner.0.clone()),
        attempts: task.state.attempt().0,
    }
}
