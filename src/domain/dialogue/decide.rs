//! What can happen in a task's dialogue, and what follows.

use chrono::{DateTime, Utc};

use super::{
    Delivery, LONGEST_MESSAGE, MOST_QUESTIONS, MOST_ROUNDS, MOST_WAITING, Message, Question,
    Source, Thread,
};
use crate::domain::answers::{self, Which};
use crate::domain::delegation::Stuck;
use crate::domain::effect::{Effect, Saying};
use crate::domain::ids::{
    Attempt, IssueNumber, IssueRef, Login, RepoName, RunId, SprintId, TaskNumber,
};
use crate::domain::permission::Permission;
use crate::domain::planning::{Answer, Draft};
use crate::domain::refusal::Refusal;
use crate::domain::run::{Run, Step};
use crate::domain::sprint::{No, Sprint};
use crate::domain::task::{self, Task};

/// Something that happens between people and a task's agent.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A person says something to the agent.
    Said(Spoken),
    /// A person answers the agent's questions.
    Answered(Given),
    /// The agent wants to know something.
    Wondered(Attempt, Draft),
    /// The agent says what it is doing.
    Progressed(Attempt, String),
    /// The agent answers a thread of a review, by the number it was told.
    ThreadAnswered(Attempt, i64, String),
    /// The agent ended its so-manieth turn, with these last words.
    TurnEnded(Attempt, u32, String),
}

/// What a person says to a task's agent.
#[derive(Clone, Debug, PartialEq)]
pub struct Spoken {
    /// Who.
    pub by: Login,
    /// What they may do where the task is, at this moment.
    pub permission: Permission,
    /// When.
    pub at: DateTime<Utc>,
    /// Where it was said.
    pub from: Source,
    /// What.
    pub text: String,
    /// Whether it interrupts the agent's turn.
    pub now: bool,
    /// What is said about single lines.
    pub threads: Vec<Thread>,
}

/// A person's answers to a task's agent.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// What was said, by whom and where.
    pub spoken: Spoken,
    /// What to which question; one without a number is for every open one.
    pub answers: Vec<answers::Given>,
}

impl Sprint {
    /// Lets something happen in a task's dialogue.
    pub(in crate::domain) fn converse(
        &mut self,
        number: TaskNumber,
        event: Event,
    ) -> Result<Step, No> {
        let id = self.id.clone();
        let run = self.run.as_mut().filter(|run| run.state.is_live());
        let run = run.ok_or(Refusal::NotRunning)?;
        let run_id = run.id.clone();
        let found = run.tasks.iter_mut().find(|task| task.planned.number == number);
        let task = found.ok_or(Refusal::NoSuchTask { task: number })?;
        let mut step = Step::default();
        match event {
            Event::Said(spoken) => task.told(&run_id, spoken, &mut step)?,
            Event::Answered(given) => {
                task.may_be_guided(&given.spoken)?;
                task.answer(&given, &mut step)?;
            }
            Event::Wondered(attempt, draft) if task.state.is_at_work(attempt) => {
                task.wonder(&run_id, attempt, draft, &mut step);
            }
            Event::Progressed(attempt, text) if task.state.is_at_work(attempt) => {
                task.dialogue.progress = Some(text);
            }
            Event::ThreadAnswered(attempt, thread, text) if task.state.is_at_work(attempt) => {
                task.answer_thread(thread, &text);
            }
            Event::TurnEnded(attempt, turn, said) if task.state.is_at_work(attempt) => {
                task.turn_ended(&run_id, (attempt, turn), &said, &mut step);
            }
            // From a try that is over.
            Event::Wondered(..)
            | Event::Progressed(..)
            | Event::ThreadAnswered(..)
            | Event::TurnEnded(..) => return Ok(step),
        }
        run.call(&id, number, &mut step)?;
        step.effects.push(Effect::ShowStatus(id));
        Ok(step)
    }
}

impl Run {
    /// Has a task's agent work again where it rests and something waits to be heard by it.
    pub(in crate::domain) fn call(
        &mut self,
        sprint: &SprintId,
        number: TaskNumber,
        step: &mut Step,
    ) -> Result<(), task::Nonsense> {
        let rests = |task: &Task| task.state.rests() && task.dialogue.has_queued();
        if self.state.is_live() && self.find(number).is_some_and(rests) {
            let called = self.meet(sprint, number, &task::Event::Called)?;
            step.effects.extend(called.effects);
            step.notes.extend(called.notes);
        }
        Ok(())
    }
}

impl Task {
    /// Whether a person may tell this task's agent something now.
    fn may_be_guided(&self, spoken: &Spoken) -> Result<(), Refusal> {
        let number = self.planned.number;
        let is_owner = self.planned.owner.as_ref() == Some(&spoken.by);
        if spoken.from.is_a_person() && !is_owner && !spoken.permission.may_write() {
            return Err(Refusal::NeedsWrite);
        }
        if !self.state.may_be_guided() {
            let state = self.state.word().to_owned();
            return Err(Refusal::NobodyListens { task: number, state });
        }
        Ok(())
    }

    fn told(&mut self, run: &RunId, spoken: Spoken, step: &mut Step) -> Result<(), Refusal> {
        self.may_be_guided(&spoken)?;
        if !spoken.from.is_a_person() {
            return self.sent_back(run, spoken, step);
        }
        // While the agent waits for an answer, whatever it is told is one.
        if matches!(self.state, task::State::Asking { .. }) && self.dialogue.asks() {
            let text = Some(spoken.text.clone());
            let all = answers::Given::of_all(text);
            return self.answer(&Given { spoken, answers: vec![all] }, step);
        }
        let number = self.planned.number;
        step.notes.push((Some(number), format!("{} told T{number}'s agent something", spoken.by)));
        self.hear(spoken, Vec::new())
    }

    /// Whether a check or a conflict counts now: what is being worked on is looked at again when it is
    /// pushed.
    pub fn may_be_sent_back(&self) -> bool {
        matches!(self.state, task::State::Review { .. } | task::State::AgentReview { .. })
    }

    /// Keeps what the review agent says until the agent's next turn, if there is room.
    pub(in crate::domain) fn hear_reviewer(
        &mut self,
        by: Login,
        from: Source,
        text: String,
        at: DateTime<Utc>,
    ) -> bool {
        let permission = Permission::None;
        let (now, threads) = (false, Vec::new());
        let spoken = Spoken { by, permission, at, from, text, now, threads };
        self.hear(spoken, Vec::new()).is_ok()
    }

    /// A check failed, or the base moved: the agent works on it, unless that was tried often enough
    /// since a person said something; then the owner is asked.
    fn sent_back(&mut self, run: &RunId, spoken: Spoken, step: &mut Step) -> Result<(), Refusal> {
        let (number, rounds) = (self.planned.number, self.dialogue.rounds());
        if !self.may_be_sent_back() {
            return Ok(());
        }
        if rounds < MOST_ROUNDS {
            let why =
                if matches!(spoken.from, Source::Check { .. }) { "a check" } else { "a conflict" };
            step.notes.push((Some(number), format!("{why} sends T{number} back to its agent")));
            return self.hear(spoken, Vec::new());
        }
        if self.delegation.is_part() {
            step.notes.push((Some(number), format!("the checks of T{number} go on failing")));
            self.delegation.stuck = Some(Stuck::Red { why: spoken.text });
            return Ok(());
        }
        let Some(owner) = self.planned.owner.clone() else { return Ok(()) };
        let last = self.dialogue.messages.last().map_or(0, |message| message.number);
        step.effects.push(Effect::Say {
            on: self.issue.clone(),
            key: format!("rounds {run} {number} {last}"),
            saying: Saying::StillBroken { task: number, owner, why: spoken.text },
        });
        Ok(())
    }

    /// Keeps what is said until the agent's next turn.
    fn hear(&mut self, spoken: Spoken, answers: Vec<u32>) -> Result<(), Refusal> {
        if MOST_WAITING <= self.dialogue.queued().count() {
            return Err(Refusal::TooMuchSaid { task: self.planned.number });
        }
        let last = self.dialogue.messages.last().map_or(0, |message| message.number);
        self.dialogue.messages.push(Message {
            number: last + 1,
            from: spoken.from,
            by: spoken.by,
            at: spoken.at,
            text: spoken.text.trim().chars().take(LONGEST_MESSAGE).collect(),
            now: spoken.now,
            answers,
            threads: spoken.threads,
            state: Delivery::Queued,
            reply: None,
        });
        Ok(())
    }

    /// Takes in the answers that were meant for questions of this task's agent.
    fn answer(&mut self, given: &Given, step: &mut Step) -> Result<(), Refusal> {
        let Spoken { by, at, .. } = &given.spoken;
        let mut answered = Vec::new();
        for one in &given.answers {
            for question in &mut self.dialogue.questions {
                if question.is_meant(&one.to) {
                    let answer = Answer { by: by.clone(), text: one.text.clone(), at: *at };
                    question.answer = Some(answer);
                    answered.push(question.number);
                }
            }
        }
        if answered.is_empty() {
            return Err(match given.answers.first().map(|one| &one.to) {
                Some(Which::Number(number)) => Refusal::NoSuchQuestion { number: *number },
                Some(Which::Quoted(_) | Which::Open) => Refusal::NoOpenQuestion,
                None => Refusal::WhichQuestion,
            });
        }
        let number = self.planned.number;
        for question in &answered {
            let text = format!("{by} answered question {question} of T{number}'s agent");
            step.notes.push((Some(number), text));
        }
        self.hear(given.spoken.clone(), answered)
    }

    /// Notes a question, once, and asks the owner.
    fn wonder(&mut self, run: &RunId, attempt: Attempt, draft: Draft, step: &mut Step) {
        let is_known = self.dialogue.open().any(|question| question.text == draft.text);
        if is_known || MOST_QUESTIONS <= self.dialogue.open().count() {
            return;
        }
        let number = self.dialogue.questions.last().map_or(1, |question| question.number + 1);
        let Draft { text, options, .. } = draft;
        self.dialogue.questions.push(Question { number, attempt, text, options, answer: None });
        let task = self.planned.number;
        step.notes.push((Some(task), format!("T{task}'s agent asks question {number}")));
        step.effects.push(Effect::Say {
            on: self.issue.clone(),
            key: format!("asks {run} {task} {number}"),
            saying: Saying::AgentAsks { run: run.clone(), task, question: number },
        });
    }

    fn answer_thread(&mut self, id: i64, text: &str) {
        let threads = self.dialogue.messages.iter_mut().flat_map(|message| &mut message.threads);
        for thread in threads.filter(|thread| thread.id == id || thread.comment == id) {
            thread.answer = Some(text.chars().take(LONGEST_MESSAGE).collect());
        }
    }

    /// What the agent was told is acknowledged, and what waits is delivered with the next turn.
    fn turn_ended(&mut self, run: &RunId, of: (Attempt, u32), said: &str, step: &mut Step) {
        let (attempt, turn) = of;
        let is_told = |state: &Delivery| match state {
            Delivery::Delivered { attempt: then, turn: at } => *then == attempt && *at <= turn,
            Delivery::Queued | Delivery::Acknowledged { .. } => false,
        };
        let mut places: Vec<IssueRef> = Vec::new();
        for message in &mut self.dialogue.messages {
            if !is_told(&message.state) {
                continue;
            }
            message.state = Delivery::Acknowledged { attempt };
            message.reply = reply(said);
            step.effects.push(shown(run, self.planned.number, message.number));
            let Some(on) = message.from.place(self.planned.repo()) else { continue };
            if said.trim().is_empty() || places.contains(&on) {
                continue;
            }
            step.effects.push(Effect::Say {
                on: on.clone(),
                key: format!("reply {run} {} {}", self.planned.number, message.number),
                saying: Saying::AgentReplied {
                    to: message.by.clone(),
                    task: self.planned.number,
                    text: said.chars().take(LONGEST_MESSAGE).collect(),
                },
            });
            places.push(on);
        }
        self.deliver(run, attempt, turn + 1, step);
    }

    /// What a task's change of state means for what is said about it.
    pub(in crate::domain) fn meets(
        &mut self,
        run: &RunId,
        before: &task::State,
        event: &task::Event,
        step: &mut Step,
    ) {
        use task::Event as E;
        self.dialogue.count_idle(event);
        match event {
            E::Taken(attempt) => self.deliver(run, *attempt, 1, step),
            E::Lost(attempt) => self.hang_up(run, *attempt, false, step),
            // What nobody will try again is not said again.
            E::Exhausted(attempt, _) | E::Spent(attempt) => {
                self.hang_up(run, *attempt, false, step);
                // It used up nothing.
                self.dialogue.uncounted += 1;
            }
            E::Failed(attempt, _) | E::Stopped(attempt) => {
                let is_settled = matches!(self.state, task::State::Review { .. });
                self.hang_up(run, *attempt, is_settled, step);
            }
            E::Delivered(attempt)
            | E::Asked(attempt)
            | E::Delegated(attempt)
            | E::Replied(attempt) => {
                self.hang_up(run, *attempt, true, step);
            }
            // Nothing had failed, so tries are counted anew.
            E::Called | E::Returned(_) => self.dialogue.uncounted = before.attempt().0,
            // Who was stopped, as when the pull request was closed, did not get to the end of it.
            E::PullReopened(_) | E::Retried(_) => {
                self.hang_up(run, before.attempt(), false, step);
            }
            E::Released
            | E::PullOpened(_)
            | E::Presented(_)
            | E::Reviewed(_)
            | E::PullMerged(..)
            | E::PullClosed(_)
            | E::Cancelled
            | E::Funded
            | E::Skipped(_) => {}
        }
    }

    /// Everything that waits is told the agent at the beginning of a turn.
    fn deliver(&mut self, run: &RunId, attempt: Attempt, turn: u32, step: &mut Step) {
        let queued = |message: &&mut Message| message.state == Delivery::Queued;
        for message in self.dialogue.messages.iter_mut().filter(queued) {
            message.state = Delivery::Delivered { attempt, turn };
            step.effects.push(shown(run, self.planned.number, message.number));
        }
    }

    /// A try is over. What it was told and did not acknowledge waits for the next one, unless
    /// this was what it was all about.
    fn hang_up(&mut self, run: &RunId, attempt: Attempt, is_settled: bool, step: &mut Step) {
        for message in &mut self.dialogue.messages {
            let Delivery::Delivered { attempt: of, .. } = message.state else { continue };
            if of == attempt {
                message.state =
                    if is_settled { Delivery::Acknowledged { attempt } } else { Delivery::Queued };
                if is_settled {
                    step.effects.push(shown(run, self.planned.number, message.number));
                }
            }
        }
    }
}

impl Source {
    /// Where an answer belongs; a comment on a line is answered in its thread.
    fn place(&self, repo: &RepoName) -> Option<IssueRef> {
        match self {
            Self::Comment { on, .. } => Some(on.clone()),
            Self::Review { pull, .. } => {
                Some(IssueRef { repo: repo.clone(), number: IssueNumber(pull.0) })
            }
            Self::Page
            | Self::Line { .. }
            | Self::Reviewer { .. }
            | Self::Check { .. }
            | Self::Conflict { .. } => None,
        }
    }
}

/// What is kept of an agent's last words.
fn reply(said: &str) -> Option<String> {
    let said = said.trim();
    (!said.is_empty()).then(|| said.chars().take(LONGEST_MESSAGE).collect())
}

fn shown(run: &RunId, task: TaskNumber, message: u32) -> Effect {
    Effect::ShowMessage { run: run.clone(), task, message }
}
