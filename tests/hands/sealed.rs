//! The same tests in every sandbox this machine has.

use std::io::Write as _;

use team6::agent::sandbox::{Kind, Setup, Wanted};
use tokio::sync::OnceCell;

/// Runs each of these tests once in every sandbox; each is an `async fn(Setup)` beside this.
macro_rules! in_every_sandbox {
    ($($test:ident),* $(,)?) => { $(
        mod $test {
            use team6::agent::sandbox::Kind;

            #[tokio::test]
            async fn bubblewrap() {
                if let Some(setup) = crate::sealed::usable(Kind::Bubblewrap).await {
                    super::$test(setup).await;
                }
            }

            #[tokio::test]
            async fn landlock() {
                if let Some(setup) = crate::sealed::usable(Kind::Landlock).await {
                    super::$test(setup).await;
                }
            }

            #[tokio::test]
            async fn open() {
                super::$test(crate::sealed::setup(Kind::Open)).await;
            }
        }
    )* };
}

/// How a worker is told to use a sandbox of this kind and no other.
pub(crate) fn setup(kind: Kind) -> Setup {
    let wanted = match kind {
        Kind::Bubblewrap => Wanted::Bubblewrap,
        Kind::Landlock => Wanted::Landlock,
        Kind::Open => Wanted::None,
    };
    Setup { shim: env!("CARGO_BIN_EXE_team6").into(), ..Setup::new(wanted) }
}

/// The same, if this machine can do that; says so if it cannot, and fails if
/// `TEAM6_TEST_SANDBOX` says that bubblewrap works.
pub(crate) async fn usable(kind: Kind) -> Option<Setup> {
    static WORKS: [OnceCell<bool>; 2] = [OnceCell::const_new(), OnceCell::const_new()];
    let setup = setup(kind);
    let works = WORKS[usize::from(kind == Kind::Landlock)].get_or_init(|| async {
        let Err(error) = setup.find().await else { return true };
        let required = std::env::var_os("TEAM6_TEST_SANDBOX").is_some();
        assert!(!required || kind != Kind::Bubblewrap, "TEAM6_TEST_SANDBOX is set: {error}");
        let line = format!("hands: skipped with {kind:?}, which does not work here: {error}\n");
        std::io::stderr().write_all(line.as_bytes()).unwrap();
        false
    });
    works.await.then_some(setup)
}
