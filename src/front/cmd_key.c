/*
 * cmd_key.c: "claviger key": the keys of an organization, as its operator sees
 * them.
 */
#include "config.h"

#include "core/id.h"
#include "core/key_query.h"
#include "core/rate.h"
#include "core/retire.h"
#include "core/revoke.h"
#include "core/sort.h"
#include "core/standing.h"
#include "front/cmd_key.h"
#include "front/operator.h"

#define PIECE (REVOKE_PIECE / 2) /* what is printed of them needs memory as well */

struct key_words {
	const char *org, *key;
	struct key_query query;
	bool all;
};

/* As they are given, each with the value that follows it. */
struct key_options {
#define KEY_QUERY(name, option)	     const char *name;
#define KEY_QUERY_FLAG(name, option) bool name;
#include "core/key_query.def"
	const char *sort;
};

static void
show_short(const struct work *w, struct sheet *s, const struct key *k)
{
	sheet_begin(s);
	sheet_text(s, "id", k->id);
	sheet_text(s, "kind", k->kind);
	sheet_text(s, "state", key_state(w, k));
	sheet_text(s, "prefix", k->prefix);
	sheet_text(s, "owner", k->owner_id);
	sheet_time(s, "created_at", k->created_at);
	sheet_time(s, "expires_at", k->expires_at);
	sheet_time(s, "last_used_at", k->last_used_at);
	sheet_text(s, "name", k->name);
	sheet_end(s);
}

static enum fault
list_page(struct work *w, void *ctx, struct page *p, struct sheet *s, size_t *n)
{
	const struct key_words *said = ctx;
	struct key_filter filter;
	struct key *rows;
	enum fault f;

	if ((f = key_query_filter(w, &said->query, &filter)) != FAULT_NONE ||
	    (f = sort_read(w, said->query.sort, &keys_orders, &p->order)) != FAULT_NONE ||
	    (f = keys_page(w, w->actor->org_id, &filter, p, &rows, n)) != FAULT_NONE)
		return f;
	for (size_t i = 0; i < *n; i++) {
		show_short(w, s, &rows[i]);
		page_after(p, &keys_orders.v[p->order.by], &rows[i]);
	}
	return f;
}

/* Those of the options that were given, as the API has them. */
static struct key_query
query_of(const struct key_options *o)
{
	return (struct key_query){
#define KEY_QUERY(name, option)	     .name = str_of(o->name),
#define KEY_QUERY_FLAG(name, option) .name = o->name ? STR("true") : STR_NONE,
#include "core/key_query.def"
		.sort = str_of(o->sort),
	};
}

static int
key_list_all(const struct command_line *line)
{
	struct key_words said = { .org = NULL };
	struct key_options o = { .kind = NULL };
	bool as_json = false;
	const struct command_option options[] = {
#define KEY_QUERY(name, option)	     OPTION_TEXT(option, &o.name),
#define KEY_QUERY_FLAG(name, option) OPTION_FLAG(option, &o.name),
#include "core/key_query.def"
		OPTION_TEXT("sort", &o.sort), OPTION_FLAG("json", &as_json), OPTION_END
	};
	struct command_words words;
	struct work *w;
	int status;

	if (!command_options(line, options, 1, 1, &words, &status))
		return status;
	said.org = words.v[0];
	said.query = query_of(&o);
	if ((w = command_open(line)) == NULL)
		return COMMAND_FAILED;
	status = operator_lists(w, said.org, as_json ? SHEET_JSON : SHEET_COLUMNS, list_page, &said);
	command_close(&w);
	return status;
}

static void
add_word(void *ctx, const char *name)
{
	struct out *o = ctx;

	if (o->n > 0)
		out_char(o, ' ');
	out_put(o, name);
}

static const char *
scopes_of(struct work *w, const struct key *k)
{
	struct out o = out_limit(w->arena, OUT_HEADER_MAX);

	scope_each((unsigned)k->scopes, add_word, &o);
	return out_text(&o).s;
}

static enum fault
show_restrictions(struct work *w, struct sheet *s, const struct key *k)
{
	struct restriction *rows;
	size_t n;
	enum fault f;

	sheet_flag(s, "restricted", k->restricted != 0);
	if (k->restricted == 0) {
		sheet_text(s, "restrictions", NULL);
		return FAULT_NONE;
	}
	if ((f = keys_restrictions(w, w->actor->org_id, k->id, &rows, &n)) != FAULT_NONE)
		return f;
	sheet_list(s, "restrictions");
	for (size_t i = 0; i < n; i++) {
		sheet_item(s);
		sheet_text(s, rows[i].type, rows[i].resource_id);
		if (rows[i].base_path != NULL)
			sheet_text(s, "base_path", rows[i].base_path);
		sheet_item_end(s);
	}
	sheet_list_end(s);
	return FAULT_NONE;
}

static enum fault
no_key(struct work *w, const struct key_words *said)
{
	return fault_at(w, FAULT_NOT_FOUND, NULL,
	    "there is no key %s in %s; claviger key list --state all %s shows them", said->key, said->org,
	    said->org);
}

static void
show_rate(struct work *w, struct sheet *s, const struct key *k)
{
	struct out o = out_limit(w->arena, OUT_HEADER_MAX);
	struct json j = json_into(&o);

	rate_write(&j, NULL, k->rate_requests, k->rate_seconds);
	sheet_raw(s, "rate_limit", k->rate_requests == 0 ? NULL : out_text(&o).s);
}

/* While it is good. */
static void
show_old_text(const struct work *w, struct sheet *s, const struct key *k)
{
	bool both = k->past_until > w->now;

	sheet_time(s, "rotating_until", both ? k->past_until : 0);
	sheet_text(s, "old_prefix", both ? k->past_prefix : NULL);
	sheet_time(s, "old_last_used_at", both ? k->past_used_at : 0);
	sheet_text(s, "old_last_used_ip", both ? k->past_used_ip : NULL);
}

static enum fault
show_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct key_words *said = ctx;
	struct key k;
	enum fault f = FAULT_NOT_FOUND;

	if (id_shape(str_of(said->key)))
		f = key_see(w, said->key, &k);
	if (f != FAULT_NONE)
		return f == FAULT_NOT_FOUND ? no_key(w, said) : f;
	sheet_begin(s);
	sheet_text(s, "id", k.id);
	sheet_text(s, "kind", k.kind);
	sheet_text(s, "state", key_state(w, &k));
	sheet_text(s, "prefix", k.prefix);
	sheet_text(s, "name", k.name);
	sheet_text(s, "description", k.description);
	sheet_text(s, "owner", k.owner_id);
	sheet_text(s, "owner_name", k.owner_name);
	sheet_words(s, "scopes", scopes_of(w, &k));
	sheet_words(s, "allowed_ips", k.allowed_ips);
	show_rate(w, s, &k);
	sheet_time(s, "created_at", k.created_at);
	sheet_text(s, "created_by", k.created_by);
	sheet_time(s, "expires_at", k.expires_at);
	sheet_time(s, "ended_at", k.ended_at);
	sheet_time(s, "last_used_at", k.last_used_at);
	sheet_text(s, "last_used_ip", k.last_used_ip);
	show_old_text(w, s, &k);
	f = show_restrictions(w, s, &k);
	sheet_end(s);
	return f;
}

static enum fault
revoke_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct key_words *said = ctx;
	enum fault f = FAULT_NOT_FOUND;

	(void)s;
	if (id_shape(str_of(said->key)))
		f = key_end(w, said->key);
	return f == FAULT_NOT_FOUND ? no_key(w, said) : f;
}

static int
key_show(const struct command_line *line)
{
	struct key_words said = { .org = NULL };
	bool as_json = false;
	const struct command_option options[] = { OPTION_FLAG("json", &as_json), OPTION_END };
	struct command_words words;
	struct work *w;
	int status;

	if (!command_options(line, options, 2, 2, &words, &status))
		return status;
	said.org = words.v[0];
	said.key = words.v[1];
	if ((w = command_open(line)) == NULL)
		return COMMAND_FAILED;
	status = operator_does(w, DB_SHOWS, said.org, as_json ? SHEET_JSON : SHEET_RECORD, show_deed, &said);
	command_close(&w);
	return status;
}

/* --- many at once --- */

static enum fault
revoke_page(struct work *w, void *ctx, struct page *p, struct sheet *s, size_t *n)
{
	const struct key_words *said = ctx;
	struct key_filter filter;
	struct key_brief *rows;
	enum fault f;

	if ((f = revoke_filter(w, &said->query, said->all, &filter)) != FAULT_NONE ||
	    (f = revoke_piece(w, &filter, p, &rows, n)) != FAULT_NONE)
		return f;
	for (size_t i = 0; i < *n; i++) {
		sheet_begin(s);
		sheet_text(s, "id", rows[i].id);
		sheet_text(s, "prefix", rows[i].prefix);
		sheet_text(s, "name", rows[i].name);
		sheet_end(s);
	}
	return f;
}

/* What they would be: the same filter, and a list. */
static enum fault
would_revoke_page(struct work *w, void *ctx, struct page *p, struct sheet *s, size_t *n)
{
	const struct key_words *said = ctx;
	struct key_filter filter;
	enum fault f = revoke_filter(w, &said->query, said->all, &filter);

	return f != FAULT_NONE ? f : list_page(w, ctx, p, s, n);
}

static int
revoke_many(struct work *w, struct key_words *said, enum sheet_form form, bool dry)
{
	return dry ? operator_lists(w, said->org, form, would_revoke_page, said)
		   : operator_changes(w, said->org, form, PIECE, revoke_page, said);
}

static int
key_revoke(const struct command_line *line)
{
	struct key_words said = { .org = NULL };
	struct key_options o = { .kind = NULL };
	bool as_json = false, dry = false;
	const struct command_option options[] = {
#define KEY_QUERY(name, option)	     OPTION_TEXT(option, &o.name),
#define KEY_QUERY_FLAG(name, option) OPTION_FLAG(option, &o.name),
#include "core/key_query.def"
		OPTION_FLAG("all", &said.all), OPTION_FLAG("dry-run", &dry), OPTION_FLAG("json", &as_json),
		OPTION_END
	};
	struct command_words words;
	struct work *w;
	int status;

	if (!command_options(line, options, 1, 2, &words, &status))
		return status;
	said.org = words.v[0];
	said.key = words.n == 2 ? words.v[1] : NULL;
	said.query = query_of(&o);
	if (said.key != NULL && (said.all || dry || as_json || key_query_asks(&said.query)))
		return command_misused(line, "one key needs no options");
	if ((w = command_open(line)) == NULL)
		return COMMAND_FAILED;
	status = said.key != NULL ? operator_does(w, DB_CHANGES, said.org, SHEET_IDS, revoke_deed, &said)
				  : revoke_many(w, &said, as_json ? SHEET_JSON : SHEET_COLUMNS, dry);
	command_close(&w);
	return status;
}

static const struct command branches[] = {
	{ "list", key_list_all,
	    "the keys of an organization: id, kind, state, prefix, owner, when made, when it ends, when last used, name",
	    "key list [FILTER...] [--sort [-]name|created_at|expires_at|last_used_at] [--json] ORG" },
	{ "show", key_show, "all that is known of a key; never its text", "key show [--json] ORG KEY" },
	{ "add", key_add, "make a key and print its id",
	    "key add --kind KIND [--owner USER] [--description TEXT] [--permission read|write] "
	    "[--scope SCOPE ...] [--restrict RESOURCE[:PATH] ...] [--allowed-ip RANGE ...] "
	    "[--expires-in-days DAYS | --expires-at DATE|never] (--token-file FILE | --show) [--json] "
	    "ORG NAME" },
	{ "change", key_change, "rename or describe a key",
	    "key change [--name NAME] [--description TEXT] ORG KEY" },
	{ "refresh", key_refresh, "give a space token a new text; the old one is dead when this returns",
	    "key refresh [--expires-at DATE|never] (--token-file FILE | --show) [--json] ORG KEY" },
	{ "rotate", key_rotate,
	    "give a key of an organization or a machine a new text, and let the old one be good for a while; "
	    "--end: end the old one",
	    "key rotate --grace SECONDS [--expires-at DATE|never | --expires-in 30d|90d|6mo|1y|never] "
	    "(--token-file FILE | --show) [--json] ORG KEY\n"
	    "key rotate --end ORG KEY" },
	{ "revoke", key_revoke, "end a key, or all that a filter takes in; they are dead when this returns",
	    "key revoke ORG KEY\n"
	    "key revoke [FILTER...] [--all] [--dry-run] [--json] ORG" },
	{ NULL, NULL, NULL, NULL },
};

int
cmd_key(const struct command_line *line)
{
	return command_branch(line, branches);
}
