-- How often a key may be used: so many requests in so many seconds; NULL: as
-- often as the installation allows keys that have no limit of their own.
ALTER TABLE api_key
	ADD COLUMN IF NOT EXISTS rate_requests INT NULL,
	ADD COLUMN IF NOT EXISTS rate_seconds INT NULL,
	ADD CONSTRAINT IF NOT EXISTS api_key_rate CHECK ((rate_requests IS NULL) = (rate_seconds IS NULL));

-- Texts that were replaced by rotating their key.  One is good until `until`, and
-- stays here after it, so that it is known to be a dead one and not no key's.
CREATE TABLE IF NOT EXISTS key_past (
	org_id VARCHAR(32) NOT NULL,
	key_id VARCHAR(32) NOT NULL,
	-- of the key, when this was its text
	version BIGINT NOT NULL,
	prefix VARCHAR(24) NOT NULL,
	lookup BINARY(16) NOT NULL,
	secret_hash VARCHAR(255) NOT NULL,
	until BIGINT NOT NULL,
	last_used_at BIGINT NULL,
	last_used_ip VARCHAR(45) NULL,
	PRIMARY KEY (org_id, key_id, version),
	UNIQUE KEY key_past_lookup (lookup),
	CONSTRAINT key_past_of FOREIGN KEY (org_id, key_id) REFERENCES api_key (org_id, id)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

-- The version of the text before the one there is, if the key was ever rotated.
ALTER TABLE api_key ADD COLUMN IF NOT EXISTS past_version BIGINT NULL;
