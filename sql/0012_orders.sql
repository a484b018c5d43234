-- Lists of people, teams, machines and resources in the order somebody asks for.

-- The name of a person stands in the row of the membership as well, as people sort
-- names: it is the order of a list, and nothing else reads it there.  Admins come
-- before members, each by name.
ALTER TABLE membership
	ADD COLUMN IF NOT EXISTS sort_name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci
	    NOT NULL DEFAULT '',
	ADD COLUMN IF NOT EXISTS sort_role VARCHAR(210) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci
	    AS (CONCAT(role, ' ', sort_name)) PERSISTENT,
	ADD KEY IF NOT EXISTS membership_by_joining (org_id, left_at, joined_at, user_id),
	ADD KEY IF NOT EXISTS membership_by_name (org_id, left_at, sort_name, user_id),
	ADD KEY IF NOT EXISTS membership_by_role (org_id, left_at, sort_role, user_id);

UPDATE membership m JOIN user u ON u.id = m.user_id SET m.sort_name = u.name WHERE m.sort_name = '';

ALTER TABLE team
	ADD COLUMN IF NOT EXISTS sort_name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci
	    AS (name) PERSISTENT,
	ADD KEY IF NOT EXISTS team_by_creation (org_id, created_at, id),
	ADD KEY IF NOT EXISTS team_by_name (org_id, sort_name, id);

-- Its ends and uses are those of its key: there is no index of these, but a limit
-- of the machines of an organization.
ALTER TABLE machine
	ADD COLUMN IF NOT EXISTS sort_name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci
	    AS (name) PERSISTENT,
	ADD KEY IF NOT EXISTS machine_by_creation (org_id, deleted_at, created_at, id),
	ADD KEY IF NOT EXISTS machine_by_name (org_id, deleted_at, sort_name, id);

ALTER TABLE resource
	ADD COLUMN IF NOT EXISTS sort_name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci
	    AS (name) PERSISTENT,
	ADD KEY IF NOT EXISTS resource_by_name (org_id, sort_name, id);
