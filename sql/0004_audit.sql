-- The end and the beginning of each organization's chain of events.  The end is
-- signed with the installation's own secret, so that who can only write to the
-- database cannot cut the chain off or make another one.
CREATE TABLE IF NOT EXISTS audit_chain (
	org_id VARCHAR(32) NOT NULL PRIMARY KEY,
	-- of the last event
	place BIGINT NOT NULL,
	hash BINARY(32) NOT NULL,
	-- of the last event that was kept for long enough and is gone; 0: none
	gone_place BIGINT NOT NULL DEFAULT 0,
	gone_hash BINARY(32) NOT NULL,
	-- HMAC-SHA-256 of all of this
	signature BINARY(32) NOT NULL,
	CONSTRAINT audit_chain_org FOREIGN KEY (org_id) REFERENCES organization (id)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

-- Chains that were begun before there was a signature are sealed anew.
DELETE FROM audit_chain;
UPDATE audit SET place = NULL, prev = NULL, hash = NULL;

-- All the service can delete of the audit, whatever it is told: sealed events of
-- more than 30 days ago, by the clock of the database.
CREATE OR REPLACE SQL SECURITY DEFINER VIEW audit_past AS
	SELECT org_id, place FROM audit WHERE place IS NOT NULL AND at < UNIX_TIMESTAMP() - 2592000;
