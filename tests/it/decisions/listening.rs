//! Which comments at a task are for its agent.

use team6::domain::answers::Which;
use team6::domain::dialogue::{self, Meaning, Question, Remark, Source, Spoken};
use team6::domain::ids::{Attempt, CommentId};
use team6::domain::task::{Event as Happened, Task};

use super::*;

/// A task at work whose agent asked these.
fn asking(questions: &[&str]) -> Task {
    let sprint = started(&approved(vec![task(1, &[])])).sprint;
    let taken = Event::Task(TaskNumber(1), Happened::Taken(Attempt(1)));
    let run = sprint.decide(taken).unwrap().sprint.run.unwrap();
    let mut task = run.find(TaskNumber(1)).unwrap().clone();
    for (number, text) in (1..).zip(questions) {
        let (text, options, answer) = ((*text).to_owned(), vec![], None);
        task.dialogue.questions.push(Question {
            number,
            attempt: Attempt(1),
            text,
            options,
            answer,
        });
    }
    task
}

/// What a new comment means: `message`, `1: blue`, or `nothing`.
fn meaning(task: &Task, by: &str, text: &str) -> String {
    edited(task, by, "", text)
}

fn edited(task: &Task, by: &str, before: &str, text: &str) -> String {
    let is_addressed = text.contains("@team6");
    let comment = CommentId(7);
    let meaning = task.meaning(Remark { comment, by: &login(by), text, before, is_addressed });
    match meaning {
        None => "nothing".to_owned(),
        Some(Meaning::Message) => "message".to_owned(),
        Some(Meaning::Answers(all)) => all
            .iter()
            .map(|one| {
                let to = match &one.to {
                    Which::Number(number) => number.to_string(),
                    Which::Quoted(words) => format!("“{words}”"),
                    Which::Open => "all".to_owned(),
                };
                format!("{to}: {}", one.text.as_deref().unwrap_or("skipped"))
            })
            .collect::<Vec<_>>()
            .join(", "),
    }
}

#[test]
fn an_agent_that_asked_nothing_hears_who_calls_it() {
    let task = asking(&[]);
    for (text, means) in [
        ("@team6 use blue", "message"),
        ("Use blue.", "nothing"),
        ("1. Use blue.", "nothing"),
        ("  ", "nothing"),
    ] {
        assert_eq!(meaning(&task, "ada", text), means, "{text}");
    }
}

#[test]
fn the_only_question_is_answered_by_its_owner_in_any_words() {
    let task = asking(&["Which blue should it be?"]);
    for (by, text, means) in [
        ("ada", "The dark one.", "all: The dark one."),
        ("ada", "@grace, what do you think?", "nothing"),
        ("grace", "The dark one.", "nothing"),
        ("grace", "@team6 the dark one", "all: @team6 the dark one"),
        ("grace", "1. the dark one", "1: the dark one"),
        ("grace", "2. the dark one", "nothing"),
        ("grace", "> which blue should it be\n\ndark", "“which blue should it be”: dark"),
        ("grace", "> blue\n\ndark", "nothing"),
    ] {
        assert_eq!(meaning(&task, by, text), means, "{by}: {text}");
    }
}

#[test]
fn of_several_questions_one_says_which() {
    let task = asking(&["Which blue should it be?", "How many pages are there?"]);
    assert_eq!(meaning(&task, "ada", "The dark one."), "nothing");
    assert_eq!(meaning(&task, "ada", "1. dark\n2. skip"), "1: dark, 2: skipped");
}

#[test]
fn what_is_edited_counts_for_what_is_new_in_it() {
    let mut task = asking(&["Which blue should it be?", "How many pages are there?"]);
    assert_eq!(edited(&task, "ada", "1. dark", "1. dark\n2. four"), "2: four");
    assert_eq!(edited(&task, "ada", "Use blue", "@team6 use blue"), "all: @team6 use blue");

    task.dialogue.questions.clear();
    assert_eq!(edited(&task, "ada", "Use blue", "Use red"), "nothing");
    let said = Spoken {
        by: login("ada"),
        permission: Permission::Write,
        at: DateTime::<Utc>::UNIX_EPOCH,
        from: Source::Comment { on: task.issue.clone(), comment: CommentId(7) },
        text: "@team6 use blue".to_owned(),
        now: false,
        threads: vec![],
    };
    let mut sprint = started(&approved(vec![super::task(1, &[])])).sprint;
    let heard = Event::Dialogue(TaskNumber(1), dialogue::Event::Said(said));
    sprint = sprint.decide(heard).unwrap().sprint;
    let knows = sprint.run.as_ref().unwrap().find(TaskNumber(1)).unwrap();
    assert_eq!(edited(knows, "ada", "@team6 use blue", "Use red"), "message");
    assert_eq!(edited(knows, "ada", "@team6 use blue", "@team6 use blue "), "nothing");
    assert_eq!(meaning(knows, "ada", "@team6 use blue"), "nothing", "the webhook came twice");

    let done = Event::Task(TaskNumber(1), Happened::Skipped(login("ada")));
    let over = sprint.decide(done).unwrap().sprint.run.unwrap();
    let over = over.find(TaskNumber(1)).unwrap();
    assert_eq!(edited(over, "ada", "@team6 use blue", "@team6 use red"), "nothing");
}
