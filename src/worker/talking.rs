//! What is said between an agent and the server while it works: tools, and turns.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures::FutureExt as _;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::execution::Work;
use super::leases::Held;
use super::spool::Spool;
use super::stop::{Stop, failed};
use super::{Shared, server};
use crate::agent::sandbox::Door;
use crate::agent::{self, Ask, Asked, Call, Ended, Interrupt, Next, Offer, Place, Sandbox, Talk};
use crate::causes::whole;
use crate::domain::proposal::{ASK, Tool};
use crate::domain::work::{Class, Failure, Lease, ToolAnswer};

impl Work<'_> {
    /// Has the agent work, turn by turn, with tools that the server answers.
    pub(super) async fn talk_with_tools(
        &self,
        spec: &agent::Spec,
        sandbox: &Sandbox,
        mut place: Place,
        talk: Talk,
        tools: Vec<Tool>,
    ) -> Result<(Ended, Option<Failure>), Stop> {
        let (door, origin) =
            sandbox.door(&mut place, Door::Tools).map_err(|error| no_door(&error))?;
        let token = uuid::Uuid::new_v4().simple().to_string();
        self.spool.hides(&token);
        let bridge =
            vec![sandbox.this_program().to_string_lossy().into_owned(), "tools-bridge".to_owned()];
        let url = agent::address(&origin);
        let offer = Offer { url, token: token.clone(), bridge };
        let (closed, lost) = (CancellationToken::new(), self.held.lost.clone());
        let (shared, lease) = (Arc::clone(self.shared), self.held.lease.clone());
        let _shut = closed.clone().drop_guard();
        let talk = Talk {
            tools: Some(offer),
            next: Some(next(Arc::clone(&shared), Arc::clone(self.held))),
            interrupt: Some(interrupt(Arc::clone(self.held))),
            ..talk
        };
        let call = call(shared, lease, lost);
        let talk = Talk { ask: Some(ask(Arc::clone(&call), Arc::clone(&self.spool))), ..talk };
        let serving = agent::serve(door, tools, call, token, closed.clone());
        let talking = async {
            let ended = self.talk(spec, sandbox, &place, talk).await;
            closed.cancel();
            ended
        };
        tokio::join!(serving, talking).1
    }
}

/// Ends a turn when people have something to say that cannot wait.
fn interrupt(held: Arc<Held>) -> Interrupt {
    Arc::new(move || {
        let held = Arc::clone(&held);
        async move { held.urgent.interrupts().await }.boxed()
    })
}

/// Passes on what the agent asks in its protocol's own way, as if it had called our tool.
fn ask(call: Call, spool: Arc<Spool>) -> Ask {
    Arc::new(move |asked| {
        let (call, spool) = (Arc::clone(&call), Arc::clone(&spool));
        async move {
            let mut is_passed_on = false;
            for Asked { question, options } in asked {
                let passed = json!({ "question": question, "options": options });
                let answer = call(ASK.to_owned(), passed).await;
                spool.tell(&format!("The agent asks: {question} ({})", answer.text));
                is_passed_on |= !answer.is_error;
            }
            is_passed_on
        }
        .boxed()
    })
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
                    tracing::warn!(execution = %lease.execution, error = %whole(&error), tool = name, "a tool was not answered");
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
fn next(shared: Arc<Shared>, held: Arc<Held>) -> Next {
    Arc::new(move |turn| {
        let (shared, held) = (Arc::clone(&shared), Arc::clone(&held));
        async move {
            let (lease, lost) = (&held.lease, &held.lost);
            match shared.server.after_turn(lease, turn).await {
                Ok(next) => {
                    held.urgent.is_told(next.told);
                    held.asks.store(next.asks, Ordering::Relaxed);
                    held.delegates.store(next.delegates, Ordering::Relaxed);
                    next.prompt
                }
                Err(error) => {
                    if matches!(error, server::Error::Lost) {
                        lost.cancel();
                    }
                    tracing::warn!(execution = %lease.execution, error = %whole(&error), "nobody says what comes next");
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
