//! Having a planner agent plan: what it is asked, what it reads, and what people see meanwhile.

use std::collections::BTreeMap;

use super::apply::Applied;
use super::command::Said;
use super::dispatch::{Order, Told};
use super::{App, Error, Result};
use crate::config::PLANNER;
use crate::db::comments::Kind;
use crate::db::effects;
use crate::db::executions::{self, Execution, Subject};
use crate::domain::effect::Effect;
use crate::domain::ids::{AgentName, DeliveryId, Login, RepoName, SprintId};
use crate::domain::planning;
use crate::domain::sprint::{Event, Sprint};
use crate::domain::work::{Lease, Source, Terms, Work};
use crate::github::Grant;
use crate::say;

impl App {
    /// Asks the planner agent for a plan.
    pub(super) async fn have_planned(
        &self,
        id: &SprintId,
        fresh: bool,
        said: &Said,
        key: &str,
        delivery: Option<&DeliveryId>,
    ) -> Result<Applied> {
        let at = self.clock().now();
        let event = planning::Event::Wanted { asked: said.asked(), fresh, at };
        self.apply(id, &Event::Planning(event), &said.cause(key, delivery)).await
    }

    /// What a worker needs to have a sprint planned: every repository of the project, as it is now.
    pub(super) async fn order_for_plan(&self, sprint: &Sprint, number: i64) -> Result<Order> {
        let session = sprint.planning.session.as_ref();
        let session = session
            .filter(|session| session.number == number)
            .ok_or(Error::NotYet("the planning is not there"))?;
        let (mut sources, mut read_tokens) = (Vec::new(), BTreeMap::new());
        for name in self.targets(sprint).await? {
            let repo = self.repo(&name).await?;
            let found = repo.repository().await?;
            // A repository without a commit has nothing to read.
            let Some(sha) = repo.find_head(&found.default_branch).await? else { continue };
            let token = repo.token(Grant::ReadContents).await?;
            read_tokens.insert(name.clone(), token.expose().to_owned());
            sources.push(Source { repo: name, url: found.clone_url, sha });
        }
        let survey = self.survey(sprint).await?;
        let people = self.people(sprint).await?;
        let notes = self.notes_for_plan(sprint, &AgentName(PLANNER.to_owned())).await?;
        let prompt = say::prompt::plan(&say::prompt::Planned {
            goal: &sprint.goal,
            sources: &sources,
            survey: &survey,
            people: &people,
            questions: &sprint.planning.questions,
            previous: sprint.plan.as_ref().filter(|_| !session.fresh),
            notes: &notes,
            most_tasks: self.settings().planning.most_tasks,
        });
        Ok(Order {
            told: Told::Whole(prompt),
            work: Work::Plan { sources },
            read_tokens,
            terms: Terms { egress: self.settings().egress_of(&sprint.repo), ..Terms::default() },
        })
    }

    /// The repositories a sprint's tasks may be in.
    pub(super) async fn targets(&self, sprint: &Sprint) -> Result<Vec<RepoName>> {
        let mut targets = Vec::new();
        for name in self.settings().siblings(&sprint.repo) {
            match self.repo(&name).await {
                Ok(_) => targets.push(name),
                Err(Error::NotInstalled(_) | Error::Away(..)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(targets)
    }

    /// The people who can write, by repository.
    pub(super) async fn people(&self, sprint: &Sprint) -> Result<BTreeMap<RepoName, Vec<Login>>> {
        let mut people = BTreeMap::new();
        for name in self.targets(sprint).await? {
            let writers = self.repo(&name).await?.writers().await?.into_iter();
            let persons = writers.filter(|account| !account.is_bot());
            people.insert(name, persons.map(|account| account.login).collect());
        }
        Ok(people)
    }

    /// Has the lines about planners at work brought up to date, since time goes on; the workers with these leases just
    /// said that they live.
    pub async fn show_that_time_passes(&self, leases: &[Lease]) -> Result<()> {
        let mut shows = Vec::new();
        let mut tx = self.db().read().await?;
        for lease in leases {
            let Execution { sprint_id: sprint, subject, .. } =
                executions::get(&mut tx, &lease.execution).await?;
            match subject {
                Subject::Plan(number) => shows.push(Effect::ShowPlanning { sprint, number }),
                Subject::Task(..) | Subject::Review(..) => {}
            }
        }
        drop(tx);
        if shows.is_empty() {
            return Ok(());
        }
        let mut tx = self.db().begin().await?;
        for show in &shows {
            effects::push(&mut tx, show, None, self.clock().now()).await?;
        }
        tx.commit().await?;
        self.wake();
        Ok(())
    }

    /// Brings the comment about a planning up to date.
    pub(super) async fn show_planning(&self, id: &SprintId, number: i64) -> Result<()> {
        let sprint = self.sprint(id).await?;
        let now = self.clock().now();
        let Some(text) = say::planning::progress(&sprint, number, now) else { return Ok(()) };
        self.show_part(&sprint, Kind::Planning, number, text).await
    }

    /// Brings the comment with a round of questions up to date.
    pub(super) async fn show_questions(&self, id: &SprintId, round: i64) -> Result<()> {
        let sprint = self.sprint(id).await?;
        let Some(text) = say::planning::questions(&sprint, round) else { return Ok(()) };
        self.show_part(&sprint, Kind::Questions, round, text).await
    }
}
