//! "An agent hands parts of its task to specialists; what they deliver comes back as one pull request."

use super::budgets::without_times;
use crate::world::Team;

#[tokio::test]
async fn a_lead_hands_parts_to_three_specialists_and_delivers_one_pull_request_with_one_slot() {
    let team = Team::with_one_slot().await;
    let wishes = plan! {
        T1 "Let people choose a theme" owner ada
            saying "hands out: frontend: Name the colors | Give each color a name."
            saying "hands out: backend: Keep the theme | scripted: die once"
            saying "hands out: frontend: Show a switch | A switch in the header.";
    };
    let sprint = team.running("Dark mode", wishes).await;

    assert_eq!(sprint.stands().await, "T1 in review, T2 merged, T3 merged, T4 merged");
    assert_eq!(sprint.tries().await, "T1 twice, T2 once, T3 twice, T4 once");
    let pull = sprint.pull_of("T1").await;
    insta::assert_snapshot!("one_pull_request", without_commits(&pull.body));
    for file in ["docs/name_the_colors.md", "docs/keep_the_theme.md", "docs/show_a_switch.md"] {
        assert!(sprint.file_of("T1", file).await.is_some(), "{file}");
    }
    // Four: one for each part, against the branch of the whole.
    assert_eq!(sprint.pulls().await, 4);
    for title in ["Name the colors", "Keep the theme", "Show a switch"] {
        let issue = sprint.issue_called("acme/web", title).await.unwrap();
        assert_eq!(
            (&issue["state"], &issue["assignees"][0]["login"]),
            (&"closed".into(), &"ada".into())
        );
    }
    insta::assert_snapshot!("status_with_parts", sprint.status().await);
    sprint.merges("ada", "T1").await;
    assert!(sprint.status().await.contains("completed"));
    sprint.hears("ada", "/team6 plan").await;
    assert!(!sprint.plan().await.contains("Name the colors"), "a part is no task of a plan");
    team.ends().await;
}

#[tokio::test]
async fn what_is_beyond_the_limits_begins_when_the_owner_ticks_it_and_not_when_a_stranger_does() {
    let team = Team::with_settings("[delegation]\ndepth = 1\nmost = 1\nshare = 50\n").await;
    let wishes = plan! {
        T1 "Let people choose a theme" owner ada
            saying "hands out: frontend: Name the colors | Give each color a name."
            saying "hands out: backend: Keep the theme | In the settings."
            saying "hands out: frontend: Paint the town | Red, please.";
    };
    let sprint = team.running("Dark mode", wishes).await;
    assert_eq!(sprint.stands().await, "T1 waits for its parts, T2 merged");
    insta::assert_snapshot!("asked_about_parts", sprint.asked_about_parts("T1").await);
    sprint.hears("ada", "/team6 why T1").await;
    insta::assert_snapshot!("why_parts_wait", without_times(&sprint.answer().await));

    sprint.ticks_the_part("T1", "mary", "T3").await;
    assert!(sprint.asked_about_parts("T1").await.contains("- [ ] **T3**"));
    assert!(sprint.answer_at("T1").await.contains("@mary, I did not do that"));
    assert_eq!(sprint.stands().await, "T1 waits for its parts, T2 merged");

    sprint.ticks_the_part("T1", "ada", "T3").await;
    assert_eq!(sprint.stands().await, "T1 waits for its parts, T2 merged, T3 merged");
    sprint.hears("ada", "/team6 cancel T4").await;
    assert_eq!(sprint.stands().await, "T1 in review, T2 merged, T3 merged");
    insta::assert_snapshot!("decided_about_parts", sprint.asked_about_parts("T1").await);
    assert_eq!(sprint.pulls().await, 3);
    team.ends().await;
}

#[tokio::test]
async fn a_part_that_fails_for_good_is_put_to_its_parent_and_one_that_conflicts_is_merged_by_it() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Let people choose a theme" owner ada
            saying "hands out: frontend: Say light | adds: docs/themes.md: light / scripted: wait"
            saying "hands out: frontend: Say dark | adds: docs/themes.md: dark / scripted: wait"
            saying "hands out: backend: Run it | scripted: workflow";
    };
    let sprint = team.approved("Dark mode", wishes).await;
    sprint.hears_without_waiting("ada", "/team6 start").await;
    sprint.waits_until_agents_wait(2).await;
    sprint.lets_the_agent_go_on();
    team.settles().await;

    assert_eq!(sprint.stands().await, "T1 in review, T2 merged, T3 merged, T4 failed");
    let themes = sprint.file_of("T1", "docs/themes.md").await.unwrap();
    assert_eq!(
        {
            let mut all: Vec<_> = themes.lines().collect();
            all.sort_unstable();
            all
        },
        ["dark", "light"]
    );
    let body = sprint.pull_of("T1").await.body;
    assert!(body.contains("failed, so nothing of it was merged"), "{body}");
    sprint.hears("ada", "/team6 why T4").await;
    insta::assert_snapshot!("why_a_part_failed", without_times(&sprint.answer().await));
    sprint.merges("ada", "T1").await;
    assert!(sprint.status().await.contains("completed"));
    team.ends().await;
}

#[tokio::test]
async fn cancelling_a_task_reaches_its_parts() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Let people choose a theme" owner ada
            saying "scripted: bare"
            saying "hands out: frontend: Name the colors | scripted: hang"
            saying "hands out: backend: Keep the theme | In the settings.";
    };
    let sprint = team.approved("Dark mode", wishes).await;
    sprint.hears_without_waiting("ada", "/team6 start").await;
    sprint.comes_to("T1 waits for its parts, T2 in progress, T3 merged").await;

    sprint.hears("ada", "/team6 cancel T1").await;
    assert_eq!(sprint.stands().await, "T1 cancelled, T2 cancelled, T3 merged");
    team.ends().await;
}

/// A pull request's text without what is another in each world.
fn without_commits(body: &str) -> String {
    let is_the_same = |line: &&str| !line.starts_with("<!--") && !line.contains(" on top of `");
    body.lines().filter(is_the_same).collect::<Vec<_>>().join("\n")
}
