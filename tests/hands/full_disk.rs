//! A disk that is full for a while, under the program as people start it.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::{Child, Command};

/// Begins a demo on a small disk of its own, which nobody else sees; GitHub is on another.
const BEGIN: &str = r#"
    mount -t tmpfs -o size=200m tmpfs "$1" && mkdir "$1/localhub" &&
    mount -t tmpfs tmpfs "$1/localhub" && exec "$2" demo --once --pace 200 --data "$1""#;

struct Demo {
    child: Child,
    disk: PathBuf,
    dir: TempDir,
}

impl Demo {
    /// Nothing, where we may not make a disk; it says so.
    async fn on_a_small_disk() -> Option<Self> {
        let own = ["--user", "--map-root-user", "--mount"];
        let mut tries = Command::new("unshare");
        tries.args(own).args(["mount", "-t", "tmpfs", "x", "/mnt"]).stdin(Stdio::null());
        if !tries.output().await.is_ok_and(|tried| tried.status.success()) {
            let line = "hands: skipped the full disk: nobody may make a disk here\n";
            std::io::stderr().write_all(line.as_bytes()).unwrap();
            return None;
        }
        let dir = TempDir::with_prefix("team6-disk-").unwrap();
        let data = dir.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let (said, log) = (dir.path().join("said"), dir.path().join("log"));
        let child = Command::new("unshare")
            .args(own)
            .args(["sh", "-c", BEGIN, "sh"])
            .arg(&data)
            .arg(env!("CARGO_BIN_EXE_team6"))
            .stdin(Stdio::null())
            .stdout(File::create(said).unwrap())
            .stderr(File::create(log).unwrap())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let seen = format!("/proc/{}/root{}", child.id().unwrap(), data.display());
        Some(Self { child, disk: seen.into(), dir })
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.dir.path().join(name)).unwrap()
    }

    /// Waits until it says so: what people read is in `said`, what operators read in `log`.
    async fn until(&mut self, file: &str, text: &str) {
        while !self.read(file).contains(text) {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "{}\n{}", self.read("said"), self.read("log"));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Writes until there is no room for another byte.
fn fill(file: &Path) {
    let mut file = File::create(file).unwrap();
    for size in [1 << 20, 1 << 12, 1] {
        let piece = vec![0; size];
        while file.write_all(&piece).is_ok() {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sprint_outlives_a_disk_that_is_full_for_a_while() {
    let Some(mut demo) = Demo::on_a_small_disk().await else { return };
    demo.until("said", "T1 is in progress").await;

    fill(&demo.disk.join("filled"));
    demo.until("log", "disk is full").await;
    std::fs::remove_file(demo.disk.join("filled")).unwrap();

    let ended = demo.child.wait().await.unwrap();
    let said = demo.read("said");
    assert!(ended.success(), "{said}\n{}", demo.read("log"));
    assert!(said.contains("6 of 6 tasks are merged"), "{said}");
}
