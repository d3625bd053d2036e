//! "My scripts see and do what I may, with a token that I can end."

use serde_json::json;

use crate::world::{Script, Sprint, Team, Visitor};

async fn two_tasks(team: &Team) -> Sprint<'_> {
    let wishes = plan! { T1 "Name the colors" owner ada; T2 "Add a switch" owner grace after T1; };
    team.sprint("Dark mode", wishes).await
}

#[tokio::test]
async fn a_sprint_is_planned_approved_started_and_watched_by_scripts() {
    let team = Team::new().await;
    let sprint = two_tasks(&team).await;
    let (ada, grace) =
        (team.visitor("ada").await.script().await, team.visitor("grace").await.script().await);
    assert_eq!(ada.asks("/me").await, (200, json!({ "login": "ada" })));
    let id = ada.asks("/sprints").await.1["items"][0]["id"].as_str().unwrap().to_owned();

    assert_eq!(ada.acts(&id, json!({ "act": "plan" })).await.0, 204);
    let second = json!({ "act": "owner", "task": 1, "person": "grace" });
    assert_eq!(ada.acts(&id, second).await.0, 204);
    let (_, plan) = grace.asks(&format!("/sprints/{id}")).await;
    assert_eq!((&plan["version"], &plan["tasks"][0]["owner"]), (&json!(2), &json!("grace")));
    let (_, versions) = grace.asks(&format!("/sprints/{id}/versions")).await;
    assert_eq!((&versions["total"], &versions["items"][0]["version"]), (&json!(2), &json!(2)));
    let (_, changed) = grace.asks(&format!("/sprints/{id}/difference")).await;
    assert_eq!(changed["tasks"][0]["changed"][0]["new"], "grace", "{changed}");

    let all = json!({ "act": "approve", "hash": plan["whole"] });
    assert_eq!(grace.acts(&id, all).await.0, 204);
    let (_, why) = ada.asks(&format!("/sprints/{id}/why")).await;
    let what = &why["why"]["what"];
    assert_eq!(what, "everything is approved, and nobody has started it");
    assert_eq!(ada.acts(&id, json!({ "act": "start" })).await.0, 204);
    team.settles().await;
    assert_eq!(sprint.stands().await, "T1 in review, T2 waits for T1");

    let run = ada.asks("/runs").await.1["items"][0]["id"].as_str().unwrap().to_owned();
    let (_, shown) = ada.asks(&format!("/runs/{run}")).await;
    assert_eq!(shown["waves"][0][0]["badge"]["word"], "in review", "{shown}");
    let task = format!("/runs/{run}/tasks/1");
    assert_eq!(ada.asks(&task).await.1["tries"][0]["attempt"], 1);
    let (_, steps) = ada.asks(&format!("{task}/tries/1/trace?per_page=1")).await;
    assert_eq!((steps["items"].as_array().unwrap().len(), &steps["next_page"]), (1, &json!(2)));
    assert_eq!(ada.asks(&format!("/sprints/{id}/why?task=1")).await.1["why"]["task"], 1);
    team.ends().await;
}

#[tokio::test]
async fn a_token_that_is_ended_and_a_cookie_open_nothing() {
    let team = Team::new().await;
    let visitor = team.visitor("ada").await;
    let ada = visitor.script().await;
    assert_eq!(ada.asks("/me").await.0, 200);
    assert_eq!(visitor.sees("/api/v1/me").await.0, 401, "a browser's cookie is no token");
    let (_, you) = visitor.sees("/you").await;
    assert!(you.contains("nightly") && !you.contains(&ada.token), "it is shown once");

    let row = you.split("nightly").nth(1).unwrap();
    let session = row.split("name=\"session\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    visitor.clicks("/you", "/sign-out", &[("session", session)]).await;

    let (status, problem) = ada.asks("/me").await;
    assert_eq!((status, &problem["title"]), (401, &json!("A token is needed")));
    let mut browser = team.visitor("ada").await.script().await;
    browser.token = "x".repeat(64);
    assert_eq!(browser.asks("/overview").await.0, 401);
    team.ends().await;
}

#[tokio::test]
async fn what_a_script_may_not_do_is_refused_with_reasons() {
    let team = Team::new().await;
    let sprint = two_tasks(&team).await;
    let linus = team.visitor("linus").await.script().await;
    let id = linus.asks("/sprints").await.1["items"][0]["id"].as_str().unwrap().to_owned();
    for act in ["plan", "start", "pause"] {
        let (status, problem) = linus.acts(&id, json!({ "act": act })).await;
        assert_eq!(status, 409, "{problem}");
        let why = problem["reasons"][0]["why"].as_str().unwrap();
        assert!(why.starts_with("only people who can write to this repository"), "{why}");
    }
    let ask = json!({ "act": "ask", "task": 1, "text": "Use blue" });
    assert_eq!(linus.acts(&id, ask).await.0, 409);
    assert_eq!(linus.acts("spr_9_9", json!({ "act": "start" })).await.0, 404);
    for wrong in [json!({ "act": "dance" }), json!({ "act": "skip" }), json!(7)] {
        let (status, problem) = linus.acts(&id, wrong).await;
        assert_eq!((status, &problem["status"]), (400, &json!(400)), "{problem}");
    }
    assert_eq!(linus.asks("/runs?page=0").await.0, 400);
    assert_eq!(linus.asks("/nothing").await.0, 404);
    assert_eq!(sprint.stands().await, "");
    team.ends().await;
}

#[tokio::test]
async fn a_request_that_is_sent_twice_under_a_name_is_obeyed_once() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada; };
    let sprint = team.approved("Dark mode", wishes).await;
    let ada = team.visitor("ada").await.script().await;
    let id = ada.asks("/sprints").await.1["items"][0]["id"].as_str().unwrap().to_owned();
    ada.acts(&id, json!({ "act": "start" })).await;
    for (act, name) in [("pause", "1"), ("resume", "2"), ("pause", "1")] {
        assert_eq!(ada.acts_once(&id, json!({ "act": act }), name).await.0, 204);
    }
    team.settles().await;
    assert!(!sprint.status().await.contains("paused"));
    team.ends().await;
}

#[tokio::test]
async fn the_description_of_the_api_needs_no_token() {
    let team = Team::new().await;
    let stranger = team.stranger().await;
    let (status, text) = stranger.sees("/api/v1/openapi.json").await;
    assert_eq!(status, 200);
    let described: serde_json::Value = serde_json::from_str(&text).unwrap();
    let paths: Vec<_> = described["paths"].as_object().unwrap().keys().collect();
    insta::assert_snapshot!(serde_json::to_string_pretty(&paths).unwrap());
    team.ends().await;
}

/// How every door answers about one sprint, its run and its first task: the status, and what is
/// said where that is nothing.
async fn doors(visitor: &Visitor, script: &Script, sprint: &str, run: &str) -> Vec<(u16, String)> {
    let mut answers = Vec::new();
    let pages = [
        format!("/sprints/{sprint}"),
        format!("/runs/{run}"),
        format!("/runs/{run}/tasks/1"),
        format!("/live?sprint={sprint}"),
        format!("/live?run={run}&task=1"),
        format!("/sprints/{sprint}/assignments"),
        format!("/sprints/{sprint}/preview"),
    ];
    for page in pages {
        let answer = visitor.asks(&page).await;
        let status = answer.status().as_u16();
        // What is there may go on for ever.
        let said = if status == 200 { String::new() } else { answer.text().await.unwrap() };
        answers.push((status, said));
    }
    let scripts = ["", "/versions", "/difference", "/why", "/why?task=1", "/preview"];
    for path in scripts.map(|rest| format!("/sprints/{sprint}{rest}")) {
        answers.push(said(script.asks(&path).await));
    }
    for rest in ["", "/tasks/1", "/tasks/1/tries/1/trace"] {
        answers.push(said(script.asks(&format!("/runs/{run}{rest}")).await));
    }
    answers.push(said(script.acts(sprint, json!({ "act": "pause" })).await));
    answers.push(said(script.starts(sprint).await));
    answers
}

fn said((status, body): (u16, serde_json::Value)) -> (u16, String) {
    (status, if status == 404 { body.to_string() } else { String::new() })
}

#[tokio::test]
async fn who_reads_a_private_sprint_cannot_act_and_who_is_outside_sees_nothing_of_it() {
    let team = Team::new().await;
    team.hides_its_repositories().await;
    let wishes = plan! { T1 "Name the colors" owner ada; };
    let sprint = team.approved("Dark mode", wishes).await;
    sprint.hears("ada", "/team6 start").await;
    let (ada, linus) = (team.visitor("ada").await, team.visitor("linus").await);
    let reader = linus.script().await;
    let listed = ada.script().await.asks("/runs").await.1["items"][0].clone();
    let (id, run) = (listed["sprint"].as_str().unwrap(), listed["id"].as_str().unwrap());

    let seen: Vec<_> = doors(&linus, &reader, id, run).await.into_iter().map(|one| one.0).collect();
    assert_eq!((&seen[..16], &seen[16..]), (&[200; 16][..], &[409; 2][..]));

    // Who is outside gets word for word what there is to say about nothing.
    let eve = team.outsider("eve").await;
    let outside = eve.script().await;
    let nothing = doors(&eve, &outside, "spr_999_9", "run_999_9_9").await;
    assert!(nothing.iter().all(|(status, _)| *status == 404), "{nothing:?}");
    assert_eq!(doors(&eve, &outside, id, run).await, nothing);
    for project in ["acme/web", "acme/nowhere"] {
        let named = project.replace('/', "%2F");
        for page in ["/memory?project=acme".to_owned(), format!("/new?repo={named}")] {
            assert_eq!(eve.sees(&page).await, (404, nothing[0].1.clone()), "{page}");
        }
        let opening = json!({ "repo": project, "milestone": { "number": 1 }, "goal": "Mine" });
        let (status, body) = outside.opens(opening, "").await;
        assert_eq!((status, body.to_string()), (404, nothing[8].1.clone()));
    }
    for page in ["/", "/agents", "/projects", "/new"] {
        let (status, text) = eve.sees(page).await;
        assert!(status == 200 && !text.contains("acme") && !text.contains("Dark mode"), "{text}");
    }
    for list in ["/overview", "/sprints", "/runs", "/agents", "/projects", "/beginnings"] {
        let (status, listed) = outside.asks(list).await;
        assert!(status == 200 && !listed.to_string().contains("acme"), "{listed}");
    }
    team.ends().await;
}
