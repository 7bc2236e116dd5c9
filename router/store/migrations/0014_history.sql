-- Where each conversation stood and whether each agent was there, a row each time that changed: by
-- it the past is played again, and what is to come is reckoned. Ids and times, no words.

CREATE TABLE passages (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    conversation INTEGER NOT NULL,
    status TEXT NOT NULL,
    team TEXT NOT NULL,
    owner TEXT NOT NULL
) STRICT;
-- What was imported began to wait elsewhere (it entered nothing here).
CREATE TRIGGER passages_begin AFTER INSERT ON conversations
WHEN new.status = 'waiting' AND new.entered > 0 BEGIN
    INSERT INTO passages (at, conversation, status, team, owner)
    VALUES (new.entered, new.id, 'waiting', new.team, '');
END;
INSERT INTO passages (at, conversation, status, team, owner)
SELECT entered, id, status, team, owner FROM conversations
WHERE status IN ('waiting', 'assigned') AND entered > 0 ORDER BY entered;

CREATE TABLE presences (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    agent TEXT NOT NULL,
    presence TEXT NOT NULL
) STRICT;
CREATE TRIGGER presences_change AFTER UPDATE OF presence ON agents
WHEN old.presence <> new.presence BEGIN
    INSERT INTO presences (at, agent, presence) VALUES (new.since, new.id, new.presence);
END;
INSERT INTO presences (at, agent, presence)
SELECT since, id, presence FROM agents WHERE presence <> 'offline' ORDER BY since;
