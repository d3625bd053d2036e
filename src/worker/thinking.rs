//! An agent's model for one execution: a ledger of its own, and what becomes of the execution when that says no.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::json;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::account::Account;
use super::leases::Held;
use super::spool::Spool;
use crate::agent::ledger::{
    Allowance, Error, Ledger, News, Patience, Provider, Settings, Spent, Statement,
};
use crate::agent::sandbox::{Door, Listener};
use crate::agent::{Place, Reach, Sandbox, Spec};
use crate::clock::Clock;
use crate::domain::ids::AgentName;
use crate::domain::money::Prices;
use crate::domain::work::{Class, Failure};

/// An agent that has spent everything may say so and end its turn in this time.
const LAST_WORDS: Duration = Duration::from_secs(4);
/// One that was asked to stop then, and does not, is killed after this time: ten seconds after its last penny, nobody
/// who spends everything is there any more.
const LEAVING: Duration = Duration::from_secs(3);

/// The models of a worker's agents.
pub type Models = BTreeMap<AgentName, Model>;

/// With whose model an agent thinks, and what that may cost in one execution.
#[derive(Clone, Debug)]
pub struct Model {
    /// The provider's name for it.
    pub name: String,
    /// Who provides it.
    pub provider: Provider,
    /// What may be spent.
    pub allowance: Allowance,
    /// What models cost.
    pub prices: Arc<Prices>,
}

/// An agent that thinks.
pub(super) struct Thinking {
    /// How it is started, its model's address and token filled in.
    pub(super) spec: Spec,
    /// Stops its turn.
    pub(super) stop: CancellationToken,
    ledger: Option<Ledger>,
    trouble: Arc<Trouble>,
}

/// What the ledger said no about.
#[derive(Default)]
struct Trouble {
    last: Mutex<Option<Failure>>,
    resets_at: Mutex<Option<DateTime<Utc>>>,
    is_spent: Notify,
    cut_off: AtomicBool,
}

impl Thinking {
    /// Opens a ledger, if the agent has a model of ours.
    pub(super) fn begin(
        (model, account): (Option<&Model>, &Account),
        spec: &Spec,
        sandbox: &Sandbox,
        place: &mut Place,
        spool: &Arc<Spool>,
        unwanted: &CancellationToken,
    ) -> Result<Self, Failure> {
        let (stop, trouble) = (unwanted.child_token(), Arc::<Trouble>::default());
        let Some(model) = model else {
            return Ok(Self { spec: spec.clone(), stop, ledger: None, trouble });
        };
        let broken = |error: &dyn std::fmt::Display| Failure {
            class: Class::Machinery,
            message: format!("opening a model proxy: {error}"),
        };
        let door = sandbox.door(place, Door::Model);
        let (listener, url) = door.map_err(|error| broken(&error))?;
        let opened = Self::open(listener, model, account, (spool, &trouble));
        let ledger = opened.map_err(|error| broken(&error))?;
        spool.hides(ledger.token().reveal());
        let spec = spec.filled(&Reach {
            url: url.as_str().trim_end_matches('/').to_owned(),
            token: ledger.token().reveal().to_owned(),
            model: model.name.clone(),
        });
        Ok(Self { spec, stop, ledger: Some(ledger), trouble })
    }

    fn open(
        listener: Listener,
        model: &Model,
        account: &Account,
        (spool, trouble): (&Arc<Spool>, &Arc<Trouble>),
    ) -> Result<Ledger, Error> {
        let (spool, trouble) = (Arc::clone(spool), Arc::clone(trouble));
        let settings = Settings {
            provider: model.provider.clone(),
            prices: Arc::clone(&model.prices),
            budget: account.opens(model.allowance),
            watch: Arc::new(move |news| trouble.hear(news, &spool)),
            clock: Clock::System,
            patience: Patience::default(),
        };
        Ledger::open(listener, settings)
    }

    /// Stops an agent that has spent everything and does not end its turn, or has no time left.
    pub(super) async fn overdue(&self, held: &Held) -> Infallible {
        tokio::select! {
            () = self.trouble.is_spent.notified() => tokio::time::sleep(LAST_WORDS).await,
            () = held.account.time_is_up() => self.trouble.time_is_up(),
        }
        self.trouble.cut_off.store(true, Ordering::Relaxed);
        self.stop.cancel();
        tokio::time::sleep(LEAVING).await;
        held.kill().await;
        std::future::pending().await
    }

    /// When the provider wants to be called again, where it said so.
    pub(super) fn resets_at(&self) -> Option<DateTime<Utc>> {
        *self.trouble.resets_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the ledger; answers what it said no about, which explains a failure better than the agent does.
    pub(super) async fn end(self, spool: &Spool, account: &Account) -> Option<Failure> {
        if self.trouble.cut_off.load(Ordering::Relaxed) {
            account.cuts_off();
        }
        if let Some(ledger) = self.ledger {
            let statement = ledger.close().await;
            spool.tell(&summary(&statement));
            spool.push("ledger", json!(statement));
        }
        self.trouble.last.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Trouble {
    fn hear(&self, news: News, spool: &Spool) {
        let failure = match news {
            News::Budget(Spent::Warned) => {
                return spool.tell("Four fifths of the budget are spent");
            }
            News::Budget(Spent::Exhausted) => {
                self.is_spent.notify_one();
                spent("the agent has spent what it may spend")
            }
            News::Refused => {
                self.is_spent.notify_one();
                self.cut_off.store(true, Ordering::Relaxed);
                spent("the agent has spent what it may spend, and wanted to spend more")
            }
            News::Quota { until } => {
                *self.resets_at.lock().unwrap_or_else(PoisonError::into_inner) = until;
                let when = until.map_or_else(String::new, |until| {
                    format!(" before {}", until.format("%Y-%m-%d %H:%M:%S UTC"))
                });
                let message = format!("the model's provider wants no more calls{when}");
                Failure { class: Class::Quota, message }
            }
            News::Unpriced { model } => {
                tracing::warn!(%model, "a model has no price, and is charged what unknown models cost");
                return spool.tell(&format!("No price is known for {model}"));
            }
        };
        spool.tell(&failure.message);
        self.note(failure);
    }

    fn time_is_up(&self) {
        self.note(spent("the agent has worked as long as it may"));
    }

    fn note(&self, failure: Failure) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        // What is spent stays spent; a quota may have passed.
        if last.as_ref().is_none_or(|last| last.class != Class::Spent) {
            *last = Some(failure);
        }
    }
}

fn spent(words: &str) -> Failure {
    Failure { class: Class::Spent, message: words.to_owned() }
}

fn summary(statement: &Statement) -> String {
    let Statement { calls, tokens, cost, .. } = statement;
    format!("Asked the model {calls} times: {} tokens, {cost}", tokens.total())
}
