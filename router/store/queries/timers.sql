-- forget_answers
-- Answers to commands older than their promise.
DELETE FROM answers WHERE at < :before;

-- left_alone
-- Unanswered conversations whose owner has been gone since before a moment.
SELECT c.* FROM conversations c JOIN agents a ON a.id = c.owner
WHERE a.presence = 'offline' AND a.since <= :before
    AND c.status = 'assigned' AND c.unanswered > 0
LIMIT 100;
