-- import_contact
-- A contact with a past.
INSERT INTO contacts (name, language, zone, company, tags, warnings, made)
VALUES (:name, :language, :zone, :company, :tags, :warnings, :made);

-- import_identity
-- An address that was theirs before.
INSERT INTO identities (contact, born, own, kind, address, name, verified, evidence, since)
VALUES (:contact, :contact, :contact, :kind, :address, :name, :verified, :evidence, :since);

-- import_conversation
-- A conversation as it stood elsewhere.
INSERT INTO conversations (contact, identity, kind, account, remote, subject, status, team, owner,
    priority, tags, opened, order_key, due, target, unanswered, unanswered_since, unanswered_kind, replied, warn_at, spent, runs_since,
    resolve_due, alarm_at, told, last_at, last_text,
    last_by, snoozed_until, resolved_at)
VALUES (:contact, :identity, :kind, :account, :remote, :subject, :status, :team, :owner,
    :priority, :tags, :opened, :order_key, :due, :target, :unanswered, :unanswered_since,
    :unanswered_kind, :replied, :warn_at, :spent,
    :runs_since, :resolve_due, :alarm_at, :told, :last_at,
    :last_text, :last_by, :snoozed_until, :resolved_at);

-- import_message
-- A message of the past; what we wrote then was sent.
INSERT INTO messages (conversation, contact, author_is, author, agent, kind, account, remote,
    remote_seq, at, accepted, text, sender, state)
VALUES (:conversation, :contact, :author_is, :author, :agent, :kind, :account, :remote,
    :remote_seq, :at, :at, :text, :sender, :state);

-- import_last
-- Which message of a conversation is the newest.
UPDATE conversations SET last_message = :message WHERE id = :id;

-- import_feed
-- A remote conversation's page goes on after its past.
INSERT INTO feeds (kind, account, remote, last) VALUES (:kind, :account, :remote, :last)
ON CONFLICT DO UPDATE SET last = max(last, :last);

-- import_note
-- The note that came along.
INSERT INTO notes (contact, revision, text, agent, at) VALUES (:contact, 1, :text, '', :now);

-- import_revision
-- It is the first of its revisions.
INSERT INTO note_revisions (contact, revision, text, agent, at)
VALUES (:contact, 1, :text, '', :now);
