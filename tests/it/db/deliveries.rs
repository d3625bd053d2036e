//! Webhooks as they came.

use team6::db::deliveries::{self, Delivery};
use team6::db::{Db, Error};
use team6::domain::ids::DeliveryId;

use crate::engines::{at, eight, in_one_transaction, on_every_engine};

fn delivery(id: &str, payload: &[u8]) -> Delivery {
    Delivery { id: DeliveryId(id.into()), event: "issues".into(), payload: payload.to_vec() }
}

#[tokio::test]
async fn a_delivery_is_kept_byte_for_byte() {
    in_one_transaction(async |tx| {
        let all_bytes: Vec<u8> = (0..=255).collect();
        let sent = delivery("d1", &all_bytes);
        assert!(deliveries::store(tx, &sent, at(0)).await.unwrap());
        let kept = deliveries::get(tx, &sent.id).await.unwrap();
        assert_eq!((kept.id, kept.event, kept.payload), (sent.id, sent.event, all_bytes));
    })
    .await;
}

#[tokio::test]
async fn a_delivery_sent_again_is_stored_once_and_as_it_was() {
    in_one_transaction(async |tx| {
        assert!(deliveries::store(tx, &delivery("d1", b"first"), at(0)).await.unwrap());
        assert!(!deliveries::store(tx, &delivery("d1", b"second"), at(1)).await.unwrap());
        let kept = deliveries::get(tx, &DeliveryId("d1".into())).await.unwrap();
        assert_eq!(kept.payload, b"first");
        assert_eq!(deliveries::count(tx).await.unwrap(), (1, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_eight_that_store_one_delivery_one_hears_that_it_is_new() {
    async fn store(db: Db) -> bool {
        let mut tx = db.begin().await.unwrap();
        let new = deliveries::store(&mut tx, &delivery("d1", b""), at(0)).await.unwrap();
        tx.commit().await.unwrap();
        new
    }
    on_every_engine(async |db| {
        let new = eight(|_| store(db.clone())).await;
        assert_eq!(new.iter().filter(|new| **new).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_delivery_is_known_once_it_is_stored_and_counted_once_it_is_read() {
    in_one_transaction(async |tx| {
        let id = DeliveryId("d1".into());
        assert!(!deliveries::known(tx, &id).await.unwrap());
        assert!(matches!(deliveries::get(tx, &id).await, Err(Error::Missing(_))));
        deliveries::store(tx, &delivery("d1", b""), at(0)).await.unwrap();
        deliveries::store(tx, &delivery("d2", b""), at(0)).await.unwrap();
        assert!(deliveries::known(tx, &id).await.unwrap());
        assert_eq!(deliveries::count(tx).await.unwrap(), (2, 0));
        deliveries::mark_read(tx, &id, at(1)).await.unwrap();
        assert_eq!(deliveries::count(tx).await.unwrap(), (2, 1));
    })
    .await;
}

#[tokio::test]
async fn it_is_counted_what_is_not_read_and_since_when() {
    in_one_transaction(async |tx| {
        assert_eq!(deliveries::unread(tx).await.unwrap(), (0, None));
        for (second, id) in [(3, "d1"), (5, "d2"), (7, "d3")] {
            deliveries::store(tx, &delivery(id, b"{}"), at(second)).await.unwrap();
        }
        deliveries::mark_read(tx, &DeliveryId("d1".into()), at(8)).await.unwrap();
        assert_eq!(deliveries::unread(tx).await.unwrap(), (2, Some(at(5))));
    })
    .await;
}

#[tokio::test]
async fn what_was_read_long_ago_is_forgotten_and_what_was_not_is_kept() {
    in_one_transaction(async |tx| {
        for (name, when) in [("old", 0), ("unread", 0), ("new", 9)] {
            let delivery = Delivery {
                id: DeliveryId(name.to_owned()),
                event: "ping".to_owned(),
                payload: b"{}".to_vec(),
            };
            assert!(deliveries::store(tx, &delivery, at(when)).await.unwrap());
            if name != "unread" {
                deliveries::mark_read(tx, &delivery.id, at(when)).await.unwrap();
            }
        }
        assert_eq!(deliveries::forget(tx, at(5)).await.unwrap(), 1);
        for (name, kept) in [("old", false), ("unread", true), ("new", true)] {
            let id = DeliveryId(name.to_owned());
            assert_eq!(deliveries::known(tx, &id).await.unwrap(), kept, "{name}");
        }
    })
    .await;
}
