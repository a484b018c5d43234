/*
 * test_decide_reference.c: decide() against a second decision, written from the
 * design's words alone, over a great many generated cases.
 *
 * The second one is slow and plain: it knows the places as a tree, roles as the
 * design tells them, and answers "anywhere" by asking everywhere.
 */
#include "core/decide.h"

#include "base/bench.h"
#include "core/places.h"

#define CASES	    150000
#define NOW	    1800000000
#define GRANTS_MOST 5

/* Who asks, in the design's words. */
struct who {
	enum { A_SESSION, A_KEY } by;
	enum kind_id kind;
	enum { LEFT_AS, MEMBER, ADMIN_OF_ORG } role; /* of a member; LEFT_AS for others */
	bool ended, org_gone, owner_gone, kind_off;
	int64_t expires_at;
	bool scope[4]; /* read, write, admin, full */
	bool restricted;
	size_t limits, grants, addresses;
	enum place limit[3];
	const char *base[3];
	enum place on[GRANTS_MOST];
	int role_on[GRANTS_MOST]; /* 1 member, 2 editor, 3 admin */
};

struct what {
	enum place at;
	int action; /* 1 read, 2 write, 3 admin */
	const char *path;
	size_t from;
};

static const char *const bases[] = { "/", "/backups", "/backups/2025", "/team/assets" };
static const char *const paths[] = { NULL, "/", "/backups", "/backups2", "/backups/2025", "/backups/2025/a",
	"/team", "/team/assets/images", "/other" };

static const struct {
	const char *ranges;
	bool from[4]; /* does it allow each of these addresses? */
} lists[] = {
	{ NULL, { true, true, true, true } },
	{ "192.0.2.0/24", { true, false, false, false } },
	{ "2001:db8::/32 198.51.100.7", { false, true, true, false } },
	{ "203.0.113.0/24 ::1/128", { false, false, false, false } },
};
static const char *const froms[] = { "192.0.2.9", "198.51.100.7", "2001:db8::5", "" };

/* --- the second decision --- */

static bool
is_above_or_same(enum place above, enum place at)
{
	while (at != above && places[at].above != at)
		at = places[at].above;
	return at == above;
}

static bool
scope_has(const struct who *s, int action)
{
	bool additive = s->kind != KIND_SPACE;

	if (s->by == A_SESSION || s->kind == KIND_PERSONAL || s->kind == KIND_MACHINE)
		return true; /* all the owner can do, all the machine's roles allow */
	if (s->scope[3])
		return true;
	for (int i = action; i <= 3; i++)
		if (s->scope[i - 1] && (i == action || additive))
			return true;
	return false;
}

static bool
path_below(const char *base, const char *path)
{
	char with_slash[64];

	snprintf(with_slash, sizeof with_slash, "%s/", base);
	return strcmp(base, "/") == 0 || strcmp(base, path) == 0 || strstr(path, with_slash) == path;
}

/* Within some restriction, its path aside. */
static bool
within(const struct who *s, enum place at)
{
	for (size_t i = 0; i < s->limits; i++)
		if (is_above_or_same(s->limit[i], at))
			return true;
	return !s->restricted;
}

static bool
path_within(const struct who *s, enum place at, const char *path, int action)
{
	for (size_t i = 0; i < s->limits; i++) {
		if (!is_above_or_same(s->limit[i], at))
			continue;
		if (places[s->limit[i]].type != TYPE_PROVIDER)
			return true;
		if (path != NULL ? path_below(s->base[i], path) : action < 3 || strcmp(s->base[i], "/") == 0)
			return true;
	}
	return !s->restricted;
}

static int
role_at(const struct who *s, enum place at)
{
	bool org_or_collection = is_above_or_same(ORG, at);
	int role = 0;

	if (s->by == A_KEY && s->kind == KIND_ORGANIZATION)
		return s->scope[1] ? 2 : 1;
	if (s->role == ADMIN_OF_ORG)
		return 3;
	if (s->role == MEMBER && org_or_collection)
		role = 2;
	for (size_t i = 0; i < s->grants; i++)
		if (is_above_or_same(s->on[i], at) && s->role_on[i] > role)
			role = s->role_on[i];
	return role;
}

static enum reason
alive_and_from(const struct who *s, const struct what *q)
{
	if (s->ended)
		return REASON_REVOKED;
	if (s->expires_at != 0 && NOW >= s->expires_at)
		return REASON_EXPIRED;
	if (s->kind_off)
		return REASON_KIND_DISABLED;
	if (s->owner_gone || s->org_gone)
		return REASON_OWNER_GONE;
	if (!scope_has(s, q->action))
		return REASON_SCOPE;
	return lists[s->addresses].from[q->from] ? REASON_OK : REASON_ADDRESS;
}

/* In some provider it may open; spaces have no paths. */
static bool
path_somewhere(const struct who *s, const char *path)
{
	for (size_t i = 0; i < s->limits; i++)
		if (places[s->limit[i]].type != TYPE_PROVIDER || path_below(s->base[i], path))
			return true;
	return !s->restricted;
}

/* Anywhere: at some place, with some path, unless that is said. */
static enum reason
somewhere(const struct who *s, int action, const char *path)
{
	if (s->restricted && s->limits == 0)
		return REASON_RESOURCE;
	if (path != NULL && !path_somewhere(s, path))
		return REASON_PATH;
	for (enum place at = ORG; at < PLACES; at++)
		if (within(s, at) && role_at(s, at) >= action)
			return REASON_OK;
	return REASON_ROLE;
}

static enum reason
second_opinion(const struct who *s, const struct what *q)
{
	enum reason r = alive_and_from(s, q);

	if (r != REASON_OK)
		return r;
	if (q->at == ANYWHERE)
		return somewhere(s, q->action, q->path);
	if (!within(s, q->at))
		return REASON_RESOURCE;
	if (!path_within(s, q->at, q->path, q->action))
		return REASON_PATH;
	return role_at(s, q->at) >= q->action ? REASON_OK : REASON_ROLE;
}

/* --- generating cases --- */

static uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);

static size_t
below(size_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (size_t)(seed % n);
}

/* Seldom, so that most cases come past the rule. */
static bool
seldom(void)
{
	return below(12) == 0;
}

static void
generate_limits(struct who *s)
{
	static const enum place spaces[] = { SPACE1, BASE1, SPACE2, BASE2 };

	if (s->by == A_SESSION || kind_of(s->kind)->restrictable == 0 || below(3) == 0)
		return;
	s->restricted = true;
	s->limits = seldom() ? 0 : 1 + below(3);
	for (size_t i = 0; i < s->limits; i++) {
		s->limit[i] = s->kind == KIND_SPACE ? spaces[below(COUNT(spaces))]
		    : below(2) == 0		    ? PROVIDER1
						    : PROVIDER2;
		s->base[i] = bases[below(COUNT(bases))];
	}
}

static struct who
generate_who(void)
{
	struct who s = { .by = below(5) == 0 ? A_SESSION : A_KEY,
		.kind = (enum kind_id)below(KIND__MAX),
		.ended = seldom(),
		.org_gone = seldom(),
		.owner_gone = seldom() };

	if (s.by == A_SESSION || kind_of(s.kind)->owner == OWNER_MEMBER)
		s.role = below(3) == 0 ? ADMIN_OF_ORG : MEMBER;
	s.expires_at = below(3) == 0 ? 0 : seldom() ? NOW - (int64_t)below(2) : NOW + 1 + (int64_t)below(9);
	s.kind_off = s.by == A_KEY && seldom();
	for (size_t i = 0; i < 4; i++)
		s.scope[i] = below(2) == 0 && (i < 3 || s.kind == KIND_SPACE);
	if (s.by == A_KEY && s.kind == KIND_ORGANIZATION) {
		s.scope[0] = !s.scope[1]; /* read, or write */
		s.scope[2] = false;
	}
	s.addresses = below(2) == 0 ? 0 : below(COUNT(lists));
	if (s.by == A_SESSION || kind_of(s.kind)->owner != OWNER_ORGANIZATION)
		s.grants = below(GRANTS_MOST + 1);
	for (size_t i = 0; i < s.grants; i++) {
		s.on[i] = (enum place)below(PLACES);
		s.role_on[i] = 1 + (int)below(3);
	}
	generate_limits(&s);
	return s;
}

/* Often about what the key is restricted to, or else few would come to the rule of paths. */
static struct what
generate_what(const struct who *s)
{
	struct what q = { .at = (enum place)below(PLACES + 1),
		.action = 1 + (int)below(3),
		.from = below(COUNT(froms)) };

	if (s->limits > 0 && below(2) == 0)
		q.at = s->limit[below(s->limits)];
	if (q.at == ANYWHERE || places[q.at].type == TYPE_PROVIDER)
		q.path = paths[below(COUNT(paths))];
	return q;
}

/* --- the same for decide() --- */

static struct standing
standing_as(const struct who *s, struct granted *g, struct confine *c)
{
	struct standing made = { .org_id = "org_a",
		.org_alive = !s->org_gone,
		.kind_allowed = !s->kind_off,
		.owner_id = "who",
		.owner_alive = !s->owner_gone,
		.granted = g,
		.granted_n = s->grants,
		.expires_at = s->expires_at,
		.ended_at = s->ended ? NOW - 3 : 0,
		.restricted = s->restricted,
		.confine = c,
		.confine_n = s->limits,
		.allowed_ips = lists[s->addresses].ranges };

	for (size_t i = 0; i < s->grants; i++)
		g[i] = (struct granted){ places[s->on[i]].id, (enum rank)s->role_on[i], "direct" };
	for (size_t i = 0; i < s->limits; i++)
		c[i] =
		    confined_to(s->limit[i], places[s->limit[i]].type == TYPE_PROVIDER ? s->base[i] : NULL);
	for (size_t i = 0; i < 4; i++)
		made.scopes |= s->scope[i] ? 1u << i : 0;
	if (s->by == A_KEY)
		made.kind = kind_of(s->kind);
	if (s->by == A_KEY && made.kind->scoping == SCOPING_ALL)
		made.scopes = made.kind->scopes;
	made.owner = s->by == A_KEY ? made.kind->owner : OWNER_MEMBER;
	made.org_rank = s->role == ADMIN_OF_ORG ? RANK_ADMIN : s->role == MEMBER ? RANK_EDITOR : RANK_NONE;
	if (made.owner == OWNER_ORGANIZATION)
		made.org_rank = s->scope[1] ? RANK_EDITOR : RANK_MEMBER;
	return made;
}

static void
describe(const struct who *s, const struct what *q)
{
	print_error(
	    "%s %s role %d, scopes %d%d%d%d, ended %d org_gone %d owner_gone %d kind_off %d expires %lld\n",
	    s->by == A_SESSION ? "session" : "key", kind_of(s->kind)->name, s->role, s->scope[0], s->scope[1],
	    s->scope[2], s->scope[3], s->ended, s->org_gone, s->owner_gone, s->kind_off,
	    (long long)s->expires_at);
	for (size_t i = 0; i < s->limits; i++)
		print_error("  restricted to %s %s\n", places[s->limit[i]].id, s->base[i]);
	for (size_t i = 0; i < s->grants; i++)
		print_error("  role %d on %s\n", s->role_on[i], places[s->on[i]].id);
	print_error("  restricted %d, addresses %s; action %d at %s, path %s, from %s\n", s->restricted,
	    lists[s->addresses].ranges, q->action, places[q->at].id, q->path == NULL ? "(none)" : q->path,
	    froms[q->from]);
}

/*
 * What a key has been granted only below what it is restricted to is not seen
 * by a question about anywhere: it may be denied there, never allowed more.
 */
static bool
granted_below_only(const struct who *s, const struct what *q)
{
	for (size_t i = 0; i < s->limits; i++)
		if (role_at(s, s->limit[i]) >= q->action)
			return false;
	return q->at == ANYWHERE && s->limits > 0;
}

static void
both_say_the_same(void **state)
{
	size_t seen[REASON_THROTTLED + 1] = { 0 };

	(void)state;
	for (size_t n = 0; n < CASES; n++) {
		struct who s = generate_who();
		struct what q = generate_what(&s);
		struct granted granted[GRANTS_MOST];
		struct confine confine[3];
		struct standing who = standing_as(&s, granted, confine);
		struct question question = { .action = (enum action)(q.action - 1),
			.target = target_at(q.at),
			.path = q.path,
			.from = address_parse(str_of(froms[q.from])),
			.now = NOW };
		struct verdict v = { .explain = n % 10 == 0 ? w.arena : NULL };
		enum reason want = second_opinion(&s, &q);
		bool allowed = decide(&who, &question, &v);

		if (v.reason == REASON_ROLE && want == REASON_OK && granted_below_only(&s, &q))
			want = REASON_ROLE;
		if (v.reason != want || allowed != (want == REASON_OK)) {
			describe(&s, &q);
			fail_msg("case %zu: decide says %s, the second opinion %s", n, reason_code(v.reason),
			    reason_code(want));
		}
		if (q.at != ANYWHERE &&
		    decide_sees(&who, target_at(q.at)) != (within(&s, q.at) && role_at(&s, q.at) > 0)) {
			describe(&s, &q);
			fail_msg("case %zu: whether it is seen", n);
		}
		seen[want]++;
		bench_clear();
	}
	/* A generator that never comes to a rule would prove nothing about it. */
	for (enum reason r = REASON_EXPIRED; r <= REASON_ROLE; r++)
		is_true(seen[r] > CASES / 300, reason_code(r));
	is_true(seen[REASON_OK] > CASES / 10, "allowed");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_say_the_same),
	};

	return cmocka_run_group_tests_name("core/decide_reference", tests, bench_open, bench_close);
}
