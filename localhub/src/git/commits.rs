//! Reading and making commits.

use chrono::{DateTime, Utc};

use super::{Error, Git};

/// A commit as git keeps it.
#[derive(Clone, Debug)]
pub(crate) struct Commit {
    pub(crate) sha: String,
    pub(crate) tree: String,
    pub(crate) parents: Vec<String>,
    pub(crate) author: Signature,
    pub(crate) committer: Signature,
    pub(crate) message: String,
}

/// Who and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) name: String,
    pub(crate) email: String,
    /// ISO 8601.
    pub(crate) at: String,
}

impl Signature {
    pub(crate) fn new(name: &str, email: &str, at: DateTime<Utc>) -> Self {
        let at = at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        Self { name: name.to_owned(), email: email.to_owned(), at }
    }
}

const FORMAT: &str = "--format=%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B%x01";

impl Git {
    /// Commits in git's order; `range` is what `git log` takes.
    pub(crate) async fn log(&self, range: &[&str]) -> Result<Vec<Commit>, Error> {
        let mut args = vec!["log", FORMAT];
        args.extend(range);
        args.push("--");
        let text = self.run(&args).await?;
        let records = text.split('\u{1}').map(|record| record.trim_start_matches('\n'));
        records.filter(|record| !record.is_empty()).map(parse).collect()
    }

    pub(crate) async fn commit(&self, sha: &str) -> Result<Commit, Error> {
        let mut found = self.log(&["-1", sha]).await?;
        found.pop().ok_or(Error::Strange("log"))
    }

    /// Makes a commit of a tree; nothing points to it yet.
    pub(crate) async fn commit_tree(
        &self,
        tree: &str,
        parents: &[&str],
        message: &str,
        author: &Signature,
        committer: &Signature,
    ) -> Result<String, Error> {
        let mut args = vec!["commit-tree", tree];
        for parent in parents {
            args.extend(["-p", parent]);
        }
        let env = [
            ("GIT_AUTHOR_NAME", author.name.as_str()),
            ("GIT_AUTHOR_EMAIL", author.email.as_str()),
            ("GIT_AUTHOR_DATE", author.at.as_str()),
            ("GIT_COMMITTER_NAME", committer.name.as_str()),
            ("GIT_COMMITTER_EMAIL", committer.email.as_str()),
            ("GIT_COMMITTER_DATE", committer.at.as_str()),
        ];
        Ok(self.run_with(&args, Some(message.as_bytes()), &env).await?.text())
    }
}

fn parse(record: &str) -> Result<Commit, Error> {
    let fields: Vec<&str> = record.split('\0').collect();
    let [sha, tree, parents, an, ae, at, cn, ce, ct, message] = fields.as_slice() else {
        return Err(Error::Strange("log"));
    };
    let signature = |name: &str, email: &str, at: &str| Signature {
        name: name.to_owned(),
        email: email.to_owned(),
        // Git writes `+00:00` where GitHub writes `Z`.
        at: at.replace("+00:00", "Z"),
    };
    Ok(Commit {
        sha: (*sha).to_owned(),
        tree: (*tree).to_owned(),
        parents: parents.split_whitespace().map(str::to_owned).collect(),
        author: signature(an, ae, at),
        committer: signature(cn, ce, ct),
        message: message.trim_end().to_owned(),
    })
}
