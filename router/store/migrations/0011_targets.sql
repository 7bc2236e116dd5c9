-- The clocks of a conversation: which channel its oldest unanswered message came by, whether we have
-- answered at all, and when three quarters of the time are gone.
ALTER TABLE conversations ADD COLUMN unanswered_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN replied INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN warn_at REAL;
-- Until it is resolved: business seconds spent before the present stretch, since when that runs
-- (NULL: it stands still), and when the target is reached.
ALTER TABLE conversations ADD COLUMN spent REAL NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN runs_since REAL;
ALTER TABLE conversations ADD COLUMN resolve_due REAL;
-- When something is to be told next (NULL: never), and what was told, as bits.
ALTER TABLE conversations ADD COLUMN alarm_at REAL;
ALTER TABLE conversations ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
UPDATE conversations SET replied = EXISTS (SELECT 1 FROM messages
    WHERE conversation = conversations.id AND author_is = 'agent' AND automatic = 0
        AND state <> 'cancelled');
UPDATE conversations SET unanswered_kind = kind, warn_at = due - target / 4 WHERE unanswered > 0;
UPDATE conversations SET runs_since = coalesce(unanswered_since, opened)
WHERE status <> 'resolved' AND (unanswered > 0 OR replied = 0);
UPDATE conversations SET alarm_at = warn_at WHERE status IN ('waiting', 'assigned');
CREATE INDEX conversations_alarm ON conversations (alarm_at) WHERE alarm_at IS NOT NULL;
