//! Carrying out what decisions asked for, at least once, lane by lane.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::{Again, App, Error, Result};
use crate::causes::whole;
use crate::db::comments::{self, Kind};
use crate::db::effects::{self, Leased};
use crate::domain::effect::Effect;
use crate::github::{self, Reaction};

/// How long carrying out one effect may take before another server may take it over.
const LEASE: TimeDelta = TimeDelta::minutes(15);
/// The longest pause between two tries.
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(2);
/// How often we look for what is due although nobody said that there is something.
const GLANCE: Duration = Duration::from_millis(500);
/// How long what is under way may go on when the server is stopped.
const LAST_MOMENTS: Duration = Duration::from_secs(8);

impl App {
    /// Carries out the next effect that is due; false if there is none. What is under way when
    /// `shutdown` comes gets a few moments more, and is then given back at once: it is as if we
    /// had died, which every effect bears.
    pub async fn carry_out_next(&self, shutdown: &CancellationToken) -> Result<bool> {
        let mut tx = self.db().begin().await?;
        let Some(leased) = effects::lease(&mut tx, self.clock().now(), LEASE).await? else {
            return Ok(false);
        };
        tx.commit().await?;
        let span = tracing::info_span!(
            "effect",
            job.id = leased.id,
            job.attempt = leased.attempt,
            job.lane = leased.body.lane(),
            delivery.id = leased.delivery_id.as_ref().map(tracing::field::display),
        );
        self.carry_out_until(&leased, shutdown).instrument(span).await?;
        Ok(true)
    }

    async fn carry_out_until(&self, leased: &Leased, shutdown: &CancellationToken) -> Result<()> {
        let result = tokio::select! {
            result = self.carry_out(leased) => result,
            () = a_moment_after(shutdown) => {
                tracing::info!("given back, because the server stops");
                let mut tx = self.db().begin().await?;
                effects::give_back(&mut tx, leased).await?;
                return Ok(tx.commit().await?);
            }
        };
        self.inner.figures.tried(match &result {
            Ok(()) => "done",
            Err(error) if error.again() == Again::Never => "given_up",
            Err(_) => "put_off",
        });
        self.settle(leased, result).await
    }

    async fn carry_out(&self, leased: &Leased) -> Result<()> {
        self.must_be_in_reach(&leased.body.0).await?;
        self.spare(&leased.body.0).await?;
        match &leased.body.0 {
            Effect::Read { delivery, .. } => self.read(delivery).await,
            Effect::Acknowledge { repo, comment } => {
                let repo = self.repo(repo).await?;
                match repo.comment(*comment).await {
                    // Nobody misses 👀 on a comment that was deleted.
                    Err(error) if error.is_gone() => return Ok(()),
                    found => drop(found?),
                }
                match repo.react(*comment, Reaction::Eyes).await {
                    Err(error) if error.is_gone() => Ok(()),
                    reacted => Ok(reacted?),
                }
            }
            Effect::Say { on, key, saying } => {
                self.speak(on, key, saying, leased.attempt == 1).await
            }
            Effect::ShowPlanning { sprint, number } => self.show_planning(sprint, *number).await,
            Effect::ShowQuestions { sprint, round } => self.show_questions(sprint, *round).await,
            Effect::Obey { sprint, here, said } => {
                self.obey(sprint, *here, said, leased.delivery_id.as_ref()).await
            }
            Effect::Launch { launch, .. } => self.carry_out_launch(launch).await,
            Effect::Draft { sprint, asked } => self.draft_and_answer(sprint, asked.as_ref()).await,
            Effect::Mirror { sprint, task } => self.mirror(sprint, *task).await,
            Effect::MakeIssues(sprint) => self.make_issues(sprint).await,
            Effect::ShowPlan(sprint) => self.show_plan(sprint).await,
            Effect::ShowStatus(sprint) => self.show_status(sprint).await,
            Effect::Publish(execution) => self.publish(execution).await,
            Effect::Stop(execution) => self.stop(execution).await,
            Effect::Delegation(duty) => self.do_about_parts(duty).await,
            Effect::ShowMessage { run, task, message } => {
                self.show_message(run, *task, *message).await
            }
            Effect::AnswerReview { run, task, attempt } => {
                self.answer_review(run, *task, *attempt).await
            }
            Effect::AskForReview { run, task, attempt, people } => {
                self.ask_for_review(run, *task, *attempt, people).await
            }
            // The database's queue took it with the decision.
            Effect::Queue { .. } | Effect::QueuePlanning { .. } | Effect::QueueReview { .. } => {
                Ok(())
            }
        }
    }

    /// Puts off what only refreshes a comment that is there, while GitHub lets us ask little.
    async fn spare(&self, effect: &Effect) -> Result<()> {
        let (sprint, kind, part) = match effect {
            Effect::ShowPlan(sprint) => (sprint, Kind::Plan, 1),
            Effect::ShowStatus(sprint) => (sprint, Kind::Status, 1),
            Effect::ShowPlanning { sprint, number } => (sprint, Kind::Planning, *number),
            Effect::Read { .. }
            | Effect::Acknowledge { .. }
            | Effect::Say { .. }
            | Effect::Draft { .. }
            | Effect::Obey { .. }
            | Effect::Launch { .. }
            | Effect::Mirror { .. }
            | Effect::MakeIssues(_)
            | Effect::Publish(_)
            | Effect::Stop(_)
            | Effect::ShowMessage { .. }
            | Effect::AnswerReview { .. }
            | Effect::AskForReview { .. }
            | Effect::Delegation(_)
            | Effect::QueueReview { .. }
            | Effect::ShowQuestions { .. }
            | Effect::QueuePlanning { .. }
            | Effect::Queue { .. } => return Ok(()),
        };
        let mut tx = self.db().read().await?;
        let posted = comments::of(&mut tx, sprint, kind).await?;
        if !posted.iter().any(|own| own.part == part) {
            return Ok(());
        }
        drop(tx);
        let repo = self.known(&self.sprint(sprint).await?.repo).await?;
        match self.github().spare_until(repo.installation) {
            Some(until) => Err(Error::GitHub(github::Error::Limited { until })),
            None => Ok(()),
        }
    }

    async fn settle(&self, leased: &Leased, result: Result<()>) -> Result<()> {
        let now = self.clock().now();
        let Err(error) = result else {
            let mut tx = self.db().begin().await?;
            effects::done(&mut tx, leased).await?;
            tx.commit().await?;
            self.wake();
            return Ok(());
        };
        let trouble = whole(&error);
        let mut again = due_again(&error, leased.attempt, now);
        if again.is_none() && self.may_be_for_lack_of_reach(leased, &error).await {
            again = Some(now + LONGEST_PAUSE);
        }
        if let Some(at) = again {
            tracing::warn!(trouble, "put off");
            let mut tx = self.db().begin().await?;
            effects::put_off(&mut tx, leased, at, &trouble).await?;
            tx.commit().await?;
        } else {
            tracing::error!(trouble, "given up");
            self.give_up(leased, &error, &trouble).await?;
        }
        self.wake();
        Ok(())
    }
}

impl App {
    /// Whether GitHub refused something because a repository is out of reach for now.
    async fn may_be_for_lack_of_reach(&self, leased: &Leased, error: &Error) -> bool {
        let refused = match error {
            Error::GitHub(error) => error.is_forbidden() || error.is_gone(),
            Error::NotInstalled(_) => true,
            Error::Db(_)
            | Error::Git(_)
            | Error::Away(..)
            | Error::Contended
            | Error::NotYet(_) => false,
        };
        refused && self.is_out_of_reach(&leased.body.0).await.unwrap_or(false)
    }
}

/// When an effect is tried again: twice as long after every try, at most two minutes later, unless
/// GitHub said when.
fn due_again(error: &Error, attempt: i64, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let doublings = u32::try_from(attempt.clamp(1, 7) - 1).unwrap_or(0);
    let after = |first: TimeDelta| now + (first * (1 << doublings)).min(LONGEST_PAUSE);
    match error.again() {
        Again::Later => Some(after(TimeDelta::seconds(1))),
        Again::After(pause) => {
            Some(after(TimeDelta::from_std(pause).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE)))
        }
        Again::At(at) => Some(at),
        Again::Never => None,
    }
}

async fn a_moment_after(shutdown: &CancellationToken) {
    shutdown.cancelled().await;
    tokio::time::sleep(LAST_MOMENTS).await;
}

/// Carries out effects until `shutdown`; several may do so at once.
pub async fn keep_carrying_out(app: App, shutdown: CancellationToken) {
    let mut asked_for = app.inner.effects.listener();
    while !shutdown.is_cancelled() {
        match app.carry_out_next(&shutdown).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => {
                tracing::error!(error = whole(&error), "cannot carry anything out now");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        tokio::select! {
            () = asked_for.rung() => {}
            () = app.clock().sleep(GLANCE) => {}
            () = shutdown.cancelled() => {}
        }
    }
}
