//! Milestones.

use serde_json::{Value, json};

use super::{View, maybe_time, node_id, time};
use crate::model::{Milestone, State};

impl View {
    /// `milestone`.
    pub(crate) fn milestone(&self, milestone: &Milestone) -> Value {
        let full = self.world.full_name(self.world.repos.at(milestone.repo));
        let number = milestone.number;
        let url = self.origin.api(&format!("repos/{full}/milestones/{number}"));
        let inside = self.world.issues.iter().filter(|issue| issue.milestone == Some(milestone.id));
        let (open, closed): (Vec<_>, Vec<_>) = inside.partition(|issue| issue.state == State::Open);
        json!({
            "url": url,
            "html_url": self.origin.page(&format!("{full}/milestone/{number}")),
            "labels_url": format!("{url}/labels"),
            "id": milestone.id.0,
            "node_id": node_id("MI", milestone.id.0),
            "number": number,
            "title": milestone.title,
            "description": milestone.description,
            "creator": self.user(milestone.creator),
            "open_issues": open.len(),
            "closed_issues": closed.len(),
            "state": milestone.state.name(),
            "created_at": time(milestone.created_at),
            "updated_at": time(milestone.updated_at),
            "due_on": maybe_time(milestone.due_on),
            "closed_at": maybe_time(milestone.closed_at),
        })
    }
}
