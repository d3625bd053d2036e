//! Merging without a work tree.

use super::{Commit, Error, Git, Signature};

impl Git {
    /// The tree of a merge, or `None` when there are conflicts.
    pub(crate) async fn merged_tree(
        &self,
        ours: &str,
        theirs: &str,
    ) -> Result<Option<String>, Error> {
        let args = ["merge-tree", "--write-tree", "--no-messages", "--name-only", ours, theirs];
        self.tree_of(&args).await
    }

    async fn tree_of(&self, args: &[&str]) -> Result<Option<String>, Error> {
        let ended = self.try_run(args, None, &[]).await?;
        match ended.code {
            0 => Ok(ended.text().lines().next().map(str::to_owned)),
            1 => Ok(None),
            _ => {
                let stderr = String::from_utf8_lossy(&ended.stderr).trim().to_owned();
                Err(Error::Failed { command: args.join(" "), stderr })
            }
        }
    }

    /// Puts the commits of `head` one by one onto `base`; `None` when one conflicts.
    pub(crate) async fn rebase(
        &self,
        base: &str,
        head: &str,
        committer: &Signature,
    ) -> Result<Option<String>, Error> {
        let range = format!("{base}..{head}");
        let mut tip = base.to_owned();
        for commit in self.log(&["--reverse", "--topo-order", "--no-merges", &range]).await? {
            let Some(tree) = self.picked_tree(&tip, &commit).await? else { return Ok(None) };
            tip = self
                .commit_tree(&tree, &[&tip], &commit.message, &commit.author, committer)
                .await?;
        }
        Ok(Some(tip))
    }

    async fn picked_tree(&self, onto: &str, commit: &Commit) -> Result<Option<String>, Error> {
        let Some(parent) = commit.parents.first() else {
            return self.merged_tree(onto, &commit.sha).await;
        };
        // What a commit did is the way from its parent to it: as the base of the merge, the parent
        // is made the common ancestor. (`--merge-base` would say so too, from git 2.40 on.)
        let nobody = Signature::new("nobody", "nobody@localhost", chrono::DateTime::UNIX_EPOCH);
        let tree = format!("{onto}^{{tree}}");
        let beside = self.commit_tree(&tree, &[parent], "pick", &nobody, &nobody).await?;
        self.merged_tree(&beside, &commit.sha).await
    }
}
