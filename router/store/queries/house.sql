-- ensure_team
-- A team of the configuration, unless it is there.
INSERT OR IGNORE INTO teams (id, name) VALUES (:id, :name);

-- ensure_admin
-- The first admin, unless there is one of that name. Takes no conversations.
INSERT OR IGNORE INTO agents (id, name, role, capacity, since)
VALUES (:id, 'Admin', 'admin', 0, :now);

-- ensure_key
-- A key that lets this agent in, unless it is known.
INSERT OR IGNORE INTO agent_keys (key, agent, console, made) VALUES (:key, :agent, :console, :now);

-- every_key
-- All keys of all agents, oldest first.
SELECT key, agent FROM agent_keys ORDER BY made, key;
