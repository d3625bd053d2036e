-- What somebody set going from the dashboard, and what came of it: domain::launch::Launch
create table launch (
    id        text        not null primary key,
    login     text        not null, -- who
    repo      text        not null, -- where the sprint is
    wish      json        not null, -- domain::launch::Wish
    sprint_id text,                 -- once there is one
    begun_at  timestamptz not null,
    ended_at  timestamptz,
    refused   json        not null, -- why it was not done: Vec<domain::refusal::Refusal>
    trouble   text                  -- by what the operator finds what broke
);

-- The checks of pull requests, as they were when we last read them: domain::verdict::Verdict
create table pull_check (
    repo    text        not null,
    pull    bigint      not null,
    head    text        not null, -- the commit they are about
    checks  json        not null,
    read_at timestamptz not null,
    primary key (repo, pull)
);
