-- What a conversation asks of an agent beyond its team and skills, and its place in the queue.
-- `demand` is a `Demand` as JSON (router/core/demand.py); '' asks nothing more.
ALTER TABLE conversations ADD COLUMN demand TEXT NOT NULL DEFAULT '';
-- When it first began to wait: relaxations count from then.
ALTER TABLE conversations ADD COLUMN entered REAL NOT NULL DEFAULT 0;
UPDATE conversations SET entered = order_key;
-- Teams that an agent helps; why they are not here; whose turn it is.
ALTER TABLE agents ADD COLUMN secondary TEXT NOT NULL DEFAULT '[]';
ALTER TABLE agents ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE agents ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
