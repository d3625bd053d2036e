//! References.

use std::collections::BTreeMap;

use super::{Error, Git};

/// How git writes "no commit".
pub(crate) const ZERO: &str = "0000000000000000000000000000000000000000";

impl Git {
    /// Every reference below a prefix and what it points to.
    pub(crate) async fn refs_below(
        &self,
        prefixes: &[&str],
    ) -> Result<BTreeMap<String, String>, Error> {
        let mut args = vec!["for-each-ref", "--format=%(refname) %(objectname)"];
        args.extend(prefixes);
        let text = self.run(&args).await?;
        let pairs = text.lines().filter_map(|line| line.split_once(' '));
        Ok(pairs.map(|(name, sha)| (name.to_owned(), sha.to_owned())).collect())
    }

    /// Branches and tags.
    pub(crate) async fn refs(&self) -> Result<BTreeMap<String, String>, Error> {
        self.refs_below(&["refs/heads", "refs/tags"]).await
    }

    /// Moves a reference if it still is where it was; says whether it did.
    pub(crate) async fn move_ref(&self, name: &str, new: &str, old: &str) -> Result<bool, Error> {
        Ok(self.try_run(&["update-ref", name, new, old], None, &[]).await?.code == 0)
    }

    /// Points a reference at a commit, wherever it was.
    pub(crate) async fn set_ref(&self, name: &str, sha: &str) -> Result<(), Error> {
        self.run(&["update-ref", name, sha]).await.map(|_| ())
    }

    /// Whether git would accept a reference with this name.
    pub(crate) async fn is_valid_ref(&self, name: &str) -> Result<bool, Error> {
        Ok(self.try_run(&["check-ref-format", name], None, &[]).await?.code == 0)
    }

    /// The commit a branch, tag or abbreviated hash means.
    pub(crate) async fn resolve(&self, name: &str) -> Result<Option<String>, Error> {
        // A branch wins over a tag, and a name never is an option.
        for candidate in [format!("refs/heads/{name}"), name.to_owned()] {
            let commit = format!("{candidate}^{{commit}}");
            let args = ["rev-parse", "--verify", "--quiet", "--end-of-options", &commit];
            let ended = self.try_run(&args, None, &[]).await?;
            if ended.code == 0 {
                return Ok(Some(ended.text()));
            }
        }
        Ok(None)
    }

    /// Whether `old` is in the history of `new`.
    pub(crate) async fn is_ancestor(&self, old: &str, new: &str) -> Result<bool, Error> {
        let args = ["merge-base", "--is-ancestor", old, new];
        Ok(self.try_run(&args, None, &[]).await?.code == 0)
    }

    /// The last commit both have.
    pub(crate) async fn merge_base(&self, one: &str, other: &str) -> Result<Option<String>, Error> {
        let ended = self.try_run(&["merge-base", one, other], None, &[]).await?;
        Ok((ended.code == 0).then(|| ended.text()))
    }
}
