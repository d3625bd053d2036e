-- domain::work::NoRoom: why a worker takes no work, though it asks.
alter table worker add column no_room json;
