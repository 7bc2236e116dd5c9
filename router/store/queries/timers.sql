-- forget_answers
-- Answers to commands older than their promise.
DELETE FROM answers WHERE at < :before;

-- left_alone
-- Conversations whose owner has been gone for too long: after the grace of their kind ("" is for
-- all others), and where there is none, the unanswered ones.
SELECT c.* FROM conversations c JOIN agents a ON a.id = c.owner
    LEFT JOIN json_each(:grace) own ON own.key = c.kind
    LEFT JOIN json_each(:grace) other ON other.key = ''
WHERE a.presence = 'offline' AND c.status = 'assigned' AND
    CASE WHEN coalesce(own.value, other.value) IS NULL
        THEN c.unanswered > 0 AND a.since <= :now - :otherwise
        ELSE a.since <= :now - coalesce(own.value, other.value) END
LIMIT 100;

-- alarms_due
-- Open conversations of which something is to be told.
SELECT * FROM conversations WHERE alarm_at <= :now ORDER BY alarm_at LIMIT 100;

-- save_alarm
-- What was told of a conversation, and when the next is to be.
UPDATE conversations SET told = :told, alarm_at = :alarm_at WHERE id = :id;
