//! Opening, rewriting, ticking, closing and reopening issues.

use askama::Template;

use super::{
    form::Form,
    frame::{Frame, RepoHead, back_to, page},
    markdown::boxes,
    trouble::{Answer, Trouble},
    visit::Visit,
};
use crate::model::{
    Refusal, State,
    change::{
        Given,
        issues::{IssuePatch, NewIssue},
    },
    issue::Reason,
};

#[derive(Template)]
#[template(path = "new_issue.html")]
struct Blank {
    frame: Frame,
    head: RepoHead,
}

/// An empty form for a new issue.
pub(super) async fn blank(visit: Visit) -> Answer {
    let repo = visit.repo()?;
    page(&Blank { frame: Frame::of(&visit), head: RepoHead::of(&visit, &repo, "issues") })
}

pub(super) async fn open(visit: Visit, form: Form) -> Answer {
    let repo = visit.repo()?;
    let (title, body) = (form.word("title").to_owned(), Some(form.text("body")));
    let new = NewIssue { title, body, ..NewIssue::default() };
    let opened = visit.change(|change| change.open_issue(repo.id, &new)).await;
    let id = opened.map_err(|trouble| trouble.keeping(&form.text("body")))?;
    back_to(&visit.page_of(visit.hub.world().issues.at(id)))
}

/// Another title, another text.
pub(super) async fn rewrite(visit: Visit, form: Form) -> Answer {
    let (_, issue) = visit.issue()?;
    let body = form.text("body");
    let before = format!("{}\n{}", issue.title, issue.body.as_deref().unwrap_or_default());
    form.check_fresh(&before, &body)?;
    let patch = IssuePatch {
        title: Some(form.word("title").to_owned()),
        body: Given::Value(body.clone()),
        ..IssuePatch::default()
    };
    let done = visit.change(|change| change.edit_issue(issue.id, &patch)).await;
    done.map_err(|trouble| trouble.keeping(&body))?;
    back_to(&visit.page_of(&issue))
}

/// Boxes in the text of an issue were ticked.
pub(super) async fn tick(visit: Visit, form: Form) -> Answer {
    let (_, issue) = visit.issue()?;
    let ticked = Ticked::of(&form)?;
    visit
        .change(|change| {
            let now = change.issue(issue.id).body.clone().unwrap_or_default();
            let body = ticked.on(&now)?;
            let patch = IssuePatch { body: Given::Value(body), ..IssuePatch::default() };
            change.edit_issue(issue.id, &patch)
        })
        .await?;
    back_to(&format!("{}#issue-{}", visit.page_of(&issue), issue.id.0))
}

/// Which boxes somebody saw, and which of them are ticked now.
pub(super) struct Ticked {
    seen: Vec<boxes::Tick>,
    checked: Vec<usize>,
}

impl Ticked {
    pub(super) fn of(form: &Form) -> Result<Self, Trouble> {
        let broken = |_| Trouble::from(Refusal::Unprocessable("The form is broken".to_owned()));
        let seen = serde_json::from_str(form.word("seen")).map_err(broken)?;
        let checked = form.all("box").iter().filter_map(|number| number.parse().ok()).collect();
        Ok(Self { seen, checked })
    }

    /// The current text with what this person changed, and nothing else.
    pub(super) fn on(&self, now: &str) -> Result<String, Refusal> {
        boxes::apply(now, &self.seen, &self.checked).ok_or_else(|| {
            let words = "The text was changed meanwhile and this box is not in it any more; \
                         go back and reload the page";
            Refusal::Conflict(words.to_owned())
        })
    }
}

/// Closes or reopens.
pub(super) async fn turn(visit: Visit, form: Form) -> Answer {
    let (_, issue) = visit.issue()?;
    let (state, reason) = match form.word("to") {
        "open" => (State::Open, None),
        "not_planned" => (State::Closed, Some(Reason::NotPlanned)),
        _ => (State::Closed, None),
    };
    if issue.state == state {
        let words = format!("Somebody was faster: this is {} already.", state.name());
        return Err(Trouble::stale(&words));
    }
    visit.change(|change| change.set_state(issue.id, state, reason)).await?;
    back_to(&visit.page_of(&issue))
}
