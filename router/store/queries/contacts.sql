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
INSERT INTO identities (contact, born, kind, address, name, verified, evidence, since)
VALUES (:contact, :contact, :kind, :address, :name, :verified, :evidence, :now)
RETURNING *;

-- believe_identity
-- Better evidence, or a name where there was none.
UPDATE identities SET verified = :verified, evidence = :evidence, name = :name WHERE id = :id;

-- move_identity
-- An identity goes to another contact (and `born` remembers where it was).
UPDATE identities SET contact = :contact, evidence = :evidence WHERE id = :id;

-- block_identity
-- Refuse this sender from now on, or let them in again.
UPDATE identities SET blocked = :blocked WHERE id = :id;

-- add_contact
-- A new contact.
INSERT INTO contacts (name, language, made) VALUES (:name, :language, :now);

-- contact
-- A contact.
SELECT * FROM contacts WHERE id = :id;

-- touch_contact
-- Something about the contact changed.
UPDATE contacts SET version = version + 1 WHERE id = :id;

-- identities_of
-- Every address of a contact.
SELECT * FROM identities WHERE contact = :contact ORDER BY verified DESC, id;

-- move_conversations
-- The conversations of an identity go along to its contact.
UPDATE conversations SET contact = :contact, version = version + 1 WHERE identity = :identity;

-- move_messages
-- The messages of an identity's conversations go along to its contact.
UPDATE messages SET contact = :contact, version = version + 1
WHERE conversation IN (SELECT id FROM conversations WHERE identity = :identity);
