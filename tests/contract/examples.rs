use std::fs;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;
use team6::github::delivery::facts;

/// One event of `@octokit/webhooks-examples` 7.6.1.
#[derive(Deserialize)]
struct Event {
    name: String,
    examples: Vec<Value>,
}

/// `npm install @octokit/webhooks-examples@7.6.1`, then name the `node_modules` folder.
#[expect(
    clippy::disallowed_methods,
    reason = "where a test's material is, is the machine's to say"
)]
fn published() -> Option<PathBuf> {
    std::env::var("TEAM6_TEST_NODE_MODULES").ok().map(|folder| {
        PathBuf::from(folder).join("@octokit/webhooks-examples/api.github.com/index.json")
    })
}

#[test]
#[expect(clippy::print_stderr, reason = "the counts are what a person runs this for")]
fn every_published_example_gets_an_answer() {
    let Some(file) = published() else {
        eprintln!(
            "skipped every_published_example_gets_an_answer: TEAM6_TEST_NODE_MODULES is not set"
        );
        return;
    };
    let events: Vec<Event> = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let mut examples = 0;
    for Event { name, examples: payloads } in &events {
        let understood = payloads
            .iter()
            .map(|payload| facts(name, &serde_json::to_vec(payload).unwrap()))
            .map(|facts| facts.unwrap_or_else(|reason| panic!("{name}: {reason}")))
            .filter(|facts| !facts.is_empty())
            .count();
        eprintln!("{name}: {understood} understood, {} ignored", payloads.len() - understood);
        examples += payloads.len();
    }
    assert_eq!(examples, 329);
}
