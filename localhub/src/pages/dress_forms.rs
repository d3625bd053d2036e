//! Assigning, labeling, milestones, and what an issue waits for.

use super::{
    form::Form,
    frame::back_to,
    sidebar::difference,
    trouble::{Answer, Trouble},
    visit::Visit,
};
use crate::model::{Id, Refusal};

/// Adds and takes off what the person changed; what others changed meanwhile stays.
pub(super) async fn assign(visit: Visit, form: Form) -> Answer {
    let (_, issue) = visit.issue()?;
    let (added, gone) = difference(form.word("had"), &form.all("who"));
    visit
        .change(|change| {
            change.check_assignable(issue.id, &added)?;
            change.remove_assignees(issue.id, &gone)?;
            change.add_assignees(issue.id, &added)
        })
        .await?;
    back_to(&visit.page_of(&issue))
}

pub(super) async fn label(visit: Visit, form: Form) -> Answer {
    let (_, issue) = visit.issue()?;
    let (added, gone) = difference(form.word("had"), &form.all("name"));
    visit
        .change(|change| {
            for name in &gone {
                match change.remove_label(issue.id, name) {
                    // Somebody else took it off already, which is what was wanted.
                    Err(Refusal::NotFound) | Ok(()) => {}
                    Err(refusal) => return Err(refusal),
                }
            }
            change.add_labels(issue.id, &added)
        })
        .await?;
    back_to(&visit.page_of(&issue))
}

pub(super) async fn milestone(visit: Visit, form: Form) -> Answer {
    let (_, issue) = visit.issue()?;
    let number = match form.word("number") {
        "" => None,
        number => Some(number.parse().map_err(|_| Refusal::NotFound)?),
    };
    visit.change(|change| change.set_milestone(issue.id, number)).await?;
    back_to(&visit.page_of(&issue))
}

/// Adds an issue this one waits for, or takes one away.
pub(super) async fn block(visit: Visit, form: Form) -> Answer {
    let (repo, issue) = visit.issue()?;
    if let Some(gone) = form.find("remove") {
        let gone = Id::new(gone.parse().map_err(|_| Refusal::NotFound)?);
        visit.change(|change| change.remove_blocker(issue.id, gone)).await?;
        return back_to(&visit.page_of(&issue));
    }
    let named = form.word("add");
    let unknown = || {
        let words = format!("there is no issue “{named}”; write a number, or owner/repository#12");
        Trouble::from(Refusal::custom("IssueDependency", "issue_id", words))
    };
    let (home, number) = named.rsplit_once('#').unwrap_or(("", named));
    let repo = match home.split_once('/') {
        None => &repo,
        Some((owner, name)) => visit.world.repo(owner, name).ok_or_else(unknown)?,
    };
    let number = number.parse().map_err(|_| unknown())?;
    let other = visit.world.issue(repo, number).ok_or_else(unknown)?;
    visit.change(|change| change.add_blocker(issue.id, other.id)).await?;
    back_to(&visit.page_of(&issue))
}
