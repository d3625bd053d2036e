//! What Team6 promises, told as stories: one file for each promise.

mod asking;
mod big;
mod breaking;
mod closing;
mod dying;
mod ending;
mod failing;
mod hearing;
mod merging;
mod planning;
mod recognizing;
mod starting;
mod ticking;
