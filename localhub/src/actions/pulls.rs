//! Opening, changing and merging pull requests.

use serde::Deserialize;

use crate::{
    error::Error,
    git::Git,
    hub::Hub,
    model::{
        Account, Actor, Change, Id, Issue, Pull, Refusal, Repo,
        change::pulls::{NewPull, PullPatch, Span},
        intent::Merging,
        pull::{Method, Tip},
    },
};

/// What `PUT /pulls/{number}/merge` takes.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct MergeInput {
    pub(crate) sha: Option<String>,
    #[serde(default)]
    pub(crate) merge_method: Method,
    pub(crate) commit_title: Option<String>,
    pub(crate) commit_message: Option<String>,
}

impl Hub {
    /// Opens a pull request between two branches of one repository.
    pub(crate) async fn open_pull(
        &self,
        actor: Actor,
        repo: Id<Repo>,
        mut new: NewPull,
    ) -> Result<Id<Pull>, Error> {
        let _lock = self.lock(repo).await;
        if let Some((owner, branch)) = new.head.clone().split_once(':') {
            let world = self.world();
            let ours = &world.accounts.at(world.repos.at(repo).owner).login;
            if !owner.eq_ignore_ascii_case(ours) {
                return Err(Refusal::flaw("PullRequest", "head", "invalid").into());
            }
            branch.clone_into(&mut new.head);
        }
        let span = self.span(repo, &new.head, &new.base).await?;
        let head = span.head.sha.clone();
        let id = self.change(actor, |change| change.open_pull(repo, &new, span)).await?;
        // Cut off here, the reference is made when the hub is opened again.
        self.git(repo).set_ref(&self.pull_ref(id), &head).await?;
        Ok(id)
    }

    async fn span(&self, repo: Id<Repo>, head: &str, base: &str) -> Result<Span, Error> {
        let world = self.world();
        let home = world.repos.at(repo);
        let tip = |branch: &str, field| {
            let sha = home.branch(branch).cloned();
            sha.map(|sha| Tip { branch: branch.to_owned(), sha })
                .ok_or_else(|| Refusal::flaw("PullRequest", field, "invalid"))
        };
        let (head, base) = (tip(head, "head")?, tip(base, "base")?);
        let size = self.git(repo).size(&base.sha, &head.sha).await?;
        Ok(Span { head, base, size })
    }

    /// Changes a pull request.
    pub(crate) async fn edit_pull(
        &self,
        actor: Actor,
        id: Id<Pull>,
        patch: PullPatch,
    ) -> Result<(), Error> {
        let pull = self.world().pulls.at(id).clone();
        let _lock = self.lock(pull.repo).await;
        let span = match patch.base.as_ref().filter(|base| **base != pull.base.branch) {
            Some(base) => Some(self.span(pull.repo, &pull.head.branch, base).await?),
            None => None,
        };
        self.change(actor, |change| change.edit_pull(id, &patch, span)).await?;
        // Reopening takes up what was pushed meanwhile.
        let head = self.world().pulls.at(id).head.sha.clone();
        self.git(pull.repo).set_ref(&self.pull_ref(id), &head).await?;
        Ok(())
    }

    /// Whether git could merge it now; `None` for one that is not open any more.
    pub(crate) async fn is_mergeable(&self, id: Id<Pull>) -> Result<Option<bool>, Error> {
        let world = self.world();
        let pull = world.pulls.at(id);
        if world.issues.at(pull.issue).state == crate::model::State::Closed {
            return Ok(None);
        }
        let Some(base) = world.repos.at(pull.repo).branch(&pull.base.branch) else {
            return Ok(Some(false));
        };
        let tree = self.git(pull.repo).merged_tree(base, &pull.head.sha).await?;
        Ok(Some(tree.is_some()))
    }

    /// Merges, and answers the commit the base branch points to then.
    pub(crate) async fn merge_pull(
        &self,
        actor: Actor,
        id: Id<Pull>,
        input: &MergeInput,
    ) -> Result<String, Error> {
        let repo = self.world().pulls.at(id).repo;
        let _lock = self.lock(repo).await;
        let world = self.world();
        let check = Change::new((*world).clone(), actor, self.clock().now());
        check.check_merge(id, input.sha.as_deref())?;
        let by = check.who()?;
        let pull = world.pulls.at(id);
        let git = self.git(repo);
        let unmergeable = || Refusal::NotMergeable("Pull Request is not mergeable".to_owned());
        let base = world.repos.at(repo).branch(&pull.base.branch).ok_or_else(unmergeable)?;
        let message = self.merge_message(&git, pull, base, input).await?;
        let made = self.make_merge(&git, pull, base, input.merge_method, &message, by).await?;
        let sha = made.ok_or_else(unmergeable)?;
        let merging = Merging { pull: id, sha: sha.clone(), message };
        let intent = self.change(actor, |change| change.intend(repo, Some(merging))).await?;
        let moved = git.move_ref(&format!("refs/heads/{}", pull.base.branch), &sha, base).await?;
        self.notice(actor, repo, Some(intent)).await?;
        if !moved {
            let message = "Base branch was modified. Review and try the merge again.";
            return Err(Refusal::Conflict(message.to_owned()).into());
        }
        Ok(sha)
    }

    async fn make_merge(
        &self,
        git: &Git,
        pull: &Pull,
        base: &str,
        method: Method,
        message: &str,
        by: Id<Account>,
    ) -> Result<Option<String>, Error> {
        let signature = self.signature(by);
        let head = pull.head.sha.as_str();
        if method == Method::Rebase {
            return Ok(git.rebase(base, head, &signature).await?);
        }
        let Some(tree) = git.merged_tree(base, head).await? else { return Ok(None) };
        let (parents, author) = match method {
            Method::Squash => {
                let author = self.world().issues.at(pull.issue).author;
                (vec![base], self.signature(author))
            }
            Method::Merge | Method::Rebase => (vec![base, head], signature.clone()),
        };
        Ok(Some(git.commit_tree(&tree, &parents, message, &author, &signature).await?))
    }

    async fn merge_message(
        &self,
        git: &Git,
        pull: &Pull,
        base: &str,
        input: &MergeInput,
    ) -> Result<String, Error> {
        let world = self.world();
        let issue = world.issues.at(pull.issue);
        let owner = &world.accounts.at(world.repos.at(pull.repo).owner).login;
        let (title, body) = match input.merge_method {
            Method::Rebase => return Ok(String::new()),
            Method::Merge => {
                let (number, branch) = (issue.number, &pull.head.branch);
                let title = format!("Merge pull request #{number} from {owner}/{branch}");
                (title, issue.title.clone())
            }
            Method::Squash => squash_message(git, pull, issue, base).await?,
        };
        let title = input.commit_title.clone().unwrap_or(title);
        let body = input.commit_message.clone().unwrap_or(body);
        Ok(format!("{title}\n\n{body}").trim_end().to_owned())
    }

    /// Merges the base branch into the head branch.
    pub(crate) async fn update_branch(
        &self,
        actor: Actor,
        id: Id<Pull>,
        expected: Option<&str>,
    ) -> Result<(), Error> {
        let repo = self.world().pulls.at(id).repo;
        let _lock = self.lock(repo).await;
        let world = self.world();
        let (pull, home) = (world.pulls.at(id), world.repos.at(repo));
        actor.require(&world, home, crate::model::Need::PUSH)?;
        if expected.is_some_and(|sha| sha != pull.head.sha) {
            let message = "expected head sha didn’t match current head ref.";
            return Err(Refusal::Unprocessable(message.to_owned()).into());
        }
        let (git, head) = (self.git(repo), pull.head.sha.as_str());
        let conflict = || {
            let message = "merge conflict between base and head";
            Refusal::Unprocessable(message.to_owned())
        };
        let base = home.branch(&pull.base.branch).ok_or_else(conflict)?;
        if git.is_ancestor(base, head).await? {
            let message = "There are no new commits on the base branch.";
            return Err(Refusal::Unprocessable(message.to_owned()).into());
        }
        let tree = git.merged_tree(head, base).await?.ok_or_else(conflict)?;
        let who = self.signature(actor.account(&world)?);
        let message = format!("Merge branch '{}' into {}", pull.base.branch, pull.head.branch);
        let sha = git.commit_tree(&tree, &[head, base], &message, &who, &who).await?;
        let intent = self.change(actor, |change| change.intend(repo, None)).await?;
        git.move_ref(&format!("refs/heads/{}", pull.head.branch), &sha, head).await?;
        self.notice(actor, repo, Some(intent)).await
    }
}

/// One commit keeps its own words; several are listed under the pull request's title.
async fn squash_message(
    git: &Git,
    pull: &Pull,
    issue: &Issue,
    base: &str,
) -> Result<(String, String), Error> {
    let range = format!("{base}..{}", pull.head.sha);
    let commits = git.log(&["--reverse", "--no-merges", &range]).await?;
    if let [only] = commits.as_slice() {
        let (title, body) = only.message.split_once('\n').unwrap_or((&only.message, ""));
        return Ok((format!("{title} (#{})", issue.number), body.trim().to_owned()));
    }
    let list: Vec<_> = commits.iter().map(|commit| format!("* {}", commit.message)).collect();
    Ok((format!("{} (#{})", issue.title, issue.number), list.join("\n\n")))
}
