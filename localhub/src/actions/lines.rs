//! Finding the place in a diff that a comment is about.

use crate::{
    error::Error,
    git::diff::{Change, EMPTY_TREE},
    hub::Hub,
    model::{Pull, Refusal, review::Spot},
};

impl Hub {
    /// The files a pull request changes, from where its branches parted.
    pub(crate) async fn pull_files(&self, pull: &Pull) -> Result<Vec<Change>, Error> {
        let git = self.git(pull.repo);
        let fork = git.merge_base(&pull.base.sha, &pull.head.sha).await?;
        Ok(git.changes(fork.as_deref().unwrap_or(EMPTY_TREE), &pull.head.sha).await?)
    }

    /// The place, if it is part of the pull request's diff.
    pub(crate) async fn spot(
        &self,
        pull: &Pull,
        path: &str,
        line: Option<u64>,
        side: Option<&str>,
        commit: Option<&str>,
    ) -> Result<Spot, Error> {
        let side = side.unwrap_or("RIGHT");
        let commit = commit.unwrap_or(&pull.head.sha).to_owned();
        // Where no files are kept, any line may be there.
        if self.git(pull.repo).in_memory().is_some() {
            let (path, side, hunk) = (path.to_owned(), side.to_owned(), "@@ -0,0 +1 @@".to_owned());
            return Ok(Spot { path, commit, line, side, hunk });
        }
        let files = self.pull_files(pull).await?;
        let invalid = |field| Refusal::flaw("PullRequestReviewComment", field, "invalid");
        let file = files.iter().find(|change| change.path == path);
        let file = file.ok_or_else(|| invalid("path"))?;
        let hunk = match line {
            None => file.patch.clone(),
            Some(line) => file.hunk_around(line, side == "LEFT"),
        };
        let hunk = hunk.ok_or_else(|| invalid("line"))?;
        Ok(Spot { path: path.to_owned(), commit, line, side: side.to_owned(), hunk })
    }
}
