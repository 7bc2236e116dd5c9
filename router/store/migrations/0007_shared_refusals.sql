-- Many decisions of a busy desk find the same colleagues unable for the same reasons: kept once.
CREATE TABLE refusals (
    hash TEXT PRIMARY KEY,
    -- A list of the wire's `Refusal` as JSON.
    record TEXT NOT NULL
) STRICT;
ALTER TABLE decisions ADD COLUMN refused TEXT NOT NULL DEFAULT '';
