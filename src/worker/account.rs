//! What one execution may spend, and what it has spent.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::agent::ledger::{Allowance, Budget};
use crate::domain::budget::{Limit, Spending};

/// What an execution may spend: the server says so when it hands it out and with every beat.
pub(super) struct Account {
    allowed: watch::Sender<Limit>,
    purse: Mutex<Option<Purse>>,
    began: Mutex<Option<Instant>>,
    worked: Mutex<Option<Duration>>,
    cut_off: AtomicBool,
}

/// What pays for a model, and what this worker lets its agent spend where the server says nothing.
struct Purse {
    budget: Budget,
    own: Allowance,
}

impl Account {
    /// For an execution that may spend so much.
    pub(super) fn new(allowed: Limit) -> Self {
        Self {
            allowed: watch::channel(allowed).0,
            purse: Mutex::default(),
            began: Mutex::default(),
            worked: Mutex::default(),
            cut_off: AtomicBool::default(),
        }
    }

    /// The budget that a ledger keeps to from now on.
    pub(super) fn opens(&self, own: Allowance) -> Budget {
        let budget = Budget::new(both(*self.allowed.borrow(), own));
        *locked(&self.purse) = Some(Purse { budget: budget.clone(), own });
        budget
    }

    /// The server says anew what may be spent.
    pub(super) fn allow(&self, limit: Limit) {
        let is_new = self.allowed.send_if_modified(|known| {
            let is_new = *known != limit;
            *known = limit;
            is_new
        });
        if let Some(Purse { budget, own }) = locked(&self.purse).as_ref().filter(|_| is_new) {
            budget.allow(both(limit, *own));
        }
    }

    /// The agent begins.
    pub(super) fn begins(&self) {
        *locked(&self.began) = Some(Instant::now());
    }

    /// The agent is gone.
    pub(super) fn ends(&self) {
        *locked(&self.worked) = Some(self.time());
    }

    fn time(&self) -> Duration {
        let worked = *locked(&self.worked);
        worked.or(locked(&self.began).map(|at| at.elapsed())).unwrap_or_default()
    }

    /// What was spent until now.
    pub(super) fn spent(&self) -> Spending {
        let statement = locked(&self.purse).as_ref().map(|purse| purse.budget.statement());
        let models = statement.map(|statement| (statement.cost, statement.tokens.total()));
        let (cost, tokens) = models.unwrap_or_default();
        Spending { cost, tokens, seconds: self.time().as_secs() }
    }

    /// Waits until the agent has worked as long as it may.
    pub(super) async fn time_is_up(&self) {
        let mut allowed = self.allowed.subscribe();
        loop {
            let most = allowed.borrow_and_update().seconds;
            let began = *locked(&self.began);
            let end = most.zip(began);
            let up = async {
                match end {
                    Some((most, began)) => {
                        tokio::time::sleep_until(began + Duration::from_secs(most)).await;
                    }
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = up => return,
                changed = allowed.changed() => if changed.is_err() {
                    std::future::pending::<()>().await;
                },
            }
        }
    }

    /// The agent was refused what it wanted to spend.
    pub(super) fn cuts_off(&self) {
        self.cut_off.store(true, Ordering::Relaxed);
    }

    /// Whether it was.
    pub(super) fn is_cut_off(&self) -> bool {
        self.cut_off.load(Ordering::Relaxed)
    }
}

/// What the server allows; where it says nothing, what this worker does.
fn both(limit: Limit, own: Allowance) -> Allowance {
    Allowance { tokens: limit.tokens.or(own.tokens), cost: limit.cost.or(own.cost) }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
