-- add_invitation
-- A code that lets an agent log in once; only its hash is kept.
INSERT INTO invitations (hash, agent, expires) VALUES (:hash, :agent, :expires);

-- invitation
-- Whom a code lets in, and until when.
SELECT * FROM invitations WHERE hash = :hash;

-- use_invitation
-- It has let somebody in; those that ran out go with it.
DELETE FROM invitations WHERE hash = :hash OR expires < :now;

-- agent_key
-- Whose console a key is.
SELECT * FROM agent_keys WHERE key = :key;

-- keys_of
-- The keys of an agent's consoles, oldest first.
SELECT key FROM agent_keys WHERE agent = :agent ORDER BY made, key;

-- consoles_of
-- The consoles of an agent, newest first.
SELECT key, agent, console, made AS since FROM agent_keys WHERE agent = :agent
ORDER BY made DESC, key;

-- add_key
-- One more console of an agent.
INSERT INTO agent_keys (key, agent, console, made) VALUES (:key, :agent, :console, :now)
ON CONFLICT DO UPDATE SET console = :console, made = :now;

-- drop_key
-- This console is not let in any more.
DELETE FROM agent_keys WHERE key = :key;

-- drop_keys_of
-- No console of this agent is let in any more.
DELETE FROM agent_keys WHERE agent = :agent;
