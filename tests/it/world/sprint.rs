//! A sprint: what people do about it, and what they see of it.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use super::people::{Comment, Pull};
use super::team::Team;
use super::{Wish, github, ours};

/// The home of every sprint issue.
const HOME: &str = "acme/web";

pub(crate) struct Sprint<'t> {
    pub(super) team: &'t Team,
    issue: i64,
    tasks: BTreeMap<String, Place>,
}

/// Where a task's issue is.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) repo: String,
    pub(super) issue: i64,
}

impl<'t> Sprint<'t> {
    pub(super) async fn open(team: &'t Team, title: &str, goal: &str, wishes: &[Wish]) -> Self {
        let mut sprint = Self { team, issue: 0, tasks: BTreeMap::new() };
        let mut milestones = BTreeMap::new();
        for repo in github::REPOSITORIES {
            let path = format!("{repo}/milestones");
            let new = sprint.does("ada", Method::POST, &path, json!({ "title": title })).await;
            milestones.insert(repo, new["number"].clone());
        }
        let new = json!({
            "title": format!("{title} for everybody"),
            "body": goal,
            "labels": [github::LABEL],
            "milestone": milestones[HOME],
        });
        let path = format!("{HOME}/issues");
        let issue = sprint.does("ada", Method::POST, &path, new).await;
        sprint.issue = issue["number"].as_i64().unwrap();
        for wish in wishes {
            let new = json!({
                "title": wish.title,
                "body": wish.text,
                "labels": wish.labels,
                "assignees": wish.owner.iter().collect::<Vec<_>>(),
                "milestone": milestones[wish.repo.as_str()],
            });
            let path = format!("{}/issues", wish.repo);
            let issue = sprint.does("ada", Method::POST, &path, new).await;
            let issue = issue["number"].as_i64().unwrap();
            sprint.tasks.insert(wish.name.clone(), Place { repo: wish.repo.clone(), issue });
        }
        for (nth, wish) in wishes.iter().enumerate() {
            sprint.says_what_comes_first(nth, wish).await;
        }
        team.settles().await;
        sprint
    }

    /// The sprint that somebody opened from the dashboard with this goal.
    pub(crate) async fn whose_goal_is(team: &'t Team, goal: &str) -> Self {
        let sprint = Self { team, issue: 0, tasks: BTreeMap::new() };
        let found = sprint.issue_called(HOME, goal).await.expect("its sprint issue");
        Self { issue: found["number"].as_i64().unwrap(), ..sprint }
    }

    /// What its sprint issue says.
    pub(crate) async fn goal(&self) -> String {
        let issue = self.people().reads(&format!("{HOME}/issues/{}", self.issue)).await;
        issue["body"].as_str().unwrap().to_owned()
    }

    /// Opens one more sprint issue in the same milestone.
    pub(crate) async fn another_sprint_issue(&self) -> Self {
        let path = format!("{HOME}/issues");
        let milestone = self.people().reads(&format!("{path}/{}", self.issue)).await;
        let new = json!({
            "title": "Another goal",
            "labels": [github::LABEL],
            "milestone": milestone["milestone"]["number"],
        });
        let issue = self.does("grace", Method::POST, &path, new).await;
        self.team.settles().await;
        let issue = issue["number"].as_i64().unwrap();
        Self { team: self.team, issue, tasks: BTreeMap::new() }
    }

    /// Opens one more issue in the milestone, which nobody owns.
    pub(crate) async fn gets_another_task(&self, title: &str) {
        let path = format!("{HOME}/issues");
        let milestone = self.people().reads(&format!("{path}/{}", self.issue)).await;
        let new = json!({ "title": title, "milestone": milestone["milestone"]["number"] });
        self.does("ada", Method::POST, &path, new).await;
        self.team.settles().await;
    }

    pub(crate) async fn assigns_the_newest_task(&self, person: &str) {
        let newest = self.people().issues(HOME).await.into_iter().max().unwrap();
        self.people().edits("ada", HOME, newest, json!({ "assignees": [person] })).await;
        self.team.settles().await;
    }

    /// The plan as a page shows it that somebody opens now.
    pub(crate) async fn opens_the_plan(&self) -> String {
        self.plan_comment().await.body
    }

    /// Ticks a box on a page that was opened before.
    pub(crate) async fn ticks_on(&self, person: &str, page: &str, task: &str) {
        let plan = self.plan_comment().await;
        self.saves(person, plan.id, with_box(page, task, true)).await;
        self.team.settles().await;
    }

    /// Says dependencies, in turn, in each of the ways there are.
    async fn says_what_comes_first(&self, nth: usize, wish: &Wish) {
        let place = self.place(&wish.name);
        let mut lines = Vec::new();
        for (mth, after) in wish.after.iter().enumerate() {
            match (self.tasks.get(after), (nth + mth) % 3) {
                (Some(first), 0) => self.links(&place, first).await,
                (Some(first), 1) if first.repo == place.repo => {
                    lines.push(format!("Depends on #{}", first.issue));
                }
                (Some(first), _) => {
                    lines.push(format!("- Blocked by: {}#{}", first.repo, first.issue));
                }
                (None, _) => lines.push(format!("Depends on {after}")),
            }
        }
        if !lines.is_empty() {
            let text = format!("{}\n\n{}", wish.text, lines.join("\n"));
            self.people().edits("ada", &place.repo, place.issue, json!({ "body": text })).await;
        }
    }

    async fn links(&self, place: &Place, first: &Place) {
        let blocker = self.people().reads(&format!("{}/issues/{}", first.repo, first.issue)).await;
        let path = format!("{}/issues/{}/dependencies/blocked_by", place.repo, place.issue);
        self.does("ada", Method::POST, &path, json!({ "issue_id": blocker["id"] })).await;
    }

    /// Somebody comments on the sprint issue.
    pub(crate) async fn hears(&self, person: &str, text: &str) {
        self.people().says(person, HOME, self.issue, text).await;
        self.team.settles().await;
    }

    /// The same, without waiting for what comes of it.
    pub(crate) async fn hears_without_waiting(&self, person: &str, text: &str) {
        self.people().says(person, HOME, self.issue, text).await;
    }

    /// Somebody comments on a task's issue.
    pub(crate) async fn hears_at(&self, task: &str, person: &str, text: &str) {
        let place = self.place(task);
        self.people().says(person, &place.repo, place.issue, text).await;
        self.team.settles().await;
    }

    /// Somebody comments on a task's pull request.
    pub(crate) async fn hears_at_the_pull_of(&self, task: &str, person: &str, text: &str) {
        let pull = self.pull_of(task).await;
        self.people().says(person, &self.place(task).repo, pull.number, text).await;
        self.team.settles().await;
    }

    /// Somebody comments on the sprint issue; the comment's id. Nobody waits.
    pub(crate) async fn writes(&self, person: &str, text: &str) -> i64 {
        let path = format!("{HOME}/issues/{}/comments", self.issue);
        let comment = self.does(person, Method::POST, &path, json!({ "body": text })).await;
        comment["id"].as_i64().unwrap()
    }

    /// Somebody edits a comment, of theirs or of somebody else's.
    pub(crate) async fn rewrites_the_comment(&self, person: &str, comment: i64, text: &str) {
        self.saves(person, comment, text.to_owned()).await;
        self.team.settles().await;
    }

    /// The same, without waiting for what comes of it.
    pub(crate) async fn saves_the_comment(&self, person: &str, comment: i64, text: &str) {
        self.saves(person, comment, text.to_owned()).await;
    }

    pub(crate) async fn deletes_the_comment(&self, person: &str, comment: i64) {
        let path = format!("{HOME}/issues/comments/{comment}");
        self.does(person, Method::DELETE, &path, Value::Null).await;
    }

    /// The line of a task in the plan, without its box and its marker.
    pub(crate) async fn line_of(&self, task: &str) -> String {
        let plan = self.plan().await;
        let line = plan.lines().find(|line| line.contains(&format!("] **{task}** ")));
        let line = line.unwrap_or_else(|| panic!("no {task} in {plan}"));
        line[6..].split(" <!--").next().unwrap().to_owned()
    }

    /// The tasks in the plan, as `T1, T3`.
    pub(crate) async fn tasks(&self) -> String {
        let plan = self.plan().await;
        let marker = "<!-- team6:approve T";
        let lines = plan.lines().filter_map(|line| line.split_once(marker)?.1.split(' ').next());
        let mut tasks: Vec<i64> = lines.map(|number| number.parse().unwrap()).collect();
        tasks.sort_unstable();
        tasks.iter().map(|number| format!("T{number}")).collect::<Vec<_>>().join(", ")
    }

    /// A task's issue, as GitHub has it.
    pub(crate) async fn issue_at(&self, task: &str) -> Value {
        let place = self.place(task);
        self.people().reads(&format!("{}/issues/{}", place.repo, place.issue)).await
    }

    /// The numbers of the issues that GitHub says block a task's.
    pub(crate) async fn blockers_of(&self, repo: &str, issue: i64) -> Vec<i64> {
        let path = format!("{repo}/issues/{issue}/dependencies/blocked_by");
        let all = self.people().reads(&path).await;
        all.as_array().unwrap().iter().map(|one| one["number"].as_i64().unwrap()).collect()
    }

    /// The issue of that title, if there is one.
    pub(crate) async fn issue_called(&self, repo: &str, title: &str) -> Option<Value> {
        let all = self.people().reads(&format!("{repo}/issues?state=all&per_page=100")).await;
        let mut found: Vec<_> = all.as_array().unwrap().clone();
        // GitHub lists pull requests among the issues.
        found.retain(|issue| issue["title"] == title && issue["pull_request"].is_null());
        assert!(found.len() < 2, "twice: {title}");
        found.pop()
    }

    /// Gives a task's issue another title; nobody waits.
    pub(crate) async fn changes_the_title_of(&self, task: &str, title: &str) {
        let place = self.place(task);
        self.people().edits("ada", &place.repo, place.issue, json!({ "title": title })).await;
    }

    /// Changes a task's issue on GitHub.
    pub(crate) async fn changes_the_issue_of(&self, task: &str, change: Value) {
        self.edits(task, change).await;
    }

    /// What a person is shown in the plan now and may save later.
    pub(crate) async fn plan_page(&self) -> (i64, String) {
        let comment = self.plan_comment().await;
        (comment.id, comment.body)
    }

    pub(crate) async fn ticks(&self, person: &str, task: &str) {
        self.ticks_without_waiting(person, task).await;
        self.team.settles().await;
    }

    pub(crate) async fn unticks(&self, person: &str, task: &str) {
        let plan = self.part_of(task).await;
        self.saves(person, plan.id, with_box(&plan.body, task, false)).await;
        self.team.settles().await;
    }

    pub(crate) async fn ticks_everything(&self, person: &str) {
        self.ticks(person, "all").await;
    }

    /// Somebody writes other words into the plan.
    pub(crate) async fn rewrites_the_plan(&self, person: &str, from: &str, to: &str) {
        self.changes_the_plan(person, |text| text.replace(from, to)).await;
    }

    /// Several people tick at once, each on a page that shows no tick of the others.
    pub(crate) async fn tick_at_once<const N: usize>(&self, ticks: [(&str, &str); N]) {
        let plan = self.plan_comment().await;
        for (person, task) in ticks {
            self.saves(person, plan.id, with_box(&plan.body, task, true)).await;
        }
        self.team.settles().await;
    }

    /// Somebody ticks a box and saves; nobody waits.
    pub(crate) async fn ticks_without_waiting(&self, person: &str, task: &str) {
        let plan = self.part_of(task).await;
        self.saves(person, plan.id, with_box(&plan.body, task, true)).await;
    }

    async fn changes_the_plan(&self, person: &str, change: impl Fn(&str) -> String) {
        let plan = self.plan_comment().await;
        self.saves(person, plan.id, change(&plan.body)).await;
        self.team.settles().await;
    }

    async fn saves(&self, person: &str, comment: i64, text: String) {
        let path = format!("{HOME}/issues/comments/{comment}");
        self.does(person, Method::PATCH, &path, json!({ "body": text })).await;
    }

    /// Whether GitHub lets a person tick at all.
    pub(crate) async fn may_tick(&self, person: &str, task: &str) -> bool {
        let plan = self.plan_comment().await;
        let path = format!("{HOME}/issues/comments/{}", plan.id);
        let body = json!({ "body": with_box(&plan.body, task, true) });
        self.people().tries(person, Method::PATCH, &path, body).await.0 == 200
    }

    pub(crate) async fn deletes_the_plan(&self, person: &str) {
        let plan = self.plan_comment().await;
        let path = format!("{HOME}/issues/comments/{}", plan.id);
        self.does(person, Method::DELETE, &path, Value::Null).await;
        self.team.settles().await;
    }

    pub(crate) async fn assigns(&self, task: &str, person: &str) {
        self.edits(task, json!({ "assignees": [person] })).await;
    }

    pub(crate) async fn retitles(&self, task: &str, title: &str) {
        self.edits(task, json!({ "title": title })).await;
    }

    pub(crate) async fn rewrites(&self, task: &str, text: &str) {
        self.edits(task, json!({ "body": text })).await;
    }

    async fn edits(&self, task: &str, change: Value) {
        let place = self.place(task);
        self.people().edits("ada", &place.repo, place.issue, change).await;
        self.team.settles().await;
    }

    /// Somebody closes a task's issue; nobody waits.
    pub(crate) async fn closes(&self, task: &str, reason: &str) {
        let place = self.place(task);
        let closed = json!({ "state": "closed", "state_reason": reason });
        self.people().edits("ada", &place.repo, place.issue, closed).await;
    }

    pub(crate) async fn is_labelled(&self, yes: bool) {
        let path = format!("{HOME}/issues/{}/labels", self.issue);
        if yes {
            let labels = json!({ "labels": [github::LABEL] });
            self.does("ada", Method::POST, &path, labels).await;
        } else {
            let path = format!("{path}/{}", github::LABEL);
            self.does("ada", Method::DELETE, &path, Value::Null).await;
        }
        self.team.settles().await;
    }

    /// Puts the sprint issue into the milestone of that number, or into none.
    pub(crate) async fn is_in_milestone(&self, milestone: Option<i64>) {
        self.people().edits("ada", HOME, self.issue, json!({ "milestone": milestone })).await;
        self.team.settles().await;
    }

    pub(crate) async fn merges(&self, person: &str, task: &str) {
        self.merges_without_waiting(person, task).await;
        self.team.settles().await;
    }

    pub(crate) async fn merges_without_waiting(&self, person: &str, task: &str) {
        let path = format!("{}/pulls/{}/merge", self.place(task).repo, self.number(task).await);
        self.does(person, Method::PUT, &path, json!({})).await;
    }

    /// Merges whatever is in review until nothing is.
    pub(crate) async fn merges_everything(&self, person: &str) {
        while let Some(task) = self.in_review().await {
            self.merges(person, &task).await;
        }
    }

    async fn in_review(&self) -> Option<String> {
        let stands = self.stands().await;
        let one = stands.split(", T").find(|one| one.ends_with(" in review"))?;
        Some(format!("T{}", one.trim_start_matches('T').split(' ').next()?))
    }

    pub(crate) async fn closes_the_pull_of(&self, task: &str, person: &str) {
        self.sets_the_pull_of(task, person, "closed").await;
    }

    pub(crate) async fn closes_the_pull_without_waiting(&self, task: &str, person: &str) {
        self.sets_the_pull_without_waiting(task, person, "closed").await;
    }

    pub(crate) async fn reopens_the_pull_of(&self, task: &str, person: &str) {
        self.sets_the_pull_of(task, person, "open").await;
    }

    /// Has a task's pull request ask to be merged into another branch.
    pub(crate) async fn points_the_pull_of(&self, task: &str, person: &str, branch: &str) {
        let repo = self.place(task).repo;
        let main = self.people().reads(&format!("{repo}/git/ref/heads/main")).await;
        let new = json!({ "ref": format!("refs/heads/{branch}"), "sha": main["object"]["sha"] });
        self.does(person, Method::POST, &format!("{repo}/git/refs"), new).await;
        let path = format!("{repo}/pulls/{}", self.number(task).await);
        self.does(person, Method::PATCH, &path, json!({ "base": branch })).await;
        self.team.settles().await;
    }

    async fn sets_the_pull_of(&self, task: &str, person: &str, state: &str) {
        self.sets_the_pull_without_waiting(task, person, state).await;
        self.team.settles().await;
    }

    async fn sets_the_pull_without_waiting(&self, task: &str, person: &str, state: &str) {
        let path = format!("{}/pulls/{}", self.place(task).repo, self.number(task).await);
        self.does(person, Method::PATCH, &path, json!({ "state": state })).await;
    }

    /// The plan, with what changes from world to world left out.
    pub(crate) async fn plan(&self) -> String {
        without_hashes(&self.plan_comment().await.body)
    }

    pub(crate) async fn has_a_plan(&self) -> bool {
        self.marked("plan").await.is_some()
    }

    /// The comments the plan is in, in order.
    pub(crate) async fn parts(&self) -> Vec<String> {
        self.part_comments().await.into_iter().map(|one| without_hashes(&one.body)).collect()
    }

    /// Where a part of the plan is.
    pub(crate) async fn address_of_part(&self, part: usize) -> String {
        let id = self.part_comments().await[part - 1].id;
        let path = format!("{HOME}/issues/comments/{id}");
        self.people().reads(&path).await["html_url"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn deletes_part(&self, person: &str, part: usize) {
        let id = self.part_comments().await[part - 1].id;
        let path = format!("{HOME}/issues/comments/{id}");
        self.does(person, Method::DELETE, &path, Value::Null).await;
        self.team.settles().await;
    }

    async fn part_comments(&self) -> Vec<Comment> {
        let mut parts = vec![self.plan_comment().await];
        while let Some(part) = self.marked(&format!("plan/{}", parts.len() + 1)).await {
            parts.push(part);
        }
        parts
    }

    /// The part in which a task has its box.
    async fn part_of(&self, task: &str) -> Comment {
        let marker = format!("<!-- team6:approve {task} ");
        let mut parts = self.part_comments().await.into_iter();
        parts.find(|part| part.body.contains(&marker)).unwrap_or_else(|| panic!("no {task}"))
    }

    /// Who approved what, as the plan says it: `T1 by ada, T3 by grace`.
    pub(crate) async fn approvals(&self) -> String {
        let parts = self.part_comments().await;
        let plan = parts.iter().map(|part| part.body.as_str()).collect::<Vec<_>>().join("\n");
        let lines = plan.lines().filter_map(|line| {
            let task = line.strip_prefix("- [x] **")?.split("**").next()?;
            let by = line.split("approved by ").nth(1)?.split(' ').next()?;
            Some(format!("{task} by {by}"))
        });
        lines.collect::<Vec<_>>().join(", ")
    }

    /// The status comment.
    pub(crate) async fn status(&self) -> String {
        self.marked("status").await.map_or(String::new(), |comment| comment.body)
    }

    /// How each task stands, as the status comment says it, without the pull requests' numbers.
    pub(crate) async fn stands(&self) -> String {
        let status = self.status().await;
        let lines = status.lines().filter_map(|line| {
            let task = line.trim_start().strip_prefix("- **")?.split("**").next()?;
            let words = line.split(" · ").nth(1)?;
            let words = words.split_once(' ').map_or(words, |(_, words)| words);
            Some(format!("{task} {}", words.split(": ").next()?))
        });
        lines.collect::<Vec<_>>().join(", ")
    }

    /// Waits until it stands like this.
    pub(crate) async fn comes_to(&self, stands: &str) {
        let begun = std::time::Instant::now();
        while self.stands().await != stands {
            let late = std::time::Duration::from_mins(5) < begun.elapsed();
            assert!(!late, "never {stands}: {}", self.team.world.told().await);
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// Waits until agents are at work.
    pub(crate) async fn comes_to_work(&self) {
        while ours::at_work(&self.team.world.db).await == 0 {
            self.team.world.lets_time_pass().await;
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// How often each task was tried.
    pub(crate) async fn tries(&self) -> String {
        ours::tries(&self.team.world.db, self.issue, "task").await
    }

    /// How often the review agent looked at each task.
    pub(crate) async fn agent_reviews(&self) -> String {
        ours::tries(&self.team.world.db, self.issue, "review").await
    }

    /// The last thing Team6 said on the sprint issue, beside the plan and the status.
    pub(crate) async fn answer(&self) -> String {
        self.answers().await.pop().unwrap_or_default()
    }

    /// Everything the agent of a planning said and did.
    pub(crate) async fn trace_of_planning(&self, number: i64) -> String {
        ours::trace_of_planning(&self.team.world.db, number).await
    }

    /// Says something and waits for nothing.
    pub(crate) async fn says(&self, person: &str, text: &str) {
        self.people().says(person, HOME, self.issue, text).await;
    }

    /// Waits until the planner is said to do this.
    pub(crate) async fn waits_for_planning(&self, step: &str) {
        self.waits(async || self.planning(1).await.contains(step)).await;
    }

    /// Waits until what the planner is said to do, and for how long, is not this any more.
    pub(crate) async fn waits_for_planning_to_differ_from(&self, line: &str) {
        self.waits(async || self.whole_planning(1).await != line).await;
    }

    /// Waits until Team6 says this on the sprint issue.
    pub(crate) async fn waits_for_answer(&self, words: &str) {
        self.waits(async || self.answer().await.contains(words)).await;
    }

    pub(super) async fn waits(&self, is_so: impl AsyncFn() -> bool) {
        let begun = std::time::Instant::now();
        while !is_so().await {
            let late = std::time::Duration::from_mins(5) < begun.elapsed();
            assert!(!late, "it never comes: {}", self.team.world.told().await);
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// What the planner does, as its comment says it, without the time.
    pub(crate) async fn planning(&self, number: usize) -> String {
        let line = self.whole_planning(number).await;
        line.split(" · ").next().unwrap_or_default().to_owned()
    }

    /// What the planner does, and for how long.
    pub(crate) async fn whole_planning(&self, number: usize) -> String {
        let comment = self.marked(&format!("planning.{number}")).await;
        let text = comment.map_or(String::new(), |comment| comment.body);
        text.lines().nth(1).unwrap_or_default().to_owned()
    }

    /// A round of the planner's questions.
    pub(crate) async fn questions(&self, round: usize) -> String {
        let comment = self.marked(&format!("questions.{round}")).await;
        comment.map_or(String::new(), |comment| comment.body)
    }

    /// What the database says about the sprint's plannings: `1 twice, 2 once`.
    pub(crate) async fn plannings(&self) -> String {
        ours::plannings(&self.team.world.db).await
    }

    /// All of those.
    pub(crate) async fn answers(&self) -> Vec<String> {
        answers(self.people().comments(HOME, self.issue).await)
    }

    /// The last thing Team6 said on a task's issue.
    pub(crate) async fn answer_at(&self, task: &str) -> String {
        let place = self.place(task);
        let all = answers(self.people().comments(&place.repo, place.issue).await);
        all.into_iter().next_back().unwrap_or_default()
    }

    /// All of those.
    pub(crate) async fn answers_at(&self, task: &str) -> usize {
        let place = self.place(task);
        answers(self.people().comments(&place.repo, place.issue).await).len()
    }

    /// The task's latest pull request.
    pub(crate) async fn pull_of(&self, task: &str) -> Pull {
        let found = self.find_pull(task).await;
        found.unwrap_or_else(|| panic!("{task} has no pull request"))
    }

    async fn find_pull(&self, task: &str) -> Option<Pull> {
        let place = self.place(task);
        let closes = format!("Closes #{}\n", place.issue);
        let pulls = self.people().pulls(&place.repo).await.into_iter();
        pulls.filter(|pull| pull.body.contains(&closes)).max_by_key(|pull| pull.number)
    }

    pub(super) async fn number(&self, task: &str) -> i64 {
        self.pull_of(task).await.number
    }

    /// How many pull requests there are for all tasks together.
    pub(crate) async fn pulls(&self) -> usize {
        let mut count = 0;
        for repo in github::REPOSITORIES {
            count += self.people().pulls(repo).await.len();
        }
        count
    }

    /// Whether what a task delivered was begun on a base that holds what another one delivered.
    pub(crate) async fn builds_on(&self, task: &str, earlier: &str) -> bool {
        let (pull, first) = (self.pull_of(task).await, self.pull_of(earlier).await);
        let merge = first.merged_at.and(first.merge_commit_sha).expect("it is not merged");
        let repo = format!("localhub/repos/{}.git", self.place(task).repo);
        let status = std::process::Command::new("git")
            .arg("-C")
            .arg(self.team.world.dir.path().join(repo))
            .args(["merge-base", "--is-ancestor", &merge, &pull.head.sha])
            .status();
        status.unwrap().success()
    }

    pub(super) fn team(&self) -> &'t Team {
        self.team
    }

    /// The number of the sprint issue.
    pub(super) fn number_of_issue(&self) -> i64 {
        self.issue
    }

    /// The repository and the number of a task's issue.
    pub(super) fn where_is(&self, task: &str) -> (String, i64) {
        let place = self.place(task);
        (place.repo, place.issue)
    }

    /// The number people see on a task's issue.
    pub(crate) fn issue_of(&self, task: &str) -> i64 {
        self.place(task).issue
    }

    async fn plan_comment(&self) -> Comment {
        self.marked("plan").await.expect("there is no plan yet")
    }

    async fn marked(&self, name: &str) -> Option<Comment> {
        let marker = format!("<!-- team6:{name} -->");
        let comments = self.people().comments(HOME, self.issue).await;
        comments.into_iter().find(|one| one.is_ours() && one.body.starts_with(&marker))
    }

    pub(super) fn place(&self, task: &str) -> Place {
        self.tasks.get(task).unwrap_or_else(|| panic!("there is no {task}")).clone()
    }

    pub(super) fn people(&self) -> &super::people::People {
        &self.team.world.people
    }

    pub(super) async fn does(&self, by: &str, method: Method, path: &str, body: Value) -> Value {
        self.people().does(by, method, path, body).await
    }
}

pub(super) fn with_box(text: &str, task: &str, ticked: bool) -> String {
    let (from, to) = if ticked { ("- [ ]", "- [x]") } else { ("- [x]", "- [ ]") };
    let marker = format!("<!-- team6:approve {task} ");
    let lines = text.lines().map(|line| {
        if line.contains(&marker) { line.replacen(from, to, 1) } else { line.to_owned() }
    });
    lines.collect::<Vec<_>>().join("\n")
}

pub(super) fn answers(comments: Vec<Comment>) -> Vec<String> {
    let kept = ["plan ", "plan/", "status ", "planning.", "questions.", "parts."]
        .map(|name| format!("<!-- team6:{name}"));
    let ours = comments.into_iter().filter(Comment::is_ours).map(|comment| comment.body);
    let said = ours.filter(|body| !kept.iter().any(|marker| body.starts_with(marker.as_str())));
    said.map(|body| body.split_once("-->\n").map_or(body.clone(), |(_, text)| text.to_owned()))
        .collect()
}

/// A text in which the fingerprints of approved texts are all the same, and what cannot be seen
/// is a bar.
pub(super) fn without_hashes(text: &str) -> String {
    let text = text.replace('\u{200b}', "¦");
    let lines = text.lines().filter(|line| !line.starts_with("<!-- team6:writing "));
    let lines = lines.map(|line| match line.split_once(" <!-- team6:approve ") {
        Some((words, marker)) => {
            let what = marker.split(' ').next().unwrap_or_default();
            format!("{words} <!-- team6:approve {what} … -->")
        }
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}
