/*
 * vet.c: sockets and files that the settings name, and what one setting alone
 * cannot say.
 */
#include "config.h"

#include "front/vet.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "front/sockets.h"
#include "front/where.h"

#define PASSWORD_MAX   256
#define AUDIT_KEEP_MIN 30 /* as in the view audit_past */

struct vetting {
	const char *config;
	settings_problem *tell;
	void *ctx;
	bool failed;
};

static void wrong(struct vetting *, const char *section, const char *name, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void
wrong(struct vetting *v, const char *section, const char *name, const char *format, ...)
{
	char what[512];
	va_list args;
	int n = snprintf(what, sizeof what, "%s %s: ", section, name);

	va_start(args, format);
	(void)vsnprintf(what + n, sizeof what - (size_t)n, format, args);
	va_end(args);
	v->tell(v->ctx, where_setting(v->config, section, name), what);
	v->failed = true;
}

/* Most often a directory below /run is missing, which does not outlive a boot. */
static void
vet_socket(struct vetting *v, const char *name, const char *path)
{
	char directory[256];
	struct stat st;

	(void)snprintf(directory, sizeof directory, "%.*s/", (int)(strrchr(path, '/') - path), path);
	if (stat(directory, &st) < 0)
		wrong(v, "service", name, "the directory of %s: %s", path, strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		wrong(v, "service", name, "%s is no directory", directory);
}

static void
vet_group(struct vetting *v, const char *name)
{
	if (name[0] != '\0' && getgrnam(name) == NULL)
		wrong(v, "service", "socket_group", "there is no group %s", name);
}

static void
vet_listen(struct vetting *v, const char *text)
{
	struct sockaddr_storage at;
	const char *why;
	socklen_t n;

	if (text[0] != '\0' && (why = sockets_loopback(text, &at, &n)) != NULL)
		wrong(v, "service", "gate_listen", "%s: %s", text, why);
}

/* The text is not looked at, only that the service may read it and others may not. */
static void
vet_password(struct vetting *v, const char *section, const char *name, const char *file)
{
	struct arena *vault;
	const char *why = NULL;

	if (file[0] == '\0')
		return;
	vault = arena_open(4096, ARENA_WIPED);
	if (conf_file(vault, file, PASSWORD_MAX, true, &why).n == 0 && why == NULL)
		wrong(v, section, name, "%s: is empty", file);
	else if (why != NULL)
		wrong(v, section, name, "%s", why);
	arena_free(&vault);
}

/* The database lets go of nothing younger. */
static void
vet_audit(struct vetting *v, int64_t days)
{
	if (days > 0 && days < AUDIT_KEEP_MIN)
		wrong(v, "audit", "keep_days", "must be 0 (for ever) or at least %d", AUDIT_KEEP_MIN);
}

static bool
is_loopback(const char *server)
{
	struct str host = str_from(str_of(server), (size_t)(strchr(server, '/') - server) + 2);

	return (str_starts(host, STR("127.")) && str_only(host, "0123456789.:")) ||
	    str_starts(host, STR("[::1]")) || str_is(host, "localhost") ||
	    str_starts(host, STR("localhost:"));
}

/* A password is shown to nobody who only stands in between. */
static void
vet_mail(struct vetting *v, const struct settings *s)
{
	if (s->mail_server[0] == '\0')
		return;
	if (s->mail_from[0] == '\0')
		wrong(v, "mail", "from", "must be set where [mail] server is");
	if (s->mail_user[0] != '\0' && strcmp(s->mail_tls, "required") != 0 && !is_loopback(s->mail_server))
		wrong(v, "mail", "tls",
		    "must be required where [mail] user is set: else the password can be read");
	vet_password(v, "mail", "password_file", s->mail_password_file);
	if (s->mail_ca_file[0] != '\0' && access(s->mail_ca_file, R_OK) < 0)
		wrong(v, "mail", "ca_file", "%s: %s", s->mail_ca_file, strerror(errno));
}

bool
vet_files(const char *config, const struct settings *s, settings_problem *tell, void *ctx)
{
	struct vetting v = { .config = config, .tell = tell, .ctx = ctx };

	vet_socket(&v, "app_socket", s->service_app_socket);
	vet_socket(&v, "gate_socket", s->service_gate_socket);
	vet_group(&v, s->service_socket_group);
	vet_listen(&v, s->service_gate_listen);
	vet_password(&v, "database", "password_file", s->database_password_file);
	vet_password(&v, "database", "gate_password_file", s->database_gate_password_file);
	vet_mail(&v, s);
	vet_audit(&v, s->audit_keep_days);
	return !v.failed;
}
