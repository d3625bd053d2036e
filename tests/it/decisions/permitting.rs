//! Who may what: every command and every tick, for everybody there is, on one page.

use std::fmt::Write as _;

use team6::domain::checklist::Edit;
use team6::domain::command::{HELP, parse};
use team6::domain::permission::{Asker, may_ask};

use super::*;

const ASKERS: [(&str, Asker); 8] = [
    ("none", Asker::Person(Permission::None)),
    ("read", Asker::Person(Permission::Read)),
    ("triage", Asker::Person(Permission::Triage)),
    ("write", Asker::Person(Permission::Write)),
    ("maintain", Asker::Person(Permission::Maintain)),
    ("admin", Asker::Person(Permission::Admin)),
    ("bot", Asker::Bot),
    // What a person may do is read at the moment of the act, and then it is nothing.
    ("removed", Asker::Person(Permission::None)),
];

/// What becomes of a tick, by whoever it is: of ada's task, of grace's, of nobody's.
fn tick(asker: Asker, by: &str, owner: Option<&str>, unticks: bool) -> &'static str {
    let Asker::Person(permission) = asker else { return "ignored" };
    let owned = PlannedTask { owner: owner.map(login), ..task(1, &[]) };
    let sprint = if unticks { approved(vec![owned]) } else { planned(vec![owned]) };
    let marks = vec![mark(&sprint, 1)];
    let edit = if unticks {
        Edit { unticked: marks, ..Edit::default() }
    } else {
        Edit { ticked: marks, ..Edit::default() }
    };
    let decided = edits(&sprint, by, permission, edit);
    if decided.sprint.approvals == sprint.approvals { "undone" } else { "counts" }
}

#[test]
fn every_command_and_tick_by_everybody() {
    let mut page = format!("{:28}", "");
    for (name, _) in ASKERS {
        write!(page, "{name:>10}").unwrap();
    }
    for entry in HELP {
        let usage = entry.usage.split(" [").next().unwrap();
        let command = parse(usage).remove(0).command;
        write!(page, "\n{:28}", usage.trim_start_matches("/team6 ")).unwrap();
        for (_, asker) in ASKERS {
            let answer = match (asker, may_ask(&command, asker)) {
                (Asker::Bot, Err(_)) => "ignored",
                (_, Ok(())) => "obeyed",
                (_, Err(_)) => "refused",
            };
            write!(page, "{answer:>10}").unwrap();
        }
    }
    for (what, by, owner) in [
        ("one's own task", "ada", Some("ada")),
        ("somebody else's task", "ada", Some("grace")),
        ("nobody's task", "ada", None),
    ] {
        for unticks in [false, true] {
            let verb = if unticks { "untick" } else { "tick" };
            write!(page, "\n{:28}", format!("{verb} {what}")).unwrap();
            for (_, asker) in ASKERS {
                write!(page, "{:>10}", tick(asker, by, owner, unticks)).unwrap();
            }
        }
    }
    insta::assert_snapshot!(page);
}
