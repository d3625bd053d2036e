//! What happens to an execution, as its sprint hears of it.

use crate::db::executions::{Execution, Subject};
use crate::domain::planning::{self, Try};
use crate::domain::review;
use crate::domain::sprint::{Event, Sprint};
use crate::domain::task::{self, Task};
use crate::domain::work::{Class, Failure};

/// Something that happens to any execution.
#[derive(Clone, Debug)]
pub(super) enum Happened {
    /// A worker took it.
    Taken,
    /// Its worker is gone, and it is in the queue again.
    Lost,
    /// It has nothing to show.
    Failed(Failure),
    /// The provider of its model wants no more calls for so many seconds.
    Exhausted(u32),
    /// It spent what it may spend.
    Spent,
    /// Its commits are here.
    Delivered,
    /// It did what it was for without commits.
    Replied,
    /// Its agent asked something and waits.
    Asked,
    /// Its agent handed parts of it to others and ended its turn.
    Delegated,
    /// Nobody works on it any more, because a person ended it.
    Stopped,
}

impl Happened {
    /// What that is for the execution's sprint; nothing, where the sprint knows already.
    pub(super) fn to(self, execution: &Execution) -> Option<Event> {
        let attempt = execution.attempt;
        match execution.subject {
            Subject::Task(_, number) => {
                let event = match self {
                    Self::Taken => task::Event::Taken(attempt),
                    Self::Lost => task::Event::Lost(attempt),
                    Self::Failed(failure) => task::Event::Failed(attempt, failure.class),
                    Self::Exhausted(seconds) => task::Event::Exhausted(attempt, seconds),
                    Self::Spent => task::Event::Spent(attempt),
                    Self::Delivered => task::Event::Delivered(attempt),
                    Self::Replied => task::Event::Replied(attempt),
                    Self::Asked => task::Event::Asked(attempt),
                    Self::Delegated => task::Event::Delegated(attempt),
                    Self::Stopped => task::Event::Stopped(attempt),
                };
                Some(Event::Task(number, event))
            }
            Subject::Plan(number) => {
                let of = Try { number, attempt };
                let event = match self {
                    Self::Taken => planning::Event::Taken(of),
                    Self::Lost => planning::Event::Lost(of),
                    Self::Failed(failure) => planning::Event::Failed(of, failure),
                    Self::Stopped => planning::Event::Failed(of, stopped()),
                    Self::Delivered
                    | Self::Replied
                    | Self::Asked
                    | Self::Delegated
                    | Self::Spent
                    | Self::Exhausted(_) => {
                        return None;
                    }
                };
                Some(Event::Planning(event))
            }
            Subject::Review(_, number) => {
                let ended = |why: &str| review::Event::Ended(attempt, why.to_owned());
                let event = match self {
                    Self::Taken => review::Event::Taken(attempt),
                    Self::Lost => review::Event::Lost(attempt),
                    Self::Failed(failure) => ended(&failure.message),
                    Self::Spent => ended("its budget is spent"),
                    Self::Exhausted(_) => ended("its model's provider wants no more calls"),
                    Self::Stopped => ended("it was stopped"),
                    Self::Replied | Self::Delivered | Self::Asked | Self::Delegated => {
                        ended("it ended without handing one in")
                    }
                };
                Some(Event::Review(number, event))
            }
        }
    }
}

/// What is said of a planning that was stopped; it is not tried again.
fn stopped() -> Failure {
    Failure { class: Class::Unacceptable, message: "it was stopped".to_owned() }
}

/// The task that an execution is a try at, or a look at one, if its run is still the sprint's.
pub(super) fn task_of<'a>(sprint: &'a Sprint, execution: &Execution) -> Option<&'a Task> {
    match &execution.subject {
        Subject::Task(run, number) | Subject::Review(run, number) => {
            sprint.run.as_ref().filter(|found| found.id == *run)?.find(*number)
        }
        Subject::Plan(_) => None,
    }
}
