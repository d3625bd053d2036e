//! What people and agents say to each other, and what changed in a plan: with a text in every place
//! that holds other people's words.

use super::parts::Moment;
use super::sprint::{Question, Version};
use super::talk::{Message, Talk, Thread};
use super::why::Because;
use crate::domain::diff::{Changed, ChangedTask, Diff};
use crate::domain::ids::TaskNumber;

pub(super) fn moment() -> Moment {
    Moment { at: "2026-01-01T00:00:00Z".to_owned(), ago: "3 min 2 s ago".to_owned() }
}

pub(super) fn question(text: &str, answer: Option<&str>) -> Question {
    Question {
        number: 1,
        text: text.to_owned(),
        options: vec![text.to_owned(), text.to_owned()],
        to: text.to_owned(),
        answered_by: answer.map(str::to_owned),
        answer: answer.map(str::to_owned),
    }
}

pub(super) fn talk(text: &str) -> Talk {
    let message = |by: Option<&str>, state, reply: Option<&str>| Message {
        number: 1,
        by: by.map(str::to_owned),
        place: "here",
        at: moment(),
        text: text.to_owned(),
        now: true,
        state,
        reply: reply.map(str::to_owned),
    };
    let thread = |answer: Option<&str>| Thread {
        path: text.to_owned(),
        line: Some(3),
        by: text.to_owned(),
        text: text.to_owned(),
        answer: answer.map(str::to_owned),
    };
    Talk {
        messages: vec![
            message(Some(text), "acknowledged", Some(text)),
            message(None, "queued", None),
        ],
        questions: vec![question(text, None), question(text, Some(text))],
        threads: vec![thread(None), thread(Some(text))],
        progress: Some(text.to_owned()),
    }
}

pub(super) fn why(text: &str) -> Because {
    Because {
        task: Some(1),
        what: text.to_owned(),
        next: text.to_owned(),
        people: vec![text.to_owned()],
        since: Some(moment()),
    }
}

pub(super) fn versions() -> Vec<Version> {
    [2, 1].map(|version| Version { version, made: moment() }).to_vec()
}

pub(super) fn changed(text: &str) -> Diff {
    let said = || text.to_owned();
    let one = || Changed { what: said(), old: said(), new: said() };
    Diff {
        from: 1,
        to: 2,
        prd: vec![one()],
        added: vec![(TaskNumber(3), said())],
        gone: vec![(TaskNumber(2), said())],
        tasks: vec![ChangedTask {
            number: TaskNumber(1),
            title: said(),
            changed: vec![one()],
            voids: true,
        }],
    }
}
