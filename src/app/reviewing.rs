//! The review agent: having it look at a task's pull request, and asking people when it is done.

use super::apply::Cause;
use super::dispatch::{Order, Told};
use super::executing::task_of;
use super::report::Stale;
use super::task_tools::said;
use super::tools::refused;
use super::{App, Error, Result};
use crate::db::Tx;
use crate::db::executions::{self, Execution, Subject};
use crate::domain::ids::{Attempt, ExecutionId, Login, PullNumber, RunId, TaskNumber};
use crate::domain::review::tools::{REVIEW, read};
use crate::domain::review::{Event as Happened, Reviewer};
use crate::domain::run::Run;
use crate::domain::sprint::{Event, Sprint};
use crate::domain::task::{State, Task};
use crate::domain::work::{Lease, NextTurn, Source, Terms, ToolAnswer, Work};
use crate::github::{Grant, Repo};
use crate::say;

/// How often an agent is asked for its review before there is none.
const MOST_TURNS: u32 = 2;

impl App {
    /// The review agent, if there is one.
    pub(super) fn reviewer(&self) -> Option<Reviewer> {
        let review = &self.settings().review;
        let agent = review.reviewer()?;
        Some(Reviewer { agent, rounds: review.rounds })
    }

    /// Owners wait for it, so it goes before the tasks.
    pub(super) async fn enqueue_review(
        &self,
        tx: &mut Tx,
        sprint: &Sprint,
        (run, task, attempt): (&RunId, TaskNumber, Attempt),
        execution: &ExecutionId,
    ) -> Result<()> {
        let Some(reviewer) = self.reviewer() else { return Ok(()) };
        let new = executions::New {
            id: execution.clone(),
            sprint: sprint.id.clone(),
            subject: Subject::Review(run.clone(), task),
            attempt,
            project: sprint.project.clone(),
            agent: reviewer.agent,
        };
        self.put_into_queue(tx, &new, Some(run.clone()), 0, 0).await?;
        let hands_out = |run: &Run| run.find(task).is_some_and(|task| run.hands_out(task));
        if !sprint.run.as_ref().is_some_and(hands_out) {
            self.queue().hold_one(tx, execution, true).await?;
        }
        Ok(())
    }

    /// What a worker needs to have a try looked at: its branch as it is on GitHub.
    pub(super) async fn order_for_review(
        &self,
        sprint: &Sprint,
        execution: &Execution,
    ) -> Result<Order> {
        let task = task_of(sprint, execution).filter(|task| task.awaits_review(execution.attempt));
        let task = task.ok_or(Error::NotYet("nobody waits for this review any more"))?;
        let name = task.planned.repo();
        let repo = self.repo(name).await?;
        let token = repo.token(Grant::ReadContents).await?;
        let base = self.known(name).await?.default_branch;
        let base_sha =
            repo.find_head(&base).await?.ok_or(Error::NotYet("the base branch is not there"))?;
        let head = repo.find_head(&task.branch).await?;
        let head = head.ok_or(Error::NotYet("the branch is not there"))?;
        let url = repo.repository().await?.clone_url;
        let source = Source { repo: name.clone(), url, sha: head };
        let delivered = self.delivered_by(execution, task).await?;
        let prompt = say::review::prompt(&say::review::Examined {
            task: &task.planned,
            goal: &sprint.goal,
            folder: source.folder(),
            head: &source.sha,
            base: &base_sha,
            summary: delivered.as_deref(),
            before: task.dialogue.opinion.as_ref(),
        });
        Ok(Order {
            told: Told::Whole(prompt),
            work: Work::Review { source, base_sha },
            read_tokens: [(name.clone(), token.expose().to_owned())].into(),
            terms: Terms { egress: self.settings().egress_of(name), ..Terms::default() },
        })
    }

    /// What the agent said it did in the try that is looked at.
    async fn delivered_by(&self, execution: &Execution, task: &Task) -> Result<Option<String>> {
        let Some((run, _)) = execution.subject.account() else { return Ok(None) };
        let id = ExecutionId::of(run, task.planned.number, execution.attempt);
        let mut tx = self.db().read().await?;
        let tried = executions::get(&mut tx, &id).await?;
        Ok(tried.delivery.map(|delivery| delivery.0.summary))
    }

    /// Takes a review from the agent that was asked for it.
    pub(super) async fn take_review(
        &self,
        execution: &Execution,
        lease: &Lease,
        task: TaskNumber,
        (name, passed): (&str, &serde_json::Value),
    ) -> Result<Result<ToolAnswer, Stale>> {
        if name != REVIEW {
            return Ok(Ok(refused("there is no such tool")));
        }
        let review = match read(passed) {
            Ok(review) => review,
            Err(flaws) => {
                let text = format!("Not taken: {}. Hand it in again.", flaws.join("; "));
                return Ok(Ok(refused(&text)));
            }
        };
        let usual = Reviewer { agent: execution.agent.clone(), rounds: 0 };
        let (reviewer, at) = (self.reviewer().unwrap_or(usual), self.clock().now());
        let attempt = execution.attempt;
        let event = Happened::Submitted { attempt, reviewer, review, at };
        if !self.reviewer_does(execution, lease, task, event).await? {
            return Ok(Err(Stale));
        }
        Ok(Ok(said("Taken. End your turn now.".to_owned())))
    }

    /// What a review agent does after a turn: it is reminded once if it handed nothing in.
    pub(super) async fn after_review_turn(
        &self,
        execution: &Execution,
        turn: u32,
    ) -> Result<NextTurn> {
        let sprint = self.sprint(&execution.sprint_id).await?;
        let task = task_of(&sprint, execution);
        let waits = task.is_some_and(|task| task.awaits_review(execution.attempt));
        let prompt = (waits && turn < MOST_TURNS).then(say::review::reminder);
        Ok(NextTurn { prompt, ..NextTurn::default() })
    }

    /// Lets something happen to a review; false if the lease is not the latest any more.
    async fn reviewer_does(
        &self,
        execution: &Execution,
        lease: &Lease,
        task: TaskNumber,
        event: Happened,
    ) -> Result<bool> {
        let cause = Cause::by(format!("agent {}", execution.agent));
        let (id, event) = (&execution.sprint_id, Event::Review(task, event));
        loop {
            let mut tx = self.db().begin().await?;
            if !self.queue().holds(&mut tx, lease).await? {
                return Ok(false);
            }
            if self.apply_in(&mut tx, id, &event, &cause).await?.is_some() {
                tx.commit().await?;
                self.wake();
                return Ok(true);
            }
        }
    }

    /// Says what the review agent found, and asks people for their review.
    pub(super) async fn ask_for_review(
        &self,
        run: &RunId,
        number: TaskNumber,
        attempt: Attempt,
        people: &[Login],
    ) -> Result<()> {
        let Some(sprint) = self.sprint_of(run).await? else { return Ok(()) };
        let Some(task) = sprint.run.as_ref().and_then(|run| run.find(number)) else {
            return Ok(());
        };
        // It may have gone on since.
        let State::Review { pull, .. } = task.state else { return Ok(()) };
        let repo = self.repo(task.planned.repo()).await?;
        let opinion = task.dialogue.opinion.as_ref().filter(|one| one.attempt == attempt);
        if let Some(opinion) = opinion {
            let marker = say::marker(&format!("reviewed {run} {number} {attempt}"));
            let text =
                say::review::opinion(opinion, number, task.dialogue.answer_to_review(attempt));
            self.remark_once(&repo, pull, &marker, &text).await?;
        }
        super::review::ask(&repo, pull, people.to_vec()).await
    }

    /// Comments on a pull request as one who reviews but does not approve, once.
    async fn remark_once(
        &self,
        repo: &Repo,
        pull: PullNumber,
        marker: &str,
        text: &str,
    ) -> Result<()> {
        let there = repo.reviews(pull).await?;
        let is_ours = |one: &crate::github::Review| {
            one.user.as_ref().is_some_and(|user| user.login == self.me().bot)
                && one.body.starts_with(marker)
        };
        if there.iter().any(is_ours) {
            return Ok(());
        }
        match repo.remark(pull, &format!("{marker}\n{text}")).await {
            // Nobody can be told there; they are asked all the same.
            Err(error) if error.is_gone() || error.is_unprocessable() || error.is_forbidden() => {
                Ok(())
            }
            remarked => Ok(remarked.map(drop)?),
        }
    }
}
