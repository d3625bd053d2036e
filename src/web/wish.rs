//! What people want, as a form or a script says it, turned into what the application obeys.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::board::{Act, Answer};
use crate::domain::command::Ask;
use crate::domain::dialogue::LONGEST_MESSAGE;
use crate::domain::ids::TaskNumber;
use crate::domain::plan::TextHash;

/// What somebody wants of a sprint. Each says the same as the `/team6` command of that name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "act", deny_unknown_fields)]
pub(super) enum Wish {
    /// Draft the plan from the issues, or have the planner make it.
    Plan {
        /// Whether what people decided before is forgotten.
        #[serde(default)]
        fresh: bool,
    },
    /// Start the approved sprint.
    Start {
        /// Whether its warnings were read and accepted.
        #[serde(default)]
        despite_warnings: bool,
    },
    /// Start nothing new.
    Pause {
        /// Which task; none for the whole run.
        task: Option<TaskNumber>,
    },
    /// Go on.
    Resume {
        /// Which task; none for the whole run.
        task: Option<TaskNumber>,
    },
    /// End it.
    Cancel {
        /// Which task; none for the whole run.
        task: Option<TaskNumber>,
    },
    /// Let nothing wait for a task any more.
    Skip {
        /// Which task.
        task: TaskNumber,
    },
    /// Try a task again.
    Retry {
        /// Which task.
        task: TaskNumber,
        /// Whether it goes on from its last try.
        #[serde(default)]
        go_on: bool,
    },
    /// Give a task to a person.
    Owner {
        /// Which task.
        task: TaskNumber,
        /// Whom.
        person: String,
    },
    /// Have another agent do a task.
    Agent {
        /// Which task.
        task: TaskNumber,
        /// Which agent.
        agent: String,
    },
    /// Let more be spent.
    Budget {
        /// On which task; none for the whole run.
        task: Option<TaskNumber>,
        /// How much more: `5` dollars, `500000 tokens`, `30 minutes`.
        more: String,
    },
    /// Say something to a task's agent.
    Ask {
        /// Which task's.
        task: TaskNumber,
        /// What.
        text: String,
        /// Whether it interrupts the agent's turn; else it is told with the next one.
        #[serde(default)]
        now: bool,
    },
    /// Answer a question of the planner or of a task's agent.
    Answer {
        /// The task whose agent asked; none for the planner.
        task: Option<TaskNumber>,
        /// Which question.
        question: u32,
        /// The answer; none to skip the question.
        text: Option<String>,
    },
    /// Approve a task, or everything that one may approve.
    Approve {
        /// Which task; none for the whole plan.
        task: Option<TaskNumber>,
        /// The fingerprint of what was read: the task's `hash`, or the sprint's `whole`.
        hash: TextHash,
    },
    /// Withdraw an approval.
    Withdraw {
        /// Which task; none for the whole plan.
        task: Option<TaskNumber>,
        /// The fingerprint of what was approved.
        hash: TextHash,
    },
    /// Any other command that changes the plan, as one types it: `/team6 add "…" after T1`.
    Command {
        /// The line.
        line: String,
    },
}

impl Wish {
    /// What the application obeys; nothing, where a name is no name or a text is too long.
    pub(super) fn act(self) -> Option<Act> {
        let line = |words: String| Act::Line(format!("/team6 {words}"));
        let on = |verb: &str, task: Option<TaskNumber>| match task {
            Some(task) => line(format!("{verb} T{task}")),
            None => line(verb.to_owned()),
        };
        Some(match self {
            Self::Plan { fresh } => line(option("plan", "fresh", fresh)),
            Self::Start { despite_warnings } => {
                line(option("start", "despite-warnings", despite_warnings))
            }
            Self::Pause { task } => on("pause", task),
            Self::Resume { task } => on("resume", task),
            Self::Cancel { task } => on("cancel", task),
            Self::Skip { task } => on("skip", Some(task)),
            Self::Retry { task, go_on: false } => on("retry", Some(task)),
            Self::Retry { task, go_on: true } => line(format!("retry T{task} continue")),
            Self::Owner { task, person } => line(format!("owner T{task} @{}", name(&person)?)),
            Self::Agent { task, agent } => line(format!("agent T{task} {}", name(&agent)?)),
            Self::Budget { task, more } => {
                let more = more.trim().trim_start_matches('+').trim();
                let is_plain = |c: char| c.is_ascii_alphanumeric() || "$._, ".contains(c);
                let more = Some(more).filter(|more| more.chars().all(is_plain))?;
                let of = task.map_or_else(String::new, |task| format!(" T{task}"));
                line(format!("budget{of} +{more}"))
            }
            Self::Ask { task, text, now } => {
                Act::Ask(Ask { task: Some(task), text: said(&text)?, now })
            }
            Self::Answer { task, question, text } => {
                let text = text.as_deref().map(said);
                let text = match text {
                    Some(said) => Some(said?),
                    None => None,
                };
                Act::Answer(Answer { task, question, text })
            }
            Self::Approve { task, hash } => Act::Approve { task, hash, withdrawn: false },
            Self::Withdraw { task, hash } => Act::Approve { task, hash, withdrawn: true },
            Self::Command { line } => Act::Line(line),
        })
    }
}

fn option(command: &str, name: &str, is_on: bool) -> String {
    if is_on { format!("{command} --{name}") } else { command.to_owned() }
}

/// A person's or an agent's name, without what people write before it.
fn name(words: &str) -> Option<&str> {
    let name = words.trim().trim_start_matches('@');
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    (!name.is_empty() && name.chars().all(is_name)).then_some(name)
}

/// What somebody says, if it is something and not too long.
fn said(words: &str) -> Option<String> {
    let words = words.trim();
    let is_fit = !words.is_empty() && words.chars().count() <= LONGEST_MESSAGE;
    is_fit.then(|| words.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(wish: Wish) -> Option<String> {
        let Act::Line(line) = wish.act()? else { panic!("it is no line") };
        Some(line)
    }

    #[test]
    fn a_wish_is_the_command_one_could_have_typed() {
        let task = TaskNumber(3);
        let owner = |person: &str| Wish::Owner { task, person: person.to_owned() };
        assert_eq!(line(owner(" @ada ")).as_deref(), Some("/team6 owner T3 @ada"));
        assert_eq!(line(owner("ada\n/team6 start")), None);
        let pause = |task| Wish::Pause { task };
        assert_eq!(line(pause(None)).as_deref(), Some("/team6 pause"));
        assert_eq!(line(pause(Some(task))).as_deref(), Some("/team6 pause T3"));
        let again = Wish::Retry { task, go_on: true };
        assert_eq!(line(again).as_deref(), Some("/team6 retry T3 continue"));
        let start = Wish::Start { despite_warnings: true };
        assert_eq!(line(start).as_deref(), Some("/team6 start --despite-warnings"));
    }

    #[test]
    fn what_is_said_to_an_agent_keeps_its_lines() {
        let ask = |text: &str| Wish::Ask { task: TaskNumber(3), text: text.to_owned(), now: true };
        let Some(Act::Ask(said)) = ask(" use blue\n/team6 start ").act() else { panic!() };
        assert_eq!((said.text.as_str(), said.now), ("use blue\n/team6 start", true));
        assert_eq!(ask(" \n ").act(), None);
        assert_eq!(ask(&"x".repeat(LONGEST_MESSAGE + 1)).act(), None);
    }
}
