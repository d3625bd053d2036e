//! The hands: repositories, agents and the worker, against real git, real processes and a small server.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[macro_use]
mod sealed;

mod agent;
mod demo;
mod full_disk;
mod git;
mod hooks;
mod ledger;
mod misbehaving;
mod origin;
mod room;
mod server;
mod worker;
