//! What whoever runs Team6 does to a sprint from the command line: the same as a person on GitHub
//! may do, against the database. What follows from it is carried out by the server.

use super::apply::{Applied, Cause};
use super::{App, Result};
use crate::domain::budget::{self, Amount, Raise};
use crate::domain::control::{Control, Wish};
use crate::domain::ids::{Login, SprintId, TaskNumber};
use crate::domain::permission::Permission;
use crate::domain::refusal::Refusal;
use crate::domain::retry::Retry;
use crate::domain::sprint::Event;
use crate::domain::task::Again;

/// What an operator wants.
#[derive(Clone, Copy, Debug)]
pub enum Order {
    /// Start nothing new.
    Pause(Option<TaskNumber>),
    /// Go on.
    Resume(Option<TaskNumber>),
    /// End it.
    Cancel(Option<TaskNumber>),
    /// Let nothing wait for the task.
    Skip(TaskNumber),
    /// Try the task again.
    Retry(TaskNumber, Again),
    /// Let more be spent on the task, or on the run.
    Budget(Option<TaskNumber>, Amount),
}

impl App {
    /// Does what an operator wants; why not, if it cannot be done.
    pub async fn operate(&self, id: &SprintId, order: Order) -> Result<Vec<Refusal>> {
        let by = Login("operator".to_owned());
        // Whoever can write to the database may do anything.
        let permission = Permission::Admin;
        let wish = |wish| Event::Control(Control { by: by.clone(), permission, wish });
        let event = match order {
            Order::Pause(task) => wish(Wish::Pause(task)),
            Order::Resume(task) => wish(Wish::Resume(task)),
            Order::Cancel(task) => wish(Wish::Cancel(task)),
            Order::Skip(task) => wish(Wish::Skip(task)),
            Order::Budget(task, amount) => {
                let raise = Raise { by: by.clone(), permission, task, amount };
                Event::Budget(budget::Event::Raised(raise))
            }
            Order::Retry(task, again) => {
                let at = self.clock().now();
                let (by, title, text) = (by.clone(), None, None);
                Event::Retry(Retry { task, again, by, permission, at, title, text })
            }
        };
        let cause = Cause::by("operator, on the command line");
        Ok(match self.apply(id, &event, &cause).await? {
            Applied::Refused(refusals) => refusals,
            Applied::Decided | Applied::Ignored => Vec::new(),
        })
    }
}
