/*
 * crew.c: starting, counting, watching and ending processes.
 *
 * A process that ends unasked is replaced at once.  One that ends as soon as it
 * has started is replaced after a pause that grows, so that a broken
 * installation does not eat the machine.
 */
#include "config.h"

#include "front/crew.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "front/process.h"

#define QUICK_MS       100 /* a life shorter than this is a fall */
#define PAUSE_FIRST_MS 50
#define PAUSE_MAX_MS   1000
#define START_MS       30000 /* to become ready */

static struct seat *
free_seat(struct crew *c)
{
	for (int i = 0; i < SLOTS_MAX; i++)
		if (c->seat[i].state == SEAT_FREE)
			return &c->seat[i];
	return NULL;
}

static struct slot *
slot_of(const struct crew *c, const struct seat *s)
{
	return &c->slots->slot[s - c->seat];
}

static bool
lives(const struct seat *s)
{
	return s->state == SEAT_RUNS || s->state == SEAT_LEAVES;
}

static int
seats_wanted(const struct crew *c, int pool, const struct settings *s)
{
	if (pools[pool].answer != NULL && c->sockets->of[pool].fd < 0)
		return 0;
	return pool_size((enum pool_id)pool, s);
}

static bool
enlist_one(struct crew *c, enum pool_id pool, const struct setup *setup, int generation)
{
	struct seat *s = free_seat(c);

	if (s == NULL)
		return false;
	*s = (struct seat){ .state = SEAT_DUE, .pool = pool, .generation = generation, .setup = setup };
	s->limit_ms = pools[pool].patient ? 0 : setup->settings->service_request_timeout * 1000;
	s->at = clock_ms();
	return true;
}

bool
crew_enlist(struct crew *c, const struct setup *setup, int generation)
{
	for (int pool = 0; pool < POOL__MAX; pool++)
		for (int n = seats_wanted(c, pool, setup->settings); n > 0; n--)
			if (!enlist_one(c, (enum pool_id)pool, setup, generation))
				return false;
	return true;
}

static void be_child(struct crew *, const struct seat *, long master) __attribute__((noreturn));

static void
be_child(struct crew *c, const struct seat *s, long master)
{
	const struct post post = {
		.pool = &pools[s->pool],
		.setup = s->setup,
		.slots = c->slots,
		.slot = slot_of(c, s),
		.listener = c->sockets->of[s->pool].fd,
	};

	sockets_keep(c->sockets, s->pool);
	process_child(&post, master);
	post.pool->run(&post);
}

static void
start(struct crew *c, struct seat *s)
{
	pid_t master = getpid(), pid;

	slot_start(slot_of(c, s));
	s->turn = slot_turn(slot_of(c, s));
	s->turn_at = clock_ms();
	pid = fork();
	if (pid == 0)
		be_child(c, s, master);
	s->at = clock_ms();
	if (pid < 0) {
		log_event(LOG_ERROR, "fork_failed", "error", strerror(errno), NULL);
		s->at += PAUSE_MAX_MS;
		return;
	}
	s->pid = pid;
	s->state = SEAT_RUNS;
}

void
crew_start(struct crew *c)
{
	int64_t now = clock_ms();

	for (int i = 0; i < SLOTS_MAX; i++)
		if (c->seat[i].state == SEAT_DUE && c->seat[i].at <= now)
			start(c, &c->seat[i]);
}

static bool
is_misfit(int status)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_MISFIT;
}

/* How long to wait before the next is put there. */
static int64_t
pause_after(struct seat *s, int status, int64_t now)
{
	if (is_misfit(status))
		return PAUSE_MAX_MS;
	s->falls = now - s->at < QUICK_MS ? s->falls + 1 : 0;
	if (s->falls < 2)
		return 0;
	return s->falls > 6 ? PAUSE_MAX_MS : (int64_t)PAUSE_FIRST_MS << (s->falls - 2);
}

static void
log_end(const struct seat *s, int status)
{
	log_event(LOG_WARN, "process_died", "pool", pools[s->pool].name, "pid", log_number(s->pid), "status",
	    WIFEXITED(status) ? log_number(WEXITSTATUS(status)) : NULL, "signal",
	    WIFSIGNALED(status) ? log_number(WTERMSIG(status)) : NULL, NULL);
}

/* A misfit has said itself what is wrong. */
static void
ended_unasked(struct crew *c, struct seat *s, int status)
{
	int64_t now = clock_ms();

	count(COUNT_WORKERS_DIED);
	if (is_misfit(status))
		c->misfit = s->generation;
	else
		log_end(s, status);
	s->at = now + pause_after(s, status, now);
	s->state = SEAT_DUE;
}

static struct seat *
seat_of(struct crew *c, pid_t pid)
{
	for (int i = 0; i < SLOTS_MAX; i++)
		if (lives(&c->seat[i]) && c->seat[i].pid == pid)
			return &c->seat[i];
	return NULL;
}

/*
 * The system wakes one worker for a connection (process.c).  Who has ended may
 * have been that one, and have left it where it was, since it was told to leave
 * or killed before it ran: then all others would sleep beside it until the next
 * comes.  So each of them has a look; those that are not asleep do so anyway.
 */
static void
let_others_look(const struct crew *c, enum pool_id pool)
{
	for (int i = 0; i < SLOTS_MAX; i++)
		if (lives(&c->seat[i]) && c->seat[i].pool == pool)
			(void)kill(c->seat[i].pid, SIGUSR1);
}

void
crew_reap(struct crew *c)
{
	bool look[POOL__MAX] = { false };
	struct seat *s;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if ((s = seat_of(c, pid)) == NULL)
			continue;
		look[s->pool] = pools[s->pool].answer != NULL;
		if (s->state == SEAT_LEAVES)
			s->state = SEAT_FREE;
		else
			ended_unasked(c, s, status);
	}
	for (int pool = 0; pool < POOL__MAX; pool++)
		if (look[pool])
			let_others_look(c, (enum pool_id)pool);
}

/* For how long its state has been the same, as far as the master has seen. */
static int64_t
idle_for(const struct crew *c, struct seat *s, int64_t now)
{
	uint64_t turn = slot_turn(slot_of(c, s));

	if (turn != s->turn)
		s->turn_at = now;
	s->turn = turn;
	return now - s->turn_at;
}

static bool
hangs(const struct crew *c, const struct seat *s, int64_t age)
{
	switch (slot_state(slot_of(c, s))) {
	case SLOT_STARTING:
		return age > START_MS;
	case SLOT_BUSY:
		return s->limit_ms > 0 && age > s->limit_ms;
	case SLOT_READY:
		break;
	}
	return false;
}

void
crew_watch(struct crew *c)
{
	int64_t now = clock_ms();

	for (int i = 0; i < SLOTS_MAX; i++) {
		struct seat *s = &c->seat[i];
		int64_t age;

		if (!lives(s) || !hangs(c, s, age = idle_for(c, s, now)))
			continue;
		log_event(LOG_WARN, "process_hangs", "pool", pools[s->pool].name, "pid", log_number(s->pid),
		    "ms", log_number(age), NULL);
		(void)kill(s->pid, SIGKILL);
	}
}

static bool
is_part(const struct seat *s, enum crew_part part)
{
	return part == CREW_ALL || (part == CREW_KEEPER) == (s->pool == POOL_KEEPER);
}

void
crew_dismiss(struct crew *c, int generation, enum crew_part part)
{
	for (int i = 0; i < SLOTS_MAX; i++) {
		struct seat *s = &c->seat[i];

		if (!is_part(s, part) || (generation != 0 && s->generation != generation))
			continue;
		if (s->state == SEAT_DUE)
			s->state = SEAT_FREE;
		if (s->state != SEAT_RUNS)
			continue;
		s->state = SEAT_LEAVES;
		/* The flag counts, the signal wakes. */
		atomic_store(&slot_of(c, s)->leave, true);
		(void)kill(s->pid, SIGTERM);
	}
}

void
crew_signal(struct crew *c, int number)
{
	for (int i = 0; i < SLOTS_MAX; i++)
		if (lives(&c->seat[i]))
			(void)kill(c->seat[i].pid, number);
}

bool
crew_ready(const struct crew *c, int generation)
{
	for (int i = 0; i < SLOTS_MAX; i++) {
		const struct seat *s = &c->seat[i];

		if (s->state == SEAT_FREE || s->generation != generation)
			continue;
		if (s->state == SEAT_DUE || slot_state(slot_of(c, s)) == SLOT_STARTING)
			return false;
	}
	return true;
}

int
crew_count(const struct crew *c, enum crew_part part)
{
	int n = 0;

	for (int i = 0; i < SLOTS_MAX; i++)
		n += lives(&c->seat[i]) && is_part(&c->seat[i], part);
	return n;
}

int64_t
crew_next(const struct crew *c, int64_t max)
{
	int64_t now = clock_ms(), next = max;

	for (int i = 0; i < SLOTS_MAX; i++)
		if (c->seat[i].state == SEAT_DUE && c->seat[i].at - now < next)
			next = c->seat[i].at - now;
	return next < 0 ? 0 : next;
}
