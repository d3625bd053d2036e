//! What really happened, told by those who saw it: what Team6 says and does is held against it.

use std::collections::{BTreeMap, BTreeSet};

/// Something that somebody said to a task's agent.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    /// Which task.
    pub(crate) task: i64,
    /// Whether it must be heard, or only if it came in time.
    pub(crate) must: bool,
}

/// A commit that somebody pushed by hand.
#[derive(Clone, Debug)]
pub(crate) struct Pushed {
    pub(crate) repo: String,
    pub(crate) branch: String,
    pub(crate) sha: String,
}

/// Whose tick it is, and of which whole plan, if it was the box for that.
#[derive(Clone, Debug)]
pub(crate) struct Owed {
    pub(crate) by: String,
    pub(crate) whole: Option<String>,
}

/// A task's number and the hash of a text of it.
pub(crate) type Text = (i64, String);

#[derive(Debug, Default)]
pub(crate) struct Record {
    /// What went against a promise.
    pub(crate) wrong: Vec<String>,
    /// Who ticked which text and had the right to.
    pub(crate) ticked: BTreeSet<(String, String)>,
    /// Whose tick of which text stands on the page, and is not taken back.
    /// Who ticked the box for the whole plan approved that plan, and none that it became meanwhile.
    pub(crate) owed: BTreeMap<Text, Owed>,
    /// The boxes of each page of the plan there was, as far as they were clicked or written again.
    pub(crate) pages: Vec<Vec<(String, bool)>>,
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
    /// What people who may said to agents, by the word in it that stands nowhere else.
    pub(crate) said: BTreeMap<String, Said>,
    /// The words that stood in what a worker was really given.
    pub(crate) reached: BTreeSet<String>,
    /// The messages that Team6 took for dealt with: task and number.
    pub(crate) acknowledged_messages: BTreeSet<(i64, u32)>,
    /// The words of those.
    pub(crate) settled: BTreeSet<String>,
    /// What agents were told that they had asked: task and text.
    pub(crate) asked: BTreeSet<(i64, String)>,
    /// The commits that people pushed to the branches of agents.
    pub(crate) pushed: Vec<Pushed>,
    /// How many requests of Team6 were to change something.
    pub(crate) writes: usize,
    /// How many requests Team6 made.
    pub(crate) requests: usize,
}
