//! Agents that misbehave, one after the other, in the hands of a worker: the table of docs/agents.md.

use std::time::Duration;

use team6::agent::Limits;
use team6::agent::sandbox::{Kind, Setup};
use team6::domain::work::{Class, Outcome};

use crate::sealed;
use crate::worker::{World, class};

in_every_sandbox!(
    whoever_misbehaves_ends_in_words,
    what_an_agent_was_given_in_secret_stands_nowhere,
    whoever_was_cancelled_is_gone_with_all_it_started,
);

/// Waits for a request and keeps it and its number.
const HEAR: &str =
    r#"read -r line; id=$(printf %s "$line" | sed 's/.*"id":\("[^"]*"\|[0-9]*\).*/\1/'); "#;
/// Answers it.
const ANSWER: &str =
    r#"answer() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$1"; }; "#;
/// Says one thing about a session.
const UPDATE: &str = r#"update() { printf '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":%s}}\n' "$1"; }; "#;
const INTRODUCED: &str = r#"answer '{"protocolVersion":1,"agentCapabilities":{}}'; "#;
const OPENED: &str = r#"answer '{"sessionId":"s"}'; "#;
const DONE: &str = r#"answer '{"stopReason":"end_turn"}'; cat >/dev/null"#;

/// How far the agent gets before it misbehaves.
#[derive(Clone, Copy, PartialEq)]
enum Until {
    Nothing,
    Initialize,
    NewSession,
    Prompt,
}
use Until::{Initialize, NewSession, Nothing, Prompt};

/// The agent: how far it gets, what it does then, and how that ends.
type Row = (&'static str, Until, &'static str, Class, &'static str);

const TABLE: &[Row] = &[
    (
        "dies at once",
        Nothing,
        "echo no key >&2; exit 3",
        Class::AgentDied,
        "(exit status: 3); it said: no key",
    ),
    (
        "dies when it is asked who it is",
        Initialize,
        "echo old >&2; exit 4",
        Class::AgentDied,
        "(exit status: 4); it said: old",
    ),
    (
        "dies when a session is opened",
        NewSession,
        "echo full >&2; exit 5",
        Class::AgentDied,
        "(exit status: 5); it said: full",
    ),
    (
        "dies when it is told its task",
        Prompt,
        "echo lost >&2; exit 6",
        Class::AgentDied,
        "(exit status: 6); it said: lost",
    ),
    (
        "dies in the middle",
        Prompt,
        "update '{\"sessionUpdate\":\"agent_message_chunk\",\"content\":{\"type\":\"text\",\"text\":\"hi\"}}'; echo oops >&2; kill -KILL $$",
        Class::AgentDied,
        "it said: oops",
    ),
    (
        "never says who it is",
        Initialize,
        "echo hm >&2; sleep 600",
        Class::TimedOut,
        "did not answer `initialize` within 4 s; it said: hm",
    ),
    (
        "never opens a session",
        NewSession,
        "echo hm >&2; sleep 600",
        Class::TimedOut,
        "did not answer `session/new` within 4 s; it said: hm",
    ),
    ("says nothing", Prompt, "sleep 600", Class::TimedOut, "said nothing for 4 s"),
    (
        "says 60 MB in a line",
        Prompt,
        "printf '{'; head -c 60000000 /dev/zero | tr '\\0' x; echo '}'; sleep 600",
        Class::AgentDied,
        "",
    ),
    (
        "answers in another language",
        Initialize,
        "answer '[1]'; cat >/dev/null",
        Class::AgentDied,
        "the agent failed",
    ),
    (
        "refuses to open a session",
        NewSession,
        "printf '{\"jsonrpc\":\"2.0\",\"id\":%s,\"error\":{\"code\":-32000,\"message\":\"Authentication required\"}}\\n' \"$id\"; cat >/dev/null",
        Class::AgentDied,
        "Authentication required",
    ),
    (
        "says what nobody knows, and does nothing",
        Prompt,
        "echo npm warn; echo '{'; update '{\"sessionUpdate\":\"weather\"}'; update 7; echo '{\"jsonrpc\":\"2.0\",\"method\":\"_x/y\",\"params\":{}}'; answer '{\"stopReason\":\"end_turn\"}'; cat >/dev/null",
        Class::NothingDone,
        "there is no commit",
    ),
    (
        "wants files and terminals of the worker",
        Prompt,
        "echo '{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"fs/read_text_file\",\"params\":{\"sessionId\":\"s\",\"path\":\"/etc/passwd\"}}'; read -r said; echo \"$said\" >&2; echo '{\"jsonrpc\":\"2.0\",\"id\":\"b\",\"method\":\"terminal/create\",\"params\":{\"sessionId\":\"s\",\"command\":\"id\"}}'; read -r said; echo \"$said\" >&2; exit 9",
        Class::AgentDied,
        "Method not found",
    ),
    (
        "asks by an address, and goes on without an answer",
        Prompt,
        "echo '{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"elicitation/create\",\"params\":{\"sessionId\":\"s\",\"mode\":\"url\",\"elicitationId\":\"e\",\"url\":\"https://evil.example\",\"message\":\"Sign in\"}}'; read -r said; echo \"$said\" >&2; exit 9",
        Class::AgentDied,
        "decline",
    ),
    (
        "leaves links in the way of what comes next",
        Prompt,
        "mv ../home ../x; rm -rf \"$HOME\"; ln -s /etc \"$HOME\"; answer '{\"stopReason\":\"end_turn\"}'; cat >/dev/null",
        Class::NothingDone,
        "",
    ),
];

fn script(until: Until, then: &str) -> String {
    let steps = [
        (Initialize, HEAR.to_owned()),
        (NewSession, format!("{INTRODUCED}{HEAR}")),
        (Prompt, format!("{OPENED}{HEAR}")),
    ];
    let far = |step: &Until| match until {
        Nothing => false,
        Initialize => *step == Initialize,
        NewSession => *step != Prompt,
        Prompt => true,
    };
    let before: String =
        steps.into_iter().filter(|(step, _)| far(step)).map(|(_, words)| words).collect();
    format!("{ANSWER}{UPDATE}{before}{then}")
}

/// A worker whose agent does this.
async fn with(setup: &Setup, script: &str, limits: Limits) -> World {
    let mut world = World::new(setup).await;
    let spec = world.settings.agents.values_mut().next().unwrap();
    spec.command = ["sh", "-c", script].map(str::to_owned).to_vec();
    spec.limits = limits;
    world.starts();
    world
}

async fn whoever_misbehaves_ends_in_words(setup: Setup) {
    let mut wrong = Vec::new();
    for (name, until, then, expected, words) in TABLE {
        let patient = Limits { initialize: 60, session: 60, silence: 60, turn: 60 };
        let is_late = *expected == Class::TimedOut;
        let limits = match until {
            Initialize if is_late => Limits { initialize: 4, ..patient },
            NewSession if is_late => Limits { session: 4, ..patient },
            Prompt if is_late => Limits { silence: 4, ..patient },
            Nothing | Initialize | NewSession | Prompt => patient,
        };
        let world = with(&setup, &script(*until, then), limits).await;
        world.assigns("Explain the weather", 1, 1);
        let outcome = world.server.outcome().await;
        // What is in the way of the next program is not run, and what follows is not obeyed.
        let tampered = setup_is_open(&setup) || name.starts_with("leaves");
        let message = match &outcome {
            Outcome::Failed(failure) => failure.message.clone(),
            Outcome::Delivered(_) | Outcome::Done | Outcome::Asked | Outcome::Cancelled => {
                String::new()
            }
        };
        let is_class = matches!(&outcome, Outcome::Failed(failure)
            if failure.class == *expected || (tampered && failure.class == Class::Unacceptable));
        if !is_class || !message.contains(words) {
            wrong.push(format!("{name}: {outcome:?}"));
        }
        world.until("nothing is left", |world| world.agents() == (0, 0)).await;
        world.stops().await;
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn setup_is_open(setup: &Setup) -> bool {
    setup.wanted == team6::agent::sandbox::Wanted::None
}

async fn what_an_agent_was_given_in_secret_stands_nowhere(setup: Setup) {
    let then = r#"
        printf %s "$line" >prompt.json
        token=$(sed 's/.*Bearer \([0-9a-f]*\).*/\1/' session.json)
        update "{\"sessionUpdate\":\"agent_message_chunk\",\"content\":{\"type\":\"text\",\"text\":\"it is $token\"}}"
        echo "it is $token" >&2; exit 8"#;
    let opened = format!("printf %s \"$line\" >session.json; {OPENED}{HEAR}{then}");
    let able =
        r#"answer '{"protocolVersion":1,"agentCapabilities":{"mcpCapabilities":{"http":true}}}'; "#;
    let script = format!("{ANSWER}{UPDATE}{HEAR}{able}{HEAR}{opened}");
    let world = with(&setup, &script, Limits::default()).await;
    world.assigns("Explain the weather", 1, 1);
    let outcome = world.server.outcome().await;
    assert_eq!(class(&outcome), Class::AgentDied, "{outcome:?}");
    let session = std::fs::read_to_string(world.workspace().join("tree/session.json")).unwrap();
    let token = session.split("Bearer ").nth(1).unwrap().split('"').next().unwrap();
    assert!(token.len() >= 32);
    let lines = format!("{outcome:?} {:?}", world.server.knows().lines);
    assert!(lines.matches("it is (hidden)").count() >= 2, "{lines}");
    assert!(!lines.contains(token), "{lines}");
    world.stops().await;
}

async fn whoever_was_cancelled_is_gone_with_all_it_started(setup: Setup) {
    let then = "trap '' TERM INT; setsid sh -c 'trap \"\" TERM; while :; do sleep 1; done' & \
                touch started; while :; do sleep 1; done";
    let world = with(&setup, &script(Prompt, then), Limits::default()).await;
    world.assigns("Explain the weather", 1, 1);
    let started = world.workspace().join("tree/started");
    world.until("it works", |_| started.exists()).await;
    world.server.knows().answer = Some(team6::domain::work::Renewed::Cancel);
    assert_eq!(world.server.outcome().await, Outcome::Cancelled);
    assert_eq!(world.agents(), (0, 0), "it is reported when nothing is left, not before");
    world.stops().await;
}

#[tokio::test]
async fn two_hundred_thousand_updates_are_heard_and_fill_nothing() {
    let update = r#"{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"weather"}}}"#;
    let then = format!("yes '{update}' | head -n 200000; {DONE}");
    let world = with(&sealed::setup(Kind::Open), &script(Prompt, &then), Limits::default()).await;
    world.server.knows().trace_takes = Duration::from_millis(1);
    world.assigns("Explain the weather", 1, 1);
    let outcome = world.server.outcome().await;
    assert_eq!(class(&outcome), Class::NothingDone, "{outcome:?}");
    let last = world.server.knows().lines.keys().next_back().copied().unwrap();
    assert!(last > 200_000, "{last}");
    world.stops().await;
}
