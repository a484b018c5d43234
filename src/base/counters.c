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

uint64_t
counter_value(enum counter c)
{
	return counters == NULL ? 0 : atomic_load_explicit(&counters[c], memory_order_relaxed);
}

void
counters_write(struct out *o)
{
	for (int i = 0; i < COUNT__MAX; i++) {
		int name = (int)strcspn(rows[i].metric, "{");

		if (rows[i].help != NULL)
			out_print(o, "# HELP %.*s %s\n# TYPE %.*s counter\n", name, rows[i].metric,
			    rows[i].help, name, rows[i].metric);
		out_print(o, "%s %llu\n", rows[i].metric, (unsigned long long)counter_value((enum counter)i));
	}
}
