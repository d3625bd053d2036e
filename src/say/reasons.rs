//! Why not, and who must act: as people read it.

use super::harmless;
use crate::domain::ids::{Login, TaskNumber};
use crate::domain::lint::Warning;
use crate::domain::refusal::Refusal;
use crate::domain::sprint::Sprint;

/// Why something is not done, in words.
pub(super) struct Reason {
    /// The reason.
    pub(super) text: String,
    /// What to do about it.
    pub(super) hint: Option<String>,
    /// What it is about, each with what to do about it.
    pub(super) details: Vec<String>,
}

/// The reasons, the same one for many tasks as one. `label` is that of a sprint issue.
pub(super) fn reasons(refusals: &[Refusal], label: &str) -> Vec<Reason> {
    let with = |of: fn(&Refusal) -> Option<TaskNumber>| -> Vec<_> {
        refusals.iter().filter_map(of).collect()
    };
    let (unowned, unapproved) = (with(without_owner), with(without_approval));
    let mut reasons = Vec::new();
    for refusal in refusals {
        let together = match (without_owner(refusal), without_approval(refusal)) {
            (Some(task), _) if 1 < unowned.len() => Some((task, &unowned)),
            (_, Some(task)) if 1 < unapproved.len() => Some((task, &unapproved)),
            (_, _) => None,
        };
        match together {
            None => reasons.push(Reason::of(refusal, label)),
            Some((task, tasks)) if tasks.first() == Some(&task) => {
                reasons.push(Reason::together(refusal, tasks));
            }
            // It was said with the first one.
            Some(_) => {}
        }
    }
    reasons
}

fn without_owner(refusal: &Refusal) -> Option<TaskNumber> {
    if let Refusal::NoOwner { task } = refusal { Some(*task) } else { None }
}

fn without_approval(refusal: &Refusal) -> Option<TaskNumber> {
    if let Refusal::NotApproved { task } = refusal { Some(*task) } else { None }
}

impl Reason {
    /// The same reason for several tasks.
    fn together(refusal: &Refusal, tasks: &[TaskNumber]) -> Self {
        let (what, hint) = if without_owner(refusal).is_some() {
            ("have no owner", "Assign a person to each one's issue.")
        } else {
            ("are not approved", "Their owners or a maintainer tick their boxes in the plan.")
        };
        let (text, hint) = (format!("{} {what}", all(tasks)), Some(hint.to_owned()));
        Self { text, hint, details: Vec::new() }
    }

    /// One refusal, in words.
    pub(super) fn of(refusal: &Refusal, label: &str) -> Self {
        let mut reason = Self {
            text: refusal.to_string(),
            hint: refusal.hint().map(str::to_owned),
            details: Vec::new(),
        };
        if *refusal == Refusal::NotASprint && !label.is_empty() {
            reason.hint = Some(format!("It needs an open milestone and the label `{label}`."));
        }
        if let Refusal::LookTwice(warnings) = refusal {
            reason.details = warnings.iter().map(warning).collect();
        }
        reason
    }
}

/// A warning, and what to do about it.
fn warning(warning: &Warning) -> String {
    format!("{}. {}", harmless::sentence(&warning.to_string()), warning.hint())
}

/// A person, and the tasks that wait for their tick.
pub(super) struct Missing {
    /// Who; nobody, if the tasks have no owner.
    pub(super) owner: Option<Login>,
    /// How many tasks.
    pub(super) count: usize,
    /// Which.
    pub(super) tasks: String,
}

/// Whose ticks a plan waits for, in the order of their first tasks.
pub(super) fn missing(sprint: &Sprint) -> Vec<Missing> {
    let mut of: Vec<(Option<Login>, Vec<TaskNumber>)> = Vec::new();
    for task in sprint.plan.iter().flat_map(|plan| &plan.tasks) {
        if sprint.approval_of(task).is_some() {
            continue;
        }
        match of.iter_mut().find(|(owner, _)| *owner == task.owner) {
            Some((_, tasks)) => tasks.push(task.number),
            None => of.push((task.owner.clone(), vec![task.number])),
        }
    }
    let missing = |(owner, tasks): (Option<Login>, Vec<TaskNumber>)| Missing {
        owner,
        count: tasks.len(),
        tasks: crate::domain::refusal::list(&tasks),
    };
    of.into_iter().map(missing).collect()
}

/// `T1, T2 and T3`, however many.
fn all(tasks: &[TaskNumber]) -> String {
    let names: Vec<_> = tasks.iter().map(|task| format!("T{task}")).collect();
    match names.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        other => other.join(", "),
    }
}

/// `T1 → T2 → T3`, with the middle of a long one left out.
pub(super) fn chain(path: &[TaskNumber]) -> String {
    const ENDS: usize = 5;
    let names: Vec<_> = path.iter().map(|task| format!("T{task}")).collect();
    if names.len() <= 2 * ENDS + 1 {
        return names.join(" → ");
    }
    let left_out = names.len() - 2 * ENDS;
    let (begin, end) = (names[..ENDS].join(" → "), names[names.len() - ENDS..].join(" → "));
    format!("{begin} → {left_out} more → {end}")
}
