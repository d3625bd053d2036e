//! `/team6 start`

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::apply::Applied;
use super::command::Said;
use super::{App, Result};
use crate::db::{sprints, tasks};
use crate::domain::ids::{DeliveryId, RepoName, SprintId};
use crate::domain::permission::Permission;
use crate::domain::sprint::{Event, Sprint};
use crate::domain::start::Start;

impl App {
    /// Starts a sprint, if the domain finds nothing against it. The plan comment and the milestone
    /// are read once more first, so that no tick is missed whose webhook is late or lost, and what
    /// is started is what GitHub says now and what the team approved.
    pub(super) async fn start(
        &self,
        id: &SprintId,
        said: &Said,
        despite_warnings: bool,
        key: &str,
        delivery: Option<&DeliveryId>,
    ) -> Result<Applied> {
        let sprint = self.sprint(id).await?;
        if sprint.plan.is_some() && !sprint.is_running() {
            self.take_in_ticks(&sprint).await?;
            self.draft(id, None, false).await?;
            self.make_issues(id).await?;
        }
        let mut tx = self.db().read().await?;
        let (sprint, _) = sprints::get(&mut tx, id).await?;
        let taken = tasks::branches_of_others(&mut tx, id).await?;
        drop(tx);
        let start = Start {
            by: said.by.clone(),
            owners: self.permissions_of_owners(&sprint).await?,
            agents: self.agents(),
            despite_warnings,
            taken,
        };
        self.apply(id, &Event::Started(start), &said.cause(key, delivery)).await
    }

    /// The agents one can choose.
    pub(super) fn agents(&self) -> Vec<crate::domain::ids::AgentName> {
        self.settings().agents.keys().cloned().collect()
    }

    async fn permissions_of_owners(
        &self,
        sprint: &Sprint,
    ) -> Result<BTreeMap<(String, RepoName), Permission>> {
        let mut permissions = BTreeMap::new();
        for task in sprint.plan.iter().flat_map(|plan| &plan.tasks) {
            let Some(owner) = &task.owner else { continue };
            let key = (owner.0.to_ascii_lowercase(), task.repo().clone());
            if let Entry::Vacant(unknown) = permissions.entry(key) {
                unknown.insert(self.permission_in(task.repo(), owner).await?);
            }
        }
        Ok(permissions)
    }
}
