//! What an agent may ask of a provider: nothing but what is on the list.

use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use serde_json::{Value, json};

use super::budget::Left;
use super::refused::Refused;
use crate::domain::model::Kind;
use crate::domain::money::Price;

/// Parameters of an address that are passed on.
const PARAMETERS: &[&str] =
    &["after_id", "alt", "before_id", "beta", "limit", "pageSize", "pageToken"];
/// A call that says no limit gets one only if it is so small that every model allows it.
const SMALL: u64 = 4_096;
/// No provider takes a smaller limit than this.
const LEAST: u64 = 16;

/// In which of the providers' ways a model is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// `OpenAI`'s chat completions.
    Chat,
    /// `OpenAI`'s responses.
    Responses,
    /// Anthropic's messages.
    Messages,
    /// Gemini's `generateContent`.
    Generate,
}

/// A call that is on the list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Call {
    /// How the model is asked; `None` if the call costs nothing.
    pub(super) way: Option<Way>,
    /// The path below the provider's address.
    pub(super) path: String,
    /// The parameters, ready for an address.
    pub(super) query: String,
    /// The model, where the path has it.
    model: Option<String>,
}

/// What is sent to the provider for it.
#[derive(Debug)]
pub(super) struct Question {
    /// The body.
    pub(super) body: Vec<u8>,
    /// The model that is asked.
    pub(super) model: String,
}

impl Call {
    /// Finds a request on the list.
    pub(super) fn of(
        kind: Kind,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<Self, Refused> {
        let is_upgrade = headers.get_all(header::CONNECTION).iter().any(|value| {
            value.to_str().map_or(true, |value| value.to_ascii_lowercase().contains("upgrade"))
        });
        if is_upgrade || headers.contains_key(header::UPGRADE) {
            return Err(Refused::new(StatusCode::BAD_REQUEST, "no other protocol is spoken here"));
        }
        if uri.authority().is_some() || uri.scheme().is_some() {
            return Err(Refused::new(StatusCode::BAD_REQUEST, "this is no proxy to other hosts"));
        }
        let unknown = || {
            Refused::new(
                StatusCode::NOT_FOUND,
                "this is not among what may be asked of the provider",
            )
        };
        let path = uri.path();
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"/.-_:@".contains(&b);
        if !path.bytes().all(is_plain)
            || path.contains("//")
            || path.split('/').any(|part| part.starts_with('.'))
        {
            return Err(unknown());
        }
        let found = match kind {
            Kind::Anthropic => anthropic(method, path),
            Kind::OpenAi | Kind::Compatible => openai(method, path),
            Kind::Gemini => gemini(method, path),
        };
        let (way, path, model) = found.ok_or_else(unknown)?;
        Ok(Self { way, path, query: query(uri.query().unwrap_or_default()), model })
    }

    /// The body to send: the agent's own, with what it may cost kept to what is `left`, and counted.
    pub(super) fn ask(
        &self,
        body: &[u8],
        left: Left,
        price: impl FnOnce(&str) -> Price,
    ) -> Result<Question, Refused> {
        let Some(way) = self.way else {
            return Ok(Question { body: body.to_vec(), model: String::new() });
        };
        let wrong = |words: &str| Refused::new(StatusCode::BAD_REQUEST, words);
        let Ok(Value::Object(_)) = serde_json::from_slice(body) else {
            return Err(wrong("the body is no JSON object"));
        };
        let mut body: Value =
            serde_json::from_slice(body).map_err(|_| wrong("the body is no JSON"))?;
        let named = self.model.as_deref().or_else(|| body["model"].as_str());
        let model = named.ok_or_else(|| wrong("no model is named"))?.to_owned();
        if body["background"] == true {
            return Err(wrong("an answer cannot be fetched later: it would not be counted"));
        }
        let is_counted = body["stream_options"]["include_usage"] == true;
        if way == Way::Chat && body["stream"] == true && !is_counted {
            if !body["stream_options"].is_object() {
                body["stream_options"] = json!({});
            }
            body["stream_options"]["include_usage"] = json!(true);
        }
        let price = price(&model);
        let in_money = left.cost.and_then(|cost| price.affords(cost));
        if let Some(most) = [left.tokens, in_money].into_iter().flatten().min() {
            limit(way, &mut body, most)?;
        }
        Ok(Question { body: body.to_string().into_bytes(), model })
    }
}

/// Lets a model write no more than `most` tokens, where that can be said.
fn limit(way: Way, body: &mut Value, most: u64) -> Result<(), Refused> {
    let (keys, default): (&[&str], &str) = match way {
        Way::Chat => (&["max_completion_tokens", "max_tokens"], "max_completion_tokens"),
        Way::Responses => (&["max_output_tokens"], "max_output_tokens"),
        Way::Messages => (&["max_tokens"], "max_tokens"),
        Way::Generate => (&["maxOutputTokens", "max_output_tokens"], "maxOutputTokens"),
    };
    let thinking = body["thinking"]["budget_tokens"].as_u64();
    if most < LEAST || thinking.is_some_and(|thinking| most <= thinking) {
        return Err(Refused::spent());
    }
    let place = match way {
        Way::Chat | Way::Responses | Way::Messages => body,
        Way::Generate => {
            let is_snake = body["generation_config"].is_object();
            let config = &mut body[if is_snake { "generation_config" } else { "generationConfig" }];
            if !config.is_object() {
                *config = json!({});
            }
            config
        }
    };
    let mut is_said = false;
    for key in keys {
        if !place[*key].is_null() {
            is_said = true;
            if place[*key].as_u64().is_none_or(|wanted| most < wanted) {
                place[*key] = json!(most);
            }
        }
    }
    if !is_said && most <= SMALL {
        place[default] = json!(most);
    }
    Ok(())
}

type Found<'a> = Option<(Option<Way>, String, Option<String>)>;

/// Anthropic's programs are given its address without the version.
fn anthropic<'a>(method: &Method, path: &'a str) -> Found<'a> {
    let way = match (method, path) {
        (&Method::POST, "/v1/messages") => Some(Way::Messages),
        (&Method::POST, "/v1/messages/count_tokens") => None,
        (&Method::GET, path) if is_models(path, "/v1/models") => None,
        _ => return None,
    };
    Some((way, path.to_owned(), None))
}

/// `OpenAI`'s programs are given its address with the version, which is ours here.
fn openai<'a>(method: &Method, path: &'a str) -> Found<'a> {
    let path = path.strip_prefix("/v1")?;
    let way = match (method, path) {
        (&Method::POST, "/chat/completions") => Some(Way::Chat),
        (&Method::POST, "/responses" | "/responses/compact") => Some(Way::Responses),
        (&Method::POST, "/responses/input_tokens") => None,
        (&Method::GET, path) if is_models(path, "/models") => None,
        _ => return None,
    };
    Some((way, path.to_owned(), None))
}

/// Gemini has the model in the path, and the verb behind a colon.
fn gemini<'a>(method: &Method, path: &'a str) -> Found<'a> {
    let rest = path.strip_prefix("/v1beta").or_else(|| path.strip_prefix("/v1"))?;
    if method == Method::GET && is_models(rest, "/models") {
        return Some((None, path.to_owned(), None));
    }
    let (model, verb) = rest.strip_prefix("/models/")?.split_once(':')?;
    if method != Method::POST || model.is_empty() || model.contains('/') {
        return None;
    }
    let way = match verb {
        "generateContent" | "streamGenerateContent" => Some(Way::Generate),
        "countTokens" => None,
        _ => return None,
    };
    Some((way, path.to_owned(), Some(model.to_owned())))
}

/// The list of models, or one of them.
fn is_models(path: &str, list: &str) -> bool {
    path.strip_prefix(list)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') && !rest.contains(':'))
}

fn query(given: &str) -> String {
    let pairs = url::form_urlencoded::parse(given.as_bytes());
    let kept = pairs.filter(|(name, _)| PARAMETERS.contains(&name.as_ref()));
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::money::Money;

    fn find(kind: Kind, method: &Method, uri: &str) -> Result<Call, StatusCode> {
        let uri = uri.parse().map_err(|_| StatusCode::BAD_REQUEST)?;
        Call::of(kind, method, &uri, &HeaderMap::new()).map_err(|refused| refused.status())
    }

    #[test]
    fn what_is_on_the_list_is_found() {
        let way = |kind, uri| find(kind, &Method::POST, uri).map(|call| (call.way, call.path));
        let messages = way(Kind::Anthropic, "/v1/messages?beta=true");
        assert_eq!(messages, Ok((Some(Way::Messages), "/v1/messages".into())));
        let chat = way(Kind::OpenAi, "/v1/chat/completions");
        assert_eq!(chat, Ok((Some(Way::Chat), "/chat/completions".into())));
        let generate = "/v1beta/models/gemini-2.5-pro:streamGenerateContent";
        assert_eq!(way(Kind::Gemini, generate), Ok((Some(Way::Generate), generate.into())));
        let call =
            find(Kind::Gemini, &Method::POST, &format!("{generate}?alt=sse&key=t&host=x")).unwrap();
        assert_eq!(
            (call.query.as_str(), call.model.as_deref()),
            ("alt=sse", Some("gemini-2.5-pro"))
        );
        assert_eq!(find(Kind::Compatible, &Method::GET, "/v1/models/a/b").unwrap().way, None);
    }

    #[test]
    fn everything_else_is_not() {
        for (kind, method, uri) in [
            (Kind::Anthropic, Method::POST, "/v1/files"),
            (Kind::Anthropic, Method::POST, "/v1/messages/batches"),
            (Kind::Anthropic, Method::DELETE, "/v1/messages"),
            (Kind::Anthropic, Method::POST, "/v1/chat/completions"),
            (Kind::Anthropic, Method::GET, "/v1/models/../files"),
            (Kind::Anthropic, Method::GET, "/v1/models/%2e%2e/files"),
            (Kind::Anthropic, Method::GET, "/v1/models//evil.example"),
            (Kind::OpenAi, Method::GET, "/v1/responses/resp_1"),
            (Kind::OpenAi, Method::POST, "/v1/images/generations"),
            (Kind::OpenAi, Method::POST, "/chat/completions"),
            (Kind::OpenAi, Method::GET, "/v1/models.evil"),
            (Kind::Gemini, Method::POST, "/v1beta/models/a/b:generateContent"),
            (Kind::Gemini, Method::POST, "/v1beta/models/a:predict"),
            (Kind::Gemini, Method::POST, "/upload/v1beta/files"),
            (Kind::Gemini, Method::POST, "/"),
        ] {
            assert_eq!(find(kind, &method, uri), Err(StatusCode::NOT_FOUND), "{uri}");
        }
        let elsewhere = find(Kind::OpenAi, &Method::GET, "http://evil.example/v1/models");
        assert_eq!(elsewhere, Err(StatusCode::BAD_REQUEST));
    }

    fn ask(kind: Kind, uri: &str, body: &Value, left: Left) -> Result<Value, StatusCode> {
        let call = find(kind, &Method::POST, uri).unwrap();
        let price = Price { output: Money(10_000_000), ..Price::default() };
        let asked = call.ask(body.to_string().as_bytes(), left, |_| price);
        asked
            .map(|asked| serde_json::from_slice(&asked.body).unwrap())
            .map_err(|refused| refused.status())
    }

    const CHAT: &str = "/v1/chat/completions";
    const ALL: Left = Left { tokens: None, cost: None };

    #[test]
    fn a_streamed_chat_is_asked_to_say_what_it_used() {
        let asked = ask(
            Kind::OpenAi,
            CHAT,
            &json!({"model":"m","stream":true,"stream_options":{"x":1}}),
            ALL,
        );
        assert_eq!(asked.unwrap()["stream_options"], json!({"x":1,"include_usage":true}));
        let whole = json!({"model":"m","messages":[]});
        assert_eq!(ask(Kind::OpenAi, CHAT, &whole, ALL).unwrap(), whole);
    }

    #[test]
    fn a_model_may_write_no_more_than_is_left() {
        let left = Left { tokens: Some(5_000), cost: None };
        let limited = |kind, uri, body: Value| ask(kind, uri, &body, left);
        let most = limited(Kind::OpenAi, CHAT, json!({"model":"m","max_tokens":9_000})).unwrap();
        assert_eq!(most["max_tokens"], 5_000);
        let less = limited(Kind::OpenAi, CHAT, json!({"model":"m","max_tokens":90})).unwrap();
        assert_eq!(less["max_tokens"], 90);
        let none = limited(Kind::OpenAi, "/v1/responses", json!({"model":"m"})).unwrap();
        assert_eq!(none, json!({"model":"m"}));
        let tricked =
            limited(Kind::Anthropic, "/v1/messages", json!({"model":"m","max_tokens":"9e9"}));
        assert_eq!(tricked.unwrap()["max_tokens"], 5_000);
        let gemini = json!({"generationConfig":{"maxOutputTokens":65_536}});
        let gemini = limited(Kind::Gemini, "/v1beta/models/g:generateContent", gemini).unwrap();
        assert_eq!(gemini["generationConfig"]["maxOutputTokens"], 5_000);
        let deep = json!({"model":"m","max_tokens":9_000,"thinking":{"budget_tokens":8_000}});
        assert_eq!(
            limited(Kind::Anthropic, "/v1/messages", deep),
            Err(StatusCode::PAYMENT_REQUIRED)
        );

        // 0.01 dollars at 10 dollars a million are 1000 tokens.
        let money = Left { tokens: Some(5_000), cost: Some(Money(10_000)) };
        let capped = ask(Kind::OpenAi, "/v1/responses", &json!({"model":"m"}), money).unwrap();
        assert_eq!(capped["max_output_tokens"], 1_000);
    }

    #[test]
    fn what_could_not_be_counted_is_not_asked() {
        let later = json!({"model":"m","background":true});
        assert_eq!(ask(Kind::OpenAi, "/v1/responses", &later, ALL), Err(StatusCode::BAD_REQUEST));
        for body in [json!([]), json!("x"), json!({}), json!({"model":7})] {
            assert_eq!(ask(Kind::OpenAi, CHAT, &body, ALL), Err(StatusCode::BAD_REQUEST), "{body}");
        }
    }

    proptest! {
        #[test]
        fn no_path_leads_out(path in "/[a-z0-9./%:~\\\\-]{0,40}") {
            for kind in [Kind::Anthropic, Kind::OpenAi, Kind::Gemini, Kind::Compatible] {
                for method in [Method::GET, Method::POST] {
                    if let Ok(call) = find(kind, &method, &path) {
                        prop_assert!(!call.path.contains("..") && !call.path.contains('%'));
                    }
                }
            }
        }
    }
}
