//! A small, honest GitHub that runs on one machine, to test GitHub Apps against.
//!
//! ```no_run
//! # async fn example(seed: localhub::Seed) -> Result<(), Box<dyn std::error::Error>> {
//! let hub = localhub::Hub::open("/tmp/hub").await?;
//! hub.seed(&seed).await?;
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! hub.serve(listener, std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # How it is built
//!
//! * `model` is pure: a [`World`](model::World) of tables of documents, and a
//!   [`Change`](model::Change) whose methods are the commands (`open_issue`, `comment`,
//!   `edit_comment`, `add_labels`, `review`, …). Every command checks permissions, changes
//!   documents and records events.
//! * [`Hub`] is the shell. `hub.world()` is a snapshot for reading. `hub.change(actor, |change|
//!   change.comment(issue, "…")).await` runs one or several commands as one step: the changed
//!   documents and the webhooks they cause are on disk before it returns, and a
//!   [`Refusal`] leaves everything as it was.
//! * `actions` are the methods of [`Hub`] that need git as well: `open_pull`, `edit_pull`,
//!   `merge_pull`, `is_mergeable`, `update_branch`, `create_ref`, `delete_ref`, `write_file`,
//!   `receive_push`.
//! * `rest`, `graphql` and pages are thin: find out who asks ([`model::Actor`]), call the above,
//!   render. `json` renders for machines, `pages` with the templates beside `src` for people.
//! * `git` runs the git program on bare repositories; `webhooks` tells Apps; `store` is SQLite.

mod actions;
mod administration;
mod apps;
mod clock;
mod error;
mod faults;
mod git;
mod graphql;
mod hub;
mod json;
mod keys;
mod model;
mod oauth;
mod origin;
mod pages;
mod rest;
mod roles;
mod seed;
mod serve;
mod store;
mod traffic;
mod webhooks;

pub use actions::pushing::Imagining;
pub use apps::AppKeys;
pub use clock::Clock;
pub use error::Error;
pub use faults::{ApiFault, Faults, Plan, WebhookFaults, When};
pub use git::Error as GitError;
pub use hub::Hub;
pub use model::refusal::{Flaw, Refusal};
pub use model::{Level, Role};
pub use seed::{
    Organization, Repository, Seed, SeedApp, SeedCommit, SeedIssue, SeedLabel, SeedMilestone, User,
};
pub use store::Error as StoreError;
pub use traffic::{Limits, Request, Traffic};
pub use webhooks::Webhook;
