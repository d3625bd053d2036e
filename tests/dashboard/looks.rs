//! What pages look like, and whether everybody can use them: light and dark, wide and on a phone.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::browser::Browser;

/// Where pictures are kept.
fn pictures() -> PathBuf {
    let chosen = std::env::var_os("TEAM6_TEST_PICTURES").map(PathBuf::from);
    let folder = chosen.unwrap_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages"));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Looks at the page in every way, keeps pictures of it, and has axe-core find what keeps people
/// out, where that is installed.
pub(crate) async fn look(browser: &Browser, name: &str) {
    let mut wrong = Vec::new();
    for (size, width, height) in [("wide", 1280, 900), ("phone", 390, 844)] {
        for scheme in ["light", "dark"] {
            let how = json!({
                "features": [
                    { "name": "prefers-color-scheme", "value": scheme },
                    { "name": "prefers-reduced-motion", "value": "reduce" },
                ]
            });
            browser.has_done("Emulation.setEmulatedMedia", how).await;
            let how = json!({
                "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false
            });
            browser.has_done("Emulation.setDeviceMetricsOverride", how).await;
            keep(browser, &format!("{name}-{size}-{scheme}")).await;
            wrong.extend(flaws(browser).await.iter().map(|one| format!("{size} {scheme}: {one}")));
            let beside = "return document.documentElement.scrollWidth - innerWidth;";
            let beside = browser.script(beside).await.as_i64().unwrap();
            if 0 < beside {
                wrong.push(format!("{size}: the page is {beside} pixels too wide"));
            }
        }
    }
    browser.has_done("Emulation.clearDeviceMetricsOverride", json!({})).await;
    browser.has_done("Emulation.setEmulatedMedia", json!({ "features": [] })).await;
    browser.finds(wrong.iter().map(|one| format!("{name} {one}")));
}

/// Keeps a picture of the page.
pub(crate) async fn keep(browser: &Browser, name: &str) {
    let how = json!({ "format": "png", "captureBeyondViewport": true });
    let shot = browser.has_done("Page.captureScreenshot", how).await;
    let bytes = STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
    std::fs::write(pictures().join(format!("{name}.png")), bytes).unwrap();
}

/// What axe-core finds, each in a line.
async fn flaws(browser: &Browser) -> Vec<String> {
    let Some(folder) = std::env::var_os("TEAM6_TEST_DASHBOARD") else { return Vec::new() };
    let file = PathBuf::from(folder).join("node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(file).unwrap();
    browser.script(&format!("if (!window.axe) {{ {axe} }}")).await;
    let ask = "const done = arguments[arguments.length - 1];
        axe.run(document, { resultTypes: ['violations'] }).then(
            (found) => done(found.violations.map((one) => one.id + ': ' + one.help + ' — '
                + one.nodes.map((node) => node.html.slice(0, 200) + ' ' + (node.any[0]?.message ?? '')).join('; '))),
            (error) => done(['axe-core: ' + error]));";
    let found = browser.driver.execute_async(ask, Vec::new()).await.unwrap();
    let found: Vec<Value> = found.json().as_array().cloned().unwrap_or_default();
    found.iter().map(|one| one.as_str().unwrap_or("?").to_owned()).collect()
}
