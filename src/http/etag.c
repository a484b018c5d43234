/*
 * etag.c: comparing entity tags.
 *
 * Our own have neither commas nor quotes in them, so a list is cut at its commas;
 * what another server's tags would be cut into matches none of ours.
 */
#include "http/etag.h"

bool
etag_listed(struct str header, struct str tag, bool weak)
{
	struct str rest = header, one;

	if (str_is(str_trim(header), "*"))
		return true;
	while (rest.n > 0 && str_cut(&rest, ',', &one)) {
		one = str_trim(one);
		if (weak && str_starts(one, STR("W/")))
			one = str_from(one, 2);
		if (str_eq(one, tag))
			return true;
	}
	return false;
}
