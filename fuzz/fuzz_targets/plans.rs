//! The plan's comment: as it was, as somebody saved it, and as we once wrote it.
#![no_main]

#[path = "../../tests/fuzz/holds.rs"]
#[expect(dead_code, reason = "each target needs one of them")]
mod holds;

libfuzzer_sys::fuzz_target!(|texts: (&str, &str, &str)| holds::plan(texts.0, texts.1, texts.2));
