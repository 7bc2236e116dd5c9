-- newest_rulebook
-- The routing file in force.
SELECT * FROM rulebooks ORDER BY version DESC LIMIT 1;

-- rulebook
-- One routing file that was in force.
SELECT * FROM rulebooks WHERE version = :version;

-- add_rulebook
-- A routing file is in force from now on.
INSERT INTO rulebooks (version, at, agent, text)
VALUES ((SELECT coalesce(max(version), 0) + 1 FROM rulebooks), :now, :agent, :text)
RETURNING *;

-- waiting_requirements
-- What is asked by those who wait: how many ask the same, and the oldest of them.
SELECT min(id) AS id, team, kind, skills, demand, order_key, entered, '' AS preferred,
    0.0 AS preferred_until, count(*) AS n
FROM conversations WHERE status = 'waiting' GROUP BY team, kind, skills, demand;
