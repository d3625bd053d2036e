//! Reviews: what people say about a task's pull request, and what is answered.

use super::apply::{Applied, Cause};
use super::{App, Error, Result};
use crate::db::executions;
use crate::db::tasks::{self, Place};
use crate::domain::command::mentions;
use crate::domain::dialogue::{self, Source, Spoken, Thread};
use crate::domain::effect::{Effect, Saying};
use crate::domain::ids::{
    Attempt, DeliveryId, ExecutionId, IssueNumber, IssueRef, Login, PullNumber, RepoName, RunId,
    TaskNumber,
};
use crate::domain::sprint::Event;
use crate::domain::task::Task;
use crate::github::{Account, Repo, Review, ReviewComment, Verdict};
use crate::say;

impl App {
    /// Somebody reviewed a pull request: if it is a task's, and they want something of its agent,
    /// the agent hears of it.
    pub(super) async fn review_submitted(
        &self,
        repo: &RepoName,
        pull: PullNumber,
        review: i64,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let Some(place) = self.task_of_pull(repo, pull).await? else { return Ok(()) };
        let github = self.repo(repo).await?;
        let reviews = github.reviews(pull).await?;
        let Some(review) = reviews.iter().find(|one| one.id == review) else { return Ok(()) };
        self.hear_review(&place, &github, pull, review, delivery).await
    }

    /// Hears the reviews of a pull request that no webhook told us of.
    pub(super) async fn hear_missed_reviews(
        &self,
        place: &Place,
        repo: &RepoName,
        pull: PullNumber,
    ) -> Result<()> {
        let github = self.repo(repo).await?;
        for review in github.reviews(pull).await? {
            if !self.is_heard(&key(pull, &review)).await? {
                self.hear_review(place, &github, pull, &review, None).await?;
            }
        }
        Ok(())
    }

    async fn hear_review(
        &self,
        place: &Place,
        github: &Repo,
        pull: PullNumber,
        review: &Review,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let Some(by) = review.user.as_ref().filter(|user| !user.is_bot()) else { return Ok(()) };
        let slug = &self.me().slug;
        let whole = review.verdict == Verdict::ChangesRequested || mentions(&review.body, slug);
        let comments = github.review_comments(pull).await?;
        let wanted = |one: &&ReviewComment| {
            one.review == Some(review.id) && (whole || mentions(&one.body, slug))
        };
        let threads: Vec<_> = comments.iter().filter(wanted).map(thread).collect();
        if !whole && threads.is_empty() {
            return Ok(());
        }
        let words = if whole { review.body.clone() } else { String::new() };
        let from = Source::Review { pull, review: review.id };
        let said = (by.login.clone(), words, threads);
        self.pass_on(place, github, from, said, &key(pull, review), delivery).await
    }

    /// Somebody commented on a line of a pull request. What belongs to a review that asks for
    /// changes is heard with that.
    pub(super) async fn line_commented(
        &self,
        repo: &RepoName,
        pull: PullNumber,
        comment: i64,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let Some(place) = self.task_of_pull(repo, pull).await? else { return Ok(()) };
        let github = self.repo(repo).await?;
        let comments = github.review_comments(pull).await?;
        let Some(found) = comments.iter().find(|one| one.id == comment) else { return Ok(()) };
        let Some(by) = found.user.as_ref().filter(|user| !user.is_bot()) else { return Ok(()) };
        if !mentions(&found.body, &self.me().slug) {
            return Ok(());
        }
        let reviews = github.reviews(pull).await?;
        let of = reviews.iter().find(|review| Some(review.id) == found.review);
        if of.is_some_and(|review| review.verdict == Verdict::ChangesRequested) {
            return Ok(());
        }
        let said = (by.login.clone(), String::new(), vec![thread(found)]);
        let from = Source::Line { pull, comment };
        self.pass_on(&place, &github, from, said, &format!("line {pull} {comment}"), delivery).await
    }

    async fn task_of_pull(&self, repo: &RepoName, pull: PullNumber) -> Result<Option<Place>> {
        let mut tx = self.db().read().await?;
        Ok(tasks::of_pull(&mut tx, repo, pull).await?)
    }

    /// Passes on what a person says in a review, without the threads the agent knows already.
    async fn pass_on(
        &self,
        place: &Place,
        github: &Repo,
        from: Source,
        (by, text, mut threads): (Login, String, Vec<Thread>),
        key: &str,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let sprint = self.sprint(&place.sprint_id).await?;
        let Some(task) = sprint.run.as_ref().and_then(|run| run.find(place.number)) else {
            return Ok(());
        };
        threads.retain(|thread| !task.dialogue.threads().any(|one| one.comment == thread.comment));
        if text.trim().is_empty() && threads.is_empty() {
            return Ok(());
        }
        let permission = github.permission(&by).await?;
        let at = self.clock().now();
        let (now, pull) = (false, task.state.pull());
        let spoken = Spoken { by: by.clone(), permission, at, from, text, now, threads };
        let event = Event::Dialogue(place.number, dialogue::Event::Said(spoken));
        let once = Some(key.to_owned());
        let cause = Cause { by: by.0.clone(), delivery: delivery.cloned(), once };
        let applied = self.apply(&place.sprint_id, &event, &cause).await?;
        let (Applied::Refused(refusals), Some(pull)) = (applied, pull) else { return Ok(()) };
        let on = IssueRef { repo: github.name().clone(), number: IssueNumber(pull.0) };
        let key = format!("{key} refused");
        let say =
            Effect::Say { on, key: key.clone(), saying: Saying::Refused { to: by, refusals } };
        self.ask_once(&key, &[say], delivery).await
    }

    /// Answers the threads of the review that a try was about, and asks for another review.
    pub(super) async fn answer_review(
        &self,
        run: &RunId,
        number: TaskNumber,
        attempt: Attempt,
    ) -> Result<()> {
        let Some(sprint) = self.sprint_of(run).await? else { return Ok(()) };
        let found = sprint.run.as_ref().and_then(|run| run.find(number));
        let Some((task, pull)) = found.and_then(|task| Some((task, task.state.pull()?))) else {
            return Ok(());
        };
        let mut tx = self.db().read().await?;
        let execution = executions::get(&mut tx, &ExecutionId::of(run, number, attempt)).await?;
        drop(tx);
        let commit = execution.delivery.as_ref().map(|one| one.head.0.chars().take(7).collect());
        let commit: Option<String> = commit;
        let repo = self.repo(task.planned.repo()).await?;
        self.answer_threads(&repo, task, (run, pull), commit.as_deref()).await?;
        // Nobody is asked while the review agent looks at it.
        if task.awaits_review(attempt) {
            return Ok(());
        }
        // Those who wanted changes in what the agent worked on last.
        ask(&repo, pull, task.dialogue.reviewers()).await
    }

    async fn answer_threads(
        &self,
        repo: &Repo,
        task: &Task,
        (run, pull): (&RunId, PullNumber),
        commit: Option<&str>,
    ) -> Result<()> {
        if task.dialogue.threads().next().is_none() {
            return Ok(());
        }
        let there = repo.review_comments(pull).await?;
        for thread in task.dialogue.settled().flat_map(|message| &message.threads) {
            let number = task.planned.number;
            let marker = say::marker(&format!("thread {run} {number} {}", thread.comment));
            let is_ours = |one: &&ReviewComment| {
                one.user.as_ref().is_some_and(|user| user.login == self.me().bot)
                    && one.body.starts_with(&marker)
            };
            if there.iter().any(|one| is_ours(&one)) {
                continue;
            }
            let text = say::dialogue::thread_answered(thread.answer.as_deref(), commit);
            match repo.reply(pull, thread.id, &format!("{marker}\n{text}")).await {
                // Somebody deleted what is to be answered.
                Err(error) if error.is_gone() || error.is_unprocessable() => {}
                replied => drop(replied?),
            }
        }
        Ok(())
    }
}

/// Asks people for a review, who are not asked already.
pub(super) async fn ask(repo: &Repo, pull: PullNumber, mut reviewers: Vec<Login>) -> Result<()> {
    let asked: Vec<Account> = repo.pull(pull).await?.requested_reviewers;
    reviewers.retain(|one| !asked.iter().any(|account| account.login == *one));
    if reviewers.is_empty() {
        return Ok(());
    }
    match repo.request_reviewers(pull, &reviewers).await {
        // They may not be asked here any more.
        Err(error) if error.is_unprocessable() || error.is_forbidden() || error.is_gone() => Ok(()),
        asked => Ok(asked.map(drop).map_err(Error::from)?),
    }
}

/// What names a review among all that was ever heard.
fn key(pull: PullNumber, review: &Review) -> String {
    format!("review {pull} {}", review.id)
}

fn thread(comment: &ReviewComment) -> Thread {
    Thread {
        id: comment.in_reply_to_id.unwrap_or(comment.id),
        comment: comment.id,
        path: comment.path.clone(),
        line: comment.line,
        hunk: comment.diff_hunk.clone(),
        by: comment.user.as_ref().map_or(Login("ghost".to_owned()), |user| user.login.clone()),
        text: comment.body.clone(),
        answer: None,
    }
}
