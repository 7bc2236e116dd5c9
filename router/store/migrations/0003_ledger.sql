-- One line for each inbound item: what it was, what became of it, how often it came again.
-- It is also what makes a repeat invisible: the channel's own event id once within its account.
CREATE TABLE lines (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    event TEXT NOT NULL,
    verdict TEXT NOT NULL
        CHECK (verdict IN ('accepted', 'duplicate', 'merged', 'quarantined', 'refused')),
    reason TEXT NOT NULL DEFAULT '',
    message INTEGER NOT NULL DEFAULT 0,
    again INTEGER NOT NULL DEFAULT 0,
    last_at REAL,
    -- The whole request, for what was not taken and may be replayed.
    payload BLOB,
    UNIQUE (kind, account, event)
) STRICT;

-- Of several old lines of one event the first says what became of it; the others are repeats.
INSERT INTO lines (at, kind, account, event, verdict, reason, message, again, last_at, payload)
SELECT l.at, l.kind, l.account, l.event, l.verdict, l.reason, l.message, a.n - 1,
    iif(a.n > 1, a.last_at, NULL), l.payload
FROM ledger l JOIN (
    SELECT min(id) AS id, count(*) AS n, max(at) AS last_at FROM ledger
    GROUP BY kind, account, event) a ON a.id = l.id
ORDER BY l.id;
INSERT OR IGNORE INTO lines (at, kind, account, event, verdict, message)
SELECT at, kind, account, event, 'accepted', message FROM inbox ORDER BY at;

DROP TABLE inbox;
DROP TABLE ledger;
DROP TABLE ledger_counts;
ALTER TABLE lines RENAME TO ledger;
CREATE INDEX ledger_verdict ON ledger (verdict, id) WHERE verdict <> 'accepted';

-- No line goes away: so the last id is how many there are, and the usual verdict needs no counter.
CREATE TRIGGER ledger_keeps BEFORE DELETE ON ledger BEGIN
    SELECT raise(ABORT, 'the ledger keeps every line');
END;
CREATE TABLE ledger_counts (verdict TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO ledger_counts
SELECT verdict, count(*) FROM ledger WHERE verdict <> 'accepted' GROUP BY verdict;
INSERT INTO ledger_counts SELECT 'again', sum(again) FROM ledger WHERE again > 0
HAVING count(*) > 0;
CREATE TRIGGER ledger_insert AFTER INSERT ON ledger WHEN new.verdict <> 'accepted' BEGIN
    INSERT INTO ledger_counts VALUES (new.verdict, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER ledger_verdict AFTER UPDATE OF verdict ON ledger
WHEN new.verdict <> old.verdict BEGIN
    UPDATE ledger_counts SET n = n - 1 WHERE verdict = old.verdict;
    INSERT INTO ledger_counts SELECT new.verdict, 1 WHERE new.verdict <> 'accepted'
    ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER ledger_again AFTER UPDATE OF again ON ledger BEGIN
    INSERT INTO ledger_counts VALUES ('again', new.again - old.again)
    ON CONFLICT DO UPDATE SET n = n + new.again - old.again;
END;

-- How often it became unknown whether it was sent: it may be there already.
ALTER TABLE outbox ADD COLUMN doubts INTEGER NOT NULL DEFAULT 0;
-- It was sent and came back, and a person wants it sent once more.
ALTER TABLE outbox ADD COLUMN anew INTEGER NOT NULL DEFAULT 0;
UPDATE outbox SET doubts = 1 WHERE state = 'ambiguous';
CREATE INDEX outbox_unsettled ON outbox (id)
WHERE state IN ('held', 'ready', 'sending', 'ambiguous', 'failed');
