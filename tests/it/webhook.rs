//! The door for webhooks: what is signed is stored, once and whatever it is; nothing else is.

use std::collections::BTreeSet;

use crate::world::Team;

#[tokio::test]
async fn what_is_not_signed_is_not_stored() {
    let team = Team::new().await;
    let (begun, body) = (team.stored().await, b"{}".to_vec());

    for signed in [None, Some(""), Some("sha256="), Some("sha256=00"), Some("sha1=00")] {
        assert_eq!(team.knocks("1", "issues", signed, body.clone()).await, 401, "{signed:?}");
    }
    let another = team.signature(b"[]");
    assert_eq!(team.knocks("1", "issues", Some(another.as_str()), body.clone()).await, 401);

    assert_eq!(team.stored().await, begun);
    assert_eq!(team.delivers("1", "issues", body).await, 202);
    assert_eq!(team.stored().await, begun + 1);
    team.ends().await;
}

#[tokio::test]
async fn whatever_is_signed_is_stored_even_if_nobody_understands_it() {
    let team = Team::new().await;
    let begun = team.stored().await;
    let bodies: [&[u8]; 7] =
        [b"[]", b"null", b"", b"{}", b"\xff\xfe", b"{\"action\":[7]}", b"payload=%7B%7D"];

    for (nth, body) in bodies.into_iter().enumerate() {
        for event in ["issues", "issue_comment", "moon_landing", ""] {
            let id = format!("{event} {nth}");
            assert_eq!(team.delivers(&id, event, body.to_vec()).await, 202, "{id}");
        }
    }

    assert_eq!(team.stored().await, begun + 28);
    team.ends().await;
}

#[tokio::test]
async fn a_webhook_may_have_25_mebibytes_and_no_byte_more() {
    let team = Team::new().await;
    let begun = team.stored().await;
    let largest = 25 * 1024 * 1024;

    assert_eq!(team.delivers("large", "push", vec![b' '; largest]).await, 202);
    assert_eq!(team.delivers("larger", "push", vec![b' '; largest + 1]).await, 413);

    assert_eq!(team.stored().await, begun + 1);
    team.ends().await;
}

#[tokio::test]
async fn a_webhook_without_a_name_is_stored_once() {
    let team = Team::new().await;
    let begun = team.stored().await;

    for _ in 0..3 {
        assert_eq!(team.delivers("", "issues", b"{\"nobody\":1}".to_vec()).await, 202);
    }

    assert_eq!(team.stored().await, begun + 1);
    team.ends().await;
}

#[tokio::test]
async fn of_a_thousand_webhooks_at_once_each_is_stored_once() {
    let team = Team::new().await;
    let begun = team.stored().await;
    let names = (0..1_000).map(|nth| format!("burst-{nth}"));
    let again = (0..1_000).step_by(10).map(|nth| format!("burst-{nth}"));

    let answers = team.delivers_at_once(50, names.chain(again).collect()).await;

    assert_eq!(answers.len(), 1_100);
    assert_eq!(answers.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([202]));
    assert_eq!(team.stored().await, begun + 1_000);
    team.ends().await;
}
