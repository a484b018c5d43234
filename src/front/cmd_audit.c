/*
 * cmd_audit.c: "claviger audit": whether the audit is whole, and taking it out.
 *
 * Organizations that were deleted have their audit still.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "core/chain.h"
#include "core/id.h"
#include "front/command.h"
#include "front/operator.h"
#include "front/workplace.h"

#define ORGS_AT_ONCE 100
#define ROWS_AT_ONCE 20

struct audit_words {
	const char *org, *since, *known;
	bool as_json;
};

/* --- verify --- */

static void
write_problems(struct sheet *s, const struct chain_report *r)
{
	size_t n = r->problems < CHAIN_PROBLEMS ? r->problems : CHAIN_PROBLEMS;

	sheet_list(s, "problems");
	for (size_t i = 0; i < n; i++) {
		sheet_item(s);
		sheet_int(s, "event", r->problem[i].event);
		sheet_int(s, "place", r->problem[i].place);
		sheet_text(s, "what", r->problem[i].what);
		sheet_item_end(s);
	}
	sheet_list_end(s);
}

static void
tell_problems(const char *org, const struct chain_report *r)
{
	size_t n = r->problems < CHAIN_PROBLEMS ? r->problems : CHAIN_PROBLEMS;

	for (size_t i = 0; i < n; i++) {
		const struct chain_problem *p = &r->problem[i];

		if (p->event != 0)
			(void)command_failed("%s: event %" PRId64 " at place %" PRId64 " %s", org, p->event,
			    p->place, p->what);
		else
			(void)command_failed("%s: the event at place %" PRId64 " %s", org, p->place, p->what);
	}
	if (n < r->problems)
		(void)command_failed("%s: and %zu more", org, r->problems - n);
}

static int
show_report(struct work *w, const char *org, bool as_json, const struct chain_report *r)
{
	char hash[2 * SECRET_SIZE + 1];
	struct sheet s;

	workplace_clear(w);
	s = sheet_start(w->arena, as_json ? SHEET_JSON : SHEET_COLUMNS);
	hex_text(r->hash, SECRET_SIZE, hash);
	sheet_begin(&s);
	sheet_text(&s, "id", org);
	sheet_text(&s, "state", r->problems == 0 ? "whole" : "broken");
	sheet_int(&s, "first", r->first);
	sheet_int(&s, "last", r->last);
	sheet_int(&s, "unsealed", r->unsealed);
	sheet_text(&s, "end", arena_print(w->arena, "%" PRId64 ":%s", r->last, hash));
	if (as_json)
		write_problems(&s, r);
	sheet_end(&s);
	if (command_print(&s.out) != COMMAND_DONE)
		return COMMAND_FAILED;
	if (!as_json)
		tell_problems(org, r);
	return r->problems == 0 ? COMMAND_DONE : COMMAND_FAILED;
}

static int
verify_one(struct work *w, const char *org, bool as_json, const struct chain_known *known)
{
	static struct chain_report report;
	enum fault f = chain_check(w, org, known, &report);

	return f == FAULT_NONE ? show_report(w, org, as_json, &report) : command_fault(w, f);
}

static int
verify_all(struct work *w, bool as_json)
{
	static char id[ORGS_AT_ONCE][ID_MAX + 1];
	char after[ID_MAX + 1] = "";
	struct audit_org *rows;
	int status = COMMAND_DONE;
	size_t n;
	enum fault f;

	do {
		workplace_next(w);
		if ((f = audit_orgs(w, after, ORGS_AT_ONCE, &rows, &n)) != FAULT_NONE)
			return command_fault(w, f);
		for (size_t i = 0; i < n; i++)
			(void)snprintf(id[i], sizeof id[i], "%s", rows[i].id);
		for (size_t i = 0; i < n; i++)
			if (verify_one(w, id[i], as_json, NULL) != COMMAND_DONE)
				status = COMMAND_FAILED;
		(void)snprintf(after, sizeof after, "%s", n == 0 ? "" : id[n - 1]);
	} while (n == ORGS_AT_ONCE);
	return status;
}

/* An organization that is or was there. */
static bool
org_is_known(struct work *w, const char *org)
{
	bool is = false;
	enum fault f = id_shape(str_of(org)) ? audit_org_is(w, org, &is) : FAULT_NONE;

	if (f != FAULT_NONE)
		(void)command_fault(w, f);
	else if (!is)
		(void)command_fault(w,
		    fault_at(w, FAULT_NOT_FOUND, NULL, "there is no organization %s", org));
	return f == FAULT_NONE && is;
}

/* "PLACE:HASH", as verify has printed it. */
static bool
read_known(const char *text, struct chain_known *k)
{
	struct str rest = str_of(text), place;

	return str_cut(&rest, ':', &place) && str_int(place, &k->place) && k->place > 0 &&
	    hex_bytes(rest, k->hash, SECRET_SIZE);
}

static int
audit_verify(const struct command_line *line)
{
	struct audit_words said = { .org = NULL };
	const struct command_option options[] = { OPTION_TEXT("known", &said.known),
		OPTION_FLAG("json", &said.as_json), OPTION_END };
	struct chain_known known;
	struct command_words words;
	struct work *w;
	int status;

	if (!command_options(line, options, 0, 1, &words, &status))
		return status;
	said.org = words.n == 0 ? NULL : words.v[0];
	if (said.known != NULL && (said.org == NULL || !read_known(said.known, &known)))
		return command_misused(line, "--known takes PLACE:HASH, and an organization");
	if ((w = command_open(line)) == NULL)
		return COMMAND_FAILED;
	if (said.org == NULL)
		status = verify_all(w, said.as_json);
	else if (org_is_known(w, said.org))
		status = verify_one(w, said.org, said.as_json, said.known == NULL ? NULL : &known);
	else
		status = COMMAND_FAILED;
	command_close(&w);
	return status;
}

/* --- export --- */

static void
write_hash(struct sheet *s, const char *name, struct str hash)
{
	char text[2 * SECRET_SIZE + 1];

	if (hash.n == SECRET_SIZE)
		hex_text(hash.s, hash.n, text);
	sheet_text(s, name, hash.n == SECRET_SIZE ? text : NULL);
}

static void
write_event(struct sheet *s, const struct event *e)
{
	sheet_begin(s);
	sheet_int(s, "id", e->id);
	sheet_time(s, "at", e->at);
	sheet_text(s, "organization", e->org_id);
	sheet_text(s, "action", e->action);
	sheet_text(s, "actor_type", e->actor_type);
	sheet_text(s, "actor", e->actor_id);
	sheet_text(s, "key", e->key_id);
	sheet_text(s, "target", e->target_id);
	sheet_text(s, "address", e->address);
	sheet_text(s, "request_id", e->request_id);
	sheet_raw(s, "before", e->before_change);
	sheet_raw(s, "after", e->after_change);
	if (e->place == 0)
		sheet_text(s, "place", NULL);
	else
		sheet_int(s, "place", e->place);
	write_hash(s, "prev", e->prev);
	write_hash(s, "hash", e->hash);
	sheet_end(s);
}

static int
print_events(struct work *w, const struct audit_words *said, int64_t since, const struct event *rows,
    size_t n)
{
	struct sheet s = sheet_start(w->arena, said->as_json ? SHEET_JSON : SHEET_COLUMNS);

	for (size_t i = 0; i < n; i++)
		if (rows[i].at >= since)
			write_event(&s, &rows[i]);
	return command_print(&s.out);
}

struct reading {
	bool sealed;
	int64_t place, id; /* of the last that was read */
	size_t n;
};

static enum fault
read_events(struct work *w, const char *org, struct reading *r, struct event **rows)
{
	enum fault f;

	workplace_next(w);
	if (r->sealed)
		f = audit_sealed(w, org, r->place, INT64_MAX, ROWS_AT_ONCE, rows, &r->n);
	else
		f = audit_unsealed(w, org, r->id, ROWS_AT_ONCE, rows, &r->n);
	if (f == FAULT_NONE && r->n > 0 && r->sealed)
		r->place = (*rows)[r->n - 1].place;
	else if (f == FAULT_NONE && r->n > 0)
		r->id = (*rows)[r->n - 1].id;
	return f;
}

/*
 * First what is sealed, in the order of the chain, then the rest, then what was
 * sealed meanwhile: that may be shown twice, and is never left out.
 */
static int
export_events(struct work *w, const struct audit_words *said, int64_t since)
{
	struct reading r = { .place = INT64_MIN };
	struct event *rows;
	enum fault f;

	for (int part = 0; part < 3; part++) {
		r.sealed = part != 1;
		do {
			if ((f = read_events(w, said->org, &r, &rows)) != FAULT_NONE)
				return command_fault(w, f);
			if (print_events(w, said, since, rows, r.n) != COMMAND_DONE)
				return COMMAND_FAILED;
		} while (r.n == ROWS_AT_ONCE);
	}
	return COMMAND_DONE;
}

static int
audit_export(const struct command_line *line)
{
	struct audit_words said = { .org = NULL };
	const struct command_option options[] = { OPTION_TEXT("since", &said.since),
		OPTION_FLAG("json", &said.as_json), OPTION_END };
	struct command_words words;
	int64_t since = INT64_MIN;
	struct work *w;
	int status;

	if (!command_options(line, options, 1, 1, &words, &status))
		return status;
	said.org = words.v[0];
	if (said.since != NULL && !clock_parse_start(str_of(said.since), &since))
		return command_misused(line, "--since takes a date or an instant as in RFC 3339");
	if ((w = command_open(line)) == NULL)
		return COMMAND_FAILED;
	status = org_is_known(w, said.org) ? export_events(w, &said, since) : COMMAND_FAILED;
	command_close(&w);
	return status;
}

/* --- sign --- */

static enum fault
sign_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct audit_words *said = ctx;

	(void)s;
	return chain_sign(w, said->org);
}

static int
audit_sign(const struct command_line *line)
{
	struct audit_words said = { .org = NULL };
	struct command_words words;
	struct work *w;
	int status;

	if (!command_options(line, NULL, 1, 1, &words, &status))
		return status;
	said.org = words.v[0];
	if ((w = command_open(line)) == NULL)
		return COMMAND_FAILED;
	status = operator_does(w, DB_CHANGES, said.org, SHEET_IDS, sign_deed, &said);
	command_close(&w);
	return status;
}

static const struct command branches[] = {
	{ "verify", audit_verify,
	    "whether events were changed or taken out: id, state, first, last, unsealed, end of the chain",
	    "audit verify [--known PLACE:HASH] [--json] [ORG]" },
	{ "export", audit_export, "the events of an organization in the order of their chain",
	    "audit export [--since INSTANT] [--json] ORG" },
	{ "sign", audit_sign, "take a chain as it is, after its record was lost or the secret replaced",
	    "audit sign ORG" },
	{ NULL, NULL, NULL, NULL },
};

int
cmd_audit(const struct command_line *line)
{
	return command_branch(line, branches);
}
