//! What the demo shows in the terminal.

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use super::folder::Addresses;
use super::world::{REPOSITORIES, SPRINT_ISSUE};

/// A terminal, or a file.
pub struct Screen {
    out: Box<dyn Write + Send>,
    begun: Instant,
    told: usize,
}

impl Screen {
    /// Shows everything on `out`.
    pub fn new(out: Box<dyn Write + Send>) -> Self {
        Self { out, begun: Instant::now(), told: 0 }
    }

    pub(super) fn opening(&mut self, folder: &Path, addresses: &Addresses) {
        let issue = format!("{}{}/issues/{SPRINT_ISSUE}", addresses.github, REPOSITORIES[0]);
        self.line("");
        self.line("A sprint of Acme, \"Dark mode\", on this machine.");
        self.line("");
        self.line(&format!("  the sprint issue   {issue}"));
        self.line(&format!("  the local GitHub   {}", addresses.github));
        self.line(&format!("  Team6's dashboard  {}", addresses.team6));
        self.line(&format!("  everything is in   {}", folder.display()));
        self.line("");
    }

    pub(super) fn unsealed(&mut self) {
        self.line("  This machine has no sandbox, so the demo's own agents run without (`team6 check` says why).\n");
    }

    /// How many decisions were told so far.
    pub(super) fn told(&self) -> usize {
        self.told
    }

    /// Leaves out what an earlier start of the demo told.
    pub(super) fn go_on_after(&mut self, told: usize) {
        self.told = told;
    }

    /// Tells what Team6 decided.
    pub(super) fn tell(&mut self, news: &[String]) {
        for text in news {
            self.event("team6", text);
        }
        self.told += news.len();
    }

    /// Tells what a person did.
    pub(super) fn person(&mut self, (who, what): &(String, String)) {
        self.event(who, what);
    }

    pub(super) fn advise(&mut self, advice: &str) {
        self.line(&format!("\n  → {advice}\n"));
    }

    /// Nothing has happened for a while.
    pub(super) fn waits(&mut self, why: &str) {
        self.event("…", why);
    }

    pub(super) fn ending(&mut self, merged: usize, tasks: usize) {
        let seconds = self.begun.elapsed().as_secs();
        self.line(&format!("\n{merged} of {tasks} tasks are merged, after {seconds} s."));
    }

    pub(super) fn look_around(&mut self) {
        self.line("Everything stays up, so have a look around. Ctrl-C ends it.");
    }

    fn event(&mut self, who: &str, what: &str) {
        let seconds = self.begun.elapsed().as_secs();
        self.line(&format!("{:>3}:{:02}  {who:<6} {what}", seconds / 60, seconds % 60));
    }

    fn line(&mut self, text: &str) {
        // Nobody may be reading any more; the sprint goes on all the same.
        let _ = writeln!(self.out, "{text}").and_then(|()| self.out.flush());
    }
}
