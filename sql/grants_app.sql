-- What the account of the app workers may do.  Nothing is deleted that has a
-- history; the audit can be added to and sealed, never rewritten, and only what
-- is old can be forgotten.
GRANT SELECT ON schema_version TO @account@;
GRANT SELECT, INSERT, UPDATE (name, epoch, personal_enabled, personal_max_days, machine_max_days,
    space_never_allowed, deleted_at) ON organization TO @account@;
GRANT SELECT, INSERT, UPDATE (name, password_hash, confirmed_at, password_org) ON user TO @account@;
GRANT SELECT, INSERT, UPDATE (role, left_at, awaits) ON membership TO @account@;
GRANT SELECT, INSERT, DELETE, UPDATE (name, name_key) ON team TO @account@;
GRANT SELECT, INSERT, UPDATE (name, name_key, description, deleted_at) ON machine TO @account@;
GRANT SELECT, INSERT, DELETE ON team_member TO @account@;
GRANT SELECT, INSERT, DELETE, UPDATE (name, config, config_sealed) ON resource TO @account@;
GRANT SELECT, INSERT, DELETE, UPDATE (role, granted_at) ON role_grant TO @account@;
GRANT SELECT, INSERT, UPDATE (name, description, scopes, restricted, prefix, lookup, secret_hash, expires_at, last_used_at,
    last_used_ip, ended_at, ended_by, version, unique_name, renewed_at, rate_requests, rate_seconds, past_version) ON api_key TO @account@;
GRANT SELECT, INSERT, UPDATE (until, last_used_at, last_used_ip) ON key_past TO @account@;
GRANT SELECT, INSERT, DELETE, UPDATE ON key_use_day TO @account@;
GRANT SELECT, INSERT, DELETE ON key_restriction TO @account@;
GRANT SELECT, INSERT, DELETE, UPDATE (ended_at, proven_at) ON session TO @account@;
GRANT SELECT, INSERT, DELETE ON identity TO @account@;
GRANT SELECT, INSERT, DELETE, UPDATE (user_id, digest, expires_at, used_at) ON password_reset TO @account@;
GRANT SELECT, INSERT, UPDATE (place, prev, hash) ON audit TO @account@;
GRANT SELECT, INSERT, UPDATE (place, hash, gone_place, gone_hash, signature) ON audit_chain TO @account@;
GRANT SELECT, DELETE ON audit_past TO @account@;
GRANT SELECT, INSERT, UPDATE (at) ON reminder TO @account@;
GRANT SELECT, INSERT, UPDATE (since) ON reminder_start TO @account@;
GRANT SELECT, INSERT, DELETE, UPDATE (body, sealed, expires_at) ON kept_answer TO @account@;
GRANT SELECT, INSERT, DELETE, UPDATE (state, attempts, next_at, ended_at, last_error, sealed) ON outbox TO @account@;
GRANT SELECT, INSERT, DELETE ON form_sent TO @account@;
GRANT SELECT, INSERT, DELETE, UPDATE (path, parent, name, pending, size, mime, updated_at) ON file TO @account@;
GRANT SELECT, INSERT, DELETE ON file_star TO @account@;
GRANT SELECT, INSERT, DELETE, UPDATE (updated_at) ON upload TO @account@;
GRANT SELECT, INSERT, DELETE ON upload_chunk TO @account@;
GRANT SELECT, INSERT, DELETE, UPDATE (next_n) ON record_table TO @account@;
GRANT SELECT, INSERT, DELETE, UPDATE (name, name_key, choices) ON record_field TO @account@;
GRANT SELECT, INSERT, DELETE, UPDATE (name, filter, sort) ON record_view TO @account@;
GRANT SELECT, INSERT, DELETE, UPDATE (fields, version, updated_at, updated_by) ON record_row TO @account@;
GRANT SELECT, INSERT, DELETE ON record_value TO @account@;
