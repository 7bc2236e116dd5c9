-- forget_answers
-- Answers to commands older than their promise.
DELETE FROM answers WHERE at < :before;

-- left_alone
-- Conversations whose owner has been gone for too long: after the grace of their kind ("" is for
-- all others), and where there is none, the unanswered ones.
-- Those who are gone first: few have work, and theirs is found by its owner.
SELECT c.* FROM agents a CROSS JOIN conversations c
WHERE a.presence = 'offline' AND a.since <= :soonest
    AND c.owner = a.id AND c.status = 'assigned' AND (c.unanswered > 0 OR :grace <> '{}')
    AND a.since <= :now - coalesce(
        (SELECT value FROM json_each(:grace) WHERE key = c.kind),
        (SELECT value FROM json_each(:grace) WHERE key = ''),
        iif(c.unanswered > 0, :otherwise, 1e12))
LIMIT 100;

-- alarms_due
-- Open conversations of which something is to be told.
SELECT * FROM conversations WHERE alarm_at <= :now ORDER BY alarm_at LIMIT 100;

-- save_alarm
-- What was told of a conversation, and when the next is to be.
UPDATE conversations SET told = :told, alarm_at = :alarm_at WHERE id = :id;
