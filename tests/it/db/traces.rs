//! What agents said and did.

use serde_json::{Value, json};
use team6::db::{Tx, traces};
use team6::domain::ids::{Epoch, ExecutionId};
use team6::domain::work::TraceLine;

use crate::engines::{at, in_one_transaction};

fn line(seq: i64, body: Value) -> TraceLine {
    TraceLine { seq, kind: "message".into(), body }
}

async fn add(tx: &mut Tx, epoch: i64, lines: &[TraceLine]) {
    traces::add(tx, &id(), Epoch(epoch), lines.to_vec(), at(0)).await.unwrap();
}

fn id() -> ExecutionId {
    ExecutionId("exe_7_12_1_1_1".into())
}

#[tokio::test]
async fn a_line_sent_twice_is_there_once_and_as_it_was() {
    in_one_transaction(async |tx| {
        let first = [line(1, json!({"text": "Hello", "n": [1, 2.5, null]})), line(2, json!("x"))];
        add(tx, 1, &first).await;
        add(tx, 1, &[line(2, json!("changed")), line(3, json!(true))]).await;
        let [one, two] = first;
        assert_eq!(traces::of(tx, &id()).await.unwrap(), [one, two, line(3, json!(true))]);
    })
    .await;
}

#[tokio::test]
async fn a_trace_is_in_order_and_a_later_lease_comes_later() {
    in_one_transaction(async |tx| {
        add(tx, 2, &[line(1, json!("third"))]).await;
        add(tx, 1, &[line(10, json!("second"))]).await;
        add(tx, 1, &[line(9, json!("first"))]).await;
        let other = ExecutionId("exe_other".into());
        traces::add(tx, &other, Epoch(1), vec![line(1, json!("other"))], at(0)).await.unwrap();
        let said: Vec<_> =
            traces::of(tx, &id()).await.unwrap().into_iter().map(|l| l.body).collect();
        assert_eq!(said, ["first", "second", "third"]);
    })
    .await;
}

#[tokio::test]
async fn what_an_agent_prints_may_hold_any_character() {
    in_one_transaction(async |tx| {
        let odd = "a\0b\u{1b}[31m\u{1F4A9}\u{FFFF}";
        add(tx, 1, &[line(1, json!({odd: [odd]}))]).await;
        let kept = traces::of(tx, &id()).await.unwrap();
        let spelled = odd.replace('\0', "\u{FFFD}");
        assert_eq!(kept[0].body, json!({spelled.clone(): [spelled]}));
    })
    .await;
}

#[tokio::test]
async fn what_an_agent_did_last_comes_first() {
    in_one_transaction(async |tx| {
        add(tx, 1, &[line(1, json!("first")), line(2, json!("second"))]).await;
        add(tx, 2, &[line(1, json!("third"))]).await;
        let quiet = TraceLine { kind: "usage".into(), ..line(2, json!("fourth")) };
        add(tx, 2, &[quiet]).await;
        let said = traces::last(tx, &id(), 2).await.unwrap().into_iter().map(|l| l.body);
        assert_eq!(said.collect::<Vec<_>>(), ["third", "second"]);
    })
    .await;
}
