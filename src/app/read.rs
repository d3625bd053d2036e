//! Reading a stored webhook: its facts are hints, and each hint has one file that follows it.

use super::{App, Result};
use crate::db::deliveries;
use crate::domain::ids::{DeliveryId, IssueRef};
use crate::github::delivery;
use crate::github::fact::{Fact, Place};

impl App {
    /// Reads a delivery and follows every hint in it.
    pub(super) async fn read(&self, id: &DeliveryId) -> Result<()> {
        let mut tx = self.db().read().await?;
        let stored = deliveries::get(&mut tx, id).await?;
        drop(tx);
        match delivery::facts(&stored.event, &stored.payload) {
            Ok(facts) => {
                for fact in &facts {
                    self.follow(fact, id).await?;
                }
            }
            Err(reason) => tracing::info!(delivery.id = %id, %reason, "kept, but not understood"),
        }
        let mut tx = self.db().begin().await?;
        deliveries::mark_read(&mut tx, id, self.clock().now()).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn follow(&self, fact: &Fact, delivery: &DeliveryId) -> Result<()> {
        match fact {
            Fact::IssueTouched { place, issue, .. } => {
                self.issue_touched(&at(place, *issue), Some(delivery)).await
            }
            Fact::CommentCreated { place, issue, comment, author, body, .. } => {
                if author.is_bot {
                    return Ok(());
                }
                let spoken = super::command::Spoken {
                    on: at(place, *issue),
                    comment: *comment,
                    by: author.login.clone(),
                    body: body.clone(),
                };
                self.hear(&spoken, "", Some(delivery)).await
            }
            Fact::CommentEdited(edit) => self.comment_edited(edit, Some(delivery)).await,
            Fact::CommentDeleted { comment, .. } => {
                self.comment_deleted(*comment, Some(delivery)).await
            }
            Fact::PullTouched { place, pull, .. } => {
                self.pull_touched(&place.name, *pull, Some(delivery)).await
            }
            Fact::MilestoneTouched { place, milestone } => {
                self.milestone_touched(place, *milestone, Some(delivery)).await
            }
            Fact::InstallationChanged { .. } => self.look_around().await,
            Fact::RepositoryChanged { place } => {
                self.look_around().await?;
                self.look_at_owners_in(&place.name).await
            }
            Fact::ReviewSubmitted { place, pull, review, author, .. } => {
                if author.is_bot {
                    return Ok(());
                }
                self.review_submitted(&place.name, *pull, *review, Some(delivery)).await
            }
            Fact::ReviewCommented { place, pull, comment, author, .. } => {
                if author.is_bot {
                    return Ok(());
                }
                self.line_commented(&place.name, *pull, *comment, Some(delivery)).await
            }
            Fact::CheckTouched { place, sha } => self.check_touched(&place.name, sha).await,
            Fact::PushTo { place, branch } => self.pushed_to(&place.name, branch).await,
        }
    }
}

fn at(place: &Place, number: crate::domain::ids::IssueNumber) -> IssueRef {
    IssueRef { repo: place.name.clone(), number }
}
