//! The sandbox, attacked from inside.
//!
//! The attacks run as an ordinary user: this one, or `nobody` if this one is root.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod attacks;
mod doors;
mod leaving;
mod machine;
mod network;
mod verifying;

use std::io::Write as _;

use team6::agent::sandbox::{Kind, Setup, Wanted};

/// The sandboxes that work here; says which do not, and fails if `TEAM6_TEST_SANDBOX` says that bubblewrap does.
async fn usable() -> Vec<Kind> {
    let mut usable = Vec::new();
    for (kind, wanted) in
        [(Kind::Bubblewrap, Wanted::Bubblewrap), (Kind::Landlock, Wanted::Landlock)]
    {
        let setup = Setup { shim: env!("CARGO_BIN_EXE_team6").into(), ..Setup::new(wanted) };
        match setup.find().await {
            Ok(_) => usable.push(kind),
            Err(error) => {
                let required = std::env::var_os("TEAM6_TEST_SANDBOX").is_some();
                assert!(
                    !required || kind != Kind::Bubblewrap,
                    "TEAM6_TEST_SANDBOX is set: {error}"
                );
                aloud(&format!(
                    "sandbox: skipped with {kind:?}, which does not work here: {error}"
                ));
            }
        }
    }
    usable
}

/// Says something that is seen even if the test that says it is well.
fn aloud(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}
