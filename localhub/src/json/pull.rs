//! Pull requests.

use serde_json::{Value, json};

use super::{View, account::merge, maybe_time, node_id, time};
use crate::model::{Pull, State, pull::Tip};

impl View {
    /// `pull-request`; `mergeable` is what git says, where it was asked.
    pub(crate) fn pull(&self, pull: &Pull, mergeable: Option<bool>) -> Value {
        let mut body = self.pull_simple(pull);
        let issue = self.world.issues.at(pull.issue);
        let review_comments =
            self.world.review_comments.iter().filter(|one| one.pull == pull.id).count();
        let state = match (mergeable, pull.draft) {
            _ if issue.state == State::Closed => "unknown",
            (None, _) => "unknown",
            (Some(false), _) => "dirty",
            (Some(true), true) => "draft",
            (Some(true), false) => "clean",
        };
        merge(
            &mut body,
            json!({
                "merged": pull.merged.is_some(),
                "mergeable": mergeable,
                "rebaseable": mergeable,
                "mergeable_state": state,
                "merged_by": self.maybe_user(pull.merged.as_ref().map(|merged| merged.by)),
                "comments": self.world.comments_on(issue).count(),
                "review_comments": review_comments,
                "maintainer_can_modify": false,
                "commits": pull.size.commits,
                "additions": pull.size.additions,
                "deletions": pull.size.deletions,
                "changed_files": pull.size.changed_files,
            }),
        );
        body
    }

    /// `pull-request-simple`, as lists show it.
    pub(crate) fn pull_simple(&self, pull: &Pull) -> Value {
        let issue = self.world.issues.at(pull.issue);
        let repo = self.world.repos.at(pull.repo);
        let full = self.world.full_name(repo);
        let number = issue.number;
        let url = self.origin.api(&format!("repos/{full}/pulls/{number}"));
        let as_issue = self.origin.api(&format!("repos/{full}/issues/{number}"));
        let page = self.issue_page(issue);
        let mut body = json!({
            "id": pull.id.0,
            "node_id": node_id("PR", pull.id.0),
            "html_url": page,
            "diff_url": format!("{page}.diff"),
            "patch_url": format!("{page}.patch"),
            "issue_url": as_issue,
            "commits_url": format!("{url}/commits"),
            "review_comments_url": format!("{url}/comments"),
            "review_comment_url":
                self.origin.api(&format!("repos/{full}/pulls/comments{{/number}}")),
            "comments_url": format!("{as_issue}/comments"),
            "statuses_url": self.statuses_url(&full, pull),
            "number": number,
            "state": issue.state.name(),
            "locked": false,
            "active_lock_reason": null,
            "title": issue.title,
            "user": self.user(issue.author),
            "body": issue.body,
            "labels": self.labels(issue),
            "milestone": self.milestone_of(issue),
            "created_at": time(issue.created_at),
            "updated_at": time(issue.updated_at),
            "closed_at": maybe_time(issue.closed_at),
            "merged_at": maybe_time(pull.merged.as_ref().map(|merged| merged.at)),
            "merge_commit_sha": pull.merged.as_ref().map(|merged| &merged.sha),
            "url": url,
        });
        merge(
            &mut body,
            json!({
                "assignee": self.maybe_user(issue.assignees.first().copied()),
                "assignees": self.users(&issue.assignees),
                "requested_reviewers": self.users(&pull.reviewers),
                "requested_teams": [],
                "head": self.tip(pull, &pull.head),
                "base": self.tip(pull, &pull.base),
                "_links": self.pull_links(&full, pull),
                "author_association": self.world.association(repo, issue.author),
                "auto_merge": null,
                "draft": pull.draft,
            }),
        );
        body
    }

    fn statuses_url(&self, full: &str, pull: &Pull) -> String {
        self.origin.api(&format!("repos/{full}/statuses/{}", pull.head.sha))
    }

    fn pull_links(&self, full: &str, pull: &Pull) -> Value {
        let issue = self.world.issues.at(pull.issue);
        let href = |path: String| json!({ "href": self.origin.api(&path) });
        let at = format!("repos/{full}/pulls/{}", issue.number);
        let as_issue = format!("repos/{full}/issues/{}", issue.number);
        json!({
            "self": href(at.clone()),
            "html": { "href": self.issue_page(issue) },
            "issue": href(as_issue.clone()),
            "comments": href(format!("{as_issue}/comments")),
            "review_comments": href(format!("{at}/comments")),
            "review_comment": href(format!("repos/{full}/pulls/comments{{/number}}")),
            "commits": href(format!("{at}/commits")),
            "statuses": { "href": self.statuses_url(full, pull) },
        })
    }

    fn tip(&self, pull: &Pull, tip: &Tip) -> Value {
        let repo = self.world.repos.at(pull.repo);
        let owner = self.world.accounts.at(repo.owner);
        json!({
            "label": format!("{}:{}", owner.login, tip.branch),
            "ref": tip.branch,
            "sha": tip.sha,
            "user": self.account(owner),
            "repo": self.repository(repo),
        })
    }
}
