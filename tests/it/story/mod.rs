//! What Team6 promises, told as stories: one file for each promise.

mod asking;
mod big;
mod breaking;
mod closing;
mod controlling;
mod dying;
mod ending;
mod failing;
mod hearing;
mod interleaving;
mod merging;
mod operating;
mod outage;
mod planner;
mod planning;
mod questions;
mod recognizing;
mod refining;
mod refusing;
mod resting;
mod reviewing;
mod starting;
mod talking;
mod ticking;
