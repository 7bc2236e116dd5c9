-- add_audit
-- Somebody saw, sent or changed something.
INSERT INTO audit (at, agent, what, contact, conversation, message, detail)
VALUES (:at, :agent, :what, :contact, :conversation, :message, :detail);

-- audit_rows
-- The newest rows of the audit before an id.
SELECT * FROM audit WHERE id < :before AND at >= :since ORDER BY id DESC LIMIT :limit;

-- audit_of_agent
-- The newest rows of one agent before an id.
SELECT * FROM audit WHERE agent = :agent AND id < :before AND at >= :since
    AND (:contact = 0 OR contact = :contact)
ORDER BY id DESC LIMIT :limit;

-- audit_of_contact
-- The newest rows about one contact before an id.
SELECT * FROM audit WHERE contact = :contact AND id < :before AND at >= :since
ORDER BY id DESC LIMIT :limit;

-- oldest_audit
-- When the oldest row was written.
SELECT min(at) FROM audit;

-- begin_forgetting
-- From here to the end of the transaction the audit can be changed, for erasure or retention only.
INSERT INTO audit_forgetting VALUES (:why);

-- forget_audit_before
-- Rows older than they are kept.
DELETE FROM audit WHERE at < :before;

-- end_forgetting
-- The audit is only added to again.
DELETE FROM audit_forgetting;
