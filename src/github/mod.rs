//! What GitHub is to us: a place that tells us things, late, twice or never, and that does what
//! we ask, if we ask slowly.
//!
//! ```no_run
//! # use team6::{clock::Clock, domain::ids::*, github::{Error, GitHub, Settings}};
//! # async fn ask(settings: Settings) -> Result<(), Error> {
//! let github = GitHub::new(settings, Clock::System)?;
//! let repo = github.on(InstallationId(61)).repo(&"acme/web".parse().expect("a repository"));
//! for issue in repo.issues_of(MilestoneNumber(3)).await? {
//!     repo.create_comment(issue.number, "hello").await?;
//! }
//! # Ok(())
//! # }
//! ```

mod account;
mod app;
mod ask;
mod branches;
mod cache;
mod checks;
mod comments;
mod deliveries;
pub mod delivery;
mod dependencies;
mod edits;
mod error;
pub mod fact;
mod files;
mod handles;
mod issues;
mod labels;
mod lenient;
mod limits;
pub mod manifest;
mod milestones;
mod pages;
mod payload;
mod people;
mod pulls;
mod reactions;
mod repositories;
mod reviews;
pub mod signature;
mod signing_in;
mod tokens;
mod transport;
mod words;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

pub use account::Account;
pub use app::Me;
pub use checks::{Action, Check, CheckRun, Output, Said};
pub use comments::Comment;
pub use deliveries::{Attempted, Log};
pub use edits::Edit;
pub use error::{Again, Error};
pub use files::File;
pub use handles::{Installation, Repo};
pub use issues::{Changes, Issue, NewIssue};
pub use labels::Label;
pub use limits::{Budget, Standing};
pub use milestones::Milestone;
pub use pulls::{Merged, Method, NewPull, Pull, Side};
pub use reactions::Reaction;
pub use repositories::{Installed, Repository};
pub use reviews::{Review, ReviewComment};
pub use signing_in::{Attempt as SigningIn, Client};
pub use tokens::{Grant, Token};
pub use transport::{Lost, Transport};
pub use words::{Conclusion, State, Status, Verdict};

use crate::clock::Clock;

/// What the operator says about GitHub and our App there.
#[derive(Clone)]
pub struct Settings {
    /// Where the API is: `https://api.github.com`, or `https://HOST/api/v3` on an own server.
    pub api: Url,
    /// The App's number.
    pub app_id: i64,
    /// The App's private key, as GitHub gave it out.
    pub private_key_pem: String,
    /// How we introduce ourselves; GitHub insists on a name.
    pub user_agent: String,
    /// The least time between two writes of one installation; GitHub asks for a second. `None` is
    /// for a server without rate limits, where we keep none of our own.
    /// <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#pause-between-mutative-requests>
    pub write_spacing: Option<Duration>,
}

/// GitHub, as our App sees it. Cheap to clone; all clones share tokens, limits and cache.
#[derive(Clone)]
pub struct GitHub {
    inner: Arc<Inner>,
}

struct Inner {
    api: Url,
    graphql: Url,
    app: app::App,
    clock: Clock,
    transport: Transport,
    tokens: tokens::Tokens,
    limits: limits::Limits,
    cache: cache::Cache,
    missing: dependencies::Missing,
}

impl GitHub {
    /// Opens nothing yet; fails if the private key is none.
    pub fn new(settings: Settings, clock: Clock) -> Result<Self, Error> {
        let network = Transport::network(&settings.user_agent)?;
        Self::through(network, settings, clock)
    }

    /// How many questions it is worth asking at once.
    pub fn at_once(&self) -> usize {
        self.inner.transport.at_once()
    }

    /// The same by another way than over the network.
    pub fn through(transport: Transport, settings: Settings, clock: Clock) -> Result<Self, Error> {
        Ok(Self {
            inner: Arc::new(Inner {
                app: app::App::new(settings.app_id, &settings.private_key_pem)?,
                transport,
                tokens: tokens::Tokens::default(),
                limits: limits::Limits::new(settings.write_spacing, clock.clone()),
                cache: cache::Cache::default(),
                missing: dependencies::Missing::default(),
                graphql: graphql(&settings.api),
                api: settings.api,
                clock,
            }),
        })
    }
}

impl fmt::Debug for GitHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GitHub({})", self.inner.api)
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Settings({} as App {})", self.api, self.app_id)
    }
}

/// Where GraphQL is asked; an own server has it beside `/api/v3`, not under it.
/// <https://docs.github.com/en/enterprise-server@latest/graphql/guides/forming-calls-with-graphql>
fn graphql(api: &Url) -> Url {
    let mut url = api.clone();
    let path = api.path().trim_end_matches('/');
    url.set_path(&match path.strip_suffix("/v3") {
        Some(prefix) => format!("{prefix}/graphql"),
        None => format!("{path}/graphql"),
    });
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graphql_is_beside_rest() {
        for (api, expected) in [
            ("https://api.github.com", "https://api.github.com/graphql"),
            ("https://api.github.com/", "https://api.github.com/graphql"),
            ("https://hub.example/api/v3", "https://hub.example/api/graphql"),
            ("http://127.0.0.1:4000/api/v3/", "http://127.0.0.1:4000/api/graphql"),
        ] {
            assert_eq!(graphql(&api.parse().unwrap()).as_str(), expected);
        }
    }
}
