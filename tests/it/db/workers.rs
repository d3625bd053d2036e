//! Who asked for work, and when last.

use chrono::TimeDelta;
use team6::db::workers;
use team6::domain::ids::{AgentName, WorkerId};

use crate::engines::{at, in_one_transaction};

#[tokio::test]
async fn a_worker_is_known_by_when_it_last_asked_and_what_it_can_start() {
    in_one_transaction(async |tx| {
        let id = WorkerId("w1".to_owned());
        let agents = [AgentName("builder".to_owned())];
        let lately = TimeDelta::seconds(2);
        assert!(!workers::is_noted(tx, &id, at(0), lately).await.unwrap());
        workers::seen(tx, &id, &[], at(0)).await.unwrap();
        workers::seen(tx, &id, &agents, at(5)).await.unwrap();
        assert!(workers::is_noted(tx, &id, at(6), lately).await.unwrap());
        assert!(!workers::is_noted(tx, &id, at(60), lately).await.unwrap());
        let all = workers::since(tx, at(5)).await.unwrap();
        assert_eq!((all.len(), all[0].agents.0.as_slice()), (1, agents.as_slice()));
        assert!(workers::since(tx, at(6)).await.unwrap().is_empty());
    })
    .await;
}
