/*
 * tools_self.c: who presents this credential.
 */
#include "config.h"

#include "mcp/tools.h"

static void
write_scope(void *ctx, const char *name)
{
	json_text(ctx, NULL, name);
}

static void
write_restrictions(struct json *j, const struct standing *s)
{
	if (!s->restricted) {
		json_null(j, "restrictions");
		return;
	}
	json_list(j, "restrictions");
	for (size_t i = 0; i < s->confine_n; i++) {
		json_object(j, NULL);
		json_text(j, s->confine[i].type, s->confine[i].resource_id);
		if (s->confine[i].base_path != NULL)
			json_text(j, "base_path", s->confine[i].base_path);
		json_end(j);
	}
	json_end(j);
}

static void
write_key(struct json *j, const struct standing *s)
{
	json_object(j, "key");
	json_text(j, "id", s->key_id);
	json_text(j, "kind", s->kind->name);
	json_text(j, "name", s->key_name);
	json_text(j, "prefix", s->key_prefix);
	json_list(j, "scopes");
	scope_each(s->scopes, write_scope, j);
	json_end(j);
	write_restrictions(j, s);
	json_time(j, "expires_at", standing_end(s));
	json_end(j);
}

static enum fault
whoami(struct tool_call *t)
{
	const struct standing *s = t->work->actor;
	struct json *j = t->j;

	json_text(j, "type", standing_type(s));
	json_text(j, "id", s->owner_id);
	json_text(j, "name", s->owner_name);
	if (s->owner_email != NULL)
		json_text(j, "email", s->owner_email);
	if (s->org_id == NULL) {
		json_null(j, "organization");
	} else {
		json_object(j, "organization");
		json_text(j, "id", s->org_id);
		json_text(j, "name", s->org_name);
		json_end(j);
	}
	if (s->owner == OWNER_MEMBER && s->org_id != NULL)
		json_text(j, "role", s->org_rank == RANK_ADMIN ? "admin" : "member");
	if (s->kind != NULL)
		write_key(j, s);
	return FAULT_NONE;
}

const struct tool mcp_self_tools[MCP_SELF_TOOLS] = {
	{ "whoami", "Who am I",
	    "Whom the presented credential speaks for, in which organization, and what it may do.", NULL, 0,
	    TOOL_SELF, ACTION_READ, TYPE_ORGANIZATION, TOOL_ALONE, whoami, NULL },
};
