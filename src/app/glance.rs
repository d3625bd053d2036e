//! The glance: what changed on GitHub since the last one, in case a webhook never came. It costs
//! two questions for a repository in which nothing happens, however many sprints it has had, and
//! GitHub answers them with "nothing changed".

use std::collections::BTreeSet;

use super::news::{List, next_since};
use super::show::showing;
use super::tick::same;
use super::{App, Result};
use crate::causes::whole;
use crate::db::comments;
use crate::db::repositories::{self, Repository};
use crate::db::{effects, sprints};
use crate::domain::ids::{IssueRef, PullNumber, RepoId};
use crate::github::{Comment, Repo};

impl App {
    /// Follows what changed since the last time. What cannot be read now is read the next time.
    pub async fn glance(&self) -> Result<()> {
        if let Err(error) = self.ask_for_lost_deliveries().await {
            tracing::warn!(error = %whole(&error), "the delivery log cannot be read now");
        }
        self.look_around().await?;
        let mut tx = self.db().read().await?;
        let repositories = repositories::all(&mut tx).await?;
        let mut lively: BTreeSet<RepoId> = BTreeSet::new();
        for id in sprints::unfinished(&mut tx).await? {
            lively.insert(sprints::get(&mut tx, &id).await?.0.repo_id);
        }
        drop(tx);
        for repository in &repositories {
            if !repository.can_be_seen() || !self.inner.news.is_its_turn(repository.id) {
                continue;
            }
            match self.glance_at(repository).await {
                Ok(news) => {
                    let lively = news || lively.contains(&repository.id);
                    self.inner.news.note(repository.id, lively);
                }
                Err(error) => {
                    tracing::warn!(repo = %repository.name, error = %whole(&error), "cannot be looked at now");
                }
            }
        }
        Ok(())
    }

    /// Whether something had happened.
    async fn glance_at(&self, repository: &Repository) -> Result<bool> {
        let repo = self.repo(&repository.name).await?;
        let touched = self.follow_touched(&repo, repository).await?;
        let heard = self.hear_missed(&repo, repository).await?;
        Ok(touched || heard)
    }

    /// Follows the issues and pull requests that changed.
    async fn follow_touched(&self, repo: &Repo, repository: &Repository) -> Result<bool> {
        let mut tx = self.db().read().await?;
        let since = repositories::touched_until(&mut tx, repository.id).await?;
        drop(tx);
        let Some(since) = since else { return Ok(false) };
        let issues = repo.touched_since(since).await?;
        let items: Vec<_> = issues.iter().map(|issue| (issue.number.0, issue.updated_at)).collect();
        let fresh = self.inner.news.fresh(repository.id, List::Issues, &items);
        for issue in issues.iter().filter(|issue| fresh.contains(&issue.number.0)) {
            if issue.is_pull() {
                let pull = PullNumber(issue.number.0);
                self.pull_touched(&repository.name, pull, None).await?;
            } else {
                let touched = IssueRef { repo: repository.name.clone(), number: issue.number };
                self.issue_touched(&touched, None).await?;
            }
        }
        let next = next_since(since, &items, super::sweep::OVERLAP);
        let mut tx = self.db().begin().await?;
        repositories::set_touched_until(&mut tx, repository.id, next).await?;
        tx.commit().await?;
        self.inner.news.looked(repository.id, List::Issues, &items, self.clock().now());
        Ok(!fresh.is_empty())
    }

    /// A comment of ours says something else than we know: it is shown anew, which first takes in
    /// what people ticked.
    pub(super) async fn own_comment_seen(&self, comment: &Comment) -> Result<()> {
        let mut tx = self.db().begin().await?;
        let Some(own) = comments::by_id(&mut tx, comment.id).await? else {
            drop(tx);
            return self.parts_comment_touched(comment.id, None).await.map(drop);
        };
        if same(&own.body, &comment.body) {
            return Ok(());
        }
        effects::push(&mut tx, &showing(&own), None, self.clock().now()).await?;
        tx.commit().await?;
        self.wake();
        Ok(())
    }
}
