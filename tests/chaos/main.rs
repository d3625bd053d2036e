//! A whole sprint in a seeded world in which everything goes wrong that can: the real application
//! and database, a virtual clock, and GitHub, people and workers that all come from one number.
//!
//! An ordinary run plays a few seeds. `TEAM6_CHAOS_SEEDS` plays more and `TEAM6_CHAOS_FIRST` others;
//! a seed that fails prints its story, and how to see it again.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should fail where it stands")]
#![expect(clippy::disallowed_methods, reason = "tests read the environment by themselves")]
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "people act in a few states, and wait in all others"
)]
#![expect(
    clippy::large_futures,
    reason = "a town is stepped by one thread that has nothing else to do"
)]
#![expect(clippy::struct_excessive_bools, reason = "what a person has done once is done")]
#![expect(clippy::same_functions_in_if_condition, reason = "a die is thrown anew each time")]
#![expect(clippy::needless_range_loop, reason = "tasks are named by number")]
#![expect(clippy::unused_self, reason = "what a town does is said of the town")]
#![expect(clippy::too_many_lines, reason = "all that people may do stands on one page")]

mod checks;
mod dice;
mod people;
mod play;
mod record;
mod scene;
mod talk;
mod template;
mod town;
mod wire;
mod workers;

use std::io::Write as _;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use play::{Played, play};
use template::Template;

/// How many seeds an ordinary run plays.
const SEEDS: u64 = 20;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

fn by_itself<T>(what: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(what)
}

/// Says something although the test may succeed.
fn aloud(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

#[test]
fn nothing_is_lost_doubled_or_stuck_whatever_goes_wrong() {
    let first = number("TEAM6_CHAOS_FIRST").unwrap_or(1);
    let seeds = number("TEAM6_CHAOS_SEEDS").unwrap_or(SEEDS);
    let template = by_itself(Template::make());
    let (next, requests) = (AtomicU64::new(first), AtomicUsize::new(0));
    let failed = std::sync::Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if first + seeds <= seed || !failed.lock().unwrap().is_empty() {
                        return;
                    }
                    let played = play(&template, seed, false);
                    requests.fetch_add(played.requests, Ordering::Relaxed);
                    if !played.wrong.is_empty() {
                        failed.lock().unwrap().push((seed, played));
                    }
                }
            });
        }
    });
    let mut failed = failed.into_inner().unwrap();
    failed.sort_by_key(|(seed, _)| *seed);
    if let Some((seed, played)) = failed.first() {
        panic!("{}", told(*seed, played));
    }
    aloud(&format!("{seeds} seeds, {} requests to GitHub", requests.into_inner()));
}

fn told(seed: u64, played: &Played) -> String {
    let (story, wrong) = (played.story.join("\n"), played.wrong.join("\n"));
    format!("{story}\n\nseed {seed} went wrong:\n{wrong}\nsee it again with: just chaos 1 {seed}")
}

#[test]
fn a_seed_tells_the_same_story_each_time() {
    let template = by_itself(Template::make());
    for seed in [3, 5, 8] {
        let first = play(&template, seed, false);
        let second = play(&template, seed, false);
        for (nth, (one, other)) in first.story.iter().zip(&second.story).enumerate() {
            let before = first.story[nth.saturating_sub(12)..nth].join("\n");
            assert_eq!(one, other, "seed {seed}, line {nth}, after\n{before}");
        }
        assert_eq!(first.story.len(), second.story.len());
    }
}

#[test]
fn in_a_world_without_faults_the_same_people_come_to_the_same_end() {
    let template = by_itself(Template::make());
    for seed in 1..=8 {
        let played = play(&template, seed, true);
        assert!(played.wrong.is_empty(), "{}", told(seed, &played));
    }
}

/// The bugs that `just chaos-bugs` introduces must stay bugs of this code.
#[test]
fn every_bug_that_must_be_caught_can_still_be_introduced() {
    let root = env!("CARGO_MANIFEST_DIR");
    if !std::path::Path::new(root).join(".git").exists() {
        return aloud("skipped: whether the bugs of docs/chaos fit, because this is no checkout");
    }
    let bugs = std::fs::read_dir(format!("{root}/docs/chaos")).unwrap();
    let mut bugs: Vec<_> = bugs.map(|entry| entry.unwrap().path()).collect();
    bugs.retain(|path| path.extension().is_some_and(|extension| extension == "patch"));
    bugs.sort();
    assert_eq!(bugs.len(), 12);
    for bug in bugs {
        let mut git = std::process::Command::new("git");
        let tried = git.args(["apply", "--check"]).arg(&bug).current_dir(root).output().unwrap();
        let why = String::from_utf8_lossy(&tried.stderr);
        assert!(tried.status.success(), "{} does not fit any more: {why}", bug.display());
    }
}
