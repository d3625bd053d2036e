//! What may be spent on a task and on a run, and how far that is.

mod decide;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Add;

use serde::{Deserialize, Serialize};

pub use decide::{Event, Raise};

use super::ids::TaskNumber;
use super::money::Money;

/// At this many hundredths of what is allowed, its owner is told.
const WARNED_AT: u128 = 80;

/// What was spent, or what may be spent more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Spending {
    /// On models.
    pub cost: Money,
    /// Their tokens, of any kind.
    pub tokens: u64,
    /// How long agents worked.
    pub seconds: u64,
}

/// How much may be spent; what is not said is not limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limit {
    /// On models.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// In tokens of any kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// How long agents may work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
}

/// How far the spending has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Four fifths are gone.
    Warned,
    /// Nothing is left.
    Spent,
}

/// What is there for a task or a run, and how far it is spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Purse {
    /// What may be spent, with everything that people added.
    pub limit: Limit,
    /// What was spent when that was last looked at.
    pub spent: Spending,
    /// How far that is, as its owner knows.
    pub stage: Option<Stage>,
    /// Whether an agent was refused more for want of it since it was raised last.
    pub refuses: bool,
    /// What the last raise was: so much at least one execution may spend.
    pub granted: Spending,
}

/// More that may be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// Dollars.
    Cost(Money),
    /// Tokens.
    Tokens(u64),
    /// Minutes of agents' work.
    Minutes(u64),
}

/// What may be spent on a run that begins and on each of its tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Budgets {
    /// On the run.
    pub run: Limit,
    /// On these tasks.
    pub tasks: BTreeMap<TaskNumber, Limit>,
}

impl Limit {
    /// This, and where nothing is said, the other.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            cost: self.cost.or(other.cost),
            tokens: self.tokens.or(other.tokens),
            seconds: self.seconds.or(other.seconds),
        }
    }

    /// The smaller of both, in each respect.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            cost: least(self.cost, other.cost),
            tokens: least(self.tokens, other.tokens),
            seconds: least(self.seconds, other.seconds),
        }
    }

    /// What is left of it.
    #[must_use]
    pub fn less(self, spent: Spending) -> Self {
        Self {
            cost: self.cost.map(|most| most.less(spent.cost)),
            tokens: self.tokens.map(|most| most.saturating_sub(spent.tokens)),
            seconds: self.seconds.map(|most| most.saturating_sub(spent.seconds)),
        }
    }

    /// So much more in each respect that is limited.
    #[must_use]
    pub fn more(self, more: Spending) -> Self {
        Self {
            cost: self.cost.map(|most| most + more.cost),
            tokens: self.tokens.map(|most| most.saturating_add(more.tokens)),
            seconds: self.seconds.map(|most| most.saturating_add(more.seconds)),
        }
    }

    /// Not less than that in any respect that is limited.
    #[must_use]
    pub fn at_least(self, least: Spending) -> Self {
        Self {
            cost: self.cost.map(|most| most.max(least.cost)),
            tokens: self.tokens.map(|most| most.max(least.tokens)),
            seconds: self.seconds.map(|most| most.max(least.seconds)),
        }
    }

    /// Whether nothing may be spent any more in some respect.
    pub fn is_nothing(self) -> bool {
        self.cost == Some(Money(0)) || self.tokens == Some(0) || self.seconds == Some(0)
    }

    /// Whether anything is limited.
    pub fn is_there(self) -> bool {
        self != Self::default()
    }

    /// Whether it limits what this amount is counted in.
    pub fn counts(self, amount: Amount) -> bool {
        match amount {
            Amount::Cost(_) => self.cost.is_some(),
            Amount::Tokens(_) => self.tokens.is_some(),
            Amount::Minutes(_) => self.seconds.is_some(),
        }
    }
}

impl Add for Spending {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            cost: self.cost + other.cost,
            tokens: self.tokens.saturating_add(other.tokens),
            seconds: self.seconds.saturating_add(other.seconds),
        }
    }
}

impl Purse {
    /// A purse from which nothing is spent.
    pub fn new(limit: Limit) -> Self {
        Self { limit, ..Self::default() }
    }

    /// How far so much would be.
    pub fn stage_at(&self, spent: Spending) -> Option<Stage> {
        match self.share(spent) {
            _ if self.refuses => Some(Stage::Spent),
            100.. => Some(Stage::Spent),
            WARNED_AT.. => Some(Stage::Warned),
            0.. => None,
        }
    }

    /// How many hundredths of it are spent then, in the respect in which that is most.
    fn share(&self, spent: Spending) -> u128 {
        let cost = |money: Money| u64::try_from(money.0).unwrap_or(0);
        let Limit { cost: money, tokens, seconds } = self.limit;
        let parts = [
            money.map(|most| (cost(spent.cost), cost(most))),
            tokens.map(|most| (spent.tokens, most)),
            seconds.map(|most| (spent.seconds, most)),
        ];
        let share =
            |(spent, most): (u64, u64)| (u128::from(spent) * 100).checked_div(u128::from(most));
        parts.into_iter().flatten().map(|part| share(part).unwrap_or(100)).max().unwrap_or(0)
    }

    /// Whether what was spent is near to what may be, or past it, and so the reason of a hold.
    pub fn is_near(&self) -> bool {
        WARNED_AT <= self.share(self.spent)
    }

    /// Whether nothing is left, as far as is known.
    pub fn is_spent(&self) -> bool {
        self.stage == Some(Stage::Spent)
    }

    /// What was spent of what, in each respect that is limited: `$4.10 of $5.00`.
    pub fn words(&self) -> String {
        let Spending { cost, tokens, seconds } = self.spent;
        let minutes = |seconds: u64| seconds / 60;
        let parts = [
            self.limit.cost.map(|most| format!("{cost} of {most}")),
            self.limit.tokens.map(|most| format!("{tokens} of {most} tokens")),
            self.limit
                .seconds
                .map(|most| format!("{} of {} minutes", minutes(seconds), minutes(most))),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// The same, where so much was spent until now.
    #[must_use]
    pub fn with(self, spent: Spending) -> Self {
        Self { spent, ..self }
    }

    /// More by so much.
    fn raise(&mut self, amount: Amount) {
        let more = amount.spending();
        self.limit = self.limit.more(more);
        self.granted = more;
        self.refuses = false;
        self.stage = self.stage_at(self.spent);
    }

    /// What was spent until now; answers how far that is, if that is further than was known.
    fn count(&mut self, spent: Spending) -> Option<Stage> {
        let stage = self.stage_at(spent);
        let is_news = self.stage < stage;
        if is_news {
            self.stage = stage;
            self.spent = spent;
        }
        stage.filter(|_| is_news)
    }
}

/// What one execution may spend that has spent so much: what its agent may spend on one, and no
/// more than is left for its task and for its run. Each is looked at again with every beat.
pub fn allowance(
    of_agent: Limit,
    spent: Spending,
    (task, by_task): (&Purse, Spending),
    (run, by_run): (&Purse, Spending),
) -> Limit {
    let left = task.limit.less(by_task).and(run.limit.less(by_run)).more(spent);
    of_agent.at_least(task.granted).and(left)
}

impl Amount {
    /// The amount as a spending.
    pub fn spending(self) -> Spending {
        let none = Spending::default();
        match self {
            Self::Cost(cost) => Spending { cost, ..none },
            Self::Tokens(tokens) => Spending { tokens, ..none },
            Self::Minutes(minutes) => Spending { seconds: minutes.saturating_mul(60), ..none },
        }
    }

    /// What it is counted in.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Cost(_) => "dollars",
            Self::Tokens(_) => "tokens",
            Self::Minutes(_) => "minutes",
        }
    }

    /// `+5`, `+$2.50`, `+500000 tokens` or `+30 minutes`; why not, in words.
    pub fn read(words: &[&str]) -> Result<Self, String> {
        let (first, unit) = match words {
            [] => return Err("how much more is missing".to_owned()),
            [first] => (*first, ""),
            [first, unit, ..] => (*first, *unit),
        };
        let shown = super::refusal::shown(&words.join(" "));
        let wrong = || {
            format!("`{shown}` is no amount, like `+5` dollars, `+500000 tokens` or `+30 minutes`")
        };
        let Some(number) = first.strip_prefix('+') else {
            let bare = first.trim_start_matches('-');
            let is_number = bare.starts_with(|c: char| c.is_ascii_digit());
            let bare = super::refusal::shown(bare);
            let how = format!("write `+{bare}`: it is how much more may be spent");
            return Err(if is_number { how } else { wrong() });
        };
        let whole =
            || number.replace(['_', ','], "").parse().ok().filter(|n| (1..=MOST).contains(n));
        let amount = match unit.to_lowercase().as_str() {
            "" | "dollar" | "dollars" | "usd" | "$" => {
                let money: Option<Money> = number.trim_start_matches('$').parse().ok();
                money.filter(|money| 0 < money.0 && *money <= MOST_MONEY).map(Self::Cost)
            }
            "token" | "tokens" => whole().map(Self::Tokens),
            "minute" | "minutes" | "min" => whole().map(Self::Minutes),
            _ => None,
        };
        amount.ok_or_else(wrong)
    }
}

/// More than that at once is a slip.
const MOST: u64 = 1_000_000_000_000;
const MOST_MONEY: Money = Money(1_000_000_000_000);

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cost(cost) => write!(f, "{cost}"),
            Self::Tokens(tokens) => write!(f, "{tokens} tokens"),
            Self::Minutes(minutes) => write!(f, "{minutes} minutes"),
        }
    }
}

fn least<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
