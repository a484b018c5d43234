/*
 * smtp.c: SMTP, spoken by libcurl.
 *
 * What a refusal means depends on what it answers.  One that answers RCPT or the
 * letter itself is about this letter; any other, the greeting, the certificate,
 * the password or the sender, would meet every letter, so that giving up would
 * lose all mail to a mistake in the settings.
 */
#include "config.h"

#include "base/smtp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/mime.h"

#define PASSWORD_MAX 256
#define ANSWER_MS    5000 /* to wait for the server's answer when it is time to stop */
#define SERVER_GOES  421  /* the server closes the connection, whatever it was asked */

/* What the last command was about. */
enum phase { PHASE_SERVER, PHASE_RECIPIENT, PHASE_LETTER };

struct smtp {
	CURL *curl;
	smtp_stop *stop;
	void *ctx;

	/* of the letter at hand */
	const struct smtp_letter *letter;
	size_t given; /* bytes */
	bool all_given;
	enum phase phase;
	int64_t asked_at;	   /* clock_ms: to stop; 0: not yet */
	bool leaving;		   /* QUIT was said: what comes now is no answer to the letter */
	char reply[SMTP_WHY_SIZE]; /* the server's last line */
	char error[CURL_ERROR_SIZE];
};

static void
copy_line(char into[static SMTP_WHY_SIZE], const char *line, size_t n)
{
	size_t i = 0;

	while (n > 0 && (line[n - 1] == '\r' || line[n - 1] == '\n'))
		n--;
	for (; i < n && i < SMTP_WHY_SIZE - 1; i++)
		into[i] = line[i] >= ' ' && line[i] <= '~' ? line[i] : '?';
	into[i] = '\0';
}

/* Only the word of a command is looked at: what follows AUTH is secret. */
static void
note_command(struct smtp *s, struct str command)
{
	if (str_starts(command, STR("RCPT")))
		s->phase = PHASE_RECIPIENT;
	else if (str_starts(command, STR("DATA")))
		s->phase = PHASE_LETTER;
	else if (str_starts(command, STR("QUIT")))
		s->leaving = true;
	else
		s->phase = PHASE_SERVER;
}

static int
overhear(CURL *curl, curl_infotype type, char *data, size_t n, void *ctx)
{
	struct smtp *s = ctx;

	(void)curl;
	if (type == CURLINFO_HEADER_OUT)
		note_command(s, (struct str){ data, n });
	else if (type == CURLINFO_HEADER_IN && !s->leaving)
		copy_line(s->reply, data, n);
	return 0;
}

static size_t
give(char *into, size_t size, size_t count, void *ctx)
{
	struct smtp *s = ctx;
	size_t left = s->letter->text.n - s->given, n = size * count < left ? size * count : left;

	memcpy(into, s->letter->text.s + s->given, n);
	s->given += n;
	if (n == 0)
		s->all_given = true;
	return n;
}

/*
 * When the server has all of it, only its answer says whether it was sent: that
 * is worth a little waiting.
 */
static bool
may_stop(struct smtp *s)
{
	if (s->stop == NULL || !s->stop(s->ctx))
		return false;
	if (s->asked_at == 0)
		s->asked_at = clock_ms();
	return !s->all_given || clock_ms() - s->asked_at >= ANSWER_MS;
}

static int
look_up(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct smtp *s = ctx;

	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return may_stop(s) ? 1 : 0;
}

#define SET(option, value) ((void)curl_easy_setopt(s->curl, (option), (value)))

/* Where certificates are not asked for, whoever can be in between can read it anyway. */
static void
set_tls(struct smtp *s, const struct settings *set)
{
	bool required = strcmp(set->mail_tls, "required") == 0;

	SET(CURLOPT_USE_SSL,
	    required					      ? CURLUSESSL_ALL
		: strcmp(set->mail_tls, "opportunistic") == 0 ? CURLUSESSL_TRY
							      : CURLUSESSL_NONE);
	SET(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, required ? 1L : 0L);
	SET(CURLOPT_SSL_VERIFYHOST, required ? 2L : 0L);
	if (set->mail_ca_file[0] != '\0') {
		SET(CURLOPT_CAINFO, set->mail_ca_file);
		SET(CURLOPT_CAPATH, NULL);
	}
}

static bool
set_password(struct smtp *s, const struct settings *set, struct arena *vault, const char **why)
{
	struct str password = STR("");

	*why = NULL;
	if (set->mail_user[0] == '\0')
		return true;
	if (set->mail_password_file[0] != '\0')
		password = conf_file(vault, set->mail_password_file, PASSWORD_MAX, true, why);
	if (*why != NULL)
		return false;
	SET(CURLOPT_USERNAME, set->mail_user);
	SET(CURLOPT_PASSWORD, arena_text(vault, password));
	return true;
}

static void
set_rest(struct smtp *s, const struct settings *set)
{
	SET(CURLOPT_URL, set->mail_server);
#if LIBCURL_VERSION_NUM >= 0x075500
	SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
#else
	SET(CURLOPT_PROTOCOLS, CURLPROTO_SMTP | CURLPROTO_SMTPS);
#endif
	/* Nothing of the environment. */
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_CONNECTTIMEOUT, (long)set->mail_timeout);
	SET(CURLOPT_TIMEOUT, (long)set->mail_timeout);
	/*
	 * A connection for each letter: one that is kept is closed by libcurl's own
	 * clock, which gives a server that hangs two minutes to say goodbye.
	 */
	SET(CURLOPT_FORBID_REUSE, 1L);
	SET(CURLOPT_FTP_RESPONSE_TIMEOUT, (long)set->mail_timeout);
	SET(CURLOPT_UPLOAD, 1L);
	SET(CURLOPT_READFUNCTION, give);
	SET(CURLOPT_READDATA, s);
	SET(CURLOPT_NOPROGRESS, 0L);
	SET(CURLOPT_XFERINFOFUNCTION, look_up);
	SET(CURLOPT_XFERINFODATA, s);
	SET(CURLOPT_VERBOSE, 1L);
	SET(CURLOPT_DEBUGFUNCTION, overhear);
	SET(CURLOPT_DEBUGDATA, s);
	SET(CURLOPT_ERRORBUFFER, s->error);
}

struct smtp *
smtp_open(const struct settings *set, struct arena *vault, smtp_stop *stop, void *ctx, const char **why)
{
	static bool begun;
	struct smtp *s = calloc(1, sizeof *s);

	if (!begun && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		abort();
	begun = true;
	if (s == NULL || (s->curl = curl_easy_init()) == NULL)
		abort();
	s->stop = stop;
	s->ctx = ctx;
	set_rest(s, set);
	set_tls(s, set);
	if (!set_password(s, set, vault, why))
		smtp_close(&s);
	return s;
}

void
smtp_close(struct smtp **sp)
{
	if (*sp == NULL)
		return;
	curl_easy_cleanup((*sp)->curl);
	free(*sp);
	*sp = NULL;
}

/* The number the server's last line begins with. */
static int64_t
reply_code(const struct smtp *s)
{
	int64_t code;

	return str_int((struct str){ s->reply, strnlen(s->reply, 3) }, &code) ? code : 0;
}

static enum smtp_end
end_of(const struct smtp *s, CURLcode result)
{
	int64_t code = reply_code(s);
	bool about_letter = s->phase != PHASE_SERVER && code != SERVER_GOES;

	if (result == CURLE_OK)
		return SMTP_SENT;
	if (result == CURLE_ABORTED_BY_CALLBACK)
		return s->all_given ? SMTP_AWAY : SMTP_STOPPED;
	/* After a time-out, or when the connection broke, the last reply is an old one. */
	if (about_letter && code >= 500)
		return SMTP_REFUSED;
	return about_letter && code >= 400 ? SMTP_LATER : SMTP_AWAY;
}

static enum smtp_end
deliver(struct smtp *s, const struct smtp_letter *l)
{
	CURLcode result;

	s->letter = l;
	s->given = 0;
	s->all_given = s->leaving = false;
	s->asked_at = 0;
	s->phase = PHASE_SERVER;
	s->reply[0] = s->error[0] = '\0';
	result = curl_easy_perform(s->curl);
	if (result == CURLE_ABORTED_BY_CALLBACK)
		(void)snprintf(s->error, sizeof s->error, "stopped while the server was waited for");
	else if (result != CURLE_OK && s->error[0] == '\0')
		(void)snprintf(s->error, sizeof s->error, "%s", curl_easy_strerror(result));
	return end_of(s, result);
}

/* An address that could end its command must never come here. */
static bool
is_safe(const struct smtp_letter *l)
{
	return mime_address(str_of(l->from)) && mime_address(str_of(l->to));
}

enum smtp_end
smtp_send(struct smtp *s, const struct smtp_letter *l, char why[static SMTP_WHY_SIZE])
{
	char from[MIME_ADDRESS_MAX + 3], to[MIME_ADDRESS_MAX + 3];
	struct curl_slist *recipients;
	enum smtp_end end;

	why[0] = '\0';
	if (!is_safe(l)) {
		(void)snprintf(why, SMTP_WHY_SIZE, "the address cannot be used");
		return SMTP_REFUSED;
	}
	(void)snprintf(from, sizeof from, "<%s>", l->from);
	(void)snprintf(to, sizeof to, "<%s>", l->to);
	if ((recipients = curl_slist_append(NULL, to)) == NULL)
		abort();
	SET(CURLOPT_MAIL_FROM, from);
	SET(CURLOPT_MAIL_RCPT, recipients);
	end = deliver(s, l);
	SET(CURLOPT_MAIL_RCPT, NULL);
	curl_slist_free_all(recipients);
	if (end == SMTP_REFUSED || end == SMTP_LATER)
		(void)snprintf(why, SMTP_WHY_SIZE, "%s", s->reply);
	else if (end != SMTP_SENT)
		(void)snprintf(why, SMTP_WHY_SIZE, "%.120s%s%.100s", s->error,
		    s->reply[0] == '\0' ? "" : "; last said: ", s->reply);
	return end;
}
