-- Each statement about open rows repeats the words of the partial index, or it would not be used.

-- add_outbox
-- A message to deliver, held until its undo window is over.
INSERT INTO outbox (message, conversation, kind, account, remote, state, not_before, payload)
VALUES (:message, :conversation, :kind, :account, :remote, 'held', :not_before, :payload);

-- outbox_of_message
-- The row that delivers a message.
SELECT * FROM outbox WHERE message = :message;

-- outbox_row
-- A row by its number.
SELECT * FROM outbox WHERE id = :id;

-- outbox_of_remote_id
-- The row that an account's channel knows by a name of its own.
SELECT * FROM outbox
WHERE remote_id = :remote_id AND remote_id <> '' AND kind = :kind AND account = :account
ORDER BY id DESC LIMIT 1;

-- sendable
-- Rows whose time has come and that no older row of their conversation holds up; none while paused.
-- None of accounts that have enough to do.
SELECT o.* FROM outbox o
WHERE o.state IN ('held', 'ready', 'sending', 'ambiguous')
    AND o.state IN ('held', 'ready') AND o.not_before <= :now
    AND (SELECT paused FROM operating) IS NULL
    AND o.kind || '.' || o.account NOT IN (SELECT value FROM json_each(:busy))
    AND NOT EXISTS (
        SELECT 1 FROM outbox older
        WHERE older.conversation = o.conversation AND older.id < o.id
            AND older.state IN ('held', 'ready', 'sending', 'ambiguous'))
ORDER BY o.not_before, o.id LIMIT :limit;

-- held_up
-- The oldest row of a conversation that an open one has to wait for.
SELECT id FROM outbox
WHERE conversation = :conversation AND id < :id
    AND state IN ('held', 'ready', 'sending', 'ambiguous')
ORDER BY id LIMIT 1;

-- next_send
-- When the next row's time comes that no older one holds up; never while paused.
-- None of accounts that have enough to do.
SELECT min(o.not_before) AS at FROM outbox o
WHERE o.state IN ('held', 'ready', 'sending', 'ambiguous') AND o.state IN ('held', 'ready')
    AND (SELECT paused FROM operating) IS NULL
    AND o.kind || '.' || o.account NOT IN (SELECT value FROM json_each(:busy))
    AND NOT EXISTS (
        SELECT 1 FROM outbox older
        WHERE older.conversation = o.conversation AND older.id < o.id
            AND older.state IN ('held', 'ready', 'sending', 'ambiguous'));

-- save_outbox
-- Where the delivery stands.
UPDATE outbox SET state = :state, not_before = :not_before, attempt = :attempt, epoch = :epoch,
    remote_id = :remote_id, reason = :reason, doubts = :doubts, anew = :anew,
    asked = :asked
WHERE id = :id;

-- stranded
-- Rows that an older router left in the middle of sending.
SELECT * FROM outbox
WHERE state IN ('held', 'ready', 'sending', 'ambiguous')
    AND state = 'sending' AND epoch < :epoch;

-- bring_near
-- After the clock was set back nothing stays held up until it has passed that time again.
UPDATE outbox SET not_before = :latest
WHERE state IN ('held', 'ready', 'sending', 'ambiguous')
    AND state IN ('held', 'ready') AND not_before > :latest;

-- hurry
-- What waits for another try on an account may go now.
UPDATE outbox SET not_before = :now
WHERE state IN ('held', 'ready', 'sending', 'ambiguous')
    AND kind = :kind AND account = :account AND state = 'ready' AND not_before > :now;

-- outbox_unsettled
-- What is on its way, failed or is uncertain, or one of these, newest first.
SELECT o.id, o.message, o.conversation, o.kind, o.account, o.remote, o.state, o.reason, o.attempt,
    o.doubts, o.not_before, m.contact, m.at, m.author, substr(m.text, 1, 200) AS text, (
        SELECT older.message FROM outbox older
        WHERE older.conversation = o.conversation AND older.id < o.id
            AND older.state IN ('held', 'ready', 'sending', 'ambiguous')
        ORDER BY older.id LIMIT 1) AS behind
FROM outbox o JOIN messages m ON m.id = o.message
WHERE o.state IN ('held', 'ready', 'sending', 'ambiguous', 'failed')
    AND (:state = '' OR o.state = :state)
    AND o.id < :before AND (:account = '' OR o.account = :account)
    AND (:conversation = 0 OR o.conversation = :conversation)
ORDER BY o.id DESC LIMIT :limit;

-- outbox_in
-- Deliveries in one state, newest first.
SELECT o.id, o.message, o.conversation, o.kind, o.account, o.remote, o.state, o.reason, o.attempt,
    o.doubts, o.not_before, m.contact, m.at, m.author, substr(m.text, 1, 200) AS text, (
        SELECT older.message FROM outbox older
        WHERE older.conversation = o.conversation AND older.id < o.id
            AND older.state IN ('held', 'ready', 'sending', 'ambiguous')
        ORDER BY older.id LIMIT 1) AS behind
FROM outbox o JOIN messages m ON m.id = o.message
WHERE o.state = :state
    AND o.id < :before AND (:account = '' OR o.account = :account)
    AND (:conversation = 0 OR o.conversation = :conversation)
ORDER BY o.id DESC LIMIT :limit;
