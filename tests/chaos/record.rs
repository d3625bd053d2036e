//! What really happened, told by those who saw it: what Team6 says and does is held against it.

use std::collections::{BTreeMap, BTreeSet};

/// A task's number and the hash of a text of it.
pub(crate) type Text = (i64, String);

#[derive(Debug, Default)]
pub(crate) struct Record {
    /// What went against a promise.
    pub(crate) wrong: Vec<String>,
    /// Who ticked which text and had the right to.
    pub(crate) ticked: BTreeSet<(String, String)>,
    /// Whose tick of which text stands on the page, and is not taken back.
    pub(crate) owed: BTreeMap<Text, String>,
    /// The hidden markers of what Team6 made on GitHub, with how often.
    pub(crate) made: BTreeMap<String, usize>,
    /// The pull requests that people merged: repository and number to merge commit.
    pub(crate) merged: BTreeMap<(String, i64), String>,
    /// The last epoch handed out of each execution.
    pub(crate) epochs: BTreeMap<String, i64>,
    /// The deliveries that Team6 said it has.
    pub(crate) acknowledged: BTreeSet<String>,
    /// The runs whose start was looked at.
    pub(crate) runs: BTreeSet<String>,
    /// The branches that were pushed.
    pub(crate) branches: BTreeSet<(String, String)>,
    /// How many requests of Team6 were to change something.
    pub(crate) writes: usize,
    /// How many requests Team6 made.
    pub(crate) requests: usize,
}
