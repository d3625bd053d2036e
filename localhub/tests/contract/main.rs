//! Every answer and every webhook, held against GitHub's own description of its API.
//!
//! The description is large and not ours, so it is not in this repository. Where the variable
//! `OCTOKIT_NODE_MODULES` names a `node_modules` folder with `@octokit/openapi`, the contract is
//! checked; elsewhere one line says that it is not.

#![expect(clippy::unwrap_used, reason = "`allow-unwrap-in-tests` does not reach helpers")]

mod calls;
mod description;
mod routes;
#[path = "../it/world/mod.rs"]
#[expect(dead_code, reason = "the stories need more of the world than the contract")]
mod world;

use std::collections::BTreeSet;

use localhub::{Level, Organization, Repository, Role, Seed, SeedApp};

use self::{calls::Callers, description::Description, routes::Route, world::World};

#[tokio::test]
async fn every_answer_and_every_webhook_is_as_github_describes_it() {
    let Some(description) = Description::find() else {
        tell("skipped: OCTOKIT_NODE_MODULES does not name a folder with @octokit/openapi");
        return;
    };
    let world = World::with(enrich).await;
    let routes = routes::all();
    let mut report = Report::default();
    let mut callers = Callers::of(&world).await;
    for call in calls::all() {
        callers.make(&call, &routes, &description, &mut report).await;
    }
    for event in EVENTS {
        for heard in world.heard(event, "").await {
            let action = heard.body["action"].as_str();
            report.webhooks.insert(format!("{event}.{}", action.unwrap_or_default()));
            report.add(
                &format!("webhook {event} {action:?}"),
                description.webhook(event, action, &heard.body),
            );
        }
    }
    report.judge(&routes);
}

const EVENTS: [&str; 13] = [
    "check_run",
    "installation",
    "issue_comment",
    "issue_dependencies",
    "issues",
    "label",
    "milestone",
    "ping",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "push",
    "repository",
];

/// The usual world, with an administrator, a member, something public, and an App that may little.
fn enrich(seed: &mut Seed) {
    seed.repositories[0].roles.insert("grace".to_owned(), Role::Admin);
    seed.repositories.push(Repository {
        owner: "acme".to_owned(),
        name: "site".to_owned(),
        description: Some("For everybody".to_owned()),
        ..Repository::default()
    });
    seed.organizations[0] = Organization {
        login: "acme".to_owned(),
        name: Some("Acme".to_owned()),
        members: vec!["grace".to_owned()],
    };
    let area = ("administration".to_owned(), Level::Write);
    seed.apps[0].permissions.insert(area.0, area.1);
    seed.apps[0].events.push("repository".to_owned());
    seed.apps.push(SeedApp {
        slug: "meek".to_owned(),
        owner: "grace".to_owned(),
        permissions: [("metadata".to_owned(), Level::Read)].into(),
        install_on: vec!["acme/shop".to_owned()],
        ..SeedApp::default()
    });
}

/// What was checked, and what was not right.
#[derive(Default)]
struct Report {
    /// Operations that were answered with success, by method and route.
    operations: BTreeSet<(String, String)>,
    refusals: usize,
    webhooks: BTreeSet<String>,
    violations: Vec<String>,
}

impl Report {
    fn add(&mut self, what: &str, found: Vec<String>) {
        self.violations.extend(found.into_iter().map(|one| format!("{what}: {one}")));
    }

    /// Fails when something was wrong, or when a route was never called.
    fn judge(&self, routes: &[Route]) {
        let called =
            |route: &&Route| !self.operations.contains(&(route.method.clone(), route.path.clone()));
        let missing: Vec<_> = routes.iter().filter(called).map(ToString::to_string).collect();
        let (operations, webhooks) = (self.operations.len(), self.webhooks.len());
        tell(&format!(
            "validated {operations} of {} operations, {} refusals and {webhooks} kinds of webhooks",
            routes.len(),
            self.refusals
        ));
        assert!(operations > 0 && webhooks > 0 && self.refusals > 0);
        assert!(self.violations.is_empty(), "{}", self.violations.join("\n"));
        assert!(missing.is_empty(), "never called with success:\n{}", missing.join("\n"));
    }
}

/// A line that is seen also when the test passes.
fn tell(line: &str) {
    use std::io::Write;
    let mut screen = std::io::stderr();
    writeln!(screen, "every_answer_and_every_webhook_is_as_github_describes_it: {line}").unwrap();
}
