//! Carrying out what decisions asked for, at least once, lane by lane.

use std::error::Error as _;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use super::{Again, App, Error, Result};
use crate::db::effects::{self, Leased};
use crate::domain::effect::{Effect, Saying};
use crate::github::Reaction;

/// How long carrying out one effect may take before another server may take it over.
const LEASE: TimeDelta = TimeDelta::minutes(15);

impl App {
    /// Carries out the next effect that is due; false if there is none.
    pub async fn carry_out_next(&self) -> Result<bool> {
        let mut tx = self.db().begin().await?;
        let Some(leased) = effects::lease(&mut tx, self.clock().now(), LEASE).await? else {
            return Ok(false);
        };
        tx.commit().await?;
        let result = self.carry_out(&leased).await;
        self.settle(&leased, result).await?;
        Ok(true)
    }

    async fn carry_out(&self, leased: &Leased) -> Result<()> {
        match &leased.body.0 {
            Effect::Read { delivery, .. } => self.read(delivery).await,
            Effect::Acknowledge { repo, comment } => {
                match self.repo(repo).await?.react(*comment, Reaction::Eyes).await {
                    // Whoever wrote it deleted it.
                    Err(error) if error.is_gone() => Ok(()),
                    reacted => Ok(reacted?),
                }
            }
            Effect::Say { on, key, saying } => {
                self.speak(on, key, saying, leased.attempt == 1).await
            }
            Effect::Obey { sprint, here, said } => {
                self.obey(sprint, *here, said, leased.delivery_id.as_ref()).await
            }
            Effect::Draft { sprint, asked } => self.draft_and_answer(sprint, asked.as_ref()).await,
            Effect::Mirror { sprint, task } => self.mirror(sprint, *task).await,
            Effect::MakeIssues(sprint) => self.make_issues(sprint).await,
            Effect::ShowPlan(sprint) => self.show_plan(sprint).await,
            Effect::ShowStatus(sprint) => self.show_status(sprint).await,
            Effect::Publish(execution) => self.publish(execution).await,
            // The database's queue took it with the decision.
            Effect::Queue { .. } => Ok(()),
        }
    }

    async fn settle(&self, leased: &Leased, result: Result<()>) -> Result<()> {
        let now = self.clock().now();
        let mut tx = self.db().begin().await?;
        if let Err(error) = result {
            let trouble = told(&error);
            if let Some(at) = due_again(&error, leased.attempt, now) {
                tracing::warn!(effect = ?leased.body.0, trouble, "put off");
                effects::put_off(&mut tx, leased, at, &trouble).await?;
            } else {
                tracing::error!(job.id = leased.id, effect = ?leased.body.0, trouble, "given up");
                effects::give_up(&mut tx, leased, now, &trouble).await?;
                if let Some(sorry) = sorry(leased) {
                    effects::push(&mut tx, &sorry, leased.delivery_id.as_ref(), now).await?;
                }
            }
        } else {
            effects::done(&mut tx, leased).await?;
        }
        tx.commit().await?;
        self.wake();
        Ok(())
    }

    /// Waits until an effect may be due, or for half a second.
    async fn effects(&self) {
        let a_moment = tokio::time::sleep(Duration::from_millis(500));
        tokio::select! {
            () = self.inner.effects.notified() => {}
            () = a_moment => {}
        }
    }
}

/// When an effect is tried again: 1, 2, 4 … at most 60 s later, unless GitHub said when.
fn due_again(error: &Error, attempt: i64, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let doublings = u32::try_from(attempt.clamp(1, 7) - 1).unwrap_or(0);
    match error.again() {
        Again::Later => Some(now + TimeDelta::seconds((1 << doublings).min(60))),
        Again::After(pause) => Some(now + TimeDelta::from_std(pause).unwrap_or(TimeDelta::MAX)),
        Again::At(at) => Some(at),
        Again::Never => None,
    }
}

/// What went wrong, with all its reasons.
fn told(error: &Error) -> String {
    let mut text = error.to_string();
    let mut reason = error.source();
    while let Some(error) = reason {
        text.push_str(": ");
        text.push_str(&error.to_string());
        reason = error.source();
    }
    text
}

/// What a person who waits for an answer hears instead of one.
fn sorry(leased: &Leased) -> Option<Effect> {
    match &leased.body.0 {
        Effect::Draft { asked: Some(asked), .. } => Some(Effect::Say {
            on: asked.on.clone(),
            key: format!("trouble {}", leased.id),
            saying: Saying::Trouble { reference: leased.id.clone() },
        }),
        Effect::Obey { said, .. } => Some(Effect::Say {
            on: said.on.clone(),
            key: format!("trouble {}", leased.id),
            saying: Saying::Trouble { reference: leased.id.clone() },
        }),
        Effect::Draft { asked: None, .. }
        | Effect::Mirror { .. }
        | Effect::MakeIssues(_)
        | Effect::Read { .. }
        | Effect::Acknowledge { .. }
        | Effect::Say { .. }
        | Effect::ShowPlan(_)
        | Effect::ShowStatus(_)
        | Effect::Publish(_)
        | Effect::Queue { .. } => None,
    }
}

/// Carries out effects until `shutdown`; several may do so at once.
pub async fn keep_carrying_out(app: App, shutdown: CancellationToken) {
    while !shutdown.is_cancelled() {
        match app.carry_out_next().await {
            Ok(true) => {}
            Ok(false) => {
                tokio::select! {
                    () = app.effects() => {}
                    () = shutdown.cancelled() => {}
                }
            }
            Err(error) => {
                tracing::error!(error = told(&error), "cannot carry anything out now");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}
