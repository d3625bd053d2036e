use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use serde_json::{Value, json};
use team6::github::delivery::{NotUnderstood, facts};

/// Every payload in `fixtures/webhooks`, by the name of its file.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/webhooks");
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .map(|file| {
            (file.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read(file).unwrap())
        })
        .collect();
    found.sort();
    found
}

/// The event a fixture is named after.
fn event(name: &str) -> &str {
    name.split('.').next().unwrap()
}

#[test]
fn every_delivery_that_matters_is_understood() {
    let mut page = String::new();
    for (name, body) in fixtures() {
        writeln!(page, "{name}").unwrap();
        for fact in facts(event(&name), &body).unwrap() {
            writeln!(page, "    {}", serde_json::to_string(&fact).unwrap()).unwrap();
        }
    }
    insta::assert_snapshot!(page);
}

#[test]
fn what_is_unknown_says_nothing() {
    for (name, body) in fixtures() {
        let mut payload: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(facts("event_of_tomorrow", &body), Ok(vec![]), "{name}");
        payload["action"] = json!("action_of_tomorrow");
        facts(event(&name), &serde_json::to_vec(&payload).unwrap()).unwrap();
    }
}

#[test]
fn a_delivery_that_makes_no_sense_gets_a_reason() {
    for (body, reason) in [
        ("", NotUnderstood::NotJson),
        ("{", NotUnderstood::NotJson),
        ("\u{feff}{}", NotUnderstood::NotJson),
        (r#""\ud800""#, NotUnderstood::NotJson),
        (&"[".repeat(100_000), NotUnderstood::NotJson),
        ("null", NotUnderstood::Missing("repository.id")),
        ("[]", NotUnderstood::Missing("repository.id")),
        (r#"{"repository":{"id":1e99}}"#, NotUnderstood::Missing("repository.id")),
        (r#"{"repository":{"id":1}}"#, NotUnderstood::Missing("repository.full_name")),
        (
            r#"{"repository":{"id":1,"full_name":"../.."}}"#,
            NotUnderstood::Missing("repository.full_name"),
        ),
        (
            r#"{"repository":{"id":1,"full_name":"a/b"},"issue":{"number":"12"}}"#,
            NotUnderstood::Missing("issue.number"),
        ),
    ] {
        assert_eq!(facts("issue_comment", body.as_bytes()), Err(reason), "{body:.40}");
    }
}

/// A payload in which one part, anywhere, is something else.
fn bent() -> impl Strategy<Value = (String, Vec<u8>)> {
    let something = prop_oneof![
        Just(Value::Null),
        Just(json!([])),
        Just(json!({})),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,9}".prop_map(Value::from),
    ];
    let fixtures = fixtures();
    (0..fixtures.len(), any::<usize>(), something).prop_map(move |(which, where_, something)| {
        let (name, body) = &fixtures[which];
        let mut payload: Value = serde_json::from_slice(body).unwrap();
        let mut left = where_ % count(&payload);
        bend(&mut payload, &mut left, &something);
        (event(name).to_owned(), serde_json::to_vec(&payload).unwrap())
    })
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(fields) => fields.values().map(count).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// Puts `something` in the place of the part after `left` others; true once it is done.
fn bend(value: &mut Value, left: &mut usize, something: &Value) -> bool {
    if *left == 0 {
        *value = something.clone();
        return true;
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| bend(item, left, something)),
        Value::Object(fields) => fields.values_mut().any(|field| bend(field, left, something)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

proptest::proptest! {
    #[test]
    fn whatever_is_delivered_gets_an_answer((event, body) in bent()) {
        let _ = facts(&event, &body);
    }
}
