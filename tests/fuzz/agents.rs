//! What an agent says over its protocol.

use serde_json::{Value, json};

use crate::holds::{ID, NEXT};
use crate::spoil::spoiling;
use crate::{CASES, holds, tries};

fn answers(result: &Value) -> String {
    json!({ "jsonrpc": "2.0", "id": ID, "result": result }).to_string()
}

fn updates(update: &Value) -> String {
    let params = json!({ "sessionId": "s", "update": update });
    json!({ "jsonrpc": "2.0", "method": "session/update", "params": params }).to_string()
}

fn asks(method: &str, params: &Value) -> String {
    json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params }).to_string()
}

/// A session in which everything happens that may.
fn session() -> String {
    let text = |text: &str| json!({ "type": "text", "text": text });
    let chunk = |of: &str, said: &str| json!({ "sessionUpdate": of, "content": text(said) });
    let diff = json!({ "type": "diff", "path": "/tree/a.rs", "oldText": null, "newText": "b" });
    let form = json!({ "type": "object", "properties": {
        "color": { "type": "string", "enum": ["red", "blue"] },
        "why": { "type": "string" },
    } });
    let turn = [
        updates(&chunk("agent_thought_chunk", "Let me see.")),
        updates(&json!({ "sessionUpdate": "plan", "entries": [
            { "content": "Look", "priority": "medium", "status": "completed" },
        ] })),
        updates(&json!({ "sessionUpdate": "tool_call", "toolCallId": "1", "title": "Edit a.rs",
            "kind": "edit", "status": "pending", "content": [diff] })),
        asks(
            "session/request_permission",
            &json!({ "sessionId": "s", "toolCall": {
            "toolCallId": "1" }, "options": [
            { "optionId": "y", "name": "Yes", "kind": "allow_once" },
            { "optionId": "n", "name": "No", "kind": "reject_once" },
        ] }),
        ),
        asks(
            "elicitation/create",
            &json!({ "mode": "form", "sessionId": "s",
            "message": "Which color?", "requestedSchema": form }),
        ),
        updates(&json!({ "sessionUpdate": "weather", "_meta": { "sky": "blue" } })),
        "npm warn old".to_owned(),
        updates(&chunk("agent_message_chunk", "It is done.")),
        answers(&json!({ "stopReason": "end_turn" })),
    ];
    let known = answers(&json!({ "protocolVersion": 1, "agentCapabilities": {} }));
    let opened = answers(&json!({ "sessionId": "s" }));
    [known, opened, turn.join("\n")].join(NEXT)
}

#[test]
fn a_session_that_is_not_spoiled_is_heard_to_its_end() {
    let ended = holds::session(session().as_bytes()).unwrap();
    assert_eq!((ended.reason.as_str(), ended.summary.as_str()), ("end_turn", "It is done."));
}

#[test]
fn a_spoiled_session_ends_in_words() {
    tries(CASES / 4, spoiling(vec![session().into_bytes()], 4), |said| {
        let _ = holds::session(&said);
        Ok(())
    });
}
