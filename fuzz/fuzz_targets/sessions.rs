//! What agents say over their protocol.
#![no_main]

#[path = "../../tests/fuzz/holds.rs"]
#[expect(dead_code, reason = "each target needs one of them")]
mod holds;

libfuzzer_sys::fuzz_target!(|said: &[u8]| {
    let _ = holds::session(said);
});
