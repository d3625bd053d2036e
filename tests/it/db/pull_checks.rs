//! The checks of pull requests.

use team6::db::{board, pull_checks};
use team6::domain::ids::{CommitSha, PullNumber, RunId, TaskNumber};
use team6::domain::verdict::{State, Verdict};

use crate::engines::{at, in_one_transaction};

fn verdict(name: &str, state: State) -> Verdict {
    Verdict { name: name.into(), state, url: Some("https://ci.example/1".into()) }
}

#[tokio::test]
async fn the_checks_of_a_pull_request_are_those_that_were_read_last() {
    in_one_transaction(async |tx| {
        let (repo, pull) = ("acme/web".parse().unwrap(), PullNumber(4));
        let (old, new) = (CommitSha("a".repeat(40)), CommitSha("b".repeat(40)));
        assert_eq!(pull_checks::of(tx, &repo, pull).await.unwrap(), None);
        let running = [verdict("tests", State::Running)];
        let passed = [verdict("a NUL \0", State::Passed), verdict("tests", State::Failed)];
        let of = (&repo, pull);
        assert!(pull_checks::note(tx, of, &old, &running, at(1)).await.unwrap());
        assert!(!pull_checks::note(tx, of, &old, &running, at(2)).await.unwrap());
        assert!(pull_checks::note(tx, of, &new, &passed, at(3)).await.unwrap());
        let (head, checks) = pull_checks::of(tx, &repo, pull).await.unwrap().unwrap();
        assert_eq!((head, checks.len(), checks[1].state), (new, 2, State::Failed));
        assert_eq!(pull_checks::of(tx, &repo, PullNumber(5)).await.unwrap(), None);
        let run = RunId("run_9_9_9".into());
        assert_eq!(board::checked_at(tx, &run, TaskNumber(1)).await.unwrap(), None);
    })
    .await;
}
