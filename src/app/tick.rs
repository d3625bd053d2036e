//! Somebody edited a comment of ours: in the plan, that is how people approve.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::digest;
use chrono::{DateTime, TimeDelta, Utc};

use super::apply::Cause;
use super::show::showing;
use super::{App, Error, Result};
use crate::db::comments::{self, Kind, OwnComment};
use crate::db::{edits, effects, sprints};
use crate::domain::checklist::{Edit, Page};
use crate::domain::ids::{CommentId, DeliveryId, Login, RepoName, SprintId};
use crate::domain::permission::Permission;
use crate::domain::sprint::{Edited, Event};
use crate::github::fact::CommentEdit;
use crate::github::{self, Repo};

/// One edit of the plan comment, whoever told us of it.
struct Seen<'a> {
    by: &'a Login,
    at: DateTime<Utc>,
    edit: Edit,
    /// What names it among all.
    key: String,
}

/// How far back a history is looked through once more: clocks differ, and lists lag behind.
const OVERLAP: TimeDelta = TimeDelta::minutes(5);

impl App {
    /// Follows a webhook's word that a comment was edited. What it says counts only where the
    /// comment's history does not have it: the history knows the order, and forgets nobody.
    pub(super) async fn comment_edited(
        &self,
        edit: &CommentEdit,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let mut tx = self.db().begin().await?;
        let Some(own) = comments::by_id(&mut tx, edit.comment).await? else {
            drop(tx);
            if self.parts_comment_touched(edit.comment, delivery).await? {
                return Ok(());
            }
            return self.reworded(edit, delivery).await;
        };
        if edit.sender.is_bot {
            return Ok(());
        }
        if own.kind != Kind::Plan {
            effects::push(&mut tx, &showing(&own), delivery, self.clock().now()).await?;
            tx.commit().await?;
            self.wake();
            return Ok(());
        }
        drop(tx);
        let repo = self.repo(&self.sprint(&own.sprint_id).await?.repo).await?;
        let versions = match repo.comment(edit.comment).await {
            Ok(now) => repo.edits(&now).await?,
            Err(error) if error.is_gone() => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        self.count_versions(&own, &versions, delivery).await?;
        if !versions.windows(2).any(|pair| is_this(edit, pair)) {
            self.count_untold(&own, edit, &versions, delivery).await?;
        }
        self.has_become(&own, &edit.from, &edit.to).await
    }

    /// Somebody deleted a comment; if it is one of ours that is kept, it comes back.
    pub(super) async fn comment_deleted(
        &self,
        comment: CommentId,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let mut tx = self.db().begin().await?;
        let Some(own) = comments::by_id(&mut tx, comment).await? else {
            drop(tx);
            return self.parts_comment_touched(comment, delivery).await.map(drop);
        };
        effects::push(&mut tx, &showing(&own), delivery, self.clock().now()).await?;
        tx.commit().await?;
        self.wake();
        Ok(())
    }

    /// Takes in the edits of the plan comment as GitHub's own history has them, so that nobody's
    /// tick is overwritten. `own` is what we last knew of it. That it says the same again does
    /// not mean that nothing happened meanwhile.
    pub(super) async fn take_in_edits(
        &self,
        repo: &Repo,
        own: &OwnComment,
        now: &github::Comment,
    ) -> Result<()> {
        let mut tx = self.db().read().await?;
        let until = edits::taken_until(&mut tx, own.comment_id).await?;
        drop(tx);
        if same(&own.body, &now.body) && until.is_some_and(|until| now.updated_at < until) {
            return Ok(());
        }
        let begun = self.clock().now();
        let versions = repo.edits(now).await?;
        self.count_versions(own, &versions, None).await?;
        let is_unchanged = versions.is_empty() && same(&own.body, &now.body);
        if !is_unchanged && !is_told(&versions, &now.body) {
            return Err(Error::NotYet("waiting to hear who edited the plan"));
        }
        let mut tx = self.db().begin().await?;
        edits::take_until(&mut tx, own.comment_id, begun - OVERLAP).await?;
        tx.commit().await?;
        self.has_become(own, &own.body, &now.body).await
    }

    /// Counts what people edited, in order, each edit once.
    async fn count_versions(
        &self,
        own: &OwnComment,
        versions: &[github::Edit],
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let mut tx = self.db().read().await?;
        let until = edits::taken_until(&mut tx, own.comment_id).await?;
        drop(tx);
        let pages = pages(versions);
        let mut twins: BTreeMap<String, usize> = BTreeMap::new();
        for (nth, pair) in versions.windows(2).enumerate() {
            let [before, after] = pair else { continue };
            let (Some(by), Some(text)) = (&after.by, &after.text) else { continue };
            let name = name(own.comment_id, by, after.at, text);
            let twin = twins.entry(name.clone()).or_default();
            *twin += 1;
            let is_old = until.is_some_and(|until| after.at < until);
            let Some(from) = before.text.as_ref().filter(|_| !is_old && !after.is_bot) else {
                continue;
            };
            let earlier = &pages[..pages.partition_point(|(at, _)| *at <= nth)];
            let earlier: Vec<_> = earlier.iter().map(|(_, page)| *page).collect();
            let edit = Edit::clicked(from, text, &earlier);
            let seen = Seen { by, at: after.at, edit, key: format!("{name} {twin}") };
            self.count(&own.sprint_id, seen, delivery).await?;
        }
        Ok(())
    }

    /// Counts an edit that the history does not know, or not yet. Several that are all alike are
    /// told apart by the webhooks that told of them.
    async fn count_untold(
        &self,
        own: &OwnComment,
        told: &CommentEdit,
        versions: &[github::Edit],
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let by = &told.sender.login;
        let name = name(own.comment_id, by, told.at, &told.to);
        let told_by = delivery.map_or_else(String::new, |id| id.0.clone());
        let once = format!("{name} told by {told_by}");
        if self.is_heard(&once).await? {
            return Ok(());
        }
        let mut twin = 1;
        while self.is_heard(&format!("{name} {twin}")).await? {
            twin += 1;
        }
        let pages: Vec<_> = pages(versions).into_iter().map(|(_, page)| page).collect();
        let edit = if pages.is_empty() {
            Edit::between(&told.from, &told.to)
        } else {
            Edit::clicked(&told.from, &told.to, &pages)
        };
        let seen = Seen { by, at: told.at, edit, key: format!("{name} {twin}") };
        self.count(&own.sprint_id, seen, delivery).await?;
        self.ask_once(&once, &[], delivery).await
    }

    async fn count(
        &self,
        id: &SprintId,
        seen: Seen<'_>,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let Seen { by, at, edit, key } = seen;
        if edit.is_empty() || self.is_heard(&key).await? {
            return Ok(());
        }
        let permissions = self.permissions_of(id, by).await?;
        let edited = Edited { by: by.clone(), at, edit, permissions, key: key.clone() };
        let cause = Cause { by: by.0.clone(), delivery: delivery.cloned(), once: Some(key) };
        self.apply(id, &Event::Edited(edited), &cause).await?;
        Ok(())
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

/// The same for a webhook and for the history: which comment, by whom, when, and to what.
fn name(comment: CommentId, by: &Login, at: DateTime<Utc>, text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let hash = digest::digest(&digest::SHA256, text.trim_end().as_bytes());
    let hash = hex::encode(&hash.as_ref()[..8]);
    format!("edit {comment} {} {} {hash}", by.0.to_ascii_lowercase(), at.timestamp())
}

/// Whether the history's second version is what a webhook told of, and its first is known.
fn is_this(edit: &CommentEdit, pair: &[github::Edit]) -> bool {
    let [before, after] = pair else { return false };
    before.text.is_some()
        && after.by.as_ref() == Some(&edit.sender.login)
        && after.at.timestamp() == edit.at.timestamp()
        && after.text.as_ref().is_some_and(|text| same(text, &edit.to))
}

/// Whether the history has come as far as this text.
pub(super) fn is_told(versions: &[github::Edit], text: &str) -> bool {
    let mut texts = versions.iter().rev().filter_map(|version| version.text.as_ref());
    texts.any(|told| same(told, text))
}

/// What the comment said, each with its place in the history.
pub(super) fn pages(versions: &[github::Edit]) -> Vec<(usize, Page<'_>)> {
    let mut pages = Vec::new();
    for (nth, version) in versions.iter().enumerate() {
        if let Some(text) = &version.text {
            pages.push((nth, Page { text, is_ours: version.is_bot }));
        }
    }
    pages
}

/// Whether two texts say the same, boxes included.
pub(super) fn same(one: &str, other: &str) -> bool {
    Edit::between(one, other).is_empty()
}
