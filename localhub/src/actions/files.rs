//! Writing one file over REST.

use crate::{
    error::Error,
    git::{content::FileEdit, refs::ZERO},
    hub::Hub,
    model::{Actor, Area, Id, Level, Need, Refusal, Repo, app::reaches},
};

impl Hub {
    /// Commits one file to a branch, and answers the commit.
    pub(crate) async fn write_file(
        &self,
        actor: Actor,
        repo: Id<Repo>,
        branch: &str,
        file: FileEdit,
        expected: Option<&str>,
        message: &str,
    ) -> Result<String, Error> {
        let world = self.world();
        actor.require(&world, world.repos.at(repo), Need::PUSH)?;
        if file.path.starts_with(".github/workflows/") && !self.may_touch_workflows(actor) {
            return Err(Refusal::area(Need { areas: &[Area::Workflows], ..Need::PUSH }).into());
        }
        check_path(&file.path)?;
        let git = self.git(repo);
        let parent = world.repos.at(repo).branch(branch).cloned();
        let there = match &parent {
            Some(parent) => git.entry(parent, &file.path).await?.map(|entry| entry.sha),
            None => None,
        };
        if there.is_some() && expected.is_none() {
            let message = "Invalid request.\n\n\"sha\" wasn't supplied.";
            return Err(Refusal::Unprocessable(message.to_owned()).into());
        }
        if expected.is_some() && there.as_deref() != expected {
            let message = format!("{} does not match {}", file.path, expected.unwrap_or_default());
            return Err(Refusal::Conflict(message).into());
        }
        let who = self.signature(actor.account(&world)?);
        let sha = git.commit_files(parent.as_deref(), &[file], message, &who).await?;
        let name = format!("refs/heads/{branch}");
        let old = parent.unwrap_or_else(|| ZERO.to_owned());
        if self.move_ref(actor, repo, &name, &sha, &old).await? {
            return Ok(sha);
        }
        Err(Refusal::Conflict("the branch was modified meanwhile".to_owned()).into())
    }

    /// Whether the actor may change workflow files: people may, Apps need a permission for it.
    pub(crate) fn may_touch_workflows(&self, actor: Actor) -> bool {
        match actor {
            Actor::Person(_) => true,
            Actor::Nobody | Actor::App(_) => false,
            Actor::Installation(token) => {
                let world = self.world();
                let granted = world.tokens.find(token).map(|token| token.permissions.clone());
                granted.is_some_and(|all| reaches(&all, Area::Workflows, Level::Write))
            }
        }
    }
}

/// Refuses a path that git would not keep.
fn check_path(path: &str) -> Result<(), Refusal> {
    let bad = |part: &str| matches!(part, "" | "." | "..") || part.eq_ignore_ascii_case(".git");
    if path.split('/').any(bad) || path.contains('\0') {
        return Err(Refusal::Unprocessable("path contains a malformed path component".to_owned()));
    }
    Ok(())
}
