//! An agent's own way to ask people: a form, which wants an answer at once where people take hours.
//!
//! Its questions are passed on, and the form is answered in words that say so where it takes any text; else it is
//! closed. What people answer comes with the agent's next prompt.

use std::time::Duration;

use agent_client_protocol::v1::schema::{
    CreateElicitationRequest, CreateElicitationResponse, ElicitationAcceptAction,
    ElicitationAction, ElicitationContentValue,
};
use serde_json::Value;

use super::super::{Ask, Asked};

/// How many questions of one form are passed on, and how long each may be, in characters.
const MOST: usize = 5;
const LONGEST: usize = 500;
const MOST_OPTIONS: usize = 10;
const LONGEST_OPTION: usize = 200;

/// How long passing them on may take.
const PATIENCE: Duration = Duration::from_mins(1);

const LATER: &str = "Your question was passed on to the person who owns this task, who may take hours. This is not the \
                     answer. Commit what is worth keeping and end your turn now: the answer comes with your next prompt.";

/// Passes a form's questions on and answers it; never waits for people.
pub(super) async fn answer(
    request: &CreateElicitationRequest,
    ask: Option<Ask>,
) -> CreateElicitationResponse {
    let form = serde_json::to_value(request).unwrap_or_default();
    let questions = questions(&form);
    let action = match ask.filter(|_| !questions.is_empty()) {
        None => ElicitationAction::Decline,
        Some(ask) => match tokio::time::timeout(PATIENCE, ask(questions)).await {
            Ok(true) => in_words(&form),
            Ok(false) => ElicitationAction::Decline,
            Err(_) => ElicitationAction::Cancel,
        },
    };
    CreateElicitationResponse::new(action)
}

/// The questions of a form; none, if it is another way to ask.
fn questions(form: &Value) -> Vec<Asked> {
    if form["mode"] != "form" {
        return Vec::new();
    }
    let message = form["message"].as_str().unwrap_or_default();
    let fields = form["requestedSchema"]["properties"].as_object();
    let fields: Vec<_> = fields.into_iter().flatten().collect();
    let texts_beside_choices = fields.iter().any(|(_, field)| !options(field).is_empty());
    let asked: Vec<_> = fields
        .iter()
        // "Something else: …" is no question of its own.
        .filter(|(_, field)| !texts_beside_choices || !is_any_text(field))
        .take(MOST)
        .map(|(name, field)| Asked {
            question: question(message, name, field),
            options: options(field),
        })
        .collect();
    let alone = || Asked { question: cut(message, LONGEST), options: Vec::new() };
    let all = if asked.is_empty() { vec![alone()] } else { asked };
    all.into_iter().filter(|asked| !asked.question.is_empty()).collect()
}

fn question(message: &str, name: &str, field: &Value) -> String {
    let title = field["title"].as_str().unwrap_or(name);
    let about = field["description"].as_str().unwrap_or_default();
    let parts = [message, title, about].map(str::trim);
    let mut said: Vec<&str> = Vec::new();
    for part in parts {
        if !part.is_empty() && !said.iter().any(|before| before.contains(part)) {
            said.push(part);
        }
    }
    cut(&said.join(" — "), LONGEST)
}

/// What there is to choose from.
fn options(field: &Value) -> Vec<String> {
    if field["type"] == "boolean" {
        return ["yes", "no"].map(str::to_owned).to_vec();
    }
    let lists =
        [&field["oneOf"], &field["enum"], &field["items"]["anyOf"], &field["items"]["enum"]];
    let all = lists.into_iter().find_map(|list| list.as_array()).into_iter().flatten();
    let texts =
        all.filter_map(|one| one["title"].as_str().or(one["const"].as_str()).or(one.as_str()));
    texts.take(MOST_OPTIONS).map(|text| cut(text, LONGEST_OPTION)).collect()
}

/// Whether a field takes any text as long as ours.
fn is_any_text(field: &Value) -> bool {
    let plain = ["enum", "oneOf", "pattern", "format"].iter().all(|rule| field[*rule].is_null());
    let fits = field["maxLength"].as_u64().is_none_or(|most| LATER.len() as u64 <= most);
    field["type"] == "string" && plain && fits
}

/// Says that the answer comes later, where the form lets us say anything; else it is closed.
fn in_words(form: &Value) -> ElicitationAction {
    let schema = &form["requestedSchema"];
    let fields: Vec<_> = schema["properties"].as_object().into_iter().flatten().collect();
    let required: Vec<_> = schema["required"].as_array().into_iter().flatten().collect();
    let is_required = |name: &str| required.iter().any(|one| one.as_str() == Some(name));
    let texts: Vec<_> = fields.iter().filter(|(_, field)| is_any_text(field)).collect();
    let asks_for_more = fields.iter().any(|(name, field)| is_required(name) && !is_any_text(field));
    if texts.is_empty() || asks_for_more {
        return ElicitationAction::Cancel;
    }
    let said = |name: &String| (name.clone(), ElicitationContentValue::from(LATER));
    let content = texts.into_iter().map(|(name, _)| said(name)).collect();
    ElicitationAction::Accept(ElicitationAcceptAction::new().content(Some(content)))
}

fn cut(text: &str, most: usize) -> String {
    text.trim().chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn form(message: &str, schema: &Value) -> Value {
        json!({ "mode": "form", "message": message, "requestedSchema": schema })
    }

    fn seen(form: &Value) -> Value {
        let asked = questions(form).into_iter().map(|one| json!([one.question, one.options]));
        let asked: Vec<_> = asked.collect();
        let action = serde_json::to_value(in_words(form)).unwrap();
        json!({ "asked": asked, "action": action["action"], "content": action["content"] })
    }

    #[test]
    fn each_shape_of_a_form_is_asked_and_answered() {
        let table = [
            form(
                "Which color?",
                &json!({ "properties": { "color": { "type": "string" } }, "required": ["color"] }),
            ),
            form(
                "Which color?",
                &json!({ "properties": {
                    "q": { "type": "string", "oneOf": [{ "const": "r", "title": "Red" }, { "const": "g", "title": "Green" }] },
                    "q_other": { "type": "string", "title": "Other" },
                }, "required": [] }),
            ),
            form(
                "Sure?",
                &json!({ "properties": { "ok": { "type": "boolean" } }, "required": ["ok"] }),
            ),
            form(
                "When?",
                &json!({ "properties": { "day": { "type": "string", "format": "date" } } }),
            ),
            form(
                "Say",
                &json!({ "properties": { "short": { "type": "string", "maxLength": 5 } } }),
            ),
            form("Just so you know", &json!({ "properties": {} })),
            form("", &json!({})),
            json!({ "mode": "url", "message": "Sign in", "url": "https://evil.example" }),
            json!({ "mode": "_telepathy", "message": "Think" }),
        ];
        let seen: Vec<_> = table.iter().map(|form| seen(form).to_string()).collect();
        insta::assert_snapshot!(seen.join("\n"));
    }
}
