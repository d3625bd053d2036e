//! How much an agent may spend, what it has spent, and when somebody should know.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::domain::money::{Money, Tokens};

/// At this many hundredths of what is allowed, somebody is warned.
const WARNED_AT: u128 = 80;
/// So many models are told apart; an agent may name as many as it likes.
const MODELS: usize = 50;

/// How much may be spent; what is not said is not limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allowance {
    /// In tokens of any kind.
    pub tokens: Option<u64>,
    /// In money.
    pub cost: Option<Money>,
}

/// How far the spending has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spent {
    /// Four fifths are gone.
    Warned,
    /// Nothing is left; calls are refused until more is allowed.
    Exhausted,
}

/// What was spent on what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// How many calls were answered.
    pub calls: u64,
    /// Of those, how many ended before the provider said what they used: their figures are our estimate.
    pub estimated: u64,
    /// All tokens.
    pub tokens: Tokens,
    /// What they cost.
    pub cost: Money,
    /// The same for each model.
    pub models: BTreeMap<String, Share>,
}

/// One model's part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Its tokens.
    pub tokens: Tokens,
    /// Their cost.
    pub cost: Money,
}

/// A purse: clones of it are the same one, and so a worker keeps a hand on what a ledger spends.
#[derive(Clone, Debug, Default)]
pub struct Budget(Arc<Mutex<Account>>);

#[derive(Debug, Default)]
struct Account {
    allowance: Allowance,
    told: Option<Spent>,
    statement: Statement,
}

/// What is left to spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Left {
    /// In tokens.
    pub(super) tokens: Option<u64>,
    /// In money.
    pub(super) cost: Option<Money>,
}

impl Left {
    /// Whether there is nothing left.
    pub(super) fn is_nothing(self) -> bool {
        self.tokens == Some(0) || self.cost == Some(Money(0))
    }
}

impl Budget {
    /// A purse nothing has been spent from.
    pub fn new(allowance: Allowance) -> Self {
        let account = Account { allowance, ..Account::default() };
        Self(Arc::new(Mutex::new(account)))
    }

    /// Allows another amount from now on, counted from the beginning; calls go through again if it is more.
    pub fn allow(&self, allowance: Allowance) {
        let mut account = self.account();
        account.allowance = allowance;
        account.told = account.stage();
    }

    /// What was spent so far.
    pub fn statement(&self) -> Statement {
        self.account().statement.clone()
    }

    /// Whether nothing is left.
    pub fn is_spent(&self) -> bool {
        self.left().is_nothing()
    }

    pub(super) fn left(&self) -> Left {
        let account = self.account();
        let (spent, allowed) = (&account.statement, account.allowance);
        Left {
            tokens: allowed.tokens.map(|most| most.saturating_sub(spent.tokens.total())),
            cost: allowed.cost.map(|most| most.less(spent.cost)),
        }
    }

    /// Counts a call that was answered.
    pub(super) fn count(&self, is_estimated: bool) {
        let mut account = self.account();
        account.statement.calls += 1;
        account.statement.estimated += u64::from(is_estimated);
    }

    /// Takes what a call used; answers what somebody should know now.
    pub(super) fn charge(&self, model: &str, tokens: Tokens, cost: Money) -> Option<Spent> {
        let mut account = self.account();
        let statement = &mut account.statement;
        statement.tokens = statement.tokens + tokens;
        statement.cost += cost;
        let is_known = statement.models.contains_key(model) || statement.models.len() < MODELS;
        let name = if is_known { model.chars().take(100).collect() } else { "others".to_owned() };
        let share = statement.models.entry(name).or_default();
        share.tokens = share.tokens + tokens;
        share.cost += cost;
        account.news()
    }

    /// What somebody should know who was not told yet.
    pub(super) fn news(&self) -> Option<Spent> {
        self.account().news()
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Account {
    fn news(&mut self) -> Option<Spent> {
        let stage = self.stage();
        let is_news = self.told < stage;
        self.told = self.told.max(stage);
        stage.filter(|_| is_news)
    }

    fn stage(&self) -> Option<Spent> {
        let spent = self.statement.cost.0.max(0).unsigned_abs();
        let cost = self.allowance.cost.map(|most| (spent, most.0.max(0).unsigned_abs()));
        let tokens = self.allowance.tokens.map(|most| (self.statement.tokens.total(), most));
        let stages = [cost, tokens].into_iter().flatten().filter_map(|(spent, most)| {
            let is_past = |hundredths| u128::from(most) * hundredths <= u128::from(spent) * 100;
            if is_past(100) {
                Some(Spent::Exhausted)
            } else {
                is_past(WARNED_AT).then_some(Spent::Warned)
            }
        });
        stages.max()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(tokens: u64) -> Budget {
        Budget::new(Allowance { tokens: Some(tokens), cost: None })
    }

    fn output(n: u64) -> Tokens {
        Tokens { output: n, ..Tokens::default() }
    }

    #[test]
    fn somebody_is_told_once_at_four_fifths_and_once_at_the_end() {
        let budget = of(100);
        let told: Vec<_> = (0..12).map(|_| budget.charge("m", output(10), Money(1))).collect();
        assert_eq!(told[7], Some(Spent::Warned));
        assert_eq!(told[9], Some(Spent::Exhausted));
        assert_eq!(told.iter().flatten().count(), 2);
        assert!(budget.is_spent());
        assert_eq!(budget.statement().cost, Money(12));
    }

    #[test]
    fn more_can_be_allowed_and_is_warned_about_anew() {
        let budget = of(100);
        assert_eq!(budget.charge("m", output(120), Money(0)), Some(Spent::Exhausted));
        budget.allow(Allowance { tokens: Some(200), cost: None });
        assert!(!budget.is_spent());
        assert_eq!(budget.charge("m", output(30), Money(0)), None);
        assert_eq!(budget.charge("m", output(10), Money(0)), Some(Spent::Warned));
    }

    #[test]
    fn money_is_a_limit_too_and_nothing_allowed_is_spent_at_once() {
        let allowance = Allowance { tokens: None, cost: Some(Money(10)) };
        let budget = Budget::new(allowance);
        assert_eq!(budget.charge("m", output(1_000_000), Money(9)), Some(Spent::Warned));
        assert_eq!(budget.left(), Left { tokens: None, cost: Some(Money(1)) });
        assert_eq!(of(0).news(), Some(Spent::Exhausted));
        assert!(!Budget::default().is_spent());
    }

    #[test]
    fn an_agent_cannot_fill_the_memory_with_names_of_models() {
        let budget = Budget::default();
        for n in 0..1_000 {
            budget.charge(&format!("{n}{}", "x".repeat(1_000)), output(1), Money(1));
        }
        let models = budget.statement().models;
        assert!(models.len() <= MODELS + 1);
        assert!(models.keys().all(|name| name.len() <= 100));
        assert_eq!(models["others"].cost, Money(950));
    }

    proptest! {
        #[test]
        fn the_parts_are_the_whole(charges in prop::collection::vec((0_u8..4, 0_u32..9_999), 0..50)) {
            let budget = of(50_000);
            for (model, n) in charges {
                budget.charge(&model.to_string(), output(n.into()), Money(n.into()));
            }
            let said = budget.statement();
            prop_assert_eq!(said.models.values().map(|share| share.cost).sum::<Money>(), said.cost);
            prop_assert_eq!(budget.is_spent(), said.tokens.total() >= 50_000);
        }
    }
}
