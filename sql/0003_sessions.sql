-- Sessions of real installations: people whom the host application vouches for,
-- addresses that have been confirmed, and passwords that were forgotten.

-- Who somebody is elsewhere.  Bytes, compared as bytes: "alice " is not "alice".
-- An account has one identity at an issuer: an address that is given to somebody
-- else there does not lead to the account it once belonged to.
CREATE TABLE IF NOT EXISTS identity (
	issuer VARBINARY(255) NOT NULL,
	subject VARBINARY(255) NOT NULL,
	user_id VARCHAR(32) NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (issuer, subject),
	UNIQUE KEY identity_user (user_id, issuer),
	CONSTRAINT identity_of FOREIGN KEY (user_id) REFERENCES user (id)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

-- What opened it: 'password', or 'jwt' for a token of the host application.
ALTER TABLE session ADD COLUMN IF NOT EXISTS source VARCHAR(16) NOT NULL DEFAULT 'password';

-- When it was shown that the address is the account's; and the organization whose
-- admin chose the password, until the one it belongs to chooses another.
ALTER TABLE user ADD COLUMN IF NOT EXISTS confirmed_at BIGINT NULL;
ALTER TABLE user ADD COLUMN IF NOT EXISTS password_org VARCHAR(32) NULL;

-- 1: closed to sessions until the user's address is confirmed, since somebody
-- outside of this organization may know the password.
ALTER TABLE membership ADD COLUMN IF NOT EXISTS awaits TINYINT NOT NULL DEFAULT 0;

-- Wishes for mail that lets somebody choose a password.  A wish is kept whether
-- there is such an account or not; the keeper sees to it.
CREATE TABLE IF NOT EXISTS password_reset (
	id VARCHAR(32) NOT NULL PRIMARY KEY,
	email VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	asked_at BIGINT NOT NULL,
	-- filled when the mail is posted: whose it is, and the digest of its token
	user_id VARCHAR(32) NULL,
	digest BINARY(32) NULL,
	expires_at BIGINT NULL,
	used_at BIGINT NULL,
	UNIQUE KEY password_reset_digest (digest),
	KEY password_reset_waiting (digest, asked_at),
	KEY password_reset_user (user_id, expires_at),
	KEY password_reset_asked (asked_at),
	CONSTRAINT password_reset_of FOREIGN KEY (user_id) REFERENCES user (id)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;
