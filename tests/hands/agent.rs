//! Agents as processes: what they say, how they end, and that nothing of them is left.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use team6::agent::sandbox::{Kind, Setup, Wanted};
use team6::agent::{self, Ended, Error, Group, Limits, Place, Sandbox, Spec};
use team6::domain::work::Class;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::origin::somebody;

in_every_sandbox!(
    a_turn_is_heard_line_by_line_and_ends_with_a_summary,
    noise_and_unknown_updates_are_survived,
    an_agent_that_dies_is_reported_with_its_last_words,
    an_agent_that_is_not_there_is_a_matter_of_configuration,
    an_agent_that_never_answers_is_given_up,
    silence_and_endless_talk_are_given_up,
    a_line_without_an_end_is_not_kept_in_memory,
    whoever_will_not_stop_is_killed_with_all_it_started,
    time_stands_still_for_a_frozen_agent,
    leftovers_of_a_former_life_are_killed_and_nobody_else_is,
    an_agent_sees_nothing_of_the_workers_environment,
);

/// A folder for an agent, and what it said in there.
struct Stand {
    dir: TempDir,
    sandbox: Sandbox,
    said: Arc<Mutex<Vec<(&'static str, Value)>>>,
    stop: CancellationToken,
    group: Arc<Mutex<Option<Arc<Group>>>>,
}

impl Stand {
    fn new(setup: &Setup) -> Self {
        let dir = TempDir::new().unwrap();
        for name in ["tree", "home"] {
            std::fs::create_dir(dir.path().join(name)).unwrap();
        }
        let kind = match setup.wanted {
            Wanted::Auto | Wanted::Bubblewrap => Kind::Bubblewrap,
            Wanted::Landlock => Kind::Landlock,
            Wanted::None => Kind::Open,
        };
        Self {
            dir,
            sandbox: Sandbox::new(kind, setup),
            said: Arc::default(),
            stop: CancellationToken::new(),
            group: Arc::default(),
        }
    }

    fn place(&self) -> Place {
        Place::new(self.dir.path().to_owned(), somebody())
    }

    async fn run(&self, command: &[&str], limits: Limits) -> Result<Ended, Error> {
        let command = command.iter().map(|word| (*word).to_owned()).collect();
        let spec =
            Spec { command, env: vec![], set: BTreeMap::new(), files: BTreeMap::new(), limits };
        let (said, group) = (Arc::clone(&self.said), Arc::clone(&self.group));
        agent::run(
            &spec,
            &self.sandbox,
            &self.place(),
            "Task: x\nscripted: nothing".into(),
            Arc::new(move |kind, body| said.lock().unwrap().push((kind, body))),
            self.stop.clone(),
            move |started| *group.lock().unwrap() = Some(started),
        )
        .await
    }

    /// An agent written in a few lines of shell.
    async fn sh(&self, script: &str, limits: Limits) -> Result<Ended, Error> {
        self.run(&["sh", "-c", script], limits).await
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join("tree").join(name)
    }

    /// Nothing that was started here runs any more.
    fn is_empty(&self) -> bool {
        let mark = format!("TEAM6_WORKSPACE={}", self.dir.path().display());
        let mut entries = std::fs::read_dir("/proc").unwrap().flatten();
        !entries.any(|entry| {
            let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
        })
    }
}

/// Reads a request and answers it with `result`, whatever its id is.
fn answer(result: &str) -> String {
    format!(
        "read -r line; id=$(printf %s \"$line\" | sed 's/.*\"id\":\\(\"[^\"]*\"\\|[0-9]*\\).*/\\1/'); \
         printf '{{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":%s}}\\n' \"$id\" '{result}'\n"
    )
}

/// An agent that gets as far as its first turn.
fn ready() -> String {
    answer(r#"{"protocolVersion":1,"agentCapabilities":{}}"#) + &answer(r#"{"sessionId":"s"}"#)
}

/// Time enough for an agent that does what it should, however busy the machine is.
fn patient() -> Limits {
    Limits { initialize: 60, session: 60, silence: 60, turn: 60 }
}

async fn a_turn_is_heard_line_by_line_and_ends_with_a_summary(setup: Setup) {
    let stand = Stand::new(&setup);
    let team6 = env!("CARGO_BIN_EXE_team6");
    let ended = stand.run(&[team6, "scripted-agent"], Limits::default()).await.unwrap();
    assert_eq!(ended.reason, "end_turn");
    assert_eq!(ended.summary, "I looked at everything and see nothing to do.");
    let kinds: Vec<_> = stand.said.lock().unwrap().iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, ["thought", "tool", "tool", "message"]);
    assert!(stand.is_empty() && !stand.dir.path().join("pid").exists());
}

async fn noise_and_unknown_updates_are_survived(setup: Setup) {
    let stand = Stand::new(&setup);
    let update = r#"{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"weather"}}}"#;
    let script = format!(
        "echo warming up\n{}echo '{update}'\n{}sleep 0.1",
        ready(),
        answer(r#"{"stopReason":"end_turn"}"#)
    );
    stand.sh(&script, patient()).await.unwrap();
    assert_eq!(stand.said.lock().unwrap()[0].0, "raw");
}

async fn an_agent_that_dies_is_reported_with_its_last_words(setup: Setup) {
    let stand = Stand::new(&setup);
    let script = format!("{}read line; echo no model >&2; exit 3", ready());
    let error = stand.sh(&script, patient()).await.unwrap_err();
    assert_eq!(error.class(), Class::AgentDied);
    assert_eq!(error.to_string(), "the agent died (exit status: 3); it said: no model");
}

async fn an_agent_that_is_not_there_is_a_matter_of_configuration(setup: Setup) {
    let error = Stand::new(&setup).run(&["/nowhere/agent"], patient()).await.unwrap_err();
    assert_eq!(error.class(), Class::Misconfigured);
    assert_eq!(
        Stand::new(&setup).run(&[], patient()).await.unwrap_err().class(),
        Class::Misconfigured
    );
}

async fn an_agent_that_never_answers_is_given_up(setup: Setup) {
    let stand = Stand::new(&setup);
    let error = stand.sh("sleep 600", Limits { initialize: 1, ..patient() }).await.unwrap_err();
    assert!(matches!(error, Error::NotReady { request: "initialize", .. }), "{error}");
    assert!(stand.is_empty());
}

async fn silence_and_endless_talk_are_given_up(setup: Setup) {
    let stand = Stand::new(&setup);
    let error = stand
        .sh(&format!("{}sleep 600", ready()), Limits { silence: 5, ..patient() })
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Silent(_)), "{error}");
    let update = r#"{"jsonrpc":"2.0","method":"session/update","params":{}}"#;
    let talk = format!("{}while :; do echo '{update}'; sleep 0.2; done", ready());
    let error = stand.sh(&talk, Limits { turn: 3, ..patient() }).await.unwrap_err();
    assert!(matches!(error, Error::TooLong(_)), "{error}");
    assert!(stand.is_empty());
}

async fn a_line_without_an_end_is_not_kept_in_memory(setup: Setup) {
    let stand = Stand::new(&setup);
    let script = format!("{}printf '{{'; tr '\\0' x </dev/zero", ready());
    let error = stand.sh(&script, patient()).await.unwrap_err();
    assert_eq!(error.class(), Class::AgentDied, "{error}");
    assert!(stand.is_empty());
}

async fn whoever_will_not_stop_is_killed_with_all_it_started(setup: Setup) {
    let stand = Stand::new(&setup);
    let script = format!(
        "trap '' TERM; {}touch started; setsid sh -c 'trap \"\" TERM; sleep 60' & while :; do sleep 1; done",
        ready()
    );
    let stop = async {
        while !stand.file("started").exists() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        stand.stop.cancel();
    };
    let (ended, ()) = tokio::join!(stand.sh(&script, Limits::default()), stop);
    assert!(matches!(ended, Err(Error::Stopped)));
    assert!(stand.is_empty());
}

async fn time_stands_still_for_a_frozen_agent(setup: Setup) {
    let stand = Stand::new(&setup);
    let script = format!("{}touch started; sleep 600", ready());
    let freeze = async {
        while !stand.file("started").exists() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let group = stand.group.lock().unwrap().clone().unwrap();
        group.freeze();
        tokio::time::sleep(Duration::from_secs(12)).await;
        assert!(!stand.is_empty());
        group.thaw();
    };
    let limits = Limits { silence: 10, ..patient() };
    let (ended, ()) = tokio::join!(stand.sh(&script, limits), freeze);
    assert!(matches!(ended, Err(Error::Silent(_))));
}

async fn leftovers_of_a_former_life_are_killed_and_nobody_else_is(setup: Setup) {
    let stand = Stand::new(&setup);
    let command = |script: &str| {
        let args = ["-c".to_owned(), script.to_owned()];
        let mut command = stand.sandbox.command(&stand.place(), "sh", &args, &[]).unwrap();
        command.kill_on_drop(false);
        command.spawn().unwrap()
    };
    let mut agent = command("sleep 61 & sleep 60; true");
    let mut stranger = std::process::Command::new("sleep").arg("60").spawn().unwrap();
    // As if the number had been given to somebody else meanwhile.
    std::fs::write(stand.dir.path().join("pid"), format!("{} 1\n", stranger.id())).unwrap();
    agent::kill_leftovers(stand.dir.path()).await.unwrap();
    assert!(!agent.wait().await.unwrap().success());
    assert!(stand.is_empty());
    assert!(stranger.try_wait().unwrap().is_none());
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

async fn an_agent_sees_nothing_of_the_workers_environment(setup: Setup) {
    let stand = Stand::new(&setup);
    let script = format!("env > env; {}{}", ready(), answer(r#"{"stopReason":"end_turn"}"#));
    stand.sh(&script, patient()).await.unwrap();
    let seen = std::fs::read_to_string(stand.file("env")).unwrap();
    assert!(!seen.contains("CARGO_"), "{seen}");
    assert!(seen.contains("GIT_AUTHOR_NAME=Team6") && seen.contains("HOME="), "{seen}");
}
