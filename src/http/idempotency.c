/*
 * idempotency.c: the Idempotency-Key header.
 *
 * A key belongs to a credential, an organization and an address: no other request
 * is ever answered by it.  What was refused has changed nothing and is not kept; it is
 * done anew when it is sent again.
 */
#include "http/idempotency.h"

#include "core/once.h"

#define KEY_MAX 255

bool
idempotency_applies(const struct route *r)
{
	return r->method == METHOD_POST && r->auth != AUTH_NONE && r->tx != DB_SHOWS && !r->no_tx &&
	    r->answer != NULL;
}

/* What stands between the quotes, with its escapes taken away. */
static bool
unquoted(struct arena *a, struct str header, struct str *key)
{
	char *to = arena_take(a, header.n + 1);
	size_t n = 0, i;

	for (i = 1; i < header.n && header.s[i] != '"'; i++) {
		if (header.s[i] == '\\' && (++i == header.n || (header.s[i] != '"' && header.s[i] != '\\')))
			return false;
		if (header.s[i] < ' ' || header.s[i] > '~')
			return false;
		to[n++] = header.s[i];
	}
	*key = (struct str){ to, n };
	return i + 1 == header.n;
}

enum fault
idempotency_key(struct arena *a, struct str header, struct str *key)
{
	static struct charset bare =
	    CHARSET("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=:");
	bool good;

	*key = STR_NONE;
	if (header.s == NULL)
		return FAULT_NONE;
	header = str_trim(header);
	if (header.n > 0 && header.s[0] == '"') {
		good = unquoted(a, header, key);
	} else {
		*key = header;
		good = str_all(header, &bare);
	}
	return good && key->n > 0 && key->n <= KEY_MAX ? FAULT_NONE : FAULT_IDEMPOTENCY_KEY;
}

/*
 * Who asks for what, and in which organization: a header may say that.  A session
 * that the web server vouches for is its user's.
 */
static const char *
what_of(struct call *c)
{
	const struct standing *s = c->caller;
	const char *who = s->key_id != NULL ? s->key_id
	    : s->session_id != NULL	    ? s->session_id
					    : s->owner_id,
		   *org = c->work->actor->org_id;

	return arena_print(c->work->arena, "%s %s %s %s", who, org == NULL ? "-" : org, c->route->path,
	    arena_text(c->work->arena, c->req->target));
}

/* "201 " and the body, as it was. */
static struct str
answer_of(struct call *c)
{
	struct out o = out_limit(c->work->arena, OUT_BODY_MAX);

	out_int(&o, c->resp->status);
	out_char(&o, ' ');
	out_str(&o, out_text(&c->resp->body));
	return out_failed(&o) ? STR_NONE : out_text(&o);
}

static enum fault
answer_again(struct call *c, struct str answer)
{
	struct str status;
	int64_t n;

	if (!str_cut(&answer, ' ', &status) || !str_int(status, &n))
		return FAULT_INTERNAL;
	response_status(c->resp, (int)n);
	(void)call_json(c);
	out_str(&c->resp->body, answer);
	return FAULT_NONE;
}

static enum fault
do_and_keep(struct call *c, const struct once *once, handler *deed)
{
	struct str answer;
	enum fault f;

	if ((f = deed(c)) != FAULT_NONE)
		return f;
	if ((answer = answer_of(c)).s == NULL)
		return FAULT_RESPONSE_TOO_LARGE;
	return once_keep(c->work, once, answer);
}

enum fault
idempotency_do(struct call *c, handler *deed)
{
	struct str header = c->req->header[HEADER_IDEMPOTENCY_KEY], key, answer;
	struct once once;
	enum fault f;

	if (header.s == NULL || !idempotency_applies(c->route))
		return deed(c);
	if ((f = idempotency_key(c->work->arena, header, &key)) != FAULT_NONE)
		return f;
	once = once_of(c->work, what_of(c), key, c->text);
	if ((f = once_begin(c->work, &once, &answer)) != FAULT_NONE)
		return f;
	return answer.s == NULL ? do_and_keep(c, &once, deed) : answer_again(c, answer);
}
