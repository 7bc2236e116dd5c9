-- A mail address is found however it is written.
CREATE INDEX identities_mail ON identities (address COLLATE NOCASE) WHERE kind = 'email';
