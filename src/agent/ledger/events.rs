//! Server-sent events, taken apart as they come, however they are cut into pieces.

/// One event may be this long: the last one of a response repeats all of it.
const LONGEST: usize = 32 << 20;

/// An event that does not end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// What has come of an event that is not complete yet.
#[derive(Debug, Default)]
pub(super) struct Events {
    line: Vec<u8>,
    data: Vec<u8>,
}

impl Events {
    /// Takes the next piece and gives the data of each event it completes to `each`.
    pub(super) fn feed(
        &mut self,
        piece: &[u8],
        mut each: impl FnMut(&[u8]),
    ) -> Result<(), TooLong> {
        for part in piece.split_inclusive(|byte| *byte == b'\n') {
            if LONGEST < self.line.len() + self.data.len() + part.len() {
                return Err(TooLong);
            }
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                self.take(line.trim_ascii_end(), &mut each);
            }
        }
        Ok(())
    }

    /// Gives what is left when nothing more comes.
    pub(super) fn finish(&mut self, mut each: impl FnMut(&[u8])) {
        let line = std::mem::take(&mut self.line);
        self.take(line.trim_ascii_end(), &mut each);
        self.take(b"", &mut each);
    }

    fn take(&mut self, line: &[u8], each: &mut impl FnMut(&[u8])) {
        if line.is_empty() {
            if !self.data.is_empty() {
                each(&std::mem::take(&mut self.data));
            }
        } else if let Some(data) = line.strip_prefix(b"data:") {
            if !self.data.is_empty() {
                self.data.push(b'\n');
            }
            self.data.extend_from_slice(data.trim_ascii_start());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SAID: &str = "event: a\ndata: {\"n\":1}\n\n: a comment\r\n\r\ndata:{\r\ndata: \"é\":2}\r\n\r\nid: 7\n\ndata: [DONE]";

    fn read(pieces: &[&[u8]]) -> Vec<String> {
        let (mut events, mut all) = (Events::default(), Vec::new());
        let mut keep = |data: &[u8]| all.push(String::from_utf8(data.to_vec()).unwrap());
        for piece in pieces {
            events.feed(piece, &mut keep).unwrap();
        }
        events.finish(&mut keep);
        all
    }

    #[test]
    fn the_data_of_each_event_comes_out() {
        assert_eq!(read(&[SAID.as_bytes()]), ["{\"n\":1}", "{\n\"é\":2}", "[DONE]"]);
    }

    #[test]
    fn an_event_without_an_end_is_too_long() {
        let (mut events, piece) = (Events::default(), vec![b'x'; 1 << 20]);
        let fed = (0..40).try_for_each(|_| events.feed(&piece, |_| ()));
        assert_eq!(fed, Err(TooLong));
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_it_is_cut(mut cuts in prop::collection::vec(0..SAID.len(), 0..20)) {
            cuts.sort_unstable();
            let (mut from, mut pieces) = (0, Vec::new());
            for cut in cuts.into_iter().chain([SAID.len()]) {
                pieces.push(&SAID.as_bytes()[from..cut]);
                from = cut;
            }
            prop_assert_eq!(read(&pieces), read(&[SAID.as_bytes()]));
        }
    }
}
