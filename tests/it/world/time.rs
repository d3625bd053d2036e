//! Time that a story moves itself; GitHub and Team6 share it.

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use localhub::{ApiFault, Limits, Plan as Faults, When};
use team6::clock::Clock;

use super::ours;
use super::server::Kind;
use super::sprint::Sprint;
use super::team::{Team, World};

/// GitHub's own limits.
const GITHUBS: Limits = Limits {
    requests_per_hour: Some(5_000),
    points_per_minute: Some(900),
    content_per_minute: Some(80),
    content_per_hour: Some(500),
};
/// How long a moment is while nobody has anything to do.
const MOMENT: TimeDelta = TimeDelta::seconds(1);

/// What Team6 asked of GitHub: when, and what.
pub(crate) struct Asked {
    pub(crate) at: DateTime<Utc>,
    pub(crate) what: String,
    pub(crate) status: u16,
}

impl Team {
    /// A team whose clock stands still unless there is something to wait for, and whose GitHub
    /// enforces its limits.
    pub(crate) async fn by_its_own_clock() -> Self {
        Self::by_its_own_clock_with(None).await
    }

    /// The same, with settings of its agent `frontend`.
    pub(crate) async fn by_its_own_clock_with(settings: Option<&str>) -> Self {
        // GitHub's budgets are of whole hours, and a story should not end in another by chance.
        let now = Clock::System.now();
        let hour = now - TimeDelta::seconds(now.timestamp().rem_euclid(3_600));
        let team = Self::with(Kind::Inside, settings, Clock::stopped_at(hour)).await;
        team.world.hub.traffic().enforce(GITHUBS);
        team
    }

    /// Somebody uses Team6's budget for the hour up, to its last twentieth.
    pub(crate) async fn has_spent_its_hour(&self) {
        let github = self.as_team6();
        let installation = github.installations().await.unwrap()[0].id;
        let repo = github.on(installation).repo(&"acme/web".parse().unwrap());
        for second in 0..400 {
            repo.comments_since(self.world.clock.now() + TimeDelta::seconds(second)).await.unwrap();
        }
        let is_used =
            |one: &localhub::Request| one.caller.starts_with("installation") && one.status != 304;
        let requests = self.world.hub.traffic().requests();
        let used = requests.iter().filter(|one| is_used(one)).count() as u64;
        let limits = Limits { requests_per_hour: Some(used * 20 / 19), ..GITHUBS };
        self.world.hub.traffic().enforce(limits);
    }

    /// The next hour begins.
    pub(crate) async fn an_hour_passes(&self) {
        self.world.clock.advance(TimeDelta::hours(1));
        self.settles().await;
    }

    /// So much time passes at once.
    pub(crate) fn minutes_pass(&self, minutes: i64) {
        self.world.clock.advance(TimeDelta::minutes(minutes));
    }

    /// A little time passes.
    pub(crate) async fn a_moment_passes(&self) {
        self.world.lets_time_pass().await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    /// For so many minutes GitHub answers nothing but errors.
    pub(crate) async fn has_no_github_for(&self, minutes: i64) {
        let down = ApiFault {
            method: None,
            path: String::new(),
            status: 503,
            times: u64::MAX,
            when: When::Before,
            retry_after: None,
        };
        self.world.hub.faults().set(Faults { api: vec![down], ..Faults::default() });
        let end = self.world.clock.now() + TimeDelta::minutes(minutes);
        while self.world.clock.now() < end {
            self.world.clock.advance(MOMENT * 15);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.world.hub.faults().clear();
    }

    /// Follows what changed on GitHub lately, as it does every few minutes.
    pub(crate) async fn glances(&self) {
        self.world.server.lock().await.as_ref().unwrap().glances().await;
        self.settles().await;
    }

    /// What a glance asks of GitHub when nothing has happened for a while.
    pub(crate) async fn asks_at_rest(&self) -> Vec<String> {
        self.settles().await;
        self.world.clock.advance(TimeDelta::minutes(10));
        // The first sees what has settled, the second what it was.
        self.glances().await;
        self.glances().await;
        let before = self.asked().len();
        self.glances().await;
        let asked = self.asked().into_iter().skip(before);
        asked.map(|one| format!("{} {}", one.status, one.what)).collect()
    }

    /// What Team6 asked GitHub's API so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        let log = self.world.wire.log().into_iter();
        log.filter(|one| one.asked.contains(" /api/"))
            .map(|one| Asked { at: one.at, what: one.asked, status: one.status })
            .collect()
    }
}

impl Sprint<'_> {
    /// Time passes until Team6 has said this on the sprint issue.
    pub(crate) async fn comes_to_say(&self, words: &str) {
        self.time_passes_until(async || self.answers().await.iter().any(|one| one.contains(words)))
            .await;
    }

    /// The same, so often.
    pub(crate) async fn comes_to_say_so_often(&self, words: &str, times: usize) {
        let said = async || self.answers().await.iter().filter(|one| one.contains(words)).count();
        self.time_passes_until(async || times <= said().await).await;
    }

    /// Time passes until so many tries were begun.
    pub(crate) async fn comes_to_tries(&self, tries: i64) {
        self.time_passes_until(async || self.tries_begun().await == tries).await;
        self.time_passes_until(async || ours::at_work(&self.team.world.db).await == 0).await;
    }

    /// How many tries a worker has taken so far.
    pub(crate) async fn tries_begun(&self) -> i64 {
        ours::tries_begun(&self.team.world.db).await
    }

    async fn time_passes_until(&self, is_so: impl AsyncFn() -> bool) {
        let begun = std::time::Instant::now();
        while !is_so().await {
            let late = Duration::from_mins(5) < begun.elapsed();
            assert!(!late, "it never comes: {}", self.team.world.told().await);
            self.team.a_moment_passes().await;
        }
    }
}

impl Asked {
    /// Whether it is a change that people can see.
    pub(crate) fn is_write(&self) -> bool {
        !self.what.starts_with("GET ") && self.what.contains("/repos/")
    }

    /// Whether GitHub tells people of it, so that it counts as content.
    pub(crate) fn makes_content(&self) -> bool {
        let ends = ["/comments", "/issues", "/pulls", "/replies", "/requested_reviewers"];
        self.what.starts_with("POST ") && ends.iter().any(|end| self.what.ends_with(end))
    }
}

impl World {
    /// Lets the time pass that Team6 waits for.
    pub(super) async fn lets_time_pass(&self) {
        match &self.clock {
            Clock::System => ours::time_flies(&self.db).await,
            Clock::Stopped(_) => self.clock.advance(MOMENT),
        }
    }
}

/// Team6's settings, where time is a story's own: writes a second apart, as in real life, and
/// leases that do not run out when hours pass in no time.
pub(super) fn settle_in(config: &Path, clock: &Clock) {
    if let Clock::Stopped(_) = clock {
        let text = std::fs::read_to_string(config).unwrap();
        let text = text
            .replace("write_spacing_ms = 0", "write_spacing_ms = 1000")
            .replace("lease_seconds = 30", "lease_seconds = 1000000");
        std::fs::write(config, text).unwrap();
    }
}
