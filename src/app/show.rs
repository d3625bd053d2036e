//! The comments that Team6 keeps up to date: each is rendered whole and written only if it says
//! something else than what is there.

use super::tick::same;
use super::{App, Error, Result};
use crate::db::comments::{self, Kind, OwnComment};
use crate::db::sprints;
use crate::domain::checklist::{without_writing, written_after};
use crate::domain::effect::Effect;
use crate::domain::ids::SprintId;
use crate::domain::sprint::{Lack, Sprint};
use crate::github::Comment;
use crate::say;
use crate::say::plan::{empty_part, part_marker};

/// A comment of ours, as we knew it and as it is; nothing where somebody deleted it.
type Posted = (OwnComment, Option<Comment>);

impl App {
    /// Brings the comments of the plan up to date. Each is read just before it is written: what
    /// people ticked in between is taken in, not overwritten.
    pub(super) async fn show_plan(&self, id: &SprintId) -> Result<()> {
        let sprint = self.sprint(id).await?;
        if sprint.plan.is_none() || sprint.lack == Some(Lack::Gone) {
            return Ok(());
        }
        let around = self.around(&self.sprint(id).await?).await?;
        // Once more if a part was posted: only then is it known where it is, for the others.
        loop {
            let sprint = self.sprint(id).await?;
            let posted = self.posted(&sprint, Kind::Plan).await?;
            self.take_in(&sprint, &posted).await?;
            // What was taken in may have changed what is to be shown.
            let sprint = self.sprint(id).await?;
            let links = links(&posted);
            let agents = self.agents_at_once(&sprint);
            let view = say::plan::View { sprint: &sprint, around: &around, agents, links: &links };
            let parts = say::plan::parts(&view);
            if !self.write(&sprint, posted, parts, &links).await? {
                return Ok(());
            }
        }
    }

    /// Writes every part that says something else; says whether another one had to be posted and
    /// the others must be told where.
    async fn write(
        &self,
        sprint: &Sprint,
        posted: Vec<Posted>,
        parts: Vec<String>,
        links: &[String],
    ) -> Result<bool> {
        let wanted = parts.len();
        let mut posted = posted.into_iter().peekable();
        let mut new = false;
        for (number, text) in (1..).zip(parts) {
            match posted.next_if(|(own, _)| own.part == number) {
                Some((own, Some(now))) => self.rewrite(sprint, own, &now, text).await?,
                Some((_, None)) | None => {
                    self.post(sprint, Kind::Plan, number, text).await?;
                    new = true;
                }
            }
        }
        for (own, now) in posted {
            if let (Some(now), Some(first)) = (now, links.first()) {
                let text = empty_part(usize::try_from(own.part).unwrap_or(wanted + 1), first);
                self.rewrite(sprint, own, &now, text).await?;
            }
        }
        Ok(new && 1 < wanted)
    }

    /// Takes in what people ticked and we did not hear of yet.
    pub(super) async fn take_in_ticks(&self, sprint: &Sprint) -> Result<()> {
        let posted = self.posted(sprint, Kind::Plan).await?;
        self.take_in(sprint, &posted).await
    }

    async fn take_in(&self, sprint: &Sprint, posted: &[Posted]) -> Result<()> {
        let repo = self.repo(&sprint.repo).await?;
        for (own, now) in posted {
            if let Some(now) = now {
                self.take_in_edits(&repo, own, now).await?;
            }
        }
        Ok(())
    }

    /// Brings the status comment up to date.
    pub(super) async fn show_status(&self, id: &SprintId) -> Result<()> {
        let sprint = self.sprint(id).await?;
        if sprint.lack == Some(Lack::Gone) {
            // There is no place for it.
            return Ok(());
        }
        let Some(text) = say::status::comment(&sprint) else { return Ok(()) };
        match self.posted(&sprint, Kind::Status).await?.pop() {
            Some((own, Some(now))) => self.rewrite(&sprint, own, &now, text).await,
            Some((_, None)) | None => self.post(&sprint, Kind::Status, 1, text).await,
        }
    }

    /// Brings one of several comments of a kind up to date, without a look at the others.
    pub(super) async fn show_part(
        &self,
        sprint: &Sprint,
        kind: Kind,
        part: i64,
        text: String,
    ) -> Result<()> {
        let mut tx = self.db().read().await?;
        let all = comments::of(&mut tx, &sprint.id, kind).await?;
        drop(tx);
        let own = all.into_iter().find(|own| own.part == part);
        let posted = match own {
            Some(own) => Some(self.now(sprint, own).await?),
            None => None,
        };
        match posted {
            Some((own, Some(now))) => self.rewrite(sprint, own, &now, text).await,
            Some((_, None)) | None => self.post(sprint, kind, part, text).await,
        }
    }

    pub(super) async fn sprint(&self, id: &SprintId) -> Result<Sprint> {
        let mut tx = self.db().read().await?;
        Ok(sprints::get(&mut tx, id).await?.0)
    }

    /// How many agents may work on a sprint at once.
    fn agents_at_once(&self, sprint: &Sprint) -> usize {
        let settings = self.settings();
        let project = settings.projects.get(&sprint.project);
        let most = project.and_then(|project| project.concurrency);
        let most = most.unwrap_or(settings.queue.concurrency_per_project);
        usize::try_from(most.min(settings.queue.concurrency)).unwrap_or(1)
    }

    /// Our comments of that kind, part by part.
    async fn posted(&self, sprint: &Sprint, kind: Kind) -> Result<Vec<Posted>> {
        let mut tx = self.db().read().await?;
        let all = comments::of(&mut tx, &sprint.id, kind).await?;
        drop(tx);
        let mut posted = Vec::new();
        for own in all {
            posted.push(self.now(sprint, own).await?);
        }
        Ok(posted)
    }

    /// A comment of ours as it is now.
    async fn now(&self, sprint: &Sprint, own: OwnComment) -> Result<Posted> {
        match self.repo(&sprint.repo).await?.comment(own.comment_id).await {
            Ok(now) => Ok((own, Some(now))),
            Err(error) if error.is_gone() => Ok((own, None)),
            Err(error) => Err(error.into()),
        }
    }

    /// Posts a comment, unless it was posted by a life of ours that died before noting it.
    async fn post(&self, sprint: &Sprint, kind: Kind, part: i64, text: String) -> Result<()> {
        let marker = match kind {
            Kind::Plan => part_marker(usize::try_from(part).unwrap_or(1)),
            Kind::Status => say::status_marker(),
            Kind::Planning => say::planning::progress_marker(part),
            Kind::Questions => say::planning::questions_marker(part),
        };
        let repo = self.repo(&sprint.repo).await?;
        let posted = match repo.find_marked(sprint.issue, &marker, &self.me().bot).await? {
            Some(comment) => comment,
            None => repo.create_comment(sprint.issue, &text).await?,
        };
        let own = OwnComment {
            sprint_id: sprint.id.clone(),
            kind,
            part,
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

/// What brings a comment of ours up to date.
pub(super) fn showing(own: &OwnComment) -> Effect {
    let (sprint, part) = (own.sprint_id.clone(), own.part);
    match own.kind {
        Kind::Plan => Effect::ShowPlan(sprint),
        Kind::Status => Effect::ShowStatus(sprint),
        Kind::Planning => Effect::ShowPlanning { sprint, number: part },
        Kind::Questions => Effect::ShowQuestions { sprint, round: part },
    }
}

/// Where the parts are that are there; those behind a deleted one are told again once it is back.
fn links(posted: &[Posted]) -> Vec<String> {
    let there = posted.iter().map_while(|(_, now)| now.as_ref());
    there.map(|now| now.html_url.clone()).collect()
}
