//! The `note` table: what agents and people want to be known in later work.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::{Result, Tx};
use crate::domain::ids::{AgentName, Login, ProjectName, RepoName, RunId, TaskNumber};
use crate::domain::memory::{Note, NoteNumber, Source, Standing};

#[derive(FromRow)]
struct Row {
    project: ProjectName,
    number: NoteNumber,
    agent: Option<AgentName>,
    words: String,
    made_by: String,
    repo: RepoName,
    run_id: Option<RunId>,
    task: Option<TaskNumber>,
    standing: Standing,
    made_at: DateTime<Utc>,
    changed_by: Option<Login>,
}

impl From<Row> for Note {
    fn from(row: Row) -> Self {
        let task = row.run_id.zip(row.task);
        Self {
            project: row.project,
            number: row.number,
            agent: row.agent,
            text: row.words,
            source: Source { by: row.made_by, repo: row.repo, task },
            standing: row.standing,
            made_at: row.made_at,
            changed_by: row.changed_by,
        }
    }
}

/// Every note a project ever had, by number.
pub async fn of(tx: &mut Tx, project: &ProjectName) -> Result<Vec<Note>> {
    let rows: Vec<Row> = tx
        .query(
            "select project, number, agent, words, made_by, repo, run_id, task, standing, made_at,
                    changed_by
             from note where project = $1 order by number",
        )
        .bind(project.clone())
        .all()
        .await?;
    Ok(rows.into_iter().map(Note::from).collect())
}

/// Adds a note; false if somebody else was faster and its number is taken.
pub async fn add(tx: &mut Tx, note: &Note) -> Result<bool> {
    let (run, task) = note.source.task.clone().unzip();
    let new = tx
        .query(
            "insert into note (project, number, agent, words, made_by, repo, run_id, task, standing,
                               made_at, changed_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             on conflict (project, number) do nothing",
        )
        .bind(note.project.clone())
        .bind(note.number)
        .bind(note.agent.clone())
        .bind(note.text.clone())
        .bind(note.source.by.clone())
        .bind(note.source.repo.clone())
        .bind(run)
        .bind(task)
        .bind(note.standing)
        .bind(note.made_at)
        .bind(note.changed_by.clone())
        .run()
        .await?;
    Ok(new == 1)
}

/// Has a note that counts say something else; false if there is none of that number.
pub async fn reword(
    tx: &mut Tx,
    project: &ProjectName,
    number: NoteNumber,
    words: &str,
    by: &Login,
) -> Result<bool> {
    let changed = tx
        .query(
            "update note set words = $3, changed_by = $4
             where project = $1 and number = $2 and standing in ('tentative', 'kept')",
        )
        .bind(project.clone())
        .bind(number)
        .bind(words.to_owned())
        .bind(by.clone())
        .run()
        .await?;
    Ok(changed == 1)
}

/// Forgets the words of a note for good; false if there is none of that number.
pub async fn forget(
    tx: &mut Tx,
    project: &ProjectName,
    number: NoteNumber,
    by: &Login,
) -> Result<bool> {
    let changed = tx
        .query(
            "update note set words = '', standing = 'forgotten', changed_by = $3
             where project = $1 and number = $2 and standing <> 'forgotten'",
        )
        .bind(project.clone())
        .bind(number)
        .bind(by.clone())
        .run()
        .await?;
    Ok(changed == 1)
}

/// Has those notes of a task that stood in one way stand in another.
pub async fn change(
    tx: &mut Tx,
    run: &RunId,
    task: TaskNumber,
    (from, to): (Standing, Standing),
) -> Result<u64> {
    tx.query("update note set standing = $4 where run_id = $1 and task = $2 and standing = $3")
        .bind(run.clone())
        .bind(task)
        .bind(from)
        .bind(to)
        .run()
        .await
}
