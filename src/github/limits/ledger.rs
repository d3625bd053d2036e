//! What was spent within a span of time, so that never more is.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

/// At most so much within any span of that length. What is under way counts until it has been
/// answered, and from then on for one span: however long it was on its way, GitHub saw it before
/// the answer.
pub(super) struct Ledger {
    span: TimeDelta,
    most: u32,
    under_way: u32,
    answered: VecDeque<(DateTime<Utc>, u32)>,
}

impl Ledger {
    pub(super) fn new(span: TimeDelta, most: u32) -> Self {
        Self { span, most, under_way: 0, answered: VecDeque::new() }
    }

    /// When there is room for so much: now, or later.
    pub(super) fn room_for(&mut self, cost: u32, now: DateTime<Utc>) -> DateTime<Utc> {
        while self.answered.front().is_some_and(|(at, _)| *at + self.span <= now) {
            self.answered.pop_front();
        }
        let spent: u32 = self.answered.iter().map(|(_, cost)| cost).sum();
        let mut over = (self.under_way + spent + cost).saturating_sub(self.most);
        for (at, cost) in &self.answered {
            if over == 0 {
                break;
            }
            over = over.saturating_sub(*cost);
            if over == 0 {
                return *at + self.span;
            }
        }
        // What is under way takes all of it.
        if over == 0 { now } else { now + TimeDelta::seconds(1) }
    }

    pub(super) fn begin(&mut self, cost: u32) {
        self.under_way += cost;
    }

    pub(super) fn end(&mut self, cost: u32, now: DateTime<Utc>) {
        self.under_way -= cost;
        if cost != 0 {
            self.answered.push_back((now, cost));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(second)
    }

    #[test]
    fn there_is_room_again_when_enough_is_a_span_old() {
        let mut ledger = Ledger::new(TimeDelta::seconds(60), 10);
        for second in [0, 10, 20] {
            assert_eq!(ledger.room_for(3, at(second)), at(second));
            ledger.begin(3);
            ledger.end(3, at(second));
        }
        assert_eq!(ledger.room_for(1, at(30)), at(30));
        assert_eq!(ledger.room_for(2, at(30)), at(60));
        assert_eq!(ledger.room_for(5, at(30)), at(70));
        assert_eq!(ledger.room_for(10, at(80)), at(80));
    }

    #[test]
    fn what_is_under_way_counts() {
        let mut ledger = Ledger::new(TimeDelta::seconds(60), 5);
        ledger.begin(5);
        assert_eq!(ledger.room_for(1, at(100)), at(101));
        ledger.end(5, at(100));
        assert_eq!(ledger.room_for(1, at(101)), at(160));
    }

    proptest! {
        /// Whoever waits as told is never seen to spend too much, whatever the network does.
        #[test]
        fn no_span_ever_sees_too_much(
            costs in prop::collection::vec((1_u32..=5, 0_i64..40), 1..200),
        ) {
            let mut ledger = Ledger::new(TimeDelta::seconds(60), 20);
            let (mut now, mut seen) = (at(0), Vec::new());
            for (cost, travels) in costs {
                now = ledger.room_for(cost, now);
                ledger.begin(cost);
                seen.push((now + TimeDelta::seconds(travels / 2), cost));
                now += TimeDelta::seconds(travels);
                ledger.end(cost, now);
            }
            for (last, _) in &seen {
                let spent: u32 = seen
                    .iter()
                    .filter(|(when, _)| when <= last && *last < *when + TimeDelta::seconds(60))
                    .map(|(_, cost)| cost)
                    .sum();
                prop_assert!(spent <= 20, "{spent} until {last}");
            }
        }
    }
}
