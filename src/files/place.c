/*
 * place.c: connecting to the storage of a provider.
 */
#include "config.h"

#include "files/driver.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json_in.h"
#include "base/text.h"
#include "core/type.h"
#include "files/reach.h"

#define STEPS_ALONE 100
#define MS_ALONE    100
#define AGAIN_ROOM  ((size_t)256 << 10)
#define AGAIN_VAULT ((size_t)8 << 10)

static const struct driver *const drivers[] = { &driver_local, &driver_s3 };

static enum fault
read_config(struct place *p)
{
	struct json_value config, *v = &config;
	const struct json_value *quota;
	struct str name;

	if (p->resource.config == NULL || !json_in(p->w->arena, str_of(p->resource.config), v))
		return place_fault(p, "the provider is not connected to a storage");
	name = json_member_text(v, "driver");
	for (size_t i = 0; i < COUNT(drivers); i++)
		if (str_is(name, drivers[i]->name))
			p->driver = drivers[i];
	if (p->driver == NULL)
		return place_fault(p, "the provider's kind of storage is not known");
	p->root_path = arena_text(p->w->arena, json_member_text(v, "root"));
	if ((quota = json_member(v, "quota")) != NULL && quota->sort == JSON_IS_NUMBER)
		p->quota = quota->number;
	return FAULT_NONE;
}

enum fault
place_config(struct work *w, const struct resource *r, struct place *p)
{
	*p = (struct place){ .w = w, .resource = *r, .root = -1, .held = -1 };
	return read_config(p);
}

enum fault
place_open(struct work *w, const char *org_id, const char *provider_id, struct place *p)
{
	struct resource r;
	enum fault f;

	*p = (struct place){ .w = w, .root = -1, .held = -1 };
	if ((f = resources_get(w, org_id, provider_id, &r)) != FAULT_NONE)
		return f;
	if (strcmp(r.type, type_of(TYPE_PROVIDER)->name) != 0)
		return FAULT_NOT_FOUND;
	if ((f = place_config(w, &r, p)) != FAULT_NONE) {
		p->driver = NULL;
		return f;
	}
	p->org_id = org_id;
	return p->driver->open(p);
}

void
place_close(struct place *p)
{
	if (p->driver != NULL)
		p->driver->close(p);
	p->driver = NULL;
	place_let_go(p);
}

void
place_let_go(struct place *p)
{
	if (p->held >= 0)
		(void)close(p->held);
	p->held = -1;
}

/* Whoever is asked about leaves something in the memory of the request, and a tree has no end. */
static enum fault
room_to_ask(struct work *w)
{
	if (arena_left(w->vault) < AGAIN_VAULT)
		return fault_at(w, FAULT_BODY_TOO_LARGE, NULL,
		    "there is too much in it for one request: go on with another");
	return work_room(w, AGAIN_ROOM);
}

enum fault
place_goes_on(struct place *p)
{
	struct work *w = p->w;
	struct reach reach;
	enum fault f;

	if (p->reach == NULL || w->again == NULL ||
	    (++p->steps < STEPS_ALONE && clock_ms() - p->asked_ms < MS_ALONE))
		return FAULT_NONE;
	p->steps = 0;
	p->asked_ms = clock_ms();
	if ((f = room_to_ask(w)) != FAULT_NONE || (f = w->again(w)) != FAULT_NONE ||
	    (f = reach_open(w, p->reach->provider_id, &reach)) != FAULT_NONE)
		return f;
	for (size_t i = 0; i < COUNT(p->again_at) && f == FAULT_NONE && p->again_at[i] != NULL; i++)
		f = reach_may(w, &reach, ACTION_WRITE, p->again_at[i]);
	return f;
}

static bool
is_plain(const char *name)
{
	for (; *name != '\0'; name++)
		if ((unsigned char)*name < 0x20 || (unsigned char)*name >= 0x7f || *name == '\\')
			return false;
	return true;
}

/* A name in another Unicode form, or in none, has no path that could be asked for. */
bool
place_shows(const char *name)
{
	static struct arena *scratch;
	struct str s = str_of(name);
	bool good;

	if (s.n == 0 || s.n > 255 || str_starts(s, STR(PLACE_RESERVED)) || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0)
		return false;
	if (is_plain(name))
		return true;
	if (scratch == NULL)
		scratch = arena_open((size_t)1 << 20, ARENA_PLAIN);
	good =
	    text_valid(s) && !text_has_control(s) && str_find(s, '\\') < 0 && str_eq(text_nfc(scratch, s), s);
	arena_reset(scratch);
	return good;
}

const char *
path_name(const char *path)
{
	return strrchr(path, '/') + 1;
}

const char *
path_folder(struct work *w, const char *path)
{
	size_t n = (size_t)(path_name(path) - path) - 1;

	return n == 0 ? "/" : arena_text(w->arena, (struct str){ path, n });
}

const char *
path_in(struct work *w, const char *folder, const char *name)
{
	return strcmp(folder, "/") == 0 ? arena_print(w->arena, "/%s", name)
					: arena_print(w->arena, "%s/%s", folder, name);
}
