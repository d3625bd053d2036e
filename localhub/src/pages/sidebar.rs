//! What stands next to a thread: who, labels, milestone, what waits for what.

use std::collections::BTreeSet;

use super::{
    frame::{Face, Tag, standing},
    visit::Visit,
};
use crate::model::{Issue, Need, Repo, State};

/// Everything next to a thread, and what one may choose from.
pub(super) struct Sidebar {
    /// The address that its forms start with.
    pub(super) acts: String,
    pub(super) may_triage: bool,
    pub(super) assignees: Vec<Face>,
    pub(super) people: Vec<Choice>,
    pub(super) tags: Vec<Tag>,
    pub(super) labels: Vec<Choice>,
    pub(super) milestone: Option<(String, String)>,
    pub(super) milestones: Vec<(u64, String, bool)>,
    pub(super) waits_for: Vec<Neighbor>,
    pub(super) holds_up: Vec<Neighbor>,
    pub(super) is_issue: bool,
    pub(super) reviewers: Option<Reviewers>,
}

/// Something one can tick.
pub(super) struct Choice {
    pub(super) name: String,
    pub(super) on: bool,
}

/// An issue that this one waits for, or that waits for this one.
pub(super) struct Neighbor {
    pub(super) id: u64,
    pub(super) page: String,
    pub(super) name: String,
    pub(super) title: String,
    pub(super) state: (&'static str, &'static str),
}

/// Who was asked for a review, and who could be.
pub(super) struct Reviewers {
    pub(super) acts: String,
    pub(super) asked: Vec<Face>,
    pub(super) people: Vec<Choice>,
}

impl Sidebar {
    pub(super) fn of(visit: &Visit, repo: &Repo, issue: &Issue) -> Self {
        let world = &visit.world;
        let people = world.accounts.iter().filter(|one| world.is_assignable(repo, one));
        let labels = world.labels.iter().filter(|label| label.repo == repo.id);
        let milestones = world.milestones.iter().filter(|one| {
            one.repo == repo.id && (one.state == State::Open || issue.milestone == Some(one.id))
        });
        let blocked = world.issues.iter().filter(|one| one.blocked_by.contains(&issue.id));
        let home = visit.home_of(repo);
        Self {
            acts: format!("{home}/issues/{}", issue.number),
            may_triage: visit.may(repo, Need::TRIAGE.on(issue)),
            assignees: issue.assignees.iter().map(|id| Face::at(world, *id)).collect(),
            people: people
                .map(|one| choice(&one.login, issue.assignees.contains(&one.id)))
                .collect(),
            tags: issue.labels.iter().map(|id| Tag::of(world.labels.at(*id))).collect(),
            labels: labels.map(|one| choice(&one.name, issue.labels.contains(&one.id))).collect(),
            milestone: issue.milestone.map(|id| {
                let one = world.milestones.at(id);
                (format!("{home}/milestone/{}", one.number), one.title.clone())
            }),
            milestones: milestones
                .map(|one| (one.number, one.title.clone(), issue.milestone == Some(one.id)))
                .collect(),
            waits_for: neighbors(
                visit,
                issue,
                issue.blocked_by.iter().filter_map(|id| world.issues.find(*id)).map(AsRef::as_ref),
            ),
            holds_up: neighbors(visit, issue, blocked.map(AsRef::as_ref)),
            is_issue: issue.pull.is_none(),
            reviewers: issue.pull.map(|_| reviewers(visit, repo, issue)),
        }
    }

    /// The boxes that were ticked, for the form to say what its sender saw.
    pub(super) fn had(choices: &[Choice]) -> String {
        let on: Vec<&str> =
            choices.iter().filter(|one| one.on).map(|one| one.name.as_str()).collect();
        serde_json::to_string(&on).unwrap_or_default()
    }
}

fn choice(name: &str, on: bool) -> Choice {
    Choice { name: name.to_owned(), on }
}

fn reviewers(visit: &Visit, repo: &Repo, issue: &Issue) -> Reviewers {
    let world = &visit.world;
    let pull = issue.pull.map(|pull| world.pulls.at(pull));
    let asked: Vec<_> = pull.iter().flat_map(|pull| &pull.reviewers).copied().collect();
    let people = world
        .accounts
        .iter()
        .filter(|one| world.is_assignable(repo, one) && one.id != issue.author)
        .map(|one| choice(&one.login, asked.contains(&one.id)));
    Reviewers {
        acts: format!("{}/pull/{}", visit.home_of(repo), issue.number),
        people: people.collect(),
        asked: asked.into_iter().map(|id| Face::at(world, id)).collect(),
    }
}

fn neighbors<'a>(
    visit: &Visit,
    here: &Issue,
    others: impl Iterator<Item = &'a Issue>,
) -> Vec<Neighbor> {
    let world = &visit.world;
    let seen = others.filter(|other| visit.may(world.repos.at(other.repo), Need::READ_ISSUES));
    let neighbors = seen.map(|other| Neighbor {
        id: other.id.0,
        page: visit.page_of(other),
        name: if other.repo == here.repo {
            format!("#{}", other.number)
        } else {
            format!("{}#{}", world.full_name(world.repos.at(other.repo)), other.number)
        },
        title: other.title.clone(),
        state: standing(world, other),
    });
    neighbors.collect()
}

/// What was added to and taken from the choices somebody saw.
pub(super) fn difference(had: &str, now: &[String]) -> (Vec<String>, Vec<String>) {
    let had: BTreeSet<String> = serde_json::from_str(had).unwrap_or_default();
    let now: BTreeSet<String> = now.iter().map(|one| one.trim().to_owned()).collect();
    let added = now.difference(&had).filter(|one| !one.is_empty()).cloned().collect();
    (added, had.difference(&now).cloned().collect())
}
