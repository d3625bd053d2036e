//! What a seed is about: the sprint, what people intend, how agents fare, what may go wrong.

use crate::dice::Dice;

pub(crate) const REPOSITORIES: [&str; 2] = ["acme/web", "acme/api"];

/// A task as somebody wished for it.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) title: String,
    pub(crate) repo: &'static str,
    pub(crate) owner: &'static str,
    /// Which wishes come before it.
    pub(crate) after: Vec<usize>,
}

/// Something goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mishap {
    /// GitHub answers with an error.
    Error,
    /// No answer comes.
    Silence,
    /// GitHub wants to be left alone.
    Limit,
    /// Team6 dies.
    Death,
}

/// What may go wrong, and how often in a thousand times.
#[derive(Clone, Debug)]
pub(crate) struct Faults {
    pub(crate) mishaps: Vec<Mishap>,
    /// Of a request.
    pub(crate) request: usize,
    /// That something else happens while a request is on its way.
    pub(crate) meanwhile: usize,
    /// Of a step, that a commit of it fails or kills Team6.
    pub(crate) commit: usize,
    /// Whether webhooks come in the order in which things happened, all of them and once.
    pub(crate) orderly: bool,
    /// Of a webhook that it is lost and GitHub's log knows nothing of it.
    pub(crate) lost: usize,
    /// Whether workers are silent, late, or start again.
    pub(crate) workers: bool,
    /// Whether clocks jump.
    pub(crate) clocks: bool,
}

impl Faults {
    /// A world in which nothing goes wrong.
    pub(crate) fn none() -> Self {
        Self {
            mishaps: Vec::new(),
            request: 0,
            meanwhile: 0,
            commit: 0,
            orderly: true,
            lost: 0,
            workers: false,
            clocks: false,
        }
    }

    /// Not everything goes wrong everywhere: what is rare alone hides behind what is frequent.
    fn some(dice: &mut Dice) -> Self {
        let mut mishaps = Vec::new();
        for mishap in [Mishap::Error, Mishap::Silence, Mishap::Limit, Mishap::Death] {
            if dice.chance(600) {
                mishaps.push(mishap);
            }
        }
        let request = if mishaps.is_empty() { 0 } else { *dice.pick(&[10, 30, 80]) };
        Self {
            mishaps,
            request,
            meanwhile: *dice.pick(&[0, 30, 120]),
            commit: *dice.pick(&[0, 0, 20, 60]),
            orderly: dice.chance(400),
            lost: *dice.pick(&[0, 0, 100, 400]),
            workers: dice.chance(600),
            clocks: dice.chance(500),
        }
    }
}

/// How often people and agents have something to say to each other, at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Talk {
    /// Questions of agents.
    pub(crate) questions: usize,
    /// Messages to agents.
    pub(crate) messages: usize,
    /// Reviews that want changes.
    pub(crate) reviews: usize,
    /// Checks that fail.
    pub(crate) checks: usize,
    /// Commits that people push to an agent's branch.
    pub(crate) pushes: usize,
    /// Commits on the default branch that an agent's work conflicts with.
    pub(crate) conflicts: usize,
}

impl Talk {
    fn some(dice: &mut Dice) -> Self {
        // Half of the sprints are as silent as they can be.
        let mut most = |most: usize, talks: bool| if talks { dice.below(most + 1) } else { 0 };
        let talks = most(1, true) == 1;
        Self {
            questions: most(3, talks),
            messages: most(4, talks),
            reviews: most(2, talks),
            checks: most(2, talks),
            pushes: most(1, talks),
            conflicts: most(1, talks),
        }
    }
}

/// Everything a seed decides before anything happens.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) wishes: Vec<Wish>,
    pub(crate) faults: Faults,
    /// The wishes that are skipped in the end, and so never merged.
    pub(crate) skipped: Vec<usize>,
    /// The wishes whose pull request is closed before it comes to a good end.
    pub(crate) closed: Vec<usize>,
    /// Whether the run is cancelled.
    pub(crate) cancelled: bool,
    pub(crate) pauses: bool,
    pub(crate) holds_a_task: bool,
    pub(crate) unlabels: bool,
    pub(crate) retitles: bool,
    pub(crate) adds: bool,
    /// Whether all falls silent between the approval and the start.
    pub(crate) breathes: bool,
    /// Whether nobody does anything while all falls silent.
    pub(crate) sleeps: bool,
    /// Whether mary, who may write at first, loses that.
    pub(crate) demotes: bool,
    /// Of a try, how often in a thousand it fails.
    pub(crate) failing: usize,
    /// How much people and agents have to say to each other.
    pub(crate) talk: Talk,
    /// Whether a review agent looks at everything first.
    pub(crate) reviewer: bool,
    /// How long chaos reigns, in steps.
    pub(crate) steps: usize,
}

const TITLES: [&str; 6] = [
    "Name the colors",
    "Draw the moon",
    "Ask the system",
    "Put up a toggle",
    "Store the theme",
    "Tell everybody",
];

impl Scene {
    pub(crate) fn of(dice: &mut Dice) -> Self {
        let count = 1 + dice.below(4);
        let mut wishes = Vec::new();
        for nth in 0..count {
            let after = (0..nth).filter(|_| dice.chance(450)).collect();
            wishes.push(Wish {
                title: TITLES[nth].to_owned(),
                repo: dice.pick::<&str>(&REPOSITORIES),
                owner: dice.pick::<&str>(&["ada", "grace"]),
                after,
            });
        }
        let mut some = |per_mille| (0..count).filter(|_| dice.chance(per_mille)).collect();
        let (skipped, closed) = (some(80), some(200));
        Self {
            wishes,
            skipped,
            closed,
            cancelled: dice.chance(100),
            pauses: dice.chance(300),
            holds_a_task: dice.chance(200),
            unlabels: dice.chance(150),
            retitles: dice.chance(300),
            adds: dice.chance(250),
            breathes: dice.chance(600),
            demotes: dice.chance(300),
            failing: *dice.pick(&[0, 100, 300]),
            steps: 60 + dice.below(120),
            faults: Faults::some(dice),
            talk: Talk::some(dice),
            sleeps: dice.chance(500),
            reviewer: dice.chance(300),
        }
    }

    /// The same people and agents in a world in which nothing goes wrong.
    pub(crate) fn without_faults(self) -> Self {
        Self { faults: Faults::none(), ..self }
    }
}
