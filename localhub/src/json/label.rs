//! Labels.

use serde_json::{Value, json};

use super::{View, node_id, url_word};
use crate::model::Label;

impl View {
    /// `label`.
    pub(crate) fn label(&self, label: &Label) -> Value {
        let full = self.world.full_name(self.world.repos.at(label.repo));
        json!({
            "id": label.id.0,
            "node_id": node_id("LA", label.id.0),
            "url": self.origin.api(&format!("repos/{full}/labels/{}", url_word(&label.name))),
            "name": label.name,
            "color": label.color,
            "default": false,
            // Null is allowed in most places but not inside pull requests in lists.
            "description": label.description.as_deref().unwrap_or_default(),
        })
    }
}
