//! "A plan of two hundred tasks over three repositories is planned, read and approved."

use std::time::Instant;

use team6::say;

use crate::aloud;
use crate::world::{Act, Sprint, Team, When, Wish};

const TASKS: usize = 200;

/// Tasks that wait for one a dozen places before them, with titles as long as GitHub takes them.
fn wishes() -> [Wish; TASKS] {
    std::array::from_fn(|at| {
        let number = at + 1;
        let long = "ein langer Titel über Fenster und Türen ".repeat(6);
        let title: String = format!("{number}. Task, {long}").chars().take(250).collect();
        let wish = Wish::new(&format!("T{number}"), &title)
            .that("owner", ["ada", "grace"][at % 2])
            .that("in", ["web", "api", "docs"][at % 3]);
        if 12 <= at { wish.that("after", &format!("T{}", number - 12)) } else { wish }
    })
}

/// A milestone that was filled before Team6 was told of it.
async fn filled(team: &Team) -> Sprint<'_> {
    team.loses_webhooks_without_a_trace();
    let sprint = Box::pin(team.sprint("The big one", wishes())).await;
    team.hears_again();
    sprint
}

fn boxes(parts: &[String]) -> usize {
    parts.iter().map(|part| part.matches("<!-- team6:approve T").count()).sum()
}

#[tokio::test]
async fn two_hundred_tasks_over_three_repositories_are_planned_read_and_approved() {
    let team = Team::new().await;
    let sprint = Box::pin(filled(&team)).await;
    // Dies between the parts, and goes on where it was.
    team.will_die(Act::Comments, When::After);

    let begun = Instant::now();
    sprint.hears("ada", "/team6 plan").await;
    let planned = begun.elapsed();

    let parts = sprint.parts().await;
    let sizes: Vec<_> = parts.iter().map(|part| part.chars().count()).collect();
    aloud(&format!(
        "{TASKS} tasks in three repositories: planned in {planned:?}, comments of {sizes:?} characters"
    ));
    assert!(2 <= parts.len() && sizes.iter().all(|size| *size <= say::LONGEST));
    assert_eq!(boxes(&parts), TASKS);
    assert!(parts[0].contains(&format!("[part 2]({})", sprint.address_of_part(2).await)));
    assert!(parts[1].contains(&format!("[part 1]({})", sprint.address_of_part(1).await)));
    assert!(parts[0].contains("The graph is left out: 200 tasks and 188 arrows"));
    assert!(parts[0].contains("tasks of wave 1"), "{}", parts[0]);

    // A box in the last part counts as one in the first, and so does the one for all of it.
    sprint.ticks("grace", "T200").await;
    assert_eq!(sprint.approvals().await, "T200 by grace");
    sprint.ticks_everything("ada").await;
    assert!(sprint.parts().await[0].contains("200 of 200 approved"));

    // A part that somebody deletes comes back with its ticks.
    sprint.deletes_part("ada", 2).await;
    sprint.hears("ada", "/team6 plan").await;
    let parts = sprint.parts().await;
    assert_eq!(boxes(&parts), TASKS);
    assert!(parts[1].contains("- [x] **T"));
    assert!(parts[0].contains(&format!("[part 2]({})", sprint.address_of_part(2).await)));

    // It is judged: whoever has not looked at the warnings is asked to.
    sprint.hears("ada", "/team6 start").await;
    assert!(sprint.answer().await.contains("ada owns 6 tasks of wave 1"));
    assert_eq!(sprint.pulls().await, 0);

    // A part that is not needed any more says so.
    team.loses_webhooks_without_a_trace();
    for number in 31..=TASKS {
        sprint.closes(&format!("T{number}"), "not_planned").await;
    }
    team.hears_again();
    sprint.hears("ada", "/team6 plan").await;
    let parts = sprint.parts().await;
    assert_eq!(boxes(&parts), 30);
    assert!(parts[1].contains("[It begins here]"), "{}", parts[1]);
    team.ends().await;
}
