//! What people and agents say to each other, and what changed in a plan: with a text in every place
//! that holds other people's words.

use super::notes;
use super::parts::{Badge, Elapsed, Link, Moment};
use super::sprint::{Question, Version};
use super::talk::{Message, Talk, Thread};
use super::why::Because;
use super::wizard::{Launched, Milestone, Place, Preview, Reason, Repository, Scope, Waiting};
use crate::domain::diff::{Changed, ChangedTask, Diff};
use crate::domain::ids::TaskNumber;
use crate::domain::launch::Stage;

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

pub(super) fn link(text: &str) -> Link {
    Link { text: text.to_owned(), href: "https://github.example/acme/web/issues/1".to_owned() }
}

pub(super) fn elapsed() -> Elapsed {
    let since = Some("2026-01-01T00:00:00Z".to_owned());
    Elapsed { seconds: 7, since, words: "7 s".to_owned() }
}

pub(super) fn badge() -> Badge {
    Badge::new("review", "in review")
}

pub(super) fn memory(text: &str) -> notes::View {
    let said = || text.to_owned();
    let note = notes::Note {
        number: 3,
        text: said(),
        agent: Some(said()),
        by: said(),
        repo: said(),
        task: Some(1),
        href: Some("/runs/run_1/tasks/1".to_owned()),
        is_tentative: true,
        made: moment(),
        changed_by: Some(said()),
    };
    let notes = vec![note];
    notes::View { project: "acme".to_owned(), about: said(), total: 2, notes, roster: vec![said()] }
}

pub(super) fn scope(text: &str) -> Scope {
    let said = || text.to_owned();
    let waiting =
        Waiting { id: "spr_1".to_owned(), name: said(), goal: said(), badge: badge(), tasks: 2 };
    Scope {
        repositories: vec![Repository { name: "acme/web".to_owned(), project: said() }],
        place: Some(Place {
            repo: "acme/web".to_owned(),
            project: said(),
            sprints: vec![waiting],
            milestones: vec![Milestone { number: 1, title: said() }],
        }),
    }
}

pub(super) fn preview(text: &str) -> Preview {
    let said = || text.to_owned();
    let reason = || Reason { why: said(), hint: Some(said()) };
    Preview {
        id: "spr_1".to_owned(),
        name: said(),
        goal: said(),
        issue: link(text),
        version: 2,
        tasks: 2,
        approved: 0,
        whole: "abc".to_owned(),
        errors: vec![reason()],
        warnings: vec![reason()],
        needs_a_nod: true,
        will: vec![said()],
        forecast: Some(said()),
        graph: None,
        waves: vec![vec![1], vec![2]],
        may_write: true,
        is_running: false,
    }
}

pub(super) fn launched(text: &str) -> Launched {
    let said = || text.to_owned();
    Launched {
        id: "lch_1".to_owned(),
        stage: Stage::Refused,
        is_start: false,
        title: said(),
        repo: said(),
        sprint: None,
        run: None,
        elapsed: elapsed(),
        needs_a_nod: false,
        reasons: vec![Reason { why: said(), hint: Some(said()) }],
        trouble: Some(said()),
    }
}
