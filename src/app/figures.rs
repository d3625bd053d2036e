//! What operators watch: counted while it happens, or read from the database when they look.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::{App, Error, Result};
use crate::db::{deliveries, effects};
use crate::github::Standing;

type Labels = Vec<(&'static str, String)>;
type Gauges = Family<Labels, Gauge>;
type Counters = Family<Labels, Counter>;

/// Every figure there is.
pub(super) struct Figures {
    registry: Registry,
    executions: Counters,
    lost_workers: Counter,
    refused: Counter,
    nonsense: Counter,
    carried_out: Counters,
    limits_told: Gauge,
    held_back: Gauge,
    jobs: Gauges,
    oldest_job: Gauges,
    beats_missed: Gauge,
    effects: Gauges,
    oldest_effect: Gauge,
    unread: Gauge,
    lag: Gauge,
    budget: Gauges,
    silence: Gauge,
}

impl Figures {
    pub(super) fn new() -> Self {
        let mut registry = Registry::with_prefix("team6");
        let all = &mut registry;
        Self {
            executions: counters(all, "executions", "Executions that ended, by outcome"),
            lost_workers: counter(all, "lost_workers", "Executions whose worker was lost"),
            refused: counter(all, "refused_transitions", "Decisions that people were refused"),
            nonsense: counter(all, "nonsense", "Events that made no sense and were ignored"),
            carried_out: counters(
                all,
                "effects_carried_out",
                "Tries of effects, by how they ended",
            ),
            limits_told: gauge(
                all,
                "github_limits_told",
                "How often GitHub said since the start that we ask too much",
            ),
            held_back: gauge(
                all,
                "github_held_back",
                "Questions held back since the start so that GitHub need not say so",
            ),
            jobs: gauges(all, "queue_jobs", "Jobs in a queue, by state"),
            oldest_job: gauges(
                all,
                "queue_oldest_wait_seconds",
                "How long the job has waited that could have started first",
            ),
            beats_missed: gauge(all, "leases_late", "Leases whose worker missed its last beats"),
            effects: gauges(all, "effects", "Effects that are not done, by state"),
            oldest_effect: gauge(
                all,
                "effects_oldest_wait_seconds",
                "How long the oldest effect has waited that is not given up",
            ),
            unread: gauge(all, "webhooks_unread", "Webhooks that are stored and not read yet"),
            lag: gauge(all, "webhook_lag_seconds", "How long the oldest of them has waited"),
            budget: gauges(all, "github_budget", "GitHub's budget for the hour"),
            silence: gauge(all, "github_silence_seconds", "How long ago GitHub answered last"),
            registry,
        }
    }

    pub(super) fn execution_ended(&self, outcome: &str) {
        self.executions.get_or_create(&vec![("outcome", outcome.to_owned())]).inc();
    }

    pub(super) fn worker_lost(&self) {
        self.lost_workers.inc();
    }

    pub(super) fn refused(&self) {
        self.refused.inc();
    }

    pub(super) fn nonsense(&self) {
        self.nonsense.inc();
    }

    pub(super) fn tried(&self, end: &str) {
        self.carried_out.get_or_create(&vec![("end", end.to_owned())]).inc();
    }

    fn show_github(&self, standing: &Standing, now: DateTime<Utc>) {
        self.limits_told.set(standing.limits_told.try_into().unwrap_or(i64::MAX));
        self.held_back.set(standing.held_back.try_into().unwrap_or(i64::MAX));
        self.silence.set(age(standing.reached_at, now));
        self.budget.clear();
        for budget in &standing.budgets {
            let whose = budget.installation.map_or_else(String::new, |one| one.to_string());
            for (of, value) in [("limit", budget.limit), ("remaining", budget.remaining)] {
                let labels = vec![
                    ("installation", whose.clone()),
                    ("resource", budget.resource.to_owned()),
                    ("of", of.to_owned()),
                ];
                self.budget.get_or_create(&labels).set(value);
            }
        }
    }

    fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl App {
    /// Every figure, in the format of Prometheus (`OpenMetrics`).
    pub async fn metrics(&self) -> Result<String> {
        let now = self.clock().now();
        let figures = &self.inner.figures;
        let mut tx = self.db().read().await?;
        figures.jobs.clear();
        figures.oldest_job.clear();
        for depth in self.queue().depths(&mut tx).await? {
            let of =
                |state: &str| vec![("queue", depth.queue.clone()), ("state", state.to_owned())];
            figures.jobs.get_or_create(&of("ready")).set(depth.ready);
            figures.jobs.get_or_create(&of("leased")).set(depth.leased);
            let queue = vec![("queue", depth.queue.clone())];
            figures.oldest_job.get_or_create(&queue).set(age(depth.oldest, now));
        }
        let lease = TimeDelta::seconds(i64::from(self.settings().queue.lease_seconds));
        // A beat comes every third of a lease or oftener.
        let late = self.queue().late(&mut tx, now + lease / 2).await?;
        figures.beats_missed.set(late);
        let waiting = effects::waiting(&mut tx).await?;
        for (state, count) in
            [("new", waiting.new), ("put_off", waiting.put_off), ("given_up", waiting.given_up)]
        {
            figures.effects.get_or_create(&vec![("state", state.to_owned())]).set(count);
        }
        figures.oldest_effect.set(age(waiting.oldest, now));
        let (unread, oldest) = deliveries::unread(&mut tx).await?;
        figures.unread.set(unread);
        figures.lag.set(age(oldest, now));
        drop(tx);
        figures.show_github(&self.github().standing(), now);
        figures.text().map_err(|_| Error::NotYet("writing the figures down"))
    }

    /// Why this server should get no requests; nothing, if it should.
    pub async fn unready(&self) -> Vec<String> {
        let mut why = Vec::new();
        match self.db().is_up_to_date().await {
            Ok(true) => {}
            Ok(false) => why.push("the database was migrated by another version".to_owned()),
            Err(error) => why.push(format!("the database does not answer: {error}")),
        }
        why
    }

    /// When GitHub last answered anything. That it is away makes no server unready: there is nobody better to send
    /// its webhooks to.
    pub fn github_answered_at(&self) -> Option<DateTime<Utc>> {
        self.github().standing().reached_at
    }
}

/// How many seconds ago something was; none, if it never was.
fn age(at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> i64 {
    at.map_or(0, |at| (now - at).num_seconds().max(0))
}

fn counter(registry: &mut Registry, name: &str, help: &str) -> Counter {
    let counter = Counter::default();
    registry.register(name, help, counter.clone());
    counter
}

fn counters(registry: &mut Registry, name: &str, help: &str) -> Counters {
    let counters = Counters::default();
    registry.register(name, help, counters.clone());
    counters
}

fn gauge(registry: &mut Registry, name: &str, help: &str) -> Gauge {
    let gauge = Gauge::default();
    registry.register(name, help, gauge.clone());
    gauge
}

fn gauges(registry: &mut Registry, name: &str, help: &str) -> Gauges {
    let gauges = Gauges::default();
    registry.register(name, help, gauges.clone());
    gauges
}
