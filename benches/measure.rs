//! What the benchmarks share: what a run is boiled down to, and how it is shown.

use std::io::Write as _;
use std::time::Duration;

/// A side of a comparison: its name, and what each of its columns came to, run by run.
pub(crate) struct Side {
    pub(crate) name: &'static str,
    pub(crate) runs: Vec<Vec<f64>>,
}

impl Side {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, runs: Vec::new() }
    }

    fn column(&self, at: usize) -> Vec<f64> {
        self.runs.iter().map(|run| run[at]).collect()
    }
}

/// Whether `cargo bench` started us; `cargo test --all-targets` does too, and wants no figures.
pub(crate) fn is_asked_for() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// The value that `percent` of all are at or below.
pub(crate) fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or(f64::NAN)
}

pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// Prints one line for each side: the median of each column over the runs, and how far the first
/// column strayed.
pub(crate) fn table(title: &str, columns: &[&str], sides: &[Side]) {
    let head: Vec<_> = columns.iter().map(|column| format!("{column:>12}")).collect();
    let head = head.concat();
    say(&format!("\n{title}\n{:<52}{head}{:>20}", "", "lowest … highest"));
    for side in sides {
        let medians: Vec<_> = (0..columns.len())
            .map(|at| format!("{:>12}", number(percentile(&side.column(at), 50))))
            .collect();
        let (medians, first) = (medians.concat(), side.column(0));
        let strayed =
            format!("{} … {}", number(percentile(&first, 0)), number(percentile(&first, 100)));
        say(&format!("{:<52}{medians}{strayed:>20}", side.name));
    }
    say("");
}

/// Three digits that mean something.
fn number(value: f64) -> String {
    let decimals = match value.abs() {
        big if 100.0 <= big => 0,
        middle if 10.0 <= middle => 1,
        _ => 2,
    };
    format!("{value:.decimals$}")
}

pub(crate) fn say(text: &str) {
    // Nobody listening is no reason to stop.
    let _ = writeln!(std::io::stdout(), "{text}");
}
