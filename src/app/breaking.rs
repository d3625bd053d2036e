//! Agents that fail again and again: they get no more work for a while, and people hear of it.

use chrono::{DateTime, TimeDelta, Utc};

use super::{App, Result};
use crate::db::effects;
use crate::db::executions::{self, Execution, Subject};
use crate::domain::breaker::{Breaker, MOST_FAILURES};
use crate::domain::effect::{Effect, Saying};
use crate::domain::ids::AgentName;

/// How far back failures matter.
const LATELY: TimeDelta = TimeDelta::hours(3);
/// How long a task waits while another one is the trial.
const A_TRIAL: TimeDelta = TimeDelta::seconds(15);

impl App {
    /// From when on an execution may be handed out; nothing, if it may be now.
    pub(super) async fn not_before(&self, execution: &Execution) -> Result<Option<DateTime<Utc>>> {
        if !matches!(execution.subject, Subject::Task(..)) {
            return Ok(None);
        }
        let now = self.clock().now();
        Ok(match self.breaker(&execution.agent, now).await? {
            Breaker::Closed => None,
            Breaker::Open { until, .. } => Some(until),
            Breaker::Trying => Some(now + A_TRIAL),
        })
    }

    /// Says so on the sprint issue if an agent has just failed once too often.
    pub(super) async fn tell_if_it_broke(&self, execution: &Execution) -> Result<()> {
        let now = self.clock().now();
        let Breaker::Open { class, failures, until } = self.breaker(&execution.agent, now).await?
        else {
            return Ok(());
        };
        if failures != MOST_FAILURES {
            return Ok(());
        }
        let on = self.sprint(&execution.sprint_id).await?.issue_ref();
        let agent = execution.agent.clone();
        let say = Effect::Say {
            on,
            key: format!("breaks {agent} {}", execution.id),
            saying: Saying::AgentBreaks { agent, class, until },
        };
        let mut tx = self.db().begin().await?;
        effects::push(&mut tx, &say, None, now).await?;
        tx.commit().await?;
        self.wake();
        Ok(())
    }

    async fn breaker(&self, agent: &AgentName, now: DateTime<Utc>) -> Result<Breaker> {
        let mut tx = self.db().read().await?;
        let ended = executions::ended_of_agent(&mut tx, agent, now - LATELY).await?;
        let at_work = executions::at_work(&mut tx, agent).await?;
        Ok(Breaker::of(&ended, at_work, now))
    }
}
