//! Whether a submission makes sense: every flaw at once, in words for the agent.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::read::{self, Draft, cut};
use super::{Before, Ground, Proposal, ProposedTask, merged};
use crate::domain::ids::{AgentName, IssueNumber, IssueRef, Login, RepoName, TaskNumber};
use crate::domain::plan::{Dependency, Plan, PlannedTask};
use crate::domain::planner::{Candidate, IssueState};

/// How many names are listed where one is unknown.
const MOST_NAMES: usize = 30;

/// The proposal that a submission is, or all that is wrong with it.
pub fn check(submitted: &Value, ground: &Ground) -> Result<Proposal, Vec<String>> {
    let mut flaws = Vec::new();
    let submission = read::submission(submitted, ground.most_tasks, &mut flaws);
    let keys = keys(&submission.tasks, &mut flaws);
    let mut taken = BTreeSet::new();
    let mut tasks = Vec::new();
    for draft in &submission.tasks {
        let mut judge = Judge { ground, draft, flaws: &mut flaws };
        let issue = judge.issue(&mut taken);
        let repo = judge.repo(issue.as_ref());
        let after = judge.after(&keys);
        judge.agent(&repo);
        let owner = judge.owner(&repo);
        tasks.push(ProposedTask {
            repo,
            issue,
            title: draft.title.clone(),
            text: draft.text.clone(),
            acceptance: draft.acceptance.clone(),
            files: draft.files.clone(),
            owner,
            agent: AgentName(draft.agent.clone()),
            reason: draft.reason.clone(),
            estimate: draft.estimate,
            priority: draft.priority,
            after,
        });
    }
    flaws.extend(circles(&submission.tasks, &tasks));
    let proposal = Proposal { prd: submission.prd, tasks };
    if flaws.is_empty() {
        flaws.extend(circles_with_the_rest(&proposal, ground));
    }
    if flaws.is_empty() { Ok(proposal) } else { Err(flaws) }
}

/// Which task each key names.
fn keys(drafts: &[Draft], flaws: &mut Vec<String>) -> BTreeMap<String, usize> {
    let mut keys = BTreeMap::new();
    for (nth, draft) in drafts.iter().enumerate().filter(|(_, draft)| !draft.key.is_empty()) {
        if keys.insert(draft.key.clone(), nth).is_some() {
            flaws.push(format!("two tasks have the key `{}`", cut(&draft.key, 64)));
        }
    }
    keys
}

/// Looks at one task.
struct Judge<'a> {
    ground: &'a Ground,
    draft: &'a Draft,
    flaws: &'a mut Vec<String>,
}

impl Judge<'_> {
    fn wrong(&mut self, what: &str) {
        self.flaws.push(format!("task `{}` {what}", cut(&self.draft.key, 64)));
    }

    fn issue(&mut self, taken: &mut BTreeSet<IssueRef>) -> Option<IssueRef> {
        let named = self.draft.issue.as_ref()?;
        let home = self.draft.repo.as_ref().and_then(|repo| repo.parse().ok());
        let home = home.unwrap_or_else(|| self.ground.home.clone());
        let found = reference(named, &home).filter(|issue| self.is_open_issue(issue));
        let Some(issue) = found else {
            let open = self.ground.survey.candidates.iter();
            let open = open.filter(|one| one.state == IssueState::Open);
            let open = listed(open.map(|one| one.issue.to_string()));
            let named = cut(named, 200);
            self.wrong(&format!(
                "names the issue `{named}`, which is no open issue of the milestone; those are: {open}"
            ));
            return None;
        };
        if !taken.insert(issue.clone()) {
            self.wrong(&format!("names the issue {issue}, which another task names already"));
        }
        Some(issue)
    }

    fn is_open_issue(&self, issue: &IssueRef) -> bool {
        let is_it = |one: &Candidate| one.issue == *issue && one.state == IssueState::Open;
        self.ground.survey.candidates.iter().any(is_it)
    }

    fn repo(&mut self, issue: Option<&IssueRef>) -> RepoName {
        let named = self.draft.repo.clone();
        let known = |name: &str| {
            self.ground.repos.iter().find(|repo| repo.as_str().eq_ignore_ascii_case(name)).cloned()
        };
        let repos = || listed(self.ground.repos.iter().map(ToString::to_string));
        match (named, issue) {
            (None, Some(issue)) => issue.repo.clone(),
            (None, None) => {
                // A wrong issue was complained about; the repository would be its.
                if self.draft.issue.is_none() {
                    let repos = repos();
                    self.wrong(&format!("needs a `repository`, one of: {repos}"));
                }
                self.ground.home.clone()
            }
            (Some(name), issue) => {
                let Some(repo) = known(&name) else {
                    let (name, repos) = (cut(&name, 200), repos());
                    self.wrong(&format!(
                        "is in the repository `{name}`, which is not one of: {repos}"
                    ));
                    return self.ground.home.clone();
                };
                if let Some(issue) = issue.filter(|issue| issue.repo != repo) {
                    self.wrong(&format!("is in `{repo}`, but its issue is {issue}"));
                }
                repo
            }
        }
    }

    fn after(&mut self, keys: &BTreeMap<String, usize>) -> Vec<Before> {
        let (mut after, mut named) = (Vec::new(), BTreeSet::new());
        for name in &self.draft.after {
            let shown = cut(name, 200);
            if !named.insert(name) {
                self.wrong(&format!("depends on `{shown}` twice"));
            } else if *name == self.draft.key {
                self.wrong("depends on itself");
            } else if let Some(at) = keys.get(name) {
                after.push(Before::Proposed(*at));
            } else if let Some(issue) =
                reference(name, &self.ground.home).filter(|issue| self.is_open_issue(issue))
            {
                after.push(Before::Issue(issue));
            } else {
                self.wrong(&format!("depends on `{shown}`, which is no key of a task"));
            }
        }
        after
    }

    fn agent(&mut self, repo: &RepoName) {
        let agents = self.ground.survey.roster.of(repo);
        if self.draft.agent.is_empty()
            || agents.iter().any(|agent| agent.name.0 == self.draft.agent)
        {
            return;
        }
        let agents = listed(agents.iter().map(|agent| agent.name.to_string()));
        let agent = cut(&self.draft.agent, 64);
        self.wrong(&format!("names the agent `{agent}`, which is not one of: {agents}"));
    }

    fn owner(&mut self, repo: &RepoName) -> Option<Login> {
        let named = Login(self.draft.owner.as_ref()?.trim_start_matches('@').to_owned());
        let nobody = Vec::new();
        let people = self.ground.people.get(repo).unwrap_or(&nobody);
        if let Some(person) = people.iter().find(|person| **person == named) {
            return Some(person.clone());
        }
        let people = listed(people.iter().map(ToString::to_string));
        let named = cut(&named.0, 64);
        self.wrong(&format!(
            "proposes the owner `{named}`, who cannot write to {repo}; who can: {people}"
        ));
        None
    }
}

/// `owner/name#12` or `#12`.
fn reference(text: &str, home: &RepoName) -> Option<IssueRef> {
    let (repo, number) = text.trim().split_once('#')?;
    let repo = if repo.is_empty() { home.clone() } else { repo.parse().ok()? };
    Some(IssueRef { repo, number: IssueNumber(number.parse().ok()?) })
}

fn listed(names: impl Iterator<Item = String>) -> String {
    let names: Vec<_> = names.collect();
    let shown = names.iter().take(MOST_NAMES).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => "(none)".to_owned(),
        many if MOST_NAMES < many => format!("{shown} and {} more", many - MOST_NAMES),
        _ => shown,
    }
}

/// The circles among the proposed tasks, by the path of their keys.
fn circles(drafts: &[Draft], tasks: &[ProposedTask]) -> Vec<String> {
    let number = |at: usize| TaskNumber(i64::try_from(at).unwrap_or(i64::MAX));
    let at = |issue: &IssueRef| tasks.iter().position(|task| task.issue.as_ref() == Some(issue));
    let planned = tasks.iter().enumerate().map(|(nth, task)| {
        let after = task.after.iter().filter_map(|before| match before {
            Before::Proposed(at) => Some(*at),
            Before::Issue(issue) => at(issue),
        });
        PlannedTask {
            after: after.map(|at| Dependency::Task(number(at))).collect(),
            ..PlannedTask::new(number(nth), task.repo.clone(), &task.title, task.agent.clone())
        }
    });
    let plan = Plan { tasks: planned.collect(), ..Plan::default() };
    let key = |number: &TaskNumber| {
        let draft = usize::try_from(number.0).ok().and_then(|at| drafts.get(at));
        draft.map_or(String::new(), |draft| format!("`{}`", cut(&draft.key, 64)))
    };
    plan.cycles().iter().map(|circle| in_a_circle(circle.iter().map(key))).collect()
}

/// The circles that come from what issues and people say besides.
fn circles_with_the_rest(proposal: &Proposal, ground: &Ground) -> Vec<String> {
    let plan = merged(proposal, &ground.survey, ground.previous.as_ref(), ground.fresh);
    let name = |number: &TaskNumber| {
        let title = plan.find(*number).map_or("", |task| task.title.as_str());
        format!("“{}”", cut(title, 80))
    };
    plan.cycles()
        .iter()
        .map(|circle| {
            let circle = in_a_circle(circle.iter().map(name));
            format!("{circle}; some of this order comes from the issues or was decided by the team")
        })
        .collect()
}

fn in_a_circle(names: impl Iterator<Item = String>) -> String {
    format!("tasks depend on each other in a circle: {}", names.collect::<Vec<_>>().join(" → "))
}

#[cfg(test)]
mod tests;
