//! The profile of bubblewrap: an empty machine with one workspace in it.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::shim::{Network, Orders};
use super::{Place, Sandbox, visible};

/// Where our own things are, inside.
const OURS: &str = "/run/team6";
/// What may be kept in memory as temporary files, in bytes.
const TMP: &str = "4294967296";
const SHARED: &str = "1073741824";
const LITTLE: &str = "16777216";

const PASSWD: &str = "root:x:0:0::/root:/bin/sh\nagent:x:1000:1000::/home:/bin/sh\n";
const GROUP: &str = "root:x:0:\nagent:x:1000:\n";
const HOSTS: &str = "127.0.0.1 localhost agent\n::1 localhost\n";

/// Where the shim is, inside.
pub(super) fn shim() -> PathBuf {
    Path::new(OURS).join("shim")
}

/// Bubblewrap, which makes the machine, and in it the shim, which starts the program.
pub(super) fn command(
    sandbox: &Sandbox,
    place: &Place,
    program: &Path,
    args: &[String],
) -> io::Result<Command> {
    let kept = place.kept();
    std::fs::create_dir_all(&kept)?;
    for (name, text) in [("passwd", PASSWD), ("group", GROUP), ("hosts", HOSTS)] {
        std::fs::write(kept.join(name), text)?;
    }
    let mut profile = Profile::default();
    profile.namespaces();
    profile.system(&kept);
    for path in sandbox.shown(place, program, args).iter().chain(&place.borrowed) {
        profile.show(path);
    }
    profile.workspace(place);
    profile.ours(sandbox, place);
    let inside = |(door, port): &(super::Door, u16)| {
        (*port, Path::new(OURS).join("doors").join(door.socket()))
    };
    let mut write = vec![place.home.clone(), "/tmp".into(), "/dev".into()];
    write.extend(place.writable());
    let orders = Orders {
        read: vec!["/".into()],
        write,
        network: Network::Own,
        forwards: place.doors.iter().map(inside).collect(),
        links: sandbox.links(),
        bounds: sandbox.bounds,
    };
    let mut command = Command::new("bwrap");
    command
        .args(profile.0)
        .arg("--")
        .arg(shim())
        .arg("shim")
        .arg(orders.text()?)
        .arg("--")
        .arg(program);
    Ok(command)
}

/// The arguments of bubblewrap, in order: what comes later is mounted over what came before.
#[derive(Default)]
struct Profile(Vec<OsString>);

impl Profile {
    fn say(&mut self, words: &[&str]) {
        self.0.extend(words.iter().map(OsString::from));
    }

    fn bind(&mut self, how: &str, from: &Path, to: &Path) {
        self.0.extend([how.into(), from.into(), to.into()]);
    }

    fn show(&mut self, path: &Path) {
        self.bind("--ro-bind", path, path);
    }

    fn namespaces(&mut self) {
        self.say(&["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts"]);
        self.say(&["--unshare-cgroup-try", "--unshare-net", "--disable-userns"]);
        self.say(&["--uid", "1000", "--gid", "1000", "--hostname", "agent", "--cap-drop", "ALL"]);
        self.say(&["--die-with-parent", "--new-session"]);
    }

    fn system(&mut self, kept: &Path) {
        for path in visible::SYSTEM.iter().chain(visible::LEGACY).chain(visible::ETC) {
            match Path::new(path).read_link() {
                Ok(target) if visible::LEGACY.contains(path) => {
                    self.bind("--symlink", &target, Path::new(path));
                }
                Ok(_) | Err(_) => self.bind("--ro-bind-try", Path::new(path), Path::new(path)),
            }
        }
        for path in visible::ACCOUNTS.iter().map(PathBuf::from) {
            let name = path.file_name().unwrap_or_default();
            self.bind("--ro-bind", &kept.join(name), &path);
        }
        self.say(&["--proc", "/proc", "--dev", "/dev"]);
        self.say(&["--size", SHARED, "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]);
        self.say(&["--size", TMP, "--tmpfs", "/tmp", "--size", LITTLE, "--tmpfs", "/run"]);
    }

    /// Everything at the same path as outside, because the protocol and git speak of paths.
    fn workspace(&mut self, place: &Place) {
        let how = if place.is_read_only { "--ro-bind" } else { "--bind" };
        self.bind("--bind", &place.home, &place.home);
        self.bind(how, &place.tree, &place.tree);
        if let Some(repo) = &place.repo {
            self.bind(how, repo, repo);
            // A mount of its own, so that it cannot be moved away with what is pinned in it.
            let objects = repo.join("objects");
            self.bind(how, &objects, &objects);
            for pinned in place.pinned().iter().filter(|path| **path != objects) {
                self.show(pinned);
            }
        }
        self.0.extend(["--chdir".into(), place.tree.clone().into()]);
    }

    fn ours(&mut self, sandbox: &Sandbox, place: &Place) {
        self.bind("--ro-bind", &sandbox.shim, &shim());
        if !place.doors.is_empty() {
            self.bind("--ro-bind", &place.sockets(), &Path::new(OURS).join("doors"));
        }
        self.say(&["--remount-ro", "/run", "--remount-ro", "/"]);
    }
}
