//! What the sweep has seen already, so that it looks at nothing twice and asks seldom where nothing
//! ever happens. It lives in memory: after a start everything is compared anyway.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::ids::RepoId;

/// How many sweeps a repository can miss in which nothing happens.
const MOST_MISSED: u32 = 8;

/// How long ago a change is that can be told from the next.
const SETTLED: TimeDelta = TimeDelta::seconds(10);

/// What a list has an item for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum List {
    /// Issues and pull requests.
    Issues,
    /// Comments on them.
    Comments,
}

/// When which item changed last.
type Changed = HashMap<i64, DateTime<Utc>>;

/// What was seen.
#[derive(Default)]
pub(super) struct News {
    seen: Mutex<HashMap<(RepoId, List), Changed>>,
    quiet: Mutex<HashMap<RepoId, Quiet>>,
}

/// For how long nothing has happened in a repository.
#[derive(Clone, Copy, Default)]
struct Quiet {
    sweeps: u32,
    to_miss: u32,
}

impl News {
    /// The items of a list, by number and latest change, that were not seen like this before.
    pub(super) fn fresh(
        &self,
        repo: RepoId,
        list: List,
        items: &[(i64, DateTime<Utc>)],
    ) -> BTreeSet<i64> {
        let seen = locked(&self.seen);
        let known = seen.get(&(repo, list));
        let is_fresh = |(number, at): &&(i64, DateTime<Utc>)| {
            known.and_then(|known| known.get(number)) != Some(at)
        };
        items.iter().filter(is_fresh).map(|(number, _)| *number).collect()
    }

    /// Notes that all of a list was looked at. GitHub's times have no parts of a second: what
    /// changed just now may change once more without looking different.
    pub(super) fn looked(
        &self,
        repo: RepoId,
        list: List,
        items: &[(i64, DateTime<Utc>)],
        now: DateTime<Utc>,
    ) {
        let settled = items.iter().filter(|(_, at)| *at + SETTLED <= now).copied();
        locked(&self.seen).insert((repo, list), settled.collect());
    }

    /// Whether it is a repository's turn: the longer nothing happens, the more sweeps it misses.
    pub(super) fn is_its_turn(&self, repo: RepoId) -> bool {
        let mut quiet = locked(&self.quiet);
        let quiet = quiet.entry(repo).or_default();
        quiet.to_miss = quiet.to_miss.saturating_sub(1);
        quiet.to_miss == 0
    }

    /// Notes whether something had happened in a repository, or may happen any time.
    pub(super) fn note(&self, repo: RepoId, lively: bool) {
        let mut all = locked(&self.quiet);
        let quiet = all.entry(repo).or_default();
        quiet.sweeps = if lively { 0 } else { quiet.sweeps.saturating_add(1) };
        // Half as long again as nothing has happened until now.
        quiet.to_miss = (quiet.sweeps / 2).min(MOST_MISSED);
    }
}

/// From where a list is read the next time. It stays while nothing is new, so that GitHub can
/// answer that nothing changed, which costs nothing; and lists may lag behind a little.
pub(super) fn next_since(
    since: DateTime<Utc>,
    items: &[(i64, DateTime<Utc>)],
    lag: TimeDelta,
) -> DateTime<Utc> {
    let latest = items.iter().map(|(_, at)| *at).max();
    latest.map_or(since, |latest| (latest - lag).max(since))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(second)
    }

    #[test]
    fn what_changed_again_is_news_again() {
        let news = News::default();
        let repo = RepoId(7);
        let fresh =
            |items: &[_]| news.fresh(repo, List::Issues, items).into_iter().collect::<Vec<_>>();
        assert_eq!(fresh(&[(1, at(5)), (2, at(6))]), [1, 2]);
        news.looked(repo, List::Issues, &[(1, at(5)), (2, at(6)), (9, at(91))], at(100));
        assert_eq!(fresh(&[(1, at(5)), (2, at(7)), (3, at(8)), (9, at(91))]), [2, 3, 9]);
        assert_eq!(news.fresh(repo, List::Comments, &[(1, at(5))]).len(), 1);
    }

    #[test]
    fn where_nothing_happens_we_look_less_often() {
        let news = News::default();
        let looked = (0..100).filter(|_| {
            let turn = news.is_its_turn(RepoId(7));
            if turn {
                news.note(RepoId(7), false);
            }
            turn
        });
        assert_eq!(looked.count(), 21);
        news.note(RepoId(7), true);
        assert!(news.is_its_turn(RepoId(7)));
    }

    #[test]
    fn a_list_is_read_from_the_same_moment_while_nothing_is_new() {
        let lag = TimeDelta::seconds(5);
        assert_eq!(next_since(at(100), &[], lag), at(100));
        assert_eq!(next_since(at(100), &[(1, at(101))], lag), at(100));
        assert_eq!(next_since(at(100), &[(1, at(101)), (2, at(300))], lag), at(295));
    }
}
