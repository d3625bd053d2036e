//! What is different between two versions of a plan.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ids::TaskNumber;
use super::plan::{Dependency, Plan, PlannedTask, Prd};

/// Everything that changed from one version of a plan to another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Diff {
    /// The older version.
    pub from: i64,
    /// The newer one.
    pub to: i64,
    /// What changed in the requirements.
    pub prd: Vec<Changed>,
    /// The tasks that are new: number and title.
    pub added: Vec<(TaskNumber, String)>,
    /// The tasks that are gone: number and title.
    pub gone: Vec<(TaskNumber, String)>,
    /// The tasks that are not as they were.
    pub tasks: Vec<ChangedTask>,
}

/// A task that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangedTask {
    /// Which.
    pub number: TaskNumber,
    /// Its title now.
    pub title: String,
    /// What changed about it.
    pub changed: Vec<Changed>,
    /// Whether an approval of the older version is none of the newer.
    pub voids: bool,
}

/// Something that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Changed {
    /// What it is called.
    pub what: String,
    /// How it was; empty, where there was nothing.
    pub old: String,
    /// How it is; empty, where there is nothing.
    pub new: String,
}

impl Diff {
    /// What changed from an older version to a newer one.
    pub fn between(old: &Plan, new: &Plan) -> Self {
        let before: BTreeMap<_, _> = old.tasks.iter().map(|task| (task.number, task)).collect();
        let after: BTreeSet<_> = new.tasks.iter().map(|task| task.number).collect();
        let named = |task: &PlannedTask| (task.number, task.title.clone());
        let same = |task: &&PlannedTask| before.contains_key(&task.number);
        Self {
            from: old.version,
            to: new.version,
            prd: fields(&prd(old.prd.as_ref()), &prd(new.prd.as_ref())),
            added: new.tasks.iter().filter(|task| !same(task)).map(named).collect(),
            gone: old.tasks.iter().filter(|t| !after.contains(&t.number)).map(named).collect(),
            tasks: new
                .tasks
                .iter()
                .filter_map(|task| changed(before.get(&task.number)?, task))
                .collect(),
        }
    }

    /// Whether nothing changed that people would see.
    pub fn is_empty(&self) -> bool {
        self.prd.is_empty()
            && self.added.is_empty()
            && self.gone.is_empty()
            && self.tasks.is_empty()
    }
}

fn changed(old: &PlannedTask, new: &PlannedTask) -> Option<ChangedTask> {
    let changed = fields(&task(old), &task(new));
    (!changed.is_empty()).then(|| ChangedTask {
        number: new.number,
        title: new.title.clone(),
        changed,
        voids: old.hash() != new.hash(),
    })
}

/// A thing's parts in words, by name.
type Parts = Vec<(&'static str, String)>;

fn fields(old: &Parts, new: &Parts) -> Vec<Changed> {
    let pairs = old.iter().zip(new).filter(|(old, new)| old.1 != new.1);
    pairs
        .map(|(old, new)| Changed {
            what: old.0.to_owned(),
            old: old.1.clone(),
            new: new.1.clone(),
        })
        .collect()
}

fn task(task: &PlannedTask) -> Parts {
    let after = task.after.iter().map(|dependency| match dependency {
        Dependency::Task(number) => format!("T{number}"),
        Dependency::Outside(issue) | Dependency::Dropped(issue) | Dependency::Unknown(issue) => {
            issue.to_string()
        }
    });
    vec![
        ("title", task.title.clone()),
        ("text", task.text.clone()),
        ("acceptance", task.acceptance.join("\n")),
        ("repository", task.repo.to_string()),
        ("owner", said(task.owner.as_ref())),
        ("agent", task.agent.to_string()),
        ("after", after.collect::<Vec<_>>().join(", ")),
        ("estimate", said(task.estimate.as_ref())),
        ("priority", said(task.priority.as_ref())),
    ]
}

fn prd(prd: Option<&Prd>) -> Parts {
    let nothing = Prd::default();
    let prd = prd.unwrap_or(&nothing);
    vec![
        ("problem", prd.problem.clone()),
        ("goals", prd.goals.join("\n")),
        ("non-goals", prd.non_goals.join("\n")),
        ("constraints", prd.constraints.join("\n")),
        ("acceptance", prd.acceptance.join("\n")),
        ("risks", prd.risks.join("\n")),
    ]
}

fn said(something: Option<&impl ToString>) -> String {
    something.map_or_else(String::new, ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{AgentName, Login};

    fn plan(version: i64, titles: &[&str]) -> Plan {
        let task = |(number, title): (i64, &&str)| {
            let repo = "acme/web".parse().unwrap();
            PlannedTask::new(TaskNumber(number), repo, title, AgentName("builder".into()))
        };
        Plan { version, tasks: (1..).zip(titles).map(task).collect(), ..Plan::default() }
    }

    fn line(one: &Changed) -> String {
        format!("{}: {} -> {}", one.what, one.old, one.new)
    }

    #[test]
    fn what_came_went_and_changed_is_told() {
        let old = plan(3, &["Colors", "Toggle", "Docs"]);
        let mut new = plan(7, &["Colors", "Switch", "Docs", "Tests"]);
        new.tasks.remove(2);
        new.tasks[1].owner = Some(Login("ada".into()));
        new.tasks[1].after = vec![Dependency::Task(TaskNumber(1))];
        new.prd = Some(Prd { problem: "It is too bright.".into(), ..Prd::default() });

        let diff = Diff::between(&old, &new);

        assert_eq!((diff.from, diff.to), (3, 7));
        assert_eq!(diff.added, [(TaskNumber(4), "Tests".to_owned())]);
        assert_eq!(diff.gone, [(TaskNumber(3), "Docs".to_owned())]);
        assert_eq!(
            diff.prd.iter().map(line).collect::<Vec<_>>(),
            ["problem:  -> It is too bright."]
        );
        let [task] = diff.tasks.as_slice() else { panic!("{diff:?}") };
        assert_eq!((task.number, task.title.as_str(), task.voids), (TaskNumber(2), "Switch", true));
        assert_eq!(
            task.changed.iter().map(line).collect::<Vec<_>>(),
            ["title: Toggle -> Switch", "owner:  -> ada", "after:  -> T1"]
        );
    }

    #[test]
    fn an_estimate_changes_and_voids_nothing() {
        let old = plan(1, &["Colors"]);
        let mut new = plan(2, &["Colors"]);
        assert!(Diff::between(&old, &new).is_empty());
        new.tasks[0].estimate = Some(3);
        let diff = Diff::between(&old, &new);
        assert_eq!(line(&diff.tasks[0].changed[0]), "estimate:  -> 3");
        assert!(!diff.tasks[0].voids && !diff.is_empty());
    }
}
