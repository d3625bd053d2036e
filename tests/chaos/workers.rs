//! Workers at the border where they speak to Team6: they claim, beat, hand over and report; and
//! they fall silent, come back late, and start again.

use std::fmt::Write as _;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use team6::app::{Stale, Worker as Credential};
use team6::domain::ids::{AgentName, CommitSha, WorkerId};
use team6::domain::work::{
    Assignment, Checkout, Claim, Class, Delivery, Failure, Lease, Outcome, Renewed, Size,
    TraceLine, TurnEnded, Work,
};

use crate::town::{Town, locked};

/// How many executions a worker has at once.
const SLOTS: usize = 2;
/// How often a worker beats.
const BEAT: TimeDelta = TimeDelta::seconds(30);

#[derive(Debug)]
pub(crate) struct Workers(Vec<Worker>);

#[derive(Clone, Debug, Default)]
struct Worker {
    incarnation: usize,
    silent: bool,
    beaten_at: Option<DateTime<Utc>>,
    holds: Vec<Held>,
}

/// An execution a worker believes to have.
#[derive(Clone, Debug)]
struct Held {
    assignment: Assignment,
    parent: String,
    stage: Stage,
    unwanted: bool,
    /// Which turn its agent is in.
    turn: u32,
    /// The latest message its agent was told.
    told: i64,
    /// Whether the turn is to end early, because people have something to say.
    interrupted: bool,
    /// What its agent was told at the beginning of this turn.
    prompt: String,
}

/// What is done next for an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Begins,
    Works,
    EndsItsTurn,
    HandsOver,
    Delivers,
    Asks,
    Replies,
}

impl Default for Workers {
    fn default() -> Self {
        Self(vec![Worker::default(); 3])
    }
}

impl Held {
    fn lease(&self) -> Lease {
        let Assignment { execution, epoch, .. } = &self.assignment;
        Lease { execution: execution.clone(), epoch: *epoch }
    }

    /// What a task's agent works on; a review agent works on nothing.
    fn checkout(&self) -> Option<&Checkout> {
        match &self.assignment.work {
            Work::Task(checkout) => Some(checkout),
            Work::Review { .. } => None,
            Work::Plan { .. } => panic!("there is no planner"),
        }
    }

    /// The commit that this execution made.
    fn head(&self) -> String {
        let mut mixed = 0xcbf2_9ce4_8422_2325_u64;
        let mut name = String::new();
        let seed = format!("{} {}", self.assignment.execution, self.assignment.epoch.0);
        for round in 0..3_u8 {
            for byte in seed.bytes().chain([round]) {
                mixed = (mixed ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
            let _ = write!(name, "{mixed:016x}");
        }
        name[..40].to_owned()
    }
}

impl Town {
    /// One of the workers does something; false if it has nothing to do.
    pub(crate) async fn a_worker_acts(self: &Arc<Self>, may_claim: bool) -> bool {
        let nth = self.below(3);
        let worker = locked(&self.workers).0[nth].clone();
        let unreliable = locked(&self.faults).workers;
        if worker.silent {
            return self.chance(200) && self.comes_back(nth).await;
        }
        if unreliable && !worker.holds.is_empty() && self.chance(60) {
            self.tell(format!("worker {nth} falls silent"));
            locked(&self.workers).0[nth].silent = true;
            return true;
        }
        if unreliable && self.chance(25) {
            self.tell(format!("worker {nth} is started again"));
            let incarnation = worker.incarnation + 1;
            locked(&self.workers).0[nth] = Worker { incarnation, ..Worker::default() };
            return true;
        }
        let free = worker.holds.len() < SLOTS;
        if may_claim && free && (worker.holds.is_empty() || self.chance(400)) {
            return self.claims(nth).await;
        }
        if worker.holds.is_empty() {
            return false;
        }
        let which = self.below(worker.holds.len());
        self.works(nth, which).await;
        true
    }

    /// Every worker that is not silent does all it can; whether there was anything.
    pub(crate) async fn all_work(self: &Arc<Self>) -> bool {
        let mut busy = false;
        for nth in 0..3 {
            if locked(&self.workers).0[nth].silent {
                busy |= self.comes_back(nth).await;
            }
            while locked(&self.workers).0[nth].holds.len() < SLOTS && self.claims(nth).await {
                busy = true;
            }
            while !locked(&self.workers).0[nth].holds.is_empty() {
                busy = true;
                self.works(nth, 0).await;
            }
        }
        busy
    }

    /// The workers that are not silent say that they are alive, when it is time.
    pub(crate) async fn beat(self: &Arc<Self>) {
        for nth in 0..3 {
            let worker = locked(&self.workers).0[nth].clone();
            let is_time = worker.beaten_at.is_none_or(|at| at + BEAT <= self.time.now());
            if !worker.silent && !worker.holds.is_empty() && is_time {
                self.beats(nth).await;
            }
        }
    }

    async fn beats(self: &Arc<Self>, nth: usize) {
        let leases: Vec<Lease> =
            locked(&self.workers).0[nth].holds.iter().map(Held::lease).collect();
        locked(&self.workers).0[nth].beaten_at = Some(self.time.now());
        let app = self.app();
        let Some(Ok(renewals)) = self.alive(app.renew(leases)).await else { return };
        let mut workers = locked(&self.workers);
        for renewal in renewals {
            let holds = &mut workers.0[nth].holds;
            match renewal.renewed {
                Renewed::GoOn => {
                    let same = |held: &&mut Held| held.lease() == renewal.lease;
                    for held in holds.iter_mut().filter(same) {
                        held.interrupted |= held.told < renewal.urgent;
                    }
                }
                Renewed::Cancel => {
                    let same = |held: &&mut Held| held.lease() == renewal.lease;
                    holds.iter_mut().filter(same).for_each(|held| held.unwanted = true);
                }
                Renewed::Lost => holds.retain(|held| held.lease() != renewal.lease),
            }
        }
    }

    async fn claims(self: &Arc<Self>, nth: usize) -> bool {
        let incarnation = locked(&self.workers).0[nth].incarnation.to_string();
        let agents = ["frontend", "critic"].map(|name| AgentName(name.to_owned())).to_vec();
        let claim =
            Claim { worker: WorkerId(format!("worker-{nth}")), incarnation, agents, no_room: None };
        let before = self.sprint().await.and_then(|sprint| sprint.run);
        let app = self.app();
        let anybody = Credential { projects: None };
        let Some(Ok(Some(claimed))) = self.alive(app.claim(&anybody, &claim)).await else {
            return false;
        };
        let assignment = claimed.assignment;
        self.tell(format!("worker {nth} takes {}", assignment.execution));
        let mut held = Held {
            parent: String::new(),
            stage: Stage::Begins,
            unwanted: false,
            turn: 1,
            told: assignment.told,
            interrupted: false,
            // Whoever worked at it before knows what came before.
            prompt: assignment.resume.clone().unwrap_or_default(),
            assignment,
        };
        self.check_epoch(&held.assignment);
        if let Some(checkout) = held.checkout().cloned() {
            held.parent = match (&checkout.head, checkout.may_rebase) {
                (Some(_), true) => checkout.base_sha.0.clone(),
                (Some(head), false) => head.0.clone(),
                (None, _) => self.tip(&checkout).await.unwrap_or(checkout.base_sha.0.clone()),
            };
            self.check_claim(&held.assignment, &checkout, before).await;
        }
        self.check_told_again(&held.prompt);
        if self.is_lost_on_the_way() {
            self.tell(format!("… but worker {nth} never hears of it"));
            return true;
        }
        self.reaches(&held.assignment.prompt);
        self.reaches(&held.prompt);
        locked(&self.workers).0[nth].holds.push(held);
        true
    }

    /// The tip of a branch that is on GitHub already.
    async fn tip(&self, checkout: &Checkout) -> Option<String> {
        use axum::http::Method;
        let path = format!("{}/git/ref/heads/{}", checkout.repo, checkout.branch);
        let (status, found) = self.tries("ada", Method::GET, &path, serde_json::Value::Null).await;
        let sha = found["object"]["sha"].as_str()?.to_owned();
        status.is_success().then_some(sha)
    }

    fn is_lost_on_the_way(&self) -> bool {
        let unreliable = locked(&self.faults).workers;
        unreliable && self.chance(50)
    }

    /// Does the next bit of an execution.
    async fn works(self: &Arc<Self>, nth: usize, which: usize) {
        let Some(held) = locked(&self.workers).0[nth].holds.get(which).cloned() else { return };
        let (lease, app) = (held.lease(), self.app());
        if held.unwanted {
            self.tell(format!("worker {nth} has stopped {}", lease.execution));
            self.reports(nth, &held, Outcome::Cancelled).await;
            return;
        }
        match held.stage {
            Stage::Begins => {
                let body = serde_json::json!({ "text": "Looking around" });
                let line = TraceLine { seq: 1, kind: "message".to_owned(), body };
                let told = self.alive(app.trace(&lease, vec![line])).await;
                self.goes_on(nth, &held, told.and_then(Result::ok), Stage::Works);
            }
            Stage::Works if self.chance(self.scene.failing) => {
                let classes =
                    [Class::AgentDied, Class::TimedOut, Class::NothingDone, Class::Unacceptable];
                let class = classes[self.below(4)];
                self.tell(format!("worker {nth} fails at {}: {class:?}", lease.execution));
                let message = "it did not work".to_owned();
                self.reports(nth, &held, Outcome::Failed(Failure { class, message })).await;
            }
            Stage::Works => {
                let heard = match held.checkout() {
                    Some(checkout) => {
                        self.uses_tools(&held.prompt, &checkout.branch.0, &lease).await
                    }
                    None => self.hands_in_a_review(&lease).await,
                };
                self.goes_on(nth, &held, heard, Stage::EndsItsTurn);
            }
            Stage::EndsItsTurn => self.ends_its_turn(nth, &held).await,
            Stage::HandsOver => {
                let bundle = format!("{} {}", held.head(), held.parent).into_bytes();
                let kept = self.alive(app.keep_bundle(&lease, bundle)).await;
                self.goes_on(nth, &held, kept.and_then(Result::ok), Stage::Delivers);
            }
            Stage::Delivers => {
                self.tell(format!("worker {nth} delivers {}", lease.execution));
                self.reports(nth, &held, self.delivery(&held)).await;
            }
            Stage::Asks => {
                self.tell(format!("worker {nth} lets {} wait for an answer", lease.execution));
                self.reports(nth, &held, Outcome::Asked).await;
            }
            Stage::Replies => {
                self.tell(format!("worker {nth} has no new commits in {}", lease.execution));
                self.reports(nth, &held, Outcome::Done).await;
            }
        }
    }

    /// The agent ends its turn; then it is told what people said meanwhile, or its work is over.
    async fn ends_its_turn(self: &Arc<Self>, nth: usize, held: &Held) {
        let (lease, app) = (held.lease(), self.app());
        let ended = TurnEnded {
            epoch: lease.epoch,
            turn: held.turn,
            said: format!("That was turn {} of {}.", held.turn, lease.execution),
            interrupted: held.interrupted,
        };
        let next = match self.alive(app.after_turn(&lease, &ended)).await {
            Some(Ok(Ok(next))) => next,
            Some(Ok(Err(Stale))) => return self.goes_on(nth, held, Some(Err(Stale)), held.stage),
            Some(Err(_)) | None => return,
        };
        self.check_turn(&lease, &held.prompt).await;
        if let Some(prompt) = &next.prompt {
            self.check_told_again(prompt);
        }
        if self.is_lost_on_the_way() {
            return self.tell(format!("… but worker {nth} does not hear what comes next"));
        }
        if let Some(prompt) = &next.prompt {
            self.tell(format!("{} goes on with another turn", lease.execution));
            self.reaches(prompt);
        }
        let is_open = |checkout: &Checkout| checkout.head.is_some() && !checkout.may_rebase;
        let stage = match &next.prompt {
            Some(_) => Stage::Works,
            None if next.asks => Stage::Asks,
            None if held.checkout().is_none() => Stage::Replies,
            None if held.checkout().is_some_and(is_open) && self.chance(250) => Stage::Replies,
            None => Stage::HandsOver,
        };
        let mut workers = locked(&self.workers);
        let same = |one: &&mut Held| one.lease() == lease;
        for one in workers.0[nth].holds.iter_mut().filter(same) {
            one.stage = stage;
            one.told = next.told;
            one.interrupted = false;
            if let Some(prompt) = &next.prompt {
                one.turn += 1;
                one.prompt.clone_from(prompt);
            }
        }
    }

    fn delivery(&self, held: &Held) -> Outcome {
        let Some(checkout) = held.checkout() else { return Outcome::Done };
        Outcome::Delivered(Delivery {
            head: CommitSha(held.head()),
            base_sha: checkout.base_sha.clone(),
            commits: vec!["Do it".to_owned()],
            summary: "It is done.".to_owned(),
            size: Size::default(),
            replaces: checkout.head.clone().filter(|_| checkout.may_rebase),
        })
    }

    /// What was answered to a worker; nothing where it has to ask again.
    fn goes_on(&self, nth: usize, held: &Held, answer: Option<Result<(), Stale>>, then: Stage) {
        let mut workers = locked(&self.workers);
        let holds = &mut workers.0[nth].holds;
        match answer {
            Some(Ok(())) if !self.is_lost_on_the_way() => {
                let same = |one: &&mut Held| one.lease() == held.lease();
                holds.iter_mut().filter(same).for_each(|one| one.stage = then);
            }
            Some(Ok(())) | None => {}
            Some(Err(Stale)) => holds.retain(|one| one.lease() != held.lease()),
        }
    }

    async fn reports(self: &Arc<Self>, nth: usize, held: &Held, outcome: Outcome) {
        let lease = held.lease();
        let app = self.app();
        let reported = self.alive(app.finish(&lease, &outcome, None)).await;
        let Some(Ok(answer)) = reported else { return };
        self.check_report(&lease, answer);
        if self.is_lost_on_the_way() {
            self.tell(format!("… but worker {nth} does not hear that it was heard"));
            return;
        }
        if self.chance(100) {
            let app = self.app();
            let again = self.alive(app.finish(&lease, &outcome, None)).await;
            if answer == Ok(()) && matches!(again, Some(Ok(Err(Stale)))) {
                self.check_repeated(&lease);
            }
        }
        locked(&self.workers).0[nth].holds.retain(|one| one.lease() != lease);
    }

    /// A silent worker is heard again, at first with what it wanted to say long ago.
    async fn comes_back(self: &Arc<Self>, nth: usize) -> bool {
        self.tell(format!("worker {nth} is heard again"));
        locked(&self.workers).0[nth].silent = false;
        let holds = locked(&self.workers).0[nth].holds.clone();
        for held in holds {
            if self.chance(500) {
                let before = self.standing().await;
                let app = self.app();
                let bundle = format!("{} {}", held.head(), held.parent).into_bytes();
                let kept = self.alive(app.keep_bundle(&held.lease(), bundle)).await;
                let app = self.app();
                let told = self.alive(app.finish(&held.lease(), &self.delivery(&held), None)).await;
                if let Some(Ok(answer)) = told {
                    self.check_report(&held.lease(), answer);
                }
                let is_stale =
                    matches!(kept, Some(Ok(Err(Stale)))) && matches!(told, Some(Ok(Err(Stale))));
                if is_stale && before != self.standing().await {
                    self.wrong(format!(
                        "{}: a late worker changed something",
                        held.assignment.execution
                    ));
                }
                let lease = held.lease();
                locked(&self.workers).0[nth].holds.retain(|one| one.lease() != lease);
            }
        }
        self.beats(nth).await;
        true
    }
}
