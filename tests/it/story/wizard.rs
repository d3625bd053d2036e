//! "I lead a sprint from nothing to its start on the dashboard, and my team follows it on GitHub."

use serde_json::json;

use crate::world::{Sprint, Team, Visitor};

/// Follows a launch until it leads somewhere; that address, or the page that says why not.
async fn lands(team: &Team, visitor: &Visitor, launch: &str) -> Result<String, String> {
    team.settles().await;
    let answer = visitor.asks(launch).await;
    match answer.headers().get("location") {
        Some(there) => Ok(there.to_str().unwrap().to_owned()),
        None => Err(answer.text().await.unwrap()),
    }
}

/// What a form on a page leads to.
async fn sends(visitor: &Visitor, page: &str, action: &str, fields: &[(&str, &str)]) -> String {
    let answer = visitor.clicked(page, action, fields).await;
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
    answer.headers()["location"].to_str().unwrap().to_owned()
}

fn whole(page: &str) -> String {
    let rest = page.split_once("name=\"hash\" value=\"").expect("something to approve").1;
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_sprint_is_opened_filled_approved_and_started_by_the_wizard() {
    let team = Team::new().await;
    let ada = team.visitor("ada").await;
    assert!(ada.sees("/").await.1.contains("href=\"/new\""));
    let (_, scope) = ada.sees("/new").await;
    assert!(scope.contains("/new?repo=acme%2Fweb") && scope.contains("/new?repo=acme%2Fdocs"));

    let fields = [
        ("repo", "acme/web"),
        ("milestone", "new"),
        ("title", "Dark mode"),
        ("goal", "Read at night"),
        ("text", "It blinds people. @everybody"),
    ];
    let launch = sends(&ada, "/new?repo=acme/web", "/new", &fields).await;
    let page = lands(&team, &ada, &launch).await.unwrap_err();
    assert!(page.contains("The milestone has no open issues besides this one"), "{page}");
    assert_ne!(sends(&ada, "/new?repo=acme/web", "/new", &fields).await, launch);
    team.settles().await;
    let sprint = Sprint::whose_goal_is(&team, "Read at night").await;
    assert!(sprint.goal().await.contains("Opened by ada from the dashboard"));

    let page = page.split("href=\"/sprints/").nth(1).unwrap().split('"').next().unwrap();
    let tasks = format!("/sprints/{page}");
    let home = tasks.trim_end_matches("/assignments").to_owned();
    let add = format!("{home}/tasks");
    let first = [("title", "Name the \"colors\""), ("owner", "@ada"), ("agent", "")];
    sends(&ada, &tasks, &add, &first).await;
    let second = [("title", "Add a switch"), ("owner", ""), ("after", "T1")];
    sends(&ada, &tasks, &add, &second).await;
    let (_, preview) = ada.sees(&format!("{home}/preview")).await;
    assert!(preview.contains("T2 has no owner"), "{preview}");
    assert!(preview.contains("T1 and T2 are not approved"), "{preview}");

    let owners = [("owner-1", "ada"), ("owner-2", "grace"), ("then", "preview")];
    let there = sends(&ada, &tasks, &format!("{home}/assignments"), &owners).await;
    assert_eq!(there, format!("{home}/preview"));
    let (_, preview) = ada.sees(&there).await;
    assert!(preview.contains("T1 begins at once"), "{preview}");
    let approve = [("act", "approve"), ("hash", &whole(&preview))];
    sends(&ada, &there, &format!("{home}/act"), &approve).await;
    team.settles().await;
    assert_eq!(sprint.approvals().await, "T1 by ada, T2 by ada");

    let launch = sends(&ada, &there, &format!("{home}/launch"), &[]).await;
    let run = lands(&team, &ada, &launch).await.unwrap();
    assert!(run.starts_with("/runs/run_"), "{run}");
    assert_eq!(sprint.stands().await, "T1 in review, T2 waits for T1");
    assert!(sprint.plan().await.contains("Add a switch"), "GitHub shows the same plan");
    team.ends().await;
}

#[tokio::test]
async fn what_a_comment_planned_the_wizard_goes_on_with_and_the_other_way_round() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada; T2 "Add a switch" owner grace after T1; };
    let sprint = team.sprint("Dark mode", wishes).await;
    sprint.hears("ada", "/team6 plan").await;
    let ada = team.visitor("ada").await;
    let (_, scope) = ada.sees("/new?repo=acme/web").await;
    let id = scope.split("href=\"/sprints/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let home = format!("/sprints/{id}");
    let tasks = format!("{home}/assignments");

    let both = [("owner-1", "grace"), ("owner-2", "mary"), ("agent-1", "frontend")];
    sends(&ada, &tasks, &tasks, &both).await;
    team.settles().await;
    let plan = sprint.plan().await;
    assert!(plan.contains("version 2") && plan.contains("mary"), "one change: {plan}");
    let wrong = [("owner-1", "ada"), ("owner-2", "linus")];
    let (status, said) = ada.clicks(&tasks, &tasks, &wrong).await;
    assert_eq!(status, 409);
    assert!(said.contains("Linus cannot write to acme/web") || said.contains("linus"), "{said}");
    sprint.hears("ada", "/team6 owner T2 @grace").await;
    let (_, page) = ada.sees(&tasks).await;
    assert!(
        page.contains(
            "name=\"owner-1\" list=\"people\" maxlength=\"60\" autocomplete=\"off\" value=\"grace\""
        ),
        "none of the two: {page}"
    );
    assert!(page.contains("<option value=\"mary\">") && !page.contains("<option value=\"linus\">"));
    sends(&ada, &tasks, &tasks, &[("drop", "2")]).await;
    team.settles().await;
    assert_eq!(sprint.tasks().await, "T1");
    team.ends().await;
}

#[tokio::test]
async fn who_only_reads_looks_on_and_opens_and_starts_nothing() {
    let team = Team::new().await;
    let sprint = team.approved("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    let linus = team.visitor("linus").await;
    assert!(!linus.sees("/").await.1.contains("href=\"/new\""));
    let (_, scope) = linus.sees("/new").await;
    assert!(scope.contains("no repository here that you can write to"), "{scope}");
    assert_eq!(linus.sees("/new?repo=acme/web").await.0, 404);
    let id = linus.script().await.asks("/sprints").await.1["items"][0]["id"].clone();
    let home = format!("/sprints/{}", id.as_str().unwrap());
    assert!(!linus.sees(&format!("{home}/preview")).await.1.contains("Start the sprint"));
    assert!(!linus.sees(&format!("{home}/assignments")).await.1.contains("Save"));

    let new = [("repo", "acme/web"), ("milestone", "new"), ("title", "Mine"), ("goal", "Mine")];
    assert_eq!(linus.clicks("/you", "/new", &new).await.0, 409);
    assert_eq!(linus.clicks("/you", &format!("{home}/launch"), &[]).await.0, 409);
    let other = [("repo", "acme/vault"), ("milestone", "1"), ("goal", "Mine")];
    assert_eq!(linus.clicks("/you", "/new", &other).await.0, 404);
    let assign = [("owner-1", "linus")];
    assert_eq!(linus.clicks("/you", &format!("{home}/assignments"), &assign).await.0, 409);
    assert_eq!(sprint.stands().await, "");
    team.ends().await;
}

#[tokio::test]
async fn a_script_takes_the_same_way_and_a_launch_survives_a_restart() {
    let team = Team::new().await;
    let ada = team.visitor("ada").await.script().await;
    let (_, places) = ada.asks("/beginnings").await;
    assert_eq!(places["repositories"].as_array().unwrap().len(), 3, "{places}");
    let wish = json!({
        "repo": "acme/api", "milestone": { "title": "Dark mode" }, "goal": "Serve the theme",
    });
    let (status, begun) = ada.opens(wish.clone(), "night").await;
    assert_eq!((status, &begun["is_start"]), (202, &json!(false)), "{begun}");
    team.restarts().await;
    let ada = team.visitor("ada").await.script().await;
    assert_eq!(ada.opens(wish, "night").await.1["id"], begun["id"], "sent twice, it is one");
    team.settles().await;

    let launch = format!("/launches/{}", begun["id"].as_str().unwrap());
    let (_, done) = ada.asks(&launch).await;
    assert_eq!(done["stage"], "refused", "there was nothing to plan: {done}");
    let id = done["sprint"].as_str().unwrap().to_owned();
    let add = json!({ "act": "add", "title": "Store it", "owner": "ada" });
    assert_eq!(ada.acts(&id, add).await.0, 204);
    let (_, preview) = ada.asks(&format!("/sprints/{id}/preview")).await;
    assert_eq!(preview["errors"][0]["why"], "T1 is not approved", "{preview}");
    let all = json!({ "act": "approve", "hash": preview["whole"] });
    assert_eq!(ada.acts(&id, all).await.0, 204);
    let (_, started) = ada.starts(&id).await;
    team.settles().await;
    let launch = format!("/launches/{}", started["id"].as_str().unwrap());
    let (_, done) = ada.asks(&launch).await;
    assert_eq!(done["stage"], "done", "{done}");
    assert!(done["run"].as_str().unwrap().starts_with("run_"));
    let grace = team.visitor("grace").await.script().await;
    assert_eq!(grace.asks(&launch).await.0, 404, "it is ada's");
    team.ends().await;
}
