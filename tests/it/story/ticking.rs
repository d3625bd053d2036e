//! "Approval is ticking: only who may, only for the text that was shown, and never lost."

use crate::world::{Act, Sprint, Team};

async fn planned(team: &Team) -> Sprint<'_> {
    let wishes = plan! {
        T1 "Name the colors" owner ada;
        T2 "Add a toggle" owner grace;
        T3 "Write it down";
    };
    let sprint = team.sprint("Dark mode", wishes).await;
    sprint.hears("ada", "/team6 plan").await;
    sprint
}

#[tokio::test]
async fn an_owner_approves_a_task_of_their_own() {
    let team = Team::new().await;
    let sprint = planned(&team).await;

    sprint.ticks("grace", "T2").await;

    assert_eq!(sprint.approvals().await, "T2 by grace");
    team.ends().await;
}

#[tokio::test]
async fn a_maintainer_approves_anybodys_task() {
    let team = Team::new().await;
    let sprint = planned(&team).await;

    sprint.ticks("ada", "T2").await;

    assert_eq!(sprint.approvals().await, "T2 by ada");
    team.ends().await;
}

#[tokio::test]
async fn a_tick_of_somebody_elses_task_is_undone_and_explained() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    let before = sprint.plan().await;

    sprint.ticks("grace", "T1").await;

    assert_eq!(sprint.plan().await, before);
    insta::assert_snapshot!(sprint.answer().await, @"@grace, I did not do that: T1 is ada's: only its owner or a maintainer may decide about it.");
    team.ends().await;
}

#[tokio::test]
async fn who_only_reads_cannot_tick_at_all() {
    let team = Team::new().await;
    let sprint = planned(&team).await;

    assert!(!sprint.may_tick("linus", "T3").await);

    assert_eq!(sprint.approvals().await, "");
    team.ends().await;
}

#[tokio::test]
async fn a_maintainer_approves_the_whole_plan_with_one_tick() {
    let team = Team::new().await;
    let sprint = planned(&team).await;

    sprint.ticks_everything("ada").await;

    assert_eq!(sprint.approvals().await, "T1 by ada, T2 by ada, T3 by ada");
    assert!(sprint.plan().await.contains("- [x] **Approve the whole plan**"));
    team.ends().await;
}

#[tokio::test]
async fn the_whole_plans_box_means_only_what_is_yours() {
    let team = Team::new().await;
    let sprint = planned(&team).await;

    sprint.ticks_everything("grace").await;

    assert_eq!(sprint.approvals().await, "T2 by grace, T3 by grace");
    assert!(sprint.plan().await.contains("- [ ] **Approve the whole plan**"));
    assert!(sprint.answer().await.contains("T1 is ada's"));
    team.ends().await;
}

#[tokio::test]
async fn unticking_withdraws_an_approval() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    sprint.ticks_everything("ada").await;

    sprint.unticks("grace", "T2").await;

    assert_eq!(sprint.approvals().await, "T1 by ada, T3 by ada");
    team.ends().await;
}

#[tokio::test]
async fn nobody_withdraws_what_is_not_theirs() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    sprint.ticks_everything("ada").await;

    sprint.unticks("grace", "T1").await;

    assert_eq!(sprint.approvals().await, "T1 by ada, T2 by ada, T3 by ada");
    assert!(sprint.answer().await.contains("T1 is ada's"));
    team.ends().await;
}

#[tokio::test]
async fn a_tick_can_come_and_go_and_come_again() {
    let team = Team::new().await;
    let sprint = planned(&team).await;

    sprint.ticks("ada", "T1").await;
    sprint.unticks("ada", "T1").await;
    assert_eq!(sprint.approvals().await, "");
    sprint.ticks("ada", "T1").await;

    assert_eq!(sprint.approvals().await, "T1 by ada");
    team.ends().await;
}

#[tokio::test]
async fn unticking_the_whole_plan_withdraws_all_of_it() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    sprint.ticks_everything("ada").await;

    sprint.unticks("ada", "all").await;

    assert_eq!(sprint.approvals().await, "");
    team.ends().await;
}

#[tokio::test]
async fn other_words_in_the_plan_are_put_back_and_explained() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    let before = sprint.plan().await;

    sprint.rewrites_the_plan("grace", "Name the colors", "Delete everything").await;

    assert_eq!(sprint.plan().await, before);
    insta::assert_snapshot!(sprint.answer().await, @"@grace, I did not do that: the words of the plan are Team6's to write; I put them back. To change a task, use a command of `/team6 help`, or edit its issue.");
    team.ends().await;
}

#[tokio::test]
async fn a_tick_on_an_older_text_does_not_count_for_the_new_one() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    let open_page = sprint.opens_the_plan().await;

    sprint.rewrites("T1", "Something else entirely").await;
    sprint.ticks_on("ada", &open_page, "T1").await;

    assert_eq!(sprint.approvals().await, "");
    assert!(!sprint.answer().await.is_empty());
    team.ends().await;
}

#[tokio::test]
async fn two_people_tick_at_once_and_both_count() {
    let team = Team::new().await;
    let sprint = planned(&team).await;

    sprint.tick_at_once([("ada", "T1"), ("grace", "T2"), ("ada", "T3")]).await;

    assert_eq!(sprint.approvals().await, "T1 by ada, T2 by grace, T3 by ada");
    team.ends().await;
}

#[tokio::test]
async fn a_tick_whose_webhook_never_came_counts_for_the_one_who_ticked() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    team.loses_webhooks_without_a_trace();

    sprint.ticks("grace", "T1").await;
    sprint.ticks("grace", "T2").await;
    sprint.ticks("ada", "T3").await;
    team.sweeps().await;

    assert_eq!(sprint.approvals().await, "T2 by grace, T3 by ada");
    assert!(sprint.answer().await.contains("@grace, I did not do that: T1 is ada's"));
    team.ends().await;
}

#[tokio::test]
async fn a_tick_while_team6_writes_the_plan_counts() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    let writing = team.will_pause_before(Act::RewritesItsComment);

    sprint.ticks_without_waiting("ada", "T1").await;
    writing.is_reached().await;
    sprint.ticks_without_waiting("grace", "T2").await;
    writing.goes_on();
    team.settles().await;

    assert_eq!(sprint.approvals().await, "T1 by ada, T2 by grace");
    team.ends().await;
}

#[tokio::test]
async fn a_tick_that_team6_wrote_over_counts_even_if_its_webhook_never_came() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    let writing = team.will_pause_before(Act::RewritesItsComment);
    sprint.ticks_without_waiting("ada", "T1").await;
    writing.is_reached().await;
    team.loses_webhooks_without_a_trace();

    sprint.ticks_without_waiting("grace", "T2").await;
    writing.goes_on();
    team.sweeps().await;

    assert_eq!(sprint.approvals().await, "T1 by ada, T2 by grace");
    team.ends().await;
}

#[tokio::test]
async fn a_tick_in_a_running_sprint_is_put_back() {
    let team = Team::new().await;
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.unticks("ada", "T1").await;

    assert_eq!(sprint.approvals().await, "T1 by ada");
    assert!(sprint.answer().await.contains("this sprint is running, so its plan stays"));
    team.ends().await;
}

#[tokio::test]
async fn a_tick_that_comes_goes_and_comes_within_a_second_counts_whoever_tells_of_it() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    for told in [true, false] {
        if !told {
            team.loses_webhooks_without_a_trace();
        }
        let (comment, page) = sprint.plan_page().await;
        let ticked = page.replacen("- [ ] **T3**", "- [x] **T3**", 1);
        assert_ne!(ticked, page);
        for text in [&ticked, &page, &ticked] {
            sprint.saves_the_comment("grace", comment, text).await;
        }
        team.sweeps().await;
        assert_eq!(sprint.approvals().await, "T3 by grace", "told: {told}");

        let (comment, page) = sprint.plan_page().await;
        let empty = page.replacen("- [x] **T3**", "- [ ] **T3**", 1);
        assert_ne!(empty, page);
        for text in [&empty, &page, &empty] {
            sprint.saves_the_comment("grace", comment, text).await;
        }
        team.sweeps().await;
        assert_eq!(sprint.approvals().await, "", "told: {told}");
    }
    team.ends().await;
}

#[tokio::test]
async fn a_tick_that_somebody_else_emptied_at_once_counts_though_no_webhook_came() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    team.loses_webhooks_without_a_trace();
    let (comment, page) = sprint.plan_page().await;
    let ticked = page.replacen("- [ ] **T1**", "- [x] **T1**", 1);

    sprint.saves_the_comment("ada", comment, &ticked).await;
    sprint.saves_the_comment("mary", comment, &page).await;
    team.sweeps().await;

    // The comment says what it said before, and yet ada approved and mary may not withdraw it.
    assert_eq!(sprint.approvals().await, "T1 by ada");
    team.ends().await;
}

#[tokio::test]
async fn who_ticks_below_words_that_somebody_forged_approves_nothing() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    let writing = team.will_pause_before(Act::RewritesItsComment);
    let (comment, page) = sprint.plan_page().await;
    let forged = page.replace("Name the colors", "Nothing much");
    let ticked = forged.replacen("- [ ] **T1**", "- [x] **T1**", 1);

    sprint.saves_the_comment("mary", comment, &forged).await;
    writing.is_reached().await;
    sprint.saves_the_comment("ada", comment, &ticked).await;
    writing.goes_on();
    team.settles().await;

    assert_eq!(sprint.approvals().await, "");
    assert!(sprint.plan().await.contains("Name the colors"));
    team.ends().await;
}

#[tokio::test]
async fn the_box_for_the_whole_plan_is_for_the_plan_it_stood_under() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    let open_page = sprint.opens_the_plan().await;

    sprint.rewrites("T1", "Something else entirely").await;
    sprint.ticks_on("ada", &open_page, "all").await;

    assert_eq!(sprint.approvals().await, "");
    assert!(sprint.answer().await.contains("the plan changed while you were looking at it"));
    team.ends().await;
}

#[tokio::test]
async fn who_lost_access_approves_and_withdraws_nothing_any_more() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    sprint.ticks("grace", "T2").await;
    let (comment, page) = sprint.plan_page().await;
    let ticked = page.replacen("- [ ] **T3**", "- [x] **T3**", 1);
    let emptied = ticked.replacen("- [x] **T2**", "- [ ] **T2**", 1);
    team.loses_webhooks_without_a_trace();
    sprint.saves_the_comment("grace", comment, &ticked).await;
    sprint.saves_the_comment("grace", comment, &emptied).await;

    team.makes("grace", localhub::Role::Read).await;
    team.sweeps().await;

    assert_eq!(sprint.approvals().await, "T2 by grace");
    team.ends().await;
}

#[tokio::test]
async fn a_plan_that_somebody_deletes_comes_back_by_itself_and_approvals_stand() {
    let team = Team::new().await;
    let sprint = planned(&team).await;
    sprint.ticks("grace", "T2").await;
    let before = sprint.plan().await;

    sprint.deletes_the_plan("ada").await;
    assert_eq!(sprint.plan().await, before);
    team.loses_webhooks_without_a_trace();
    sprint.deletes_the_plan("ada").await;
    team.sweeps().await;

    assert_eq!(sprint.plan().await, before);
    team.ends().await;
}
