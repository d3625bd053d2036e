//! "GitHub can be down for hours, and it is never asked for more than it allows."

use chrono::{DateTime, TimeDelta, Utc};

use crate::world::{Asked, Team};

/// The most that `cost` adds up to within a span of time.
fn most(asked: &[Asked], span: TimeDelta, cost: impl Fn(&Asked) -> usize) -> usize {
    let within = |end: DateTime<Utc>| {
        asked.iter().filter(move |one| end - span < one.at && one.at <= end).map(&cost).sum()
    };
    asked.iter().map(|one| within(one.at)).max().unwrap_or(0)
}

fn keeps_the_limits(asked: &[Asked]) {
    let mut writes: Vec<_> = asked.iter().filter(|one| one.is_write()).collect();
    writes.sort_by_key(|one| one.at);
    for pair in writes.windows(2) {
        let apart = pair[1].at - pair[0].at;
        assert!(TimeDelta::seconds(1) <= apart, "{}, {apart} later {}", pair[0].what, pair[1].what);
    }
    let points = |one: &Asked| if one.what.starts_with("GET ") { 1 } else { 5 };
    let points = most(asked, TimeDelta::minutes(1), points);
    assert!(points <= 900, "{points} points in a minute");
    let content = |one: &Asked| usize::from(one.makes_content());
    let (minute, hour) =
        (most(asked, TimeDelta::minutes(1), content), most(asked, TimeDelta::hours(1), content));
    assert!((1..=80).contains(&minute), "{minute} comments and pull requests in a minute");
    assert!((1..=500).contains(&hour), "{hour} comments and pull requests in an hour");
    let limited = asked.iter().filter(|one| matches!(one.status, 403 | 429)).count();
    assert_eq!(limited, 0, "GitHub had to say that it is too much");
}

#[tokio::test]
async fn github_is_down_for_two_hours_in_the_middle_of_a_sprint_of_ten_tasks() {
    let team = Team::by_its_own_clock().await;
    let wishes = plan! {
        T1 "Name the colors" owner ada;
        T2 "Draw the moon" owner grace;
        T3 "Draw the sun" owner ada;
        T4 "Ask the system" owner grace after T1;
        T5 "Put up a toggle" owner ada after T1 after T8;
        T6 "Fade gently" owner grace after T2 after T3;
        T7 "Tell everybody" owner ada after T5 after T6;
        T8 "Store the theme" in api owner grace;
        T9 "Remember the choice" in api owner ada after T8;
        T10 "Translate it" in api owner grace after T9;
    };
    let sprint = team.approved("Dark mode", wishes).await;
    sprint.hears_without_waiting("ada", "/team6 start").await;
    sprint.comes_to_work().await;

    team.has_no_github_for(120).await;
    team.settles().await;
    sprint.merges_everything("ada").await;

    assert!(sprint.stands().await.split(", ").all(|task| task.ends_with(" merged")));
    assert!(!sprint.tries().await.contains("twice"), "{}", sprint.tries().await);
    assert_eq!(sprint.pulls().await, 10);
    assert!(sprint.answer().await.starts_with("**Dark mode is completed**"));
    keeps_the_limits(&team.asked());
    let failed = team.asked().into_iter().filter(|one| one.status == 503).count();
    assert!((1..1_200).contains(&failed), "{failed} questions in two hours without an answer");
    team.ends().await;
}

#[tokio::test]
async fn when_little_is_left_of_the_hour_people_are_answered_and_refreshes_wait() {
    let team = Team::by_its_own_clock().await;
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    team.has_spent_its_hour().await;

    sprint.merges_without_waiting("ada", "T1").await;
    while !sprint.answer().await.starts_with("**Dark mode is completed**") {
        team.a_moment_passes().await;
    }
    assert_eq!(sprint.stands().await, "T1 in review", "as it stood before");

    team.an_hour_passes().await;

    assert_eq!(sprint.stands().await, "T1 merged");
    keeps_the_limits(&team.asked());
    team.ends().await;
}
