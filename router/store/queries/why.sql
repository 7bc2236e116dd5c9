-- offers_let_go
-- How the newest offer of a conversation to each agent ended, where it was let go.
SELECT agent, state FROM offers
WHERE conversation = :conversation AND state IN ('declined', 'missed') ORDER BY id;

-- wrap_ups_over
-- When each agent is done with the first of what they are finishing.
SELECT agent, min(until) AS until FROM wrap_ups GROUP BY agent;
