//! `/team6 retry`

use super::apply::Applied;
use super::command::Said;
use super::make_issues::without_marker;
use super::{App, Result};
use crate::domain::ids::{DeliveryId, IssueRef, SprintId, TaskNumber};
use crate::domain::permission::Permission;
use crate::domain::retry::Retry;
use crate::domain::sprint::Event;
use crate::domain::task::Again;

impl App {
    /// Tries a task again, with what its issue says now: people make it clearer after a failure,
    /// and who asks for another try is who may approve the task.
    pub(super) async fn retry(
        &self,
        id: &SprintId,
        (task, again): (TaskNumber, Again),
        said: &Said,
        key: &str,
        delivery: Option<&DeliveryId>,
    ) -> Result<Applied> {
        let sprint = self.sprint(id).await?;
        let found = sprint.run.as_ref().and_then(|run| run.find(task));
        let retry = match found {
            Some(found) => self.asked_for(task, again, &found.issue, said).await?,
            None => self.unread(task, again, said, Permission::None),
        };
        self.apply(id, &Event::Retry(retry), &said.cause(key, delivery)).await
    }

    async fn asked_for(
        &self,
        task: TaskNumber,
        again: Again,
        issue: &IssueRef,
        said: &Said,
    ) -> Result<Retry> {
        let repo = self.repo(&issue.repo).await?;
        let unread = self.unread(task, again, said, repo.permission(&said.by).await?);
        match repo.issue(issue.number).await {
            Ok(issue) => {
                let text = Some(without_marker(&issue.body));
                Ok(Retry { title: Some(issue.title), text, ..unread })
            }
            Err(error) if error.is_gone() => Ok(unread),
            Err(error) => Err(error.into()),
        }
    }

    fn unread(&self, task: TaskNumber, again: Again, said: &Said, permission: Permission) -> Retry {
        let by = said.by.clone();
        Retry { task, again, by, permission, at: self.clock().now(), title: None, text: None }
    }
}
