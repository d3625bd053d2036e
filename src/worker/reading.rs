//! A planning or a review: the code laid out to be read, and an agent that submits and asks by tools.

use super::execution::Work;
use super::stop::Stop;
use crate::agent::{self, Place, Talk};
use crate::domain::ids::CommitSha;
use crate::domain::proposal::Tool;
use crate::domain::work::Source;
use crate::git::Reading;

impl Work<'_> {
    /// Has an agent read; what comes of it, the server hears by the agent's tools.
    /// Each source has these commits too.
    pub(super) async fn read(
        &self,
        spec: &agent::Spec,
        sources: &[Source],
        also: &[&CommitSha],
        tools: Vec<Tool>,
    ) -> Result<(), Stop> {
        let reading = self.shared.workspaces.reading(&self.held.key)?;
        let read = self.read_in(&reading, spec, sources, (also, tools)).await;
        agent::kill_leftovers(reading.dir()).await?;
        self.shared.workspaces.end_reading(&self.held.key)?;
        read
    }

    async fn read_in(
        &self,
        reading: &Reading,
        spec: &agent::Spec,
        sources: &[Source],
        (also, tools): (&[&CommitSha], Vec<Tool>),
    ) -> Result<(), Stop> {
        let mut borrowed = Vec::new();
        for source in sources {
            let access = self.access(&source.repo, &source.url);
            let wanted: Vec<_> = std::iter::once(&source.sha).chain(also.iter().copied()).collect();
            let mirror = self.shared.mirrors.holding(&source.repo, access, &wanted).await?;
            borrowed.push(mirror.dir().join("objects"));
            reading.lay_out(&source.folder(), &mirror, &source.sha).await?;
            let sha: String = source.sha.0.chars().take(7).collect();
            self.spool.tell(&format!("Laid out {} at {sha}", source.repo));
        }
        reading.seal()?;
        let sandbox = self.shared.sandbox().await?;
        let author = self.assignment.author.clone();
        let mut place = Place::new(reading.dir().to_owned(), author).read_only();
        place.borrowed = borrowed;
        let talk = Talk::from(self.assignment.prompt.clone());
        let (ended, _) = self.talk_with_tools(spec, sandbox, place, talk, tools).await?;
        self.spool.tell(&format!("The agent ended ({})", ended.reason));
        Ok(())
    }
}
