//! Commits on their way from a worker to GitHub.

use team6::db::{Error, bundles};
use team6::domain::ids::{Epoch, ExecutionId};

use crate::engines::in_one_transaction;

#[tokio::test]
async fn a_bundle_comes_back_byte_for_byte() {
    in_one_transaction(async |tx| {
        let id = ExecutionId("exe_1".into());
        let bytes: Vec<u8> = (0..1_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
        for sent in [bytes, Vec::new()] {
            bundles::store(tx, &id, Epoch(1), sent.clone()).await.unwrap();
            assert_eq!(bundles::get(tx, &id).await.unwrap(), sent);
        }
    })
    .await;
}

#[tokio::test]
async fn a_bundle_sent_again_takes_the_place_of_the_first() {
    in_one_transaction(async |tx| {
        let (id, other) = (ExecutionId("exe_1".into()), ExecutionId("exe_2".into()));
        bundles::store(tx, &id, Epoch(1), b"first".to_vec()).await.unwrap();
        bundles::store(tx, &other, Epoch(1), b"other".to_vec()).await.unwrap();
        bundles::store(tx, &id, Epoch(2), b"second".to_vec()).await.unwrap();
        assert_eq!(bundles::get(tx, &id).await.unwrap(), b"second");
        assert_eq!(bundles::get(tx, &other).await.unwrap(), b"other");
        assert!(!bundles::is_here(tx, &id, Epoch(1)).await.unwrap());
        assert!(bundles::is_here(tx, &id, Epoch(2)).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_bundle_that_was_dropped_is_missing() {
    in_one_transaction(async |tx| {
        let id = ExecutionId("exe_1".into());
        bundles::store(tx, &id, Epoch(1), b"bytes".to_vec()).await.unwrap();
        bundles::drop(tx, &id).await.unwrap();
        assert!(!bundles::is_here(tx, &id, Epoch(1)).await.unwrap());
        assert!(matches!(bundles::get(tx, &id).await, Err(Error::Missing(_))));
    })
    .await;
}
