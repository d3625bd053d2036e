//! What somebody set going from the dashboard: a sprint is opened and planned, or a run started. It
//! is done as an effect, so that neither a closed browser nor a restart ends it half way, and by the
//! same commands that a comment would give.

use super::apply::Applied;
use super::board::Done;
use super::command::short;
use super::{App, Error, Result};
use crate::db::{effects, launches, sprints};
use crate::domain::effect::Effect;
use crate::domain::ids::{IssueRef, LaunchId, Login, RepoName, SprintId};
use crate::domain::launch::{Launch, Milestone, Opening, Wish};
use crate::domain::permission::Permission;
use crate::domain::refusal::Refusal;
use crate::github::{self, Issue, NewIssue, Repo};
use crate::say;

/// The color of the label, where there is none of its name.
const LABEL_COLOR: &str = "3d3bce";

impl App {
    /// Sets something going, if this person may at this moment; its id. `once` names the form that
    /// asked: sent twice, it is the same launch.
    pub async fn launch(
        &self,
        person: &Login,
        (repo, sprint): (&RepoName, Option<&SprintId>),
        wish: Wish,
        once: &str,
    ) -> Result<std::result::Result<LaunchId, Done>> {
        let permission = self.permission_in(repo, person).await?;
        if permission == Permission::None {
            return Ok(Err(Done::Unseen));
        }
        if !permission.may_write() {
            return Ok(Err(Done::No(vec![Refusal::NeedsWrite])));
        }
        let new = Launch {
            id: LaunchId(format!("lch_{}", short(&format!("{person} {repo} {once}")))),
            by: person.clone(),
            repo: repo.clone(),
            wish,
            sprint: sprint.cloned(),
            begun_at: self.clock().now(),
            ended_at: None,
            refused: Vec::new(),
            trouble: None,
        };
        let mut tx = self.db().begin().await?;
        if launches::begin(&mut tx, &new).await? {
            let (launch, repo, sprint) = (new.id.clone(), repo.clone(), sprint.cloned());
            let effect = Effect::Launch { launch, repo, sprint };
            effects::push(&mut tx, &effect, None, new.begun_at).await?;
            tx.commit().await?;
            self.wake();
        }
        Ok(Ok(new.id))
    }

    /// Does what somebody set going. What they may is read now, not when they asked.
    pub(super) async fn carry_out_launch(&self, id: &LaunchId) -> Result<()> {
        let mut tx = self.db().read().await?;
        let Some(launch) = launches::find(&mut tx, id).await? else { return Ok(()) };
        drop(tx);
        if launch.ended_at.is_some() {
            return Ok(());
        }
        let permission = self.permission_in(&launch.repo, &launch.by).await?;
        if !permission.may_write() {
            return self.end_launch(id, &[Refusal::NeedsWrite], None).await;
        }
        let sprint = match (&launch.wish, &launch.sprint) {
            (_, Some(sprint)) => sprint.clone(),
            (Wish::Start { .. }, None) => return self.end_launch(id, &[], None).await,
            (Wish::Open(opening), None) => match self.open_sprint(&launch, opening).await? {
                Ok(sprint) => sprint,
                Err(refusal) => return self.end_launch(id, &[refusal], None).await,
            },
        };
        let sprint = self.sprint(&sprint).await?;
        let applied = match launch.wish.said_to(&sprint) {
            Some(line) => {
                let key = format!("launch {id}");
                self.act_by_line(&launch.by, &sprint, permission, line, &key).await?
            }
            None => Applied::Ignored,
        };
        let refused = match applied {
            Applied::Refused(refusals) => refusals,
            Applied::Decided | Applied::Ignored => Vec::new(),
        };
        self.end_launch(id, &refused, None).await
    }

    /// Notes that a launch broke for good.
    pub(super) async fn launch_broke(&self, id: &LaunchId, reference: &str) -> Result<()> {
        self.end_launch(id, &[], Some(reference)).await
    }

    async fn end_launch(
        &self,
        id: &LaunchId,
        refused: &[Refusal],
        trouble: Option<&str>,
    ) -> Result<()> {
        let mut tx = self.db().begin().await?;
        launches::end(&mut tx, id, refused, trouble, self.clock().now()).await?;
        tx.commit().await?;
        self.inner.changes.ring();
        Ok(())
    }

    /// Finds the sprint of a milestone, or opens it.
    async fn open_sprint(
        &self,
        launch: &Launch,
        opening: &Opening,
    ) -> Result<std::result::Result<SprintId, Refusal>> {
        let repo = self.repo(&launch.repo).await?;
        let Some(milestone) = milestone(&repo, &opening.milestone).await? else {
            return Ok(Err(Refusal::NotASprint));
        };
        let label = &self.settings().github.sprint_label;
        let is_it = |issue: &Issue| issue.state == github::State::Open && issue.is_labelled(label);
        let there = repo.issues_of(milestone.number).await?.into_iter().find(is_it);
        let issue = match there {
            Some(issue) => issue,
            None => {
                // GitHub makes a label that is missing, but without a word about it.
                let same = |one: &github::Label| one.name.eq_ignore_ascii_case(label);
                if !repo.labels().await?.iter().any(same) {
                    repo.create_label(label, LABEL_COLOR, "The goal of a sprint").await?;
                }
                let new = NewIssue {
                    title: opening.goal.clone(),
                    body: say::issue::goal(&opening.text, &launch.by),
                    milestone: Some(milestone.number),
                    labels: vec![label.clone()],
                    assignees: Vec::new(),
                };
                repo.create_issue(&new).await?
            }
        };
        let on = IssueRef { repo: launch.repo.clone(), number: issue.number };
        self.issue_touched(&on, None).await?;
        let id = SprintId::of(self.known(&launch.repo).await?.id, issue.number);
        let mut tx = self.db().begin().await?;
        if sprints::find(&mut tx, &id).await?.is_none() {
            return Err(Error::NotYet("GitHub does not show the sprint issue yet"));
        }
        launches::leads_to(&mut tx, &launch.id, &id).await?;
        tx.commit().await?;
        self.inner.changes.ring();
        Ok(Ok(id))
    }
}

/// The milestone somebody means; none, where it is closed or gone.
async fn milestone(repo: &Repo, wanted: &Milestone) -> Result<Option<github::Milestone>> {
    let is_open = |one: &github::Milestone| one.state == github::State::Open;
    match wanted {
        Milestone::There(number) => match repo.milestone(*number).await {
            Err(error) if error.is_gone() => Ok(None),
            found => Ok(Some(found?).filter(is_open)),
        },
        Milestone::New(title) => {
            let all = repo.milestones().await?;
            let same = |one: &&github::Milestone| one.title == *title;
            match all.iter().find(same) {
                Some(found) if is_open(found) => Ok(Some(found.clone())),
                // GitHub has one milestone of a title, open or closed.
                Some(_) => Ok(None),
                None => Ok(Some(repo.create_milestone(title).await?)),
            }
        }
    }
}
