//! A reason in words, for comments and for the command line alike: nothing in them acts.

use super::{Queue, Reason, Why};
use crate::domain::ids::{Login, TaskNumber};
use crate::domain::refusal::{list, shown};
use crate::domain::task::MOST_ATTEMPTS;
use crate::domain::work::{Class, NoRoom};

impl Why {
    /// What is so, as a sentence without its full stop: `T3 waits for T1, and T1 is in review …`.
    pub fn text(&self) -> String {
        let who = match self.task {
            Some(task) => format!("T{task}"),
            None => "the sprint".to_owned(),
        };
        match &self.reason {
            Reason::NotASprint { lack } => {
                let why = lack.map_or_else(String::new, |lack| format!(": {lack}"));
                format!("{who} is held, because its sprint issue is none any more{why}")
            }
            Reason::OutOfReach { repo, trouble } => {
                format!("{who} is held, because {repo} cannot be worked in: {trouble}")
            }
            Reason::NoPlan => "there is no plan yet".to_owned(),
            Reason::PlannerQueued { queue } => in_queue("the planner", queue),
            Reason::PlannerAtWork { step, .. } => {
                format!("the planner is at work{}", behind_colon(step.as_deref()))
            }
            Reason::PlannerFailed { why } => {
                format!("there is no plan, because the planner gave up{}", behind_colon(Some(why)))
            }
            Reason::Questions { open } => questions(open),
            Reason::AgentAsks { open } => {
                let open: Vec<_> = open.iter().map(|(number, _)| number.to_string()).collect();
                format!("{who} waits until question {} of its agent is answered", open.join(", "))
            }
            Reason::Flawed { flaw, more: 0 } => format!("the plan cannot be started: {flaw}"),
            Reason::Flawed { flaw, more } => {
                format!("the plan cannot be started: {flaw}, and {more} more")
            }
            Reason::NotApproved { tasks } => unapproved(tasks),
            Reason::NotStarted => "everything is approved, and nobody has started it".to_owned(),
            Reason::PutOff { what, trouble } => {
                format!("{who} waits for GitHub: {what} was put off (`{}`)", shown(trouble))
            }
            Reason::Refused { what, trouble, .. } => {
                format!("{who} is stuck: {what} was refused for good (`{}`)", shown(trouble))
            }
            Reason::Running { settled, tasks, first } => {
                format!("{settled} of {tasks} tasks are done, and {}", first.text())
            }
            Reason::Paused { by } => {
                format!("{who} is held, because {} paused the sprint", name(by))
            }
            Reason::Completed => format!("{who} is completed: every task is merged or skipped"),
            Reason::RunCancelled => format!("{who} was cancelled"),
            Reason::TaskPaused { by } => format!("{who} is paused by {}", name(by)),
            Reason::Spent { words, of_run } => spent(&who, words, *of_run),
            Reason::Barred { obstacle } => format!("{who} is held: {obstacle}"),
            Reason::WaitsFor { first, others } => waits_for(&who, first, others),
            Reason::AsksAboutParts { .. }
            | Reason::WaitsForParts { .. }
            | Reason::SharingParts
            | Reason::BeingMerged { .. }
            | Reason::PutToParent { .. } => self.about_parts(&who),
            Reason::WaitsForIssue { issue, hopeless: false } => {
                format!("{who} waits for {issue} to be done, which is not part of the sprint")
            }
            Reason::WaitsForIssue { issue, hopeless: true } => {
                format!("{who} waits for {issue}, which will never be done or cannot be seen")
            }
            Reason::InQueue { queue } => in_queue(&who, queue),
            Reason::AtWork { .. } => self.at_work(&who),
            Reason::BeingStopped => format!("the agent of {who} is being stopped"),
            Reason::Publishing => {
                format!("{who} is delivered, and its pull request is being opened")
            }
            Reason::InAgentReview { pull } => {
                format!("{who} is at {pull}, and the review agent looks at it")
            }
            Reason::InReview { pull } => format!("{who} is in review: {pull} is not merged"),
            Reason::Closed { pull } => format!(
                "{pull}, the pull request of {who}, was closed without being merged where it belongs"
            ),
            Reason::Failed { attempt, message } => {
                format!("{who} failed at try {attempt}{}", behind_colon(message.as_deref()))
            }
            Reason::Cancelled => format!("{who} was cancelled"),
            Reason::Skipped { by } => format!("{who} was skipped by {}", name(by)),
            Reason::Merged { pull } => format!("{who} is done: {pull} is merged"),
        }
    }

    /// What must happen next, as a sentence.
    pub fn next(&self) -> String {
        let task = self.task.unwrap_or(TaskNumber(0));
        match &self.reason {
            Reason::NotASprint { lack } => match lack {
                Some(lack) => lack.hint().to_owned(),
                None => "It goes on when the issue is a sprint issue again.".to_owned(),
            },
            Reason::OutOfReach { trouble, .. } => trouble.hint().to_owned(),
            Reason::NoPlan => "Somebody with write access types `/team6 plan`.".to_owned(),
            Reason::PlannerQueued { queue } | Reason::InQueue { queue } => {
                next_in(queue).to_owned()
            }
            Reason::PlannerAtWork { .. } => "It asks something or proposes a plan.".to_owned(),
            Reason::PlannerFailed { .. } => {
                "Make the goal clearer, then type `/team6 plan` again.".to_owned()
            }
            Reason::AgentAsks { .. } => {
                "Answer with a comment on its issue, or there with `/team6 answer`.".to_owned()
            }
            Reason::Questions { open } => {
                let first = open.first().map_or(1, |(number, _)| *number);
                format!("Type `/team6 answer {first} …`, or `/team6 answer skip` for all.")
            }
            Reason::Flawed { flaw, .. } => flaw.hint().unwrap_or("Change the plan.").to_owned(),
            Reason::NotApproved { .. } => {
                "An owner, or a maintainer, ticks the box in the plan.".to_owned()
            }
            Reason::NotStarted => "Somebody with write access types `/team6 start`.".to_owned(),
            Reason::PutOff { .. } => "It is tried again by itself.".to_owned(),
            Reason::Refused { reference, .. } => format!(
                "Whoever runs Team6 mends it and types `team6 effects retry {}`.",
                shown(reference)
            ),
            Reason::Running { first, .. }
            | Reason::WaitsFor { first, .. }
            | Reason::WaitsForParts { first, .. } => first.next(),
            Reason::AsksAboutParts { .. } => {
                "Its owner, or a maintainer, ticks boxes in the comment at its issue.".to_owned()
            }
            Reason::SharingParts => "Then they go into the queue.".to_owned(),
            Reason::BeingMerged { .. } => "It is merged by itself.".to_owned(),
            Reason::PutToParent { parent, .. } => format!(
                "T{parent} goes on when its other parts are over, and is told. `/team6 retry T{task}` has it tried again."
            ),
            Reason::Paused { .. } => "`/team6 resume` lets it go on.".to_owned(),
            Reason::TaskPaused { .. } => format!("`/team6 resume T{task}` lets it go on."),
            Reason::Spent { of_run: true, .. } => {
                "`/team6 budget +20` lets $20 more be spent on the run.".to_owned()
            }
            Reason::Spent { of_run: false, .. } => {
                format!("`/team6 budget T{task} +5` lets it spend $5 more and go on.")
            }
            Reason::Barred { obstacle } => obstacle.hint(task),
            Reason::WaitsForIssue { issue, hopeless: false } => {
                format!("It goes on when {issue} is closed as completed.")
            }
            Reason::WaitsForIssue { hopeless: true, .. } => {
                format!("`/team6 cancel T{task}` or `/team6 skip T{task}`.")
            }
            Reason::AtWork { silent: true, .. } => {
                "If its worker stays silent, it goes back into the queue.".to_owned()
            }
            Reason::AtWork { .. } => "When it delivers, its pull request is opened.".to_owned(),
            Reason::BeingStopped => "When it is gone, that is said.".to_owned(),
            Reason::Publishing => "Then its owner is asked to review it.".to_owned(),
            Reason::InAgentReview { .. } => "Then its owner is asked to review it.".to_owned(),
            Reason::InReview { .. } => "Its owner reviews and merges it.".to_owned(),
            Reason::Closed { .. } => {
                format!("Its owner reopens it, or says `/team6 retry T{task}`, `skip` or `cancel`.")
            }
            Reason::Failed { .. } => {
                format!("Its owner says `/team6 retry T{task}`, `skip` or `cancel`.")
            }
            Reason::Cancelled => format!(
                "What waits for it goes on after `/team6 retry T{task}` or `/team6 skip T{task}`."
            ),
            Reason::RunCancelled => "`/team6 plan` begins anew with what is open.".to_owned(),
            Reason::Completed | Reason::Skipped { .. } | Reason::Merged { .. } => {
                "Nothing more is to be done.".to_owned()
            }
        }
    }

    fn at_work(&self, who: &str) -> String {
        let Reason::AtWork { attempt, agent, step, silent, .. } = &self.reason else {
            return String::new();
        };
        let again = match attempt.0 {
            ..=1 => String::new(),
            nth => format!(", try {nth} of {MOST_ATTEMPTS}"),
        };
        let doing = if *silent {
            ", but its worker has gone silent".to_owned()
        } else {
            behind_colon(step.as_deref())
        };
        format!("agent `{}` works on {who}{again}{doing}", shown(&agent.0))
    }
}

/// What somebody said, as code behind a colon.
fn behind_colon(words: Option<&str>) -> String {
    words.map_or_else(String::new, |words| format!(": `{}`", shown(words)))
}

fn questions(open: &[(u32, Login)]) -> String {
    let of = |(number, to): &(u32, Login)| format!("{number} for {}", name(to));
    let all: Vec<_> = open.iter().map(of).collect();
    let (s, are) = if open.len() == 1 { ("", "is") } else { ("s", "are") };
    format!("the planner's question{s} {} {are} open", all.join(", "))
}

fn spent(who: &str, words: &str, of_run: bool) -> String {
    match (words, of_run) {
        ("", _) => format!("{who} is held, because its agent spent what one try may spend"),
        (words, true) => format!("{who} is held, because the run has spent its budget: {words}"),
        (words, false) => format!("{who} is held, because it has spent its budget: {words}"),
    }
}

fn unapproved(tasks: &[(TaskNumber, Option<Login>)]) -> String {
    let numbers: Vec<_> = tasks.iter().map(|(number, _)| *number).collect();
    let are = if numbers.len() == 1 { "is" } else { "are" };
    format!("{} {are} not approved", list(&numbers))
}

pub(super) fn waits_for(who: &str, first: &Why, others: &[TaskNumber]) -> String {
    let task = first.task.map_or_else(String::new, |task| format!(" for T{task}"));
    let also = if others.is_empty() { String::new() } else { format!(" (and {})", list(others)) };
    format!("{who} waits{task}{also}, and {}", first.text())
}

fn next_in(queue: &Queue) -> &'static str {
    match queue {
        Queue::Retry { .. } => "It is tried again by itself.",
        Queue::LastTryStops => "It starts when that is confirmed, in seconds as a rule.",
        Queue::NoWorker => "Whoever runs Team6 starts a worker.",
        Queue::NoWorkerFor { .. } => "Whoever runs Team6 configures that agent on a worker.",
        Queue::NoRoom { .. } => {
            "It starts when there is more; whoever runs Team6 makes room, or sets `headroom_mb`."
        }
        Queue::NotHandedOut { .. } => "It is tried again by itself.",
        Queue::Full { .. } | Queue::AgentFull { .. } | Queue::Behind { .. } => {
            "It starts when those are done."
        }
        Queue::AgentBroke { .. } => {
            "Then one task is tried; whoever runs Team6 can say `team6 check`."
        }
        Queue::AgentIsTried { .. } => "If that one goes well, the others follow by themselves.",
        Queue::Next => "A worker takes it in a moment.",
    }
}

fn in_queue(who: &str, queue: &Queue) -> String {
    match queue {
        Queue::Retry { attempt, after } => {
            let why = after.map_or("the last one failed", words);
            format!("{who} waits for try {attempt} of {MOST_ATTEMPTS}, because {why}")
        }
        Queue::LastTryStops => {
            format!("{who} waits until the agent of the try before it is stopped")
        }
        Queue::NoWorker => format!("{who} waits in the queue, and no worker asks for work"),
        Queue::NoWorkerFor { agent } => {
            format!("{who} waits in the queue, and no worker has the agent `{}`", shown(&agent.0))
        }
        Queue::NoRoom { room: NoRoom { free_mb, wanted_mb } } => format!(
            "{who} waits in the queue: its worker's disk is nearly full, with {free_mb} MB left of the {wanted_mb} MB that are kept free"
        ),
        Queue::NotHandedOut { trouble } => {
            format!("{who} could not be handed to a worker: `{}`", shown(trouble))
        }
        Queue::Full { at_work, ahead } => format!(
            "{who} waits in the queue: {at_work} at work is the most there may be, and {ahead} more {} before it",
            if *ahead == 1 { "is" } else { "are" }
        ),
        Queue::AgentFull { agent, at_work } => format!(
            "{who} waits in the queue: {at_work} of the agent `{}` at work is the most there may be",
            shown(&agent.0)
        ),
        Queue::AgentBroke { agent, class } => format!(
            "{who} waits, because the agent `{}` failed again and again in the same way ({}) and gets no work for a while",
            shown(&agent.0),
            words(*class)
        ),
        Queue::AgentIsTried { agent } => format!(
            "{who} waits, because the agent `{}` failed again and again and is tried with one task first",
            shown(&agent.0)
        ),
        Queue::Behind { ahead } => format!("{who} waits in the queue, behind {ahead} more"),
        Queue::Next => format!("{who} is the next in the queue"),
    }
}

/// How a try failed.
fn words(class: Class) -> &'static str {
    match class {
        Class::AgentDied => "the agent died",
        Class::TimedOut => "the agent took too long",
        Class::NothingDone => "the agent committed nothing",
        Class::NoProgress => "the agent made no progress",
        Class::LeftDirty => "the agent left changes it did not commit",
        Class::Refused => "its repository does not let the agent work in it",
        Class::HookFailed => "a hook of the repository failed",
        Class::Unacceptable => "what it delivered cannot be published",
        Class::Misconfigured => "the agent is not configured rightly",
        Class::Machinery => "the machine or the network failed",
        Class::Spent => "it spent what it may spend",
        Class::Quota => "the model's provider wanted no more calls for a while",
    }
}

/// A person's name, with nothing in it that cannot be in one.
fn name(login: &Login) -> String {
    login.0.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).take(40).collect()
}
