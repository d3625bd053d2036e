//! What Team6 promises, told as stories: one file for each promise.

mod asking;
mod breaking;
mod closing;
mod dying;
mod ending;
mod failing;
mod hearing;
mod merging;
mod planner;
mod planning;
mod questions;
mod recognizing;
mod starting;
mod ticking;
