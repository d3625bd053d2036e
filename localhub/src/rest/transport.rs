//! Push and fetch over HTTP.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::{get, post},
};

use super::{auth, edge, problem::Problem};
use crate::{
    error::Error,
    git::transport::{Answer, Request as GitRequest},
    hub::Hub,
    model::{Actor, Need, Refusal},
};

pub(super) fn routes() -> Router<Hub> {
    Router::new()
        .route("/{owner}/{repo}/info/refs", get(serve))
        .route("/{owner}/{repo}/git-upload-pack", post(serve))
        .route("/{owner}/{repo}/git-receive-pack", post(serve))
}

/// A push goes on to its end, also when the client hangs up.
pub(super) async fn carry_out(State(hub): State<Hub>, request: Request, next: Next) -> Response {
    edge::carry_out(&hub, request, next).await
}

async fn serve(
    State(hub): State<Hub>,
    Path((owner, name)): Path<(String, String)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answered = answer(&hub, &owner, &name, &method, &uri, &headers, &body).await;
    answered.unwrap_or_else(|problem| {
        let asks = problem.status == StatusCode::UNAUTHORIZED;
        let mut response = problem.into_response();
        if asks {
            // Git asks for a password only when told to.
            let basic = HeaderValue::from_static("Basic realm=\"localhub\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, basic);
        }
        response
    })
}

async fn answer(
    hub: &Hub,
    owner: &str,
    name: &str,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, Problem> {
    let actor = auth::actor(hub, headers)?;
    let world = hub.world();
    let repo = world.repo(owner, name.trim_end_matches(".git"));
    // Who has not said who they are may just have to: git sends no password before it is asked.
    let missing = || match actor {
        Actor::Nobody => Refusal::NeedsAuthentication,
        Actor::Person(_) | Actor::App(_) | Actor::Installation(_) => Refusal::NotFound,
    };
    let repo = repo.filter(|repo| actor.sees(&world, repo)).ok_or_else(missing)?;
    let query = uri.query().unwrap_or_default();
    let pushes = uri.path().ends_with("/git-receive-pack") || query.contains("git-receive-pack");
    actor.require(&world, repo, if pushes { Need::PUSH } else { Need::READ_CODE })?;
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let user = actor.account(&world).ok().map(|id| world.accounts.at(id).login.clone());
    let path = uri.path();
    let start = path.match_indices('/').nth(2).map_or(path.len(), |(at, _)| at);
    let request = GitRequest {
        method: method.as_str(),
        path: &path[start..],
        query,
        content_type: header("content-type").unwrap_or_default(),
        encoding: header("content-encoding").unwrap_or_default(),
        protocol: header("git-protocol").unwrap_or_default(),
        body,
        user: user.as_deref().unwrap_or("anonymous"),
        guard_workflows: false,
    };
    let served: Result<Answer, Error> = if path.ends_with("/git-receive-pack") {
        hub.receive_push(actor, repo.id, request).await
    } else {
        hub.serve_git(repo.id, request).await
    };
    let served = served?;
    let mut response = Response::builder().status(served.status);
    for (name, value) in served.headers {
        response = response.header(name, value);
    }
    let broken = |_| Problem::new(StatusCode::BAD_GATEWAY, "git answered nonsense");
    response.body(Body::from(served.body)).map_err(broken)
}
