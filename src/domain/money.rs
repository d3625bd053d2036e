//! What a model's work costs, in whole millionths of a dollar: sums come out right, and no number is ever rounded away.

use std::collections::BTreeMap;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

const DOLLAR: i64 = 1_000_000;
/// Prices are for this many tokens.
const MILLION: u128 = 1_000_000;

/// An amount of money, in millionths of a dollar.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    sqlx::Type,
)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Money(pub i64);

impl Money {
    /// What is left of it after `spent`; nothing, if more was spent.
    #[must_use]
    pub fn less(self, spent: Self) -> Self {
        Self(self.0.saturating_sub(spent.0).max(0))
    }

    fn of(millionths: u128) -> Self {
        Self(i64::try_from(millionths).unwrap_or(i64::MAX))
    }

    fn count(self) -> u128 {
        u128::try_from(self.0).unwrap_or(0)
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

/// Dollars and cents, and as many places more as it takes to be exact.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) =
            (self.0.unsigned_abs() / DOLLAR.unsigned_abs(), self.0.unsigned_abs() % 1_000_000);
        let part = format!("{part:06}");
        let needed = part.trim_end_matches('0').len().max(2);
        write!(f, "{sign}${whole}.{}", &part[..needed])
    }
}

/// A text that is no amount of money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no amount of dollars; write it like `2.50`, with six decimals at most")]
pub struct NoAmount(String);

/// `2.50`, in dollars.
impl FromStr for Money {
    type Err = NoAmount;

    fn from_str(text: &str) -> Result<Self, NoAmount> {
        let wrong = || NoAmount(text.to_owned());
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(part) || 6 < part.len() {
            return Err(wrong());
        }
        let whole: i64 = whole.parse().map_err(|_| wrong())?;
        let part: i64 = format!("{part:0<6}").parse().map_err(|_| wrong())?;
        let all = whole.checked_mul(DOLLAR).and_then(|all| all.checked_add(part));
        all.map(Self).ok_or_else(wrong)
    }
}

/// What a model read and wrote. What came from the provider's cache, or went into it, is not in `input`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// Read anew.
    pub input: u64,
    /// Written, thoughts included.
    pub output: u64,
    /// Read from the cache, which is cheaper.
    pub cache_read: u64,
    /// Written to the cache.
    pub cache_write: u64,
}

impl Tokens {
    /// All of them.
    pub fn total(self) -> u64 {
        [self.input, self.output, self.cache_read, self.cache_write]
            .iter()
            .fold(0, |sum, n| sum.saturating_add(*n))
    }

    /// Those that are not in `counted` already.
    #[must_use]
    pub fn beyond(self, counted: Self) -> Self {
        self.with(counted, u64::saturating_sub)
    }

    fn with(self, other: Self, both: impl Fn(u64, u64) -> u64) -> Self {
        Self {
            input: both(self.input, other.input),
            output: both(self.output, other.output),
            cache_read: both(self.cache_read, other.cache_read),
            cache_write: both(self.cache_write, other.cache_write),
        }
    }
}

impl Add for Tokens {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.with(other, u64::saturating_add)
    }
}

/// What a million tokens cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Price {
    /// Read anew.
    pub input: Money,
    /// Written.
    pub output: Money,
    /// Read from the cache.
    pub cache_read: Money,
    /// Written to the cache.
    pub cache_write: Money,
}

impl Price {
    /// What these tokens cost; a part of a millionth counts as a whole one.
    pub fn of(&self, tokens: Tokens) -> Money {
        let each = [
            (tokens.input, self.input),
            (tokens.output, self.output),
            (tokens.cache_read, self.cache_read),
            (tokens.cache_write, self.cache_write),
        ];
        let all = each
            .iter()
            .fold(0_u128, |sum, (n, price)| sum.saturating_add(u128::from(*n) * price.count()));
        Money::of(all.div_ceil(MILLION))
    }

    /// How many tokens a model may write for `money`; no number if writing is free.
    pub fn affords(&self, money: Money) -> Option<u64> {
        let tokens = (money.count() * MILLION).checked_div(self.output.count())?;
        Some(u64::try_from(tokens).unwrap_or(u64::MAX))
    }
}

/// What the models cost that we know, and what one costs that we do not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prices {
    /// By the model's name, or by what its name begins with.
    pub known: BTreeMap<String, Price>,
    /// Of a model that is not in there.
    pub unknown: Price,
}

impl Prices {
    /// The price of a model: that of the longest beginning of its name, in whole words, that has one.
    ///
    /// A name like `models/gemini-2.5-pro` or `anthropic/claude-sonnet-4` is also looked for behind its last `/`.
    pub fn find(&self, model: &str) -> Option<&Price> {
        let bare = model.rsplit('/').next().unwrap_or(model);
        self.of_beginning(model).or_else(|| self.of_beginning(bare))
    }

    fn of_beginning(&self, model: &str) -> Option<&Price> {
        let begins = self.known.iter().filter(|(name, _)| {
            // `gpt-5` is no beginning of `gpt-5.9`, which is another model.
            let rest = model.strip_prefix(name.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', ':', '@']))
        });
        begins.max_by_key(|(name, _)| name.len()).map(|(_, price)| price)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn price(input: &str, output: &str) -> Price {
        let input: Money = input.parse().unwrap();
        let cache_read = Money(input.0 / 10);
        Price { input, output: output.parse().unwrap(), cache_read, cache_write: input }
    }

    #[test]
    fn money_is_read_and_shown_as_people_write_it() {
        for (text, millionths, shown) in [
            ("0", 0, "$0.00"),
            ("2.5", 2_500_000, "$2.50"),
            ("15", 15_000_000, "$15.00"),
            ("0.075", 75_000, "$0.075"),
            ("0.000001", 1, "$0.000001"),
        ] {
            let money: Money = text.parse().unwrap();
            assert_eq!((money, money.to_string().as_str()), (Money(millionths), shown));
        }
        for wrong in ["", ".", "1.", ".5", "-1", "1e3", "1,50", "$1", "0.0000001", "9999999999999"]
        {
            assert!(wrong.parse::<Money>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_call_costs_what_the_table_says() {
        let sonnet = price("3", "15");
        let tokens = Tokens { input: 1_000, output: 50, cache_read: 10_000, cache_write: 100 };
        // 3000 + 750 + 3000 + 300 millionths.
        assert_eq!(sonnet.of(tokens), Money(7_050));
        assert_eq!(price("0.000001", "0").of(Tokens { input: 1, ..Tokens::default() }), Money(1));
        assert_eq!(sonnet.affords(Money(7_500)), Some(500));
        assert_eq!(price("1", "0").affords(Money(1)), None);
    }

    #[test]
    fn the_longest_beginning_of_a_name_wins() {
        let known = [("gpt-5", price("1", "10")), ("gpt-5-mini", price("0.25", "2"))];
        let known = known.into_iter().map(|(name, price)| (name.to_owned(), price)).collect();
        let prices = Prices { known, unknown: Price::default() };
        assert_eq!(prices.find("gpt-5-mini-2026-01-01"), Some(&price("0.25", "2")));
        assert_eq!(prices.find("openai/gpt-5-codex"), Some(&price("1", "10")));
        assert_eq!(prices.find("gpt-4"), None);
        assert_eq!(prices.find("gpt-5.9"), None);
    }

    fn tokens() -> impl Strategy<Value = Tokens> {
        (any::<u32>(), any::<u32>(), any::<u32>(), any::<u32>()).prop_map(|(a, b, c, d)| Tokens {
            input: a.into(),
            output: b.into(),
            cache_read: c.into(),
            cache_write: d.into(),
        })
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(millionths in 0..i64::MAX) {
            let text = Money(millionths).to_string();
            prop_assert_eq!(text[1..].parse::<Money>(), Ok(Money(millionths)));
        }

        #[test]
        fn counting_in_parts_charges_no_less_and_hardly_more(a in tokens(), b in tokens()) {
            let price = price("3.000001", "15.123456");
            let (parts, whole) = (price.of(a) + price.of(b), price.of(a + b));
            prop_assert!(whole <= parts && parts <= whole + Money(1));
        }

        #[test]
        fn what_is_beyond_completes_what_was_counted(a in tokens(), b in tokens()) {
            prop_assert_eq!(a + (a + b).beyond(a), a + b);
        }

        #[test]
        fn nothing_is_so_much_that_it_becomes_little(n in any::<u64>(), p in 0..i64::MAX) {
            let (price, most) = (Price { output: Money(p), ..Price::default() }, i64::MAX);
            let cost = price.of(Tokens { output: n, ..Tokens::default() });
            let exact = u128::from(n) * u128::from(p.unsigned_abs());
            prop_assert_eq!(cost.0, i64::try_from(exact.div_ceil(1_000_000)).unwrap_or(most));
        }
    }
}
