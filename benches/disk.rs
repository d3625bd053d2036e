//! Where the benchmarks that write do so: `/tmp` may be memory, where nothing is ever slow to store.

use std::path::Path;

use tempfile::TempDir;

/// A folder on the disk that holds the build, gone when dropped.
pub(crate) fn scratch() -> std::io::Result<TempDir> {
    tempfile::Builder::new().prefix("bench-").tempdir_in(kept())
}

/// Where what one run makes can be kept for the next.
pub(crate) fn kept() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}
