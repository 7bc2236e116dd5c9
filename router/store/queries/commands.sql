-- answer_of
-- What this key was answered before.
SELECT hash, answer FROM answers WHERE agent = :agent AND key = :key;

-- keep_answer
-- The same key gets the same answer from now on.
INSERT INTO answers (agent, key, hash, answer, at) VALUES (:agent, :key, :hash, :answer, :now);

-- newer_of_others
-- What the customer or a colleague wrote in a conversation after what an agent has seen.
SELECT id FROM messages
WHERE conversation = :conversation AND id > :seen AND automatic = 0
    AND (author_is = 'customer' OR (author_is IN ('agent', 'comment') AND agent <> :agent))
    AND state <> 'cancelled'
ORDER BY id DESC LIMIT 1;

-- remote_of_contact
-- The newest remote conversation of a contact on an account.
SELECT remote FROM conversations
WHERE contact = :contact AND kind = :kind AND account = :account
ORDER BY last_at DESC, id DESC LIMIT 1;

-- account_of_contact
-- The account of a channel kind that a contact used last.
SELECT account FROM conversations WHERE contact = :contact AND kind = :kind
ORDER BY last_at DESC, id DESC LIMIT 1;

-- spoke_at
-- When a contact wrote last on an account.
SELECT max(accepted) AS at FROM messages
WHERE contact = :contact AND kind = :kind AND account = :account AND author_is = 'customer';

-- unanswered_of
-- What a customer wrote after that message (see answered_up_to), oldest first.
SELECT kind, accepted FROM messages
WHERE conversation = :conversation AND author_is = 'customer' AND automatic = 0
    AND iif(counts < 0, id, counts) > :answered
ORDER BY id LIMIT 1000;

-- newest_words
-- The newest words of a conversation that were not taken back.
SELECT * FROM messages
WHERE conversation = :conversation AND author_is <> 'desk' AND state <> 'cancelled'
ORDER BY id DESC LIMIT 1;

-- save_note
-- The shared note of a contact, a revision further.
INSERT INTO notes (contact, revision, text, agent, at)
VALUES (:contact, :revision, :text, :agent, :now)
ON CONFLICT DO UPDATE SET revision = :revision, text = :text, agent = :agent, at = :now;

-- keep_revision
-- Each text that the note had.
INSERT INTO note_revisions (contact, revision, text, agent, at)
VALUES (:contact, :revision, :text, :agent, :now);

-- save_agent
-- An agent, new or changed.
INSERT INTO agents (id, name, role, teams, secondary, skills, capacity, limits, password, enabled,
    since, idle_since)
VALUES (:id, :name, :role, :teams, :secondary, :skills, :capacity, :limits, :password, :enabled, :now, :now)
ON CONFLICT DO UPDATE SET name = :name, role = :role, teams = :teams, secondary = :secondary,
    skills = :skills, capacity = :capacity, limits = :limits, password = :password, enabled = :enabled;

-- other_admins
-- How many enabled admins there are besides one.
SELECT count(*) AS n FROM agents WHERE role = 'admin' AND enabled = 1 AND id <> :but;

-- team
-- A team.
SELECT * FROM teams WHERE id = :id;

-- save_team
-- A team, new or renamed.
INSERT INTO teams (id, name) VALUES (:id, :name) ON CONFLICT DO UPDATE SET name = :name;

-- skill
-- A skill.
SELECT * FROM skills WHERE id = :id;

-- save_skill
-- A skill, new or renamed.
INSERT INTO skills (id, name) VALUES (:id, :name) ON CONFLICT DO UPDATE SET name = :name;

-- save_canned
-- A ready text, new or changed.
INSERT INTO canned (id, title, text, language) VALUES (:id, :title, :text, :language)
ON CONFLICT DO UPDATE SET title = :title, text = :text, language = :language;

-- forget_canned
-- A ready text is not wanted any more.
DELETE FROM canned WHERE id = :id;
