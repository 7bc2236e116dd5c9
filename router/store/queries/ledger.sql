-- seen_event
-- The line of an event that came before.
SELECT id, message, verdict FROM ledger
WHERE kind = :kind AND account = :account AND event = :event;

-- came_again
-- The same item once more: no new line.
UPDATE ledger SET again = again + 1, last_at = :now WHERE id = :id;

-- add_ledger
-- What became of an inbound item; of one that is replayed, what became of it now.
INSERT INTO ledger (at, kind, account, event, verdict, reason, message, payload)
VALUES (:now, :kind, :account, :event, :verdict, :reason, :message, :payload)
ON CONFLICT (kind, account, event) DO UPDATE
SET verdict = :verdict, reason = :reason, message = :message, payload = :payload;

-- ledger_rows
-- The newest inbound items before an id.
SELECT * FROM ledger WHERE id < :before ORDER BY id DESC LIMIT :limit;

-- ledger_aside
-- The newest inbound items of a verdict that is not the usual one, before an id.
SELECT * FROM ledger WHERE verdict = :verdict AND verdict <> 'accepted' AND id < :before
ORDER BY id DESC LIMIT :limit;

-- ledger_accepted
-- The newest inbound items that were accepted, before an id.
SELECT * FROM ledger WHERE verdict = 'accepted' AND id < :before ORDER BY id DESC LIMIT :limit;

-- ledger_counts
-- How many inbound items of each verdict, and how many came again.
SELECT verdict, n FROM ledger_counts WHERE n > 0
UNION ALL
SELECT 'accepted', max(id) - (
    SELECT coalesce(sum(n), 0) FROM ledger_counts WHERE verdict <> 'again') AS n
FROM ledger HAVING n > 0;
