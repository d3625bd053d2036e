//! Runs a hub: `localhub --data DIR`.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context;
use clap::Parser;
use localhub::{Hub, Seed};
use tokio::net::TcpListener;

/// A small GitHub on this machine, to test GitHub Apps against.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// The folder everything is kept in; made if it is not there.
    #[arg(long)]
    data: PathBuf,
    /// The address to listen on; port 0 takes any free one.
    #[arg(long, default_value = "127.0.0.1:4100")]
    listen: SocketAddr,
    /// The address people use, where it is another one than `--listen`.
    #[arg(long)]
    origin: Option<String>,
    /// A TOML file with users, repositories and Apps to begin with; applying it again is harmless.
    #[arg(long)]
    seed: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let options = Options::parse();
    let listener =
        TcpListener::bind(options.listen).await.map_err(|error| taken(&options, error))?;
    let hub = Hub::open(&options.data)
        .await
        .with_context(|| format!("opening the hub in `{}`", options.data.display()))?;
    if let Some(file) = &options.seed {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("reading the seed `{}`", file.display()))?;
        let seed: Seed = toml::from_str(&text)
            .with_context(|| format!("understanding the seed `{}`", file.display()))?;
        hub.seed(&seed).await.context("applying the seed")?;
    }
    let origin = match options.origin {
        Some(origin) => origin,
        None => format!("http://{}", listener.local_addr()?),
    };
    greet(&origin)?;
    hub.serve_as(&origin, listener, interrupted()).await?;
    Ok(())
}

fn taken(options: &Options, error: std::io::Error) -> anyhow::Error {
    let listen = options.listen;
    let hint = if error.kind() == std::io::ErrorKind::AddrInUse {
        "; another program has this port, so stop it or choose another with --listen"
    } else if error.kind() == std::io::ErrorKind::PermissionDenied {
        "; choose a port above 1023 with --listen"
    } else {
        ""
    };
    anyhow::Error::new(error).context(format!("cannot listen on {listen}{hint}"))
}

/// What people and scripts need to know first, on standard output.
fn greet(origin: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    writeln!(out, "pages:   {origin}/")?;
    writeln!(out, "REST:    {origin}/api/v3")?;
    writeln!(out, "GraphQL: {origin}/api/graphql")?;
    writeln!(out, "git:     {origin}/OWNER/REPO.git")?;
    writeln!(out, "faults:  {origin}/localhub/faults")?;
    out.flush()
}

/// Ends when somebody presses Ctrl-C or the process is told to terminate.
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut stream) => {
                stream.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
