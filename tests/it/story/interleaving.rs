//! "However ticks, changes, lost and doubled webhooks interleave, what counts in the end is what
//! people did, in the order they did it."
//!
//! Several sprints of one team live through rounds of random acts; between the acts nobody waits.
//! After a round, when all is heard, each must show exactly the approvals of a simple model. What
//! differs is printed with its seed; `TEAM6_SEED=…` plays that one, or others.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use futures::future::join_all;

use crate::aloud;
use crate::world::{Sprint, Team};

/// A GitHub answers only so many questions an hour: four of them share the two hundred.
const SPRINTS: u64 = 5;
const ROUNDS: u64 = 10;
const ACTS: usize = 7;
const PEOPLE: [&str; 4] = ["ada", "grace", "mary", "linus"];
const TASKS: [&str; 3] = ["T1", "T2", "T3"];

/// A small generator of numbers that look random: the same seed, the same numbers.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[usize::try_from(self.throw(all.len() as u64)).unwrap()]
    }
}

/// What a simple mind believes to be approved.
#[derive(Default)]
struct Model {
    owners: BTreeMap<&'static str, Option<&'static str>>,
    /// Which title each task has: `T1 number 3`.
    titles: BTreeMap<&'static str, String>,
    approvals: BTreeMap<&'static str, String>,
    /// How many titles there have been.
    count: usize,
}

impl Model {
    fn new() -> Self {
        Self {
            owners: [("T1", Some("ada")), ("T2", Some("grace")), ("T3", None)].into(),
            titles: TASKS.map(|task| (task, format!("{task} number 0 of many"))).into(),
            ..Self::default()
        }
    }

    /// Whether a person decides about a task.
    fn may(&self, person: &str, task: &str) -> bool {
        match person {
            "linus" => false,
            "ada" => true,
            _ => self.owners[task].is_none_or(|owner| owner == person),
        }
    }

    fn ticks(&mut self, person: &str, task: &'static str, page: &str) {
        let is_current = line_of(page, task).contains(&self.titles[task]);
        if is_current && self.may(person, task) {
            self.approvals.entry(task).or_insert_with(|| person.to_owned());
        }
    }

    fn unticks(&mut self, person: &str, task: &'static str, page: &str) {
        let is_current = line_of(page, task).contains(&self.titles[task]);
        if is_current && self.may(person, task) {
            self.approvals.remove(task);
        }
    }

    /// A new title, or the title and another owner; what was approved is not the task any more.
    fn changes(&mut self, task: &'static str) -> String {
        self.count += 1;
        let title = format!("{task} number {} of many", self.count);
        self.titles.insert(task, title.clone());
        self.approvals.remove(task);
        title
    }

    fn says(&self) -> String {
        let lines = self.approvals.iter().map(|(task, by)| format!("{task} by {by}"));
        lines.collect::<Vec<_>>().join(", ")
    }
}

fn line_of<'a>(page: &'a str, task: &str) -> &'a str {
    let marker = format!("<!-- team6:approve {task} ");
    page.lines().find(|line| line.contains(&marker)).unwrap_or_default()
}

fn with_box(page: &str, task: &str, ticked: bool) -> String {
    let (from, to) = if ticked { ("- [ ]", "- [x]") } else { ("- [x]", "- [ ]") };
    let line = line_of(page, task);
    page.replace(line, &line.replacen(from, to, 1))
}

/// One sprint, its model and what was done in it.
struct Played<'t> {
    sprint: Sprint<'t>,
    model: Model,
    dice: Dice,
    told: String,
}

impl Played<'_> {
    /// Somebody does something, and does not wait for what comes of it.
    async fn act(&mut self) {
        let (person, task) = (self.dice.one_of(&PEOPLE), self.dice.one_of(&TASKS));
        let (comment, page) = self.sprint.plan_page().await;
        let (line, kind) = (line_of(&page, task).to_owned(), self.dice.throw(10));
        let shows_it = line.contains(&self.model.titles[task]);
        let _ = write!(self.told, "\n  {person} {task} {kind}: {line}");
        match kind {
            0..=6 => {
                let ticked = line.starts_with("- [x]");
                let text = with_box(&page, task, !ticked);
                if person != "linus" {
                    self.sprint.saves_the_comment(person, comment, &text).await;
                }
                if ticked {
                    self.model.unticks(person, task, &page);
                } else {
                    self.model.ticks(person, task, &page);
                }
            }
            // Of two changes under way nobody could say which comes last.
            7 if shows_it => {
                let title = self.model.changes(task);
                self.sprint.changes_the_title_of(task, &title).await;
            }
            8 if shows_it && person != "linus" => {
                let title = self.model.changes(task);
                let owner = self.dice.one_of(&["ada", "grace", "mary"]);
                self.model.owners.insert(task, Some(owner));
                let text =
                    format!("/team6 edit {task} title \"{title}\"\n/team6 owner {task} @{owner}");
                self.sprint.writes(person, &text).await;
            }
            9 => {
                let refused = format!("/team6 estimate {task} 3\n/team6 owner {task} @linus");
                self.sprint.writes(person, &refused).await;
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn fifty_interleavings_end_with_what_people_did() {
    interleave(1).await;
}

#[tokio::test]
async fn fifty_others_end_with_what_people_did() {
    interleave(2).await;
}

#[tokio::test]
async fn fifty_more_end_with_what_people_did() {
    interleave(3).await;
}

#[tokio::test]
async fn and_so_do_the_last_fifty() {
    interleave(4).await;
}

async fn interleave(world: u64) {
    let seed = std::env::var("TEAM6_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or(7_919 * world);
    aloud(&format!("interleavings: TEAM6_SEED={seed}"));
    let team = Team::new().await;
    let mut all = Vec::new();
    for nth in 0..SPRINTS {
        let wishes = plan! {
            T1 "T1 number 0 of many" owner ada;
            T2 "T2 number 0 of many" owner grace;
            T3 "T3 number 0 of many";
        };
        let sprint = team.sprint(&format!("Sprint {nth}"), wishes).await;
        sprint.writes("ada", "/team6 plan").await;
        let dice = Dice(seed ^ (nth + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        all.push(Played { sprint, model: Model::new(), dice, told: String::new() });
    }
    team.settles().await;
    let mut weather = Dice(seed);
    for round in 0..ROUNDS {
        match weather.throw(5) {
            0 => team.loses_webhooks_without_a_trace(),
            1 => team.loses_webhooks(),
            2 => team.gets_webhooks_twice_and_in_disorder(),
            _ => {}
        }
        join_all(all.iter_mut().map(|played| async move {
            let _ = write!(played.told, "\nround {round}");
            for _ in 0..ACTS {
                played.act().await;
            }
        }))
        .await;
        team.hears_again();
        team.sweeps().await;
        if weather.throw(10) == 0 {
            team.redelivers_everything().await;
        }
        for (nth, played) in all.iter().enumerate() {
            let (found, expected) = (played.sprint.approvals().await, played.model.says());
            let told = &played.told;
            assert!(
                in_order(&found) == in_order(&expected),
                "TEAM6_SEED={seed}, sprint {nth}, round {round}: {found:?}, not {expected:?}{told}"
            );
        }
    }
    drop(all);
    team.ends().await;
}

fn in_order(approvals: &str) -> Vec<&str> {
    let mut all: Vec<_> = approvals.split(", ").collect();
    all.sort_unstable();
    all
}
