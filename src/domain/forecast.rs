//! How long a plan may take: its waves, its longest chain, and what so many agents make of it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::ids::TaskNumber;
use super::plan::{Plan, PlannedTask};

/// What can be said about a plan's length, in the unit the team estimates in. The agents' work is
/// counted; how long people take to review is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// How many waves there are.
    pub waves: usize,
    /// The chain of tasks that takes longest, first first.
    pub path: Vec<TaskNumber>,
    /// How long that chain takes: no number of agents is faster.
    pub longest: u64,
    /// How long everything takes with so many agents at once.
    pub elapsed: u64,
    /// How much work there is: how long one agent takes.
    pub total: u64,
    /// How many agents may work at once.
    pub agents: usize,
    /// How many tasks have no estimate.
    pub guessed: usize,
    /// What each of those counts as.
    pub guess: u32,
}

/// What can be said about a plan's length; nothing, where tasks wait in a circle or there is none.
/// A task without an estimate counts as much as the one in the middle of those that have one; where
/// none has, each counts as 1.
pub fn forecast(plan: &Plan, agents: usize) -> Option<Forecast> {
    let waves = plan.waves();
    let order: Vec<_> = waves.iter().flatten().copied().collect();
    if order.is_empty() || order.len() < plan.tasks.len() {
        return None;
    }
    let guess = guess(plan);
    let work = Work::of(plan, guess);
    let (path, longest) = work.longest_chain(&order);
    Some(Forecast {
        waves: waves.len(),
        path,
        longest,
        elapsed: work.elapsed(agents.max(1)),
        total: work.size.values().sum(),
        agents: agents.max(1),
        guessed: plan.tasks.iter().filter(|task| task.estimate.is_none()).count(),
        guess,
    })
}

fn guess(plan: &Plan) -> u32 {
    let mut sizes: Vec<_> = plan.tasks.iter().filter_map(|task| task.estimate).collect();
    sizes.sort_unstable();
    sizes.get(sizes.len() / 2).copied().unwrap_or(1)
}

struct Work<'a> {
    tasks: BTreeMap<TaskNumber, &'a PlannedTask>,
    size: BTreeMap<TaskNumber, u64>,
}

impl<'a> Work<'a> {
    fn of(plan: &'a Plan, guess: u32) -> Self {
        let size = |task: &PlannedTask| u64::from(task.estimate.unwrap_or(guess));
        Self {
            tasks: plan.tasks.iter().map(|task| (task.number, task)).collect(),
            size: plan.tasks.iter().map(|task| (task.number, size(task))).collect(),
        }
    }

    /// The longest chain through tasks in an `order` in which each comes after what it waits for.
    fn longest_chain(&self, order: &[TaskNumber]) -> (Vec<TaskNumber>, u64) {
        let mut done: BTreeMap<TaskNumber, (u64, Option<TaskNumber>)> = BTreeMap::new();
        for number in order {
            let before = self.tasks[number].waits_for().map(|first| (done[&first].0, first));
            // Of equals, the lowest number: the same plan has the same path.
            let last = before.max_by_key(|(at, first)| (*at, Reverse(*first)));
            let begin = last.map_or(0, |(at, _)| at);
            done.insert(*number, (begin + self.size[number], last.map(|(_, first)| first)));
        }
        let end = done.iter().max_by_key(|(number, (at, _))| (*at, Reverse(**number)));
        let Some((end, (longest, _))) = end else { return (Vec::new(), 0) };
        let before = |number: &TaskNumber| done[number].1;
        let mut path: Vec<_> = std::iter::successors(Some(*end), before).collect();
        path.reverse();
        (path, *longest)
    }

    /// How long it takes if an agent that is free takes the next task that waits for nothing:
    /// what has a priority first, then by number, as the queue does.
    fn elapsed(&self, agents: usize) -> u64 {
        let mut waits: BTreeMap<TaskNumber, usize> = BTreeMap::new();
        let mut dependants: BTreeMap<TaskNumber, Vec<TaskNumber>> = BTreeMap::new();
        for (number, task) in &self.tasks {
            waits.insert(*number, task.waits_for().count());
            task.waits_for().for_each(|first| dependants.entry(first).or_default().push(*number));
        }
        let urgency = |number: TaskNumber| {
            Reverse((self.tasks[&number].priority.unwrap_or(u32::MAX), number))
        };
        let free = waits.iter().filter(|(_, waits)| **waits == 0);
        let mut ready: BinaryHeap<_> = free.map(|(number, _)| urgency(*number)).collect();
        let mut busy: BinaryHeap<Reverse<(u64, TaskNumber)>> = BinaryHeap::new();
        let mut now = 0;
        loop {
            while busy.len() < agents
                && let Some(Reverse((_, number))) = ready.pop()
            {
                busy.push(Reverse((now + self.size[&number], number)));
            }
            let Some(Reverse((at, done))) = busy.pop() else { return now };
            now = at;
            for dependant in dependants.get(&done).into_iter().flatten() {
                if let Some(left) = waits.get_mut(dependant) {
                    *left -= 1;
                    if *left == 0 {
                        ready.push(urgency(*dependant));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::ids::AgentName;
    use crate::domain::plan::Dependency;

    fn plan(tasks: &[(Option<u32>, &[i64])]) -> Plan {
        let task = |(number, (estimate, after)): (i64, &(Option<u32>, &[i64]))| PlannedTask {
            estimate: *estimate,
            after: after.iter().map(|n| Dependency::Task(TaskNumber(*n))).collect(),
            ..PlannedTask::new(
                TaskNumber(number),
                "acme/web".parse().unwrap(),
                "",
                AgentName("builder".into()),
            )
        };
        Plan { tasks: (1..).zip(tasks).map(task).collect(), ..Plan::default() }
    }

    #[test]
    fn a_diamond_takes_as_long_as_its_longer_side() {
        let diamond = plan(&[(Some(1), &[]), (Some(5), &[1]), (Some(2), &[1]), (Some(1), &[2, 3])]);
        let two = forecast(&diamond, 2).unwrap();
        assert_eq!((two.waves, two.longest, two.elapsed, two.total), (3, 7, 7, 9));
        assert_eq!(two.path, [1, 2, 4].map(TaskNumber));
        assert_eq!(forecast(&diamond, 1).unwrap().elapsed, 9);
    }

    #[test]
    fn a_task_without_an_estimate_counts_as_the_middle_of_the_others() {
        let some = plan(&[(Some(1), &[]), (None, &[]), (Some(3), &[]), (Some(9), &[])]);
        let some = forecast(&some, 1).unwrap();
        assert_eq!((some.guessed, some.guess, some.total), (1, 3, 16));
        let none = forecast(&plan(&[(None, &[]), (None, &[1])]), 1).unwrap();
        assert_eq!((none.guessed, none.guess, none.total), (2, 1, 2));
    }

    #[test]
    fn a_circle_has_no_end_and_no_forecast() {
        assert_eq!(forecast(&plan(&[(None, &[2]), (None, &[1])]), 3), None);
        assert_eq!(forecast(&Plan::default(), 3), None);
    }

    #[test]
    fn what_has_a_priority_goes_first() {
        let mut three = plan(&[(Some(1), &[]), (Some(5), &[]), (Some(1), &[2])]);
        assert_eq!(forecast(&three, 1).unwrap().elapsed, 7);
        assert_eq!(forecast(&three, 2).unwrap().elapsed, 6);
        three.tasks[0].estimate = Some(4);
        three.tasks[1].priority = Some(1);
        assert_eq!(forecast(&three, 1).unwrap().elapsed, 10);
    }

    proptest! {
        #[test]
        fn a_forecast_lies_between_the_longest_chain_and_all_work(
            tasks in prop::collection::vec(
                (prop::option::of(0u32..20), prop::collection::btree_set(1i64..30, 0..4)), 1..30
            ),
            agents in 1usize..8,
        ) {
            let tasks: Vec<_> = (1..).zip(tasks).map(|(number, (estimate, after))| {
                // Only earlier ones, so that there is no circle.
                let after: Vec<i64> = after.into_iter().filter(|first| *first < number).collect();
                (estimate, after)
            }).collect();
            let tasks: Vec<_> = tasks.iter().map(|(size, after)| (*size, after.as_slice())).collect();
            let plan = plan(&tasks);
            let some = forecast(&plan, agents).unwrap();
            prop_assert!(some.longest <= some.elapsed && some.elapsed <= some.total);
            let enough = u64::try_from(agents).unwrap();
            prop_assert!(some.total.div_ceil(enough) <= some.elapsed);
            // Graham: never more than the chain and a fair share of the rest.
            prop_assert!(some.elapsed <= some.longest + (some.total - some.longest) / enough + 1);
            prop_assert_eq!(forecast(&plan, plan.tasks.len()).unwrap().elapsed, some.longest);
            prop_assert_eq!(forecast(&plan, 1).unwrap().elapsed, some.total);
            let sum: u64 = some.path.iter().map(|number| {
                u64::from(plan.find(*number).unwrap().estimate.unwrap_or(some.guess))
            }).sum();
            prop_assert_eq!(sum, some.longest);
            for pair in some.path.windows(2) {
                prop_assert!(plan.find(pair[1]).unwrap().waits_for().any(|n| n == pair[0]));
            }
        }
    }
}
