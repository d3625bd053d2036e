//! Team6 turns a team's goal into a sprint of pull requests, with an owner for every task.
//!
//! Modules in reading order; `docs/ARCHITECTURE.md` says who may know whom.

mod causes;
pub mod domain;

pub mod clock;
pub mod config;
pub mod db;
pub mod git;
pub mod github;
pub mod say;

pub mod agent;
pub mod queue;

pub mod app;

pub mod web;
pub mod worker;

pub mod service;

pub mod demo;

pub mod cli;
pub mod telemetry;
