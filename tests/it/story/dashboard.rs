//! "I see on the dashboard what waits for me, and do there what I could do by comment."

use team6::github::Conclusion;

use crate::world::{Provider, Sprint, Team, Visitor};

/// What is in a page between two texts.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    page.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map_or("", |(text, _)| text)
}

/// The address of the first link that begins like this.
fn link(page: &str, begins: &str) -> String {
    let found = between(page, &format!("href=\"{begins}"), "\"");
    assert!(!found.is_empty(), "no link to {begins} on\n{page}");
    format!("{begins}{found}")
}

async fn sprint_page(visitor: &Visitor) -> String {
    link(&visitor.sees("/").await.1, "/sprints/")
}

async fn two_tasks(team: &Team) -> Sprint<'_> {
    let wishes = plan! { T1 "Name the colors" owner ada; T2 "Add a switch" owner grace after T1; };
    team.approved("Dark mode", wishes).await
}

#[tokio::test]
async fn who_is_not_signed_in_sees_nothing_but_the_way_in() {
    let team = Team::new().await;
    team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    let stranger = team.stranger().await;

    let (status, page) = stranger.sees("/").await;
    assert_eq!(status, 200);
    assert!(page.contains("Sign in with GitHub") && !page.contains("Dark mode"), "{page}");
    for path in ["/agents", "/projects", "/you", "/runs/run_1_1_1", "/sprints/spr_1_1", "/live"] {
        let answer = stranger.asks(path).await;
        assert_eq!(answer.status(), 303, "{path}");
        assert!(answer.headers()["location"].to_str().unwrap().starts_with("/welcome?back="));
    }
    assert_eq!(stranger.posts("/sprints/spr_1_1/act", &[("act", "start")]).await.0, 403);
    team.ends().await;
}

#[tokio::test]
async fn a_sprint_is_planned_approved_started_and_watched_from_the_pages() {
    let team = Team::new().await;
    let sprint = team
        .sprint(
            "Dark mode",
            plan! { T1 "Name the colors" owner ada; T2 "Add a switch" owner grace after T1; },
        )
        .await;
    let (ada, grace) = (team.visitor("ada").await, team.visitor("grace").await);
    let page = sprint_page(&ada).await;
    let act = format!("{page}/act");

    assert_eq!(ada.clicks(&page, &act, &[("act", "plan")]).await.0, 303);
    team.settles().await;
    assert_eq!(sprint.tasks().await, "T1, T2");
    let (_, plan) = grace.sees(&page).await;
    assert!(plan.contains("0 of 2") && plan.contains("Add a switch"), "{plan}");

    let second = between(&plan, "name=\"pick\" value=\"approve 2", "\"");
    let second = [("act", "pick"), ("pick", &format!("approve 2{second}"))];
    assert_eq!(grace.clicks(&page, &act, &second).await.0, 303);
    let (_, plan) = ada.sees(&page).await;
    let whole = between(&plan, "name=\"hash\" value=\"", "\"").to_owned();
    assert_eq!(ada.clicks(&page, &act, &[("act", "approve"), ("hash", &whole)]).await.0, 303);
    team.settles().await;
    assert_eq!(sprint.approvals().await, "T1 by ada, T2 by grace");

    assert_eq!(ada.clicks(&page, &act, &[("act", "start")]).await.0, 303);
    team.settles().await;
    assert_eq!(sprint.stands().await, "T1 in review, T2 waits for T1");
    let (_, runs) = ada.sees("/").await;
    assert!(between(&runs, "Needs you", "</section>").contains("Review and merge T1"), "{runs}");
    let (_, runs) = grace.sees("/").await;
    assert!(!runs.contains("id=\"needs-you\""), "{runs}");

    sprint.merges("ada", "T1").await;
    let run = link(&runs, "/runs/");
    let run = run.split("/tasks").next().unwrap();
    let (_, shown) = grace.sees(run).await;
    assert!(
        shown.contains("1 of 2") && shown.contains("<title>T1 Name the colors, done, ada</title>"),
        "{shown}"
    );
    let (_, task) = grace.sees(&format!("{run}/tasks/1")).await;
    assert!(task.contains("What the agent said and did"), "{task}");
    team.ends().await;
}

#[tokio::test]
async fn what_a_person_may_not_do_by_comment_they_may_not_do_here() {
    let team = Team::new().await;
    let sprint = two_tasks(&team).await;
    let (ada, linus) = (team.visitor("ada").await, team.visitor("linus").await);
    let page = sprint_page(&ada).await;
    let act = format!("{page}/act");

    let (_, seen) = linus.sees(&page).await;
    assert!(seen.contains("Name the colors") && !seen.contains("<form"), "{seen}");
    let csrf = between(&linus.sees("/you").await.1, "name=\"csrf\" value=\"", "\"").to_owned();
    for wish in ["plan", "start", "pause", "cancel"] {
        let fields = [("csrf", csrf.as_str()), ("once", wish), ("act", wish)];
        let (status, said) = linus.posts(&act, &fields).await;
        assert_eq!(status, 409, "{wish}");
        assert!(said.contains("Only people who can write to this repository"), "{said}");
    }
    let forged = [("csrf", "guessed"), ("once", "1"), ("act", "start")];
    assert_eq!(ada.posts(&act, &forged).await.0, 403);
    assert_eq!(
        ada.posts("/sprints/spr_999_1/act", &[("csrf", &csrf), ("once", "1"), ("act", "start")])
            .await
            .0,
        403
    );
    team.settles().await;
    assert_eq!(sprint.stands().await, "", "nothing was started");
    team.ends().await;
}

#[tokio::test]
async fn a_form_that_is_sent_twice_does_it_once() {
    let team = Team::new().await;
    let sprint = two_tasks(&team).await;
    let ada = team.visitor("ada").await;
    let page = sprint_page(&ada).await;
    let act = format!("{page}/act");
    ada.clicks(&page, &act, &[("act", "start")]).await;
    team.settles().await;
    let csrf = between(&ada.sees("/you").await.1, "name=\"csrf\" value=\"", "\"").to_owned();

    let pause = [("csrf", csrf.as_str()), ("once", "7"), ("act", "pause")];
    let resume = [("csrf", csrf.as_str()), ("once", "8"), ("act", "resume")];
    for form in [pause, resume, pause] {
        assert_eq!(ada.posts(&act, &form).await.0, 303);
    }

    team.settles().await;
    assert!(!sprint.status().await.contains("paused"), "{}", sprint.status().await);
    team.ends().await;
}

#[tokio::test]
async fn a_session_that_is_ended_is_over() {
    let team = Team::new().await;
    let (ada, other) = (team.visitor("ada").await, team.visitor("ada").await);
    let (_, you) = ada.sees("/you").await;
    assert_eq!(you.matches("name=\"session\"").count(), 2, "{you}");

    assert_eq!(other.clicks("/you", "/sign-out", &[]).await.0, 303);

    assert_eq!(other.sees("/agents").await.0, 303);
    assert_eq!(ada.sees("/agents").await.0, 200);
    team.ends().await;
}

#[tokio::test]
async fn a_way_in_that_somebody_else_began_leads_nowhere() {
    let team = Team::new().await;
    let (ada, mallory) = (team.stranger().await, team.stranger().await);
    assert_eq!(ada.sees("/sign-in").await.0, 303);
    let begun = mallory.asks("/sign-in").await;
    let state = between(begun.headers()["location"].to_str().unwrap(), "state=", "&").to_owned();

    let (status, page) = ada.sees(&format!("/sign-in/callback?code=x&state={state}")).await;

    assert_eq!(status, 400);
    assert!(page.contains("began in another browser"), "{page}");
    assert_eq!(ada.sees("/agents").await.0, 303);
    team.ends().await;
}

#[tokio::test]
async fn an_open_page_hears_that_something_changed_also_what_it_missed() {
    let team = Team::new().await;
    let sprint = two_tasks(&team).await;
    let ada = team.visitor("ada").await;
    let page = sprint_page(&ada).await;
    let (_, before) = ada.sees(&page).await;
    let mark = between(&before, "data-mark=\"", "\"").to_owned();
    let live = between(&before, "data-live=\"", "\"").to_owned();

    sprint.hears("ada", "/team6 owner T1 @grace").await;

    let mut answer = ada.asks(&format!("{live}&mark={mark}")).await;
    let mut heard = String::new();
    while !heard.contains("data: read again") {
        let more = answer.chunk().await.unwrap().expect("the stream goes on");
        heard.push_str(&String::from_utf8_lossy(&more));
    }
    let news = between(&heard, "id: ", "\n");
    assert_ne!(news, mark);
    let (_, after) = ada.sees(&page).await;
    assert_eq!(between(&after, "data-mark=\"", "\""), news, "once, and then no more");
    team.ends().await;
}

#[tokio::test]
async fn what_people_write_does_nothing_on_a_page() {
    let team = Team::new().await;
    let evil = "<script>alert(1)</script><img src=x onerror=alert(2)> \"' {{7*7}} \u{202e}";
    let sprint = team
        .sprint(evil, plan! { T1 "<svg onload=alert(3)>" owner ada; T2 "</title><script>" owner ada after T1; })
        .await;
    sprint.hears("ada", "/team6 plan").await;
    sprint.ticks_everything("ada").await;
    sprint.hears("ada", "/team6 start").await;
    let ada = team.visitor("ada").await;
    let (_, runs) = ada.sees("/").await;
    let run = link(&runs, "/runs/");
    let run = run.split("/tasks").next().unwrap();
    let sprint = link(&runs, "/sprints/");
    for path in ["/", &sprint, run, &format!("{run}/tasks/1"), "/agents", "/projects", "/you"] {
        let answer = ada.asks(path).await;
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        let page = answer.text().await.unwrap();
        for bad in
            ["<script>", "<img", "<svg onload", "onerror=alert(2)>\n", "\u{202e}", "style=\""]
        {
            assert!(!page.contains(bad), "{path} has {bad}");
        }
        assert!(page.len() < 100_000, "{path} has {} bytes", page.len());
        assert_eq!(page.matches("<title>").count() - page.matches("<title>T").count(), 1, "{path}");
    }
    team.ends().await;
}

#[tokio::test]
async fn what_i_tell_an_agent_here_is_delivered_and_acknowledged() {
    let team = Team::new().await;
    let sprint = two_tasks(&team).await;
    sprint.hears("ada", "/team6 start").await;
    let (ada, linus) = (team.visitor("ada").await, team.visitor("linus").await);
    let run = link(&ada.sees("/").await.1, "/runs/");
    let run = run.split("/tasks").next().unwrap();
    let (page, act) = (format!("{run}/tasks/1"), sprint_page(&ada).await + "/act");
    assert!(!linus.sees(&page).await.1.contains("<textarea"), "who only reads has no box");

    let words = "Use blue.\n/team6 cancel";
    let said = [("act", "ask"), ("task", "1"), ("text", words), ("when", "next")];
    assert_eq!(ada.clicks(&page, &act, &said).await.0, 303);
    team.settles().await;

    let (_, shown) = ada.sees(&page).await;
    assert!(between(&shown, "<ol class=\"messages\">", "</ol>").contains("Use blue."), "{shown}");
    assert!(shown.contains("data-state=\"acknowledged\""), "{shown}");
    assert_eq!(sprint.stands().await, "T1 in review, T2 waits for T1", "a message is no command");
    team.ends().await;
}

#[tokio::test]
async fn each_version_of_the_plan_says_what_changed_in_it() {
    let team = Team::new().await;
    let sprint = two_tasks(&team).await;
    sprint.hears("ada", "/team6 owner T1 @grace").await;
    sprint.hears("ada", "/team6 add \"Write it down\" owner ada").await;
    let ada = team.visitor("ada").await;
    let page = sprint_page(&ada).await;

    let (_, latest) = ada.sees(&page).await;
    assert!(between(&latest, "<ul class=\"changes\">", "</section>").contains("Write it down"));
    let (_, second) = ada.sees(&format!("{page}?version=2")).await;
    let changes = between(&second, "<ul class=\"changes\">", "</section>");
    assert!(changes.contains("grace") && !changes.contains("Write it down"), "{changes}");
    assert!(latest.contains("class=\"because\""), "and why it does not move: {latest}");
    team.ends().await;
}

#[tokio::test]
async fn a_task_shows_its_checks_and_its_owner_allows_more_to_be_spent() {
    let provider = Provider::open().await;
    let team = Team::with_settings(&provider.settings("task_budget = { cost = \"2\" }")).await;
    let wishes = plan! { T1 "Name the colors" owner grace saying "scripted: spend 4"; };
    let sprint = team.running("Dark mode", wishes).await;
    let (grace, mary) = (team.visitor("grace").await, team.visitor("mary").await);
    let run = link(&grace.sees("/").await.1, "/runs/");
    let page = format!("{}/tasks/1", run.split("/tasks").next().unwrap());
    let act = sprint_page(&grace).await + "/act";
    assert!(!mary.sees(&page).await.1.contains("Allow more"), "it is grace's");
    let more = [("act", "budget"), ("task", "1"), ("value", "5")];
    assert_eq!(mary.clicks(&page, &act, &more).await.0, 409);
    assert_eq!(grace.clicks(&page, &act, &more).await.0, 303);
    team.settles().await;
    assert_eq!(sprint.stands().await, "T1 in review");

    let branch = sprint.pull_of("T1").await.branch().to_owned();
    team.checks_branch("acme/web", &branch, "<b>lint</b>", Conclusion::Success).await;
    let (_, shown) = grace.sees(&page).await;
    let checks = between(&shown, "<ul class=\"checks\">", "</ul>");
    assert!(checks.contains("&#60;b&#62;lint") && checks.contains("passed"), "{shown}");
    assert!(shown.contains("checks pass") && shown.contains("try 1 of 5"), "{shown}");
    team.checks_branch("acme/web", &branch, "build", Conclusion::Failure).await;
    let (_, shown) = grace.sees(&page).await;
    assert!(shown.contains("try 1 of 5"), "a round of rework is no try: {shown}");
    team.ends().await;
}

#[tokio::test]
async fn what_agents_remember_is_found_corrected_forgotten_and_taken_away() {
    let team = Team::new().await;
    let (ada, linus) = (team.visitor("ada").await, team.visitor("linus").await);
    let page = "/memory?project=acme";
    let says = async |fields: &[(&str, &str)]| {
        let fields = [&[("project", "acme")], fields].concat();
        ada.clicks(page, "/memory", &fields).await
    };
    assert_eq!(says(&[("act", "add"), ("text", "Colors live in tokens.css")]).await.0, 303);
    let agents = [("act", "add"), ("text", "Tests <b>run</b> offline"), ("agent", "frontend")];
    assert_eq!(says(&agents).await.0, 303);
    let (status, said) =
        says(&[("act", "add"), ("text", "the key is ghp_0123456789abcdefghijABCDEFGHIJ012345")])
            .await;
    assert!(status == 409 && said.contains("I did not note that"), "{said}");

    let (_, found) = ada.sees(&format!("{page}&about=colors")).await;
    assert!(found.contains("tokens.css") && !found.contains("offline"), "{found}");
    assert_eq!(
        says(&[("act", "edit"), ("note", "1"), ("text", "Colors live in palette.css")]).await.0,
        303
    );
    let (_, kept) = ada.sees("/memory/export?project=acme&format=markdown").await;
    assert!(kept.contains("**M1** Colors live in palette.css") && kept.contains("M2"), "{kept}");
    assert_eq!(says(&[("act", "forget"), ("note", "1")]).await.0, 303);
    let answer = ada.asks("/memory/export?project=acme&format=json").await;
    assert!(answer.headers()["content-disposition"].to_str().unwrap().contains("memory.json"));
    let kept: serde_json::Value = answer.json().await.unwrap();
    assert_eq!((&kept["total"], &kept["notes"][0]["number"]), (&1.into(), &2.into()), "{kept}");
    assert_eq!(linus.sees(page).await.0, 404, "who cannot write does not see it");

    let script = ada.script().await;
    let project = "/projects/acme/memory";
    let forget = serde_json::json!({ "act": "forget", "note": 2 });
    assert_eq!(script.posts(project, forget.clone()).await.0, 204);
    assert_eq!(script.posts(project, forget).await.0, 409);
    assert_eq!(script.asks(project).await.1["total"], 0);
    let reader = linus.script().await;
    let add = serde_json::json!({ "act": "add", "text": "Mine" });
    assert_eq!((reader.asks(project).await.0, reader.posts(project, add).await.0), (404, 409));
    team.ends().await;
}
