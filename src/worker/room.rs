//! Whether there is room on the disk for more work: an agent that fills it would take everybody else's along.

use std::path::Path;

use super::Shared;
use crate::domain::work::NoRoom;

/// Whether the disk with the workspaces has less room than the operator wants kept free. Where nobody can say, it has
/// not.
pub(super) fn is_missing(shared: &Shared) -> Option<NoRoom> {
    let wanted_mb = shared.settings.headroom_mb;
    let free_mb = free_mb(&shared.settings.data)?;
    (free_mb < wanted_mb).then_some(NoRoom { free_mb, wanted_mb })
}

fn free_mb(path: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(path).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize) >> 20)
}
