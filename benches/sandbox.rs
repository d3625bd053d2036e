//! What it costs to start a program in each sandbox.

mod measure;

use std::time::Instant;

use anyhow::ensure;
use measure::{Side, milliseconds, table};
use team6::agent::Place;
use team6::agent::sandbox::{Kind, Sandbox, Setup, Wanted};
use team6::domain::work::Identity;

const RUNS: usize = 40;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    if !measure::is_asked_for() {
        return Ok(());
    }
    let dir = tempfile::tempdir()?;
    let author = Identity { name: "Team6".into(), email: "team6@example.com".into() };
    let place = Place::new(dir.path().to_owned(), author);
    for folder in [&place.tree, &place.home] {
        std::fs::create_dir(folder)?;
    }
    let kinds = [Kind::Open, Kind::Landlock, Kind::Bubblewrap];
    let mut sides = [
        Side::new("no sandbox"),
        Side::new("Landlock alone"),
        Side::new("bubblewrap, with Landlock inside"),
    ];
    let setup = Setup { shim: env!("CARGO_BIN_EXE_team6").into(), ..Setup::new(Wanted::Auto) };
    for _ in 0..RUNS {
        for (kind, side) in kinds.into_iter().zip(&mut sides) {
            let sandbox = Sandbox::new(kind, &setup);
            let begun = Instant::now();
            let mut command = sandbox.command(&place, "true", &[], &[])?;
            ensure!(command.spawn()?.wait().await?.success(), "{kind:?} does not work here");
            side.runs.push(vec![milliseconds(begun.elapsed())]);
        }
    }
    table(
        &format!("Sandbox: start `true` and wait for it, median of {RUNS} runs"),
        &["ms"],
        &sides,
    );
    Ok(())
}
