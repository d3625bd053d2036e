//! Issues.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::call::{Call, Input, Reply, created, ok};
use crate::model::{
    Issue, Need, Repo, World,
    change::issues::{IssuePatch, NewIssue},
};

pub(super) async fn list(call: Call) -> Reply {
    let repo = call.repo(Need::READ_ISSUES)?;
    let view = call.view();
    let all = view.world.issues.iter().filter(|issue| issue.repo == repo.id && issue.number != 0);
    let all = all.filter(|issue| call.actor.may(&view.world, &repo, Need::READ_ISSUES.on(issue)));
    let mut all: Vec<_> =
        all.filter(|issue| matches(&call, &view.world, &repo, issue)).cloned().collect();
    match call.asked("sort") {
        Some("updated") => all.sort_by_key(|issue| (issue.updated_at, issue.number)),
        Some("comments") => all.sort_by_key(|issue| view.world.comments_on(issue).count()),
        _ => all.sort_by_key(|issue| issue.number),
    }
    if call.asked("direction") != Some("asc") {
        all.reverse();
    }
    call.list(all, |issue| view.issue(&issue))
}

fn matches(call: &Call, world: &World, repo: &Repo, issue: &Arc<Issue>) -> bool {
    let login = |login: &str| world.account(login).map(|account| account.id);
    let state = call.asked("state").unwrap_or("open");
    let in_state = state == "all" || issue.state.name() == state;
    let wears_all = call.asked("labels").is_none_or(|names| {
        names.split(',').all(|name| {
            world.label(repo, name).is_some_and(|label| issue.labels.contains(&label.id))
        })
    });
    let in_milestone = call.asked("milestone").is_none_or(|asked| match asked {
        "*" => issue.milestone.is_some(),
        "none" => issue.milestone.is_none(),
        number => {
            let number = number.parse().ok();
            let found = number.and_then(|number| world.milestone(repo, number));
            found.is_some_and(|one| issue.milestone == Some(one.id))
        }
    });
    let is_assigned = call.asked("assignee").is_none_or(|asked| match asked {
        "*" => !issue.assignees.is_empty(),
        "none" => issue.assignees.is_empty(),
        who => login(who).is_some_and(|who| issue.assignees.contains(&who)),
    });
    let is_by = call.asked("creator").is_none_or(|who| login(who) == Some(issue.author));
    in_state && wears_all && in_milestone && is_assigned && is_by && since(call, issue.updated_at)
}

/// Whether something changed at or after the time asked for.
pub(super) fn since(call: &Call, updated_at: DateTime<Utc>) -> bool {
    let since = call.asked("since").and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    since.is_none_or(|since| updated_at >= since)
}

pub(super) async fn create(call: Call, Input(new): Input<NewIssue>) -> Reply {
    let repo = call.repo(Need::METADATA)?.id;
    let id = call.change(|change| change.open_issue(repo, &new)).await?;
    let view = call.view();
    created(view.issue(view.world.issues.at(id)))
}

pub(super) async fn show(call: Call) -> Reply {
    ok(call.view().issue(&*call.issue()?))
}

pub(super) async fn edit(call: Call, Input(patch): Input<IssuePatch>) -> Reply {
    let issue = call.issue()?.id;
    call.change(|change| change.edit_issue(issue, &patch)).await?;
    ok(call.view().issue(&*call.issue()?))
}
