/*
 * frame.c: what all pages have around them.
 */
#include "ui/frame.h"

#include "base/random.h"
#include "base/text.h"
#include "core/account.h"
#include "core/id.h"
#include "core/login.h"
#include "store/forms.h"
#include "ui/trouble.h"
#include "ui/ui.h"

#define ORGS_SHOWN 200
#define NEAR	   10 /* organizations on every page; the others have a page of their own */
#define ONCE_SIZE  22 /* base62: 131 bits */

static const struct {
	const char *word;
	enum words text;
} notices[] = {
#define NOTICE(word) { #word, WORDS_done_##word },
#include "ui/notices.def"
#undef NOTICE
};

void
frame_speak(const struct call *c)
{
	enum language l = language_of(request_cookie(c->req, "claviger_language"));

	words_speak(l != LANGUAGE__MAX ? l : language_accepted(c->req->header[HEADER_ACCEPT_LANGUAGE]));
}

void
frame_headers(struct call *c)
{
	response_header(c->resp, "Content-Type", "text/html; charset=utf-8");
	response_header(c->resp, "Content-Security-Policy",
	    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
	    "base-uri 'none'; frame-ancestors 'none'");
	response_header(c->resp, "Referrer-Policy", "same-origin");
	response_header(c->resp, "Cross-Origin-Opener-Policy", "same-origin");
	response_header(c->resp, "Cross-Origin-Resource-Policy", "same-origin");
	response_header(c->resp, "Content-Language", language_code(words_spoken()));
}

static const char *
notice_of(struct call *c)
{
	struct str done = call_query(c, "done");

	for (size_t i = 0; i < COUNT(notices); i++)
		if (str_is(done, notices[i].word))
			return words_text(notices[i].text);
	return NULL;
}

static void
begin(struct call *c, const char *title, enum nav here, struct frame *f)
{
	char *once = arena_take(c->work->arena, ONCE_SIZE + 1);

	frame_speak(c);
	frame_headers(c);
	response_header(c->resp, "Cache-Control", "no-store");
	random_base62(once, ONCE_SIZE);
	*f = (struct frame){ .call = c,
		.title = title,
		.language = language_code(words_spoken()),
		.here = here,
		.org = "",
		.org_name = "",
		.once = once,
		.notice = c->again ? NULL : notice_of(c) };
	if (c->refused != FAULT_NONE) {
		/* What was asked meanwhile, to show the page, may have left its own. */
		c->work->trouble = c->wrong;
		f->trouble = trouble_text(c->work, c->refused);
		f->trouble_field = c->work->trouble.field;
	}
}

void
frame_bare(struct call *c, enum words title, struct frame *f)
{
	frame_speak(c);
	begin(c, words_text(title), NAV_NONE, f);
}

/* Pages of the account are about no organization, but lead back to the one there was. */
static void
choose_org(struct call *c, struct frame *f)
{
	const struct standing *here = c->work->actor;
	struct str wanted = call_query(c, "org");

	if (here->org_id != NULL) {
		f->org = here->org_id;
		f->org_name = here->org_name;
		f->admin = here->org_rank == RANK_ADMIN;
		return;
	}
	if (wanted.s == NULL)
		wanted = request_cookie(c->req, "claviger_org");
	for (size_t i = 0; i < f->orgs.n; i++) {
		const struct org_role *r = &f->orgs.v[i];

		if (i > 0 && !str_is(wanted, r->id))
			continue;
		f->org = r->id;
		f->org_name = r->name;
		f->admin = strcmp(r->role, "admin") == 0;
	}
}

/* The next visit without "?org=" is to the same one. */
static void
remember_org(struct call *c, const struct frame *f)
{
	if (f->org[0] == '\0' || str_is(request_cookie(c->req, "claviger_org"), f->org))
		return;
	response_header(c->resp, "Set-Cookie",
	    arena_print(c->work->arena, "claviger_org=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000%s",
		f->org, c->req->https ? "; Secure" : ""));
}

enum fault
frame_begin_titled(struct call *c, const char *title, enum nav here, struct frame *f)
{
	struct page all = { ORGS_SHOWN, 0, "" };
	struct org_role *rows;
	enum fault fault;

	begin(c, title, here, f);
	f->user_name = c->caller->owner_name;
	f->user_email = c->caller->owner_email;
	f->csrf = login_csrf(c->work, c->caller->session_id);
	if ((fault = orgs_of_user(c->work, c->caller->owner_id, c->caller->unproven, &all, &rows,
		 &f->orgs.n)) != FAULT_NONE)
		return fault;
	f->orgs.v = f->near.v = rows;
	f->near.n = f->orgs.n < NEAR ? f->orgs.n : NEAR;
	choose_org(c, f);
	remember_org(c, f);
	return FAULT_NONE;
}

enum fault
frame_begin(struct call *c, enum words title, enum nav here, struct frame *f)
{
	frame_speak(c);
	return frame_begin_titled(c, words_text(title), here, f);
}

const char *
frame_link(struct call *c, const char *path)
{
	const char *org = c->work->actor == NULL ? NULL : c->work->actor->org_id;

	if (org == NULL)
		return path;
	return arena_print(c->work->arena, "%s%corg=%s", path, strchr(path, '?') == NULL ? '?' : '&', org);
}

enum fault
frame_go(struct call *c, const char *path, const char *done)
{
	const char *to = frame_link(c, path);

	if (done != NULL)
		to =
		    arena_print(c->work->arena, "%s%cdone=%s", to, strchr(to, '?') == NULL ? '?' : '&', done);
	response_status(c->resp, 303);
	response_header(c->resp, "Location", to);
	response_header(c->resp, "Cache-Control", "no-store");
	return FAULT_NONE;
}

enum fault
frame_once(struct call *c, bool *again)
{
	struct str once = query_value(c->work->arena, c->form, "once");
	enum fault f;

	*again = false;
	if (once.n != ONCE_SIZE || !id_shape(once))
		return fault_at(c->work, FAULT_MISSING_FIELD, NULL, "the form is not one of our own pages");
	f = forms_insert(c->work, c->caller->session_id, arena_text(c->work->arena, once));
	*again = f == FAULT_TAKEN;
	return *again ? FAULT_NONE : f;
}

static enum fault
proof_missing(struct call *c)
{
	return fault_at(c->work, FAULT_MISSING_FIELD, "proof", "must be given");
}

/* An Argon2id run under the organization's lock would hold up whoever changes anything there. */
enum fault
ui_prove(struct call *c)
{
	struct str proof = query_value(c->work->vault, c->form, "proof");
	bool recent;
	enum fault f = account_recent(c->work, &recent);

	if (f != FAULT_NONE || recent)
		return f;
	return proof.n == 0 ? proof_missing(c) : account_prove(c->work, proof, &c->proven);
}

enum fault
frame_proof(struct call *c)
{
	bool recent;
	enum fault f = account_recent(c->work, &recent);

	if (f != FAULT_NONE || recent)
		return f;
	/* A moment ago it was recent; or the row is no SURE one, and nothing can be shown there. */
	return c->proven == NULL ? proof_missing(c) : account_proven(c->work, c->proven);
}

/* What the address has of a field; STR_NONE: nothing, or no text. */
static struct str
filled_in(const struct frame *f, const char *name)
{
	const struct call *c = f->call;
	struct str said = f->filled_in ? query_value(c->work->vault, c->req->query, name) : STR_NONE;

	return text_valid(said) ? said : STR_NONE;
}

const char *
kept(const struct frame *f, const char *name, const char *there)
{
	const struct call *c = f->call;
	struct str said;

	if (c->again && c->form.s != NULL)
		return query_value(c->work->vault, c->form, name).s;
	if ((said = filled_in(f, name)).s != NULL)
		return said.s;
	return there == NULL ? "" : there;
}

bool
chosen(const struct frame *f, const char *name, const char *value, bool there)
{
	const struct call *c = f->call;

	if (c->again && c->form.s != NULL)
		return query_has(c->form, name, value);
	return filled_in(f, name).s != NULL ? query_has(c->req->query, name, value) : there;
}

bool
wrong(const struct frame *f, const char *name)
{
	return f->trouble_field != NULL && strcmp(f->trouble_field, name) == 0;
}

const char *
described(const struct frame *f, const char *name, bool is_wrong, bool hint)
{
	if (!is_wrong && !hint)
		return NULL;
	return arena_print(f->call->work->arena, "%s%s%s%s%s", is_wrong ? "wrong-" : "", is_wrong ? name : "",
	    is_wrong && hint ? " " : "", hint ? "hint-" : "", hint ? name : "");
}

bool
frame_own_path(struct str s)
{
	if (s.n == 0 || s.n > TARGET_MAX || s.s[0] != '/' || (s.n > 1 && (s.s[1] == '/' || s.s[1] == '\\')))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.s[i] <= ' ' || (unsigned char)s.s[i] >= 0x7f || s.s[i] == '\\')
			return false;
	return true;
}
