//! Sprints as they were last read: a page that many look at, after each thing that happens, does not read all of a
//! sprint from the database each time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::super::{App, Result};
use crate::db::Tx;
use crate::db::sprints::{self, Revision};
use crate::domain::ids::SprintId;
use crate::domain::sprint::Sprint;

/// How many are kept.
const MOST: usize = 32;

/// What was read last.
#[derive(Default)]
pub struct Kept(Mutex<BTreeMap<SprintId, (Revision, Arc<Sprint>)>>);

impl App {
    /// A sprint as it is now. Every decision makes a revision of its own, so what is kept is not old.
    pub(super) async fn sprint_as_kept(&self, tx: &mut Tx, id: &SprintId) -> Result<Arc<Sprint>> {
        let revision = sprints::revision(tx, id).await?;
        let kept = self.kept().get(id).cloned();
        if let Some((_, sprint)) = kept.filter(|(of, _)| Some(*of) == revision) {
            return Ok(sprint);
        }
        let (sprint, revision) = sprints::get(tx, id).await?;
        let sprint = Arc::new(sprint);
        let mut kept = self.kept();
        if MOST <= kept.len() {
            kept.clear();
        }
        kept.insert(id.clone(), (revision, Arc::clone(&sprint)));
        Ok(sprint)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, BTreeMap<SprintId, (Revision, Arc<Sprint>)>> {
        self.inner.kept.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
