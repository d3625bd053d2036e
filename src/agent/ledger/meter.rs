//! Counting: what an answer used, read from it while it goes by.

use serde_json::Value;

use super::call::Way;
use super::events::{Events, TooLong};
use crate::domain::money::Tokens;

/// An answer that is no stream may be this long.
const WHOLE: usize = 32 << 20;
/// Where an answer carries what the model wrote.
const WRITTEN: &[&str] = &[
    "arguments",
    "content",
    "delta",
    "partial_json",
    "reasoning",
    "reasoning_content",
    "refusal",
    "text",
    "thinking",
];
/// So many bytes are taken for a token where nobody counted; a little too few on purpose.
const BYTES_PER_TOKEN: u64 = 3;

/// How an answer comes.
#[derive(Debug)]
enum Form {
    Events(Events),
    Whole(Vec<u8>),
}

/// Reads along with one answer.
#[derive(Debug)]
pub(super) struct Meter {
    form: Form,
    seen: Seen,
}

/// What an answer has said about itself so far.
#[derive(Debug)]
pub(super) struct Seen {
    way: Way,
    /// The model that answers, in the provider's words.
    pub(super) model: Option<String>,
    /// What it says it used.
    pub(super) tokens: Tokens,
    /// Whether that is its last word.
    pub(super) is_final: bool,
    written: u64,
}

impl Meter {
    /// For an answer to a call made this way.
    pub(super) fn new(way: Way, is_stream: bool) -> Self {
        let form =
            if is_stream { Form::Events(Events::default()) } else { Form::Whole(Vec::new()) };
        let seen =
            Seen { way, model: None, tokens: Tokens::default(), is_final: false, written: 0 };
        Self { form, seen }
    }

    /// Reads the next piece.
    pub(super) fn feed(&mut self, piece: &[u8]) -> Result<&Seen, TooLong> {
        let Self { form, seen } = self;
        match form {
            Form::Events(events) => events.feed(piece, |data| seen.read(data))?,
            Form::Whole(kept) if WHOLE < kept.len() + piece.len() => return Err(TooLong),
            Form::Whole(kept) => kept.extend_from_slice(piece),
        }
        Ok(seen)
    }

    /// Reads what is left when the answer is over, complete or not.
    pub(super) fn finish(&mut self) -> &Seen {
        let Self { form, seen } = self;
        match form {
            Form::Events(events) => events.finish(|data| seen.read(data)),
            Form::Whole(kept) => {
                let kept = std::mem::take(kept);
                seen.read(&kept);
                if !seen.is_final {
                    seen.written = u64::try_from(kept.len()).unwrap_or(u64::MAX);
                }
            }
        }
        seen
    }
}

impl Seen {
    /// What it used; where it did not say so itself, an estimate from the size of the question and what was written.
    pub(super) fn used(&self, asked: usize) -> Tokens {
        let mut used = self.tokens;
        if !self.is_final {
            if used.total() == used.output {
                used.input = u64::try_from(asked).unwrap_or(u64::MAX).div_ceil(BYTES_PER_TOKEN);
            }
            used.output = used.output.max(self.written.div_ceil(BYTES_PER_TOKEN));
        }
        used
    }

    fn read(&mut self, data: &[u8]) {
        let Ok(value) = serde_json::from_slice::<Value>(data) else { return };
        // A stream of Gemini's that is not asked for as events is one long list.
        match value.as_array() {
            Some(all) => all.iter().for_each(|one| self.hear(one)),
            None => self.hear(&value),
        }
    }

    fn hear(&mut self, value: &Value) {
        self.written = self.written.saturating_add(written(value));
        let inner = ["response", "message"].iter().map(|key| &value[*key]);
        let answer = inner.into_iter().find(|inner| inner.is_object()).unwrap_or(value);
        let model = ["model", "modelVersion"].iter().find_map(|key| answer[*key].as_str());
        if let Some(model) = model.filter(|model| !model.is_empty()) {
            self.model = Some(model.to_owned());
        }
        match self.way {
            Way::Chat => self.hear_chat(&answer["usage"]),
            Way::Responses => self.hear_responses(&answer["usage"]),
            Way::Messages => {
                self.hear_messages(&answer["usage"]);
                self.is_final |=
                    matches!(value["type"].as_str(), Some("message" | "message_delta"));
            }
            Way::Generate => {
                self.hear_gemini(&value["usageMetadata"]);
                self.is_final |= value["candidates"][0]["finishReason"].is_string()
                    && value["usageMetadata"].is_object();
            }
        }
    }

    fn hear_chat(&mut self, usage: &Value) {
        if usage.is_object() {
            let cached = n(&usage["prompt_tokens_details"]["cached_tokens"])
                .max(n(&usage["prompt_cache_hit_tokens"]));
            self.tokens = Tokens {
                input: n(&usage["prompt_tokens"]).saturating_sub(cached),
                output: n(&usage["completion_tokens"]),
                cache_read: cached,
                cache_write: 0,
            };
            self.is_final = true;
        }
    }

    fn hear_responses(&mut self, usage: &Value) {
        if usage.is_object() {
            let cached = n(&usage["input_tokens_details"]["cached_tokens"]);
            self.tokens = Tokens {
                input: n(&usage["input_tokens"]).saturating_sub(cached),
                output: n(&usage["output_tokens"]),
                cache_read: cached,
                cache_write: 0,
            };
            self.is_final = true;
        }
    }

    /// The first event has what was read, the last what was written; either may have more.
    fn hear_messages(&mut self, usage: &Value) {
        let so_far = self.tokens;
        self.tokens = Tokens {
            input: so_far.input.max(n(&usage["input_tokens"])),
            output: so_far.output.max(n(&usage["output_tokens"])),
            cache_read: so_far.cache_read.max(n(&usage["cache_read_input_tokens"])),
            cache_write: so_far.cache_write.max(n(&usage["cache_creation_input_tokens"])),
        };
    }

    /// Every piece of a stream has the figures so far.
    fn hear_gemini(&mut self, usage: &Value) {
        if usage.is_object() {
            let cached = n(&usage["cachedContentTokenCount"]);
            let read =
                n(&usage["promptTokenCount"]).saturating_add(n(&usage["toolUsePromptTokenCount"]));
            self.tokens = Tokens {
                input: read.saturating_sub(cached),
                output: n(&usage["candidatesTokenCount"])
                    .saturating_add(n(&usage["thoughtsTokenCount"])),
                cache_read: cached,
                cache_write: 0,
            };
        }
    }
}

fn n(value: &Value) -> u64 {
    value.as_u64().unwrap_or(0)
}

/// How many bytes of a model's own words are in there.
fn written(value: &Value) -> u64 {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| match value.as_str() {
                Some(text) if WRITTEN.contains(&key.as_str()) => {
                    u64::try_from(text.len()).unwrap_or(u64::MAX)
                }
                Some(_) | None => written(value),
            })
            .sum(),
        Value::Array(all) => all.iter().map(written).sum(),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CHAT: &str = r#"data: {"model":"gpt-5-2026","choices":[{"delta":{"content":"hello"}}],"usage":null}

data: {"model":"gpt-5-2026","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":50,"prompt_tokens_details":{"cached_tokens":900}}}

data: [DONE]

"#;
    const RESPONSES: &str = r#"event: response.created
data: {"type":"response.created","response":{"model":"gpt-5","usage":null}}

event: response.output_text.delta
data: {"type":"response.output_text.delta","delta":"hello"}

event: response.completed
data: {"type":"response.completed","response":{"model":"gpt-5","usage":{"input_tokens":1000,"input_tokens_details":{"cached_tokens":900},"output_tokens":50}}}

"#;
    const MESSAGES: &str = r#"event: message_start
data: {"type":"message_start","message":{"type":"message","model":"claude-x","usage":{"input_tokens":90,"cache_creation_input_tokens":10,"cache_read_input_tokens":900,"output_tokens":1}}}

event: content_block_delta
data: {"type":"content_block_delta","delta":{"type":"text_delta","text":"hello"}}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":50}}

event: message_stop
data: {"type":"message_stop"}

"#;
    const GEMINI: &str = r#"data: {"candidates":[{"content":{"parts":[{"text":"hello"}]}}],"usageMetadata":{"promptTokenCount":1000,"cachedContentTokenCount":900,"candidatesTokenCount":3},"modelVersion":"gemini-x"}

data: {"candidates":[{"content":{"parts":[{"text":"!"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1000,"cachedContentTokenCount":900,"candidatesTokenCount":20,"thoughtsTokenCount":30},"modelVersion":"gemini-x"}

"#;
    const ALL: [(Way, &str, &str, u64); 4] = [
        (Way::Chat, CHAT, "gpt-5-2026", 0),
        (Way::Responses, RESPONSES, "gpt-5", 0),
        (Way::Messages, MESSAGES, "claude-x", 10),
        (Way::Generate, GEMINI, "gemini-x", 0),
    ];

    fn expected(cache_write: u64) -> Tokens {
        Tokens { input: 100 - cache_write, output: 50, cache_read: 900, cache_write }
    }

    #[test]
    fn a_stream_of_every_provider_is_counted() {
        for (way, said, model, cache_write) in ALL {
            let mut meter = Meter::new(way, true);
            meter.feed(said.as_bytes()).unwrap();
            let seen = meter.finish();
            assert!(seen.is_final, "{way:?}");
            assert_eq!(seen.model.as_deref(), Some(model));
            assert_eq!(seen.used(9_999), expected(cache_write), "{way:?}");
        }
    }

    #[test]
    fn an_answer_in_one_piece_is_counted() {
        let whole = [
            (
                Way::Chat,
                r#"{"model":"m","choices":[{"message":{"content":"x"}}],"usage":{"prompt_tokens":7,"completion_tokens":2}}"#,
            ),
            (
                Way::Responses,
                r#"{"model":"m","status":"completed","output":[],"usage":{"input_tokens":7,"output_tokens":2}}"#,
            ),
            (
                Way::Messages,
                r#"{"type":"message","model":"m","content":[],"usage":{"input_tokens":7,"output_tokens":2}}"#,
            ),
            (
                Way::Generate,
                r#"[{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":7,"candidatesTokenCount":2},"modelVersion":"m"}]"#,
            ),
        ];
        for (way, said) in whole {
            let mut meter = Meter::new(way, false);
            for piece in said.as_bytes().chunks(5) {
                meter.feed(piece).unwrap();
            }
            let seen = meter.finish();
            assert!(seen.is_final, "{way:?}");
            assert_eq!(seen.model.as_deref(), Some("m"));
            assert_eq!(seen.used(0), Tokens { input: 7, output: 2, ..Tokens::default() });
        }
    }

    #[test]
    fn an_answer_that_is_cut_off_is_estimated() {
        let cut = |way, said: &str, from: &str| {
            let mut meter = Meter::new(way, true);
            meter.feed(&said.as_bytes()[..said.find(from).unwrap()]).unwrap();
            let seen = meter.finish();
            assert!(!seen.is_final);
            seen.used(3_000)
        };
        let estimate = Tokens { input: 1_000, output: 2, ..Tokens::default() };
        assert_eq!(
            cut(Way::Chat, CHAT, "data: {\"model\":\"gpt-5-2026\",\"choices\":[],"),
            estimate
        );
        assert_eq!(cut(Way::Responses, RESPONSES, "event: response.completed"), estimate);
        let begun = Tokens { input: 90, output: 2, cache_read: 900, cache_write: 10 };
        assert_eq!(cut(Way::Messages, MESSAGES, "event: message_delta"), begun);
        let begun = Tokens { input: 100, output: 3, cache_read: 900, cache_write: 0 };
        assert_eq!(
            cut(
                Way::Generate,
                GEMINI,
                "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"!\""
            ),
            begun
        );
    }

    #[test]
    fn an_answer_without_an_end_is_too_long() {
        let (mut meter, piece) = (Meter::new(Way::Chat, false), vec![b' '; 1 << 20]);
        assert!((0..40).any(|_| meter.feed(&piece).is_err()));
    }

    proptest! {
        #[test]
        fn it_is_counted_the_same_however_it_comes(size in 1_usize..200) {
            for (way, said, _, cache_write) in ALL {
                let mut meter = Meter::new(way, true);
                for piece in said.as_bytes().chunks(size) {
                    meter.feed(piece).unwrap();
                }
                prop_assert_eq!(meter.finish().used(0), expected(cache_write));
            }
        }

        #[test]
        fn nothing_a_provider_says_is_an_accident(said in ".{0,300}", chunk in 1_usize..50) {
            for (way, is_stream) in [(Way::Chat, true), (Way::Messages, false), (Way::Generate, true)] {
                let mut meter = Meter::new(way, is_stream);
                for piece in format!("data: {said}\n\n").as_bytes().chunks(chunk) {
                    meter.feed(piece).unwrap();
                }
                meter.finish();
            }
        }
    }
}
