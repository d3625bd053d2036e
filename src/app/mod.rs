//! What Team6 does: one file per use case. This is the only place that knows GitHub, the database,
//! git and the words for people; what to decide it asks the domain.

pub mod apply;
mod around;
mod bell;
pub mod board;
mod breaking;
mod carry_out;
mod checks;
mod command;
mod control;
mod delegating;
mod dialogue;
mod dispatch;
mod draft;
mod enqueue;
mod error;
mod executing;
mod figures;
mod give_up;
mod glance;
mod issue;
mod launching;
mod make_issues;
mod memory;
mod mirror;
mod news;
mod obey;
mod operate;
mod owners;
mod parts;
mod planning;
mod publish;
mod pull;
mod questions;
mod reach;
mod read;
mod receive;
mod recover;
mod refine;
mod report;
mod retry;
mod review;
mod reviewing;
mod show;
mod speak;
mod spending;
mod start;
mod sweep;
mod task_tools;
mod team_file;
mod tick;
mod tools;
mod why;

use std::sync::Arc;

pub use bell::Listener;
pub use carry_out::keep_carrying_out;
pub use dispatch::Worker;
pub use error::{Again, Error};
pub use operate::Order;
pub use receive::Received;
pub use recover::keep_recovering;
pub use report::Stale;
pub use sweep::keep_sweeping;
pub use why::{Explained, explain};

use self::bell::Bell;
use self::figures::Figures;
use self::news::News;
use crate::clock::Clock;
use crate::config::Settings;
use crate::db::{Db, repositories};
use crate::domain::ids::{Login, RepoName};
use crate::domain::permission::Permission;
use crate::git::Pushing;
use crate::github::{GitHub, Me, Repo};
use crate::queue::Queue;

/// Shorthand.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything a use case needs.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    github: GitHub,
    queue: Queue,
    clock: Clock,
    settings: Settings,
    me: Me,
    pushing: Pushing,
    news: News,
    figures: Figures,
    /// Told when an effect was asked for.
    effects: Bell,
    /// Told when a job may be claimed.
    jobs: Bell,
    /// Told when what people see may have changed.
    changes: Bell,
    /// What people were lately found to be allowed.
    sights: board::Sights,
    kept: board::Kept,
    /// What repositories say about their agents, at the commits at which it was read.
    team_files: team_file::Known,
}

impl App {
    /// Puts the parts together.
    pub fn new(db: Db, github: GitHub, clock: Clock, settings: Settings, me: Me) -> Self {
        let pushing = Pushing::by_git(&settings.data.join("server"));
        Self::pushing_through(pushing, db, github, clock, settings, me)
    }

    /// The same where commits reach their repositories by another way.
    pub fn pushing_through(
        pushing: Pushing,
        db: Db,
        github: GitHub,
        clock: Clock,
        settings: Settings,
        me: Me,
    ) -> Self {
        let inner = Inner {
            db,
            github,
            queue: Queue::Database,
            clock,
            settings,
            me,
            pushing,
            news: News::default(),
            figures: Figures::new(),
            effects: Bell::new(),
            jobs: Bell::new(),
            changes: Bell::new(),
            sights: board::Sights::default(),
            kept: board::Kept::default(),
            team_files: team_file::Known::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.inner.db
    }

    /// The time.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// What the operator says.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// Who we are on GitHub.
    pub fn me(&self) -> &Me {
        &self.inner.me
    }

    /// GitHub.
    pub fn github(&self) -> &GitHub {
        &self.inner.github
    }

    fn queue(&self) -> Queue {
        self.inner.queue
    }

    /// What we know of a repository, asked of GitHub if it is new to us.
    async fn known(&self, name: &RepoName) -> Result<repositories::Repository> {
        let mut tx = self.db().read().await?;
        if let Some(known) = repositories::find(&mut tx, name).await? {
            return Ok(known);
        }
        drop(tx);
        let installation = self
            .github()
            .installation_of(name)
            .await?
            .ok_or_else(|| Error::NotInstalled(name.clone()))?;
        let found = self.github().on(installation).repo(name).repository().await?;
        self.learn(installation, found).await
    }

    /// A repository, to ask GitHub about.
    async fn repo(&self, name: &RepoName) -> Result<Repo> {
        let known = self.known(name).await?;
        if let Some(trouble) = known.trouble.filter(|_| !known.can_be_seen()) {
            return Err(Error::Away(known.name, trouble));
        }
        Ok(self.github().on(known.installation).repo(&known.name))
    }

    /// What a person may do in a repository, right now: nothing, where the App is not installed.
    async fn permission_in(&self, name: &RepoName, person: &Login) -> Result<Permission> {
        match self.repo(name).await {
            Ok(repo) => Ok(repo.permission(person).await?),
            Err(Error::NotInstalled(_) | Error::Away(..)) => Ok(Permission::None),
            Err(error) => Err(error),
        }
    }
}
