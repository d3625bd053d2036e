//! Agents that end turn after turn without having done anything.

use super::Dialogue;
use crate::domain::task;
use crate::domain::work::Class;

impl Dialogue {
    /// Whether one more turn in which the agent did nothing is one too many; 0 is never.
    pub fn makes_no_progress(&self, most: u32) -> bool {
        0 < most && most <= self.idle + 1
    }

    /// Counts the turns in a row in which the agent did nothing; what a person wants begins it anew, and
    /// what only failed says nothing about it.
    pub(super) fn count_idle(&mut self, event: &task::Event) {
        use task::Event as E;
        match event {
            E::Failed(_, Class::NothingDone) => self.idle += 1,
            E::Failed(_, Class::NoProgress | Class::LeftDirty | Class::HookFailed)
            | E::Delivered(_)
            | E::Asked(_)
            | E::Delegated(_)
            | E::Replied(_)
            | E::Called
            | E::Returned(_)
            | E::Retried(_) => self.idle = 0,
            E::Failed(..)
            | E::Released
            | E::Taken(_)
            | E::Lost(_)
            | E::Exhausted(..)
            | E::Spent(_)
            | E::Funded
            | E::PullOpened(_)
            | E::Presented(_)
            | E::Reviewed(_)
            | E::PullMerged(..)
            | E::PullClosed(_)
            | E::PullReopened(_)
            | E::Cancelled
            | E::Skipped(_)
            | E::Stopped(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::Attempt;
    use task::Event as E;

    #[test]
    fn only_turns_in_a_row_count() {
        let (mut dialogue, of) = (Dialogue::default(), Attempt(1));
        let idle = E::Failed(of, Class::NothingDone);
        dialogue.count_idle(&idle);
        assert!(!dialogue.makes_no_progress(3) && dialogue.makes_no_progress(2));
        // What died says nothing about it.
        for event in [E::Failed(of, Class::AgentDied), E::Lost(of), idle.clone()] {
            dialogue.count_idle(&event);
        }
        assert!(dialogue.makes_no_progress(3) && !dialogue.makes_no_progress(0));
        dialogue.count_idle(&E::Asked(of));
        assert!(!dialogue.makes_no_progress(2));
    }
}
