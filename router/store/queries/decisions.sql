-- add_decision
-- Why a conversation is where it is. Who could not take it stands apart: it is often the same.
INSERT INTO decisions (conversation, at, cause, record, refused)
VALUES (:conversation, :now, :cause, :record, :refused);

-- add_refusals
-- Who could not take something and why, once for all decisions that found the same.
INSERT OR IGNORE INTO refusals (hash, record) VALUES (:hash, :record);

-- add_fact
-- What a decision was made on, once for all that were made on it.
INSERT OR IGNORE INTO facts (hash, record) VALUES (:hash, :record);

-- facts_named
-- What these names stand for.
SELECT hash, record FROM facts WHERE hash IN (SELECT value FROM json_each(:names));

-- save_agent_load
-- What an agent holds now, since when, and whose turn it is.
UPDATE agents SET load = :load, idle_since = :idle_since, turn = :turn WHERE id = :id;

-- agents
-- Everybody.
SELECT * FROM agents ORDER BY id;

-- agent
-- One agent.
SELECT * FROM agents WHERE id = :id;

-- save_presence
-- Here, busy, on a break, away, or gone.
UPDATE agents SET presence = :presence, reason = :reason, since = :now WHERE id = :id;
