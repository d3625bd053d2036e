//! What agents and people noted.

use team6::db::notes;
use team6::domain::ids::{AgentName, Login, ProjectName};
use team6::domain::memory::{Note, NoteNumber, Source, Standing};

use super::*;
use crate::engines::in_one_transaction;

fn project(name: &str) -> ProjectName {
    ProjectName(name.to_owned())
}

fn note(of: &str, number: i64, task: Option<i64>) -> Note {
    Note {
        project: project(of),
        number: NoteNumber(number),
        agent: Some(AgentName("backend".to_owned())).filter(|_| number % 2 == 0),
        text: format!("Größe {number}"),
        source: Source {
            by: "backend".to_owned(),
            repo: repo("acme/web"),
            task: task.map(|task| (RunId("run_7_1_1".to_owned()), TaskNumber(task))),
        },
        standing: if task.is_some() { Standing::Tentative } else { Standing::Kept },
        made_at: at(number),
        changed_by: None,
    }
}

#[tokio::test]
async fn notes_come_back_as_they_were_and_only_to_their_project() {
    in_one_transaction(async |tx| {
        for one in [note("acme", 1, Some(3)), note("acme", 2, None), note("other", 1, None)] {
            assert!(notes::add(tx, &one).await.unwrap());
        }
        let all = notes::of(tx, &project("acme")).await.unwrap();
        assert_eq!(all, [note("acme", 1, Some(3)), note("acme", 2, None)]);
        assert_eq!(notes::of(tx, &project("other")).await.unwrap(), [note("other", 1, None)]);
    })
    .await;
}

#[tokio::test]
async fn a_number_is_given_once() {
    in_one_transaction(async |tx| {
        assert!(notes::add(tx, &note("acme", 1, None)).await.unwrap());
        assert!(!notes::add(tx, &note("acme", 1, Some(3))).await.unwrap());
        assert_eq!(notes::of(tx, &project("acme")).await.unwrap(), [note("acme", 1, None)]);
    })
    .await;
}

#[tokio::test]
async fn the_notes_of_a_task_change_together_and_others_do_not() {
    in_one_transaction(async |tx| {
        for one in [note("acme", 1, Some(3)), note("acme", 2, Some(3)), note("acme", 3, Some(4))] {
            notes::add(tx, &one).await.unwrap();
        }
        let (run, ada) = (RunId("run_7_1_1".to_owned()), Login("ada".to_owned()));
        assert!(notes::forget(tx, &project("acme"), NoteNumber(2), &ada).await.unwrap());
        let change = (Standing::Tentative, Standing::Kept);
        assert_eq!(notes::change(tx, &run, TaskNumber(3), change).await.unwrap(), 1);
        let all = notes::of(tx, &project("acme")).await.unwrap();
        let standing: Vec<_> = all.iter().map(|note| note.standing).collect();
        assert_eq!(standing, [Standing::Kept, Standing::Forgotten, Standing::Tentative]);
    })
    .await;
}

#[tokio::test]
async fn what_is_forgotten_has_no_words_and_does_not_come_back() {
    in_one_transaction(async |tx| {
        let (acme, ada) = (project("acme"), Login("ada".to_owned()));
        notes::add(tx, &note("acme", 1, None)).await.unwrap();
        assert!(notes::reword(tx, &acme, NoteNumber(1), "other words", &ada).await.unwrap());
        assert!(notes::forget(tx, &acme, NoteNumber(1), &ada).await.unwrap());
        assert!(!notes::forget(tx, &acme, NoteNumber(1), &ada).await.unwrap());
        assert!(!notes::reword(tx, &acme, NoteNumber(1), "again", &ada).await.unwrap());
        assert!(!notes::forget(tx, &acme, NoteNumber(2), &ada).await.unwrap());
        let all = notes::of(tx, &acme).await.unwrap();
        assert_eq!((all[0].text.as_str(), all[0].changed_by.clone()), ("", Some(ada)));
    })
    .await;
}
