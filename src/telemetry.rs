//! Logging.

use tracing_subscriber::EnvFilter;

/// Logs to standard error: what `RUST_LOG` asks for, or else `usual`.
pub fn to_stderr(usual: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    // A second call changes nothing, which is what tests want.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .try_init();
}
