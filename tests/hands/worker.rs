//! The worker, against a small server, with the shipped scripted agent as a real process.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use team6::agent::sandbox::Setup;
use team6::agent::{Limits, Spec};
use team6::domain::budget::Limit;
use team6::domain::ids::{
    AgentName, Attempt, BranchName, Epoch, ExecutionId, ProjectName, RunId, TaskNumber, WorkerId,
};
use team6::domain::work::{Assignment, Checkout, Claimed, Class, Outcome, Renewed, Terms, Work};
use team6::git::{Access, Clean, Mirrors, Promise};
use team6::worker::{self, Settings};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::origin::{Origin, git, somebody};
use crate::server::Server;

in_every_sandbox!(
    a_task_becomes_a_bundle_the_server_can_push,
    a_task_of_the_demo_is_tested_with_the_tools_of_its_language,
    every_way_to_fail_has_its_class,
    an_agent_this_worker_does_not_have_is_a_matter_of_configuration,
    a_retry_goes_on_where_the_first_try_died,
    cancelled_work_is_stopped_and_reported,
    a_lost_lease_ends_the_agent_without_a_word,
    a_stale_bundle_ends_the_work_without_a_word,
    an_agent_is_frozen_before_its_lease_could_end_and_thawed_when_it_is_confirmed,
    a_slow_or_forgetful_server_changes_nothing,
    a_trace_nobody_wants_ends_the_agent_without_a_word,
    a_newer_lease_of_the_same_execution_waits_for_the_older_to_be_gone,
    a_worker_that_stops_kills_its_agents_and_the_next_start_goes_on,
    two_workers_never_share_a_folder,
    a_workspace_is_removed_when_the_server_says_its_task_is_over,
);

/// A worker at work for one test.
pub(crate) struct World {
    origin: Origin,
    pub(crate) server: Server,
    pub(crate) settings: Settings,
    /// On what terms the next task is done.
    pub(crate) terms: Terms,
    shutdown: CancellationToken,
    tasks: TaskTracker,
}

impl World {
    pub(crate) async fn new(setup: &Setup) -> Self {
        Self::around(Origin::small(), setup).await
    }

    async fn around(origin: Origin, setup: &Setup) -> Self {
        let server = Server::start().await;
        let mut settings = Settings::new(
            server.url().parse().unwrap(),
            "worker-token".into(),
            WorkerId("w1".into()),
            origin.path("data"),
        );
        let command = [env!("CARGO_BIN_EXE_team6"), "scripted-agent"].map(str::to_owned).to_vec();
        let spec = Spec {
            command,
            env: vec![],
            set: BTreeMap::new(),
            files: BTreeMap::new(),
            limits: Limits::default(),
        };
        settings.agents.insert(AgentName("scripted".into()), spec);
        settings.sandbox = setup.clone();
        settings.beat = Duration::from_millis(300);
        settings.pause = Duration::from_millis(50);
        Self {
            origin,
            server,
            settings,
            terms: Terms::default(),
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }
    }

    /// A worker that has begun to ask for work.
    async fn working(setup: &Setup) -> Self {
        let mut world = Self::new(setup).await;
        world.starts();
        world
    }

    pub(crate) fn starts(&mut self) {
        self.shutdown = CancellationToken::new();
        let worker = worker::run(self.settings.clone(), self.shutdown.clone());
        self.tasks.spawn(async { worker.await.unwrap() });
    }

    pub(crate) async fn stops(&self) {
        self.shutdown.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.tasks.reopen();
    }

    /// The server has a task with this title for whoever asks.
    pub(crate) fn assigns(&self, task: &str, attempt: i64, epoch: i64) -> Checkout {
        let checkout =
            Checkout { branch: BranchName::of(TaskNumber(3), "x"), ..self.origin.checkout() };
        let run = RunId("run_7_12_1".into());
        let assignment = Assignment {
            execution: ExecutionId::of(&run, TaskNumber(3), Attempt(attempt)),
            epoch: Epoch(epoch),
            lease_seconds: 3,
            project: ProjectName("acme".into()),
            agent: AgentName("scripted".into()),
            prompt: format!("Task: {task}\nRepository: acme/web\n"),
            resume: None,
            told: 0,
            allowance: Limit::default(),
            work: Work::Task(checkout.clone()),
            author: somebody(),
            terms: self.terms.clone(),
        };
        self.server.knows().work.push_back(Claimed { assignment, read_tokens: BTreeMap::new() });
        checkout
    }

    pub(crate) fn workspace(&self) -> PathBuf {
        self.origin.path("data/workspaces/7_12_1_3")
    }

    /// How many processes of the workspace run, and how many of them are frozen.
    pub(crate) fn agents(&self) -> (usize, usize) {
        let mark = format!("TEAM6_WORKSPACE={}", self.workspace().display());
        let (mut running, mut frozen) = (0, 0);
        for entry in std::fs::read_dir("/proc").unwrap().flatten() {
            let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
            if environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes()) {
                let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
                running += 1;
                frozen += usize::from(stat.contains(") T "));
            }
        }
        (running, frozen)
    }

    pub(crate) async fn until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        for _ in 0..12_000 {
            if is_so(self) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("it never came to this: {what}; told: {:#?}", self.server.told());
    }
}

pub(crate) fn class(outcome: &Outcome) -> Class {
    match outcome {
        Outcome::Failed(failure) => failure.class,
        Outcome::Delivered(_) | Outcome::Done | Outcome::Asked | Outcome::Cancelled => {
            panic!("it did not fail: {outcome:?}")
        }
    }
}

async fn a_task_becomes_a_bundle_the_server_can_push(setup: Setup) {
    let world = World::working(&setup).await;
    let checkout = world.assigns("Explain the weather", 1, 1);
    let Outcome::Delivered(delivery) = world.server.outcome().await else { panic!("nothing came") };
    assert_eq!(delivery.commits, ["Write down: Explain the weather"]);
    assert!(delivery.summary.contains("Verified with `sh"), "{}", delivery.summary);
    assert_eq!((delivery.size.files, delivery.base_sha.clone()), (2, checkout.base_sha.clone()));
    let base = &checkout.base_sha.0[..7];
    assert_eq!(
        world.server.told(),
        [
            &format!("Checked out acme/web at {base}"),
            "Starting scripted",
            "The agent ended its turn; looking at what it did",
            "Found 1 commit in 2 files: +17 −0",
            "Handed the commits over",
        ]
    );
    assert!(world.server.has_every_line());

    // The server has a mirror of its own and needs nothing but the bundle.
    let access = Access { url: &checkout.url, token: "" };
    let mirrors = Mirrors::new(world.origin.path("server/mirrors"));
    let mirror = mirrors.holding(&checkout.repo, access, &[&delivery.base_sha]).await.unwrap();
    let clean = Clean::new(&world.origin.path("server/scratch"), &mirror).await.unwrap();
    let promise = Promise {
        branch: checkout.branch.clone(),
        base_sha: delivery.base_sha.clone(),
        head: Some(delivery.head.clone()),
    };
    let bundle = world.server.knows().bundles[0].clone();
    let taken = clean.take(&bundle, &promise, team6::git::Limits::default()).await.unwrap();
    taken.push(access).await.unwrap();
    assert_eq!(world.origin.at(&checkout.branch.0), delivery.head);
    let author =
        git(&world.origin.path("origin.git"), &["log", "-1", "--format=%an", &delivery.head.0]);
    assert_eq!(author, "Team6");
    world.stops().await;
}

async fn a_task_of_the_demo_is_tested_with_the_tools_of_its_language(setup: Setup) {
    let mut world = World::around(Origin::with(&team6::demo::files::web()), &setup).await;
    world.settings.agents.values_mut().next().unwrap().limits.silence = 120;
    world.starts();
    world.assigns("Name the colors of the stylesheet", 1, 1);
    let Outcome::Delivered(delivery) = world.server.outcome().await else { panic!("nothing came") };
    assert!(delivery.summary.contains("Verified with `cargo test"), "{}", delivery.summary);
    assert_eq!(delivery.commits.len(), 2);
    world.stops().await;
}

async fn every_way_to_fail_has_its_class(setup: Setup) {
    for (mischief, expected) in [
        ("die", Class::AgentDied),
        ("hang", Class::TimedOut),
        ("nothing", Class::NothingDone),
        ("dirty", Class::LeftDirty),
        ("workflow", Class::Unacceptable),
    ] {
        let mut world = World::new(&setup).await;
        if mischief == "hang" {
            world.settings.agents.values_mut().next().unwrap().limits.silence = 3;
        }
        world.starts();
        world.assigns(&format!("Explain the weather\nscripted: {mischief}"), 1, 1);
        let outcome = world.server.outcome().await;
        assert_eq!(class(&outcome), expected, "{outcome:?}");
        let said = format!("{outcome:?}").contains("I looked at everything");
        assert_eq!(said, mischief == "nothing", "{outcome:?}");
        world.until("the agent is gone", |world| world.agents() == (0, 0)).await;
        world.stops().await;
    }
}

async fn an_agent_this_worker_does_not_have_is_a_matter_of_configuration(setup: Setup) {
    let mut world = World::new(&setup).await;
    world.settings.agents.clear();
    world.starts();
    world.assigns("Explain the weather", 1, 1);
    assert_eq!(class(&world.server.outcome().await), Class::Misconfigured);
    world.stops().await;
}

async fn a_retry_goes_on_where_the_first_try_died(setup: Setup) {
    let world = World::working(&setup).await;
    let task = "Explain the weather\nscripted: die once";
    world.assigns(task, 1, 1);
    assert_eq!(class(&world.server.outcome().await), Class::AgentDied);
    let half = world.workspace().join("tree/docs/explain_the_weather.md");
    assert!(half.exists());
    world.assigns(task, 2, 1);
    world.server.until("a second report", |knows| knows.finishes.len() == 2).await;
    assert!(matches!(world.server.knows().finishes[1].outcome, Outcome::Delivered(_)));
    world.stops().await;
}

async fn cancelled_work_is_stopped_and_reported(setup: Setup) {
    let world = World::working(&setup).await;
    world.assigns("Explain the weather\nscripted: hang", 1, 1);
    world.until("an agent works", |world| world.agents().0 > 0).await;
    world.server.knows().answer = Some(Renewed::Cancel);
    assert_eq!(world.server.outcome().await, Outcome::Cancelled);
    world.until("the agent is gone", |world| world.agents() == (0, 0)).await;
    world.stops().await;
}

async fn a_lost_lease_ends_the_agent_without_a_word(setup: Setup) {
    let world = World::working(&setup).await;
    world.assigns("Explain the weather\nscripted: hang", 1, 1);
    world.until("an agent works", |world| world.agents().0 > 0).await;
    world.server.knows().answer = Some(Renewed::Lost);
    world.until("the agent is gone", |world| world.agents() == (0, 0)).await;
    world.stops().await;
    assert!(world.server.knows().finishes.is_empty());
}

async fn a_stale_bundle_ends_the_work_without_a_word(setup: Setup) {
    let world = World::working(&setup).await;
    world.server.knows().bundle_is_stale = true;
    world.assigns("Explain the weather", 1, 1);
    world.server.until("the slot asks again", |knows| knows.claims.len() > 1).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(world.server.knows().finishes.is_empty());
    world.stops().await;
}

async fn an_agent_is_frozen_before_its_lease_could_end_and_thawed_when_it_is_confirmed(
    setup: Setup,
) {
    let mut world = World::new(&setup).await;
    let spec = world.settings.agents.values_mut().next().unwrap();
    spec.command.extend(["--pace-ms".to_owned(), "1000".to_owned()]);
    spec.limits.silence = 60;
    world.starts();
    world.assigns("Explain the weather", 1, 1);
    world.until("an agent works", |world| world.agents().0 > 0).await;
    world.server.knows().is_away = true;
    world.until("the agent is frozen", |world| world.agents().1 > 0).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(world.agents().1 > 0);
    world.server.knows().is_away = false;
    assert!(matches!(world.server.outcome().await, Outcome::Delivered(_)));
    assert!(world.server.has_every_line());
    world.stops().await;
}

async fn a_slow_or_forgetful_server_changes_nothing(setup: Setup) {
    let world = World::working(&setup).await;
    {
        let mut knows = world.server.knows();
        (knows.trace_takes, knows.loses_answers) = (Duration::from_millis(400), 2);
    }
    world.assigns("Explain the weather", 1, 1);
    world.server.until("the report was heard", |knows| knows.finishes.len() == 3).await;
    world.stops().await;
    let knows = world.server.knows();
    assert!(knows.finishes.iter().all(|finish| finish == &knows.finishes[0]));
    assert_eq!(knows.bundles.len(), 1);
}

async fn a_trace_nobody_wants_ends_the_agent_without_a_word(setup: Setup) {
    let world = World::working(&setup).await;
    world.server.knows().trace_is_stale = true;
    world.assigns("Explain the weather\nscripted: hang", 1, 1);
    world.server.until("the slot asks again", |knows| knows.claims.len() > 1).await;
    world.until("the agent is gone", |world| world.agents() == (0, 0)).await;
    world.stops().await;
    assert!(world.server.knows().finishes.is_empty());
}

async fn a_newer_lease_of_the_same_execution_waits_for_the_older_to_be_gone(setup: Setup) {
    let mut world = World::new(&setup).await;
    world.settings.slots = 2;
    world.settings.agents.values_mut().next().unwrap().limits.silence = 60;
    world.starts();
    world.assigns("Explain the weather\nscripted: hang once", 1, 1);
    world.until("an agent worked", |world| world.workspace().join("tree/docs").exists()).await;
    world.assigns("Explain the weather\nscripted: hang once", 1, 2);
    assert!(matches!(world.server.outcome().await, Outcome::Delivered(_)));
    world.stops().await;
    let epochs: Vec<i64> = world.server.knows().finishes.iter().map(|f| f.epoch.0).collect();
    assert_eq!(epochs, [2]);
}

async fn a_worker_that_stops_kills_its_agents_and_the_next_start_goes_on(setup: Setup) {
    let mut world = World::working(&setup).await;
    world.assigns("Explain the weather\nscripted: hang once", 1, 1);
    world
        .until("an agent works", |world| world.workspace().join("home/.scripted-once").exists())
        .await;
    world.stops().await;
    world.until("the agent is gone", |world| world.agents() == (0, 0)).await;
    assert!(world.server.knows().finishes.is_empty());
    world.assigns("Explain the weather\nscripted: hang once", 1, 2);
    world.starts();
    assert!(matches!(world.server.outcome().await, Outcome::Delivered(_)));
    world.stops().await;
    let knows = world.server.knows();
    assert_ne!(knows.claims[0].incarnation, knows.claims.last().unwrap().incarnation);
}

async fn two_workers_never_share_a_folder(setup: Setup) {
    let world = World::working(&setup).await;
    world.server.until("it asks for work", |knows| !knows.claims.is_empty()).await;
    let second = worker::run(world.settings.clone(), CancellationToken::new()).await;
    assert!(matches!(second, Err(worker::Error::InUse(_))));
    world.stops().await;
}

async fn a_workspace_is_removed_when_the_server_says_its_task_is_over(setup: Setup) {
    let world = World::working(&setup).await;
    world.assigns("Explain the weather", 1, 1);
    world.server.outcome().await;
    assert!(world.workspace().exists());
    world.server.knows().removable = vec!["7_12_1_3".into(), "7_12_1_9".into()];
    world.assigns("Explain the weather", 2, 1);
    world.until("the workspace is gone", |world| !world.workspace().exists()).await;
    world.stops().await;
}
