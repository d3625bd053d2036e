//! Bodies of webhooks; the first line is the event.
#![no_main]

#[path = "../../tests/fuzz/holds.rs"]
#[expect(dead_code, reason = "each target needs one of them")]
mod holds;

libfuzzer_sys::fuzz_target!(|input: (&str, &[u8])| {
    let (event, body) = input;
    holds::webhook(event, body);
});
