-- Many decisions of a busy desk find the same colleagues unable for the same reasons: kept once.
CREATE TABLE refusals (
    hash TEXT PRIMARY KEY,
    -- A list of the wire's `Refusal` as JSON.
    record TEXT NOT NULL
) STRICT;
ALTER TABLE decisions ADD COLUMN refused TEXT NOT NULL DEFAULT '';

-- Where a message that is answered stands, without looking at the message itself.
DROP INDEX messages_message_id;
CREATE INDEX messages_message_id ON messages (message_id, conversation) WHERE message_id <> '';
