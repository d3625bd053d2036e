//! Roles of people, permissions of Apps, and what each act needs of both.

use serde::{Deserialize, Serialize};

/// A person's role in a repository, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// No access beyond what everybody has.
    None,
    /// May read, open issues and comment.
    Read,
    /// May also label, assign, close and set milestones.
    Triage,
    /// May also push, merge and edit what others wrote.
    Write,
    /// May also change some settings.
    Maintain,
    /// May do everything.
    Admin,
}

impl Role {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Read => "read",
            Self::Triage => "triage",
            Self::Write => "write",
            Self::Maintain => "maintain",
            Self::Admin => "admin",
        }
    }

    /// The least role that a word of the list of collaborators asks for.
    /// <https://docs.github.com/en/rest/collaborators/collaborators#list-repository-collaborators>
    pub(crate) fn at_least(word: &str) -> Option<Self> {
        match word {
            "pull" => Some(Self::Read),
            "triage" => Some(Self::Triage),
            "push" => Some(Self::Write),
            "maintain" => Some(Self::Maintain),
            "admin" => Some(Self::Admin),
            _ => None,
        }
    }

    /// The coarse word of `/collaborators/{user}/permission`, which predates the finer roles.
    /// <https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user>
    pub(crate) fn legacy(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Read | Self::Triage => "read",
            Self::Write | Self::Maintain => "write",
            Self::Admin => "admin",
        }
    }
}

/// How much of an area an App may touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// May read.
    Read,
    /// May read and write.
    Write,
    /// May also administer.
    Admin,
}

/// A part of a repository that an App is granted separately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Area {
    Metadata,
    Contents,
    Issues,
    Pulls,
    Checks,
    Administration,
    Workflows,
}

impl Area {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::Contents => "contents",
            Self::Issues => "issues",
            Self::Pulls => "pull_requests",
            Self::Checks => "checks",
            Self::Administration => "administration",
            Self::Workflows => "workflows",
        }
    }
}

/// What an act asks: a role of people, a permission of Apps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Need {
    pub(crate) role: Role,
    pub(crate) areas: &'static [Area],
    pub(crate) level: Level,
}

impl Need {
    const fn of(role: Role, areas: &'static [Area], level: Level) -> Self {
        Self { role, areas, level }
    }

    /// The same need on this issue: what is no pull request is reached as an issue only.
    pub(crate) fn on(self, issue: &super::Issue) -> Self {
        match issue.pull {
            None => Self { areas: &[Area::Issues], ..self },
            Some(_) => self,
        }
    }

    pub(crate) const METADATA: Self = Self::of(Role::Read, &[Area::Metadata], Level::Read);
    pub(crate) const READ_ISSUES: Self =
        Self::of(Role::Read, &[Area::Issues, Area::Pulls], Level::Read);
    pub(crate) const READ_PULLS: Self = Self::of(Role::Read, &[Area::Pulls], Level::Read);
    pub(crate) const READ_CODE: Self = Self::of(Role::Read, &[Area::Contents], Level::Read);
    pub(crate) const READ_CHECKS: Self = Self::of(Role::Read, &[Area::Checks], Level::Read);
    /// Opening issues, commenting, reacting: everybody who can read may.
    pub(crate) const DISCUSS: Self = Self::of(Role::Read, &[Area::Issues], Level::Write);
    /// The same on a number that may be a pull request's.
    pub(crate) const DISCUSS_EITHER: Self =
        Self::of(Role::Read, &[Area::Issues, Area::Pulls], Level::Write);
    /// <https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization>
    pub(crate) const TRIAGE: Self =
        Self::of(Role::Triage, &[Area::Issues, Area::Pulls], Level::Write);
    /// Editing what others wrote, and the labels and milestones themselves.
    pub(crate) const MODERATE: Self =
        Self::of(Role::Write, &[Area::Issues, Area::Pulls], Level::Write);
    pub(crate) const PROPOSE: Self = Self::of(Role::Read, &[Area::Pulls], Level::Write);
    pub(crate) const EDIT_PULLS: Self = Self::of(Role::Write, &[Area::Pulls], Level::Write);
    pub(crate) const REQUEST_REVIEW: Self = Self::of(Role::Triage, &[Area::Pulls], Level::Write);
    /// Pushing and merging.
    pub(crate) const PUSH: Self = Self::of(Role::Write, &[Area::Contents], Level::Write);
    pub(crate) const WRITE_CHECKS: Self = Self::of(Role::Write, &[Area::Checks], Level::Write);
    pub(crate) const ADMINISTER: Self =
        Self::of(Role::Admin, &[Area::Administration], Level::Write);
}
