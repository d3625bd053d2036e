//! The folder of a demo, and what is written into it for whoever wants to script against it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use localhub::AppKeys;
use serde::{Deserialize, Serialize};
use url::Url;

use super::world;

/// Where everything of one demo is.
pub(super) struct Folder {
    path: PathBuf,
    /// Held as long as the demo runs, and let go by the system however it ends.
    _lock: std::fs::File,
}

/// Tokens and the webhook's secret; made once and kept, so that the demo can be restarted.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Secrets {
    /// A token for each person.
    pub(super) users: BTreeMap<String, String>,
    /// What webhooks are signed with.
    pub(super) webhook_secret: String,
}

/// Where one finds things.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Addresses {
    /// The local GitHub's pages.
    pub(super) github: Url,
    /// Its API.
    pub(super) api: Url,
    /// Team6.
    pub(super) team6: Url,
}

/// What `demo.json` says.
#[derive(Serialize, Deserialize)]
struct Announcement {
    github: String,
    api: String,
    team6: String,
    users: BTreeMap<String, String>,
    /// The App that says how checks ended; its key is in `ci.pem`.
    #[serde(default)]
    ci_app: i64,
    webhook_secret: String,
    repositories: Vec<String>,
    milestone: i64,
    sprint_issue: i64,
}

impl Addresses {
    pub(super) fn of(github: SocketAddr, team6: SocketAddr) -> Self {
        let url = |text: String| Url::parse(&text).expect("an address is a valid host");
        Self {
            github: url(format!("http://{github}")),
            api: url(format!("http://{github}/api/v3")),
            team6: url(format!("http://{team6}")),
        }
    }

    pub(super) fn github_port(&self) -> u16 {
        self.github.port().unwrap_or_default()
    }

    pub(super) fn team6_port(&self) -> u16 {
        self.team6.port().unwrap_or_default()
    }
}

impl Folder {
    pub(super) fn open(data: Option<&Path>) -> anyhow::Result<Self> {
        let path = match data {
            Some(path) => path.to_owned(),
            None => tempfile::Builder::new().prefix("team6-demo-").tempdir()?.keep(),
        };
        std::fs::create_dir_all(&path)
            .with_context(|| format!("making the folder `{}`", path.display()))?;
        let lock = lock(&path)?;
        Ok(Self { path: std::path::absolute(path)?, _lock: lock })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether an agent's workspace is still there.
    pub(super) fn has_workspaces(&self) -> bool {
        let workspaces = self.path.join("team6").join("worker").join("workspaces");
        let entries = std::fs::read_dir(workspaces).into_iter().flatten().flatten();
        entries.into_iter().any(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
    }

    /// The secrets of this demo, made if it is new.
    pub(super) fn secrets(&self) -> anyhow::Result<Secrets> {
        let file = self.path.join("secrets.json");
        if let Ok(text) = std::fs::read_to_string(&file) {
            return Ok(serde_json::from_str(&text)?);
        }
        let random = || uuid::Uuid::new_v4().simple().to_string();
        let users = world::PEOPLE.iter().map(|name| ((*name).to_owned(), random())).collect();
        let secrets = Secrets { users, webhook_secret: random() };
        self.write("secrets.json", &serde_json::to_string_pretty(&secrets)?)?;
        Ok(secrets)
    }

    /// Where things were the last time.
    pub(super) fn addresses(&self) -> Option<Addresses> {
        let text = std::fs::read_to_string(self.path.join("demo.json")).ok()?;
        let last: Announcement = serde_json::from_str(&text).ok()?;
        Some(Addresses {
            github: last.github.parse().ok()?,
            api: last.api.parse().ok()?,
            team6: last.team6.parse().ok()?,
        })
    }

    /// Says in `demo.json` where everything is, now that it is there.
    pub(super) fn announce(
        &self,
        addresses: &Addresses,
        secrets: &Secrets,
        webhook_secret: &str,
        ci: &AppKeys,
    ) -> anyhow::Result<()> {
        self.write("ci.pem", &ci.pem)?;
        let plain = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
        let announcement = Announcement {
            github: plain(&addresses.github),
            api: plain(&addresses.api),
            team6: plain(&addresses.team6),
            users: secrets.users.clone(),
            ci_app: i64::try_from(ci.id)?,
            webhook_secret: webhook_secret.to_owned(),
            repositories: world::REPOSITORIES.iter().map(|name| (*name).to_owned()).collect(),
            milestone: world::MILESTONE,
            sprint_issue: world::SPRINT_ISSUE,
        };
        self.write("demo.json", &serde_json::to_string_pretty(&announcement)?)
    }

    /// Keeps what the App signs people in with.
    pub(super) fn keep_client_secret(&self, secret: &str) -> anyhow::Result<PathBuf> {
        self.write("client-secret", secret)?;
        Ok(self.path.join("client-secret"))
    }

    /// Writes a file whole or not at all, for this user alone.
    fn write(&self, name: &str, text: &str) -> anyhow::Result<()> {
        let (draft, file) = (self.path.join(format!(".{name}")), self.path.join(name));
        let mut options = std::fs::OpenOptions::new();
        let mut out = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&draft)
            .with_context(|| format!("writing `{}`", draft.display()))?;
        out.write_all(text.as_bytes())?;
        out.sync_all()?;
        std::fs::rename(&draft, &file)?;
        Ok(())
    }
}

/// Keeps a second demo out of the folder.
fn lock(folder: &Path) -> anyhow::Result<std::fs::File> {
    let name = folder.join("demo.lock");
    let file =
        std::fs::File::create(&name).with_context(|| format!("writing `{}`", name.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => anyhow::bail!(
            "another demo is running in `{}`; end it first, or choose another folder",
            folder.display()
        ),
        Err(std::fs::TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("locking `{}`", name.display()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_for_one_demo_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let first = Folder::open(Some(dir.path())).unwrap();
        let refused = Folder::open(Some(dir.path())).err().unwrap().to_string();
        assert!(refused.starts_with("another demo is running in"), "{refused}");
        drop(first);
        assert!(Folder::open(Some(dir.path())).is_ok());
    }
}
