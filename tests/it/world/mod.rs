//! A team with a GitHub of its own and a real Team6, for stories: what people do, and what they see.

mod accident;
mod door;
mod end;
mod github;
mod interruption;
mod machine;
mod operator;
mod ours;
mod parts;
mod people;
#[macro_use]
mod plan;
mod provider;
mod server;
mod settle;
mod sprint;
mod talk;
mod team;
mod time;
mod visitor;
mod wire;

pub(crate) use accident::{Act, When};
pub(crate) use interruption::timeless;
pub(crate) use plan::Wish;
pub(crate) use provider::Provider;
pub(crate) use sprint::Sprint;
pub(crate) use team::Team;
pub(crate) use time::Asked;
pub(crate) use visitor::{Script, Visitor};
