//! Everything there is.

use std::sync::Arc;

use super::{
    Account, App, CheckRun, Comment, Installation, Intent, Issue, Label, Milestone, Pull, Repo,
    Review, ReviewComment, Table, Token, Write,
};

macro_rules! world {
    ($($(#[$doc:meta])* $table:ident: $document:ident,)*) => {
        /// Everything there is, as one value that can be copied cheaply.
        #[derive(Clone, Default)]
        pub(crate) struct World {
            /// The highest id given out; ids are unique over all kinds.
            pub(crate) last_id: u64,
            $($(#[$doc])* pub(crate) $table: Table<$document>,)*
        }

        impl World {
            /// Takes in a document the database kept; unknown kinds are another version's.
            pub(crate) fn load(&mut self, kind: &str, id: u64, body: &str) -> serde_json::Result<()> {
                self.last_id = self.last_id.max(id);
                $(if kind == <$document as super::Document>::KIND {
                    return self.$table.load(body);
                })*
                Ok(())
            }

            /// What has to be written since the last call.
            pub(crate) fn drain(&mut self) -> serde_json::Result<Vec<Write>> {
                let mut writes = Vec::new();
                $(self.$table.drain(&mut writes)?;)*
                Ok(writes)
            }
        }
    };
}

world! {
    accounts: Account,
    repos: Repo,
    apps: App,
    installations: Installation,
    tokens: Token,
    labels: Label,
    milestones: Milestone,
    issues: Issue,
    comments: Comment,
    pulls: Pull,
    reviews: Review,
    review_comments: ReviewComment,
    checks: CheckRun,
    intents: Intent,
}

impl World {
    pub(crate) fn account(&self, login: &str) -> Option<&Arc<Account>> {
        self.accounts.iter().find(|account| account.login.eq_ignore_ascii_case(login))
    }

    pub(crate) fn repo(&self, owner: &str, name: &str) -> Option<&Arc<Repo>> {
        let owner = self.account(owner)?.id;
        self.repos.iter().find(|repo| {
            !repo.deleted && repo.owner == owner && repo.name.eq_ignore_ascii_case(name)
        })
    }

    /// The repository that was once called so.
    pub(crate) fn repo_once(&self, owner: &str, name: &str) -> Option<&Arc<Repo>> {
        let former = format!("{owner}/{name}").to_lowercase();
        self.repos.iter().find(|repo| !repo.deleted && repo.former.contains(&former))
    }

    /// `owner/name`.
    pub(crate) fn full_name(&self, repo: &Repo) -> String {
        format!("{}/{}", self.accounts.at(repo.owner).login, repo.name)
    }

    pub(crate) fn app(&self, slug: &str) -> Option<&Arc<App>> {
        self.apps.iter().find(|app| app.slug == slug)
    }

    /// The issue or pull request with this number.
    pub(crate) fn issue(&self, repo: &Repo, number: u64) -> Option<&Arc<Issue>> {
        self.issues.iter().find(|issue| issue.repo == repo.id && issue.number == number)
    }

    pub(crate) fn pull(&self, repo: &Repo, number: u64) -> Option<&Arc<Pull>> {
        self.issue(repo, number)?.pull.map(|pull| self.pulls.at(pull))
    }

    pub(crate) fn label(&self, repo: &Repo, name: &str) -> Option<&Arc<Label>> {
        self.labels
            .iter()
            .find(|label| label.repo == repo.id && label.name.to_lowercase() == name.to_lowercase())
    }

    pub(crate) fn milestone(&self, repo: &Repo, number: u64) -> Option<&Arc<Milestone>> {
        self.milestones.iter().find(|one| one.repo == repo.id && one.number == number)
    }

    pub(crate) fn comments_on(&self, issue: &Issue) -> impl Iterator<Item = &Arc<Comment>> {
        let id = issue.id;
        self.comments.iter().filter(move |comment| comment.issue == id)
    }

    /// The installation of an App that covers this repository.
    pub(crate) fn installation(&self, app: &App, repo: &Repo) -> Option<&Arc<Installation>> {
        self.installations.iter().find(|one| one.app == app.id && one.covers(repo))
    }
}
