//! `team6 plan`, `status`, `why`, `explain`, and what an operator does to a sprint or a task.

use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};
use chrono::{DateTime, Utc};

use super::{say, serve};
use crate::app::{self, App, Explained, Order};
use crate::clock::Clock;
use crate::config::Settings;
use crate::db::comments::{self as shown, Kind};
use crate::db::{Db, deliveries, effects, history, sprints};
use crate::domain::budget::Amount;
use crate::domain::ids::{IssueNumber, IssueRef, Login, SprintId, TaskNumber};
use crate::domain::task::Again;
use crate::github::{self, GitHub, Me};
use crate::say::{comments, status, why};

/// A sprint, and perhaps one of its tasks.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct About {
    /// The sprint issue: `owner/repository#number`.
    #[arg(value_parser = issue)]
    sprint: IssueRef,
    /// The task: `T3`.
    #[arg(value_parser = task)]
    task: Option<TaskNumber>,
}

/// What is done.
#[derive(Clone, Copy, Debug)]
pub(super) enum Verb {
    Pause,
    Resume,
    Cancel,
    Skip,
    Retry(Again),
    Budget(Amount),
}

/// Says what the plan of a sprint is.
pub(super) async fn plan(settings: &Settings, about: &About) -> anyhow::Result<ExitCode> {
    let db = Db::open(&settings.database_url()).await?;
    let id = find(&db, about).await?;
    let mut tx = db.read().await?;
    let parts = shown::of(&mut tx, &id, Kind::Plan).await?;
    drop(tx);
    if parts.is_empty() {
        say(&format!("there is no plan of {} yet; `/team6 plan` asks for one", about.sprint));
    }
    for part in parts {
        say(part.body.trim_end());
    }
    db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Says how a sprint stands.
pub(super) async fn status(settings: &Settings, about: &About) -> anyhow::Result<ExitCode> {
    let db = Db::open(&settings.database_url()).await?;
    let id = find(&db, about).await?;
    let mut tx = db.read().await?;
    let (sprint, _) = sprints::get(&mut tx, &id).await?;
    drop(tx);
    say(&status::comment(&sprint).unwrap_or_else(|| comments::not_started(&sprint)));
    db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Says why a sprint or a task does not move; with `whole`, also what was decided before.
pub(super) async fn explain(
    settings: &Settings,
    about: &About,
    whole: bool,
) -> anyhow::Result<ExitCode> {
    let db = Db::open(&settings.database_url()).await?;
    let (id, now) = (find(&db, about).await?, Clock::System.now());
    match app::explain(&db, settings, &id, about.task, now).await? {
        Ok(Explained { why, each }) => say(&why::comment(&why, &each, now)),
        Err(refusal) => bail!("{refusal}"),
    }
    if whole {
        say("");
        for line in past(&db, &id, about.task).await? {
            say(&line);
        }
        for line in in_trouble(&db).await? {
            say(&line);
        }
    }
    db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Every decision: when, what, because of whom, and because of which webhook.
async fn past(db: &Db, id: &SprintId, task: Option<TaskNumber>) -> anyhow::Result<Vec<String>> {
    let mut tx = db.read().await?;
    let mut lines = Vec::new();
    for entry in history::of_sprint(&mut tx, id).await? {
        if task.is_some() && entry.task.is_some() && entry.task != task {
            continue;
        }
        let because = match &entry.delivery_id {
            Some(delivery) => format!("{}, delivery {delivery}", entry.caused_by),
            None => entry.caused_by.clone(),
        };
        lines.push(format!("{}  {}  ({because})", moment(entry.at), entry.text));
    }
    let (unread, oldest) = deliveries::unread(&mut tx).await?;
    if let Some(oldest) = oldest {
        lines.push(format!("{unread} webhooks are not read yet, the oldest of {}", moment(oldest)));
    }
    Ok(lines)
}

async fn in_trouble(db: &Db) -> anyhow::Result<Vec<String>> {
    let mut tx = db.read().await?;
    let (_, given_up) = effects::count(&mut tx).await?;
    let hint = "`team6 effects` lists them";
    Ok(if given_up == 0 {
        Vec::new()
    } else {
        vec![format!("GitHub refused {given_up} things for good; {hint}")]
    })
}

/// Does something to a sprint or a task; the server carries out what follows.
pub(super) async fn control(
    settings: Settings,
    about: &About,
    verb: Verb,
) -> anyhow::Result<ExitCode> {
    let order = match (verb, about.task) {
        (Verb::Pause, task) => Order::Pause(task),
        (Verb::Resume, task) => Order::Resume(task),
        (Verb::Cancel, task) => Order::Cancel(task),
        (Verb::Skip, Some(task)) => Order::Skip(task),
        (Verb::Retry(again), Some(task)) => Order::Retry(task, again),
        (Verb::Budget(amount), task) => Order::Budget(task, amount),
        (Verb::Skip | Verb::Retry(_), None) => bail!("say which task, like `T3`"),
    };
    let db = Db::open(&settings.database_url()).await?;
    let id = find(&db, about).await?;
    let app = offline(settings, db.clone())?;
    let refusals = app.operate(&id, order).await?;
    db.close().await;
    if let Some(refusal) = refusals.first() {
        bail!("{refusal}");
    }
    say("done; what follows is carried out by the server, within a second if it runs");
    Ok(ExitCode::SUCCESS)
}

/// Lets more be spent on a sprint or a task: `T3 +5`, `+20`.
pub(super) async fn budget(
    settings: Settings,
    sprint: IssueRef,
    more: &[String],
) -> anyhow::Result<ExitCode> {
    let words: Vec<_> = more.iter().flat_map(|word| word.split_whitespace()).collect();
    let named = words.first().and_then(|word| task(word).ok());
    let amount = &words[usize::from(named.is_some())..];
    let amount = Amount::read(amount).map_err(|why| anyhow!(why))?;
    control(settings, &About { sprint, task: named }, Verb::Budget(amount)).await
}

/// The application, to decide something and not to ask GitHub anything.
fn offline(settings: Settings, db: Db) -> anyhow::Result<App> {
    let asked = github::Settings {
        api: settings.github.api.clone(),
        app_id: settings.github.app_id,
        private_key_pem: serve::keys(&settings)?.private_key_pem,
        user_agent: "team6".to_owned(),
        write_spacing: None,
    };
    let me = Me {
        app_id: settings.github.app_id,
        slug: String::new(),
        bot: Login(String::new()),
        bot_id: 0,
        host: String::new(),
        permissions: std::collections::BTreeMap::new(),
        events: Vec::new(),
    };
    Ok(App::new(db, GitHub::new(asked, Clock::System)?, Clock::System, settings, me))
}

async fn find(db: &Db, about: &About) -> anyhow::Result<SprintId> {
    let mut tx = db.read().await?;
    let found = sprints::at(&mut tx, &about.sprint).await?;
    found.ok_or_else(|| anyhow!("{} is no sprint issue that Team6 knows", about.sprint))
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%F %T").to_string()
}

/// `owner/repository#number`
pub(super) fn issue(text: &str) -> anyhow::Result<IssueRef> {
    let wrong = || format!("`{text}` is not an issue, like `acme/web#12`");
    let (repo, number) = text.split_once('#').with_context(wrong)?;
    let repo = repo.parse().map_err(|_| anyhow!(wrong()))?;
    Ok(IssueRef { repo, number: IssueNumber(number.parse().with_context(wrong)?) })
}

/// `T3`
fn task(text: &str) -> anyhow::Result<TaskNumber> {
    let number = text.trim_start_matches(['t', 'T']).parse();
    Ok(TaskNumber(number.with_context(|| format!("`{text}` is not a task, like `T3`"))?))
}
