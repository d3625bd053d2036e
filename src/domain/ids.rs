//! Names for things, so that one cannot be passed for another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Declares a newtype the database, JSON and logs all understand.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(
            Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, sqlx::Type,
            utoipa::ToSchema,
        )]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
    ($(#[$doc:meta])* copy $name:ident($inner:ty)) => {
        id!($(#[$doc])* $name($inner));
        impl Copy for $name {}
    };
}

id!(/// A delivery of a webhook, as GitHub's `X-GitHub-Delivery` names it.
    DeliveryId(String));
id!(/// A sprint: `spr_{repository id}_{sprint issue}`.
    SprintId(String));
id!(/// A run: `run_{repository id}_{sprint issue}_{n}`.
    RunId(String));
id!(/// One attempt of one agent at one task, `exe_{…run}_{task}_{attempt}`, or at a plan,
    /// `exe_{…sprint}_plan{n}_{attempt}`.
    ExecutionId(String));
id!(/// What somebody set going from the dashboard.
    LaunchId(String));
id!(/// A group of repositories that share a queue.
    ProjectName(String));
id!(/// A specialist agent, as the configuration names it.
    AgentName(String));
id!(/// The name of a branch, without `refs/heads/`.
    BranchName(String));
id!(/// A commit, by its full hexadecimal name.
    CommitSha(String));
id!(/// Which worker process holds a lease.
    WorkerId(String));
id!(/// A task's place in its plan, as people write it: `T3`.
    copy TaskNumber(i64));
id!(/// An issue's number in its repository.
    copy IssueNumber(i64));
id!(/// A pull request's number in its repository.
    copy PullNumber(i64));
id!(/// A milestone's number in its repository.
    copy MilestoneNumber(i64));
id!(/// A comment, by GitHub's id.
    copy CommentId(i64));
id!(/// A repository, by GitHub's id, which survives a rename.
    copy RepoId(i64));
id!(/// Where the App is installed, by GitHub's id.
    copy InstallationId(i64));
id!(/// A run's place among the runs of its sprint, from 1.
    copy RunNumber(i64));
id!(/// A try's place among the tries at a task, from 1.
    copy Attempt(i64));
id!(/// A lease's generation: whoever speaks with an older one is not listened to.
    copy Epoch(i64));

/// A person's or App's name on GitHub; GitHub compares names without regard to case.
#[derive(Clone, Debug, Serialize, Deserialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Login(pub String);

impl PartialEq for Login {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}
impl Eq for Login {}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A repository's full name, `owner/name`.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    sqlx::Type,
    utoipa::ToSchema,
)]
#[serde(try_from = "String", into = "String")]
#[sqlx(transparent)]
pub struct RepoName(String);

impl RepoName {
    /// The account the repository belongs to.
    pub fn owner(&self) -> &str {
        self.0.split_once('/').map_or("", |(owner, _)| owner)
    }

    /// The repository's own name.
    pub fn name(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, name)| name)
    }

    /// `owner/name`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is not `owner/name`.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("a repository is written owner/name, not `{0}`")]
pub struct NotARepository(String);

impl FromStr for RepoName {
    type Err = NotARepository;

    fn from_str(text: &str) -> Result<Self, NotARepository> {
        let part = |part: &str| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        };
        match text.split_once('/') {
            Some((owner, name)) if part(owner) && part(name) => Ok(Self(text.to_owned())),
            Some(_) | None => Err(NotARepository(text.to_owned())),
        }
    }
}

impl TryFrom<String> for RepoName {
    type Error = NotARepository;

    fn try_from(text: String) -> Result<Self, NotARepository> {
        text.parse()
    }
}

impl From<RepoName> for String {
    fn from(name: RepoName) -> Self {
        name.0
    }
}

impl fmt::Display for RepoName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An issue, wherever it is: `acme/api#12`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IssueRef {
    /// Where it is.
    pub repo: RepoName,
    /// Its number there.
    pub number: IssueNumber,
}

impl IssueRef {
    /// Calls its repository by its new name, if it is in that one.
    pub fn rename(&mut self, from: &RepoName, to: &RepoName) {
        if self.repo == *from {
            self.repo.clone_from(to);
        }
    }
}

impl fmt::Display for IssueRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.repo, self.number)
    }
}

impl SprintId {
    /// The sprint whose sprint issue is `issue`: one issue is one sprint, for ever.
    pub fn of(repo: RepoId, issue: IssueNumber) -> Self {
        Self(format!("spr_{repo}_{issue}"))
    }
}

impl RunId {
    /// The `n`th run of a sprint.
    pub fn of(sprint: &SprintId, n: RunNumber) -> Self {
        Self(format!("run_{}_{n}", bare(&sprint.0)))
    }
}

impl ExecutionId {
    /// The `attempt`th try at a task, so that asking twice for it is asking once.
    pub fn of(run: &RunId, task: TaskNumber, attempt: Attempt) -> Self {
        Self(format!("exe_{}_{task}_{attempt}", bare(&run.0)))
    }
}

impl ExecutionId {
    /// The `attempt`th try at a sprint's `number`th planning.
    pub fn of_planning(sprint: &SprintId, number: i64, attempt: Attempt) -> Self {
        Self(format!("exe_{}_plan{number}_{attempt}", bare(&sprint.0)))
    }
}

impl ExecutionId {
    /// The review of the `attempt`th try at a task by the review agent, which is tried once.
    pub fn of_review(run: &RunId, task: TaskNumber, attempt: Attempt) -> Self {
        Self(format!("exe_{}_{task}_review{attempt}_1", bare(&run.0)))
    }
}

impl BranchName {
    /// The branch an agent works on: `feature/task-3-short-title`.
    pub fn of(task: TaskNumber, title: &str) -> Self {
        let words = title
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .take(5)
            .map(str::to_ascii_lowercase)
            .collect::<Vec<_>>()
            .join("-");
        let slug = if words.is_empty() { "work" } else { &words };
        Self(format!("feature/task-{task}-{}", &slug[..slug.len().min(40)].trim_end_matches('-')))
    }

    /// The branch for a try that a person asked for. It begins anew from the base of that moment,
    /// and what is on the branch before stays there, whoever put it there.
    #[must_use]
    pub fn again(&self, attempt: Attempt) -> Self {
        let digit = |c: char| c.is_ascii_digit();
        let stem = self.0.trim_end_matches(digit).strip_suffix("-try-").unwrap_or(&self.0);
        Self(format!("{stem}-try-{attempt}"))
    }
}

/// An id without its prefix.
fn bare(id: &str) -> &str {
    id.split_once('_').map_or(id, |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_made_of_what_they_name() {
        let sprint = SprintId::of(RepoId(7), IssueNumber(12));
        let run = RunId::of(&sprint, RunNumber(1));
        let execution = ExecutionId::of(&run, TaskNumber(3), Attempt(2));
        assert_eq!([&sprint.0, &run.0, &execution.0], ["spr_7_12", "run_7_12_1", "exe_7_12_1_3_2"]);
    }

    #[test]
    fn a_branch_is_named_after_its_task() {
        let branch = |title| BranchName::of(TaskNumber(3), title).0;
        assert_eq!(branch("Add a dark palette!"), "feature/task-3-add-a-dark-palette");
        assert_eq!(branch("Größe & Höhe"), "feature/task-3-gr-e-h-he");
        assert_eq!(branch("日本語"), "feature/task-3-work");
        let second = BranchName::of(TaskNumber(3), "Add 12").again(Attempt(2));
        assert_eq!(second.0, "feature/task-3-add-12-try-2");
        assert_eq!(second.again(Attempt(3)).0, "feature/task-3-add-12-try-3");
    }

    #[test]
    fn a_repository_is_owner_and_name() {
        assert!("acme/web".parse::<RepoName>().is_ok());
        for wrong in ["acme", "acme/", "/web", "acme/../x", "a/b/c", "acme/w eb", "acme/.."] {
            assert!(wrong.parse::<RepoName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn people_are_the_same_in_any_case() {
        assert_eq!(Login("Ada".into()), Login("ada".into()));
    }
}
