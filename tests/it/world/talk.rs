//! People and a task's agent: what is said, and what is seen of it.

use reqwest::Method;
use serde_json::json;

use super::ours;
use super::sprint::Sprint;

impl Sprint<'_> {
    /// Somebody comments on a task's issue; the comment's id. Nobody waits.
    pub(crate) async fn writes_at(&self, task: &str, person: &str, text: &str) -> i64 {
        let place = self.place(task);
        let path = format!("{}/issues/{}/comments", place.repo, place.issue);
        let comment = self.does(person, Method::POST, &path, json!({ "body": text })).await;
        comment["id"].as_i64().unwrap()
    }

    /// Somebody edits a comment at a task.
    pub(crate) async fn rewrites_the_comment_at(
        &self,
        task: &str,
        person: &str,
        comment: i64,
        text: &str,
    ) {
        let path = format!("{}/issues/comments/{comment}", self.place(task).repo);
        self.does(person, Method::PATCH, &path, json!({ "body": text })).await;
        self.team.settles().await;
    }

    /// What Team6 shows below a comment at a task: `eyes rocket`.
    pub(crate) async fn signs_at(&self, task: &str, comment: i64) -> String {
        let path = format!("{}/issues/comments/{comment}/reactions", self.place(task).repo);
        let all = self.people().reads(&path).await;
        let words = all.as_array().unwrap().iter().map(|one| one["content"].as_str().unwrap());
        let mut words: Vec<_> = words.map(str::to_owned).collect();
        words.sort_unstable();
        words.join(" ")
    }

    /// Waits until a comment is among what a task's agent is told, and Team6 shows that it saw it.
    pub(crate) async fn waits_until_heard_at(&self, task: &str, comment: i64) {
        self.waits(async || {
            ours::is_told(&self.team.world.db, comment).await
                && self.signs_at(task, comment).await.contains("eyes")
        })
        .await;
    }

    /// Waits until the only agent at work waits for a sign.
    pub(crate) async fn waits_until_the_agent_waits(&self) {
        let waits = || {
            let all = self.team.workspaces();
            all.iter().any(|dir| dir.join("home/.scripted-waits").exists())
        };
        self.waits(async || waits()).await;
    }

    /// Lets every agent go on that waits for a sign.
    pub(crate) fn lets_the_agent_go_on(&self) {
        for dir in self.team.workspaces() {
            std::fs::write(dir.join("home/.scripted-go-on"), "").unwrap();
        }
    }

    /// A file on a task's branch.
    pub(crate) async fn file_of(&self, task: &str, path: &str) -> Option<String> {
        let pull = self.pull_of(task).await;
        self.shows(task, pull.branch(), path)
    }

    fn shows(&self, task: &str, branch: &str, path: &str) -> Option<String> {
        let shown = self.git(task, &["show", &format!("refs/heads/{branch}:{path}")]);
        shown.status.success().then(|| String::from_utf8(shown.stdout).unwrap())
    }

    /// The titles of the commits of a task's branch that are not on `main`, oldest first.
    pub(crate) async fn commits_of(&self, task: &str) -> Vec<String> {
        let range = format!("main..{}", self.pull_of(task).await.branch());
        let log = self.git(task, &["log", "--reverse", "--format=%s", &range]);
        String::from_utf8(log.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    fn git(&self, task: &str, args: &[&str]) -> std::process::Output {
        let repo = format!("localhub/repos/{}.git", self.place(task).repo);
        let repo = self.team.world.dir.path().join(repo);
        std::process::Command::new("git").arg("-C").arg(repo).args(args).output().unwrap()
    }

    /// Somebody commits a file to a branch, as with the pencil on GitHub.
    pub(crate) async fn commits_to(
        &self,
        task: &str,
        person: &str,
        branch: &str,
        path: &str,
        text: &str,
    ) {
        let place = self.place(task);
        let dir = tempfile::TempDir::new().unwrap();
        let origin = format!("localhub/repos/{}.git", place.repo);
        let origin = self.team.world.dir.path().join(origin);
        let url = self.team.clone_url(person, &place.repo);
        let git = async |args: &[&str]| {
            let done = tokio::process::Command::new("git")
                .arg("-C")
                .arg(dir.path())
                .args(["-c", "user.name=x", "-c", "user.email=x@example.org"])
                .args(args)
                .output()
                .await
                .unwrap();
            assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
        };
        git(&["clone", "-q", "-b", branch, &origin.to_string_lossy(), "."]).await;
        let file = dir.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
        git(&["add", "-A"]).await;
        git(&["commit", "-q", "-m", &format!("{person} writes {path}")]).await;
        git(&["push", "-q", &url, &format!("HEAD:{branch}")]).await;
    }

    /// Where a branch of a task's repository stands.
    pub(crate) fn head_of(&self, task: &str, branch: &str) -> String {
        let shown = self.git(task, &["rev-parse", &format!("refs/heads/{branch}")]);
        String::from_utf8(shown.stdout).unwrap().trim().to_owned()
    }

    /// Whether a branch holds a commit.
    pub(crate) fn holds(&self, task: &str, branch: &str, commit: &str) -> bool {
        let branch = format!("refs/heads/{branch}");
        self.git(task, &["merge-base", "--is-ancestor", commit, &branch]).status.success()
    }

    /// How many sessions a task's agent opened in its workspace.
    pub(crate) fn sessions(&self) -> usize {
        let all = self.team.workspaces().into_iter();
        let count = |dir: std::path::PathBuf| {
            std::fs::read_dir(dir.join("home/.scripted-sessions")).into_iter().flatten().count()
        };
        all.map(count).sum()
    }

    /// What agents remember of their sessions is gone, as after an update of theirs.
    pub(crate) fn loses_the_agents_sessions(&self) {
        for dir in self.team.workspaces() {
            std::fs::remove_dir_all(dir.join("home/.scripted-sessions")).unwrap();
        }
    }

    /// Everything Team6 said on a task's pull request.
    pub(crate) async fn answers_at_the_pull_of(&self, task: &str) -> Vec<String> {
        let number = self.number(task).await;
        super::sprint::answers(self.people().comments(&self.place(task).repo, number).await)
    }

    /// What Team6 said in reviews of a task's pull request.
    pub(crate) async fn reviews_of(&self, task: &str) -> Vec<String> {
        let path = format!("{}/pulls/{}/reviews", self.place(task).repo, self.number(task).await);
        let all = self.people().reads(&path).await;
        let text = |one: &serde_json::Value| {
            let body = one["body"].as_str()?.split_once("-->\n")?.1.to_owned();
            Some(format!("{}: {body}", one["state"].as_str()?))
        };
        all.as_array().unwrap().iter().filter_map(text).collect()
    }

    /// Somebody reviews a task's pull request: a verdict, words, and words on lines.
    pub(crate) async fn reviews(
        &self,
        task: &str,
        person: &str,
        verdict: &str,
        words: &str,
        lines: &[(&str, i64, &str)],
    ) {
        self.reviews_without_waiting(task, person, verdict, words, lines).await;
        self.team.settles().await;
    }

    pub(crate) async fn reviews_without_waiting(
        &self,
        task: &str,
        person: &str,
        verdict: &str,
        words: &str,
        lines: &[(&str, i64, &str)],
    ) {
        let path = format!("{}/pulls/{}/reviews", self.place(task).repo, self.number(task).await);
        let line = |(path, line, body): &(&str, i64, &str)| json!({ "path": path, "line": line, "body": body });
        let comments: Vec<_> = lines.iter().map(line).collect();
        let review = json!({ "event": verdict, "body": words, "comments": comments });
        self.does(person, Method::POST, &path, review).await;
    }

    /// The threads of a task's pull request: `ada: Why? / team6[bot]: …`
    pub(crate) async fn threads_of(&self, task: &str) -> Vec<String> {
        let path = format!("{}/pulls/{}/comments", self.place(task).repo, self.number(task).await);
        let all = self.people().reads(&path).await;
        let all = all.as_array().unwrap();
        let words = |one: &serde_json::Value| {
            let body = one["body"].as_str().unwrap();
            let body = body.lines().filter(|line| !line.starts_with("<!--")).collect::<Vec<_>>();
            format!("{}: {}", one["user"]["login"].as_str().unwrap(), body.join(" ").trim())
        };
        let firsts = all.iter().filter(|one| one["in_reply_to_id"].is_null());
        let thread = |first: &serde_json::Value| {
            let replies = all.iter().filter(|one| one["in_reply_to_id"] == first["id"]);
            std::iter::once(first).chain(replies).map(words).collect::<Vec<_>>().join(" / ")
        };
        firsts.map(thread).collect()
    }
}
