//! The model proxy: an agent thinks through it, with a token that is good for nothing else.
//!
//! There is one for each execution. It has the provider's real key, which the agent never sees; it passes on what is
//! on a list and nothing else; it counts what each answer used, because what agents say about that differs; and it
//! refuses with 402 what is not paid for. It listens wherever the caller wants: on a port of this machine, or on a
//! socket that is shown to a sandbox.

mod budget;
mod call;
mod door;
mod events;
mod exchange;
mod meter;
mod quota;
mod refused;

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use axum::Router;
use axum::serve::Listener;
use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

pub use budget::{Allowance, Budget, Share, Spent, Statement};

use crate::causes::whole;
use crate::clock::Clock;
use crate::domain::model::{Kind, Secret};
use crate::domain::money::{Price, Prices, Tokens};

/// So many calls of one agent are under way at once; more wait. It also bounds by how much a budget is overrun.
const AT_ONCE: usize = 16;
/// So many models without a price are named; an agent may ask for as many as it likes.
const NAMED: usize = 20;

/// Who has the models, and with what key.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Which interface it has.
    pub kind: Kind,
    /// Where it is, in the form its own programs take.
    pub base: Url,
    /// The real key; a model on this machine may need none.
    pub key: Option<Secret>,
}

/// What the worker should know at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// How far the budget is spent.
    Budget(Spent),
    /// A call was refused, because nothing is left.
    Refused,
    /// The provider says that we asked too much of it, and perhaps until when.
    Quota {
        /// When asking is worth while again.
        until: Option<DateTime<Utc>>,
    },
    /// A model has no price, and is charged what unknown models cost. Each is named once.
    Unpriced {
        /// Which.
        model: String,
    },
}

/// Hears the news. It must not wait.
pub type Watch = Arc<dyn Fn(News) + Send + Sync>;

/// How long a provider is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// To take the connection.
    pub connect: Duration,
    /// To say something, and for an agent to listen.
    pub idle: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), idle: Duration::from_mins(5) }
    }
}

/// What a ledger is opened with.
#[derive(Clone)]
pub struct Settings {
    /// Whose models the agent uses.
    pub provider: Provider,
    /// What they cost.
    pub prices: Arc<Prices>,
    /// What may be spent.
    pub budget: Budget,
    /// Who hears when somebody should know.
    pub watch: Watch,
    /// What time it is.
    pub clock: Clock,
    /// How long the provider is waited for.
    pub patience: Patience,
}

/// A ledger cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No HTTP client.
    #[error("preparing to speak to the model's provider")]
    Client(#[from] reqwest::Error),
    /// No randomness for a token.
    #[error("making a token for the agent")]
    Token,
}

/// A model proxy that runs until it is closed or dropped.
#[derive(Debug)]
pub struct Ledger {
    token: Secret,
    budget: Budget,
    tasks: TaskTracker,
    closing: CancellationToken,
}

/// What all calls share.
struct Desk {
    provider: Provider,
    prices: Arc<Prices>,
    budget: Budget,
    watch: Watch,
    clock: Clock,
    patience: Patience,
    http: reqwest::Client,
    token: Secret,
    turns: Arc<Semaphore>,
    unpriced: Mutex<BTreeSet<String>>,
    tasks: TaskTracker,
    closing: CancellationToken,
}

impl Ledger {
    /// Opens a ledger on `listener`.
    pub fn open<L>(listener: L, settings: Settings) -> Result<Self, Error>
    where
        L: Listener,
        L::Addr: Debug,
    {
        let Settings { provider, prices, budget, watch, clock, patience } = settings;
        let http = reqwest::Client::builder()
            .connect_timeout(patience.connect)
            .read_timeout(patience.idle)
            // The key is for this provider only.
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        let ledger = Self {
            token: token()?,
            budget: budget.clone(),
            tasks: tasks.clone(),
            closing: closing.clone(),
        };
        let desk = Desk {
            provider,
            prices,
            budget,
            watch,
            clock,
            patience,
            http,
            token: ledger.token.clone(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            unpriced: Mutex::default(),
            tasks,
            closing: closing.clone(),
        };
        let router = Router::new().fallback(door::enter).with_state(Arc::new(desk));
        ledger.tasks.spawn(async move {
            tokio::select! {
                served = axum::serve(listener, router).into_future() => if let Err(error) = served {
                    tracing::error!(error = %whole(&error), "a model proxy ended");
                },
                () = closing.cancelled() => {}
            }
        });
        Ok(ledger)
    }

    /// What the agent shows instead of a key.
    pub fn token(&self) -> &Secret {
        &self.token
    }

    /// What was spent so far.
    pub fn statement(&self) -> Statement {
        self.budget.statement()
    }

    /// Cuts off every call, and answers what was spent in all.
    pub async fn close(self) -> Statement {
        self.closing.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.budget.statement()
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}

impl Desk {
    fn tell(&self, spent: Option<Spent>) {
        if let Some(spent) = spent {
            (self.watch)(News::Budget(spent));
        }
    }

    fn tell_that_it_was_refused(&self) {
        self.tell(self.budget.news());
        (self.watch)(News::Refused);
    }

    fn price(&self, model: &str) -> Price {
        *self.prices.find(model).unwrap_or(&self.prices.unknown)
    }

    /// Charges for what a model used, under the name the provider gives it, or else the one it was asked by.
    fn charge(&self, answered: Option<&str>, asked: &str, tokens: Tokens) {
        let names = answered.into_iter().chain([asked]);
        let priced = names.clone().find_map(|name| Some((name, self.prices.find(name)?)));
        let (model, price) = priced.unwrap_or_else(|| {
            let name = answered.unwrap_or(asked);
            self.name_unpriced(name);
            (name, &self.prices.unknown)
        });
        self.tell(self.budget.charge(model, tokens, price.of(tokens)));
    }

    fn name_unpriced(&self, model: &str) {
        let mut named = self.unpriced.lock().unwrap_or_else(PoisonError::into_inner);
        let model: String = model.chars().take(100).collect();
        if named.len() < NAMED && named.insert(model.clone()) {
            drop(named);
            (self.watch)(News::Unpriced { model });
        }
    }
}

fn token() -> Result<Secret, Error> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Error::Token)?;
    Ok(Secret::new(format!("team6-{}", hex::encode(bytes))))
}
