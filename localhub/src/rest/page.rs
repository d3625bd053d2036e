//! Long lists in pieces.
//! <https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api>

#![expect(clippy::unnecessary_wraps, reason = "routes end with these, and a route may fail")]

use axum::{
    Json,
    http::header::LINK,
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::call::{Call, Reply};

/// Which piece of a list was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    number: usize,
    size: usize,
}

impl Call {
    pub(crate) fn page(&self) -> Page {
        let asked = |name| self.asked(name).and_then(|text| text.parse::<usize>().ok());
        Page {
            number: asked("page").unwrap_or(1).max(1),
            size: asked("per_page").unwrap_or(30).clamp(1, 100),
        }
    }

    /// The piece of `all` that was asked for, as a plain list.
    pub(crate) fn list<T>(&self, all: Vec<T>, render: impl FnMut(T) -> Value) -> Reply {
        let (page, count) = (self.page(), all.len());
        let items: Vec<Value> = cut(page, all).map(render).collect();
        Ok(self.linked(page, count, Json(items).into_response()))
    }

    /// The piece that was asked for, in an object that also tells how many there are.
    pub(crate) fn counted<T>(
        &self,
        name: &str,
        all: Vec<T>,
        render: impl FnMut(T) -> Value,
    ) -> Result<(Value, Page, usize), super::problem::Problem> {
        let (page, count) = (self.page(), all.len());
        let items: Vec<Value> = cut(page, all).map(render).collect();
        let mut body = serde_json::json!({ "total_count": count });
        body[name] = items.into();
        Ok((body, page, count))
    }

    /// Adds the `Link` header to the other pieces.
    pub(crate) fn linked(&self, page: Page, count: usize, mut response: Response) -> Response {
        let last = count.div_ceil(page.size).max(1);
        let mut links = Vec::new();
        if page.number > 1 {
            links.push((page.number - 1, "prev"));
        }
        if page.number < last {
            links.push((page.number + 1, "next"));
            links.push((last, "last"));
        }
        if page.number > 1 {
            links.push((1, "first"));
        }
        let links: Vec<String> = links
            .into_iter()
            .map(|(number, rel)| {
                format!("<{}>; rel=\"{rel}\"", self.address_with("page", &number.to_string()))
            })
            .collect();
        if let Ok(value) = links.join(", ").parse()
            && !links.is_empty()
        {
            response.headers_mut().insert(LINK, value);
        }
        response
    }

    /// The address of this call with one query parameter changed.
    pub(crate) fn address_with(&self, name: &str, value: &str) -> String {
        let query = self.uri.query().unwrap_or_default();
        let pairs = url::form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key != name);
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .append_pair(name, value)
            .finish();
        self.hub.origin().api(&format!("{}?{query}", self.uri.path().trim_start_matches('/')))
    }
}

fn cut<T>(page: Page, all: Vec<T>) -> impl Iterator<Item = T> {
    all.into_iter().skip((page.number - 1) * page.size).take(page.size)
}
