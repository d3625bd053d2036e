//! Every kind of waiting, and the one reason for it, on one page.

use std::fmt::Write as _;

use chrono::TimeDelta;
use team6::domain::breaker::Breaker;
use team6::domain::budget::{self, Limit, Purse, Spending};
use team6::domain::control::{Control, Wish};
use team6::domain::effect::Effect;
use team6::domain::found::{Found, Obstacle, Trouble};
use team6::domain::ids::{Attempt, CommitSha, ExecutionId, PullNumber};
use team6::domain::money::Money;
use team6::domain::planning::{self, Question, Session};
use team6::domain::sprint::Lack;
use team6::domain::task::{Event as Happened, State as TaskState};
use team6::domain::why::{Errand, Job, Knowledge, Since, Worker, why};
use team6::domain::work::{Class, NoRoom};

use super::*;

const T1: Option<TaskNumber> = Some(TaskNumber(1));
const T2: Option<TaskNumber> = Some(TaskNumber(2));

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(10)
}

fn builders() -> Vec<Worker> {
    vec![Worker { agents: vec![AgentName("builder".to_owned())], no_room: None }]
}

fn known() -> Knowledge {
    let since = Since { state: Some(now() - TimeDelta::minutes(5)), held: None };
    Knowledge {
        now: now(),
        recognized: Some(DateTime::UNIX_EPOCH),
        tasks: (1..4).map(|number| (TaskNumber(number), since)).collect(),
        workers: builders(),
        ..Knowledge::default()
    }
}

fn under_way() -> Sprint {
    started(&approved(vec![task(1, &[]), task(2, &[1]), task(3, &[])])).sprint
}

fn with(state: TaskState) -> Sprint {
    let mut sprint = under_way();
    sprint.run.as_mut().unwrap().tasks[0].state = state;
    sprint
}

fn happens(sprint: &Sprint, what: Happened) -> Sprint {
    sprint.decide(Event::Task(TaskNumber(1), what)).unwrap().sprint
}

fn does(sprint: &Sprint, wish: Wish) -> Sprint {
    let control = Control { by: login("grace"), permission: Permission::Maintain, wish };
    sprint.decide(Event::Control(control)).unwrap().sprint
}

fn found(sprint: &Sprint, found: Found) -> Sprint {
    sprint.decide(Event::Found(found, now())).unwrap().sprint
}

fn first_try(sprint: &Sprint, attempt: i64) -> ExecutionId {
    ExecutionId::of(&sprint.run.as_ref().unwrap().id, TaskNumber(1), Attempt(attempt))
}

fn job() -> Job {
    Job {
        queued: now() - TimeDelta::minutes(3),
        run_at: now() - TimeDelta::minutes(3),
        leased: false,
        ahead: 0,
        in_project: (0, 4),
        in_all: (0, 8),
        of_agent: (0, None),
        follows: false,
        beat: None,
        silent: false,
        step: None,
        trouble: None,
    }
}

fn with_job(sprint: &Sprint, attempt: i64, job: Job) -> Knowledge {
    Knowledge { jobs: [(first_try(sprint, attempt), job)].into(), ..known() }
}

fn errand(effect: Effect, given_up: bool, trouble: &str) -> Knowledge {
    let (asked, due) = (now() - TimeDelta::minutes(7), now() + TimeDelta::minutes(2));
    let (reference, trouble) = ("0190-abc".to_owned(), trouble.to_owned());
    let errand = Errand { reference, effect, asked, due, trouble, given_up };
    Knowledge { errands: vec![errand], ..known() }
}

fn asked_for_a_plan(state: planning::State) -> Sprint {
    let mut sprint = planned(vec![]);
    sprint.plan = None;
    let on = sprint.issue_ref();
    let comment = team6::domain::ids::CommentId(5);
    let asked = team6::domain::effect::Asked { by: login("ada"), on, comment };
    sprint.planning.session = Some(Session {
        number: 1,
        asked,
        fresh: false,
        since: now() - TimeDelta::minutes(9),
        state,
        turns: 0,
        rejections: 0,
        judged: false,
        flaws: vec![],
    });
    sprint
}

type Case = (&'static str, Sprint, Option<TaskNumber>, Knowledge);

fn before_the_start() -> Vec<Case> {
    let unplanned = Sprint { plan: None, ..planned(vec![]) };
    let mut asking = asked_for_a_plan(planning::State::Asking);
    asking.planning.questions.push(Question {
        number: 2,
        round: 1,
        text: "Which?".to_owned(),
        options: vec![],
        to: login("grace"),
        answer: None,
    });
    let unowned = PlannedTask { owner: None, ..task(2, &[]) };
    let flaws = vec![Refusal::NoOwner { task: TaskNumber(2) }];
    let circle =
        vec![Refusal::Cycle { tasks: [1, 2, 1].map(TaskNumber).to_vec() }, flaws[0].clone()];
    let sprint = planned(vec![task(1, &[]), unowned]);
    let closed = planned(vec![]).decide(Event::Forgotten(Lack::MilestoneClosed)).unwrap().sprint;
    let draft = Effect::Draft { sprint: unplanned.id.clone(), asked: None };
    let limited = "GitHub wants to be left alone until 10:02";
    let working = asked_for_a_plan(planning::State::Working { attempt: Attempt(1) });
    let id = ExecutionId::of_planning(&working.id, 1, Attempt(1));
    let reads = Job { step: Some("Reading `src/theme.rs`".to_owned()), leased: true, ..job() };
    let at_work = Knowledge { jobs: [(id, reads)].into(), ..known() };
    let failed = planning::State::Failed { why: "it submitted nothing".to_owned() };
    vec![
        ("no sprint", closed, None, known()),
        ("no plan", unplanned.clone(), None, known()),
        ("GitHub is away", unplanned.clone(), None, errand(draft.clone(), false, limited)),
        ("refused for good", unplanned, None, errand(draft, true, "GitHub refused (403): no")),
        ("the planner waits", asked_for_a_plan(queued()), None, known()),
        ("the planner works", working, None, at_work),
        ("the planner failed", asked_for_a_plan(failed), None, known()),
        ("questions", asking, None, known()),
        ("no owner", sprint.clone(), T2, Knowledge { flaws: flaws.clone(), ..known() }),
        ("a circle", sprint.clone(), None, Knowledge { flaws: circle, ..known() }),
        ("not approved", sprint.clone(), T1, Knowledge { flaws, ..known() }),
        ("not started", approved(vec![task(1, &[])]), None, known()),
    ]
}

fn queued() -> planning::State {
    planning::State::Queued { attempt: Attempt(1) }
}

fn in_the_queue() -> Vec<Case> {
    let sprint = under_way();
    let of = |job: Job| with_job(&sprint, 1, job);
    let second = with(TaskState::Assigned { attempt: Attempt(2) });
    let later = Job { run_at: now() + TimeDelta::seconds(40), ..job() };
    let mut again = with_job(&second, 2, later.clone());
    again.failures.insert(TaskNumber(1), (Class::TimedOut, "too slow".to_owned()));
    let trouble = Some("GitHub could not be reached".to_owned());
    let full = Job { in_project: (4, 4), ahead: 2, ..job() };
    let busy = Job { of_agent: (2, Some(2)), ..job() };
    let mine = AgentName("builder".to_owned());
    let until = now() + TimeDelta::minutes(8);
    let (class, since) = (Class::AgentDied, now());
    let open = Breaker::Open { class, failures: 5, since, until };
    let rests = Knowledge { broken: [(mine.clone(), open)].into(), ..of(job()) };
    let tried = Job { of_agent: (1, None), ..job() };
    let trying = Knowledge { broken: [(mine, Breaker::Trying { class })].into(), ..of(tried) };
    let ghost = Knowledge { workers: vec![Worker::default()], ..of(job()) };
    let mut crowded = [builders(), builders()].concat();
    crowded[0].no_room = Some(NoRoom { free_mb: 12, wanted_mb: 1_024 });
    crowded[1].no_room = Some(NoRoom { free_mb: 700, wanted_mb: 1_024 });
    let crowded = Knowledge { workers: crowded, ..of(job()) };
    vec![
        ("behind others", sprint.clone(), T1, of(Job { ahead: 3, ..job() })),
        ("the try before is being stopped", sprint.clone(), T1, of(Job { follows: true, ..job() })),
        ("at the limit", sprint.clone(), T1, of(full)),
        ("at the agent's limit", sprint.clone(), T1, of(busy)),
        ("its agent failed again and again", sprint.clone(), T1, rests),
        ("its agent is tried", sprint.clone(), T1, trying),
        ("no worker", sprint.clone(), T1, Knowledge { workers: vec![], ..of(job()) }),
        ("no worker with the agent", sprint.clone(), T1, ghost),
        ("no room on any worker's disk", sprint.clone(), T1, crowded),
        ("not handed out", sprint.clone(), T1, of(Job { trouble, ..later })),
        ("next", sprint.clone(), T1, of(job())),
        ("a retry", second, T1, again),
    ]
}

fn held() -> Vec<Case> {
    let sprint = under_way();
    let closed = Obstacle::IssueClosed { by: Some(login("mary")), completed: true };
    let barred = |obstacle| {
        found(&sprint, Found::TaskIssue { task: TaskNumber(1), obstacle: Some(obstacle) })
    };
    let cannot = ["ada".to_owned()].into();
    let spending = |cost: i64| Spending { cost: Money(cost * 1_000_000), ..Spending::default() };
    let purse = Purse::new(Limit { cost: Some(Money(5_000_000)), ..Limit::default() });
    let spends = |mut sprint: Sprint, of_run: bool| {
        let run = sprint.run.as_mut().unwrap();
        *(if of_run { &mut run.purse } else { &mut run.tasks[0].purse }) = purse;
        let (task, of) = (TaskNumber(1), spending(6));
        let spent = budget::Event::Counted { task, by_task: of, by_run: of, refused: true };
        let sprint = sprint.decide(Event::Budget(spent)).unwrap().sprint;
        happens(&sprint, Happened::Spent(Attempt(1)))
    };
    let reach = Found::Reach { repo: repo(), trouble: Some(Trouble::Suspended) };
    vec![
        ("paused", does(&sprint, Wish::Pause(None)), T1, known()),
        ("budget spent", spends(sprint.clone(), false), T1, known()),
        ("the run's budget spent", spends(sprint.clone(), true), T1, known()),
        ("the run has spent its budget", spends(sprint.clone(), true), T2, known()),
        ("spent in one try", happens(&sprint, Happened::Spent(Attempt(1))), T1, known()),
        ("task paused", does(&sprint, Wish::Pause(T1)), T1, known()),
        ("behind a paused task", does(&sprint, Wish::Pause(T1)), T2, known()),
        ("issue closed", barred(closed), T1, known()),
        ("issue elsewhere", barred(Obstacle::IssueElsewhere), T1, known()),
        ("issue gone", barred(Obstacle::IssueGone), T1, known()),
        ("owner lost access", found(&sprint, Found::Owners { repo: repo(), cannot }), T1, known()),
        ("suspended", found(&sprint, reach), None, known()),
        (
            "no sprint any more",
            sprint.decide(Event::Forgotten(Lack::Label)).unwrap().sprint,
            T1,
            known(),
        ),
    ]
}

fn on_its_way() -> Vec<Case> {
    let attempt = Attempt(1);
    let pull = PullNumber(9);
    let working = with(TaskState::InProgress { attempt });
    let runs = Job { leased: true, step: Some("Running the tests".to_owned()), ..job() };
    let silent = Job { silent: true, ..runs.clone() };
    let delivered = with(TaskState::Delivered { attempt });
    let publish = Effect::Publish(first_try(&delivered, 1));
    let review = with(TaskState::Review { attempt, pull });
    let merged = happens(&review, Happened::PullMerged(pull, CommitSha("a".repeat(40))));
    let mut failed = known();
    failed.failures.insert(TaskNumber(1), (Class::NothingDone, "it did `nothing` @ada".to_owned()));
    vec![
        ("at work", working.clone(), T1, with_job(&working, 1, runs)),
        ("silent", working.clone(), T1, with_job(&working, 1, silent)),
        ("being stopped", does(&working, Wish::Cancel(T1)), T1, known()),
        ("publishing", delivered.clone(), T1, known()),
        (
            "publishing is put off",
            delivered,
            T1,
            errand(publish, false, "GitHub could not be reached"),
        ),
        ("in review", review.clone(), T1, known()),
        ("behind one in review", review.clone(), T2, known()),
        ("the whole run", review, None, known()),
        ("closed", with(TaskState::Closed { attempt, pull }), T2, known()),
        ("failed", with(TaskState::Failed { attempt: Attempt(5) }), T1, failed),
        (
            "behind a cancelled task",
            with(TaskState::Cancelled { attempt, pull: None }),
            T2,
            known(),
        ),
        ("merged", merged, T1, known()),
        ("run cancelled", does(&under_way(), Wish::Cancel(None)), None, known()),
    ]
}

#[test]
fn every_kind_of_waiting_has_one_reason() {
    let mut page = String::new();
    let cases = [before_the_start(), in_the_queue(), held(), on_its_way()].concat();
    for (what, sprint, task, known) in cases {
        let why = why(&sprint, task, &known).unwrap();
        let people: Vec<_> = why.people.iter().map(|person| person.0.as_str()).collect();
        let since = why.since.map_or("?".to_owned(), |at| at.format("%H:%M").to_string());
        let at = why.at.map_or(String::new(), |at| at.format(", until %H:%M:%S").to_string());
        writeln!(page, "{what}\n    {}", why.text()).unwrap();
        writeln!(page, "    since {since}, for {}{at}", people.join(" and ")).unwrap();
        writeln!(page, "    {}", why.next()).unwrap();
    }
    insta::assert_snapshot!(page);
}

#[test]
fn a_reason_is_data_for_other_programs() {
    let sprint = with(TaskState::Review { attempt: Attempt(1), pull: PullNumber(9) });
    let why = why(&sprint, T2, &known()).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&why).unwrap());
}
