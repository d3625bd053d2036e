//! "Whatever the API's description allows is answered as it says."

use std::process::Stdio;

use reqwest::{Client, redirect};
use tokio::process::Command;

use crate::demo::Demo;
use crate::installed;

/// A token of ada's, made as a person would make it.
async fn token(demo: &Demo) -> String {
    let none = redirect::Policy::none();
    let http = Client::builder().redirect(none).build().unwrap();
    let leads =
        |answer: &reqwest::Response| answer.headers()["location"].to_str().unwrap().to_owned();
    let mut cookies: Vec<String> = Vec::new();
    let mut next = format!("{}/sign-in", demo.team6);
    for _ in 0..3 {
        let asked = http.get(&next).header("cookie", cookies.join("; ")).send().await.unwrap();
        for set in asked.headers().get_all("set-cookie") {
            cookies.push(set.to_str().unwrap().split(';').next().unwrap().to_owned());
        }
        next = leads(&asked);
        if next.contains("/login/oauth/authorize") {
            next.push_str("&login=ada");
        }
    }
    let cookie = cookies.iter().rfind(|one| one.starts_with("team6=")).unwrap().clone();
    let you = format!("{}/you", demo.team6);
    let page = http.get(&you).header("cookie", &cookie).send().await.unwrap().text().await.unwrap();
    let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let form = [("csrf", csrf), ("name", "schemathesis")];
    let made = http.post(format!("{you}/tokens")).header("cookie", &cookie).form(&form);
    let page = made.send().await.unwrap().text().await.unwrap();
    page.split("<pre class=\"wide\">").nth(1).unwrap().split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn whatever_the_description_allows_is_answered_as_it_says() {
    let Some(folder) = installed("schemathesis") else { return };
    let demo = Demo::begin(&[]).await;
    let token = token(&demo).await;
    let ids = ids(&demo, &token).await;
    let config = tempfile::NamedTempFile::with_suffix(".toml").unwrap();
    std::fs::write(config.path(), format!("[parameters]\n\"path.sprint\" = \"{ids}\"\n")).unwrap();
    let tried = Command::new(folder.join("venv/bin/schemathesis"))
        .args(["--config-file"])
        .arg(config.path())
        .args(["run", &format!("{}/api/v1/openapi.json", demo.team6)])
        .args(["--url", &demo.team6, "--no-color", "--seed", "1", "--max-examples", "15"])
        .args(["--phases", "examples,coverage,fuzzing", "--workers", "2"])
        .args(["--generation-deterministic", "--request-timeout", "60"])
        .args(["--suppress-health-check", "all"])
        .args([
            "--checks",
            "not_a_server_error,status_code_conformance,content_type_conformance,\
             response_schema_conformance,response_headers_conformance,unsupported_method,\
             ignored_auth",
        ])
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .env("HOME", config.path().parent().unwrap())
        .current_dir(config.path().parent().unwrap())
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&[tried.stdout, tried.stderr].concat()).into_owned();
    assert!(tried.status.success(), "{said}");
    crate::aloud(said.lines().rev().take(12).collect::<Vec<_>>().join("\n").as_str());
}

/// The sprint of the demo.
async fn ids(demo: &Demo, token: &str) -> String {
    let url = format!("{}/api/v1/sprints", demo.team6);
    let http = Client::new();
    let begun = std::time::Instant::now();
    loop {
        let listed = http.get(&url).bearer_auth(token).send().await.unwrap();
        let listed: serde_json::Value = listed.json().await.unwrap();
        if let Some(id) = listed["items"][0]["id"].as_str() {
            return id.to_owned();
        }
        assert!(begun.elapsed() < crate::demo::PATIENCE, "no sprint: {listed}");
        tokio::time::sleep(crate::demo::GLANCE).await;
    }
}
