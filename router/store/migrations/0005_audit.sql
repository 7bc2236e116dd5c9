-- Who saw, sent and changed what: ids and verbs, never a message's text. Rows are only added.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    agent TEXT NOT NULL,
    what TEXT NOT NULL,
    contact INTEGER NOT NULL DEFAULT 0,
    conversation INTEGER NOT NULL DEFAULT 0,
    message INTEGER NOT NULL DEFAULT 0,
    -- What was searched for, whose rights were changed, from which machine somebody came.
    detail TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX audit_agent ON audit (agent, id);
CREATE INDEX audit_contact ON audit (contact, id) WHERE contact > 0;
CREATE INDEX audit_at ON audit (at);

-- A row here, for the length of one transaction, is what erasure and retention say they are.
CREATE TABLE audit_forgetting (why TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
WHEN NOT EXISTS (SELECT 1 FROM audit_forgetting) BEGIN
    SELECT raise(ABORT, 'the audit is only added to');
END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
WHEN NOT EXISTS (SELECT 1 FROM audit_forgetting) BEGIN
    SELECT raise(ABORT, 'the audit is only added to');
END;
