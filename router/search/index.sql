-- schema
-- Made anew whenever the file is not one of ours: everything here is derived from the desk.
CREATE TABLE documents (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    conversation INTEGER,
    contact INTEGER NOT NULL,
    at REAL NOT NULL
) STRICT;
CREATE INDEX documents_at ON documents (at);
CREATE TABLE followed (seq INTEGER NOT NULL) STRICT;
INSERT INTO followed VALUES (0);
-- Terms only, never the text. They are letters and digits with spaces between; the tokenizer just splits.
CREATE VIRTUAL TABLE terms USING fts5 (
    form, en_ru, de_uk,
    content = '', contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
);

-- add_document
-- Remember where the terms of a row come from.
INSERT INTO documents (id, kind, conversation, contact, at) VALUES (?, ?, ?, ?, ?) RETURNING row;

-- add_terms
INSERT INTO terms (rowid, form, en_ru, de_uk) VALUES (?, ?, ?, ?);

-- remove_document
DELETE FROM documents WHERE id = ? RETURNING row;

-- remove_terms
DELETE FROM terms WHERE rowid = ?;

-- mark
UPDATE followed SET seq = ?;

-- position
SELECT seq FROM followed;

-- find
-- The best of the newest matches; what is a month older than the newest letter counts a little less.
SELECT id, kind, conversation, contact,
       -score * (1 + :bonus / (1 + max(0, :newest - at) / :month)) AS rank, at
FROM (
    SELECT documents.*, bm25(terms) AS score
    FROM terms CROSS JOIN documents ON documents.row = terms.rowid
    WHERE terms MATCH :match AND at < :before
    ORDER BY terms.rowid DESC
    LIMIT :considered
)
ORDER BY rank DESC, row DESC
LIMIT :limit OFFSET :offset;

-- count_few
-- How many match, counted no further than needed.
SELECT count(*) FROM (
    SELECT 1 FROM terms CROSS JOIN documents ON documents.row = terms.rowid
    WHERE terms MATCH :match AND at < :before
    LIMIT :few
);

-- newest
SELECT coalesce(max(at), 0) FROM documents;

-- scrub
-- Write all terms anew, so that those of forgotten documents are gone from the file.
INSERT INTO terms (terms) VALUES ('optimize');
