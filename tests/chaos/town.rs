//! The world of one seed: a GitHub, a Team6 that may die at any moment, and the time.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use localhub::{AppKeys, Hub};
use sqlx::sqlite::SqlitePoolOptions;
use team6::app::App;
use team6::clock::Clock;
use team6::config::Settings;
use team6::db::Db;
use team6::domain::ids::{CommitSha, RepoName};
use team6::git::{self, Promise, Pushing};
use team6::github::{self, GitHub, Me, Transport};
use tempfile::TempDir;
use tokio::sync::Notify;

use crate::dice::Dice;
use crate::people::People;
use crate::record::Record;
use crate::scene::{Faults, Scene};
use crate::template::Template;
use crate::workers::Workers;

/// The address of a GitHub that is in this process.
pub(crate) const ORIGIN: &str = "http://github.test";

pub(crate) struct Town {
    pub(crate) scene: Scene,
    pub(crate) dice: Mutex<Dice>,
    pub(crate) story: Arc<Mutex<Vec<String>>>,
    pub(crate) record: Mutex<Record>,
    pub(crate) faults: Mutex<Faults>,
    pub(crate) hub: Hub,
    pub(crate) web: axum::Router,
    pub(crate) db: Db,
    pub(crate) people: Mutex<People>,
    pub(crate) workers: Mutex<Workers>,
    /// GitHub's time.
    pub(crate) time: Clock,
    /// Team6's time.
    pub(crate) clock: Clock,
    /// How deep we are in things that happen while something else does.
    pub(crate) depth: AtomicUsize,
    app: Mutex<Option<App>>,
    death: Arc<Death>,
    keys: AppKeys,
    me: Me,
    settings: Settings,
    _dir: TempDir,
}

/// The end of a Team6, and of everything it was doing.
#[derive(Default)]
struct Death {
    is_here: AtomicBool,
    came: Notify,
    /// How many commits until one fails; below zero none does.
    commits: AtomicI64,
    /// Whether that one kills.
    kills: AtomicBool,
    /// Whether one failed.
    refused: AtomicBool,
}

impl Death {
    fn comes(&self) {
        self.is_here.store(true, Ordering::SeqCst);
        self.came.notify_one();
    }

    async fn is_seen(&self) {
        while !self.is_here.load(Ordering::SeqCst) {
            self.came.notified().await;
        }
    }

    /// Whether the database may commit now.
    fn lets_commit(&self) -> bool {
        if self.commits.fetch_sub(1, Ordering::SeqCst) != 0 {
            return true;
        }
        self.refused.store(true, Ordering::SeqCst);
        if self.kills.load(Ordering::SeqCst) {
            self.comes();
        }
        false
    }
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A clock that stands at the beginning of all stories.
pub(crate) fn dawn() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

/// A GitHub in a folder, by a clock.
pub(crate) async fn hub(dir: &Path, clock: &Clock) -> Hub {
    let shared = clock.clone();
    let clock = localhub::Clock::following(move || shared.now().trunc_subsecs(0));
    Hub::open_imagined(dir, clock).await.unwrap()
}

/// Where files are that need not outlive anything.
pub(crate) fn scratch(prefix: &str) -> TempDir {
    let memory = PathBuf::from("/dev/shm");
    let named = tempfile::Builder::new().prefix(prefix).tempdir_in(&memory);
    named.unwrap_or_else(|_| TempDir::with_prefix(prefix).unwrap())
}

impl Town {
    pub(crate) async fn open(
        template: &Template,
        seed: u64,
        peaceful: bool,
        story: Arc<Mutex<Vec<String>>>,
    ) -> Arc<Self> {
        let mut dice = Dice::new(seed);
        let scene = Scene::of(&mut dice);
        let scene = if peaceful { scene.without_faults() } else { scene };
        let dir = scratch("team6-chaos-");
        template.lay_out(dir.path());
        let time = Clock::stopped_at(dawn());
        let hub = hub(&dir.path().join("hub"), &time).await;
        let keys = hub.app("team6").unwrap();
        let db = Db::open(&format!("sqlite:{}/team6.db", dir.path().display())).await.unwrap();
        let db = with_one_reader(db).await;
        let town = Arc::new(Self {
            people: Mutex::new(People::of(&scene)),
            workers: Mutex::default(),
            dice: Mutex::new(dice),
            story,
            record: Mutex::default(),
            faults: Mutex::new(Faults::none()),
            web: hub.router(ORIGIN),
            clock: Clock::stopped_at(dawn()),
            depth: AtomicUsize::new(0),
            app: Mutex::new(None),
            death: Arc::new(Death { commits: AtomicI64::new(-1), ..Death::default() }),
            settings: template.settings(dir.path(), &keys, scene.reviewer),
            me: template.me.clone(),
            keys,
            hub,
            time,
            db,
            scene,
            _dir: dir,
        });
        town.revive().await;
        town
    }

    /// One line of the story.
    pub(crate) fn tell(&self, line: impl Into<String>) {
        let deep = "  ".repeat(self.depth.load(Ordering::SeqCst));
        let at = self.time.now().format("%H:%M:%S");
        locked(&self.story).push(format!("{at} {deep}{}", line.into()));
    }

    /// Something went against a promise.
    pub(crate) fn wrong(&self, what: impl Into<String>) {
        let what = what.into();
        self.tell(format!("WRONG: {what}"));
        locked(&self.record).wrong.push(what);
    }

    pub(crate) fn chance(&self, per_mille: usize) -> bool {
        locked(&self.dice).chance(per_mille)
    }

    pub(crate) fn below(&self, most: usize) -> usize {
        locked(&self.dice).below(most)
    }

    /// Team6 as it is alive now.
    pub(crate) fn app(&self) -> App {
        locked(&self.app).clone().expect("it is alive")
    }

    /// Time passes for everybody.
    pub(crate) fn passes(&self, by: TimeDelta) {
        self.time.advance(by);
        self.clock.advance(by);
    }

    /// Lets Team6 do something; nothing comes of it where it dies.
    pub(crate) async fn alive<T>(
        self: &Arc<Self>,
        what: impl Future<Output = T> + Send,
    ) -> Option<T> {
        if 0 < self.depth.load(Ordering::SeqCst) {
            // Whoever dies in there dies with all that is around it.
            return Some(what.await);
        }
        let chance = locked(&self.faults).commit;
        if self.chance(chance) {
            // A connection after a commit that failed is a new one.
            self.watch_commits().await;
            let may_kill = locked(&self.faults).mishaps.contains(&crate::scene::Mishap::Death);
            self.death.kills.store(may_kill && self.chance(500), Ordering::SeqCst);
            let nth = i64::try_from(self.below(4)).unwrap();
            self.death.commits.store(nth, Ordering::SeqCst);
        }
        let done = tokio::select! {
            biased;
            () = self.death.is_seen() => None,
            done = what => Some(done),
        };
        self.death.commits.store(-1, Ordering::SeqCst);
        if self.death.refused.swap(false, Ordering::SeqCst) {
            self.tell("  … in which the database did not commit");
        }
        if done.is_none() {
            self.depth.store(0, Ordering::SeqCst);
            self.tell("Team6 dies, and is started again");
            self.revive().await;
        }
        done
    }

    /// Kills Team6; whoever called is never heard of again.
    pub(crate) async fn die(&self) {
        self.death.comes();
        std::future::pending::<()>().await;
    }

    /// Starts Team6 anew.
    pub(crate) async fn revive(self: &Arc<Self>) {
        self.death.is_here.store(false, Ordering::SeqCst);
        self.death.commits.store(-1, Ordering::SeqCst);
        locked(&self.app).take();
        let (github, pushing) = (self.github(), self.pushing());
        let (db, clock) = (self.db.clone(), self.clock.clone());
        let (settings, me) = (self.settings.clone(), self.me.clone());
        let app = App::pushing_through(pushing, db, github, clock, settings, me);
        app.come_back().await.unwrap();
        locked(&self.app).replace(app);
        locked(&self.people).swept_at = None;
    }

    async fn watch_commits(&self) {
        let Db::Sqlite { writer, .. } = &self.db else { panic!("chaos is played on SQLite") };
        let mut connection = writer.acquire().await.unwrap();
        let death = Arc::clone(&self.death);
        connection.lock_handle().await.unwrap().set_commit_hook(move || death.lets_commit());
    }

    fn github(self: &Arc<Self>) -> GitHub {
        let town = Arc::downgrade(self);
        let way = Transport::here(move |request: axum::http::Request<Bytes>| {
            let town = town.upgrade();
            Box::pin(async move {
                match town {
                    Some(town) => town.carry(request).await,
                    None => Err("the world has ended".into()),
                }
            })
        });
        GitHub::through(way, self.github_settings(), self.clock.clone()).unwrap()
    }

    /// GitHub for whoever runs the checks: nothing ever goes wrong on that way.
    pub(crate) fn ci(&self) -> GitHub {
        let web = self.web.clone();
        let way = Transport::here(move |request: axum::http::Request<Bytes>| {
            let web = web.clone();
            Box::pin(async move {
                Ok(crate::wire::answered(&web, request.map(axum::body::Body::from)).await)
            })
        });
        GitHub::through(way, self.github_settings(), self.time.clone()).unwrap()
    }

    fn github_settings(&self) -> github::Settings {
        github::Settings {
            api: format!("{ORIGIN}/api/v3").parse().unwrap(),
            app_id: self.keys.id.try_into().unwrap(),
            private_key_pem: self.keys.pem.clone(),
            user_agent: "chaos".to_owned(),
            write_spacing: None,
        }
    }

    fn pushing(self: &Arc<Self>) -> Pushing {
        let town = Arc::downgrade(self);
        Pushing::here(
            move |repo: RepoName, bundle: Vec<u8>, promise: Promise, over: Option<CommitSha>| {
                let town = town.upgrade();
                Box::pin(async move {
                    match town {
                        Some(town) => town.take_push(repo, bundle, promise, over).await,
                        None => Err(git::Error::Nothing),
                    }
                })
            },
        )
    }
}

/// The same database with a single connection that reads: what asks several things at once is answered
/// in the order in which it asked, so that a seed tells the same story each time.
async fn with_one_reader(db: Db) -> Db {
    match db {
        Db::Sqlite { writer, readers } => {
            let options = (*readers.connect_options()).clone();
            readers.close().await;
            let one = SqlitePoolOptions::new().max_connections(1);
            Db::Sqlite { writer, readers: one.connect_with(options).await.unwrap() }
        }
        Db::Postgres(_) => unreachable!("it is a file"),
    }
}
