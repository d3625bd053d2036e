-- The review agent's executions, beside the tries at the same tasks. What a table allows cannot be changed, so
-- it is made anew.
create table executions_anew (
    id          text        not null primary key,
    sprint_id   text        not null references sprint (id),
    kind        text        not null check (kind in ('task', 'plan', 'review')),
    run_id      text        references orchestration_runs (id), -- of a task, or a review of one
    task        bigint,
    planning    bigint,                                         -- of a plan
    attempt     bigint      not null,                           -- of a review: which try it is about
    project     text        not null,
    agent       text        not null,
    status      text        not null check (status in ('queued', 'running', 'delivered', 'published', 'done', 'failed', 'cancelled')),
    worker      text,
    epoch       bigint      not null, -- the lease's generation that is listened to
    queued_at   timestamptz not null,
    started_at  timestamptz,
    finished_at timestamptz,
    base_sha    text,
    delivery    json,                 -- domain::work::Delivery
    failure     json,                 -- domain::work::Failure
    trouble     text,                 -- why it could not be handed to a worker the last time
    unique (kind, run_id, task, attempt),
    unique (sprint_id, planning, attempt)
);
insert into executions_anew
    (id, sprint_id, kind, run_id, task, planning, attempt, project, agent, status, worker, epoch,
     queued_at, started_at, finished_at, base_sha, delivery, failure, trouble)
select id, sprint_id, kind, run_id, task, planning, attempt, project, agent, status, worker, epoch,
     queued_at, started_at, finished_at, base_sha, delivery, failure, trouble
from agent_executions;
drop table agent_executions;
alter table executions_anew rename to agent_executions;
create index agent_executions_run on agent_executions (run_id, task);
