//! The only services an agent reaches.

use axum::Router;
use axum::routing::get;
use team6::agent::sandbox::{Door, Kind};
use tokio_util::task::TaskTracker;

use crate::machine::Machine;
use crate::usable;

/// Asks for `/` at a port and prints the answer.
const ASK: &str = "perl -MSocket -e 'socket(S, AF_INET, SOCK_STREAM, 0) \
                   and connect(S, sockaddr_in($ENV{DOOR}, INADDR_LOOPBACK)) or die $!; \
                   syswrite S, qq(GET / HTTP/1.0\\r\\n\\r\\n); print while <S>'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_reaches_what_its_worker_serves_and_nothing_else() {
    let mut kinds = usable().await;
    kinds.push(Kind::Open);
    for kind in kinds {
        let machine = Machine::new().await;
        let sandbox = machine.sandbox(kind);
        let mut place = machine.place();
        let tasks = TaskTracker::new();
        let mut urls = Vec::new();
        for (door, answer) in [(Door::Model, "I am a model"), (Door::Tools, "I am a tool")] {
            let (listener, url) = sandbox.door(&mut place, door).unwrap();
            let router = Router::new().route("/", get(move || async move { answer }));
            tasks.spawn(async move { axum::serve(listener, router).await });
            urls.push((url, answer));
        }
        machine.give_away();
        for (url, answer) in &urls {
            let port = url.port().unwrap();
            let script = format!("export DOOR={port}; for n in 1 2 3; do {ASK}; done");
            let ended = machine.run(&sandbox, &place, &script).await;
            assert_eq!(ended.said.matches(answer).count(), 3, "{kind:?}: {}", ended.said);
        }
        if kind != Kind::Open {
            let stranger = format!("export DOOR=$PORT; {ASK}");
            let ended = machine.run(&sandbox, &place, &stranger).await;
            assert!(!ended.succeeded, "{kind:?}: {}", ended.said);
        }
    }
}

#[tokio::test]
async fn a_door_opens_again_and_under_a_long_name() {
    for kind in [Kind::Bubblewrap, Kind::Landlock, Kind::Open] {
        let machine = Machine::new().await;
        let sandbox = machine.sandbox(kind);
        let mut place = machine.place();
        place.dir = machine.path(&"long/".repeat(30));
        std::fs::create_dir_all(&place.dir).unwrap();
        for _ in 0..2 {
            let (_listener, url) = sandbox.door(&mut place, Door::Tools).unwrap();
            assert_eq!(url.host_str(), Some("127.0.0.1"));
        }
    }
}
