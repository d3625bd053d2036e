//! Who is signed in.

use team6::db::sessions::{self, Kind, Session};
use team6::domain::ids::Login;

use crate::engines::{at, in_one_transaction};

fn session(id: &str, login: &str, from: i64, to: i64) -> Session {
    Session {
        id: id.to_owned(),
        kind: Kind::Browser,
        login: Login(login.to_owned()),
        name: "Firefox on Linux".to_owned(),
        made_at: at(from),
        seen_at: at(from),
        ends_at: at(to),
    }
}

#[tokio::test]
async fn a_session_is_found_until_it_is_over() {
    in_one_transaction(async |tx| {
        sessions::begin(tx, &session("a", "Ada", 0, 10)).await.unwrap();
        let found = sessions::find(tx, "a", at(9)).await.unwrap();
        assert_eq!(found, Some(session("a", "ada", 0, 10)));
        assert_eq!(sessions::find(tx, "a", at(10)).await.unwrap(), None);
        assert_eq!(sessions::find(tx, "b", at(0)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_persons_sessions_are_listed_and_only_theirs_can_be_ended_by_them() {
    in_one_transaction(async |tx| {
        for one in
            [session("a", "ada", 0, 10), session("b", "ada", 1, 10), session("c", "bob", 2, 10)]
        {
            sessions::begin(tx, &one).await.unwrap();
        }
        sessions::seen(tx, "a", at(5)).await.unwrap();
        let ada = Login("ADA".into());
        let listed = sessions::of(tx, &ada, at(6)).await.unwrap();
        let ids: Vec<_> = listed.iter().map(|one| one.id.as_str()).collect();
        assert_eq!((ids.as_slice(), listed[0].seen_at), (["a", "b"].as_slice(), at(5)));

        assert!(!sessions::end(tx, "c", &ada).await.unwrap(), "it is bob's");
        assert!(sessions::end(tx, "a", &ada).await.unwrap());
        assert!(!sessions::end(tx, "a", &ada).await.unwrap(), "it is over");
        assert_eq!(sessions::of(tx, &ada, at(6)).await.unwrap().len(), 1);
    })
    .await;
}
