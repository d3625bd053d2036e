//! As much of the GraphQL language as one question needs.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A field that is asked for, or `... on Type { … }` with `on` set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Selection {
    pub(super) name: String,
    alias: Option<String>,
    on: Option<String>,
    pub(super) arguments: BTreeMap<String, Argument>,
    pub(super) selections: Vec<Selection>,
}

/// The value of an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    Text(String),
    Variable(String),
    Object(BTreeMap<String, Argument>),
    Other(String),
}

impl Argument {
    /// The value with the variables put in.
    pub(super) fn value(&self, variables: &Map<String, Value>) -> Result<Value, String> {
        match self {
            Self::Text(text) | Self::Other(text) => Ok(Value::from(text.as_str())),
            Self::Variable(name) => {
                variables.get(name).cloned().ok_or(format!("Variable ${name} was not provided"))
            }
            Self::Object(fields) => fields
                .iter()
                .map(|(name, value)| Ok((name.clone(), value.value(variables)?)))
                .collect::<Result<Map<_, _>, String>>()
                .map(Value::Object),
        }
    }
}

impl Selection {
    /// The name in the answer.
    pub(super) fn key(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.name)
    }
}

/// The fields that apply to an object of type `kind`.
pub(super) fn flatten(selections: &[Selection], kind: Option<&str>) -> Vec<Selection> {
    let mut fields = Vec::new();
    for selection in selections {
        match &selection.on {
            None => fields.push(selection.clone()),
            Some(on) if kind == Some(on) || matches!(on.as_str(), "Node" | "Comment" | "Actor") => {
                fields.extend(flatten(&selection.selections, kind));
            }
            Some(_) => {}
        }
    }
    fields
}

/// The top fields of a query.
pub(super) fn query(text: &str) -> Result<Vec<Selection>, String> {
    let mut tokens = Tokens { words: words(text)?, at: 0 };
    if matches!(tokens.peek(), Some("query" | "mutation")) {
        // Name and declared variables tell nothing that is needed here.
        while tokens.peek().is_some_and(|word| word != "{") {
            tokens.next();
        }
    }
    let selections = tokens.selections()?;
    match tokens.peek() {
        None => Ok(selections),
        Some(word) => Err(format!("localhub does not understand `{word}` after the query")),
    }
}

struct Tokens {
    words: Vec<String>,
    at: usize,
}

impl Tokens {
    fn peek(&self) -> Option<&str> {
        self.words.get(self.at).map(String::as_str)
    }

    fn next(&mut self) -> Option<String> {
        let word = self.words.get(self.at).cloned();
        self.at += 1;
        word
    }

    fn takes(&mut self, word: &str) -> bool {
        let there = self.peek() == Some(word);
        self.at += usize::from(there);
        there
    }

    fn must(&mut self, word: &str) -> Result<(), String> {
        if self.takes(word) {
            return Ok(());
        }
        let found = self.peek().unwrap_or("the end");
        Err(format!("Parse error: expected `{word}`, found `{found}`"))
    }

    fn word(&mut self) -> Result<String, String> {
        self.next().ok_or_else(|| "Parse error: unexpected end".to_owned())
    }

    fn selections(&mut self) -> Result<Vec<Selection>, String> {
        self.must("{")?;
        let mut selections = Vec::new();
        while !self.takes("}") {
            selections.push(self.selection()?);
        }
        Ok(selections)
    }

    fn selection(&mut self) -> Result<Selection, String> {
        if self.takes("...") {
            self.must("on")?;
            let on = Some(self.word()?);
            return Ok(Selection { on, selections: self.selections()?, ..Selection::default() });
        }
        let mut name = self.word()?;
        let mut alias = None;
        if self.takes(":") {
            alias = Some(std::mem::replace(&mut name, self.word()?));
        }
        let arguments = if self.takes("(") { self.arguments()? } else { BTreeMap::new() };
        let selections = if self.peek() == Some("{") { self.selections()? } else { Vec::new() };
        Ok(Selection { name, alias, on: None, arguments, selections })
    }

    fn arguments(&mut self) -> Result<BTreeMap<String, Argument>, String> {
        let mut arguments = BTreeMap::new();
        while !self.takes(")") {
            let name = self.word()?;
            self.must(":")?;
            arguments.insert(name, self.argument()?);
        }
        Ok(arguments)
    }

    fn argument(&mut self) -> Result<Argument, String> {
        let value = self.word()?;
        match value.chars().next() {
            Some('$') => Ok(Argument::Variable(value[1..].to_owned())),
            Some('"') => Ok(Argument::Text(value[1..].to_owned())),
            Some('{') => {
                let mut fields = BTreeMap::new();
                while !self.takes("}") {
                    let name = self.word()?;
                    self.must(":")?;
                    fields.insert(name, self.argument()?);
                }
                Ok(Argument::Object(fields))
            }
            _ => Ok(Argument::Other(value)),
        }
    }
}

/// Names, numbers, variables and signs; a string is its text after one quotation mark.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => {
                let end = rest[1..].find('"').ok_or("Parse error: a string does not end")?;
                words.push(rest[..=end].to_owned());
                rest = rest[end + 2..].trim_start_matches(skipped);
                continue;
            }
            '#' => {
                rest = rest.split_once('\n').map_or("", |(_, rest)| rest).trim_start();
                continue;
            }
            '.' if rest.starts_with("...") => 3,
            '{' | '}' | '(' | ')' | ':' | '!' | '[' | ']' | '=' => 1,
            _ => {
                let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '-');
                rest.find(|c| !named(c)).unwrap_or(rest.len())
            }
        };
        if length == 0 {
            return Err(format!("Parse error: unexpected `{first}`"));
        }
        words.push(rest[..length].to_owned());
        rest = rest[length..].trim_start_matches(skipped);
    }
    Ok(words)
}

/// Commas mean nothing in GraphQL.
fn skipped(c: char) -> bool {
    c.is_whitespace() || c == ','
}
