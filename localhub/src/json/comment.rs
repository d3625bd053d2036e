//! Comments and reactions.

use serde_json::{Value, json};

use super::{View, node_id, time};
use crate::model::{Comment, Reaction, comment::REACTIONS};

impl View {
    /// `issue-comment`.
    pub(crate) fn comment(&self, comment: &Comment) -> Value {
        let issue = self.world.issues.at(comment.issue);
        let repo = self.world.repos.at(issue.repo);
        let full = self.world.full_name(repo);
        let url = self.origin.api(&format!("repos/{full}/issues/comments/{}", comment.id.0));
        let page = self.issue_page(issue);
        json!({
            "id": comment.id.0,
            "node_id": node_id("IC", comment.id.0),
            "reactions": rollup(&url, &comment.reactions),
            "url": url,
            "html_url": format!("{page}#issuecomment-{}", comment.id.0),
            "issue_url": self.origin.api(&format!("repos/{full}/issues/{}", issue.number)),
            "user": self.user(comment.author),
            "body": comment.body,
            "author_association": self.world.association(repo, comment.author),
            "created_at": time(comment.created_at),
            "updated_at": time(comment.updated_at),
            "performed_via_github_app": self.maybe_app(comment.via_app),
        })
    }

    /// `reaction`.
    pub(crate) fn reaction(&self, reaction: &Reaction) -> Value {
        json!({
            "id": reaction.id,
            "node_id": node_id("REA", reaction.id),
            "user": self.user(reaction.by),
            "content": reaction.content,
            "created_at": time(reaction.at),
        })
    }
}

/// `reaction-rollup`.
pub(crate) fn rollup(url: &str, reactions: &[Reaction]) -> Value {
    let mut rollup = json!({ "url": format!("{url}/reactions"), "total_count": reactions.len() });
    for content in REACTIONS {
        let count = reactions.iter().filter(|one| one.content == content).count();
        rollup[content] = count.into();
    }
    rollup
}
