-- What parts of a task its agent handed to others: domain::delegation::Delegation. `parent` repeats for queries of
-- which task it is a part itself.
alter table orchestration_tasks add column delegation json not null default '{}';
alter table orchestration_tasks add column parent bigint;

-- The comment at a task's issue that asks its owner about parts beyond the limits.
create table parts_comment (
    run_id     text   not null references orchestration_runs (id),
    task       bigint not null,
    comment_id bigint not null,
    primary key (run_id, task)
);
create unique index parts_comment_comment on parts_comment (comment_id);
