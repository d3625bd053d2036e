//! Changing the plan by command: all lines of a comment, or none.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::command::{Command, Line};
use super::effect::{Effect, Saying};
use super::ids::{AgentName, IssueRef, Login, RepoName, TaskNumber};
use super::permission::Permission;
use super::plan::{Dependency, DroppedTask, Plan, PlannedTask};
use super::planner::{Specialist, best_agent};
use super::refusal::Refusal;
use super::roster::Roster;
use super::run::Step;
use super::sprint::{No, Sprint, State};

/// One change of the plan that a person asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A new task.
    Add(Addition),
    /// A task less.
    Drop {
        /// Which; `None` where the place of the comment says it.
        task: Option<TaskNumber>,
    },
    /// Something about a task.
    Set {
        /// Which; `None` where the place of the comment says it.
        task: Option<TaskNumber>,
        /// What it shall be.
        to: Setting,
    },
}

/// A task as a person adds it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addition {
    /// Its title.
    pub title: String,
    /// What it waits for.
    pub after: Vec<TaskNumber>,
    /// Where it is done, if not where the sprint issue is.
    pub repo: Option<RepoName>,
    /// Whose it is.
    pub owner: Option<Login>,
    /// Who does it.
    pub agent: Option<AgentName>,
    /// How big it is.
    pub estimate: Option<u32>,
    /// What goes first.
    pub priority: Option<u32>,
}

/// What about a task shall be how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// Its title.
    Title(String),
    /// Its text.
    Text(String),
    /// The tasks it waits for, instead of those it waited for.
    After(Vec<TaskNumber>),
    /// What goes first.
    Priority(Option<u32>),
    /// Whose it is.
    Owner(Login),
    /// Who does it.
    Agent(AgentName),
    /// How big it is.
    Estimate(Option<u32>),
}

/// What an account is to a repository, at the moment of the act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is no such account.
    Nobody,
    /// It is no person.
    Bot,
    /// A person who may do this.
    Person(Permission),
}

/// A comment's changes of the plan, and all that they are decided by.
#[derive(Clone, Debug, PartialEq)]
pub struct Refined {
    /// Who wrote it.
    pub by: Login,
    /// The lines that change the plan, in order.
    pub lines: Vec<Line>,
    /// The task at whose issue or pull request it was written.
    pub here: Option<TaskNumber>,
    /// What its writer may do in each repository, right now.
    pub permissions: BTreeMap<RepoName, Permission>,
    /// What each named person is to each repository, right now.
    pub people: BTreeMap<(String, RepoName), Standing>,
    /// The repositories of the project.
    pub repositories: Vec<RepoName>,
    /// The agents there are.
    pub roster: Roster,
    /// Where the answer belongs.
    pub on: IssueRef,
    /// What names this comment's changes among all, so that they are answered once.
    pub key: String,
}

/// Something a person should know about what was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remark {
    /// A task no longer waits for one that was dropped.
    WaitsNoLonger {
        /// Which.
        task: TaskNumber,
        /// For which.
        dropped: TaskNumber,
    },
    /// GitHub would not assign a task's owner to its issue.
    NotAssigned {
        /// Which task.
        task: TaskNumber,
        /// Whose.
        owner: Login,
    },
    /// A task's issue says in its text that it waits for something it does not wait for.
    StillInItsText {
        /// Which task.
        task: TaskNumber,
        /// For what.
        issue: IssueRef,
    },
}

impl Refined {
    fn standing(&self, person: &Login, repo: &RepoName) -> Standing {
        let key = (person.0.to_ascii_lowercase(), repo.clone());
        self.people.get(&key).copied().unwrap_or(Standing::Nobody)
    }

    fn may_write(&self, repo: &RepoName) -> Result<(), Refusal> {
        let permission = self.permissions.get(repo).copied().unwrap_or_default();
        if permission.may_write() {
            return Ok(());
        }
        Err(Refusal::NeedsWriteIn { repo: repo.clone() })
    }

    fn owner(&self, person: &Login, repo: &RepoName) -> Result<Login, Refusal> {
        let (person, repo) = (person.clone(), repo.clone());
        match self.standing(&person, &repo) {
            Standing::Nobody => Err(Refusal::NoSuchPerson { person }),
            Standing::Bot => Err(Refusal::NotAPerson { person }),
            Standing::Person(permission) if !permission.may_write() => {
                Err(Refusal::PersonCannotWrite { person, repo })
            }
            Standing::Person(_) => Ok(person),
        }
    }

    fn agent(&self, name: &AgentName, repo: &RepoName) -> Result<AgentName, Refusal> {
        let is_it = |known: &&Specialist| known.name.0.eq_ignore_ascii_case(&name.0);
        let names = |all: &[Specialist]| all.iter().map(|agent| agent.name.clone()).collect();
        let (here, all) = (self.roster.of(repo), self.roster.everywhere());
        if let Some(found) = here.iter().find(is_it) {
            return Ok(found.name.clone());
        }
        let agent = name.clone();
        Err(match all.iter().find(is_it) {
            Some(_) => Refusal::AgentNotListed { agent, repo: repo.clone(), known: names(here) },
            None => Refusal::NoSuchAgent { agent, known: names(here) },
        })
    }

    fn task(&self, task: Option<TaskNumber>, verb: &str) -> Result<TaskNumber, Refusal> {
        task.or(self.here).ok_or_else(|| Refusal::WhichTask { command: verb.to_owned() })
    }
}

impl Setting {
    /// The word it is asked for with.
    fn verb(&self) -> &'static str {
        match self {
            Self::Title(_) | Self::Text(_) => "edit",
            Self::After(_) => "after",
            Self::Priority(_) => "priority",
            Self::Owner(_) => "owner",
            Self::Agent(_) => "agent",
            Self::Estimate(_) => "estimate",
        }
    }
}

/// A plan while the lines of a comment change it.
struct Draft<'a> {
    plan: Plan,
    home: &'a RepoName,
    refined: &'a Refined,
    /// The tasks that are not as they were.
    touched: BTreeSet<TaskNumber>,
    remarks: Vec<Remark>,
    notes: Vec<(Option<TaskNumber>, String)>,
}

impl Draft<'_> {
    fn change(&mut self, change: &Change) -> Result<TaskNumber, Refusal> {
        match change {
            Change::Add(new) => self.add(new),
            Change::Drop { task } => {
                let number = self.refined.task(*task, "drop")?;
                self.drop(number)
            }
            Change::Set { task, to } => {
                let number = self.refined.task(*task, to.verb())?;
                self.set(number, to)
            }
        }
    }

    fn add(&mut self, new: &Addition) -> Result<TaskNumber, Refusal> {
        let repo = new.repo.as_ref().unwrap_or(self.home).clone();
        let refined = self.refined;
        let known = refined
            .repositories
            .iter()
            .find(|known| known.as_str().eq_ignore_ascii_case(repo.as_str()));
        let repo = known.cloned().ok_or(Refusal::NoSuchRepository { repo })?;
        refined.may_write(&repo)?;
        let owner = new.owner.as_ref().map(|owner| refined.owner(owner, &repo)).transpose()?;
        let agent = match &new.agent {
            Some(agent) => refined.agent(agent, &repo)?,
            None => best_agent(&format!("{} {repo}", new.title), refined.roster.of(&repo)),
        };
        let number = self.plan.next_number();
        let after = self.dependencies(number, &new.after)?;
        self.plan.tasks.push(PlannedTask {
            owner,
            after,
            estimate: new.estimate,
            priority: new.priority,
            ..PlannedTask::new(number, repo, &new.title, agent)
        });
        self.plan.numbered = number.0;
        self.note(number, "added");
        Ok(number)
    }

    fn drop(&mut self, number: TaskNumber) -> Result<TaskNumber, Refusal> {
        let at = self.at(number)?;
        self.refined.may_write(&self.plan.tasks[at].repo)?;
        let PlannedTask { title, issue, .. } = self.plan.tasks.remove(at);
        self.plan.numbered = self.plan.numbered.max(number.0);
        self.plan.dropped.push(DroppedTask { number, title, issue });
        let waits = Dependency::Task(number);
        for task in self.plan.tasks.iter_mut().filter(|task| task.after.contains(&waits)) {
            task.after.retain(|dependency| *dependency != waits);
            self.touched.insert(task.number);
            self.remarks.push(Remark::WaitsNoLonger { task: task.number, dropped: number });
        }
        self.note(number, "dropped");
        Ok(number)
    }

    fn set(&mut self, number: TaskNumber, to: &Setting) -> Result<TaskNumber, Refusal> {
        let at = self.at(number)?;
        let repo = self.plan.tasks[at].repo.clone();
        self.refined.may_write(&repo)?;
        let before = self.plan.tasks[at].clone();
        match to {
            Setting::Title(title) => self.plan.tasks[at].title.clone_from(title),
            Setting::Text(text) => self.plan.tasks[at].text.clone_from(text),
            Setting::Priority(priority) => self.plan.tasks[at].priority = *priority,
            Setting::Estimate(estimate) => self.plan.tasks[at].estimate = *estimate,
            Setting::Owner(person) => {
                let owner = self.refined.owner(person, &repo)?;
                // The same person in other letters is the same person.
                if self.plan.tasks[at].owner.as_ref() != Some(&owner) {
                    self.plan.tasks[at].owner = Some(owner);
                }
            }
            Setting::Agent(agent) => {
                let agent = self.refined.agent(agent, &repo)?;
                if self.plan.tasks[at].agent != agent {
                    self.plan.tasks[at].agent = agent;
                    self.plan.tasks[at].reason = None;
                }
            }
            Setting::After(tasks) => {
                let mut after = self.dependencies(number, tasks)?;
                // What is outside the plan was not meant: it has no number to name it by.
                let others = before.after.iter().filter(|one| !matches!(one, Dependency::Task(_)));
                after.extend(others.cloned());
                after.sort();
                self.plan.tasks[at].after = after;
            }
        }
        if self.plan.tasks[at] != before {
            let what = match to.verb() {
                "edit" => "words",
                "after" => "dependencies",
                verb => verb,
            };
            self.note(number, &format!("changed the {what} of"));
        }
        Ok(number)
    }

    fn at(&self, number: TaskNumber) -> Result<usize, Refusal> {
        let at = self.plan.tasks.iter().position(|task| task.number == number);
        at.ok_or(Refusal::NoSuchTask { task: number })
    }

    fn dependencies(
        &self,
        task: TaskNumber,
        after: &[TaskNumber],
    ) -> Result<Vec<Dependency>, Refusal> {
        let mut dependencies = BTreeSet::new();
        for number in after {
            if *number == task {
                return Err(Refusal::WaitsForItself { task });
            }
            self.at(*number)?;
            dependencies.insert(Dependency::Task(*number));
        }
        Ok(dependencies.into_iter().collect())
    }

    fn note(&mut self, number: TaskNumber, what: &str) {
        self.touched.insert(number);
        self.notes.push((Some(number), format!("{} {what} T{number}", self.refined.by)));
    }
}

impl Sprint {
    /// Changes the plan as a comment says: every line of it, in one new version, or nothing.
    pub(super) fn refined(&mut self, refined: &Refined) -> Result<Step, No> {
        if self.state == State::Forgotten {
            return Err(Refusal::NotASprint.into());
        }
        if self.is_running() {
            return Err(Refusal::PlanIsFixed.into());
        }
        let before = self.plan_to_refine(refined)?;
        let mut draft = Draft {
            plan: before.clone(),
            home: &self.repo,
            refined,
            touched: BTreeSet::new(),
            remarks: Vec::new(),
            notes: Vec::new(),
        };
        let mut refusals = Vec::new();
        let mut changed: Vec<(TaskNumber, &Line)> = Vec::new();
        for line in &refined.lines {
            let Command::Refine(change) = &line.command else { continue };
            match draft.change(change) {
                Ok(number) => changed.push((number, line)),
                Err(why) => refusals.push(line.refused(why)),
            }
        }
        refusals.extend(circles(&before, &draft.plan, &changed));
        if !refusals.is_empty() {
            return Err(No::Refused(refusals));
        }
        let Draft { plan, touched, remarks, notes, .. } = draft;
        Ok(self.take_over(plan, &before, &touched, remarks, notes, refined))
    }

    /// The plan as it stands; whoever adds tasks may begin one.
    fn plan_to_refine(&self, refined: &Refined) -> Result<Plan, Refusal> {
        let adds = |line: &Line| matches!(line.command, Command::Refine(Change::Add(_)));
        match (&self.plan, self.why_no_plan()) {
            (Some(_), _) if self.is_carried_out() => Err(Refusal::AlreadyDone),
            (Some(plan), _) => Ok(plan.clone()),
            (None, Refusal::NoPlan) if refined.lines.iter().any(adds) => Ok(Plan::default()),
            (None, why) => Err(why),
        }
    }

    fn take_over(
        &mut self,
        plan: Plan,
        before: &Plan,
        touched: &BTreeSet<TaskNumber>,
        remarks: Vec<Remark>,
        notes: Vec<(Option<TaskNumber>, String)>,
        refined: &Refined,
    ) -> Step {
        let mut step = Step::default();
        if plan.says_the_same(before) {
            return step;
        }
        let version = before.version + 1;
        step.notes.extend(notes);
        step.notes.push((None, format!("version {version} of the plan")));
        let with_an_issue =
            |task: &&PlannedTask| touched.contains(&task.number) && task.issue.is_some();
        let mirrored = plan.tasks.iter().filter(with_an_issue);
        step.effects.push(Effect::ShowPlan(self.id.clone()));
        step.effects.extend(
            mirrored.map(|task| Effect::Mirror { sprint: self.id.clone(), task: task.number }),
        );
        if !remarks.is_empty() {
            step.effects.push(Effect::Say {
                on: refined.on.clone(),
                key: format!("remarks {}", refined.key),
                saying: Saying::Remarks { to: refined.by.clone(), remarks },
            });
        }
        let before = self.plan.replace(Plan { version, ..plan });
        self.void_outdated_approvals(before.as_ref(), &mut step);
        self.ask_for_issues(&mut step);
        step
    }
}

/// The circles that a comment's lines made, each told of the last line that touched it.
fn circles(before: &Plan, after: &Plan, changed: &[(TaskNumber, &Line)]) -> Vec<Refusal> {
    let old = before.cycles();
    let new = after.cycles().into_iter().filter(|circle| !old.contains(circle));
    new.map(|tasks| {
        let line = changed.iter().rev().find(|(number, _)| tasks.contains(number));
        let circle = Refusal::Cycle { tasks };
        line.map_or(circle.clone(), |(_, line)| line.refused(circle))
    })
    .collect()
}
