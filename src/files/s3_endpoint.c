/*
 * s3_endpoint.c: which endpoints an S3 provider may have.
 *
 * The administrator lists them, each as [scheme://]host[:port][/path].  Without a
 * port only the one of the scheme is meant: a host that is a good storage on one
 * port may be something else, for its own people only, on another.
 */
#include "files/s3.h"

#include "base/text.h"

struct endpoint {
	struct str scheme, host, port, path;
};

/* A host may be an IPv6 address in brackets, or begin with {bucket}. */
static struct endpoint
cut(struct str text)
{
	struct endpoint e = { .scheme = STR(""), .port = STR(""), .path = STR("") };
	ptrdiff_t at = str_find(text, ':');
	size_t n;

	if (at >= 0 && str_starts(str_from(text, (size_t)at), STR("://"))) {
		e.scheme = (struct str){ text.s, (size_t)at };
		text = str_from(text, (size_t)at + 3);
	}
	if ((at = str_find(text, '/')) >= 0) {
		e.path = str_from(text, (size_t)at);
		text.n = (size_t)at;
	}
	for (n = text.n; n > 0 && text.s[n - 1] >= '0' && text.s[n - 1] <= '9';)
		n--;
	if (n > 0 && text.s[n - 1] == ':') {
		e.port = str_from(text, n);
		text.n = n - 1;
	}
	e.host = text;
	return e;
}

static bool
same(struct str a, struct str b)
{
	return a.n == b.n && str_starts_nocase(a, b);
}

static struct str
port_of(const struct endpoint *e, struct str scheme)
{
	return e->port.n > 0 ? e->port : str_is_nocase(scheme, "https") ? STR("443") : STR("80");
}

/* "/a" lets "/a" and "/a/b" in, and not "/ab". */
static bool
path_covers(struct str path, struct str what)
{
	while (path.n > 0 && path.s[path.n - 1] == '/')
		path.n--;
	return str_starts(what, path) && (what.n == path.n || what.s[path.n] == '/');
}

static bool
covers(struct str word, const struct endpoint *what)
{
	struct endpoint e = cut(word);

	if (e.scheme.n > 0 && !same(e.scheme, what->scheme))
		return false;
	return e.host.n > 0 && same(e.host, what->host) &&
	    str_eq(port_of(&e, what->scheme), port_of(what, what->scheme)) && path_covers(e.path, what->path);
}

bool
s3_endpoint_allowed(const char *allowed, struct str endpoint, bool *public_only)
{
	struct endpoint what = cut(endpoint);
	struct str rest = str_of(allowed), word;

	*public_only = rest.n == 0;
	if (*public_only)
		return str_is_nocase(what.scheme, "https");
	while (str_word(&rest, &word))
		if (covers(word, &what))
			return true;
	return false;
}
