//! Who asked for work, and when last.

use chrono::TimeDelta;
use team6::db::workers;
use team6::domain::ids::{AgentName, WorkerId};
use team6::domain::work::{Claim, NoRoom};

use crate::engines::{at, in_one_transaction};

#[tokio::test]
async fn a_worker_is_known_by_when_it_last_asked_and_what_it_can_start() {
    in_one_transaction(async |tx| {
        let id = WorkerId("w1".to_owned());
        let mut claim = Claim {
            worker: id.clone(),
            incarnation: "1".to_owned(),
            agents: vec![AgentName("builder".to_owned())],
            no_room: None,
        };
        let lately = TimeDelta::seconds(2);
        assert!(!workers::is_noted(tx, &id, at(0), lately).await.unwrap());
        let before = Claim { agents: Vec::new(), ..claim.clone() };
        workers::seen(tx, &before, at(0)).await.unwrap();
        workers::seen(tx, &claim, at(5)).await.unwrap();
        assert!(workers::is_noted(tx, &id, at(6), lately).await.unwrap());
        assert!(!workers::is_noted(tx, &id, at(60), lately).await.unwrap());
        let all = workers::since(tx, at(5)).await.unwrap();
        assert_eq!((all.len(), &all[0].agents.0, &all[0].no_room), (1, &claim.agents, &None));
        assert!(workers::since(tx, at(6)).await.unwrap().is_empty());

        claim.no_room = Some(NoRoom { free_mb: 12, wanted_mb: 1_024 });
        workers::seen(tx, &claim, at(7)).await.unwrap();
        assert_eq!(
            workers::since(tx, at(7)).await.unwrap()[0].no_room.as_deref(),
            claim.no_room.as_ref()
        );
        assert!(!workers::is_noted(tx, &id, at(8), lately).await.unwrap(), "it may have room now");
    })
    .await;
}
