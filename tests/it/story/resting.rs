//! "When nothing happens, next to nothing is asked."

use crate::world::{Team, Wish};

/// Deliveries, installations, repositories.
const LISTS_OF_THE_APP: usize = 3;
/// Issues, comments.
const LISTS_OF_A_REPOSITORY: usize = 2;

async fn completes_a_sprint(team: &Team, title: &str) {
    let wish = Wish::new("T1", &format!("Name the colors of {title}")).that("owner", "ada");
    let sprint = team.running(title, [wish]).await;
    sprint.merges_everything("ada").await;
    assert_eq!(sprint.stands().await, "T1 merged");
}

#[tokio::test]
async fn a_glance_asks_the_same_however_many_sprints_there_were() {
    let team = Team::by_its_own_clock().await;
    completes_a_sprint(&team, "Dark mode").await;
    let asked = team.asks_at_rest().await;
    assert_eq!(asked.len(), LISTS_OF_THE_APP + 3 * LISTS_OF_A_REPOSITORY, "{asked:#?}");
    assert!(asked.iter().all(|one| one.starts_with("304 GET ")), "{asked:#?}");

    completes_a_sprint(&team, "Light mode").await;
    completes_a_sprint(&team, "Twilight mode").await;

    // The delivery log alone is longer now; three parts of it are read at most.
    let log = |one: &&String| !one.contains("/app/hook/deliveries?");
    let again = team.asks_at_rest().await;
    assert_eq!(again.iter().filter(log).count(), asked.len() - 1, "{again:#?}");
    team.ends().await;
}
