//! Waiting for a program, and for what it leaves behind.

use std::io;
use std::process::Child;

use rustix::process::{Signal, WaitOptions, getpid, kill_process, set_child_subreaper, wait};

use super::super::super::group;

/// Has everything the program leaves behind become ours, so that nothing hides by going astray.
pub(super) fn over_orphans() -> io::Result<()> {
    Ok(set_child_subreaper(Some(getpid()))?)
}

/// Waits for the program, and buries whatever else ends meanwhile.
pub(super) fn until_the_end(child: &Child) -> io::Result<u8> {
    loop {
        let (pid, status) = match wait(WaitOptions::empty()) {
            Ok(Some(ended)) => ended,
            Ok(None) | Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        };
        if u32::try_from(pid.as_raw_nonzero().get()) == Ok(child.id()) {
            let killed = status.terminating_signal().map(|signal| 128 + signal);
            let status = status.exit_status().or(killed).unwrap_or(1);
            return Ok(u8::try_from(status).unwrap_or(u8::MAX));
        }
    }
}

/// Kills what the program left behind, and what becomes ours by that, until nothing is left.
pub(super) fn bury_orphans() {
    let us = getpid().as_raw_nonzero().get();
    loop {
        for orphan in group::living().filter(|process| process.parent == us) {
            let _ = kill_process(orphan.pid, Signal::KILL);
        }
        match wait(WaitOptions::empty()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => return,
        }
    }
}
