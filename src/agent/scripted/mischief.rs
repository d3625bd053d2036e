//! How the scripted agent misbehaves when its task says so, because real ones do.

use std::path::Path;

use super::shell;

/// Where the agent remembers that it has misbehaved once already.
const ONCE: &str = ".scripted-once";

/// A sign from outside that all is well.
const GO_ON: &str = ".scripted-go-on";

/// What a line `scripted: …` asks for; with `once` after it, only the first time, and with `until`,
/// until a sign is in its home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mischief {
    /// Dies in the middle of its work.
    Die,
    /// Stops saying anything.
    Hang,
    /// Ends its turn without having done anything.
    Nothing,
    /// Leaves a file it did not commit.
    Dirty,
    /// Changes a workflow.
    Workflow,
}

impl Mischief {
    /// What the prompt asks for, unless it was to happen once and has.
    pub(super) fn asked_for(prompt: &str) -> Option<Self> {
        let mut words = super::line(prompt, "scripted:")?.split_whitespace();
        let mischief = match words.next()? {
            "die" => Self::Die,
            "hang" => Self::Hang,
            "nothing" => Self::Nothing,
            "dirty" => Self::Dirty,
            "workflow" => Self::Workflow,
            _ => return None,
        };
        let again = words.next();
        if again == Some("until") {
            // Until somebody mends it.
            return (!std::env::home_dir()?.join(GO_ON).exists()).then_some(mischief);
        }
        if again == Some("once") {
            let marker = std::env::home_dir()?.join(ONCE);
            if marker.exists() {
                return None;
            }
            std::fs::write(marker, "").ok()?;
        }
        Some(mischief)
    }

    /// What happens when files are changed and nothing is committed.
    pub(super) async fn in_the_middle(self) {
        match self {
            Self::Die => std::process::exit(17),
            Self::Hang => std::future::pending().await,
            Self::Nothing | Self::Dirty | Self::Workflow => {}
        }
    }

    /// What happens when everything is committed.
    pub(super) async fn at_the_end(self, tree: &Path) -> Result<(), String> {
        let wrong = |error: std::io::Error| error.to_string();
        match self {
            Self::Die | Self::Hang | Self::Nothing => Ok(()),
            Self::Dirty => {
                std::fs::write(tree.join("notes.txt"), "to do: commit this\n").map_err(wrong)
            }
            Self::Workflow => {
                std::fs::create_dir_all(tree.join(".github/workflows")).map_err(wrong)?;
                std::fs::write(tree.join(".github/workflows/ci.yml"), "on: push\n")
                    .map_err(wrong)?;
                shell::must(tree, "git", &["add", ".github"]).await?;
                shell::must(tree, "git", &["commit", "--quiet", "--message", "Run CI"]).await?;
                Ok(())
            }
        }
    }
}
