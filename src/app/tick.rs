//! Somebody edited a comment of ours: in the plan, that is how people approve.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::digest;
use chrono::{DateTime, Utc};

use super::apply::Cause;
use super::{App, Error, Result};
use crate::db::comments::{self, Kind, OwnComment};
use crate::db::{effects, sprints};
use crate::domain::checklist::Edit;
use crate::domain::effect::Effect;
use crate::domain::ids::{CommentId, DeliveryId, Login, RepoName, SprintId};
use crate::domain::permission::Permission;
use crate::domain::sprint::{Edited, Event};
use crate::github::fact::CommentEdit;
use crate::github::{self, Repo};

/// One edit of the plan comment, whoever told us of it.
struct Seen<'a> {
    comment: CommentId,
    by: &'a Login,
    at: DateTime<Utc>,
    from: &'a str,
    to: &'a str,
    /// What we wrote into the comment before, oldest first, where it was looked up already.
    ours: Option<Vec<&'a str>>,
}

impl App {
    /// Follows a webhook's word that a comment was edited.
    pub(super) async fn comment_edited(
        &self,
        edit: &CommentEdit,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let mut tx = self.db().begin().await?;
        let Some(own) = comments::by_id(&mut tx, edit.comment).await? else { return Ok(()) };
        if edit.sender.is_bot {
            return Ok(());
        }
        let (sprint, part) = (own.sprint_id.clone(), own.part);
        let show = match own.kind {
            Kind::Plan => None,
            Kind::Status => Some(Effect::ShowStatus(sprint)),
            Kind::Planning => Some(Effect::ShowPlanning { sprint, number: part }),
            Kind::Questions => Some(Effect::ShowQuestions { sprint, round: part }),
        };
        if let Some(show) = show {
            effects::push(&mut tx, &show, delivery, self.clock().now()).await?;
            tx.commit().await?;
            self.wake();
            return Ok(());
        }
        drop(tx);
        let seen = Seen {
            comment: edit.comment,
            by: &edit.sender.login,
            at: edit.at,
            from: &edit.from,
            to: &edit.to,
            ours: None,
        };
        self.count(&own.sprint_id, &seen, delivery).await?;
        self.has_become(&own, &edit.from, &edit.to).await
    }

    /// Takes in the edits of the plan comment that no webhook told us of, as GitHub's own history
    /// has them, so that nobody's tick is overwritten. `own` is what we last knew of it.
    pub(super) async fn take_in_edits(
        &self,
        repo: &Repo,
        own: &OwnComment,
        now: &github::Comment,
    ) -> Result<()> {
        let versions = repo.edits(now).await?;
        let mut from = own.body.clone();
        let known = versions
            .iter()
            .rposition(|version| version.text.as_ref().is_some_and(|text| same(text, &own.body)));
        for version in versions.iter().skip(known.map_or(0, |at| at + 1)) {
            let Some(text) = &version.text else { continue };
            if let Some(by) = version.by.as_ref().filter(|_| !version.is_bot) {
                let ours = Some(ours(&versions, version.at));
                let comment = own.comment_id;
                let seen = Seen { comment, by, at: version.at, from: &from, to: text, ours };
                self.count(&own.sprint_id, &seen, None).await?;
            }
            from.clone_from(text);
        }
        if !same(&from, &now.body) {
            return Err(Error::NotYet("waiting to hear who edited the plan"));
        }
        self.has_become(own, &own.body, &now.body).await
    }

    async fn count(
        &self,
        id: &SprintId,
        seen: &Seen<'_>,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let edit = Edit::between(seen.from, seen.to);
        if edit.is_empty() {
            return Ok(());
        }
        let edit = if edit.rewritten { self.on_their_page(id, seen).await? } else { edit };
        let key = seen.key();
        let edited = Edited {
            by: seen.by.clone(),
            at: seen.at,
            edit,
            permissions: self.permissions_of(id, seen.by).await?,
            key: key.clone(),
        };
        let cause = Cause { by: seen.by.0.clone(), delivery: delivery.cloned(), once: Some(key) };
        self.apply(id, &Event::Edited(edited), &cause).await?;
        Ok(())
    }

    /// What somebody changed whose page may have been older than what the comment said.
    async fn on_their_page(&self, id: &SprintId, seen: &Seen<'_>) -> Result<Edit> {
        if let Some(ours) = &seen.ours {
            return Ok(Edit::on_a_page(seen.from, seen.to, ours.iter().copied()));
        }
        let repo = self.repo(&self.sprint(id).await?.repo).await?;
        let versions = match repo.comment(seen.comment).await {
            Ok(now) => repo.edits(&now).await?,
            Err(error) if error.is_gone() => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let ours = ours(&versions, seen.at);
        Ok(Edit::on_a_page(seen.from, seen.to, ours.into_iter()))
    }

    /// What a person may do, right now, in each repository of a plan.
    async fn permissions_of(
        &self,
        id: &SprintId,
        person: &Login,
    ) -> Result<BTreeMap<RepoName, Permission>> {
        let mut tx = self.db().read().await?;
        let (sprint, _) = sprints::get(&mut tx, id).await?;
        drop(tx);
        let tasks = sprint.plan.iter().flat_map(|plan| &plan.tasks);
        let repos: BTreeSet<_> = tasks.map(|task| task.repo().clone()).collect();
        let mut permissions = BTreeMap::new();
        for name in repos {
            let permission = self.permission_in(&name, person).await?;
            permissions.insert(name, permission);
        }
        Ok(permissions)
    }

    /// Notes that the comment went on from one text to another.
    async fn has_become(&self, own: &OwnComment, from: &str, to: &str) -> Result<()> {
        let mut tx = self.db().begin().await?;
        if let Some(latest) = comments::by_id(&mut tx, own.comment_id).await?
            && same(&latest.body, from)
        {
            let body = to.to_owned();
            comments::remember(&mut tx, &OwnComment { body, ..latest }).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

impl Seen<'_> {
    /// The same for a webhook and for the history: which comment, when, and to what.
    fn key(&self) -> String {
        let text = self.to.replace("\r\n", "\n");
        let hash = digest::digest(&digest::SHA256, text.trim_end().as_bytes());
        let hash = hex::encode(&hash.as_ref()[..8]);
        format!("edit {} {} {hash}", self.comment, self.at.timestamp())
    }
}

/// What we wrote into the comment until then; what people made of it is no page to go by.
fn ours(versions: &[github::Edit], until: DateTime<Utc>) -> Vec<&str> {
    let ours = versions.iter().filter(|version| version.is_bot && version.at <= until);
    ours.filter_map(|version| version.text.as_deref()).collect()
}

/// Whether two texts say the same, boxes included.
pub(super) fn same(one: &str, other: &str) -> bool {
    Edit::between(one, other).is_empty()
}
