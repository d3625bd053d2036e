//! What exists and what may happen to it: pure, in memory, without clock or I/O.
//!
//! A [`World`] is a set of tables of documents. A [`change::Change`] is a copy of it that commands
//! work on; the shell either keeps the whole copy or throws it away, so a refused command leaves
//! nothing behind.

pub(crate) mod account;
pub(crate) mod actor;
pub(crate) mod app;
pub(crate) mod change;
pub(crate) mod check;
pub(crate) mod comment;
pub(crate) mod event;
pub(crate) mod intent;
pub(crate) mod issue;
pub(crate) mod keywords;
pub(crate) mod label;
pub(crate) mod milestone;
pub(crate) mod permission;
pub(crate) mod pull;
pub(crate) mod refusal;
pub(crate) mod repo;
pub(crate) mod review;
pub(crate) mod table;
pub(crate) mod world;

pub(crate) use account::{Account, AccountKind};
pub(crate) use actor::Actor;
pub(crate) use app::{App, Installation, Permissions, Token};
pub(crate) use change::Change;
pub(crate) use check::CheckRun;
pub(crate) use comment::{Comment, Reaction};
pub(crate) use event::{Event, Subject};
pub(crate) use intent::Intent;
pub(crate) use issue::{Issue, State};
pub(crate) use label::Label;
pub(crate) use milestone::Milestone;
pub(crate) use permission::{Area, Need};
pub use permission::{Level, Role};
pub(crate) use pull::Pull;
pub(crate) use refusal::Refusal;
pub(crate) use repo::Repo;
pub(crate) use review::{Review, ReviewComment};
pub(crate) use table::{Document, Id, Table, Write};
pub(crate) use world::World;
