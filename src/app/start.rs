//! `/team6 start`

use std::collections::BTreeSet;

use super::apply::Applied;
use super::command::Said;
use super::{App, Result};
use crate::db::sprints;
use crate::domain::ids::{DeliveryId, SprintId};
use crate::domain::sprint::Event;
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
        drop(tx);
        let start = Start {
            by: said.by.clone(),
            around: self.around(&sprint).await?,
            despite_warnings,
            // Read when it is decided.
            taken: BTreeSet::new(),
            budgets: self.budgets(&sprint),
        };
        self.apply(id, &Event::Started(start), &said.cause(key, delivery)).await
    }
}
