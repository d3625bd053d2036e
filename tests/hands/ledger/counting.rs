//! What is used is counted, in every provider's way of saying it.

use serde_json::{Value, json};
use team6::agent::ledger::News;
use team6::domain::model::Kind;
use team6::domain::money::{Money, Tokens};
use tokio_util::sync::CancellationToken;

use super::provider::Answer;
use super::{Desk, until};

const CHAT: &str = "data: {\"model\":\"priced-1\",\"choices\":[{\"delta\":{\"content\":\"hé\"}}]}\n\n\
    data: {\"model\":\"priced-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":50,\
    \"prompt_tokens_details\":{\"cached_tokens\":900}}}\n\ndata: [DONE]\n\n";
const RESPONSES: &str = "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":\
    {\"model\":\"priced-1\",\"usage\":{\"input_tokens\":1000,\"output_tokens\":50,\
    \"input_tokens_details\":{\"cached_tokens\":900}}}}\n\n";
const MESSAGES: &str = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":\
    {\"model\":\"priced-1\",\"usage\":{\"input_tokens\":100,\"cache_read_input_tokens\":900,\
    \"output_tokens\":1}}}\n\nevent: message_delta\ndata: {\"type\":\"message_delta\",\"usage\":\
    {\"output_tokens\":50}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
const GEMINI: &str = "data: {\"candidates\":[{\"finishReason\":\"STOP\"}],\"modelVersion\":\"priced-1\",\
    \"usageMetadata\":{\"promptTokenCount\":1000,\"cachedContentTokenCount\":900,\
    \"candidatesTokenCount\":30,\"thoughtsTokenCount\":20}}\r\n\r\n";

const USED: Tokens = Tokens { input: 100, output: 50, cache_read: 900, cache_write: 0 };
/// 100 × 3 + 50 × 15 + 900 × 0.3 dollars for a million.
const COST: Money = Money(1_320);

#[tokio::test]
async fn a_stream_is_passed_on_unchanged_and_counted_wherever_it_is_cut() {
    for (kind, said) in [
        (Kind::OpenAi, CHAT),
        (Kind::Compatible, CHAT),
        (Kind::Anthropic, MESSAGES),
        (Kind::Gemini, GEMINI),
    ] {
        for size in [1, 7, usize::MAX] {
            let desk = Desk::new(kind).await;
            desk.upstream.streams(said, size);
            let response = desk.asks(true).send().await.unwrap();
            assert_eq!(response.headers()["content-type"], "text/event-stream");
            assert!(!response.headers().contains_key("x-secret"));
            assert_eq!(response.text().await.unwrap(), said);
            let statement = desk.ledger.close().await;
            assert_eq!((statement.calls, statement.estimated), (1, 0), "{kind}");
            assert_eq!((statement.tokens, statement.cost), (USED, COST), "{kind} {size}");
            assert_eq!(statement.models["priced-1"].cost, COST);
        }
    }
}

#[tokio::test]
async fn responses_are_counted_too() {
    let desk = Desk::new(Kind::OpenAi).await;
    desk.upstream.streams(RESPONSES, 11);
    let asked = desk.post("/v1/responses", &json!({ "model": "priced", "stream": true }));
    assert_eq!(asked.send().await.unwrap().text().await.unwrap(), RESPONSES);
    assert_eq!(desk.ledger.close().await.tokens, USED);
}

#[tokio::test]
async fn an_answer_in_one_piece_is_counted() {
    let usage = json!({ "input_tokens": 100, "output_tokens": 50, "cache_read_input_tokens": 900 });
    let desk = Desk::new(Kind::Anthropic).await;
    desk.upstream.says(&json!({ "type": "message", "model": "priced-1", "usage": usage }));
    let answer: Value = desk.asks(false).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["usage"], usage);
    assert_eq!(desk.ledger.close().await.tokens, USED);
}

#[tokio::test]
async fn a_piece_arrives_before_the_next_one_is_there() {
    let desk = Desk::new(Kind::OpenAi).await;
    let (first, second) =
        CHAT.split_at(CHAT.find("data: {\"model\":\"priced-1\",\"choices\":[],").unwrap());
    let go = CancellationToken::new();
    desk.upstream.answers(Answer::Halves(first.into(), second.into(), go.clone()));
    let mut response = desk.asks(true).send().await.unwrap();
    let mut got = Vec::new();
    while got.len() < first.len() {
        got.extend(response.chunk().await.unwrap().unwrap());
    }
    assert_eq!(got, first.as_bytes());
    go.cancel();
    assert_eq!(response.text().await.unwrap(), second);
}

#[tokio::test]
async fn an_agent_that_hangs_up_before_the_end_is_charged_all_the_same() {
    let desk = Desk::new(Kind::OpenAi).await;
    let (first, second) = CHAT.split_at(20);
    let go = CancellationToken::new();
    desk.upstream.answers(Answer::Halves(first.into(), second.into(), go.clone()));
    let mut response = desk.asks(true).send().await.unwrap();
    assert!(response.chunk().await.unwrap().is_some());
    drop(response);
    go.cancel();
    until("the call is counted", || desk.ledger.statement().tokens == USED).await;
}

#[tokio::test]
async fn what_the_provider_does_not_finish_is_estimated_and_the_agent_sees_the_cut() {
    let desk = Desk::new(Kind::Anthropic).await;
    let (go, begun) = (CancellationToken::new(), MESSAGES.find("event: message_delta").unwrap());
    desk.upstream.answers(Answer::Cut(MESSAGES[..begun].into(), go.clone()));
    let mut response = desk.asks(true).send().await.unwrap();
    assert!(response.chunk().await.unwrap().is_some());
    go.cancel();
    assert!(response.text().await.is_err());
    let statement = desk.ledger.close().await;
    assert_eq!((statement.calls, statement.estimated), (1, 1));
    assert_eq!(statement.tokens, Tokens { output: 1, ..USED });
}

#[tokio::test]
async fn a_task_that_ends_cuts_its_calls_off_and_counts_them() {
    let desk = Desk::new(Kind::OpenAi).await;
    let never = CancellationToken::new();
    desk.upstream.answers(Answer::Halves(CHAT[..70].into(), String::new(), never));
    let mut response = desk.asks(true).send().await.unwrap();
    assert!(response.chunk().await.unwrap().is_some());
    let statement = desk.ledger.close().await;
    assert_eq!((statement.calls, statement.estimated), (1, 1));
    assert!(statement.tokens.input > 10);
    assert!(response.text().await.is_err());
}

#[tokio::test]
async fn calls_at_the_same_time_are_all_counted() {
    let desk = Desk::new(Kind::Gemini).await;
    let calls = (0..40).map(|_| {
        desk.upstream.streams(GEMINI, 3);
        async { desk.asks(true).send().await.unwrap().text().await.unwrap() }
    });
    let answers = futures::future::join_all(calls.collect::<Vec<_>>()).await;
    assert!(answers.iter().all(|answer| answer == GEMINI));
    let statement = desk.ledger.close().await;
    assert_eq!(
        (statement.calls, statement.tokens.output, statement.cost.0),
        (40, 2_000, 40 * COST.0)
    );
}

#[tokio::test]
async fn a_model_without_a_price_is_named_once_and_charged_what_is_set_for_it() {
    let desk = Desk::new(Kind::Compatible).await;
    for _ in 0..2 {
        desk.upstream.says(
            &json!({ "model": "new", "usage": { "prompt_tokens": 1, "completion_tokens": 1 } }),
        );
        desk.post("/v1/chat/completions", &json!({ "model": "new" }))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
    }
    assert_eq!(desk.news(), [News::Unpriced { model: "new".into() }]);
    assert_eq!(desk.ledger.close().await.cost, Money(120));
}

#[tokio::test]
async fn counting_tokens_and_listing_models_costs_nothing() {
    let desk = Desk::new(Kind::Anthropic).await;
    desk.upstream.says(&json!({ "input_tokens": 77 }));
    desk.upstream.says(&json!({ "data": [] }));
    let count = desk.post("/v1/messages/count_tokens", &json!({ "model": "priced-1" }));
    let count: Value = count.send().await.unwrap().json().await.unwrap();
    assert_eq!(count["input_tokens"], 77);
    let token = desk.ledger.token().reveal().to_owned();
    let models = desk.http.get(format!("{}/v1/models?limit=5", desk.url)).bearer_auth(token);
    assert_eq!(models.send().await.unwrap().status(), 200);
    assert_eq!(desk.upstream.heard()[1].path, "/v1/models?limit=5");
    assert_eq!(desk.ledger.close().await.calls, 0);
}
