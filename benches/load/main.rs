//! Two hundred sprints of ten tasks on one server with SQLite: what it takes of memory and time, and
//! whether that grows with the number of sprints that are over.
//!
//! The server is the whole service, spoken to over loopback by GitHub's webhooks; localhub is another
//! process and imagines git. GitHub's limits hold, so both live in a time that runs faster than ours
//! by a fixed factor. Agents are scripted and need no process: who plays them claims and reports as a
//! worker does, within the server's process.
//!
//! `LOAD_SPRINTS`, `LOAD_TASKS` and `LOAD_TOGETHER` (sprints under way at the same time) make it
//! another load.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the environment by itself")]

#[path = "../disk.rs"]
mod disk;
mod github;
#[expect(dead_code, reason = "nothing is compared here")]
#[path = "../measure.rs"]
mod measure;
mod team;
mod time;
mod workers;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use futures::StreamExt as _;
use measure::{milliseconds, percentile, say};
use team6::config::Settings;
use team6::db::effects;
use team6::service::{Keys, Service};
use time::Time;
use tokio::net::TcpListener;

use crate::github::GitHub;
use crate::team::Team;

/// How many sprints are measured together.
const ROUNDS: usize = 4;
const REPOSITORIES: usize = 4;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, hub, folder, webhooks, begun, factor] = &arguments[..]
        && hub == "hub"
    {
        let time = Time { begun: begun.parse()?, factor: factor.parse()? };
        return github::serve(folder.as_ref(), webhooks, time).await;
    }
    if !measure::is_asked_for() {
        return Ok(());
    }
    let asked =
        |name, usual| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (sprints, tasks) = (asked("LOAD_SPRINTS", 200), asked("LOAD_TASKS", 10));
    let together = asked("LOAD_TOGETHER", 25);
    let folder = disk::scratch()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let time = Time::begins(i64::try_from(asked("LOAD_FACTOR", 200))?);
    let webhooks = format!("http://{}/webhook", listener.local_addr()?);
    let github = GitHub::start(&folder.path().join("hub"), &webhooks, time).await?;
    let clock = time.clock();
    let settings = settings(folder.path(), &github)?;
    let keys = Keys {
        private_key_pem: github.pem.clone(),
        webhook_secret: github.webhook_secret.clone().into_bytes(),
    };
    let pushing = github.pushing();
    let service = Service::start_pushing(pushing, settings, keys, listener, clock.clone()).await?;
    let team = Arc::new(Team::new(service.app().clone(), github.clone(), tasks));
    let probing = Arc::new(workers::Probes::default());
    for nth in 0..20 {
        tokio::spawn(workers::work(service.app().clone(), nth));
    }
    let url = format!("http://{}", service.address());
    let secret = github.webhook_secret.clone();
    tokio::spawn(workers::probe(url.clone(), secret, Arc::clone(&probing)));

    say(&format!(
        "{sprints} sprints of {tasks} tasks, {together} at a time; GitHub's time is {} times as fast",
        time.factor
    ));
    say(&format!(
        "{:<14}{:>9}{:>12}{:>12}{:>12}{:>12}{:>10}{:>10}{:>9}{:>9}",
        "sprints over",
        "wall s",
        "webhook p50",
        "webhook p99",
        "claim p99",
        "page p50",
        "glance ms",
        "sweep ms",
        "RSS MB",
        "DB MB"
    ));
    let done = AtomicUsize::new(0);
    for round in 0..ROUNDS {
        probing.clear();
        let begun = Instant::now();
        let range = sprints * round / ROUNDS..sprints * (round + 1) / ROUNDS;
        let playing = futures::stream::iter(range).map(|nth| {
            let (team, done) = (Arc::clone(&team), &done);
            async move {
                team.play(nth).await.with_context(|| format!("sprint {nth}"))?;
                done.fetch_add(1, Ordering::Relaxed);
                Ok::<_, anyhow::Error>(())
            }
        });
        let ended: Vec<_> = playing.buffer_unordered(together).collect().await;
        ended.into_iter().collect::<Result<Vec<_>, _>>()?;
        let wall = begun.elapsed();
        settled(&service).await?;
        let glance = Box::pin(timed(service.app().glance())).await?;
        let sweep = Box::pin(timed(service.app().sweep())).await?;
        let probes = probing.taken();
        say(&format!(
            "{:<14}{:>9.0}{:>12.2}{:>12.2}{:>12.2}{:>12.1}{:>10.1}{:>10.1}{:>9}{:>9.1}",
            done.load(Ordering::Relaxed),
            wall.as_secs_f64(),
            percentile(&probes.webhooks, 50),
            percentile(&probes.webhooks, 99),
            percentile(&workers::claims(), 99),
            percentile(&probes.pages, 50),
            glance,
            sweep,
            memory()?,
            size(&folder.path().join("team6.db"))?,
        ));
    }
    let merged = team.merged().await?;
    ensure!(merged == sprints * tasks, "{merged} of {} tasks are merged", sprints * tasks);
    let mut tx = service.app().db().read().await?;
    let waiting = effects::waiting(&mut tx).await?;
    drop(tx);
    ensure!(waiting.given_up == 0, "{} effects were given up", waiting.given_up);
    say(&format!(
        "{merged} pull requests merged, nothing given up, {} claims",
        workers::claims().len()
    ));
    Ok(())
}

fn settings(folder: &std::path::Path, github: &GitHub) -> anyhow::Result<Settings> {
    let repositories: Vec<_> = (0..REPOSITORIES).map(|nth| format!("acme/r{nth}")).collect();
    let said = [
        ("DATA", folder.join("data").display().to_string()),
        ("DATABASE", format!("sqlite:{}", folder.join("team6.db").display())),
        ("GITHUB__API", format!("{}/api/v3", github.url)),
        ("GITHUB__APP_ID", github.id.to_string()),
        ("WORKER__SLOTS", "0".to_owned()),
        // A moment of ours is minutes of theirs.
        ("QUEUE__LEASE_SECONDS", "86400".to_owned()),
        ("PROJECTS__ACME__REPOSITORIES", format!("{repositories:?}")),
        ("AGENTS__FRONTEND__DESCRIPTION", "everything".to_owned()),
        ("AGENTS__FRONTEND__COMMAND", "[\"true\"]".to_owned()),
    ];
    let said = said.map(|(name, value)| (format!("TEAM6__{name}"), value));
    Ok(Settings::read(None, said.into_iter())?)
}

/// Waits until nothing is left to do.
async fn settled(service: &Service) -> anyhow::Result<()> {
    loop {
        let mut tx = service.app().db().read().await?;
        let waiting = effects::waiting(&mut tx).await?;
        drop(tx);
        if waiting.new + waiting.put_off == 0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn timed(what: impl Future<Output = Result<(), team6::app::Error>>) -> anyhow::Result<f64> {
    let begun = Instant::now();
    what.await?;
    Ok(milliseconds(begun.elapsed()))
}

/// What this process has of the machine's memory, in MB.
fn memory() -> anyhow::Result<usize> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().split(' ').next());
    Ok(kilobytes.context("this machine tells of no memory")?.parse::<usize>()? / 1_024)
}

fn size(file: &std::path::Path) -> anyhow::Result<f64> {
    let bytes = u32::try_from(std::fs::metadata(file)?.len() / 1_024)?;
    Ok(f64::from(bytes) / 1_024.0)
}
