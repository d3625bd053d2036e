//! Who may know whom: the map in docs/ARCHITECTURE.md, as a test.

use std::collections::BTreeSet;

use crate::aloud;
use crate::sources::{Source, below};

/// Every module and all it may name, lowest first. Another crate of the workspace is on the map
/// like a module.
const MAP: &[(&str, &str)] = &[
    ("localhub", ""),
    ("domain", ""),
    ("causes", ""),
    ("clock", "domain"),
    ("config", "domain"),
    ("db", "domain"),
    ("github", "clock domain"),
    ("git", "causes domain"),
    ("agent", "clock causes domain"),
    ("say", "domain"),
    ("telemetry", "config domain"),
    ("queue", "db domain"),
    ("app", "queue db github git agent say config clock causes domain"),
    ("web", "app queue db github git agent say config clock causes domain"),
    ("worker", "git agent config clock causes domain"),
    (
        "service",
        "web worker app queue db github git agent say config clock telemetry causes domain",
    ),
    (
        "demo",
        "service web worker app queue db github git agent say config clock telemetry causes domain \
              localhub",
    ),
    (
        "cli",
        "demo service web worker app queue db github git agent say config clock telemetry \
             domain localhub",
    ),
    ("main", "cli"),
];

/// What only one file may call.
const ONLY: &[(&str, &str)] = &[
    ("sprints::advance", "src/app/apply.rs"),
    ("runs::advance", "src/app/apply.rs"),
    ("tasks::advance", "src/app/apply.rs"),
];

/// What a decision has no use for.
const NOT_IN_DOMAIN: &[&str] = &["async", "await", "Utc::now", "std::fs", "tokio", "rand", "Uuid"];

#[test]
fn no_module_names_one_it_must_not_know() {
    let sources = below("src");
    for (module, _) in MAP {
        if *module != "localhub" && !sources.iter().any(|source| module_of(&source.path) == *module)
        {
            aloud(&format!("layers: {module} is on the map and not built yet"));
        }
    }
    holds(&sources, names_above);
}

#[test]
fn localhub_knows_nothing_of_team6() {
    holds(&below("localhub"), |source| {
        let named = names(source).contains("team6");
        named.then(|| format!("{}: names team6", source.path)).into_iter().collect()
    });
}

#[test]
fn decisions_have_no_clock_no_files_and_wait_for_nothing() {
    holds(&below("src/domain"), impure);
}

#[test]
fn one_file_writes_what_was_decided() {
    holds(&below("src"), writes_elsewhere);
}

fn holds(sources: &[Source], law: impl Fn(&Source) -> Vec<String>) {
    let broken: Vec<_> = sources.iter().flat_map(law).collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

fn names_above(source: &Source) -> Vec<String> {
    let module = module_of(&source.path);
    if module == "lib" {
        return Vec::new();
    }
    let Some((_, allowed)) = MAP.iter().find(|(name, _)| *name == module) else {
        return vec![format!("{}: {module} is not on the map in tests/it/layers.rs", source.path)];
    };
    names(source)
        .iter()
        .filter(|named| **named != module && MAP.iter().any(|(name, _)| name == *named))
        .filter(|named| !allowed.split_whitespace().any(|allowed| allowed == *named))
        .map(|named| format!("{}: {module} names {named}", source.path))
        .collect()
}

fn impure(source: &Source) -> Vec<String> {
    let says = |what: &&&str| {
        source.code.match_indices(**what).any(|(at, _)| {
            let before = source.code[..at].chars().next_back();
            let after = source.code[at + what.len()..].chars().next();
            let in_a_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            !in_a_word(before) && !in_a_word(after)
        })
    };
    NOT_IN_DOMAIN.iter().filter(says).map(|what| format!("{}: says {what}", source.path)).collect()
}

fn writes_elsewhere(source: &Source) -> Vec<String> {
    let packed: String = source.code.split_whitespace().collect();
    ONLY.iter()
        .filter(|(call, home)| {
            let (table, verb) = call.split_once("::").unwrap();
            let imported = packed.match_indices(&format!("{table}::{{")).any(|(at, _)| {
                let group = &packed[at..];
                group[..group.find('}').unwrap_or(group.len())].contains(verb)
            });
            source.path != *home && (packed.contains(call) || imported)
        })
        .map(|(call, home)| format!("{}: {call} belongs to {home}", source.path))
        .collect()
}

/// `src/db/tasks.rs` is of `db`, and so is `src/db.rs`.
fn module_of(path: &str) -> &str {
    let path = path.strip_prefix("src/").unwrap_or(path);
    path.split('/').next().unwrap_or(path).trim_end_matches(".rs")
}

/// What a file names at the root of a crate: `crate::this`, `team6::this`, as many `super::` as
/// lead there, and other crates of the workspace.
fn names(source: &Source) -> BTreeSet<String> {
    let code: String = source.code.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut names = BTreeSet::new();
    for root in ["crate::", "team6::"] {
        for (at, _) in code.match_indices(root) {
            names.extend(heads(&code[at + root.len()..]));
        }
    }
    for (at, _) in code.match_indices("super::") {
        if code[..at].ends_with("super::") {
            continue;
        }
        let climbed = &code[at..];
        let past = climbed.trim_start_matches("super::");
        if (climbed.len() - past.len()) / "super::".len() == depth(&source.path) {
            names.extend(heads(past));
        }
    }
    for krate in ["localhub", "team6"] {
        if code.contains(&format!("{krate}::")) {
            names.insert(krate.to_owned());
        }
    }
    names
}

/// How many `super::` lead to the root of the crate.
fn depth(path: &str) -> usize {
    let folders = path.trim_start_matches("src/").matches('/').count();
    if path.ends_with("/mod.rs") { folders } else { folders + 1 }
}

/// The first names of a path: `db` of `db::tasks`, and both of `{db::{Db, Tx}, domain}`.
fn heads(path: &str) -> Vec<String> {
    let Some(group) = path.strip_prefix('{') else {
        return vec![word(path).to_owned()];
    };
    let mut heads = Vec::new();
    let mut level = 0;
    let mut expected = true;
    for (at, c) in group.char_indices() {
        match c {
            '{' => level += 1,
            '}' if level == 0 => break,
            '}' => level -= 1,
            ',' if level == 0 => expected = true,
            c if expected && !c.is_whitespace() => {
                heads.push(word(&group[at..]).to_owned());
                expected = false;
            }
            _ => {}
        }
    }
    heads
}

fn word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

#[test]
fn a_name_from_above_is_found_however_it_is_written() {
    let broken = |path, text| names_above(&Source::of(path, text));
    for text in [
        "use crate::app::App;",
        "use crate::{domain::ids, app};",
        "use crate::{\n    domain::{ids, task},\n    app::{App},\n};",
        "fn f() { crate::app::apply() }",
        "use super::super::app;",
    ] {
        assert_eq!(broken("src/db/tasks.rs", text), ["src/db/tasks.rs: db names app"], "{text}");
    }
    assert_eq!(broken("src/db/mod.rs", "use super::app;"), ["src/db/mod.rs: db names app"]);
    assert_eq!(
        broken("src/worker/mod.rs", "use crate::db;"),
        ["src/worker/mod.rs: worker names db"]
    );
    assert_eq!(broken("src/git.rs", "use crate::agent;"), ["src/git.rs: git names agent"]);
    assert_eq!(broken("src/main.rs", "team6::db::open()"), ["src/main.rs: main names db"]);
    assert_eq!(broken("src/web/mod.rs", "localhub::x()"), ["src/web/mod.rs: web names localhub"]);
    assert_eq!(
        broken("src/utils.rs", ""),
        ["src/utils.rs: utils is not on the map in tests/it/layers.rs"]
    );
}

#[test]
fn what_is_allowed_said_or_tested_is_not_found() {
    let broken = |path, text| names_above(&Source::of(path, text));
    for text in [
        "use crate::domain::ids;",
        "use super::{Tx, app};", // db::app, if there were one
        "// crate::app\nconst S: &str = \"crate::app\";",
        "#[cfg(test)]\nmod tests { use crate::app; }",
    ] {
        assert_eq!(broken("src/db/tasks.rs", text), [""; 0], "{text}");
    }
    assert_eq!(broken("src/lib.rs", "pub mod app; pub use crate::app::App;"), [""; 0]);
    assert_eq!(broken("src/main.rs", "team6::cli::run()"), [""; 0]);
}

#[test]
fn impure_decisions_are_found() {
    let says = |text| impure(&Source::of("src/domain/x.rs", text));
    assert_eq!(says("async fn f() {}"), ["src/domain/x.rs: says async"]);
    assert_eq!(says("let now = chrono::Utc::now();"), ["src/domain/x.rs: says Utc::now"]);
    assert_eq!(says("use std::fs;"), ["src/domain/x.rs: says std::fs"]);
    assert_eq!(says("use tokio::time;"), ["src/domain/x.rs: says tokio"]);
    assert_eq!(says("fn asynchronous(brand: u8) {} // async"), [""; 0]);
}

#[test]
fn a_second_writer_is_found() {
    let found = |path, text| writes_elsewhere(&Source::of(path, text)).len();
    for text in [
        "db::sprints::advance(&mut tx)",
        "use crate::db::sprints::{advance, get};",
        "db::runs::advance(tx)",
        "use super::tasks::advance as move_on;",
        "tasks\n    ::advance(tx)",
    ] {
        assert_eq!(found("src/web/api.rs", text), 1, "{text}");
        assert_eq!(found("src/app/apply.rs", text), 0, "{text}");
    }
    assert_eq!(found("src/db/sprints.rs", "pub async fn advance(tx: &mut Tx) {}"), 0);
}
