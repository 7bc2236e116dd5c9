-- add_offer
-- A conversation is asked of an agent.
INSERT INTO offers (conversation, agent, at, until, said)
VALUES (:conversation, :agent, :now, :until, :said);

-- end_offer
-- What became of it, unless something else did already.
UPDATE offers SET state = :state, ended = :now, reason = :reason WHERE id = :id AND state = 'open';

-- offer
-- One offer, with the conversation as it is now.
SELECT o.*, c.status, c.owner FROM offers o JOIN conversations c ON c.id = o.conversation
WHERE o.id = :id;

-- offers_of
-- What is asked of an agent now, oldest first.
SELECT o.id, o.conversation, o.at, o.until, o.said, c.contact, c.kind, c.team, c.subject,
    c.last_text, p.name AS contact_name
FROM offers o JOIN conversations c ON c.id = o.conversation JOIN contacts p ON p.id = c.contact
WHERE o.agent = :agent AND o.state = 'open' ORDER BY o.id;

-- open_offers
-- All that is asked of somebody.
SELECT id, conversation, agent, until FROM offers WHERE state = 'open';

-- offers_due
-- Nobody said anything in time.
SELECT id, conversation, agent FROM offers WHERE state = 'open' AND until <= :now
ORDER BY until, id LIMIT 200;

-- forget_offers
-- Ended ones that nobody asks about any more.
DELETE FROM offers WHERE state <> 'open' AND ended < :before;

-- add_wrap_up
-- Its agent still has to finish it.
INSERT INTO wrap_ups (conversation, agent, kind, until)
VALUES (:conversation, :agent, :kind, :until)
ON CONFLICT DO UPDATE SET agent = :agent, kind = :kind, until = :until;

-- end_wrap_up
-- It is finished.
DELETE FROM wrap_ups WHERE conversation = :conversation;

-- wrap_ups
-- All that is being finished.
SELECT conversation, agent, kind, until FROM wrap_ups;

-- wrap_ups_of
-- What an agent is finishing.
SELECT conversation FROM wrap_ups WHERE agent = :agent ORDER BY conversation;

-- wrap_ups_due
-- The time to finish it is over.
SELECT conversation FROM wrap_ups WHERE until <= :now ORDER BY until, conversation LIMIT 200;

-- save_wrapping
-- Until when an agent finishes what they resolved.
UPDATE agents SET wraps_until =
    (SELECT coalesce(max(until), 0) FROM wrap_ups WHERE wrap_ups.agent = :agent)
WHERE id = :agent;

-- add_fresh
-- Its agent has until then to do something about it.
INSERT INTO fresh (conversation, agent, at, until) VALUES (:conversation, :agent, :now, :until)
ON CONFLICT DO UPDATE SET agent = :agent, at = :now, until = :until;

-- drop_fresh
-- Its agent did something about it.
DELETE FROM fresh WHERE conversation = :conversation AND agent = :agent;

-- fresh_due
-- What an agent got and did nothing about; `at` is when they got it.
SELECT f.conversation, f.agent, f.at, c.status, c.owner, c.unanswered
FROM fresh f JOIN conversations c ON c.id = f.conversation
WHERE f.until <= :now ORDER BY f.until, f.conversation LIMIT 200;

-- did_anything
-- Whether an agent did anything at all since then.
SELECT EXISTS (SELECT 1 FROM answers WHERE at >= :since AND agent = :agent) AS did;

-- preferring
-- What waits and would rather have this agent.
SELECT * FROM conversations WHERE status = 'waiting' AND preferred <> '' AND preferred = :agent
    AND preferred_until > :now;

-- save_own_limits
-- What an agent takes less of by their own will, and until when.
UPDATE agents SET own_limits = :own, own_until = :until WHERE id = :id;

-- own_limits_over
-- Whose own limits end.
SELECT id FROM agents WHERE own_until > 0 AND own_until <= :now;

-- open_of
-- What an agent has and what comes back to them, the oldest first.
SELECT * FROM conversations WHERE owner = :agent AND status IN ('assigned', 'snoozed')
ORDER BY order_key, id;
