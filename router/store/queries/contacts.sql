-- identity
-- An identity by its address.
SELECT * FROM identities WHERE kind = :kind AND address = :address;

-- identity_of_mail
-- The oldest identity of a mail address, however it is written.
SELECT * FROM identities WHERE kind = 'email' AND address = :address COLLATE NOCASE
ORDER BY id LIMIT 1;

-- identity_by_id
-- An identity by its number.
SELECT * FROM identities WHERE id = :id;

-- add_identity
-- A new address of a contact.
INSERT INTO identities (contact, born, own, kind, address, name, verified, evidence, since)
VALUES (coalesce((SELECT nullif(stands, 0) FROM contacts WHERE id = :contact), :contact), :contact,
    :contact, :kind, :address, :name, :verified, :evidence, :now)
RETURNING *;

-- believe_identity
-- Better evidence, or a name where there was none.
UPDATE identities SET verified = :verified, evidence = :evidence, name = :name WHERE id = :id;

-- link_identity
-- An identity is of another contact from now on (and `born` remembers where it was).
UPDATE identities SET own = :own, contact = :contact, linked_by = :linked_by WHERE id = :id;

-- block_identity
-- Refuse this sender from now on, or let them in again.
UPDATE identities SET blocked = :blocked WHERE id = :id;

-- add_contact
-- A new contact.
INSERT INTO contacts (name, language, made) VALUES (:name, :language, :now);

-- contact
-- A contact.
SELECT * FROM contacts WHERE id = :id;

-- learn_language
-- The language of a contact of whom none was known.
UPDATE contacts SET language = :language, version = version + 1 WHERE id = :id AND language = '';

-- touch_contact
-- Something about the contact changed.
UPDATE contacts SET version = version + 1 WHERE id = :id;

-- identities_of
-- Every address of a contact.
SELECT * FROM identities WHERE contact = :contact ORDER BY verified DESC, id;

-- identity_takes_conversations
-- The conversations of an identity go along to its contact; those that an agent moved stay.
UPDATE conversations SET contact = :contact, version = version + 1
WHERE identity = :identity AND own = 0 AND contact <> :contact RETURNING *;

-- messages_follow
-- The messages of a contact's conversations are with that contact.
UPDATE messages SET contact = :contact, version = version + 1
WHERE conversation IN (SELECT id FROM conversations WHERE contact = :contact)
    AND contact <> :contact;

-- guests_between
-- Guests' messages between two contacts who are not one any more.
SELECT m.* FROM messages m
JOIN conversations c ON c.id = m.conversation JOIN identities i ON i.id = m.guest
WHERE m.guest > 0 AND i.contact <> c.contact
    AND i.contact IN (:one, :other) AND c.contact IN (:one, :other);

-- guests_in
-- Guests' messages in a conversation of another contact.
SELECT m.* FROM messages m
JOIN conversations c ON c.id = m.conversation JOIN identities i ON i.id = m.guest
WHERE m.conversation = :conversation AND m.guest > 0 AND i.contact <> c.contact;

-- guest_leaves
-- A message goes with its writer's identity into a conversation of their own.
UPDATE messages SET conversation = :conversation, contact = :contact, placed = :placed, guest = 0,
    counts = :counts, version = version + 1
WHERE id = :id;

-- merge_contact
-- A contact stands in another one from now on.
UPDATE contacts SET merged = :kept, stands = :kept, version = version + 1 WHERE id = :gone;

-- stand_with
-- What stood in the one stands in the other.
UPDATE contacts SET stands = :kept WHERE stands = :gone;

-- merge_identities
-- Every address goes along.
UPDATE identities SET contact = :kept WHERE contact = :gone;

-- merge_conversations
-- And every conversation.
UPDATE conversations SET contact = :kept, version = version + 1 WHERE contact = :gone RETURNING *;

-- unmerge_contact
-- It stands by itself again.
UPDATE contacts SET merged = 0, stands = 0, version = version + 1 WHERE id = :gone;

-- house_of
-- A contact and all that were merged into it, and into those.
WITH RECURSIVE house (id) AS (
    SELECT :contact UNION SELECT c.id FROM contacts c JOIN house h ON c.merged = h.id)
SELECT id FROM house;

-- stand_again
-- They stand in the one that stands by itself again.
UPDATE contacts SET stands = :gone
WHERE id IN (SELECT value FROM json_each(:house)) AND id <> :gone;

-- unmerge_identities
-- The addresses that links say are theirs.
UPDATE identities SET contact = :gone
WHERE own IN (SELECT value FROM json_each(:house)) AND contact <> :gone;

-- unmerge_conversations
-- Their conversations, but for those that an agent moved elsewhere; with those moved here.
UPDATE conversations SET contact = :gone, version = version + 1
WHERE contact = :kept AND (
    (own > 0 AND own IN (SELECT value FROM json_each(:house)))
    OR (own = 0 AND identity IN (SELECT id FROM identities WHERE contact = :gone)))
RETURNING *;

-- add_merge
-- Two contacts became one.
INSERT INTO merges (at, agent, kept, gone, before, after)
VALUES (:now, :agent, :kept, :gone, :before, :after);

-- merge_of
-- How a contact came to stand in another.
SELECT * FROM merges WHERE gone = :gone AND undone IS NULL ORDER BY id DESC LIMIT 1;

-- merges_since
-- Later merges into the same contact that still hold, oldest first.
SELECT * FROM merges WHERE kept = :kept AND id > :id AND undone IS NULL ORDER BY id;

-- undo_merge
-- It does not hold any more.
UPDATE merges SET undone = :now WHERE id = :id;

-- remember_merge
-- What a merge would put back, after an earlier one was undone.
UPDATE merges SET before = :before WHERE id = :id;

-- save_contact
-- What is known of a contact.
UPDATE contacts SET version = version + 1, name = :name, language = :language, zone = :zone,
    company = :company, tags = :tags, warnings = :warnings
WHERE id = :id;

-- merged_into
-- Who stands in a contact, and by whom that was said; the newest first.
SELECT c.id, c.name, m.agent, m.at, m.kept FROM contacts c
JOIN merges m ON m.gone = c.id AND m.undone IS NULL
WHERE c.stands = :contact ORDER BY m.id DESC LIMIT 50;
