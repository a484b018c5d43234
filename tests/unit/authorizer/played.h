/*
 * played.h: a stage for the authorizer: the rooms of core that would ask a
 * database are played here, and say what the test wants.
 *
 * It includes the rooms themselves, with the names of what is played replaced.
 */
#ifndef AUTHORIZER_PLAYED_H
#define AUTHORIZER_PLAYED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define verify_text(...)    played_verify_text(__VA_ARGS__)
#define ask_org(...)	    played_ask_org(__VA_ARGS__)
#define ask_target(...)	    played_ask_target(__VA_ARGS__)
#define standing_in(...)    played_standing_in(__VA_ARGS__)
#define throttle_check(...) played_throttle_check(__VA_ARGS__)
#define db_ready(...)	    played_db_ready(__VA_ARGS__)

#include "authorizer/answer.c"
#include "authorizer/authorizer.c"
#include "base/settings.h"

static struct {
	struct arena *arena;
	struct routes *routes;
	struct work w;
	struct settings settings;
	struct request req;
	struct response resp;
	/* what the played rooms say */
	enum fault db, verify, throttle;
	struct presented presented;
	bool verified, counted;
} t;

enum fault
played_verify_text(struct work *w, struct str text, bool trusted, struct presented *p)
{
	(void)w;
	(void)text;
	t.verified = true;
	t.counted = !trusted;
	*p = t.presented;
	return t.verify;
}

/* res_source is a source of org_a, res_provider a provider; org_a is itself. */
enum fault
played_ask_target(struct work *w, const char *org_id, const char *id, struct target **made)
{
	struct target *target = arena_new(w->arena, struct target);

	if (strcmp(org_id, "org_a") != 0)
		return FAULT_NOT_FOUND;
	if (strcmp(id, "org_a") == 0)
		target->type = type_of(TYPE_ORGANIZATION);
	else if (strcmp(id, "res_source") == 0)
		target->type = type_of(TYPE_SOURCE);
	else if (strcmp(id, "res_provider") == 0)
		target->type = type_of(TYPE_PROVIDER);
	else
		return FAULT_NOT_FOUND;
	target->id[target->n++] = arena_text(w->arena, str_of(id));
	*made = target;
	return FAULT_NONE;
}

/* Nobody here is a member where a resource is. */
enum fault
played_ask_org(struct work *w, const struct standing *session, const char *resource_id, const char **org_id)
{
	(void)w;
	(void)session;
	(void)resource_id;
	*org_id = NULL;
	return FAULT_NOT_FOUND;
}

enum fault
played_standing_in(struct work *w, const struct standing *session, const char *org_id, struct standing **made)
{
	struct standing *s = arena_new(w->arena, struct standing);

	if (strcmp(org_id, "org_a") != 0)
		return FAULT_NOT_FOUND;
	*s = *session;
	s->org_id = "org_a";
	s->org_rank = RANK_EDITOR;
	*made = s;
	return FAULT_NONE;
}

enum fault
played_throttle_check(struct work *w, enum throttle what, struct str account)
{
	(void)w;
	(void)what;
	(void)account;
	return t.throttle;
}

enum fault
played_db_ready(struct db *db)
{
	(void)db;
	return t.db;
}

static const char file[] = "GET,HEAD /org/{org}/*                  read   organization:{org}\n"
			   "*        /org/{org}/*                  write  organization:{org}\n"
			   "GET      /files/{provider}/{path...}   read   provider:{provider} /{path}\n"
			   "GET      /providers/{provider}         read   provider:{provider}\n"
			   "GET      /sources/{source}             read   source:{source}\n"
			   "GET      /any                          admin  -\n"
			   "*        /health                       public\n";

static inline struct standing
organization_key(void)
{
	return (struct standing){ .kind = kind_of(KIND_ORGANIZATION),
		.org_id = "org_a",
		.org_alive = true,
		.kind_allowed = true,
		.owner = OWNER_ORGANIZATION,
		.owner_id = "org_a",
		.owner_alive = true,
		.org_rank = RANK_EDITOR,
		.key_id = "key_1",
		.scopes = SCOPE_WRITE };
}

static inline struct standing
provider_key(void)
{
	static const struct granted granted[] = { { "res_provider", RANK_EDITOR, "direct" },
		{ "res_source", RANK_MEMBER, "everyone" } };
	static const struct confine confine[] = { { .resource_id = "res_provider",
	    .base_path = "/backups" } };

	return (struct standing){ .kind = kind_of(KIND_PROVIDER),
		.org_id = "org_a",
		.org_alive = true,
		.kind_allowed = true,
		.owner = OWNER_MEMBER,
		.owner_id = "usr_1",
		.owner_alive = true,
		.org_rank = RANK_EDITOR,
		.granted = granted,
		.granted_n = 2,
		.key_id = "key_2",
		.scopes = SCOPE_READ,
		.restricted = true,
		.confine = confine,
		.confine_n = 1 };
}

static inline struct standing
session(void)
{
	return (struct standing){ .org_alive = true,
		.kind_allowed = true,
		.owner = OWNER_MEMBER,
		.owner_id = "usr_1",
		.owner_alive = true,
		.session_id = "ses_1" };
}

static inline int
start(void **state)
{
	static char pass[] = "Bearer dk_text";

	(void)state;
	(void)log_open("/dev/null");
	memset(&t, 0, sizeof t);
	t.arena = arena_open((size_t)8 << 20, ARENA_PLAIN);
	t.settings = (struct settings){ .service_base_url = "",
		.service_realm = "claviger",
		.limits_throttle_exempt = "" };
	t.w = (struct work){ .arena = t.arena, .vault = t.arena, .settings = &t.settings, .now = 1000 };
	if (!routes_parse("routes", str_of(file), NULL, NULL, &t.routes))
		return -1;
	authorizer_open(t.routes);
	response_start(&t.resp, t.arena);
	t.req = (struct request){ .role = ROLE_AUTHORIZER, .method = METHOD_GET, .method_name = STR("GET") };
	t.req.header[HEADER_AUTHORIZATION] = str_of(pass);
	return 0;
}

static inline int
stop(void **state)
{
	(void)state;
	authorizer_open(NULL);
	routes_free(&t.routes);
	arena_free(&t.arena);
	return 0;
}

static inline void
present(struct standing s)
{
	struct standing *copy = arena_new(t.arena, struct standing);

	*copy = s;
	t.presented = (struct presented){ decide_alive(copy, t.w.now), copy };
}

static inline int
ask_for(const char *method, const char *target)
{
	t.verified = false;
	t.w.trouble = (struct trouble){ .field = NULL };
	t.req.method = method_of(str_of(method));
	t.req.method_name = str_of(method);
	t.req.target = str_of(target);
	authorizer_answer(&t.w, &t.req, &t.resp);
	return t.resp.status;
}

static inline const char *
headers(void)
{
	return arena_text(t.arena, out_text(&t.resp.headers));
}

static inline bool
says(const char *text)
{
	return strstr(headers(), text) != NULL ||
	    strstr(arena_text(t.arena, out_text(&t.resp.body)), text) != NULL;
}

static inline void
expect(const char *method, const char *target, int status, const char *code)
{
	int got = ask_for(method, target);

	if (got != status || (code != NULL && !says(arena_print(t.arena, "\"%s\"", code))))
		fail_msg("%s %s: %d %s%s, not %d %s", method, target, got, headers(),
		    out_text(&t.resp.body).s, status, code == NULL ? "" : code);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, start, stop)

#endif
