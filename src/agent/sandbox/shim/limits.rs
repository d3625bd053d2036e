//! How much a process may use.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::{Deserialize, Serialize};

/// The most open files a process may have.
const OPEN: u64 = 16_384;

/// How much each process may use; 0 is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// Of address space, in MB; runtimes reserve far more than they use.
    pub memory_mb: u64,
    /// Of one file, in MB.
    pub file_mb: u64,
    /// Processes and threads of one workspace, where they can be counted apart from others.
    pub processes: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { memory_mb: 65_536, file_mb: 4_096, processes: 4_096 }
    }
}

/// Sets the limits of this process and all that it starts.
///
/// Processes are counted for a user in a namespace; without a namespace, all the user's processes would count.
pub(super) fn set(bounds: &Bounds, has_namespace: bool) -> io::Result<()> {
    lower(Resource::Core, 0)?;
    lower(Resource::Nofile, OPEN)?;
    if 0 < bounds.memory_mb {
        lower(Resource::As, bounds.memory_mb << 20)?;
    }
    if 0 < bounds.file_mb {
        lower(Resource::Fsize, bounds.file_mb << 20)?;
    }
    if 0 < bounds.processes && has_namespace {
        lower(Resource::Nproc, bounds.processes)?;
    }
    Ok(())
}

/// Never more than it was.
fn lower(resource: Resource, to: u64) -> io::Result<()> {
    let most = getrlimit(resource).maximum.map_or(to, |maximum| maximum.min(to));
    Ok(setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?)
}
