//! What can happen to a planning, and what follows.

use chrono::{DateTime, Utc};

use super::{
    Draft, MOST_QUESTIONS, MOST_ROUNDS, Planning, Question, Session, State, Try, Unplanned,
};
use crate::domain::answers::Given;
use crate::domain::effect::{Asked, Effect, Saying};
use crate::domain::ids::{Attempt, ExecutionId};
use crate::domain::planner::Survey;
use crate::domain::proposal::{Proposal, merged};
use crate::domain::refusal::Refusal;
use crate::domain::run::Step;
use crate::domain::sprint::{self, No, Sprint};
use crate::domain::task::{MOST_ATTEMPTS, pause_after};
use crate::domain::work::Failure;

/// What can happen to a sprint's planning.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A person asked the planner agent for a plan.
    Wanted {
        /// Who, and where.
        asked: Asked,
        /// Whether what people decided before is to be forgotten.
        fresh: bool,
        /// When.
        at: DateTime<Utc>,
    },
    /// A worker took this try.
    Taken(Try),
    /// The worker that had this try is gone; it is in the queue again.
    Lost(Try),
    /// The agent wants to know something.
    Wondered(Try, Draft),
    /// What the agent submitted has these flaws.
    Rejected(Try, Vec<String>),
    /// What the agent submitted has no flaws.
    Proposed(Try, Box<Proposed>),
    /// The agent ended its so-manieth turn.
    TurnEnded(Try, u32),
    /// This try failed.
    Failed(Try, Failure),
    /// A person answered questions.
    Answered {
        /// Who, and where.
        asked: Asked,
        /// What.
        given: Vec<Given>,
        /// When.
        at: DateTime<Utc>,
    },
}

/// A submission without flaws.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposed {
    /// What the agent submitted.
    pub proposal: Proposal,
    /// What GitHub says about the sprint's issues.
    pub survey: Survey,
}

impl Sprint {
    /// What becomes of the planning. Whatever comes from a try that is over changes nothing.
    pub(in crate::domain) fn plan_on(&mut self, event: Event) -> Result<Step, No> {
        let (Event::Taken(of)
        | Event::Lost(of)
        | Event::Wondered(of, _)
        | Event::Rejected(of, _)
        | Event::Proposed(of, _)
        | Event::TurnEnded(of, _)
        | Event::Failed(of, _)) = &event
        else {
            return self.plan_for_people(event);
        };
        let of = *of;
        if self.planning.at_work(of).is_none() {
            return Ok(Step::default());
        }
        match event {
            Event::Taken(_) => Ok(self.planner_began(of)),
            Event::Lost(_) => Ok(self.planner_lost(of)),
            Event::Wondered(_, draft) => Ok(self.wondered(of, draft)),
            Event::Rejected(_, flaws) => Ok(self.rejected(flaws)),
            Event::Proposed(_, proposed) => self.proposed(&proposed),
            Event::TurnEnded(_, turn) => Ok(self.turn_ended(of, turn)),
            Event::Failed(_, failure) => Ok(self.planner_failed(of, failure)),
            Event::Wanted { .. } | Event::Answered { .. } => Ok(Step::default()),
        }
    }

    fn plan_for_people(&mut self, event: Event) -> Result<Step, No> {
        match event {
            Event::Wanted { asked, fresh, at } => self.plan_wanted(asked, fresh, at),
            Event::Answered { asked, given, at } => self.answered(&asked, &given, at),
            Event::Taken(_)
            | Event::Lost(_)
            | Event::Wondered(..)
            | Event::Rejected(..)
            | Event::Proposed(..)
            | Event::TurnEnded(..)
            | Event::Failed(..) => Ok(Step::default()),
        }
    }

    fn plan_wanted(&mut self, asked: Asked, fresh: bool, at: DateTime<Utc>) -> Result<Step, No> {
        if self.state == sprint::State::Forgotten {
            return Err(Refusal::NotASprint.into());
        }
        if self.is_running() {
            return Err(Refusal::PlanIsFixed.into());
        }
        if self.planning.is_live() {
            return Err(Refusal::StillPlanning.into());
        }
        let note = format!("{} asked the planner for a plan", asked.by);
        Ok(self.begin_planning(asked, fresh, at, note))
    }

    /// Puts a new planning into the queue.
    pub(super) fn begin_planning(
        &mut self,
        asked: Asked,
        fresh: bool,
        since: DateTime<Utc>,
        note: String,
    ) -> Step {
        let number = self.planning.session.as_ref().map_or(1, |session| session.number + 1);
        let attempt = Attempt(1);
        self.planning.session = Some(Session {
            number,
            asked,
            fresh,
            since,
            state: State::Queued { attempt },
            turns: 0,
            rejections: 0,
            judged: false,
            flaws: Vec::new(),
        });
        let mut step = Step::default();
        step.notes.push((None, note));
        self.queue_planning(Try { number, attempt }, 0, &mut step);
        step
    }

    fn queue_planning(&self, of: Try, pause_seconds: u32, step: &mut Step) {
        step.effects.push(Effect::QueuePlanning {
            sprint: self.id.clone(),
            number: of.number,
            attempt: of.attempt,
            execution: ExecutionId::of_planning(&self.id, of.number, of.attempt),
            pause_seconds,
        });
        step.effects.push(self.show_progress(of.number));
    }

    fn show_progress(&self, number: i64) -> Effect {
        Effect::ShowPlanning { sprint: self.id.clone(), number }
    }

    fn set_planning(&mut self, state: State) {
        if let Some(session) = &mut self.planning.session {
            session.state = state;
        }
    }

    /// An agent begins from nothing: what an earlier try asked, and nobody saw, is forgotten.
    fn planner_began(&mut self, of: Try) -> Step {
        let mut step = Step::default();
        self.planning.questions.retain(|question| question.round != of.number);
        if let Some(session) = &mut self.planning.session {
            let began = State::Working { attempt: of.attempt };
            if session.state != began {
                step.notes.push((None, "the planner began to read the code".to_owned()));
                step.effects
                    .push(Effect::ShowPlanning { sprint: self.id.clone(), number: of.number });
            }
            session.state = began;
            (session.turns, session.rejections, session.judged) = (0, 0, false);
            session.flaws.clear();
        }
        step
    }

    fn planner_lost(&mut self, of: Try) -> Step {
        let mut step = Step::default();
        step.notes.push((None, "the planner's worker was lost; it is planned again".to_owned()));
        self.set_planning(State::Queued { attempt: of.attempt });
        step.effects.push(self.show_progress(of.number));
        step
    }

    fn wondered(&mut self, of: Try, draft: Draft) -> Step {
        if self.planning.why_not_ask(of, &draft).is_some() {
            return Step::default();
        }
        let asked_before =
            |question: &Question| question.round == of.number && question.text == draft.text;
        if self.planning.questions.iter().any(asked_before) {
            return Step::default();
        }
        let Some(session) = &self.planning.session else { return Step::default() };
        let last = self.planning.questions.iter().map(|question| question.number).max();
        self.planning.questions.push(Question {
            number: last.unwrap_or(0) + 1,
            round: of.number,
            text: draft.text,
            options: draft.options,
            to: draft.to.unwrap_or_else(|| session.asked.by.clone()),
            answer: None,
        });
        Step::default()
    }

    /// Counts a submission with flaws; after the last one there is no plan.
    fn rejected(&mut self, flaws: Vec<String>) -> Step {
        let Some(session) = &mut self.planning.session else { return Step::default() };
        session.rejections += 1;
        session.judged = true;
        session.flaws.clone_from(&flaws);
        let (number, count) = (session.number, session.rejections);
        let mut step = Step::default();
        let note = format!("a plan with {} flaws was sent back to the planner", flaws.len());
        step.notes.push((None, note));
        if MOST_ROUNDS <= count {
            self.give_up(&Unplanned::Flawed { flaws }, &mut step);
        }
        step.effects.push(self.show_progress(number));
        step
    }

    fn proposed(&mut self, proposed: &Proposed) -> Result<Step, No> {
        let Some(session) = self.planning.session.clone() else { return Ok(Step::default()) };
        let plan = merged(&proposed.proposal, &proposed.survey, self.plan.as_ref(), session.fresh);
        let mut step = self.drafted(plan, true)?;
        self.set_planning(State::Planned);
        step.notes.push((None, "the planner submitted a plan".to_owned()));
        step.effects.push(self.show_progress(session.number));
        Ok(step)
    }

    /// A turn that ends with nothing to show counts as a round.
    fn turn_ended(&mut self, of: Try, turn: u32) -> Step {
        let mut step = Step::default();
        let asked = self.planning.of_round(of.number).count();
        let Some(session) = &mut self.planning.session else { return step };
        if turn <= session.turns {
            return step;
        }
        session.turns = turn;
        if 0 < asked {
            self.set_planning(State::Asking);
            step.notes.push((None, format!("the planner asks the team {asked} questions")));
            step.effects.push(Effect::ShowQuestions { sprint: self.id.clone(), round: of.number });
            step.effects.push(self.show_progress(of.number));
            return step;
        }
        let judged = std::mem::take(&mut session.judged);
        session.rejections += u32::from(!judged);
        if MOST_ROUNDS <= session.rejections {
            let flaws = session.flaws.clone();
            let why =
                if flaws.is_empty() { Unplanned::Silent } else { Unplanned::Flawed { flaws } };
            self.give_up(&why, &mut step);
            step.effects.push(self.show_progress(of.number));
        }
        step
    }

    fn planner_failed(&mut self, of: Try, failure: Failure) -> Step {
        let mut step = Step::default();
        self.planning.questions.retain(|question| question.round != of.number);
        if failure.class.is_worth_retrying() && of.attempt < MOST_ATTEMPTS {
            let attempt = Attempt(of.attempt.0 + 1);
            self.set_planning(State::Queued { attempt });
            step.notes.push((None, format!("the planner failed ({}); once more", failure.message)));
            let again = Try { attempt, ..of };
            self.queue_planning(again, pause_after(of.attempt), &mut step);
            return step;
        }
        let Failure { class, message, .. } = failure;
        self.give_up(&Unplanned::Broken { class, message, attempts: of.attempt.0 }, &mut step);
        step.effects.push(self.show_progress(of.number));
        step
    }

    /// Tells whoever asked why there is no plan.
    fn give_up(&mut self, why: &Unplanned, step: &mut Step) {
        let Some(session) = &mut self.planning.session else { return };
        session.state = State::Failed { why: why.to_string() };
        let number = session.number;
        step.notes.push((None, format!("there is no plan: {why}")));
        step.effects.push(Effect::Say {
            on: session.asked.on.clone(),
            key: format!("unplanned {} {number}", self.id),
            saying: Saying::Unplanned { to: session.asked.by.clone(), why: why.clone() },
        });
        self.planning.questions.retain(|question| question.round != number);
    }
}

impl Planning {
    /// The round whose questions the planner waits for.
    pub fn awaited(&self) -> Option<i64> {
        let session = self.session.as_ref()?;
        (session.state == State::Asking).then_some(session.number)
    }

    /// Why a question cannot be asked, in words for the agent.
    pub fn why_not_ask(&self, of: Try, draft: &Draft) -> Option<String> {
        if self.at_work(of).is_none() {
            return Some("This planning is over: end your turn now.".to_owned());
        }
        let known = self.of_round(of.number).any(|question| question.text == draft.text);
        if MOST_QUESTIONS <= self.of_round(of.number).count() && !known {
            return Some(format!(
                "Not recorded: you have asked {MOST_QUESTIONS} questions, and a round has no more. \
                 End your turn now; the answers come with the next prompt."
            ));
        }
        None
    }
}

impl std::fmt::Display for Unplanned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flawed { flaws } => {
                write!(f, "the planner's last submission had {} flaws", flaws.len())
            }
            Self::Silent => f.write_str("the planner never submitted a plan"),
            Self::Broken { message, .. } => f.write_str(message),
        }
    }
}
