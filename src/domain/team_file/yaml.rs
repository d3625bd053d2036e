//! YAML as nodes that know their lines. What can make a small file big or strange is not read: aliases, tags, many
//! documents, depth.

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput};

use super::Flaw;
use crate::domain::refusal::shown;

/// How deep lists and maps may be in each other.
const DEEPEST: usize = 8;

/// A value, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) is: Is,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Is {
    Nothing,
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A name in a map, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Key {
    pub(super) line: usize,
    pub(super) name: String,
}

/// Reads the one document of a file.
pub(super) fn parse(text: &str) -> Result<Node, Flaw> {
    let mut reader = Reader { events: Parser::new_from_str(text), line: 1 };
    let mut root = Node { line: 1, is: Is::Nothing };
    let mut documents = 0;
    loop {
        match reader.next()? {
            Event::StreamEnd => return Ok(root),
            Event::StreamStart | Event::Nothing | Event::DocumentEnd => {}
            Event::DocumentStart(_) if documents == 1 => {
                return Err(Flaw::at(reader.line, "a second document begins, and one is read"));
            }
            Event::DocumentStart(_) => documents += 1,
            first @ (Event::Alias(_)
            | Event::Scalar(..)
            | Event::SequenceStart(..)
            | Event::MappingStart(..)
            | Event::SequenceEnd
            | Event::MappingEnd) => root = reader.node(first, DEEPEST)?,
        }
    }
}

struct Reader<'a> {
    events: Parser<'a, StrInput<'a>>,
    line: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<Event<'a>, Flaw> {
        match self.events.next_event() {
            Some(Ok((event, span))) => {
                self.line = span.start.line();
                Ok(event)
            }
            Some(Err(error)) => {
                let why = format!("it is no YAML ({})", shown(error.info()));
                Err(Flaw::at(error.marker().line(), why))
            }
            None => Ok(Event::StreamEnd),
        }
    }

    fn node(&mut self, first: Event<'a>, depth: usize) -> Result<Node, Flaw> {
        let line = self.line;
        let wrong = |what: &str| Err(Flaw::at(line, what));
        let is = match first {
            Event::Scalar(_, _, 0, Some(_))
            | Event::SequenceStart(0, Some(_))
            | Event::MappingStart(0, Some(_)) => {
                return wrong("tags like `!x` are not for this file");
            }
            Event::Scalar(text, style, 0, None) => plain(&text, style),
            Event::SequenceStart(0, None) | Event::MappingStart(0, None) if depth == 0 => {
                return wrong("lists and maps are too deep in each other");
            }
            Event::SequenceStart(0, None) => Is::List(self.list(depth - 1)?),
            Event::MappingStart(0, None) => Is::Map(self.map(depth - 1)?),
            Event::Scalar(..)
            | Event::SequenceStart(..)
            | Event::MappingStart(..)
            | Event::Alias(_) => return wrong("anchors and aliases are not for this file"),
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd
            | Event::SequenceEnd
            | Event::MappingEnd => return wrong("the file ends in the middle"),
        };
        Ok(Node { line, is })
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node>, Flaw> {
        let mut items = Vec::new();
        loop {
            let first = self.next()?;
            if first == Event::SequenceEnd {
                return Ok(items);
            }
            items.push(self.node(first, depth)?);
        }
    }

    fn map(&mut self, depth: usize) -> Result<Vec<(Key, Node)>, Flaw> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        loop {
            let named = self.next()?;
            if named == Event::MappingEnd {
                return Ok(entries);
            }
            let Event::Scalar(name, _, 0, None) = named else {
                return Err(Flaw::at(self.line, "a name is missing here"));
            };
            let key = Key { line: self.line, name: name.into_owned() };
            if entries.iter().any(|(known, _)| known.name == key.name) {
                let words = format!("`{}` is said twice", shown(&key.name));
                return Err(Flaw::at(key.line, words));
            }
            let first = self.next()?;
            let value = self.node(first, depth)?;
            entries.push((key, value));
        }
    }
}

fn plain(text: &str, style: ScalarStyle) -> Is {
    let is_nothing = style == ScalarStyle::Plain && matches!(text, "" | "~" | "null" | "Null");
    if is_nothing { Is::Nothing } else { Is::Text(text.to_owned()) }
}
