//! What REST cannot do: tell who edited a comment, and turn drafts into pull requests and back.
//! <https://docs.github.com/en/graphql/reference/objects#issuecomment>

mod comment;
mod draft;
mod parse;

use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use self::parse::Selection;
use crate::{
    hub::Hub,
    model::{Actor, Refusal},
    rest::{auth, call::Input, problem::Problem},
};

/// What a GraphQL request carries.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Question {
    query: String,
    variables: Option<Map<String, Value>>,
}

/// Answers a question; what cannot be answered is said in GraphQL's own shape, with status 200.
pub(crate) async fn answer(
    State(hub): State<Hub>,
    headers: HeaderMap,
    Input(question): Input<Question>,
) -> Response {
    let actor = match auth::actor(&hub, &headers) {
        Ok(Actor::Nobody) => return Problem::from(Refusal::NeedsAuthentication).into_response(),
        Ok(actor) => actor,
        Err(refusal) => return Problem::from(refusal).into_response(),
    };
    let variables = question.variables.unwrap_or_default();
    match resolve(&hub, actor, &question.query, &variables).await {
        Ok(data) => Json(json!({ "data": data })).into_response(),
        Err(message) => {
            Json(json!({ "data": null, "errors": [{ "message": message }] })).into_response()
        }
    }
}

async fn resolve(
    hub: &Hub,
    actor: Actor,
    query: &str,
    variables: &Map<String, Value>,
) -> Result<Value, String> {
    let mut data = Map::new();
    for field in parse::query(query)? {
        let argument = |name: &str| {
            let value = field.arguments.get(name);
            value.map_or(Ok(Value::Null), |value| value.value(variables))
        };
        let found = match field.name.as_str() {
            "node" => {
                let id = argument("id")?.as_str().unwrap_or_default().to_owned();
                comment::node(hub, actor, &id).ok_or_else(|| unresolved(&id))?
            }
            "markPullRequestReadyForReview" => {
                draft::set(hub, actor, &argument("input")?, false).await?
            }
            "convertPullRequestToDraft" => {
                draft::set(hub, actor, &argument("input")?, true).await?
            }
            other => return Err(format!("localhub does not answer `{other}`")),
        };
        data.insert(field.key().to_owned(), project(&found, &field.selections)?);
    }
    Ok(Value::Object(data))
}

fn unresolved(id: &str) -> String {
    format!("Could not resolve to a node with the global id of '{id}'")
}

/// Leaves of a value only what was selected.
fn project(value: &Value, selections: &[Selection]) -> Result<Value, String> {
    match value {
        Value::Array(items) => items.iter().map(|item| project(item, selections)).collect(),
        Value::Object(fields) => {
            let mut chosen = Map::new();
            for selection in parse::flatten(selections, fields["__typename"].as_str()) {
                let found = fields.get(&selection.name).ok_or_else(|| {
                    let kind = fields["__typename"].as_str().unwrap_or_default();
                    format!("Field '{}' doesn't exist on type '{kind}'", selection.name)
                })?;
                let found = project(found, &selection.selections)?;
                chosen.insert(selection.key().to_owned(), found);
            }
            Ok(Value::Object(chosen))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(value.clone()),
    }
}
