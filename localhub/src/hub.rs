//! The hub: the world, its database, its repositories, and the one way to change them.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};
use tokio_util::task::TaskTracker;

use crate::{
    clock::Clock,
    error::Error,
    faults::Faults,
    git::{Git, Imagined},
    model::{Actor, Change, Id, Refusal, Repo, World},
    oauth::OAuth,
    origin::Origin,
    store::Store,
    traffic::Traffic,
    webhooks::{Outbox, deliveries_of},
};

/// A small GitHub; clones are the same hub.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    dir: PathBuf,
    store: Store,
    clock: Clock,
    world: RwLock<Arc<World>>,
    /// Commands take turns, so each starts from what the one before it left.
    turn: Turn<()>,
    origin: RwLock<Origin>,
    locks: Mutex<BTreeMap<Id<Repo>, Arc<Turn<()>>>>,
    /// Where git is imagined: its repositories.
    imagined: Option<Mutex<BTreeMap<PathBuf, Imagined>>>,
    faults: Faults,
    traffic: Traffic,
    outbox: Outbox,
    tasks: TaskTracker,
    http: reqwest::Client,
    oauth: OAuth,
}

impl Hub {
    /// Opens the hub in a folder, or makes one there.
    pub async fn open(dir: impl AsRef<Path>) -> Result<Self, Error> {
        Self::open_with(dir, Clock::System).await
    }

    /// Opens a hub whose time is told by `clock`.
    pub async fn open_with(dir: impl AsRef<Path>, clock: Clock) -> Result<Self, Error> {
        Self::open_as(dir, clock, false).await
    }

    /// Opens a hub whose repositories are graphs of commits in memory: no git program is run, no
    /// files are kept, and nobody can clone. What it holds besides is on disk as ever.
    pub async fn open_imagined(dir: impl AsRef<Path>, clock: Clock) -> Result<Self, Error> {
        Self::open_as(dir, clock, true).await
    }

    async fn open_as(dir: impl AsRef<Path>, clock: Clock, imagined: bool) -> Result<Self, Error> {
        let dir = dir.as_ref().to_owned();
        tokio::fs::create_dir_all(dir.join("repos")).await?;
        let dir = tokio::fs::canonicalize(dir).await?;
        let store = Store::open(&dir.join("hub.db")).await?;
        let world = store.load().await?;
        let imagined = imagined.then(|| Mutex::new(imagined_git(&dir, &world)));
        let world = RwLock::new(Arc::new(world));
        let hub = Self(Arc::new(Inner {
            dir,
            store,
            clock,
            world,
            turn: Turn::default(),
            origin: RwLock::new(Origin::unknown()),
            locks: Mutex::default(),
            imagined,
            faults: Faults::default(),
            traffic: Traffic::default(),
            outbox: Outbox::default(),
            tasks: TaskTracker::new(),
            http: reqwest::Client::new(),
            oauth: OAuth::default(),
        }));
        crate::git::hook::install(hub.dir()).await?;
        hub.recover().await?;
        Ok(hub)
    }

    /// Runs one command of the model for an actor and keeps what it changed.
    ///
    /// When this returns, the change and the webhooks it caused are on disk. A refused command
    /// changes nothing.
    pub(crate) async fn change<T>(
        &self,
        actor: Actor,
        command: impl FnOnce(&mut Change) -> Result<T, Refusal>,
    ) -> Result<T, Error> {
        let _turn = self.0.turn.lock().await;
        let mut change = Change::new(World::clone(&self.world()), actor, self.clock().now());
        let answer = command(&mut change)?;
        let deliveries = deliveries_of(&mut change)?;
        let mut world = change.world;
        let writes = world.drain()?;
        self.0.store.save(&writes, &deliveries, world.last_id).await?;
        *self.0.world.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(world);
        if !deliveries.is_empty() {
            self.outbox().wake();
        }
        Ok(answer)
    }

    /// Who signed in where.
    pub(crate) fn oauth(&self) -> &OAuth {
        &self.0.oauth
    }

    /// Everything there is, as of now.
    pub(crate) fn world(&self) -> Arc<World> {
        Arc::clone(&self.0.world.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits for the turn to move references of a repository.
    pub(crate) async fn lock(&self, repo: Id<Repo>) -> OwnedMutexGuard<()> {
        let lock = {
            let mut locks = self.0.locks.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(locks.entry(repo).or_default())
        };
        lock.lock_owned().await
    }

    /// The git repository behind a repository.
    pub(crate) fn git(&self, repo: Id<Repo>) -> Git {
        let world = self.world();
        let repo = world.repos.at(repo);
        self.git_at(&world.accounts.at(repo.owner).login, &repo.name)
    }

    pub(crate) fn git_at(&self, owner: &str, name: &str) -> Git {
        let dir = git_dir(&self.0.dir, owner, name);
        match &self.0.imagined {
            None => Git::at(dir),
            Some(all) => {
                let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                let imagined = all.entry(dir.clone()).or_default().clone();
                Git::imagined(dir, imagined)
            }
        }
    }

    /// The address everything is rendered with.
    pub(crate) fn origin(&self) -> Origin {
        self.0.origin.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_origin(&self, origin: Origin) {
        *self.0.origin.write().unwrap_or_else(PoisonError::into_inner) = origin;
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.0.dir
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    /// The clock this hub goes by.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// What goes wrong on purpose.
    pub fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// What was asked lately, and the limits that are enforced.
    pub fn traffic(&self) -> &Traffic {
        &self.0.traffic
    }

    pub(crate) fn outbox(&self) -> &Outbox {
        &self.0.outbox
    }

    pub(crate) fn tasks(&self) -> &TaskTracker {
        &self.0.tasks
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.0.http
    }
}

fn git_dir(dir: &Path, owner: &str, name: &str) -> PathBuf {
    dir.join("repos").join(owner).join(format!("{name}.git"))
}

/// The repositories of a world as they were when it was closed.
fn imagined_git(dir: &Path, world: &World) -> BTreeMap<PathBuf, Imagined> {
    let place = |repo: &Repo| git_dir(dir, &world.accounts.at(repo.owner).login, &repo.name);
    world.repos.iter().map(|repo| (place(repo), Imagined::with(&repo.refs))).collect()
}
