-- conversation
-- One conversation, all of it.
SELECT * FROM conversations WHERE id = :id;

-- add_conversation
-- A new conversation.
INSERT INTO conversations (contact, identity, kind, account, remote, subject, status, team,
    priority, skills, tags, opened, order_key, entered, came_from, continues, last_at)
VALUES (:contact, :identity, :kind, :account, :remote, :subject, 'waiting', :team,
    :priority, :skills, :tags, :opened, :order_key, :opened, :came_from, :continues, :opened)
RETURNING *;

-- save_conversation
-- Everything of a conversation that can change.
UPDATE conversations SET version = :version, contact = :contact, kind = :kind, account = :account,
    remote = :remote, subject = :subject, status = :status, team = :team, owner = :owner,
    priority = :priority, skills = :skills, tags = :tags, order_key = :order_key,
    preferred = :preferred, preferred_until = :preferred_until, due = :due, target = :target,
    unanswered = :unanswered, unanswered_since = :unanswered_since,
    unanswered_kind = :unanswered_kind, replied = :replied, warn_at = :warn_at, spent = :spent,
    runs_since = :runs_since, resolve_due = :resolve_due, alarm_at = :alarm_at, told = :told, last_at = :last_at,
    last_text = :last_text, last_by = :last_by, last_message = :last_message,
    snoozed_until = :snoozed_until, resolved_at = :resolved_at, came_from = :came_from,
    settled = :settled, joined = :joined, demand = :demand, entered = :entered
WHERE id = :id;

-- newest_of_remote
-- Where a remote conversation goes on: where its newest message came in, wherever that was moved.
SELECT * FROM conversations WHERE id = (
    SELECT iif(home > 0, home, conversation) FROM messages
    WHERE kind = :kind AND account = :account AND remote = :remote AND remote_seq > 0
    ORDER BY remote_seq DESC LIMIT 1);

-- conversations_of_identity
-- What goes along when an identity is linked to another contact.
SELECT * FROM conversations WHERE identity = :identity;

-- active_conversations
-- What memory holds: all that waits or is assigned.
SELECT id, kind, team, owner, status, skills, demand, order_key, entered, preferred,
    preferred_until
FROM conversations WHERE status IN ('waiting', 'assigned');

-- snooze_is_over
-- Conversations whose snooze ended.
SELECT * FROM conversations WHERE status = 'snoozed' AND snoozed_until <= :now
ORDER BY snoozed_until LIMIT 100;

-- assigned_to
-- What an agent holds.
SELECT * FROM conversations WHERE owner = :agent AND status = 'assigned';

-- open_of_contact
-- What a contact has open or snoozed.
SELECT * FROM conversations WHERE contact = :contact AND status <> 'resolved';
