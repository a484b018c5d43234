/*
 * api_machines.c: machines, their keys, and what they reach.
 */
#include "api/api.h"

#include "api/write.h"
#include "core/grant.h"
#include "core/machine.h"
#include "core/machine_access.h"
#include "core/team.h"

static const struct field machine_fields[] = {
	FIELD_NEEDED(machine_wish, name),
	FIELD(machine_wish, description),
	FIELD_NEEDED(machine_wish, expires_in),
	FIELD(machine_wish, allowed_ips),
	FIELD_OBJECT(machine_wish, rate_limit, &shape_rate_limit),
};
const struct shape shape_machine = SHAPE("MachineWish", machine_wish, machine_fields);

static const struct field change_fields[] = {
	FIELD(machine_wish, name),
	FIELD(machine_wish, description),
	FIELD_OBJECT(machine_wish, rate_limit, &shape_rate_limit),
};
const struct shape shape_machine_change = SHAPE("MachineChange", machine_wish, change_fields);

static const struct field key_fields[] = { FIELD_NEEDED(machine_wish, expires_in) };
const struct shape shape_machine_key = SHAPE("MachineKeyWish", machine_wish, key_fields);

static enum fault
list_machine(struct call *c, struct json *j, const void *row)
{
	write_machine(c, j, NULL, row);
	return FAULT_NONE;
}

static const struct listing machine_listing = LISTING_SORTED(list_machine, machine, &machines_orders);

enum fault
api_machines_list(struct call *c)
{
	struct machine *rows;
	struct page p;
	size_t n;
	enum fault f;

	if ((f = call_page_sorted(c, &machines_orders, &p)) != FAULT_NONE ||
	    (f = machines_page(c->work, c->work->actor->org_id, &p, &rows, &n)) != FAULT_NONE)
		return f;
	return call_list(c, &machine_listing, &p, rows, n);
}

static enum fault
show_minted(struct call *c, const struct machine *m, const struct minted *key)
{
	struct json *j = call_json(c);
	enum fault f;

	json_object(j, NULL);
	if (m != NULL)
		write_machine(c, j, "machine", m);
	if ((f = write_minted_open(c, j, "key", key)) != FAULT_NONE)
		return f;
	json_end(j);
	json_str(j, "token", key->token);
	json_end(j);
	return FAULT_NONE;
}

enum fault
api_machine_create(struct call *c)
{
	struct machine m;
	struct minted key;
	enum fault f = machine_create(c->work, c->body, &m, &key);

	return f != FAULT_NONE ? f : show_minted(c, &m, &key);
}

enum fault
api_machine_regenerate(struct call *c)
{
	struct minted key;
	enum fault f = machine_regenerate(c->work, call_param(c, "machine"), c->body, &key);

	return f != FAULT_NONE ? f : show_minted(c, NULL, &key);
}

enum fault
api_machine_get(struct call *c)
{
	struct machine m;
	enum fault f = machines_get(c->work, c->work->actor->org_id, call_param(c, "machine"), &m);

	if (f == FAULT_NONE)
		write_machine(c, call_json(c), NULL, &m);
	return f;
}

enum fault
api_machine_change(struct call *c)
{
	struct machine m;
	enum fault f = machine_describe(c->work, call_param(c, "machine"), c->body, &m);

	if (f == FAULT_NONE)
		write_machine(c, call_json(c), NULL, &m);
	return f;
}

enum fault
api_machine_delete(struct call *c)
{
	return machine_delete(c->work, call_param(c, "machine"));
}

static enum fault
list_assignment(struct call *c, struct json *j, const void *row)
{
	const struct assignment *a = row;

	(void)c;
	json_object(j, NULL);
	json_text(j, "resource", a->resource_id);
	json_text(j, "name", a->name);
	json_text(j, "role", a->role);
	json_text(j, "effective_role", a->effective_role);
	json_end(j);
	return FAULT_NONE;
}

/* Never in pages, so nothing makes a cursor. */
static const struct listing assignment_listing = { .write = list_assignment,
	.size = sizeof(struct assignment) };

enum fault
api_machine_sources(struct call *c)
{
	struct assignment *rows;
	size_t n;
	enum fault f = machine_assignments(c->work, call_param(c, "machine"), &rows, &n);

	if (f != FAULT_NONE)
		return f;
	return call_list(c, &assignment_listing, NULL, rows, n);
}

/* The id in the address must be a machine's: grants take other subjects, too. */
static enum fault
machine_there(struct call *c)
{
	struct machine m;

	return machines_get(c->work, c->work->actor->org_id, call_param(c, "machine"), &m);
}

enum fault
api_machine_source_set(struct call *c)
{
	return machine_assign(c->work, call_param(c, "machine"), call_param(c, "resource"), c->body);
}

enum fault
api_machine_source_remove(struct call *c)
{
	enum fault f = machine_there(c);

	return f != FAULT_NONE ? f
			       : grant_remove(c->work, call_param(c, "resource"), call_param(c, "machine"));
}

enum fault
api_machine_teams(struct call *c)
{
	struct team *rows;
	size_t n;
	enum fault f = machine_there(c);

	if (f != FAULT_NONE ||
	    (f = teams_of_machine(c->work, c->work->actor->org_id, call_param(c, "machine"), &rows, &n)) !=
		FAULT_NONE)
		return f;
	return call_list(c, &team_listing, NULL, rows, n);
}

enum fault
api_machine_team_add(struct call *c)
{
	enum fault f = machine_there(c);

	return f != FAULT_NONE ? f : team_add(c->work, call_param(c, "team"), call_param(c, "machine"));
}

enum fault
api_machine_team_remove(struct call *c)
{
	enum fault f = machine_there(c);

	return f != FAULT_NONE ? f : team_remove(c->work, call_param(c, "team"), call_param(c, "machine"));
}
