//! Issues.

use serde_json::{Value, json};

use super::{View, comment::rollup, maybe_time, node_id, time};
use crate::model::{Issue, State};

impl View {
    /// The page of an issue or a pull request.
    pub(crate) fn issue_page(&self, issue: &Issue) -> String {
        let full = self.world.full_name(self.world.repos.at(issue.repo));
        let kind = if issue.pull.is_some() { "pull" } else { "issues" };
        self.origin.page(&format!("{full}/{kind}/{}", issue.number))
    }

    /// `issue`; a pull request shows here too, with a `pull_request` key.
    pub(crate) fn issue(&self, issue: &Issue) -> Value {
        let repo = self.world.repos.at(issue.repo);
        let full = self.world.full_name(repo);
        let url = self.origin.api(&format!("repos/{full}/issues/{}", issue.number));
        let kind = if issue.pull.is_some() { "PRI" } else { "I" };
        let mut body = json!({
            "repository_url": self.origin.api(&format!("repos/{full}")),
            "labels_url": format!("{url}/labels{{/name}}"),
            "comments_url": format!("{url}/comments"),
            "events_url": format!("{url}/events"),
            "timeline_url": format!("{url}/timeline"),
            "html_url": self.issue_page(issue),
            "id": issue.id.0,
            "node_id": node_id(kind, issue.id.0),
            "number": issue.number,
            "title": issue.title,
            "user": self.user(issue.author),
            "labels": self.labels(issue),
            "state": issue.state.name(),
            "state_reason": issue.state_reason.map(crate::model::issue::Reason::name),
            "locked": false,
            "active_lock_reason": null,
            "assignee": self.maybe_user(issue.assignees.first().copied()),
            "assignees": self.users(&issue.assignees),
            "milestone": self.milestone_of(issue),
            "comments": self.world.comments_on(issue).count(),
            "created_at": time(issue.created_at),
            "updated_at": time(issue.updated_at),
            "closed_at": maybe_time(issue.closed_at),
            "closed_by": self.maybe_user(issue.closed_by),
            "author_association": self.world.association(repo, issue.author),
            "body": issue.body,
            "reactions": rollup(&url, &issue.reactions),
            "performed_via_github_app": self.maybe_app(issue.via_app),
            "sub_issues_summary": { "total": 0, "completed": 0, "percent_completed": 0 },
            "issue_dependencies_summary": self.dependencies_summary(issue),
            "url": url,
        });
        if let Some(pull) = issue.pull {
            let pull = self.world.pulls.at(pull);
            let page = self.issue_page(issue);
            body["draft"] = pull.draft.into();
            body["pull_request"] = json!({
                "url": self.origin.api(&format!("repos/{full}/pulls/{}", issue.number)),
                "html_url": page,
                "diff_url": format!("{page}.diff"),
                "patch_url": format!("{page}.patch"),
                "merged_at": maybe_time(pull.merged.as_ref().map(|merged| merged.at)),
            });
        }
        body
    }

    pub(crate) fn labels(&self, issue: &Issue) -> Vec<Value> {
        issue.labels.iter().map(|label| self.label(self.world.labels.at(*label))).collect()
    }

    pub(crate) fn milestone_of(&self, issue: &Issue) -> Value {
        let milestone = issue.milestone.map(|id| self.world.milestones.at(id));
        milestone.map_or(Value::Null, |milestone| self.milestone(milestone))
    }

    fn dependencies_summary(&self, issue: &Issue) -> Value {
        let is_open = |other: &Issue| other.state == State::Open;
        let blockers: Vec<_> =
            issue.blocked_by.iter().filter_map(|id| self.world.issues.find(*id)).collect();
        let blocked: Vec<_> =
            self.world.issues.iter().filter(|other| other.blocked_by.contains(&issue.id)).collect();
        json!({
            "blocked_by": blockers.iter().filter(|other| is_open(other)).count(),
            "blocking": blocked.iter().filter(|other| is_open(other)).count(),
            "total_blocked_by": blockers.len(),
            "total_blocking": blocked.len(),
        })
    }
}
