-- What one piece of work taught, kept for the next: domain::memory::Note
create table note (
    project    text        not null,
    number     bigint      not null, -- people write M3
    agent      text,                 -- the only one it is for
    words      text        not null, -- empty once it is forgotten
    made_by    text        not null, -- an agent or a person
    repo       text        not null, -- where they were
    run_id     text,                 -- at which task, if an agent made it
    task       bigint,
    standing   text        not null check (standing in ('tentative', 'kept', 'dropped', 'forgotten')),
    made_at    timestamptz not null,
    changed_by text,                 -- the person who changed it last
    primary key (project, number)
);
create index note_task on note (run_id, task) where run_id is not null;
