//! The doors of a sandbox: the only services an agent can reach, each served by its worker.
//!
//! The worker opens a door before the agent starts, serves on the [`Listener`] as on any other (`axum::serve`), and
//! tells the agent the URL. What is listened on is for the sandbox to say: a socket in a folder that only this agent
//! sees, or a port of this machine, which others can reach too. So a service asks for a token all the same.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;

use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio_util::either::Either;
use url::Url;

use super::{Kind, Place, Sandbox};

/// The longest path a socket can be bound to.
const LONGEST: usize = 100;

/// What an agent may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// A model.
    Model,
    /// Team6's own tools.
    Tools,
    /// The network, as far as it may be reached.
    Network,
}

/// Where a worker hears what an agent says at a door.
#[derive(Debug)]
pub enum Listener {
    /// A socket that only the sandbox sees.
    Unix(UnixListener),
    /// A port on loopback.
    Tcp(TcpListener),
}

impl Door {
    /// The name of its socket.
    pub(super) fn socket(self) -> &'static str {
        match self {
            Self::Model => "model.sock",
            Self::Tools => "tools.sock",
            Self::Network => "network.sock",
        }
    }

    /// Its port where an agent has a network of its own.
    fn port(self) -> u16 {
        match self {
            Self::Model => 18_181,
            Self::Tools => 18_190,
            Self::Network => 18_199,
        }
    }
}

impl Sandbox {
    /// Opens a door for what will run at `place`: where to listen, and its URL as the agent sees it.
    ///
    /// Call it within a tokio runtime, and before the command is made. A door opened again replaces the former.
    pub fn door(&self, place: &mut Place, door: Door) -> io::Result<(Listener, Url)> {
        let (listener, port) = match self.kind {
            Kind::Bubblewrap => (Listener::Unix(socket(place, door)?), door.port()),
            Kind::Landlock | Kind::Open => {
                let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
                listener.set_nonblocking(true)?;
                let port = listener.local_addr()?.port();
                (Listener::Tcp(TcpListener::from_std(listener)?), port)
            }
        };
        place.doors.retain(|(opened, _)| *opened != door);
        place.doors.push((door, port));
        let url = format!("http://127.0.0.1:{port}/");
        Ok((listener, url.parse().map_err(io::Error::other)?))
    }
}

fn socket(place: &Place, door: Door) -> io::Result<UnixListener> {
    let folder = place.sockets();
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
    let path = folder.join(door.socket());
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    if path.as_os_str().len() < LONGEST {
        return UnixListener::bind(path);
    }
    // The kernel takes no longer path, but it takes one that begins at an open folder.
    let open = File::open(&folder)?;
    let short = PathBuf::from(format!("/proc/self/fd/{}", open.as_raw_fd()));
    UnixListener::bind(short.join(door.socket()))
}

impl axum::serve::Listener for Listener {
    type Io = Either<UnixStream, TcpStream>;
    type Addr = ();

    async fn accept(&mut self) -> (Self::Io, ()) {
        match self {
            Self::Unix(listener) => {
                (Either::Left(axum::serve::Listener::accept(listener).await.0), ())
            }
            Self::Tcp(listener) => {
                (Either::Right(axum::serve::Listener::accept(listener).await.0), ())
            }
        }
    }

    fn local_addr(&self) -> io::Result<()> {
        Ok(())
    }
}
