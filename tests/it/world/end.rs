//! What must hold at the end of every story.

use std::collections::BTreeMap;

use super::github::REPOSITORIES;
use super::ours;
use super::team::{Team, World};
use super::wire::Exchange;

impl Team {
    /// Ends the story: nothing was given up, nothing is there twice, nothing was asked that GitHub
    /// refuses.
    pub(crate) async fn ends(self) {
        let world = &self.world;
        world.settles().await;
        let mut wrong = ours::given_up(&world.db).await;
        wrong.extend(world.doubled_comments().await);
        wrong.extend(world.doubled_pulls().await);
        wrong.extend(world.wire.log().into_iter().filter_map(refused));
        assert!(wrong.is_empty(), "{}\n{}", wrong.join("\n"), world.told().await);
        if let Some(server) = world.server.lock().await.take() {
            server.dies().await;
        }
    }
}

impl World {
    async fn doubled_comments(&self) -> Vec<String> {
        let mut doubled = Vec::new();
        for repo in REPOSITORIES {
            for issue in self.people.issues(repo).await {
                let ours = self.people.comments(repo, issue).await.into_iter();
                let ours = ours.filter(super::people::Comment::is_ours);
                let markers = ours.map(|comment| first_line(&comment.body));
                doubled.extend(twice(markers).map(|one| format!("{repo}#{issue} twice: {one}")));
            }
        }
        doubled
    }

    async fn doubled_pulls(&self) -> Vec<String> {
        let mut doubled = Vec::new();
        for repo in REPOSITORIES {
            let pulls = self.people.pulls(repo).await.into_iter();
            let names = pulls.map(|pull| format!("{} {}", pull.head.name, first_line(&pull.body)));
            doubled.extend(twice(names).map(|one| format!("{repo}, two pull requests: {one}")));
        }
        doubled
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

fn twice(all: impl Iterator<Item = String>) -> impl Iterator<Item = String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    all.for_each(|one| *counts.entry(one).or_default() += 1);
    counts.into_iter().filter(|(_, count)| 1 < *count).map(|(one, _)| one)
}

/// An answer that says Team6 asked for something it should not have asked for.
fn refused(exchange: Exchange) -> Option<String> {
    let Exchange { asked, status, spoiled, at: _ } = exchange;
    // Git first asks without its token, and whether something is there is asked by looking.
    let expected = match status {
        401 => asked.contains(".git/"),
        404 => asked.starts_with("GET "),
        // GitHub was down.
        503 => true,
        _ => status < 400,
    };
    (!spoiled && !expected).then(|| format!("{status} {asked}"))
}
