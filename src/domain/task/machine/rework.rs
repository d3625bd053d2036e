//! What happens between an agent and people after the first turn: questions, and reviews.

use super::Event::{
    Asked, Called, Cancelled, Delegated, Delivered, Exhausted, Failed, Funded, Lost, Presented,
    PullClosed, PullMerged, PullOpened, PullReopened, Released, Replied, Retried, Returned,
    Reviewed, Skipped, Spent, Stopped, Taken,
};
use super::{Consequence, Ending, Event, Next, S, Stage, State, pause_before_next, queued};
use super::{after_failure, held, sent_back, shared, stop};
use crate::domain::ids::{Attempt, PullNumber};
use crate::domain::work::Class;

impl State {
    pub(super) fn asking(
        &self,
        attempt: Attempt,
        pull: Option<PullNumber>,
        event: &Event,
    ) -> Option<Next> {
        match event {
            Called => Some(goes_on(attempt, pull)),
            Asked(of) if *of == attempt => self.nothing_new(),
            Funded => self.nothing_new(),
            Spent(_) | Asked(_) | Delegated(_) => None,
            PullMerged(..) | PullClosed(_) | PullOpened(_) | PullReopened(_) | Presented(_)
            | Reviewed(_) | Returned(_) | Released | Cancelled | Skipped(_) | Taken(_)
            | Lost(_) | Delivered(_) | Failed(..) | Exhausted(..) | Stopped(_) | Retried(_)
            | Replied(_) => self.resting(attempt, pull, event),
        }
    }

    /// Its parts are with others. What people say meanwhile waits with it.
    pub(super) fn delegating(
        &self,
        (attempt, pull): (Attempt, Option<PullNumber>),
        event: &Event,
        tries: i64,
    ) -> Option<Next> {
        match event {
            Called => Some(goes_on(attempt, pull)),
            Delegated(of) if *of == attempt => self.nothing_new(),
            Funded => self.nothing_new(),
            // What it had committed could not be pushed, so nobody can begin from it.
            Failed(of, class) if *of == attempt => Some(match pull {
                Some(pull) => failed(attempt, pull, *class, tries),
                None => after_failure(attempt, *class, tries),
            }),
            Spent(_) | Asked(_) | Delegated(_) => None,
            PullMerged(..) | PullClosed(_) | PullOpened(_) | PullReopened(_) | Presented(_)
            | Reviewed(_) | Returned(_) | Released | Cancelled | Skipped(_) | Taken(_)
            | Lost(_) | Delivered(_) | Failed(..) | Exhausted(..) | Stopped(_) | Retried(_)
            | Replied(_) => self.resting(attempt, pull, event),
        }
    }

    /// Held, because its budget is spent. What people say meanwhile waits with it.
    pub(super) fn spent(
        &self,
        attempt: Attempt,
        pull: Option<PullNumber>,
        event: &Event,
    ) -> Option<Next> {
        match event {
            Funded => Some(goes_on(attempt, pull)),
            Spent(of) if *of == attempt => self.nothing_new(),
            Called => self.nothing_new(),
            Spent(_) | Asked(_) | Delegated(_) => None,
            PullMerged(..) | PullClosed(_) | PullOpened(_) | PullReopened(_) | Presented(_)
            | Reviewed(_) | Returned(_) | Released | Cancelled | Skipped(_) | Taken(_)
            | Lost(_) | Delivered(_) | Failed(..) | Exhausted(..) | Stopped(_) | Retried(_)
            | Replied(_) => self.resting(attempt, pull, event),
        }
    }

    /// What happens to a task whose agent rests and waits for a person.
    fn resting(&self, attempt: Attempt, pull: Option<PullNumber>, event: &Event) -> Option<Next> {
        match event {
            PullMerged(merged, merge) if pull == Some(*merged) => {
                let done = S::Done { attempt, pull: *merged, merge: merge.clone() };
                Some((done, vec![Consequence::Release]))
            }
            PullClosed(closed) if pull == Some(*closed) => {
                let state = S::Closed { attempt, pull: *closed };
                Some((state, vec![Consequence::AskAboutClosedPull(*closed)]))
            }
            PullOpened(of) | PullReopened(of) if pull == Some(*of) => self.nothing_new(),
            Released => self.nothing_new(),
            Cancelled => Some(Ending::Cancelled.of(attempt, pull)),
            Skipped(by) => Some(Ending::Skipped(by.clone()).of(attempt, pull)),
            Taken(_) | Lost(_) | Delivered(_) | Failed(..) | Exhausted(..) | Stopped(_)
            | PullOpened(_) | PullMerged(..) | PullClosed(_) | PullReopened(_) | Presented(_)
            | Reviewed(_) | Returned(_) | Retried(_) | Asked(_) | Delegated(_) | Replied(_)
            | Called | Spent(_) | Funded => None,
        }
    }

    pub(super) fn reworked(
        &self,
        (attempt, pull): (Attempt, PullNumber),
        stage: Stage,
        event: &Event,
        tries: i64,
    ) -> Option<Next> {
        let to = |stage| S::Rework { attempt, pull, stage };
        let has_agent = stage != Stage::Delivered;
        match event {
            Taken(of) if *of == attempt && has_agent => Some((to(Stage::AtWork), vec![])),
            Lost(of) if *of == attempt && has_agent => Some((to(Stage::Queued), vec![])),
            Delivered(of) if *of == attempt && has_agent => {
                Some((to(Stage::Delivered), vec![Consequence::Publish(attempt)]))
            }
            Delivered(of) if *of == attempt => self.nothing_new(),
            Replied(of) if *of == attempt && has_agent => Some(answered(attempt, pull)),
            Asked(of) if *of == attempt && has_agent => {
                Some((S::Asking { attempt, pull: Some(pull) }, vec![]))
            }
            Delegated(of) if *of == attempt && has_agent => Some(shared(attempt, Some(pull))),
            Spent(of) if *of == attempt && has_agent => Some(held(attempt, Some(pull))),
            Failed(of, class) if *of == attempt => Some(failed(attempt, pull, *class, tries)),
            Exhausted(of, pause) if *of == attempt => Some(again(attempt, pull, *pause)),
            Stopped(of) if *of == attempt && has_agent => {
                Some(failed(attempt, pull, Class::Machinery, tries))
            }
            // Pushed.
            Presented(of) if *of == pull && !has_agent => Some((
                S::AgentReview { attempt, pull },
                vec![Consequence::AnswerReview(attempt), Consequence::Examine(attempt)],
            )),
            PullOpened(of) if *of == pull && !has_agent => Some(answered(attempt, pull)),
            PullOpened(of) | PullReopened(of) if *of == pull => self.nothing_new(),
            PullMerged(merged, merge) if *merged == pull => {
                let done = S::Done { attempt, pull, merge: merge.clone() };
                Some((done, with_stop(attempt, has_agent, Consequence::Release)))
            }
            PullClosed(closed) if *closed == pull => {
                let asks = Consequence::AskAboutClosedPull(pull);
                Some((S::Closed { attempt, pull }, with_stop(attempt, has_agent, asks)))
            }
            Cancelled if has_agent => Some(stop(attempt, Some(pull), Ending::Cancelled)),
            Cancelled => Some(Ending::Cancelled.of(attempt, Some(pull))),
            Skipped(by) if has_agent => {
                Some(stop(attempt, Some(pull), Ending::Skipped(by.clone())))
            }
            Skipped(by) => Some(Ending::Skipped(by.clone()).of(attempt, Some(pull))),
            Released | Called | Funded => self.nothing_new(),
            Taken(_) | Lost(_) | Delivered(_) | Failed(..) | Exhausted(..) | Stopped(_)
            | PullOpened(_) | Presented(_) | PullMerged(..) | PullClosed(_) | PullReopened(_)
            | Reviewed(_) | Returned(_) | Retried(_) | Asked(_) | Delegated(_) | Replied(_)
            | Spent(_) => None,
        }
    }
    /// The review agent looks at it. Whatever happens to the pull request meanwhile goes first.
    pub(super) fn examined(
        &self,
        attempt: Attempt,
        pull: PullNumber,
        event: &Event,
    ) -> Option<Next> {
        match event {
            Reviewed(of) if *of == attempt => {
                let asks = vec![Consequence::AskForReview(attempt)];
                Some((S::Review { attempt, pull }, asks))
            }
            Returned(of) if *of == attempt => Some(sent_back(attempt, pull)),
            Called => Some(and_no_review(attempt, sent_back(attempt, pull))),
            Presented(of) if *of == pull => self.nothing_new(),
            Delivered(of) if *of == attempt => self.nothing_new(),
            Funded => self.nothing_new(),
            Reviewed(_) | Returned(_) | Presented(_) | Asked(_) | Delegated(_) | Spent(_) => None,
            PullMerged(..) | PullClosed(_) | Cancelled | Skipped(_) => {
                let next = self.resting(attempt, Some(pull), event)?;
                Some(and_no_review(attempt, next))
            }
            PullOpened(_) | PullReopened(_) | Released | Taken(_) | Lost(_) | Delivered(_)
            | Failed(..) | Exhausted(..) | Stopped(_) | Retried(_) | Replied(_) => {
                self.resting(attempt, Some(pull), event)
            }
        }
    }
}

fn and_no_review(attempt: Attempt, (state, mut consequences): Next) -> Next {
    consequences.insert(0, Consequence::StopReview(attempt));
    (state, consequences)
}

/// The next try, in the same workspace and session.
fn goes_on(attempt: Attempt, pull: Option<PullNumber>) -> Next {
    match pull {
        Some(pull) => sent_back(attempt, pull),
        None => queued(Attempt(attempt.0 + 1), 0),
    }
}

/// With people again.
fn answered(attempt: Attempt, pull: PullNumber) -> Next {
    let consequences = vec![Consequence::AnswerReview(attempt), Consequence::AskForReviewAfterAll];
    (S::Review { attempt, pull }, consequences)
}

fn with_stop(attempt: Attempt, has_agent: bool, then: Consequence) -> Vec<Consequence> {
    let stop = has_agent.then_some(Consequence::Stop(attempt));
    stop.into_iter().chain([then]).collect()
}

/// Tried again; or with people, who are told that it could not be done.
fn failed(attempt: Attempt, pull: PullNumber, class: Class, tries: i64) -> Next {
    match pause_before_next(class, tries) {
        Some(pause) => again(attempt, pull, pause),
        None => {
            let asks = [Consequence::AskAboutRework(attempt), Consequence::AskForReviewAfterAll];
            (S::Review { attempt, pull }, asks.to_vec())
        }
    }
}

fn again(attempt: Attempt, pull: PullNumber, pause_seconds: u32) -> Next {
    let attempt = Attempt(attempt.0 + 1);
    let state = S::Rework { attempt, pull, stage: Stage::Queued };
    (state, vec![Consequence::Queue { attempt, pause_seconds }])
}
