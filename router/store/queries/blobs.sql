-- blob_size
-- Whether a blob is here.
SELECT size FROM blobs WHERE sha256 = :sha256;

-- add_blob
-- Keep a blob: its bytes, or NULL when it is a file.
INSERT OR IGNORE INTO blobs (sha256, size, data) VALUES (:sha256, :size, :data);

-- blob_piece
-- A piece of a blob, and whether its bytes are in the row.
SELECT size, data IS NOT NULL AS inline, substr(data, :start, :length) AS piece
FROM blobs WHERE sha256 = :sha256;

-- blob_of_account
-- Whether an account's messages show this blob.
SELECT 1 FROM blob_uses u JOIN messages m ON m.id = u.message
WHERE u.sha256 = :sha256 AND m.kind = :kind AND m.account = :account LIMIT 1;
