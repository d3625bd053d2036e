//! One text of SQL for two engines: what migrations/README.md allows, as a test.

use std::fs;
use std::path::Path;

use team6::db::{Db, sprints};

use crate::engines::{eight, on_an_empty_postgres, on_every_engine_at, on_every_engine_from};
use crate::sources::below;

const TYPES: &[&str] = &["text", "bigint", "boolean", "json", "timestamptz", "bytea"];

/// What only one engine understands, or understands in its own way.
const FORBIDDEN: &[&str] = &[
    "serial",
    "autoincrement",
    "generated",
    "[]",
    "create type",
    "trigger",
    "function",
    "alter column",
    "drop constraint",
    "now()",
    "current_timestamp",
    "for update",
    "skip locked",
    "ilike",
    "interval",
    "strftime",
    "datetime(",
    "json_extract",
    "->>",
    "::",
];

/// Every migration: its name and its statements, without comments.
fn migrations() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, without_comments(&fs::read_to_string(path).unwrap()))
        })
        .collect();
    found.sort();
    found
}

fn without_comments(sql: &str) -> String {
    let code = |line: &str| line.split("--").next().unwrap_or_default().to_lowercase();
    sql.lines().map(code).collect::<Vec<_>>().join(" ")
}

/// The columns that a migration makes, with their types.
fn columns(sql: &str) -> Vec<(&str, &str)> {
    let mut columns = Vec::new();
    for statement in sql.split(';').map(str::trim) {
        let definitions = if statement.starts_with("create table") {
            let inside = statement.split_once('(').map_or("", |(_, inside)| inside);
            clauses(inside.trim_end_matches(')'))
        } else {
            statement.split("add column").skip(1).collect()
        };
        for definition in definitions {
            let mut words = definition.split_whitespace();
            let (name, kind) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            let constraint = ["primary", "unique", "check", "foreign", "constraint"];
            if !constraint.iter().any(|word| name.starts_with(word)) {
                columns.push((name, kind.trim_end_matches(',')));
            }
        }
    }
    columns
}

/// The parts between commas that are not in parentheses.
fn clauses(text: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    text.split(|c| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
    .collect()
}

fn forbidden(sql: &str) -> Vec<&'static str> {
    FORBIDDEN.iter().copied().filter(|word| sql.contains(word)).collect()
}

fn odd_types(sql: &str) -> Vec<(&str, &str)> {
    columns(sql).into_iter().filter(|(_, kind)| !TYPES.contains(kind)).collect()
}

#[test]
fn migrations_say_only_what_both_engines_understand() {
    for (name, sql) in migrations() {
        assert!(columns(&sql).len() + sql.matches("index").count() != 0, "{name} makes nothing");
        assert_eq!(odd_types(&sql), [], "{name}");
        assert_eq!(forbidden(&sql), [""; 0], "{name}");
    }
}

#[test]
fn statements_say_only_what_both_engines_understand() {
    let verbs = ["select ", "insert ", "update ", "delete ", "with "];
    let mut statements = 0;
    for source in below("src/db").into_iter().chain(below("src/queue")) {
        for text in &source.strings {
            let sql = text.trim_matches('"').trim_start().to_lowercase();
            if verbs.iter().any(|verb| sql.starts_with(verb)) {
                statements += 1;
                assert_eq!(forbidden(&sql), [""; 0], "{}: {text}", source.path);
            }
        }
    }
    assert!(30 < statements, "only {statements} statements were found");
}

#[test]
fn migrations_are_numbered_without_a_gap() {
    for (number, (name, _)) in (1..).zip(migrations()) {
        assert!(name.starts_with(&format!("{number:04}_")), "{name} should be number {number}");
    }
}

#[test]
fn what_one_engine_does_not_understand_is_found() {
    let sql = without_comments(
        "create table a (\n  id serial primary key, -- bytes\n  b blob,\n  c text not null,
           d bigint check (d in (1, 2)),\n  primary key (id, c)\n);
         ALTER TABLE a ADD COLUMN e jsonb; create index i on a (c);",
    );
    assert_eq!(odd_types(&sql), [("id", "serial"), ("b", "blob"), ("e", "jsonb")]);
    assert_eq!(forbidden(&sql), ["serial"]);
    assert_eq!(
        forbidden("update a set b = now() where id = $1 for update"),
        ["now()", "for update"]
    );
}

#[tokio::test]
async fn migrating_again_is_harmless() {
    on_every_engine_at(async |db, url| {
        let again = Db::open(&url).await.unwrap();
        for db in [&db, &again] {
            let mut tx = db.read().await.unwrap();
            assert!(sprints::all(&mut tx).await.unwrap().is_empty());
        }
        again.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_share_a_database_and_start_at_once_migrate_it_once() {
    async fn open(url: String) {
        Db::open(&url).await.unwrap().close().await;
    }
    on_an_empty_postgres(async |url| {
        eight(|_| open(url.clone())).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_find_a_fresh_file_at_once_migrate_it_once() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("team6.db").display());
        let opened = eight(|_| {
            let url = url.clone();
            async move {
                let db = Db::open(&url).await.unwrap();
                let up_to_date = db.is_up_to_date().await.unwrap();
                db.close().await;
                up_to_date
            }
        });
        assert!(opened.await.into_iter().all(|up_to_date| up_to_date));
    }
}

/// Data as each earlier version left it: `fixtures/versions/NNNN.sql` is what a database held whose
/// last migration was number NNNN. Whoever adds a migration adds the file of the version before.
#[tokio::test]
async fn every_earlier_version_is_migrated_with_its_data() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/versions");
    let all = migrations();
    for (number, _) in (1..).zip(&all).take(all.len() - 1) {
        let data = folder.join(format!("{number:04}.sql"));
        assert!(data.exists(), "add {}, as that version would have written it", data.display());
        on_every_engine_from(number, &fs::read_to_string(&data).unwrap(), async |db| {
            assert!(db.is_up_to_date().await.unwrap());
            let mut tx = db.read().await.unwrap();
            for sprint in sprints::all(&mut tx).await.unwrap() {
                sprints::get(&mut tx, &sprint).await.unwrap();
            }
        })
        .await;
    }
}
