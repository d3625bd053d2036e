//! `team6 shim`: gives up, for a program and all it starts, what the program must not have, and runs it.
//!
//! With bubblewrap it is the first process inside; with Landlock alone it is the sandbox. What confines a program
//! confines the thread that starts it: the others stay as they are, so that they can forward doors to the worker, and
//! so that no program can harm the process that watches over it.

mod forward;
mod landlock;
mod limits;
mod seccomp;
mod watch;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities};
use serde::{Deserialize, Serialize};

pub use limits::Bounds;

/// What the worker tells the shim.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Orders {
    /// What may be read and run.
    pub(super) read: Vec<PathBuf>,
    /// What may also be written.
    pub(super) write: Vec<PathBuf>,
    /// What the network is.
    pub(super) network: Network,
    /// Ports that lead to sockets.
    pub(super) forwards: Vec<(u16, PathBuf)>,
    /// What is found in the home by another name: the target, and the name below the home.
    pub(super) links: Vec<(PathBuf, PathBuf)>,
    /// How much a process may use.
    pub(super) bounds: Bounds,
}

/// What a program can reach.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Network {
    /// It has one of its own, in which there is nobody else.
    Own,
    /// It shares this machine's, and may connect to these ports and no others.
    Shared {
        /// Which.
        ports: Vec<u16>,
    },
}

impl Orders {
    /// As the shim reads it.
    pub(super) fn text(&self) -> io::Result<String> {
        Ok(serde_json::to_string(self)?)
    }
}

/// Runs a program as ordered; answers what its exit status was, as a shell would say it.
pub fn run(orders: &str, program: &[OsString]) -> io::Result<u8> {
    let orders: Orders = serde_json::from_str(orders)?;
    let (first, args) = program.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(first);
    command.args(args);
    let is_alone = matches!(orders.network, Network::Shared { .. });
    if is_alone {
        watch::over_orphans()?;
    }
    limits::set(&orders.bounds, !is_alone)?;
    for (port, socket) in &orders.forwards {
        forward::keep(*port, socket.clone())?;
    }
    let starter = std::thread::spawn(move || {
        // Root is nobody in particular from here on.
        set_capabilities(None, NO_CAPABILITIES)?;
        landlock::restrict(&orders)?;
        link(&orders.links);
        seccomp::restrict(&orders.network)?;
        command.spawn().map_err(|error| {
            io::Error::other(format!("{}: {error}", command.get_program().display()))
        })
    });
    let child = starter.join().map_err(|_| io::Error::other("the thread panicked"))??;
    let status = watch::until_the_end(&child)?;
    if is_alone {
        watch::bury_orphans();
    }
    Ok(status)
}

const NO_CAPABILITIES: CapabilitySets = CapabilitySets {
    effective: CapabilitySet::empty(),
    permitted: CapabilitySet::empty(),
    inheritable: CapabilitySet::empty(),
};

/// Puts links into the home; what the program has put there itself stays.
fn link(links: &[(PathBuf, PathBuf)]) {
    let Some(home) = std::env::home_dir().filter(|home| home.is_dir()) else { return };
    for (target, name) in links {
        let link = home.join(name);
        let made = std::fs::create_dir_all(link.parent().unwrap_or(Path::new("/")))
            .and_then(|()| std::os::unix::fs::symlink(target, &link));
        // A cache nobody can reach costs time and nothing else.
        drop(made);
    }
}
