//! `team6 demo`: a whole sprint on this machine, against a GitHub of its own.

pub mod files;
mod folder;
mod people;
mod screen;
mod story;
mod world;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use localhub::Hub;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use self::folder::{Addresses, Folder};
use self::people::People;
pub use self::screen::Screen;
use self::story::{Step, Story};
use crate::causes::whole;
use crate::config::{self, Settings};
use crate::service::{self, Keys, Service};

/// How the demo is played.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command")]
pub struct Options {
    /// Where everything is kept; a fresh temporary folder, where nothing is said.
    pub data: Option<PathBuf>,
    /// Leave the people's part to whoever watches.
    pub hands_on: bool,
    /// Have a planner agent write the plan.
    pub planner: bool,
    /// Play one task whose agent hands parts of it to others.
    pub delegate: bool,
    /// Settings of an operator, whose agents and models take the place of the demo's own.
    pub settings: Option<Settings>,
    /// End when the run has ended.
    pub once: bool,
    /// Where the local GitHub listens, if it must be there.
    pub github_port: Option<u16>,
    /// Where Team6 listens, if it must be there.
    pub port: Option<u16>,
    /// How long people think before they act.
    pub pace: Duration,
}

/// How often we look whether something happened.
const GLANCE: Duration = Duration::from_millis(250);
/// After how long without news one hears what the sprint waits for.
const QUIET: Duration = Duration::from_secs(20);

/// Plays a sprint until it is over, or until `stop`. True if every task is really merged.
pub async fn run(
    options: &Options,
    screen: &mut Screen,
    stop: CancellationToken,
) -> anyhow::Result<bool> {
    let folder = Folder::open(options.data.as_deref())?;
    let hub =
        Hub::open(folder.path().join("localhub")).await.context("opening the local GitHub")?;
    let secrets = folder.secrets()?;
    hub.seed(&world::seed(&secrets, options)?).await.context("making the world of the demo")?;
    let before = folder.addresses();
    let github =
        bind(options.github_port, before.as_ref().map(Addresses::github_port), 7600).await?;
    let team6 = bind(options.port, before.as_ref().map(Addresses::team6_port), 7601).await?;
    let addresses = Addresses::of(github.local_addr()?, team6.local_addr()?);
    let app = hub.app(world::APP).context("the App is not in the world of the demo")?;
    let ci = hub.app(world::CI).context("the App for checks is not in the world of the demo")?;
    hub.set_webhook_url(world::APP, addresses.team6.join("webhook")?.as_str()).await?;

    let serving = tokio_util::task::TaskTracker::new();
    let (served, closed) = (hub.clone(), CancellationToken::new());
    let until = closed.clone();
    serving.spawn(async move { served.serve(github, until.cancelled_owned()).await });
    let keys = Keys {
        private_key_pem: app.pem.clone(),
        webhook_secret: app.webhook_secret.clone().into_bytes(),
    };
    let mut settings = world::settings(&folder, &addresses, &app, options)?;
    let mut unsealed = None;
    if options.settings.is_none() {
        unsealed = service::sandbox(&settings).find().await.err();
    }
    if unsealed.is_some() {
        // The agents here are this program, and do what the demo has them do.
        settings.worker.sandbox = config::Sandbox::None;
    }
    let service = Service::start(settings, keys, team6).await?;
    folder.announce(&addresses, &secrets, &app.webhook_secret, &ci)?;
    screen.opening(folder.path(), &addresses);
    if unsealed.is_some() {
        screen.unsealed();
    }

    let people = People::new(&addresses.api, &secrets)?;
    let story = Story::new(service.app().clone(), people);
    screen.go_on_after(story.news(0).await?.len());
    let merged = play(options, &story, screen, &stop).await;
    if !options.once && merged.is_ok() {
        screen.look_around();
        stop.cancelled().await;
    }
    if options.once && matches!(merged, Ok(true)) {
        tidied(&folder).await;
    }
    service.stop().await;
    closed.cancel();
    serving.close();
    serving.wait().await;
    merged
}

/// Plays or watches until the run has ended.
async fn play(
    options: &Options,
    story: &Story,
    screen: &mut Screen,
    stop: &CancellationToken,
) -> anyhow::Result<bool> {
    let mut advice = String::new();
    let mut acted = Instant::now();
    let mut heard = Instant::now();
    while !stop.is_cancelled() {
        let news = story.news(screen.told()).await?;
        if !news.is_empty() {
            heard = Instant::now();
        }
        screen.tell(&news);
        // What people do can fail for a moment, as anything over a network can.
        let next = match story.next().await {
            Ok(next) => next,
            Err(error) => {
                tracing::warn!(error = %whole(error.as_ref()), "cannot look at GitHub now");
                Step::Wait
            }
        };
        if matches!(next, Step::Over) {
            screen.tell(&story.news(screen.told()).await?);
            let (merged, tasks) = story.merged().await?;
            screen.ending(merged, tasks);
            return Ok(merged == tasks && 0 < tasks);
        }
        if options.hands_on {
            let said = next.advice();
            if !said.is_empty() && said != advice {
                screen.advise(&said);
                advice = said;
            }
        } else if options.pace <= acted.elapsed() {
            match story.act(&next).await {
                Ok(Some(done)) => {
                    screen.person(&done);
                    acted = Instant::now();
                }
                Ok(None) => {}
                // Whether it was done is seen at the next look.
                Err(error) => {
                    tracing::warn!(error = %whole(error.as_ref()), "somebody could not do something now");
                }
            }
        }
        if matches!(next, Step::Wait) && QUIET <= heard.elapsed() {
            heard = Instant::now();
            if let Some(why) = story.why().await? {
                screen.waits(&why);
            }
        }
        tokio::select! {
            () = tokio::time::sleep(GLANCE) => {}
            () = stop.cancelled() => {}
        }
    }
    Ok(false)
}

/// Waits until the worker has removed the workspaces of merged tasks, but not for ever: what it
/// leaves now goes at its next start.
async fn tidied(folder: &Folder) {
    let begun = Instant::now();
    while folder.has_workspaces() && begun.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(GLANCE).await;
    }
}

/// The port that was asked for, or else the one of last time, the usual one, or any.
async fn bind(asked: Option<u16>, last: Option<u16>, usual: u16) -> anyhow::Result<TcpListener> {
    if let Some(port) = asked {
        return TcpListener::bind(("127.0.0.1", port)).await.with_context(|| {
            format!("port {port} is taken; ask for another one, or for none to have one chosen")
        });
    }
    for port in last.into_iter().chain([usual]) {
        if let Ok(listener) = TcpListener::bind(("127.0.0.1", port)).await {
            return Ok(listener);
        }
    }
    Ok(TcpListener::bind(("127.0.0.1", 0)).await?)
}
