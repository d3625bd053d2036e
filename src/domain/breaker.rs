//! An agent that fails in the same way again and again gets no more work for a while, so that what
//! is wrong with it does not use up the tries of every task.

use chrono::{DateTime, TimeDelta, Utc};

use super::ids::{RunId, TaskNumber};
use super::work::Class;

/// How often an agent may fail in the same way within an hour, across tasks.
pub const MOST_FAILURES: usize = 5;

/// How an execution of an agent ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// At which task.
    pub task: (RunId, TaskNumber),
    /// How it failed; nothing, if it went well.
    pub failed: Option<Class>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Whether an agent is given work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breaker {
    /// It is.
    Closed,
    /// Not before then.
    Open {
        /// How it failed.
        class: Class,
        /// How often in a row.
        failures: usize,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// One task is tried; what becomes of it decides.
    Trying,
}

impl Class {
    /// Whether it may be the agent's or its machine's fault, and not the task's.
    fn may_be_the_agents_fault(self) -> bool {
        match self {
            Self::AgentDied | Self::TimedOut | Self::Misconfigured | Self::Machinery => true,
            Self::NothingDone
            | Self::LeftDirty
            | Self::HookFailed
            | Self::Refused
            | Self::Unacceptable
            | Self::Spent
            | Self::Quota => false,
        }
    }
}

impl Breaker {
    /// Whether an agent is given work that ended these, the latest first, and is at so many now.
    pub fn of(ended: &[Ended], at_work: usize, now: DateTime<Utc>) -> Self {
        let Some((class, failures, last)) = series(ended) else { return Self::Closed };
        let until = last + cool_down();
        if now < until {
            Self::Open { class, failures, until }
        } else if 0 < at_work {
            Self::Trying
        } else {
            Self::Closed
        }
    }
}

/// How long an agent gets no work.
pub fn cool_down() -> TimeDelta {
    TimeDelta::minutes(10)
}

/// The failures in a row that are too many: how, how many, and when the last one was.
fn series(ended: &[Ended]) -> Option<(Class, usize, DateTime<Utc>)> {
    let latest = ended.first()?;
    let class = latest.failed.filter(|class| class.may_be_the_agents_fault())?;
    let same =
        |one: &&Ended| one.failed == Some(class) && latest.at - one.at <= TimeDelta::hours(1);
    let row: Vec<_> = ended.iter().take_while(same).collect();
    // A task at which every try fails may be the reason itself.
    let across = row.iter().any(|one| one.task != latest.task);
    (across && MOST_FAILURES <= row.len()).then_some((class, row.len(), latest.at))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(minute * 60, 0).unwrap()
    }

    fn ended(task: i64, failed: Option<Class>, minute: i64) -> Ended {
        Ended { task: (RunId("run_1_1_1".into()), TaskNumber(task)), failed, at: at(minute) }
    }

    fn row(tasks: &[i64]) -> Vec<Ended> {
        let all = tasks.iter().zip((0..100).rev());
        all.map(|(task, minute)| ended(*task, Some(Class::AgentDied), minute)).collect()
    }

    #[test]
    fn it_opens_after_five_failures_across_tasks_and_lets_one_through_later() {
        let five = row(&[1, 1, 2, 1, 1]);
        let open = |until| Breaker::Open { class: Class::AgentDied, failures: 5, until: at(until) };
        assert_eq!(Breaker::of(&five, 3, at(99)), open(109));
        assert_eq!(Breaker::of(&five, 0, at(109)), Breaker::Closed);
        assert_eq!(Breaker::of(&five, 1, at(109)), Breaker::Trying);
        assert_eq!(Breaker::of(&five[1..], 0, at(99)), Breaker::Closed);
        assert_eq!(Breaker::of(&row(&[1, 1, 1, 1, 1, 1]), 0, at(99)), Breaker::Closed);
        let mended = [vec![ended(1, None, 99)], row(&[1, 2, 1, 2, 1])].concat();
        assert_eq!(Breaker::of(&mended, 0, at(99)), Breaker::Closed);
        let mut slow = row(&[1, 2, 1, 2, 1]);
        slow[4].at = at(30);
        assert_eq!(Breaker::of(&slow, 0, at(99)), Breaker::Closed);
    }

    proptest! {
        #[test]
        fn what_is_the_tasks_own_fault_never_opens_it(
            tasks in prop::collection::vec(1..4_i64, 0..20),
            own in prop::sample::select(vec![Class::NothingDone, Class::LeftDirty, Class::Spent]),
        ) {
            let mut all = row(&tasks);
            for one in &mut all {
                one.failed = Some(own);
            }
            prop_assert_eq!(Breaker::of(&all, 0, at(99)), Breaker::Closed);
        }
    }
}
