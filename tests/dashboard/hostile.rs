//! "Whatever people and agents write, it stays text": titles, comments, file names, what agents say.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::demo::{Demo, GLANCE, PATIENCE};
use crate::looks::keep;

/// What would like to be more than text. Who gets that far says so in `window.hacked`.
fn table() -> Vec<String> {
    let mut all: Vec<String> = [
        "<script>window.hacked=1</script>",
        "<img src=x onerror=\"window.hacked=2\">",
        "\"><svg onload='window.hacked=3'>",
        "</title></textarea></style></script><script>window.hacked=4</script>",
        "[click](javascript:window.hacked=5) javascript:window.hacked=5 {{7*7}} ${7*7}",
        "' autofocus onfocus='window.hacked=6' x='\u{202e}desrever\u{2066}",
    ]
    .map(str::to_owned)
    .to_vec();
    // Nothing to break a line at, and nothing that stays on its line.
    all[4] += &"W".repeat(160);
    let many = "\u{335}\u{321}".repeat(40);
    all[5].extend([" Z", &many, "algo"]);
    all
}

/// People at the local GitHub, by its REST API.
struct Desk {
    api: String,
    tokens: Value,
    sprint: i64,
    http: reqwest::Client,
}

impl Desk {
    fn at(demo: &Demo) -> Self {
        let said = demo.said();
        Self {
            api: said["api"].as_str().unwrap().trim_end_matches('/').to_owned(),
            tokens: said["users"].clone(),
            sprint: said["sprint_issue"].as_i64().unwrap(),
            http: reqwest::Client::new(),
        }
    }

    async fn asks(&self, who: &str, method: reqwest::Method, path: &str, body: &Value) -> Value {
        let sent = self.http.request(method.clone(), format!("{}{path}", self.api));
        let sent = sent.bearer_auth(self.tokens[who].as_str().unwrap()).json(body);
        let answer = sent.header("user-agent", "desk").send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    async fn reads(&self, path: &str) -> Value {
        self.asks("ada", reqwest::Method::GET, path, &Value::Null).await
    }

    async fn changes(&self, path: &str, body: &Value) {
        self.asks("ada", reqwest::Method::PATCH, path, body).await;
    }

    async fn says(&self, who: &str, text: &str) {
        let path = format!("/repos/acme/web/issues/{}/comments", self.sprint);
        self.asks(who, reqwest::Method::POST, &path, &json!({ "body": text })).await;
    }

    async fn comments(&self) -> Vec<Value> {
        let path = format!("/repos/acme/web/issues/{}/comments?per_page=100", self.sprint);
        self.reads(&path).await.as_array().cloned().unwrap_or_default()
    }

    /// Waits for a comment, and answers the last of its kind.
    async fn sees(&self, part: &str) -> Value {
        let begun = std::time::Instant::now();
        loop {
            let all = self.comments().await;
            let found = all.iter().rfind(|one| one["body"].as_str().unwrap().contains(part));
            if let Some(found) = found {
                return found.clone();
            }
            assert!(begun.elapsed() < PATIENCE, "never `{part}`: {all:#?}");
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Everything that has a title or a name gets one of the table.
    async fn renames(&self) {
        let table = table();
        let issues = self.reads("/repos/acme/web/issues?state=all&per_page=100").await;
        let all = table.join("\n\n");
        for (issue, text) in issues.as_array().unwrap().iter().zip(table.iter().cycle()) {
            let path = format!("/repos/acme/web/issues/{}", issue["number"]);
            self.changes(&path, &json!({ "title": text, "body": all })).await;
        }
        let milestone = issues[0]["milestone"]["number"].as_i64().unwrap();
        let path = format!("/repos/acme/web/milestones/{milestone}");
        self.changes(&path, &json!({ "title": table[1] })).await;
        let name = "docs/%3Cimg%20src=x%20onerror=%22window.hacked=7%22%3E.md";
        let file = json!({ "message": table[0], "content": "aGk=" });
        let path = format!("/repos/acme/web/contents/{name}");
        self.asks("ada", reqwest::Method::PUT, &path, &file).await;
    }

    async fn approves(&self) {
        for who in ["ada", "grace"] {
            let plan = self.sees("<!-- team6:plan ").await;
            let ticked = plan["body"].as_str().unwrap().replace("- [ ]", "- [x]");
            let path = format!("/repos/acme/web/issues/comments/{}", plan["id"]);
            self.asks(who, reqwest::Method::PATCH, &path, &json!({ "body": ticked })).await;
        }
    }
}

/// Opens a page in both sizes: nothing may have run, come in, or grown beyond the window. Where a page tells of the
/// sprint, the texts stand there, and a picture of it is kept under this name.
async fn stays_text(browser: &Browser, url: &str, name: Option<&str>) {
    for (width, height) in [(1280, 900), (390, 844)] {
        let how =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        browser.has_done("Emulation.setDeviceMetricsOverride", how).await;
        browser.goes(url).await;
        let asked = "return {
            hacked: window.hacked ?? null,
            beside: document.documentElement.scrollWidth - innerWidth,
            scripts: document.querySelectorAll('script:not([src])').length,
            handlers: [...document.querySelectorAll('*')].filter((one) =>
                [...one.attributes].some((it) => it.name.startsWith('on')
                    || /^\\s*javascript:/i.test(it.value))).length,
            images: document.querySelectorAll('img[src=x]').length,
            tells: document.body.textContent.includes('window.hacked='),
        };";
        let mut found = browser.script(asked).await;
        if name.is_none() {
            found["tells"] = json!(true);
        }
        let sound = json!({
            "hacked": null, "beside": 0, "scripts": 0, "handlers": 0, "images": 0, "tells": true,
        });
        if found != sound {
            browser.finds([format!("{url} at {width}: {found}")]);
        }
        if let Some(name) = name {
            keep(browser, &format!("hostile-{name}-{width}")).await;
        }
    }
}

#[tokio::test]
async fn what_people_and_agents_write_stays_text_on_every_page() {
    let Some(browser) = Browser::open("hostile").await else { return };
    let demo = Demo::begin(&[]).await;
    let desk = Desk::at(&demo);
    desk.renames().await;
    desk.says("ada", "/team6 plan").await;
    desk.sees("<!-- team6:plan ").await;
    browser.signs_in(&demo.team6, "ada").await;
    let sprint = format!("{}/sprints/{}", demo.team6, hrefs(&browser, &demo, "/sprints/").await);
    for (page, name) in [("", "sprint"), ("/assignments", "assignments"), ("/preview", "preview")] {
        stays_text(&browser, &format!("{sprint}{page}"), Some(name)).await;
    }
    desk.approves().await;
    desk.says("ada", "/team6 start --despite-warnings").await;
    desk.sees("<!-- team6:status ").await;
    let run = format!("{}/runs/{}", demo.team6, hrefs(&browser, &demo, "/runs/").await);
    let first = format!("{run}/tasks/1");
    browser.goes(&first).await;
    for text in table() {
        desk.says("ada", &format!("/team6 ask T1 \"{}?\"", text.replace('"', "''"))).await;
    }
    browser.sees("//li[contains(@class,'message')][contains(.,'window.hacked=4')]").await;
    browser.sees("//div[@class='reply'] | //div[contains(@class,'entry')]").await;
    for (page, name) in [("", "run"), ("/tasks/1", "task"), ("/tasks/2", "second")] {
        stays_text(&browser, &format!("{run}{page}"), Some(name)).await;
    }
    for (page, name) in [
        ("/", Some("runs")),
        ("/new?repo=acme%2Fweb", None),
        ("/agents", None),
        ("/projects", None),
        ("/nowhere?x=<script>window.hacked=8</script>", None),
    ] {
        stays_text(&browser, &format!("{}{page}", demo.team6), name).await;
    }
    browser.closes().await;
}

/// The id in the first link of the front page that leads there.
async fn hrefs(browser: &Browser, demo: &Demo, to: &str) -> String {
    browser.goes(&demo.team6).await;
    browser.sees(&format!("//a[contains(@href,'{to}')]")).await;
    let script = format!("return document.querySelector('a[href^=\"{to}\"]').pathname;");
    let path = browser.script(&script).await;
    path.as_str().unwrap().split('/').nth(2).unwrap().to_owned()
}
