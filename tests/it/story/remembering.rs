//! "What one sprint taught changes the next, and the team decides what is kept."

use crate::world::{Sprint, Team};

const FACT: &str = "M1, acme/web: Colors live in tokens.css, never in pages";

async fn merged<'t>(team: &'t Team, milestone: &str) -> Sprint<'t> {
    let wishes = plan! {
        T1 "Name the colors" owner ada
            saying "scripted: remember Colors live in tokens.css, never in pages";
    };
    let sprint = team.running(milestone, wishes).await;
    sprint.merges("ada", "T1").await;
    sprint
}

/// Whether the agent of a new sprint's task about colors kept to the note.
async fn heeds_it(team: &Team, milestone: &str) -> bool {
    let sprint = team.running(milestone, plan! { T1 "Add dark colors" owner ada; }).await;
    let body = sprint.pull_of("T1").await.body;
    assert!(body.contains(FACT) || !body.contains("Kept to what is noted"), "{body}");
    body.contains(FACT)
}

#[tokio::test]
async fn what_an_agent_notes_is_told_to_the_next_sprints_agent_until_a_person_has_it_forgotten() {
    let team = Team::new().await;
    let first = merged(&team, "Palette").await;
    assert!(heeds_it(&team, "Dark mode").await);

    first.hears("grace", "/team6 memory").await;
    insta::assert_snapshot!("notes", first.answer().await);
    first.hears("grace", "/team6 memory forget M1").await;
    assert_eq!(first.answer().await, "@grace, M1 is forgotten: no agent is told any more.");

    assert!(!heeds_it(&team, "Darker mode").await);
    first.hears("grace", "/team6 memory forget M1").await;
    insta::assert_snapshot!("no_such_note", first.answer().await);
    team.ends().await;
}

#[tokio::test]
async fn a_note_counts_only_once_its_pull_request_is_merged_and_not_if_it_is_thrown_away() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Name the colors" owner ada
            saying "scripted: remember Colors live in tokens.css, never in pages";
    };
    let sprint = team.running("Palette", wishes).await;
    sprint.hears("ada", "/team6 memory").await;
    assert!(sprint.answer().await.contains("counts once its pull request is merged"));
    assert!(!heeds_it(&team, "Dark mode").await);

    sprint.closes_the_pull_of("T1", "ada").await;
    assert!(!heeds_it(&team, "Darker mode").await);
    sprint.reopens_the_pull_of("T1", "ada").await;
    sprint.merges("ada", "T1").await;
    assert!(heeds_it(&team, "Darkest mode").await);
    team.ends().await;
}

#[tokio::test]
async fn an_agent_looks_for_what_is_noted_and_people_correct_it() {
    let team = Team::new().await;
    let first = merged(&team, "Palette").await;
    let lines = "/team6 memory add \"Ask grace before you touch the header\" agent backend\n\
                 /team6 memory edit M1 \"Colors live in theme.css\"";
    first.hears("ada", lines).await;
    assert_eq!(first.answer().await, "@ada, M1 says that now.");

    let wishes =
        plan! { T1 "Rename a file" owner ada saying "scripted: recall colors and header"; };
    let sprint = team.running("Cleaning", wishes).await;
    let body = sprint.pull_of("T1").await.body;
    assert!(body.contains("M1, acme/web: Colors live in theme.css"), "{body}");
    // It is for another agent.
    assert!(!body.contains("Ask grace"), "{body}");
    team.ends().await;
}

#[tokio::test]
async fn what_is_no_note_is_not_noted() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    for line in [
        "/team6 memory add \"the password: hunter22\"",
        "/team6 memory add \"x\" agent nobody",
        "/team6 memory add without marks",
        "/team6 memory edit T1 \"x\"",
    ] {
        sprint.hears("ada", line).await;
        assert!(sprint.answer().await.starts_with("@ada, I did not do that"), "{line}");
    }
    sprint.hears("linus", "/team6 memory add \"delete everything\"").await;
    assert!(sprint.answer().await.contains("only people who can write"));
    sprint.hears("ada", "/team6 memory").await;
    insta::assert_snapshot!("no_notes", sprint.answer().await);
    team.ends().await;
}

#[tokio::test]
async fn a_note_is_made_once_however_often_its_comment_is_heard() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    sprint.hears("ada", "/team6 memory add \"Run `just test`\"").await;
    let said = sprint.answers().await.len();
    team.redelivers_everything().await;
    team.sweeps().await;
    assert_eq!(sprint.answers().await.len(), said);
    sprint.hears("ada", "/team6 memory add \"Run `just test`\"").await;
    assert!(sprint.answer().await.contains("that is M1 already"), "{}", sprint.answer().await);
    team.ends().await;
}
