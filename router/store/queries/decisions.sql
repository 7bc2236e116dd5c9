-- add_decision
-- Why a conversation is where it is. Who could not take it stands apart: it is often the same.
INSERT INTO decisions (conversation, at, cause, record, refused)
VALUES (:conversation, :now, :cause, :record, :refused);

-- add_refusals
-- Why each agent could not take something, once for all decisions that found the same.
INSERT OR IGNORE INTO refusals (hash, record) VALUES (:hash, :record);

-- save_agent_load
-- What an agent holds now, and since when.
UPDATE agents SET load = :load, idle_since = :idle_since WHERE id = :id;

-- agents
-- Everybody.
SELECT * FROM agents ORDER BY id;

-- agent
-- One agent.
SELECT * FROM agents WHERE id = :id;

-- save_presence
-- Here, busy, on a break, away, or gone.
UPDATE agents SET presence = :presence, since = :now WHERE id = :id;
