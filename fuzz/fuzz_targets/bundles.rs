//! Bundles of commits that workers hand over.
#![no_main]

use std::sync::LazyLock;

#[path = "../../tests/fuzz/delivered.rs"]
mod delivered;

use delivered::Delivered;

thread_local! {
    static DELIVERED: LazyLock<Delivered> = LazyLock::new(Delivered::new);
}

libfuzzer_sys::fuzz_target!(|bundle: &[u8]| DELIVERED.with(|delivered| delivered.holds(bundle)));
