//! Files in commits.

use super::{Error, Git, Signature};

/// What a path in a commit is.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) kind: String,
    pub(crate) sha: String,
    pub(crate) size: u64,
    pub(crate) path: String,
}

/// A file to write, or to remove when it has no text.
#[derive(Clone, Debug)]
pub(crate) struct FileEdit {
    pub(crate) path: String,
    pub(crate) content: Option<Vec<u8>>,
}

impl Git {
    /// The entry at a path.
    pub(crate) async fn entry(&self, commit: &str, path: &str) -> Result<Option<Entry>, Error> {
        Ok(self.list(&[commit, "--", path.trim_end_matches('/')]).await?.pop())
    }

    /// What is in a folder; the empty path is the root.
    pub(crate) async fn folder(&self, commit: &str, path: &str) -> Result<Vec<Entry>, Error> {
        if path.is_empty() {
            return self.list(&[commit]).await;
        }
        self.list(&[commit, "--", &format!("{}/", path.trim_end_matches('/'))]).await
    }

    async fn list(&self, what: &[&str]) -> Result<Vec<Entry>, Error> {
        let mut args = vec!["ls-tree", "-z", "--long"];
        args.extend(what);
        let text = self.run(&args).await?;
        let entries = text.split('\0').filter_map(|line| {
            let (meta, path) = line.split_once('\t')?;
            let words: Vec<&str> = meta.split_whitespace().collect();
            let [mode, kind, sha, size] = words.as_slice() else { return None };
            let kind = if *mode == "120000" { "symlink" } else { kind };
            let (kind, sha, path) = (kind.to_owned(), (*sha).to_owned(), path.to_owned());
            Some(Entry { kind, sha, size: size.parse().unwrap_or(0), path })
        });
        Ok(entries.collect())
    }

    pub(crate) async fn blob(&self, sha: &str) -> Result<Vec<u8>, Error> {
        Ok(self.run_with(&["cat-file", "blob", sha], None, &[]).await?.stdout)
    }

    /// Makes a commit on top of `parent` with these files changed; nothing points to it yet.
    pub(crate) async fn commit_files(
        &self,
        parent: Option<&str>,
        files: &[FileEdit],
        message: &str,
        author: &Signature,
    ) -> Result<String, Error> {
        let index = self.dir().join(format!("index-{}", uuid::Uuid::new_v4().simple()));
        let index = index.to_string_lossy().into_owned();
        let env = [("GIT_INDEX_FILE", index.as_str())];
        if let Some(parent) = parent {
            self.run_with(&["read-tree", parent], None, &env).await?;
        }
        let mut lines = String::new();
        for file in files {
            let line = match &file.content {
                Some(content) => {
                    let args = ["hash-object", "-w", "--stdin"];
                    let blob = self.run_with(&args, Some(content), &[]).await?.text();
                    format!("100644 {blob}\t{}\0", file.path)
                }
                None => format!("0 {}\t{}\0", super::refs::ZERO, file.path),
            };
            lines.push_str(&line);
        }
        self.run_with(&["update-index", "-z", "--index-info"], Some(lines.as_bytes()), &env)
            .await?;
        let tree = self.run_with(&["write-tree"], None, &env).await?.text();
        // The index was only a scratch pad; a file left behind harms nobody.
        let _ = tokio::fs::remove_file(&index).await;
        let parents: Vec<&str> = parent.into_iter().collect();
        self.commit_tree(&tree, &parents, message, author, author).await
    }
}
