//! Opening, reviewing and merging pull requests.

use askama::Template;

use super::{
    commit::code,
    form::Form,
    frame::{Frame, RepoHead, back_to, page},
    sidebar::difference,
    trouble::{Answer, Trouble},
    visit::Visit,
};
use crate::{
    actions::pulls::MergeInput,
    model::{
        Refusal,
        change::{pulls::NewPull, reviews::NewReview},
        pull::Method,
    },
};

#[derive(Template)]
#[template(path = "new_pull.html")]
struct Blank {
    frame: Frame,
    head: RepoHead,
    branches: Vec<String>,
}

/// An empty form for a new pull request.
pub(super) async fn blank(visit: Visit) -> Answer {
    let repo = code(&visit)?;
    let branches = repo.refs.keys().filter_map(|name| name.strip_prefix("refs/heads/"));
    page(&Blank {
        frame: Frame::of(&visit),
        head: RepoHead::of(&visit, &repo, "pulls"),
        branches: branches.map(str::to_owned).collect(),
    })
}

pub(super) async fn open(visit: Visit, form: Form) -> Answer {
    let repo = code(&visit)?;
    let new = NewPull {
        title: form.word("title").to_owned(),
        body: Some(form.text("body")),
        head: form.word("head").to_owned(),
        base: form.word("base").to_owned(),
        draft: form.find("draft").is_some(),
    };
    let opened = visit.hub.open_pull(visit.actor, repo.id, new).await;
    let id = opened.map_err(|error| Trouble::from(error).keeping(&form.text("body")))?;
    let world = visit.hub.world();
    back_to(&visit.page_of(world.issues.at(world.pulls.at(id).issue)))
}

pub(super) async fn review(visit: Visit, form: Form) -> Answer {
    let (issue, pull) = visit.pull()?;
    let body = form.text("body");
    let new = NewReview {
        body: Some(body.clone()),
        event: Some(form.word("verdict").to_owned()),
        commit_id: form.find("sha").map(str::to_owned),
        comments: Vec::new(),
    };
    let done = visit.change(|change| change.review(pull.id, &new, Vec::new())).await;
    let id = done.map_err(|trouble| trouble.keeping(&body))?;
    back_to(&format!("{}#pullrequestreview-{}", visit.page_of(&issue), id.0))
}

pub(super) async fn reviewers(visit: Visit, form: Form) -> Answer {
    let (issue, pull) = visit.pull()?;
    let (added, gone) = difference(form.word("had"), &form.all("who"));
    visit
        .change(|change| {
            change.unrequest_reviews(pull.id, &gone)?;
            change.request_reviews(pull.id, &added)
        })
        .await?;
    back_to(&visit.page_of(&issue))
}

/// Merges what the person saw; a head that moved meanwhile is not merged.
pub(super) async fn merge(visit: Visit, form: Form) -> Answer {
    let (issue, pull) = visit.pull()?;
    let merge_method = match form.word("method") {
        "merge" => Method::Merge,
        "squash" => Method::Squash,
        "rebase" => Method::Rebase,
        _ => return Err(Refusal::Unprocessable("There is no such way to merge".to_owned()).into()),
    };
    let sha = Some(form.word("sha").to_owned());
    let input = MergeInput { sha, merge_method, ..MergeInput::default() };
    visit.hub.merge_pull(visit.actor, pull.id, &input).await?;
    back_to(&visit.page_of(&issue))
}

/// Brings the base branch into the head branch.
pub(super) async fn update(visit: Visit, form: Form) -> Answer {
    let (issue, pull) = visit.pull()?;
    visit.hub.update_branch(visit.actor, pull.id, form.find("sha")).await?;
    back_to(&visit.page_of(&issue))
}

/// Makes a draft ready, or a ready one a draft.
pub(super) async fn draft(visit: Visit, form: Form) -> Answer {
    let (issue, pull) = visit.pull()?;
    let draft = form.word("to") == "draft";
    visit.change(|change| change.set_draft(pull.id, draft)).await?;
    back_to(&visit.page_of(&issue))
}
