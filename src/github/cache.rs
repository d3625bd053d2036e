//! What GitHub answered before. Asking whether it still holds is free.
//! <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate>

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use reqwest::Method;
use url::Url;

use super::ask::{Ask, Who};
use super::transport::Answer;

/// How many bytes of answers are kept.
const ROOM: usize = 32 << 20;
/// What an answer takes beside its body.
const HEADERS: usize = 2 << 10;

/// Answers that carried an `ETag`, by who asked for what; the oldest go first.
#[derive(Default)]
pub(super) struct Cache {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    answers: HashMap<(Who, Url), Answer>,
    by_age: VecDeque<(Who, Url)>,
    bytes: usize,
}

impl Cache {
    pub(super) fn find(&self, who: Who, ask: &Ask) -> Option<Answer> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.answers.get(&(who, ask.url.clone())).filter(|_| ask.method == Method::GET).cloned()
    }

    pub(super) fn keep(&self, who: Who, ask: &Ask, answer: &Answer) {
        if ask.method != Method::GET || answer.header("etag").is_none() {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert((who, ask.url.clone()), answer.clone());
        while kept.bytes > ROOM {
            kept.drop_oldest();
        }
    }
}

impl Kept {
    fn insert(&mut self, key: (Who, Url), answer: Answer) {
        self.bytes += size(&answer);
        match self.answers.insert(key.clone(), answer) {
            Some(before) => self.bytes -= size(&before),
            None => self.by_age.push_back(key),
        }
    }

    fn drop_oldest(&mut self) {
        let oldest = self.by_age.pop_front().and_then(|key| self.answers.remove(&key));
        self.bytes = oldest.map_or(0, |answer| self.bytes - size(&answer));
    }
}

fn size(answer: &Answer) -> usize {
    answer.body.len() + HEADERS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_answers_make_room() {
        let mut kept = Kept::default();
        let key = |name: &str| (Who::App, format!("https://x/{name}").parse().unwrap());
        kept.insert(key("a"), Answer::of(200, vec![0; 10]));
        kept.insert(key("b"), Answer::of(200, vec![0; 20]));
        kept.insert(key("a"), Answer::of(200, vec![0; 5]));
        assert_eq!((kept.bytes, kept.answers.len()), (25 + 2 * HEADERS, 2));
        kept.drop_oldest();
        assert_eq!((kept.bytes, kept.answers.len()), (20 + HEADERS, 1));
        kept.drop_oldest();
        assert_eq!((kept.bytes, kept.answers.len()), (0, 0));
    }
}
