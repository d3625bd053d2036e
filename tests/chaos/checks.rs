//! What must hold after every step, whenever all is quiet, and in the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use team6::app::Stale;
use team6::db::comments::{self, Kind};
use team6::domain::run::{Run, State as RunState};
use team6::domain::sprint::Sprint;
use team6::domain::task::State;
use team6::domain::work::{Assignment, Checkout, Lease};
use team6::say;

use crate::people::Stage;
use crate::town::{Town, locked};

impl Town {
    /// What must hold after every step.
    pub(crate) async fn check_always(&self) {
        let mut wrong = self.doubled_executions().await;
        wrong.extend(self.lost_bundles().await);
        wrong.extend(self.wrongly_approved().await);
        let sprint = self.sprint().await;
        wrong.extend(sprint.iter().flat_map(|sprint| self.check_run(sprint)));
        if let Some(sprint) = &sprint {
            self.check_dialogues(sprint);
        }
        wrong.extend(self.overtaken().await);
        for what in wrong {
            self.wrong(what);
        }
    }

    /// Whether two effects of a lane are under way, or one that is not the first. Looked at while
    /// something is carried out, too.
    pub(crate) async fn overtaken(&self) -> Vec<String> {
        let mut tx = self.db.read().await.unwrap();
        let rows: Vec<(String, String)> = tx
            .query(
                "select e.lane, e.name from effect e
                 where e.leased_until > $1 and exists (
                     select 1 from effect f
                     where f.lane = e.lane and f.id < e.id and f.given_up_at is null)",
            )
            .bind(self.clock.now())
            .all()
            .await
            .unwrap();
        rows.into_iter()
            .map(|(lane, name)| format!("`{name}` overtook another of {lane}"))
            .collect()
    }

    async fn doubled_executions(&self) -> Vec<String> {
        let mut tx = self.db.read().await.unwrap();
        let rows: Vec<(String, i64, i64)> = tx
            .query(
                "select e.run_id, e.task, count(*) from agent_executions e
                 join job j on j.id = e.id
                 where j.state = 'leased' and e.run_id is not null and e.kind = 'task'
                 group by e.run_id, e.task having 1 < count(*)",
            )
            .all()
            .await
            .unwrap();
        let tell = |(run, task, count)| format!("{run} T{task} is executed {count} times at once");
        rows.into_iter().map(tell).collect()
    }

    async fn lost_bundles(&self) -> Vec<String> {
        let mut tx = self.db.read().await.unwrap();
        let rows: Vec<(String,)> = tx
            .query(
                "select e.id from agent_executions e
                 join orchestration_tasks t
                     on t.run_id = e.run_id and t.number = e.task and t.attempt = e.attempt
                 where t.status = 'delivered' and e.status = 'delivered'
                   and not exists (select 1 from bundle b where b.execution_id = e.id)",
            )
            .all()
            .await
            .unwrap();
        rows.into_iter().map(|(id,)| format!("what {id} delivered is lost")).collect()
    }

    async fn wrongly_approved(&self) -> Vec<String> {
        let mut tx = self.db.read().await.unwrap();
        let rows: Vec<(i64, String, String)> =
            tx.query("select task, hash, approved_by from approval").all().await.unwrap();
        let record = locked(&self.record);
        rows.into_iter()
            .filter(|(_, hash, by)| !record.ticked.contains(&(by.clone(), hash.clone())))
            .map(|(task, hash, by)| format!("{by} never approved T{task} as {hash}"))
            .collect()
    }

    /// Whether the run began as it may, and is not where people who may not wanted it.
    fn check_run(&self, sprint: &Sprint) -> Vec<String> {
        let Some(run) = &sprint.run else { return Vec::new() };
        let mut wrong = Vec::new();
        let mut record = locked(&self.record);
        if record.runs.insert(run.id.0.clone()) {
            for task in &run.tasks {
                let (number, hash) = (task.planned.number, task.planned.hash().0);
                if task.planned.owner.is_none() {
                    wrong.push(format!("T{number} was started without an owner"));
                }
                if !record.ticked.iter().any(|(_, ticked)| *ticked == hash) {
                    wrong.push(format!("T{number} was started, and nobody approved {hash}"));
                }
            }
        }
        let people = locked(&self.people);
        let may_not = |who: &str| who == "linus" || who == "mary" || who == "grace";
        if may_not(&run.started_by.0) {
            wrong.push(format!("{} started it, who may not or did not", run.started_by));
        }
        if run.state == RunState::Cancelled && !people.cancelled {
            wrong.push("it was cancelled, which nobody who may has asked for".to_owned());
        }
        if !run.holds.iter().all(|hold| hold.to_string().starts_with("ada") || !hold.is_a_persons())
        {
            wrong.push("it was paused by somebody who may not".to_owned());
        }
        for task in &run.tasks {
            if let State::Skipped { by, .. } = &task.state
                && may_not(&by.0)
            {
                wrong.push(format!("{by}, who may not, skipped T{}", task.planned.number));
            }
        }
        wrong
    }

    /// Whether something was handed out to one worker alone.
    pub(crate) fn check_epoch(&self, assignment: &Assignment) {
        let id = assignment.execution.0.clone();
        let last = locked(&self.record).epochs.insert(id.clone(), assignment.epoch.0);
        if last.is_some_and(|last| assignment.epoch.0 <= last) {
            self.wrong(format!("{id} was handed out twice under one epoch"));
        }
    }

    /// Whether something was handed out that may be. Who pauses or cancels while
    /// it is being handed out is heard at the worker's next beat, so what counts is how the run stood
    /// `before`.
    pub(crate) async fn check_claim(
        &self,
        assignment: &Assignment,
        checkout: &Checkout,
        before: Option<Run>,
    ) {
        let id = assignment.execution.0.clone();
        let Some(sprint) = self.sprint().await else { return };
        let Some(run) = &sprint.run else {
            return self.wrong(format!("{id} was handed out without a run"));
        };
        let Some(task) = run.tasks.iter().find(|task| task.branch == checkout.branch) else {
            return;
        };
        let number = task.planned.number;
        let was_running = before.as_ref().is_none_or(|run| run.state == RunState::Running);
        let was_held = before.as_ref().and_then(|run| run.find(number)?.held_by.clone());
        if run.state != RunState::Running && !was_running {
            self.wrong(format!("T{number} was handed out while the run is {:?}", run.state));
        }
        if task.held_by.is_some() && was_held.is_some() {
            self.wrong(format!("T{number} was handed out while it is paused"));
        }
        for first in task.planned.waits_for() {
            let Some(first) = run.find(first) else { continue };
            let merged = first.state.pull().and_then(|pull| {
                let place = (first.planned.repo().to_string(), pull.0);
                locked(&self.record).merged.get(&place).cloned()
            });
            let is_skipped = matches!(first.state, State::Skipped { .. });
            let there = first.planned.number;
            match merged {
                None if !is_skipped => {
                    self.wrong(format!("T{number} was handed out before T{there} was merged"));
                }
                Some(sha) if first.planned.repo() == &checkout.repo => {
                    if !is_skipped && !checkout.contains.iter().any(|one| one.0 == sha) {
                        self.wrong(format!("T{number} need not contain the merge of T{there}"));
                    }
                }
                None | Some(_) => {}
            }
        }
    }

    /// Whether a report was heard that must not be.
    pub(crate) fn check_report(&self, lease: &Lease, answer: Result<(), Stale>) {
        let last = locked(&self.record).epochs.get(&lease.execution.0).copied().unwrap_or(0);
        if answer.is_ok() && lease.epoch.0 < last {
            self.wrong(format!("{}: an old epoch was listened to", lease.execution));
        }
    }

    /// A report that was heard was not heard when it was repeated.
    pub(crate) fn check_repeated(&self, lease: &Lease) {
        let last = locked(&self.record).epochs.get(&lease.execution.0).copied().unwrap_or(0);
        if lease.epoch.0 == last {
            self.wrong(format!("{}: a repeated report was refused", lease.execution));
        }
    }

    /// Where every execution and task stands.
    pub(crate) async fn standing(&self) -> Vec<String> {
        let mut tx = self.db.read().await.unwrap();
        let rows: Vec<(String, String, i64, String, i64)> = tx
            .query(
                "select e.id, e.status, e.epoch, j.state, coalesce(b.epoch, 0)
                 from agent_executions e join job j on j.id = e.id
                 left join bundle b on b.execution_id = e.id order by e.id",
            )
            .all()
            .await
            .unwrap();
        let mut all: Vec<_> = rows.into_iter().map(|row| format!("{row:?}")).collect();
        let tasks: Vec<(String, i64, String)> = tx
            .query("select run_id, number, cast(state as text) from orchestration_tasks order by run_id, number")
            .all()
            .await
            .unwrap();
        all.extend(tasks.into_iter().map(|row| format!("{row:?}")));
        all
    }

    /// What must hold whenever everybody has heard everything.
    pub(crate) async fn check_quiet(&self) {
        let Some(sprint) = self.sprint().await else {
            return self.wrong("nobody ever heard of the sprint");
        };
        if let Some(plan) = sprint.plan.as_ref().filter(|_| sprint.run.is_none()) {
            let owed = locked(&self.record).owed.clone();
            for task in &plan.tasks {
                let text = (task.number.0, task.hash().0);
                let Some(owed) = owed.get(&text) else { continue };
                let counts = owed.whole.as_ref().is_none_or(|whole| *whole == plan.hash().0);
                if counts && sprint.approval_of(task).is_none() {
                    self.wrong(format!("the tick of T{} by {} is lost", text.0, owed.by));
                }
            }
        }
        self.check_comments(&sprint).await;
        self.check_quiet_dialogues(&sprint).await;
        self.check_invited(&sprint).await;
        let known = self.unknown_deliveries().await;
        for id in known {
            self.wrong(format!("a webhook was acknowledged and is not there: {id}"));
        }
        let repeats = locked(&self.people).repeats;
        if 25 < repeats {
            self.wrong("people said the same again and again, and nothing came of it");
        }
    }

    /// Whether what Team6 shows is what it knows.
    async fn check_comments(&self, sprint: &team6::domain::sprint::Sprint) {
        let there: BTreeMap<i64, String> = self
            .comments()
            .await
            .into_iter()
            .map(|one| (one["id"].as_i64().unwrap(), one["body"].as_str().unwrap().to_owned()))
            .collect();
        let mut tx = self.db.read().await.unwrap();
        for kind in [Kind::Plan, Kind::Status] {
            for own in comments::of(&mut tx, &sprint.id, kind).await.unwrap() {
                let shown = there.get(&own.comment_id.0);
                if shown.is_none_or(|shown| shown.trim_end() != own.body.trim_end()) {
                    self.wrong(format!(
                        "the comment of the {kind:?} is not what Team6 believes it is"
                    ));
                }
            }
        }
        if let Some(text) = say::status::comment(sprint)
            && !there.values().any(|shown| shown.trim_end() == text.trim_end())
        {
            self.wrong("the status comment does not say how it stands");
        }
        for task in sprint.plan.iter().filter(|_| sprint.run.is_none()).flat_map(|plan| &plan.tasks)
        {
            let mark = format!("<!-- team6:approve T{} {} -->", task.number, task.hash());
            let line =
                there.values().flat_map(|text| text.lines()).find(|line| line.contains(&mark));
            let ticked = line.map(|line| line.contains("- [x]"));
            if ticked != Some(sprint.approval_of(task).is_some()) {
                self.wrong(format!(
                    "the box of T{} is not what was approved: {ticked:?}",
                    task.number
                ));
            }
        }
    }

    /// Whether the owner of each task that waits for a review was asked for it, or has reviewed it.
    async fn check_invited(&self, sprint: &Sprint) {
        use axum::http::Method;
        for task in sprint.run.iter().flat_map(|run| &run.tasks) {
            let (State::Review { pull, .. }, Some(owner)) = (&task.state, &task.planned.owner)
            else {
                continue;
            };
            let path = format!("{}/pulls/{pull}", task.planned.repo());
            let (_, shown) = self.tries("ada", Method::GET, &path, serde_json::Value::Null).await;
            let path = format!("{path}/reviews");
            let (_, reviews) = self.tries("ada", Method::GET, &path, serde_json::Value::Null).await;
            let is_owner = |one: &serde_json::Value| one["login"] == owner.0.as_str();
            let asked = shown["requested_reviewers"].as_array();
            let has_reviewed =
                reviews.as_array().is_some_and(|all| all.iter().any(|one| is_owner(&one["user"])));
            let is_open = shown["state"] == "open";
            if is_open && !has_reviewed && !asked.is_some_and(|all| all.iter().any(is_owner)) {
                self.wrong(format!("{owner} was never asked to review T{}", task.planned.number));
            }
        }
    }

    async fn unknown_deliveries(&self) -> Vec<String> {
        let mut tx = self.db.read().await.unwrap();
        let rows: Vec<(String,)> = tx.query("select id from delivery").all().await.unwrap();
        let known: std::collections::BTreeSet<String> = rows.into_iter().map(|(id,)| id).collect();
        locked(&self.record).acknowledged.difference(&known).cloned().collect()
    }

    /// Whether the sprint has come to the end it had to come to.
    pub(crate) async fn is_over(&self) -> bool {
        let wanted = if self.scene.cancelled { RunState::Cancelled } else { RunState::Completed };
        let sprint = self.sprint().await;
        let run = sprint.as_ref().and_then(|sprint| sprint.run.as_ref());
        let people = locked(&self.people).clone();
        let all_said = people.pause != Stage::Done
            && people.hold != Stage::Done
            && people.label != Stage::Done;
        all_said && run.is_some_and(|run| run.state == wanted || !run.state.is_live())
    }

    /// What must hold in the end.
    pub(crate) async fn check_end(self: &Arc<Self>) {
        let Some(sprint) = self.sprint().await else { return };
        let Some(run) = &sprint.run else { return self.wrong("it never started") };
        let tasks = run.tasks.iter().map(|task| {
            let nth = task.planned.number;
            format!("T{nth} {}", task.state.word())
        });
        let told = tasks.collect::<Vec<_>>().join(", ");
        self.tell(format!("in the end the run is {:?}: {told}", run.state));
        let wanted = if self.scene.cancelled { RunState::Cancelled } else { RunState::Completed };
        // Who wants to cancel may come too late.
        let is_late = self.scene.cancelled && run.state == RunState::Completed;
        if run.state != wanted && !is_late {
            self.wrong(format!("it should have been {wanted:?} in the end"));
        }
        for task in run.tasks.iter().filter(|_| run.state == RunState::Completed) {
            let nth = task.planned.number;
            match &task.state {
                State::Done { pull, .. } => {
                    let place = (task.planned.repo().to_string(), pull.0);
                    if !locked(&self.record).merged.contains_key(&place) {
                        self.wrong(format!("T{nth} counts as merged, and nobody merged it"));
                    }
                }
                State::Skipped { .. } => {}
                other => {
                    self.wrong(format!("the run is completed, and T{nth} is {}", other.word()));
                }
            }
        }
        self.check_pushed().await;
        let left = self.left_over().await;
        if !left.is_empty() {
            self.wrong(format!("something is left in the end: {}", left.join("; ")));
        }
    }

    async fn left_over(&self) -> Vec<String> {
        let mut tx = self.db.read().await.unwrap();
        let effects: Vec<(String, Option<String>)> =
            tx.query("select cast(body as text), trouble from effect").all().await.unwrap();
        let jobs: Vec<(String, String)> = tx
            .query("select id, state from job where state = 'leased' or (state = 'ready' and not held)")
            .all()
            .await
            .unwrap();
        let effects = effects.into_iter().map(|one| format!("{one:?}"));
        effects.chain(jobs.into_iter().map(|one| format!("{one:?}"))).collect()
    }

    /// The next moment at which Team6 will do something by itself.
    pub(crate) async fn next_due(&self) -> Option<DateTime<Utc>> {
        let now = self.clock.now();
        let mut tx = self.db.read().await.unwrap();
        let effects: Vec<(DateTime<Utc>, Option<DateTime<Utc>>)> = tx
            .query("select due_at, leased_until from effect where given_up_at is null")
            .all()
            .await
            .unwrap();
        let jobs: Vec<(DateTime<Utc>,)> = tx
            .query(
                "select coalesce(leased_until, run_at) from job
                 where state = 'leased' or (state = 'ready' and not held)",
            )
            .all()
            .await
            .unwrap();
        let effects =
            effects.into_iter().map(|(due, leased)| leased.filter(|at| now < *at).unwrap_or(due));
        effects.chain(jobs.into_iter().map(|(at,)| at)).min()
    }
}
