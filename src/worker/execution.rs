//! One execution, from the assignment to the report.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::hooks::When;
use super::leases::Held;
use super::network::Network;
use super::spool::Spool;
use super::stop::{Stop, failed};
use super::thinking::Thinking;
use super::{Shared, server};
use crate::agent::{self, Ended, Place, Sandbox, Talk};
use crate::causes::whole;
use crate::domain::dialogue::tools::tools;
use crate::domain::ids::{CommitSha, RepoName};
use crate::domain::work::{
    self as domain, Assignment, Checkout, Claimed, Class, Delivery, Failure, Outcome,
};
use crate::domain::{proposal, review};
use crate::git::{self, Access, Clean, Delivered, Key, Mirror, Promise, Workspace};

const BUNDLING: Duration = Duration::from_mins(5);

/// An execution at work.
pub(super) struct Work<'a> {
    pub(super) shared: &'a Arc<Shared>,
    pub(super) held: &'a Arc<Held>,
    pub(super) spool: Arc<Spool>,
    pub(super) assignment: &'a Assignment,
    pub(super) read_tokens: &'a BTreeMap<RepoName, String>,
}

/// Does what was claimed and reports it; silently stops when the lease is lost or the worker shuts down.
pub(super) async fn carry_out(
    shared: &Arc<Shared>,
    claimed: Claimed,
    shutdown: &CancellationToken,
) {
    let Claimed { assignment, read_tokens } = claimed;
    let Some(key) = Key::of(&assignment.execution) else {
        tracing::error!(execution.id = %assignment.execution, "an execution has an id that names no workspace");
        return;
    };
    let held = shared.leases.hold(&assignment, key);
    let _turn = shared.leases.turn(&held.key).await;
    let spool = Arc::new(Spool::default());
    let work = Work {
        shared,
        held: &held,
        spool: Arc::clone(&spool),
        assignment: &assignment,
        read_tokens: &read_tokens,
    };
    let spoiled = AtomicBool::new(false);
    let report = async {
        let (outcome, told) = tokio::join!(
            async {
                let outcome = work.carry_out().await;
                spool.close();
                outcome
            },
            async {
                let told = spool.send(&shared.server, &held.lease, shared.settings.pause).await;
                if told.is_err() {
                    held.lost.cancel();
                }
                told
            },
        );
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(Stop::Failed(failure)) => Outcome::Failed(Failure {
                message: spool.without_secrets(failure.message),
                ..failure
            }),
            Err(Stop::Unwanted) => Outcome::Cancelled,
            Err(Stop::Lost) => return Err(server::Error::Lost),
        };
        told?;
        spoiled.store(is_unacceptable(&outcome), Ordering::Relaxed);
        tracing::info!(execution.id = %assignment.execution, outcome = word(&outcome), "an execution ended");
        let ended = (held.resets_at(), held.account.spent());
        shared.server.finish(&held.lease, outcome, ended).await
    };
    let reported = tokio::select! {
        reported = report => reported,
        () = held.lost.cancelled() => Err(server::Error::Lost),
        () = shutdown.cancelled() => Ok(()),
    };
    if let Err(error) = reported {
        tracing::warn!(execution.id = %assignment.execution, error = %whole(&error), "an execution ended without a report");
    }
    // Whatever was interrupted above is not at work any more when the lease is let go.
    if let Err(error) = agent::kill_leftovers(&shared.workspaces.dir(&held.key)).await {
        tracing::error!(execution.id = %assignment.execution, error = %whole(&error), "an agent is still running");
    }
    if spoiled.into_inner()
        && let Err(error) = shared.workspaces.set_aside(&held.key)
    {
        tracing::error!(execution.id = %assignment.execution, error = %whole(&error), "what nobody wants is still there");
    }
    shared.leases.release(&held);
}

/// Whether the commits hold what is never pushed: the next try cannot go on from them.
fn is_unacceptable(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Failed(failure) => failure.class == Class::Unacceptable,
        Outcome::Delivered(_) | Outcome::Done | Outcome::Asked | Outcome::Cancelled => false,
    }
}

impl Work<'_> {
    async fn carry_out(&self) -> Result<Outcome, Stop> {
        let spec = self.shared.settings.agents.get(&self.assignment.agent).ok_or_else(|| {
            let words = format!("this worker has no agent named `{}`", self.assignment.agent);
            failed(Class::Misconfigured, words)
        })?;
        let terms = &self.assignment.terms;
        if let Some(failure) = &terms.refused {
            return Err(Stop::Failed(failure.clone()));
        }
        let spec = &agent::Spec { limits: spec.limits.at_most(terms.limits), ..spec.clone() };
        match &self.assignment.work {
            domain::Work::Task(checkout) => Box::pin(self.deliver(spec, checkout)).await,
            domain::Work::Plan { sources } => {
                self.read(spec, sources, &[], proposal::tools()).await?;
                Ok(Outcome::Done)
            }
            domain::Work::Review { source, base_sha } => {
                let sources = std::slice::from_ref(source);
                self.read(spec, sources, &[base_sha], review::tools::tools()).await?;
                Ok(Outcome::Done)
            }
        }
    }

    async fn deliver(&self, spec: &agent::Spec, checkout: &Checkout) -> Result<Outcome, Stop> {
        let sandbox = self.shared.sandbox().await?;
        let (mirror, workspace) = self.prepare(checkout).await?;
        let author = self.assignment.author.clone();
        let place = Place::new(workspace.dir().to_owned(), author)
            .with_repo(workspace.repo(), vec![mirror.dir().join("objects")]);
        let mut talk = self.go_on(&workspace);
        self.make_ready(&workspace, sandbox, &place).await?;
        let began = self.take_in(checkout, &workspace, sandbox, &place, &mut talk).await?;
        let told = self.talk_with_tools(spec, sandbox, place.clone(), talk, tools()).await;
        let (ended, trouble) = told?;
        let delegates = self.held.delegates.load(Ordering::Relaxed);
        if self.held.asks.load(Ordering::Relaxed) && !delegates {
            self.spool.tell("The agent ended its turn and waits for an answer");
            return Ok(Outcome::Asked);
        }
        if let Some(spent) = trouble.clone().filter(|_| self.held.account.is_cut_off()) {
            // What it did until then is half of something.
            return Err(Stop::Failed(spent));
        }
        self.spool.tell("The agent ended its turn; looking at what it did");
        let replaces = checkout.head.clone().filter(|_| checkout.may_rebase);
        // What is rebased follows the base, and what was pushed only in spirit.
        let began = if replaces.is_some() { checkout.base_sha.clone() } else { began };
        let hook = if delegates {
            // It is not over.
            Ok(())
        } else {
            self.hook(When::AfterRun, sandbox, &place).await
        };
        let verified = self.verify(&mirror, &workspace, &began, sandbox, &place).await;
        let (bundle, delivered) = match verified {
            Ok(verified) => {
                hook?;
                verified
            }
            Err(Stop::Failed(failure)) if failure.class == Class::NothingDone && delegates => {
                self.spool
                    .tell("The agent handed parts of its work to others and committed nothing");
                return Ok(Outcome::Asked);
            }
            // The parts are there, and there was nothing to add to them.
            Err(Stop::Failed(failure))
                if failure.class == Class::NothingDone && checkout.is_shared =>
            {
                hook?;
                self.spool.tell("There are no new commits besides those of the parts");
                return Ok(Outcome::Delivered(Delivery {
                    head: began.clone(),
                    base_sha: began,
                    replaces: None,
                    commits: Vec::new(),
                    summary: self.spool.without_secrets(ended.summary),
                    size: domain::Size::default(),
                }));
            }
            // Who was only asked something need not commit anything.
            Err(Stop::Failed(failure))
                if failure.class == Class::NothingDone && checkout.head.is_some() =>
            {
                self.spool.tell("There are no new commits");
                return Ok(Outcome::Done);
            }
            Err(stop) => {
                // Without a model there is little that a hook could be right about.
                let stop = hook.err().filter(|_| trouble.is_none()).unwrap_or(stop);
                return Err(stop.because(trouble).with_last_words(&ended.summary));
            }
        };
        self.spool.tell(&format!(
            "Found {} in {}: +{} −{}",
            counted(delivered.commits.len(), "commit"),
            counted(delivered.paths.len(), "file"),
            delivered.size.added,
            delivered.size.removed,
        ));
        self.shared.server.bundle(&self.held.lease, &bundle).await.map_err(Stop::from)?;
        self.spool.tell("Handed the commits over");
        Ok(Outcome::Delivered(Delivery {
            head: delivered.head,
            base_sha: began,
            replaces,
            commits: delivered.commits,
            summary: self.spool.without_secrets(ended.summary),
            size: delivered.size,
        }))
    }

    async fn prepare(&self, checkout: &Checkout) -> Result<(Mirror, Workspace), Stop> {
        let access = self.access(&checkout.repo, &checkout.url);
        let wanted: Vec<_> = std::iter::once(&checkout.base_sha)
            .chain(&checkout.contains)
            .chain(&checkout.also)
            .chain(&checkout.head)
            .collect();
        let mirror = self.shared.mirrors.holding(&checkout.repo, access, &wanted).await?;
        // A former life of this worker may have left an agent in there.
        agent::kill_leftovers(&self.shared.workspaces.dir(&self.held.key)).await?;
        let workspace = self.shared.workspaces.prepare(&self.held.key, &mirror, checkout).await?;
        let base: String = workspace.base_sha().0.chars().take(7).collect();
        self.spool.tell(&format!("Checked out {} at {base}", checkout.repo));
        Ok((mirror, workspace))
    }

    /// By what a repository is read.
    pub(super) fn access<'b>(&'b self, repo: &RepoName, url: &'b str) -> Access<'b> {
        Access { url, token: self.read_tokens.get(repo).map_or("", String::as_str) }
    }

    /// Has the agent work until its last turn is over; tells also what its model said no about.
    pub(super) async fn talk(
        &self,
        spec: &agent::Spec,
        sandbox: &Sandbox,
        place: &Place,
        talk: Talk,
    ) -> Result<(Ended, Option<Failure>), Stop> {
        self.spool.tell(&format!("Starting {}", self.assignment.agent));
        let (trace, unwanted) = (Arc::clone(&self.spool), &self.held.unwanted);
        let model = self.shared.settings.models.get(&self.assignment.agent);
        let mut place = place.clone();
        let means = (model, &self.held.account);
        let thinking = Thinking::begin(means, spec, sandbox, &mut place, &self.spool, unwanted);
        let thinking = thinking.map_err(Stop::Failed)?;
        let hosts = &self.assignment.terms.egress;
        let network = Network::open(hosts, sandbox, &mut place, &self.spool)?;
        let mut spec = thinking.spec.clone();
        spec.set.extend(network.environment());
        self.held.account.begins();
        let turn = agent::run(
            &spec,
            sandbox,
            &place,
            talk,
            Arc::new(move |kind, body| trace.push(kind, body)),
            thinking.stop.clone(),
            |group| self.held.covers(group),
        );
        let turn = tokio::select! {
            turn = turn => turn,
            never = thinking.overdue(self.held) => match never {},
        };
        network.close(&self.spool).await;
        self.held.quota_until(thinking.resets_at());
        let trouble = thinking.end(&self.spool, &self.held.account).await;
        self.held.covers_nobody();
        self.held.account.ends();
        match turn {
            Ok(ended) => Ok((ended, trouble)),
            Err(_) if unwanted.is_cancelled() => Err(Stop::Unwanted),
            Err(error) => Err(Stop::from(error).because(trouble)),
        }
    }

    /// Takes the commits out of the agent's hands and looks whether they are what was asked for.
    async fn verify(
        &self,
        mirror: &Mirror,
        workspace: &Workspace,
        began: &CommitSha,
        sandbox: &Sandbox,
        place: &Place,
    ) -> Result<(Vec<u8>, Delivered), Stop> {
        let (limits, args) = (self.shared.limits, workspace.bundling(began));
        let git = ("git", &args[..]);
        let made =
            agent::output(sandbox, place, git, git::ENVIRONMENT, BUNDLING, limits.bundle).await?;
        let clean = Clean::new(&self.shared.scratch(), mirror).await?;
        if !made.succeeded {
            return Err(self.nothing(&clean, workspace, began, &made.stderr).await);
        }
        let promise =
            Promise { branch: workspace.branch().clone(), base_sha: began.clone(), head: None };
        let delivered = clean.take(&made.stdout, &promise, limits).await?;
        let left = delivered.differences(place.tree.as_path()).await?;
        if left.is_empty() { Ok((made.stdout, delivered)) } else { Err(dirty(&left)) }
    }

    /// Why there is no bundle: nothing was done, or nothing was committed.
    async fn nothing(
        &self,
        clean: &Clean,
        workspace: &Workspace,
        began: &CommitSha,
        stderr: &str,
    ) -> Stop {
        match clean.differences(&workspace.tree(), began).await {
            Ok(left) if !left.is_empty() => dirty(&left),
            Ok(_) if stderr.contains("empty bundle") => git::Error::Nothing.into(),
            Ok(_) => failed(Class::Machinery, format!("bundling the commits: {stderr}")),
            Err(error) => error.into(),
        }
    }
}

fn counted(n: usize, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Delivered(_) => "delivered",
        Outcome::Done => "done",
        Outcome::Asked => "asked",
        Outcome::Failed(_) => "failed",
        Outcome::Cancelled => "cancelled",
    }
}

fn dirty(left: &[String]) -> Stop {
    let shown = left.iter().take(5).map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
    let more = if left.len() > 5 { format!(" and {} more", left.len() - 5) } else { String::new() };
    failed(Class::LeftDirty, format!("the agent left changes it did not commit: {shown}{more}"))
}
