//! From a host's name to a connection: what is connected to is what was checked.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::net::TcpStream;

use crate::domain::egress::{AllowList, Target};

/// Finds the addresses of a name.
pub type Resolve =
    Arc<dyn Fn(String, u16) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// How many of a name's addresses are tried.
const MOST: usize = 8;

/// Why a host is not reached.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Denied {
    /// It may not be.
    Refused(&'static str),
    /// It may be, and does not answer.
    Away(String),
}

/// As this machine finds them.
pub fn by_this_machine() -> Resolve {
    Arc::new(|name, port| {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, port)).await?.collect()) })
    })
}

/// Connects to a host if it may be reached.
pub(super) async fn connect(
    host: &str,
    port: u16,
    allowed: &AllowList,
    resolve: &Resolve,
    limit: Duration,
) -> Result<TcpStream, Denied> {
    let target = Target::read(host).ok_or(Denied::Refused("it is no host's name"))?;
    if !allowed.allows(&target, port) {
        return Err(Denied::Refused("it is not on the list of its project (`egress`)"));
    }
    let late = |_| Denied::Away("it does not answer".to_owned());
    let found = match target {
        Target::Address(address) => vec![SocketAddr::new(address, port)],
        Target::Name(name) => {
            let found = tokio::time::timeout(limit, resolve(name, port)).await.map_err(late)?;
            found.map_err(|error| Denied::Away(error.to_string()))?
        }
    };
    let mut last = Denied::Refused("its name leads to no address of the internet");
    for address in found.into_iter().take(MOST) {
        // A resolver may answer with another port; ours was asked for.
        let address = SocketAddr::new(address.ip(), port);
        if !allowed.may_lead_to(address.ip(), port) {
            continue;
        }
        match tokio::time::timeout(limit, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = Denied::Away(error.to_string()),
            Err(late) => last = Denied::Away(late.to_string()),
        }
    }
    Err(last)
}
