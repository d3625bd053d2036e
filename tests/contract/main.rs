//! What GitHub itself publishes about its webhooks, held against what we make of them.

mod examples;
