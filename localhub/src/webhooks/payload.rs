//! The bodies of webhooks.
//! <https://docs.github.com/en/webhooks/webhook-events-and-payloads>

use serde_json::{Map, Value, json};

use crate::{
    git::refs::ZERO,
    json::{View, hook_config, node_id, time},
    model::{
        App, Event, Id, Installation, Issue, Repo, Review, Subject, event::Push,
        event::PushedCommit,
    },
};

/// The body that tells an installation of an event.
pub(crate) fn render(view: &View, event: &Event, app: &App, installation: &Installation) -> Value {
    let mut body = Map::new();
    if let Some(action) = event.action {
        body.insert("action".to_owned(), action.into());
    }
    if !event.changes.is_empty() {
        let changes = event.changes.iter().map(|(field, from)| {
            let from = match *field {
                "base" => json!({ "ref": { "from": from } }),
                _ => json!({ "from": from }),
            };
            ((*field).to_owned(), from)
        });
        body.insert("changes".to_owned(), Value::Object(changes.collect()));
    }
    let fields = subject(view, event, app).into_iter();
    body.extend(fields.map(|(name, value)| (name.to_owned(), value)));
    if let Some(repo) = event.repo {
        let repo = view.world.repos.at(repo);
        body.insert("repository".to_owned(), view.repository(repo));
        if let Some(organization) = view.organization(repo.owner) {
            body.insert("organization".to_owned(), organization);
        }
    }
    let whole = matches!(event.subject, Subject::Installation(_) | Subject::Selected { .. });
    body.entry("installation").or_insert_with(|| {
        if whole {
            view.installation(installation)
        } else {
            json!({ "id": installation.id.0, "node_id": node_id("MDIz", installation.id.0) })
        }
    });
    body.insert("sender".to_owned(), view.user(event.sender));
    Value::Object(body)
}

/// Fields of a body.
type Fields = Vec<(&'static str, Value)>;

fn subject(view: &View, event: &Event, app: &App) -> Fields {
    let world = &view.world;
    match &event.subject {
        Subject::Issue(id) => on(view, *id),
        Subject::IssueWas(issue) => vec![("issue", view.issue(issue))],
        Subject::IssueLabel(id, label) => with(on(view, *id), vec![("label", view.label(label))]),
        Subject::IssueAssignee(id, who) => with(on(view, *id), vec![("assignee", view.user(*who))]),
        Subject::IssueMilestone(id, milestone) => {
            with(on(view, *id), vec![("milestone", view.milestone(milestone))])
        }
        Subject::ReviewRequest(id, who) => {
            with(on(view, *id), vec![("requested_reviewer", view.user(*who))])
        }
        Subject::Synchronized { pull, before, after } => with(
            on(view, world.pulls.at(*pull).issue),
            vec![("before", before.clone().into()), ("after", after.clone().into())],
        ),
        Subject::Comment(comment) => vec![
            ("issue", view.issue(world.issues.at(comment.issue))),
            ("comment", view.comment(comment)),
        ],
        Subject::Label(label) => vec![("label", view.label(label))],
        Subject::Milestone(milestone) => vec![("milestone", view.milestone(milestone))],
        Subject::Review(id) => review(view, world.reviews.at(*id)),
        Subject::ReviewComment(comment) => vec![
            ("comment", view.review_comment(comment)),
            ("pull_request", view.pull_simple(world.pulls.at(comment.pull))),
        ],
        Subject::CheckRun(id) => vec![("check_run", view.check(world.checks.at(*id)))],
        Subject::Push(moved) => event
            .repo
            .map(|repo| push(view, event, world.repos.at(repo), moved))
            .unwrap_or_default(),
        Subject::Dependency { blocked, blocking } => dependency(view, *blocked, *blocking),
        Subject::Repository => Vec::new(),
        Subject::Installation(id) => {
            vec![("repositories", view.covered(world.installations.at(*id)))]
        }
        Subject::Selected { added, removed, .. } => {
            let brief = |some: &[Id<Repo>]| -> Value {
                some.iter().map(|repo| view.brief(world.repos.at(*repo))).collect()
            };
            vec![
                ("repositories_added", brief(added)),
                ("repositories_removed", brief(removed)),
                ("repository_selection", "selected".into()),
                ("requester", Value::Null),
            ]
        }
        Subject::Ping => ping(app),
    }
}

/// The issue, or the pull request and once more its number.
fn on(view: &View, id: Id<Issue>) -> Fields {
    let issue = view.world.issues.at(id);
    match issue.pull {
        None => vec![("issue", view.issue(issue))],
        Some(pull) => {
            let pull = view.pull(view.world.pulls.at(pull), None);
            vec![("number", issue.number.into()), ("pull_request", pull)]
        }
    }
}

fn with(mut fields: Fields, more: Fields) -> Fields {
    fields.extend(more);
    fields
}

fn review(view: &View, review: &Review) -> Fields {
    let mut body = view.review(review);
    // Webhooks say in lower case what REST says in upper case.
    body["state"] = review.verdict.name().to_lowercase().into();
    vec![("review", body), ("pull_request", view.pull_simple(view.world.pulls.at(review.pull)))]
}

fn dependency(view: &View, blocked: Id<Issue>, blocking: Id<Issue>) -> Fields {
    let (blocked, blocking) = (view.world.issues.at(blocked), view.world.issues.at(blocking));
    let home = |issue: &Issue| view.repository(view.world.repos.at(issue.repo));
    vec![
        ("blocked_issue_id", blocked.id.0.into()),
        ("blocked_issue", view.issue(blocked)),
        ("blocked_issue_repo", home(blocked)),
        ("blocking_issue_id", blocking.id.0.into()),
        ("blocking_issue", view.issue(blocking)),
        ("blocking_issue_repo", home(blocking)),
    ]
}

fn ping(app: &App) -> Fields {
    let hook = json!({
        "id": app.id.0,
        "app_id": app.id.0,
        "type": "App",
        "name": "web",
        "active": true,
        "events": app.events,
        "config": hook_config(app),
        "created_at": time(app.created_at),
        "updated_at": time(app.created_at),
    });
    let zen = "Keep it logically awesome.".into();
    vec![("zen", zen), ("hook_id", app.id.0.into()), ("hook", hook)]
}

fn push(view: &View, event: &Event, repo: &Repo, push: &Push) -> Fields {
    let zero = || ZERO.to_owned();
    let (before, after) =
        (push.before.clone().unwrap_or_else(zero), push.after.clone().unwrap_or_else(zero));
    let pusher = view.world.accounts.at(event.sender);
    let commits: Vec<Value> =
        push.commits.iter().map(|commit| pushed(view, repo, commit)).collect();
    let full = view.world.full_name(repo);
    let head = commits.last().cloned().unwrap_or_default();
    vec![
        ("ref", push.reference.clone().into()),
        ("created", push.before.is_none().into()),
        ("deleted", push.after.is_none().into()),
        ("forced", push.forced.into()),
        ("base_ref", Value::Null),
        ("compare", view.origin.page(&format!("{full}/compare/{before}...{after}")).into()),
        ("before", before.into()),
        ("after", after.into()),
        ("head_commit", head),
        ("commits", commits.into()),
        ("pusher", json!({ "name": pusher.login, "email": pusher.commit_email() })),
    ]
}

fn pushed(view: &View, repo: &Repo, commit: &PushedCommit) -> Value {
    let full = view.world.full_name(repo);
    let person = |who: &(String, String)| json!({ "name": who.0, "email": who.1 });
    json!({
        "id": commit.sha,
        "tree_id": commit.tree,
        "distinct": true,
        "message": commit.message,
        "timestamp": commit.at,
        "url": view.origin.page(&format!("{full}/commit/{}", commit.sha)),
        "author": person(&commit.author),
        "committer": person(&commit.committer),
        "added": commit.added,
        "removed": commit.removed,
        "modified": commit.modified,
    })
}
