-- The desk: what lasts. Times are epoch seconds (UTC); lists and maps are JSON text.

CREATE TABLE lease (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch INTEGER NOT NULL,
    holder TEXT NOT NULL,
    since REAL NOT NULL
) STRICT;
INSERT INTO lease VALUES (1, 0, '', 0);

CREATE TABLE teams (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE skills (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE agents (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL DEFAULT 'agent',
    teams TEXT NOT NULL DEFAULT '[]',
    skills TEXT NOT NULL DEFAULT '{}',
    capacity INTEGER NOT NULL DEFAULT 6,
    limits TEXT NOT NULL DEFAULT '{}',
    password TEXT NOT NULL DEFAULT '',
    enabled INTEGER NOT NULL DEFAULT 1,
    presence TEXT NOT NULL DEFAULT 'offline',
    since REAL NOT NULL DEFAULT 0,
    -- When the agent last got or ended work: the longest idle is asked first.
    idle_since REAL NOT NULL DEFAULT 0,
    load INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE agent_keys (
    key TEXT PRIMARY KEY,
    agent TEXT NOT NULL REFERENCES agents (id),
    console TEXT NOT NULL DEFAULT '',
    made REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE invitations (
    hash TEXT PRIMARY KEY,
    agent TEXT NOT NULL REFERENCES agents (id),
    expires REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    address TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL DEFAULT '',
    capabilities TEXT NOT NULL DEFAULT '',
    cursor TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (kind, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE contacts (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL DEFAULT 1,
    name TEXT NOT NULL,
    language TEXT NOT NULL DEFAULT '',
    zone TEXT NOT NULL DEFAULT '',
    company TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '[]',
    warnings TEXT NOT NULL DEFAULT '[]',
    made REAL NOT NULL
) STRICT;
CREATE INDEX contacts_name ON contacts (name COLLATE NOCASE);

CREATE TABLE identities (
    id INTEGER PRIMARY KEY,
    contact INTEGER NOT NULL REFERENCES contacts (id),
    -- The contact that it was made with: where an undone link goes back to.
    born INTEGER NOT NULL REFERENCES contacts (id),
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    verified INTEGER NOT NULL DEFAULT 0,
    evidence TEXT NOT NULL DEFAULT '',
    blocked INTEGER NOT NULL DEFAULT 0,
    since REAL NOT NULL,
    UNIQUE (kind, address)
) STRICT;
CREATE INDEX identities_contact ON identities (contact);
CREATE INDEX identities_address ON identities (address);

CREATE TABLE conversations (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL DEFAULT 1,
    contact INTEGER NOT NULL REFERENCES contacts (id),
    -- The identity that it came from: a link or its undoing takes the conversation along.
    identity INTEGER NOT NULL REFERENCES identities (id),
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    remote TEXT NOT NULL,
    subject TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL CHECK (status IN ('waiting', 'assigned', 'snoozed', 'resolved')),
    team TEXT NOT NULL,
    owner TEXT NOT NULL DEFAULT '',
    priority INTEGER NOT NULL DEFAULT 1,
    skills TEXT NOT NULL DEFAULT '{}',
    tags TEXT NOT NULL DEFAULT '[]',
    opened REAL NOT NULL,
    -- Its place among the waiting: never changes while it waits.
    order_key REAL NOT NULL,
    preferred TEXT NOT NULL DEFAULT '',
    preferred_until REAL NOT NULL DEFAULT 0,
    due REAL,
    target REAL NOT NULL DEFAULT 0,
    unanswered INTEGER NOT NULL DEFAULT 0,
    unanswered_since REAL,
    last_at REAL NOT NULL DEFAULT 0,
    last_text TEXT NOT NULL DEFAULT '',
    last_by TEXT NOT NULL DEFAULT '',
    last_message INTEGER NOT NULL DEFAULT 0,
    snoozed_until REAL,
    resolved_at REAL,
    came_from TEXT NOT NULL DEFAULT '',
    continues INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX conversations_contact ON conversations (contact, last_at);
CREATE INDEX conversations_identity ON conversations (identity);
-- Lists show what is due first, then what is answered, newest first; one number orders both.
CREATE INDEX conversations_owner ON conversations (owner, status, ifnull(due, 1e12 - last_at), id);
CREATE INDEX conversations_team ON conversations (team, status, ifnull(due, 1e12 - last_at), id);
-- Put aside: newest first.
CREATE INDEX conversations_owner_aside ON conversations (owner, status, last_at, id)
WHERE status IN ('snoozed', 'resolved');
CREATE INDEX conversations_team_aside ON conversations (team, status, last_at, id)
WHERE status IN ('snoozed', 'resolved');
CREATE INDEX conversations_active ON conversations (id)
WHERE status IN ('waiting', 'assigned');
CREATE INDEX conversations_snoozed ON conversations (snoozed_until) WHERE status = 'snoozed';

-- Maintained, never recounted: conversations by team, owner and status.
CREATE TABLE counts (
    team TEXT NOT NULL,
    owner TEXT NOT NULL,
    status TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (team, owner, status)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER counts_insert AFTER INSERT ON conversations BEGIN
    INSERT INTO counts VALUES (new.team, new.owner, new.status, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER counts_update AFTER UPDATE OF team, owner, status ON conversations
WHEN old.team <> new.team OR old.owner <> new.owner OR old.status <> new.status BEGIN
    UPDATE counts SET n = n - 1
    WHERE team = old.team AND owner = old.owner AND status = old.status;
    INSERT INTO counts VALUES (new.team, new.owner, new.status, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;

CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL DEFAULT 1,
    conversation INTEGER NOT NULL REFERENCES conversations (id),
    contact INTEGER NOT NULL REFERENCES contacts (id),
    author_is TEXT NOT NULL CHECK (author_is IN ('customer', 'agent', 'comment', 'desk')),
    author TEXT NOT NULL DEFAULT '',
    agent TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL DEFAULT '',
    account TEXT NOT NULL DEFAULT '',
    remote TEXT NOT NULL DEFAULT '',
    -- The number that a chat page shows it under; 0 when no page does.
    remote_seq INTEGER NOT NULL DEFAULT 0,
    event TEXT NOT NULL DEFAULT '',
    at REAL NOT NULL,
    accepted REAL NOT NULL,
    text TEXT NOT NULL DEFAULT '',
    folds TEXT NOT NULL DEFAULT '[]',
    subject TEXT NOT NULL DEFAULT '',
    sender TEXT NOT NULL DEFAULT '',
    recipients TEXT NOT NULL DEFAULT '{}',
    message_id TEXT NOT NULL DEFAULT '',
    body_hash TEXT NOT NULL DEFAULT '',
    raw TEXT NOT NULL DEFAULT '',
    attachments TEXT NOT NULL DEFAULT '[]',
    placed TEXT NOT NULL DEFAULT '',
    said TEXT NOT NULL DEFAULT '',
    notes TEXT NOT NULL DEFAULT '{}',
    reactions TEXT NOT NULL DEFAULT '[]',
    state TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    undo_until REAL,
    late INTEGER NOT NULL DEFAULT 0,
    automatic INTEGER NOT NULL DEFAULT 0,
    edited INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX messages_contact ON messages (contact, id);
CREATE INDEX messages_conversation ON messages (conversation, id);
CREATE INDEX messages_remote ON messages (kind, account, remote, remote_seq) WHERE remote_seq > 0;
CREATE INDEX messages_message_id ON messages (message_id) WHERE message_id <> '';

-- Each inbound item once: the channel's own event id within its account.
CREATE TABLE inbox (
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    event TEXT NOT NULL,
    message INTEGER NOT NULL DEFAULT 0,
    at REAL NOT NULL,
    PRIMARY KEY (kind, account, event)
) STRICT, WITHOUT ROWID;

-- The last number that each remote conversation's page has seen.
CREATE TABLE feeds (
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    remote TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (kind, account, remote)
) STRICT, WITHOUT ROWID;

-- What became of everything that came in.
CREATE TABLE ledger (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    event TEXT NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    message INTEGER NOT NULL DEFAULT 0,
    -- The whole request, for what was put aside and may be replayed.
    payload BLOB
) STRICT;
CREATE INDEX ledger_verdict ON ledger (verdict, id) WHERE verdict <> 'accepted';
CREATE TABLE ledger_counts (verdict TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TRIGGER ledger_insert AFTER INSERT ON ledger BEGIN
    INSERT INTO ledger_counts VALUES (new.verdict, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;

CREATE TABLE blobs (
    sha256 TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    -- NULL when it is a file in the blob folder.
    data BLOB
) STRICT, WITHOUT ROWID;

-- Which blob may be read through which contact's thread.
CREATE TABLE blob_uses (
    sha256 TEXT NOT NULL,
    message INTEGER NOT NULL REFERENCES messages (id),
    PRIMARY KEY (sha256, message)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    message INTEGER NOT NULL UNIQUE REFERENCES messages (id),
    conversation INTEGER NOT NULL,
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    remote TEXT NOT NULL,
    state TEXT NOT NULL,
    not_before REAL NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    epoch INTEGER NOT NULL DEFAULT 0,
    remote_id TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    -- The Outbound as JSON, but for epoch and seq.
    payload TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_open ON outbox (state, not_before)
WHERE state IN ('held', 'ready', 'sending', 'ambiguous');
CREATE INDEX outbox_order ON outbox (conversation, id)
WHERE state IN ('held', 'ready', 'sending', 'ambiguous');
CREATE INDEX outbox_remote_id ON outbox (remote_id) WHERE remote_id <> '';
CREATE TABLE outbox_counts (state TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TRIGGER outbox_insert AFTER INSERT ON outbox BEGIN
    INSERT INTO outbox_counts VALUES (new.state, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER outbox_update AFTER UPDATE OF state ON outbox WHEN old.state <> new.state BEGIN
    UPDATE outbox_counts SET n = n - 1 WHERE state = old.state;
    INSERT INTO outbox_counts VALUES (new.state, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;

CREATE TABLE decisions (
    id INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    at REAL NOT NULL,
    cause TEXT NOT NULL,
    -- A `Why` of the wire as JSON.
    record TEXT NOT NULL
) STRICT;
CREATE INDEX decisions_conversation ON decisions (conversation, id);

-- The same key gives the same answer for seven days.
CREATE TABLE answers (
    agent TEXT NOT NULL,
    key TEXT NOT NULL,
    hash TEXT NOT NULL,
    answer BLOB NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (agent, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX answers_at ON answers (at);

CREATE TABLE notes (
    contact INTEGER PRIMARY KEY REFERENCES contacts (id),
    revision INTEGER NOT NULL,
    text TEXT NOT NULL,
    agent TEXT NOT NULL,
    at REAL NOT NULL
) STRICT;
CREATE TABLE note_revisions (
    contact INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    text TEXT NOT NULL,
    agent TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (contact, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE canned (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    language TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- Ids and what changed, never a message's text.
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    what TEXT NOT NULL,
    conversation INTEGER NOT NULL DEFAULT 0,
    contact INTEGER NOT NULL DEFAULT 0,
    message INTEGER NOT NULL DEFAULT 0,
    agent TEXT NOT NULL DEFAULT '',
    team TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE stats (name TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO stats VALUES ('messages', 0), ('conversations', 0), ('contacts', 0);
CREATE TRIGGER stats_messages AFTER INSERT ON messages BEGIN
    UPDATE stats SET n = n + 1 WHERE name = 'messages';
END;
CREATE TRIGGER stats_conversations AFTER INSERT ON conversations BEGIN
    UPDATE stats SET n = n + 1 WHERE name = 'conversations';
END;
CREATE TRIGGER stats_contacts AFTER INSERT ON contacts BEGIN
    UPDATE stats SET n = n + 1 WHERE name = 'contacts';
END;
