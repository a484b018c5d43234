/*
 * try.c: does a provider's storage work, and if not, where does it stop?
 *
 * It is used as files are: opened, listed, something small written, read and
 * removed.  The driver then says which of its checks it was that failed; those
 * before it passed, and those behind it were not come to.
 */
#include "config.h"

#include <string.h>

#include "core/ask.h"
#include "files/provider.h"
#include "files/reach.h"
#include "files/trial.h"

#define PROBE "it works\n"

static const char *const codes[] = {
#define CHECK(id, code, en, de) [CHECK_##id] = code,
#include "files/checks.def"
};

static const char *const advice[] = {
#define ADVICE(id, en, de) [ADVICE_##id] = en,
#include "files/checks.def"
};

const char *
check_code(enum provider_check c)
{
	return codes[c];
}

const char *
check_state_code(enum check_state s)
{
	static const char *const
	    states[] = { [CHECK_PASSED] = "passed", [CHECK_FAILED] = "failed", [CHECK_SKIPPED] = "skipped" };

	return states[s];
}

const char *
advice_text(enum provider_advice a)
{
	return advice[a];
}

/* --- trying --- */

static enum fault
probe_next(struct stream *s, struct work *w, struct str *piece)
{
	(void)w;
	*piece = s->ctx == NULL ? STR_NONE : STR(PROBE);
	s->ctx = NULL;
	return FAULT_NONE;
}

static enum fault
read_back(struct place *p, const char *path)
{
	struct stream s = { .close = NULL };
	struct str piece = STR_NONE;
	struct found x;
	enum fault f;

	if ((f = p->driver->look(p, path, &x)) != FAULT_NONE ||
	    (f = p->driver->read(p, path, &x, 0, x.size - 1, &s)) != FAULT_NONE)
		return f;
	f = s.next(&s, p->w, &piece);
	if (f == FAULT_NONE && !str_eq(piece, STR(PROBE)))
		f = place_fault(p, "what was read is not what was written");
	stream_close(&s);
	return f;
}

/* What was written is taken away also where it could not be read; what failed first is told. */
static enum fault
write_and_read(struct place *p, enum provider_check *at)
{
	struct stream s = { .next = probe_next, .ctx = p, .length = sizeof PROBE - 1 };
	const char *path = arena_print(p->w->arena, "/" PLACE_RESERVED "probe-%s", p->w->request_id);
	struct terms terms = { .replace = false };
	struct trouble unread;
	struct found x;
	enum fault f, removed;

	*at = CHECK_WRITE;
	if ((f = p->driver->write(p, path, &s, &terms, &x)) != FAULT_NONE)
		return f;
	*at = CHECK_READ;
	f = read_back(p, path);
	unread = p->w->trouble;
	removed = p->driver->remove(p, path, false);
	if (f != FAULT_NONE) {
		p->w->trouble = unread;
		return f;
	}
	*at = CHECK_REMOVE;
	return removed;
}

static enum fault
use(struct place *p, const char *provider_id, bool write, enum provider_check *at)
{
	struct files_page page = { .limit = 1 };
	struct found *rows;
	size_t n, total;
	enum fault f;

	*at = CHECK_SETTINGS;
	if ((f = place_open(p->w, p->w->actor->org_id, provider_id, p)) != FAULT_NONE)
		return f;
	*at = CHECK_LIST;
	if ((f = p->driver->list(p, "/", &page, &rows, &n, &total)) != FAULT_NONE)
		return f;
	*at = CHECK_SPACE;
	if (p->driver->space != NULL && (f = p->driver->space(p)) != FAULT_NONE)
		return f;
	return write ? write_and_read(p, at) : FAULT_NONE;
}

/* --- telling --- */

static bool
is_of_writing(enum provider_check c)
{
	return c == CHECK_WRITE || c == CHECK_READ || c == CHECK_REMOVE;
}

/* One whose settings cannot be read has no driver, and no other checks. */
static void
tell_steps(const struct trial *x, bool write, struct provider_test *t)
{
	bool failed = false;

	for (int c = 0; c < CHECK__MAX; c++) {
		bool now = x->failed == (enum provider_check)c;
		enum check_state s = failed || (!write && is_of_writing(c)) ? CHECK_SKIPPED : CHECK_PASSED;

		if ((x->checks & 1U << c) == 0 && !now)
			continue;
		if ((x->needless & 1U << c) != 0)
			s = CHECK_SKIPPED;
		t->step[t->n++] = (struct provider_step){ (enum provider_check)c, now ? CHECK_FAILED : s };
		failed = failed || now;
	}
}

static void
tell(struct place *p, enum fault f, enum provider_check at, bool write, struct provider_test *t)
{
	struct trial x = { .failed = f == FAULT_NONE ? CHECK__MAX : at, .checks = 1U << CHECK_SETTINGS };

	*t = (struct provider_test){ .works = f == FAULT_NONE };
	if (f != FAULT_NONE)
		t->problem = p->w->trouble.detail != NULL ? p->w->trouble.detail : fault_title(f);
	if (f != FAULT_NONE && at == CHECK_SETTINGS)
		x.advice = ADVICE_CONNECT_ANEW;
	if (p->driver != NULL)
		p->driver->trial(p, f, &x);
	tell_steps(&x, write, t);
	t->failed = x.failed;
	t->advice = x.advice;
}

enum fault
provider_test(struct work *w, const char *id, bool write, struct provider_test *t)
{
	struct place p = { .w = w, .root = -1, .held = -1 };
	enum provider_check at;
	struct reach reach;
	enum fault f;

	if ((f = reach_open(w, id, &reach)) != FAULT_NONE ||
	    (f = ask_actor(w, ACTION_ADMIN, id)) != FAULT_NONE)
		return f;
	w->trouble = (struct trouble){ .field = NULL };
	f = use(&p, id, write, &at);
	if (f != FAULT_UNAVAILABLE && f != FAULT_INTERNAL)
		tell(&p, f, at, write, t);
	place_close(&p);
	if (f == FAULT_UNAVAILABLE || f == FAULT_INTERNAL)
		return f;
	w->trouble = (struct trouble){ .field = NULL }; /* it was only a question */
	return FAULT_NONE;
}
