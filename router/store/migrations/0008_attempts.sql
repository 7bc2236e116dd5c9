-- How often an adapter was asked to send it. Unlike `attempt` it never begins anew, so it tells the
-- attempts apart: what became of an earlier one says nothing about a later one.
ALTER TABLE outbox ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;
UPDATE outbox SET asked = attempt;
