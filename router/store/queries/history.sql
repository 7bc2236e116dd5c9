-- add_passage
-- A conversation waits, is somebody's, or is put away from now on.
INSERT INTO passages (at, conversation, status, team, owner)
VALUES (:now, :conversation, :status, :team, :owner);

-- passages
-- Where conversations stood since then, in order; `replied` is the first answer of that owner's time.
SELECT p.id, p.at, p.conversation, p.status, p.team, p.owner, iif(p.status = 'assigned',
    (SELECT min(m.accepted) FROM messages m WHERE m.conversation = p.conversation
        AND m.author_is = 'agent' AND m.automatic = 0 AND m.accepted >= p.at), NULL) AS replied
FROM passages p WHERE p.id > :after AND p.at >= :since AND p.at < :until
ORDER BY p.id LIMIT :limit;

-- presences
-- Who was there since then, in order.
SELECT id, at, agent, presence FROM presences
WHERE id > :after AND at >= :since AND at < :until ORDER BY id LIMIT :limit;

-- present_before
-- How it stood with each agent at that moment.
SELECT agent, presence, max(at) AS at FROM presences WHERE at < :since GROUP BY agent;

-- past_conversations
-- What is known of conversations that rules decide by.
SELECT c.id, c.contact, c.kind, c.account, substr(c.subject, 1, 300) AS subject, c.skills, c.demand, c.priority, c.opened,
    t.name, t.language, t.company, t.tags, ifnull(m.sender, '') AS sender, ifnull(m.at, c.opened) AS at,
    ifnull(substr(m.text, 1, 1000), '') AS text
FROM conversations c JOIN contacts t ON t.id = c.contact
LEFT JOIN messages m ON m.id = (SELECT min(f.id) FROM messages f
    WHERE f.conversation = c.id AND f.author_is = 'customer')
WHERE c.id IN (SELECT value FROM json_each(:ids));

-- lately_held
-- How often conversations ended of late, and how long all were held for that, by channel kind.
SELECT c.kind, count(h.ended) AS ended, sum(ifnull(h.ended, :now) - h.at) AS seconds
FROM (SELECT conversation, at, status,
        lead(at) OVER (PARTITION BY conversation ORDER BY id) AS ended
    FROM (SELECT * FROM passages ORDER BY id DESC LIMIT 5000)) h
JOIN conversations c ON c.id = h.conversation
WHERE h.status = 'assigned' GROUP BY c.kind;

-- waiting_here
-- Where these customers wait on channels that show them how they stand.
SELECT c.id, c.kind, c.account, c.remote FROM conversations c
JOIN accounts a ON a.kind = c.kind AND a.account = c.account
WHERE c.contact IN (SELECT value FROM json_each(:contacts)) AND c.status = 'waiting'
    AND json_extract(nullif(a.capabilities, ''), '$.standing') = 1;
