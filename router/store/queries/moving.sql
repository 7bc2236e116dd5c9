-- add_move
-- Somebody moved a message or a conversation.
INSERT INTO moves (at, agent, message, conversation, contact, into_conversation, into_contact,
    opened, before)
VALUES (:now, :agent, :message, :conversation, :contact, :into_conversation, :into_contact,
    :opened, :before);

-- move
-- A move by its number.
SELECT * FROM moves WHERE id = :id;

-- undo_move
-- It was moved back.
UPDATE moves SET undone = :now WHERE id = :id;

-- later_move
-- A later move of the same conversation that still holds.
SELECT id FROM moves
WHERE conversation = :conversation AND message = 0 AND id > :id AND undone IS NULL LIMIT 1;

-- moved_further
-- Something of a move was moved again, and that still holds.
SELECT 1 FROM moved m JOIN moved later ON later.message = m.message AND later.move > m.move
JOIN moves v ON v.id = later.move AND v.undone IS NULL
WHERE m.move = :move LIMIT 1;

-- remember_moved
-- What a message was before a move.
INSERT INTO moved (move, message, placed, home, guest, counts)
SELECT :move, id, placed, home, guest, counts FROM messages WHERE id = :message;

-- remember_joined
-- What the messages of a conversation were before it was joined to another.
INSERT INTO moved (move, message, placed, home, guest, counts)
SELECT :move, id, placed, home, guest, counts FROM messages
WHERE conversation = :conversation AND id < :before;

-- move_message
-- A message stands in another conversation.
UPDATE messages SET conversation = :conversation, contact = :contact, placed = :placed,
    home = iif(home = 0, :came_from, iif(home = :conversation, 0, home)), guest = 0,
    counts = :counts, version = version + 1
WHERE id = :id;

-- join_messages
-- All that was written in a conversation stands in another; what nobody answered still waits.
UPDATE messages SET conversation = :conversation, contact = :contact,
    home = iif(home = 0, :came_from, iif(home = :conversation, 0, home)),
    guest = iif(contact = :contact, guest, 0),
    counts = iif(author_is <> 'customer', counts, iif(
        automatic = 0 AND iif(counts < 0, id, counts) > :answered, :line, 0)),
    version = version + 1
WHERE conversation = :came_from AND id < :line;

-- moved_back
-- The messages of a move go back to what they were.
UPDATE messages SET conversation = :conversation, contact = :contact, placed = m.placed,
    home = m.home, guest = m.guest, counts = m.counts, version = version + 1
FROM moved m
WHERE m.move = :move AND m.message = messages.id AND messages.conversation = :came_from;

-- outbox_follows
-- What is to be sent stands where its message does.
UPDATE outbox SET conversation = (SELECT conversation FROM messages WHERE id = outbox.message)
WHERE message IN (SELECT message FROM moved WHERE move = :move);

-- on_its_way
-- A message of a conversation that is not sent yet.
SELECT message FROM outbox
WHERE conversation = :conversation AND state IN ('held', 'ready', 'sending') LIMIT 1;

-- answered_up_to
-- The newest message of a conversation after which all that a customer writes waits for us.
SELECT max(coalesce((SELECT max(id) FROM messages
        WHERE conversation = :conversation AND author_is = 'agent' AND automatic = 0
            AND state <> 'cancelled'), 0),
    (SELECT settled FROM conversations WHERE id = :conversation));

-- answered_in
-- Whether any answer of ours stands in a conversation.
SELECT EXISTS (SELECT 1 FROM messages WHERE conversation = :conversation AND author_is = 'agent'
    AND automatic = 0 AND state <> 'cancelled') AS yes;

-- newest_message
-- The number of the newest message of all.
SELECT coalesce(max(id), 0) FROM messages;

-- newest_said
-- The newest message of a conversation between its customer and us.
SELECT id FROM messages
WHERE conversation = :conversation AND author_is IN ('customer', 'agent') AND state <> 'cancelled'
ORDER BY id DESC LIMIT 1;

-- words_in
-- Whether anybody but the desk wrote in a conversation.
SELECT 1 FROM messages WHERE conversation = :conversation AND author_is <> 'desk' LIMIT 1;

-- move_to_contact
-- A conversation is another contact's, as an agent said.
UPDATE conversations SET own = :own, contact = :contact, version = version + 1 WHERE id = :id
RETURNING *;

-- relate
-- The conversation may belong to that one.
UPDATE conversations SET related = :related WHERE id = :id;

-- conversations_of_message_id
-- The conversations that a Message-ID stands in, whoever wrote it, the newest first.
SELECT c.id, c.contact, c.status, c.resolved_at, m.home AS came_in FROM messages m JOIN conversations c ON c.id = m.conversation
WHERE m.message_id = :message_id AND m.message_id <> '' ORDER BY m.id DESC LIMIT 5;

-- recent_of_identity
-- What this sender wrote about lately, the newest first.
SELECT id, contact, status, resolved_at, subject FROM conversations
WHERE identity = :identity AND last_at >= :since AND joined = 0 AND subject <> ''
ORDER BY last_at DESC LIMIT 20;

-- known_id
-- Whether any message has this Message-ID: most have a new one, and that is known at once.
SELECT 1 FROM messages WHERE message_id = :message_id AND message_id <> '' LIMIT 1;

-- mail_of_id
-- A customer's mail with this Message-ID: the same one if there is, else any.
SELECT id, conversation, account, remote_seq, recipients, body_hash FROM messages
WHERE message_id = :message_id AND message_id <> '' AND kind = :kind AND author_is = 'customer'
    AND (account = :account OR (body_hash <> '' AND :body_hash <> ''))
ORDER BY body_hash = :body_hash DESC, account = :account DESC, id LIMIT 1;
