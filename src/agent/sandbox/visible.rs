//! What of this machine a confined program may read.

use std::ffi::OsStr;
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Programs and libraries.
pub(super) const SYSTEM: &[&str] = &["/usr", "/nix/store", "/gnu/store"];

/// Names of parts of `/usr`; folders of their own on older systems.
pub(super) const LEGACY: &[&str] = &["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

/// What programs need of `/etc`, none of it secret.
pub(super) const ETC: &[&str] = &[
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/ca-certificates.conf",
    "/etc/crypto-policies",
    "/etc/debian_version",
    "/etc/fonts",
    "/etc/host.conf",
    "/etc/java",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/nsswitch.conf",
    "/etc/os-release",
    "/etc/pki/ca-trust",
    "/etc/pki/tls/cert.pem",
    "/etc/pki/tls/certs",
    "/etc/protocols",
    "/etc/services",
    "/etc/ssl/cert.pem",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
    "/etc/terminfo",
    "/etc/timezone",
];

/// Who is who; made up where we can.
pub(super) const ACCOUNTS: &[&str] = &["/etc/passwd", "/etc/group", "/etc/hosts"];

/// Folders that hold too much to be shown because one program lies in them.
const TOO_MUCH: &[&str] = &[
    "/", "/dev", "/etc", "/home", "/mnt", "/opt", "/proc", "/root", "/run", "/srv", "/tmp", "/var",
    "/var/tmp",
];

/// Programs whose first argument is the program one really means.
const INTERPRETERS: &[&str] =
    &["bash", "bun", "deno", "node", "nodejs", "python", "python3", "ruby", "sh"];

/// The program of this name, as a shell would find it.
pub(super) fn find(program: &str) -> io::Result<PathBuf> {
    let path = Path::new(program);
    if path.components().count() > 1 {
        let path = std::path::absolute(path)?;
        let mode = std::fs::metadata(&path)?.permissions().mode();
        return if mode & 0o111 == 0 {
            Err(io::ErrorKind::PermissionDenied.into())
        } else {
            Ok(path)
        };
    }
    on_the_path(program.as_ref()).ok_or_else(|| io::ErrorKind::NotFound.into())
}

fn on_the_path(name: &OsStr) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    let is_program = |file: &PathBuf| {
        file.metadata()
            .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
    };
    std::env::split_paths(&paths).map(|folder| folder.join(name)).find(is_program)
}

/// Where Rust's toolchains are found although a program's home is another, and the tools in front of them.
pub(super) fn toolchains(home: Option<&Path>, named: Option<&Path>) -> Vec<PathBuf> {
    let tools = home.map(|home| home.join(".cargo/bin"));
    let chains = rustup(home).or_else(|| named.map(PathBuf::from));
    tools.into_iter().chain(chains).collect()
}

/// Rust's toolchains are found through the home, and the agent's home is another: where they are, unless that is said.
pub(super) fn rustup(home: Option<&Path>) -> Option<PathBuf> {
    if std::env::var_os("RUSTUP_HOME").is_some() {
        return None;
    }
    let folder = home?.join(".rustup");
    folder.is_dir().then_some(folder)
}

/// Where a program is installed: its folder, what it is a link to, all of its `node_modules`, its interpreter.
pub(super) fn of_program(program: &Path, args: &[String], private: &[&Path]) -> Vec<PathBuf> {
    let mut shown = Vec::new();
    let mut files = vec![program.to_owned()];
    let name = program.file_name().and_then(OsStr::to_str).unwrap_or_default();
    if INTERPRETERS.contains(&name) {
        let script = args.iter().find(|arg| !arg.starts_with('-')).map(PathBuf::from);
        files.extend(script.filter(|script| script.is_absolute() && script.is_file()));
    }
    for file in files {
        shown.extend(around(&file, private));
        let Ok(real) = file.canonicalize() else { continue };
        shown.extend(around(&real, private));
        if let Some(interpreter) = interpreter(&real) {
            shown.extend(around(&interpreter, private));
            let real = interpreter.canonicalize().unwrap_or(interpreter);
            shown.extend(prefix(&real, private));
        }
    }
    shown
}

/// The folder of a file, or the whole of the `node_modules` it is in; the file alone if that would show too much.
fn around(file: &Path, private: &[&Path]) -> Option<PathBuf> {
    if is_system(file) {
        return None;
    }
    let modules = file.ancestors().filter(|path| path.ends_with("node_modules")).last();
    let folder = modules.or_else(|| file.parent())?;
    Some(if holds_too_much(folder, private) { file.to_owned() } else { folder.to_owned() })
}

/// Where an interpreter is installed: what its `bin` is in.
fn prefix(interpreter: &Path, private: &[&Path]) -> Option<PathBuf> {
    let bin = interpreter.parent()?;
    let prefix = if bin.ends_with("bin") { bin.parent()? } else { bin };
    (!is_system(prefix) && !holds_too_much(prefix, private)).then(|| prefix.to_owned())
}

fn is_system(path: &Path) -> bool {
    SYSTEM.iter().chain(LEGACY).any(|system| path.starts_with(system))
}

/// Whether a folder is for many things, or holds one of the private ones: somebody's home, the workspaces.
fn holds_too_much(folder: &Path, private: &[&Path]) -> bool {
    TOO_MUCH.iter().any(|path| Path::new(path) == folder)
        || private.iter().any(|path| path.starts_with(folder) || folder == path.join(".local"))
}

/// What runs a script, as its first line says.
fn interpreter(script: &Path) -> Option<PathBuf> {
    let mut start = Vec::new();
    std::fs::File::open(script).ok()?.take(256).read_to_end(&mut start).ok()?;
    let line = std::str::from_utf8(start.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?);
    let mut words = line.ok()?.split_whitespace();
    let first = words.next()?;
    if !first.ends_with("/env") {
        return Some(first.into());
    }
    on_the_path(words.find(|word| !word.starts_with('-') && !word.contains('='))?.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(dir: &Path, path: &str, text: &str) -> PathBuf {
        let path = dir.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn all_modules_of_a_node_program_and_its_interpreter_are_shown() {
        let dir = tempfile::tempdir().unwrap();
        let at = |path: &str| dir.path().join(path);
        let node = file(dir.path(), "node22/bin/node", "");
        let script = format!("#!{}\n", node.display());
        file(dir.path(), "app/node_modules/agent/dist/main.js", &script);
        std::fs::create_dir(at("app/node_modules/.bin")).unwrap();
        let link = at("app/node_modules/.bin/agent");
        std::os::unix::fs::symlink("../agent/dist/main.js", &link).unwrap();
        let workspace = at("workspaces/1");
        let shown = of_program(&link, &[], &[&workspace]);
        assert!(shown.contains(&at("app/node_modules")), "{shown:?}");
        assert!(shown.contains(&at("node22")), "{shown:?}");
        let main = at("app/node_modules/agent/dist/main.js").display().to_string();
        let shown = of_program(&node, &[main], &[&workspace]);
        assert!(shown.contains(&at("app/node_modules")), "{shown:?}");
    }

    #[test]
    fn a_program_beside_what_is_secret_is_shown_alone() {
        let private = [Path::new("/home/ada"), Path::new("/srv/team6/workspaces/1")];
        for (program, shown) in [
            ("/srv/team6/agent", Some("/srv/team6/agent")),
            ("/home/ada/agent", Some("/home/ada/agent")),
            ("/home/ada/agents/x", Some("/home/ada/agents")),
            ("/opt/agents/x", Some("/opt/agents")),
            ("/usr/bin/git", None),
        ] {
            assert_eq!(around(Path::new(program), &private), shown.map(PathBuf::from));
        }
    }
}
