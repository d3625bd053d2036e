//! Where code is read: a folder with several repositories side by side, which nobody may change.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::command::Git;
use super::mirror::Mirror;
use super::workspace::{BUILDING, Key, Workspaces, furnish};
use super::{Error, remove};
use crate::domain::ids::CommitSha;

const CHECKOUT: Duration = Duration::from_mins(10);

/// A folder to read code in. Nothing in it is ever worth keeping.
#[derive(Clone, Debug)]
pub struct Reading {
    dir: PathBuf,
}

impl Workspaces {
    /// An empty folder to read in; what an earlier try left there is gone.
    pub fn reading(&self, key: &Key) -> Result<Reading, Error> {
        self.end_reading(key)?;
        let reading = Reading { dir: self.dir(key) };
        for folder in [reading.tree(), reading.home()] {
            std::fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
        }
        // Marks it as one that may be removed as it is.
        let building = reading.dir.join(BUILDING);
        std::fs::write(&building, "").map_err(Error::io(&building))?;
        Ok(reading)
    }

    /// Removes a folder that was read in; one that is not there is removed already.
    pub fn end_reading(&self, key: &Key) -> Result<(), Error> {
        let dir = self.dir(key);
        if let Some(root) = dir.parent().filter(|_| dir.exists()) {
            set_writable(&dir.join("tree"), true).map_err(Error::io(&dir))?;
            remove::workspace(root, &dir, |_| false)?;
        }
        Ok(())
    }
}

impl Reading {
    /// The folder that holds everything of it.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The folder the agent starts in, above the repositories.
    pub fn tree(&self) -> PathBuf {
        self.dir.join("tree")
    }

    /// The agent's home.
    pub fn home(&self) -> PathBuf {
        self.dir.join("home")
    }

    /// Lays a repository out in a folder of its own.
    pub async fn lay_out(
        &self,
        folder: &str,
        mirror: &Mirror,
        sha: &CommitSha,
    ) -> Result<(), Error> {
        let tree = self.tree().join(folder);
        let repo = tree.join(".git");
        std::fs::create_dir_all(&repo).map_err(Error::io(&repo))?;
        Git::at(&repo).args(["init", "--bare", "--quiet", "--template="]).run().await?;
        furnish(&repo, mirror).map_err(Error::io(&repo))?;
        Git::at(&repo).args(["config", "core.bare", "false"]).run().await?;
        Git::at(&repo)
            .config("checkout.workers", "0")
            .limit(CHECKOUT)
            .args(["--work-tree"])
            .arg_path(&tree)
            .args(["checkout", "--quiet", "--detach", &sha.0])
            .run()
            .await?;
        Ok(())
    }

    /// Takes away the right to change what was laid out; more than a reminder only where a sandbox
    /// or another user makes it one.
    pub fn seal(&self) -> Result<(), Error> {
        let tree = self.tree();
        set_writable(&tree, false).map_err(Error::io(&tree))
    }
}

/// Gives or takes the right to write to everything below `root`; links are not followed.
fn set_writable(root: &Path, writable: bool) -> std::io::Result<()> {
    let Ok(found) = root.symlink_metadata() else { return Ok(()) };
    let mode = found.permissions().mode();
    let mode = if writable { mode | 0o200 } else { mode & !0o222 };
    if found.is_dir() {
        // Before it is looked through, or what is in it could not be.
        if writable {
            std::fs::set_permissions(root, std::fs::Permissions::from_mode(mode | 0o700))?;
        }
        for entry in std::fs::read_dir(root)? {
            set_writable(&entry?.path(), writable)?;
        }
    }
    if found.is_dir() || found.is_file() {
        std::fs::set_permissions(root, std::fs::Permissions::from_mode(mode))?;
    }
    Ok(())
}
