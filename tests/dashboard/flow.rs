//! "I lead a sprint from the dashboard, from its plan to its end."

use std::collections::BTreeSet;

use serde_json::json;

use crate::browser::Browser;
use crate::demo::{Demo, GLANCE};
use crate::looks::look;

/// A button with these words.
fn button(words: &str) -> String {
    format!("//button[normalize-space()='{words}']")
}

/// How the task of that number stands, on the page of its run.
fn task(number: u32, word: &str) -> String {
    format!(
        "//ul[contains(@class,'tasks')]//li[.//span[@class='nr'][.='T{number}']]//span[contains(@class,'badge')][contains(.,'{word}')]"
    )
}

/// From the first page to a plan: where, which sprint, and what the planner wants to know.
async fn plans(browser: &Browser, demo: &Demo) {
    browser.goes(&demo.team6).await;
    look(browser, "runs-before").await;
    browser.sends("//a[normalize-space()='New run']").await;
    look(browser, "wizard-where").await;
    browser.sends("//a[contains(@class,'choice')][contains(.,'acme/web')]").await;
    look(browser, "wizard-scope").await;
    browser.sends("//a[contains(@href,'/assignments')][contains(.,'Dark mode')]").await;
    look(browser, "wizard-empty").await;
    browser.sends(&button("Make a plan")).await;
    // The planner asks two things, and is answered here.
    let answer = "//div[@data-part='planning']//input[@name='text']";
    browser.sees(answer).await;
    look(browser, "wizard-questions").await;
    while !browser.has("//input[@name='owner-2']").await {
        if browser.has(answer).await {
            browser.writes(&format!("({answer})[1]"), "As you think best").await;
            browser.sends("(//div[@data-part='planning']//button)[1]").await;
        }
    }
}

/// Gives T2 to ada, sees what will happen, approves, and starts.
async fn adjusts_approves_and_starts(browser: &Browser) {
    browser.writes("//input[@name='owner-2']", "ada").await;
    look(browser, "wizard-assignments").await;
    browser.sends(&button("Save, and see what will happen")).await;
    browser.sees("//h2[.='Before it can start']").await;
    look(browser, "wizard-preview").await;
    browser.sends(&button("Approve all I may")).await;
    browser.sees("//h2[.='When you start it']").await;
    look(browser, "wizard-approved").await;
    let sprint = browser
        .script("return document.querySelector('.crumbs a[href^=\"/sprints/\"]').href;")
        .await;
    let here = browser.driver.current_url().await.unwrap().to_string();
    browser.goes(sprint.as_str().unwrap()).await;
    // What the wizard did stands on the sprint's page as well.
    browser.sees("//ul[contains(@class,'changes')]//ins[.='ada']").await;
    look(browser, "sprint-planned").await;
    browser.goes(&here).await;
    browser.sends("//div[@data-part='start']//form//button").await;
    browser.is_at("/runs/").await;
    browser
        .sees("//svg[contains(@class,'waves')] | //*[local-name()='svg'][contains(@class,'waves')]")
        .await;
}

/// Wants to be told of what waits, in this browser.
async fn wants_to_be_told(browser: &Browser, demo: &Demo) {
    let allowed = json!({ "origin": demo.team6, "permissions": ["notifications"] });
    browser.has_done("Browser.grantPermissions", allowed).await;
    browser.goes(&format!("{}/you", demo.team6)).await;
    browser.clicks(&button("Notify me here")).await;
    browser.sees("//button[@aria-pressed='true'][.='Notifying you here; stop']").await;
    browser.goes(&format!("{}/you", demo.team6)).await;
    browser.sees("//button[@aria-pressed='true']").await;
}

/// Begins another sprint, whose milestone is not there yet.
async fn begins_another(browser: &Browser, demo: &Demo) {
    browser.goes(&format!("{}/new?repo=acme%2Fapi", demo.team6)).await;
    if browser.has("//label[contains(.,'A new one')]").await {
        browser.clicks("//label[contains(.,'A new one')]").await;
    }
    browser.writes("//input[@name='title']", "Light mode").await;
    browser.writes("//input[@name='goal']", "Acme by day").await;
    browser.sends(&button("Open and plan")).await;
    browser.is_at("/assignments").await;
    browser.sees("//*[.='generating plan'] | //h2[.='The planner asks first']").await;
}

/// On the page of a pull request at GitHub: merges it.
async fn merges(browser: &Browser, url: &str) {
    browser.goes(url).await;
    browser.sends("//button[@name='method'][@value='merge']").await;
}

/// The pull requests that wait for a review, from the page of the run.
async fn open_pulls(browser: &Browser) -> Vec<String> {
    let script = "return [...document.querySelectorAll('ul.tasks li')]
        .filter((one) => one.querySelector('.badge.k-review') && one.querySelector('a.pull'))
        .map((one) => one.querySelector('a.pull').href);";
    let found = browser.script(script).await;
    found.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_sprint_is_led_from_the_dashboard() {
    let Some(browser) = Browser::open("flow").await else { return };
    let mut demo = Demo::begin(&["--planner"]).await;
    browser.goes(&demo.team6).await;
    look(&browser, "signed-out").await;
    browser.signs_in(&demo.team6, "ada").await;
    wants_to_be_told(&browser, &demo).await;
    plans(&browser, &demo).await;
    adjusts_approves_and_starts(&browser).await;
    let run = browser.driver.current_url().await.unwrap().to_string();
    look(&browser, "run-begun").await;

    browser.sends(&button("Pause")).await;
    browser.sees("//p[@class='facts']//span[contains(@class,'k-paused')]").await;
    look(&browser, "run-paused").await;
    browser.sends(&button("Resume")).await;
    browser.sees(&task(1, "in review")).await;

    talks(&browser, &run).await;
    asks_for_changes(&browser, &run).await;
    survives(&browser, &mut demo, &run).await;
    ends(&browser, &run).await;

    for (page, name) in [
        ("", "runs"),
        ("/agents", "agents"),
        ("/projects", "projects"),
        ("/you", "you"),
        ("/nowhere", "nowhere"),
    ] {
        browser.goes(&format!("{}{page}", demo.team6)).await;
        look(&browser, name).await;
    }
    browser.goes(&format!("{}/projects", demo.team6)).await;
    browser.sends("//a[.='What agents remember']").await;
    browser.writes("//textarea[@name='text']", "Colors live in one place.").await;
    browser.sends(&button("Note it")).await;
    browser
        .sees("//ul[contains(@class,'notes')]//p[contains(.,'Colors live in one place.')]")
        .await;
    look(&browser, "memory").await;
    begins_another(&browser, &demo).await;
    browser.closes().await;
}

/// Tells T1's agent something, and sees how far it is.
async fn talks(browser: &Browser, run: &str) {
    browser.goes(&format!("{run}/tasks/1")).await;
    browser.writes("//form[@id='say']//textarea", "Keep the names short, please.").await;
    browser.sends(&button("Tell it with its next turn")).await;
    browser.sees("//li[contains(@class,'message')][contains(.,'Keep the names short')]").await;
    browser.sees("//p[@data-state='acknowledged']").await;
    look(browser, "task").await;
}

/// Asks for changes in a review, and sees them answered.
async fn asks_for_changes(browser: &Browser, run: &str) {
    let pull = "//section[@data-part='pull']//a[contains(@class,'pull')]";
    browser.sees(pull).await;
    browser.sees("//p[@class='facts']//span[contains(@class,'k-review')]").await;
    browser.clicks(pull).await;
    browser.opens("//summary[.='Review']").await;
    let body = "//details[contains(@class,'review-form')]//textarea[@name='body']";
    browser.writes(body, "Say in one line why.").await;
    browser.sends("//button[@value='REQUEST_CHANGES']").await;
    browser.goes(&format!("{run}/tasks/1")).await;
    let told = "//li[contains(@class,'message')][contains(.,'Say in one line why')]";
    browser.sees(&format!("{told}//p[@data-state='acknowledged']")).await;
    browser.sees("//p[@class='facts']//span[contains(@class,'k-review')]").await;
}

/// The network is cut, the server dies, the page is read again: nothing is lost or doubled.
async fn survives(browser: &Browser, demo: &mut Demo, run: &str) {
    browser.goes(run).await;
    let pull = open_pulls(browser).await.remove(0);
    let stale = "//p[@id='stale']";
    let offline = |is| json!({ "offline": is, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    browser.has_done("Network.enable", json!({})).await;
    browser.has_done("Network.emulateNetworkConditions", offline(true)).await;
    demo.dies();
    browser.sees(stale).await;
    demo.comes_back().await;
    browser.has_done("Network.emulateNetworkConditions", offline(false)).await;
    browser.until("the page hears again", async || !browser.has(stale).await).await;
    browser.script("window.stays = true;").await;
    // As if nothing had waited when the page was opened.
    let listens = "window.told = [];
        const real = window.Notification;
        window.Notification = class extends real {
            constructor(title, more) { super(title, more); window.told.push(more.body); }
        };
        document.body.dataset.waiting = '0';";
    browser.script(listens).await;

    // Somebody merges in another window.
    let here = browser.driver.window().await.unwrap();
    let other = browser.driver.new_tab().await.unwrap();
    browser.driver.switch_to_window(other).await.unwrap();
    merges(browser, &pull).await;
    browser.driver.close_window().await.unwrap();
    browser.driver.switch_to_window(here).await.unwrap();
    browser
        .sees("//ul[contains(@class,'tasks')]//span[contains(@class,'badge')][contains(.,'done')]")
        .await;
    assert_eq!(browser.script("return window.stays;").await, json!(true), "the page stayed");
    browser
        .until("something waits, and the browser says so", async || {
            let told = browser.script("return window.told;").await;
            told[0].as_str().is_some_and(|words| words.contains("for you"))
        })
        .await;
    let entries =
        "return [...document.querySelectorAll('.feed .what')].map((one) => one.textContent);";
    let live = browser.script(entries).await;
    browser.goes(run).await;
    let read = browser.script(entries).await;
    let merged = |entries: &serde_json::Value| {
        let all = entries.as_array().unwrap();
        let is_done = |text: &str| text.ends_with(" is done") && !text.contains("starts");
        all.iter().filter(|one| is_done(one.as_str().unwrap())).count()
    };
    assert_eq!((merged(&live), merged(&read)), (1, 1), "{live}\n{read}");
}

/// Merges what is reviewed, skips the last task after cancelling it, and sees the run completed.
async fn ends(browser: &Browser, run: &str) {
    let last = browser.script("return Math.max(...[...document.querySelectorAll('ul.tasks .nr')].map((one) => +one.textContent.slice(1)));").await;
    let last = last.as_u64().unwrap();
    browser.goes(&format!("{run}/tasks/{last}")).await;
    browser.opens("//summary[.='Cancel…']").await;
    browser.sends(&button("Cancel this task")).await;
    browser.sees("//p[@class='facts']//span[contains(@class,'k-cancelled')]").await;
    browser.opens("//summary[.='Skip…']").await;
    browser.sends(&button("Skip this task")).await;
    browser.sees("//p[@class='facts']//span[contains(@class,'k-skipped')]").await;
    let completed = "//p[@class='facts']//span[contains(@class,'badge')][contains(.,'completed')]";
    browser.goes(run).await;
    look(browser, "run").await;
    let mut merged = BTreeSet::new();
    while !browser.has(completed).await {
        for pull in open_pulls(browser).await {
            // The page may not have heard of the merge yet.
            if merged.insert(pull.clone()) {
                merges(browser, &pull).await;
                browser.goes(run).await;
            }
        }
        tokio::time::sleep(GLANCE).await;
    }
    look(browser, "run-completed").await;
    browser.goes(&format!("{run}/tasks/1")).await;
    look(browser, "task-done").await;
}
