//! A machine with a worker on it, some of its secrets, and two workspaces.

use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use team6::agent::Place;
use team6::agent::sandbox::{Bounds, Kind, Sandbox, Setup, Wanted};
use team6::domain::ids::{BranchName, ExecutionId};
use team6::domain::work::{Checkout, Identity};
use team6::git::{Access, Key, Mirror, Mirrors, Workspace, Workspaces};
use tempfile::TempDir;

/// Who attacks, if the tests run as root.
const NOBODY: u32 = 65_534;

/// The machine.
pub(crate) struct Machine {
    pub(crate) dir: TempDir,
    pub(crate) mirror: Mirror,
    pub(crate) workspace: Workspace,
    pub(crate) checkout: Checkout,
    /// A process like the worker's, with a secret in its environment.
    worker: Child,
    tcp: std::net::TcpListener,
    udp: u16,
    _abstract: UnixListener,
    _named: UnixListener,
}

/// What a script came to.
pub(crate) struct Ended {
    pub(crate) succeeded: bool,
    pub(crate) said: String,
}

impl Machine {
    pub(crate) async fn new() -> Self {
        let dir = TempDir::new().unwrap();
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let at = |name: &str| dir.path().join(name);
        for (path, text) in [
            ("home/.ssh/id", "KEY"),
            ("app.pem", "KEY"),
            ("origin/README.md", "# web\n"),
            ("origin/docs/a.md", "a\n"),
        ] {
            std::fs::create_dir_all(at(path).parent().unwrap()).unwrap();
            std::fs::write(at(path), text).unwrap();
        }
        let origin = at("origin");
        git(&origin, &["init", "-q", "-b", "main"]);
        git(&origin, &["add", "-A"]);
        git(&origin, &["commit", "-q", "-m", "Begin"]);
        let checkout = Checkout {
            repo: "acme/web".parse().unwrap(),
            url: origin.join(".git").to_str().unwrap().to_owned(),
            base: BranchName("main".into()),
            base_sha: team6::domain::ids::CommitSha(git(&origin, &["rev-parse", "HEAD"])),
            contains: vec![],
            branch: BranchName("feature/task-1-x".into()),
            head: None,
            also: Vec::new(),
            is_shared: false,
            may_rebase: false,
        };
        let access = Access { url: &checkout.url, token: "" };
        let mirrors = Mirrors::new(at("worker/mirrors"));
        let mirror = mirrors.holding(&checkout.repo, access, &[&checkout.base_sha]).await.unwrap();
        let workspaces = Workspaces::new(at("worker/workspaces"));
        let key = |id: &str| Key::of(&ExecutionId(id.into())).unwrap();
        let workspace =
            workspaces.prepare(&key("exe_1_1_1_1_1"), &mirror, &checkout).await.unwrap();
        let other = workspaces.prepare(&key("exe_1_1_1_2_1"), &mirror, &checkout).await.unwrap();
        std::fs::write(other.tree().join("secret.txt"), "SECRET").unwrap();
        let mut worker = Command::new("sleep");
        worker.arg("1000").env("WORKER_SECRET", "SECRET");
        as_somebody(|uid| {
            use std::os::unix::process::CommandExt as _;
            worker.uid(uid).gid(uid);
        });
        let name = format!("team6-{}", dir.path().file_name().unwrap().display());
        let address = std::os::unix::net::SocketAddr::from_abstract_name(&name).unwrap();
        let machine = Self {
            mirror,
            workspace,
            checkout,
            worker: worker.spawn().unwrap(),
            tcp: std::net::TcpListener::bind("127.0.0.1:0").unwrap(),
            udp: echo(),
            _abstract: UnixListener::bind_addr(&address).unwrap(),
            _named: UnixListener::bind(at("worker.sock")).unwrap(),
            dir,
        };
        machine.give_away();
        machine
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Everything belongs to who attacks, as everything of a worker belongs to the user its agents run as.
    pub(crate) fn give_away(&self) {
        as_somebody(|uid| give_away(self.dir.path(), uid));
    }

    /// Everything belongs to us, for programs the library starts itself.
    pub(crate) fn take_back(&self) {
        as_somebody(|_| give_away(self.dir.path(), 0));
    }

    pub(crate) fn place(&self) -> Place {
        let author = Identity { name: "Team6".into(), email: "team6@example.com".into() };
        Place::new(self.workspace.dir().to_owned(), author)
            .with_repo(self.workspace.repo(), vec![self.mirror.dir().join("objects")])
    }

    /// A sandbox whose operator is at home on this machine.
    pub(crate) fn sandbox(&self, kind: Kind) -> Sandbox {
        let bounds = Bounds { memory_mb: 2_048, file_mb: 8, processes: 64 };
        let shim = self.shim();
        let home = Some(self.path("home"));
        Sandbox::new(kind, &Setup { shim, home, rustup: None, bounds, ..Setup::new(Wanted::Auto) })
    }

    /// The program, where who attacks can reach it.
    fn shim(&self) -> PathBuf {
        let built = Path::new(env!("CARGO_BIN_EXE_team6"));
        let is_open = |folder: &Path| {
            folder.metadata().is_ok_and(|found| found.permissions().mode() & 0o001 != 0)
        };
        if rustix::process::getuid().is_root() && !built.ancestors().skip(1).all(is_open) {
            let copy = self.path("team6");
            if !copy.exists() {
                std::fs::copy(built, &copy).unwrap();
            }
            return copy;
        }
        built.to_owned()
    }

    /// The command of a script, which finds what there is to attack in its variables.
    pub(crate) fn command(
        &self,
        sandbox: &Sandbox,
        place: &Place,
        script: &str,
    ) -> tokio::process::Command {
        let args = ["-c".to_owned(), script.to_owned()];
        let mut command = sandbox.command(place, "sh", &args, &[]).unwrap();
        as_somebody(|uid| {
            command.uid(uid).gid(uid);
            // The worker would be the same user.
            give_away(self.workspace.dir(), uid);
        });
        let paths = [
            ("TREE", self.workspace.tree()),
            ("REPO", self.workspace.repo()),
            ("DIR", self.workspace.dir().to_owned()),
            ("WORKSPACES", self.path("worker/workspaces")),
            ("OTHER", self.path("worker/workspaces/1_1_1_2")),
            ("MIRROR", self.mirror.dir().to_owned()),
            ("KEY", self.path("app.pem")),
            ("SSH", self.path("home/.ssh/id")),
            ("SOCKET", self.path("worker.sock")),
        ];
        let name = format!("team6-{}", self.dir.path().file_name().unwrap().display());
        command
            .envs(paths)
            .env("ABSTRACT", name)
            .env("WORKER", self.worker.id().to_string())
            .env("PORT", self.tcp.local_addr().unwrap().port().to_string())
            .env("UDP", self.udp.to_string())
            .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")]);
        for (call, number) in [
            ("SYS_ADD_KEY", libc::SYS_add_key),
            ("SYS_BPF", libc::SYS_bpf),
            ("SYS_IO_URING_SETUP", libc::SYS_io_uring_setup),
            ("SYS_KEYCTL", libc::SYS_keyctl),
            ("SYS_PERF", libc::SYS_perf_event_open),
            ("SYS_PTRACE", libc::SYS_ptrace),
            ("SYS_USERFAULTFD", libc::SYS_userfaultfd),
        ] {
            command.env(call, number.to_string());
        }
        command
    }

    pub(crate) async fn run(&self, sandbox: &Sandbox, place: &Place, script: &str) -> Ended {
        let mut command = self.command(sandbox, place, script);
        let output = command.stdin(std::process::Stdio::null()).output().await.unwrap();
        let said = [output.stdout, output.stderr].concat();
        Ended {
            succeeded: output.status.success(),
            said: String::from_utf8_lossy(&said).trim().to_owned(),
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.worker.kill();
        let _ = self.worker.wait();
    }
}

/// Does something for the user who attacks, if that is another.
fn as_somebody(what: impl FnOnce(u32)) {
    if rustix::process::getuid().is_root() {
        what(NOBODY);
    }
}

fn give_away(path: &Path, uid: u32) {
    std::os::unix::fs::lchown(path, Some(uid), Some(uid)).unwrap();
    if path.symlink_metadata().unwrap().is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            give_away(&entry.unwrap().path(), uid);
        }
    }
}

/// Answers every datagram; ends with the process.
fn echo() -> u16 {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let mut buffer = [0; 64];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let _ = socket.send_to(&buffer[..length], from);
        }
    });
    port
}

/// Git as a developer would run it; answers what it printed.
pub(crate) fn git(dir: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(dir)
        .args(args)
        .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")])
        .envs([("GIT_AUTHOR_NAME", "Ada"), ("GIT_AUTHOR_EMAIL", "ada@example.com")])
        .envs([("GIT_COMMITTER_NAME", "Ada"), ("GIT_COMMITTER_EMAIL", "ada@example.com")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
