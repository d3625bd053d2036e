//! Waiting until everybody has heard everything and nobody works any more.

use std::fmt::Write as _;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use team6::db::Db;

use super::github::REPOSITORIES;
use super::ours;
use super::team::World;

const PATIENCE: Duration = Duration::from_mins(5);
const SILENCE: Duration = Duration::from_millis(500);
const GLANCE: Duration = Duration::from_millis(40);

impl World {
    pub(super) async fn settles(&self) {
        let begun = Instant::now();
        let mut calm = 0;
        while calm < 2 {
            if self.is_calm().await {
                calm += 1;
                continue;
            }
            calm = 0;
            let in_time = begun.elapsed() < PATIENCE;
            assert!(in_time, "this does not come to an end:\n{}", self.told().await);
            self.lets_time_pass().await;
            tokio::time::sleep(GLANCE).await;
        }
    }

    async fn is_calm(&self) -> bool {
        self.dying.load(Ordering::SeqCst) == 0
            && tokio::time::timeout(Duration::from_secs(1), self.hub.settled()).await.is_ok()
            && ours::is_idle(&self.db).await
            && self.dying.load(Ordering::SeqCst) == 0
            && self.has_looked_around_again()
    }

    /// A Team6 that was started again compares everything with GitHub, which nothing shows but
    /// its questions.
    fn has_looked_around_again(&self) -> bool {
        !self.came_back.load(Ordering::SeqCst) || SILENCE < self.wire.silence()
    }

    /// What can be told without GitHub.
    pub(super) async fn remembered(db: &Db) -> String {
        let parts = [ours::history(db).await, ours::effects(db).await, ours::executions(db).await];
        parts.concat().join("\n")
    }

    /// Everything that helps to understand what happened.
    pub(super) async fn told(&self) -> String {
        let mut told = String::new();
        let mut part = |title: &str, lines: Vec<String>| {
            let _ = writeln!(told, "--- {title}\n{}", lines.join("\n"));
        };
        part("history", ours::history(&self.db).await);
        part("effects", ours::effects(&self.db).await);
        part("executions", ours::executions(&self.db).await);
        for repo in REPOSITORIES {
            for issue in self.people.issues(repo).await {
                let comments = self.people.comments(repo, issue).await;
                let comments =
                    comments.into_iter().map(|c| format!("{}: {}", c.user.login, c.body));
                part(&format!("{repo}#{issue}"), comments.collect());
            }
        }
        let log = self.wire.log();
        let last = log.iter().rev().take(30).rev();
        part("last requests", last.map(|one| format!("{} {}", one.status, one.asked)).collect());
        told
    }
}
