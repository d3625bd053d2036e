//! The machine of a task: every state meets every event here and nowhere else.
//!
//! There is no `_` arm: whoever adds a state or an event is led by the compiler to this page.
//! GitHub and workers repeat themselves, so hearing something again changes nothing.

mod rework;

use super::Event::{
    Asked, Called, Cancelled, Delegated, Delivered, Exhausted, Failed, Funded, Lost, Presented,
    PullClosed, PullMerged, PullOpened, PullReopened, Released, Replied, Retried, Returned,
    Reviewed, Skipped, Spent, Stopped, Taken,
};
use super::State as S;
use super::{Consequence, Ending, Event, MOST_ATTEMPTS, Nonsense, Stage, State, pause_after};
use crate::domain::ids::{Attempt, PullNumber};
use crate::domain::work::Class;

/// Where the task is then, and what follows.
type Next = (State, Vec<Consequence>);

impl State {
    /// What becomes of a task in this state, and what follows, where every try counts.
    pub fn decide(&self, event: &Event) -> Result<Next, Nonsense> {
        self.decide_at(event, self.attempt().0)
    }

    /// The same, where this is the so-manieth try that counts.
    pub fn decide_at(&self, event: &Event, tries: i64) -> Result<Next, Nonsense> {
        // Only what was delivered just now is looked at first.
        if let Presented(pull) = event
            && !self.may_be_examined()
        {
            return self.decide_at(&PullOpened(*pull), tries);
        }
        let next = match self {
            S::Waiting => waiting(event),
            S::Assigned { attempt } | S::InProgress { attempt } => {
                self.with_an_agent(*attempt, event, tries)
            }
            S::Delivered { attempt } => self.delivered(*attempt, event, tries),
            S::Asking { attempt, pull } => self.asking(*attempt, *pull, event),
            S::Delegating { attempt, pull } => self.delegating((*attempt, *pull), event, tries),
            S::Spent { attempt, pull } => self.spent(*attempt, *pull, event),
            S::Rework { attempt, pull, stage } => {
                self.reworked((*attempt, *pull), *stage, event, tries)
            }
            S::AgentReview { attempt, pull } => self.examined(*attempt, *pull, event),
            S::Review { attempt, pull } | S::Closed { attempt, pull } => {
                self.with_people(*attempt, *pull, event)
            }
            S::Done { attempt, pull, .. } => self.done(*attempt, *pull, event),
            S::Failed { attempt } => self.failed(*attempt, event),
            S::Stopping { attempt, pull, then } => self.stopping((*attempt, *pull), then, event),
            S::Cancelled { attempt, pull } | S::Skipped { attempt, pull, .. } => {
                self.ended(*attempt, *pull, event)
            }
        };
        next.ok_or_else(|| Nonsense { state: self.clone(), event: event.clone() })
    }

    fn may_be_examined(&self) -> bool {
        self.is_delivered(self.attempt()) || matches!(self, S::AgentReview { .. })
    }

    #[expect(clippy::unnecessary_wraps, reason = "as the other answers of this machine")]
    fn nothing_new(&self) -> Option<Next> {
        Some((self.clone(), Vec::new()))
    }

    fn with_an_agent(&self, attempt: Attempt, event: &Event, tries: i64) -> Option<Next> {
        match event {
            Taken(of) if *of == attempt => Some((S::InProgress { attempt }, vec![])),
            Lost(of) if *of == attempt => Some((S::Assigned { attempt }, vec![])),
            Delivered(of) if *of == attempt => {
                Some((S::Delivered { attempt }, vec![Consequence::Publish(attempt)]))
            }
            Failed(of, class) if *of == attempt => Some(after_failure(attempt, *class, tries)),
            Exhausted(of, pause) if *of == attempt => Some(queued(Attempt(attempt.0 + 1), *pause)),
            // Stopped though nobody ended it, by a worker that knows no better.
            Stopped(of) if *of == attempt => Some(after_failure(attempt, Class::Machinery, tries)),
            Asked(of) if *of == attempt => Some((S::Asking { attempt, pull: None }, vec![])),
            Delegated(of) if *of == attempt => Some(shared(attempt, None)),
            Spent(of) if *of == attempt => Some(held(attempt, None)),
            // There is no pull request to which it could have said something.
            Replied(of) if *of == attempt => {
                Some(after_failure(attempt, Class::NothingDone, tries))
            }
            Cancelled => Some(stop(attempt, None, Ending::Cancelled)),
            Skipped(by) => Some(stop(attempt, None, Ending::Skipped(by.clone()))),
            Released | Called | Funded => self.nothing_new(),
            Taken(_) | Lost(_) | Delivered(_) | Failed(..) | Exhausted(..) | Stopped(_)
            | PullOpened(_) | PullMerged(..) | PullClosed(_) | PullReopened(_) | Presented(_)
            | Reviewed(_) | Returned(_) | Retried(_) | Asked(_) | Delegated(_) | Replied(_)
            | Spent(_) => None,
        }
    }

    fn delivered(&self, attempt: Attempt, event: &Event, tries: i64) -> Option<Next> {
        match event {
            PullOpened(pull) => Some((S::Review { attempt, pull: *pull }, vec![])),
            Presented(pull) => {
                Some((S::AgentReview { attempt, pull: *pull }, vec![Consequence::Examine(attempt)]))
            }
            // Pushed and refused for good, as a workflow file is.
            Failed(of, class) if *of == attempt => Some(after_failure(attempt, *class, tries)),
            Delivered(of) if *of == attempt => self.nothing_new(),
            Released | Called | Funded => self.nothing_new(),
            Cancelled => Some(Ending::Cancelled.of(attempt, None)),
            Skipped(by) => Some(Ending::Skipped(by.clone()).of(attempt, None)),
            Taken(_) | Lost(_) | Delivered(_) | Failed(..) | Exhausted(..) | Stopped(_)
            | PullMerged(..) | PullClosed(_) | PullReopened(_) | Reviewed(_) | Returned(_)
            | Retried(_) | Asked(_) | Delegated(_) | Replied(_) | Spent(_) => None,
        }
    }

    /// In review, or closed unmerged.
    fn with_people(&self, attempt: Attempt, pull: PullNumber, event: &Event) -> Option<Next> {
        let is_open = matches!(self, S::Review { .. });
        match event {
            PullMerged(merged, merge) if *merged == pull => {
                let done = S::Done { attempt, pull, merge: merge.clone() };
                Some((done, vec![Consequence::Release]))
            }
            PullClosed(closed) if *closed == pull && is_open => {
                Some((S::Closed { attempt, pull }, vec![Consequence::AskAboutClosedPull(pull)]))
            }
            PullReopened(opened) if *opened == pull => Some((S::Review { attempt, pull }, vec![])),
            PullOpened(of) | PullClosed(of) if *of == pull => self.nothing_new(),
            Delivered(of) if *of == attempt && is_open => self.nothing_new(),
            Called if is_open => Some(sent_back(attempt, pull)),
            Released | Called | Funded => self.nothing_new(),
            // Of a try that was stopped because the pull request was closed.
            Stopped(of)
            | Lost(of)
            | Failed(of, _)
            | Exhausted(of, _)
            | Spent(of)
            | Delivered(of)
            | Asked(of)
            | Delegated(of)
            | Replied(of)
                if *of == attempt && !is_open =>
            {
                self.nothing_new()
            }
            Retried(_) if !is_open => Some(queued(Attempt(attempt.0 + 1), 0)),
            Cancelled => Some(Ending::Cancelled.of(attempt, Some(pull))),
            Skipped(by) => Some(Ending::Skipped(by.clone()).of(attempt, Some(pull))),
            Taken(_) | Lost(_) | Delivered(_) | Failed(..) | Exhausted(..) | Stopped(_)
            | PullOpened(_) | PullMerged(..) | PullClosed(_) | PullReopened(_) | Presented(_)
            | Reviewed(_) | Returned(_) | Retried(_) | Asked(_) | Delegated(_) | Replied(_)
            | Spent(_) => None,
        }
    }

    fn done(&self, attempt: Attempt, pull: PullNumber, event: &Event) -> Option<Next> {
        match event {
            // Of a try that was stopped because its pull request was merged.
            Stopped(of)
            | Lost(of)
            | Failed(of, _)
            | Exhausted(of, _)
            | Spent(of)
            | Delivered(of)
            | Asked(of)
            | Delegated(of)
            | Replied(of)
                if *of == attempt =>
            {
                self.nothing_new()
            }
            PullOpened(of) | PullMerged(of, _) | PullClosed(of) if *of == pull => {
                self.nothing_new()
            }
            Released => self.nothing_new(),
            Taken(_) | Lost(_) | Delivered(_) | Failed(..) | Exhausted(..) | Stopped(_)
            | PullOpened(_) | PullMerged(..) | PullClosed(_) | PullReopened(_) | Presented(_)
            | Reviewed(_) | Returned(_) | Retried(_) | Cancelled | Skipped(_) | Asked(_)
            | Delegated(_) | Replied(_) | Called | Spent(_) | Funded => None,
        }
    }

    fn failed(&self, attempt: Attempt, event: &Event) -> Option<Next> {
        match event {
            Retried(_) => Some(queued(Attempt(attempt.0 + 1), 0)),
            Released | Called | Funded => self.nothing_new(),
            Cancelled => Some(Ending::Cancelled.of(attempt, None)),
            Skipped(by) => Some(Ending::Skipped(by.clone()).of(attempt, None)),
            Taken(_) | Lost(_) | Delivered(_) | Failed(..) | Exhausted(..) | Stopped(_)
            | PullOpened(_) | PullMerged(..) | PullClosed(_) | PullReopened(_) | Presented(_)
            | Reviewed(_) | Returned(_) | Asked(_) | Delegated(_) | Replied(_) | Spent(_) => None,
        }
    }

    /// Whatever the agent still reports, or that it was lost, is as good as its being stopped.
    fn stopping(
        &self,
        (attempt, pull): (Attempt, Option<PullNumber>),
        then: &Ending,
        event: &Event,
    ) -> Option<Next> {
        match event {
            Stopped(of)
            | Lost(of)
            | Delivered(of)
            | Failed(of, _)
            | Exhausted(of, _)
            | Spent(of)
            | Asked(of)
            | Delegated(of)
            | Replied(of)
                if *of == attempt =>
            {
                Some(then.clone().of(attempt, pull))
            }
            PullMerged(merged, merge) if pull == Some(*merged) => {
                let done = S::Done { attempt, pull: *merged, merge: merge.clone() };
                Some((done, vec![Consequence::Release]))
            }
            PullOpened(of) | PullClosed(of) | PullReopened(of) if pull == Some(*of) => {
                self.nothing_new()
            }
            Taken(of) if *of == attempt => self.nothing_new(),
            Skipped(by) => match then {
                Ending::Cancelled => {
                    let then = Ending::Skipped(by.clone());
                    Some((S::Stopping { attempt, pull, then }, vec![]))
                }
                Ending::Skipped(_) => self.nothing_new(),
            },
            Cancelled | Released | Called | Funded => self.nothing_new(),
            Taken(_) | Lost(_) | Delivered(_) | Failed(..) | Exhausted(..) | Stopped(_)
            | PullOpened(_) | PullMerged(..) | PullClosed(_) | PullReopened(_) | Presented(_)
            | Reviewed(_) | Returned(_) | Retried(_) | Asked(_) | Delegated(_) | Replied(_)
            | Spent(_) => None,
        }
    }

    /// Cancelled or skipped.
    fn ended(&self, attempt: Attempt, pull: Option<PullNumber>, event: &Event) -> Option<Next> {
        let is_skipped = matches!(self, S::Skipped { .. });
        match event {
            // Merged all the same: then it is done.
            PullMerged(merged, merge) if pull == Some(*merged) => {
                let done = S::Done { attempt, pull: *merged, merge: merge.clone() };
                Some((done, vec![Consequence::Release]))
            }
            // It was being opened just then.
            PullOpened(opened) if pull.is_none() => Some((self.with_pull(*opened), vec![])),
            PullOpened(_) | PullClosed(_) | PullReopened(_) | Stopped(_) | Released => {
                self.nothing_new()
            }
            Retried(_) if !is_skipped => Some(queued(Attempt(attempt.0 + 1), 0)),
            Skipped(by) if !is_skipped => Some(Ending::Skipped(by.clone()).of(attempt, pull)),
            Cancelled if !is_skipped => self.nothing_new(),
            Skipped(_) => self.nothing_new(),
            Taken(_) | Lost(_) | Delivered(_) | Failed(..) | Exhausted(..) | PullMerged(..)
            | Presented(_) | Reviewed(_) | Returned(_) | Retried(_) | Cancelled | Asked(_)
            | Delegated(_) | Replied(_) | Called | Spent(_) | Funded => None,
        }
    }

    fn with_pull(&self, opened: PullNumber) -> Self {
        let mut known = self.clone();
        if let S::Cancelled { pull, .. } | S::Skipped { pull, .. } = &mut known {
            *pull = Some(opened);
        }
        known
    }
}

fn waiting(event: &Event) -> Option<Next> {
    match event {
        Released => Some(queued(Attempt(1), 0)),
        Cancelled => Some(Ending::Cancelled.of(Attempt(0), None)),
        Skipped(by) => Some(Ending::Skipped(by.clone()).of(Attempt(0), None)),
        Called | Funded => Some((S::Waiting, vec![])),
        Taken(_) | Lost(_) | Delivered(_) | Failed(..) | Exhausted(..) | Stopped(_)
        | PullOpened(_) | PullMerged(..) | PullClosed(_) | PullReopened(_) | Presented(_)
        | Reviewed(_) | Returned(_) | Retried(_) | Asked(_) | Delegated(_) | Replied(_)
        | Spent(_) => None,
    }
}

impl Ending {
    fn of(self, attempt: Attempt, pull: Option<PullNumber>) -> Next {
        match self {
            Self::Cancelled => (S::Cancelled { attempt, pull }, vec![Consequence::SayWhatIsLeft]),
            Self::Skipped(by) => (
                S::Skipped { attempt, pull, by },
                vec![Consequence::Release, Consequence::SayWhatIsLeft],
            ),
        }
    }
}

/// With the agents to whom parts of it were handed.
fn shared(attempt: Attempt, pull: Option<PullNumber>) -> Next {
    (S::Delegating { attempt, pull }, vec![Consequence::Share(attempt)])
}

/// Held until somebody allows more.
fn held(attempt: Attempt, pull: Option<PullNumber>) -> Next {
    (S::Spent { attempt, pull }, vec![Consequence::AskAboutBudget(attempt)])
}

fn stop(attempt: Attempt, pull: Option<PullNumber>, then: Ending) -> Next {
    (S::Stopping { attempt, pull, then }, vec![Consequence::Stop(attempt)])
}

fn queued(attempt: Attempt, pause_seconds: u32) -> Next {
    (S::Assigned { attempt }, vec![Consequence::Queue { attempt, pause_seconds }])
}

/// Back to the agent, with what was said about its pull request.
fn sent_back(attempt: Attempt, pull: PullNumber) -> Next {
    let attempt = Attempt(attempt.0 + 1);
    let state = S::Rework { attempt, pull, stage: Stage::Queued };
    (state, vec![Consequence::Queue { attempt, pause_seconds: 0 }])
}

fn after_failure(attempt: Attempt, class: Class, tries: i64) -> Next {
    match pause_before_next(class, tries) {
        Some(pause) => queued(Attempt(attempt.0 + 1), pause),
        None => (S::Failed { attempt }, vec![Consequence::AskAboutFailure(attempt)]),
    }
}

/// How long to wait before the next try, if there is to be one.
fn pause_before_next(class: Class, tries: i64) -> Option<u32> {
    let again = class.is_worth_retrying() && tries < MOST_ATTEMPTS.0;
    again.then(|| pause_after(Attempt(tries)))
}
