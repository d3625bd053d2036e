//! "Who asks for changes gets them: the agent works on, answers each thread, and asks for another
//! look."

use team6::github::Conclusion;

use crate::world::{Act, Team};

const DOC: &str = "docs/name_the_colors.md";

#[tokio::test]
async fn a_review_sends_the_task_back_and_every_thread_is_answered() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada in docs; };
    let sprint = team.running("Dark mode", wishes).await;
    let first = sprint.pull_of("T1").await.head_sha();

    let lines = [(DOC, 1, "Say which colors"), (DOC, 3, "Why is that?")];
    sprint.reviews("T1", "grace", "REQUEST_CHANGES", "Nearly there", &lines).await;

    assert_eq!(
        (sprint.stands().await, sprint.tries().await),
        ("T1 in review".into(), "T1 twice".into())
    );
    let pull = sprint.pull_of("T1").await;
    assert!(sprint.holds("T1", pull.branch(), &first) && pull.head_sha() != first);
    let text = sprint.file_of("T1", DOC).await.unwrap();
    assert!(text.contains("Say which colors"), "{text}");
    let mut reviewers = pull.reviewers();
    reviewers.sort_unstable();
    assert_eq!(reviewers, ["ada", "grace"]);
    let head = pull.head_sha();
    let threads = sprint.threads_of("T1").await.join("\n");
    let threads = threads.replace('\u{200b}', "").replace(&head[..7], "…");
    insta::assert_snapshot!(threads);
    insta::assert_snapshot!(sprint.answers_at_the_pull_of("T1").await.join("\n"));
    assert_eq!(sprint.sessions(), 1);
    sprint.merges("ada", "T1").await;
    assert_eq!(sprint.stands().await, "T1 merged");
    team.ends().await;
}

#[tokio::test]
async fn what_people_push_to_the_branch_is_taken_in_and_stays() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada in docs; };
    let sprint = team.running("Dark mode", wishes).await;
    let branch = sprint.pull_of("T1").await.branch().to_owned();
    sprint.commits_to("T1", "ada", &branch, "docs/mine.md", "By hand\n").await;
    let mine = sprint.head_of("T1", &branch);

    sprint.reviews("T1", "ada", "REQUEST_CHANGES", "Add a table", &[]).await;

    assert_eq!(sprint.stands().await, "T1 in review");
    assert!(sprint.holds("T1", &branch, &mine));
    assert_eq!(sprint.file_of("T1", "docs/mine.md").await.unwrap(), "By hand\n");
    assert!(sprint.file_of("T1", "docs/asked_for/1.md").await.unwrap().contains("Add a table"));
    team.ends().await;
}

#[tokio::test]
async fn who_only_asks_gets_an_answer_and_no_commits() {
    let team = Team::new().await;
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    let before = sprint.pull_of("T1").await.head_sha();

    sprint.hears_at_the_pull_of("T1", "grace", "@team6 why a module of its own?").await;

    assert_eq!(sprint.stands().await, "T1 in review");
    assert_eq!(sprint.pull_of("T1").await.head_sha(), before);
    let answers = sprint.answers_at_the_pull_of("T1").await.join("\n");
    insta::assert_snapshot!(answers.replace('\u{200b}', "¦"), @r"
    grace, T1's agent says:

    > You ask: “@¦team6 why a module of its own?” It is the smallest change that works.
    ");
    team.ends().await;
}

#[tokio::test]
async fn an_approval_and_talk_among_people_send_nothing_back() {
    let team = Team::new().await;
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.reviews("T1", "ada", "APPROVE", "Very nice", &[]).await;
    sprint.reviews("T1", "grace", "COMMENT", "What do you think, @ada?", &[]).await;
    sprint.reviews("T1", "linus", "REQUEST_CHANGES", "Use tabs", &[]).await;

    assert_eq!(
        (sprint.stands().await, sprint.tries().await),
        ("T1 in review".into(), "T1 once".into())
    );
    team.ends().await;
}

#[tokio::test]
async fn a_red_check_is_put_right_three_times_at_most() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada in docs; };
    let sprint = team.running("Dark mode", wishes).await;
    let branch = sprint.pull_of("T1").await.branch().to_owned();

    team.checks_branch("acme/docs", &branch, "lint", Conclusion::Success).await;
    assert_eq!(sprint.tries().await, "T1 once");
    for round in 1..=3 {
        team.checks_branch("acme/docs", &branch, "build", Conclusion::Failure).await;
        assert_eq!(sprint.tries().await, ["", "T1 twice", "T1 3 times", "T1 4 times"][round]);
        assert_eq!(sprint.stands().await, "T1 in review");
    }
    team.checks_branch("acme/docs", &branch, "build", Conclusion::Failure).await;

    assert_eq!(sprint.tries().await, "T1 4 times");
    let asked = sprint.answer_at("T1").await;
    // The address of the check has another port each time.
    let (before, address) = asked.split_once(" (http").unwrap();
    insta::assert_snapshot!(format!("{before}{}", address.split_once(')').unwrap().1));
    // A person's word starts it anew.
    sprint.hears_at("T1", "ada", "@team6 pin the compiler").await;
    assert_eq!(sprint.tries().await, "T1 5 times");
    team.ends().await;
}

#[tokio::test]
async fn a_conflict_with_the_base_is_rebased_by_the_agent() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada in docs; };
    let sprint = team.running("Dark mode", wishes).await;
    let branch = sprint.pull_of("T1").await.branch().to_owned();

    sprint.commits_to("T1", "ada", "main", DOC, "# Something else\n").await;
    team.settles().await;

    let main = sprint.head_of("T1", "main");
    assert_eq!(
        (sprint.stands().await, sprint.tries().await),
        ("T1 in review".into(), "T1 twice".into())
    );
    assert!(sprint.holds("T1", &branch, &main));
    sprint.merges("ada", "T1").await;
    assert_eq!(sprint.stands().await, "T1 merged");
    team.ends().await;
}

#[tokio::test]
async fn a_review_that_no_webhook_told_of_is_found() {
    let team = Team::new().await;
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    team.loses_webhooks_without_a_trace();
    sprint.reviews("T1", "ada", "REQUEST_CHANGES", "Add a test", &[]).await;
    assert_eq!(sprint.tries().await, "T1 once");
    team.hears_again();
    team.sweeps().await;

    assert_eq!(
        (sprint.stands().await, sprint.tries().await),
        ("T1 in review".into(), "T1 twice".into())
    );
    team.ends().await;
}

#[tokio::test]
async fn a_pull_request_that_is_closed_while_the_agent_works_on_it_again_stays_the_only_one() {
    let team = Team::new().await;
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    let pushing = team.will_pause_before(Act::Pushes);
    sprint.reviews_without_waiting("T1", "grace", "REQUEST_CHANGES", "Add a test", &[]).await;
    pushing.is_reached().await;

    sprint.closes_the_pull_without_waiting("T1", "ada").await;
    pushing.goes_on();
    team.settles().await;

    assert_eq!(sprint.pulls().await, 1);
    assert_eq!(sprint.stands().await, "T1 closed unmerged");
    sprint.reopens_the_pull_of("T1", "ada").await;
    sprint.merges("ada", "T1").await;
    assert_eq!(sprint.stands().await, "T1 merged");
    team.ends().await;
}
