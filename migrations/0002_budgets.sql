-- domain::budget::Purse: what may be spent on a run and on each of its tasks, and how far that is.
alter table orchestration_runs add column purse json not null default '{}';
alter table orchestration_tasks add column purse json not null default '{}';

-- What each execution spent so far; one that lost its worker begins anew under its next epoch.
create table spending (
    execution_id text   not null,
    epoch        bigint not null,
    run_id       text   not null,
    task         bigint not null,
    cost         bigint not null, -- in millionths of a dollar
    tokens       bigint not null,
    seconds      bigint not null,
    primary key (execution_id, epoch)
);
create index spending_task on spending (run_id, task);

-- Whose work a job is, so that an agent can be limited like a project.
alter table job add column agent text not null default '';
update job set agent = (select agent from agent_executions e where e.id = job.id)
where exists (select 1 from agent_executions e where e.id = job.id);
