//! Check runs.

use serde_json::{Value, json};

use super::{View, maybe_time, node_id};
use crate::model::{CheckRun, State};

impl View {
    /// `check-run`.
    pub(crate) fn check(&self, run: &CheckRun) -> Value {
        let full = self.world.full_name(self.world.repos.at(run.repo));
        let url = self.origin.api(&format!("repos/{full}/check-runs/{}", run.id.0));
        let page = self.origin.page(&format!("{full}/runs/{}", run.id.0));
        json!({
            "id": run.id.0,
            "name": run.name,
            "node_id": node_id("CR", run.id.0),
            "head_sha": run.head_sha,
            "external_id": run.external_id.as_deref().unwrap_or_default(),
            "details_url": run.details_url.as_deref().unwrap_or(&page),
            "html_url": page,
            "status": run.status,
            "conclusion": run.conclusion,
            "started_at": maybe_time(run.started_at),
            "completed_at": maybe_time(run.completed_at),
            "output": {
                "title": run.output.title,
                "summary": run.output.summary,
                "text": run.output.text,
                "annotations_count": 0,
                "annotations_url": format!("{url}/annotations"),
            },
            "url": url,
            "check_suite": { "id": run.suite },
            "app": self.app(self.world.apps.at(run.app)),
            "pull_requests": self.pulls_at(run),
        })
    }

    /// The open pull requests whose head the run is on, as `pull-request-minimal`.
    fn pulls_at(&self, run: &CheckRun) -> Vec<Value> {
        let repo = self.world.repos.at(run.repo);
        let full = self.world.full_name(repo);
        let home = json!({
            "id": repo.id.0,
            "url": self.origin.api(&format!("repos/{full}")),
            "name": repo.name,
        });
        let pulls = self.world.pulls.iter().filter(|pull| {
            pull.repo == run.repo
                && pull.head.sha == run.head_sha
                && self.world.issues.at(pull.issue).state == State::Open
        });
        let minimal = pulls.map(|pull| {
            let number = self.world.issues.at(pull.issue).number;
            json!({
                "id": pull.id.0,
                "number": number,
                "url": self.origin.api(&format!("repos/{full}/pulls/{number}")),
                "head": { "ref": pull.head.branch, "sha": pull.head.sha, "repo": home },
                "base": { "ref": pull.base.branch, "sha": pull.base.sha, "repo": home },
            })
        });
        minimal.collect()
    }
}
