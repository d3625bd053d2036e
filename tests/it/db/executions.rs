//! Attempts of agents at tasks.

use team6::db::executions::{self, Execution, New, Status, Subject};
use team6::db::{Error, Tx};
use team6::domain::ids::{
    AgentName, Attempt, Epoch, ExecutionId, ProjectName, RunId, SprintId, TaskNumber, WorkerId,
};
use team6::domain::work::{Class, Delivery, Failure, Size};

use super::{sha, under_way};
use crate::engines::{at, in_one_transaction, on_every_engine};

fn new(sprint: &SprintId, run: &RunId, task: i64, attempt: i64) -> New {
    New {
        id: ExecutionId::of(run, TaskNumber(task), Attempt(attempt)),
        sprint: sprint.clone(),
        subject: Subject::Task(run.clone(), TaskNumber(task)),
        attempt: Attempt(attempt),
        project: ProjectName("acme/web".into()),
        agent: AgentName("frontend".into()),
    }
}

fn task_of(execution: &Execution) -> Option<i64> {
    match &execution.subject {
        Subject::Task(_, number) => Some(number.0),
        Subject::Plan(_) | Subject::Review(..) => None,
    }
}

fn delivery() -> Delivery {
    Delivery {
        head: sha('b'),
        base_sha: sha('a'),
        replaces: None,
        commits: vec!["Dim the lights".into(), "Test it".into()],
        summary: "It is dark now".into(),
        size: Size { files: 2, added: 30, removed: 4 },
    }
}

/// An execution that was just queued.
async fn queued(tx: &mut Tx) -> (SprintId, ExecutionId) {
    let (sprint, run) = under_way(tx, 12, &[]).await;
    let new = new(&sprint.id, &run.id, 1, 1);
    executions::insert(tx, &new, at(0)).await.unwrap();
    (sprint.id, new.id)
}

async fn taken(tx: &mut Tx, id: &ExecutionId, epoch: i64) -> Execution {
    let worker = WorkerId("w".into());
    executions::taken(tx, id, &worker, Epoch(epoch), Some(&sha('a')), at(epoch)).await.unwrap();
    executions::get(tx, id).await.unwrap()
}

#[tokio::test]
async fn an_execution_is_queued_once() {
    in_one_transaction(async |tx| {
        let (sprint, id) = queued(tx).await;
        taken(tx, &id, 1).await;
        let again = executions::get(tx, &id).await.unwrap();
        let again = New {
            id: again.id,
            sprint: again.sprint_id,
            subject: again.subject,
            attempt: again.attempt,
            project: again.project,
            agent: again.agent,
        };
        executions::insert(tx, &again, at(9)).await.unwrap();
        let now = executions::get(tx, &id).await.unwrap();
        assert_eq!((task_of(&now), now.attempt), (Some(1), Attempt(1)));
        assert_eq!((now.status, now.epoch, now.sprint_id), (Status::Running, Epoch(1), sprint));
        assert_eq!((now.project.0.as_str(), now.agent.0.as_str()), ("acme/web", "frontend"));
    })
    .await;
}

#[tokio::test]
async fn a_try_at_a_task_has_one_execution() {
    on_every_engine(async |db| {
        let mut tx = db.begin().await.unwrap();
        let (sprint, run) = under_way(&mut tx, 12, &[]).await;
        let first = new(&sprint.id, &run.id, 1, 1);
        executions::insert(&mut tx, &first, at(0)).await.unwrap();
        let twin = New { id: ExecutionId("exe_twin".into()), ..first };
        assert!(executions::insert(&mut tx, &twin, at(1)).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn an_execution_that_lost_its_worker_keeps_when_it_began() {
    in_one_transaction(async |tx| {
        let (_, id) = queued(tx).await;
        assert_eq!(executions::get(tx, &id).await.unwrap().started_at, None);
        assert_eq!(taken(tx, &id, 1).await.started_at, Some(at(1)));
        executions::lost(tx, &id).await.unwrap();
        assert_eq!(executions::get(tx, &id).await.unwrap().status, Status::Queued);
        let again = taken(tx, &id, 2).await;
        assert_eq!((again.epoch, again.started_at), (Epoch(2), Some(at(1))));
    })
    .await;
}

#[tokio::test]
async fn what_was_delivered_is_there_to_be_published() {
    in_one_transaction(async |tx| {
        let (_, id) = queued(tx).await;
        taken(tx, &id, 1).await;
        executions::delivered(tx, &id, &delivery(), at(5)).await.unwrap();
        // A worker that is only thought to be lost takes nothing back.
        executions::lost(tx, &id).await.unwrap();
        let now = executions::get(tx, &id).await.unwrap();
        assert_eq!((now.status, now.finished_at), (Status::Delivered, Some(at(5))));
        assert_eq!(now.delivery.unwrap().0, delivery());
        executions::published(tx, &id).await.unwrap();
        assert_eq!(executions::get(tx, &id).await.unwrap().status, Status::Published);
    })
    .await;
}

#[tokio::test]
async fn an_execution_that_failed_says_why_and_one_that_was_stopped_does_not() {
    in_one_transaction(async |tx| {
        let (_, id) = queued(tx).await;
        let why = Failure { class: Class::NothingDone, message: "no commits".into() };
        executions::failed(tx, &id, Status::Failed, Some(&why), at(5)).await.unwrap();
        let now = executions::get(tx, &id).await.unwrap();
        assert_eq!((now.status, now.failure.unwrap().0), (Status::Failed, why));
        executions::failed(tx, &id, Status::Cancelled, None, at(6)).await.unwrap();
        let now = executions::get(tx, &id).await.unwrap();
        assert_eq!((now.status, now.finished_at), (Status::Cancelled, Some(at(6))));
        assert!(now.failure.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_runs_executions_are_in_the_order_they_were_queued() {
    in_one_transaction(async |tx| {
        let (sprint, run) = under_way(tx, 12, &[]).await;
        let (elsewhere, other) = under_way(tx, 13, &[]).await;
        let all = [
            new(&sprint.id, &run.id, 2, 1),
            new(&elsewhere.id, &other.id, 1, 1),
            new(&sprint.id, &run.id, 1, 1),
        ];
        for (n, new) in (0..).zip(all) {
            executions::insert(tx, &new, at(n)).await.unwrap();
        }
        let found = executions::of_run(tx, &run.id).await.unwrap();
        assert_eq!(found.iter().filter_map(task_of).collect::<Vec<_>>(), [2, 1]);
    })
    .await;
}

#[tokio::test]
async fn an_execution_nobody_queued_is_missing() {
    in_one_transaction(async |tx| {
        let missing = executions::get(tx, &ExecutionId("exe_0".into())).await;
        assert!(matches!(missing, Err(Error::Missing(_))));
    })
    .await;
}

#[tokio::test]
async fn what_an_agent_says_may_hold_any_character() {
    in_one_transaction(async |tx| {
        let (_, id) = queued(tx).await;
        let odd = Delivery { summary: "a\0b\u{1F4A9}\u{7f}".into(), ..delivery() };
        executions::delivered(tx, &id, &odd, at(5)).await.unwrap();
        let kept = executions::get(tx, &id).await.unwrap().delivery.unwrap().0;
        assert_eq!(kept.summary.replace('\u{FFFD}', "\0"), odd.summary);
        let why = Failure { class: Class::AgentDied, message: "\0".into() };
        executions::failed(tx, &id, Status::Failed, Some(&why), at(6)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_planning_is_an_execution_without_a_run() {
    in_one_transaction(async |tx| {
        let (sprint, run) = under_way(tx, 12, &[]).await;
        let id = ExecutionId::of_planning(&sprint.id, 1, Attempt(2));
        let plan = New {
            id: id.clone(),
            subject: Subject::Plan(1),
            attempt: Attempt(2),
            ..new(&sprint.id, &run.id, 1, 1)
        };
        executions::insert(tx, &plan, at(0)).await.unwrap();
        let worker = WorkerId("w".into());
        executions::taken(tx, &id, &worker, Epoch(1), None, at(1)).await.unwrap();
        executions::done(tx, &id, at(2)).await.unwrap();
        let now = executions::get(tx, &id).await.unwrap();
        assert_eq!((now.subject, now.sprint_id), (Subject::Plan(1), sprint.id));
        assert_eq!((now.status, now.finished_at), (Status::Done, Some(at(2))));
        assert!(executions::of_run(tx, &run.id).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn one_try_at_a_planning_is_one_execution() {
    on_every_engine(async |db| {
        let mut tx = db.begin().await.unwrap();
        let (sprint, run) = under_way(&mut tx, 12, &[]).await;
        let plan = New { subject: Subject::Plan(1), ..new(&sprint.id, &run.id, 1, 1) };
        executions::insert(&mut tx, &plan, at(0)).await.unwrap();
        let twin = New { id: ExecutionId("exe_twin".into()), ..plan };
        assert!(executions::insert(&mut tx, &twin, at(1)).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn why_it_could_not_be_handed_out_is_known_until_it_was() {
    in_one_transaction(async |tx| {
        let (sprint, id) = queued(tx).await;
        executions::not_handed_out(tx, &id, "GitHub is away").await.unwrap();
        let all = executions::of_sprint(tx, &sprint).await.unwrap();
        assert_eq!((all.len(), all[0].trouble.as_deref()), (1, Some("GitHub is away")));
        assert_eq!(taken(tx, &id, 1).await.trouble, None);
    })
    .await;
}

#[tokio::test]
async fn how_an_agents_tries_ended_is_told_latest_first_and_only_what_counts() {
    in_one_transaction(async |tx| {
        let (sprint, run) = under_way(tx, 12, &[]).await;
        let died = Failure { class: Class::AgentDied, message: "it died".into() };
        for (task, agent) in [(1, "frontend"), (2, "frontend"), (3, "frontend"), (4, "backend")] {
            let agent = AgentName(agent.into());
            let one = New { agent, ..new(&sprint.id, &run.id, task, 1) };
            executions::insert(tx, &one, at(0)).await.unwrap();
            match task {
                2 => executions::done(tx, &one.id, at(20)).await.unwrap(),
                3 => {
                    let stopped = Status::Cancelled;
                    executions::failed(tx, &one.id, stopped, None, at(30)).await.unwrap();
                }
                n => {
                    let (failed, at) = (Status::Failed, at(n * 10));
                    executions::failed(tx, &one.id, failed, Some(&died), at).await.unwrap();
                }
            }
        }
        let frontend = AgentName("frontend".into());
        let ended = executions::ended_of_agent(tx, &frontend, at(0)).await.unwrap();
        let told: Vec<_> = ended.iter().map(|one| (one.task.1.0, one.failed, one.at)).collect();
        assert_eq!(told, [(2, None, at(20)), (1, Some(Class::AgentDied), at(10))]);
        assert_eq!(executions::ended_of_agent(tx, &frontend, at(15)).await.unwrap().len(), 1);

        let failing = executions::failing_agents(tx, at(0)).await.unwrap();
        assert_eq!(failing, [AgentName("backend".into()), frontend]);
        let lately = executions::failing_agents(tx, at(20)).await.unwrap();
        assert_eq!(lately, [AgentName("backend".into())]);
    })
    .await;
}
