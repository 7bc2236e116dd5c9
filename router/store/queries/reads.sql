-- sees_contact
-- Whether an agent may see a contact: nobody's, theirs, or of a team of theirs. One who was merged
-- is seen as the one in whom they stand; one whose conversations all went elsewhere, as those are.
SELECT :everything
    OR EXISTS (
        SELECT 1 FROM conversations
        WHERE contact = (
            SELECT coalesce(max(nullif(stands, 0)), :contact) FROM contacts WHERE id = :contact)
            AND (owner = :agent OR team IN (SELECT value FROM json_each(:teams))))
    OR (NOT EXISTS (
            SELECT 1 FROM conversations
            WHERE contact = (
            SELECT coalesce(max(nullif(stands, 0)), :contact) FROM contacts WHERE id = :contact))
        AND NOT EXISTS (
            SELECT 1 FROM identities i JOIN conversations c ON c.identity = i.id
            WHERE i.born = (
            SELECT coalesce(max(nullif(stands, 0)), :contact) FROM contacts WHERE id = :contact)))
    OR (NOT EXISTS (
            SELECT 1 FROM conversations
            WHERE contact = (
            SELECT coalesce(max(nullif(stands, 0)), :contact) FROM contacts WHERE id = :contact))
        AND EXISTS (
            SELECT 1 FROM identities i JOIN conversations c ON c.identity = i.id
            WHERE i.born = (
            SELECT coalesce(max(nullif(stands, 0)), :contact) FROM contacts WHERE id = :contact)
                AND (c.owner = :agent OR c.team IN (SELECT value FROM json_each(:teams)))))
    AS sees;

-- sees_blob
-- A contact whom an agent may see and in whose thread this blob is shown.
SELECT m.contact FROM blob_uses u JOIN messages m ON m.id = u.message
WHERE u.sha256 = :sha256 AND (:everything OR EXISTS (
    SELECT 1 FROM conversations c WHERE c.contact = m.contact
        AND (c.owner = :agent OR c.team IN (SELECT value FROM json_each(:teams)))))
LIMIT 1;

-- seen_conversations
-- Conversations by id, those only that an agent may see.
SELECT c.*, p.name AS contact_name,
    (SELECT sender FROM messages WHERE id = c.last_message AND c.last_by = 'customer') AS writer FROM conversations c JOIN contacts p ON p.id = c.contact
WHERE c.id IN (SELECT value FROM json_each(:ids)) AND (:everything OR EXISTS (
    SELECT 1 FROM conversations o WHERE o.contact = c.contact
        AND (o.owner = :agent OR o.team IN (SELECT value FROM json_each(:teams)))));

-- moved
-- What teams are told of conversations, by id.
SELECT id, contact, version, status, owner, team FROM conversations
WHERE id IN (SELECT value FROM json_each(:ids));

-- conversation_rows
-- Conversations by id, for those who were checked.
SELECT c.*, p.name AS contact_name,
    (SELECT sender FROM messages WHERE id = c.last_message AND c.last_by = 'customer') AS writer FROM conversations c JOIN contacts p ON p.id = c.contact
WHERE c.id IN (SELECT value FROM json_each(:ids));

-- conversations_of_contact
-- A contact's conversations, newest first.
SELECT c.*, p.name AS contact_name,
    (SELECT sender FROM messages WHERE id = c.last_message AND c.last_by = 'customer') AS writer FROM conversations c JOIN contacts p ON p.id = c.contact
WHERE c.contact = :contact ORDER BY c.last_at DESC, c.id DESC LIMIT :limit;

-- open_of_team
-- A team's conversations of one status, from a place on: what is due first.
SELECT c.*, p.name AS contact_name,
    (SELECT sender FROM messages WHERE id = c.last_message AND c.last_by = 'customer') AS writer, ifnull(c.due, 1e12 - c.last_at) AS place
FROM conversations c JOIN contacts p ON p.id = c.contact
WHERE c.team = :whose AND c.status = :status AND ifnull(c.due, 1e12 - c.last_at) >= :place
    AND (ifnull(c.due, 1e12 - c.last_at) > :place OR c.id > :id)
ORDER BY ifnull(c.due, 1e12 - c.last_at), c.id LIMIT :limit;

-- open_of_owner
-- An agent's conversations of one status, from a place on: what is due first.
SELECT c.*, p.name AS contact_name,
    (SELECT sender FROM messages WHERE id = c.last_message AND c.last_by = 'customer') AS writer, ifnull(c.due, 1e12 - c.last_at) AS place
FROM conversations c JOIN contacts p ON p.id = c.contact
WHERE c.owner = :whose AND c.status = :status AND ifnull(c.due, 1e12 - c.last_at) >= :place
    AND (ifnull(c.due, 1e12 - c.last_at) > :place OR c.id > :id)
ORDER BY ifnull(c.due, 1e12 - c.last_at), c.id LIMIT :limit;

-- aside_of_team
-- A team's conversations that are put aside, from a place on: newest first.
SELECT c.*, p.name AS contact_name,
    (SELECT sender FROM messages WHERE id = c.last_message AND c.last_by = 'customer') AS writer, -c.last_at AS place
FROM conversations c JOIN contacts p ON p.id = c.contact
WHERE c.team = :whose AND c.status = :status AND c.status IN ('snoozed', 'resolved')
    AND c.last_at <= -:place AND (c.last_at < -:place OR c.id < -:id)
ORDER BY c.last_at DESC, c.id DESC LIMIT :limit;

-- aside_of_owner
-- An agent's conversations that are put aside, from a place on: newest first.
SELECT c.*, p.name AS contact_name,
    (SELECT sender FROM messages WHERE id = c.last_message AND c.last_by = 'customer') AS writer, -c.last_at AS place
FROM conversations c JOIN contacts p ON p.id = c.contact
WHERE c.owner = :whose AND c.status = :status AND c.status IN ('snoozed', 'resolved')
    AND c.last_at <= -:place AND (c.last_at < -:place OR c.id < -:id)
ORDER BY c.last_at DESC, c.id DESC LIMIT :limit;

-- teams_with_work
-- Every team that ever had a conversation.
SELECT DISTINCT team FROM counts;

-- count_of
-- How many conversations of one team and status.
SELECT coalesce(sum(n), 0) AS n FROM counts WHERE team = :team AND status = :status;

-- count_of_owner
-- How many conversations of one agent and status, by teams.
SELECT team, n FROM counts WHERE owner = :agent AND status = :status AND n > 0;

-- worst_due
-- The first reply target among a team's conversations of a status.
SELECT due FROM conversations
WHERE team = :team AND status = :status
ORDER BY ifnull(due, 1e12 - last_at) LIMIT 1;

-- late_of
-- How many of a team's conversations of a status are late; counted no further than 1,000.
SELECT count(*) AS n FROM (
    SELECT 1 FROM conversations
    WHERE team = :team AND status = :status AND ifnull(due, 1e12 - last_at) < :now LIMIT 1000);

-- mine_now
-- What an agent holds: how many, how many late, and when the next is due.
SELECT count(*) AS n, coalesce(sum(due < :now), 0) AS late,
    min(CASE WHEN due >= :now THEN due END) AS next
FROM conversations WHERE owner = :agent AND status = 'assigned';

-- newest_messages
-- The newest entries of a contact's thread before an id, newest first.
SELECT * FROM messages WHERE contact = :contact AND id < :before ORDER BY id DESC LIMIT :limit;

-- later_messages
-- The entries of a contact's thread after an id, oldest first.
SELECT * FROM messages WHERE contact = :contact AND id > :after ORDER BY id LIMIT :limit;

-- messages_by_id
-- Messages by id, with who has their conversation now.
SELECT m.*, c.owner FROM messages m JOIN conversations c ON c.id = m.conversation
WHERE m.id IN (SELECT value FROM json_each(:ids));

-- note
-- The shared note of a contact.
SELECT * FROM notes WHERE contact = :contact;

-- contacts_by_words
-- Contacts whose name or address begins with a word; more than needed, the rest is filtered.
SELECT id FROM (
    SELECT id FROM contacts WHERE name COLLATE NOCASE BETWEEN :from AND :to
    UNION
    SELECT contact FROM identities WHERE address BETWEEN :from AND :to)
LIMIT :limit;

-- decisions_of
-- The newest decisions about a conversation.
SELECT id, at, cause, record
FROM decisions WHERE conversation = :conversation ORDER BY id DESC LIMIT :limit;

-- decision
-- One decision about a conversation, and whom it refused.
SELECT d.id, d.at, d.cause, d.record, r.record AS refused
FROM decisions d LEFT JOIN refusals r ON r.hash = d.refused
WHERE d.conversation = :conversation AND d.id = :id;

-- newest_placed
-- Why the newest customer message stands in a conversation.
SELECT placed FROM messages
WHERE conversation = :conversation AND author_is = 'customer' AND placed <> ''
ORDER BY id DESC LIMIT 1;

-- first_event
-- The oldest sequence that is still there.
SELECT coalesce(min(seq), 0) AS seq FROM events;

-- teams
-- Every team.
SELECT * FROM teams ORDER BY name, id;

-- skills
-- Every skill.
SELECT * FROM skills ORDER BY id;

-- accounts
-- Every channel account that ever came.
SELECT * FROM accounts ORDER BY kind, account;

-- canned
-- Every ready text.
SELECT * FROM canned ORDER BY title, id;

-- outbox_counts
-- How many deliveries in each state.
SELECT state, n FROM outbox_counts WHERE n > 0;

-- stats
-- How much there is.
SELECT name, n FROM stats;

-- counts_by_status
-- How many conversations of each status.
SELECT status, sum(n) AS n FROM counts GROUP BY status;
