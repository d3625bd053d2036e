//! Parts of a task that its agent hands to others: what people see of them, and what they allow.

use reqwest::Method;
use serde_json::json;
use team6::clock::Clock;

use super::people::Comment;
use super::server::{Kind, ONE_SLOT};
use super::sprint::{Sprint, with_box, without_hashes};
use super::team::Team;

impl Team {
    /// A team with one slot for all agents.
    pub(crate) async fn with_one_slot() -> Self {
        Self::with(Kind::Inside, Some(ONE_SLOT), Clock::System).await
    }
}

impl Sprint<'_> {
    /// The comment that asks about the parts of a task.
    pub(crate) async fn asked_about_parts(&self, task: &str) -> String {
        let text = without_hashes(&self.parts_comment(task).await.body);
        text.split_once("-->\n").map_or(text.clone(), |(_, text)| text.to_owned())
    }

    /// Somebody ticks the box of a part.
    pub(crate) async fn ticks_the_part(&self, task: &str, person: &str, part: &str) {
        let comment = self.parts_comment(task).await;
        let path = format!("{}/issues/comments/{}", self.place(task).repo, comment.id);
        let body = json!({ "body": with_box(&comment.body, part, true) });
        self.does(person, Method::PATCH, &path, body).await;
        self.team.settles().await;
    }

    /// Waits until so many agents wait for a sign.
    pub(crate) async fn waits_until_agents_wait(&self, agents: usize) {
        let waits = |dir: &std::path::PathBuf| dir.join("home/.scripted-waits").exists();
        self.waits(async || {
            agents <= self.team.workspaces().iter().filter(|dir| waits(dir)).count()
        })
        .await;
    }

    async fn parts_comment(&self, task: &str) -> Comment {
        let place = self.place(task);
        let comments = self.people().comments(&place.repo, place.issue).await;
        let found = comments.into_iter().find(|one| one.body.starts_with("<!-- team6:parts."));
        found.expect("nobody was asked about parts")
    }
}
