//! What happened to an issue.

use serde_json::{Value, json};

use super::{View, account::merge, node_id, time};
use crate::model::{
    Issue,
    issue::{Happening, What},
};

impl View {
    /// One entry of `/events` and `/timeline`.
    pub(crate) fn happening(&self, issue: &Issue, happening: &Happening) -> Value {
        let full = self.world.full_name(self.world.repos.at(issue.repo));
        let mut body = json!({
            "id": happening.id,
            "node_id": node_id("EV", happening.id),
            "url": self.origin.api(&format!("repos/{full}/issues/events/{}", happening.id)),
            "actor": self.user(happening.by),
            "commit_id": null,
            "commit_url": null,
            "created_at": time(happening.at),
            "performed_via_github_app": null,
        });
        let at = |sha: &str| self.origin.api(&format!("repos/{full}/commits/{sha}"));
        let more = match &happening.what {
            What::Labeled { name, color } => {
                json!({ "event": "labeled", "label": { "name": name, "color": color } })
            }
            What::Unlabeled { name, color } => {
                json!({ "event": "unlabeled", "label": { "name": name, "color": color } })
            }
            What::Assigned { who } => self.assignment("assigned", *who, happening),
            What::Unassigned { who } => self.assignment("unassigned", *who, happening),
            What::Milestoned { title } => {
                json!({ "event": "milestoned", "milestone": { "title": title } })
            }
            What::Demilestoned { title } => {
                json!({ "event": "demilestoned", "milestone": { "title": title } })
            }
            What::Renamed { from, to } => {
                json!({ "event": "renamed", "rename": { "from": from, "to": to } })
            }
            What::Closed { commit: Some(sha) } => {
                json!({ "event": "closed", "state_reason": null, "commit_id": sha,
                        "commit_url": at(sha) })
            }
            What::Closed { commit: None } => json!({ "event": "closed", "state_reason": null }),
            What::Reopened => json!({ "event": "reopened", "state_reason": null }),
            What::Merged { commit } => {
                json!({ "event": "merged", "commit_id": commit, "commit_url": at(commit) })
            }
            What::ReviewRequested { who } => self.request("review_requested", *who, happening),
            What::ReviewRequestRemoved { who } => {
                self.request("review_request_removed", *who, happening)
            }
        };
        merge(&mut body, more);
        body
    }

    fn assignment(
        &self,
        event: &str,
        who: crate::model::Id<crate::model::Account>,
        happening: &Happening,
    ) -> Value {
        json!({
            "event": event,
            "assignee": self.user(who),
            "assigner": self.user(happening.by),
        })
    }

    fn request(
        &self,
        event: &str,
        who: crate::model::Id<crate::model::Account>,
        happening: &Happening,
    ) -> Value {
        let (reviewer, requester) = (self.user(who), self.user(happening.by));
        json!({ "event": event, "requested_reviewer": reviewer, "review_requester": requester })
    }

    /// The comments of an issue as its timeline has them.
    pub(crate) fn commented(&self, comment: &crate::model::Comment) -> Value {
        let mut body = self.comment(comment);
        body["event"] = "commented".into();
        body["actor"] = self.user(comment.author);
        body
    }
}
