//! Files of a repository, at a commit.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

use super::handles::found;
use super::lenient::or_default;
use super::{Error, Repo};
use crate::domain::ids::CommitSha;

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum File {
    /// Nothing.
    Missing,
    /// A file with this text.
    Text(String),
    /// A file that is longer than was asked for.
    TooBig,
    /// A folder, a link that leads nowhere, bytes that are no text.
    NoText,
    /// We may not know.
    Forbidden,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    size: u64,
    #[serde(default, deserialize_with = "or_default")]
    encoding: String,
    #[serde(default, deserialize_with = "or_default")]
    content: String,
}

impl Repo {
    /// The text of a file of at most so many bytes, as a commit has it.
    /// <https://docs.github.com/en/rest/repos/contents#get-repository-content>
    pub async fn file(&self, path: &str, at: &CommitSha, most: u64) -> Result<File, Error> {
        let ask = self.get(format!("contents/{path}")).with("ref", &at.0);
        match found(self.read::<Value>(&ask).await) {
            Ok(None) => Ok(File::Missing),
            Ok(Some(said)) => Ok(text_of(said, most)),
            Err(error) if error.is_forbidden() => Ok(File::Forbidden),
            Err(error) => Err(error),
        }
    }
}

/// A folder is a list, and a file of more than a megabyte has no content.
fn text_of(said: Value, most: u64) -> File {
    let Ok(file) = serde_json::from_value::<Entry>(said) else { return File::NoText };
    if file.kind != "file" {
        return File::NoText;
    }
    if most < file.size {
        return File::TooBig;
    }
    let packed: String = file.content.split_whitespace().collect();
    let bytes = (file.encoding == "base64").then(|| STANDARD.decode(packed).ok()).flatten();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map_or(File::NoText, File::Text)
}
