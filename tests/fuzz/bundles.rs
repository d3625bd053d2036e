//! What an agent's worker hands over: a bundle of commits.

use crate::delivered::Delivered;
use crate::spoil::spoiling;
use crate::{CASES, tries};

#[test]
fn a_spoiled_bundle_is_taken_as_promised_or_refused() {
    let delivered = Delivered::new();
    tries(CASES / 40, spoiling(vec![delivered.bundle.clone()], 3), |bundle| {
        delivered.holds(&bundle);
        Ok(())
    });
}
