//! Checks and conflicts of a task's pull request: what its agent puts right before a person looks.

use super::apply::Cause;
use super::{App, Result};
use crate::db::pull_checks;
use crate::db::tasks::{self, Place};
use crate::domain::delegation;
use crate::domain::dialogue::{self, Source, Spoken};
use crate::domain::ids::{BranchName, CommitSha, Login, RepoName};
use crate::domain::permission::Permission;
use crate::domain::sprint::Event;
use crate::domain::task::Task;
use crate::domain::verdict::{self, Verdict};
use crate::github::{self, CheckRun, Conclusion, Pull, Status};
use crate::say;

/// As much of what a check says as an agent is told, in characters.
const LONGEST: usize = 4_000;

impl App {
    /// A check of a commit began or ended: if that is the head of a task's pull request, it counts.
    pub(super) async fn check_touched(&self, repo: &RepoName, sha: &CommitSha) -> Result<()> {
        let mut tx = self.db().read().await?;
        let all = tasks::in_review(&mut tx, repo).await?;
        drop(tx);
        for (place, number) in all {
            let pull = self.repo(repo).await?.pull(number).await?;
            if pull.head.sha == *sha {
                self.look_at_checks(&place, repo, &pull).await?;
            }
        }
        Ok(())
    }

    /// A branch moved: what is to be merged into it may conflict now.
    pub(super) async fn pushed_to(&self, repo: &RepoName, branch: &BranchName) -> Result<()> {
        let mut tx = self.db().read().await?;
        let all = tasks::in_review(&mut tx, repo).await?;
        drop(tx);
        if all.is_empty() || self.known(repo).await?.default_branch != *branch {
            return Ok(());
        }
        for (place, number) in all {
            let pull = self.repo(repo).await?.pull(number).await?;
            self.look_for_conflicts(&place, repo, &pull).await?;
        }
        Ok(())
    }

    /// Sends a task back whose checks have all ended, some of them badly.
    pub(super) async fn look_at_checks(
        &self,
        place: &Place,
        repo: &RepoName,
        pull: &Pull,
    ) -> Result<()> {
        if pull.state != github::State::Open {
            return Ok(());
        }
        let checks = self.repo(repo).await?.checks_of(&pull.head.sha).await?;
        self.note_checks(repo, pull, &checks).await?;
        if checks.iter().any(|check| check.status != Status::Completed) {
            return Ok(());
        }
        let failed: Vec<_> = checks.iter().filter(|check| is_bad(check)).map(shown).collect();
        if failed.is_empty() {
            return self.may_be_merged(place).await;
        }
        let (sha, text) = (pull.head.sha.clone(), say::dialogue::checks_failed(&failed));
        let once = format!("checks {} {sha}", pull.number);
        self.send_back(place, Source::Check { sha }, text, once).await
    }

    /// Keeps what checks say for whoever looks at the task's page.
    async fn note_checks(&self, repo: &RepoName, pull: &Pull, checks: &[CheckRun]) -> Result<()> {
        let mut verdicts: Vec<_> = checks.iter().map(verdict).collect();
        verdicts.sort_by(|one, other| one.name.cmp(&other.name));
        let now = self.clock().now();
        let mut tx = self.db().begin().await?;
        let of = (repo, pull.number);
        if pull_checks::note(&mut tx, of, &pull.head.sha, &verdicts, now).await? {
            tx.commit().await?;
            self.inner.changes.ring();
        }
        Ok(())
    }

    /// Sends a task back whose pull request conflicts with its base.
    pub(super) async fn look_for_conflicts(
        &self,
        place: &Place,
        repo: &RepoName,
        pull: &Pull,
    ) -> Result<()> {
        let base = self.known(repo).await?.default_branch;
        if pull.state != github::State::Open
            || pull.mergeable != Some(false)
            || pull.base.branch != base
        {
            return Ok(());
        }
        let Some(head) = self.repo(repo).await?.find_head(&base).await? else { return Ok(()) };
        let once = format!("conflict {} {} {head}", pull.number, pull.head.sha);
        let text = say::dialogue::conflicts(&base);
        self.send_back(place, Source::Conflict { base: head }, text, once).await
    }

    /// A part of a task for which nothing speaks against it is merged by us.
    async fn may_be_merged(&self, place: &Place) -> Result<()> {
        let event = Event::Delegation(place.number, delegation::Event::Mergeable);
        let sprint = self.sprint(&place.sprint_id).await?;
        let task = sprint.run.as_ref().and_then(|run| run.find(place.number));
        if task.is_some_and(|task| task.delegation.is_part()) {
            self.apply(&place.sprint_id, &event, &Cause::by("GitHub")).await?;
        }
        Ok(())
    }

    async fn send_back(
        &self,
        place: &Place,
        from: Source,
        text: String,
        once: String,
    ) -> Result<()> {
        let sprint = self.sprint(&place.sprint_id).await?;
        let task = sprint.run.as_ref().and_then(|run| run.find(place.number));
        if !task.is_some_and(Task::may_be_sent_back) {
            return Ok(());
        }
        let spoken = Spoken {
            by: Login("GitHub".to_owned()),
            permission: Permission::None,
            at: self.clock().now(),
            from,
            text,
            now: false,
            threads: Vec::new(),
        };
        let event = Event::Dialogue(place.number, dialogue::Event::Said(spoken));
        let cause = Cause { once: Some(once), ..Cause::by("GitHub") };
        self.apply(&place.sprint_id, &event, &cause).await?;
        Ok(())
    }
}

fn verdict(check: &CheckRun) -> Verdict {
    let state = match (&check.status, &check.conclusion) {
        _ if is_bad(check) => verdict::State::Failed,
        (Status::Completed, Some(Conclusion::Success)) => verdict::State::Passed,
        (Status::Completed, Some(Conclusion::Skipped | Conclusion::Neutral)) => {
            verdict::State::Skipped
        }
        (Status::Completed, _) => verdict::State::Failed,
        (_, _) => verdict::State::Running,
    };
    let url = Some(check.html_url.clone()).filter(|url| url.starts_with("http"));
    Verdict { name: check.name.clone(), state, url }
}

pub(super) fn is_bad(check: &CheckRun) -> bool {
    matches!(check.conclusion, Some(Conclusion::Failure | Conclusion::TimedOut))
}

fn shown(check: &CheckRun) -> say::dialogue::Failed {
    let said = [&check.output.title, &check.output.summary].into_iter().flatten();
    let said: String = said.map(String::as_str).collect::<Vec<_>>().join("\n\n");
    say::dialogue::Failed {
        name: check.name.clone(),
        said: said.chars().take(LONGEST).collect(),
        url: check.html_url.clone(),
    }
}
