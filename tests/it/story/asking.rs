//! "Anybody can ask for help; who may not command is told so politely, and nothing changes."

use crate::world::Team;

#[tokio::test]
async fn help_lists_every_command() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.hears("linus", "/team6 help").await;

    insta::assert_snapshot!(sprint.answer().await, @r#"
    This is what I understand, each on a line of its own:

    - `/team6 plan [--fresh]`: draft the plan from the milestone's issues, or draft it again after they changed; with `--fresh`, forget what was decided by command (write access)
    - `/team6 add "title" [after T1,T2] [repo owner/name] [owner @ada] [agent backend] [estimate 3] [priority 1]`: add a task to the plan (write access)
    - `/team6 edit T2 title "…"`: give a task another title; with `text` instead of `title`, another text (write access)
    - `/team6 drop T3`: take a task out of the plan (write access)
    - `/team6 after T4 T1,T2`: say what a task waits for; `none` for nothing (write access)
    - `/team6 priority T2 1`: say what goes first among tasks that could start: 1 before 2 (write access)
    - `/team6 owner T2 @ada`: give a task to a person (write access)
    - `/team6 agent T2 frontend`: have another agent do a task (write access)
    - `/team6 estimate T2 5`: say how big a task is (write access)
    - `/team6 answer 2 the answer`: answer the planner's question 2; `/team6 answer 2 skip` skips it, `/team6 answer skip` all (write access)
    - `/team6 diff [3]`: show what changed since the version you last approved something in, or since that version (anybody)
    - `/team6 start [--despite-warnings]`: start the sprint once every task has an owner and is approved (write access)
    - `/team6 status`: say how the sprint stands (anybody)
    - `/team6 pause`: start nothing new; agents at work finish. `pause T3` does it for one task (write access; for a task its owner or a maintainer)
    - `/team6 resume`: go on. `resume T3` does it for one task (write access; for a task its owner or a maintainer)
    - `/team6 cancel`: end the sprint: agents are stopped, branches and pull requests stay. `cancel T3` does it for one task (whoever started it or a maintainer; for a task its owner or a maintainer)
    - `/team6 skip T3`: let nothing wait for a task any more, without its being done (the task's owner or a maintainer)
    - `/team6 retry T3`: try a task again that failed, was cancelled or whose pull request was closed; `retry T3 continue` goes on from its last try (the task's owner or a maintainer)
    - `/team6 help`: show this list (anybody)

    Commands work on the sprint issue, and on the issues and pull requests of its tasks. A whole sprint is short:

    1. `/team6 plan`
    2. tick the boxes in the plan
    3. `/team6 start`
    "#);
    team.ends().await;
}

#[tokio::test]
async fn an_unknown_word_gets_the_help() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.hears("ada", "/team6 dance @linus <b>").await;

    let answer = sprint.answer().await;
    assert!(answer.starts_with("I do not know `/team6 dance`. This is what I understand:"));
    team.ends().await;
}

#[tokio::test]
async fn who_cannot_write_gets_one_polite_line_and_nothing_changes() {
    let team = Team::new().await;
    let sprint = team.approved("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    let plan = sprint.plan().await;

    for command in ["/team6 plan", "/team6 start", "/team6 retry T1"] {
        sprint.hears("linus", command).await;
        assert_eq!(
            sprint.answer().await,
            "@linus, I did not do that: only people who can write to this repository may do that. A maintainer can give you write access."
        );
    }

    assert_eq!((sprint.plan().await, sprint.status().await), (plan, String::new()));
    team.ends().await;
}

#[tokio::test]
async fn status_is_told_to_anybody_at_any_time() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    sprint.hears("linus", "/team6 status").await;
    insta::assert_snapshot!(sprint.answer().await, @"**Dark mode** has no plan yet. Type `/team6 plan` to get one.");

    sprint.hears("ada", "/team6 plan").await;
    sprint.hears("linus", "/team6 status").await;
    insta::assert_snapshot!(sprint.answer().await, @"
    **Dark mode** has a plan of 1 task, 0 of them approved, and is not started. These ticks are missing; a maintainer may give any of them.

    - **ada**: T1
    ");

    sprint.ticks_everything("ada").await;
    sprint.hears("ada", "/team6 start\n/team6 status").await;
    assert!(sprint.answer().await.contains("### Dark mode: 🔄 running"));
    team.ends().await;
}

#[tokio::test]
async fn several_commands_in_one_comment_are_obeyed_in_order() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.hears("ada", "Hello!\n/team6 plan\n> /team6 start\n/team6 dance\n/team6 help").await;

    assert!(sprint.has_a_plan().await);
    let answers = sprint.answers().await;
    assert_eq!(answers.len(), 3, "{answers:?}");
    assert!(answers[1].starts_with("I do not know") && answers[2].starts_with("This is what"));
    team.ends().await;
}

#[tokio::test]
async fn a_start_in_the_same_breath_as_the_plan_starts_nothing() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.hears("ada", "/team6 plan\n/team6 start").await;

    assert!(sprint.has_a_plan().await);
    assert!(sprint.answer().await.starts_with("@ada, I did not do that: "));
    team.ends().await;
}

#[tokio::test]
async fn commands_work_on_a_tasks_issue_and_pull_request() {
    let team = Team::new().await;
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.hears_at("T1", "ada", "/team6 retry").await;
    assert_eq!(
        sprint.answer_at("T1").await,
        "@ada, I did not do that: T1 is in review, so there is nothing to retry."
    );
    sprint.hears_at_the_pull_of("T1", "linus", "/team6 status").await;
    team.ends().await;
}

#[tokio::test]
async fn retry_without_a_task_asks_which() {
    let team = Team::new().await;
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.hears("ada", "/team6 retry").await;
    assert!(sprint.answer().await.contains("`retry` needs a task, like `/team6 retry T3`"));
    sprint.hears("ada", "/team6 retry T9").await;

    assert!(sprint.answer().await.contains("there is no task T9 in this sprint"));
    team.ends().await;
}
