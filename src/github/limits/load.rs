//! What a question weighs with GitHub.

use reqwest::Method;

use super::super::ask::Ask;

/// What a question weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::github) struct Load {
    /// Whether it is asked of GraphQL, which has a budget of its own.
    pub(super) graphql: bool,
    /// Whether it is a write, which comes after the one before it.
    pub(super) paced: bool,
    /// Whether it creates content that notifies people.
    pub(super) creates: bool,
    /// What it costs of the minute's points.
    pub(super) points: u32,
}

impl Load {
    pub(in crate::github) fn of(ask: &Ask, graphql: bool) -> Self {
        let reads = graphql || ask.method == Method::GET;
        Self {
            graphql,
            paced: ask.paced,
            creates: creates(&ask.method, ask.url.path()),
            points: if reads { 1 } else { 5 },
        }
    }
}

/// Whether GitHub says of a request that it "triggers notifications", and that "creating content
/// too quickly using this endpoint may result in secondary rate limiting": its description of the
/// API marks them with `x-github.triggersNotification`. Reactions and edits are none of them.
/// <https://docs.github.com/en/rest/issues/comments#create-an-issue-comment>
/// <https://docs.github.com/en/rest/pulls/pulls#create-a-pull-request>
/// <https://docs.github.com/en/rest/pulls/review-requests#request-reviewers-for-a-pull-request>
fn creates(method: &Method, path: &str) -> bool {
    let Some((_, below)) = path.split_once("/repos/") else { return false };
    let segments: Vec<_> = below.split('/').skip(2).collect();
    match *method {
        Method::POST => matches!(
            segments[..],
            ["issues" | "pulls"]
                | ["issues", _, "comments"]
                | ["issues", _, "dependencies", "blocked_by"]
                | ["pulls", _, "comments" | "reviews" | "requested_reviewers"]
                | ["pulls", _, "comments", _, "replies"]
        ),
        Method::PUT => matches!(segments[..], ["pulls", _, "merge"]),
        Method::DELETE => matches!(segments[..], ["issues", _, "dependencies", "blocked_by", _]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_notifies_people_is_content() {
        for (method, path, expected) in [
            (Method::POST, "/api/v3/repos/acme/web/issues", true),
            (Method::POST, "/repos/acme/web/issues/7/comments", true),
            (Method::POST, "/repos/acme/web/issues/7/dependencies/blocked_by", true),
            (Method::POST, "/repos/acme/web/pulls", true),
            (Method::POST, "/repos/acme/web/pulls/7/reviews", true),
            (Method::POST, "/repos/acme/web/pulls/7/requested_reviewers", true),
            (Method::POST, "/repos/acme/web/pulls/7/comments/9/replies", true),
            (Method::PUT, "/repos/acme/web/pulls/7/merge", true),
            (Method::PATCH, "/repos/acme/web/issues/comments/9", false),
            (Method::POST, "/repos/acme/web/issues/comments/9/reactions", false),
            (Method::POST, "/repos/acme/web/check-runs", false),
            (Method::POST, "/repos/acme/web/labels", false),
            (Method::GET, "/repos/acme/web/issues", false),
            (Method::POST, "/app/installations/7/access_tokens", false),
            (Method::POST, "/api/graphql", false),
        ] {
            assert_eq!(creates(&method, path), expected, "{method} {path}");
        }
    }
}
