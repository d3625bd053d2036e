use chrono::DateTime;
use proptest::prelude::*;

use super::*;
use crate::domain::ids::{Attempt, CommitSha, PullNumber};

fn draft(text: &str, task: Option<i64>) -> Draft {
    let run = RunId("run_7_1_1".to_owned());
    let source = Source {
        by: "backend".to_owned(),
        repo: "acme/web".parse().unwrap(),
        task: task.map(|task| (run, TaskNumber(task))),
    };
    Draft { agent: None, text: text.to_owned(), source }
}

fn acme() -> ProjectName {
    ProjectName("acme".to_owned())
}

fn noted(all: &mut Vec<Note>, text: &str, task: Option<i64>) -> Result<NoteNumber, Unfit> {
    let note = remember(all, &acme(), draft(text, task), DateTime::UNIX_EPOCH)?;
    let number = note.number;
    all.push(note);
    Ok(number)
}

fn recalled<'a>(all: &'a [Note], asked: &str, budget: usize) -> Vec<&'a str> {
    let all: Vec<_> = all.iter().collect();
    recall(&all, asked, budget).into_iter().map(|note| note.text.as_str()).collect()
}

#[test]
fn notes_are_numbered_and_said_once() {
    let mut all = Vec::new();
    assert_eq!(noted(&mut all, " Colors live in tokens.css ", Some(1)), Ok(NoteNumber(1)));
    assert_eq!(noted(&mut all, "Run `just test`", None), Ok(NoteNumber(2)));
    let again = noted(&mut all, "Colors live in tokens.css", Some(2));
    assert_eq!(again, Err(Unfit::Known(NoteNumber(1))));
    assert_eq!((all[0].standing, all[1].standing), (Standing::Tentative, Standing::Kept));
    all[0].standing = Standing::Forgotten;
    assert_eq!(noted(&mut all, "Colors live in tokens.css", Some(2)), Ok(NoteNumber(3)));
}

#[test]
fn a_task_and_a_project_have_only_so_many_notes() {
    let mut all = Vec::new();
    for nth in 0..MOST_OF_TASK {
        noted(&mut all, &format!("fact {nth}"), Some(1)).unwrap();
    }
    assert_eq!(noted(&mut all, "one more", Some(1)), Err(Unfit::EnoughOfTask));
    for nth in MOST_OF_TASK..MOST_OF_PROJECT {
        noted(&mut all, &format!("fact {nth}"), None).unwrap();
    }
    assert_eq!(noted(&mut all, "one more", None), Err(Unfit::Full));
}

#[test]
fn what_is_no_note_is_refused() {
    assert_eq!(words("  "), Err(Unfit::Empty));
    assert_eq!(words(&"x".repeat(501)), Err(Unfit::TooLong(501)));
    assert_eq!(words("The password: hunter22"), Err(Unfit::Secret));
}

#[test]
fn keys_are_recognized_and_words_about_them_are_not() {
    for secret in [
        "use ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "AKIAIOSFODNN7EXAMPLE is ours",
        "OPENAI_API_KEY=sk-proj-abcdefghijklmnop",
        "-----BEGIN RSA PRIVATE KEY-----",
        "clone https://ada:hunter2@example.org/x.git",
        "password: correct-horse-9",
        "the \"token\": \"a1b2c3d4e5\"",
        "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY1",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.x",
    ] {
        assert!(looks_secret(secret), "{secret}");
    }
    for harmless in [
        "Passwords are hashed with argon2 in src/auth.rs",
        "The token: ask the team lead for one",
        "Fixed in 9f2c4d5e6a7b8c9d0e1f2a3b4c5d6e7f8a9b0c1d",
        "Run cargo test --workspace --all-features before you commit",
        "see docs/architecture/decisions/0004-Colors-And-Themes.md",
        "Use AbstractSingletonProxyFactoryBean2 for that",
        "https://example.org/path?q=1",
        "secret santa is on the 24th",
    ] {
        assert!(!looks_secret(harmless), "{harmless}");
    }
}

#[test]
fn what_has_to_do_with_the_work_is_recalled_first() {
    let mut all = Vec::new();
    for text in [
        "Run `just test` before you commit",
        "The theme's colors live in tokens.css, and tests compare them",
        "The profile is cached for a minute",
        "renderTheme must not touch the header",
    ] {
        noted(&mut all, text, None).unwrap();
    }
    let asked = "Add a dark theme: new colors for every page";
    assert_eq!(
        recalled(&all, asked, BUDGET),
        [
            "The theme's colors live in tokens.css, and tests compare them",
            "renderTheme must not touch the header",
        ]
    );
    assert_eq!(recalled(&all, asked, 40), ["renderTheme must not touch the header"]);
    assert_eq!(recalled(&all, "testing", BUDGET).len(), 2);
    assert!(recalled(&all, "the of and", BUDGET).is_empty());
    assert!(recalled(&[], "anything", BUDGET).is_empty());
}

#[test]
fn a_note_is_for_its_project_its_agent_and_at_first_its_task() {
    let task = (RunId("run_7_1_1".to_owned()), TaskNumber(1));
    let other = (RunId("run_7_1_1".to_owned()), TaskNumber(2));
    let (backend, frontend) = (AgentName("backend".to_owned()), AgentName("frontend".to_owned()));
    let mut all = Vec::new();
    noted(&mut all, "a fact", Some(1)).unwrap();
    let note = &mut all[0];
    assert!(note.is_for(&backend, Some(&task)) && !note.is_for(&backend, Some(&other)));
    assert!(!note.is_for(&backend, None));
    note.standing = Standing::Kept;
    assert!(note.is_for(&backend, Some(&other)) && note.is_for(&frontend, None));
    note.agent = Some(backend.clone());
    assert!(note.is_for(&backend, None) && !note.is_for(&frontend, None));
    for gone in [Standing::Dropped, Standing::Forgotten] {
        note.standing = gone;
        assert!(!note.is_for(&backend, Some(&task)));
    }
}

#[test]
fn notes_share_the_fate_of_their_pull_request() {
    let (attempt, pull) = (Attempt(1), PullNumber(7));
    let review = State::Review { attempt, pull };
    let closed = State::Closed { attempt, pull };
    let done = State::Done { attempt, pull, merge: CommitSha("a".repeat(40)) };
    let tentative = Standing::Tentative;
    assert_eq!(Standing::change(&review, &done), Some((tentative, Standing::Kept)));
    assert_eq!(Standing::change(&review, &closed), Some((tentative, Standing::Dropped)));
    assert_eq!(Standing::change(&closed, &review), Some((Standing::Dropped, tentative)));
    assert_eq!(Standing::change(&closed, &done), Some((Standing::Dropped, Standing::Kept)));
    let assigned = State::Assigned { attempt: Attempt(2) };
    assert_eq!(Standing::change(&closed, &assigned), None);
    assert_eq!(Standing::change(&State::InProgress { attempt }, &review), None);
}

#[test]
fn a_note_is_written_as_people_write_it() {
    for (word, number) in
        [("M3", Some(3)), ("m3", Some(3)), ("3", Some(3)), ("T3", None), ("M", None)]
    {
        assert_eq!(word.parse().ok(), number.map(NoteNumber), "{word}");
    }
}

proptest! {
    #[test]
    fn what_is_recalled_fits_and_is_there_once(
        texts in prop::collection::btree_set("[a-c]{2,4}( [a-c]{2,4}){0,5}", 0..20),
        asked in "[a-c]{2,4}( [a-c]{2,4}){0,5}",
        budget in 0_usize..120,
    ) {
        let mut all = Vec::new();
        for text in &texts {
            noted(&mut all, text, None).unwrap();
        }
        let found = recalled(&all, &asked, budget);
        prop_assert!(found.iter().map(|text| text.chars().count()).sum::<usize>() <= budget);
        let once: std::collections::BTreeSet<_> = found.iter().collect();
        prop_assert_eq!(once.len(), found.len());
        prop_assert_eq!(found, recalled(&all, &asked, budget));
    }

    #[test]
    fn any_text_is_looked_at(text in "\\PC{0,200}") {
        looks_secret(&text);
        let _ = words(&text);
    }
}
