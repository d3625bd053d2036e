//! What the world does to a sprint in the middle of it.

use reqwest::Method;
use serde_json::{Value, json};

use super::github::REPOSITORIES;
use super::sprint::Sprint;
use super::team::Team;
use super::{github, ours};

const HOME: &str = "acme/web";
const APP: &str = "team6";

impl Team {
    /// Something happens, of which Team6 hears by a webhook, or only when it compares everything.
    pub(crate) async fn meets(&self, lost: bool, happens: impl AsyncFn()) {
        if lost {
            self.loses_webhooks_without_a_trace();
        }
        happens().await;
        self.settles().await;
        if lost {
            self.hears_again();
            self.sweeps().await;
        }
        self.settles().await;
    }

    /// What was put off while a repository was out of reach is done now.
    pub(crate) async fn catches_up(&self) {
        ours::tries_what_was_out_of_reach(&self.world.db).await;
        self.settles().await;
    }

    pub(crate) async fn is_suspended(&self, yes: bool) {
        self.world.hub.suspend_app("ada", APP, "acme", yes).await.unwrap();
    }

    pub(crate) async fn is_uninstalled(&self) {
        self.world.hub.uninstall_app("ada", APP, "acme").await.unwrap();
    }

    pub(crate) async fn may_only_see(&self, repos: &[&str]) {
        self.world.hub.select_repositories("ada", APP, "acme", repos).await.unwrap();
    }

    pub(crate) async fn may_see_everything(&self) {
        self.may_only_see(&REPOSITORIES).await;
    }

    pub(crate) async fn repository_moves(&self, from: &str, to: &str) {
        self.world.hub.move_repository("ada", from, to).await.unwrap();
    }

    pub(crate) async fn repository_is_archived(&self, repo: &str, yes: bool) {
        self.world.hub.archive_repository("ada", repo, yes).await.unwrap();
    }

    pub(crate) async fn repository_is_deleted(&self, repo: &str) {
        self.world.hub.delete_repository("ada", repo).await.unwrap();
    }

    pub(crate) async fn default_branch_is_called(&self, repo: &str, name: &str) {
        self.world.hub.rename_default_branch("ada", repo, name).await.unwrap();
    }

    pub(crate) async fn person_is_called(&self, from: &str, to: &str) {
        self.world.hub.rename_person(from, to).await.unwrap();
    }

    /// Ends a story after which not everything can be looked at: only that nothing was given up.
    pub(crate) async fn ends_out_of_reach(self) {
        let given_up = ours::given_up(&self.world.db).await;
        assert!(given_up.is_empty(), "{given_up:?}");
        if let Some(server) = self.world.server.lock().await.take() {
            server.dies().await;
        }
    }
}

impl Sprint<'_> {
    /// The sprint issue is opened or closed.
    pub(crate) async fn is_open(&self, open: bool) {
        let state = if open { "open" } else { "closed" };
        let (people, change) = (&self.team().world.people, json!({ "state": state }));
        people.edits("ada", HOME, self.number_of_issue(), change).await;
    }

    /// Its milestone is opened or closed.
    pub(crate) async fn has_an_open_milestone(&self, open: bool) {
        let state = if open { "open" } else { "closed" };
        let path = format!("{HOME}/milestones/1");
        let people = &self.team().world.people;
        people.does("ada", Method::PATCH, &path, json!({ "state": state })).await;
    }

    pub(crate) async fn loses_its_milestone(&self) {
        let path = format!("{HOME}/milestones/1");
        self.team().world.people.does("ada", Method::DELETE, &path, Value::Null).await;
    }

    pub(crate) async fn is_moved_away(&self) {
        let (hub, number) = (&self.team().world.hub, self.number_of_issue());
        hub.transfer_issue("ada", HOME, number.try_into().unwrap(), "acme/docs").await.unwrap();
    }

    pub(crate) async fn is_deleted(&self) {
        let (hub, number) = (&self.team().world.hub, self.number_of_issue());
        hub.delete_issue("ada", HOME, number.try_into().unwrap()).await.unwrap();
    }

    pub(crate) async fn loses_its_label(&self) {
        let path = format!("{HOME}/issues/{}/labels/{}", self.number_of_issue(), github::LABEL);
        self.team().world.people.does("ada", Method::DELETE, &path, Value::Null).await;
    }

    pub(crate) async fn task_is_reopened(&self, task: &str) {
        self.changes_quietly(task, json!({ "state": "open" })).await;
    }

    pub(crate) async fn task_is_in_milestone(&self, task: &str, milestone: Option<i64>) {
        self.changes_quietly(task, json!({ "milestone": milestone })).await;
    }

    async fn changes_quietly(&self, task: &str, change: Value) {
        let (repo, issue) = self.where_is(task);
        self.team().world.people.edits("ada", &repo, issue, change).await;
    }

    pub(crate) async fn task_is_deleted(&self, task: &str) {
        let (repo, issue) = self.where_is(task);
        let hub = &self.team().world.hub;
        hub.delete_issue("ada", &repo, issue.try_into().unwrap()).await.unwrap();
    }

    pub(crate) async fn task_is_moved_away(&self, task: &str) {
        let (repo, issue) = self.where_is(task);
        let hub = &self.team().world.hub;
        hub.transfer_issue("ada", &repo, issue.try_into().unwrap(), "acme/docs").await.unwrap();
    }

    /// The branch of a task's pull request is deleted.
    pub(crate) async fn loses_the_branch_of(&self, task: &str) {
        let (repo, _) = self.where_is(task);
        let branch = self.pull_of(task).await.branch().to_owned();
        let path = format!("{repo}/git/refs/heads/{branch}");
        self.team().world.people.does("ada", Method::DELETE, &path, Value::Null).await;
    }

    /// What Team6 remembers of how its tasks stand, where nobody can see it on GitHub.
    pub(crate) async fn remembers(&self) -> String {
        ours::tasks(&self.team().world.db, self.number_of_issue()).await
    }

    /// What the command line says why it does not move.
    pub(crate) fn is_explained(&self, task: Option<&str>) -> String {
        let issue = format!("{HOME}#{}", self.number_of_issue());
        let words: Vec<_> = ["why", &issue].into_iter().chain(task).collect();
        let (worked, said) = self.team().types(&words, None);
        assert!(worked, "{said}");
        said
    }

    /// Types `team6 … owner/repo#1 [T1]`.
    pub(crate) fn is_ordered(&self, verb: &str, task: Option<&str>) -> (bool, String) {
        let issue = format!("{HOME}#{}", self.number_of_issue());
        let words: Vec<_> = [verb, &issue].into_iter().chain(task).collect();
        self.team().types(&words, None)
    }

    /// Says why on the sprint issue, without the times.
    pub(crate) async fn why(&self, task: &str) -> String {
        self.hears("linus", format!("/team6 why {task}").trim()).await;
        timeless(&self.answer().await)
    }
}

/// A text without its moments.
pub(crate) fn timeless(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let mut line = line.to_owned();
        while let Some(at) = line.find(", since 2") {
            let end = line[at..].find(')').map_or(line.len(), |end| at + end + 1);
            line.replace_range(at..end, "");
        }
        if let Some(at) = line.find(" That is at ") {
            line.truncate(at);
        }
        line
    });
    lines.collect::<Vec<_>>().join("\n")
}
