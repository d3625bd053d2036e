//! What agents ask for while they work: tools, and what to do after a turn.

use serde_json::Value;

use super::apply::{Applied, Cause};
use super::report::Stale;
use super::{App, Result};
use crate::db::executions::{self, Execution, Subject};
use crate::domain::ids::Login;
use crate::domain::memory::tools::RECALL;
use crate::domain::planning::{self, Draft, LONGEST_QUESTION, MOST_ROUNDS, Proposed, State, Try};
use crate::domain::proposal::{self, ASK, Ground, SUBMIT};
use crate::domain::sprint::{Event, Sprint};
use crate::domain::work::{Lease, NextTurn, ToolAnswer, TurnEnded};
use crate::say;

impl App {
    /// Does what an agent asks for by a tool, and answers in words.
    pub async fn call_tool(
        &self,
        lease: &Lease,
        name: &str,
        arguments: &Value,
    ) -> Result<Result<ToolAnswer, Stale>> {
        let Some(execution) = self.held(lease).await? else { return Ok(Err(Stale)) };
        let number = match execution.subject {
            Subject::Plan(number) => number,
            Subject::Task(_, task) => {
                return self.call_task_tool(&execution, lease, task, name, arguments).await.map(Ok);
            }
            Subject::Review(_, task) => {
                return self.take_review(&execution, lease, task, (name, arguments)).await;
            }
        };
        let of = Try { number, attempt: execution.attempt };
        Ok(Ok(match name {
            SUBMIT => self.submit(&execution, lease, of, arguments).await?,
            ASK => self.wonder(&execution, lease, of, arguments).await?,
            RECALL => self.recall(&execution, arguments).await?,
            _ => refused("there is no such tool"),
        }))
    }

    /// What an agent does after a turn.
    pub async fn after_turn(
        &self,
        lease: &Lease,
        ended: &TurnEnded,
    ) -> Result<Result<NextTurn, Stale>> {
        let Some(execution) = self.held(lease).await? else { return Ok(Err(Stale)) };
        let number = match execution.subject {
            Subject::Plan(number) => number,
            Subject::Task(_, task) => {
                return self.after_task_turn(&execution, lease, task, ended).await.map(Ok);
            }
            Subject::Review(..) => {
                return self.after_review_turn(&execution, ended.turn).await.map(Ok);
            }
        };
        let turn = ended.turn;
        let of = Try { number, attempt: execution.attempt };
        let sprint =
            self.planner_does(&execution, lease, planning::Event::TurnEnded(of, turn)).await?.1;
        let prompt = sprint.planning.at_work(of).map(|session| {
            say::prompt::plan_again(&session.flaws, MOST_ROUNDS.saturating_sub(session.rejections))
        });
        Ok(Ok(NextTurn { prompt, ..NextTurn::default() }))
    }

    /// The execution of a lease, if the lease is the latest.
    async fn held(&self, lease: &Lease) -> Result<Option<Execution>> {
        let mut tx = self.db().read().await?;
        if !self.queue().holds(&mut tx, lease).await? {
            return Ok(None);
        }
        Ok(Some(executions::get(&mut tx, &lease.execution).await?))
    }

    /// Lets something happen to the planning, and answers how the sprint is then.
    /// Under the same commit it is looked whether the lease still is the latest.
    async fn planner_does(
        &self,
        execution: &Execution,
        lease: &Lease,
        event: planning::Event,
    ) -> Result<(Applied, Sprint)> {
        let cause = Cause::by(format!("agent {}", execution.agent));
        let (id, event) = (&execution.sprint_id, Event::Planning(event));
        loop {
            let mut tx = self.db().begin().await?;
            if !self.queue().holds(&mut tx, lease).await? {
                drop(tx);
                return Ok((Applied::Ignored, self.sprint(id).await?));
            }
            if let Some(applied) = self.apply_in(&mut tx, id, &event, &cause).await? {
                tx.commit().await?;
                self.wake();
                return Ok((applied, self.sprint(id).await?));
            }
        }
    }

    async fn submit(
        &self,
        execution: &Execution,
        lease: &Lease,
        of: Try,
        submitted: &Value,
    ) -> Result<ToolAnswer> {
        let sprint = self.sprint(&execution.sprint_id).await?;
        let Some(session) = sprint.planning.at_work(of) else { return Ok(is_over(&sprint, of)) };
        let asked = sprint.planning.of_round(of.number).count();
        if 0 < asked {
            return Ok(refused(&format!(
                "Not taken: you have asked the team {asked} questions. End your turn now; you plan \
                 when they are answered."
            )));
        }
        let ground = Ground {
            home: sprint.repo.clone(),
            repos: self.targets(&sprint).await?,
            people: self.people(&sprint).await?,
            survey: self.survey(&sprint).await?,
            previous: sprint.plan.clone(),
            fresh: session.fresh,
            most_tasks: self.settings().planning.most_tasks,
        };
        match proposal::check(submitted, &ground) {
            Ok(proposal) => {
                let proposed = Box::new(Proposed { proposal, survey: ground.survey });
                let event = planning::Event::Proposed(of, proposed);
                let (applied, sprint) = self.planner_does(execution, lease, event).await?;
                Ok(accepted(&applied, &sprint, of))
            }
            Err(flaws) => {
                let event = planning::Event::Rejected(of, flaws.clone());
                let (_, sprint) = self.planner_does(execution, lease, event).await?;
                let left = sprint.planning.at_work(of);
                let left = left.map(|session| MOST_ROUNDS.saturating_sub(session.rejections));
                Ok(ToolAnswer { text: say::prompt::flaws(&flaws, left), is_error: true })
            }
        }
    }

    async fn wonder(
        &self,
        execution: &Execution,
        lease: &Lease,
        of: Try,
        asked: &Value,
    ) -> Result<ToolAnswer> {
        let sprint = self.sprint(&execution.sprint_id).await?;
        let draft = match draft(asked) {
            Ok(draft) => draft,
            Err(why) => return Ok(refused(&why)),
        };
        if let Some(why) = sprint.planning.why_not_ask(of, &draft) {
            return Ok(refused(&why));
        }
        if let Some(person) = &draft.to
            && !self.permission_in(&sprint.repo, person).await?.may_write()
        {
            return Ok(refused(&format!(
                "Not recorded: `{person}` cannot write to {}; leave `to` out to ask whoever wants \
                 the plan.",
                sprint.repo
            )));
        }
        let event = planning::Event::Wondered(of, draft.clone());
        let (_, sprint) = self.planner_does(execution, lease, event).await?;
        let round: Vec<_> = sprint.planning.of_round(of.number).collect();
        let found = round.iter().find(|question| question.text == draft.text);
        Ok(match found {
            Some(question) => ToolAnswer {
                text: format!(
                    "Recorded as question {}; you have asked {} of at most {}. Ask on, or end your \
                     turn: the answers come with the next prompt.",
                    question.number,
                    round.len(),
                    planning::MOST_QUESTIONS
                ),
                is_error: false,
            },
            None => refused("Not recorded: end your turn now."),
        })
    }
}

pub(super) fn refused(text: &str) -> ToolAnswer {
    ToolAnswer { text: text.to_owned(), is_error: true }
}

/// What a call is answered that comes when the planning is over. An accepted plan may be submitted
/// again by an agent that did not hear that it was.
fn is_over(sprint: &Sprint, of: Try) -> ToolAnswer {
    let session = sprint.planning.session.as_ref().filter(|session| session.number == of.number);
    let planned = session.is_some_and(|session| session.state == State::Planned);
    if planned {
        let text = "Your plan was accepted already. End your turn now.".to_owned();
        return ToolAnswer { text, is_error: false };
    }
    refused("This planning is over, so nothing more is taken. End your turn now.")
}

fn accepted(applied: &Applied, sprint: &Sprint, of: Try) -> ToolAnswer {
    match applied {
        Applied::Refused(refusals) => {
            let why: Vec<_> = refusals.iter().map(ToString::to_string).collect();
            refused(&format!("Not taken: {}. End your turn now.", why.join("; ")))
        }
        Applied::Decided | Applied::Ignored => match &sprint.plan {
            Some(plan) if sprint.planning.at_work(of).is_none() => ToolAnswer {
                text: format!(
                    "Accepted, as version {} with {} tasks. End your turn now.",
                    plan.version,
                    plan.tasks.len()
                ),
                is_error: false,
            },
            Some(_) | None => refused("Not taken. Submit it again."),
        },
    }
}

/// A question as it was passed to the tool.
pub(super) fn draft(asked: &Value) -> Result<Draft, String> {
    let text = |name: &str| asked.get(name).and_then(Value::as_str).map(str::trim);
    let question = text("question").filter(|text| !text.is_empty());
    let Some(question) = question else {
        return Err("Not recorded: a question needs a text in `question`.".to_owned());
    };
    let options = asked.get("options").and_then(Value::as_array).cloned().unwrap_or_default();
    let options: Vec<String> =
        options.iter().filter_map(Value::as_str).map(|one| one.trim().to_owned()).collect();
    let long = |text: &str| LONGEST_QUESTION < text.chars().count();
    if long(question) || options.iter().any(|one| long(one)) || 10 < options.len() {
        return Err(format!(
            "Not recorded: a question has at most {LONGEST_QUESTION} characters and 10 options."
        ));
    }
    Ok(Draft {
        text: question.to_owned(),
        options,
        to: text("to")
            .filter(|name| !name.is_empty())
            .map(|name| Login(name.trim_start_matches('@').to_owned())),
    })
}
