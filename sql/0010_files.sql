-- Files and folders of the providers, and uploads that come in chunks.  What is in
-- a storage is there and not here: a row gives an id to a path.

-- A path is bytes: it has one spelling, and is compared as it is.
CREATE TABLE IF NOT EXISTS file (
	org_id VARCHAR(32) NOT NULL,
	id VARCHAR(32) NOT NULL,
	provider_id VARCHAR(32) NOT NULL,
	path VARBINARY(1024) NOT NULL,
	-- of the folder it stands in; "/" at the top
	parent VARBINARY(1024) NOT NULL,
	name VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci NOT NULL,
	folder TINYINT NOT NULL,
	-- an upload was asked for and has not come
	pending TINYINT NOT NULL DEFAULT 0,
	size BIGINT NOT NULL DEFAULT 0,
	mime VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
	created_at BIGINT NOT NULL,
	created_by VARCHAR(32) NOT NULL,
	updated_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE KEY file_path (org_id, provider_id, path),
	KEY file_recent (org_id, provider_id, updated_at),
	KEY file_pending (pending, created_at),
	CONSTRAINT file_in FOREIGN KEY (org_id, provider_id) REFERENCES resource (org_id, id) ON DELETE CASCADE
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE IF NOT EXISTS file_star (
	org_id VARCHAR(32) NOT NULL,
	file_id VARCHAR(32) NOT NULL,
	owner_id VARCHAR(32) NOT NULL,
	starred_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, file_id, owner_id),
	KEY file_star_of (org_id, owner_id, starred_at),
	CONSTRAINT file_star_on FOREIGN KEY (org_id, file_id) REFERENCES file (org_id, id) ON DELETE CASCADE
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE IF NOT EXISTS upload (
	org_id VARCHAR(32) NOT NULL,
	id VARCHAR(32) NOT NULL,
	provider_id VARCHAR(32) NOT NULL,
	-- the row that awaits it
	file_id VARCHAR(32) NOT NULL,
	path VARBINARY(1024) NOT NULL,
	mime VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	-- the storage's own name for it
	token VARCHAR(1024) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
	size BIGINT NOT NULL,
	chunk_size BIGINT NOT NULL,
	chunks BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	created_by VARCHAR(32) NOT NULL,
	updated_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	KEY upload_of (org_id, created_by, created_at),
	KEY upload_idle (updated_at),
	CONSTRAINT upload_to FOREIGN KEY (org_id, provider_id) REFERENCES resource (org_id, id) ON DELETE CASCADE
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE IF NOT EXISTS upload_chunk (
	org_id VARCHAR(32) NOT NULL,
	upload_id VARCHAR(32) NOT NULL,
	number BIGINT NOT NULL,
	size BIGINT NOT NULL,
	tag VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
	PRIMARY KEY (org_id, upload_id, number),
	CONSTRAINT upload_chunk_of FOREIGN KEY (org_id, upload_id) REFERENCES upload (org_id, id) ON DELETE CASCADE
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;
