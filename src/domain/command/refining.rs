//! The commands that change the plan, as they are typed.

use super::words::Word;
use super::{Mistake, task_number};
use crate::domain::ids::{AgentName, Login, RepoName, TaskNumber};
use crate::domain::plan::{LONGEST_TEXT, LONGEST_TITLE};
use crate::domain::refine::{Addition, Change, Setting};
use crate::domain::refusal::shown;

/// How `/team6 add` is typed.
pub(super) const ADD: &str = "/team6 add \"title\" [after T1,T2] [repo owner/name] [owner @ada] [agent backend] [estimate 3] [priority 1]";
/// How `/team6 edit` is typed.
pub(super) const EDIT: &str = "/team6 edit T2 title \"…\"";
/// How `/team6 drop` is typed.
pub(super) const DROP: &str = "/team6 drop T3";
/// How `/team6 after` is typed.
pub(super) const AFTER: &str = "/team6 after T4 T1,T2";
/// How `/team6 priority` is typed.
pub(super) const PRIORITY: &str = "/team6 priority T2 1";
/// How `/team6 owner` is typed.
pub(super) const OWNER: &str = "/team6 owner T2 @ada";
/// How `/team6 agent` is typed.
pub(super) const AGENT: &str = "/team6 agent T2 frontend";
/// How `/team6 estimate` is typed.
pub(super) const ESTIMATE: &str = "/team6 estimate T2 5";

/// What is wrong, before it is known which command it is wrong in.
type Wrong = String;

/// The change that a verb and its words ask for; nothing, if the verb is none of these.
pub(super) fn parse(verb: &str, words: &[Word]) -> Option<Result<Change, Mistake>> {
    let (change, usage) = match verb {
        "add" => (add(words), ADD),
        "edit" => (edit(words), EDIT),
        "drop" => (drop(words), DROP),
        "after" => (set(&joined(words), "which tasks it waits for", after), AFTER),
        "priority" => (one(words, |word| Ok(Setting::Priority(count(word)?))), PRIORITY),
        "owner" => (one(words, |word| Ok(Setting::Owner(person(word)?))), OWNER),
        "agent" => (one(words, |word| Ok(Setting::Agent(agent(word)?))), AGENT),
        "estimate" => (one(words, |word| Ok(Setting::Estimate(count(word)?))), ESTIMATE),
        _ => return None,
    };
    Some(change.map_err(|why| Mistake { why, usage: usage.to_owned() }))
}

fn add(words: &[Word]) -> Result<Change, Wrong> {
    let words = joined(words);
    let (first, mut rest) = words.split_first().ok_or("the title is missing")?;
    if !first.quoted {
        return Err("the title belongs in quotation marks".to_owned());
    }
    let mut new = Addition { title: title(&first.text)?, ..Addition::default() };
    let mut said: Vec<String> = Vec::new();
    while let Some((key, behind)) = rest.split_first() {
        let key = key.text.to_ascii_lowercase();
        if said.contains(&key) {
            return Err(format!("`{}` is said twice", shown(&key)));
        }
        let missing = || format!("something is missing behind `{}`", shown(&key));
        let value = || behind.first().ok_or_else(missing);
        match key.as_str() {
            "after" => new.after = tasks(std::slice::from_ref(value()?))?,
            "repo" => new.repo = Some(repository(&value()?.text)?),
            "owner" => new.owner = Some(person(value()?)?),
            "agent" => new.agent = Some(agent(value()?)?),
            "estimate" => new.estimate = count(value()?)?,
            "priority" => new.priority = count(value()?)?,
            _ => return Err(format!("I do not know what `{}` means here", shown(&key))),
        }
        said.push(key);
        rest = &behind[1..];
    }
    Ok(Change::Add(new))
}

fn edit(words: &[Word]) -> Result<Change, Wrong> {
    let field = |words: &[Word]| match words {
        [field, value] => match field.text.to_ascii_lowercase().as_str() {
            _ if !value.quoted => Err("the new text belongs in quotation marks".to_owned()),
            "title" => Ok(Setting::Title(title(&value.text)?)),
            "text" => Ok(Setting::Text(text(&value.text)?)),
            other => Err(format!("a task has a title and a text, but no `{}`", shown(other))),
        },
        _ => Err("it takes what to change, and the new text in quotation marks".to_owned()),
    };
    match words.split_first() {
        Some((first, rest)) if words.len() == 3 => {
            Ok(Change::Set { task: Some(task(first)?), to: field(rest)? })
        }
        Some(_) | None => Ok(Change::Set { task: None, to: field(words)? }),
    }
}

fn drop(words: &[Word]) -> Result<Change, Wrong> {
    match words {
        [] => Ok(Change::Drop { task: None }),
        [one] => Ok(Change::Drop { task: Some(task(one)?) }),
        _ => Err("it takes one task; write a line for each".to_owned()),
    }
}

/// A setting of one word, with or without its task.
fn one(words: &[Word], value: impl Fn(&Word) -> Result<Setting, Wrong>) -> Result<Change, Wrong> {
    match words {
        [only] => Ok(Change::Set { task: None, to: value(only)? }),
        [first, only] => Ok(Change::Set { task: Some(task(first)?), to: value(only)? }),
        [] => Err("something is missing".to_owned()),
        [_, _, more, ..] => Err(format!("I do not know what `{}` means here", shown(&more.text))),
    }
}

/// A setting of several words, with or without its task.
fn set(
    words: &[Word],
    what: &str,
    value: impl Fn(&[Word]) -> Result<Setting, Wrong>,
) -> Result<Change, Wrong> {
    match words {
        [] => Err(format!("it does not say {what}")),
        [only] => Ok(Change::Set { task: None, to: value(std::slice::from_ref(only))? }),
        [first, rest @ ..] => Ok(Change::Set { task: Some(task(first)?), to: value(rest)? }),
    }
}

fn after(words: &[Word]) -> Result<Setting, Wrong> {
    Ok(Setting::After(tasks(words)?))
}

/// `T1,T2`, or `none`.
fn tasks(words: &[Word]) -> Result<Vec<TaskNumber>, Wrong> {
    if let [only] = words
        && only.text.eq_ignore_ascii_case("none")
    {
        return Ok(Vec::new());
    }
    let names = words.iter().flat_map(|word| word.text.split(','));
    let names = names.map(str::trim).filter(|name| !name.is_empty());
    let tasks = names.map(task_named).collect::<Result<Vec<_>, _>>()?;
    if tasks.is_empty() { Err("it names no task".to_owned()) } else { Ok(tasks) }
}

fn task(word: &Word) -> Result<TaskNumber, Wrong> {
    task_named(&word.text)
}

fn task_named(name: &str) -> Result<TaskNumber, Wrong> {
    task_number(name).ok_or_else(|| format!("`{}` is not a task, like `T3`", shown(name)))
}

/// `T1, T2` is one list, however many spaces are in it.
fn joined(words: &[Word]) -> Vec<Word> {
    let mut joined: Vec<Word> = Vec::new();
    for word in words {
        match joined.last_mut() {
            Some(last)
                if !last.quoted
                    && !word.quoted
                    && (last.text.ends_with(',') || word.text.starts_with(',')) =>
            {
                last.text.push_str(&word.text);
            }
            Some(_) | None => joined.push(word.clone()),
        }
    }
    joined
}

fn title(text: &str) -> Result<String, Wrong> {
    let visible: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let title = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    match title.chars().count() {
        0 => Err("the title is empty".to_owned()),
        long if LONGEST_TITLE < long => {
            Err(format!("the title has {long} characters, and {LONGEST_TITLE} is the most"))
        }
        _ => Ok(title),
    }
}

fn text(text: &str) -> Result<String, Wrong> {
    match text.trim().chars().count() {
        long if LONGEST_TEXT < long => {
            Err(format!("the text has {long} characters, and {LONGEST_TEXT} is the most"))
        }
        _ => Ok(text.trim().to_owned()),
    }
}

fn repository(name: &str) -> Result<RepoName, Wrong> {
    name.parse().map_err(|_| format!("`{}` is not a repository, like `owner/name`", shown(name)))
}

fn person(word: &Word) -> Result<Login, Wrong> {
    let name = word.text.strip_prefix('@').unwrap_or(&word.text);
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_[]".contains(c));
    if name.is_empty() || 60 < name.len() || !plain {
        return Err(format!("`{}` is not a person, like `@ada`", shown(&word.text)));
    }
    Ok(Login(name.to_owned()))
}

fn agent(word: &Word) -> Result<AgentName, Wrong> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if word.text.is_empty() || 60 < word.text.len() || !word.text.chars().all(plain) {
        return Err(format!("`{}` is not the name of an agent", shown(&word.text)));
    }
    Ok(AgentName(word.text.clone()))
}

/// A number from 1, or `none`.
fn count(word: &Word) -> Result<Option<u32>, Wrong> {
    if word.text.eq_ignore_ascii_case("none") {
        return Ok(None);
    }
    let number = word.text.parse().ok().filter(|number| (1..=10_000).contains(number));
    number.map(Some).ok_or_else(|| format!("`{}` is not a number from 1", shown(&word.text)))
}
