-- Webhooks as they came, before anybody understood them.
create table delivery (
    id          text        not null primary key, -- X-GitHub-Delivery
    event       text        not null,
    payload     bytea       not null,
    received_at timestamptz not null,
    read_at     timestamptz
);
create index delivery_received on delivery (received_at);
create index delivery_unread on delivery (received_at) where read_at is null;

-- What a decision asked for and nobody has done yet. Done ones are deleted.
create table effect (
    id           text        not null primary key, -- in order of time
    lane         text        not null,             -- one lane, one at a time, in order
    name         text,                             -- asked for again before it began: once is enough
    body         json        not null,
    delivery_id  text,                             -- the webhook that led to it
    urgency      bigint      not null,             -- the least is done first
    asked_at     timestamptz not null,
    due_at       timestamptz not null,
    attempt      bigint      not null,
    leased_until timestamptz,
    trouble      text,                             -- what went wrong the last time
    given_up_at  timestamptz                       -- refused for good; kept for people to look at
);
create index effect_lane on effect (lane, id) where given_up_at is null;
create index effect_open on effect (urgency, id) where given_up_at is null;
create index effect_name on effect (name) where name is not null and given_up_at is null;

-- Repositories the App is installed on.
create table repository (
    id             bigint  not null primary key,
    name           text    not null unique, -- owner/name
    installation   bigint  not null,
    default_branch text    not null,
    heard_until    timestamptz not null, -- comments up to here were looked through by the sweep
    touched_until  timestamptz not null, -- and issues and pull requests up to here
    seen_at        timestamptz not null,
    trouble        text,                 -- domain::found::Trouble: why we cannot work in it
    trouble_since  timestamptz
);

-- domain::sprint::Sprint
create table sprint (
    id         text   not null primary key,
    project    text   not null,
    repo_id    bigint not null,
    repo       text   not null,
    issue      bigint not null,
    milestone  bigint not null,
    goal       json   not null,
    state      text   not null check (state in ('recognized', 'forgotten')),
    lack       text,            -- domain::sprint::Lack: why it is no sprint any more
    since      timestamptz not null, -- when it came into this state
    planning   json   not null, -- domain::planning::Planning
    revision   bigint not null, -- who saves must have read the latest
    unique (repo_id, issue)
);
create unique index sprint_milestone on sprint (repo_id, milestone) where state = 'recognized';

-- Every version of every plan.
create table plan (
    sprint_id  text        not null references sprint (id),
    version    bigint      not null,
    body       json        not null, -- domain::plan::Plan
    created_at timestamptz not null,
    primary key (sprint_id, version)
);

-- The approvals that count. Past ones are in the history.
create table approval (
    sprint_id   text        not null references sprint (id),
    task        bigint      not null,
    hash        text        not null, -- of the text that was approved
    approved_by text        not null,
    approved_at timestamptz not null,
    primary key (sprint_id, task, hash)
);

-- The version of its plan in which a person approved something last.
create table approver (
    sprint_id text   not null references sprint (id),
    login     text   not null, -- in small letters
    version   bigint not null,
    primary key (sprint_id, login)
);

create table orchestration_runs (
    id          text        not null primary key,
    sprint_id   text        not null references sprint (id),
    number      bigint      not null,
    status      text        not null check (status in ('pending', 'running', 'paused', 'completed', 'failed', 'cancelled')),
    started_by  text        not null,
    holds       json        not null, -- [domain::run::Hold]: why nothing new is started
    held_since  timestamptz,          -- since when there is one
    started_at  timestamptz not null,
    finished_at timestamptz,
    unique (sprint_id, number)
);
-- A sprint has one run at a time.
create unique index orchestration_runs_live on orchestration_runs (sprint_id) where status in ('pending', 'running', 'paused');

create table orchestration_tasks (
    run_id       text        not null references orchestration_runs (id),
    number       bigint      not null,
    repo         text        not null,
    issue        bigint      not null,
    title        text        not null,
    owner        text        not null, -- no task runs without a human owner
    agent        text        not null,
    branch       text        not null,
    planned      json        not null, -- domain::plan::PlannedTask, as it was approved
    waits_for    json        not null, -- what it still waits for
    state        json        not null, -- domain::task::State; the columns below repeat it for queries
    status       text        not null,
    held_by      text,                 -- who paused it
    barred       json        not null, -- [domain::found::Barred]: what else keeps it from starting
    held_since   timestamptz,          -- since when somebody or something does
    since        timestamptz not null, -- when it came into this state
    attempt      bigint      not null,
    pull         bigint,
    merge_commit text,
    updated_at   timestamptz not null,
    primary key (run_id, number)
);
create index orchestration_tasks_pull on orchestration_tasks (repo, pull) where pull is not null;
create index orchestration_tasks_branch on orchestration_tasks (repo, branch);
create index orchestration_tasks_done on orchestration_tasks (updated_at) where status = 'done';
create index orchestration_tasks_waiting on orchestration_tasks (run_id) where status = 'waiting';

create table agent_executions (
    id          text        not null primary key,
    sprint_id   text        not null references sprint (id),
    kind        text        not null check (kind in ('task', 'plan')),
    run_id      text        references orchestration_runs (id), -- of a task
    task        bigint,
    planning    bigint,                                         -- of a plan
    attempt     bigint      not null,
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
    unique (run_id, task, attempt),
    unique (sprint_id, planning, attempt)
);

-- What agents said and did, line by line.
create table trace (
    execution_id text        not null,
    epoch        bigint      not null,
    seq          bigint      not null,
    kind         text        not null,
    body         json        not null,
    received_at  timestamptz not null,
    primary key (execution_id, epoch, seq)
);

-- Commits on their way from a worker to GitHub.
create table bundle (
    execution_id text   not null primary key,
    epoch        bigint not null,
    bytes        bytea  not null
);

-- The queues `agents-{project}`, where they are kept in this database. A claim first changes the
-- row '*', so that claims come one after the other and limits are limits.
create table queue (
    name    text        not null primary key,
    claims  bigint      not null,
    made_at timestamptz not null
);

-- A job is one execution.
create table job (
    id          text        not null primary key, -- the execution's id
    queue       text        not null,
    priority    bigint      not null,
    run_at      timestamptz not null,
    state       text        not null check (state in ('ready', 'leased', 'done', 'dead')),
    held        boolean     not null,             -- its run or its task is paused
    unwanted    boolean     not null,             -- a person ended its task: its worker stops the agent
    run_id      text,                             -- none for planning
    epoch       bigint      not null,
    worker      text,
    incarnation text,
    leased_until timestamptz,
    recoveries  bigint      not null,             -- how often its worker was lost
    restarts    bigint      not null              -- how often its worker came back without it
);
create index job_ready on job (queue, priority, run_at, id) where state = 'ready';
create index job_leased on job (leased_until) where state = 'leased';
create index job_live on job (queue, state, run_at) where state in ('ready', 'leased');

-- Workers, as they last asked for work.
create table worker (
    id      text        not null primary key,
    agents  json        not null, -- [domain::ids::AgentName] it can start
    seen_at timestamptz not null
);

-- Comments that Team6 keeps up to date, and what it last saw in them.
create table own_comment (
    sprint_id  text   not null references sprint (id),
    kind       text   not null check (kind in ('plan', 'status', 'planning', 'questions')),
    part       bigint not null, -- from 1: which planning, which round of questions, which part of a long plan
    comment_id bigint not null,
    body       text   not null,
    primary key (sprint_id, kind, part)
);
create unique index own_comment_comment on own_comment (comment_id);

-- How far the edit history of a comment of ours was taken in.
create table edits_taken (
    comment_id  bigint      not null primary key,
    taken_until timestamptz not null
);

-- What was heard once and must not be heard again: commands, by comment and text.
create table heard (
    key      text        not null primary key,
    heard_at timestamptz not null
);

-- Every decision: what, about what, because of whom and of which webhook.
create table history (
    id          text        not null primary key, -- in order of time
    sprint_id   text        not null,
    run_id      text,
    task        bigint,
    at          timestamptz not null,
    caused_by   text        not null,
    delivery_id text,
    text        text        not null
);
create index history_sprint on history (sprint_id, id);

-- People who are signed in to the dashboard, and the tokens of their scripts.
create table session (
    id      text        not null primary key, -- a fingerprint of what is shown; that is kept nowhere
    kind    text        not null check (kind in ('browser', 'script')),
    login   text        not null,
    name    text        not null,             -- the browser, or what the token is for
    made_at timestamptz not null,
    seen_at timestamptz not null,
    ends_at timestamptz not null
);
create index session_login on session (login);
create index trace_ledger on trace (execution_id) where kind = 'ledger';
