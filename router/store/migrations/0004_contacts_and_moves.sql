-- Merging contacts and taking it back; moving messages and conversations, and moving them back.

-- A merged contact keeps its row, its fields and its note; it stands where `stands` says.
ALTER TABLE contacts ADD COLUMN merged INTEGER NOT NULL DEFAULT 0;  -- into which, 0: in none
ALTER TABLE contacts ADD COLUMN stands INTEGER NOT NULL DEFAULT 0;  -- the end of that way, 0: here
CREATE INDEX contacts_merged ON contacts (merged) WHERE merged > 0;
CREATE INDEX contacts_stands ON contacts (stands) WHERE stands > 0;

-- `own` is the contact that links say; `contact` is where that one stands now.
ALTER TABLE identities ADD COLUMN own INTEGER NOT NULL DEFAULT 0;
ALTER TABLE identities ADD COLUMN linked_by TEXT NOT NULL DEFAULT '';
UPDATE identities SET own = contact;
UPDATE identities SET linked_by = evidence, evidence = '' WHERE contact <> born;
CREATE INDEX identities_own ON identities (own);
CREATE INDEX identities_born ON identities (born);

-- The contact that an agent said, 0: that of its identity.
ALTER TABLE conversations ADD COLUMN own INTEGER NOT NULL DEFAULT 0;
-- The conversation that it was joined to: what comes for this one goes there.
ALTER TABLE conversations ADD COLUMN joined INTEGER NOT NULL DEFAULT 0;
-- The one that its first message may belong to.
ALTER TABLE conversations ADD COLUMN related INTEGER NOT NULL DEFAULT 0;
-- Messages up to this one need no answer: it was resolved then.
ALTER TABLE conversations ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;
CREATE INDEX conversations_own ON conversations (own) WHERE own > 0;
UPDATE conversations SET settled = (SELECT coalesce(max(id), 0) FROM messages)
WHERE status = 'resolved';

-- Where it came in before an agent moved it, 0: here.
ALTER TABLE messages ADD COLUMN home INTEGER NOT NULL DEFAULT 0;
-- Its writer's identity when only their contact let it in here: it leaves with that identity.
ALTER TABLE messages ADD COLUMN guest INTEGER NOT NULL DEFAULT 0;
-- For the clock it came after this message, 0: it was answered; -1: after the one before it.
ALTER TABLE messages ADD COLUMN counts INTEGER NOT NULL DEFAULT -1;
CREATE INDEX messages_guest ON messages (guest) WHERE guest > 0;

CREATE TABLE moves (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    agent TEXT NOT NULL,
    -- One message, or 0: the whole conversation.
    message INTEGER NOT NULL DEFAULT 0,
    conversation INTEGER NOT NULL,
    contact INTEGER NOT NULL,
    -- Into this conversation (0: it stays one, with another contact), of this contact.
    into_conversation INTEGER NOT NULL DEFAULT 0,
    into_contact INTEGER NOT NULL,
    -- The conversation was made for it.
    opened INTEGER NOT NULL DEFAULT 0,
    -- How the conversation stood, as JSON.
    before TEXT NOT NULL DEFAULT '{}',
    undone REAL
) STRICT;
CREATE INDEX moves_conversation ON moves (conversation, id);

-- What each message was before a move.
CREATE TABLE moved (
    move INTEGER NOT NULL REFERENCES moves (id),
    message INTEGER NOT NULL REFERENCES messages (id),
    placed TEXT NOT NULL,
    home INTEGER NOT NULL,
    guest INTEGER NOT NULL,
    counts INTEGER NOT NULL,
    PRIMARY KEY (message, move)
) STRICT, WITHOUT ROWID;
CREATE INDEX moved_move ON moved (move);

CREATE TABLE merges (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    agent TEXT NOT NULL,
    kept INTEGER NOT NULL REFERENCES contacts (id),
    gone INTEGER NOT NULL REFERENCES contacts (id),
    -- The fields of the kept one that it changed, before and after, as JSON.
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    undone REAL
) STRICT;
CREATE INDEX merges_kept ON merges (kept, id);
CREATE INDEX merges_gone ON merges (gone, id);
