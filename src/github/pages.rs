//! Lists that come in pages.
//! <https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api>

use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::ask::{Ask, Who};
use super::transport::Answer;
use super::{Error, GitHub};

/// The most pages of a hundred that are read; a longer list is cut, and that is logged.
const MOST: usize = 100;

/// A list, page by page.
pub(super) struct Pages<T> {
    github: GitHub,
    who: Who,
    next: Option<Ask>,
    under: Option<&'static str>,
    read: usize,
    of: PhantomData<T>,
}

impl<T: DeserializeOwned> Pages<T> {
    pub(super) fn new(github: GitHub, who: Who, first: Ask) -> Self {
        let next = Some(first.with("per_page", "100"));
        Self { github, who, next, under: None, read: 0, of: PhantomData }
    }

    /// The list is not the answer itself but its field `name`.
    pub(super) fn under(self, name: &'static str) -> Self {
        Self { under: Some(name), ..self }
    }

    /// The whole list.
    pub(super) async fn all(mut self) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        while let Some(page) = self.next().await? {
            all.extend(page);
        }
        Ok(all)
    }

    /// The first that will do; pages after it are not read.
    pub(super) async fn find(mut self, will_do: impl Fn(&T) -> bool) -> Result<Option<T>, Error> {
        while let Some(page) = self.next().await? {
            if let Some(found) = page.into_iter().find(&will_do) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    async fn next(&mut self) -> Result<Option<Vec<T>>, Error> {
        let Some(ask) = self.next.take() else { return Ok(None) };
        if self.read == MOST {
            tracing::warn!(url = %ask.url, "a list on GitHub is longer than we read");
            return Ok(None);
        }
        let answer = self.github.answer(self.who, &ask).await?;
        self.read += 1;
        self.next = match next(&answer) {
            Some(url) if url.origin() != ask.url.origin() => {
                return Err(Error::Astray(url.origin().ascii_serialization()));
            }
            url => url.map(|url| Ask { url, ..ask }),
        };
        self.items(&answer).map(Some)
    }

    fn items(&self, answer: &Answer) -> Result<Vec<T>, Error> {
        let Some(name) = self.under else { return answer.json() };
        let mut whole: Value = answer.json()?;
        serde_json::from_value(whole[name].take()).map_err(|error| Error::unreadable::<T>(&error))
    }
}

/// The `rel="next"` of a `Link` header.
pub(super) fn next(answer: &Answer) -> Option<Url> {
    answer.header("link")?.split(',').find_map(|link| {
        let (target, parameters) = link.split_once(';')?;
        let is_next = parameters.split(';').any(|one| one.trim() == r#"rel="next""#);
        let target = target.trim().strip_prefix('<')?.strip_suffix('>')?;
        is_next.then(|| target.parse().ok())?
    })
}
