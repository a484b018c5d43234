/*
 * handover.c: the text of a new key, handed over.
 */
#include "config.h"

#include "front/handover.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* What is wrong with the choice, or NULL. */
static const char *
wrong(const struct handover *h)
{
	if (h->show && h->file != NULL)
		return "--show and --token-file exclude each other";
	return h->show || h->file != NULL
	    ? NULL
	    : "the text of a key is seen once: choose --token-file FILE, or --show";
}

/* Never one that is there: whoever made it could read what is written, or lose what it holds. */
static bool
open_file(struct handover *h)
{
	h->fd = -1;
	if (h->file == NULL)
		return true;
	h->fd = open(h->file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (h->fd < 0)
		(void)command_failed("%s: %s", h->file, strerror(errno));
	return h->fd >= 0;
}

static void
close_file(struct handover *h, bool keep)
{
	if (h->fd < 0)
		return;
	(void)close(h->fd);
	if (!keep)
		(void)unlink(h->file);
}

/* An attempt before this one may have written another text. */
static bool
write_file(const struct handover *h, struct str token)
{
	return ftruncate(h->fd, 0) == 0 && lseek(h->fd, 0, SEEK_SET) == 0 &&
	    write(h->fd, token.s, token.n) == (ssize_t)token.n && write(h->fd, "\n", 1) == 1 &&
	    fsync(h->fd) == 0;
}

enum fault
handover_token(struct work *w, const struct handover *h, struct sheet *s, struct str token)
{
	if (h->show)
		sheet_text(s, "token", token.s);
	else if (!write_file(h, token))
		return fault_at(w, FAULT_UNAVAILABLE, NULL, "%s: %s", h->file, strerror(errno));
	return FAULT_NONE;
}

static int
does(struct work *w, const char *org_id, struct handover *h, operator_deed *deed, void *ctx)
{
	enum sheet_form form = h->as_json ? SHEET_JSON : h->show ? SHEET_COLUMNS : SHEET_IDS;
	struct sheet s = sheet_start(w->vault, form);
	enum fault f;
	int status;

	if (!open_file(h))
		return COMMAND_FAILED;
	f = operator_tries(w, DB_CHANGES, org_id, &s, deed, ctx);
	/* If nobody knows whether it was saved, the text is what tells. */
	close_file(h, f == FAULT_NONE || f == FAULT_WRITE_UNCERTAIN);
	if (f != FAULT_NONE)
		return command_fault(w, f);
	if ((status = command_print(&s.out)) != COMMAND_DONE && h->show)
		return command_failed("the key was made, but its text is lost: end it and make another");
	return status;
}

int
handover_runs(const struct command_line *line, struct handover *h, const char *org_id, operator_deed *deed,
    void *ctx)
{
	struct work *w;
	int status;

	if (wrong(h) != NULL)
		return command_misused(line, "%s", wrong(h));
	if ((w = command_open(line)) == NULL)
		return COMMAND_FAILED;
	status = does(w, org_id, h, deed, ctx);
	command_close(&w);
	return status;
}
