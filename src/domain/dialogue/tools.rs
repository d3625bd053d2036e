//! The tools of an agent that works on a task.

use serde_json::json;

use crate::domain::proposal::{ASK, Tool};
use crate::domain::{delegation, memory};

/// Says what the agent is doing, for those who watch.
pub const PROGRESS: &str = "report_progress";

/// Answers a thread of a review.
pub const ANSWER: &str = "answer_thread";

/// The longest progress report, in characters.
pub const LONGEST_PROGRESS: usize = 200;

/// The tools of an agent that works on a task.
pub fn tools() -> Vec<Tool> {
    vec![
        Tool {
            name: ASK,
            description: "Ask the person who owns this task something that you cannot find out \
                          yourself and that changes what you do. It does not wait: commit what is \
                          worth keeping and end your turn. The answer, which may take hours, comes \
                          with your next prompt.",
            schema: json!({
                "type": "object",
                "properties": {
                    "question": { "type": "string", "minLength": 1, "maxLength": 500 },
                    "options": {
                        "type": "array", "maxItems": 10,
                        "items": { "type": "string", "minLength": 1, "maxLength": 200 },
                        "description": "answers to choose from, where that helps",
                    },
                },
                "required": ["question"],
            }),
        },
        Tool {
            name: PROGRESS,
            description: "Say in one sentence what you are doing now, when a new part of the work \
                          begins. The person who owns the task sees it.",
            schema: json!({
                "type": "object",
                "properties": {
                    "text": { "type": "string", "minLength": 1, "maxLength": LONGEST_PROGRESS },
                },
                "required": ["text"],
            }),
        },
        Tool {
            name: ANSWER,
            description: "Answer a thread of the review of your pull request: say what you changed \
                          there, or why not. It is posted when your work is pushed.",
            schema: json!({
                "type": "object",
                "properties": {
                    "thread": { "type": "integer", "description": "the thread's number, as you were told it" },
                    "text": { "type": "string", "minLength": 1, "maxLength": 2000 },
                },
                "required": ["thread", "text"],
            }),
        },
        delegation::tools::delegate(),
        memory::tools::remember(),
        memory::tools::recall(),
    ]
}
