-- lately
-- A contact's newest conversations, newest first.
SELECT kind, last_at, owner, status FROM conversations WHERE contact = :contact
ORDER BY last_at DESC, id DESC LIMIT 20;

-- open_conversation
-- A new conversation, with its first message heard.
INSERT INTO conversations (contact, identity, kind, account, remote, subject, status, team,
    priority, skills, tags, demand, opened, order_key, entered, came_from, continues, related, preferred, preferred_until,
    due, target, unanswered, unanswered_since, unanswered_kind, replied, warn_at, spent, runs_since,
    resolve_due, alarm_at, told, last_at, last_text, last_by, last_message)
VALUES (:contact, :identity, :kind, :account, :remote, :subject, 'waiting', :team,
    :priority, :skills, :tags, :demand, :opened, :order_key, :opened, :came_from, :continues, :related, :preferred,
    :preferred_until, :due, :target, :unanswered, :unanswered_since, :unanswered_kind, :replied, :warn_at, :spent,
    :runs_since, :resolve_due, :alarm_at, :told, :last_at, :last_text, :last_by,
    :last_message)
RETURNING *;

-- first_heard
-- What a customer wrote first in a conversation.
SELECT accepted, subject, text, sender FROM messages
WHERE conversation = :conversation AND author_is = 'customer' ORDER BY id LIMIT 1;

-- hear_conversation
-- What a customer's message changes of a conversation that goes on as it is.
UPDATE conversations SET version = :version, subject = :subject, due = :due, target = :target,
    unanswered = :unanswered, unanswered_since = :unanswered_since,
    unanswered_kind = :unanswered_kind, replied = :replied, warn_at = :warn_at, spent = :spent,
    runs_since = :runs_since, resolve_due = :resolve_due, alarm_at = :alarm_at, told = :told, last_at = :last_at,
    last_text = :last_text, last_by = :last_by, last_message = :last_message
WHERE id = :id;

-- add_heard
-- What a customer wrote.
INSERT INTO messages (id, conversation, contact, author_is, author, kind, account, remote,
    remote_seq, event, at, accepted, text, folds, subject, sender, recipients, message_id, body_hash,
    raw, attachments, placed, notes, late, automatic, guest)
VALUES (:id, :conversation, :contact, 'customer', :author, :kind, :account, :remote,
    :remote_seq, :event, :at, :accepted, :text, :folds, :subject, :sender, :recipients, :message_id,
    :body_hash, :raw, :attachments, :placed, :notes, :late, :automatic, :guest);
