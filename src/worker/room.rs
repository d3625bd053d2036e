//! Whether there is room on the disk for more work: an agent that fills it would take everybody else's along.

use std::path::Path;

use super::Shared;

/// What keeps a worker from taking work.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLittle {
    /// How much there is, in MB.
    pub(super) free_mb: u64,
    /// How much there must be.
    pub(super) wanted_mb: u64,
}

/// Whether the disk with the workspaces has as much room as the operator wants kept free. Where nobody can say, there
/// is.
pub(super) fn is_there(shared: &Shared) -> Result<(), TooLittle> {
    let wanted_mb = shared.settings.headroom_mb;
    match free_mb(&shared.settings.data) {
        Some(free_mb) if free_mb < wanted_mb => Err(TooLittle { free_mb, wanted_mb }),
        Some(_) | None => Ok(()),
    }
}

fn free_mb(path: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(path).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize) >> 20)
}
