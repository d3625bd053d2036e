//! The tool by which a review agent hands in its review.

use serde_json::{Value, json};

use super::{Remark, Review, Verdict};
use crate::domain::proposal::Tool;

/// Hands in the review.
pub const REVIEW: &str = "submit_review";

/// The longest summary and remark, in characters, and how many remarks there may be.
const LONGEST_SUMMARY: usize = 4_000;
const LONGEST_REMARK: usize = 2_000;
const MOST_REMARKS: usize = 30;
const LONGEST_PATH: usize = 500;

/// The tools of a review agent.
pub fn tools() -> Vec<Tool> {
    vec![Tool {
        name: REVIEW,
        description: "Hand in your review, once, when you have read the whole change. Ask for changes \
                      only where something must change before the change is merged: it is wrong, \
                      unsafe, untested, or not what the task asks for. Then end your turn.",
        schema: json!({
            "type": "object",
            "properties": {
                "verdict": { "type": "string", "enum": ["approve", "request_changes"] },
                "summary": {
                    "type": "string", "minLength": 1, "maxLength": LONGEST_SUMMARY,
                    "description": "your judgement of the whole, in a few sentences",
                },
                "remarks": {
                    "type": "array", "maxItems": MOST_REMARKS,
                    "items": {
                        "type": "object",
                        "properties": {
                            "path": {
                                "type": "string", "minLength": 1, "maxLength": LONGEST_PATH,
                                "description": "the file, from the repository's root",
                            },
                            "line": {
                                "type": "integer", "minimum": 1,
                                "description": "the line in the file as it is now",
                            },
                            "text": { "type": "string", "minLength": 1, "maxLength": LONGEST_REMARK },
                        },
                        "required": ["path", "text"],
                    },
                },
            },
            "required": ["verdict", "summary"],
        }),
    }]
}

/// A review as it was passed to the tool, or everything that is wrong with it.
pub fn read(passed: &Value) -> Result<Review, Vec<String>> {
    let mut flaws = Vec::new();
    let verdict = match passed.get("verdict").and_then(Value::as_str) {
        Some("approve") => Some(Verdict::Approve),
        Some("request_changes") => Some(Verdict::RequestChanges),
        Some(_) | None => {
            flaws.push("`verdict` is `approve` or `request_changes`".to_owned());
            None
        }
    };
    let summary = words(passed, "summary", LONGEST_SUMMARY, "", &mut flaws);
    let given = match passed.get("remarks") {
        None | Some(Value::Null) => &Vec::new(),
        Some(Value::Array(given)) => given,
        Some(_) => {
            flaws.push("`remarks` is a list".to_owned());
            &Vec::new()
        }
    };
    if MOST_REMARKS < given.len() {
        flaws.push(format!("there are more than {MOST_REMARKS} remarks: keep the weightiest"));
    }
    let mut remarks = Vec::new();
    for (at, one) in given.iter().enumerate().take(MOST_REMARKS) {
        let place = format!("remark {}: ", at + 1);
        let path = words(one, "path", LONGEST_PATH, &place, &mut flaws);
        let text = words(one, "text", LONGEST_REMARK, &place, &mut flaws);
        let line = match one.get("line") {
            None | Some(Value::Null) => None,
            Some(line) => {
                let number = line.as_u64().and_then(|line| u32::try_from(line).ok());
                if number.is_none_or(|line| line == 0) {
                    flaws.push(format!("{place}`line` is a number from 1"));
                }
                number
            }
        };
        remarks.push(Remark { path, line, text });
    }
    match verdict {
        Some(verdict) if flaws.is_empty() => Ok(Review { verdict, summary, remarks }),
        Some(_) | None => Err(flaws),
    }
}

fn words(from: &Value, name: &str, most: usize, place: &str, flaws: &mut Vec<String>) -> String {
    let text = from.get(name).and_then(Value::as_str).map_or("", str::trim);
    if text.is_empty() {
        flaws.push(format!("{place}`{name}` is missing"));
    } else if most < text.chars().count() {
        flaws.push(format!("{place}`{name}` has more than {most} characters"));
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_wrong_with_a_review_is_said_at_once() {
        let passed = json!({
            "verdict": "merge", "summary": " ",
            "remarks": [{ "path": "a.rs", "line": 0, "text": "x" }, { "text": "y" }],
        });
        assert_eq!(
            read(&passed).unwrap_err(),
            [
                "`verdict` is `approve` or `request_changes`",
                "`summary` is missing",
                "remark 1: `line` is a number from 1",
                "remark 2: `path` is missing",
            ]
        );
    }

    #[test]
    fn a_review_may_have_no_remarks() {
        let review = read(&json!({ "verdict": "approve", "summary": "fine" })).unwrap();
        assert_eq!((review.verdict, review.remarks), (Verdict::Approve, Vec::new()));
    }
}
