//! Nothing an agent starts outlives it, however it hides.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use team6::agent::{self, Error, Limits, Spec};
use tokio_util::sync::CancellationToken;

use crate::machine::Machine;
use crate::usable;

/// Processes that leave their group, session, parent and environment, and will not end when they are asked to.
const HIDING: &str = r#"
    use POSIX; $0 = "NAME"; $SIG{TERM} = "IGNORE"; %ENV = (); my $n = 0;
    while ($n++ < 5) { my $p = fork; next if $p; POSIX::setsid(); exec "env", "-i", "perl", "-e", q(
        use POSIX; $0 = "NAME"; $SIG{TERM} = "IGNORE"; exit if fork; POSIX::setsid(); fork; sleep 600;
    ) }
    open F, ">", "born"; close F; sleep 600;
"#;

/// How many processes call themselves so.
fn living(name: &str) -> usize {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let called = |entry: &std::fs::DirEntry| {
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        line.starts_with(name.as_bytes())
    };
    entries.filter(called).count()
}

#[tokio::test]
async fn whoever_hides_is_found_and_killed() {
    for kind in usable().await {
        let machine = Machine::new().await;
        machine.take_back();
        let name = format!("hides-{}", uuid::Uuid::new_v4().simple());
        let script = HIDING.replace("NAME", &name);
        let command = ["perl", "-e", &script].map(str::to_owned).to_vec();
        let (set, files) = (BTreeMap::new(), BTreeMap::new());
        let spec = Spec { command, env: vec![], set, files, limits: Limits::default() };
        let stop = CancellationToken::new();
        let (sandbox, place) = (machine.sandbox(kind), machine.place());
        let run = agent::run(
            &spec,
            &sandbox,
            &place,
            "".into(),
            Arc::new(|_, _| {}),
            stop.clone(),
            |_| {},
        );
        let stopping = async {
            while !machine.workspace.tree().join("born").exists() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            assert_ne!(living(&name), 0);
            stop.cancel();
        };
        let ((), ended) = tokio::join!(stopping, run);
        assert!(matches!(ended, Err(Error::Stopped)), "{kind:?}: {ended:?}");
        assert_eq!(living(&name), 0, "{kind:?}");
    }
}

#[tokio::test]
async fn whoever_stays_behind_goes_with_the_program() {
    for kind in usable().await {
        let machine = Machine::new().await;
        let name = format!("stays-{}", uuid::Uuid::new_v4().simple());
        let script = format!(
            "env -i perl -e 'use POSIX; $0 = q({name}); exit if fork; POSIX::setsid(); close STDOUT; close STDERR; sleep 600'"
        );
        let ended = machine.run(&machine.sandbox(kind), &machine.place(), &script).await;
        assert!(ended.succeeded, "{kind:?}: {}", ended.said);
        for _ in 0..400 {
            if living(&name) == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        assert_eq!(living(&name), 0, "{kind:?}");
    }
}

#[tokio::test]
async fn how_a_program_ended_is_passed_on() {
    for kind in usable().await {
        let machine = Machine::new().await;
        for (script, code) in [("exit 7", 7), ("kill -KILL $$", 137)] {
            let mut command = machine.command(&machine.sandbox(kind), &machine.place(), script);
            let status = command.status().await.unwrap();
            assert_eq!(status.code(), Some(code), "{kind:?}: {script}");
        }
    }
}
