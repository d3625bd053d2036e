//! Labels of issues and pull requests.

use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::handles::found;
use super::{Error, Repo};
use crate::domain::ids::IssueNumber;

/// A label.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// Its name.
    pub name: String,
}

/// GitHub's description allows a label to be a bare text.
impl<'de> Deserialize<'de> for Label {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Bare(String),
            Full { name: Option<String> },
        }
        Ok(match Form::deserialize(deserializer)? {
            Form::Bare(name) => Self { name },
            Form::Full { name } => Self { name: name.unwrap_or_default() },
        })
    }
}

impl Repo {
    /// The labels there are.
    pub async fn labels(&self) -> Result<Vec<Label>, Error> {
        self.pages(self.get("labels")).all().await
    }

    /// Adds labels to an issue or pull request; GitHub makes those it does not know.
    pub async fn add_labels(&self, issue: IssueNumber, labels: &[&str]) -> Result<(), Error> {
        let body = json!({ "labels": labels });
        self.tell(&self.post(format!("issues/{issue}/labels"), body)).await
    }

    /// Takes a label off an issue or pull request; it is fine if it was not there.
    pub async fn remove_label(&self, issue: IssueNumber, label: &str) -> Result<(), Error> {
        let ask = self.delete(format!("issues/{issue}/labels"), None).then(label);
        found(self.tell(&ask).await).map(drop)
    }

    /// Makes a label that explains itself; it is fine if there is one of that name.
    pub async fn create_label(
        &self,
        name: &str,
        color: &str,
        description: &str,
    ) -> Result<(), Error> {
        let body = json!({ "name": name, "color": color, "description": description });
        match self.tell(&self.post("labels", body)).await {
            Err(error) if error.is_unprocessable() => Ok(()),
            told => told,
        }
    }
}
