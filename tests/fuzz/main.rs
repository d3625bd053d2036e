//! What outsiders write, spoiled on purpose: nothing of it may bring Team6 down.
//!
//! An ordinary run is short and always the same. `TEAM6_FUZZ_CASES` makes it longer and
//! `TEAM6_FUZZ_SEED` another one; a failure prints both, and the smallest input that shows it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should fail where it stands")]
#![expect(clippy::disallowed_methods, reason = "tests read the environment by themselves")]

mod agents;
mod bundles;
mod delivered;
mod holds;
mod settings;
mod spoil;
mod webhooks;
mod words;

use std::fmt::Debug;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

/// How many spoiled inputs an ordinary run tries, where one takes no time.
const CASES: u32 = 2_000;

/// Tries `cases` inputs, or as many times more as `TEAM6_FUZZ_CASES` is more than usual.
fn tries<T: Debug>(
    cases: u32,
    inputs: impl Strategy<Value = T>,
    holds: impl Fn(T) -> Result<(), TestCaseError>,
) {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u32>().ok());
    let seed = number("TEAM6_FUZZ_SEED").unwrap_or(0);
    let wanted = number("TEAM6_FUZZ_CASES").unwrap_or(CASES);
    let cases = (u64::from(cases) * u64::from(wanted) / u64::from(CASES)).max(1);
    let cases = u32::try_from(cases).unwrap_or(u32::MAX);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let failed = TestRunner::new_with_rng(config, rng).run(&inputs, holds);
    if let Err(TestError::Fail(why, input)) = failed {
        panic!("TEAM6_FUZZ_SEED={seed} TEAM6_FUZZ_CASES={wanted}: {why}\n{input:?}");
    }
    failed.unwrap();
}
