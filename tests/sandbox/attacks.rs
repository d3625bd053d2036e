//! What an agent may try, and whether it succeeds: without a sandbox, with bubblewrap, with Landlock alone.
//!
//! The first column proves that an attack works at all; where that depends on the machine, it is not tried.

use std::collections::BTreeSet;

use team6::agent::sandbox::Kind;

use crate::machine::Machine;
use crate::usable;

/// Succeeds.
const YES: Option<bool> = Some(true);
/// Fails.
const NO: Option<bool> = Some(false);
/// Is not tried.
const SKIP: Option<bool> = None;

/// An attack: what it is, how, and how it ends.
type Attack = (&'static str, &'static str, [Option<bool>; 3]);

const FILES: &[Attack] = &[
    ("read another task's files", "cat $OTHER/tree/secret.txt", [YES, NO, NO]),
    ("list the other tasks", "ls $WORKSPACES | grep -q 1_1_1_2", [YES, NO, NO]),
    ("read the App's key", "cat $KEY", [YES, NO, NO]),
    ("read the operator's SSH key", "cat $SSH", [YES, NO, NO]),
    ("read the passwords of the machine", "cat /etc/shadow", [NO, NO, NO]),
    ("read a key through a link in the tree", "ln -sf $KEY k && cat k", [YES, NO, NO]),
    ("read a key through a hard link", "ln $KEY k2 && cat k2", [YES, NO, NO]),
    ("read the mirror's configuration", "cat $MIRROR/config", [YES, NO, NO]),
    ("read the mirror's objects", "find $MIRROR/objects -type f | xargs cat >/dev/null", [YES; 3]),
    ("write the mirror's objects", "echo x >$MIRROR/objects/x", [YES, NO, NO]),
    (
        "write a mirror's object through a hard link",
        "ln $(find $MIRROR/objects -type f | head -n 1) $TREE/object",
        [YES, NO, NO],
    ),
    ("write its own configuration", "git config core.fsmonitor false", [YES, NO, YES]),
    ("write a hook", "echo true >$REPO/hooks/pre-commit", [YES, NO, YES]),
    (
        "borrow other objects",
        "echo $MIRROR/objects >>$REPO/objects/info/alternates",
        [YES, NO, YES],
    ),
    ("move the repository", "mv $REPO $REPO.x && mv $REPO.x $REPO", [YES, NO, NO]),
    ("move the hooks", "mv $REPO/hooks $REPO/x && mv $REPO/x $REPO/hooks", [YES, NO, YES]),
    ("move the objects", "mv $REPO/objects $REPO/x && mv $REPO/x $REPO/objects", [YES, NO, YES]),
    ("move the tree", "mv $TREE $TREE.x && mv $TREE.x $TREE", [YES, NO, NO]),
    (
        "write beside the tree",
        "test -s $DIR/workspace.json && echo >>$DIR/workspace.json",
        [YES, NO, NO],
    ),
    ("leave something in the machine's memory", "echo x >/dev/shm/$ABSTRACT", [YES, YES, NO]),
    ("make a device", "mknod disk b 8 0", [NO, NO, NO]),
    ("read the kernel's log", "exec 3</dev/kmsg && head -n 1 <&3", [SKIP, NO, NO]),
    ("write a file that is too big", "dd if=/dev/zero of=big bs=1M count=9 2>&1", [YES, NO, NO]),
];

const PROCESSES: &[Attack] = &[
    ("see the worker", "test -d /proc/$WORKER", [YES, NO, YES]),
    ("signal the worker", "kill -CONT $WORKER", [YES, NO, NO]),
    ("signal the shim", "kill -CONT $PPID", [SKIP, NO, NO]),
    ("read the worker's environment", "grep -q SECRET /proc/$WORKER/environ", [YES, NO, NO]),
    ("go through the worker's root", "ls /proc/$WORKER/root/", [YES, NO, NO]),
    ("go through the first process's root", "ls /proc/1/root/", [SKIP, NO, NO]),
    (
        "read the worker's memory",
        "perl -e 'open F, q(<), qq(/proc/$ENV{WORKER}/mem) or exit 1'",
        [SKIP, NO, NO],
    ),
    (
        "trace the worker",
        "perl -e 'exit(0 != syscall(0+$ENV{SYS_PTRACE}, 16, 0+$ENV{WORKER}, 0, 0))'",
        [SKIP, NO, NO],
    ),
    (
        "trace the shim",
        "exec perl -e 'exit(0 != syscall(0+$ENV{SYS_PTRACE}, 16, getppid, 0, 0))'",
        [SKIP, NO, NO],
    ),
    ("keep a core dump", "test $(ulimit -c) != 0", [SKIP, NO, NO]),
    ("use too much memory", "perl -e '$x = q(x) x 2_500_000_000'", [SKIP, NO, NO]),
    (
        "start too many processes",
        "perl -e 'for (1..80) { my $p = fork; defined $p or exit 1; if (!$p) { sleep 20; exit } }'",
        [SKIP, NO, SKIP],
    ),
];

const NETWORK: &[Attack] = &[
    (
        "reach a port of this machine",
        "perl -MSocket -e 'socket(S, AF_INET, SOCK_STREAM, 0) and connect(S, sockaddr_in($ENV{PORT}, INADDR_LOOPBACK)) or exit 1'",
        [YES, NO, NO],
    ),
    (
        "reach a port of this machine by MPTCP",
        "perl -MSocket -e 'socket(S, AF_INET, SOCK_STREAM, 262) and connect(S, sockaddr_in($ENV{PORT}, INADDR_LOOPBACK)) or exit 1'",
        [SKIP, NO, NO],
    ),
    (
        "reach the internet",
        "perl -MSocket -e 'alarm 3; socket(S, AF_INET, SOCK_STREAM, 0) and connect(S, sockaddr_in(443, inet_aton(q(203.0.113.80)))) or exit 1'",
        [SKIP, NO, NO],
    ),
    (
        "exchange datagrams with this machine",
        "perl -MSocket -e 'alarm 5; socket(S, AF_INET, SOCK_DGRAM, 0) and connect(S, sockaddr_in($ENV{UDP}, INADDR_LOOPBACK)) \
         and send(S, q(x), 0) and defined recv(S, $x, 9, 0) or exit 1'",
        [YES, NO, NO],
    ),
    (
        "reach an abstract socket",
        "perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0) and connect(S, pack_sockaddr_un(qq(\\0$ENV{ABSTRACT}))) or exit 1'",
        [YES, NO, NO],
    ),
    (
        "reach somebody's socket by its path",
        "perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0) and connect(S, pack_sockaddr_un($ENV{SOCKET})) or exit 1'",
        [YES, NO, NO],
    ),
    ("speak to the hypervisor", "perl -e 'socket(S, 40, 1, 0) or exit 1'", [SKIP, NO, NO]),
    ("use the kernel's ciphers", "perl -e 'socket(S, 38, 5, 0) or exit 1'", [SKIP, NO, NO]),
    ("make packets", "perl -e 'socket(S, 17, 3, 0) or exit 1'", [SKIP, NO, NO]),
    (
        "serve and reach a port of its own",
        "perl -MSocket -e 'socket(L, AF_INET, SOCK_STREAM, 0) and bind(L, sockaddr_in(0, INADDR_LOOPBACK)) and listen(L, 1) \
         and socket(S, AF_INET, SOCK_STREAM, 0) and connect(S, getsockname L) or exit 1'",
        [YES, YES, NO],
    ),
];

const KERNEL: &[Attack] = &[
    ("make a user namespace", "unshare --user --map-root-user true", [SKIP, NO, NO]),
    ("mount", "unshare --user --map-root-user --mount mount -t tmpfs none /mnt", [SKIP, NO, NO]),
    ("gain rights by a program", "grep -q 'NoNewPrivs:.0' /proc/self/status", [YES, NO, NO]),
    (
        "have capabilities",
        "grep CapEff /proc/self/status | grep -qv 0000000000000000",
        [NO, NO, NO],
    ),
    (
        "put a key into the session's ring",
        "perl -e 'exit(0 > syscall(0+$ENV{SYS_ADD_KEY}, q(user), q(t6), q(x), 1, -3))'",
        [SKIP, NO, NO],
    ),
    (
        "find the session's ring",
        "perl -e 'exit(0 > syscall(0+$ENV{SYS_KEYCTL}, 0, -3, 0))'",
        [SKIP, NO, NO],
    ),
    (
        "type into a terminal",
        "perl -e '$x = q(x); ioctl(STDIN, 0x5412, $x); exit($! == 1)'",
        [YES, NO, NO],
    ),
    ("open the terminal of the worker", "exec 3<>/dev/tty", [SKIP, NO, NO]),
    (
        "go around rules by io_uring",
        "perl -e '$p = chr(0) x 120; exit(0 > syscall(0+$ENV{SYS_IO_URING_SETUP}, 1, $p))'",
        [SKIP, NO, NO],
    ),
    (
        "load a program into the kernel",
        "perl -e '$a = chr(0) x 128; syscall(0+$ENV{SYS_BPF}, 99, $a, 128); exit($! == 1)'",
        [SKIP, NO, NO],
    ),
    (
        "handle its own page faults",
        "perl -e 'exit(0 > syscall(0+$ENV{SYS_USERFAULTFD}, 1))'",
        [SKIP, NO, NO],
    ),
    (
        "have cores dumped to a program",
        "echo '|/bin/sh' >/proc/sys/kernel/core_pattern",
        [SKIP, NO, NO],
    ),
    (
        "leave its control group",
        "echo $$ >$(find /sys/fs/cgroup -name cgroup.procs | head -n 1)",
        [SKIP, NO, NO],
    ),
    ("rename the machine", "hostname elsewhere", [SKIP, NO, NO]),
];

/// What it must be able to do, or it is of no use.
const WORK: &[Attack] = &[
    ("write files", "mkdir -p new && echo x >new/x && rm -r new", [YES; 3]),
    (
        "run what it wrote",
        "printf '#!/bin/sh\\ntrue\\n' >x.sh && chmod +x x.sh && ./x.sh",
        [YES; 3],
    ),
    ("commit", "echo x >x.txt && git add x.txt && git commit -qm x", [YES; 3]),
    ("stash", "echo y >>x.txt && git stash -q && git stash drop -q", [YES; 3]),
    ("branch", "git branch other && git branch -q -D other", [YES; 3]),
    (
        "rebase",
        "git checkout -q -b side HEAD && echo z >z.txt && git add z.txt && git commit -qm z && \
         git rebase -q HEAD~1 && git checkout -q - && git branch -q -D side",
        [YES; 3],
    ),
    ("look at the log", "git log --stat -n 3 && git status", [YES; 3]),
    ("keep settings at home", "mkdir -p ~/.config && echo x >~/.config/x", [YES; 3]),
    ("make temporary files", "echo x >$(mktemp)", [YES; 3]),
    ("use random numbers", "head -c 9 /dev/urandom >/dev/null", [YES; 3]),
    (
        "verify certificates",
        "test -r /etc/ssl/certs || test -r /etc/pki/tls/certs",
        [SKIP, YES, YES],
    ),
    ("know its own name", "test $(id -un) = agent", [SKIP, YES, SKIP]),
    ("start many processes", "for n in 1 2 3 4 5 6 7 8 9; do sleep 0.1 & done; wait", [YES; 3]),
];

#[tokio::test]
async fn no_attack_succeeds_that_should_not() {
    let mut kinds = usable().await;
    kinds.push(Kind::Open);
    let mut wrong = Vec::new();
    for kind in kinds {
        let machine = Machine::new().await;
        let sandbox = machine.sandbox(kind);
        for (name, script, expected) in [FILES, PROCESSES, NETWORK, KERNEL, WORK].concat() {
            let expected = match kind {
                Kind::Open => expected[0],
                Kind::Bubblewrap => expected[1],
                Kind::Landlock => expected[2],
            };
            let Some(expected) = expected else { continue };
            if name.starts_with("signal") && kind != Kind::Open && !rules_over_signals() {
                crate::aloud(&format!(
                    "sandbox: skipped: {name}; Linux 6.12 is the first to stop that"
                ));
                continue;
            }
            let ended = machine.run(&sandbox, &machine.place(), script).await;
            // A program that is not there has proved nothing.
            if ended.succeeded != expected || ended.said.contains("not found") {
                wrong.push(format!("{kind:?}: {name}: {} ({})", ended.succeeded, ended.said));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Whether Landlock here is new enough.
fn rules_over_signals() -> bool {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let mut numbers = release.split('.').map(|number| number.parse().unwrap_or(0));
    (numbers.next(), numbers.next()) >= (Some(6), Some(12))
}

#[test]
fn every_attack_has_a_name_of_its_own() {
    let all = [FILES, PROCESSES, NETWORK, KERNEL, WORK].concat();
    let names: BTreeSet<_> = all.iter().map(|(name, ..)| name).collect();
    assert_eq!(names.len(), all.len());
}

#[tokio::test]
async fn a_planner_reads_and_writes_nothing_but_its_home() {
    for kind in usable().await {
        let machine = Machine::new().await;
        let (sandbox, place) = (machine.sandbox(kind), machine.place().read_only());
        for (script, expected) in [
            ("cat README.md && git log -n 1", true),
            ("echo x >~/notes", true),
            ("echo x >README.md", false),
            ("echo x >new", false),
            ("git update-ref refs/heads/x HEAD", false),
        ] {
            let ended = machine.run(&sandbox, &place, script).await;
            assert_eq!(ended.succeeded, expected, "{kind:?}: {script}: {}", ended.said);
        }
    }
}
