//! Check runs; only Apps write them.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{Change, Outcome};
use crate::model::{
    CheckRun, Id, Need, Refusal, Repo, Subject,
    check::{CONCLUSIONS, Output, STATUSES},
};

/// What `POST` and `PATCH /check-runs` take.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct CheckInput {
    pub(crate) name: Option<String>,
    pub(crate) head_sha: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) conclusion: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) details_url: Option<String>,
    pub(crate) started_at: Option<DateTime<Utc>>,
    pub(crate) completed_at: Option<DateTime<Utc>>,
    pub(crate) output: Option<Output>,
    #[serde(default)]
    pub(crate) actions: Vec<Button>,
}

/// A button under a completed check run; localhub checks its limits but does not show it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Button {
    pub(crate) label: String,
    pub(crate) description: String,
    pub(crate) identifier: String,
}

impl Change {
    /// Makes a check run on a commit that the caller knows to exist.
    pub(crate) fn create_check(
        &mut self,
        repo: Id<Repo>,
        input: &CheckInput,
    ) -> Outcome<Id<CheckRun>> {
        self.require(repo, Need::WRITE_CHECKS)?;
        let app = self.via_app().ok_or_else(|| {
            Refusal::Forbidden("You must authenticate via a GitHub App.".to_owned())
        })?;
        let missing = |field| Refusal::flaw("CheckRun", field, "missing_field");
        let name = input.name.clone().ok_or_else(|| missing("name"))?;
        let head_sha = input.head_sha.clone().ok_or_else(|| missing("head_sha"))?;
        let sibling =
            self.world.checks.iter().find(|run| run.app == app && run.head_sha == head_sha);
        let suite = sibling.map(|run| run.suite);
        let suite = suite.unwrap_or_else(|| self.next_id());
        let id = Id::new(self.next_id());
        self.world.checks.insert(CheckRun {
            id,
            repo,
            app,
            suite,
            name,
            head_sha,
            status: "queued".to_owned(),
            conclusion: None,
            external_id: None,
            details_url: None,
            output: Output::default(),
            started_at: Some(input.started_at.unwrap_or(self.now)),
            completed_at: None,
        });
        self.update_check(id, input)?;
        self.emit("check_run", "created", repo, Subject::CheckRun(id))?;
        self.announce_completed(id)?;
        Ok(id)
    }

    /// Changes a check run; only the App that made it can.
    pub(crate) fn edit_check(&mut self, id: Id<CheckRun>, input: &CheckInput) -> Outcome<()> {
        let run = self.world.checks.at(id).clone();
        self.require(run.repo, Need::WRITE_CHECKS)?;
        if self.via_app() != Some(run.app) {
            return Err(Refusal::Forbidden("Invalid app_id".to_owned()));
        }
        self.update_check(id, input)?;
        if run.status != "completed" {
            self.announce_completed(id)?;
        }
        Ok(())
    }

    fn announce_completed(&mut self, id: Id<CheckRun>) -> Outcome<()> {
        let run = self.world.checks.at(id).clone();
        if run.status != "completed" {
            return Ok(());
        }
        self.emit("check_run", "completed", run.repo, Subject::CheckRun(id))
    }

    fn update_check(&mut self, id: Id<CheckRun>, input: &CheckInput) -> Outcome<()> {
        check_input(input)?;
        let now = self.now;
        let run = self.world.checks.edit(id);
        if let Some(name) = &input.name {
            run.name.clone_from(name);
        }
        if let Some(status) = &input.status {
            run.status.clone_from(status);
        }
        if input.external_id.is_some() {
            run.external_id.clone_from(&input.external_id);
        }
        if input.details_url.is_some() {
            run.details_url.clone_from(&input.details_url);
        }
        if let Some(output) = &input.output {
            run.output = output.clone();
        }
        if input.started_at.is_some() {
            run.started_at = input.started_at;
        }
        // "Providing `conclusion` will automatically set the `status` parameter to `completed`."
        if input.conclusion.is_some() {
            run.conclusion.clone_from(&input.conclusion);
            "completed".clone_into(&mut run.status);
            run.completed_at = Some(input.completed_at.unwrap_or(now));
        } else if run.status != "completed" {
            run.conclusion = None;
            run.completed_at = None;
        }
        if run.status == "completed" && run.conclusion.is_none() {
            return Err(Refusal::flaw("CheckRun", "conclusion", "missing_field"));
        }
        Ok(())
    }
}

/// <https://docs.github.com/en/rest/checks/runs#create-a-check-run>
fn check_input(input: &CheckInput) -> Outcome<()> {
    let invalid = |field| Err(Refusal::flaw("CheckRun", field, "invalid"));
    if input.status.as_ref().is_some_and(|word| !STATUSES.contains(&word.as_str())) {
        return invalid("status");
    }
    if input.conclusion.as_ref().is_some_and(|word| !CONCLUSIONS.contains(&word.as_str())) {
        return invalid("conclusion");
    }
    let too_long =
        |text: &Option<String>| text.as_ref().is_some_and(|text| text.chars().count() > 65_535);
    if let Some(output) = &input.output
        && (too_long(&output.summary) || too_long(&output.text))
    {
        return invalid("output");
    }
    let too_wide = |button: &Button| {
        button.label.chars().count() > 20
            || button.identifier.chars().count() > 20
            || button.description.chars().count() > 40
    };
    if input.actions.len() > 3 || input.actions.iter().any(too_wide) {
        return invalid("actions");
    }
    Ok(())
}
