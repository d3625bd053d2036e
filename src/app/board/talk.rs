//! What was said about a task, as its page shows it.

use chrono::{DateTime, Utc};

use crate::domain::dialogue::{self, Delivery, Dialogue, Source};
use crate::say::page::parts::Moment;
use crate::say::page::sprint::Question;
use crate::say::page::talk::{Message, Talk, Thread};

/// What was said about a task; its agent's questions are for its `owner`.
pub(super) fn talk(dialogue: &Dialogue, owner: &str, now: DateTime<Utc>) -> Talk {
    let threads = dialogue.messages.iter().flat_map(|message| &message.threads);
    Talk {
        messages: dialogue.messages.iter().map(|one| message(one, now)).collect(),
        questions: dialogue.questions.iter().map(|one| question(one, owner)).collect(),
        threads: threads.map(thread).collect(),
        progress: dialogue.progress.clone(),
    }
}

fn message(message: &dialogue::Message, now: DateTime<Utc>) -> Message {
    let by = message.from.is_a_person().then(|| message.by.0.clone());
    Message {
        number: message.number,
        by,
        place: place(&message.from),
        at: Moment::new(message.at, now),
        text: message.text.clone(),
        now: message.now,
        state: match message.state {
            Delivery::Queued => "queued",
            Delivery::Delivered { .. } => "delivered",
            Delivery::Acknowledged { .. } => "acknowledged",
        },
        reply: message.reply.clone(),
    }
}

fn place(from: &Source) -> &'static str {
    match from {
        Source::Comment { .. } => "in a comment",
        Source::Page => "here",
        Source::Review { .. } => "in a review",
        Source::Line { .. } => "on a line",
        Source::Reviewer { .. } => "in an agent's review",
        Source::Check { .. } => "a check failed",
        Source::Conflict { .. } => "it conflicts with its base",
    }
}

fn question(question: &dialogue::Question, owner: &str) -> Question {
    let answer = question.answer.as_ref();
    Question {
        number: question.number,
        text: question.text.clone(),
        options: question.options.clone(),
        to: owner.to_owned(),
        answer: answer.map(|answer| answer.text.clone().unwrap_or_else(|| "(skipped)".to_owned())),
        answered_by: answer.map(|answer| answer.by.0.clone()),
    }
}

fn thread(thread: &dialogue::Thread) -> Thread {
    Thread {
        path: thread.path.clone(),
        line: thread.line,
        by: thread.by.0.clone(),
        text: thread.text.clone(),
        answer: thread.answer.clone(),
    }
}
