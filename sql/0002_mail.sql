-- Mail: what is to be sent, and which reminders have been thought of.

ALTER TABLE api_key
	-- when expires_at was set, if that was later than the key was made
	ADD COLUMN IF NOT EXISTS renewed_at BIGINT NULL,
	ADD KEY IF NOT EXISTS api_key_expiry (ended_at, expires_at);

-- One row for each end of a key and each reminder of it: `days` before, 0 once
-- it is over.  The row says that it has been taken care of, and makes two that
-- look at the same time agree who does.
CREATE TABLE IF NOT EXISTS reminder (
	org_id VARCHAR(32) NOT NULL,
	key_id VARCHAR(32) NOT NULL,
	expires_at BIGINT NOT NULL,
	days SMALLINT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (org_id, key_id, expires_at, days),
	CONSTRAINT reminder_of FOREIGN KEY (org_id, key_id) REFERENCES api_key (org_id, id)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

-- A single row: what ended at this second or before is not told any more.
CREATE TABLE IF NOT EXISTS reminder_start (
	id TINYINT NOT NULL PRIMARY KEY,
	since BIGINT NOT NULL,
	CONSTRAINT reminder_start_one CHECK (id = 1)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

-- One row for each message to one person.
CREATE TABLE IF NOT EXISTS outbox (
	-- also in its Message-ID, so that what was sent twice can be seen to be one
	id VARCHAR(32) NOT NULL PRIMARY KEY,
	template VARCHAR(40) NOT NULL,
	user_id VARCHAR(32) NOT NULL,
	org_id VARCHAR(32) NULL,
	-- of a reminder
	key_id VARCHAR(32) NULL,
	expires_at BIGINT NULL,
	days SMALLINT NULL,
	-- what else it tells, sealed; wiped as soon as it is not needed any more
	sealed VARBINARY(4096) NULL,
	state VARCHAR(8) NOT NULL,
	attempts INT NOT NULL DEFAULT 0,
	created_at BIGINT NOT NULL,
	-- of one that waits: not sooner; of one that is being sent: then whoever sends it is dead
	next_at BIGINT NOT NULL,
	good_until BIGINT NOT NULL,
	ended_at BIGINT NULL,
	last_error VARCHAR(300) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
	KEY outbox_due (state, next_at),
	KEY outbox_ended (ended_at),
	KEY outbox_key (org_id, key_id),
	CONSTRAINT outbox_to FOREIGN KEY (user_id) REFERENCES user (id),
	CONSTRAINT outbox_state CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'dropped'))
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;
