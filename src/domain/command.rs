//! What people can ask for, and the help that says so.

use serde::{Deserialize, Serialize};

use super::ids::TaskNumber;

/// Something a person asked for with a line that begins `/team6`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Draft the plan, or draft it again.
    Plan,
    /// Start the approved sprint.
    Start {
        /// Whether the warnings were seen and it shall start all the same.
        despite_warnings: bool,
    },
    /// Say how it stands.
    Status,
    /// Try a task again that failed or whose pull request was closed.
    Retry {
        /// Which; `None` where the place of the comment says it.
        task: Option<TaskNumber>,
    },
    /// Say what can be asked for.
    Help,
    /// A word nobody taught us.
    Unknown {
        /// The word.
        word: String,
    },
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
        usage: "/team6 plan",
        does: "draft the plan from the milestone's issues, or draft it again after they changed",
        who: "write access",
    },
    Entry {
        usage: "/team6 start",
        does: "start the sprint once every task has an owner and is approved",
        who: "write access",
    },
    Entry { usage: "/team6 status", does: "say how the sprint stands", who: "anybody" },
    Entry {
        usage: "/team6 retry T3",
        does: "try a task again that failed or whose pull request was closed",
        who: "the task's owner or a maintainer",
    },
    Entry { usage: "/team6 help", does: "show this list", who: "anybody" },
];

impl Command {
    /// Whether asking takes write access.
    pub fn needs_write(&self) -> bool {
        match self {
            Self::Plan | Self::Start { .. } | Self::Retry { .. } => true,
            Self::Status | Self::Help | Self::Unknown { .. } => false,
        }
    }
}

/// The commands in a comment, one per line. Quoted text and code are somebody else's words: only
/// lines of the comment's own prose count.
pub fn parse(comment: &str) -> Vec<Command> {
    prose(comment).filter_map(parse_line).collect()
}

/// The lines that are neither quoted, nor code, nor hidden in a comment of Markdown's.
pub fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut fence: Option<&str> = None;
    let mut hidden = false;
    text.lines().filter(move |line| {
        let trimmed = line.trim_start();
        if hidden {
            hidden = !line.contains("-->");
            return false;
        }
        match (fence, fence_of(trimmed)) {
            (None, Some(mark)) => {
                fence = Some(mark);
                false
            }
            // Only its own kind closes a fence, as long or longer, with nothing behind it.
            (Some(open), Some(mark)) if mark.starts_with(open) && trimmed.trim_end() == mark => {
                fence = None;
                false
            }
            (Some(_), _) => false,
            (None, None) => {
                let shown = line.rsplit_once("<!--").is_none_or(|(_, rest)| rest.contains("-->"));
                hidden = !shown;
                shown
                    && !trimmed.starts_with('>')
                    && !line.starts_with("    ")
                    && !line.starts_with('\t')
            }
        }
    })
}

/// The three or more ticks or tildes a line begins with.
fn fence_of(line: &str) -> Option<&str> {
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let fence = &line[..line.len() - line.trim_start_matches(mark).len()];
    (3 <= fence.len()).then_some(fence)
}

fn parse_line(line: &str) -> Option<Command> {
    let mut words = line.split_whitespace();
    if !words.next()?.eq_ignore_ascii_case("/team6") {
        return None;
    }
    let Some(verb) = words.next() else {
        return Some(Command::Help);
    };
    Some(match verb.to_ascii_lowercase().as_str() {
        "plan" => Command::Plan,
        "start" => Command::Start {
            despite_warnings: words.any(|word| word.eq_ignore_ascii_case("--despite-warnings")),
        },
        "status" => Command::Status,
        "retry" => Command::Retry { task: words.next().and_then(task_number) },
        "help" => Command::Help,
        _ => Command::Unknown { word: verb.chars().take(40).collect() },
    })
}

/// `T3`, `t3` or `3`.
fn task_number(word: &str) -> Option<TaskNumber> {
    word.trim_start_matches(['t', 'T']).parse().ok().map(TaskNumber)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_a_line_of_its_own() {
        assert_eq!(parse("/team6 plan"), [Command::Plan]);
        assert_eq!(parse("  /Team6   START\r\n"), [Command::Start { despite_warnings: false }]);
        assert_eq!(
            parse("/team6 start --despite-warnings"),
            [Command::Start { despite_warnings: true }]
        );
        assert_eq!(parse("please /team6 plan"), []);
        assert_eq!(parse("/team6"), [Command::Help]);
        assert_eq!(parse("/team6ish"), []);
        assert_eq!(parse("Thanks!\n/team6 plan\n/team6 status"), [Command::Plan, Command::Status]);
        assert_eq!(parse("/team6 retry t3"), [Command::Retry { task: Some(TaskNumber(3)) }]);
        assert_eq!(parse("/team6 dance"), [Command::Unknown { word: "dance".into() }]);
    }

    #[test]
    fn quotes_and_code_are_not_commands() {
        assert_eq!(parse("> /team6 start"), []);
        assert_eq!(parse("```\n/team6 start\n```\n/team6 status"), [Command::Status]);
        assert_eq!(parse("~~~\n```\n/team6 start\n~~~"), []);
        assert_eq!(parse("    /team6 start"), []);
        assert_eq!(parse("\t/team6 start"), []);
        assert_eq!(parse("````\n```\n/team6 start\n```\n````\n/team6 plan"), [Command::Plan]);
        assert_eq!(parse("```\n``` is a fence\n/team6 start\n```"), []);
    }

    #[test]
    fn what_nobody_sees_is_no_command() {
        assert_eq!(parse("<!--\n/team6 start\n-->\n/team6 plan"), [Command::Plan]);
        assert_eq!(parse("<!-- a hint -->\n/team6 plan"), [Command::Plan]);
    }

    #[test]
    fn the_help_names_every_command() {
        for entry in HELP {
            let command = parse(entry.usage).remove(0);
            assert!(!matches!(command, Command::Unknown { .. }), "{}", entry.usage);
        }
    }
}
