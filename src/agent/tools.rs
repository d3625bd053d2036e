//! The tools an agent is offered, over the Model Context Protocol: the only place that names its crate,
//! because its interface changes often.
//!
//! Each execution has a server of its own, with a token of its own, for as long as its agent lives.

use std::sync::Arc;

use aws_lc_rs::constant_time;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::serve::Listener;
use futures::future::BoxFuture;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, JsonObject,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig,
};
use rmcp::service::{RequestContext, RoleServer};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ErrorData, ServerHandler};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::causes::whole;
use crate::domain::proposal::Tool;
use crate::domain::work::ToolAnswer;

/// Where an agent finds its tools, and by what it is known there.
#[derive(Clone)]
pub struct Offer {
    /// The address of the server.
    pub url: String,
    /// The token that the server asks for.
    pub token: String,
    /// The program and arguments that speak the protocol on standard streams, for agents that
    /// cannot do so over HTTP; it finds address and token in its environment.
    pub bridge: Vec<String>,
}

/// The variables in which the bridge finds address and token.
pub const BRIDGE_URL: &str = "TEAM6_TOOLS_URL";
/// The variable in which the bridge finds the token.
pub const BRIDGE_TOKEN: &str = "TEAM6_TOOLS_TOKEN";

/// What happens when an agent calls a tool.
pub type Call = Arc<dyn Fn(String, Value) -> BoxFuture<'static, ToolAnswer> + Send + Sync>;

/// What an agent may pass to a tool.
const LARGEST_CALL: usize = 1 << 20;
const PATH: &str = "/mcp";

/// Serves tools to whoever shows `token`, until `closed`. `listener` may be any door an agent can
/// reach; by which name it calls it is not looked at beyond the loopback names.
pub async fn serve<L>(
    listener: L,
    tools: Vec<Tool>,
    call: Call,
    token: String,
    closed: CancellationToken,
) where
    L: Listener,
    L::Addr: std::fmt::Debug,
{
    let router = router(tools, call, token, closed.clone());
    let serving = axum::serve(listener, router);
    tokio::select! {
        ended = serving.into_future() => if let Err(error) = ended {
            tracing::warn!(error = %whole(&error), "the tools of an agent are not served any more");
        },
        () = closed.cancelled() => {}
    }
}

/// The address of the tools behind a door such as `http://127.0.0.1:7000/`.
pub fn address(door: &Url) -> String {
    format!("{}{PATH}", door.as_str().trim_end_matches('/'))
}

fn router(tools: Vec<Tool>, call: Call, token: String, closed: CancellationToken) -> Router {
    let offered = Offered { tools: tools.into_iter().map(described).collect(), call };
    // Without sessions and event streams, or some agents never list the tools.
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_sse_retry(None)
        .with_max_request_body_bytes(LARGEST_CALL)
        .with_cancellation_token(closed);
    let sessions = Arc::new(LocalSessionManager::default());
    let service = StreamableHttpService::new(move || Ok(offered.clone()), sessions, config);
    let token: Arc<str> = token.into();
    Router::new().nest_service(PATH, service).layer(middleware::from_fn_with_state(token, known))
}

/// Lets nobody in who does not show the token.
async fn known(State(token): State<Arc<str>>, request: Request, next: Next) -> Response {
    let shown = request.headers().get(AUTHORIZATION);
    let shown = shown.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let same = shown.is_some_and(|shown| {
        constant_time::verify_slices_are_equal(shown.as_bytes(), token.as_bytes()).is_ok()
    });
    if same { next.run(request).await } else { StatusCode::UNAUTHORIZED.into_response() }
}

fn described(tool: Tool) -> rmcp::model::Tool {
    let schema = match tool.schema {
        Value::Object(schema) => schema,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            JsonObject::new()
        }
    };
    rmcp::model::Tool::new(tool.name, tool.description, schema)
}

#[derive(Clone)]
struct Offered {
    tools: Vec<rmcp::model::Tool>,
    call: Call,
}

impl ServerHandler for Offered {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_instructions("Team6's tools: what you only say reaches nobody.")
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult { tools: self.tools.clone(), ..ListToolsResult::default() })
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = Value::Object(request.arguments.unwrap_or_default());
        let answer = (self.call)(request.name.into_owned(), arguments).await;
        let content = vec![ContentBlock::text(answer.text)];
        let result = if answer.is_error {
            CallToolResult::error(content)
        } else {
            CallToolResult::success(content)
        };
        Ok(result.into())
    }
}
