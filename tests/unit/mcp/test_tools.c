/*
 * test_tools.c: every row of the tools is whole.
 */
#include "mcp/tools.h"

#include "base/bench.h"

static void
every_row_is_whole(void **state)
{
	(void)state;
	for (const struct tool_table *t = mcp_tools; t->rows != NULL; t++)
		for (size_t i = 0; i < t->n; i++) {
			const struct tool *r = &t->rows[i];

			is_true(r->permit != TOOL_NOTHING, r->name);
			is_true(r->title != NULL && r->about != NULL && r->run != NULL, r->name);
			is_true(strspn(r->name, "abcdefghijklmnopqrstuvwxyz_") == strlen(r->name), r->name);
			is_true(tool_named(str_of(r->name)) == r, "no name comes twice");
			/* What only looks must not be able to change anything, and the other way round. */
			is_true(r->tx == TOOL_ALONE || (r->tx != TOOL_SHOWS) == (r->action != ACTION_READ),
			    r->name);
		}
	is_true(tool_named(STR("no_such_tool")) == NULL && tool_named(STR_NONE) == NULL, "others");
}

static void
every_argument_is_whole(void **state)
{
	(void)state;
	for (const struct tool_table *t = mcp_tools; t->rows != NULL; t++)
		for (size_t i = 0; i < t->n; i++)
			for (size_t k = 0; k < t->rows[i].n; k++) {
				const struct tool_arg *a = &t->rows[i].args[k];

				is_true(a->about != NULL && a->low <= a->high, a->name);
				is_true(a->sort == JSON_IS_FLAG || a->high > 0, "bounded");
			}
}

/* Whoever has nothing, is nobody's: no row lets him do more than ask who he is. */
static void
who_is_in_no_organization(void **state)
{
	static const struct standing nobody = { .owner = OWNER_MEMBER };

	(void)state;
	w.actor = &nobody;
	for (const struct tool_table *t = mcp_tools; t->rows != NULL; t++)
		for (size_t i = 0; i < t->n; i++)
			is_fault(tool_allowed(&w, &t->rows[i]),
			    t->rows[i].permit == TOOL_SELF ? FAULT_NONE : FAULT_ROLE, t->rows[i].name);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_whole),
		cmocka_unit_test(every_argument_is_whole),
		cmocka_unit_test(who_is_in_no_organization),
	};

	return cmocka_run_group_tests(tests, bench_open, bench_close);
}
