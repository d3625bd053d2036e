-- domain::work::NoRoom: why a worker takes no work, though it asks.
alter table worker add column no_room json;

-- Of jobs with the same key, one is on lease at a time: two tries at one task, of which the first is being stopped.
alter table job add column concurrency_key text;
