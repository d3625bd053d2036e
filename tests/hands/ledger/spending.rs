//! A budget holds, somebody hears of it, and what providers refuse is passed on.

use chrono::DateTime;
use serde_json::json;
use team6::agent::ledger::{Allowance, News, Spent};
use team6::domain::model::Kind;
use team6::domain::money::Money;

use super::provider::{Answer, Nobody, Upstream};
use super::{Desk, error};

impl Desk {
    /// Makes a call that uses so many tokens, and answers its status.
    async fn uses(&self, tokens: u64) -> u16 {
        let usage = json!({ "prompt_tokens": 0, "completion_tokens": tokens });
        let before = self.upstream.heard().len();
        self.upstream.says(&json!({ "model": "priced-1", "usage": usage }));
        let response = self.asks(false).send().await.unwrap();
        let status = response.status().as_u16();
        response.text().await.unwrap();
        assert_eq!(self.upstream.heard().len() - before, usize::from(status == 200));
        status
    }
}

#[tokio::test]
async fn what_is_not_paid_for_is_refused_until_more_is_allowed() {
    let desk = Desk::allowed(Kind::OpenAi, 1_000).await;
    assert_eq!(desk.uses(700).await, 200);
    assert_eq!(desk.news(), []);
    assert_eq!(desk.uses(150).await, 200);
    assert_eq!(desk.news(), [News::Budget(Spent::Warned)]);
    assert_eq!(desk.uses(400).await, 200, "a call under way may overrun");
    assert_eq!(desk.news()[1..], [News::Budget(Spent::Exhausted)]);
    assert_eq!(desk.uses(1).await, 402);

    desk.budget.allow(Allowance { tokens: Some(2_000), cost: None });
    assert_eq!(desk.uses(1).await, 200);
    assert_eq!(desk.ledger.statement().tokens.output, 1_251);
    assert_eq!(desk.news()[2..], [News::Refused]);
}

#[tokio::test]
async fn a_budget_may_be_of_money() {
    let allowance = Allowance { tokens: None, cost: Some(Money(1_500)) };
    let desk = Desk::with(Kind::OpenAi, allowance, Upstream::start().await).await;
    assert_eq!(desk.uses(50).await, 200);
    // 0.00075 dollars are left, at 15 dollars a million.
    assert_eq!(desk.uses(50).await, 200);
    assert_eq!(desk.upstream.heard()[1].body["max_completion_tokens"], 50);
    assert_eq!(desk.uses(50).await, 402);
}

#[tokio::test]
async fn nothing_allowed_means_that_the_provider_is_never_asked() {
    for kind in [Kind::Anthropic, Kind::OpenAi, Kind::Compatible, Kind::Gemini] {
        let desk = Desk::allowed(kind, 0).await;
        let (status, body) = error(desk.asks(true).send().await.unwrap()).await;
        assert_eq!(status, 402);
        insta::assert_snapshot!(
            format!("spent_{kind}"),
            serde_json::to_string_pretty(&body).unwrap()
        );
        assert_eq!(desk.news(), [News::Budget(Spent::Exhausted), News::Refused]);
        assert!(desk.upstream.heard().is_empty());
    }
}

#[tokio::test]
async fn what_a_provider_refuses_is_passed_on_and_reported() {
    let desk = Desk::new(Kind::Anthropic).await;
    let body =
        json!({ "type": "error", "error": { "type": "rate_limit_error", "message": "slow down" } });
    let answer =
        Answer::Error(429, vec![("retry-after", "30"), ("set-cookie", "a=b")], body.to_string());
    desk.upstream.answers(answer);
    let response = desk.asks(true).send().await.unwrap();
    assert_eq!(response.headers()["retry-after"], "30");
    assert!(!response.headers().contains_key("set-cookie"));
    assert_eq!(error(response).await, (429, body));
    assert_eq!(desk.news(), [News::Quota { until: DateTime::from_timestamp(30, 0) }]);

    desk.upstream.answers(Answer::Error(529, vec![], "{}".into()));
    assert_eq!(error(desk.asks(true).send().await.unwrap()).await.0, 529);
    assert_eq!(desk.news()[1..], [News::Quota { until: None }]);

    desk.upstream.answers(Answer::Error(500, vec![], "{}".into()));
    assert_eq!(error(desk.asks(true).send().await.unwrap()).await.0, 500);
    assert_eq!((desk.news().len(), desk.ledger.close().await.calls), (2, 0));
}

#[tokio::test]
async fn a_provider_that_is_away_or_silent_is_said_so() {
    let desk = Desk::new(Kind::Anthropic).await;
    desk.upstream.answers(Answer::Silence);
    let (status, body) = error(desk.asks(true).send().await.unwrap()).await;
    assert_eq!(status, 504);
    assert_eq!(body["error"]["message"], "Team6: the model's provider did not answer in time");

    let nobody = Nobody::new();
    let upstream = Upstream::start().await;
    let desk = Desk::before(Kind::Gemini, Allowance::default(), upstream, &nobody.url()).await;
    let (status, body) = error(desk.asks(true).send().await.unwrap()).await;
    assert_eq!((status, &body["error"]["status"]), (502, &json!("UNAVAILABLE")));
    assert_eq!(desk.ledger.close().await.calls, 0);
}
