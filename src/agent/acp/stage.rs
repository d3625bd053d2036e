//! The agent's side of the protocol, for the scripted agent.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use agent_client_protocol::schema::ProtocolVersion;
use agent_client_protocol::v1::ConnectionTo;
use agent_client_protocol::v1::schema::{
    AgentCapabilities, CancelNotification, ContentBlock, ContentChunk, CreateElicitationRequest,
    Diff, ElicitationFormMode, ElicitationSchema, ElicitationSessionScope, EnumOption,
    Implementation, InitializeRequest, InitializeResponse, LoadSessionRequest, LoadSessionResponse,
    McpCapabilities, McpServer, NewSessionRequest, NewSessionResponse, Plan, PlanEntry,
    PlanEntryPriority, PlanEntryStatus, PromptRequest, PromptResponse, SessionId,
    SessionNotification, SessionUpdate, StopReason, StringPropertySchema, ToolCall,
    ToolCallContent, ToolCallLocation, ToolCallStatus, ToolCallUpdate, ToolCallUpdateFields,
    ToolKind,
};
use agent_client_protocol::{Agent, Client, Stdio, on_receive_notification, on_receive_request};
use tokio_util::sync::CancellationToken;

use super::super::scripted::tools::Server;

type Failure = agent_client_protocol::Error;
type Sessions = Arc<Mutex<HashMap<String, Session>>>;

#[derive(Clone)]
struct Session {
    tree: PathBuf,
    tools: Option<Server>,
    cancelled: CancellationToken,
    /// Everything it was told, oldest first.
    told: Vec<String>,
}

/// Where an agent shows what it does during one turn.
#[derive(Clone)]
pub(in super::super) struct Stage {
    cx: ConnectionTo<Client>,
    session: SessionId,
    /// The folder to work in.
    pub(in super::super) tree: PathBuf,
    /// What it was told.
    pub(in super::super) prompt: String,
    /// Everything it was told in this session, this included.
    pub(in super::super) told: Vec<String>,
    /// Where its tools are, if it is offered any.
    pub(in super::super) tools: Option<Server>,
}

impl Stage {
    /// Says something.
    pub(in super::super) fn say(&self, text: &str) {
        self.show(SessionUpdate::AgentMessageChunk(ContentChunk::new(text.to_owned().into())));
    }

    /// Thinks aloud.
    pub(in super::super) fn think(&self, text: &str) {
        self.show(SessionUpdate::AgentThoughtChunk(ContentChunk::new(text.to_owned().into())));
    }

    /// Shows the plan, of which the first `done` steps are done.
    pub(in super::super) fn plan(&self, steps: &[&str], done: usize) {
        let entry = |(n, step): (usize, &&str)| {
            let status = match n.cmp(&done) {
                std::cmp::Ordering::Less => PlanEntryStatus::Completed,
                std::cmp::Ordering::Equal => PlanEntryStatus::InProgress,
                std::cmp::Ordering::Greater => PlanEntryStatus::Pending,
            };
            PlanEntry::new((*step).to_owned(), PlanEntryPriority::Medium, status)
        };
        self.show(SessionUpdate::Plan(Plan::new(steps.iter().enumerate().map(entry).collect())));
    }

    /// Shows that a file was written.
    pub(in super::super) fn wrote(&self, path: &str, old: Option<String>, new: &str) {
        let (at, id) = (self.tree.join(path), uuid::Uuid::new_v4().to_string());
        let verb = if old.is_some() { "Edit" } else { "Write" };
        self.show(SessionUpdate::ToolCall(
            ToolCall::new(id, format!("{verb} {path}"))
                .kind(ToolKind::Edit)
                .status(ToolCallStatus::Completed)
                .locations(vec![ToolCallLocation::new(at.clone())])
                .content(vec![ToolCallContent::Diff(Diff::new(at, new).old_text(old))]),
        ));
    }

    /// Shows that a file was read.
    pub(in super::super) fn read(&self, path: &str) {
        let id = uuid::Uuid::new_v4().to_string();
        self.show(SessionUpdate::ToolCall(
            ToolCall::new(id, format!("Read {path}"))
                .kind(ToolKind::Read)
                .status(ToolCallStatus::Completed)
                .locations(vec![ToolCallLocation::new(self.tree.join(path))]),
        ));
    }

    /// Shows that a command begins; the answer is to be passed to [`Stage::ran`].
    pub(in super::super) fn runs(&self, command: &str) -> String {
        let id = uuid::Uuid::new_v4().to_string();
        let call = ToolCall::new(id.clone(), command)
            .kind(ToolKind::Execute)
            .status(ToolCallStatus::InProgress);
        self.show(SessionUpdate::ToolCall(call));
        id
    }

    /// Shows how a command ended.
    pub(in super::super) fn ran(&self, id: String, succeeded: bool, output: &str) {
        let status = if succeeded { ToolCallStatus::Completed } else { ToolCallStatus::Failed };
        let fields = ToolCallUpdateFields::new()
            .status(status)
            .content(vec![ToolCallContent::from(ContentBlock::from(output.to_owned()))]);
        self.show(SessionUpdate::ToolCallUpdate(ToolCallUpdate::new(id, fields)));
    }

    /// Asks people by a form of one text field, or of a choice; answers what came back.
    pub(in super::super) async fn elicits(&self, question: &str, choice: bool) -> String {
        let field = StringPropertySchema::new();
        let red = EnumOption::new("red", "Red");
        let field = if choice { field.one_of(vec![red]) } else { field };
        let form = ElicitationSchema::new().property("answer", field, true);
        let scope = ElicitationSessionScope::new(self.session.clone());
        let request =
            CreateElicitationRequest::new(ElicitationFormMode::new(scope, form), question);
        let answered = self.cx.send_request(request).block_task().await;
        match answered.map(|answer| serde_json::to_string(&answer.action)) {
            Ok(action) => action.unwrap_or_default(),
            Err(failure) => failure.to_string(),
        }
    }

    fn show(&self, update: SessionUpdate) {
        let shown = SessionNotification::new(self.session.clone(), update);
        if let Err(error) = self.cx.send_notification(shown) {
            tracing::debug!(%error, "nobody is watching any more");
        }
    }
}

/// What the agent can do.
#[derive(Clone, Copy)]
pub(in super::super) struct Abilities {
    /// Reach tools over HTTP.
    pub(in super::super) http: bool,
    /// Go on with a session of an earlier life.
    pub(in super::super) memory: bool,
}

/// Serves the protocol over standard input and output; `turn` is what the agent does in a turn.
pub(in super::super) async fn serve<F, T>(turn: F, able: Abilities) -> Result<(), String>
where
    F: Fn(Stage) -> T + Clone + Send + Sync + 'static,
    T: Future<Output = Result<(), String>> + Send + 'static,
{
    let sessions = Sessions::default();
    let (opened, prompted, cancelled) = (Arc::clone(&sessions), Arc::clone(&sessions), sessions);
    let loaded = Arc::clone(&opened);
    Agent
        .v1()
        .name("team6-scripted")
        .on_receive_request(
            async move |request: InitializeRequest, responder, _cx| {
                responder.respond(introduction(&request, able))
            },
            on_receive_request!(),
        )
        .on_receive_request(
            async move |request: NewSessionRequest, responder, _cx| {
                let tools = request.mcp_servers.into_iter().find_map(reached);
                responder.respond(NewSessionResponse::new(open(&opened, request.cwd, tools)))
            },
            on_receive_request!(),
        )
        .on_receive_request(
            async move |request: LoadSessionRequest, responder, _cx| {
                let Some(told) = remembered(&request.session_id.0) else {
                    return responder.respond_with_error(Failure::invalid_params());
                };
                let tools = request.mcp_servers.into_iter().find_map(reached);
                let session = Session::new(request.cwd, tools, told);
                locked(&loaded).insert(request.session_id.0.to_string(), session);
                responder.respond(LoadSessionResponse::new())
            },
            on_receive_request!(),
        )
        .on_receive_request(
            async move |request: PromptRequest, responder, cx| {
                let id = &*request.session_id.0;
                let Some(session) = begin_turn(&prompted, id, text_of(&request)) else {
                    return responder.respond_with_error(Failure::invalid_params());
                };
                let stage = Stage {
                    cx: cx.clone(),
                    session: request.session_id.clone(),
                    tree: session.tree,
                    tools: session.tools,
                    prompt: text_of(&request),
                    told: session.told,
                };
                // In the background: the loop that brought us here must stay free to hear a cancel.
                let turn = turn.clone();
                cx.spawn(async move {
                    let ended = tokio::select! {
                        ended = turn(stage) => ended.map(|()| StopReason::EndTurn),
                        () = session.cancelled.cancelled() => Ok(StopReason::Cancelled),
                    };
                    let ended = ended.map_err(|words| Failure::internal_error().data(words));
                    responder.respond_with_result(ended.map(PromptResponse::new))
                })
            },
            on_receive_request!(),
        )
        .on_receive_notification(
            async move |cancel: CancelNotification, _cx| {
                if let Some(session) = locked(&cancelled).get(&*cancel.session_id.0) {
                    session.cancelled.cancel();
                }
                Ok(())
            },
            on_receive_notification!(),
        )
        .connect_to(Stdio::new())
        .await
        .map_err(|failure| failure.to_string())
}

fn introduction(request: &InitializeRequest, able: Abilities) -> InitializeResponse {
    let us = Implementation::new("team6-scripted", env!("CARGO_PKG_VERSION"));
    InitializeResponse::new(request.protocol_version.min(ProtocolVersion::V1))
        .agent_info(us)
        .agent_capabilities(
            AgentCapabilities::new()
                .load_session(able.memory)
                .mcp_capabilities(McpCapabilities::new().http(able.http)),
        )
}

impl Session {
    fn new(tree: PathBuf, tools: Option<Server>, told: Vec<String>) -> Self {
        Self { tree, tools, cancelled: CancellationToken::new(), told }
    }
}

/// Opens a session in `tree` and answers its name.
fn open(sessions: &Sessions, tree: PathBuf, tools: Option<Server>) -> String {
    let id = uuid::Uuid::new_v4().to_string();
    locked(sessions).insert(id.clone(), Session::new(tree, tools, Vec::new()));
    id
}

/// Notes what the agent is told, so that another life of it knows, and lets it be cancelled anew.
fn begin_turn(sessions: &Sessions, id: &str, prompt: String) -> Option<Session> {
    let mut sessions = locked(sessions);
    let session = sessions.get_mut(id)?;
    session.told.push(prompt);
    session.cancelled = CancellationToken::new();
    if let Some(file) = memory_of(id) {
        let told = serde_json::to_string(&session.told).unwrap_or_default();
        let kept = file.parent().map_or(Ok(()), std::fs::create_dir_all);
        if let Err(error) = kept.and_then(|()| std::fs::write(file, told)) {
            tracing::debug!(%error, "this session will not be found again");
        }
    }
    Some(session.clone())
}

/// What an earlier life was told in a session.
fn remembered(id: &str) -> Option<Vec<String>> {
    serde_json::from_slice(&std::fs::read(memory_of(id)?).ok()?).ok()
}

fn memory_of(id: &str) -> Option<PathBuf> {
    let name: uuid::Uuid = id.parse().ok()?;
    Some(std::env::home_dir()?.join(".scripted-sessions").join(name.to_string()))
}

/// How a server of tools is reached; nothing, if we would not know how.
fn reached(server: McpServer) -> Option<Server> {
    if let McpServer::Http(http) = server {
        let shown = http.headers.into_iter().find(|header| header.name == "Authorization");
        return Some(Server::Http(http.url, shown.map_or(String::new(), |header| header.value)));
    }
    let McpServer::Stdio(stdio) = server else { return None };
    let env = stdio.env.into_iter().map(|one| (one.name, one.value)).collect();
    let program = stdio.command.to_string_lossy().into_owned();
    Some(Server::Program(program, stdio.args, env))
}

fn text_of(request: &PromptRequest) -> String {
    let texts = request.prompt.iter().filter_map(|block| {
        let ContentBlock::Text(text) = block else { return None };
        Some(text.text.as_str())
    });
    texts.collect::<Vec<_>>().join("\n")
}

fn locked(sessions: &Sessions) -> std::sync::MutexGuard<'_, HashMap<String, Session>> {
    sessions.lock().unwrap_or_else(PoisonError::into_inner)
}
