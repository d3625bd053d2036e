//! One agent, one session: started, spoken to, and gone without a trace of it on the machine.

use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::process::Child;
use tokio_util::sync::CancellationToken;

use super::acp::{self, Pulse};
use super::group::Group;
use super::{Error, Limits, Offer, Place, Sandbox, Spec, lines};

const POLITE: Duration = Duration::from_secs(10);
const TERMINATED: Duration = Duration::from_secs(2);
const STDERR_TAIL: usize = 4_000;

/// Takes one line of the trace: its kind, and what was said. It must not wait.
pub type Trace = Arc<dyn Fn(&'static str, Value) + Send + Sync>;

/// What an agent is told after a turn; nothing, if its work is over.
pub type Next = Arc<dyn Fn(Turn) -> BoxFuture<'static, Option<String>> + Send + Sync>;

/// Ends when the turn that is under way is to be interrupted.
pub type Interrupt = Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// Hears by what name the agent finds its session again.
pub type Remember = Arc<dyn Fn(&str) + Send + Sync>;

/// Something an agent wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What.
    pub question: String,
    /// What there is to choose from, if anything.
    pub options: Vec<String>,
}

/// Passes on what an agent asks in its protocol's own way; answers whether that was done.
pub type Ask = Arc<dyn Fn(Vec<Asked>) -> BoxFuture<'static, bool> + Send + Sync>;

/// A turn that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Which, from 1.
    pub number: u32,
    /// The last thing the agent said in it.
    pub said: String,
    /// Whether we interrupted it.
    pub interrupted: bool,
}

/// A session that an earlier life of the agent had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Former {
    /// By what name the agent finds it.
    pub session: String,
    /// What the agent is told if it does.
    pub prompt: String,
}

/// What is said to an agent in one session.
#[derive(Clone, Default)]
pub struct Talk {
    /// The first thing it is told.
    pub prompt: String,
    /// The session it goes on with, if it can.
    pub former: Option<Former>,
    /// The tools it is offered.
    pub tools: Option<Offer>,
    /// Who hears what it asks in its protocol's own way, if anybody does.
    pub ask: Option<Ask>,
    /// What it is told after each turn; where there is nothing, one turn is all.
    pub next: Option<Next>,
    /// What interrupts a turn, if anything does.
    pub interrupt: Option<Interrupt>,
    /// Who keeps the session's name, if anybody does.
    pub remember: Option<Remember>,
}

impl From<&str> for Talk {
    fn from(prompt: &str) -> Self {
        Self { prompt: prompt.to_owned(), ..Self::default() }
    }
}

impl From<String> for Talk {
    fn from(prompt: String) -> Self {
        Self { prompt, ..Self::default() }
    }
}

/// An agent's turn that it ended itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Why it stopped, in the protocol's words: `end_turn`, `refusal`, `max_tokens` …
    pub reason: String,
    /// The last thing it said.
    pub summary: String,
}

/// Starts an agent, says to it what is to be said and waits for the end of its last turn; when this returns, no
/// process is left.
///
/// `started` hears of the process group, so that somebody can freeze it. `stop` asks the agent to stop and makes sure.
pub async fn run(
    spec: &Spec,
    sandbox: &Sandbox,
    place: &Place,
    talk: Talk,
    trace: Trace,
    stop: CancellationToken,
    started: impl FnOnce(Arc<Group>),
) -> Result<Ended, Error> {
    let (program, args) = spec.command.split_first().ok_or(Error::NoCommand)?;
    let not_started = |source| Error::NotStarted { program: program.clone(), source };
    spec.furnish(&place.home).map_err(Error::NotFurnished)?;
    let mut command = sandbox.command(place, program, args, &spec.env)?;
    let mut child = command.envs(&spec.set).spawn().map_err(not_started)?;
    let group =
        Group::begin(child.id().unwrap_or_default(), place, sandbox).map_err(not_started)?;
    let group = Arc::new(group);
    started(Arc::clone(&group));

    let (Some(stdin), Some(stdout), Some(stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(not_started(std::io::Error::other("it has no pipes")));
    };
    let pulse = Arc::new(Pulse::new(trace));
    let conversation = acp::Conversation {
        stdin,
        stdout,
        tree: place.tree.clone(),
        talk,
        limits: spec.limits,
        pulse: Arc::clone(&pulse),
        stop: stop.clone(),
    };
    let held = async {
        let ended = tokio::select! {
            ended = conversation.hold() => ended,
            error = pulse.watch(spec.limits, &group) => Err(error),
            () = overdue(&stop) => Err(Error::Stopped),
        };
        (ended, finish(&mut child, &group).await)
    };
    let ((ended, gone), stderr) = tokio::join!(held, lines::tail(stderr, STDERR_TAIL));
    let _ = std::fs::remove_file(place.pid_file());
    let status = gone?;
    ended.map_err(|error| with_last_words(error, status, stderr))
}

/// Holds a session with an agent that somebody else started, over the two ends of its standard streams. How long a
/// turn may take is up to the caller.
pub async fn converse<W, R>(
    (stdin, stdout): (W, R),
    tree: PathBuf,
    talk: Talk,
    limits: Limits,
    trace: Trace,
) -> Result<Ended, Error>
where
    W: AsyncWrite + Unpin + Send + 'static,
    R: AsyncRead + Unpin + Send + 'static,
{
    let (pulse, stop) = (Arc::new(Pulse::new(trace)), CancellationToken::new());
    acp::Conversation { stdin, stdout, tree, talk, limits, pulse, stop }.hold().await
}

/// Adds to a failure how the process ended and what it complained.
fn with_last_words(error: Error, status: Option<ExitStatus>, said: String) -> Error {
    match (error, status) {
        (Error::Died { .. }, Some(status)) => {
            Error::Died { status: status.to_string(), stderr: said }
        }
        (Error::Died { status, .. }, None) => Error::Died { status, stderr: said },
        (Error::Failed { message, .. }, _) => Error::Failed { message, stderr: said },
        (Error::NotReady { request, limit, .. }, _) => {
            Error::NotReady { request, limit, stderr: said }
        }
        (other, _) => other,
    }
}

/// Ends when an agent that was asked to stop has had its chance.
async fn overdue(stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(POLITE).await;
}

/// Sees an agent off, whose input is closed by now: it may go by itself, is asked to, is killed. Answers how it
/// ended if it did so by itself.
async fn finish(child: &mut Child, group: &Group) -> Result<Option<ExitStatus>, Error> {
    let by_itself = leaves(child, Duration::from_secs(1)).await;
    if by_itself.is_none() {
        group.terminate();
        leaves(child, TERMINATED).await;
    }
    // Also those it left behind, and those that went into a group of their own.
    let gone = group.kill().await;
    let _ = child.start_kill();
    let _ = child.wait().await;
    gone?;
    Ok(by_itself)
}

async fn leaves(child: &mut Child, within: Duration) -> Option<ExitStatus> {
    tokio::time::timeout(within, child.wait()).await.ok()?.ok()
}
