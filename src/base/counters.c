/*
 * counters.c: counters in shared memory.
 */
#include "base/counters.h"

#include <stdatomic.h>
#include <string.h>

#include "base/shared.h"

static _Atomic uint64_t *counters;

static const struct {
	const char *metric, *help;
} rows[] = {
#define COUNTER(name, metric, help) { metric, help },
#include "base/counters.def"
#undef COUNTER
};

void
counters_open(void)
{
	counters = shared_take(sizeof *counters * COUNT__MAX);
}

void
count(enum counter c)
{
	if (counters != NULL)
		atomic_fetch_add_explicit(&counters[c], 1, memory_order_relaxed);
}

void
count_peak(enum counter c, uint64_t value)
{
	uint64_t was = counter_value(c);

	while (counters != NULL && was < value &&
	    !atomic_compare_exchange_weak_explicit(&counters[c], &was, value, memory_order_relaxed,
		memory_order_relaxed))
		;
}

void
counter_set(enum counter c, uint64_t value)
{
	if (counters != NULL)
		atomic_store_explicit(&counters[c], value, memory_order_relaxed);
}

uint64_t
counter_value(enum counter c)
{
	return counters == NULL ? 0 : atomic_load_explicit(&counters[c], memory_order_relaxed);
}

/* By its name, as is the custom with Prometheus. */
static const char *
type_of(struct str metric)
{
	static const char total[] = "_total";
	size_t n = sizeof total - 1;

	return metric.n > n && str_is(str_from(metric, metric.n - n), total) ? "counter" : "gauge";
}

void
counters_write(struct out *o)
{
	for (int i = 0; i < COUNT__MAX; i++) {
		struct str name = { rows[i].metric, strcspn(rows[i].metric, "{") };

		if (rows[i].help != NULL)
			out_print(o, "# HELP %.*s %s\n# TYPE %.*s %s\n", (int)name.n, name.s, rows[i].help,
			    (int)name.n, name.s, type_of(name));
		out_print(o, "%s %llu\n", rows[i].metric, (unsigned long long)counter_value((enum counter)i));
	}
}
