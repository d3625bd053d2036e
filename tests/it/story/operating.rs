//! "Whoever runs Team6 sees how it is, can stop it, and has a copy of everything."

use std::os::unix::fs::PermissionsExt as _;

use team6::db::{Db, history, sprints};

use crate::world::Team;

#[tokio::test]
async fn the_figures_tell_what_was_done_and_what_waits() {
    let team = Team::new().await;
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    sprint.hears("ada", "/team6 start").await;

    let (status, figures) = team.page("/metrics").await;

    assert_eq!(status, 200);
    for line in [
        "team6_executions_total{outcome=\"delivered\"} 1",
        "team6_refused_transitions_total 1",
        "team6_nonsense_total 0",
        "team6_lost_workers_total 0",
        "team6_effects{state=\"given_up\"} 0",
        "team6_effects{state=\"new\"} 0",
        "team6_webhooks_unread 0",
        "team6_github_limits_told 0",
        "team6_leases_late 0",
        "team6_github_budget{installation=\"",
        "# EOF",
    ] {
        assert!(figures.lines().any(|one| one.starts_with(line)), "{line} is not in\n{figures}");
    }
    team.ends().await;
}

#[tokio::test]
async fn a_server_is_ready_unless_its_database_belongs_to_another_version() {
    let team = Team::new().await;
    assert_eq!(team.page("/health/live").await.0, 200);
    let (status, said) = team.page("/health/ready").await;
    assert_eq!(status, 200);
    assert!(said.contains("\"github_answered_at\":\"20"), "{said}");

    team.has_its_database_migrated_by_a_later_version().await;

    assert_eq!(team.page("/health/live").await.0, 200);
    let (status, said) = team.page("/health/ready").await;
    assert_eq!(status, 503);
    assert!(said.contains("the database was migrated by another version"), "{said}");
    team.ends().await;
}

#[tokio::test]
async fn a_server_that_is_stopped_hands_its_work_back_at_once() {
    let team = Team::with_the_program().await;
    let wishes = plan! { T1 "Name the colors" owner ada saying "scripted: hang once"; };
    let sprint = team.approved("Dark mode", wishes).await;
    sprint.hears_without_waiting("ada", "/team6 start").await;
    team.waits_for_the_agent_to_hang().await;

    team.stops().await;

    assert_eq!(team.at_work().await, 0, "nobody has to wait for a lease to run out");
    team.comes_back().await;
    assert_eq!(sprint.stands().await, "T1 in review");
    team.ends().await;
}

#[tokio::test]
async fn everything_can_be_copied_while_a_sprint_runs_and_restored() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada; T2 "Add a toggle" owner ada after T1; };
    let sprint = team.approved("Dark mode", wishes).await;
    sprint.hears_without_waiting("ada", "/team6 start").await;
    sprint.comes_to_work().await;
    let (copy, restored) = (team.new_file("copy.db"), team.new_file("restored/team6.db"));
    let copy_name = copy.display().to_string();

    let (worked, said) = team.types(&["backup", &copy_name], None);
    assert!(worked, "{said}");
    assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let (worked, said) = team.types(&["backup", &copy_name], None);
    assert!(!worked && said.contains("is not overwritten"), "{said}");
    let (worked, said) = team.types(&["restore", &copy_name], None);
    assert!(!worked && said.contains("is not overwritten"), "{said}");
    let (worked, said) = team.types(&["restore", &copy_name], Some(&restored));
    assert!(worked, "{said}");

    let db = Db::open(&format!("sqlite:{}", restored.display())).await.unwrap();
    assert!(db.is_up_to_date().await.unwrap());
    let mut tx = db.read().await.unwrap();
    let all = sprints::all(&mut tx).await.unwrap();
    let told = history::of_sprint(&mut tx, &all[0]).await.unwrap();
    assert!(told.iter().any(|entry| entry.text.contains("started the sprint")), "{told:?}");
    drop(tx);
    db.close().await;
    team.settles().await;
    sprint.merges_everything("ada").await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 merged");
    team.ends().await;
}

#[tokio::test]
async fn every_webhook_can_be_read_again_and_nothing_comes_of_it() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada; T2 "Add a toggle" owner ada after T1; };
    let sprint = team.running("Dark mode", wishes).await;
    sprint.hears("ada", "/team6 pause").await;
    sprint.hears("ada", "/team6 resume").await;
    sprint.hears_at("T1", "ada", "@team6 why blue?").await;
    sprint.merges("ada", "T1").await;
    let before = (sprint.stands().await, sprint.tries().await, sprint.answers().await);

    let read = team.has_every_webhook_read_again().await;

    assert!(20 < read, "only {read} webhooks came");
    assert_eq!((sprint.stands().await, sprint.tries().await, sprint.answers().await), before);
    assert_eq!((before.0.as_str(), sprint.pulls().await), ("T1 merged, T2 in review", 2));
    team.ends().await;
}

#[tokio::test]
async fn what_is_no_copy_is_not_restored() {
    let team = Team::new().await;
    let (broken, target) = (team.new_file("broken.db"), team.new_file("new/team6.db"));
    let name = broken.display().to_string();
    let (worked, said) = team.types(&["restore", &name], Some(&target));
    assert!(!worked && said.contains("there is no"), "{said}");
    std::fs::write(&broken, b"SQLite format 3, they said").unwrap();
    let (worked, said) = team.types(&["restore", &name], Some(&target));
    assert!(!worked && said.contains("cannot be restored"), "{said}");
    assert!(!target.exists());
    team.ends().await;
}
