//! How long it takes to read two thousand issues as a plan and to say what is in it.

mod measure;

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::time::Instant;

use anyhow::ensure;
use chrono::DateTime;
use measure::{Side, milliseconds, table};
use petgraph::algo::toposort;
use petgraph::graph::DiGraph;
use team6::domain::ids::{
    AgentName, IssueNumber, IssueRef, Login, MilestoneNumber, ProjectName, RepoId, SprintId,
    TaskNumber,
};
use team6::domain::lint::{self, Surroundings};
use team6::domain::plan::Plan;
use team6::domain::planner::{Candidate, IssueState, Specialist, Survey, plan};
use team6::domain::planning::Planning;
use team6::domain::sprint::{Approval, Goal, Sprint, State};
use team6::say;

const TASKS: usize = 2_000;
/// A task depends on tasks of the layers before its own, most of them of the last one.
const LAYERS: usize = 25;
const DEPENDENCIES: usize = 3;
const RUNS: usize = 15;
const PROSE: &str = "The colors are spread over the components. They belong into one place, so that \
    a palette can be exchanged as a whole:\n\n```css\n:root { --surface: #fff; --text: #222 }\n```\n\n\
    - [ ] no color is named outside `palette.css`\n- [ ] the contrast is tested\n\n";
const ROSTER: &[(&str, &str)] = &[
    ("builder", "anything that has no better agent"),
    ("designer", "colors, contrast, palettes and styles of web pages"),
    ("tester", "tests, fixtures and coverage"),
    ("writer", "documentation, guides and changelogs"),
    ("operator", "deployment, containers and monitoring"),
];

fn main() -> anyhow::Result<()> {
    if !measure::is_asked_for() {
        return Ok(());
    }
    let edges = edges();
    let issues = issues(&edges);
    let roster: Vec<_> = ROSTER
        .iter()
        .map(|(name, good_at)| Specialist {
            name: AgentName((*name).to_owned()),
            good_at: (*good_at).to_owned(),
            labels: Vec::new(),
        })
        .collect();
    let agents: Vec<_> = roster.iter().map(|agent| agent.name.clone()).collect();
    let around = Surroundings { agents, most_at_once: 5, ..Surroundings::default() };
    let survey = Survey { candidates: issues, outside: BTreeMap::new(), roster: roster.into() };
    let draft = || plan(&survey, None, false);
    let planned = draft();
    check(&planned, edges.len())?;
    let fresh = sprint(planned.clone());
    let approved = approved(sprint(planned.clone()));
    let comments = |sprint: &Sprint| {
        say::plan::parts(&say::plan::View { sprint, around: &around, agents: 4, links: &[] })
    };
    let parts = comments(&fresh);
    ensure!(1 < parts.len(), "so many tasks fit into one comment");

    let mut sides = Vec::new();
    let mut time = |name, work: &mut dyn FnMut()| {
        let mut side = Side::new(name);
        for _ in 0..RUNS {
            let begun = Instant::now();
            work();
            side.runs.push(vec![milliseconds(begun.elapsed())]);
        }
        sides.push(side);
    };
    time("issues to comment, everything below but approvals", &mut || {
        let planned = draft();
        black_box(planned.waves());
        black_box(planned.cycles());
        black_box(lint::flaws(&planned, &around));
        black_box(comments(&sprint(planned)));
    });
    time("  reading the issues as a plan", &mut || drop(black_box(draft())));
    time("  ordering: Team6's waves", &mut || drop(black_box(planned.waves())));
    time("  ordering: petgraph, graph and toposort", &mut || {
        drop(black_box(sorted(&planned)));
    });
    time("  looking for circles", &mut || drop(black_box(planned.cycles())));
    time("  looking for flaws", &mut || drop(black_box(lint::flaws(&planned, &around))));
    time("  the comments", &mut || {
        drop(black_box(comments(&fresh)));
    });
    time("the comments when every task is approved", &mut || {
        drop(black_box(comments(&approved)));
    });
    let title = format!(
        "Plan: {TASKS} issues in two repositories, {} dependencies said in three ways, {} waves, a \
         {} comments, median of {RUNS} runs",
        edges.len(),
        planned.waves().len(),
        parts.len(),
    );
    table(&title, &["ms"], &sides);
    Ok(())
}

/// Both ways of ordering must be orders, of everything.
fn check(planned: &Plan, edges: usize) -> anyhow::Result<()> {
    let found: usize = planned.tasks.iter().map(|task| task.waits_for().count()).sum();
    ensure!(found == edges, "{found} of {edges} dependencies were read");
    let waves: Vec<_> = planned.waves().into_iter().flatten().collect();
    for order in [waves, sorted(planned)] {
        let place: BTreeMap<_, _> = order.iter().enumerate().map(|(at, n)| (*n, at)).collect();
        ensure!(place.len() == TASKS, "{} of {TASKS} tasks were ordered", place.len());
        let holds = |task: &team6::domain::plan::PlannedTask| {
            task.waits_for().all(|before| place[&before] < place[&task.number])
        };
        ensure!(planned.tasks.iter().all(holds), "a task comes before one it waits for");
    }
    Ok(())
}

/// The tasks in order, by petgraph.
fn sorted(planned: &Plan) -> Vec<TaskNumber> {
    let mut graph = DiGraph::<TaskNumber, ()>::new();
    let nodes: BTreeMap<_, _> =
        planned.tasks.iter().map(|task| (task.number, graph.add_node(task.number))).collect();
    for task in &planned.tasks {
        for before in task.waits_for() {
            graph.add_edge(nodes[&before], nodes[&task.number], ());
        }
    }
    let order = toposort(&graph, None).unwrap_or_default();
    order.into_iter().map(|node| graph[node]).collect()
}

/// Who waits for whom, without a circle.
fn edges() -> BTreeSet<(usize, usize)> {
    let width = TASKS / LAYERS;
    let mut chance = Chance(0x7ea6);
    let mut edges = BTreeSet::new();
    for task in width..TASKS {
        let layer = task / width;
        for _ in 0..DEPENDENCIES {
            let back = if chance.below(4) == 0 { 1 + chance.below(layer) } else { 1 };
            edges.insert((task, (layer - back) * width + chance.below(width)));
        }
    }
    edges
}

fn issues(edges: &BTreeSet<(usize, usize)>) -> Vec<Candidate> {
    let mut issues: Vec<_> = (0..TASKS)
        .map(|n| Candidate {
            issue: issue(n),
            title: format!("Move the colors of component {n} into the palette"),
            text: PROSE.to_owned(),
            labels: vec![format!("estimate:{}", 1 + n % 5)],
            assignees: vec![Login(["ada", "grace", "linus"][n % 3].to_owned())],
            blocked_by: vec![],
            state: IssueState::Open,
            made_for: None,
        })
        .collect();
    for (nth, (task, before)) in edges.iter().enumerate() {
        let (before, task) = (issue(*before), &mut issues[*task]);
        let said = match nth % 3 {
            0 => {
                task.blocked_by.push(before);
                continue;
            }
            _ if before.repo == task.issue.repo => format!("#{}", before.number),
            _ => before.to_string(),
        };
        task.text.extend(["Depends on ", &said, "\n"]);
    }
    issues
}

fn issue(n: usize) -> IssueRef {
    let repo = ["acme/web", "acme/api"][n % 2].parse().expect("a repository");
    IssueRef { repo, number: IssueNumber(i64::try_from(n).expect("a small number") + 10) }
}

fn sprint(planned: Plan) -> Sprint {
    let repo_id = RepoId(7);
    Sprint {
        id: SprintId::of(repo_id, IssueNumber(1)),
        project: ProjectName("acme".to_owned()),
        repo: "acme/web".parse().expect("a repository"),
        repo_id,
        issue: IssueNumber(1),
        milestone: MilestoneNumber(1),
        goal: Goal {
            milestone: "Dark mode".to_owned(),
            title: "Everything in the dark".to_owned(),
            text: String::new(),
        },
        state: State::Recognized,
        lack: None,
        planning: Planning::default(),
        plan: Some(planned),
        approvals: vec![],
        run: None,
    }
}

fn approved(mut sprint: Sprint) -> Sprint {
    let tasks = sprint.plan.iter().flat_map(|plan| &plan.tasks);
    sprint.approvals = tasks
        .map(|task| Approval {
            task: task.number,
            hash: task.hash(),
            by: Login("ada".to_owned()),
            at: DateTime::UNIX_EPOCH,
        })
        .collect();
    sprint
}

/// The same chance in every run: a linear congruential generator.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }
}
