//! Finding out what moved in a git repository, and telling the model.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    error::Error,
    git::Git,
    hub::Hub,
    model::{
        Actor, Id, Intent, Pull, Repo, State, World,
        change::refs::{Moved, Movement},
        event::{Push, PushedCommit},
    },
};

/// How many commits a push webhook lists at most.
const LISTED: &str = "--max-count=2048";

impl Hub {
    /// Compares a repository with what we last knew of it and records the difference.
    ///
    /// The caller holds the repository's lock. Doing this twice is harmless: the second time
    /// there is no difference.
    pub(crate) async fn notice(
        &self,
        actor: Actor,
        repo: Id<Repo>,
        intent: Option<Id<Intent>>,
    ) -> Result<(), Error> {
        let git = self.git(repo);
        let movement = survey(&git, &self.world(), repo, intent).await?;
        for moved in &movement.pulls {
            if let Some(head) = &moved.head {
                git.set_ref(&self.pull_ref(moved.pull), head).await?;
            }
        }
        if movement.pushes.is_empty() && intent.is_none() {
            return Ok(());
        }
        self.change(actor, |change| change.record_movement(repo, movement, intent)).await
    }

    /// `refs/pull/7/head`.
    pub(crate) fn pull_ref(&self, pull: Id<Pull>) -> String {
        let world = self.world();
        let number = world.issues.at(world.pulls.at(pull).issue).number;
        format!("refs/pull/{number}/head")
    }
}

async fn survey(
    git: &Git,
    world: &World,
    repo: Id<Repo>,
    intent: Option<Id<Intent>>,
) -> Result<Movement, Error> {
    let known = &world.repos.at(repo).refs;
    let refs = git.refs().await?;
    let names: BTreeSet<&String> = known.keys().chain(refs.keys()).collect();
    let mut pushes = Vec::new();
    for name in names {
        let (before, after) = (known.get(name), refs.get(name));
        if before != after {
            pushes.push(push(git, known, name, before, after).await?);
        }
    }
    let mut pulls = Vec::new();
    for pull in world.pulls.iter().filter(|pull| pull.repo == repo) {
        let open = world.issues.at(pull.issue).state == State::Open;
        let touched = [&pull.head.branch, &pull.base.branch].into_iter().any(|branch| {
            pushes.iter().any(|push| push.reference == format!("refs/heads/{branch}"))
        });
        if open && touched {
            pulls.push(moved(git, world, pull, &refs, &pushes, intent).await?);
        }
    }
    Ok(Movement { refs, pushes, pulls })
}

async fn push(
    git: &Git,
    known: &BTreeMap<String, String>,
    name: &str,
    before: Option<&String>,
    after: Option<&String>,
) -> Result<Push, Error> {
    let forced = match (before, after) {
        (Some(before), Some(after)) => !git.is_ancestor(before, after).await?,
        (None, _) | (_, None) => false,
    };
    let mut commits = Vec::new();
    if let Some(after) = after.filter(|_| name.starts_with("refs/heads/")) {
        // News are the commits that no reference had before.
        let mut range = vec!["--reverse", LISTED, after.as_str(), "--not"];
        match before {
            Some(before) => range.push(before),
            None => range.extend(known.values().map(String::as_str)),
        }
        for commit in git.log(&range).await? {
            commits.push(pushed(git, commit).await?);
        }
    }
    let (before, after) = (before.cloned(), after.cloned());
    Ok(Push { reference: name.to_owned(), before, after, forced, commits })
}

async fn pushed(git: &Git, commit: crate::git::Commit) -> Result<PushedCommit, Error> {
    let from = commit.parents.first().map_or(crate::git::diff::EMPTY_TREE, String::as_str);
    let changes = git.changes(from, &commit.sha).await?;
    let paths = |status: &str| {
        let same = changes.iter().filter(|change| change.status == status);
        same.map(|change| change.path.clone()).collect::<Vec<_>>()
    };
    Ok(PushedCommit {
        added: paths("added"),
        removed: paths("removed"),
        modified: [paths("modified"), paths("renamed")].concat(),
        sha: commit.sha,
        tree: commit.tree,
        message: commit.message,
        at: commit.committer.at,
        author: (commit.author.name, commit.author.email),
        committer: (commit.committer.name, commit.committer.email),
    })
}

async fn moved(
    git: &Git,
    world: &World,
    pull: &Pull,
    refs: &BTreeMap<String, String>,
    pushes: &[Push],
    intent: Option<Id<Intent>>,
) -> Result<Moved, Error> {
    let at = |branch: &str| refs.get(&format!("refs/heads/{branch}")).cloned();
    let (head, base) = (at(&pull.head.branch), at(&pull.base.branch));
    let mut found = Moved {
        pull: pull.id,
        head,
        base,
        size: pull.size,
        contained: false,
        messages: Vec::new(),
    };
    let (Some(head), Some(base)) = (&found.head, &found.base) else { return Ok(found) };
    let merge = intent.and_then(|intent| world.intents.find(intent)?.merge.clone());
    found.contained = if let Some(merge) = merge.filter(|merge| merge.pull == pull.id) {
        // Squashing and rebasing leave the head outside; what we made tells.
        git.is_ancestor(&merge.sha, base).await?
    } else {
        let reference = format!("refs/heads/{}", pull.base.branch);
        let base_moved = pushes.iter().any(|push| push.reference == reference);
        base_moved && *head == pull.head.sha && git.is_ancestor(head, base).await?
    };
    if found.contained {
        let range = format!("{}..{head}", pull.base.sha);
        let commits = git.log(&["--max-count=250", &range]).await?;
        found.messages = commits.into_iter().map(|commit| commit.message).collect();
    } else {
        found.size = git.size(base, head).await?;
    }
    Ok(found)
}
