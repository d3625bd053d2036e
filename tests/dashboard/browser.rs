//! A browser, and a person before it.

use std::process::Stdio;
use std::sync::Mutex;
use std::time::Instant;

use serde_json::{Value, json};
use thirtyfour::prelude::*;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::demo::{GLANCE, PATIENCE};

/// A person before a browser.
pub(crate) struct Browser {
    pub(crate) driver: WebDriver,
    /// What keeps people out of the pages that were looked at.
    flaws: Mutex<Vec<String>>,
    /// It ends with this, and would end if nobody held what it says.
    _process: (Child, Lines<BufReader<ChildStdout>>),
}

impl Browser {
    /// Opens one; says that the test is skipped where there is none, and fails if
    /// `TEAM6_TEST_BROWSER` says that there is.
    pub(crate) async fn open(test: &str) -> Option<Self> {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = match command.kill_on_drop(true).spawn() {
            Ok(process) => process,
            Err(error) => {
                let required = std::env::var_os("TEAM6_TEST_BROWSER").is_some();
                assert!(!required, "TEAM6_TEST_BROWSER is set: {error}");
                crate::aloud(&format!("{test}: skipped, because chromedriver: {error}"));
                return None;
            }
        };
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines.next_line().await.unwrap().expect("chromedriver says its port");
            if let Some((_, port)) = line.split_once("successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        let mut wanted = DesiredCapabilities::chrome();
        let options = [
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--hide-scrollbars",
            "--no-first-run",
            "--disable-extensions",
            "--window-size=1280,900",
        ];
        for option in options {
            wanted.add_arg(option).unwrap();
        }
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), wanted).await.unwrap();
        Some(Self { driver, flaws: Mutex::default(), _process: (process, lines) })
    }

    /// Ends; every page that was looked at must have been fit for everybody.
    pub(crate) async fn closes(self) {
        self.driver.quit().await.unwrap();
        let flaws = self.flaws.into_inner().unwrap();
        assert!(flaws.is_empty(), "\n{}", flaws.join("\n"));
    }

    /// Notes what is wrong with a page.
    pub(crate) fn finds(&self, flaws: impl IntoIterator<Item = String>) {
        self.flaws.lock().unwrap().extend(flaws);
    }

    pub(crate) async fn goes(&self, url: &str) {
        self.driver.goto(url).await.unwrap();
    }

    /// Signs in at the dashboard as somebody whom the local GitHub knows.
    pub(crate) async fn signs_in(&self, home: &str, person: &str) {
        self.goes(&format!("{home}/sign-in")).await;
        self.clicks(&format!("//a[contains(., 'Continue as {person}')]")).await;
        self.sees(&format!("//header//a[contains(., '{person}')]")).await;
        // The same person at the local GitHub, which is on the same host.
        self.script(&format!("document.cookie = 'localhub_person={person}; path=/';")).await;
    }

    /// Waits until something is on the page.
    pub(crate) async fn sees(&self, what: &str) {
        self.until(&format!("there is {what}"), async || self.has(what).await).await;
    }

    /// Whether something is on the page now, and can be seen.
    pub(crate) async fn has(&self, what: &str) -> bool {
        for found in self.driver.find_all(By::XPath(what)).await.unwrap_or_default() {
            if found.is_displayed().await.unwrap_or_default() {
                return true;
            }
        }
        false
    }

    /// Clicks on something as soon as it is there and can be clicked; a page that renews itself
    /// may take it away under the finger, and then nothing was clicked.
    pub(crate) async fn clicks(&self, what: &str) {
        self.until(&format!("{what} can be clicked"), async || {
            for found in self.driver.find_all(By::XPath(what)).await.unwrap_or_default() {
                let shown = found.is_displayed().await.unwrap_or_default();
                if shown && found.click().await.is_ok() {
                    return true;
                }
            }
            false
        })
        .await;
    }

    /// Clicks on what sends a form, and waits until the page behind it is there.
    pub(crate) async fn sends(&self, what: &str) {
        self.script("window.isBefore = true;").await;
        self.clicks(what).await;
        self.until(&format!("{what} leads to a page"), async || {
            let is_new = "return !window.isBefore && document.readyState === 'complete';";
            self.driver.execute(is_new, Vec::new()).await.is_ok_and(|it| *it.json() == json!(true))
        })
        .await;
    }

    /// Waits until the page has an address with that in it, and is there.
    pub(crate) async fn is_at(&self, part: &str) {
        self.until(&format!("it leads to {part}"), async || {
            let ready = "return document.readyState === 'complete';";
            let url = self.driver.current_url().await;
            url.is_ok_and(|url| url.as_str().contains(part))
                && self.driver.execute(ready, Vec::new()).await.is_ok()
        })
        .await;
    }

    /// Opens something, unless it is open.
    pub(crate) async fn opens(&self, summary: &str) {
        self.until(&format!("{summary} is open"), async || {
            let open = format!("{summary}/ancestor::details[1][@open]");
            if self.driver.find(By::XPath(open)).await.is_ok() {
                return true;
            }
            if let Ok(found) = self.driver.find(By::XPath(summary)).await {
                let _ = found.click().await;
            }
            false
        })
        .await;
    }

    /// Writes into a field what stands there from now on.
    pub(crate) async fn writes(&self, field: &str, text: &str) {
        self.until(&format!("{field} takes `{text}`"), async || {
            let Ok(found) = self.driver.find(By::XPath(field)).await else { return false };
            found.clear().await.is_ok()
                && found.send_keys(text).await.is_ok()
                && found.prop("value").await.is_ok_and(|value| value.as_deref() == Some(text))
        })
        .await;
    }

    /// Presses keys where the page has its focus.
    pub(crate) async fn presses(&self, keys: impl Into<thirtyfour::TypingData>) {
        self.driver.action_chain().send_keys(keys).perform().await.unwrap();
    }

    /// What a script answers.
    pub(crate) async fn script(&self, script: &str) -> Value {
        self.driver.execute(script, Vec::new()).await.unwrap().json().clone()
    }

    /// Has the browser itself do something.
    pub(crate) async fn has_done(&self, command: &str, how: Value) -> Value {
        self.driver.cdp().send_raw(command, how).await.unwrap()
    }

    /// Waits for something.
    pub(crate) async fn until(&self, what: &str, mut holds: impl AsyncFnMut() -> bool) {
        let begun = Instant::now();
        while !holds().await {
            if PATIENCE < begun.elapsed() {
                let page = self.driver.source().await.unwrap_or_default();
                let url = self.driver.current_url().await.map(String::from).unwrap_or_default();
                panic!("never: {what}, at {url}\n{page}");
            }
            tokio::time::sleep(GLANCE).await;
        }
    }
}
