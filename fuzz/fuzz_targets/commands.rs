//! Comments that people write.
#![no_main]

#[path = "../../tests/fuzz/holds.rs"]
#[expect(dead_code, reason = "each target needs one of them")]
mod holds;

libfuzzer_sys::fuzz_target!(|text: &str| holds::comment(text));
