//! `/team6 pause`, `resume`, `cancel`, `skip` and `budget`

use super::apply::Applied;
use super::command::Said;
use super::{App, Error, Result};
use crate::domain::budget::{self, Amount, Raise};
use crate::domain::command::Verb;
use crate::domain::control::{Control, Wish};
use crate::domain::ids::{DeliveryId, Login, SprintId, TaskNumber};
use crate::domain::permission::Permission;
use crate::domain::refusal::Refusal;
use crate::domain::sprint::{Event, Sprint};

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
        let permission = self.permission_at(&sprint, task, &said.by).await?;
        let control = Control { by: said.by.clone(), permission, wish };
        self.apply(id, &Event::Control(control), &said.cause(key, delivery)).await
    }
    /// Lets more be spent on a task, or on the whole run, if this person may say so.
    pub(super) async fn raise_budget(
        &self,
        id: &SprintId,
        (task, amount): (Option<TaskNumber>, Amount),
        said: &Said,
        key: &str,
        delivery: Option<&DeliveryId>,
    ) -> Result<Applied> {
        let sprint = self.sprint(id).await?;
        let permission = self.permission_at(&sprint, task, &said.by).await?;
        let raise = Raise { by: said.by.clone(), permission, task, amount };
        let event = Event::Budget(budget::Event::Raised(raise));
        self.apply(id, &event, &said.cause(key, delivery)).await
    }

    /// What somebody may do where a task is; for a run, where its sprint issue is.
    async fn permission_at(
        &self,
        sprint: &Sprint,
        task: Option<TaskNumber>,
        by: &Login,
    ) -> Result<Permission> {
        let found = task.and_then(|task| sprint.run.as_ref()?.find(task));
        let place = found.map_or(&sprint.repo, |task| task.planned.repo());
        match self.repo(place).await {
            // What is to be done about a task where we cannot look any more is decided at home.
            Err(Error::Away(..) | Error::NotInstalled(_)) => {
                self.permission_in(&sprint.repo, by).await
            }
            Err(error) => Err(error),
            Ok(repo) => Ok(repo.permission(by).await?),
        }
    }
}
