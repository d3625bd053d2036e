//! From a delivery's JSON to what it hints at.
//!
//! Nothing here refuses a delivery: GitHub adds events, actions and fields at will, so what is
//! unknown says nothing, and what is known but incomplete is said to be not understood.
//! <https://docs.github.com/en/webhooks/webhook-events-and-payloads>

use serde::Deserialize;
use serde_json::Value;

use super::fact::{CommentEdit, Fact};
use super::payload::Payload;
use crate::domain::ids::{BranchName, CommentId, CommitSha, IssueNumber, PullNumber, RepoId};

/// Why a delivery that concerns us says nothing to us.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotUnderstood {
    /// It is not JSON.
    #[error("the payload is not JSON")]
    NotJson,
    /// A field without which the event makes no sense is missing or of another type.
    #[error("the payload has no usable `{0}`")]
    Missing(&'static str),
}

/// The repository a delivery is about, if it says so; nothing else of it is looked at.
pub fn about(body: &[u8]) -> Option<RepoId> {
    #[derive(Deserialize)]
    struct About {
        repository: Named,
    }
    #[derive(Deserialize)]
    struct Named {
        id: RepoId,
    }
    serde_json::from_slice(body).ok().map(|about: About| about.repository.id)
}

/// What a delivery of `event` (its `X-GitHub-Event`) hints at; nothing, if it is none of our
/// business. An `Err` is for the log: the delivery is read, and reading it again changes nothing.
pub fn facts(event: &str, body: &[u8]) -> Result<Vec<Fact>, NotUnderstood> {
    let value: Value = serde_json::from_slice(body).map_err(|_| NotUnderstood::NotJson)?;
    let payload = Payload(&value);
    let fact = match event {
        "issues" => issue(payload, "/issue").map(Some),
        "issue_comment" => comment(payload),
        "issue_dependencies" => link(payload, "/blocked_issue", "/blocked_issue_repo").map(Some),
        "sub_issues" => link(payload, "/parent_issue", "/parent_issue_repo").map(Some),
        "pull_request" | "pull_request_review_thread" => pull(payload).map(Some),
        "pull_request_review" => review(payload),
        "pull_request_review_comment" => review_comment(payload),
        "check_run" | "check_suite" | "status" => check(event, payload).map(Some),
        "milestone" => milestone(payload).map(Some),
        "push" => push(payload),
        "repository" | "member" | "label" | "team_add" | "public" => repository(payload),
        "installation" | "installation_repositories" | "installation_target" => {
            installation(payload).map(Some)
        }
        _ => Ok(None),
    }?;
    Ok(fact.into_iter().collect())
}

fn issue(payload: Payload<'_>, which: &'static str) -> Result<Fact, NotUnderstood> {
    let issue = payload.at(which);
    let mut milestones: Vec<_> =
        [issue.milestone(), payload.milestone()].into_iter().flatten().collect();
    milestones.dedup();
    Ok(Fact::IssueTouched {
        place: payload.place()?,
        issue: IssueNumber(issue.integer("/number", "issue.number")?),
        milestones,
        sender: payload.actor("/sender"),
    })
}

/// A link between issues changes the issue at `which`, which may be in another repository than the
/// one that reports the link; then `home` names it.
fn link(
    payload: Payload<'_>,
    which: &'static str,
    home: &'static str,
) -> Result<Fact, NotUnderstood> {
    let mut fact = issue(payload, which)?;
    if let (Fact::IssueTouched { place, .. }, Ok(elsewhere)) = (&mut fact, payload.place_at(home)) {
        *place = elsewhere;
    }
    Ok(fact)
}

fn comment(payload: Payload<'_>) -> Result<Option<Fact>, NotUnderstood> {
    let place = payload.place()?;
    let issue = IssueNumber(payload.integer("/issue/number", "issue.number")?);
    let comment = CommentId(payload.integer("/comment/id", "comment.id")?);
    let (author, sender) = (payload.actor("/comment/user"), payload.actor("/sender"));
    let body = || payload.text("/comment/body", "comment.body");
    Ok(match payload.action() {
        "created" => Some(Fact::CommentCreated {
            place,
            issue,
            on_pull: payload.has("/issue/pull_request"),
            comment,
            author,
            body: body()?,
            at: payload.time("/comment/created_at"),
        }),
        // Pinning or minimizing a comment also edits it, but not its text.
        "edited" if payload.has("/changes/body/from") => Some(Fact::CommentEdited(CommentEdit {
            place,
            issue,
            comment,
            author,
            sender,
            from: payload.text("/changes/body/from", "changes.body.from")?,
            to: body()?,
            at: payload.time("/comment/updated_at"),
        })),
        "deleted" => Some(Fact::CommentDeleted { place, issue, comment, sender }),
        _ => None,
    })
}

fn pull(payload: Payload<'_>) -> Result<Fact, NotUnderstood> {
    let pull = payload.at("/pull_request");
    Ok(Fact::PullTouched {
        place: payload.place()?,
        pull: PullNumber(pull.integer("/number", "pull_request.number")?),
        merged: pull.flag("/merged") || pull.has("/merged_at"),
        open: pull.word("/state") == "open",
        head: BranchName(pull.text("/head/ref", "pull_request.head.ref")?),
        sender: payload.actor("/sender"),
    })
}

fn review(payload: Payload<'_>) -> Result<Option<Fact>, NotUnderstood> {
    if payload.action() != "submitted" {
        return pull(payload).map(Some);
    }
    Ok(Some(Fact::ReviewSubmitted {
        place: payload.place()?,
        pull: PullNumber(payload.integer("/pull_request/number", "pull_request.number")?),
        review: payload.integer("/review/id", "review.id")?,
        author: payload.actor("/review/user"),
        verdict: payload.word("/review/state").to_owned().into(),
        body: payload.word("/review/body").to_owned(),
    }))
}

fn review_comment(payload: Payload<'_>) -> Result<Option<Fact>, NotUnderstood> {
    if payload.action() != "created" {
        return pull(payload).map(Some);
    }
    Ok(Some(Fact::ReviewCommented {
        place: payload.place()?,
        pull: PullNumber(payload.integer("/pull_request/number", "pull_request.number")?),
        comment: payload.integer("/comment/id", "comment.id")?,
        author: payload.actor("/comment/user"),
        body: payload.text("/comment/body", "comment.body")?,
    }))
}

fn check(event: &str, payload: Payload<'_>) -> Result<Fact, NotUnderstood> {
    let sha = match event {
        "check_run" => "/check_run/head_sha",
        "check_suite" => "/check_suite/head_sha",
        _ => "/sha",
    };
    let sha = CommitSha(payload.text(sha, "head_sha")?);
    Ok(Fact::CheckTouched { place: payload.place()?, sha })
}

fn milestone(payload: Payload<'_>) -> Result<Fact, NotUnderstood> {
    let milestone = payload.milestone().ok_or(NotUnderstood::Missing("milestone.number"))?;
    Ok(Fact::MilestoneTouched { place: payload.place()?, milestone })
}

/// Tags are pushed too, but no work begins at one.
fn push(payload: Payload<'_>) -> Result<Option<Fact>, NotUnderstood> {
    let place = payload.place()?;
    let name = payload.text("/ref", "ref")?;
    let branch = name.strip_prefix("refs/heads/").map(|name| BranchName(name.to_owned()));
    Ok(branch.map(|branch| Fact::PushTo { place, branch }))
}

/// An organization's own labels and members are not a repository's.
fn repository(payload: Payload<'_>) -> Result<Option<Fact>, NotUnderstood> {
    if !payload.has("/repository") {
        return Ok(None);
    }
    Ok(Some(Fact::RepositoryChanged { place: payload.place()? }))
}

fn installation(payload: Payload<'_>) -> Result<Fact, NotUnderstood> {
    let installation = payload.installation().ok_or(NotUnderstood::Missing("installation.id"))?;
    Ok(Fact::InstallationChanged { installation })
}
