//! An agent's processes: found, frozen and killed together, and never somebody else's.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::sandbox::MARK;
use super::{Error, Place};

const CONFIRMED_WITHIN: Duration = Duration::from_secs(5);

/// The process group an agent leads, in one workspace.
#[derive(Debug)]
pub struct Group {
    leader: Pid,
    started: u64,
    mark: Vec<u8>,
    is_frozen: AtomicBool,
}

/// A process as `/proc/<pid>/stat` tells it.
struct Process {
    pid: Pid,
    group: i32,
    started: u64,
}

impl Group {
    /// The group of a process just started at `place`, written down there for a later worker to find.
    pub(super) fn begin(leader: u32, place: &Place) -> std::io::Result<Self> {
        let pid = i32::try_from(leader).ok().and_then(Pid::from_raw);
        let leader = pid.ok_or_else(|| std::io::Error::other("the process has no id"))?;
        let started = read(leader.as_raw_nonzero().get()).map_or(0, |process| process.started);
        let text = format!("{} {started}\n", leader.as_raw_nonzero());
        std::fs::write(place.pid_file(), text)?;
        let mark = mark(&place.dir);
        Ok(Self { leader, started, mark, is_frozen: AtomicBool::new(false) })
    }

    /// Stops every process where it is; time does not count while they are stopped.
    pub fn freeze(&self) {
        self.is_frozen.store(true, Ordering::Relaxed);
        self.signal(Signal::STOP);
    }

    /// Lets every process go on.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
        self.is_frozen.store(false, Ordering::Relaxed);
    }

    /// Whether the processes are stopped.
    pub fn is_frozen(&self) -> bool {
        self.is_frozen.load(Ordering::Relaxed)
    }

    /// Asks the processes to end.
    pub(super) fn terminate(&self) {
        self.signal(Signal::TERM);
        self.thaw();
    }

    /// Kills every process and waits until none is left.
    pub(super) async fn kill(&self) -> Result<(), Error> {
        self.signal(Signal::KILL);
        let leader = self.leader.as_raw_nonzero().get();
        kill_marked(&self.mark, |process| process.group == leader && self.is_ours()).await
    }

    fn signal(&self, signal: Signal) {
        if self.is_ours() {
            // A group that has just ended has nothing to hear.
            let _ = kill_process_group(self.leader, signal);
        }
    }

    /// Whether the group's number is not already that of a later process.
    fn is_ours(&self) -> bool {
        read(self.leader.as_raw_nonzero().get()).is_none_or(|leader| leader.started == self.started)
    }
}

/// Kills what a worker's former life left running in a workspace, and confirms that nothing is left.
pub async fn kill_leftovers(dir: &Path) -> Result<(), Error> {
    let mark = mark(dir);
    let written = std::fs::read_to_string(dir.join("pid")).unwrap_or_default();
    let mut words = written.split_whitespace().map(str::parse::<u64>);
    let leader = match (words.next(), words.next()) {
        (Some(Ok(pid)), Some(Ok(started))) => i32::try_from(pid).ok().and_then(read).filter(
            // The same number with another start is another process.
            |process| process.started == started && started != 0 && is_marked(process, &mark),
        ),
        _ => None,
    };
    let group = leader.map(|leader| leader.group);
    kill_marked(&mark, |process| Some(process.group) == group).await?;
    let _ = std::fs::remove_file(dir.join("pid"));
    Ok(())
}

/// Kills the processes that carry the mark, or are among those named, until there are none.
async fn kill_marked(mark: &[u8], is_ours: impl Fn(&Process) -> bool) -> Result<(), Error> {
    let deadline = Instant::now() + CONFIRMED_WITHIN;
    loop {
        let left: Vec<Process> =
            living().filter(|process| is_ours(process) || is_marked(process, mark)).collect();
        if left.is_empty() {
            return Ok(());
        }
        for process in &left {
            let _ = kill_process(process.pid, Signal::KILL);
        }
        if Instant::now() > deadline {
            return Err(Error::StillRunning);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The processes of this machine that still run.
fn living() -> impl Iterator<Item = Process> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| read(entry.file_name().to_str()?.parse().ok()?))
}

/// A process, unless it is gone or only waits to be buried.
fn read(pid: i32) -> Option<Process> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name comes in parentheses and may hold anything, so count from the last one.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    if matches!(fields.first(), Some(&("Z" | "X")) | None) {
        return None;
    }
    Some(Process {
        pid: Pid::from_raw(pid)?,
        group: fields.get(2)?.parse().ok()?,
        started: fields.get(19)?.parse().ok()?,
    })
}

fn mark(dir: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt as _;
    [MARK.as_bytes(), b"=", dir.as_os_str().as_bytes()].concat()
}

fn is_marked(process: &Process, mark: &[u8]) -> bool {
    let environment = std::fs::read(format!("/proc/{}/environ", process.pid.as_raw_nonzero()));
    environment.is_ok_and(|all| all.split(|byte| *byte == 0).any(|variable| variable == mark))
}
