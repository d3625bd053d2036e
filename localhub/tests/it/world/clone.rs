//! A clone of the shop on somebody's disk.

use tempfile::TempDir;
use tokio::process::Command;

/// A clone whose remote carries a token.
pub(crate) struct Clone {
    dir: TempDir,
}

impl Clone {
    pub(crate) async fn of(origin: &str, token: &str) -> Self {
        let clone = Self { dir: tempfile::tempdir().unwrap() };
        let host = origin.trim_start_matches("http://");
        let url = format!("http://x-access-token:{token}@{host}/acme/shop.git");
        clone.git(&["clone", "--quiet", &url, "."]).await.unwrap();
        clone
    }

    /// Runs git, and answers what it printed or what it complained about.
    pub(crate) async fn git(&self, args: &[&str]) -> Result<String, String> {
        let output = Command::new("git")
            .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org"])
            .args(args)
            .current_dir(self.dir.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .output()
            .await
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    pub(crate) async fn branch(&self, name: &str) {
        self.git(&["switch", "--quiet", "--create", name]).await.unwrap();
    }

    /// Commits one file, and answers the commit.
    pub(crate) async fn commit(&self, path: &str, text: &str, message: &str) -> String {
        let file = self.dir.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
        self.git(&["add", "--all"]).await.unwrap();
        self.git(&["commit", "--quiet", "-m", message]).await.unwrap();
        self.git(&["rev-parse", "HEAD"]).await.unwrap()
    }

    pub(crate) async fn push(&self, branch: &str) -> Result<String, String> {
        self.git(&["push", "--quiet", "origin", branch]).await
    }
}
