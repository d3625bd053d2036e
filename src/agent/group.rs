//! An agent's processes: found, frozen and killed together, and never somebody else's.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::sandbox::{Kind, MARK};
use super::{Error, Place, Sandbox};

const CONFIRMED_WITHIN: Duration = Duration::from_secs(20);
/// How often we look for processes that were started while others were being stopped.
const PASSES: usize = 100;

/// The processes of an agent, in one workspace.
#[derive(Debug)]
pub struct Group {
    family: Family,
    /// Whether the first process only keeps the others in, and they end if it does.
    is_kept: bool,
    is_frozen: AtomicBool,
}

/// Processes that belong together: those that descend from one, are in its process group, or carry the mark.
#[derive(Debug)]
struct Family {
    leader: Option<(Pid, u64)>,
    mark: Vec<u8>,
}

/// A process as `/proc/<pid>/stat` tells it.
pub(super) struct Process {
    pub(super) pid: Pid,
    pub(super) parent: i32,
    group: i32,
    started: u64,
}

impl Group {
    /// The processes begun by one just started at `place`, written down there for a later worker to find.
    pub(super) fn begin(leader: u32, place: &Place, sandbox: &Sandbox) -> std::io::Result<Self> {
        let pid = i32::try_from(leader).ok().and_then(Pid::from_raw);
        let leader = pid.ok_or_else(|| std::io::Error::other("the process has no id"))?;
        let started = read(leader.as_raw_nonzero().get()).map_or(0, |process| process.started);
        let text = format!("{} {started}\n", leader.as_raw_nonzero());
        std::fs::write(place.pid_file(), text)?;
        Ok(Self {
            family: Family { leader: Some((leader, started)), mark: mark(&place.dir) },
            is_kept: sandbox.kind() == Kind::Bubblewrap,
            is_frozen: AtomicBool::new(false),
        })
    }

    /// Stops every process where it is; time does not count while they are stopped.
    pub fn freeze(&self) {
        self.is_frozen.store(true, Ordering::Relaxed);
        self.family.signal(&mut HashMap::new(), Signal::STOP);
    }

    /// Lets every process go on.
    pub fn thaw(&self) {
        self.family.signal(&mut HashMap::new(), Signal::CONT);
        self.is_frozen.store(false, Ordering::Relaxed);
    }

    /// Whether the processes are stopped.
    pub fn is_frozen(&self) -> bool {
        self.is_frozen.load(Ordering::Relaxed)
    }

    /// Asks the processes to end.
    pub(super) fn terminate(&self) {
        // Whatever keeps the others in would take them along, before they could end themselves.
        let keeper = self.family.leader.filter(|_| self.is_kept);
        let mut spared = keeper
            .map(|(pid, started)| (pid.as_raw_nonzero().get(), started))
            .into_iter()
            .collect();
        self.family.signal(&mut spared, Signal::TERM);
        self.thaw();
    }

    /// Kills every process and waits until none is left.
    pub async fn kill(&self) -> Result<(), Error> {
        self.family.kill(self.is_kept).await
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
    let leader = leader.map(|process| (process.pid, process.started));
    Family { leader, mark }.kill(false).await?;
    let _ = std::fs::remove_file(dir.join("pid"));
    Ok(())
}

impl Family {
    /// Signals each of them, where it is met: whoever is looked for later has become another by then. Answers whether
    /// there were any that are not `known`, and makes them so.
    fn meet(&self, known: &mut HashMap<i32, u64>, signal: Signal) -> bool {
        let leader = self.leader();
        let mut has_met = false;
        for process in living() {
            let number = process.number();
            if known.get(&number) == Some(&process.started) {
                continue;
            }
            let is_ours = leader.is_some_and(|leader| number == leader || process.group == leader)
                || leader == Some(process.parent)
                || known.contains_key(&process.parent)
                || is_marked(&process, &self.mark);
            if is_ours {
                send(process.pid, signal);
                known.insert(number, process.started);
                has_met = true;
            }
        }
        has_met
    }

    /// The number of the first process, if that is not a later process's by now.
    fn leader(&self) -> Option<i32> {
        let (pid, started) = self.leader?;
        let number = pid.as_raw_nonzero().get();
        read(number).is_none_or(|process| process.started == started).then_some(number)
    }

    /// Signals all of them, until there is none that was not: whoever runs can start others meanwhile.
    fn signal(&self, known: &mut HashMap<i32, u64>, signal: Signal) {
        for _ in 0..PASSES {
            if !self.meet(known, signal) {
                return;
            }
        }
    }

    /// Kills them until there are none, also those nobody can tell any more from strangers once the others are gone.
    async fn kill(&self, is_kept: bool) -> Result<(), Error> {
        let deadline = Instant::now() + CONFIRMED_WITHIN;
        let mut known = HashMap::new();
        loop {
            if let Some((pid, _)) = self.leader.filter(|_| is_kept && self.leader().is_some()) {
                send(pid, Signal::KILL);
            }
            self.signal(&mut known, Signal::STOP);
            let left: Vec<Pid> = living()
                .filter(|process| known.get(&process.number()) == Some(&process.started))
                .map(|process| process.pid)
                .collect();
            if left.is_empty() {
                return Ok(());
            }
            // The first process goes last: as long as it is there, nothing the others start can hide.
            let is_first = |pid: &Pid| self.leader.is_some_and(|(leader, _)| leader == *pid);
            let is_alone = left.iter().all(is_first);
            for pid in left.into_iter().filter(|pid| is_alone || !is_first(pid)) {
                send(pid, Signal::KILL);
            }
            if Instant::now() > deadline {
                return Err(Error::StillRunning);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Process {
    fn number(&self) -> i32 {
        self.pid.as_raw_nonzero().get()
    }
}

/// Signals a process; one that has just ended has nothing to hear.
fn send(pid: Pid, signal: Signal) {
    let _ = kill_process(pid, signal);
}

/// The processes of this machine that still run.
pub(super) fn living() -> impl Iterator<Item = Process> {
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
        parent: fields.get(1)?.parse().ok()?,
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
