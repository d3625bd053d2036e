//! Every page, with a text in every place that holds other people's words.

use super::graph::{self, Node};
use super::lists::{Act, Agent, Card, Group, Overview, Project, Worker};
use super::parts::Entry;
use super::samples::{
    badge, changed, elapsed, launched, link, memory, moment, preview, question, scope, talk,
    versions, why,
};
use super::trace::{Diff, Step};
use super::wizard::{self, Preview, Reason};
use super::{Frame, Session, Tab, lists, notes, run, sprint, task};
use crate::domain::plan::Prd;
use crate::domain::verdict::{State, Verdict};
use crate::say::hostile::HOSTILE;

fn feed(text: &str) -> Vec<Entry> {
    vec![Entry { at: moment(), by: text.to_owned(), task: Some(1), text: text.to_owned() }]
}

fn frame(text: &str) -> Frame {
    Frame {
        title: text.to_owned(),
        who: Some("ada".to_owned()),
        tab: Tab::Runs,
        ..Frame::default()
    }
}

fn overview(text: &str) -> Overview {
    let act = Act {
        badge: badge(),
        what: text.to_owned(),
        href: "/runs/run_1".to_owned(),
        sprint: text.to_owned(),
        who: text.to_owned(),
        since: Some(moment()),
        pull: Some(link(text)),
    };
    let card = Card {
        id: "spr_1".to_owned(),
        name: text.to_owned(),
        goal: text.to_owned(),
        issue: link(text),
        href: "/runs/run_1".to_owned(),
        run: Some("run_1".to_owned()),
        badge: badge(),
        done: 1,
        tasks: 2,
        parts: vec![(badge(), 1)],
        elapsed: Some(elapsed()),
        cost: None,
        started_by: Some(text.to_owned()),
    };
    Overview {
        needs_you: vec![act.clone()],
        went_wrong: vec![act.clone()],
        needs_others: vec![act],
        projects: vec![Group { name: text.to_owned(), sprints: vec![card] }],
        may_launch: true,
    }
}

fn run(text: &str) -> run::View {
    let node = |number, after: &[i64]| Node {
        number,
        title: text.to_owned(),
        href: Some("/runs/run_1/tasks/1".to_owned()),
        badge: badge(),
        owner: text.to_owned(),
        after: after.to_vec(),
        is_critical: true,
    };
    let row = run::Task {
        number: 1,
        title: text.to_owned(),
        href: Some("/runs/run_1/tasks/1".to_owned()),
        badge: badge(),
        owner: text.to_owned(),
        agent: text.to_owned(),
        attempt: 2,
        pull: Some(link(text)),
        part_of: Some(1),
        waits_for: vec![text.to_owned()],
        is_critical: true,
        cost: None,
    };
    run::View {
        id: "run_1".to_owned(),
        sprint: "spr_1".to_owned(),
        name: text.to_owned(),
        goal: text.to_owned(),
        issue: link(text),
        number: 1,
        is_latest: true,
        badge: badge(),
        is_live: true,
        is_paused: false,
        holds: vec![text.to_owned()],
        why: Some(why(text)),
        started_by: text.to_owned(),
        elapsed: elapsed(),
        cost: None,
        done: 1,
        waves: vec![vec![row]],
        tasks: 2,
        graph: graph::draw(&[node(1, &[]), node(2, &[1])], &[vec![1], vec![2]]),
        agents: vec![run::Agent {
            name: text.to_owned(),
            task: 1,
            href: "/runs/run_1/tasks/1".to_owned(),
            attempt: 1,
            step: Some(text.to_owned()),
            elapsed: Some(elapsed()),
        }],
        feed: feed(text),
        may_steer: true,
        may_end: true,
        budget: Some(text.to_owned()),
    }
}

fn task(text: &str) -> task::View {
    let said = || text.to_owned();
    let diff = Diff { path: said(), added: 1, removed: 0, lines: vec![('+', said())] };
    let tool = Step::Tool { title: said(), status: "done", output: said(), diffs: vec![diff] };
    task::View {
        run: "run_1".to_owned(),
        sprint: "spr_1".to_owned(),
        name: said(),
        run_number: 1,
        number: 1,
        title: said(),
        text: said(),
        acceptance: vec![said()],
        badge: badge(),
        held_by: Some(said()),
        owner: said(),
        agent: said(),
        budget: Some(said()),
        may_raise: true,
        attempt: 1,
        issue: link(text),
        branch: said(),
        pull: Some(link(text)),
        checks: Some(task::Checks {
            head: said(),
            all: vec![Verdict { name: said(), state: State::Failed, url: Some(link(text).href) }],
        }),
        waits_for: vec![(said(), Some("/runs/run_1/tasks/2".to_owned()), Some(badge()))],
        before: vec![(said(), "/runs/run_1/tasks/3".to_owned(), badge())],
        tries: vec![task::Try {
            look: task::Look { attempt: 1, is_review: false },
            is_shown: true,
            badge: badge(),
            agent: said(),
            elapsed: Some(elapsed()),
            cost: None,
            failure: Some(said()),
            size: None,
            commits: vec![said()],
            summary: Some(said()),
        }],
        shown: Some(task::Look { attempt: 1, is_review: false }),
        trace: vec![
            Step::Said { text: said() },
            Step::Thought { text: said() },
            tool,
            Step::Plan { items: vec![(said(), "done")] },
            Step::Worker { text: said() },
        ],
        earlier: 3,
        talk: talk(text),
        why: Some(why(text)),
        feed: feed(text),
        may: task::May {
            pause: true,
            retry: true,
            skip: true,
            cancel: true,
            ask: true,
            ..task::May::default()
        },
    }
}

fn sprint(text: &str) -> sprint::View {
    let said = || text.to_owned();
    let planned = |owner| sprint::Task {
        number: 1,
        title: said(),
        text: said(),
        issue: Some(link(text)),
        repo: said(),
        owner,
        agent: said(),
        estimate: Some(3),
        after: vec![said()],
        wave: Some(1),
        approved_by: None,
        hash: "abc".to_owned(),
        may_approve: true,
    };
    sprint::View {
        id: "spr_1".to_owned(),
        name: said(),
        goal: said(),
        text: said(),
        issue: link(text),
        project: said(),
        badge: badge(),
        version: Some(2),
        prd: Some(Prd {
            problem: said(),
            goals: vec![said()],
            non_goals: vec![said()],
            constraints: vec![said()],
            acceptance: vec![said()],
            risks: vec![said()],
        }),
        tasks: vec![planned(Some(said())), planned(None)],
        approved: 0,
        whole: "abc".to_owned(),
        questions: vec![question(text, None), question(text, Some(text))],
        planning: None,
        why: Some(why(text)),
        versions: versions(),
        changed: Some(changed(text)),
        runs: vec![sprint::Run {
            href: "/runs/run_1".to_owned(),
            number: 1,
            badge: badge(),
            by: said(),
            at: moment(),
            elapsed: elapsed(),
        }],
        feed: feed(text),
        roster: vec![said()],
        may_write: true,
        is_running: false,
        is_ready: true,
    }
}

/// Every page that repeats what others wrote.
fn pages(text: &str) -> Vec<(&'static str, String)> {
    let (said, frame) = (|| text.to_owned(), frame(text));
    let agent = Agent {
        name: said(),
        good_at: said(),
        is_configured: true,
        tries: 3,
        delivered: 2,
        failed: 1,
        at_work: 1,
        success: Some(66),
        cost: None,
        last: Some(moment()),
    };
    let worker = Worker { name: said(), leases: 1, beat: moment(), is_late: false };
    let project = Project {
        name: said(),
        queue: said(),
        repositories: vec![link(text)],
        ready: 1,
        held: 0,
        at_work: 1,
        most: 4,
        workers: vec![worker],
        may_write: true,
    };
    let session = Session {
        id: "abc".to_owned(),
        name: said(),
        made: moment(),
        seen: moment(),
        is_this: true,
        is_script: false,
    };
    let reasons = [Reason { why: said(), hint: Some(said()) }];
    vec![
        ("runs", lists::runs(&frame, &overview(text))),
        ("run", run::show(&frame, &run(text), None)),
        ("task", task::show(&frame, &task(text))),
        ("sprint", sprint::show(&frame, &sprint(text), None)),
        ("agents", lists::agents(&frame, &[agent])),
        ("projects", lists::projects(&frame, &[project])),
        ("yours", super::yours(&frame, &[session], None)),
        ("memory", notes::show(&frame, &memory(text))),
        ("scope", wizard::scope(&frame, &scope(text))),
        ("assignments", wizard::assignments(&frame, &sprint(text), &[said()], None)),
        ("preview", wizard::preview(&frame, &Preview { graph: run(text).graph, ..preview(text) })),
        ("launch", wizard::launched(&frame, &launched(text))),
        ("refused", super::refused(&frame, "/runs/run_1", &reasons, Some("spr_1"))),
    ]
}

/// A page's tags and the names of what they say about themselves, without any text.
fn skeleton(page: &str) -> Vec<String> {
    let mut bones = Vec::new();
    let mut rest = page;
    while let Some((_, tag)) = rest.split_once('<') {
        let (mut quoted, mut bone, mut end) = (false, String::new(), tag.len());
        for (at, c) in tag.char_indices() {
            match c {
                '"' => quoted = !quoted,
                '>' if !quoted => {
                    end = at;
                    break;
                }
                c if !quoted => bone.push(c),
                _ => {}
            }
        }
        bones.push(bone);
        rest = &tag[end..];
    }
    bones
}

#[test]
fn what_others_write_changes_no_tag_of_a_page() {
    let plain = pages("words");
    let more = ["\"'><script>alert(1)</script>", "' onload='x", "\u{0}\r\n<"];
    // Where nothing is said, a page may leave out what would hold it.
    for text in HOSTILE.iter().chain(&more).filter(|text| !text.is_empty()) {
        for ((name, page), (_, calm)) in pages(text).iter().zip(&plain) {
            assert_eq!(skeleton(page), skeleton(calm), "{name} with {text:?}");
            let unseen = ['\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}'];
            assert!(!page.contains(unseen), "{name} with {text:?}");
        }
    }
}

#[test]
fn pages_have_no_script_or_style_of_their_own() {
    for (name, page) in pages("words") {
        for inline in [" style=", " onclick=", "<style", "<script>", "javascript:"] {
            assert!(!page.contains(inline), "{name} has {inline}");
        }
        assert_eq!(page.matches("<script").count(), 1, "{name}");
        assert_eq!(page.matches("<h1").count(), 1, "{name} has one heading");
    }
}
