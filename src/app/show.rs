//! The comments that Team6 keeps up to date: each is rendered whole and written only if it says
//! something else than what is there.

use super::tick::same;
use super::{App, Error, Result};
use crate::db::comments::{self, Kind, OwnComment};
use crate::db::sprints;
use crate::domain::checklist::{without_writing, written_after};
use crate::domain::ids::SprintId;
use crate::domain::sprint::Sprint;
use crate::github::Comment;
use crate::say;

impl App {
    /// Brings the plan comment up to date. It is read just before it is written: what people
    /// ticked in between is taken in, not overwritten.
    pub(super) async fn show_plan(&self, id: &SprintId) -> Result<()> {
        let sprint = self.sprint(id).await?;
        let Some(text) = say::plan::comment(&sprint, &self.agents()) else { return Ok(()) };
        let Some((own, now)) = self.posted(&sprint, Kind::Plan).await? else {
            return self.post(&sprint, Kind::Plan, &say::plan_marker(), text).await;
        };
        let repo = self.repo(&sprint.repo).await?;
        self.take_in_edits(&repo, &own, &now).await?;
        // What was taken in may have changed what is to be shown.
        let sprint = self.sprint(id).await?;
        let text = say::plan::comment(&sprint, &self.agents()).unwrap_or(text);
        self.rewrite(&sprint, own, &now, text).await
    }

    /// Takes in what people ticked and we did not hear of yet.
    pub(super) async fn take_in_ticks(&self, sprint: &Sprint) -> Result<()> {
        if let Some((own, now)) = self.posted(sprint, Kind::Plan).await? {
            let repo = self.repo(&sprint.repo).await?;
            self.take_in_edits(&repo, &own, &now).await?;
        }
        Ok(())
    }

    /// Brings the status comment up to date.
    pub(super) async fn show_status(&self, id: &SprintId) -> Result<()> {
        let sprint = self.sprint(id).await?;
        let Some(text) = say::status::comment(&sprint) else { return Ok(()) };
        match self.posted(&sprint, Kind::Status).await? {
            Some((own, now)) => self.rewrite(&sprint, own, &now, text).await,
            None => self.post(&sprint, Kind::Status, &say::status_marker(), text).await,
        }
    }

    pub(super) async fn sprint(&self, id: &SprintId) -> Result<Sprint> {
        let mut tx = self.db().read().await?;
        Ok(sprints::get(&mut tx, id).await?.0)
    }

    /// Our comment of that kind, as we knew it and as it is; nothing if there is none, or somebody
    /// deleted it.
    async fn posted(&self, sprint: &Sprint, kind: Kind) -> Result<Option<(OwnComment, Comment)>> {
        let mut tx = self.db().read().await?;
        let Some(own) = comments::find(&mut tx, &sprint.id, kind).await? else { return Ok(None) };
        drop(tx);
        match self.repo(&sprint.repo).await?.comment(own.comment_id).await {
            Ok(now) => Ok(Some((own, now))),
            Err(error) if error.is_gone() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Posts a comment, unless it was posted by a life of ours that died before noting it.
    async fn post(&self, sprint: &Sprint, kind: Kind, marker: &str, text: String) -> Result<()> {
        let repo = self.repo(&sprint.repo).await?;
        let posted = match repo.find_marked(sprint.issue, marker, &self.me().bot).await? {
            Some(comment) => comment,
            None => repo.create_comment(sprint.issue, &text).await?,
        };
        let own = OwnComment {
            sprint_id: sprint.id.clone(),
            kind,
            comment_id: posted.id,
            body: text.clone(),
        };
        let mut tx = self.db().begin().await?;
        comments::remember(&mut tx, &own).await?;
        tx.commit().await?;
        if same(&posted.body, &text) {
            Ok(())
        } else {
            // It was there, and may hold ticks by now: the next try takes them in first.
            Err(Error::NotYet("reading what a comment of ours says by now"))
        }
    }

    async fn rewrite(
        &self,
        sprint: &Sprint,
        own: OwnComment,
        now: &Comment,
        text: String,
    ) -> Result<()> {
        let mut text = text;
        if same(&without_writing(&now.body), &text) {
            text.clone_from(&now.body);
        } else {
            let repo = self.repo(&sprint.repo).await?;
            if own.kind == Kind::Plan {
                text = written_after(&text, &now.body);
            }
            repo.rewrite_comment(own.comment_id, &text).await?;
            if own.kind == Kind::Plan {
                // Somebody may have ticked after it was read and before it was written.
                let read = OwnComment { body: now.body.clone(), ..own.clone() };
                let mut written = now.clone();
                written.body.clone_from(&text);
                self.take_in_edits(&repo, &read, &written).await?;
            }
        }
        let mut tx = self.db().begin().await?;
        comments::remember(&mut tx, &OwnComment { body: text, ..own }).await?;
        tx.commit().await?;
        Ok(())
    }
}
