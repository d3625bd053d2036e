//! The scripted model's process.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The key of the scripted provider, which no agent may see.
pub(crate) const KEY: &str = "the-real-key-of-the-scripted-model";

/// A model that follows the script in the prompt.
pub(crate) struct Model {
    child: Child,
    /// Where it listens.
    pub(crate) url: String,
}

impl Model {
    pub(crate) fn start(log: &Path) -> Self {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/agents/scripted_llm.py");
        let mut child = Command::new("python3")
            .arg("-B")
            .arg(program)
            .arg(log)
            .env("SCRIPTED_KEY", KEY)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Self { child, url: format!("http://127.0.0.1:{}", port.trim()) }
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
