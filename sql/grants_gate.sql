-- What the account of the gate workers may do: read what a verdict needs, and
-- note when a key was used and how often.  The process that faces every request of every
-- protected application can change nothing else.  (A row of uses that may be there
-- already is added to: MariaDB wants UPDATE on all of it.)
GRANT SELECT (version) ON schema_version TO @account@;
GRANT SELECT (id, name, epoch, personal_enabled, deleted_at) ON organization TO @account@;
GRANT SELECT (id, email, name, confirmed_at) ON user TO @account@;
GRANT SELECT (org_id, id, user_id, role, left_at, live_user_id, joined_at, awaits) ON membership TO @account@;
GRANT SELECT (org_id, id, name, deleted_at) ON machine TO @account@;
GRANT SELECT (org_id, team_id, membership_id, machine_id) ON team_member TO @account@;
GRANT SELECT (org_id, id, type, parent_id) ON resource TO @account@;
GRANT SELECT (org_id, resource_id, subject_id, team_id, membership_id, machine_id, role) ON role_grant TO @account@;
GRANT SELECT (org_id, id, kind, name, prefix, lookup, secret_hash, membership_id, machine_id, scopes, restricted,
    allowed_ips, rate_requests, rate_seconds, created_at, expires_at, ended_at, version, last_used_at, past_version), UPDATE (last_used_at, last_used_ip)
    ON api_key TO @account@;
GRANT SELECT (org_id, key_id, version, prefix, lookup, secret_hash, until, last_used_at),
    UPDATE (last_used_at, last_used_ip) ON key_past TO @account@;
GRANT SELECT, INSERT, UPDATE ON key_use_day TO @account@;
GRANT SELECT (org_id, key_id, resource_id, base_path) ON key_restriction TO @account@;
GRANT SELECT (issuer, subject, user_id) ON identity TO @account@;
GRANT SELECT (id, user_id, source, expires_at, ended_at) ON session TO @account@;
