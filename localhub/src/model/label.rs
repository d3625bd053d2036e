//! Labels.

use serde::{Deserialize, Serialize};

use super::{Document, Id, Repo};

/// A label of a repository; its name is unique there, whatever its case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Label {
    pub(crate) id: Id<Label>,
    pub(crate) repo: Id<Repo>,
    pub(crate) name: String,
    pub(crate) color: String,
    pub(crate) description: Option<String>,
}

impl Document for Label {
    const KIND: &'static str = "label";
    fn id(&self) -> Id<Self> {
        self.id
    }
}
