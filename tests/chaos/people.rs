//! People, who know what they want and go on until they have it, each time looking at what there is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::http::{Method, StatusCode};
use chrono::{DateTime, Utc};
use localhub::Role;
use serde_json::{Value, json};
use team6::db::sprints;
use team6::domain::run::{Hold, State as RunState};
use team6::domain::sprint::Sprint;
use team6::domain::task::State;

use crate::record::Owed;
use crate::scene::{REPOSITORIES, Scene};
use crate::talk::{self, Open, Spoken};
use crate::template::LABEL;
use crate::town::{Town, locked};

/// Where the sprint issue is.
pub(crate) const HOME: &str = "acme/web";

/// How far something came that people do and undo.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Stage {
    #[default]
    Before,
    Done,
    Undone,
}

/// What the people of a story have done so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct People {
    /// The number of the sprint issue.
    pub(crate) issue: i64,
    /// The issues of the wishes.
    pub(crate) issues: Vec<i64>,
    /// When Team6 last compared everything, since it was started.
    pub(crate) swept_at: Option<DateTime<Utc>>,
    /// How often it looked since.
    pub(crate) glances: usize,
    /// Whether nobody does anything.
    pub(crate) asleep: bool,
    /// What they said to agents.
    pub(crate) spoken: Spoken,
    /// Whether nobody starts the sprint yet.
    pub(crate) waits: bool,
    planned: bool,
    retitled: bool,
    added: bool,
    unticked: bool,
    wrong_ticks: usize,
    pub(crate) started: bool,
    pub(crate) pause: Stage,
    pub(crate) hold: Stage,
    pub(crate) label: Stage,
    pub(crate) cancelled: bool,
    pub(crate) demoted: bool,
    primed: bool,
    intrusions: usize,
    skipped: BTreeSet<usize>,
    closed: BTreeSet<usize>,
    /// Pull requests that were closed, and whether they are to be opened again.
    reopens: BTreeMap<(String, i64), bool>,
    /// The tasks and tries that were asked to be tried again.
    retried: BTreeSet<(i64, i64)>,
    /// A page of the plan that somebody still has open.
    old_page: Option<String>,
    /// How often people had to say something once more.
    pub(crate) repeats: usize,
}

/// Something somebody may do now.
#[derive(Clone, Debug)]
enum Act {
    Plan,
    Tick { by: &'static str, mark: String, right: bool },
    Untick { by: &'static str, mark: String },
    Retitle,
    Add,
    Start,
    Pause,
    Resume,
    HoldTask(i64),
    ReleaseTask,
    Unlabel,
    Label,
    Merge(String, i64),
    Close(String, i64, usize),
    Reopen(String, i64),
    Retry(i64, i64),
    Skip(i64, usize),
    Cancel,
    Prime,
    Demote,
    Intrude(&'static str, &'static str),
    Speak(talk::Act),
}

/// What people see.
struct Seen {
    plan: Option<(i64, String)>,
    sprint: Option<Sprint>,
    pulls: Vec<(String, Value)>,
}

impl People {
    pub(crate) fn of(scene: &Scene) -> Self {
        Self { issues: vec![0; scene.wishes.len()], ..Self::default() }
    }
}

impl Town {
    /// Opens the milestones, an issue for each wish, and the sprint issue.
    pub(crate) async fn open_sprint(&self) {
        for repo in REPOSITORIES {
            let new = json!({ "title": "Dark mode" });
            self.does("ada", Method::POST, &format!("{repo}/milestones"), new).await;
        }
        let mut issues: Vec<i64> = Vec::new();
        for wish in &self.scene.wishes {
            let after = wish.after.iter().map(|first| {
                format!("Depends on {}#{}\n", self.scene.wishes[*first].repo, issues[*first])
            });
            let new = json!({
                "title": wish.title,
                "body": after.collect::<String>(),
                "assignees": [wish.owner],
                "milestone": 1,
            });
            let path = format!("{}/issues", wish.repo);
            let issue = self.does("ada", Method::POST, &path, new).await;
            issues.push(issue["number"].as_i64().unwrap());
        }
        let new = json!({
            "title": "Dark mode for everybody",
            "body": "So that all are happy.",
            "labels": [LABEL],
            "milestone": 1,
        });
        let issue = self.does("ada", Method::POST, &format!("{HOME}/issues"), new).await;
        let mut people = locked(&self.people);
        people.issue = issue["number"].as_i64().unwrap();
        people.issues = issues;
    }

    /// The sprint as Team6 knows it.
    pub(crate) async fn sprint(&self) -> Option<Sprint> {
        let mut tx = self.db.read().await.unwrap();
        let id = sprints::all(&mut tx).await.unwrap().into_iter().next()?;
        Some(sprints::get(&mut tx, &id).await.unwrap().0)
    }

    /// The comments of the sprint issue.
    pub(crate) async fn comments(&self) -> Vec<Value> {
        let issue = locked(&self.people).issue;
        let path = format!("{HOME}/issues/{issue}/comments?per_page=100");
        let comments = self.does("ada", Method::GET, &path, Value::Null).await;
        comments.as_array().unwrap().clone()
    }

    async fn look(&self) -> Seen {
        let sprint = self.sprint().await;
        let has_run = sprint.as_ref().is_some_and(|sprint| sprint.run.is_some());
        let (mut plan, mut pulls) = (None, Vec::new());
        if has_run {
            for repo in REPOSITORIES {
                let path = format!("{repo}/pulls?state=all&per_page=100");
                let all = self.does("ada", Method::GET, &path, Value::Null).await;
                pulls.extend(
                    all.as_array().unwrap().iter().map(|one| (repo.to_owned(), one.clone())),
                );
            }
        } else {
            let is_plan = |one: &&Value| {
                one["body"].as_str().unwrap().starts_with("<!-- team6:plan")
                    && one["user"]["login"] == "team6[bot]"
            };
            let read = |one: &Value| {
                (one["id"].as_i64().unwrap(), one["body"].as_str().unwrap().to_owned())
            };
            plan = self.comments().await.iter().find(is_plan).map(read);
        }
        Seen { plan, sprint, pulls }
    }

    /// Somebody does something, if there is something to do; where all is `quiet`, people say
    /// again what nothing came of.
    pub(crate) async fn somebody_acts(self: &Arc<Self>, quiet: bool) -> bool {
        if locked(&self.people).asleep {
            return false;
        }
        let seen = self.look().await;
        let mut acts = self.planning_acts(&seen, quiet);
        acts.extend(self.running_acts(&seen, quiet));
        if acts.is_empty() {
            return false;
        }
        let act = acts[self.below(acts.len())].clone();
        self.act(act, &seen).await;
        true
    }

    fn planning_acts(&self, seen: &Seen, quiet: bool) -> Vec<Act> {
        let mut people = locked(&self.people);
        let mut acts = Vec::new();
        let run = seen.sprint.as_ref().and_then(|sprint| sprint.run.as_ref());
        if run.is_some() {
            return acts;
        }
        let again = |people: &mut People, what: &mut bool| {
            if quiet && *what {
                *what = false;
                people.repeats += 1;
            }
        };
        let Some((_, page)) = &seen.plan else {
            let mut planned = people.planned;
            again(&mut people, &mut planned);
            people.planned = planned;
            acts.extend((!people.planned).then_some(Act::Plan));
            return acts;
        };
        let boxes = boxes(page);
        let all_ticked = !boxes.is_empty() && boxes.iter().all(|(_, ticked)| *ticked);
        let sprint = seen.sprint.as_ref();
        for (mark, ticked) in &boxes {
            let right = Self::who_may_tick(sprint, mark);
            if !*ticked {
                acts.extend(right.iter().map(|by| Act::Tick {
                    by,
                    mark: mark.clone(),
                    right: true,
                }));
                if people.wrong_ticks < 2 && !right.contains(&"grace") {
                    acts.push(Act::Tick { by: "grace", mark: mark.clone(), right: false });
                }
            } else if !people.unticked && !people.started {
                acts.push(Act::Untick { by: right[0], mark: mark.clone() });
            }
        }
        if self.scene.retitles && !people.retitled && !people.started {
            acts.push(Act::Retitle);
        }
        if self.scene.adds && !people.added && !people.started {
            acts.push(Act::Add);
        }
        if all_ticked && !people.waits {
            let mut started = people.started;
            again(&mut people, &mut started);
            people.started = started;
            acts.extend((!people.started).then_some(Act::Start));
        }
        if self.scene.demotes && !people.demoted {
            acts.push(if people.primed { Act::Demote } else { Act::Prime });
        }
        let intruder = if people.demoted { "mary" } else { "linus" };
        if people.intrusions < 1 {
            acts.push(Act::Intrude(intruder, "/team6 start --despite-warnings"));
        }
        acts
    }

    fn who_may_tick(sprint: Option<&Sprint>, mark: &str) -> Vec<&'static str> {
        let number = mark.strip_prefix('T').and_then(|rest| rest.split(' ').next()?.parse().ok());
        let plan = sprint.and_then(|sprint| sprint.plan.as_ref());
        let planned =
            plan.and_then(|plan| plan.tasks.iter().find(|task| Some(task.number.0) == number));
        let owner = planned.and_then(|task| task.owner.as_ref());
        if owner.is_some_and(|owner| owner.0 == "grace") {
            vec!["ada", "grace"]
        } else {
            vec!["ada"]
        }
    }

    fn running_acts(&self, seen: &Seen, quiet: bool) -> Vec<Act> {
        let mut people = locked(&self.people);
        let mut acts = Vec::new();
        let Some(run) = seen.sprint.as_ref().and_then(|sprint| sprint.run.as_ref()) else {
            return acts;
        };
        if people.waits {
            return acts;
        }
        let wish_of = |task: &team6::domain::task::Task, people: &People| {
            let here = |nth: &usize| {
                self.scene.wishes[*nth].repo == task.issue.repo.to_string()
                    && people.issues[*nth] == task.issue.number.0
            };
            (0..people.issues.len()).find(here)
        };
        let mut opened = Vec::new();
        for (repo, pull) in &seen.pulls {
            let number = pull["number"].as_i64().unwrap();
            let branch = pull["head"]["ref"].as_str().unwrap();
            let task = run.tasks.iter().find(|task| {
                let stem = format!("feature/task-{}-", task.planned.number);
                task.planned.repo().to_string() == *repo && branch.starts_with(&stem)
            });
            let Some(task) = task else { continue };
            let wish = wish_of(task, &people);
            let (open, merged) = (pull["state"] == "open", !pull["merged_at"].is_null());
            let is_skipped = wish.is_some_and(|wish| self.scene.skipped.contains(&wish));
            let to_close = wish
                .filter(|wish| self.scene.closed.contains(wish) && !people.closed.contains(wish));
            let head = pull["head"]["sha"].as_str().unwrap().to_owned();
            let is_stuck = people.spoken.stuck.contains(&head);
            if open {
                let (repo, branch) = (repo.clone(), branch.to_owned());
                opened.push(Open { task: task.planned.number.0, repo, number, head, branch });
            }
            match (open, to_close) {
                (true, Some(wish)) => acts.push(Act::Close(repo.clone(), number, wish)),
                (true, None) if !is_skipped && !is_stuck => {
                    acts.push(Act::Merge(repo.clone(), number));
                }
                (true, None) => {}
                (false, _)
                    if !merged && people.reopens.get(&(repo.clone(), number)) == Some(&true) =>
                {
                    acts.push(Act::Reopen(repo.clone(), number));
                }
                (false, _) => {}
            }
        }
        let live = run.state.is_live();
        if live {
            let wishes: Vec<_> =
                run.tasks.iter().map(|task| (task, wish_of(task, &people))).collect();
            let spoken = self.talking_acts(run, &opened, &mut people, quiet);
            acts.extend(spoken.into_iter().map(Act::Speak));
            for (task, wish) in wishes {
                let (number, attempt) = (task.planned.number.0, task.state.attempt().0);
                let skip = wish.filter(|wish| self.scene.skipped.contains(wish));
                let is_over = matches!(task.state, State::Skipped { .. } | State::Stopping { .. });
                if let Some(wish) = skip.filter(|_| !is_over) {
                    if quiet && people.skipped.remove(&wish) {
                        people.repeats += 1;
                    }
                    if !people.skipped.contains(&wish) {
                        acts.push(Act::Skip(number, wish));
                    }
                }
                let pull = task.state.pull().map(|pull| (task.planned.repo().to_string(), pull.0));
                let waits = match &task.state {
                    State::Failed { .. } => true,
                    State::Closed { .. } => {
                        pull.is_some_and(|pull| people.reopens.get(&pull) == Some(&false))
                    }
                    _ => false,
                };
                if waits && skip.is_none() {
                    if quiet && people.retried.remove(&(number, attempt)) {
                        people.repeats += 1;
                    }
                    if !people.retried.contains(&(number, attempt)) {
                        acts.push(Act::Retry(number, attempt));
                    }
                }
            }
            if self.scene.cancelled {
                if quiet && people.cancelled {
                    people.cancelled = false;
                    people.repeats += 1;
                }
                acts.extend((!people.cancelled).then_some(Act::Cancel));
            }
        }
        let is_held = run.holds.iter().any(Hold::is_a_persons);
        match people.pause {
            Stage::Before if self.scene.pauses && run.state == RunState::Running => {
                acts.push(Act::Pause);
            }
            Stage::Done => acts.push(Act::Resume),
            Stage::Undone if quiet && live && is_held => {
                people.repeats += 1;
                acts.push(Act::Resume);
            }
            Stage::Before | Stage::Undone => {}
        }
        let held = run.tasks.iter().any(|task| task.held_by.is_some());
        match people.hold {
            Stage::Before if self.scene.holds_a_task && live => acts.push(Act::HoldTask(1)),
            Stage::Done => acts.push(Act::ReleaseTask),
            Stage::Undone if quiet && live && held => {
                people.repeats += 1;
                acts.push(Act::ReleaseTask);
            }
            Stage::Before | Stage::Undone => {}
        }
        match people.label {
            Stage::Before if self.scene.unlabels && live => acts.push(Act::Unlabel),
            Stage::Done => acts.push(Act::Label),
            Stage::Before | Stage::Undone => {}
        }
        if self.scene.demotes && !people.demoted {
            acts.push(if people.primed { Act::Demote } else { Act::Prime });
        }
        let intruder = if people.demoted { "mary" } else { "linus" };
        let wishes = ["/team6 cancel", "/team6 skip T1", "/team6 pause"];
        if people.intrusions < 3 {
            acts.push(Act::Intrude(intruder, wishes[people.intrusions]));
        }
        acts
    }

    async fn act(self: &Arc<Self>, act: Act, seen: &Seen) {
        match act {
            Act::Plan => {
                locked(&self.people).planned = true;
                self.says("ada", "/team6 plan").await;
            }
            Act::Tick { by, mark, right } => self.ticks(by, &mark, right, seen).await,
            Act::Untick { by, mark } => {
                locked(&self.people).unticked = true;
                let Some((id, page)) = &seen.plan else { return };
                self.tell(format!("{by} takes the tick of {mark} back: {:?}", boxes(page)));
                let text = mark.rsplit(' ').next().unwrap_or_default().to_owned();
                // The box for the whole plan, taken back by who may approve all of it, takes all back.
                let is_whole = mark.starts_with("all");
                locked(&self.record).owed.retain(|(_, hash), _| !is_whole && *hash != text);
                self.saves(by, *id, with_box(page, &mark, false)).await;
            }
            Act::Retitle => {
                locked(&self.people).retitled = true;
                let nth = self.below(self.scene.wishes.len());
                let (repo, issue) = (self.scene.wishes[nth].repo, locked(&self.people).issues[nth]);
                self.tell(format!("ada gives {repo}#{issue} another title"));
                let title =
                    json!({ "title": format!("{}, but better", self.scene.wishes[nth].title) });
                self.does("ada", Method::PATCH, &format!("{repo}/issues/{issue}"), title).await;
            }
            Act::Add => {
                locked(&self.people).added = true;
                self.says("ada", "/team6 add \"Sweep up\" repo acme/web owner @ada").await;
            }
            Act::Start => {
                locked(&self.people).started = true;
                self.says("ada", "/team6 start --despite-warnings").await;
            }
            Act::Pause => {
                locked(&self.people).pause = Stage::Done;
                self.says("ada", "/team6 pause").await;
            }
            Act::Resume => {
                locked(&self.people).pause = Stage::Undone;
                self.says("ada", "/team6 resume").await;
            }
            Act::HoldTask(task) => {
                locked(&self.people).hold = Stage::Done;
                self.says("ada", &format!("/team6 pause T{task}")).await;
            }
            Act::ReleaseTask => {
                locked(&self.people).hold = Stage::Undone;
                self.says("ada", "/team6 resume T1").await;
            }
            Act::Unlabel | Act::Label => self.labels(matches!(act, Act::Label)).await,
            Act::Merge(repo, pull) => self.merges(&repo, pull).await,
            Act::Close(repo, pull, wish) => {
                let reopens = self.chance(500);
                let mut people = locked(&self.people).clone();
                people.closed.insert(wish);
                people.reopens.insert((repo.clone(), pull), reopens);
                *locked(&self.people) = people;
                self.sets_pull(&repo, pull, "closed").await;
            }
            Act::Reopen(repo, pull) => self.sets_pull(&repo, pull, "open").await,
            Act::Retry(task, attempt) => {
                locked(&self.people).retried.insert((task, attempt));
                self.says("ada", &format!("/team6 retry T{task}")).await;
            }
            Act::Skip(task, wish) => {
                locked(&self.people).skipped.insert(wish);
                self.says("ada", &format!("/team6 skip T{task}")).await;
            }
            Act::Cancel => {
                locked(&self.people).cancelled = true;
                self.says("ada", "/team6 cancel").await;
            }
            Act::Prime => {
                locked(&self.people).primed = true;
                self.says("mary", "/team6 priority T99 1").await;
            }
            Act::Demote => {
                locked(&self.people).demoted = true;
                self.tell("mary may only read from now on");
                for repo in REPOSITORIES {
                    self.hub.set_role(repo, "mary", Role::Read).await.unwrap();
                }
            }
            Act::Speak(act) => self.speak(act).await,
            Act::Intrude(who, what) => {
                locked(&self.people).intrusions += 1;
                self.says(who, what).await;
            }
        }
    }

    async fn says(&self, by: &str, text: &str) {
        self.tell(format!("{by} says `{text}`"));
        let issue = locked(&self.people).issue;
        let path = format!("{HOME}/issues/{issue}/comments");
        self.does(by, Method::POST, &path, json!({ "body": text })).await;
    }

    async fn ticks(&self, by: &'static str, mark: &str, right: bool, seen: &Seen) {
        let Some((id, page)) = &seen.plan else { return };
        let old = locked(&self.people).old_page.clone();
        // Whom an old page shows a ticked box cannot tick it.
        let is_empty = |old: &String| boxes(old).iter().any(|(one, full)| one == mark && !full);
        let page = old.filter(|old| self.chance(150) && is_empty(old)).unwrap_or(page.clone());
        let words = if right { "" } else { ", who may not" };
        let is_old = seen.plan.as_ref().is_some_and(|(_, now)| *now != page);
        let old = if is_old { " on a page that was open for a while" } else { "" };
        self.tell(format!("{by}{words} ticks {mark}{old}: {:?}", boxes(&page)));
        {
            let mut record = locked(&self.record);
            let texts =
                boxes(&page).into_iter().filter(|(one, _)| one == mark || mark.starts_with("all"));
            // The same page comes of it as of a tick at one task on a page there was before: as that it may be taken.
            let after = boxes(&with_box(&page, mark, true));
            record.pages.push(boxes(&page));
            let is_unclear = record.pages.iter().any(|before| is_a_tasks(before, &after));
            // The box for everything stands for what this person may approve of it.
            let may = |one: &str| Self::who_may_tick(seen.sprint.as_ref(), one).contains(&by);
            for (one, _) in texts.filter(|(one, _)| may(one)) {
                let Some((task, hash)) = one.split_once(' ') else { continue };
                record.ticked.insert((by.to_owned(), hash.to_owned()));
                if let Some(Ok(number)) = task.strip_prefix('T').map(str::parse) {
                    let whole = mark.strip_prefix("all ").map(str::to_owned);
                    if whole.is_some() && is_unclear {
                        continue;
                    }
                    let owed = record.owed.entry((number, hash.to_owned()));
                    let owed = owed.or_insert(Owed { by: by.to_owned(), whole: whole.clone() });
                    owed.whole = owed.whole.take().and(whole);
                }
            }
            let mut people = locked(&self.people);
            people.wrong_ticks += usize::from(!right);
            people.old_page = Some(page.clone());
        }
        self.saves(by, *id, with_box(&page, mark, true)).await;
    }

    async fn saves(&self, by: &str, comment: i64, text: String) {
        locked(&self.record).pages.push(boxes(&text));
        let path = format!("{HOME}/issues/comments/{comment}");
        self.does(by, Method::PATCH, &path, json!({ "body": text })).await;
    }

    async fn labels(&self, on: bool) {
        let issue = locked(&self.people).issue;
        locked(&self.people).label = if on { Stage::Undone } else { Stage::Done };
        let path = format!("{HOME}/issues/{issue}/labels");
        if on {
            self.tell("ada puts the label back");
            self.does("ada", Method::POST, &path, json!({ "labels": [LABEL] })).await;
        } else {
            self.tell("ada takes the label away");
            self.does("ada", Method::DELETE, &format!("{path}/{LABEL}"), Value::Null).await;
        }
    }

    async fn merges(&self, repo: &str, pull: i64) {
        self.tell(format!("ada merges {repo}#{pull}"));
        let path = format!("{repo}/pulls/{pull}/merge");
        let (status, merged) = self.tries("ada", Method::PUT, &path, json!({})).await;
        if status == StatusCode::METHOD_NOT_ALLOWED {
            self.tell("… which conflicts with what is there");
            let shown = format!("{repo}/pulls/{pull}");
            let shown = self.does("ada", Method::GET, &shown, Value::Null).await;
            let head = shown["head"]["sha"].as_str().unwrap().to_owned();
            locked(&self.people).spoken.stuck.insert(head);
            return;
        }
        assert!(status.is_success(), "ada may not merge {repo}#{pull}: {merged}");
        let sha = merged["sha"].as_str().unwrap().to_owned();
        locked(&self.record).merged.insert((repo.to_owned(), pull), sha);
    }

    async fn sets_pull(&self, repo: &str, pull: i64, state: &str) {
        self.tell(format!("ada makes {repo}#{pull} {state}"));
        let path = format!("{repo}/pulls/{pull}");
        self.does("ada", Method::PATCH, &path, json!({ "state": state })).await;
    }
}

/// Whether one page becomes another by a tick at a single task.
fn is_a_tasks(before: &[(String, bool)], after: &[(String, bool)]) -> bool {
    let same_boxes = before.len() == after.len();
    let changed = || before.iter().zip(after).filter(|(before, after)| before != after);
    let is_tick = |(before, after): (&(String, bool), &(String, bool))| {
        before.0 == after.0 && after.0.starts_with('T') && after.1
    };
    same_boxes && changed().count() == 1 && changed().all(is_tick)
}

/// Every box of a page: `T1 hash` or `all hash`, and whether it is ticked.
pub(crate) fn boxes(page: &str) -> Vec<(String, bool)> {
    let read = |line: &str| {
        let mark = line.split_once("<!-- team6:approve ")?.1.split_once(" -->")?.0.to_owned();
        Some((mark, line.contains("- [x]")))
    };
    page.lines().filter_map(read).collect()
}

fn with_box(page: &str, mark: &str, ticked: bool) -> String {
    let (from, to) = if ticked { ("- [ ]", "- [x]") } else { ("- [x]", "- [ ]") };
    let marker = format!("<!-- team6:approve {mark} -->");
    let lines = page.lines().map(|line| {
        if line.contains(&marker) { line.replacen(from, to, 1) } else { line.to_owned() }
    });
    lines.collect::<Vec<_>>().join("\n")
}
