//! Why a task whose agent handed parts of it to others, or one of these parts, does not move.

use super::run::{Whys, most_urgent, place};
use super::words::waits_for;
use super::{Reason, Why};
use crate::domain::delegation::{End, Stuck};
use crate::domain::refusal::list;
use crate::domain::run::Run;
use crate::domain::task::{State, Task};

impl Whys<'_> {
    /// Its agent waits for its parts: first of all for what a person must allow.
    pub(super) fn waits_for_parts(&mut self, task: &Task) -> Why {
        let asked: Vec<_> = task.delegation.asked().map(|part| part.number).collect();
        if !asked.is_empty() {
            let owner = task.planned.owner.clone();
            return Why::new(None, Reason::AsksAboutParts { parts: asked }).by(owner);
        }
        let run = self.run;
        let under_way: Vec<_> =
            task.delegation.open().filter_map(|part| run.find(part.number)).collect();
        let whys = under_way.iter().map(|part| self.of(part)).collect();
        match most_urgent(whys) {
            Some(first) => {
                let others = under_way.iter().map(|part| part.planned.number);
                let others = others.filter(|number| Some(*number) != first.task).collect();
                let (people, at) = (first.people.clone(), first.at);
                let reason = Reason::WaitsForParts { first: Box::new(first), others };
                Why::new(None, reason).by(people).at(at)
            }
            None => Why::new(None, Reason::SharingParts),
        }
    }
}

/// A part that is out of its agent's hands: it is merged by us, or whoever handed it out is told.
pub(super) fn of_part(run: &Run, task: &Task) -> Option<Why> {
    let parent = run.parent_of(task).filter(|parent| !parent.state.is_over())?.planned.number;
    let number = task.planned.number;
    let reason = match task.end_as_part() {
        Some(End::Stuck(pull, stuck)) => {
            let pull = place(task, pull);
            let why = match stuck {
                Stuck::Conflict { .. } => format!("{pull} conflicts with the branch of T{parent}"),
                Stuck::Refused { .. } => format!("GitHub does not merge {pull}"),
                Stuck::Red { .. } => format!("the checks of {pull} go on failing"),
            };
            Reason::PutToParent { parent, why }
        }
        Some(End::Failed) => {
            Reason::PutToParent { parent, why: format!("every try at T{number} failed") }
        }
        Some(End::Closed(pull)) => {
            let why = format!("{} was closed without being merged", place(task, pull));
            Reason::PutToParent { parent, why }
        }
        Some(End::Merged(_) | End::Ended | End::Declined(_)) => return None,
        None => {
            let State::Review { pull, .. } = &task.state else { return None };
            Reason::BeingMerged { pull: place(task, *pull), parent }
        }
    };
    Some(Why::new(None, reason))
}

impl Why {
    /// What is so about a task and its parts, as a sentence without its full stop.
    pub(super) fn about_parts(&self, who: &str) -> String {
        if let Reason::AsksAboutParts { parts } = &self.reason {
            let parts = list(parts);
            return format!(
                "the agent of {who} wants to hand out {parts}, which is not allowed yet"
            );
        }
        if let Reason::WaitsForParts { first, others } = &self.reason {
            return waits_for(who, first, others).replacen(
                " waits for ",
                " waits for its part ",
                1,
            );
        }
        if let Reason::BeingMerged { pull, parent } = &self.reason {
            return format!(
                "{who} is at {pull}, which is merged into the branch of T{parent} when its checks allow it"
            );
        }
        if let Reason::PutToParent { parent, why } = &self.reason {
            return format!("{who} is for the agent of T{parent} to deal with: {why}");
        }
        format!("the work on {who} so far is being pushed, so that its parts can begin")
    }
}
