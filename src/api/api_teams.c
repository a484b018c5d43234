/*
 * api_teams.c: teams and who is in them.
 */
#include "api/api.h"

#include "api/write.h"
#include "core/team.h"

static const struct field team_fields[] = { FIELD_NEEDED(team_wish, name) };
const struct shape shape_team = SHAPE("TeamWish", team_wish, team_fields);

enum fault
api_teams_list(struct call *c)
{
	struct team *rows;
	struct page p;
	size_t n;
	enum fault f;

	if ((f = call_page_sorted(c, &teams_orders, &p)) != FAULT_NONE ||
	    (f = teams_page(c->work, c->work->actor->org_id, &p, &rows, &n)) != FAULT_NONE)
		return f;
	return call_list(c, &team_listing, &p, rows, n);
}

enum fault
api_team_create(struct call *c)
{
	struct team t;
	enum fault f = team_create(c->work, c->body, &t);

	if (f == FAULT_NONE)
		write_team(call_json(c), NULL, &t);
	return f;
}

static void
write_subject(struct json *j, const struct team_subject *s)
{
	json_object(j, NULL);
	json_text(j, "id", s->id);
	json_text(j, "type", s->type);
	json_text(j, "name", s->name);
	json_time(j, "added_at", s->added_at);
	json_end(j);
}

enum fault
api_team_get(struct call *c)
{
	const char *org = c->work->actor->org_id, *id = call_param(c, "team");
	struct team_subject *rows;
	struct team t;
	struct json *j;
	size_t n;
	enum fault f;

	if ((f = teams_get(c->work, org, id, &t)) != FAULT_NONE ||
	    (f = teams_subjects(c->work, org, id, &rows, &n)) != FAULT_NONE)
		return f;
	j = call_json(c);
	json_object(j, NULL);
	json_text(j, "id", t.id);
	json_text(j, "name", t.name);
	json_time(j, "created_at", t.created_at);
	json_list(j, "members");
	for (size_t i = 0; i < n; i++)
		write_subject(j, &rows[i]);
	json_end(j);
	json_end(j);
	return FAULT_NONE;
}

enum fault
api_team_rename(struct call *c)
{
	struct team t;
	enum fault f = team_rename(c->work, call_param(c, "team"), c->body, &t);

	if (f == FAULT_NONE)
		write_team(call_json(c), NULL, &t);
	return f;
}

enum fault
api_team_delete(struct call *c)
{
	return team_delete(c->work, call_param(c, "team"));
}

enum fault
api_team_add(struct call *c)
{
	return team_add(c->work, call_param(c, "team"), call_param(c, "subject"));
}

enum fault
api_team_remove(struct call *c)
{
	return team_remove(c->work, call_param(c, "team"), call_param(c, "subject"));
}
