//! How a task is done: edits, in steps, each step a commit.

use std::path::Path;

/// A task known by heart.
pub(super) struct Recipe {
    pub(super) title: String,
    pub(super) thought: String,
    pub(super) steps: Vec<Step>,
    pub(super) summary: String,
}

/// Some edits that belong into one commit.
pub(super) struct Step {
    pub(super) plan: String,
    pub(super) commit: String,
    pub(super) edits: Vec<Edit>,
}

/// One change of one file; making it twice is making it once.
pub(super) enum Edit {
    /// Writes a file.
    Write { path: String, text: String },
    /// Replaces a piece of a file that occurs there once.
    Replace { path: String, from: String, to: String },
    /// Adds to the end of a file.
    Append { path: String, text: String },
}

impl Recipe {
    pub(super) fn new(title: &str, thought: &str, steps: Vec<Step>, summary: &str) -> Self {
        let (title, thought, summary) = (title.into(), thought.into(), summary.into());
        Self { title, thought, steps, summary }
    }

    /// Whether this is how that task is done.
    pub(super) fn is_for(&self, title: &str) -> bool {
        title.trim().eq_ignore_ascii_case(&self.title)
    }

    /// Whether the files are as the recipe expects them.
    pub(super) fn fits(&self, tree: &Path) -> bool {
        self.steps.iter().flat_map(|step| &step.edits).all(|edit| edit.fits(tree))
    }
}

impl Step {
    pub(super) fn new(plan: &str, commit: &str, edits: Vec<Edit>) -> Self {
        Self { plan: plan.into(), commit: commit.into(), edits }
    }
}

impl Edit {
    pub(super) fn write(path: &str, text: &str) -> Self {
        Self::Write { path: path.into(), text: text.into() }
    }

    pub(super) fn replace(path: &str, from: &str, to: &str) -> Self {
        Self::Replace { path: path.into(), from: from.into(), to: to.into() }
    }

    pub(super) fn append(path: &str, text: &str) -> Self {
        Self::Append { path: path.into(), text: text.into() }
    }

    /// The file it is about.
    pub(super) fn path(&self) -> &str {
        match self {
            Self::Write { path, .. } | Self::Replace { path, .. } | Self::Append { path, .. } => {
                path
            }
        }
    }

    fn fits(&self, tree: &Path) -> bool {
        let now = std::fs::read_to_string(tree.join(self.path()));
        match (self, now) {
            (Self::Write { .. }, _) => true,
            (Self::Replace { from, to, .. }, Ok(now)) => now.contains(from) || now.contains(to),
            (Self::Append { .. }, Ok(_)) => true,
            (Self::Replace { .. } | Self::Append { .. }, Err(_)) => false,
        }
    }

    /// Makes the change and answers the file's text before and after.
    pub(super) fn apply(&self, tree: &Path) -> Result<(Option<String>, String), String> {
        let path = tree.join(self.path());
        let old = std::fs::read_to_string(&path).ok();
        let now = old.clone().unwrap_or_default();
        let new = match self {
            Self::Write { text, .. } => text.clone(),
            Self::Replace { to, .. } if now.contains(to) => now,
            Self::Replace { from, to, .. } if now.contains(from) => now.replacen(from, to, 1),
            Self::Replace { from, .. } => {
                return Err(format!("{} does not contain `{from}`", self.path()));
            }
            Self::Append { text, .. } if now.contains(text) => now,
            Self::Append { text, .. } => now + text,
        };
        let folder = path.parent().unwrap_or(tree);
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&path, &new))
            .map_err(|error| format!("{}: {error}", self.path()))?;
        Ok((old, new))
    }
}
