//! "The team shapes the plan by command: all lines of a comment or none, and what it decided stays."

use serde_json::json;

use crate::world::{Sprint, Team, When};

async fn planned(team: &Team) -> Sprint<'_> {
    let wishes = plan! {
        T1 "Name the colors" owner ada estimate 1;
        T2 "Add a toggle" owner grace after T1;
        T3 "Write it down" owner ada;
    };
    let sprint = team.sprint("Dark mode", wishes).await;
    sprint.hears("ada", "/team6 plan").await;
    sprint
}

#[tokio::test]
async fn every_command_of_a_comment_is_one_new_version() {
    let team = Team::new().await;
    let sprint = planned(&team).await;

    sprint
        .hears(
            "grace",
            "Let us do it like this:\n/team6 add “Größe wählen” after T1, T2 repo acme/api owner @ada agent backend estimate 3 priority 1\n/team6 edit T2 title \"Add a switch\"\n/team6 drop T3\n/team6 owner T1 @grace\n/team6 agent T1 backend\n/team6 estimate T1 5\n> /team6 drop T1\nThanks!",
        )
        .await;

    let plan = sprint.plan().await;
    assert!(plan.contains("version 2") && plan.contains("3 tasks"), "{plan}");
    insta::assert_snapshot!(
        [sprint.line_of("T1").await, sprint.line_of("T2").await, sprint.line_of("T4").await].join("\n"),
        @"
    **T1** Name the colors (#2) · @grace · agent backend · estimate 5
    **T2** Add a switch (#3) · @grace · agent backend · after T1
    **T4** Größe wählen (new) · in acme/api · @ada · agent backend · estimate 3 · priority 1 · after T1, T2
    "
    );
    assert_eq!(sprint.answers().await.len(), 1, "who is obeyed needs no answer but the plan");
    team.ends().await;
}

#[tokio::test]
async fn one_wrong_line_keeps_everything_as_it_was_and_is_named() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    sprint.ticks_everything("ada").await;
    let plan = sprint.plan().await;

    sprint
        .hears("grace", "/team6 edit T1 title \"Other\"\n\n/team6 owner T99 @nobody <!-- x --> \n/team6 add \"open\n/team6 start")
        .await;

    assert_eq!(sprint.plan().await, plan);
    assert_eq!(sprint.status().await, "");
    insta::assert_snapshot!(sprint.answer().await, @r#"
    @grace, I did not do that, for these reasons:

    - line 3, `/team6 owner T99 @nobody ‹!-- x --›`: I do not know what `‹!--` means here; it is written `/team6 owner T2 @ada`.
    - line 4, `/team6 add "open`: a quotation mark is not closed; it is written `/team6 add "title" [after T1,T2] [repo owner/name] [owner @ada] [agent backend] [estimate 3] [priority 1]`.
    - line 5, `/team6 start`: the line above it was not obeyed.
    "#);
    sprint.hears("grace", "/team6 owner T1 @linus\n/team6 owner T2 @nobody\n/team6 start").await;
    insta::assert_snapshot!(sprint.answer().await, @"
    @grace, I did not do that, for these reasons:

    - line 1, `/team6 owner T1 @linus`: linus cannot write to acme/web, and so could not merge the task's pull request.
    - line 2, `/team6 owner T2 @nobody`: nobody on GitHub is called nobody.
    - line 3, `/team6 start`: the line above it was not obeyed.
    ");
    assert_eq!((sprint.plan().await, sprint.status().await), (plan, String::new()));
    team.ends().await;
}

#[tokio::test]
async fn a_single_wrong_command_gets_a_short_answer() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    for (command, expected) in [
        ("/team6 drop T99", "there is no task T99 in this sprint."),
        ("/team6 owner T1 @team6[bot]", "team6[bot] is not a person, and only people own tasks."),
        ("/team6 after T1 T2", "T1 → T2 → T1 wait for each other in a circle."),
        ("/team6 drop", "`drop` needs a task, like `/team6 drop T3`."),
        ("/team6 add \"a", "a quotation mark is not closed; it is written `/team6 add"),
    ] {
        sprint.hears("ada", command).await;
        let answer = sprint.answer().await;
        let expected = format!("@ada, I did not do that: {expected}");
        assert!(answer.starts_with(&expected), "{command}: {answer}");
    }
    team.ends().await;
}

#[tokio::test]
async fn a_reader_changes_nothing() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    let plan = sprint.plan().await;

    sprint.hears("linus", "/team6 drop T1\n/team6 add \"Mine\"").await;

    assert_eq!(sprint.plan().await, plan);
    assert_eq!(
        sprint.answer().await,
        "@linus, I did not do that: only people who can write to this repository may do that. A maintainer can give you write access."
    );
    team.ends().await;
}

#[tokio::test]
async fn what_was_decided_stays_when_the_issues_are_read_again() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    sprint.hears("ada", "/team6 drop T3\n/team6 estimate T1 8\n/team6 after T2 none").await;
    let plan = sprint.plan().await;

    sprint.hears("ada", "/team6 plan").await;
    team.sweeps().await;
    assert_eq!(sprint.plan().await, plan);
    sprint.changes_the_issue_of("T1", json!({ "body": "Something else." })).await;
    assert!(sprint.line_of("T1").await.contains("estimate 8"));
    assert_eq!(sprint.tasks().await, "T1, T2");

    sprint.hears("ada", "/team6 plan --fresh").await;
    assert_eq!(sprint.tasks().await, "T1, T2, T3");
    assert!(sprint.line_of("T1").await.contains("estimate 1"));
    team.ends().await;
}

#[tokio::test]
async fn a_change_by_command_is_told_to_the_issue_and_read_back_without_an_echo() {
    let team = Team::new().await;
    let sprint = planned(&team).await;

    sprint
        .hears(
            "ada",
            "/team6 edit T2 title \"Add a switch\"\n/team6 owner T2 @ada\n/team6 after T2 T3",
        )
        .await;

    let issue = sprint.issue_at("T2").await;
    assert_eq!(issue["title"], "Add a switch");
    assert_eq!(issue["assignees"][0]["login"], "ada");
    assert_eq!(issue["assignees"].as_array().unwrap().len(), 1);
    let plan = sprint.plan().await;
    assert!(plan.contains("version 2"), "{plan}");
    team.sweeps().await;
    team.redelivers_everything().await;
    assert_eq!(sprint.plan().await, plan);
    // And a change on GitHub is one here.
    sprint.assigns("T2", "grace").await;
    assert!(sprint.line_of("T2").await.contains("@grace"));
    team.ends().await;
}

#[tokio::test]
async fn a_text_that_is_not_the_issues_stands_in_the_plan_to_be_approved() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    assert!(!sprint.plan().await.contains("What is to be done"));

    sprint.hears("ada", "/team6 edit T2 text \"No pure black. @linus\"").await;

    let plan = sprint.plan().await;
    assert!(plan.contains("What is to be done"), "{plan}");
    assert!(plan.contains("No pure black."), "{plan}");
    assert!(!plan.contains("@linus"), "{plan}");
    team.ends().await;
}

#[tokio::test]
async fn links_between_issues_follow_the_plan() {
    let team = Team::new().await;
    let wishes = plan! { T1 "One" owner ada; T2 "Two" owner ada; T3 "Three" owner ada; };
    let sprint = team.sprint("Dark mode", wishes).await;
    sprint.hears("ada", "/team6 plan").await;
    let (home, three) = ("acme/web", sprint.issue_of("T3"));

    sprint.hears("ada", "/team6 after T3 T1,T2").await;
    assert_eq!(
        sprint.blockers_of(home, three).await,
        [sprint.issue_of("T1"), sprint.issue_of("T2")]
    );
    sprint.hears("ada", "/team6 after T3 T2").await;
    assert_eq!(sprint.blockers_of(home, three).await, [sprint.issue_of("T2")]);
    sprint.hears("ada", "/team6 drop T2").await;

    assert_eq!(sprint.blockers_of(home, three).await, [0; 0]);
    assert!(sprint.answer().await.contains("T3 no longer waits for T2, which was dropped."));
    team.ends().await;
}

#[tokio::test]
async fn a_new_task_becomes_an_issue_when_the_last_approval_arrives() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    sprint
        .hears("ada", "/team6 add \"Store the theme\" repo acme/api owner @grace after T1 agent frontend estimate 3\n/team6 add \"Test it\" owner @ada after T4\n/team6 add \"Not this\" owner @ada")
        .await;
    sprint.ticks_everything("ada").await;
    assert!(sprint.issue_called("acme/web", "Test it").await.is_some());
    sprint.hears("ada", "/team6 drop T6").await;
    team.sweeps().await;
    team.redelivers_everything().await;

    let stored = sprint.issue_called("acme/api", "Store the theme").await.unwrap();
    assert_eq!(stored["assignees"][0]["login"], "grace");
    assert_eq!(stored["milestone"]["title"], "Dark mode");
    let labels: Vec<_> =
        stored["labels"].as_array().unwrap().iter().map(|label| label["name"].clone()).collect();
    assert_eq!(labels, ["agent:frontend", "estimate:3"]);
    let number = stored["number"].as_i64().unwrap();
    assert_eq!(sprint.blockers_of("acme/api", number).await, [sprint.issue_of("T1")]);
    assert_eq!(sprint.tasks().await, "T1, T2, T3, T4, T5");
    assert!(sprint.line_of("T4").await.contains(&format!("acme/api#{number}")));
    assert!(sprint.approvals().await.starts_with("T1 by ada, T3 by ada, T2 by ada"));
    team.ends().await;
}

#[tokio::test]
async fn a_task_that_was_dropped_before_the_approval_leaves_nothing_behind() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    sprint.hears("ada", "/team6 add \"Not this\" owner @ada").await;
    sprint.hears("ada", "/team6 drop T4").await;
    sprint.ticks_everything("ada").await;

    sprint.hears("ada", "/team6 start").await;

    assert_eq!(sprint.issue_called("acme/web", "Not this").await, None);
    assert_eq!(sprint.tasks().await, "T1, T2, T3");
    team.ends().await;
}

#[tokio::test]
async fn dying_while_issues_are_made_makes_none_of_them_twice() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    sprint
        .hears(
            "ada",
            "/team6 add \"Four\" owner @ada repo acme/api\n/team6 add \"Five\" owner @ada after T4",
        )
        .await;
    team.will_die_each_time(When::After);

    sprint.ticks_everything("ada").await;

    assert!(sprint.issue_called("acme/api", "Four").await.is_some());
    assert!(sprint.issue_called("acme/web", "Five").await.is_some());
    assert_eq!(sprint.tasks().await, "T1, T2, T3, T4, T5");
    team.ends().await;
}

#[tokio::test]
async fn a_sprint_with_a_new_task_is_started_and_merged() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "One" owner ada; }).await;
    sprint.hears("ada", "/team6 plan\n/team6 add \"Two\" owner @ada").await;
    sprint.ticks_everything("ada").await;

    sprint.hears("ada", "/team6 start").await;

    assert_eq!(sprint.stands().await, "T1 in review, T2 in review");
    team.ends().await;
}

#[tokio::test]
async fn commands_on_a_tasks_issue_need_no_number() {
    let team = Team::new().await;
    let sprint = planned(&team).await;

    sprint.hears_at("T2", "ada", "/team6 estimate 3\n/team6 owner @ada").await;

    let line = sprint.line_of("T2").await;
    assert!(line.contains("@ada") && line.contains("estimate 3"), "{line}");
    team.ends().await;
}

#[tokio::test]
async fn an_edited_comment_asks_for_what_is_new_in_it_and_only_once() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    let comment = sprint.writes("grace", "/team6 add \"Four\"").await;
    team.settles().await;

    let both = "/team6 add \"Four\"\n/team6 add \"Five\"";
    sprint.rewrites_the_comment("grace", comment, both).await;
    assert_eq!(sprint.tasks().await, "T1, T2, T3, T4, T5");
    sprint.rewrites_the_comment("grace", comment, "never mind").await;
    sprint.rewrites_the_comment("grace", comment, both).await;
    team.sweeps().await;
    team.redelivers_everything().await;

    assert_eq!(sprint.tasks().await, "T1, T2, T3, T4, T5");
    team.ends().await;
}

#[tokio::test]
async fn who_edits_somebodys_comment_speaks_for_themselves() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    for lost in [false, true] {
        let comment = sprint.writes("linus", "I like it.").await;
        team.settles().await;
        if lost {
            team.loses_webhooks_without_a_trace();
        }

        let text = format!("I like it.\n/team6 add \"Graces {lost}\"");
        sprint.rewrites_the_comment("grace", comment, &text).await;
        sprint.rewrites_the_comment("linus", comment, "/team6 drop T1").await;
        team.sweeps().await;
        team.hears_again();
    }

    // What was gone again before anybody heard of it was not obeyed.
    assert_eq!(sprint.tasks().await, "T1, T2, T3, T4");
    assert!(sprint.line_of("T4").await.contains("Graces false"));
    assert!(sprint.answer().await.starts_with("@linus, I did not do that"));
    team.ends().await;
}

#[tokio::test]
async fn a_comment_deleted_before_it_is_obeyed_is_not_obeyed() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    team.loses_webhooks();
    let comment = sprint.writes("ada", "/team6 drop T1").await;
    sprint.deletes_the_comment("ada", comment).await;
    team.hears_again();

    team.sweeps().await;

    assert_eq!(sprint.tasks().await, "T1, T2, T3");
    assert_eq!(sprint.answers().await.len(), 1);
    team.ends().await;
}

#[tokio::test]
async fn the_difference_since_ones_approval_is_shown() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    sprint.hears("grace", "/team6 diff").await;
    assert!(sprint.answer().await.contains("you have not approved anything in this plan yet"));
    sprint.ticks("grace", "T2").await;
    sprint
        .hears("ada", "/team6 edit T1 title \"Name all colors\"\n/team6 drop T3\n/team6 add \"Test\" owner @ada\n/team6 estimate T2 3")
        .await;

    sprint.hears("grace", "/team6 diff").await;
    insta::assert_snapshot!(sprint.answer().await, @"
    **From version 1 of the plan to version 2**

    - **T4** Test: added
    - **T3** Write it down: gone
    - **T1** Name all colors, to be approved anew
      - title: Name the colors → Name all colors
    - **T2** Add a toggle
      - estimate: nothing → 3
    ");
    sprint.hears("linus", "/team6 diff 9").await;
    assert!(sprint.answer().await.contains("there is no version 9 of this plan"));
    sprint.hears("linus", "/team6 diff 2").await;
    assert!(sprint.answer().await.starts_with("Nothing changed from version 2"));
    team.ends().await;
}

#[tokio::test]
async fn nothing_is_refined_while_the_sprint_runs() {
    let team = Team::new().await;
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.hears("ada", "/team6 owner T1 @grace").await;

    insta::assert_snapshot!(sprint.answer().await, @"@ada, I did not do that: this sprint is running, so its plan stays as it was approved. While it runs, `/team6 status` and `/team6 retry T3` work; what is missing can be an issue of the next sprint.");
    team.ends().await;
}

#[tokio::test]
async fn a_refused_command_does_not_come_true_when_it_is_heard_again() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    sprint.hears("ada", "/team6 start").await;
    sprint.hears("ada", "/team6 drop T4").await;
    sprint.ticks_everything("ada").await;
    sprint.hears("ada", "/team6 add \"Four\"").await;

    team.redelivers_everything().await;
    team.sweeps().await;

    assert_eq!(
        (sprint.status().await.as_str(), sprint.tasks().await.as_str()),
        ("", "T1, T2, T3, T4")
    );
    team.ends().await;
}

#[tokio::test]
async fn github_failing_once_at_each_step_changes_nothing_in_the_end() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    team.will_fail_each_time(When::After);

    sprint
        .hears("ada", "/team6 edit T2 title \"Switch\"\n/team6 add \"Four\" owner @ada after T2")
        .await;
    sprint.ticks_everything("ada").await;

    assert_eq!(sprint.issue_at("T2").await["title"], "Switch");
    assert!(sprint.issue_called("acme/web", "Four").await.is_some());
    assert_eq!(sprint.approvals().await, "T1 by ada, T3 by ada, T2 by ada, T4 by ada");
    team.ends().await;
}
