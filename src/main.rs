//! The `team6` program.

use std::process::ExitCode;

use clap::Parser as _;
use team6::cli::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::parse().run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("team6: {error:#}");
            ExitCode::FAILURE
        }
    }
}
