//! What people can ask for, and the help that says so.

mod ask;
mod memory;
mod prose;
mod refining;
mod words;

use serde::{Deserialize, Serialize};

pub use ask::mentions;
pub use prose::prose;

use super::answers::{self, Given};
use super::budget::Amount;
use super::ids::TaskNumber;
use super::memory::Wish;
use super::refine::Change;
use super::refusal::Refusal;
use super::task::Again;

/// Something a person asked for with a line that begins `/team6`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Draft the plan, or draft it again.
    Plan {
        /// Whether what people decided before is forgotten.
        fresh: bool,
    },
    /// Answer the questions of the planner or of a task's agent.
    Answer {
        /// What, to which.
        given: Vec<Given>,
        /// All that was said, for where one question is open and no number is needed.
        words: String,
    },
    /// Say something to a task's agent.
    Ask(Ask),
    /// Change the plan.
    Refine(Change),
    /// Show what changed in the plan.
    Diff {
        /// Since which version; `None` since the one this person last approved something in.
        since: Option<i64>,
    },
    /// Start the approved sprint.
    Start {
        /// Whether its warnings were read and accepted.
        despite_warnings: bool,
    },
    /// Say how it stands.
    Status,
    /// Say why it does not move.
    Why {
        /// Which task; `None` where the place of the comment says it, or the whole sprint is meant.
        task: Option<TaskNumber>,
    },
    /// Try a task again that failed or whose pull request was closed.
    Retry {
        /// Which; `None` where the place of the comment says it.
        task: Option<TaskNumber>,
        /// How.
        again: Again,
    },
    /// Pause, resume, cancel or skip the sprint or a task.
    Control {
        /// What.
        verb: Verb,
        /// Which task; `None` where the place of the comment says it, or the whole sprint is meant.
        task: Option<TaskNumber>,
    },
    /// Let more be spent.
    Budget {
        /// On which task; `None` where the place of the comment says it, or the run is meant.
        task: Option<TaskNumber>,
        /// How much more.
        amount: Amount,
    },
    /// See or change what is noted for later work.
    Memory(Wish),
    /// Say what can be asked for.
    Help,
    /// A word nobody taught us.
    Unknown {
        /// The word.
        word: String,
    },
    /// A command that is not written as it should be.
    Malformed(Mistake),
}

/// Something to be said to a task's agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// Which task's; `None` where the place of the comment says it.
    pub task: Option<TaskNumber>,
    /// What.
    pub text: String,
    /// Whether it interrupts the agent's turn.
    pub now: bool,
}

/// Why a line cannot be obeyed as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistake {
    /// What is wrong with it.
    pub why: String,
    /// How it is written.
    pub usage: String,
}

/// A line of a comment that asks for something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its number in the comment, from 1.
    pub number: usize,
    /// The line itself.
    pub text: String,
    /// What it asks for.
    pub command: Command,
}

/// What can be done to a sprint under way, or to one of its tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Start nothing new.
    Pause,
    /// Go on.
    Resume,
    /// End it.
    Cancel,
    /// Let nothing wait for the task.
    Skip,
}

/// A command as the help shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// How it is typed.
    pub usage: &'static str,
    /// What it does.
    pub does: &'static str,
    /// Who may.
    pub who: &'static str,
}

/// Every command, in the order a sprint needs them.
pub const HELP: &[Entry] = &[
    Entry {
        usage: "/team6 plan [--fresh]",
        does: "draft the plan from the milestone's issues, or draft it again after they changed; with `--fresh`, forget what was decided by command",
        who: "write access",
    },
    Entry { usage: refining::ADD, does: "add a task to the plan", who: "write access" },
    Entry {
        usage: refining::EDIT,
        does: "give a task another title; with `text` instead of `title`, another text",
        who: "write access",
    },
    Entry { usage: refining::DROP, does: "take a task out of the plan", who: "write access" },
    Entry {
        usage: refining::AFTER,
        does: "say what a task waits for; `none` for nothing",
        who: "write access",
    },
    Entry {
        usage: refining::PRIORITY,
        does: "say what goes first among tasks that could start: 1 before 2",
        who: "write access",
    },
    Entry { usage: refining::OWNER, does: "give a task to a person", who: "write access" },
    Entry { usage: refining::AGENT, does: "have another agent do a task", who: "write access" },
    Entry { usage: refining::ESTIMATE, does: "say how big a task is", who: "write access" },
    Entry {
        usage: "/team6 answer 2 the answer",
        does: "answer the planner's question 2, or that of a task's agent on its issue; `/team6 answer 2 skip` skips it, `/team6 answer skip` all",
        who: "write access",
    },
    Entry {
        usage: "/team6 diff [3]",
        does: "show what changed since the version you last approved something in, or since that version",
        who: "anybody",
    },
    Entry {
        usage: "/team6 start [--despite-warnings]",
        does: "start the sprint once every task has an owner and is approved",
        who: "write access",
    },
    Entry {
        usage: ask::USAGE,
        does: "tell a task's agent something with its next turn; `ask now T3 \"…\"` interrupts it. A comment on the task's issue or pull request that mentions the App does the same",
        who: "write access, or the task's owner",
    },
    Entry { usage: "/team6 status", does: "say how the sprint stands", who: "anybody" },
    Entry {
        usage: "/team6 why",
        does: "say what it waits for, since when and who must act; `why T3` says it of one task",
        who: "anybody",
    },
    Entry {
        usage: "/team6 pause",
        does: "start nothing new; agents at work finish. `pause T3` does it for one task",
        who: "write access; for a task its owner or a maintainer",
    },
    Entry {
        usage: "/team6 resume",
        does: "go on. `resume T3` does it for one task",
        who: "write access; for a task its owner or a maintainer",
    },
    Entry {
        usage: "/team6 cancel",
        does: "end the sprint: agents are stopped, branches and pull requests stay. `cancel T3` does it for one task",
        who: "whoever started it or a maintainer; for a task its owner or a maintainer",
    },
    Entry {
        usage: "/team6 skip T3",
        does: "let nothing wait for a task any more, without its being done",
        who: "the task's owner or a maintainer",
    },
    Entry {
        usage: "/team6 retry T3",
        does: "try a task again that failed, was cancelled or whose pull request was closed; `retry T3 continue` goes on from its last try",
        who: "the task's owner or a maintainer",
    },
    Entry {
        usage: "/team6 budget T3 +5",
        does: "let $5 more be spent on a task whose budget is short, and go on; without a task, on the whole run. `+500000 tokens` and `+30 minutes` do the same for those",
        who: "the task's owner or a maintainer; for the run whoever started it or a maintainer",
    },
    Entry {
        usage: memory::USAGE,
        does: "show what is noted about the project for the agents that work on it, or change it",
        who: "write access",
    },
    Entry { usage: "/team6 help", does: "show this list", who: "anybody" },
];

impl Command {
    /// Whether asking takes write access.
    pub fn needs_write(&self) -> bool {
        match self {
            Self::Plan { .. }
            | Self::Answer { .. }
            | Self::Ask(_)
            | Self::Refine(_)
            | Self::Start { .. }
            | Self::Retry { .. }
            | Self::Budget { .. }
            | Self::Memory(_)
            | Self::Control { .. } => true,
            Self::Diff { .. }
            | Self::Status
            | Self::Why { .. }
            | Self::Help
            | Self::Unknown { .. }
            | Self::Malformed(_) => false,
        }
    }
}

impl Line {
    /// Why this line was not obeyed.
    pub fn refused(&self, why: Refusal) -> Refusal {
        Refusal::InLine { number: self.number, line: self.text.clone(), why: Box::new(why) }
    }
}

/// A comment that begins further lines than this with a command is a mistake or a flood.
const MOST_LINES: usize = 200;

/// The commands in a comment, one per line. Quoted text and code are somebody else's words: only
/// lines of the comment's own prose count.
pub fn parse(comment: &str) -> Vec<Line> {
    prose::numbered(comment)
        .filter_map(|(number, line)| {
            let command = parse_line(line)?;
            Some(Line { number, text: line.trim().to_owned(), command })
        })
        .take(MOST_LINES)
        .collect()
}

fn parse_line(line: &str) -> Option<Command> {
    let line = line.trim();
    let mut parts = line.splitn(2, char::is_whitespace);
    if !parts.next()?.eq_ignore_ascii_case("/team6") {
        return None;
    }
    let rest = parts.next().unwrap_or_default().trim_start();
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let (verb, behind) = (rest[..end].to_lowercase(), &rest[end..]);
    if verb.is_empty() {
        return Some(Command::Help);
    }
    if !is_known(&verb) {
        return Some(Command::Unknown { word: rest[..end].chars().take(40).collect() });
    }
    Some(understand(&verb, behind).unwrap_or_else(Command::Malformed))
}

/// Whether the help has this word.
fn is_known(verb: &str) -> bool {
    HELP.iter().any(|entry| entry.usage.split_whitespace().nth(1) == Some(verb))
}

fn usage(verb: &str) -> String {
    let entry = HELP.iter().find(|entry| entry.usage.split_whitespace().nth(1) == Some(verb));
    entry.map_or_else(String::new, |entry| entry.usage.to_owned())
}

fn understand(verb: &str, behind: &str) -> Result<Command, Mistake> {
    if verb == "answer" {
        // An answer is free text: an apostrophe in it is none of our quotation marks.
        let words = behind.trim().to_owned();
        return Ok(Command::Answer { given: answers::by_command(behind), words });
    }
    if verb == "ask" {
        return ask::parse(behind).map(Command::Ask).ok_or_else(|| Mistake {
            why: "the message is missing".to_owned(),
            usage: usage(verb),
        });
    }
    let mistake = |why: String| Mistake { why, usage: usage(verb) };
    let words = words::words(behind)
        .map_err(|words::Unclosed| mistake("a quotation mark is not closed".to_owned()))?;
    if let Some(change) = refining::parse(verb, &words) {
        return change.map(Command::Refine);
    }
    let said: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let nothing_more = |command: Command, more: &[&str]| match more.first() {
        None => Ok(command),
        Some(word) => {
            Err(mistake(format!("I do not know what `{}` means here", super::refusal::shown(word))))
        }
    };
    match verb {
        "plan" => match said.as_slice() {
            [option, more @ ..] if is_option(option, "fresh") => {
                nothing_more(Command::Plan { fresh: true }, more)
            }
            more => nothing_more(Command::Plan { fresh: false }, more),
        },
        "start" => match said.as_slice() {
            [option, more @ ..] if is_option(option, "despite-warnings") => {
                nothing_more(Command::Start { despite_warnings: true }, more)
            }
            more => nothing_more(Command::Start { despite_warnings: false }, more),
        },
        "diff" => match said.as_slice() {
            [] => Ok(Command::Diff { since: None }),
            [version, more @ ..] => match version.trim_start_matches(['v', 'V']).parse() {
                Ok(since) => nothing_more(Command::Diff { since: Some(since) }, more),
                Err(_) => Err(mistake(format!(
                    "`{}` is not a version's number",
                    super::refusal::shown(version)
                ))),
            },
        },
        // People write why behind these; what is there is not read.
        "retry" => {
            let goes_on = said.last().is_some_and(|word| word.eq_ignore_ascii_case("continue"));
            let again = if goes_on { Again::Continue } else { Again::Fresh };
            Ok(Command::Retry { task: said.first().and_then(|word| task_number(word)), again })
        }
        "pause" => control(Verb::Pause, &said).map_err(mistake),
        "resume" => control(Verb::Resume, &said).map_err(mistake),
        "cancel" => control(Verb::Cancel, &said).map_err(mistake),
        "skip" => control(Verb::Skip, &said).map_err(mistake),
        "budget" => budget(&said).map_err(mistake),
        "memory" => memory::parse(&words).map(Command::Memory).map_err(mistake),
        "status" => Ok(Command::Status),
        "why" => about(&said).map(|task| Command::Why { task }).map_err(mistake),
        _ => Ok(Command::Help),
    }
}

/// `--fresh`; phones make one long dash of two.
fn is_option(word: &str, name: &str) -> bool {
    let bare = word.trim_start_matches(['-', '–', '—']);
    bare.len() < word.len() && bare.eq_ignore_ascii_case(name)
}

/// What is meant for one task must not be done to the whole sprint because of a slip.
fn control(verb: Verb, said: &[&str]) -> Result<Command, String> {
    about(said).map(|task| Command::Control { verb, task })
}

/// `T3 +5`, or `+5` alone.
fn budget(said: &[&str]) -> Result<Command, String> {
    let names_a_task = said.first().is_some_and(|word| word.starts_with(['t', 'T']));
    let (task, amount) = said.split_at(usize::from(names_a_task));
    Ok(Command::Budget { task: about(task)?, amount: Amount::read(amount)? })
}

/// The task that is named, if one is.
fn about(said: &[&str]) -> Result<Option<TaskNumber>, String> {
    let Some(word) = said.first() else { return Ok(None) };
    let wrong = || format!("`{}` is not a task, like `T3`", super::refusal::shown(word));
    Ok(Some(task_number(word.trim_end_matches('?')).ok_or_else(wrong)?))
}

/// `T3`, `t3` or `3`.
fn task_number(word: &str) -> Option<TaskNumber> {
    let digits = word.strip_prefix(['t', 'T']).unwrap_or(word);
    let number = digits.parse().ok().filter(|number| (1..=1_000_000).contains(number));
    number.filter(|_| digits.starts_with(|c: char| c.is_ascii_digit())).map(TaskNumber)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::ids::{AgentName, Login};
    use crate::domain::refine::{Addition, Setting};

    const PLAN: Command = Command::Plan { fresh: false };
    const START: Command = Command::Start { despite_warnings: false };

    fn read(comment: &str) -> Vec<Command> {
        parse(comment).into_iter().map(|line| line.command).collect()
    }

    fn why(comment: &str) -> String {
        match read(comment).as_slice() {
            [Command::Malformed(mistake)] => mistake.why.clone(),
            other => panic!("{comment}: {other:?}"),
        }
    }

    #[test]
    fn a_command_is_a_line_of_its_own() {
        assert_eq!(read("/team6 plan"), [PLAN]);
        assert_eq!(read("  /Team6   START\r\n"), [START]);
        assert_eq!(read("please /team6 plan"), []);
        assert_eq!(read("/team6"), [Command::Help]);
        assert_eq!(read("/team6ish"), []);
        assert_eq!(read("Thanks!\n/team6 plan\n/team6 status"), [PLAN, Command::Status]);
        let again = |again| Command::Retry { task: Some(TaskNumber(3)), again };
        assert_eq!(read("/team6 retry t3"), [again(Again::Fresh)]);
        assert_eq!(read("/team6 retry T3 continue"), [again(Again::Continue)]);
        let cancel = |task| Command::Control { verb: Verb::Cancel, task };
        assert_eq!(read("/team6 cancel"), [cancel(None)]);
        assert_eq!(read("/team6 cancel T3"), [cancel(Some(TaskNumber(3)))]);
        assert_eq!(why("/team6 cancel Tx"), "`Tx` is not a task, like `T3`");
        assert_eq!(read("/team6 dance"), [Command::Unknown { word: "dance".into() }]);
        assert_eq!(parse("a\n\n /team6 plan ")[0].number, 3);
    }

    #[test]
    fn options_are_words_with_dashes() {
        assert_eq!(read("/team6 plan --fresh"), [Command::Plan { fresh: true }]);
        assert_eq!(read("/team6 plan —fresh"), [Command::Plan { fresh: true }]);
        let despite = Command::Start { despite_warnings: true };
        assert_eq!(read("/team6 start --despite-warnings"), [despite]);
        assert_eq!(read("/team6 diff"), [Command::Diff { since: None }]);
        assert_eq!(read("/team6 diff v3"), [Command::Diff { since: Some(3) }]);
        assert_eq!(why("/team6 plan now"), "I do not know what `now` means here");
        assert_eq!(why("/team6 start --despite-warnings T1"), "I do not know what `T1` means here");
        assert_eq!(why("/team6 diff x"), "`x` is not a version's number");
    }

    #[test]
    fn a_task_is_added_with_all_that_is_said_about_it() {
        let line = "/team6 add “Größe & «Höhe»” after T1, T2 repo acme/api owner @ada agent backend \
                    estimate 3 priority 1";
        let added = Addition {
            title: "Größe & «Höhe»".into(),
            after: vec![TaskNumber(1), TaskNumber(2)],
            repo: Some("acme/api".parse().unwrap()),
            owner: Some(Login("ada".into())),
            agent: Some(AgentName("backend".into())),
            estimate: Some(3),
            priority: Some(1),
        };
        assert_eq!(read(line), [Command::Refine(Change::Add(added))]);
    }

    #[test]
    fn a_task_is_changed_with_or_without_its_number() {
        let set =
            |task: Option<i64>, to| Command::Refine(Change::Set { task: task.map(TaskNumber), to });
        let after = |tasks: &[i64]| Setting::After(tasks.iter().copied().map(TaskNumber).collect());
        for (line, command) in [
            ("edit T2 title \"a  b\"", set(Some(2), Setting::Title("a b".into()))),
            ("edit title \"a\"", set(None, Setting::Title("a".into()))),
            ("edit 2 text \"a\"", set(Some(2), Setting::Text("a".into()))),
            ("drop t3", Command::Refine(Change::Drop { task: Some(TaskNumber(3)) })),
            ("drop", Command::Refine(Change::Drop { task: None })),
            ("after T4 T1,T2", set(Some(4), after(&[1, 2]))),
            ("after T4 T1 ,T2", set(Some(4), after(&[1, 2]))),
            ("after T4 T1 T2", set(Some(4), after(&[1, 2]))),
            ("after T1,T2", set(None, after(&[1, 2]))),
            ("after T4 none", set(Some(4), after(&[]))),
            ("priority T2 1", set(Some(2), Setting::Priority(Some(1)))),
            ("priority none", set(None, Setting::Priority(None))),
            ("owner T2 @Ada", set(Some(2), Setting::Owner(Login("Ada".into())))),
            ("agent frontend", set(None, Setting::Agent(AgentName("frontend".into())))),
            ("estimate T2 5", set(Some(2), Setting::Estimate(Some(5)))),
        ] {
            assert_eq!(read(&format!("/team6 {line}")), [command], "{line}");
        }
    }

    #[test]
    fn what_is_written_wrongly_is_told_precisely() {
        let long = format!("/team6 add \"{}\"", "x".repeat(10_000));
        for (line, expected) in [
            ("/team6 add \"a", "a quotation mark is not closed"),
            ("/team6 add", "the title is missing"),
            ("/team6 add Dark mode", "the title belongs in quotation marks"),
            ("/team6 add \" \"", "the title is empty"),
            (long.as_str(), "the title has 10000 characters, and 200 is the most"),
            ("/team6 add \"a\" colour red", "I do not know what `colour` means here"),
            ("/team6 add \"a\" owner", "something is missing behind `owner`"),
            ("/team6 add \"a\" estimate 1 estimate 2", "`estimate` is said twice"),
            ("/team6 add \"a\" after X", "`X` is not a task, like `T3`"),
            ("/team6 add \"a\" repo web", "`web` is not a repository, like `owner/name`"),
            ("/team6 edit T2 colour \"a\"", "a task has a title and a text, but no `colour`"),
            ("/team6 edit T2 title a", "the new text belongs in quotation marks"),
            ("/team6 drop T1 T2", "it takes one task; write a line for each"),
            ("/team6 owner T2 @acme/web", "`@acme/web` is not a person, like `@ada`"),
            ("/team6 estimate T2 soon", "`soon` is not a number from 1"),
            ("/team6 priority T2 0", "`0` is not a number from 1"),
            ("/team6 after", "it does not say which tasks it waits for"),
            ("/team6 agent T2 `<b>`", "`'‹b›'` is not the name of an agent"),
        ] {
            assert_eq!(why(line), expected, "{line}");
        }
    }

    #[test]
    fn quotes_and_code_are_not_commands() {
        assert_eq!(read("> /team6 start"), []);
        assert_eq!(read("```\n/team6 start\n```\n/team6 status"), [Command::Status]);
        assert_eq!(read("~~~\n```\n/team6 start\n~~~"), []);
        assert_eq!(read("    /team6 start"), []);
        assert_eq!(read("\t/team6 start"), []);
        assert_eq!(read("````\n```\n/team6 start\n```\n````\n/team6 plan"), [PLAN]);
        assert_eq!(read("```\n``` is a fence\n/team6 start\n```"), []);
        assert_eq!(read("1. - ```\n  /team6 start\n  ```\n/team6 plan"), [PLAN]);
        assert_eq!(read("<pre>\n/team6 start\n</PRE>\n/team6 plan"), [PLAN]);
    }

    #[test]
    fn what_nobody_sees_is_no_command() {
        assert_eq!(read("<!--\n/team6 start\n-->\n/team6 plan"), [PLAN]);
        assert_eq!(read("<!-- a hint -->\n/team6 plan"), [PLAN]);
    }

    #[test]
    fn the_mail_that_a_mail_answers_is_no_command() {
        let mail = "/team6 plan\n\n-----Original Message-----\nFrom: ada\n/team6 start";
        assert_eq!(read(mail), [PLAN]);
        assert_eq!(read("/team6 plan\nOn Monday ada wrote:\n> /team6 start"), [PLAN]);
    }

    #[test]
    fn the_help_names_every_command() {
        for entry in HELP {
            // What is in brackets may be left out.
            let least = entry.usage.split(" [").next().unwrap();
            let command = read(least).remove(0);
            let understood = !matches!(command, Command::Unknown { .. } | Command::Malformed(_));
            assert!(understood, "{}", entry.usage);
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_read_and_says_nothing_it_should_not(
            text in "(?s)([ \\t]{0,4}(/team6 )?(add|edit|after|owner|plan|diff)?[ \"“”„«»\\\\,T0-9a-zé@<!`>-]{0,30}\n){0,6}|.{0,200}"
        ) {
            for line in parse(&text) {
                prop_assert!(line.text.to_lowercase().starts_with("/team6"));
                if let Command::Malformed(mistake) = line.command {
                    let inside = mistake.why.trim_matches('`');
                    for dangerous in ["<", ">", "\n", "``"] {
                        prop_assert!(!inside.contains(dangerous), "{}", mistake.why);
                    }
                }
            }
        }
    }
}
