/*
 * params.c: reading the parameters of a request.
 *
 * What three web servers hand over differs, and a name may come twice: of two
 * headers, or of two lines in the web server's configuration.  The library's
 * look-up returns the first and hides the rest, and on nginx "a later
 * fastcgi_param does not replace an earlier one", so every parameter is looked
 * at here, and two where one must be are a fault.
 */
#include "config.h"

#include "front/params.h"

#include <assert.h>
#include <string.h>

enum twice { REFUSE, JOIN };

static const struct {
	struct str name;
	enum twice twice;
} rows[] = {
#define HEADER(name, param, twice) { { param, sizeof(param) - 1 }, twice },
#include "http/headers.def"
#undef HEADER
	[PARAM_METHOD] = { { "REQUEST_METHOD", 14 }, REFUSE },
	[PARAM_TARGET] = { { "REQUEST_URI", 11 }, REFUSE },
	[PARAM_PEER] = { { "REMOTE_ADDR", 11 }, REFUSE },
	[PARAM_MODE] = { { "CLAVIGER_MODE", 13 }, REFUSE },
	[PARAM_HTTPS] = { { "HTTPS", 5 }, REFUSE },
	[PARAM_SCHEME] = { { "REQUEST_SCHEME", 14 }, REFUSE },
	[PARAM_LENGTH] = { { "CONTENT_LENGTH", 14 }, REFUSE },
	[PARAM_REMOTE_USER] = { { "REMOTE_USER", 11 }, REFUSE },
};

static_assert((int)PARAM_METHOD == (int)HEADER__MAX, "headers come first, in the order of their list");
static_assert(COUNT(rows) == PARAM__MAX, "every parameter has a row");

#define NAME_MAX_ 40

/* The rows whose names have a length, as a chain: most parameters are none of ours. */
static struct {
	bool made;
	int8_t first[NAME_MAX_];
	int8_t next[PARAM__MAX];
} by_length;

static_assert(PARAM__MAX < INT8_MAX, "a row's number fits");

static void
sort_by_length(void)
{
	memset(by_length.first, -1, sizeof by_length.first);
	for (int i = 0; i < PARAM__MAX; i++) {
		assert(rows[i].name.n < NAME_MAX_);
		by_length.next[i] = by_length.first[rows[i].name.n];
		by_length.first[rows[i].name.n] = (int8_t)i;
	}
	by_length.made = true;
}

/* -1: none of ours. */
static int
row_of(struct str name)
{
	int i = name.n < NAME_MAX_ ? by_length.first[name.n] : -1;

	while (i >= 0 && !str_eq(rows[i].name, name))
		i = by_length.next[i];
	return i;
}

struct params
params_start(struct arena *a)
{
	if (!by_length.made)
		sort_by_length();
	return (struct params){ .arena = a };
}

/* The first thing that is wrong stands. */
static void
broken(struct params *p, enum fault f)
{
	if (p->broken == FAULT_NONE)
		p->broken = f;
}

/* What is joined grows in one buffer: hundreds of cookies must not fill the arena with copies. */
static void
join(struct params *p, enum param which, struct str value)
{
	struct out *o = &p->joined[which];

	if (value.n == 0)
		return;
	if (o->arena == NULL) {
		*o = out_limit(p->arena, 2 * PARAMS_BYTES_MAX);
		out_str(o, p->value[which]);
	}
	if (o->n > 0)
		out_put(o, "; ");
	out_str(o, value);
	p->value[which] = out_text(o);
}

static void
take_again(struct params *p, enum param which, struct str value)
{
	if (which == PARAM_LENGTH)
		p->two_lengths = true;
	else if (rows[which].twice == JOIN)
		join(p, which, value);
	else
		broken(p, which == PARAM_AUTHORIZATION ? FAULT_TWO_CREDENTIALS : FAULT_BAD_REQUEST);
}

void
params_take(struct params *p, struct str name, struct str value)
{
	int i;

	p->bytes += name.n + value.n;
	if (++p->n > PARAMS_MAX || p->bytes > PARAMS_BYTES_MAX) {
		broken(p, FAULT_BAD_REQUEST);
		return;
	}
	if (value.n == 0)
		value = STR_NONE;
	if ((i = row_of(name)) < 0)
		return;
	if (p->seen[i])
		take_again(p, (enum param)i, value);
	else
		p->value[i] = value;
	p->seen[i] = true;
}

/*
 * Apache hands over the absolute form as the client sent it,
 * "http://host/path"; which host was meant is the web server's business.
 */
static struct str
without_host(struct arena *a, struct str target)
{
	size_t at;

	if (str_starts_nocase(target, STR("http://")))
		at = 7;
	else if (str_starts_nocase(target, STR("https://")))
		at = 8;
	else
		return target;
	while (at < target.n && target.s[at] != '/' && target.s[at] != '?')
		at++;
	target = str_from(target, at);
	if (target.n > 0 && target.s[0] == '/')
		return target;
	return str_of(arena_print(a, "/%.*s", (int)target.n, target.s));
}

static void
read_target(struct params *p, struct request *req)
{
	struct str target = p->value[PARAM_TARGET];
	ptrdiff_t mark;

	if (target.s == NULL)
		broken(p, FAULT_BAD_REQUEST);
	if (target.n > TARGET_MAX) {
		broken(p, FAULT_URI_TOO_LONG);
		target.n = TARGET_MAX;
	}
	req->target = target.s == NULL ? STR("/") : without_host(p->arena, target);
	mark = str_find(req->target, '?');
	req->query = mark < 0 ? STR_NONE : str_from(req->target, (size_t)mark + 1);
}

static void
read_method(struct params *p, struct request *req)
{
	req->method_name = p->value[PARAM_METHOD];
	if (req->method_name.s == NULL) {
		broken(p, FAULT_BAD_REQUEST);
		req->method_name = STR("");
	}
	req->method = method_of(req->method_name);
}

/*
 * Where there is no body the length is not looked at: on nginx the subrequest
 * that asks for a verdict carries the length of the client's request, and an
 * empty one behind it.
 */
static int64_t
read_length(struct params *p, const struct request *req)
{
	struct str text = p->value[PARAM_LENGTH];
	int64_t length;

	if (req->role == ROLE_AUTHORIZER || req->mode.s != NULL)
		return -1;
	if (p->two_lengths)
		broken(p, FAULT_BAD_REQUEST);
	if (text.s == NULL)
		return -1;
	if (str_only(text, "0123456789") && str_int(text, &length))
		return length;
	broken(p, FAULT_BAD_REQUEST);
	return -1;
}

void
params_request(struct params *p, enum role role, struct request *req, int64_t *length)
{
	*req = (struct request){ .role = role, .mode = p->value[PARAM_MODE] };
	for (int i = 0; i < HEADER__MAX; i++)
		req->header[i] = p->value[i];
	read_method(p, req);
	read_target(p, req);
	req->peer = address_parse(p->value[PARAM_PEER]);
	req->https =
	    str_is_nocase(p->value[PARAM_HTTPS], "on") || str_is_nocase(p->value[PARAM_SCHEME], "https");
	req->remote_user = p->value[PARAM_REMOTE_USER];
	*length = read_length(p, req);
	req->broken = p->broken;
}
