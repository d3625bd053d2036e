//! Bodies of webhooks.

use std::path::Path;

use proptest::sample::select;

use crate::spoil::spoiling;
use crate::{CASES, holds, tries};

fn real() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/webhooks");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut real: Vec<_> = files
        .map(|file| {
            let name = file.file_name().unwrap().to_str().unwrap().to_owned();
            (name.split('.').next().unwrap().to_owned(), std::fs::read(file).unwrap())
        })
        .collect();
    real.sort();
    real
}

#[test]
fn a_spoiled_webhook_is_understood_or_not_and_nothing_else() {
    let (mut events, bodies): (Vec<_>, Vec<_>) = real().into_iter().unzip();
    events.dedup();
    let inputs = (select(events), spoiling(bodies, 6));
    tries(2 * CASES, inputs, |(event, body)| {
        holds::webhook(&event, &body);
        Ok(())
    });
}
