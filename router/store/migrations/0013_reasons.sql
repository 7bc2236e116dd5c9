-- What decisions were made on, each fact once under the hash of it: how an agent stood, the scheme.
-- A record of `decisions` is a `Record` of router/core/reasons.py now, and its row of `refusals`
-- a list of its `Group`; both name facts. Older ones are a `Why` and a list of `Refusal`.
CREATE TABLE facts (
    hash TEXT PRIMARY KEY,
    record TEXT NOT NULL
) STRICT;
