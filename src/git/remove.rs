//! Removing workspaces: only what is certainly one, first out of the way, then for good.

use std::path::{Path, PathBuf};

use super::Error;
use super::workspace::BUILDING;
use crate::causes::whole;

const TRASH: &str = ".trash";

/// Moves a workspace to the trash, if it certainly is one; a missing one is removed already.
pub(super) fn workspace(
    root: &Path,
    dir: &Path,
    is_marked: impl Fn(&Path) -> bool,
) -> Result<(), Error> {
    let odd = |why| Error::LeftAlone { path: dir.to_owned(), why };
    let Ok(found) = dir.symlink_metadata() else { return Ok(()) };
    if !found.is_dir() {
        return Err(odd("it is not a folder"));
    }
    if dir.parent() != Some(root) || dir.file_name().is_none() {
        return Err(odd("it is not among the workspaces"));
    }
    let is_empty = std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_none());
    if !is_marked(dir) && !dir.join(BUILDING).exists() && !is_empty {
        return Err(odd("it carries no mark of a workspace"));
    }
    let trash = root.join(TRASH);
    std::fs::create_dir_all(&trash).map_err(Error::io(&trash))?;
    let gone = trash.join(uuid::Uuid::new_v4().simple().to_string());
    std::fs::rename(dir, gone).map_err(Error::io(dir))
}

/// What was set aside of a workspace: `key.<something>`.
pub(super) fn set_aside(root: &Path, key: &str) -> Vec<PathBuf> {
    let prefix = format!("{key}.");
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
        .map(|entry| entry.path())
        .collect()
}

/// Deletes what is in the trash.
pub(super) fn empty_trash(root: &Path) {
    for entry in std::fs::read_dir(root.join(TRASH)).into_iter().flatten().flatten() {
        if let Err(error) = std::fs::remove_dir_all(entry.path()) {
            tracing::warn!(path = %entry.path().display(), error = %whole(&error), "a removed workspace is still on disk");
        }
    }
}
