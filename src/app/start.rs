//! `/team6 start`

use super::apply::Applied;
use super::command::Said;
use super::{App, Result};
use crate::db::{sprints, tasks};
use crate::domain::ids::{DeliveryId, SprintId};
use crate::domain::refusal::Refusal;
use crate::domain::sprint::Event;
use crate::domain::start::Start;

impl App {
    /// Starts a sprint, if the domain finds nothing against it. The plan comment and the milestone
    /// are read once more first, so that no tick is missed whose webhook is late or lost, and what
    /// is started is what GitHub says now and what the team approved.
    pub(super) async fn start(
        &self,
        id: &SprintId,
        despite_warnings: bool,
        said: &Said,
        key: &str,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let mut tx = self.db().read().await?;
        let (sprint, _) = sprints::get(&mut tx, id).await?;
        drop(tx);
        if sprint.plan.is_none() {
            let refused = Applied::Refused(vec![Refusal::NoPlan]);
            return self.answer(refused, said, key, delivery).await;
        }
        if !sprint.is_running() {
            self.take_in_ticks(&sprint).await?;
            self.draft(id, None).await?;
        }
        let mut tx = self.db().read().await?;
        let (sprint, _) = sprints::get(&mut tx, id).await?;
        let taken = tasks::branches_of_others(&mut tx, id).await?;
        drop(tx);
        let start = Start {
            by: said.by.clone(),
            around: self.around(&sprint).await?,
            despite_warnings,
            taken,
        };
        let applied = self.apply(id, &Event::Started(start), &said.cause(key, delivery)).await?;
        self.answer(applied, said, key, delivery).await
    }
}
