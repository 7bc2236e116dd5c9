-- A conversation that is asked of an agent: it is kept free for them until then. While it is
-- offered the conversation waits; its one open offer says for whom.
CREATE TABLE offers (
    id INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL REFERENCES conversations (id),
    agent TEXT NOT NULL,
    at REAL NOT NULL,
    until REAL NOT NULL,
    state TEXT NOT NULL DEFAULT 'open'
        CHECK (state IN ('open', 'accepted', 'declined', 'missed', 'revoked')),
    ended REAL NOT NULL DEFAULT 0,
    -- Why they are asked (a `Said` as JSON), and why they declined.
    said TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX offers_open ON offers (conversation) WHERE state = 'open';
CREATE INDEX offers_due ON offers (until) WHERE state = 'open';
CREATE INDEX offers_of ON offers (agent) WHERE state = 'open';
CREATE INDEX offers_ended ON offers (ended) WHERE state <> 'open';

-- A resolved conversation that its agent still has to finish: it takes their room until then.
CREATE TABLE wrap_ups (
    conversation INTEGER PRIMARY KEY REFERENCES conversations (id),
    agent TEXT NOT NULL,
    kind TEXT NOT NULL,
    until REAL NOT NULL
) STRICT;
CREATE INDEX wrap_ups_agent ON wrap_ups (agent);
CREATE INDEX wrap_ups_until ON wrap_ups (until);

-- What an agent just got and has to do something about until then.
CREATE TABLE fresh (
    conversation INTEGER PRIMARY KEY REFERENCES conversations (id),
    agent TEXT NOT NULL,
    at REAL NOT NULL,
    until REAL NOT NULL
) STRICT;
CREATE INDEX fresh_until ON fresh (until);

-- Until when they wrap up, as colleagues see it; what they take less of by their own will (an
-- `OwnLimits` as JSON), and until when.
ALTER TABLE agents ADD COLUMN wraps_until REAL NOT NULL DEFAULT 0;
ALTER TABLE agents ADD COLUMN own_limits TEXT NOT NULL DEFAULT '';
ALTER TABLE agents ADD COLUMN own_until REAL NOT NULL DEFAULT 0;
CREATE INDEX agents_own ON agents (own_until) WHERE own_until > 0;

-- What waits for somebody who may come back.
CREATE INDEX conversations_preferred ON conversations (preferred)
WHERE status = 'waiting' AND preferred <> '';
