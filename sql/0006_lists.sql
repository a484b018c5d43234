-- Long lists of keys in the order somebody asks for, and answers that are given
-- twice.

-- What the orders need that a key's own columns do not have: names as people sort
-- them, and instants where "never" has its place: an end that never comes is last,
-- a use that never was is first.
ALTER TABLE api_key
	ADD COLUMN IF NOT EXISTS sort_name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci
	    AS (name) PERSISTENT,
	ADD COLUMN IF NOT EXISTS ends_at BIGINT AS (COALESCE(expires_at, 9223372036854775807)) PERSISTENT,
	ADD COLUMN IF NOT EXISTS used_at BIGINT AS (COALESCE(last_used_at, 0)) PERSISTENT,
	ADD KEY IF NOT EXISTS api_key_by_name (org_id, sort_name, id),
	ADD KEY IF NOT EXISTS api_key_by_end (org_id, ends_at, id),
	ADD KEY IF NOT EXISTS api_key_by_use (org_id, used_at, id);

-- Answers to requests with an Idempotency-Key, until they have been kept for long
-- enough.  A row is written in the transaction of what it answers; nothing in it
-- can be read without the installation's secret.
CREATE TABLE IF NOT EXISTS kept_answer (
	-- HMAC-SHA-256 of who asked, where, and the Idempotency-Key
	id BINARY(32) NOT NULL PRIMARY KEY,
	-- HMAC-SHA-256 of the body, so that another one is seen to be another
	body BINARY(32) NOT NULL,
	-- the answer; NULL within the transaction only
	sealed MEDIUMBLOB NULL,
	expires_at BIGINT NOT NULL,
	KEY kept_answer_end (expires_at)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;
