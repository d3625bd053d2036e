//! An agent that fails in the same way again and again gets no more work for a while, so that what
//! is wrong with it does not use up the tries of every task.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "breaker")]
pub enum Breaker {
    /// It is.
    #[default]
    Closed,
    /// It failed too often, and is not before then.
    Open {
        /// How it failed.
        class: Class,
        /// How often in a row.
        failures: usize,
        /// Since when.
        since: DateTime<Utc>,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// One task is tried; what becomes of it decides.
    Trying {
        /// How it failed before.
        class: Class,
    },
}

impl Class {
    /// Whether it may be the agent's or its machine's fault, and not the task's.
    fn may_be_the_agents_fault(self) -> bool {
        match self {
            Self::AgentDied | Self::TimedOut | Self::Misconfigured | Self::Machinery => true,
            Self::NothingDone
            | Self::NoProgress
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
    /// Whether an agent is given work that ended these, the latest first.
    ///
    /// It opens with the fifth failure of one kind within an hour, and rests for a while. Then one
    /// task is tried: if that goes well everything goes on, else it rests twice as long.
    pub fn of(ended: &[Ended], now: DateTime<Utc>) -> Self {
        let Some((class, row)) = series(ended) else { return Self::Closed };
        let Some(fifth) = opens_at(&row) else { return Self::Closed };
        let since = row[fifth].at;
        let mut trials = 0;
        let mut until = since + cool_down(trials);
        for late in &row[fifth + 1..] {
            // What was at work already when it opened is no trial.
            if until <= late.at {
                trials += 1;
                until = late.at + cool_down(trials);
            }
        }
        if now < until {
            Self::Open { class, failures: row.len(), since, until }
        } else {
            Self::Trying { class }
        }
    }

    /// How many of this agent's tasks may be at work at once, where nothing else limits them.
    pub fn most_at_work(self) -> Option<u32> {
        match self {
            Self::Closed => None,
            Self::Open { .. } => Some(0),
            Self::Trying { .. } => Some(1),
        }
    }
}

/// How long an agent gets no work after so many failed trials: 10, 20, 40 … minutes, 2 hours at most.
pub fn cool_down(trials: u32) -> TimeDelta {
    TimeDelta::minutes((10 << trials.min(10)).min(120))
}

/// How far back failures matter: further than the longest rest, so that it is not forgotten over it.
pub fn horizon() -> TimeDelta {
    TimeDelta::days(1)
}

/// The failures of one kind since something went well, the oldest first.
fn series(ended: &[Ended]) -> Option<(Class, Vec<&Ended>)> {
    let class = ended.first()?.failed.filter(|class| class.may_be_the_agents_fault())?;
    let mut row: Vec<_> = ended.iter().take_while(|one| one.failed == Some(class)).collect();
    row.reverse();
    Some((class, row))
}

/// The place of the failure that is one too many: so many within an hour, and not all of one task,
/// which may be the reason itself.
fn opens_at(row: &[&Ended]) -> Option<usize> {
    (0..row.len()).find(|at| {
        let last = row[*at];
        let lately = row[..=*at].iter().filter(|one| last.at - one.at <= TimeDelta::hours(1));
        let across = lately.clone().any(|one| one.task != last.task);
        across && MOST_FAILURES <= lately.count()
    })
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

    fn died(minutes: &[i64]) -> Vec<Ended> {
        let all = (1..).zip(minutes).map(|(task, at)| ended(task, Some(Class::AgentDied), *at));
        let mut all: Vec<_> = all.collect();
        all.reverse();
        all
    }

    fn open(failures: usize, since: i64, until: i64) -> Breaker {
        let (since, until) = (at(since), at(until));
        Breaker::Open { class: Class::AgentDied, failures, since, until }
    }

    const TRYING: Breaker = Breaker::Trying { class: Class::AgentDied };

    #[test]
    fn it_opens_with_the_fifth_failure_and_lets_one_through_later() {
        let five = died(&[0, 10, 20, 30, 40]);
        assert_eq!(Breaker::of(&five[1..], at(40)), Breaker::Closed);
        assert_eq!(Breaker::of(&five, at(40)), open(5, 40, 50));
        assert_eq!(Breaker::of(&five, at(50)), TRYING);
        assert_eq!((TRYING.most_at_work(), open(5, 40, 50).most_at_work()), (Some(1), Some(0)));
        assert_eq!(Breaker::of(&died(&[0, 10, 20, 30, 61]), at(61)), Breaker::Closed);
    }

    #[test]
    fn a_trial_that_fails_has_it_wait_twice_as_long_and_one_that_goes_well_ends_it() {
        let late = died(&[0, 10, 20, 30, 40, 45]);
        assert_eq!(Breaker::of(&late, at(46)), open(6, 40, 50), "that was at work already");
        let failed = died(&[0, 10, 20, 30, 40, 55]);
        assert_eq!(Breaker::of(&failed, at(56)), open(6, 40, 75));
        let again = died(&[0, 10, 20, 30, 40, 55, 80]);
        assert_eq!(Breaker::of(&again, at(81)), open(7, 40, 120));
        assert_eq!(Breaker::of(&again, at(120)), TRYING);
        let well = [vec![ended(9, None, 125)], again].concat();
        assert_eq!(Breaker::of(&well, at(126)), Breaker::Closed);
        assert_eq!(cool_down(60), TimeDelta::hours(2));
    }

    #[test]
    fn a_task_at_which_every_try_fails_may_be_the_reason_itself() {
        let mut same = died(&[0, 1, 2, 3, 4, 5]);
        for one in &mut same {
            one.task.1 = TaskNumber(1);
        }
        assert_eq!(Breaker::of(&same, at(6)), Breaker::Closed);
    }

    proptest! {
        #[test]
        fn what_is_the_tasks_own_fault_never_opens_it(
            minutes in prop::collection::vec(0..300_i64, 0..20),
            own in prop::sample::select(vec![Class::NothingDone, Class::LeftDirty, Class::Spent]),
        ) {
            let mut all = died(&minutes);
            for one in &mut all {
                one.failed = Some(own);
            }
            prop_assert_eq!(Breaker::of(&all, at(99)), Breaker::Closed);
        }

        #[test]
        fn once_open_it_stays_so_until_something_goes_well(
            mut minutes in prop::collection::vec(0..1_000_i64, 5..20), later in 0..500_i64,
        ) {
            minutes.sort_unstable();
            let (all, now) = (died(&minutes), at(minutes[minutes.len() - 1]));
            if Breaker::of(&all, now) != Breaker::Closed {
                prop_assert_ne!(Breaker::of(&all, now + TimeDelta::minutes(later)), Breaker::Closed);
                let failed = [vec![ended(99, Some(Class::AgentDied), 2_000)], all].concat();
                prop_assert_ne!(Breaker::of(&failed, at(2_000)), Breaker::Closed);
            }
        }
    }
}
