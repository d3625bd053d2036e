//! What people set going from the dashboard.

use team6::db::launches;
use team6::domain::ids::{LaunchId, Login, SprintId};
use team6::domain::launch::{Launch, Milestone, Opening, Stage, Wish};
use team6::domain::refusal::Refusal;

use crate::engines::{at, in_one_transaction};

fn launch(id: &str) -> Launch {
    let milestone = Milestone::New("Dark mode".into());
    Launch {
        id: LaunchId(id.into()),
        by: Login("ada".into()),
        repo: "acme/web".parse().unwrap(),
        wish: Wish::Open(Opening { milestone, goal: "Read".into(), text: "at night".into() }),
        sprint: None,
        begun_at: at(0),
        ended_at: None,
        refused: Vec::new(),
        trouble: None,
    }
}

#[tokio::test]
async fn a_launch_is_begun_once_and_says_how_far_it_is() {
    in_one_transaction(async |tx| {
        let (new, sprint) = (launch("lch_1"), SprintId("spr_1_1".into()));
        assert!(launches::begin(tx, &new).await.unwrap());
        assert!(!launches::begin(tx, &new).await.unwrap());
        assert_eq!(launches::find(tx, &new.id).await.unwrap(), Some(new.clone()));
        launches::leads_to(tx, &new.id, &sprint).await.unwrap();
        let found = launches::find(tx, &new.id).await.unwrap().unwrap();
        assert_eq!((found.stage(), found.sprint), (Stage::GeneratingPlan, Some(sprint)));
        let none = launches::find(tx, &LaunchId("lch_2".into())).await.unwrap();
        assert_eq!(none, None);
    })
    .await;
}

#[tokio::test]
async fn a_launch_ends_once_and_is_forgotten_long_after() {
    in_one_transaction(async |tx| {
        let (one, open) = (launch("lch_1"), launch("lch_2"));
        launches::begin(tx, &one).await.unwrap();
        launches::begin(tx, &open).await.unwrap();
        let refused = [Refusal::NothingToPlan];
        launches::end(tx, &one.id, &refused, None, at(5)).await.unwrap();
        launches::end(tx, &one.id, &[], Some("eff_1"), at(6)).await.unwrap();
        let found = launches::find(tx, &one.id).await.unwrap().unwrap();
        assert_eq!((found.ended_at, found.stage()), (Some(at(5)), Stage::Refused));
        assert_eq!(found.refused, refused);

        assert_eq!(launches::forget(tx, at(5)).await.unwrap(), 0);
        assert_eq!(launches::forget(tx, at(6)).await.unwrap(), 1);
        assert!(launches::find(tx, &open.id).await.unwrap().is_some());
    })
    .await;
}
