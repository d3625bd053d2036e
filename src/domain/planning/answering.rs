//! Answers of people to the planner's questions, and what follows.

use chrono::{DateTime, Utc};

use super::Answer;
use crate::domain::answers::{Given, Which};
use crate::domain::effect::{Asked, Effect, Saying};
use crate::domain::refusal::Refusal;
use crate::domain::run::Step;
use crate::domain::sprint::{No, Sprint};

impl Sprint {
    /// Takes answers in. When the last open question of the round has one, it is planned again.
    pub(super) fn answered(
        &mut self,
        asked: &Asked,
        given: &[Given],
        at: DateTime<Utc>,
    ) -> Result<Step, No> {
        let meant: Vec<(u32, Option<String>)> = self
            .planning
            .meant(given)
            .into_iter()
            .map(|(number, one)| (number, one.text.clone()))
            .collect();
        if meant.is_empty() {
            return Err(no_question(given).into());
        }
        let awaited = self.planning.awaited();
        let (mut step, mut late) = (Step::default(), Vec::new());
        for (number, text) in meant {
            let found = self.planning.questions.iter_mut().find(|one| one.number == number);
            let Some(question) = found else { continue };
            let did = if text.is_some() { "answered" } else { "skipped" };
            step.notes.push((None, format!("{} {did} question {number}", asked.by)));
            question.answer = Some(Answer { by: asked.by.clone(), text, at });
            let (sprint, round) = (self.id.clone(), question.round);
            if awaited != Some(round) {
                late.push(number);
            }
            let show = Effect::ShowQuestions { sprint, round };
            if !step.effects.contains(&show) {
                step.effects.push(show);
            }
        }
        if !late.is_empty() {
            step.effects.push(Effect::Say {
                on: asked.on.clone(),
                key: format!("late {}", asked.comment),
                saying: Saying::AnswerKept { to: asked.by.clone(), questions: late },
            });
        }
        self.go_on_if_answered(at, &mut step);
        Ok(step)
    }

    fn go_on_if_answered(&mut self, at: DateTime<Utc>, step: &mut Step) {
        let Some(round) = self.planning.awaited() else { return };
        let is_open = self.planning.of_round(round).any(|question| question.answer.is_none());
        let Some(session) = self.planning.session.clone().filter(|_| !is_open) else { return };
        let note = "every question is answered, so it is planned again".to_owned();
        let again = self.begin_planning(session.asked, session.fresh, at, note);
        step.effects.push(Effect::ShowPlanning { sprint: self.id.clone(), number: round });
        step.effects.extend(again.effects);
        step.notes.extend(again.notes);
    }
}

/// Why nothing of this is an answer.
fn no_question(given: &[Given]) -> Refusal {
    let number = |one: &Given| match one.to {
        Which::Number(number) => Some(number),
        Which::Quoted(_) | Which::Open => None,
    };
    match given.iter().find_map(number) {
        Some(number) => Refusal::NoSuchQuestion { number },
        None if given.is_empty() => Refusal::WhichQuestion,
        None => Refusal::NoOpenQuestion,
    }
}
