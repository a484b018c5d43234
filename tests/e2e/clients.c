/*
 * clients.c: eight clients that ask without a pause, and somebody who makes a
 * change in the middle and then asks himself, within microseconds.
 *
 * The test that starts it (see exact_kit.py) says on its standard input what is
 * to be asked, how a yes is known, what the change is and who is to be killed;
 * the answer tells of each client what was accepted that began after the change
 * had returned.  A request's own bytes follow the line that announces it:
 *
 *	ask ADDRESS FORM WANT BYTES TIMES	one more client: so many bytes of a text
 *						that a yes contains, and of the request;
 *						it is to be accepted so often before the
 *						change, and answered so often after it
 *	pounce ADDRESS FORM WANT BYTES 1	asked once, right after the change, by who
 *						made it
 *	change ADDRESS FORM 0 BYTES 1		the change; without one, the test makes it
 *	before ADDRESS FORM 0 BYTES 1		another change, made right before it
 *	meter ADDRESS FORM WANT BYTES 1		where a counter is read, and its name
 *	kill PID MICROSECONDS			so long after the change began
 *	go PATIENCE PAUSE			begin: milliseconds until it must have got
 *						that far, microseconds to wait in between
 *
 * An ADDRESS is a port of 127.0.0.1 or the path of a socket, a FORM http or fcgi.
 */
#define _GNU_SOURCE

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS	     8
#define POUNCES	     24
#define KILLS	     32
#define LINES	     16 /* addresses one thread keeps connections to */
#define RECORDS	     (1 << 17)
#define ANSWER_MAX   65536
#define ADDRESS_MAX  108
#define WANT_MAX     64
#define SECONDS	     10 /* until an answer counts as none */
#define NOT_ANSWERED (-1)
#define CHUNKED	     "\r\nTransfer-Encoding: chunked"

struct question {
	char address[ADDRESS_MAX], want[WANT_MAX];
	bool fcgi;
	char *bytes;
	size_t n, times;
};

struct answer {
	int status; /* 0: none */
	size_t n;   /* of the body */
	char *body;
	char text[ANSWER_MAX + 1];
};

/* One connection, kept where the server keeps it. */
struct line {
	char address[ADDRESS_MAX];
	int fd;
	bool used;
};

struct asker {
	struct line line[LINES];
	struct answer answer;
};

struct record {
	int64_t began;
	int verdict; /* 1 accepted, 0 refused, NOT_ANSWERED */
};

struct client {
	pthread_t thread;
	struct question q;
	struct asker asker;
	_Atomic size_t n, accepted;
	_Atomic size_t enough; /* accepted so often, it waits: the others are slower */
	struct record *seen;
};

struct pounce {
	struct question q;
	struct asker asker;
	struct record seen;
	int fd;
};

static struct client client[CLIENTS];
static struct pounce pounce[POUNCES];
static struct question change, before, meter;
static struct asker changer;
static size_t clients_n, pounces_n, kills_n;
static struct {
	pid_t pid;
	long after;
} kills[KILLS];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;
static size_t rounds, resting; /* under the lock */
static atomic_bool over;
static _Atomic int64_t done_at; /* when the change returned; 0: not yet */

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
sleep_us(long us)
{
	struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&t, NULL);
}

static _Noreturn void
fail(const char *why)
{
	(void)fprintf(stderr, "clients: %s\n", why);
	exit(2);
}

/* --- one question --- */

static int
connect_to(const char *address)
{
	struct timeval patience = { .tv_sec = SECONDS };
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	bool path = address[0] == '/';
	int one = 1, fd = socket(path ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), r;

	if (fd < 0)
		fail("no socket");
	if (path) {
		(void)snprintf(un.sun_path, sizeof un.sun_path, "%s", address);
		r = connect(fd, (struct sockaddr *)&un, sizeof un);
	} else {
		in.sin_port = htons((uint16_t)strtoul(address, NULL, 10));
		in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		r = connect(fd, (struct sockaddr *)&in, sizeof in);
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (r == 0)
		return fd;
	close(fd);
	return -1;
}

static struct line *
line_to(struct asker *a, const char *address)
{
	for (struct line *l = a->line; l < a->line + LINES; l++) {
		if (l->address[0] == '\0') {
			(void)snprintf(l->address, sizeof l->address, "%s", address);
			l->fd = -1;
		}
		if (strcmp(l->address, address) == 0)
			return l;
	}
	fail("too many addresses");
}

static void
hang_up(struct line *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

static bool
send_all(int fd, const char *bytes, size_t n)
{
	ssize_t sent;

	for (; n > 0; bytes += sent, n -= (size_t)sent)
		if ((sent = send(fd, bytes, n, MSG_NOSIGNAL)) <= 0)
			return false;
	return true;
}

/* The connection's next bytes behind those that are there; false: it ended. */
static bool
more(int fd, char *text, size_t *n)
{
	ssize_t got = *n == ANSWER_MAX ? 0 : recv(fd, text + *n, ANSWER_MAX - *n, 0);

	if (got <= 0)
		return false;
	*n += (size_t)got;
	text[*n] = '\0';
	return true;
}

static const char *
header(const char *head, const char *name)
{
	const char *at = strcasestr(head, name);

	return at == NULL ? NULL : at + strlen(name);
}

/* Is the body whole?  Without a length it ends with the connection. */
static bool
is_whole(const char *head, const char *body, size_t n)
{
	const char *length = header(head, "\r\nContent-Length:");

	if (length != NULL)
		return n >= strtoul(length, NULL, 10);
	if (header(head, CHUNKED) != NULL)
		return n >= 5 && memcmp(body + n - 5, "0\r\n\r\n", 5) == 0;
	return strtol(head + 9, NULL, 10) == 204;
}

/* What is in the chunks, put together at the body's start. */
static size_t
without_chunks(char *body)
{
	char *to = body, *from = body, *data;
	size_t n;

	while ((n = strtoul(from, &data, 16)) > 0 && (data = strstr(data, "\r\n")) != NULL) {
		memmove(to, data + 2, n);
		to += n;
		from = data + 2 + n + 2;
	}
	return (size_t)(to - body);
}

static void
read_http(struct line *l, struct answer *a)
{
	char *end = NULL;
	size_t n = 0;
	bool whole = false;

	a->status = 0;
	while (!whole && more(l->fd, a->text, &n)) {
		if (end == NULL && (end = strstr(a->text, "\r\n\r\n")) == NULL)
			continue;
		end[2] = '\0'; /* the head is a text of its own, its last line whole */
		a->body = end + 4;
		a->n = n - (size_t)(a->body - a->text);
		whole = is_whole(a->text, a->body, a->n);
	}
	if (end != NULL && (whole || header(a->text, "\r\nContent-Length:") == NULL))
		a->status = (int)strtol(a->text + 9, NULL, 10);
	if (whole && header(a->text, CHUNKED) != NULL)
		a->n = without_chunks(a->body);
	if (!whole || header(a->text, "\r\nConnection: close") != NULL)
		hang_up(l);
}

/* The records that follow; what they say on the standard output is put together at the text's start. */
static void
read_fcgi(struct line *l, struct answer *a)
{
	size_t n = 0, at = 0, out = 0;
	const char *status;

	a->status = 0;
	while (true) {
		const uint8_t *r = (const uint8_t *)a->text + at;
		size_t content = n - at < 8 ? 0 : (size_t)r[4] << 8 | r[5];
		size_t whole = 8 + content + (n - at < 8 ? 0 : r[6]);

		if (n - at < whole) {
			if (!more(l->fd, a->text, &n))
				break;
			continue;
		}
		if (r[1] == 3) { /* the end of the request */
			a->text[out] = '\0';
			status = header(a->text, "Status: ");
			a->status = status == NULL ? 0 : (int)strtol(status, NULL, 10);
			break;
		}
		if (r[1] == 6) {
			memmove(a->text + out, a->text + at + 8, content);
			out += content;
		}
		at += whole;
	}
	a->body = memmem(a->text, out, "\r\n\r\n", 4);
	a->body = a->body == NULL ? a->text + out : a->body + 4;
	a->n = out - (size_t)(a->body - a->text);
	hang_up(l);
}

/* Send it on a connection that is there, or on a new one. */
static struct line *
put(struct asker *a, const struct question *q)
{
	struct line *l = line_to(a, q->address);

	l->used = l->fd >= 0;
	if (l->fd < 0 && (l->fd = connect_to(q->address)) < 0)
		return l;
	if (!send_all(l->fd, q->bytes, q->n))
		hang_up(l);
	return l;
}

static void
get(struct asker *a, const struct question *q, struct line *l)
{
	a->answer.status = 0;
	a->answer.n = 0;
	if (l->fd < 0)
		return;
	if (q->fcgi)
		read_fcgi(l, &a->answer);
	else
		read_http(l, &a->answer);
}

static int
verdict_of(const struct question *q, const struct answer *a)
{
	if (a->status == 0 || a->status >= 500)
		return NOT_ANSWERED;
	if (a->status != 200)
		return 0;
	return q->want[0] == '\0' || memmem(a->body, a->n, q->want, strlen(q->want)) != NULL;
}

static struct record
ask(struct asker *a, const struct question *q)
{
	struct record r;
	struct line *l;

	do {
		r.began = now_ns();
		l = put(a, q);
		get(a, q, l);
		/* A connection that was kept may have been closed meanwhile: that is no answer yet. */
	} while (a->answer.status == 0 && l->used);
	r.verdict = verdict_of(q, &a->answer);
	return r;
}

/* --- the clients --- */

/*
 * Without a pause, from when all were warm until it was answered often enough
 * after the change: to ask on would only slow the others down.  With no room for
 * another record it is refused all the time, and stuck.
 */
static bool
may_rest(const struct client *c, size_t n, size_t after)
{
	return n == RECORDS || atomic_load(&c->accepted) >= atomic_load(&c->enough) || after >= c->q.times;
}

static void
ask_on(struct client *c)
{
	size_t n = 0, after = 0;
	int64_t done;

	while (!atomic_load(&over)) {
		if (may_rest(c, n, after)) {
			sleep_us(100);
			continue;
		}
		c->seen[n] = ask(&c->asker, &c->q);
		done = atomic_load(&done_at);
		if (c->seen[n].verdict == NOT_ANSWERED)
			sleep_us(1000); /* who is to answer has to come first */
		else if (done != 0 && c->seen[n].began > done)
			after++;
		if (c->seen[n].verdict == 1)
			atomic_fetch_add(&c->accepted, 1);
		atomic_store(&c->n, ++n);
	}
}

static void *
be_client(void *arg)
{
	struct client *c = arg;
	size_t seen = 0;

	pthread_mutex_lock(&lock);
	while (true) {
		resting++;
		pthread_cond_broadcast(&turned);
		while (rounds == seen)
			pthread_cond_wait(&turned, &lock);
		seen = rounds;
		pthread_mutex_unlock(&lock);
		if ((size_t)(c - client) < clients_n)
			ask_on(c);
		pthread_mutex_lock(&lock);
	}
	return NULL;
}

static void
wait_for_rest(void)
{
	pthread_mutex_lock(&lock);
	while (resting < CLIENTS)
		pthread_cond_wait(&turned, &lock);
	pthread_mutex_unlock(&lock);
}

static void
start_clients(void)
{
	pthread_mutex_lock(&lock);
	for (struct client *c = client; c < client + CLIENTS; c++) {
		atomic_store(&c->n, 0);
		atomic_store(&c->accepted, 0);
		atomic_store(&c->enough, 0);
	}
	atomic_store(&over, false);
	atomic_store(&done_at, 0);
	resting = 0;
	rounds++;
	pthread_cond_broadcast(&turned);
	pthread_mutex_unlock(&lock);
}

static size_t
answered_after(const struct client *c, int64_t done)
{
	size_t k = 0;

	for (size_t i = atomic_load(&c->n); i > 0 && c->seen[i - 1].began > done; i--)
		k += c->seen[i - 1].verdict != NOT_ANSWERED;
	return k;
}

/* Until each client was accepted so often, one more time or as often as it is to be. */
static bool
wait_accepted(bool once, int64_t until)
{
	for (struct client *c = client; c < client + clients_n; c++)
		atomic_fetch_add(&c->enough, once ? 1 : c->q.times);
	for (struct client *c = client; c < client + clients_n; c++)
		while (atomic_load(&c->accepted) < atomic_load(&c->enough)) {
			if (now_ns() > until)
				return false;
			sleep_us(50);
		}
	return true;
}

static bool
wait_answered(int64_t done, int64_t until)
{
	for (struct client *c = client; c < client + clients_n; c++)
		while (answered_after(c, done) < c->q.times) {
			if (now_ns() > until)
				return false;
			sleep_us(100);
		}
	return true;
}

/* --- one round --- */

static long
meter_value(void)
{
	const char *at;

	if (meter.n == 0 || ask(&changer, &meter).verdict != 1)
		return -1;
	changer.answer.body[changer.answer.n] = '\0';
	for (at = changer.answer.body; (at = strstr(at, meter.want)) != NULL; at += strlen(meter.want))
		if (at > changer.answer.text && at[-1] == '\n')
			return strtol(at + strlen(meter.want), NULL, 10);
	return -1;
}

/*
 * All clients are accepted, first anyhow and then, as the meter shows, by what
 * is remembered; from then on they ask without a pause.
 */
static bool
warm_up(int64_t until)
{
	long first, last;

	if (!wait_accepted(true, until))
		return false;
	first = meter_value();
	if (!wait_accepted(false, until))
		return false;
	last = meter_value();
	printf("meter %ld\n", first < 0 || last < 0 ? -1 : last - first);
	for (struct client *c = client; c < client + clients_n; c++)
		atomic_store(&c->enough, SIZE_MAX);
	return true;
}

static void *
kill_them(void *arg)
{
	int64_t began = now_ns();

	(void)arg;
	for (size_t i = 0; i < kills_n; i++) {
		long left = kills[i].after - (long)((now_ns() - began) / 1000);

		if (left > 0)
			sleep_us(left);
		(void)kill(kills[i].pid, SIGKILL);
	}
	return NULL;
}

/* Until somebody says that it is made; 404 is its second time, after an answer that was lost. */
static int
make_change(int64_t until, int *tries)
{
	const struct answer *a = &changer.answer;

	for (*tries = 1;; ++*tries) {
		(void)ask(&changer, &change);
		if ((a->status != 0 && a->status < 500) || now_ns() > until)
			return a->status;
		sleep_us(500);
	}
}

static int64_t
act(int64_t until)
{
	char said[32];
	int tries = 0, status = 0;
	pthread_t killer;
	int64_t began, done;

	if (kills_n > 0 && pthread_create(&killer, NULL, kill_them, NULL) != 0)
		fail("no thread");
	if (before.n > 0)
		(void)ask(&changer, &before);
	began = now_ns();
	if (change.n > 0) {
		status = make_change(until, &tries);
	} else {
		printf("warm\n");
		(void)fflush(stdout);
		if (fgets(said, sizeof said, stdin) == NULL)
			exit(0);
		changer.answer.n = 0;
	}
	done = now_ns();
	atomic_store(&done_at, done);
	for (size_t i = 0, from = (size_t)done; i < pounces_n; i++) {
		struct pounce *p = &pounce[(from + i) % pounces_n];

		p->seen.began = now_ns();
		p->fd = put(&p->asker, &p->q)->fd;
	}
	printf("change %d tries %d us %lld body %zu\n", status, tries, (long long)(done - began) / 1000,
	    changer.answer.n);
	(void)fwrite(changer.answer.body, 1, changer.answer.n, stdout);
	printf("\n");
	if (kills_n > 0)
		pthread_join(killer, NULL);
	return done;
}

static void
hear_pounces(int64_t done)
{
	for (struct pounce *p = pounce; p < pounce + pounces_n; p++) {
		struct line *l = line_to(&p->asker, p->q.address);

		get(&p->asker, &p->q, l);
		if (p->asker.answer.status == 0 && l->used)
			p->seen = ask(&p->asker, &p->q);
		else
			p->seen.verdict = verdict_of(&p->q, &p->asker.answer);
		printf("pounce %d after %lld\n", p->seen.verdict, (long long)(p->seen.began - done) / 1000);
	}
}

static void
tell(const struct client *c, int64_t done)
{
	size_t n = atomic_load(&c->n), after = 0, late = 0, none = 0;
	int64_t first = -1, last = -1;

	for (size_t i = 0; i < n; i++) {
		const struct record *r = &c->seen[i];

		none += r->verdict == NOT_ANSWERED;
		if (done == 0 || r->began <= done)
			continue;
		if (after++ == 0)
			first = r->began - done;
		if (r->verdict == 1) {
			late++;
			last = r->began - done;
		}
	}
	printf("client %zu accepted %zu after %zu first %lld late %zu last %lld none %zu\n", n,
	    atomic_load(&c->accepted), after, (long long)first / 1000, late, (long long)last / 1000, none);
}

static void
go(long patience_ms, long pause_us)
{
	int64_t until = now_ns() + patience_ms * 1000000, done = 0;

	start_clients();
	if (!warm_up(until)) {
		printf("stuck before\n");
	} else {
		sleep_us(pause_us);
		done = act(now_ns() + patience_ms * 1000000);
		hear_pounces(done);
		if (!wait_answered(done, now_ns() + patience_ms * 1000000))
			printf("stuck after\n");
	}
	atomic_store(&over, true);
	wait_for_rest();
	for (size_t i = 0; i < clients_n; i++)
		tell(&client[i], done);
	printf("end\n");
	(void)fflush(stdout);
	clients_n = pounces_n = kills_n = change.n = before.n = 0;
}

/* --- what is said on the standard input --- */

static char *
read_bytes(char *to, size_t n)
{
	if (n > 0 && fread(to, 1, n, stdin) != n)
		fail("the input ended");
	return to;
}

static struct question *
place_for(const char *what)
{
	if (strcmp(what, "change") == 0)
		return &change;
	if (strcmp(what, "before") == 0)
		return &before;
	if (strcmp(what, "meter") == 0)
		return &meter;
	if (strcmp(what, "pounce") == 0 && pounces_n < POUNCES)
		return &pounce[pounces_n++].q;
	if (strcmp(what, "ask") == 0 && clients_n < CLIENTS)
		return &client[clients_n++].q;
	fail(what);
}

static bool
read_question(const char *said)
{
	char what[8], address[ADDRESS_MAX], form[8];
	size_t want, n, times;
	struct question *q;

	if (sscanf(said, "%7s %107s %7s %zu %zu %zu", what, address, form, &want, &n, &times) != 6)
		return false;
	if (want >= WANT_MAX)
		fail("too long");
	q = place_for(what);
	(void)snprintf(q->address, sizeof q->address, "%s", address);
	q->fcgi = strcmp(form, "fcgi") == 0;
	read_bytes(q->want, want);
	q->want[want] = '\0';
	if ((q->bytes = realloc(q->bytes, n + 1)) == NULL)
		fail("no memory");
	read_bytes(q->bytes, n);
	q->n = n;
	q->times = times;
	return true;
}

static void
obey(const char *said)
{
	long patience, pause;
	int pid;

	if (sscanf(said, "go %ld %ld", &patience, &pause) == 2)
		go(patience, pause);
	else if (kills_n < KILLS && sscanf(said, "kill %d %ld", &pid, &kills[kills_n].after) == 2)
		kills[kills_n++].pid = pid;
	else if (!read_question(said))
		fail(said);
}

int
main(void)
{
	char said[256];

	for (struct client *c = client; c < client + CLIENTS; c++) {
		if ((c->seen = calloc(RECORDS, sizeof *c->seen)) == NULL ||
		    pthread_create(&c->thread, NULL, be_client, c) != 0)
			fail("no client");
	}
	wait_for_rest();
	while (fgets(said, sizeof said, stdin) != NULL)
		obey(said);
	return 0;
}
