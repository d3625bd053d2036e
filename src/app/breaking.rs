//! Agents that fail again and again: they get no more work for a while, and people hear of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::why::limits;
use super::{App, Result};
use crate::config::Settings;
use crate::db::executions::{self, Execution};
use crate::db::{Tx, effects, heard};
use crate::domain::breaker::{Breaker, horizon};
use crate::domain::effect::{Effect, Saying};
use crate::domain::ids::AgentName;
use crate::queue::Limits;

impl App {
    /// How many jobs may be on lease at once right now.
    pub(super) async fn limits_now(&self, tx: &mut Tx, now: DateTime<Utc>) -> Result<Limits> {
        limits_now(self.settings(), tx, now).await
    }

    /// Says so on the sprint issue if an agent has failed once too often, once each time.
    pub(super) async fn tell_if_it_broke(&self, execution: &Execution) -> Result<()> {
        let (now, agent) = (self.clock().now(), &execution.agent);
        let mut tx = self.db().begin().await?;
        let Breaker::Open { class, since, until, .. } = breaker(&mut tx, agent, now).await? else {
            return Ok(());
        };
        let key = format!("breaks {agent} {}", since.timestamp_micros());
        if !heard::first_time(&mut tx, &key, now).await? {
            return Ok(());
        }
        let on = self.sprint(&execution.sprint_id).await?.issue_ref();
        let saying = Saying::AgentBreaks { agent: agent.clone(), class, until };
        effects::push(&mut tx, &Effect::Say { on, key, saying }, None, now).await?;
        tx.commit().await?;
        self.wake();
        Ok(())
    }
}

/// The agents that failed lately and may be given no work, or only one task.
pub(super) async fn broken(
    tx: &mut Tx,
    now: DateTime<Utc>,
) -> Result<BTreeMap<AgentName, Breaker>> {
    let mut broken = BTreeMap::new();
    for agent in executions::failing_agents(tx, now - horizon()).await? {
        let breaker = breaker(tx, &agent, now).await?;
        if breaker != Breaker::Closed {
            broken.insert(agent, breaker);
        }
    }
    Ok(broken)
}

async fn limits_now(settings: &Settings, tx: &mut Tx, now: DateTime<Utc>) -> Result<Limits> {
    let mut limits = limits(settings);
    for (agent, breaker) in broken(tx, now).await? {
        if let Some(most) = breaker.most_at_work() {
            let usual = limits.of_agent.get(&agent).copied().unwrap_or(u32::MAX);
            limits.of_agent.insert(agent, most.min(usual));
        }
    }
    Ok(limits)
}

async fn breaker(tx: &mut Tx, agent: &AgentName, now: DateTime<Utc>) -> Result<Breaker> {
    let ended = executions::ended_of_agent(tx, agent, now - horizon()).await?;
    Ok(Breaker::of(&ended, now))
}
