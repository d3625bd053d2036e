//! Every decision, with its cause.

use team6::db::history::{self, Entry};
use team6::domain::ids::{DeliveryId, RunId, SprintId, TaskNumber};

use crate::engines::{at, in_one_transaction};

#[tokio::test]
async fn a_sprints_history_is_told_in_order_and_whole() {
    in_one_transaction(async |tx| {
        let sparse = Entry {
            sprint_id: SprintId("spr_7_12".into()),
            run_id: None,
            task: None,
            at: at(5),
            caused_by: "ada".into(),
            delivery_id: None,
            text: "version 1 of the plan".into(),
        };
        let full = Entry {
            run_id: Some(RunId("run_7_12_1".into())),
            task: Some(TaskNumber(3)),
            delivery_id: Some(DeliveryId("d1".into())),
            text: "T3 starts, because T1 was merged".into(),
            ..sparse.clone()
        };
        let other = Entry { sprint_id: SprintId("spr_7_13".into()), ..sparse.clone() };
        let many: Vec<_> = (0..50).map(|n| Entry { text: n.to_string(), ..full.clone() }).collect();
        let told: Vec<_> = [sparse, full].into_iter().chain(many).collect();
        history::note(tx, &other).await.unwrap();
        for entry in &told {
            history::note(tx, entry).await.unwrap();
        }
        assert_eq!(history::of_sprint(tx, &told[0].sprint_id).await.unwrap(), told);
    })
    .await;
}
