/*
 * kind.c: the kinds of key as a table.
 */
#include "core/kind.h"

#include <assert.h>

#include "core/type.h"

static const struct kind kinds[] = {
#define KIND(id, name, title, body, shown, owner, creator, expiry, scoping, sense, scopes, restrictable, \
    renewal, rotates, ending, unique_name, asks, policy) \
	[KIND_##id] = { KIND_##id, #name, title, offsetof(struct settings, keys_##name##_prefix), body, \
		shown, owner, creator, expiry, scoping, sense, scopes, restrictable, renewal, rotates, \
		ending, unique_name, asks, policy },
#include "core/kinds.def"
#undef KIND
};

static const struct {
	const char *name;
	unsigned bit;
} scopes[] = { { "full", SCOPE_FULL }, { "read", SCOPE_READ }, { "write", SCOPE_WRITE },
	{ "admin", SCOPE_ADMIN } };

const struct kind *
kind_of(enum kind_id id)
{
	assert(id < KIND__MAX);
	return &kinds[id];
}

const struct kind *
kind_at(size_t i)
{
	return i < COUNT(kinds) ? &kinds[i] : NULL;
}

bool
kind_counts(const struct kind *k, bool personal_enabled)
{
	return k->policy != POLICY_PERSONAL || personal_enabled;
}

const struct kind *
kind_named(struct str name)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (str_is(name, kinds[i].name))
			return &kinds[i];
	return NULL;
}

const char *
kind_names(void)
{
	static const char names[] =
#define KIND(id, name, title, body, shown, owner, creator, expiry, scoping, sense, scopes, restrictable, \
    renewal, rotates, ending, unique_name, asks, policy) \
	", " #name
#include "core/kinds.def"
#undef KIND
	    ;

	return names + 2;
}

const char *
kind_prefix(const struct kind *k, const struct settings *s)
{
	return *(const char *const *)(const void *)((const char *)s + k->prefix_setting);
}

unsigned
scope_named(struct str name)
{
	for (size_t i = 0; i < COUNT(scopes); i++)
		if (str_is(name, scopes[i].name))
			return scopes[i].bit;
	return 0;
}

const char *
scope_names(struct arena *a, const struct kind *k)
{
	const char *names = "";

	for (size_t i = 0; i < COUNT(scopes); i++)
		if ((k->scopes & scopes[i].bit) != 0)
			names = arena_print(a, "%s%s%s", names, *names == '\0' ? "" : ", ", scopes[i].name);
	return names;
}

const char *
scope_name(unsigned bit)
{
	for (size_t i = 0; i < COUNT(scopes); i++)
		if (scopes[i].bit == bit)
			return scopes[i].name;
	return NULL;
}

unsigned
scope_effective(const struct kind *k, unsigned set)
{
	if ((set & SCOPE_FULL) != 0)
		return SCOPE_FULL | SCOPE_READ | SCOPE_WRITE | SCOPE_ADMIN;
	if (k->sense == ADDITIVE && (set & SCOPE_ADMIN) != 0)
		set |= SCOPE_WRITE;
	if (k->sense == ADDITIVE && (set & SCOPE_WRITE) != 0)
		set |= SCOPE_READ;
	return set;
}

void
scope_each(unsigned set, void each(void *ctx, const char *name), void *ctx)
{
	for (size_t i = 0; i < COUNT(scopes); i++)
		if ((set & scopes[i].bit) != 0)
			each(ctx, scopes[i].name);
}
