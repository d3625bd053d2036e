//! `team6 demo`, which waits for people.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// How long anything may take on a machine that does ten other things.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);
/// How often we look.
pub(crate) const GLANCE: Duration = Duration::from_millis(50);

/// A running demo.
pub(crate) struct Demo {
    child: Child,
    data: TempDir,
    options: Vec<&'static str>,
    /// Where Team6 is.
    pub(crate) team6: String,
    /// Where the local GitHub is.
    pub(crate) github: String,
}

impl Demo {
    pub(crate) async fn begin(options: &[&'static str]) -> Self {
        let data = TempDir::new().unwrap();
        let options = options.to_vec();
        let child = start(data.path(), &options);
        let mut demo = Self { child, data, options, team6: String::new(), github: String::new() };
        demo.is_up().await;
        demo
    }

    /// Kills it, as a lost power line would.
    pub(crate) fn dies(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts again where it was.
    pub(crate) async fn comes_back(&mut self) {
        self.child = start(self.data.path(), &self.options);
        self.is_up().await;
    }

    async fn is_up(&mut self) {
        let begun = Instant::now();
        while !self.answers().await {
            assert!(begun.elapsed() < PATIENCE, "the demo does not start");
            assert!(self.child.try_wait().unwrap().is_none(), "the demo ended");
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// What it says about itself.
    pub(crate) fn said(&self) -> Value {
        let said = std::fs::read_to_string(self.data.path().join("demo.json"));
        said.ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    async fn answers(&mut self) -> bool {
        let said = self.said();
        if said.is_null() {
            return false;
        }
        let address = |name: &str| said[name].as_str().unwrap().trim_end_matches('/').to_owned();
        (self.team6, self.github) = (address("team6"), address("github"));
        let ready = reqwest::get(format!("{}/health/ready", self.team6)).await;
        ready.is_ok_and(|answer| answer.status() == 200)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let id = rustix::process::Pid::from_child(&self.child);
        let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(20) {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(GLANCE);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(data: &Path, options: &[&'static str]) -> Child {
    let mut demo = Command::new(env!("CARGO_BIN_EXE_team6"));
    demo.args(["demo", "--hands-on", "--pace", "400", "--data"]).arg(data).args(options);
    demo.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    demo.spawn().unwrap()
}
