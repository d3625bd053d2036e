//! Git without its program: a graph of commits in memory, for worlds that live for a moment.
//!
//! It understands the few commands that the hub gives git, and knows who comes after whom. Trees
//! are names only: files are not kept, and every difference is empty. Two branches conflict where
//! commits of both touched the same file, as whoever pushed them said.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
};

use super::Ended;
use crate::keys;

/// The references and commits of one repository; clones are the same one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Imagined(Arc<Mutex<Graph>>);

#[derive(Debug, Default)]
struct Graph {
    refs: BTreeMap<String, String>,
    commits: BTreeMap<String, Made>,
}

#[derive(Clone, Debug, Default)]
struct Made {
    /// Its place among all commits.
    nth: usize,
    tree: String,
    parents: Vec<String>,
    author: [String; 3],
    committer: [String; 3],
    message: String,
    /// The files it changed, as far as somebody said so.
    touched: Vec<String>,
}

/// What git answers to a question with a yes, a no, or a text.
type Answer = Result<String, i32>;

impl Imagined {
    /// A repository with these references, behind which there is nothing more to know.
    pub(crate) fn with(refs: &BTreeMap<String, String>) -> Self {
        let mut graph = Graph { refs: refs.clone(), ..Graph::default() };
        for sha in refs.values() {
            graph.keep(sha.clone(), Made { tree: name(&["tree", sha]), ..Made::default() });
        }
        Self(Arc::new(Mutex::new(graph)))
    }

    /// Takes in a commit that somebody made elsewhere, and the files it changed.
    pub(crate) fn take(&self, sha: &str, parent: &str, touched: &[String]) {
        let mut graph = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let made = Made {
            tree: name(&["tree", sha]),
            parents: vec![parent.to_owned()],
            message: "Work".to_owned(),
            touched: touched.to_vec(),
            ..Made::default()
        };
        graph.keep(sha.to_owned(), made);
    }

    pub(super) fn run(&self, args: &[&str], stdin: Option<&[u8]>, env: &[(&str, &str)]) -> Ended {
        let mut graph = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let said = String::from_utf8_lossy(stdin.unwrap_or_default());
        let answer = graph.answer(args, &said, env);
        let stderr = format!("there is no imagining {args:?}").into_bytes();
        match answer {
            Ok(text) => Ended { code: 0, stdout: text.into_bytes(), stderr: Vec::new() },
            Err(code) => Ended { code, stdout: Vec::new(), stderr },
        }
    }
}

impl Graph {
    fn answer(&mut self, args: &[&str], said: &str, env: &[(&str, &str)]) -> Answer {
        match args {
            [
                "init" | "check-ref-format" | "read-tree" | "diff-tree" | "ls-tree"
                | "update-index",
                ..,
            ] => Ok(String::new()),
            ["for-each-ref", _, prefixes @ ..] => {
                let below = |name: &String| prefixes.iter().any(|one| name.starts_with(one));
                let refs = self.refs.iter().filter(|(name, _)| below(name));
                let lines: Vec<_> = refs.map(|(name, sha)| format!("{name} {sha}")).collect();
                Ok(lines.join("\n"))
            }
            ["update-ref", "-d", name, old] => self.update(name, None, Some(old)),
            ["update-ref", name, new, old] => self.update(name, Some(new), Some(old)),
            ["update-ref", name, new] => self.update(name, Some(new), None),
            ["rev-parse", .., commit] => {
                let named = commit.strip_suffix("^{commit}").unwrap_or(commit);
                let known = self.commits.contains_key(named).then(|| named.to_owned());
                self.refs.get(named).cloned().or(known).ok_or(1)
            }
            ["merge-base", "--is-ancestor", old, new] => {
                self.before([*new]).contains(*old).then(String::new).ok_or(1)
            }
            ["merge-base", one, other] => {
                let (ours, theirs) = (self.before([*one]), self.before([*other]));
                let both = ours.intersection(&theirs);
                both.max_by_key(|sha| self.commits.get(*sha).map(|made| made.nth)).cloned().ok_or(1)
            }
            ["rev-list", "--count", range] => Ok(self.range(&[*range]).len().to_string()),
            ["log", _, range @ ..] => Ok(self.log(range)),
            ["hash-object", ..] => Ok(name(&["blob", said])),
            ["write-tree"] => Ok(name(&["tree", &self.commits.len().to_string()])),
            ["merge-tree", .., ours, theirs] if self.conflict(ours, theirs) => Err(1),
            ["merge-tree", .., ours, theirs] => Ok(name(&["tree", ours, theirs])),
            ["commit-tree", tree, parents @ ..] => Ok(self.commit(tree, parents, said, env)),
            _ => Err(128),
        }
    }

    fn update(&mut self, name: &str, new: Option<&str>, old: Option<&str>) -> Answer {
        let now = self.refs.get(name).map_or(super::refs::ZERO, String::as_str);
        if old.is_some_and(|old| old != now) {
            return Err(1);
        }
        match new {
            Some(new) => self.refs.insert(name.to_owned(), new.to_owned()),
            None => self.refs.remove(name),
        };
        Ok(String::new())
    }

    fn commit(&mut self, tree: &str, rest: &[&str], said: &str, env: &[(&str, &str)]) -> String {
        let parents: Vec<&str> = rest.iter().copied().filter(|word| *word != "-p").collect();
        let told = |variable: &str| {
            let found = env.iter().find(|(name, _)| *name == variable);
            found.map_or(String::new(), |(_, value)| (*value).to_owned())
        };
        let who =
            |kind: &str| ["NAME", "EMAIL", "DATE"].map(|part| told(&format!("GIT_{kind}_{part}")));
        let (author, committer) = (who("AUTHOR"), who("COMMITTER"));
        let date = &committer[2];
        let sha = name(&[&["commit", tree, said, date], &parents[..]].concat());
        let made = Made {
            nth: 0,
            tree: tree.to_owned(),
            parents: parents.iter().map(|sha| (*sha).to_owned()).collect(),
            author,
            committer,
            message: said.to_owned(),
            touched: Vec::new(),
        };
        self.keep(sha.clone(), made);
        sha
    }

    fn keep(&mut self, sha: String, made: Made) {
        let nth = self.commits.len();
        self.commits.entry(sha).or_insert(Made { nth, ..made });
    }

    /// Whether both changed the same file since their histories parted.
    fn conflict(&self, ours: &str, theirs: &str) -> bool {
        let touched = |from: &str, to: &str| -> BTreeSet<&String> {
            let range = self.range(&[&format!("{from}..{to}")]);
            let made = range.iter().filter_map(|sha| self.commits.get(sha));
            made.flat_map(|made| &made.touched).collect()
        };
        !touched(theirs, ours).is_disjoint(&touched(ours, theirs))
    }

    /// Commits and everything before them.
    fn before<'a>(&self, tips: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut left: Vec<String> = tips.into_iter().map(str::to_owned).collect();
        while let Some(sha) = left.pop() {
            let parents = self.commits.get(&sha).map(|made| made.parents.clone());
            if found.insert(sha) {
                left.extend(parents.unwrap_or_default());
            }
        }
        found
    }

    /// The commits that git would list, the last first.
    fn range(&self, words: &[&str]) -> Vec<String> {
        let (mut wanted, mut unwanted, mut not) = (Vec::new(), Vec::new(), false);
        for word in words.iter().filter(|word| **word != "--") {
            match (*word, word.split_once("..")) {
                ("--not", _) => not = true,
                (flag, _) if flag.starts_with('-') => {}
                (_, Some((from, to))) => {
                    unwanted.push(from);
                    wanted.push(to);
                }
                (sha, None) if not => unwanted.push(sha),
                (sha, None) => wanted.push(sha),
            }
        }
        let unwanted = self.before(unwanted);
        let mut found: Vec<String> =
            self.before(wanted).into_iter().filter(|sha| !unwanted.contains(sha)).collect();
        found.retain(|sha| self.commits.contains_key(sha));
        found.sort_by_key(|sha| std::cmp::Reverse(self.commits[sha].nth));
        found
    }

    fn log(&self, words: &[&str]) -> String {
        let mut found = self.range(words);
        if words.contains(&"--no-merges") {
            found.retain(|sha| self.commits[sha].parents.len() < 2);
        }
        let most = words.iter().find_map(|word| match word.strip_prefix("--max-count=") {
            Some(most) => most.parse().ok(),
            None => (*word == "-1").then_some(1),
        });
        found.truncate(most.unwrap_or(usize::MAX));
        if words.contains(&"--reverse") {
            found.reverse();
        }
        let mut text = String::new();
        for sha in found {
            let Made { tree, parents, author, committer, message, .. } = &self.commits[&sha];
            let (by, of, parents) = (author.join("\0"), committer.join("\0"), parents.join(" "));
            let _ = writeln!(text, "{sha}\0{tree}\0{parents}\0{by}\0{of}\0{message}\u{1}");
        }
        text
    }
}

/// A name as long as git's, the same for the same.
fn name(parts: &[&str]) -> String {
    let text = parts.join("\0");
    let mut name = keys::fingerprint(text.as_bytes());
    name.push_str(&keys::fingerprint(name.as_bytes())[..8]);
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::{Git, Signature, content::FileEdit};

    /// What happens to a small history, told by what git says about it.
    async fn told(git: &Git) -> Vec<String> {
        let who = Signature::new("ada", "ada@localhost", chrono::DateTime::UNIX_EPOCH);
        let file = |path: &str| FileEdit { path: path.to_owned(), content: Some(b"x".to_vec()) };
        let first = git.commit_files(None, &[file("a")], "First", &who).await.unwrap();
        let second = git.commit_files(Some(&first), &[file("b")], "Second", &who).await.unwrap();
        let third = git.commit_files(Some(&first), &[file("c")], "Third", &who).await.unwrap();
        git.set_ref("refs/heads/main", &second).await.unwrap();
        let made = git.move_ref("refs/heads/side", &third, super::super::refs::ZERO).await.unwrap();
        let late = git.move_ref("refs/heads/side", &second, &first).await.unwrap();
        let tree = git.merged_tree(&second, &third).await.unwrap().unwrap();
        let both = [second.as_str(), third.as_str()];
        let merge = git.commit_tree(&tree, &both, "Merge", &who, &who).await.unwrap();
        let mut told = vec![format!("{made} {late}")];
        for (old, new) in [(&first, &merge), (&second, &third), (&third, &merge)] {
            told.push(git.is_ancestor(old, new).await.unwrap().to_string());
        }
        let base = git.merge_base(&second, &third).await.unwrap();
        told.push((base.as_ref() == Some(&first)).to_string());
        let log = |range: String| async move {
            let all = git.log(&["--reverse", "--topo-order", &range]).await.unwrap();
            all.into_iter().map(|one| format!("{} {}", one.message, one.parents.len())).collect()
        };
        told.extend::<Vec<String>>(log(format!("{second}..{merge}")).await);
        told.push(git.size(&first, &merge).await.unwrap().commits.to_string());
        told.push(git.refs().await.unwrap().into_keys().collect::<Vec<_>>().join(" "));
        told.push((git.resolve("side").await.unwrap() == Some(third)).to_string());
        told.push(git.resolve("nothing").await.unwrap().is_none().to_string());
        told
    }

    #[tokio::test]
    async fn it_tells_a_history_as_git_does() {
        let dir = tempfile::tempdir().unwrap();
        let real = Git::at(dir.path().join("a.git"));
        tokio::fs::create_dir_all(real.dir()).await.unwrap();
        real.init("main").await.unwrap();
        let imagined = Git::imagined(dir.path().join("b.git"), Imagined::default());
        assert_eq!(told(&imagined).await, told(&real).await);
    }
}
