//! What is noted about a project, for people who can write to it.

use std::collections::BTreeSet;

use super::super::apply::Applied;
use super::super::{App, Result};
use super::act::Done;
use crate::db::{board, repositories};
use crate::domain::ids::{Login, ProjectName, RepoName};
use crate::domain::memory::{self, Note, Standing, Wish};
use crate::domain::permission::Permission;
use crate::domain::refusal::Refusal;
use crate::say;
use crate::say::page::notes::{self, View};
use crate::say::page::parts::Moment;

impl App {
    /// The notes of a project that count, those about something first; nothing, if this person
    /// can write to none of its repositories.
    pub async fn notes_page(
        &self,
        person: &Login,
        project: &ProjectName,
        about: &str,
    ) -> Result<Option<View>> {
        let Some(all) = self.notes_for(person, project).await? else { return Ok(None) };
        let found = if about.trim().is_empty() {
            all.iter().rev().collect()
        } else {
            memory::recall(&all.iter().collect::<Vec<_>>(), about, usize::MAX)
        };
        Ok(Some(View {
            project: project.0.clone(),
            about: about.to_owned(),
            total: all.len(),
            notes: found.into_iter().map(|note| self.noted(note)).collect(),
            roster: self.settings().roster().into_iter().map(|one| one.name.0).collect(),
        }))
    }

    /// The same as a file in Markdown, the first note first.
    pub async fn notes_file(
        &self,
        person: &Login,
        project: &ProjectName,
    ) -> Result<Option<String>> {
        let found = self.notes_for(person, project).await?;
        Ok(found.map(|notes| say::memory::exported(project, &notes)))
    }

    /// Does what a person wants of a project's notes, if they may at this moment, once.
    pub async fn act_on_notes(
        &self,
        person: &Login,
        project: &ProjectName,
        wish: &Wish,
        once: &str,
    ) -> Result<Done> {
        let mut writable = None;
        let mut permissions = Vec::new();
        for repo in self.repositories_of(project).await? {
            let permission = self.permission_in(&repo, person).await?;
            if permission.may_write() {
                writable.get_or_insert(repo.clone());
            }
            permissions.push((repo, permission));
        }
        let sees = |repo: &RepoName| {
            permissions.iter().any(|(one, may)| one == repo && *may != Permission::None)
        };
        if !permissions.iter().any(|(_, may)| *may != Permission::None) {
            return Ok(Done::Unseen);
        }
        let Some(place) = writable else { return Ok(Done::No(vec![Refusal::NeedsWrite])) };
        if let Wish::Edit { note, .. } | Wish::Forget { note } = wish {
            let all = self.notes(project).await?;
            let found = all.iter().find(|one| one.number == *note);
            if !found.is_some_and(|one| sees(&one.source.repo)) {
                return Ok(Done::No(vec![Refusal::NoSuchNote { note: *note }]));
            }
        }
        let key = format!("page {once}");
        let by = (person, &place);
        Ok(match self.obey_about_notes_here(project, wish, by, &key).await? {
            Applied::Decided | Applied::Ignored => Done::Yes,
            Applied::Refused(refusals) => Done::No(refusals),
        })
    }

    async fn notes_for(&self, person: &Login, project: &ProjectName) -> Result<Option<Vec<Note>>> {
        let mut may_write = false;
        for repo in self.repositories_of(project).await? {
            may_write |= self.sight(person, &repo).await?.may_write();
        }
        if !may_write {
            return Ok(None);
        }
        let mut seen = Vec::new();
        for note in self.notes(project).await? {
            if note.standing.counts() && self.may_see(person, &note.source.repo).await? {
                seen.push(note);
            }
        }
        Ok(Some(seen))
    }

    /// The repositories of a project, as far as we know them.
    pub(super) async fn repositories_of(
        &self,
        project: &ProjectName,
    ) -> Result<BTreeSet<RepoName>> {
        let mut tx = self.db().read().await?;
        let known = repositories::all(&mut tx).await?;
        let sprints = board::sprints(&mut tx).await?;
        drop(tx);
        let named = known.into_iter().map(|one| one.name);
        let named = named.filter(|name| self.settings().project_of(name) == *project);
        let sprints = sprints.into_iter().filter(|sprint| sprint.project == *project);
        Ok(named.chain(sprints.map(|sprint| sprint.repo)).collect())
    }

    fn noted(&self, note: &Note) -> notes::Note {
        let task = note.source.task.as_ref();
        notes::Note {
            number: note.number.0,
            text: note.text.clone(),
            agent: note.agent.as_ref().map(|agent| agent.0.clone()),
            by: note.source.by.clone(),
            repo: note.source.repo.to_string(),
            task: task.map(|(_, task)| task.0),
            href: task.map(|(run, task)| format!("/runs/{run}/tasks/{task}")),
            is_tentative: note.standing == Standing::Tentative,
            made: Moment::new(note.made_at, self.clock().now()),
            changed_by: note.changed_by.as_ref().map(|person| person.0.clone()),
        }
    }
}
