-- prove_writing
-- A real write: SQLite leaves a page alone that would stay the same, so something has to change.
UPDATE operating SET proofs = proofs + 1 WHERE id = 1;

-- operating
-- Whether the desk sends, and whether it came out of a backup that is not settled yet.
SELECT paused, restored FROM operating WHERE id = 1;

-- pause_sending
-- Nothing is sent from now on; the moment stays when it is paused already.
UPDATE operating SET paused = ifnull(paused, :now) WHERE id = 1;

-- resume_sending
-- What is due goes out again.
UPDATE operating SET paused = NULL WHERE id = 1;

-- mark_restored
-- This desk came out of a backup of that moment: it sends nothing until somebody says so.
UPDATE operating SET restored = :at, paused = :now WHERE id = 1;

-- mark_settled
-- What the backup did not know of the outbox is written down.
UPDATE operating SET restored = NULL WHERE id = 1;

-- leap_epoch
-- Further than any desk gets by restarting: adapters obey this one and not the one before.
UPDATE lease SET epoch = epoch + 1000000 WHERE id = 1;

-- unsent
-- Every row that is not at its end.
SELECT * FROM outbox WHERE state IN ('held', 'ready', 'sending', 'ambiguous') ORDER BY id;

-- outbox_ages
-- Rows that are not at their end, by state, and since when the oldest waits.
SELECT o.state, count(*) AS n, min(m.accepted) AS since
FROM outbox o JOIN messages m ON m.id = o.message
WHERE o.state IN ('held', 'ready', 'sending', 'ambiguous') GROUP BY o.state;

-- waiting_work
-- What waits for an agent, by team and skills, and since when the oldest does.
SELECT c.team, c.skills, count(*) AS n, min(ifnull(c.unanswered_since, c.opened)) AS since
FROM (SELECT DISTINCT team FROM counts WHERE status = 'waiting' AND n > 0) t
CROSS JOIN conversations c WHERE c.team = t.team AND c.status = 'waiting'
GROUP BY c.team, c.skills;

-- newest_event_at
-- When the last thing happened here.
SELECT at FROM events ORDER BY seq DESC LIMIT 1;

-- file_blobs
-- Blobs that are files in the blob folder.
SELECT sha256, size FROM blobs WHERE data IS NULL ORDER BY sha256;

-- logins_refused
-- Wrong passwords and codes since a moment.
SELECT count(*) FROM audit WHERE at > :since AND what = 'login refused';
