-- add_message
-- A new entry of a thread.
INSERT INTO messages (id, conversation, contact, author_is, author, agent, kind, account, remote,
    remote_seq, event, at, accepted, text, folds, subject, sender, recipients, message_id, body_hash,
    raw, attachments, placed, said, notes, state, undo_until, late, automatic, guest)
VALUES (:id, :conversation, :contact, :author_is, :author, :agent, :kind, :account, :remote,
    :remote_seq, :event, :at, :accepted, :text, :folds, :subject, :sender, :recipients, :message_id,
    :body_hash, :raw, :attachments, :placed, :said, :notes, :state, :undo_until, :late, :automatic,
    :guest);

-- message
-- One message, all of it.
SELECT * FROM messages WHERE id = :id;

-- message_of_event
-- A customer's message by the channel's event id.
SELECT * FROM messages
WHERE kind = :kind AND account = :account AND event = :event AND remote = :remote
    AND id = (SELECT message FROM ledger
              WHERE kind = :kind AND account = :account AND event = :event);

-- save_message
-- What of a message can change.
UPDATE messages SET version = version + 1, text = :text, state = :state, reason = :reason,
    undo_until = :undo_until, remote_seq = :remote_seq, message_id = :message_id,
    edited = :edited, deleted = :deleted, reactions = :reactions, notes = :notes
WHERE id = :id;

-- last_customer_message
-- The newest message of the customer in a conversation.
SELECT * FROM messages WHERE conversation = :conversation AND author_is = 'customer'
ORDER BY id DESC LIMIT 1;

-- message_ids_of
-- The newest Message-IDs of a conversation, newest first.
SELECT message_id FROM messages
WHERE conversation = :conversation AND message_id <> '' ORDER BY id DESC LIMIT 20;

-- next_feed
-- The next number of a remote conversation's page.
INSERT INTO feeds VALUES (:kind, :account, :remote, 1)
ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last;

-- history_of
-- A remote conversation as its customer saw it, newest first.
SELECT m.remote_seq, m.at, m.text, m.author_is, m.author, m.attachments, m.deleted,
    iif(m.event <> '', m.event, 'out-' || o.id) AS id
FROM messages m LEFT JOIN outbox o ON o.message = m.id
WHERE m.kind = :kind AND m.account = :account AND m.remote = :remote AND m.remote_seq > 0
    AND (:before = 0 OR m.remote_seq < :before)
ORDER BY m.remote_seq DESC LIMIT :limit;

-- add_blob_use
-- This message shows this blob: who may see the message may read it.
INSERT OR IGNORE INTO blob_uses (sha256, message) VALUES (:sha256, :message);

-- save_cursor
-- How far an account has read its channel.
INSERT INTO accounts (kind, account, cursor) VALUES (:kind, :account, :cursor)
ON CONFLICT DO UPDATE SET cursor = :cursor;

-- announce_account
-- How an adapter introduces its account.
INSERT INTO accounts (kind, account, address, title, capabilities)
VALUES (:kind, :account, :address, :title, :capabilities)
ON CONFLICT DO UPDATE SET address = :address, title = :title, capabilities = :capabilities;

-- account
-- What is known of an account.
SELECT * FROM accounts WHERE kind = :kind AND account = :account;

-- message_of_message_id
-- Our message by its Message-ID.
SELECT * FROM messages WHERE message_id = :message_id AND message_id <> '' AND author_is = 'agent'
ORDER BY id DESC LIMIT 1;

-- took_part_at_first
-- The same, before anything was moved there by an agent.
SELECT 1 FROM messages
WHERE conversation = :conversation AND guest = 0 AND home = 0
    AND (instr(lower(recipients), lower(:address)) > 0
        OR instr(lower(sender), lower(:address)) > 0)
LIMIT 1;

-- took_part
-- Whether an address (as JSON has it) wrote or was written to in a conversation, not as a guest.
SELECT 1 FROM messages
WHERE conversation = :conversation AND guest = 0
    AND (instr(lower(recipients), lower(:address)) > 0
        OR instr(lower(sender), lower(:address)) > 0)
LIMIT 1;

-- automatic_answers
-- Automatic answers to a contact within the hour and the day, and when the newest was.
SELECT count(*) FILTER (WHERE accepted > :hour) AS within_hour, count(*) AS within_day,
    max(accepted) AS newest
FROM messages
WHERE contact = :contact AND author_is = 'agent' AND automatic = 1 AND accepted > :since;

-- heard_since
-- How often a contact wrote since.
SELECT count(*) FROM messages
WHERE contact = :contact AND author_is = 'customer' AND accepted >= :since;
