//! What checks say about a pull request, as far as people need it to act.

use serde::{Deserialize, Serialize};

/// One check of a pull request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Verdict {
    /// Its name.
    pub name: String,
    /// How it stands.
    pub state: State,
    /// Where one reads more.
    pub url: Option<String>,
}

/// How a check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CheckState)]
pub enum State {
    /// It is not over.
    Running,
    /// All is well.
    Passed,
    /// Something is wrong.
    Failed,
    /// It has nothing to say.
    Skipped,
}
