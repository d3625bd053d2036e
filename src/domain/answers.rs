//! Answers to the planner's questions, as people write them.

use serde::{Deserialize, Serialize};

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// To which question; `None` for every open one.
    pub number: Option<u32>,
    /// What; `None` to skip it.
    pub text: Option<String>,
    /// Whether it is certainly meant as an answer: said by command, or under the quoted question.
    /// A line that merely begins with a number may be part of something else.
    pub certain: bool,
}

/// The longest answer that is kept, in characters.
const LONGEST: usize = 4_000;

/// What stands behind `/team6 answer`: `2 some text`, `2 skip`, `skip`. Nothing, if it says nothing.
pub fn by_command(words: &str) -> Vec<Given> {
    let words = words.trim();
    let (first, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    if is_skip(first) {
        let number = number_of(rest.trim());
        return vec![Given { number, text: None, certain: true }];
    }
    match number_of(first.trim_end_matches(['.', ')', ':'])) {
        Some(number) => given(number, rest, true).into_iter().collect(),
        None => Vec::new(),
    }
}

/// The answers in a comment without commands: below a quoted question, or on numbered lines.
pub fn in_reply(comment: &str) -> Vec<Given> {
    let mut answers: Vec<(u32, String, bool)> = Vec::new();
    let mut quoting = false;
    let mut fenced = false;
    for line in comment.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            fenced = !fenced;
        }
        if let Some(quote) = trimmed.strip_prefix('>').filter(|_| !fenced) {
            if let Some((number, _)) = numbered(quote) {
                answers.push((number, String::new(), true));
            }
            quoting = true;
            continue;
        }
        let under_a_quote = quoting || answers.last().is_some_and(|(_, _, quoted)| *quoted);
        quoting = false;
        match numbered(line).filter(|_| !fenced && !under_a_quote) {
            Some((number, text)) => answers.push((number, text.to_owned(), false)),
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
    answers.filter_map(|(number, text, certain)| given(number, &text, certain)).collect()
}

fn given(number: u32, text: &str, certain: bool) -> Option<Given> {
    let text: String = text.trim().chars().take(LONGEST).collect();
    let says = !text.is_empty();
    let text = Some(text).filter(|text| !is_skip(text));
    says.then_some(Given { number: Some(number), text, certain })
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
        answers.iter().map(|one| (one.number, one.text.as_deref())).collect()
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
    fn a_reply_quotes_a_question() {
        let reply = "> 2. Which pages?\n> Options: all\n\nThe first ones:\n1. home\n2. profile";
        let answers = in_reply(reply);
        assert_eq!(said(&answers), [(Some(2), Some("The first ones:\n1. home\n2. profile"))]);
        assert!(answers[0].certain);
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
