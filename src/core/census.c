/*
 * census.c: figures of the whole installation.
 */
#include "core/census.h"

#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "base/shared.h"
#include "core/standing.h"

#define TURN_MS	     100 /* of counting keys, at once */
#define KEYS_EVERY   60	 /* seconds, and longer where there are many */
#define OLDEST_EVERY 5

/* The figures of a kind. */
enum { ACTIVE, EXPIRED, REVOKED, IN_1, IN_7, IN_30, FIGURES };

static const struct {
	const char *metric, *label, *value;
} figures[FIGURES] = {
	[ACTIVE] = { "claviger_keys", "state", "active" },
	[EXPIRED] = { "claviger_keys", "state", "expired" },
	[REVOKED] = { "claviger_keys", "state", "revoked" },
	[IN_1] = { "claviger_keys_expiring", "within", "1d" },
	[IN_7] = { "claviger_keys_expiring", "within", "7d" },
	[IN_30] = { "claviger_keys_expiring", "within", "30d" },
};

/* What everybody reads; 0 in a time: not counted yet. */
struct census {
	_Atomic int64_t keys_at, oldest_at;
	_Atomic int64_t keys[KIND__MAX][FIGURES];
	_Atomic int64_t mail, event; /* since when they wait; 0: none does */
};

static struct census *census;

/* What the keeper has counted so far. */
static struct {
	int64_t keys[KIND__MAX][FIGURES];
	unsigned slice;
	int64_t took_ms;
	int64_t keys_at, keys_again_at, oldest_at; /* w->now */
} counting;

void
census_open(void)
{
	census = shared_take(sizeof *census);
}

static void
add(const struct key_count *row)
{
	const struct kind *k = kind_named(str_of(row->kind));
	const int64_t found[FIGURES] = { row->active, row->expired, row->revoked, row->in_1, row->in_7,
		row->in_30 };

	for (size_t i = 0; k != NULL && i < FIGURES; i++)
		counting.keys[k->id][i] += found[i];
}

static void
publish_keys(struct work *w)
{
	for (size_t kind = 0; kind < KIND__MAX; kind++)
		for (size_t i = 0; i < FIGURES; i++)
			atomic_store_explicit(&census->keys[kind][i], counting.keys[kind][i],
			    memory_order_relaxed);
	atomic_store(&census->keys_at, w->now);
	/* It takes no more than a hundredth of the keeper's time. */
	counting.keys_at = w->now;
	counting.keys_again_at = w->now + KEYS_EVERY + counting.took_ms / 10;
	memset(counting.keys, 0, sizeof counting.keys);
	counting.slice = 0;
	counting.took_ms = 0;
}

static enum fault
count_slice(struct work *w)
{
	struct key_count *rows;
	size_t n;
	enum fault f;

	arena_reset(w->arena);
	if ((f = census_keys(w, counting.slice, &rows, &n)) != FAULT_NONE)
		return f;
	for (size_t i = 0; i < n; i++)
		add(&rows[i]);
	counting.slice++;
	return FAULT_NONE;
}

/* A clock that went back must not make anybody wait for the time that was. */
static bool
is_time(int64_t last_at, int64_t again_at, int64_t now)
{
	return now < last_at || now >= again_at;
}

static enum fault
count_keys(struct work *w)
{
	int64_t began = clock_ms();
	enum fault f = FAULT_NONE;

	if (counting.slice == 0 && !is_time(counting.keys_at, counting.keys_again_at, w->now))
		return FAULT_NONE;
	do
		f = count_slice(w);
	while (f == FAULT_NONE && counting.slice < CENSUS_SLICES && clock_ms() < began + TURN_MS);
	counting.took_ms += clock_ms() - began;
	if (f == FAULT_NONE && counting.slice == CENSUS_SLICES)
		publish_keys(w);
	return f;
}

static enum fault
look_at_oldest(struct work *w)
{
	int64_t mail, event;
	enum fault f;

	if (!is_time(counting.oldest_at, counting.oldest_at + OLDEST_EVERY, w->now))
		return FAULT_NONE;
	if ((f = census_oldest(w, &mail, &event)) != FAULT_NONE)
		return f;
	atomic_store_explicit(&census->mail, mail, memory_order_relaxed);
	atomic_store_explicit(&census->event, event, memory_order_relaxed);
	atomic_store(&census->oldest_at, w->now);
	counting.oldest_at = w->now;
	return FAULT_NONE;
}

enum fault
census_take(struct work *w)
{
	enum fault f;

	if (census == NULL)
		return FAULT_NONE;
	f = look_at_oldest(w);
	return f == FAULT_NONE ? count_keys(w) : f;
}

enum fault
census_of_org(struct work *w, struct key_count kinds[static KIND__MAX])
{
	struct key_count *rows;
	const struct kind *k;
	size_t n;
	enum fault f = census_keys_of_org(w, w->actor->org_id, &rows, &n);

	for (size_t i = 0; (k = kind_at(i)) != NULL; i++)
		kinds[k->id] = (struct key_count){ .kind = k->name };
	for (size_t i = 0; f == FAULT_NONE && i < n; i++) {
		if ((k = kind_named(str_of(rows[i].kind))) == NULL)
			continue;
		kinds[k->id] = rows[i];
		if (k->ending == ENDS_HIDDEN)
			kinds[k->id].revoked = 0;
	}
	return f;
}

static void
write_help(struct out *o, const char *metric, const char *help)
{
	out_print(o, "# HELP %s %s\n# TYPE %s gauge\n", metric, help, metric);
}

static void
write_keys(struct out *o, size_t from, size_t to)
{
	const struct kind *k;

	for (size_t kind = 0; (k = kind_at(kind)) != NULL; kind++)
		for (size_t i = from; i < to; i++)
			out_print(o, "%s{kind=\"%s\",%s=\"%s\"} %lld\n", figures[i].metric, k->name,
			    figures[i].label, figures[i].value,
			    (long long)atomic_load_explicit(&census->keys[k->id][i], memory_order_relaxed));
}

static void
write_age(struct out *o, const char *metric, const char *help, int64_t since, int64_t at)
{
	write_help(o, metric, help);
	out_print(o, "%s %lld\n", metric, (long long)(since == 0 || since > at ? 0 : at - since));
}

void
census_write(struct out *o)
{
	int64_t keys_at = census == NULL ? 0 : atomic_load(&census->keys_at);
	int64_t oldest_at = census == NULL ? 0 : atomic_load(&census->oldest_at);

	if (keys_at != 0) {
		write_help(o, figures[ACTIVE].metric, "Keys of the installation by kind and state");
		write_keys(o, ACTIVE, IN_1);
		write_help(o, figures[IN_1].metric, "Active keys that end soon");
		write_keys(o, IN_1, FIGURES);
		write_help(o, "claviger_keys_counted_timestamp_seconds", "When the keys were counted");
		out_print(o, "claviger_keys_counted_timestamp_seconds %lld\n", (long long)keys_at);
	}
	if (oldest_at == 0)
		return;
	write_age(o, "claviger_mails_oldest_seconds", "How long the oldest mail that is to be sent waits",
	    atomic_load(&census->mail), oldest_at);
	write_age(o, "claviger_audit_unsealed_seconds", "How long the oldest event that is not sealed waits",
	    atomic_load(&census->event), oldest_at);
}
