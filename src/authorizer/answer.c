/*
 * answer.c: what web servers are told.
 *
 * Measured with nginx 1.22, Apache 2.4 and lighttpd 1.4:
 *
 * - A status of 2xx other than 200, or none at all, is access on some of them.
 * - On 200 in the AUTHORIZER role Apache sends every header but Variable-* on to
 *   the client, so there is none.
 * - lighttpd hands the values of Variable-* on unchecked, so they are checked
 *   here.
 * - nginx makes 500 of whatever is neither 2xx nor 401 nor 403, and sends a
 *   WWW-Authenticate of the question along with that of the refusal.
 */
#include "authorizer/answer.h"

#include <assert.h>

#include "http/problem.h"

#define LOGIN_NEXT_MAX 2000

/* Who asks, in the words that applications are told. */
struct identity {
	const char *type, *id, *organization, *key, *kind, *scopes;
};

static struct charset id_chars = CHARSET("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
static struct charset scopes_chars = CHARSET("abcdefghijklmnopqrstuvwxyz ");

static const struct {
	const char *variable, *header;
	size_t offset;
	struct charset *set;
} names[] = {
	{ "Variable-CLAVIGER_TYPE", "X-Claviger-Type", offsetof(struct identity, type), &id_chars },
	{ "Variable-CLAVIGER_ID", "X-Claviger-Id", offsetof(struct identity, id), &id_chars },
	{ "Variable-CLAVIGER_ORGANIZATION", "X-Claviger-Organization",
	    offsetof(struct identity, organization), &id_chars },
	{ "Variable-CLAVIGER_KEY", "X-Claviger-Key", offsetof(struct identity, key), &id_chars },
	{ "Variable-CLAVIGER_KIND", "X-Claviger-Kind", offsetof(struct identity, kind), &id_chars },
	{ "Variable-CLAVIGER_SCOPES", "X-Claviger-Scopes", offsetof(struct identity, scopes), &scopes_chars },
	{ "Variable-REMOTE_USER", "X-Claviger-User", offsetof(struct identity, id), &id_chars },
};

enum manner
manner_of(const struct request *req)
{
	if (req->role == ROLE_AUTHORIZER)
		return MANNER_ROLE;
	if (str_is(req->mode, "auth"))
		return MANNER_QUESTION;
	return str_is(req->mode, "denied") ? MANNER_REFUSAL : MANNER_NONE;
}

static void
put_scope(void *ctx, const char *name)
{
	struct out *o = ctx;

	if (o->n > 0)
		out_char(o, ' ');
	out_put(o, name);
}

/* What the credential's owner allowed it; a session may do all that its user may. */
static const char *
scopes_of(struct work *w, const struct standing *s)
{
	struct out o = out_limit(w->arena, 64);
	unsigned all = SCOPE_READ | SCOPE_WRITE | SCOPE_ADMIN;

	scope_each(s->kind == NULL ? all : scope_effective(s->kind, s->scopes), put_scope, &o);
	assert(!out_failed(&o));
	return out_text(&o).s;
}

/* A session is no key: its kind is "session" and it has no id that an application needs. */
static struct identity
identity_of(struct work *w, const struct standing *s)
{
	return (struct identity){
		.type = standing_type(s),
		.id = s->owner_id,
		.organization = s->org_id,
		.key = s->key_id,
		.kind = s->kind == NULL ? "session" : s->kind->name,
		.scopes = scopes_of(w, s),
	};
}

/* The one way of a value into a header that a web server believes. */
static void
put_value(struct response *resp, const char *name, const char *value, struct charset *set)
{
	assert(str_all(str_of(value), set));
	response_header(resp, name, value);
}

static void
put_identity(struct work *w, struct response *resp, enum manner m, const struct standing *s)
{
	struct identity who = identity_of(w, s);

	for (size_t i = 0; i < COUNT(names); i++) {
		const char *value =
		    *(const char *const *)(const void *)((const char *)&who + names[i].offset);

		if (value != NULL && value[0] != '\0')
			put_value(resp, m == MANNER_ROLE ? names[i].variable : names[i].header, value,
			    names[i].set);
	}
}

void
answer_allow(struct work *w, struct response *resp, enum manner m, const struct standing *s)
{
	assert(m == MANNER_ROLE || m == MANNER_QUESTION);
	response_reset(resp);
	if (s != NULL)
		put_identity(w, resp, m, s);
	response_status(resp, 200);
}

/* An application has no door here that could be missing, and no error of ours is its business. */
static enum fault
refusal(enum fault f)
{
	int status = fault_status(f);

	if (status == 404)
		return FAULT_RESOURCE;
	return status >= 500 && f != FAULT_BUSY ? FAULT_UNAVAILABLE : f;
}

static int
short_status(enum fault f)
{
	int status = fault_status(f);

	return status == 401 ? 401 : status < 500 ? 403 : 503;
}

static struct str
host_name(struct str authority)
{
	struct str rest = authority, name;

	if (authority.n > 0 && authority.s[0] == '[')
		return str_cut(&rest, ']', &name) ? name : authority;
	return str_cut(&rest, ':', &name) ? name : authority;
}

/* The host of the address that people log in at; an empty text if there is none. */
static struct str
login_host(const struct settings *s)
{
	struct str url = str_of(s->service_base_url), part = STR("");

	if (!str_cut(&url, '/', &part) || !str_cut(&url, '/', &part) || !str_cut(&url, '/', &part))
		return STR("");
	return host_name(part);
}

/* A name and perhaps a port: nothing that an address made of it would be read otherwise by. */
static bool
is_plain_host(struct str host)
{
	struct str name = host_name(host), port = str_from(host, name.n + (host.n > 0 && host.s[0] == '['));

	return str_only(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-[:") &&
	    (port.n == 0 || (port.s[0] == ':' && str_only(str_from(port, 1), "0123456789")));
}

/*
 * Whoever logs in there gets a cookie that comes along to here: the hosts have
 * one name (cookies know no ports).  Otherwise the way would lead back to the
 * login page for ever.
 */
static bool
login_helps(struct work *w, const struct request *req)
{
	struct str host = host_name(req->header[HEADER_HOST]), login = login_host(w->settings);

	return login.n > 0 && host.n == login.n && str_starts_nocase(host, login) &&
	    is_plain_host(req->header[HEADER_HOST]) &&
	    (req->method == METHOD_GET || req->method == METHOD_HEAD) &&
	    req->header[HEADER_AUTHORIZATION].s == NULL && request_wants_page(req);
}

static void
put_encoded(struct out *o, struct str s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

	for (size_t i = 0; i < s.n; i++) {
		struct str c = { s.s + i, 1 };

		if (str_only(c, plain))
			out_str(o, c);
		else
			out_print(o, "%%%02X", (unsigned char)s.s[i]);
	}
}

/* To the login page, which is told where to go on; it has to look whether it wants to send people there. */
static void
answer_login(struct work *w, const struct request *req, struct response *resp)
{
	struct out next = out_limit(w->arena, LOGIN_NEXT_MAX);
	const char *page = arena_print(w->arena, "%s/login", w->settings->service_base_url);

	put_encoded(&next, req->https ? STR("https://") : STR("http://"));
	put_encoded(&next, req->header[HEADER_HOST]);
	put_encoded(&next, req->target);
	if (!out_failed(&next))
		page = arena_print(w->arena, "%s?next=%s", page, out_text(&next).s);
	response_header(resp, "Location", page);
	response_header(resp, "Cache-Control", "no-store");
	response_header(resp, "X-Request-Id", w->request_id);
	response_status(resp, 303);
}

void
answer_deny(struct work *w, const struct request *req, struct response *resp, enum manner m, enum fault f)
{
	assert(f != FAULT_NONE);
	f = refusal(f);
	response_reset(resp);
	if (m == MANNER_NONE)
		return;
	if (m == MANNER_QUESTION)
		response_status(resp, short_status(f));
	else if (fault_status(f) == 401 && login_helps(w, req))
		answer_login(w, req, resp);
	else
		problem_write(w, resp, f);
	assert(resp->status >= 300);
}
