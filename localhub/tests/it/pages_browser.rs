//! Somebody at a browser: pages, forms, and one cookie.

use reqwest::{
    StatusCode,
    header::{COOKIE, HeaderMap, LOCATION, ORIGIN},
    redirect::Policy,
};

use crate::world::World;

/// A browser in which one is acting as somebody.
pub(crate) struct Browser {
    http: reqwest::Client,
    origin: String,
    cookie: String,
}

/// What is on the screen.
pub(crate) struct Screen {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) html: String,
}

impl Screen {
    #[track_caller]
    pub(crate) fn shows(&self, words: &str) {
        assert!(self.html.contains(words), "no `{words}` in\n{}", self.html);
    }

    #[track_caller]
    pub(crate) fn hides(&self, words: &str) {
        assert!(!self.html.contains(words), "there is `{words}` in\n{}", self.html);
    }

    /// The value of the first hidden field with this name after some words.
    #[track_caller]
    pub(crate) fn field(&self, after: &str, name: &str) -> String {
        let rest = &self.html[self.html.find(after).expect("the words are on the page")..];
        let start = format!("name=\"{name}\" value=\"");
        let rest = rest.split_once(&start).expect("the field is on the page").1;
        let value = rest.split_once('"').unwrap().0;
        value
            .replace("&#34;", "\"")
            .replace("&#39;", "'")
            .replace("&#60;", "<")
            .replace("&#62;", ">")
            .replace("&#38;", "&")
    }
}

impl Browser {
    pub(crate) fn of(world: &World, login: &str) -> Self {
        let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        let cookie = format!("localhub_person={login}");
        Self { http, origin: world.origin.clone(), cookie }
    }

    pub(crate) async fn open(&self, path: &str) -> Screen {
        let request = self.http.get(format!("{}{path}", self.origin)).header(COOKIE, &self.cookie);
        Self::screen(request).await
    }

    /// Sends a form and follows to the page it leads to.
    pub(crate) async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Screen {
        let sent = self.send_from(&self.origin, path, fields).await;
        match sent.headers.get(LOCATION) {
            Some(to) => self.open(to.to_str().unwrap()).await,
            None => sent,
        }
    }

    /// Sends a form as a page of another site would.
    pub(crate) async fn send_from(
        &self,
        origin: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Screen {
        let request = self.http.post(format!("{}{path}", self.origin)).form(fields);
        Self::screen(request.header(COOKIE, &self.cookie).header(ORIGIN, origin)).await
    }

    async fn screen(request: reqwest::RequestBuilder) -> Screen {
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        Screen { status, headers, html: answer.text().await.unwrap() }
    }
}
