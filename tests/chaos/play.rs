//! The scheduler: picks what happens next, first in chaos, then in peace, until the end.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use futures::future::BoxFuture;
use localhub::Webhook;
use team6::db::deliveries::Delivery;
use team6::domain::ids::DeliveryId;
use tokio_util::sync::CancellationToken;

use crate::scene::Faults;
use crate::template::Template;
use crate::town::{Town, locked};

/// How often nothing may happen in peace before we call it stuck.
const MOST_QUIETS: usize = 40;
/// How many rounds peace takes at most.
const MOST_ROUNDS: usize = 600;
/// Every how many glances everything is compared.
const GLANCES: usize = 12;

/// How a seed ended.
pub(crate) struct Played {
    pub(crate) story: Vec<String>,
    pub(crate) wrong: Vec<String>,
    pub(crate) requests: usize,
}

/// Plays one seed to its end, whatever end that is.
pub(crate) fn play(template: &Template, seed: u64, peaceful: bool) -> Played {
    let story = Arc::new(Mutex::default());
    let told = Arc::clone(&story);
    let playing = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play_on(template, seed, peaceful, told))
    };
    // What happens while something happens needs room, above all where nothing is optimized.
    let stack = std::thread::Builder::new().stack_size(128 << 20);
    let played = std::thread::scope(|scope| stack.spawn_scoped(scope, playing).unwrap().join());
    played.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        let wrong = vec![format!("a panic: {}", text.unwrap_or_default())];
        Played { story: locked(&story).clone(), wrong, requests: 0 }
    })
}

async fn play_on(
    template: &Template,
    seed: u64,
    peaceful: bool,
    story: Arc<Mutex<Vec<String>>>,
) -> Played {
    let town = Town::open(template, seed, peaceful, story).await;
    town.tell(format!("{:?}", town.scene));
    town.open_sprint().await;
    town.chaos(town.scene.steps / 2).await;
    if town.scene.breathes && town.is_fine() {
        locked(&town.people).waits = true;
        locked(&town.people).asleep = town.scene.sleeps;
        town.peace(true).await;
        locked(&town.people).waits = false;
        locked(&town.people).asleep = false;
    }
    if town.is_fine() {
        town.chaos(town.scene.steps).await;
    }
    if town.is_fine() {
        town.peace(false).await;
    }
    if town.is_fine() {
        town.check_end().await;
    }
    let (mut record, story) = (locked(&town.record), locked(&town.story).clone());
    Played { story, wrong: std::mem::take(&mut record.wrong), requests: record.requests }
}

impl Town {
    fn is_fine(&self) -> bool {
        locked(&self.record).wrong.is_empty()
    }

    async fn chaos(self: &Arc<Self>, steps: usize) {
        *locked(&self.faults) = self.scene.faults.clone();
        for _ in 0..steps {
            let seconds = i64::try_from(self.below(4)).unwrap();
            self.passes(TimeDelta::seconds(seconds));
            self.step().await;
            self.beat().await;
            self.check_always().await;
            if !self.is_fine() {
                return;
            }
        }
    }

    /// Something happens.
    async fn step(self: &Arc<Self>) {
        // What there is nothing to do of is tried as something else.
        for _ in 0..6 {
            let happened = match self.below(100) {
                0..40 => self.carries_out().await,
                40..58 => self.webhook().await,
                58..72 => self.somebody_acts(false).await,
                72..90 => self.a_worker_acts(true).await,
                90..93 => self.reaps().await,
                93..97 => self.looks(false).await,
                97 => self.stops().await,
                98 => self.rests().await,
                _ => self.clock_jumps(),
            };
            if happened {
                return;
            }
        }
    }

    /// Something happens while a request of Team6 is on its way.
    pub(crate) fn meanwhile(self: &Arc<Self>, may_ask: bool) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            match self.below(if may_ask { 100 } else { 70 }) {
                0..30 => {
                    self.somebody_acts(false).await;
                }
                30..50 => {
                    self.webhook().await;
                }
                50..70 => {
                    self.a_worker_acts(false).await;
                }
                70..80 => {
                    self.a_worker_acts(true).await;
                }
                _ => {
                    self.carries_out().await;
                }
            }
        })
    }

    /// Team6 carries out the next effect.
    async fn carries_out(self: &Arc<Self>) -> bool {
        let Some(what) = self.next_effect().await else { return false };
        self.tell(format!("Team6 carries out `{what}`"));
        let (app, never) = (self.app(), CancellationToken::new());
        if let Some(Err(error)) = self.alive(app.carry_out_next(&never)).await {
            self.tell(format!("  … and cannot: {error}"));
        }
        true
    }

    async fn next_effect(&self) -> Option<String> {
        let mut tx = self.db.read().await.unwrap();
        let next: Option<(String,)> = tx
            .query(
                "select cast(e.body as text) from effect e
                 where e.given_up_at is null and e.due_at <= $1
                   and (e.leased_until is null or e.leased_until <= $1)
                   and not exists (select 1 from effect f
                                   where f.lane = e.lane and f.id < e.id and f.given_up_at is null)
                 order by e.urgency, e.id limit 1",
            )
            .bind(self.clock.now())
            .first()
            .await
            .unwrap();
        next.map(|(body,)| body.split('"').nth(1).unwrap_or_default().to_owned())
    }

    /// GitHub tells of something, or tries to.
    async fn webhook(self: &Arc<Self>) -> bool {
        let waiting = self.hub.waiting("team6").await.unwrap();
        if waiting.is_empty() {
            return false;
        }
        let faults = locked(&self.faults).clone();
        if faults.orderly {
            self.delivers(&waiting[0]).await;
            return true;
        }
        let webhook = &waiting[if self.chance(600) { 0 } else { self.below(waiting.len()) }];
        let what = named(webhook);
        if self.chance(faults.lost) {
            self.tell(format!("`{what}` is lost without a trace"));
            self.hub.forget(webhook).await.unwrap();
        } else if self.chance(100) {
            self.tell(format!("`{what}` does not arrive"));
            self.hub.attempted(webhook, None).await.unwrap();
        } else if self.chance(100) {
            self.tell(format!("`{what}` arrives, and will arrive again"));
            self.arrives(webhook).await;
        } else {
            self.delivers(webhook).await;
        }
        true
    }

    async fn delivers(self: &Arc<Self>, webhook: &Webhook) {
        self.tell(format!("`{}` arrives", named(webhook)));
        let answer = self.arrives(webhook).await;
        self.hub.attempted(webhook, answer).await.unwrap();
    }

    async fn arrives(self: &Arc<Self>, webhook: &Webhook) -> Option<u16> {
        let delivery = Delivery {
            id: DeliveryId(webhook.guid.clone()),
            event: webhook.event.clone(),
            payload: webhook.body.clone().into_bytes(),
        };
        let app = self.app();
        let arrived = [delivery];
        match self.alive(app.receive(&arrived)).await {
            Some(Ok(_)) => {
                locked(&self.record).acknowledged.insert(webhook.guid.clone());
                Some(202)
            }
            Some(Err(_)) => Some(503),
            None => None,
        }
    }

    async fn reaps(self: &Arc<Self>) -> bool {
        let app = self.app();
        drop(self.alive(app.reap()).await);
        true
    }

    /// Team6 compares what it knows with GitHub: everything, when it was just started or from time
    /// to time, else what changed. It is not asked to before it is time, unless it `must`.
    pub(crate) async fn looks(self: &Arc<Self>, must: bool) -> bool {
        let now = self.time.now();
        let (swept_at, glances) = {
            let people = locked(&self.people);
            (people.swept_at, people.glances)
        };
        if !must && swept_at.is_some_and(|at| now < at + TimeDelta::seconds(300)) {
            return false;
        }
        let app = self.app();
        let is_whole = must || swept_at.is_none() || glances % GLANCES == 0;
        {
            let mut people = locked(&self.people);
            people.glances = if swept_at.is_none() { 1 } else { glances + 1 };
            people.swept_at = Some(now);
        }
        if is_whole {
            self.tell("Team6 compares everything with GitHub");
            drop(self.alive(app.sweep()).await);
        } else {
            self.tell("Team6 looks what changed on GitHub");
            drop(self.alive(app.glance()).await);
        }
        true
    }

    /// Team6 is stopped and started again.
    async fn stops(self: &Arc<Self>) -> bool {
        self.tell("Team6 is killed, and started again");
        self.revive().await;
        true
    }

    /// Nothing happens for a while.
    async fn rests(self: &Arc<Self>) -> bool {
        let minutes = i64::try_from(1 + self.below(30)).unwrap();
        self.tell(format!("{minutes} minutes pass"));
        for _ in 0..minutes * 2 {
            self.passes(TimeDelta::seconds(30));
            self.beat().await;
        }
        true
    }

    /// Team6's clock is set; GitHub's goes on as ever.
    fn clock_jumps(&self) -> bool {
        if !locked(&self.faults).clocks {
            return false;
        }
        let apart = self.clock.now() - self.time.now();
        let wanted = TimeDelta::seconds(i64::try_from(self.below(80)).unwrap() - 40);
        self.clock.advance(wanted - apart);
        self.tell(format!("Team6's clock is set to {} s beside GitHub's", wanted.num_seconds()));
        true
    }

    /// Nothing goes wrong any more; until the end, or until all is quiet for the first time.
    async fn peace(self: &Arc<Self>, once: bool) {
        *locked(&self.faults) = Faults::none();
        self.tell("--- nothing goes wrong any more");
        let mut quiets = 0;
        for _ in 0..MOST_ROUNDS {
            if !self.is_fine() {
                return;
            }
            if self.round().await {
                continue;
            }
            if let Some(due) = self.next_due().await {
                let most = TimeDelta::seconds(30);
                let by = (due - self.clock.now()).clamp(TimeDelta::seconds(1), most);
                self.passes(by);
                self.beat().await;
                continue;
            }
            if self.finds_something().await {
                continue;
            }
            self.tell("all is quiet");
            self.check_quiet().await;
            quiets += 1;
            if once || (self.is_over().await && !self.somebody_acts(true).await) {
                return;
            }
            if MOST_QUIETS < quiets {
                return self.wrong("nothing happens any more, and this is not the end");
            }
            if !self.somebody_acts(true).await {
                self.passes(TimeDelta::minutes(10));
            }
        }
        self.wrong("it does not come to an end");
    }

    /// Team6 compares everything with GitHub; whether that led to anything.
    async fn finds_something(self: &Arc<Self>) -> bool {
        let before = locked(&self.record).writes;
        self.looks(true).await;
        while self.is_fine() && self.carries_out().await {}
        let waiting = self.hub.waiting("team6").await.unwrap();
        before != locked(&self.record).writes
            || !waiting.is_empty()
            || self.next_due().await.is_some()
    }

    /// Everybody does all they can; whether anybody could.
    async fn round(self: &Arc<Self>) -> bool {
        let mut busy = false;
        for webhook in self.hub.waiting("team6").await.unwrap() {
            self.delivers(&webhook).await;
            busy = true;
        }
        while self.is_fine() && self.carries_out().await {
            busy = true;
        }
        busy |= self.all_work().await;
        busy |= self.somebody_acts(false).await;
        self.reaps().await;
        self.passes(TimeDelta::seconds(1));
        self.check_always().await;
        busy
    }
}

fn named(webhook: &Webhook) -> String {
    match &webhook.action {
        Some(action) => format!("{} {action}", webhook.event),
        None => webhook.event.clone(),
    }
}
