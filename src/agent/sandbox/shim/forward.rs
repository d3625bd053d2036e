//! A port inside that leads to a socket outside.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::thread;

/// Listens on a port of loopback and joins each connection to a new one to the socket, for as long as this process.
pub(super) fn keep(port: u16, socket: PathBuf) -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    thread::Builder::new().spawn(move || {
        for inside in listener.incoming().flatten() {
            let socket = socket.clone();
            // Without a thread the connection is closed, and whoever made it hears of it.
            drop(thread::Builder::new().spawn(move || join(&inside, &socket)));
        }
    })?;
    Ok(())
}

/// Carries what each side says to the other until both have said all; then, or if one is gone, both are closed.
fn join(inside: &TcpStream, socket: &Path) -> io::Result<()> {
    let outside = UnixStream::connect(socket)?;
    thread::scope(|scope| {
        scope.spawn(|| {
            carry(inside, &outside);
            outside.shutdown(Shutdown::Write)
        });
        carry(&outside, inside);
        inside.shutdown(Shutdown::Write)
    })
}

fn carry(mut from: impl Read, mut to: impl Write) {
    // How a connection ends is for its two ends to say.
    let _ = io::copy(&mut from, &mut to);
}
