//! The team, its GitHub and its Team6.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use localhub::{AppKeys, Hub, Plan as Faults, Role, WebhookFaults};
use reqwest::Method;
use serde_json::json;
use team6::clock::Clock;
use team6::db::Db;
use team6::domain::ids::BranchName;
use team6::github::{Check, Conclusion, GitHub, Settings, Status};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, Notify, mpsc};

use super::accident::{Accident, Act, Mishap, When};
use super::people::People;
use super::plan::Wish;
use super::server::{self, Kind, Server};
use super::wire::Wire;
use super::{Sprint, github, ours, time};

/// A team that has just installed Team6: ada maintains, grace and mary write, linus reads.
pub(crate) struct Team {
    pub(super) world: Arc<World>,
}

pub(super) struct World {
    pub(super) hub: Hub,
    pub(super) people: People,
    pub(super) wire: Wire,
    pub(super) db: Db,
    pub(super) dir: TempDir,
    /// How many times Team6 is to die and has not come back from yet.
    pub(super) dying: AtomicUsize,
    /// Whether it died and came back once.
    pub(super) came_back: AtomicBool,
    pub(super) server: Mutex<Option<Server>>,
    pub(super) keys: AppKeys,
    pub(super) clock: Clock,
    kind: Kind,
    pub(super) config: PathBuf,
    pub(super) github: String,
}

/// Team6 in the middle of something, until it may go on.
pub(crate) struct Pause {
    reached: Arc<Notify>,
    go_on: Arc<Notify>,
}

impl Team {
    /// A team whose Team6 runs in this process.
    pub(crate) async fn new() -> Self {
        Self::with(Kind::Inside, None, Clock::System).await
    }

    /// A team whose Team6 has a planner agent, started with these words.
    pub(crate) async fn with_a_planner(words: &[&str]) -> Self {
        let planner = server::scripted_planner(words);
        Self::with(Kind::Inside, Some(&planner), Clock::System).await
    }

    /// The same, with the program `team6 serve`.
    pub(crate) async fn with_the_program_and_a_planner(words: &[&str]) -> Self {
        let planner = server::scripted_planner(words);
        Self::with(Kind::Program, Some(&planner), Clock::System).await
    }

    /// A team whose Team6 has the planner agent of these settings.
    pub(crate) async fn with_the_planner(settings: &str) -> Self {
        Self::with(Kind::Inside, Some(settings), Clock::System).await
    }

    /// A team whose Team6 has these settings: first of its agent `frontend`, then whole tables.
    pub(crate) async fn with_settings(settings: &str) -> Self {
        Self::with(Kind::Inside, Some(settings), Clock::System).await
    }

    /// A team that runs the program, with a review agent that does this.
    pub(crate) async fn with_a_reviewer(script: &str) -> Self {
        let agent = server::scripted_agent("reviewer", &["--script", script]);
        let settings = format!("{agent}[review]\nagent = \"reviewer\"\n");
        Self::with(Kind::Program, Some(&settings), Clock::System).await
    }

    /// Opens a milestone, an issue for each wish, and a sprint issue that says this.
    pub(crate) async fn sprint_about<const N: usize>(
        &self,
        title: &str,
        goal: &str,
        wishes: [Wish; N],
    ) -> Sprint<'_> {
        Sprint::open(self, title, goal, &wishes).await
    }

    /// A team that runs the program `team6 serve`.
    pub(crate) async fn with_the_program() -> Self {
        Self::with(Kind::Program, None, Clock::System).await
    }

    /// A team that runs the program with agents sealed in, and these settings more.
    pub(crate) async fn sealed_in(settings: &str) -> Self {
        Self::with(Kind::Sealed, Some(settings), Clock::System).await
    }

    /// The same, with an agent `forgetful` that never finds a session again.
    pub(crate) async fn with_a_forgetful_agent() -> Self {
        let agent = server::scripted_agent("forgetful", &["--forgetful"]);
        Self::with(Kind::Program, Some(&agent), Clock::System).await
    }

    pub(super) async fn with(kind: Kind, planner: Option<&str>, clock: Clock) -> Self {
        let dir = TempDir::with_prefix("team6-story-").unwrap();
        let (hub, keys) = github::open(dir.path(), &clock).await;
        let (door, wired) = (listener().await, listener().await);
        let github = format!("http://{}", door.local_addr().unwrap());
        let origin = format!("http://{}", wired.local_addr().unwrap());
        let (deaths, died) = mpsc::unbounded_channel();
        let wire = Wire::new(github.clone(), deaths, clock.clone());
        let (served, at) = (hub.clone(), origin.clone());
        tokio::spawn(async move { served.serve_as(&at, door, std::future::pending()).await });
        tokio::spawn(wire.clone().carry(wired));
        let config = server::settings(dir.path(), &origin, &keys, planner);
        time::settle_in(&config, &clock);
        let server = Server::start(kind, &config, &keys, &clock).await;
        github::introduce(&hub, server.address()).await;
        let db = Db::open(&format!("sqlite:{}/team6.db", dir.path().display())).await.unwrap();
        let world = Arc::new(World {
            people: People::new(&github),
            server: Mutex::new(Some(server)),
            dying: AtomicUsize::new(0),
            came_back: AtomicBool::new(false),
            hub,
            wire,
            db,
            dir,
            keys,
            clock,
            kind,
            config,
            github,
        });
        tokio::spawn(bury(Arc::downgrade(&world), died));
        while !ours::has_looked_around(&world.db).await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Self { world }
    }

    /// Opens a milestone, an issue for each wish, and a sprint issue.
    pub(crate) async fn sprint<const N: usize>(
        &self,
        title: &str,
        wishes: [Wish; N],
    ) -> Sprint<'_> {
        Sprint::open(self, title, "So that all are happy.", &wishes).await
    }

    /// A sprint that was planned, approved and started, and whose first tasks are in review.
    pub(crate) async fn running<const N: usize>(
        &self,
        title: &str,
        wishes: [Wish; N],
    ) -> Sprint<'_> {
        let sprint = self.approved(title, wishes).await;
        sprint.hears("ada", "/team6 start").await;
        sprint
    }

    /// A sprint that was planned and approved.
    pub(crate) async fn approved<const N: usize>(
        &self,
        title: &str,
        wishes: [Wish; N],
    ) -> Sprint<'_> {
        let sprint = self.sprint(title, wishes).await;
        sprint.hears("ada", "/team6 plan").await;
        sprint.ticks_everything("ada").await;
        sprint
    }

    /// Opens an issue that is in no sprint.
    pub(crate) async fn opens_an_issue(&self, by: &str, repo: &str, title: &str) -> i64 {
        let issue = json!({ "title": title });
        let people = &self.world.people;
        let issue = people.does(by, Method::POST, &format!("{repo}/issues"), issue).await;
        self.settles().await;
        issue["number"].as_i64().unwrap()
    }

    /// Closes an issue, as `completed` or `not_planned`.
    pub(crate) async fn closes_the_issue(&self, by: &str, repo: &str, issue: i64, reason: &str) {
        let closed = json!({ "state": "closed", "state_reason": reason });
        self.world.people.edits(by, repo, issue, closed).await;
        self.settles().await;
    }

    /// Gives a person another role everywhere.
    pub(crate) async fn makes(&self, person: &str, role: Role) {
        for repo in github::REPOSITORIES {
            self.world.hub.set_role(repo, person, role).await.unwrap();
        }
    }

    /// Only who was given a role sees the repositories from now on.
    pub(crate) async fn hides_its_repositories(&self) {
        for repo in github::REPOSITORIES {
            self.world.hub.set_role(repo, "ada", Role::Admin).await.unwrap();
            let path = repo;
            self.world.people.does("ada", Method::PATCH, path, json!({ "private": true })).await;
        }
        self.settles().await;
    }

    /// From now on no webhook arrives.
    pub(crate) fn loses_webhooks(&self) {
        let webhooks = WebhookFaults { drop_all: true, ..WebhookFaults::default() };
        self.world.hub.faults().set(Faults { webhooks, ..Faults::default() });
    }

    /// From now on no webhook arrives, and GitHub does not even know of it.
    pub(crate) fn loses_webhooks_without_a_trace(&self) {
        let webhooks = WebhookFaults { lose: u64::MAX, ..WebhookFaults::default() };
        self.world.hub.faults().set(Faults { webhooks, ..Faults::default() });
    }

    /// Webhooks arrive again.
    pub(crate) fn hears_again(&self) {
        self.world.hub.faults().clear();
    }

    /// From now on every webhook arrives twice, and the newest first.
    pub(crate) fn gets_webhooks_twice_and_in_disorder(&self) {
        let webhooks = WebhookFaults {
            duplicate: u64::MAX,
            reorder: true,
            delay_ms: 5,
            ..WebhookFaults::default()
        };
        self.world.hub.faults().set(Faults { webhooks, ..Faults::default() });
    }

    /// GitHub, as Team6 sees it.
    pub(super) fn as_team6(&self) -> GitHub {
        let world = &self.world;
        let settings = Settings {
            api: format!("{}/api/v3", world.github).parse().unwrap(),
            app_id: world.keys.id.try_into().unwrap(),
            private_key_pem: world.keys.pem.clone(),
            user_agent: "story".to_owned(),
            write_spacing: None,
        };
        GitHub::new(settings, world.clock.clone()).unwrap()
    }

    /// Has GitHub deliver everything once more that it ever delivered.
    pub(crate) async fn redelivers_everything(&self) {
        let github = self.as_team6();
        let (mut attempts, mut cursor) = (Vec::new(), None);
        loop {
            let log = github.deliveries(cursor.as_deref()).await.unwrap();
            attempts.extend(log.attempts);
            cursor = log.older;
            if cursor.is_none() {
                break;
            }
        }
        let mut again = BTreeSet::new();
        attempts.retain(|attempt| again.insert(attempt.guid.clone()));
        for attempt in attempts {
            github.redeliver(attempt.id).await.unwrap();
        }
        self.settles().await;
    }

    /// GitHub, as the App asks it.
    fn github(&self) -> GitHub {
        let world = &self.world;
        let settings = Settings {
            api: format!("{}/api/v3", world.github).parse().unwrap(),
            app_id: world.keys.id.try_into().unwrap(),
            private_key_pem: world.keys.pem.clone(),
            user_agent: "story".to_owned(),
            write_spacing: None,
        };
        GitHub::new(settings, Clock::System).unwrap()
    }

    /// Where a person pushes to.
    pub(crate) fn clone_url(&self, person: &str, repo: &str) -> String {
        let host = self.world.github.trim_start_matches("http://");
        format!("http://x-access-token:token-of-{person}@{host}/{repo}.git")
    }

    /// A check of the default branch ends like this.
    pub(crate) async fn checks(&self, repo: &str, name: &str, conclusion: Conclusion) {
        self.checks_branch(repo, "main", name, conclusion).await;
    }

    /// A check of a branch ends like this.
    pub(crate) async fn checks_branch(
        &self,
        repo: &str,
        branch: &str,
        name: &str,
        conclusion: Conclusion,
    ) {
        let github = self.github();
        let repo = repo.parse().unwrap();
        let installation = github.installation_of(&repo).await.unwrap().unwrap();
        let repo = github.on(installation).repo(&repo);
        let branch = BranchName(branch.to_owned());
        let check = Check {
            name: name.to_owned(),
            head_sha: repo.find_head(&branch).await.unwrap().unwrap(),
            external_id: name.to_owned(),
            status: Status::Completed,
            conclusion: Some(conclusion),
            details_url: None,
            output: None,
            actions: Vec::new(),
        };
        repo.report(&check).await.unwrap();
        self.settles().await;
    }

    /// Compares everything with GitHub, as it does from time to time.
    pub(crate) async fn sweeps(&self) {
        self.world.server.lock().await.as_ref().unwrap().sweeps().await;
        self.settles().await;
    }

    /// GitHub answers once with an error, before or after it did what it was asked.
    pub(crate) fn will_fail(&self, act: Act, when: When) {
        self.will_have(act, when, Mishap::Error, 1);
    }

    /// The same, so many times one after the other.
    pub(crate) fn will_keep_failing(&self, act: Act, times: usize) {
        self.will_have(act, When::Before, Mishap::Error, times);
    }

    /// GitHub refuses once for good.
    pub(crate) fn will_be_refused(&self, act: Act) {
        self.will_have(act, When::Before, Mishap::Refusal, 1);
    }

    /// Team6 dies once, before or after it did something, and is started again.
    pub(crate) fn will_die(&self, act: Act, when: When) {
        self.will_have(act, when, Mishap::Death, 1);
    }

    /// Team6 dies at each different thing it does to GitHub, and is started again each time.
    pub(crate) fn will_die_each_time(&self, when: When) {
        let each = Some(BTreeSet::new());
        let mishap = Mishap::Death;
        self.world.wire.will_have(Accident { act: Act::Writes, when, mishap, left: 200, each });
    }

    /// Every first try of anything fails, before or after it took effect.
    pub(crate) fn will_fail_each_time(&self, when: When) {
        let each = Some(BTreeSet::new());
        let mishap = Mishap::Error;
        self.world.wire.will_have(Accident { act: Act::Writes, when, mishap, left: 200, each });
    }

    /// The next time Team6 does this, it takes until it may go on.
    pub(crate) fn will_pause_before(&self, act: Act) -> Pause {
        let pause = Pause { reached: Arc::default(), go_on: Arc::default() };
        let (reached, go_on) = (Arc::clone(&pause.reached), Arc::clone(&pause.go_on));
        self.will_have(act, When::Before, Mishap::Wait { reached, go_on }, 1);
        pause
    }

    fn will_have(&self, act: Act, when: When, mishap: Mishap, left: usize) {
        self.world.wire.will_have(Accident { act, when, mishap, left, each: None });
    }

    /// Dies and is started again.
    pub(crate) async fn restarts(&self) {
        self.world.dying.fetch_add(1, Ordering::SeqCst);
        self.world.dies_and_comes_back().await;
        self.settles().await;
    }

    /// Dies, and is not started again for now.
    pub(crate) async fn dies(&self) {
        self.world.dying.fetch_add(1, Ordering::SeqCst);
        if let Some(server) = self.world.server.lock().await.take() {
            server.dies().await;
        }
    }

    /// The same, and nobody waits until all is quiet.
    pub(crate) async fn starts_again(&self) {
        self.world.dies_and_comes_back().await;
    }

    /// Is started again after it died.
    pub(crate) async fn comes_back(&self) {
        self.world.dies_and_comes_back().await;
        self.settles().await;
    }

    /// Waits until everybody has heard everything and nobody works any more.
    pub(crate) async fn settles(&self) {
        self.world.settles().await;
    }

    /// GitHub's clock goes on; it tells no two moments of one second apart.
    pub(crate) async fn a_second_passes(&self) {
        let now = || self.world.hub.clock().now().timestamp();
        let begun = now();
        while now() == begun {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The workspaces there are.
    pub(crate) fn workspaces(&self) -> Vec<PathBuf> {
        let dir = self.world.dir.path().join("team6/worker/workspaces");
        let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
        let is_hidden = |path: &PathBuf| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
        };
        entries.map(|entry| entry.path()).filter(|path| !is_hidden(path)).collect()
    }

    /// Waits until there are so many workspaces.
    pub(crate) async fn workspaces_become(&self, count: usize) {
        let all = || self.workspaces();
        let become_so = async {
            while all().len() != count {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_mins(5), become_so).await;
        assert!(waited.is_ok(), "{:?}", all());
    }

    /// Waits until an agent that hangs once has begun to.
    pub(crate) async fn waits_for_the_agent_to_hang(&self) {
        let hangs = |dir: &PathBuf| dir.join("home/.scripted-once").exists();
        while !self.workspaces().iter().any(hangs) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Pause {
    /// Waits until Team6 is there.
    pub(crate) async fn is_reached(&self) {
        tokio::time::timeout(Duration::from_mins(5), self.reached.notified()).await.unwrap();
    }

    /// Lets it go on.
    pub(crate) fn goes_on(self) {
        self.go_on.notify_one();
    }
}

impl World {
    async fn dies_and_comes_back(&self) {
        let mut server = self.server.lock().await;
        if let Some(server) = server.take() {
            server.dies().await;
        }
        let again = Server::start(self.kind, &self.config, &self.keys, &self.clock).await;
        github::introduce(&self.hub, again.address()).await;
        *server = Some(again);
        self.came_back.store(true, Ordering::SeqCst);
        self.dying.store(0, Ordering::SeqCst);
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tell(self.dir.path());
        }
        if let Some(server) = self.server.get_mut().take() {
            server.leaves_at_once();
        }
    }
}

/// Lets Team6 die and come back whenever an accident kills it.
async fn bury(world: std::sync::Weak<World>, mut died: mpsc::UnboundedReceiver<()>) {
    while died.recv().await.is_some() {
        let Some(world) = world.upgrade() else { return };
        world.dying.fetch_add(1, Ordering::SeqCst);
        world.dies_and_comes_back().await;
        // What died with it cannot kill it again.
        while died.try_recv().is_ok() {}
    }
}

/// Says what Team6 remembers of a story that failed.
fn tell(dir: &Path) {
    let url = format!("sqlite:{}/team6.db", dir.display());
    let telling = async move {
        let db = Db::open(&url).await.unwrap();
        crate::aloud(&World::remembered(&db).await);
    };
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let told = std::thread::spawn(move || runtime().block_on(telling)).join();
    assert!(told.is_ok());
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}
