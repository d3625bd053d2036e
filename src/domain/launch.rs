//! What somebody sets going from the dashboard, and how far it is.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::{LaunchId, Login, MilestoneNumber, RepoName, SprintId};
use super::refusal::Refusal;
use super::sprint::Sprint;

/// The longest title of a milestone or a goal, in characters, as GitHub has it.
pub const LONGEST_TITLE: usize = 250;

/// Something that takes longer than a page may.
#[derive(Clone, Debug, PartialEq)]
pub struct Launch {
    /// Its id, made of the form that asked for it: the same form is the same launch.
    pub id: LaunchId,
    /// Who wants it.
    pub by: Login,
    /// Where the sprint is, or will be.
    pub repo: RepoName,
    /// What they want.
    pub wish: Wish,
    /// The sprint, once there is one.
    pub sprint: Option<SprintId>,
    /// Since when.
    pub begun_at: DateTime<Utc>,
    /// When it was over.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why it was not done.
    pub refused: Vec<Refusal>,
    /// By what the operator finds what broke.
    pub trouble: Option<String>,
}

/// What somebody wants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// A sprint, with a plan.
    Open(Opening),
    /// A run of a sprint whose plan is approved.
    Start {
        /// Whether its warnings were read and accepted.
        despite_warnings: bool,
    },
}

impl Wish {
    /// What a comment would say for it; nothing, where it was done already: a plan that is there is not made anew,
    /// because people may have refined and approved it.
    pub fn said_to(&self, sprint: &Sprint) -> Option<&'static str> {
        match self {
            Self::Open(_) if sprint.plan.is_some() => None,
            Self::Open(_) => Some("/team6 plan"),
            Self::Start { despite_warnings: false } => Some("/team6 start"),
            Self::Start { despite_warnings: true } => Some("/team6 start --despite-warnings"),
        }
    }
}

/// A sprint that is to be: whose milestone holds a sprint issue already, that is the one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opening {
    /// Its milestone.
    pub milestone: Milestone,
    /// The sprint issue's title.
    pub goal: String,
    /// What more there is to say.
    pub text: String,
}

/// A milestone, or one to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Milestone {
    /// One that is there.
    There(MilestoneNumber),
    /// One of this title; it is made, unless there is an open one.
    New(String),
}

/// How far a launch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Stage)]
pub enum Stage {
    /// The milestone and the sprint issue are looked for, or made.
    CreatingRun,
    /// The tasks are put together.
    GeneratingPlan,
    /// The first tasks are handed to agents.
    Starting,
    /// It is done.
    Done,
    /// It was not done, and why is known.
    Refused,
    /// Something broke, and it is not tried again.
    Broken,
}

impl Launch {
    /// How far it is.
    pub fn stage(&self) -> Stage {
        if self.trouble.is_some() {
            return Stage::Broken;
        }
        match (&self.wish, &self.sprint, self.ended_at) {
            (_, _, Some(_)) if self.refused.is_empty() => Stage::Done,
            (_, _, Some(_)) => Stage::Refused,
            (Wish::Start { .. }, _, None) => Stage::Starting,
            (Wish::Open(_), None, None) => Stage::CreatingRun,
            (Wish::Open(_), Some(_), None) => Stage::GeneratingPlan,
        }
    }
}

impl Opening {
    /// The same without what GitHub would not take; nothing, where a title is missing.
    pub fn fit(self) -> Option<Self> {
        let is_title = |title: &str| !title.is_empty() && title.chars().count() <= LONGEST_TITLE;
        let plain = |text: &str| {
            let kept: String = text.chars().filter(|c| !c.is_control()).collect();
            kept.trim().to_owned()
        };
        let goal = plain(&self.goal);
        let milestone = match self.milestone {
            Milestone::New(title) => Milestone::New(plain(&title)),
            Milestone::There(number) => Milestone::There(number),
        };
        let is_fit = match &milestone {
            Milestone::New(title) => is_title(title),
            Milestone::There(_) => true,
        };
        let text = self.text.replace(['\r', '\0'], "").trim().to_owned();
        (is_fit && is_title(&goal)).then_some(Self { milestone, goal, text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn launch(wish: Wish) -> Launch {
        Launch {
            id: LaunchId("lch_1".into()),
            by: Login("ada".into()),
            repo: "acme/web".parse().unwrap(),
            wish,
            sprint: None,
            begun_at: DateTime::UNIX_EPOCH,
            ended_at: None,
            refused: Vec::new(),
            trouble: None,
        }
    }

    #[test]
    fn a_launch_says_how_far_it_is() {
        let milestone = Milestone::New("Dark mode".into());
        let opening = Opening { milestone, goal: "Read at night".into(), text: String::new() };
        let mut open = launch(Wish::Open(opening));
        assert_eq!(open.stage(), Stage::CreatingRun);
        open.sprint = Some(SprintId("spr_1_1".into()));
        assert_eq!(open.stage(), Stage::GeneratingPlan);
        open.ended_at = Some(DateTime::UNIX_EPOCH);
        assert_eq!(open.stage(), Stage::Done);
        open.refused = vec![Refusal::NothingToPlan];
        assert_eq!(open.stage(), Stage::Refused);
        open.trouble = Some("eff_1".into());
        assert_eq!(open.stage(), Stage::Broken);
        let start = launch(Wish::Start { despite_warnings: false });
        assert_eq!(start.stage(), Stage::Starting);
    }

    #[test]
    fn a_sprint_needs_a_milestone_and_a_goal() {
        let opening = |milestone: &str, goal: &str| Opening {
            milestone: Milestone::New(milestone.to_owned()),
            goal: goal.to_owned(),
            text: "one\r\ntwo\0 ".to_owned(),
        };
        let fit = opening(" Dark\nmode ", "Read").fit().unwrap();
        assert_eq!(fit.milestone, Milestone::New("Darkmode".into()));
        assert_eq!(fit.text, "one\ntwo");
        assert_eq!(opening(" ", "Read").fit(), None);
        assert_eq!(opening("Dark mode", "\t").fit(), None);
        assert_eq!(opening(&"x".repeat(LONGEST_TITLE + 1), "Read").fit(), None);
    }
}
