//! Whatever happens to a task, its agent is told each message, in order, and none twice in vain.

use proptest::prelude::*;
use team6::domain::dialogue::{Delivery, Event as Talk, Message, Source, Spoken};
use team6::domain::ids::{Attempt, CommentId, PullNumber};
use team6::domain::task::{Event as Happened, State as TaskState};
use team6::domain::work::Class;

use super::*;

/// What the world may do, whether it fits or not.
#[derive(Clone, Copy, Debug)]
enum Step {
    Said,
    SaidNow,
    Taken,
    Lost,
    TurnEnded,
    Delivered,
    Failed,
    Exhausted,
    Spent,
    Funded,
    Asked,
    Replied,
    PullOpened,
}

const STEPS: [Step; 13] = [
    Step::Said,
    Step::SaidNow,
    Step::Taken,
    Step::Lost,
    Step::TurnEnded,
    Step::Delivered,
    Step::Failed,
    Step::Exhausted,
    Step::Spent,
    Step::Funded,
    Step::Asked,
    Step::Replied,
    Step::PullOpened,
];

struct Story {
    sprint: Sprint,
    said: i64,
    turn: u32,
}

impl Story {
    fn attempt(&self) -> Attempt {
        self.sprint.run.as_ref().unwrap().tasks[0].state.attempt()
    }

    fn messages(&self) -> &[Message] {
        &self.sprint.run.as_ref().unwrap().tasks[0].dialogue.messages
    }

    /// Does a step; what does not fit is refused and changes nothing.
    fn does(&mut self, step: Step) {
        let of = self.attempt();
        let event = match step {
            Step::Said | Step::SaidNow => {
                self.said += 1;
                let now = matches!(step, Step::SaidNow);
                self.talk(Talk::Said(spoken(self.said, now)));
                return;
            }
            Step::TurnEnded => {
                self.turn += 1;
                self.talk(Talk::TurnEnded(of, self.turn, "Done.".to_owned()));
                return;
            }
            Step::Taken => {
                self.turn = 0;
                Happened::Taken(of)
            }
            Step::Lost => Happened::Lost(of),
            Step::Delivered => Happened::Delivered(of),
            Step::Failed => Happened::Failed(of, Class::AgentDied),
            Step::Exhausted => Happened::Exhausted(of, 30),
            Step::Spent => Happened::Spent(of),
            Step::Funded => Happened::Funded,
            Step::Asked => Happened::Asked(of),
            Step::Replied => Happened::Replied(of),
            Step::PullOpened => Happened::PullOpened(PullNumber(9)),
        };
        if let Ok(decided) = self.sprint.decide(Event::Task(TaskNumber(1), event)) {
            self.sprint = decided.sprint;
        }
    }

    fn talk(&mut self, event: Talk) {
        match self.sprint.decide(Event::Dialogue(TaskNumber(1), event)) {
            Ok(decided) => self.sprint = decided.sprint,
            Err(_) => self.said = self.messages().len().try_into().unwrap(),
        }
    }
}

fn spoken(number: i64, now: bool) -> Spoken {
    let task = task(1, &[]);
    Spoken {
        by: login("ada"),
        permission: Permission::Write,
        at: DateTime::UNIX_EPOCH,
        from: Source::Comment { on: task.issue.unwrap(), comment: CommentId(number) },
        text: format!("message {number}"),
        now,
        threads: Vec::new(),
    }
}

fn rank(message: &Message) -> u8 {
    match message.state {
        Delivery::Acknowledged { .. } => 0,
        Delivery::Delivered { .. } => 1,
        Delivery::Queued => 2,
    }
}

proptest! {
    #[test]
    fn messages_keep_their_order_and_none_is_lost_or_acknowledged_twice(
        steps in prop::collection::vec(prop::sample::select(&STEPS[..]), 1..80),
    ) {
        let sprint = started(&approved(vec![task(1, &[])])).sprint;
        let mut story = Story { sprint, said: 0, turn: 0 };
        for step in steps {
            let before = story.messages().to_vec();
            story.does(step);
            let now = story.messages();
            // Nothing that was said is lost or changed, and it is told in the order it was said.
            prop_assert_eq!(i64::try_from(now.len()).unwrap(), story.said);
            for (number, message) in (1..).zip(now) {
                prop_assert_eq!(&message.text, &format!("message {number}"));
            }
            prop_assert!(now.windows(2).all(|pair| rank(&pair[0]) <= rank(&pair[1])), "{now:?}");
            // What was acknowledged stays so: it is never told again.
            for (old, new) in before.iter().zip(now) {
                let acknowledged = matches!(old.state, Delivery::Acknowledged { .. });
                prop_assert!(!acknowledged || old == new, "{old:?} became {new:?}");
            }
            // An agent at work was told what it was told by this try; nobody else was.
            let state = &story.sprint.run.as_ref().unwrap().tasks[0].state;
            for message in now {
                if let Delivery::Delivered { attempt, .. } = message.state {
                    prop_assert!(state.is_at_work(attempt), "{message:?} while {state:?}");
                }
            }
            // Who rests is called for what waits.
            let waits = now.iter().any(|one| one.state == Delivery::Queued);
            let rests = matches!(state, TaskState::Review { .. } | TaskState::Asking { .. });
            prop_assert!(!(waits && rests), "nobody is called: {state:?}");
        }
    }
}
