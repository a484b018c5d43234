/*
 * route.c: finding the row of an address.
 *
 * Some sixty rows are looked at in turn; comparing a pattern ends at the first
 * character that differs, so the whole takes less than reading the request.
 */
#include "http/route.h"

/* "{name}" at the front of the pattern; its length, or 0. */
static size_t
hole(const char *pattern)
{
	size_t n = 0;

	if (pattern[0] != '{')
		return 0;
	while (pattern[n] != '}')
		n++;
	return n + 1;
}

static bool
matches(const char *pattern, struct str path, struct str param[ROUTE_PARAMS], size_t *params)
{
	size_t at = 0;

	for (; *pattern != '\0'; pattern++) {
		if (*pattern == '{') {
			struct str rest = str_from(path, at), value;

			if (!str_cut(&rest, '/', &value) || value.n == 0)
				return false;
			param[(*params)++] = value;
			at += value.n;
			pattern += hole(pattern) - 1;
		} else if (at == path.n || path.s[at++] != *pattern) {
			return false;
		}
	}
	return at == path.n;
}

/* HEAD is GET without a body. */
static bool
takes(const struct route *r, enum method m)
{
	return r->method == m || (r->method == METHOD_GET && m == METHOD_HEAD);
}

/* The first row that takes the method, with its parameters. */
static bool
find(const struct route_table *tables, enum method method, struct str path, struct route_match *m)
{
	for (const struct route_table *t = tables; t->rows != NULL; t++) {
		for (size_t i = 0; i < t->n; i++) {
			struct str param[ROUTE_PARAMS];
			size_t params = 0;

			if (!takes(&t->rows[i], method) || !matches(t->rows[i].path, path, param, &params))
				continue;
			m->route = &t->rows[i];
			for (size_t p = 0; p < params; p++)
				m->param[p] = param[p];
			return true;
		}
	}
	return false;
}

/* The methods that an address takes; 0: there is no such address. */
static unsigned
allowed(const struct route_table *tables, struct str path)
{
	unsigned methods = 0;

	for (const struct route_table *t = tables; t->rows != NULL; t++) {
		for (size_t i = 0; i < t->n; i++) {
			struct str param[ROUTE_PARAMS];
			size_t params = 0;

			if (matches(t->rows[i].path, path, param, &params))
				methods |= 1u << t->rows[i].method;
		}
	}
	return methods;
}

enum fault
route_find(const struct route_table *tables, enum method method, struct str path, struct route_match *m)
{
	*m = (struct route_match){ .route = NULL };
	if (find(tables, method, path, m))
		return FAULT_NONE;
	m->allowed = allowed(tables, path);
	return m->allowed == 0 ? FAULT_NOT_FOUND : FAULT_METHOD_NOT_ALLOWED;
}

int
route_param(const struct route *r, const char *name)
{
	int index = 0;

	for (const char *c = r->path; *c != '\0'; c++) {
		size_t n = hole(c);

		if (n == 0)
			continue;
		if (str_eq((struct str){ c + 1, n - 2 }, str_of(name)))
			return index;
		index++;
	}
	return -1;
}
