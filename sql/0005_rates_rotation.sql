-- How often a key may be used: so many requests in so many seconds; NULL: as
-- often as the installation allows keys that have no limit of their own.
ALTER TABLE api_key
	ADD COLUMN IF NOT EXISTS rate_requests INT NULL,
	ADD COLUMN IF NOT EXISTS rate_seconds INT NULL,
	ADD CONSTRAINT IF NOT EXISTS api_key_rate CHECK ((rate_requests IS NULL) = (rate_seconds IS NULL));
