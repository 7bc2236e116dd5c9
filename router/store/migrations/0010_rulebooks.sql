-- Routing files as they were loaded; the newest is in force.
CREATE TABLE rulebooks (
    version INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    agent TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
