//! "I have no mouse."

use thirtyfour::Key;

use crate::browser::Browser;
use crate::demo::Demo;

/// What has the focus: its words, or what it is called.
const FOCUS: &str = "const one = document.activeElement;
    return (one.getAttribute('aria-label') ?? one.textContent).trim();";

impl Browser {
    /// Goes with the tab key to what has these words, and presses enter.
    async fn tabs_to(&self, words: &str) {
        self.until(&format!("the tab key leads to `{words}`"), async || {
            self.presses(Key::Tab).await;
            let said = self.driver.execute(FOCUS, Vec::new()).await;
            said.is_ok_and(|said| said.json().as_str() == Some(words))
        })
        .await;
        self.script("window.isBefore = true;").await;
        self.presses(Key::Enter).await;
    }

    async fn leads_on(&self) {
        self.until("there is another page", async || {
            let is_new = "return !window.isBefore && document.readyState === 'complete';";
            let said = self.driver.execute(is_new, Vec::new()).await;
            said.is_ok_and(|said| said.json().as_bool() == Some(true))
        })
        .await;
    }
}

#[tokio::test]
async fn a_sprint_is_planned_started_paused_and_ended_by_keyboard_alone() {
    let Some(browser) = Browser::open("keyboard").await else { return };
    let demo = Demo::begin(&[]).await;
    browser.goes(&demo.team6).await;
    for words in ["Sign in with GitHub", "Continue as ada", "Dark mode"] {
        browser.tabs_to(words).await;
        browser.leads_on().await;
    }
    for words in ["Assign and preview", "Make a plan", "Save, and see what will happen"] {
        browser.tabs_to(words).await;
        browser.leads_on().await;
    }
    browser.tabs_to("Approve all I may").await;
    browser.leads_on().await;
    let warned = browser.has("//button[.='Start despite the warnings']").await;
    let start = if warned { "Start despite the warnings" } else { "Start the sprint" };
    browser.tabs_to(start).await;
    browser.is_at("/runs/").await;
    for words in ["Pause", "Resume"] {
        browser.tabs_to(words).await;
        browser.leads_on().await;
    }
    browser.tabs_to("Cancel…").await;
    browser.tabs_to("Cancel this run").await;
    browser.leads_on().await;
    browser.sees("//p[@class='facts']//span[contains(@class,'k-cancelled')]").await;
    browser.closes().await;
}
