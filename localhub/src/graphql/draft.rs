//! Drafts; GitHub changes them by GraphQL only.
//! <https://docs.github.com/en/graphql/reference/mutations#markpullrequestreadyforreview>

use serde_json::{Value, json};

use super::unresolved;
use crate::{
    hub::Hub,
    model::{Actor, Id},
};

/// Makes the pull request of `input` a draft, or ready for review.
pub(super) async fn set(
    hub: &Hub,
    actor: Actor,
    input: &Value,
    draft: bool,
) -> Result<Value, String> {
    let id = input["pullRequestId"].as_str().unwrap_or_default();
    let number = id.strip_prefix("PR_").and_then(|digits| digits.parse().ok());
    let world = hub.world();
    let pull = number.and_then(|number| world.pulls.find(Id::new(number)));
    let pull = pull.filter(|pull| actor.sees(&world, world.repos.at(pull.repo)));
    let pull = pull.ok_or_else(|| unresolved(id))?;
    hub.change(actor, |change| change.set_draft(pull.id, draft))
        .await
        .map_err(|error| error.to_string())?;
    let number = world.issues.at(pull.issue).number;
    let kind = if draft {
        "ConvertPullRequestToDraftPayload"
    } else {
        "MarkPullRequestReadyForReviewPayload"
    };
    Ok(json!({
        "__typename": kind,
        "pullRequest": {
            "__typename": "PullRequest", "id": id, "number": number, "isDraft": draft,
        },
    }))
}
