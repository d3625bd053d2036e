//! Going on where an earlier try stopped: with its session, and with what people pushed meanwhile.

use std::sync::Arc;
use std::time::Duration;

use super::execution::Work;
use super::stop::Stop;
use crate::agent::{self, Former, Place, Sandbox, Talk};
use crate::causes::whole;
use crate::domain::ids::CommitSha;
use crate::domain::work::Checkout;
use crate::git::{self, Workspace};

/// The longest name of a session that is kept.
const LONGEST_NAME: usize = 1_000;

const TAKING_IN: Duration = Duration::from_mins(5);
const LONGEST_ANSWER: usize = 10_000;

impl Work<'_> {
    /// What the agent is told, in the session it had in this workspace if there was one.
    pub(super) fn go_on(&self, workspace: &Workspace) -> Talk {
        let file = workspace.session_file();
        let agent = self.assignment.agent.0.clone();
        let former = self.assignment.resume.clone().and_then(|prompt| {
            let kept = std::fs::read_to_string(&file).ok()?;
            let (whose, session) = kept.split_once('\n')?;
            (whose == agent).then(|| Former { session: session.to_owned(), prompt })
        });
        Talk {
            former,
            remember: Some(Arc::new(move |session| {
                let kept = format!("{agent}\n{session}");
                let fits = session.len() <= LONGEST_NAME;
                if fits && let Err(error) = std::fs::write(&file, kept) {
                    tracing::warn!(error = %whole(&error), "the agent's session will not be found again");
                }
            })),
            ..Talk::from(self.assignment.prompt.clone())
        }
    }

    /// Brings what people pushed to the branch into the workspace, and answers from which commit
    /// on the work is new. What does not fit together, the agent is told to bring together.
    pub(super) async fn take_in(
        &self,
        checkout: &Checkout,
        workspace: &Workspace,
        sandbox: &Sandbox,
        place: &Place,
        talk: &mut Talk,
    ) -> Result<CommitSha, Stop> {
        let Some(head) = &checkout.head else { return Ok(workspace.base_sha().clone()) };
        let git = async |args: &[&str]| {
            let tree = place.tree.to_string_lossy();
            let args: Vec<_> =
                ["-C", &*tree].iter().chain(args).map(|word| (*word).to_owned()).collect();
            let git = ("git", &args[..]);
            agent::output(sandbox, place, git, git::ENVIRONMENT, TAKING_IN, LONGEST_ANSWER).await
        };
        if checkout.may_rebase {
            // The base as it is now, so that the agent can rebase onto it.
            let base = format!("refs/heads/{}", checkout.base);
            git(&["update-ref", &base, &checkout.base_sha.0]).await?;
        }
        if git(&["merge-base", "--is-ancestor", &head.0, "HEAD"]).await?.succeeded {
            return Ok(head.clone());
        }
        let short: String = head.0.chars().take(7).collect();
        if git(&["merge", "--quiet", "--ff-only", &head.0]).await?.succeeded
            || git(&["rebase", "--quiet", &head.0]).await?.succeeded
        {
            self.spool.tell(&format!("Took in what was pushed to the branch, until {short}"));
            return Ok(head.clone());
        }
        git(&["rebase", "--abort"]).await?;
        self.spool.tell(&format!("What was pushed to the branch until {short} does not fit"));
        let words = format!(
            "\n\nPeople pushed commits to your branch, and they do not fit together with yours. \
             First commit what you want to keep, run `git rebase {head}`, and resolve what \
             conflicts without losing their work."
        );
        talk.prompt.push_str(&words);
        if let Some(former) = &mut talk.former {
            former.prompt.push_str(&words);
        }
        Ok(head.clone())
    }
}
