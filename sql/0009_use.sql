-- How often each key was used on each day, for as long as people look at it.
CREATE TABLE IF NOT EXISTS key_use_day (
	org_id VARCHAR(32) NOT NULL,
	key_id VARCHAR(32) NOT NULL,
	-- days in UTC since 1970-01-01
	day INT NOT NULL,
	uses BIGINT NOT NULL,
	PRIMARY KEY (org_id, key_id, day),
	KEY key_use_day_old (day),
	CONSTRAINT key_use_day_of FOREIGN KEY (org_id, key_id) REFERENCES api_key (org_id, id)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;
