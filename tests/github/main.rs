//! What GitHub tells us, and what we ask of it over a real socket.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should fail where it stands")]

mod answers;
mod asking;
mod deliveries;
mod hub;
mod limits;
mod tokens;
