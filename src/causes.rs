//! What went wrong, with what caused it.

use std::error::Error;
use std::iter::successors;

/// An error and everything that caused it, in one line.
pub(crate) fn whole(error: &dyn Error) -> String {
    let all = successors(Some(error), |&error| error.source());
    all.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
