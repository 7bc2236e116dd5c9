-- add_event
-- A row of the event log: ids and what changed.
INSERT INTO events (seq, at, what, conversation, contact, message, agent, team, version)
VALUES (:seq, :at, :what, :conversation, :contact, :message, :agent, :team, :version);

-- events_since
-- What happened after a sequence, oldest first.
SELECT seq, at, what, conversation, contact, message, agent, team, version
FROM events WHERE seq > :seq ORDER BY seq LIMIT :limit;

-- last_event
-- The newest sequence, 0 on an empty desk.
SELECT coalesce(max(seq), 0) AS seq FROM events;
