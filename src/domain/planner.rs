//! The issues planner: a milestone's issues, read as a plan. It needs no model.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::ids::{AgentName, IssueRef, Login, TaskNumber};
use super::plan::{Dependency, DroppedTask, Plan, PlannedTask, Reading};
use super::references::dependencies;
use super::roster::Roster;

/// An issue of the milestone, as GitHub has it now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Which issue.
    pub issue: IssueRef,
    /// Its title.
    pub title: String,
    /// Its text.
    pub text: String,
    /// Its labels.
    pub labels: Vec<String>,
    /// The people assigned to it, first first.
    pub assignees: Vec<Login>,
    /// The issues GitHub says block it.
    pub blocked_by: Vec<IssueRef>,
    /// Whether it is open.
    pub state: IssueState,
    /// The task of this sprint that we made it for, if we did.
    pub made_for: Option<TaskNumber>,
}

/// What stands above the acceptance criteria in an issue that we make.
pub const ACCEPTANCE: &str = "### Done when";

/// Whether an issue is open, and if not, how it was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueState {
    /// Not closed.
    Open,
    /// Closed because it is done.
    Completed,
    /// Closed because nobody will do it.
    NotPlanned,
    /// Not there, or not for us to see.
    Unknown,
}

/// An agent one can choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Specialist {
    /// Its name.
    pub name: AgentName,
    /// What it is good at.
    pub good_at: String,
    /// The labels of issues that are for it.
    pub labels: Vec<String>,
}

impl Candidate {
    /// Every issue it says it depends on, itself left out.
    pub fn depends_on(&self) -> BTreeSet<IssueRef> {
        let mut named: BTreeSet<_> = self.blocked_by.iter().cloned().collect();
        named.extend(dependencies(&self.text, &self.issue.repo));
        named
    }

    /// The agent its label names. A label's text is anybody's; a name is letters, digits, dashes.
    fn agent(&self) -> Option<AgentName> {
        let plain = |c: &char| c.is_ascii_alphanumeric() || "-_.".contains(*c);
        Some(AgentName(self.label("agent:")?.chars().filter(plain).collect()))
    }

    fn label(&self, prefix: &str) -> Option<&str> {
        self.labels.iter().find_map(|label| label.strip_prefix(prefix)).map(str::trim)
    }
}

/// What GitHub says about a sprint's issues, and the agents there are to choose from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Survey {
    /// The issues of its milestone.
    pub candidates: Vec<Candidate>,
    /// How other issues stand that tasks depend on, or that were tasks.
    pub outside: BTreeMap<IssueRef, IssueState>,
    /// The agents.
    pub roster: Roster,
}

impl Survey {
    fn state(&self, issue: &IssueRef) -> Option<IssueState> {
        let inside = self.candidates.iter().find(|candidate| candidate.issue == *issue);
        inside.map(|candidate| candidate.state).or_else(|| self.outside.get(issue).copied())
    }
}

/// Reads the open issues of a milestone as a plan. From `previous` stays whatever did not change
/// on GitHub since the issues were last read: that is what people decided by command. `fresh`
/// forgets it; only the numbers stay.
pub fn plan(survey: &Survey, previous: Option<&Plan>, fresh: bool) -> Plan {
    let nothing = Plan::default();
    let before = previous.unwrap_or(&nothing);
    let kept = if fresh { &nothing } else { before };
    let open = tasks_among(survey, kept);
    let numbers = numbers(&open, before);
    let mut tasks: Vec<PlannedTask> = Vec::new();
    for candidate in &open {
        let number = numbers[&candidate.issue];
        let reading = read(candidate, survey, &numbers, &kept.dropped);
        tasks.push(match kept.find(number) {
            Some(task) => merged(task, candidate, reading, survey),
            None => proposed(number, candidate, &reading, survey),
        });
    }
    // A task that has no issue yet is nowhere but in the plan.
    let known: BTreeSet<_> = tasks.iter().map(|task| task.number).collect();
    let others = kept.tasks.iter().filter(|task| task.issue.is_none());
    tasks.extend(others.filter(|task| !known.contains(&task.number)).cloned());
    tasks.sort_by_key(|task| task.number);
    let plan = Plan {
        version: before.version + 1,
        prd: kept.prd.clone(),
        tasks,
        void: Vec::new(),
        dropped: kept.dropped.clone(),
        numbered: before.numbered,
    };
    without_the_gone(plan, before, survey)
}

/// The issues that are tasks: open, and not dropped by anybody.
fn tasks_among<'a>(survey: &'a Survey, kept: &Plan) -> Vec<&'a Candidate> {
    let is_dropped = |candidate: &Candidate| {
        kept.dropped.iter().any(|dropped| {
            dropped.issue.as_ref() == Some(&candidate.issue)
                || candidate.made_for == Some(dropped.number)
        })
    };
    let open = survey.candidates.iter().filter(|c| c.state == IssueState::Open);
    open.filter(|candidate| !is_dropped(candidate)).collect()
}

/// Which number each issue has: the one it had, the one it was made for, or the next free one.
fn numbers(open: &[&Candidate], before: &Plan) -> BTreeMap<IssueRef, TaskNumber> {
    let mut numbers: BTreeMap<IssueRef, TaskNumber> = BTreeMap::new();
    let mut next = before.next_number();
    for candidate in open {
        let was = before
            .of_issue(&candidate.issue)
            .or_else(|| before.find(candidate.made_for?).filter(|task| task.issue.is_none()));
        let dropped =
            before.dropped.iter().find(|one| one.issue.as_ref() == Some(&candidate.issue));
        let number = was
            .map(|task| task.number)
            .or(dropped.map(|task| task.number))
            .filter(|number| !numbers.values().any(|taken| taken == number));
        let number = number.unwrap_or_else(|| {
            let free = next;
            next.0 += 1;
            free
        });
        numbers.insert(candidate.issue.clone(), number);
    }
    numbers
}

/// What an issue says about its task.
fn read(
    candidate: &Candidate,
    survey: &Survey,
    numbers: &BTreeMap<IssueRef, TaskNumber>,
    dropped: &[DroppedTask],
) -> Reading {
    Reading {
        title: candidate.title.trim().to_owned(),
        text: candidate.text.clone(),
        owner: candidate.assignees.first().cloned(),
        others: candidate.assignees.iter().skip(1).cloned().collect(),
        agent: candidate.agent(),
        estimate: candidate.label("estimate:").and_then(|size| size.parse().ok()),
        after: waits(candidate, survey, numbers, dropped),
    }
}

/// A task that is new to the plan.
fn proposed(
    number: TaskNumber,
    candidate: &Candidate,
    reading: &Reading,
    survey: &Survey,
) -> PlannedTask {
    let agent = reading.agent.clone().unwrap_or_else(|| agent_for(candidate, &survey.roster));
    PlannedTask {
        issue: Some(candidate.issue.clone()),
        text: reading.text.clone(),
        owner: reading.owner.clone(),
        estimate: reading.estimate,
        after: reading.after.clone(),
        reading: Some(reading.clone()),
        ..PlannedTask::new(number, candidate.issue.repo.clone(), &reading.title, agent)
    }
}

/// A task of the plan, with what its issue says otherwise than when it was last read.
fn merged(task: &PlannedTask, candidate: &Candidate, now: Reading, survey: &Survey) -> PlannedTask {
    let mut task = task.clone();
    task.issue = Some(candidate.issue.clone());
    let then = task.reading.clone().unwrap_or_else(|| now.clone());
    if now.title != then.title {
        task.title.clone_from(&now.title);
    }
    if now.text != then.text {
        task.text.clone_from(&now.text);
        // Where we wrote them into the issue, they are part of its text now.
        if then.text.contains(ACCEPTANCE) {
            task.acceptance.clear();
        }
    }
    if now.owner != then.owner {
        task.owner.clone_from(&now.owner);
    }
    if now.estimate != then.estimate {
        task.estimate = now.estimate;
    }
    if now.agent != then.agent {
        let best = || agent_for(candidate, &survey.roster);
        task.agent = now.agent.clone().unwrap_or_else(best);
        task.reason = None;
    }
    let is_gone = |one: &Dependency| then.after.contains(one) && !now.after.contains(one);
    task.after.retain(|one| !is_gone(one));
    task.after.extend(now.after.iter().filter(|one| !then.after.contains(one)).cloned());
    task.after.sort();
    task.after.dedup();
    task.reading = Some(now);
    task
}

fn waits(
    candidate: &Candidate,
    survey: &Survey,
    numbers: &BTreeMap<IssueRef, TaskNumber>,
    dropped: &[DroppedTask],
) -> Vec<Dependency> {
    let mut waits: Vec<_> = candidate
        .depends_on()
        .into_iter()
        .filter(|issue| !dropped.iter().any(|task| task.issue.as_ref() == Some(issue)))
        .filter_map(|issue| match (survey.state(&issue), numbers.get(&issue)) {
            (Some(IssueState::Open), Some(number)) => Some(Dependency::Task(*number)),
            (state, _) => outside(issue, state),
        })
        .collect();
    waits.sort();
    waits
}

/// What a dependency on an issue is that is no task of the sprint.
fn outside(issue: IssueRef, state: Option<IssueState>) -> Option<Dependency> {
    match state {
        Some(IssueState::Completed) => None,
        Some(IssueState::NotPlanned) => Some(Dependency::Dropped(issue)),
        Some(IssueState::Unknown) => Some(Dependency::Unknown(issue)),
        Some(IssueState::Open) | None => Some(Dependency::Outside(issue)),
    }
}

/// A plan in which what waited for a task that is gone waits for what became of its issue.
fn without_the_gone(plan: Plan, before: &Plan, survey: &Survey) -> Plan {
    let there: BTreeSet<_> = plan.tasks.iter().map(|task| task.number).collect();
    let instead = |dependency: Dependency| match &dependency {
        Dependency::Task(number) if !there.contains(number) => {
            let issue = before.find(*number)?.issue.clone()?;
            let state = survey.state(&issue);
            outside(issue, state)
        }
        Dependency::Task(_)
        | Dependency::Outside(_)
        | Dependency::Dropped(_)
        | Dependency::Unknown(_) => Some(dependency),
    };
    let tasks = plan.tasks.into_iter().map(|task| {
        let mut after: Vec<_> = task.after.into_iter().filter_map(instead).collect();
        after.sort();
        after.dedup();
        PlannedTask { after, ..task }
    });
    Plan { tasks: tasks.collect(), ..plan }
}

/// The agent that a label of the issue is for, or the one that fits best.
fn agent_for(candidate: &Candidate, roster: &Roster) -> AgentName {
    let Candidate { title, text, issue, labels, .. } = candidate;
    let roster = roster.of(&issue.repo);
    let is_for = |agent: &&Specialist| {
        agent.labels.iter().any(|one| labels.iter().any(|label| label.eq_ignore_ascii_case(one)))
    };
    if let Some(agent) = roster.iter().find(is_for) {
        return agent.name.clone();
    }
    best_agent(&format!("{title} {text} {}", issue.repo), roster)
}

/// The agent whose description shares most words with a task's.
pub fn best_agent(task: &str, roster: &[Specialist]) -> AgentName {
    let task = words(task);
    let score = |agent: &Specialist| {
        words(&format!("{} {}", agent.name, agent.good_at)).intersection(&task).count()
    };
    let mut best: Option<(&Specialist, usize)> = None;
    for agent in roster {
        let score = score(agent);
        if best.is_none_or(|(_, most)| most < score) {
            best = Some((agent, score));
        }
    }
    best.map_or_else(|| AgentName("none".to_owned()), |(agent, _)| agent.name.clone())
}

fn words(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| 2 < word.len())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::IssueNumber;

    fn issue(text: &str) -> IssueRef {
        let (repo, number) = text.split_once('#').unwrap();
        IssueRef { repo: repo.parse().unwrap(), number: IssueNumber(number.parse().unwrap()) }
    }

    fn candidate(name: &str, text: &str) -> Candidate {
        Candidate {
            issue: issue(name),
            title: format!("Do {name}"),
            text: text.to_owned(),
            labels: vec![],
            assignees: vec![],
            blocked_by: vec![],
            state: IssueState::Open,
            made_for: None,
        }
    }

    fn roster() -> Vec<Specialist> {
        [("builder", "anything"), ("designer", "colors, styles and palettes of web pages")]
            .map(|(name, good_at)| Specialist {
                name: AgentName(name.into()),
                good_at: good_at.into(),
                labels: Vec::new(),
            })
            .to_vec()
    }

    fn survey(candidates: &[Candidate]) -> Survey {
        let candidates = candidates.to_vec();
        Survey { candidates, outside: BTreeMap::new(), roster: roster().into() }
    }

    fn first(candidates: &[Candidate]) -> Plan {
        plan(&survey(candidates), None, false)
    }

    fn again(candidates: &[Candidate], before: &Plan) -> Plan {
        plan(&survey(candidates), Some(before), false)
    }

    fn names(plan: &Plan) -> Vec<(i64, i64)> {
        let number = |task: &PlannedTask| task.issue.as_ref().map_or(0, |issue| issue.number.0);
        plan.tasks.iter().map(|task| (task.number.0, number(task))).collect()
    }

    fn on(number: i64) -> Vec<Dependency> {
        vec![Dependency::Task(TaskNumber(number))]
    }

    #[test]
    fn the_three_ways_to_say_it_are_read() {
        let tasks = [
            candidate("acme/web#2", ""),
            Candidate { blocked_by: vec![issue("acme/web#2")], ..candidate("acme/web#3", "") },
            candidate("acme/web#4", "Depends on #3"),
            candidate("acme/api#1", "Depends on acme/web#4"),
        ];
        let plan = first(&tasks);
        let after: Vec<_> = plan.tasks.iter().map(|task| task.after.clone()).collect();
        assert_eq!(after, [vec![], on(1), on(2), on(3)]);
    }

    #[test]
    fn issues_outside_the_sprint_count_by_their_state() {
        let task = candidate("acme/web#2", "Depends on #7, #8, #9");
        let outside = BTreeMap::from([
            (issue("acme/web#7"), IssueState::Open),
            (issue("acme/web#8"), IssueState::Completed),
            (issue("acme/web#9"), IssueState::NotPlanned),
        ]);
        let survey = Survey { outside, ..survey(&[task]) };
        assert_eq!(
            plan(&survey, None, false).tasks[0].after,
            [Dependency::Outside(issue("acme/web#7")), Dependency::Dropped(issue("acme/web#9"))]
        );
    }

    #[test]
    fn a_task_keeps_its_number_and_no_number_is_given_out_twice() {
        let (one, two, three) = ("acme/web#1", "acme/web#2", "acme/web#3");
        let plan = first(&[candidate(two, ""), candidate(three, "")]);
        let plan = again(&[candidate(one, ""), candidate(three, "")], &plan);
        assert_eq!((plan.version, names(&plan)), (2, vec![(2, 3), (3, 1)]));
        let gone = Plan { numbered: 3, ..again(&[candidate(three, "")], &plan) };
        let plan = again(&[candidate(three, ""), candidate(one, "")], &gone);
        assert_eq!(names(&plan), [(2, 3), (4, 1)]);
    }

    #[test]
    fn labels_and_words_choose_the_agent() {
        let styled = candidate("acme/web#2", "New colors for all pages");
        let labelled = Candidate {
            issue: issue("acme/web#3"),
            labels: vec!["agent:builder".into(), "estimate: 3".into()],
            ..styled.clone()
        };
        let plan = first(&[styled, candidate("acme/api#9", ""), labelled]);
        let chosen: Vec<_> = plan.tasks.iter().map(|t| (t.agent.0.as_str(), t.estimate)).collect();
        assert_eq!(chosen, [("designer", None), ("builder", None), ("builder", Some(3))]);
    }

    #[test]
    fn what_changed_on_github_is_taken_over_and_what_was_decided_stays() {
        let (two, three) = (candidate("acme/web#2", "Do it"), candidate("acme/web#3", ""));
        let mut decided = first(&[two.clone(), three.clone()]);
        decided.tasks[0].title = "Decided".to_owned();
        decided.tasks[0].owner = Some(Login("grace".into()));
        decided.tasks[0].agent = AgentName("designer".into());
        decided.tasks[0].priority = Some(1);
        decided.tasks[1].after = on(1);

        assert!(again(&[two.clone(), three.clone()], &decided).says_the_same(&decided));
        let edited = Candidate {
            text: "Do it well".into(),
            assignees: vec![Login("ada".into()), Login("linus".into())],
            ..two.clone()
        };
        let now = again(&[edited.clone(), three.clone()], &decided);
        let task = &now.tasks[0];
        assert_eq!((task.title.as_str(), task.text.as_str()), ("Decided", "Do it well"));
        assert_eq!((task.owner.as_ref(), task.priority), (Some(&Login("ada".into())), Some(1)));
        assert_eq!(task.agent.0, "designer");
        assert_eq!(task.reading.as_ref().unwrap().others, [Login("linus".into())]);
        assert_eq!(now.tasks[1].after, on(1));
        assert!(again(&[edited, three.clone()], &now).says_the_same(&now));

        let blocked = Candidate { blocked_by: vec![issue("acme/web#3")], ..two.clone() };
        let linked = again(&[blocked, three.clone()], &decided);
        assert_eq!(linked.tasks[0].after, on(2));
        assert!(again(&[two.clone(), three.clone()], &linked).tasks[0].after.is_empty());

        let forgotten = plan(&survey(&[two, three]), Some(&decided), true);
        assert_eq!(forgotten.tasks[0].title, "Do acme/web#2");
        assert_eq!((forgotten.tasks[0].owner.as_ref(), forgotten.tasks[0].priority), (None, None));
        assert!(forgotten.tasks[1].after.is_empty());
    }

    #[test]
    fn what_was_dropped_stays_dropped_until_everything_is_forgotten() {
        let two = candidate("acme/web#2", "");
        let three = candidate("acme/web#3", "Depends on #2");
        let mut plan = first(&[two.clone(), three.clone()]);
        let PlannedTask { number, title, issue, .. } = plan.tasks.remove(0);
        plan.dropped.push(DroppedTask { number, title, issue });
        plan.tasks[0].after.clear();

        let now = again(&[two.clone(), three.clone()], &plan);
        assert_eq!((names(&now), now.tasks[0].after.len()), (vec![(2, 3)], 0));
        let fresh = super::plan(&survey(&[two, three]), Some(&plan), true);
        assert_eq!((names(&fresh).len(), fresh.dropped.len()), (2, 0));
    }

    #[test]
    fn who_waited_for_a_task_that_is_gone_waits_for_what_became_of_its_issue() {
        let (two, three) = (candidate("acme/web#2", ""), candidate("acme/web#3", ""));
        let mut decided = first(&[two.clone(), three.clone()]);
        decided.tasks[1].after = on(1);
        let dropped = Dependency::Dropped(two.issue.clone());
        let elsewhere = Dependency::Outside(two.issue.clone());
        for (state, after) in [
            (IssueState::Completed, vec![]),
            (IssueState::NotPlanned, vec![dropped]),
            (IssueState::Open, vec![elsewhere]),
        ] {
            let outside = BTreeMap::from([(two.issue.clone(), state)]);
            let survey = Survey { outside, ..survey(std::slice::from_ref(&three)) };
            assert_eq!(plan(&survey, Some(&decided), false).tasks[0].after, after);
        }
    }

    #[test]
    fn a_task_without_an_issue_stays_and_its_issue_is_recognized() {
        let mut decided = first(&[candidate("acme/web#2", "")]);
        let number = decided.next_number();
        let (repo, agent) = ("acme/web".parse().unwrap(), AgentName("builder".into()));
        decided.tasks.push(PlannedTask::new(number, repo, "New", agent));

        assert!(again(&[candidate("acme/web#2", "")], &decided).says_the_same(&decided));
        let made = Candidate { made_for: Some(number), ..candidate("acme/web#9", "with more") };
        let now = again(&[candidate("acme/web#2", ""), made], &decided);
        assert_eq!(names(&now), [(1, 2), (2, 9)]);
        assert_eq!((now.tasks[1].title.as_str(), now.tasks[1].text.as_str()), ("New", ""));
        assert_eq!(now.tasks[1].hash(), decided.tasks[1].hash());
    }
}
