//! Settings, in a file and in the environment.
#![no_main]

#[path = "../../tests/fuzz/holds.rs"]
#[expect(dead_code, reason = "each target needs one of them")]
mod holds;

libfuzzer_sys::fuzz_target!(|said: (&str, &str)| {
    holds::settings(said.0);
    holds::variable(said.0, said.1);
});
