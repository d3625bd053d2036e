//! Bringing what was delivered to its repository.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::future::BoxFuture;

use super::{Access, Clean, Error, Limits, Mirrors, Promise};
use crate::domain::ids::{CommitSha, RepoName};

/// Takes a bundle that keeps its promise to a repository, and does not when it does not; over a
/// named head, or without force.
type Taking = dyn Fn(RepoName, Vec<u8>, Promise, Option<CommitSha>) -> BoxFuture<'static, Result<(), Error>>
    + Send
    + Sync;

/// How commits reach their repository: pushed by git from a clean one, or by somebody in this
/// process.
#[derive(Clone)]
pub struct Pushing(Way);

#[derive(Clone)]
enum Way {
    Git { mirrors: Mirrors, scratch: PathBuf },
    Here(Arc<Taking>),
}

impl Pushing {
    /// By git, with its mirrors and scratch in this folder.
    pub fn by_git(dir: &Path) -> Self {
        Self(Way::Git { mirrors: Mirrors::new(dir.join("mirrors")), scratch: dir.join("scratch") })
    }

    /// By `take`, where the repositories are in this process.
    pub fn here(
        take: impl Fn(
            RepoName,
            Vec<u8>,
            Promise,
            Option<CommitSha>,
        ) -> BoxFuture<'static, Result<(), Error>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self(Way::Here(Arc::new(take)))
    }

    /// Inspects a bundle once more and pushes its branch, without force; where a head is named, over
    /// that one and no other.
    pub async fn push(
        &self,
        repo: &RepoName,
        access: Access<'_>,
        bundle: &[u8],
        promise: &Promise,
        over: Option<&CommitSha>,
    ) -> Result<(), Error> {
        match &self.0 {
            Way::Here(take) => {
                take(repo.clone(), bundle.to_vec(), promise.clone(), over.cloned()).await
            }
            Way::Git { mirrors, scratch } => {
                let mirror = mirrors.holding(repo, access, &[&promise.base_sha]).await?;
                let clean = Clean::new(scratch, &mirror).await?;
                let delivered = clean.take(bundle, promise, Limits::default()).await?;
                match over {
                    Some(head) => delivered.push_over(access, head).await,
                    None => delivered.push(access).await,
                }
            }
        }
    }
}
