//! A planning: the code laid out to be read, and an agent that submits and asks by tools.

use std::sync::Arc;

use futures::FutureExt as _;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::execution::Work;
use super::stop::{Stop, failed};
use super::{Shared, server};
use crate::agent::sandbox::Door;
use crate::agent::{self, Call, Next, Offer, Place, Talk};
use crate::domain::proposal;
use crate::domain::work::{Class, Lease, Source, ToolAnswer};
use crate::git::Reading;

impl Work<'_> {
    /// Has an agent plan; what comes of it, the server hears by the agent's tools.
    pub(super) async fn plan(&self, spec: &agent::Spec, sources: &[Source]) -> Result<(), Stop> {
        let reading = self.shared.workspaces.reading(&self.held.key)?;
        let planned = self.plan_in(&reading, spec, sources).await;
        agent::kill_leftovers(reading.dir()).await?;
        self.shared.workspaces.end_reading(&self.held.key)?;
        planned
    }

    async fn plan_in(
        &self,
        reading: &Reading,
        spec: &agent::Spec,
        sources: &[Source],
    ) -> Result<(), Stop> {
        let mut borrowed = Vec::new();
        for source in sources {
            let access = self.access(&source.repo, &source.url);
            let mirror = self.shared.mirrors.holding(&source.repo, access, &[&source.sha]).await?;
            borrowed.push(mirror.dir().join("objects"));
            reading.lay_out(&source.folder(), &mirror, &source.sha).await?;
            let sha: String = source.sha.0.chars().take(7).collect();
            self.spool.tell(&format!("Laid out {} at {sha}", source.repo));
        }
        reading.seal()?;
        let sandbox = self.shared.sandbox().await?;
        let author = self.assignment.author.clone();
        let mut place = Place::new(reading.dir().to_owned(), author).read_only();
        place.borrowed = borrowed;
        let (door, origin) =
            sandbox.door(&mut place, Door::Tools).map_err(|error| no_door(&error))?;
        let token = uuid::Uuid::new_v4().simple().to_string();
        let bridge =
            vec![sandbox.this_program().to_string_lossy().into_owned(), "tools-bridge".to_owned()];
        let url = agent::address(&origin);
        let offer = Offer { url, token: token.clone(), bridge };
        let (closed, lost) = (CancellationToken::new(), self.held.lost.clone());
        let (shared, lease) = (Arc::clone(self.shared), self.held.lease.clone());
        let _shut = closed.clone().drop_guard();
        let talk = Talk {
            prompt: self.assignment.prompt.clone(),
            tools: Some(offer),
            next: Some(next(Arc::clone(&shared), lease.clone(), lost.clone())),
        };
        let call = call(shared, lease, lost);
        let serving = agent::serve(door, proposal::tools(), call, token, closed.clone());
        let talking = async {
            let ended = self.talk(spec, sandbox, &place, talk).await;
            closed.cancel();
            ended
        };
        let ((), ended) = tokio::join!(serving, talking);
        let (ended, _) = ended?;
        self.spool.tell(&format!("The planner ended ({})", ended.reason));
        Ok(())
    }
}

/// Passes a call on to the server, which decides what is answered.
fn call(shared: Arc<Shared>, lease: Lease, lost: CancellationToken) -> Call {
    Arc::new(move |name: String, arguments: Value| {
        let (shared, lease, lost) = (Arc::clone(&shared), lease.clone(), lost.clone());
        async move {
            match shared.server.call_tool(&lease, &name, &arguments).await {
                Ok(answer) => answer,
                Err(error) => {
                    if matches!(error, server::Error::Lost) {
                        lost.cancel();
                    }
                    tracing::warn!(execution = %lease.execution, %error, tool = name, "a tool was not answered");
                    let text = match error {
                        server::Error::TooBig => "This is too big: at most 1 MiB is taken.",
                        server::Error::Lost
                        | server::Error::Away(_)
                        | server::Error::InTrouble(_)
                        | server::Error::Refused(_) => "Team6 cannot take this now: end your turn.",
                    };
                    ToolAnswer { text: text.to_owned(), is_error: true }
                }
            }
        }
        .boxed()
    })
}

/// Asks the server what comes after a turn.
fn next(shared: Arc<Shared>, lease: Lease, lost: CancellationToken) -> Next {
    Arc::new(move |turn| {
        let (shared, lease, lost) = (Arc::clone(&shared), lease.clone(), lost.clone());
        async move {
            match shared.server.after_turn(&lease, turn).await {
                Ok(next) => next.prompt,
                Err(error) => {
                    if matches!(error, server::Error::Lost) {
                        lost.cancel();
                    }
                    tracing::warn!(execution = %lease.execution, %error, "nobody says what comes next");
                    None
                }
            }
        }
        .boxed()
    })
}

fn no_door(error: &std::io::Error) -> Stop {
    failed(Class::Machinery, format!("offering tools to the agent: {error}"))
}
