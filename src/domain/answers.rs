//! Answers to the planner's questions, as people write them.

use serde::{Deserialize, Serialize};

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// To which question.
    pub to: Which,
    /// What; `None` to skip it.
    pub text: Option<String>,
    /// Whether it is certainly meant as an answer: said by command, or under the quoted question.
    /// A line that merely begins with a number may be part of something else.
    pub certain: bool,
    /// What the same comment answered before somebody edited it.
    pub instead_of: Option<String>,
}

/// Which question somebody means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// The one with this number.
    Number(u32),
    /// The one these words were quoted from.
    Quoted(String),
    /// Every open one.
    Open,
}

impl Given {
    /// What is certainly meant for every open question.
    pub fn of_all(text: Option<String>) -> Self {
        Self { to: Which::Open, text, certain: true, instead_of: None }
    }
}

/// The longest answer that is kept, in characters.
const LONGEST: usize = 4_000;

/// What stands behind `/team6 answer`: `2 some text`, `2 skip`, `skip`. Nothing, if it says nothing.
pub fn by_command(words: &str) -> Vec<Given> {
    let words = words.trim();
    let (first, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    if is_skip(first) {
        let to = number_of(rest.trim()).map_or(Which::Open, Which::Number);
        return vec![Given { to, text: None, certain: true, instead_of: None }];
    }
    match number_of(first.trim_end_matches(['.', ')', ':'])) {
        Some(number) => given(Which::Number(number), rest, true).into_iter().collect(),
        None => Vec::new(),
    }
}

/// The answers in a comment without commands: below a quoted question, or on numbered lines.
pub fn in_reply(comment: &str) -> Vec<Given> {
    let mut answers: Vec<(Which, String, bool)> = Vec::new();
    let mut quoting = false;
    let mut fenced = false;
    for line in comment.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            fenced = !fenced;
        }
        if let Some(quote) = trimmed.strip_prefix('>').filter(|_| !fenced) {
            match numbered(quote) {
                Some((number, _)) => answers.push((Which::Number(number), String::new(), true)),
                // The lines below the first are its options.
                None if quoting => {}
                None => answers.push((Which::Quoted(quote.trim().into()), String::new(), true)),
            }
            quoting = true;
            continue;
        }
        let under_a_quote = quoting || answers.last().is_some_and(|(_, _, quoted)| *quoted);
        quoting = false;
        match numbered(line).filter(|_| !fenced && !under_a_quote) {
            Some((number, text)) => {
                answers.push((Which::Number(number), text.to_owned(), false));
            }
            None if is_command(trimmed) => {}
            None => {
                if let Some((_, text, _)) = answers.last_mut() {
                    text.push('\n');
                    text.push_str(line);
                }
            }
        }
    }
    let answers = answers.into_iter();
    answers.filter_map(|(to, text, certain)| given(to, &text, certain)).collect()
}

/// The answers that somebody wrote into a comment which said something else before.
pub fn in_edit(before: &str, now: &str) -> Vec<Given> {
    let (before, mut given) = (in_reply(before), in_reply(now));
    given.retain(|one| !before.contains(one));
    for one in &mut given {
        let older = before.iter().find(|older| older.to == one.to);
        one.instead_of = older.and_then(|older| older.text.clone());
    }
    given
}

/// Whether words are quoted from a question: all of it or a good part, whatever became of its marks.
pub fn is_quoted_from(question: &str, words: &str) -> bool {
    let bare = |text: &str| -> String {
        let letters = text.chars().filter(|c| c.is_alphanumeric() || c.is_whitespace());
        let letters: String = letters.flat_map(char::to_lowercase).collect();
        letters.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (question, words) = (bare(question), bare(words));
    question == words || (2 <= words.matches(' ').count() && question.contains(&words))
}

fn given(to: Which, text: &str, certain: bool) -> Option<Given> {
    let text: String = text.trim().chars().take(LONGEST).collect();
    let says = !text.is_empty();
    let text = Some(text).filter(|text| !is_skip(text));
    says.then_some(Given { to, text, certain, instead_of: None })
}

fn is_skip(text: &str) -> bool {
    text.trim_end_matches(['.', '!']).eq_ignore_ascii_case("skip")
}

fn is_command(line: &str) -> bool {
    line.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("/team6"))
}

/// `2. yes`, `2) yes`, `2: yes`, `**2.** yes`, `Q2: yes`, `- 2. yes`: the number, and what follows.
fn numbered(line: &str) -> Option<(u32, &str)> {
    let line = line.trim_start().trim_start_matches(['-', '+']).trim_start();
    let line = line.trim_start_matches('*').trim_start();
    let line = line.strip_prefix(['Q', 'q']).unwrap_or(line);
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number = line[..digits].parse().ok().filter(|_| digits <= 4)?;
    let rest = line[digits..].trim_start_matches('*');
    let rest = rest.strip_prefix(['.', ')', ':'])?.trim_start_matches('*');
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some((number, rest))
}

/// `2` or `Q2`.
fn number_of(word: &str) -> Option<u32> {
    word.strip_prefix(['Q', 'q']).unwrap_or(word).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(answers: &[Given]) -> Vec<(Option<u32>, Option<&str>)> {
        let number = |to: &Which| match to {
            Which::Number(number) => Some(*number),
            Which::Quoted(_) | Which::Open => None,
        };
        answers.iter().map(|one| (number(&one.to), one.text.as_deref())).collect()
    }

    #[test]
    fn an_answer_by_command_has_a_number_and_the_rest_of_the_line() {
        assert_eq!(said(&by_command("2 some text")), [(Some(2), Some("some text"))]);
        assert_eq!(
            said(&by_command("Q2: «größer», please")),
            [(Some(2), Some("«größer», please"))]
        );
        assert_eq!(said(&by_command("2 skip")), [(Some(2), None)]);
        assert_eq!(said(&by_command("skip")), [(None, None)]);
        assert_eq!(said(&by_command("skip 3")), [(Some(3), None)]);
        for nothing in ["", "2", "yes", "two yes"] {
            assert_eq!(by_command(nothing), [], "{nothing}");
        }
    }

    #[test]
    fn a_reply_numbers_its_lines() {
        let reply = "Sure:\n1. yes\n2) only the header\nand the footer\nQ3: skip\n- **4.** blue";
        assert_eq!(
            said(&in_reply(reply)),
            [
                (Some(1), Some("yes")),
                (Some(2), Some("only the header\nand the footer")),
                (Some(3), None),
                (Some(4), Some("blue")),
            ]
        );
    }

    #[test]
    fn what_is_quoted_is_found_in_the_question() {
        let question = "Which **pages** should be dark, and `why`?";
        for quoted in ["Which pages should be dark, and why?", "should be dark", "Pages should  be"]
        {
            assert!(is_quoted_from(question, quoted), "{quoted}");
        }
        for other in ["dark", "should be", "Which pages should be light?", ""] {
            assert!(!is_quoted_from(question, other), "{other}");
        }
    }

    #[test]
    fn a_reply_quotes_a_question() {
        let reply = "> 2. Which pages?\n> Options: all\n\nThe first ones:\n1. home\n2. profile";
        let answers = in_reply(reply);
        assert_eq!(said(&answers), [(Some(2), Some("The first ones:\n1. home\n2. profile"))]);
        assert!(answers[0].certain);
        let unnumbered = in_reply("> Which pages?\n> Options: all\n\nThe first.\n");
        assert_eq!(said(&unnumbered), [(None, Some("The first."))]);
        assert_eq!(unnumbered[0].to, Which::Quoted("Which pages?".into()));
        let both = "> **1.** Why?\n\nBecause.\n\n> **2.** How?\n\nSlowly.";
        assert_eq!(
            said(&in_reply(both)),
            [(Some(1), Some("Because.")), (Some(2), Some("Slowly."))]
        );
    }

    #[test]
    fn what_is_no_answer_is_none() {
        for other in ["Thanks!", "3.5 days are enough", "1.", "```\n1. code\n```", "12345. no"] {
            assert_eq!(in_reply(other), [], "{other}");
        }
    }
}
