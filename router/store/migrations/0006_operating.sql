-- How the desk is looked after: whether it sends, and whether it came out of a backup.
CREATE TABLE operating (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    -- Counted up by a write that only proves that writing works.
    proofs INTEGER NOT NULL DEFAULT 0,
    -- Since when nothing is sent, until an operator says so; NULL: it sends.
    paused REAL,
    -- When the backup was made that this desk came out of, until its outbox is settled; else NULL.
    restored REAL
) STRICT;
INSERT INTO operating (id) VALUES (1);
