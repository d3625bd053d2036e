//! People and agents speak to each other: messages, questions, reviews, checks and conflicts; and
//! what must hold of all that.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::Method;
use localhub::Imagining;
use serde_json::{Value, json};
use team6::app::Stale;
use team6::domain::dialogue::tools::ANSWER;
use team6::domain::dialogue::{Delivery, Dialogue};
use team6::domain::ids::{CommitSha, RepoName, TaskNumber};
use team6::domain::proposal::ASK;
use team6::domain::review::tools::REVIEW;
use team6::domain::run::Run;
use team6::domain::sprint::Sprint;
use team6::domain::task::{State, Task};
use team6::domain::work::Lease;
use team6::github::{Check, Conclusion, Status};

use crate::people::{HOME, People};
use crate::record::{Pushed, Said};
use crate::scene::Talk;
use crate::town::{Town, locked};

/// Something that somebody may say or do to an agent's work.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Somebody tells a task's agent something, in one of several ways.
    Tell(i64, (String, i64), Option<i64>),
    /// Somebody answers a question of a task's agent.
    Answer(i64, (String, i64), u32, bool),
    /// Somebody wants changes in a pull request.
    Review(i64, String, i64),
    /// A check of a commit fails.
    Redden(String, String),
    /// Somebody commits to an agent's branch.
    Push(String, String, String),
    /// Somebody commits to the default branch what an agent's work conflicts with.
    Collide(String, String),
    /// Somebody asks an agent to make its pull request mergeable.
    Nudge(i64, String, i64),
}

/// What was said and done so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spoken {
    words: usize,
    done: Done,
    answered: BTreeSet<(i64, u32)>,
    nudged: BTreeSet<(i64, i64)>,
    /// The heads of pull requests that could not be merged.
    pub(crate) stuck: BTreeSet<String>,
}

#[derive(Clone, Debug, Default)]
struct Done {
    messages: usize,
    reviews: usize,
    checks: usize,
    pushes: usize,
    conflicts: usize,
}

/// An open pull request of a task.
pub(crate) struct Open {
    pub(crate) task: i64,
    pub(crate) repo: String,
    pub(crate) number: i64,
    pub(crate) head: String,
    pub(crate) branch: String,
}

impl Town {
    /// What people may say about a run.
    pub(crate) fn talking_acts(
        &self,
        run: &Run,
        pulls: &[Open],
        people: &mut People,
        quiet: bool,
    ) -> Vec<Act> {
        let (most, mut acts) = (self.scene.talk, Vec::new());
        for task in &run.tasks {
            let number = task.planned.number.0;
            let place = (task.issue.repo.to_string(), task.issue.number.0);
            let pull = pulls.iter().find(|pull| pull.task == number).map(|pull| pull.number);
            if task.state.may_be_guided() && people.spoken.done.messages < most.messages {
                acts.push(Act::Tell(number, place.clone(), pull));
            }
            if matches!(task.state, State::Asking { .. }) {
                acts.extend(people.answers(number, &place, &task.dialogue, quiet));
            }
            if let Some(pull) = pulls.iter().find(|pull| pull.task == number) {
                acts.extend(people.spoken.about_a_pull(&most, pull));
                let attempt = task.state.attempt().0;
                let waits = quiet && people.spoken.stuck.contains(&pull.head);
                if waits && people.spoken.nudged.insert((number, attempt)) {
                    acts.push(Act::Nudge(number, pull.repo.clone(), pull.number));
                }
            }
        }
        acts
    }

    pub(crate) async fn speak(self: &Arc<Self>, act: Act) {
        match act {
            Act::Tell(task, place, pull) => {
                locked(&self.people).spoken.done.messages += 1;
                let word = self.word(task, true);
                let (repo, issue) = &place;
                match (self.below(4), pull) {
                    (0, _) => {
                        let home = locked(&self.people).issue;
                        let text = format!("/team6 ask T{task} \"mind {word}\"");
                        self.says_at("ada", (HOME, home), &text).await;
                    }
                    (1, _) => {
                        let text = format!("/team6 ask now \"mind {word}\"");
                        self.says_at("grace", (repo, *issue), &text).await;
                    }
                    (2, Some(pull)) => {
                        let text = format!("@team6 mind {word}");
                        self.says_at("grace", (repo, pull), &text).await;
                    }
                    (_, _) => {
                        let text = format!("@team6 mind {word}");
                        self.says_at("ada", (repo, *issue), &text).await;
                    }
                }
            }
            Act::Answer(task, (repo, issue), question, alone) => {
                locked(&self.people).spoken.answered.insert((task, question));
                let plain = alone && self.chance(500);
                // What is no answer any more when it is heard is talk among people.
                let word = self.word(task, !plain);
                let text = if plain {
                    format!("Take {word}.")
                } else {
                    format!("/team6 answer {question} take {word}")
                };
                let owner = self.owner_of(task).await;
                self.says_at(owner, (&repo, issue), &text).await;
            }
            Act::Review(task, repo, pull) => self.reviews(task, &repo, pull).await,
            Act::Redden(repo, head) => self.reddens(&repo, &head).await,
            Act::Push(repo, branch, head) => {
                locked(&self.people).spoken.done.pushes += 1;
                self.tell(format!("grace commits to {branch} of {repo}"));
                let sha = self.commits(&repo, &branch, &head, "by-hand").await;
                locked(&self.record).pushed.push(Pushed { repo, branch, sha });
            }
            Act::Collide(repo, branch) => {
                locked(&self.people).spoken.done.conflicts += 1;
                self.tell(format!("grace commits to {repo} what {branch} conflicts with"));
                let path = format!("{repo}/git/ref/heads/main");
                let main = self.does("grace", Method::GET, &path, Value::Null).await;
                let tip = main["object"]["sha"].as_str().unwrap().to_owned();
                self.commits(&repo, "main", &tip, &branch).await;
            }
            Act::Nudge(task, repo, pull) => {
                let word = self.word(task, true);
                let text = format!("@team6 it cannot be merged, mind {word}");
                self.says_at("ada", (&repo, pull), &text).await;
            }
        }
    }

    async fn says_at(&self, by: &str, (repo, issue): (&str, i64), text: &str) {
        self.tell(format!("{by} says `{text}` at {repo}#{issue}"));
        let path = format!("{repo}/issues/{issue}/comments");
        self.does(by, Method::POST, &path, json!({ "body": text })).await;
    }

    /// A word that stands nowhere else.
    fn word(&self, task: i64, must: bool) -> String {
        let mut people = locked(&self.people);
        people.spoken.words += 1;
        let word = format!("word-{}.", people.spoken.words);
        locked(&self.record).said.insert(word.clone(), Said { task, must });
        word
    }

    async fn owner_of(&self, task: i64) -> &'static str {
        let sprint = self.sprint().await;
        let run = sprint.as_ref().and_then(|sprint| sprint.run.as_ref());
        let found = run.and_then(|run| run.tasks.iter().find(|one| one.planned.number.0 == task));
        let owner = found.and_then(|task| task.planned.owner.as_ref());
        if owner.is_some_and(|owner| owner.0 == "grace") { "grace" } else { "ada" }
    }

    async fn reviews(&self, task: i64, repo: &str, pull: i64) {
        locked(&self.people).spoken.done.reviews += 1;
        let words: Vec<_> = (0..=self.below(3)).map(|_| self.word(task, true)).collect();
        self.tell(format!("grace wants {} in {repo}#{pull}", words.join(" ")));
        let lines = words[1..].iter().zip(1..);
        let lines: Vec<_> = lines
            .map(|(word, line)| json!({ "path": "a", "line": line, "body": format!("Say {word}") }))
            .collect();
        let body = format!("Mind {}", words[0]);
        let review = json!({ "event": "REQUEST_CHANGES", "body": body, "comments": lines });
        self.does("grace", Method::POST, &format!("{repo}/pulls/{pull}/reviews"), review).await;
    }

    async fn reddens(&self, repo: &str, head: &str) {
        locked(&self.people).spoken.done.checks += 1;
        self.tell(format!("a check of {} in {repo} fails", &head[..7]));
        let github = self.ci();
        let name: RepoName = repo.parse().unwrap();
        let installation = github.installation_of(&name).await.unwrap().unwrap();
        let check = Check {
            name: "build".to_owned(),
            head_sha: CommitSha(head.to_owned()),
            external_id: "build".to_owned(),
            status: Status::Completed,
            conclusion: Some(Conclusion::Failure),
            details_url: None,
            output: None,
            actions: Vec::new(),
        };
        github.on(installation).repo(&name).report(&check).await.unwrap();
    }

    async fn commits(&self, repo: &str, branch: &str, tip: &str, file: &str) -> String {
        let nth = {
            let mut people = locked(&self.people);
            people.spoken.words += 1;
            people.spoken.words
        };
        let commit = format!("{nth:040x}");
        let imagined = Imagining {
            parent: tip.to_owned(),
            commit: commit.clone(),
            touched: vec![file.to_owned()],
            over: None,
        };
        let pushed = self.hub.push_imagined("grace", repo, branch, &imagined).await.unwrap();
        assert!(pushed, "people fetch before they push");
        commit
    }

    /// An agent uses its tools: it asks, and it answers threads.
    pub(crate) async fn uses_tools(
        self: &Arc<Self>,
        prompt: &str,
        branch: &str,
        lease: &Lease,
    ) -> Option<Result<(), Stale>> {
        for thread in threads(prompt) {
            if self.chance(300) {
                continue;
            }
            let (app, answer) = (self.app(), json!({ "thread": thread, "text": "As you say." }));
            match self.alive(app.call_tool(lease, ANSWER, &answer)).await? {
                Ok(Ok(said)) if said.is_error => {
                    self.wrong(format!("thread {thread} cannot be answered: {}", said.text));
                }
                Ok(Ok(_)) => {}
                Ok(Err(Stale)) => return Some(Err(Stale)),
                Err(_) => return None,
            }
        }
        let asked = locked(&self.record).asked.len();
        if self.scene.talk.questions <= asked || !self.chance(400) {
            return Some(Ok(()));
        }
        let text = format!("Which blue, in case {}?", asked + 1);
        self.tell(format!("{} asks `{text}`", lease.execution));
        let (app, question) = (self.app(), json!({ "question": text }));
        match self.alive(app.call_tool(lease, ASK, &question)).await? {
            Ok(Ok(said)) if !said.is_error => {
                let number = branch.split('-').nth(1).and_then(|number| number.parse().ok());
                let task = number.expect("a branch names its task");
                locked(&self.record).asked.insert((task, text));
                Some(Ok(()))
            }
            Ok(Ok(_)) => Some(Ok(())),
            Ok(Err(Stale)) => Some(Err(Stale)),
            Err(_) => None,
        }
    }

    /// A review agent hands in what it thinks, or forgets to.
    pub(crate) async fn hands_in_a_review(
        self: &Arc<Self>,
        lease: &Lease,
    ) -> Option<Result<(), Stale>> {
        if self.chance(150) {
            return Some(Ok(()));
        }
        let verdict = if self.chance(400) { "request_changes" } else { "approve" };
        self.tell(format!("{} says `{verdict}`", lease.execution));
        let review = json!({ "verdict": verdict, "summary": "It reads well, by and large." });
        let app = self.app();
        match self.alive(app.call_tool(lease, REVIEW, &review)).await? {
            Ok(Ok(_)) => Some(Ok(())),
            Ok(Err(Stale)) => Some(Err(Stale)),
            Err(_) => None,
        }
    }

    /// A worker was really given this.
    pub(crate) fn reaches(&self, prompt: &str) {
        locked(&self.record).reached.extend(words(prompt));
    }

    /// Whether an agent that goes on is told what it has dealt with.
    pub(crate) fn check_told_again(&self, prompt: &str) {
        let settled = locked(&self.record).settled.clone();
        for word in words(prompt).filter(|word| settled.contains(word)) {
            self.wrong(format!("{word} was told again after the turn in which it was told"));
        }
    }

    /// Whether what an agent was told counts as told once its turn has ended.
    pub(crate) async fn check_turn(&self, lease: &Lease, prompt: &str) {
        let last = locked(&self.record).epochs.get(&lease.execution.0).copied();
        let Some(sprint) = self.sprint().await else { return };
        let Some(run) = sprint.run.as_ref().filter(|_| last == Some(lease.epoch.0)) else { return };
        let told: BTreeSet<_> = words(prompt).collect();
        for (task, message) in messages(run) {
            let here = words(&message.text).any(|word| told.contains(&word));
            let state = run.find(TaskNumber(task)).map(|task| &task.state);
            let works = matches!(state, Some(State::InProgress { .. } | State::Rework { .. }));
            if here && works && !matches!(message.state, Delivery::Acknowledged { .. }) {
                let (number, state) = (message.number, &message.state);
                self.wrong(format!("message {number} to T{task} is {state:?} after its turn"));
            }
        }
    }

    /// What must hold after every step.
    pub(crate) fn check_dialogues(&self, sprint: &Sprint) {
        let Some(run) = &sprint.run else { return };
        let mut wrong = Vec::new();
        let mut record = locked(&self.record);
        let mut heard: BTreeSet<String> = BTreeSet::new();
        for (task, message) in messages(run) {
            let threads = message.threads.iter().map(|thread| thread.text.as_str());
            let texts = std::iter::once(message.text.as_str()).chain(threads);
            let here: Vec<String> = texts.flat_map(words).collect();
            let is_settled = matches!(message.state, Delivery::Acknowledged { .. });
            for word in &here {
                if !heard.insert(word.clone()) {
                    wrong.push(format!("{word} was heard twice"));
                }
                if !record.said.contains_key(word) {
                    wrong.push(format!("nobody who may said {word} to T{task}"));
                }
                if is_settled && !record.reached.contains(word) {
                    wrong.push(format!("{word} counts as told, and no agent was told it"));
                }
            }
            let key = (task, message.number);
            if is_settled {
                record.acknowledged_messages.insert(key);
                record.settled.extend(here);
            } else if record.acknowledged_messages.contains(&key) {
                wrong.push(format!("message {} to T{task} is told anew", message.number));
            }
        }
        for (task, text) in record.asked.clone() {
            let found = run.tasks.iter().find(|one| one.planned.number.0 == task);
            let count = found.map_or(0, |task| {
                task.dialogue.questions.iter().filter(|question| question.text == text).count()
            });
            if count != 1 {
                wrong.push(format!("the question `{text}` of T{task} is there {count} times"));
            }
        }
        drop(record);
        for what in wrong {
            self.wrong(what);
        }
    }

    /// What must hold whenever everybody has heard everything.
    pub(crate) async fn check_quiet_dialogues(&self, sprint: &Sprint) {
        let Some(run) = sprint.run.as_ref().filter(|run| run.state.is_live()) else { return };
        let heard: BTreeSet<String> = messages(run)
            .flat_map(|(_, message)| {
                let threads = message.threads.iter().map(|thread| thread.text.as_str());
                std::iter::once(message.text.as_str()).chain(threads).flat_map(words)
            })
            .collect();
        let said = locked(&self.record).said.clone();
        for (word, said) in said {
            let task = run.tasks.iter().find(|task| task.planned.number.0 == said.task);
            let listens = task.is_some_and(|task| task.state.may_be_guided());
            if said.must && listens && !heard.contains(&word) {
                self.wrong(format!("{word} was said to T{}'s agent and is lost", said.task));
            }
        }
        for task in &run.tasks {
            let number = task.planned.number;
            let is_held = task.held_by.is_some() || !run.holds.is_empty();
            if task.state.rests() && task.dialogue.has_queued() {
                self.wrong(format!("something waits for T{number}'s agent, which rests"));
            }
            let is_told = |state: &Delivery| matches!(state, Delivery::Delivered { .. });
            if task.state.rests() && task.dialogue.messages.iter().any(|one| is_told(&one.state)) {
                self.wrong(format!("T{number}'s agent is gone, and what it was told with it"));
            }
            if matches!(task.state, State::Asking { .. }) && !task.dialogue.asks() && !is_held {
                self.wrong(format!("T{number} waits for an answer, and nothing is asked"));
            }
            self.check_asked(task).await;
            self.check_threads(task).await;
        }
    }

    /// Whether every open question stands where the owner sees it.
    async fn check_asked(&self, task: &Task) {
        if !task.dialogue.asks() {
            return;
        }
        let path = format!("{}/issues/{}/comments", task.issue.repo, task.issue.number);
        let there = self.does("ada", Method::GET, &path, Value::Null).await;
        for question in task.dialogue.open() {
            let shown = there.as_array().unwrap().iter();
            let count =
                shown.filter(|one| one["body"].as_str().unwrap().contains(&question.text)).count();
            if count == 0 {
                self.wrong(format!("nobody can see what T{} asks", task.planned.number));
            }
        }
    }

    /// Whether every thread that was dealt with is answered once, and no other is.
    async fn check_threads(&self, task: &Task) {
        let Some(pull) = task.state.pull() else { return };
        let has_threads = task.dialogue.messages.iter().any(|message| !message.threads.is_empty());
        if !has_threads {
            return;
        }
        let path = format!("{}/pulls/{pull}/comments?per_page=100", task.planned.repo());
        let there = self.does("ada", Method::GET, &path, Value::Null).await;
        for message in &task.dialogue.messages {
            for thread in &message.threads {
                let ours = there.as_array().unwrap().iter().filter(|one| {
                    one["in_reply_to_id"] == thread.id && one["user"]["login"] == "team6[bot]"
                });
                let (count, is_settled) =
                    (ours.count(), matches!(message.state, Delivery::Acknowledged { .. }));
                let is_clear = self.scene.failing == 0 && !self.scene.faults.workers;
                let least = usize::from(is_settled && is_clear && self.is_reviewed(task));
                if count < least || 1 < count {
                    let number = task.planned.number;
                    self.wrong(format!("thread {} of T{number} has {count} answers", thread.id));
                }
            }
        }
    }

    fn is_reviewed(&self, task: &Task) -> bool {
        matches!(task.state, State::Review { .. } | State::Done { .. })
    }

    /// Whether what people committed to the branches of agents is still there.
    pub(crate) async fn check_pushed(&self) {
        let conflicts = locked(&self.people).spoken.done.conflicts;
        let pushed = locked(&self.record).pushed.clone();
        // What conflicts is rebased, and then has another name.
        for Pushed { repo, branch, sha } in pushed.into_iter().filter(|_| conflicts == 0) {
            let path = format!("{repo}/commits?sha={branch}&per_page=100");
            let there = self.does("ada", Method::GET, &path, Value::Null).await;
            if !there.as_array().unwrap().iter().any(|one| one["sha"] == sha.as_str()) {
                self.wrong(format!("what grace committed to {branch} of {repo} is gone"));
            }
        }
    }
}

impl People {
    fn answers(
        &mut self,
        task: i64,
        place: &(String, i64),
        dialogue: &Dialogue,
        quiet: bool,
    ) -> Vec<Act> {
        let alone = dialogue.open().count() == 1;
        let mut acts = Vec::new();
        for question in dialogue.open() {
            if quiet && self.spoken.answered.remove(&(task, question.number)) {
                self.repeats += 1;
            }
            if !self.spoken.answered.contains(&(task, question.number)) {
                acts.push(Act::Answer(task, place.clone(), question.number, alone));
            }
        }
        acts
    }
}

impl Spoken {
    fn about_a_pull(&self, most: &Talk, pull: &Open) -> Vec<Act> {
        let Open { task, repo, number, head, branch } = pull;
        let mut acts = Vec::new();
        if self.done.reviews < most.reviews {
            acts.push(Act::Review(*task, repo.clone(), *number));
        }
        if self.done.checks < most.checks {
            acts.push(Act::Redden(repo.clone(), head.clone()));
        }
        if self.done.pushes < most.pushes {
            acts.push(Act::Push(repo.clone(), branch.clone(), head.clone()));
        }
        if self.done.conflicts < most.conflicts {
            acts.push(Act::Collide(repo.clone(), branch.clone()));
        }
        acts
    }
}

fn messages(run: &Run) -> impl Iterator<Item = (i64, &team6::domain::dialogue::Message)> {
    run.tasks.iter().flat_map(|task| {
        let number = task.planned.number.0;
        task.dialogue.messages.iter().map(move |message| (number, message))
    })
}

/// The words in a text that stand nowhere else.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.match_indices("word-").filter_map(|(at, _)| {
        let end = text[at..].find('.')?;
        let word = &text[at..=at + end];
        word[5..word.len() - 1].parse::<usize>().ok().map(|_| word.to_owned())
    })
}

/// The threads that a prompt tells of.
fn threads(prompt: &str) -> Vec<i64> {
    let lines =
        prompt.lines().filter_map(|line| line.trim_start_matches("> ").strip_prefix("Thread "));
    lines.filter_map(|rest| rest.split_once(':')?.0.parse().ok()).collect()
}
