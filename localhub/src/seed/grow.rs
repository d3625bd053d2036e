//! Putting a seed into the world, all of it or nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    error::Error,
    hub::Hub,
    keys,
    model::{
        Account, AccountKind, Actor, App, Change, Id, Installation, Issue, Refusal, Repo, Role,
        change::{Given, labels::LabelInput, milestones::MilestoneInput},
    },
    seed::{Repository, Seed, SeedApp, SeedIssue},
};

/// The references of new repositories by full name.
type Planted = BTreeMap<String, BTreeMap<String, String>>;

/// What goes wrong while a seed is put into the world is a mistake in the seed.
type Grown<T> = Result<T, Refusal>;

impl Hub {
    /// Puts everything a seed describes into the world, in one step.
    ///
    /// What is there already stays as it is, also when people have changed it since. So seeding
    /// again changes nothing, and repairs a seeding that was cut off. Apps hear nothing of what a
    /// seed puts there, except of being installed.
    pub async fn seed(&self, seed: &Seed) -> Result<(), Error> {
        let planted = self.plant(seed).await?;
        let mut pems = BTreeMap::new();
        for app in seed.apps.iter().filter(|app| self.world().app(&app.slug).is_none()) {
            pems.insert(app.slug.clone(), keys::new_pem().map_err(|_| Error::Key)?);
        }
        let grown = self
            .change(Actor::Nobody, |change| {
                grow_accounts(change, seed);
                for repository in &seed.repositories {
                    grow_repository(change, repository, &planted)?;
                }
                // The seed is how the world was before anybody listened.
                change.events.clear();
                for app in &seed.apps {
                    grow_app(change, app, &pems)?;
                }
                Ok(())
            })
            .await;
        match grown {
            Err(Error::Refused(refusal)) => Err(Error::Seed(format!("{refusal} {refusal:?}"))),
            other => other,
        }
    }
}

fn grow_accounts(change: &mut Change, seed: &Seed) {
    for user in &seed.users {
        if change.world.account(&user.login).is_none() {
            let mut account = account(change, &user.login, AccountKind::Person);
            account.name.clone_from(&user.name);
            account.email.clone_from(&user.email);
            account.token.clone_from(&user.token);
            change.world.accounts.insert(account);
        }
    }
    for organization in &seed.organizations {
        if change.world.account(&organization.login).is_none() {
            let mut account = account(change, &organization.login, AccountKind::Organization);
            account.name.clone_from(&organization.name);
            account.members = organization
                .members
                .iter()
                .filter_map(|login| change.world.account(login).map(|member| member.id))
                .collect();
            change.world.accounts.insert(account);
        }
    }
}

fn account(change: &mut Change, login: &str, kind: AccountKind) -> Account {
    Account {
        id: Id::new(change.next_id()),
        login: login.to_owned(),
        kind,
        name: None,
        email: None,
        token: None,
        members: Vec::new(),
        created_at: change.now,
    }
}

fn known(change: &Change, login: &str) -> Grown<Id<Account>> {
    let found = change.world.account(login).map(|account| account.id);
    found.ok_or_else(|| Refusal::Unprocessable(format!("there is no account `{login}`")))
}

fn grow_repository(change: &mut Change, seed: &Repository, planted: &Planted) -> Grown<()> {
    let owner = known(change, &seed.owner)?;
    let known = change.world.repo(&seed.owner, &seed.name).map(|repo| repo.id);
    let repo = if let Some(repo) = known {
        repo
    } else {
        let refs = planted.get(&seed.full_name()).cloned().unwrap_or_default();
        new_repository(change, seed, owner, refs)?
    };
    change.actor = Actor::Person(owner);
    for label in &seed.labels {
        if sown(change, repo, format!("label {}", label.name)) {
            let input = LabelInput {
                name: Some(label.name.clone()),
                color: label.color.clone(),
                description: label.description.clone(),
                new_name: None,
            };
            change.create_label(repo, &input)?;
        }
    }
    for milestone in &seed.milestones {
        if sown(change, repo, format!("milestone {}", milestone.title)) {
            let input = MilestoneInput {
                title: Some(milestone.title.clone()),
                description: milestone.description.clone().map_or(Given::Null, Given::Value),
                ..MilestoneInput::default()
            };
            change.create_milestone(repo, &input)?;
        }
    }
    let mut fresh = BTreeMap::new();
    for issue in &seed.issues {
        if sown(change, repo, format!("issue {}", issue.title)) {
            fresh.insert(&issue.title, grow_issue(change, repo, seed, issue)?);
        }
    }
    for issue in &seed.issues {
        let Some(blocked) = fresh.get(&issue.title) else { continue };
        for title in &issue.blocked_by {
            let blocking = titled(change, repo, title)?;
            change.add_blocker(*blocked, blocking)?;
        }
    }
    Ok(())
}

/// Whether this is new to the repository; it is not from now on.
fn sown(change: &mut Change, repo: Id<Repo>, what: String) -> bool {
    !change.world.repos.at(repo).seeded.contains(&what)
        && change.world.repos.edit(repo).seeded.insert(what)
}

fn titled(change: &Change, repo: Id<Repo>, title: &str) -> Grown<Id<Issue>> {
    let mut issues = change.world.issues.iter();
    let found = issues.find(|issue| issue.repo == repo && issue.title == title);
    found
        .map(|issue| issue.id)
        .ok_or_else(|| Refusal::Unprocessable(format!("there is no issue `{title}`")))
}

fn new_repository(
    change: &mut Change,
    seed: &Repository,
    owner: Id<Account>,
    refs: BTreeMap<String, String>,
) -> Grown<Id<Repo>> {
    let mut roles: BTreeMap<Id<Account>, Role> = BTreeMap::new();
    for (login, role) in &seed.roles {
        roles.insert(known(change, login)?, *role);
    }
    let id = Id::new(change.next_id());
    Ok(change.world.repos.insert(Repo {
        id,
        owner,
        name: seed.name.clone(),
        private: seed.private,
        description: seed.description.clone(),
        default_branch: seed.default_branch().to_owned(),
        roles,
        next_number: 1,
        next_milestone: 1,
        refs,
        seeded: BTreeSet::new(),
        former: Vec::new(),
        moved: BTreeMap::new(),
        gone: BTreeSet::new(),
        archived: false,
        deleted: false,
        created_at: change.now,
        updated_at: change.now,
        pushed_at: change.now,
    }))
}

fn grow_issue(
    change: &mut Change,
    repo: Id<Repo>,
    seed: &Repository,
    issue: &SeedIssue,
) -> Grown<Id<Issue>> {
    let author = known(change, issue.author.as_ref().unwrap_or(&seed.owner))?;
    let owner = change.actor;
    change.actor = Actor::Person(author);
    let id = change.add_issue(repo, &issue.title, issue.body.clone())?;
    change.actor = owner;
    change.add_labels(id, &issue.labels)?;
    change.check_assignable(id, &issue.assignees)?;
    change.add_assignees(id, &issue.assignees)?;
    if let Some(title) = &issue.milestone {
        let found =
            change.world.milestones.iter().find(|one| one.repo == repo && one.title == *title);
        let number = found
            .map(|one| one.number)
            .ok_or_else(|| Refusal::Unprocessable(format!("there is no milestone `{title}`")))?;
        change.set_milestone(id, Some(number))?;
    }
    Ok(id)
}

fn grow_app(change: &mut Change, seed: &SeedApp, pems: &BTreeMap<String, String>) -> Grown<()> {
    let app = match (change.world.app(&seed.slug), pems.get(&seed.slug)) {
        (Some(app), _) => app.id,
        (None, pem) => new_app(change, seed, pem.cloned().unwrap_or_default())?,
    };
    change.actor = Actor::App(app);
    let mut accounts: BTreeMap<&str, Option<BTreeSet<Id<Repo>>>> = BTreeMap::new();
    for place in &seed.install_on {
        match place.split_once('/') {
            None => {
                accounts.insert(place, None);
            }
            Some((owner, name)) => {
                let repo = change.world.repo(owner, name).map(|repo| repo.id);
                let repo = repo.ok_or_else(|| {
                    Refusal::Unprocessable(format!("there is no repository `{place}`"))
                })?;
                if let Some(some) = accounts.entry(owner).or_insert_with(|| Some(BTreeSet::new())) {
                    some.insert(repo);
                }
            }
        }
    }
    for (login, selected) in accounts {
        install(change, app, known(change, login)?, selected)?;
    }
    Ok(())
}

fn new_app(change: &mut Change, seed: &SeedApp, pem: String) -> Grown<Id<App>> {
    let owner = known(change, &seed.owner)?;
    let bot = account(change, &format!("{}[bot]", seed.slug), AccountKind::Bot);
    let bot = change.world.accounts.insert(bot);
    let id = Id::new(change.next_id());
    let secret = seed.webhook_secret.clone().unwrap_or_else(|| keys::secret(""));
    Ok(change.world.apps.insert(App {
        id,
        slug: seed.slug.clone(),
        name: seed.name.clone().unwrap_or_else(|| seed.slug.clone()),
        owner,
        bot,
        client_id: format!("Iv23{}", &keys::secret("")[..16]),
        pem,
        permissions: seed.permissions.clone(),
        events: seed.events.iter().cloned().collect(),
        webhook_url: seed.webhook_url.clone(),
        webhook_secret: secret,
        created_at: change.now,
    }))
}

fn install(
    change: &mut Change,
    app: Id<App>,
    account: Id<Account>,
    selected: Option<BTreeSet<Id<Repo>>>,
) -> Grown<()> {
    if change.world.installations.iter().any(|one| one.app == app && one.account == account) {
        return Ok(());
    }
    let id = Id::new(change.next_id());
    let of = change.world.apps.at(app).clone();
    change.world.installations.insert(Installation {
        id,
        app,
        account,
        selected,
        permissions: of.permissions.clone(),
        events: of.events.clone(),
        suspended_at: None,
        deleted: false,
        created_at: change.now,
    });
    change.announce_installation(id, "ping", None)?;
    change.announce_installation(id, "installation", Some("created"))
}
