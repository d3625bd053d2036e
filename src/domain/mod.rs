//! What Team6 decides, and nothing it does: no clock, no network, no database, no randomness.

pub mod answers;
pub mod approval;
pub mod checklist;
pub mod command;
pub mod control;
pub mod diff;
pub mod effect;
pub mod forecast;
pub mod ids;
pub mod lint;
pub mod model;
pub mod money;
pub mod permission;
pub mod plan;
pub mod planner;
pub mod planning;
pub mod proposal;
pub mod references;
pub mod refine;
pub mod refusal;
pub mod retry;
pub mod run;
pub mod sprint;
pub mod start;
pub mod task;
pub mod work;
