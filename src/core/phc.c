/*
 * phc.c: reading and writing encoded Argon2id hashes.
 */
#include "core/phc.h"

#include <inttypes.h>

#include "base/hex.h"

#define ENCODED_MAX 320
#define MEMORY_MAX  1048576 /* KiB */
#define PASSES_MAX  64
#define LANES_MAX   4
#define LANE_MEMORY 8 /* KiB of a lane, at least: RFC 9106 section 3.1 */
#define SALT_MIN    8
#define SALT_MAX    64
#define HASH_MIN    16 /* of fewer bytes too many texts have the same */

/* The number after name in "m=19456,t=2,p=1"; -1 if it is not there. */
static int64_t
cost_value(struct str list, char name)
{
	struct str item;
	int64_t v;

	while (str_cut(&list, ',', &item))
		if (item.n > 2 && item.s[0] == name && item.s[1] == '=' && str_int(str_from(item, 2), &v))
			return v;
	return -1;
}

static bool
is_bounded(const struct phc *p)
{
	return p->passes > 0 && p->passes <= PASSES_MAX && p->lanes > 0 && p->lanes <= LANES_MAX &&
	    p->memory >= LANE_MEMORY * p->lanes && p->memory <= MEMORY_MAX && p->salt.n >= SALT_MIN &&
	    p->salt.n <= SALT_MAX && p->hash.n >= HASH_MIN && p->hash.n <= PHC_HASH_MAX;
}

bool
phc_read(struct arena *a, struct str encoded, struct phc *p)
{
	struct str rest = encoded, part[5];

	if (encoded.n > ENCODED_MAX)
		return false;
	for (size_t i = 0; i < COUNT(part); i++)
		if (!str_cut(&rest, '$', &part[i]))
			return false;
	*p = (struct phc){ .memory = cost_value(part[3], 'm'),
		.passes = cost_value(part[3], 't'),
		.lanes = cost_value(part[3], 'p'),
		.salt = base64_bytes(a, part[4]),
		.hash = base64_bytes(a, rest) };
	/* Its one plain form: what would be written is what was read. */
	return is_bounded(p) && str_is(encoded, phc_text(a, p));
}

const char *
phc_text(struct arena *a, const struct phc *p)
{
	return arena_print(a, "$argon2id$v=19$m=%" PRId64 ",t=%" PRId64 ",p=%" PRId64 "$%s$%s", p->memory,
	    p->passes, p->lanes, base64_text(a, p->salt), base64_text(a, p->hash));
}
