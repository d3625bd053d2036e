//! What a comment said before, which only GraphQL tells.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;

use super::ask::Who;
use super::{Comment, Error, Repo};
use crate::domain::ids::Login;

/// One version of a comment's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Who wrote it; nobody, if the account was deleted.
    pub by: Option<Login>,
    /// Whether that is an App.
    pub is_bot: bool,
    /// When.
    pub at: DateTime<Utc>,
    /// What the comment said from then on; nothing, if somebody deleted it from the history.
    pub text: Option<String>,
}

const QUERY: &str = "query($id: ID!, $after: String) { node(id: $id) { ... on IssueComment { \
     userContentEdits(first: 100, after: $after) { \
     pageInfo { hasNextPage endCursor } \
     nodes { editedAt deletedAt diff editor { __typename login } } } } } }";

#[derive(Deserialize)]
struct Answered {
    node: Option<Node>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    user_content_edits: Option<Edits>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Edits {
    #[serde(default)]
    page_info: PageInfo,
    #[serde(default)]
    nodes: Vec<Option<Version>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    edited_at: DateTime<Utc>,
    diff: Option<String>,
    editor: Option<Editor>,
}

#[derive(Deserialize)]
struct Editor {
    #[serde(default, rename = "__typename")]
    kind: String,
    login: Login,
}

impl Repo {
    /// The versions of a comment, oldest first, the first one included; none, if it was never
    /// changed. GitHub calls the text of a version `diff`, and it holds the whole text.
    /// <https://docs.github.com/en/graphql/reference/objects#usercontentedit>
    pub async fn edits(&self, comment: &Comment) -> Result<Vec<Edit>, Error> {
        let who = Who::Installation(self.on.id);
        let mut edits: Vec<Edit> = Vec::new();
        let mut after = None;
        loop {
            let variables = json!({ "id": comment.node_id, "after": after });
            let answered: Answered = self.on.github.query(who, QUERY, variables).await?;
            let page = answered.node.and_then(|node| node.user_content_edits);
            let Some(Edits { page_info, nodes }) = page else { break };
            edits.extend(nodes.into_iter().flatten().map(edit));
            after = page_info.end_cursor.filter(|_| page_info.has_next_page);
            if after.is_none() || edits.len() > 1000 {
                break;
            }
        }
        // They come newest first, and several may be of the same second.
        edits.reverse();
        edits.sort_by_key(|edit| edit.at);
        Ok(edits)
    }
}

fn edit(version: Version) -> Edit {
    let is_bot = |editor: &Editor| editor.kind == "Bot" || editor.login.0.ends_with("[bot]");
    Edit {
        is_bot: version.editor.as_ref().is_some_and(is_bot),
        by: version.editor.map(|editor| editor.login),
        at: version.edited_at,
        text: version.diff,
    }
}
