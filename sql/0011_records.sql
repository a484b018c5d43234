-- Records: of tables, whose fields have types, and of the collections of an
-- organization (appointments, contacts, availability, team), whose fields have none.

-- What holds records: a table, by its id among the resources, or a collection, by
-- its name.  A table that is deleted has no resource any more: nobody finds its
-- records, and the keeper takes them away little by little.
CREATE TABLE IF NOT EXISTS record_table (
	org_id VARCHAR(32) NOT NULL,
	id VARCHAR(32) NOT NULL,
	-- the number of the next record
	next_n BIGINT NOT NULL DEFAULT 1,
	PRIMARY KEY (org_id, id),
	CONSTRAINT record_table_org FOREIGN KEY (org_id) REFERENCES organization (id)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

-- A collection has the roles of the resource of its name.
ALTER TABLE resource ADD KEY IF NOT EXISTS resource_type (org_id, type, created_at);

CREATE TABLE IF NOT EXISTS record_field (
	org_id VARCHAR(32) NOT NULL,
	table_id VARCHAR(32) NOT NULL,
	id VARCHAR(32) NOT NULL,
	name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	name_key VARCHAR(400) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	type VARCHAR(16) NOT NULL,
	-- the choices of a select, as a JSON list of texts
	choices TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
	place INT NOT NULL,
	PRIMARY KEY (org_id, table_id, id),
	UNIQUE KEY record_field_name (org_id, table_id, name_key),
	CONSTRAINT record_field_of FOREIGN KEY (org_id, table_id) REFERENCES record_table (org_id, id) ON DELETE CASCADE
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE IF NOT EXISTS record_view (
	org_id VARCHAR(32) NOT NULL,
	table_id VARCHAR(32) NOT NULL,
	id VARCHAR(32) NOT NULL,
	name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	-- what it leaves out and its order, as JSON
	filter TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
	sort TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
	place INT NOT NULL,
	PRIMARY KEY (org_id, table_id, id),
	CONSTRAINT record_view_of FOREIGN KEY (org_id, table_id) REFERENCES record_table (org_id, id) ON DELETE CASCADE
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

CREATE TABLE IF NOT EXISTS record_row (
	org_id VARCHAR(32) NOT NULL,
	table_id VARCHAR(32) NOT NULL,
	-- in the order they were made
	n BIGINT NOT NULL,
	id VARCHAR(32) NOT NULL,
	-- a JSON object: of a table by the ids of its fields, of a collection by their names
	fields MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	version BIGINT NOT NULL DEFAULT 1,
	created_at BIGINT NOT NULL,
	created_by VARCHAR(32) NOT NULL,
	updated_at BIGINT NOT NULL,
	updated_by VARCHAR(32) NOT NULL,
	PRIMARY KEY (org_id, table_id, n),
	UNIQUE KEY record_row_id (org_id, table_id, id),
	KEY record_row_changed (org_id, table_id, updated_at, n),
	CONSTRAINT record_row_of FOREIGN KEY (org_id, table_id) REFERENCES record_table (org_id, id)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

-- The values of a record that can be looked for and sorted by, each as bytes that
-- compare as the values do.  An empty field has no row.
CREATE TABLE IF NOT EXISTS record_value (
	org_id VARCHAR(32) NOT NULL,
	table_id VARCHAR(32) NOT NULL,
	n BIGINT NOT NULL,
	field VARBINARY(64) NOT NULL,
	value VARBINARY(255) NOT NULL,
	PRIMARY KEY (org_id, table_id, n, field),
	KEY record_value_by (org_id, table_id, field, value, n),
	CONSTRAINT record_value_of FOREIGN KEY (org_id, table_id, n) REFERENCES record_row (org_id, table_id, n) ON DELETE CASCADE
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;
