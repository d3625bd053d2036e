//! Reading what a program says line by line, without trusting it to end its lines.

use std::io;

use futures::Stream;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};

/// The lines of `reader` that look like JSON objects; a line longer than `cap` is an error and the end.
pub(super) fn json(
    reader: impl AsyncRead + Unpin + Send + 'static,
    cap: usize,
) -> impl Stream<Item = io::Result<String>> + Send + 'static {
    futures::stream::unfold(Some(BufReader::new(reader)), move |state| async move {
        let mut reader = state?;
        loop {
            match next(&mut reader, cap).await {
                Ok(Some(line)) if line.trim_start().starts_with('{') => {
                    return Some((Ok(line), Some(reader)));
                }
                Ok(Some(_)) => {}
                Ok(None) => return None,
                Err(error) => return Some((Err(error), None)),
            }
        }
    })
}

/// Says one line to a program. That it does not listen any more is no error here: how it ended says more.
pub(super) async fn say<W: AsyncWrite + Unpin>(mut to: W, line: String) -> io::Result<W> {
    let said = async {
        to.write_all(line.as_bytes()).await?;
        to.write_all(b"\n").await?;
        to.flush().await
    };
    match said.await {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        Ok(()) | Err(_) => Ok(to),
    }
}

/// The last `cap` bytes of everything `reader` says, on one line.
pub(super) async fn tail(mut reader: impl AsyncRead + Unpin, cap: usize) -> String {
    use tokio::io::AsyncReadExt as _;
    let (mut kept, mut chunk) = (Vec::new(), [0; 4096]);
    while let Ok(read @ 1..) = reader.read(&mut chunk).await {
        kept.extend_from_slice(&chunk[..read]);
        let excess = kept.len().saturating_sub(cap);
        kept.drain(..excess);
    }
    let text = String::from_utf8_lossy(&kept);
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

async fn next(
    reader: &mut BufReader<impl AsyncRead + Unpin>,
    cap: usize,
) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    loop {
        let available = reader.fill_buf().await?;
        if available.is_empty() {
            return Ok((!line.is_empty()).then(|| String::from_utf8_lossy(&line).into_owned()));
        }
        let end = available.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(available.len(), |end| end + 1);
        line.extend_from_slice(&available[..end.unwrap_or(available.len())]);
        reader.consume(taken);
        if line.len() > cap {
            return Err(io::Error::other(format!("a line is longer than {cap} bytes")));
        }
        if end.is_some() {
            return Ok(Some(String::from_utf8_lossy(&line).into_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;

    use super::*;

    #[tokio::test]
    async fn only_json_lines_come_through() {
        let said = &b"npm warn old\n{\"a\":1}\n\n  {\"b\":2}\nbye\n{\"c\":3}"[..];
        let lines: Vec<String> = json(said, 100).map(|line| line.unwrap()).collect().await;
        assert_eq!(lines, ["{\"a\":1}", "  {\"b\":2}", "{\"c\":3}"]);
    }

    #[tokio::test]
    async fn a_line_without_an_end_ends_the_conversation() {
        let endless = tokio::io::repeat(b'{');
        let lines: Vec<_> = json(endless, 100_000).collect().await;
        assert!(matches!(lines[..], [Err(_)]));
    }

    #[tokio::test]
    async fn the_end_of_a_long_complaint_is_kept() {
        let long = format!("{}\nfatal: no model\n", "x".repeat(10_000));
        let kept = tail(long.as_bytes(), 100).await;
        assert!(kept.len() <= 101 && kept.ends_with("; fatal: no model"), "{kept}");
    }

    proptest::proptest! {
        /// Whatever an agent prints, and in whatever pieces it arrives.
        #[test]
        fn nothing_an_agent_prints_gets_further_than_it_may(
            pieces in proptest::collection::vec(
                proptest::collection::vec(proptest::sample::select(&b"{}\"\\:,\n\r \x00\xff\xe2a1"[..]), 0..60),
                0..20,
            ),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let reader = InPieces(pieces.clone().into());
            let lines: Vec<_> = runtime.block_on(json(reader, 50).collect());
            for line in lines.iter().flatten() {
                let is_a_line = line.trim_start().starts_with('{') && !line.contains('\n');
                proptest::prop_assert!(is_a_line);
                proptest::prop_assert!(line.len() <= 3 * 50, "a byte that is no text becomes three");
            }
            let ended = lines.iter().position(Result::is_err);
            proptest::prop_assert!(ended.is_none_or(|at| at + 1 == lines.len()));
            let kept = runtime.block_on(tail(std::io::Cursor::new(pieces.concat()), 50));
            proptest::prop_assert!(!kept.contains('\n'));
        }
    }

    /// What arrives piece by piece.
    struct InPieces(std::collections::VecDeque<Vec<u8>>);

    impl AsyncRead for InPieces {
        fn poll_read(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
            buffer: &mut tokio::io::ReadBuf<'_>,
        ) -> std::task::Poll<io::Result<()>> {
            while let Some(piece) = self.0.pop_front() {
                if !piece.is_empty() {
                    buffer.put_slice(&piece);
                    break;
                }
            }
            std::task::Poll::Ready(Ok(()))
        }
    }
}
