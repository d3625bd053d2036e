//! What decisions asked for and nobody has done yet.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use team6::db::effects::{self, Leased, Waiting};
use team6::db::{Db, Tx};
use team6::domain::effect::Effect;
use team6::domain::ids::{CommentId, DeliveryId, SprintId};

use crate::engines::{at, eight, in_one_transaction, on_every_engine};

/// Alone in its lane, and never the same as another.
fn reaction(n: i64) -> Effect {
    Effect::Acknowledge { repo: "acme/web".parse().unwrap(), comment: CommentId(n) }
}

/// All in one lane, and never the same.
fn read(n: i64) -> Effect {
    Effect::Read { delivery: DeliveryId(format!("d{n}")), about: None }
}

/// Asked for twice, wanted once.
fn show(sprint: &str) -> Effect {
    Effect::ShowPlan(SprintId(sprint.into()))
}

async fn push(tx: &mut Tx, effects: &[Effect]) {
    for effect in effects {
        effects::push(tx, effect, None, at(0)).await.unwrap();
    }
}

async fn lease(tx: &mut Tx, now: DateTime<Utc>) -> Option<Leased> {
    effects::lease(tx, now, TimeDelta::seconds(60)).await.unwrap()
}

/// What is leased one after the other until nothing is left that may be.
async fn leased(tx: &mut Tx, now: DateTime<Utc>) -> Vec<Effect> {
    let mut all = Vec::new();
    while let Some(next) = lease(tx, now).await {
        all.push(next.body.0);
    }
    all
}

#[tokio::test]
async fn an_effect_comes_back_as_it_was_pushed_with_its_cause() {
    in_one_transaction(async |tx| {
        let cause = DeliveryId("d9".into());
        effects::push(tx, &reaction(1), Some(&cause), at(0)).await.unwrap();
        let next = lease(tx, at(0)).await.unwrap();
        assert_eq!((&next.body.0, &next.delivery_id), (&reaction(1), &Some(cause)));
        assert_eq!(next.attempt, 1);
        effects::done(tx, &next).await.unwrap();
        assert_eq!(effects::count(tx).await.unwrap(), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn effects_of_different_lanes_are_leased_side_by_side_in_the_order_they_were_pushed() {
    in_one_transaction(async |tx| {
        let all: Vec<_> = (1..=3).map(reaction).collect();
        push(tx, &all).await;
        assert_eq!(leased(tx, at(0)).await, all);
    })
    .await;
}

#[tokio::test]
async fn an_effect_waits_until_the_one_before_it_in_its_lane_is_done() {
    in_one_transaction(async |tx| {
        push(tx, &[read(1), read(2)]).await;
        let first = lease(tx, at(0)).await.unwrap();
        assert_eq!(first.body.0, read(1));
        assert_eq!(leased(tx, at(0)).await, []);
        effects::done(tx, &first).await.unwrap();
        assert_eq!(leased(tx, at(0)).await, [read(2)]);
    })
    .await;
}

#[tokio::test]
async fn an_effect_that_is_put_off_holds_up_its_lane_until_it_is_due() {
    in_one_transaction(async |tx| {
        push(tx, &[read(1), read(2)]).await;
        let first = lease(tx, at(0)).await.unwrap();
        effects::put_off(tx, &first, at(30), "GitHub is down").await.unwrap();
        assert_eq!(leased(tx, at(29)).await, []);
        let again = lease(tx, at(30)).await.unwrap();
        assert_eq!((again.body.0, again.attempt), (read(1), 2));
    })
    .await;
}

#[tokio::test]
async fn an_effect_that_is_given_up_lets_its_lane_go_on_and_stays_to_be_looked_at() {
    in_one_transaction(async |tx| {
        push(tx, &[read(1), read(2)]).await;
        let first = lease(tx, at(0)).await.unwrap();
        effects::give_up(tx, &first, at(1), "the repository is gone").await.unwrap();
        assert_eq!(effects::count(tx).await.unwrap(), (1, 1));
        assert_eq!(leased(tx, at(9_999)).await, [read(2)]);
    })
    .await;
}

#[tokio::test]
async fn what_is_wanted_once_is_pushed_once_until_it_begins() {
    in_one_transaction(async |tx| {
        push(tx, &[show("a"), show("a"), show("b")]).await;
        assert_eq!(effects::count(tx).await.unwrap(), (2, 0));
        lease(tx, at(0)).await.unwrap();
        // It may have read the old state already, so it is wanted once more.
        push(tx, &[show("a"), show("a")]).await;
        assert_eq!(effects::count(tx).await.unwrap(), (3, 0));
    })
    .await;
}

#[tokio::test]
async fn what_was_tried_or_given_up_does_not_stand_for_what_is_asked_for_now() {
    in_one_transaction(async |tx| {
        push(tx, &[show("a")]).await;
        let first = lease(tx, at(0)).await.unwrap();
        effects::put_off(tx, &first, at(30), "GitHub is down").await.unwrap();
        push(tx, &[show("a")]).await;
        assert_eq!(effects::count(tx).await.unwrap(), (2, 0));
        effects::give_up(tx, &first, at(1), "gone").await.unwrap();
        push(tx, &[show("a")]).await;
        assert_eq!(effects::count(tx).await.unwrap(), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn what_has_no_name_is_pushed_as_often_as_it_is_asked_for() {
    in_one_transaction(async |tx| {
        push(tx, &[read(1), read(1)]).await;
        assert_eq!(effects::count(tx).await.unwrap(), (2, 0));
    })
    .await;
}

#[tokio::test]
async fn a_lease_that_ran_out_goes_to_another_carrier() {
    in_one_transaction(async |tx| {
        push(tx, &[reaction(1)]).await;
        lease(tx, at(0)).await.unwrap();
        assert!(lease(tx, at(59)).await.is_none());
        assert_eq!(lease(tx, at(60)).await.unwrap().attempt, 2);
    })
    .await;
}

#[tokio::test]
async fn at_start_every_lease_can_be_given_back() {
    in_one_transaction(async |tx| {
        push(tx, &[reaction(1), reaction(2), reaction(3)]).await;
        lease(tx, at(0)).await.unwrap();
        lease(tx, at(0)).await.unwrap();
        assert_eq!(effects::free_all(tx).await.unwrap(), 2);
        assert_eq!(leased(tx, at(0)).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn what_is_rolled_back_was_never_asked_for() {
    on_every_engine(async |db| {
        let mut tx = db.begin().await.unwrap();
        push(&mut tx, &[reaction(1)]).await;
        drop(tx);
        let mut tx = db.begin().await.unwrap();
        assert_eq!(effects::count(&mut tx).await.unwrap(), (0, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_carriers_share_the_work_and_nothing_is_leased_twice() {
    on_every_engine(async |db| {
        let mut tx = db.begin().await.unwrap();
        push(&mut tx, &(0..200).map(reaction).collect::<Vec<_>>()).await;
        tx.commit().await.unwrap();
        let all = carried_by_eight(&db, Then::Keep).await;
        let once: BTreeSet<_> = all.iter().collect();
        assert_eq!((all.len(), once.len()), (200, 200));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_carriers_keep_the_order_of_a_lane() {
    on_every_engine(async |db| {
        let mut tx = db.begin().await.unwrap();
        push(&mut tx, &(0..60).map(read).collect::<Vec<_>>()).await;
        tx.commit().await.unwrap();
        let all = carried_by_eight(&db, Then::Finish).await;
        assert_eq!(all.len(), 60);
        assert!(all.is_sorted(), "{all:?}");
    })
    .await;
}

#[derive(Clone, Copy, PartialEq)]
enum Then {
    Keep,
    Finish,
}

/// The ids of what eight carriers lease until nothing is found any more, in the order they did.
async fn carried_by_eight(db: &Db, then: Then) -> Vec<String> {
    let log = Arc::new(Mutex::new(Vec::new()));
    let shares = eight(|_| carry(db.clone(), then, log.clone())).await;
    let busy = shares.iter().filter(|share| 0 < **share).count();
    assert!(1 < busy, "one carrier did everything, so this test showed nothing");
    let log = log.lock().unwrap();
    log.clone()
}

async fn carry(db: Db, then: Then, log: Arc<Mutex<Vec<String>>>) -> usize {
    let (mut share, mut dry) = (0, 0);
    while dry < 20 {
        let mut tx = db.begin().await.unwrap();
        let next = lease(&mut tx, at(0)).await;
        tx.commit().await.unwrap();
        let Some(next) = next else {
            dry += 1;
            tokio::time::sleep(Duration::from_millis(2)).await;
            continue;
        };
        dry = 0;
        share += 1;
        log.lock().unwrap().push(next.id.clone());
        if then == Then::Finish {
            let mut tx = db.begin().await.unwrap();
            effects::done(&mut tx, &next).await.unwrap();
            tx.commit().await.unwrap();
        }
    }
    share
}

#[tokio::test]
async fn a_carrier_that_was_overtaken_settles_nothing() {
    in_one_transaction(async |tx| {
        push(tx, &[show("a")]).await;
        let slow = lease(tx, at(0)).await.unwrap();
        effects::free_all(tx).await.unwrap();
        let quick = lease(tx, at(0)).await.unwrap();
        effects::done(tx, &slow).await.unwrap();
        effects::give_up(tx, &slow, at(1), "gone").await.unwrap();
        assert_eq!(effects::count(tx).await.unwrap(), (1, 0));
        effects::done(tx, &quick).await.unwrap();
        assert_eq!(effects::count(tx).await.unwrap(), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn what_is_urgent_goes_first() {
    in_one_transaction(async |tx| {
        push(tx, &[show("a"), reaction(1), read(1)]).await;
        assert_eq!(leased(tx, at(0)).await, [read(1), reaction(1), show("a")]);
    })
    .await;
}

#[tokio::test]
async fn what_is_given_back_is_tried_again_at_once() {
    in_one_transaction(async |tx| {
        push(tx, &[reaction(1)]).await;
        let first = lease(tx, at(0)).await.unwrap();
        effects::give_back(tx, &first).await.unwrap();
        assert_eq!(lease(tx, at(0)).await.unwrap().attempt, 2);
        effects::give_back(tx, &first).await.unwrap();
        assert!(lease(tx, at(1)).await.is_none(), "it is somebody else's now");
    })
    .await;
}

#[tokio::test]
async fn what_was_given_up_can_be_seen_and_tried_again() {
    in_one_transaction(async |tx| {
        push(tx, &[reaction(1), reaction(2)]).await;
        let first = lease(tx, at(0)).await.unwrap();
        let second = lease(tx, at(0)).await.unwrap();
        effects::give_up(tx, &second, at(1), "the issue is locked").await.unwrap();
        effects::put_off(tx, &first, at(30), "GitHub is down").await.unwrap();
        let kept = effects::kept(tx, 10).await.unwrap();
        let told: Vec<_> =
            kept.iter().map(|one| (one.trouble.as_deref().unwrap(), one.given_up_at)).collect();
        assert_eq!(told, [("the issue is locked", Some(at(1))), ("GitHub is down", None)]);
        assert_eq!((kept[0].attempt, kept[0].asked_at, kept[1].due_at), (1, at(0), at(30)));
        assert_eq!(effects::kept(tx, 1).await.unwrap().len(), 1);

        assert!(effects::retry(tx, &second.id, at(2)).await.unwrap());
        assert!(!effects::retry(tx, "nobody", at(2)).await.unwrap());
        assert_eq!(leased(tx, at(2)).await, [second.body.0]);
    })
    .await;
}

#[tokio::test]
async fn it_is_counted_what_waits_and_since_when() {
    in_one_transaction(async |tx| {
        assert_eq!(effects::waiting(tx).await.unwrap(), Waiting::default());
        push(tx, &[reaction(1), reaction(2), reaction(3)]).await;
        let first = lease(tx, at(0)).await.unwrap();
        effects::give_up(tx, &first, at(1), "gone").await.unwrap();
        let second = lease(tx, at(0)).await.unwrap();
        effects::put_off(tx, &second, at(30), "GitHub is down").await.unwrap();
        let expected = Waiting { new: 1, put_off: 1, given_up: 1, oldest: Some(at(0)) };
        assert_eq!(effects::waiting(tx).await.unwrap(), expected);
    })
    .await;
}

#[tokio::test]
async fn what_met_with_trouble_is_found_and_what_did_not_is_not() {
    in_one_transaction(async |tx| {
        push(tx, &[reaction(1), reaction(2)]).await;
        let first = lease(tx, at(0)).await.unwrap();
        effects::put_off(tx, &first, at(30), "GitHub is down").await.unwrap();
        let found = effects::in_trouble(tx, 10).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].trouble.as_deref(), found[0].due_at),
            (Some("GitHub is down"), at(30))
        );
    })
    .await;
}
