-- seen_event
-- The line of an event that came before.
SELECT id, message, verdict FROM ledger
WHERE kind = :kind AND account = :account AND event = :event;

-- came_again
-- The same item once more: no new line.
UPDATE ledger SET again = again + 1, last_at = :now WHERE id = :id;

-- add_ledger
-- What became of an inbound item.
INSERT INTO ledger (at, kind, account, event, verdict, reason, message, payload)
VALUES (:now, :kind, :account, :event, :verdict, :reason, :message, :payload);

-- settle_line
-- What becomes of an item that is tried again; that it came stands there since it came.
UPDATE ledger SET verdict = :verdict, reason = :reason, message = :message, payload = :payload
WHERE kind = :kind AND account = :account AND event = :event;

-- ledger_rows
-- The newest inbound items before an id, of an account if it is named, or accepted ones only.
SELECT l.id, l.at, l.kind, l.account, l.event, l.verdict, l.reason, l.message, l.again, l.last_at,
    l.payload IS NOT NULL AS kept, m.author, m.subject, substr(m.text, 1, 100) AS text
FROM ledger l LEFT JOIN messages m ON m.id = l.message AND l.message > 0
WHERE l.id < :before AND (:verdict = '' OR l.verdict = 'accepted')
    AND (:account = '' OR l.account = :account) AND l.at >= :since
ORDER BY l.id DESC LIMIT :limit;

-- ledger_aside
-- The newest inbound items of a verdict that is not the usual one, before an id.
SELECT l.id, l.at, l.kind, l.account, l.event, l.verdict, l.reason, l.message, l.again, l.last_at,
    l.payload IS NOT NULL AS kept, m.author, m.subject, substr(m.text, 1, 100) AS text
FROM ledger l LEFT JOIN messages m ON m.id = l.message AND l.message > 0
WHERE l.verdict = :verdict AND l.verdict <> 'accepted' AND l.id < :before
    AND (:account = '' OR l.account = :account) AND l.at >= :since
ORDER BY l.id DESC LIMIT :limit;

-- ledger_line
-- One line, and the request that was kept.
SELECT l.*, l.payload IS NOT NULL AS kept, m.author, m.subject, substr(m.text, 1, 100) AS text
FROM ledger l LEFT JOIN messages m ON m.id = l.message AND l.message > 0
WHERE l.id = :id;

-- name_line
-- What could not be read can be read now: this is its event id.
UPDATE ledger SET event = :event WHERE id = :id;

-- merge_line
-- It is in another line, by its message.
UPDATE ledger SET verdict = 'merged', message = :message, reason = :reason, payload = NULL
WHERE id = :id;

-- not_in_ledger
-- Of a mailbox's items (event ids and Message-IDs as JSON) those that never came in.
SELECT i.value ->> '$[0]' AS event FROM json_each(:items) i
WHERE NOT EXISTS (
        SELECT 1 FROM ledger l
        WHERE l.kind = :kind AND l.account = :account AND l.event = i.value ->> '$[0]')
    AND (i.value ->> '$[1]' = '' OR NOT EXISTS (
        SELECT 1 FROM messages m
        WHERE m.message_id = i.value ->> '$[1]' AND m.message_id <> '' AND m.kind = :kind
            AND m.account = :account));

-- accepted_within
-- Accepted items of a mailbox since a moment, by the beginning of their event ids.
SELECT event FROM ledger
WHERE kind = :kind AND account = :account AND event >= :within AND event < :within || char(65533)
    AND verdict = 'accepted' AND at >= :since;

-- ledger_counts
-- How many inbound items of each verdict, and how many came again.
SELECT verdict, n FROM ledger_counts WHERE n > 0
UNION ALL
SELECT 'accepted', max(id) - (
    SELECT coalesce(sum(n), 0) FROM ledger_counts WHERE verdict <> 'again') AS n
FROM ledger HAVING n > 0;
