//! What was asked lately, and limits that are enforced on demand.
//!
//! Both live in memory only. Nothing but the hour's budget is enforced until somebody asks for it:
//! <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

/// How many requests are remembered.
const REMEMBERED: usize = 20_000;
/// The hour's budget where nobody says otherwise; it is told, and enforced.
const AN_HOUR: u64 = 5000;

/// Limits to enforce; this is also the body of `POST /localhub/limits`. They hold for each caller:
/// an installation, an App, a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Requests an hour; 304 costs nothing.
    pub requests_per_hour: Option<u64>,
    /// Points a minute: reading costs 1, writing 5.
    pub points_per_minute: Option<u64>,
    /// Issues, comments, pull requests, reviews and requests for review a minute.
    pub content_per_minute: Option<u64>,
    /// The same, an hour.
    pub content_per_hour: Option<u64>,
}

/// A request as it arrived, and how it was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    /// When it arrived.
    pub at: DateTime<Utc>,
    /// Who asked.
    pub caller: String,
    /// How.
    pub method: String,
    /// For what; `/api/v3` is not part of it.
    pub path: String,
    /// The answer; 0 while there is none.
    pub status: u16,
}

/// What a caller has used of the hour's budget.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spent {
    pub(crate) limit: u64,
    pub(crate) used: u64,
    pub(crate) reset: i64,
}

/// Why a request goes no further.
pub(crate) enum TooMuch {
    /// The hour's budget is spent.
    Primary,
    /// It came too fast; come back after so many seconds.
    Secondary(i64),
}

/// Requests and limits of a hub.
#[derive(Debug, Default)]
pub struct Traffic(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    limits: Limits,
    requests: VecDeque<Request>,
    /// The number of the first request that is remembered.
    first: usize,
    /// What each caller has used in which hour.
    spent: BTreeMap<String, (i64, u64)>,
}

impl Request {
    /// Whether it is a question of GraphQL, which we only have for reading.
    fn reads(&self) -> bool {
        self.method == "GET" || self.path.ends_with("/graphql")
    }

    /// Whether it is a change that people can see.
    pub fn is_write(&self) -> bool {
        !self.reads() && self.path.starts_with("/repos/")
    }

    /// Whether it makes something that people are notified of.
    pub fn is_content(&self) -> bool {
        let ends =
            ["/issues", "/pulls", "/comments", "/reviews", "/requested_reviewers", "/replies"];
        self.method == "POST" && ends.iter().any(|end| self.path.ends_with(end))
    }

    /// What it costs of a minute's points.
    pub fn points(&self) -> u64 {
        if self.reads() { 1 } else { 5 }
    }
}

impl Traffic {
    /// Enforces these limits from now on.
    pub fn enforce(&self, limits: Limits) {
        self.state().limits = limits;
    }

    /// What is enforced.
    pub fn limits(&self) -> Limits {
        self.state().limits.clone()
    }

    /// What was asked lately, oldest first.
    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.iter().cloned().collect()
    }

    /// Writes a request down, under a number, and says what its caller has spent and whether it
    /// is too much.
    pub(crate) fn arrives(&self, request: Request) -> (usize, Spent, Option<TooMuch>) {
        let mut state = self.state();
        let state = &mut *state;
        let (now, caller) = (request.at, request.caller.clone());
        let hour = now.timestamp() / 3600;
        let entry = state.spent.entry(caller).or_insert((hour, 0));
        if entry.0 != hour {
            *entry = (hour, 0);
        }
        entry.1 += 1;
        let limit = state.limits.requests_per_hour.unwrap_or(AN_HOUR);
        let spent = Spent { limit, used: entry.1, reset: (hour + 1) * 3600 };
        let too_much = if state.limits.requests_per_hour.is_some_and(|most| most < spent.used) {
            Some(TooMuch::Primary)
        } else {
            state.too_fast(&request).map(TooMuch::Secondary)
        };
        state.requests.push_back(request);
        if REMEMBERED < state.requests.len() {
            state.requests.pop_front();
            state.first += 1;
        }
        (state.first + state.requests.len() - 1, spent, too_much)
    }

    /// Notes how the request of that number was answered.
    pub(crate) fn answered(&self, number: usize, status: u16) {
        let mut state = self.state();
        let state = &mut *state;
        let at = number.checked_sub(state.first);
        let Some(request) = at.and_then(|at| state.requests.get_mut(at)) else { return };
        request.status = status;
        if status == 304
            && let Some(spent) = state.spent.get_mut(&request.caller)
        {
            spent.1 = spent.1.saturating_sub(1);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// After how many seconds it would not be too fast any more.
    fn too_fast(&self, request: &Request) -> Option<i64> {
        let Limits { points_per_minute, content_per_minute, content_per_hour, .. } = self.limits;
        let minute = Duration::minutes(1);
        let content = |one: &Request| u64::from(one.is_content());
        [
            self.over(request, minute, points_per_minute, Request::points),
            self.over(request, minute, content_per_minute, content),
            self.over(request, Duration::hours(1), content_per_hour, content),
        ]
        .into_iter()
        .flatten()
        .max()
    }

    fn over(
        &self,
        request: &Request,
        span: Duration,
        most: Option<u64>,
        cost: impl Fn(&Request) -> u64,
    ) -> Option<i64> {
        let most = most?;
        let begun = request.at - span;
        let lately = self.requests.iter().rev().take_while(|one| begun < one.at);
        let theirs: Vec<_> = lately.filter(|one| one.caller == request.caller).collect();
        let spent: u64 = theirs.iter().map(|one| cost(one)).sum();
        let own = cost(request);
        if own == 0 || spent + own <= most {
            return None;
        }
        let oldest = theirs.last().map_or(request.at, |one| one.at);
        Some((oldest + span - request.at).num_seconds().max(1))
    }
}
