//! Our side of a conversation with an agent.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use agent_client_protocol::schema::ProtocolVersion;
use agent_client_protocol::v1::ConnectionTo;
use agent_client_protocol::v1::schema::{
    CancelNotification, ClientCapabilities, CreateElicitationRequest, ElicitationCapabilities,
    ElicitationFormCapabilities, EnvVariable, HttpHeader, Implementation, InitializeRequest,
    LoadSessionRequest, McpServer, McpServerHttp, McpServerStdio, NewSessionRequest,
    PermissionOptionKind, PromptRequest, RequestPermissionOutcome, RequestPermissionRequest,
    RequestPermissionResponse, SelectedPermissionOutcome, SessionId,
};
use agent_client_protocol::{
    Agent, Client, Lines, UntypedMessage, on_receive_notification, on_receive_request,
};
use futures::sink;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use super::super::{
    BRIDGE_TOKEN, BRIDGE_URL, Ended, Error, Former, Interrupt, Limits, Offer, Talk, Turn, lines,
};
use super::form;
use super::pulse::Pulse;
use crate::causes::whole;

type Failure = agent_client_protocol::Error;

/// An agent that says more than this in one line is not going to be understood.
const LINE: usize = 8 << 20;

/// How long an agent that is interrupted may take to end its turn.
const POLITE: Duration = Duration::from_secs(10);

/// A conversation of one session: what we say goes to `stdin`, what the agent says comes from `stdout`.
pub(in super::super) struct Conversation<W, R> {
    pub(in super::super) stdin: W,
    pub(in super::super) stdout: R,
    pub(in super::super) tree: PathBuf,
    pub(in super::super) talk: Talk,
    pub(in super::super) limits: Limits,
    pub(in super::super) pulse: Arc<Pulse>,
    pub(in super::super) stop: CancellationToken,
}

impl<W, R> Conversation<W, R>
where
    W: AsyncWrite + Unpin + Send + 'static,
    R: AsyncRead + Unpin + Send + 'static,
{
    /// Holds it: introduces us, opens a session in the tree, prompts, and hears the agent out, turn by turn.
    ///
    /// No file or terminal capability is offered: those would act in the worker, outside the agent's sandbox.
    pub(in super::super) async fn hold(self) -> Result<Ended, Error> {
        let Self { stdin, stdout, tree, talk, limits, pulse, stop } = self;
        let outgoing = sink::unfold(stdin, lines::say);
        let transport = Lines::new(Box::pin(outgoing), Box::pin(lines::json(stdout, LINE)));
        let (asked, told, wondered) = (Arc::clone(&pulse), Arc::clone(&pulse), Arc::clone(&pulse));
        let (ask, speaker) = (talk.ask.clone(), pulse);
        let connection = Client
            .v1()
            .name("team6")
            .on_receive_request(
                async move |request: RequestPermissionRequest, responder, _cx| {
                    asked.hear_request();
                    responder.respond(RequestPermissionResponse::new(permit(&request)))
                },
                on_receive_request!(),
            )
            .on_receive_request(
                async move |request: CreateElicitationRequest, responder, cx| {
                    wondered.hear_request();
                    let ask = ask.clone();
                    // In the background: what is asked goes to the server.
                    cx.spawn(async move { responder.respond(form::answer(&request, ask).await) })
                },
                on_receive_request!(),
            )
            .on_receive_notification(
                async move |message: UntypedMessage, _cx: ConnectionTo<Agent>| {
                    told.hear(message.method(), message.params());
                    Ok(())
                },
                on_receive_notification!(),
            )
            .connect_with(transport, async move |cx: ConnectionTo<Agent>| {
                Ok(converse(&cx, tree, talk, limits, &speaker, &stop).await)
            })
            .await;
        connection.unwrap_or_else(|failure| Err(failed(&failure)))
    }
}

async fn converse(
    cx: &ConnectionTo<Agent>,
    tree: PathBuf,
    talk: Talk,
    limits: Limits,
    pulse: &Pulse,
    stop: &CancellationToken,
) -> Result<Ended, Error> {
    let us = Implementation::new("team6", env!("CARGO_PKG_VERSION"));
    let introduction = InitializeRequest::new(ProtocolVersion::V1)
        .client_capabilities(able(&talk))
        .client_info(us);
    let answer = cx.send_request(introduction).block_task();
    let known = within("initialize", limits.initialize, answer).await?;
    let over_http = known.agent_capabilities.mcp_capabilities.http;
    let tools: Vec<_> = talk.tools.iter().map(|offer| server(offer, over_http)).collect();
    let former = talk.former.filter(|_| known.agent_capabilities.load_session);
    let (session, mut prompt) = match load(cx, former, &tree, &tools, limits, pulse).await? {
        Some(loaded) => loaded,
        None => {
            let opening = NewSessionRequest::new(tree).mcp_servers(tools);
            let answer = cx.send_request(opening).block_task();
            let opened = within("session/new", limits.session, answer).await?;
            (opened.session_id, talk.prompt)
        }
    };
    if let Some(remember) = &talk.remember {
        remember(&session.0);
    }
    let mut turns = 0;
    loop {
        let interrupt = talk.interrupt.as_ref();
        let (ended, interrupted) =
            turn(cx, session.clone(), prompt, pulse, stop, interrupt).await?;
        turns += 1;
        let Some(next) = &talk.next else { return Ok(ended) };
        pulse.rests();
        let over = Turn { number: turns, said: ended.summary.clone(), interrupted };
        match next(over).await {
            Some(told) => prompt = told,
            None => return Ok(ended),
        }
        pulse.begins();
    }
}

/// What we can do for an agent: pass a form's questions on, where somebody hears them.
fn able(talk: &Talk) -> ClientCapabilities {
    let forms = || ElicitationCapabilities::new().form(ElicitationFormCapabilities::new());
    ClientCapabilities::new().elicitation(talk.ask.is_some().then(forms))
}

/// Has the agent go on with the session it had before; nothing, where it cannot find it any more.
/// What it says about what was, was heard then.
async fn load(
    cx: &ConnectionTo<Agent>,
    former: Option<Former>,
    tree: &Path,
    tools: &[McpServer],
    limits: Limits,
    pulse: &Pulse,
) -> Result<Option<(SessionId, String)>, Error> {
    let Some(former) = former else { return Ok(None) };
    let session = SessionId::new(former.session);
    let opening =
        LoadSessionRequest::new(session.clone(), tree.to_owned()).mcp_servers(tools.to_vec());
    pulse.ignores(true);
    let limit = Duration::from_secs(limits.session);
    let answered = tokio::time::timeout(limit, cx.send_request(opening).block_task()).await;
    pulse.ignores(false);
    match answered {
        Ok(Ok(_)) => Ok(Some((session, former.prompt))),
        Ok(Err(failure)) if agent_client_protocol::is_incoming_transport_closed(&failure) => {
            Err(died())
        }
        Ok(Err(failure)) => {
            tracing::info!(%failure, "the agent does not find its session; it begins a new one");
            Ok(None)
        }
        Err(_) => Err(Error::NotReady { request: "session/load", limit, stderr: String::new() }),
    }
}

/// Where the agent finds its tools: over HTTP if it can, else through a program that can.
fn server(offer: &Offer, over_http: bool) -> McpServer {
    const NAME: &str = "team6";
    if over_http {
        let shown = HttpHeader::new("Authorization", format!("Bearer {}", offer.token));
        return McpServer::Http(McpServerHttp::new(NAME, offer.url.clone()).headers(vec![shown]));
    }
    let (program, args) = offer.bridge.split_first().map_or(("", &[][..]), |(p, a)| (p, a));
    let env = vec![
        EnvVariable::new(BRIDGE_URL, offer.url.clone()),
        EnvVariable::new(BRIDGE_TOKEN, offer.token.clone()),
    ];
    McpServer::Stdio(McpServerStdio::new(NAME, program).args(args.to_vec()).env(env))
}

async fn turn(
    cx: &ConnectionTo<Agent>,
    session: SessionId,
    prompt: String,
    pulse: &Pulse,
    stop: &CancellationToken,
    interrupt: Option<&Interrupt>,
) -> Result<(Ended, bool), Error> {
    let mut answer = Box::pin(
        cx.send_request(PromptRequest::new(session.clone(), vec![prompt.into()])).block_task(),
    );
    let (ended, interrupted) = tokio::select! {
        ended = &mut answer => (ended, false),
        () = interrupted(interrupt) => {
            cancel(cx, session);
            let ended = tokio::select! {
                ended = tokio::time::timeout(POLITE, &mut answer) => ended,
                () = stop.cancelled() => return Err(Error::Stopped),
            };
            (ended.map_err(|_| deaf())?, true)
        }
        () = stop.cancelled() => {
            cancel(cx, session);
            // The agent may answer now; whoever called us waits only so long.
            let _ = answer.await;
            return Err(Error::Stopped);
        }
    };
    let response = ended.map_err(|failure| failed(&failure))?;
    let reason = serde_json::to_value(response.stop_reason);
    let reason = reason.ok().and_then(|reason| reason.as_str().map(str::to_owned));
    let ended = Ended { reason: reason.unwrap_or_default(), summary: pulse.summary() };
    Ok((ended, interrupted))
}

async fn interrupted(interrupt: Option<&Interrupt>) {
    match interrupt {
        Some(interrupt) => interrupt().await,
        None => std::future::pending().await,
    }
}

/// It goes on though people want to say something.
fn deaf() -> Error {
    let message = "it did not end its turn when it was interrupted".to_owned();
    Error::Failed { message, stderr: String::new() }
}

async fn within<T>(
    request: &'static str,
    seconds: u64,
    answer: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Error> {
    let limit = Duration::from_secs(seconds);
    let answered = tokio::time::timeout(limit, answer).await;
    answered
        .map_err(|_| Error::NotReady { request, limit, stderr: String::new() })?
        .map_err(|failure| failed(&failure))
}

fn cancel(cx: &ConnectionTo<Agent>, session: SessionId) {
    if let Err(error) = cx.send_notification(CancelNotification::new(session)) {
        tracing::debug!(error = %whole(&error), "the agent did not hear that it shall stop");
    }
}

/// Allows what the agent asks for, this once: what it may do is for its sandbox to say.
fn permit(request: &RequestPermissionRequest) -> RequestPermissionOutcome {
    let wanted = [PermissionOptionKind::AllowOnce, PermissionOptionKind::AllowAlways];
    let option =
        wanted.iter().find_map(|kind| request.options.iter().find(|option| option.kind == *kind));
    option.map_or(RequestPermissionOutcome::Cancelled, |option| {
        RequestPermissionOutcome::Selected(SelectedPermissionOutcome::new(option.option_id.clone()))
    })
}

fn died() -> Error {
    Error::Died { status: "it closed its output".into(), stderr: String::new() }
}

fn failed(failure: &Failure) -> Error {
    if agent_client_protocol::is_incoming_transport_closed(failure) {
        died()
    } else {
        Error::Failed { message: failure.to_string(), stderr: String::new() }
    }
}
