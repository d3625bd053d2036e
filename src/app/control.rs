//! `/team6 pause`, `resume`, `cancel` and `skip`

use super::apply::Applied;
use super::command::Said;
use super::{App, Error, Result};
use crate::domain::command::Verb;
use crate::domain::control::{Control, Wish};
use crate::domain::ids::{DeliveryId, SprintId, TaskNumber};
use crate::domain::refusal::Refusal;
use crate::domain::sprint::Event;

impl App {
    /// Does to a sprint or to one of its tasks what a person wants, if they may: what they may do
    /// is read where the task is, at this moment.
    pub(super) async fn control(
        &self,
        id: &SprintId,
        verb: Verb,
        task: Option<TaskNumber>,
        said: &Said,
        key: &str,
        delivery: Option<&DeliveryId>,
    ) -> Result<Applied> {
        let wish = match (verb, task) {
            (Verb::Pause, task) => Wish::Pause(task),
            (Verb::Resume, task) => Wish::Resume(task),
            (Verb::Cancel, task) => Wish::Cancel(task),
            (Verb::Skip, Some(task)) => Wish::Skip(task),
            (Verb::Skip, None) => {
                let which = Refusal::WhichTask { command: "skip".to_owned() };
                return Ok(Applied::Refused(vec![which]));
            }
        };
        let sprint = self.sprint(id).await?;
        let found = task.and_then(|task| sprint.run.as_ref()?.find(task));
        let place = found.map_or(&sprint.repo, |task| task.planned.repo());
        let permission = match self.repo(place).await {
            // What is to be done about a task where we cannot look any more is decided at home.
            Err(Error::Away(..) | Error::NotInstalled(_)) => {
                self.permission_in(&sprint.repo, &said.by).await?
            }
            Err(error) => return Err(error),
            Ok(repo) => repo.permission(&said.by).await?,
        };
        let control = Control { by: said.by.clone(), permission, wish };
        self.apply(id, &Event::Control(control), &said.cause(key, delivery)).await
    }
}
