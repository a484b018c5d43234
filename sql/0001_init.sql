-- The schema of claviger, version 1.
--
-- Times are Unix seconds in UTC.  Ids are random texts.  What belongs to an
-- organization has the key (org_id, id), and every reference to it carries
-- org_id too, so that the database itself refuses a reference across
-- organizations.  Each statement may be run again.

CREATE TABLE IF NOT EXISTS organization (
	id VARCHAR(32) NOT NULL PRIMARY KEY,
	name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	-- goes up with every change that can turn an allow into a deny
	epoch BIGINT NOT NULL DEFAULT 1,
	personal_enabled TINYINT NOT NULL DEFAULT 1,
	personal_max_days SMALLINT NOT NULL DEFAULT 365,
	machine_max_days SMALLINT NULL,
	space_never_allowed TINYINT NOT NULL DEFAULT 0,
	created_at BIGINT NOT NULL,
	deleted_at BIGINT NULL
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE IF NOT EXISTS user (
	id VARCHAR(32) NOT NULL PRIMARY KEY,
	-- normalized: NFC, trimmed, ASCII letters small
	email VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	password_hash VARCHAR(255) NULL,
	created_at BIGINT NOT NULL,
	UNIQUE KEY user_email (email)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

-- The membership, not the user, owns personal things: leaving ends it for good,
-- and joining again is a new one.
CREATE TABLE IF NOT EXISTS membership (
	org_id VARCHAR(32) NOT NULL,
	id VARCHAR(32) NOT NULL,
	user_id VARCHAR(32) NOT NULL,
	role VARCHAR(8) NOT NULL,
	joined_at BIGINT NOT NULL,
	left_at BIGINT NULL,
	live_user_id VARCHAR(32) AS (IF(left_at IS NULL, user_id, NULL)) PERSISTENT,
	PRIMARY KEY (org_id, id),
	UNIQUE KEY membership_live (org_id, live_user_id),
	KEY membership_user (user_id, left_at),
	CONSTRAINT membership_org FOREIGN KEY (org_id) REFERENCES organization (id),
	CONSTRAINT membership_of FOREIGN KEY (user_id) REFERENCES user (id),
	CONSTRAINT membership_role CHECK (role IN ('admin', 'member'))
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE IF NOT EXISTS team (
	org_id VARCHAR(32) NOT NULL,
	id VARCHAR(32) NOT NULL,
	name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	name_key VARCHAR(400) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE KEY team_name (org_id, name_key),
	CONSTRAINT team_org FOREIGN KEY (org_id) REFERENCES organization (id)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE IF NOT EXISTS machine (
	org_id VARCHAR(32) NOT NULL,
	id VARCHAR(32) NOT NULL,
	name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	name_key VARCHAR(400) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	description VARCHAR(1000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
	created_at BIGINT NOT NULL,
	created_by VARCHAR(32) NOT NULL,
	deleted_at BIGINT NULL,
	live_name VARCHAR(400) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
	    AS (IF(deleted_at IS NULL, name_key, NULL)) PERSISTENT,
	PRIMARY KEY (org_id, id),
	UNIQUE KEY machine_name (org_id, live_name),
	CONSTRAINT machine_org FOREIGN KEY (org_id) REFERENCES organization (id)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE IF NOT EXISTS team_member (
	org_id VARCHAR(32) NOT NULL,
	team_id VARCHAR(32) NOT NULL,
	membership_id VARCHAR(32) NULL,
	machine_id VARCHAR(32) NULL,
	added_at BIGINT NOT NULL,
	UNIQUE KEY team_member_membership (org_id, team_id, membership_id),
	UNIQUE KEY team_member_machine (org_id, team_id, machine_id),
	KEY team_member_of_membership (org_id, membership_id),
	KEY team_member_of_machine (org_id, machine_id),
	CONSTRAINT team_member_team FOREIGN KEY (org_id, team_id) REFERENCES team (org_id, id) ON DELETE CASCADE,
	CONSTRAINT team_member_who FOREIGN KEY (org_id, membership_id) REFERENCES membership (org_id, id),
	CONSTRAINT team_member_what FOREIGN KEY (org_id, machine_id) REFERENCES machine (org_id, id),
	CONSTRAINT team_member_one CHECK ((membership_id IS NULL) <> (machine_id IS NULL))
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

-- A tree.  The organization itself is a resource too, the one whose id is its own.
CREATE TABLE IF NOT EXISTS resource (
	org_id VARCHAR(32) NOT NULL,
	id VARCHAR(32) NOT NULL,
	type VARCHAR(16) NOT NULL,
	parent_id VARCHAR(32) NULL,
	name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	-- what may be shown, as JSON; and what may not, sealed
	config TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
	config_sealed VARBINARY(4096) NULL,
	created_at BIGINT NOT NULL,
	created_by VARCHAR(32) NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE KEY resource_id (id),
	KEY resource_list (org_id, created_at, id),
	KEY resource_parent (org_id, parent_id),
	CONSTRAINT resource_org FOREIGN KEY (org_id) REFERENCES organization (id),
	CONSTRAINT resource_up FOREIGN KEY (org_id, parent_id) REFERENCES resource (org_id, id) ON DELETE CASCADE
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE IF NOT EXISTS role_grant (
	org_id VARCHAR(32) NOT NULL,
	resource_id VARCHAR(32) NOT NULL,
	-- 'everyone', or the one of the three that is not NULL
	subject_id VARCHAR(32) NOT NULL,
	team_id VARCHAR(32) NULL,
	membership_id VARCHAR(32) NULL,
	machine_id VARCHAR(32) NULL,
	role VARCHAR(8) NOT NULL,
	granted_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, resource_id, subject_id),
	KEY role_grant_subject (org_id, subject_id),
	CONSTRAINT role_grant_on FOREIGN KEY (org_id, resource_id) REFERENCES resource (org_id, id) ON DELETE CASCADE,
	CONSTRAINT role_grant_team FOREIGN KEY (org_id, team_id) REFERENCES team (org_id, id) ON DELETE CASCADE,
	CONSTRAINT role_grant_who FOREIGN KEY (org_id, membership_id) REFERENCES membership (org_id, id),
	CONSTRAINT role_grant_what FOREIGN KEY (org_id, machine_id) REFERENCES machine (org_id, id),
	CONSTRAINT role_grant_one CHECK (subject_id = COALESCE(team_id, membership_id, machine_id, 'everyone')),
	CONSTRAINT role_grant_role CHECK (role IN ('member', 'editor', 'admin'))
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE IF NOT EXISTS api_key (
	org_id VARCHAR(32) NOT NULL,
	id VARCHAR(32) NOT NULL,
	kind VARCHAR(16) NOT NULL,
	name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	description VARCHAR(1000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
	-- what may be shown of the text
	prefix VARCHAR(24) NOT NULL,
	-- the first 16 bytes of HMAC-SHA-256(pepper, text)
	lookup BINARY(16) NOT NULL,
	-- $argon2id$...
	secret_hash VARCHAR(255) NOT NULL,
	-- the owner: a membership, a machine, or (both NULL) the organization
	membership_id VARCHAR(32) NULL,
	machine_id VARCHAR(32) NULL,
	scopes INT NOT NULL,
	-- 1: only what key_restriction lists, even when that is nothing any more
	restricted TINYINT NOT NULL DEFAULT 0,
	allowed_ips VARCHAR(2000) NULL,
	created_at BIGINT NOT NULL,
	created_by VARCHAR(32) NOT NULL,
	expires_at BIGINT NULL,
	last_used_at BIGINT NULL,
	last_used_ip VARCHAR(45) NULL,
	ended_at BIGINT NULL,
	ended_by VARCHAR(32) NULL,
	version BIGINT NOT NULL DEFAULT 1,
	-- set while the name must be the only one: owner, a space, the folded name
	unique_name VARCHAR(440) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
	live_machine_id VARCHAR(32) AS (IF(ended_at IS NULL, machine_id, NULL)) PERSISTENT,
	PRIMARY KEY (org_id, id),
	UNIQUE KEY api_key_lookup (lookup),
	UNIQUE KEY api_key_name (org_id, unique_name),
	UNIQUE KEY api_key_machine (org_id, live_machine_id),
	KEY api_key_list (org_id, created_at, id),
	KEY api_key_of_membership (org_id, membership_id),
	CONSTRAINT api_key_org FOREIGN KEY (org_id) REFERENCES organization (id),
	CONSTRAINT api_key_who FOREIGN KEY (org_id, membership_id) REFERENCES membership (org_id, id),
	CONSTRAINT api_key_what FOREIGN KEY (org_id, machine_id) REFERENCES machine (org_id, id),
	CONSTRAINT api_key_one CHECK (membership_id IS NULL OR machine_id IS NULL)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE IF NOT EXISTS key_restriction (
	org_id VARCHAR(32) NOT NULL,
	key_id VARCHAR(32) NOT NULL,
	resource_id VARCHAR(32) NOT NULL,
	base_path VARCHAR(1024) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
	PRIMARY KEY (org_id, key_id, resource_id),
	KEY key_restriction_on (org_id, resource_id),
	CONSTRAINT key_restriction_key FOREIGN KEY (org_id, key_id) REFERENCES api_key (org_id, id) ON DELETE CASCADE,
	CONSTRAINT key_restriction_to FOREIGN KEY (org_id, resource_id) REFERENCES resource (org_id, id) ON DELETE CASCADE
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

-- A session is a user's, over all the organizations the user is in.
CREATE TABLE IF NOT EXISTS session (
	id VARCHAR(32) NOT NULL PRIMARY KEY,
	user_id VARCHAR(32) NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	ended_at BIGINT NULL,
	address VARCHAR(45) NULL,
	agent VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
	KEY session_user (user_id),
	KEY session_end (expires_at),
	CONSTRAINT session_of FOREIGN KEY (user_id) REFERENCES user (id)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE IF NOT EXISTS audit (
	id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
	org_id VARCHAR(32) NOT NULL,
	at BIGINT NOT NULL,
	action VARCHAR(40) NOT NULL,
	actor_type VARCHAR(16) NOT NULL,
	actor_id VARCHAR(32) NULL,
	key_id VARCHAR(32) NULL,
	target_id VARCHAR(32) NULL,
	address VARCHAR(45) NULL,
	request_id VARCHAR(32) NULL,
	-- what it was and what it became, as JSON
	before_change TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
	after_change TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
	-- the chain of the organization, filled by the keeper: the order in which it
	-- found the events, which need not be the order of their ids
	place BIGINT NULL,
	prev BINARY(32) NULL,
	hash BINARY(32) NULL,
	KEY audit_list (org_id, id),
	UNIQUE KEY audit_place (org_id, place),
	KEY audit_unsealed (place, org_id, id),
	CONSTRAINT audit_org FOREIGN KEY (org_id) REFERENCES organization (id)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;
