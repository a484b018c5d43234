/*
 * admission.c: a seat in shared memory for each process that runs Argon2id.
 *
 * A process holds the lock of its seat for as long as it lives.  The lock is
 * robust: when the process ends, however it does, the kernel gives it free, so
 * a seat that can be locked belongs to nobody, and what it says counts for
 * nothing.  A process id would not do: another process may get it, and the
 * place would be lost until that one ends.
 *
 * What seats say is compared and changed under one more robust lock, the guard,
 * which is held for no longer than a look at all seats takes.  Nothing has to be
 * mended when its holder is killed: it wrote to its own seat, which is nobody's now.
 */
#include "config.h"

#include "core/admission.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counters.h"
#include "base/settings.h"
#include "base/shared.h"

#ifndef ADMISSION_SEATS
#define ADMISSION_SEATS 2048
#endif
#define GUARD_SECONDS 1 /* whoever holds it longer has been stopped, and will be replaced */

/* The end of a killed process wakes nobody: whoever waits looks again that often. */
#ifndef ADMISSION_LOOK_MS
#define ADMISSION_LOOK_MS 10
#endif

enum doing {
	DOING_NOTHING,
	DOING_WAIT, /* for a place */
	DOING_RUN,
	DOING_SETTLE /* has run, and is about to remember what came of it */
};

struct tag {
	uint64_t w[2]; /* 0, 0: no key in particular */
};

struct seat {
	pthread_mutex_t alive;
	struct tag tag; /* of the key it is at; written under the guard only */
	_Atomic int doing;
};

static struct {
	pthread_mutex_t guard;
	size_t taken; /* no seat from here on was ever taken; under the guard */
	int64_t half_the_cores;
	_Atomic uint32_t turn; /* changes when a place has been freed or a key is done */
	struct seat seat[ADMISSION_SEATS];
} * table;

/* Our own; a child of ours needs another. */
static struct seat *own;
static pid_t own_pid;

static void
lock_make(pthread_mutex_t *m)
{
	pthread_mutexattr_t a;

	if (pthread_mutexattr_init(&a) != 0 ||
	    pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED) != 0 ||
	    pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST) != 0 || pthread_mutex_init(m, &a) != 0)
		abort();
	(void)pthread_mutexattr_destroy(&a);
}

static int64_t
half_the_cores(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) / 2 : 1;

	return n > 0 ? n : 1;
}

void
admission_open(void)
{
	table = shared_take(sizeof *table);
	lock_make(&table->guard);
	for (size_t i = 0; i < ADMISSION_SEATS; i++)
		lock_make(&table->seat[i].alive);
	table->half_the_cores = half_the_cores();
	own = NULL;
}

/* The lock of somebody who is gone is ours as well. */
static bool
got_it(int error, pthread_mutex_t *m)
{
	return error == 0 || (error == EOWNERDEAD && pthread_mutex_consistent(m) == 0);
}

static bool
take(pthread_mutex_t *m)
{
	return got_it(pthread_mutex_trylock(m), m);
}

static bool
guard_lock(void)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += GUARD_SECONDS;
	return got_it(pthread_mutex_clocklock(&table->guard, CLOCK_MONOTONIC, &until), &table->guard);
}

static void
guard_unlock(void)
{
	(void)pthread_mutex_unlock(&table->guard);
}

static enum doing
doing(const struct seat *s)
{
	return (enum doing)atomic_load(&s->doing);
}

static bool
is_seated(void)
{
	return own != NULL && own_pid == getpid();
}

/* False: more processes than seats. */
static bool
sit_down(void)
{
	if (is_seated())
		return true;
	for (size_t i = 0; i < ADMISSION_SEATS; i++) {
		if (!take(&table->seat[i].alive))
			continue;
		own = &table->seat[i];
		own_pid = getpid();
		atomic_store(&own->doing, DOING_NOTHING);
		if (i >= table->taken)
			table->taken = i + 1;
		return true;
	}
	return false;
}

/* What the others are doing. */
struct sight {
	int64_t run, wait;
	const struct seat *leader; /* who is at the key */
};

static bool
same_tag(const struct tag *a, const struct tag *b)
{
	return a->w[0] == b->w[0] && a->w[1] == b->w[1];
}

static bool
is_none(const struct tag *t)
{
	return (t->w[0] | t->w[1]) == 0;
}

/* Is a process there?  If not, the seat is emptied. */
static bool
is_occupied(struct seat *s)
{
	if (doing(s) == DOING_NOTHING)
		return false;
	if (!take(&s->alive))
		return true;
	atomic_store(&s->doing, DOING_NOTHING);
	(void)pthread_mutex_unlock(&s->alive);
	return false;
}

static struct sight
look(const struct tag *t)
{
	struct sight seen = { .leader = NULL };

	for (size_t i = 0; i < table->taken; i++) {
		struct seat *s = &table->seat[i];

		if (s == own || !is_occupied(s))
			continue;
		seen.run += doing(s) == DOING_RUN;
		seen.wait += doing(s) == DOING_WAIT;
		if (!is_none(t) && same_tag(&s->tag, t) && doing(s) != DOING_NOTHING)
			seen.leader = s;
	}
	return seen;
}

static int64_t
most(const struct work *w)
{
	int64_t n = w->settings->keys_argon2_at_once;

	return n > 0 ? n : table->half_the_cores;
}

enum step {
	STEP_RUN,
	STEP_WAIT,   /* for a place */
	STEP_FOLLOW, /* wait for the leader, who has a place */
	STEP_QUEUE,  /* wait for the leader, who has to wait himself */
	STEP_OVER,   /* there was a leader, who is done */
	STEP_REFUSED
};

static void
become(enum doing what, const struct tag *t)
{
	own->tag = *t;
	atomic_store(&own->doing, what);
}

/*
 * Under the guard.  Whoever waits goes before whoever comes.  To wait for a run
 * that goes on takes no place, for it is over soon; to wait for one that has to
 * wait does, or one key could occupy all processes.
 */
static enum step
step(const struct work *w, const struct tag *t, bool followed)
{
	static const struct tag none;
	struct sight seen = look(t);
	bool waits = doing(own) == DOING_WAIT;
	int64_t ahead = seen.run + (waits ? 0 : seen.wait);

	if (seen.leader == NULL && followed) {
		become(DOING_NOTHING, &none);
		return STEP_OVER;
	}
	if (seen.leader != NULL && doing(seen.leader) != DOING_WAIT) {
		become(DOING_NOTHING, &none);
		return STEP_FOLLOW;
	}
	if (seen.leader == NULL && ahead < most(w)) {
		become(DOING_RUN, t);
		count_peak(COUNT_ARGON2_PEAK, (uint64_t)seen.run + 1);
		return STEP_RUN;
	}
	if (!waits && seen.wait >= most(w))
		return STEP_REFUSED;
	become(DOING_WAIT, seen.leader == NULL ? t : &none);
	return seen.leader == NULL ? STEP_WAIT : STEP_QUEUE;
}

static enum step
guarded_step(const struct work *w, const struct tag *t, bool followed)
{
	enum step s = STEP_REFUSED;

	if (!guard_lock())
		return s;
	if (sit_down())
		s = step(w, t, followed);
	guard_unlock();
	return s;
}

static void
wake_all(void)
{
	atomic_fetch_add(&table->turn, 1);
	(void)syscall(SYS_futex, &table->turn, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* Until the turn is another than the one that was seen, or it is time to look. */
static void
wait_turn(uint32_t seen, int64_t ms)
{
	struct timespec t = { .tv_nsec = 0 };

	if (ms > ADMISSION_LOOK_MS)
		ms = ADMISSION_LOOK_MS;
	t.tv_sec = ms / 1000;
	t.tv_nsec = ms % 1000 * 1000000;
	(void)syscall(SYS_futex, &table->turn, FUTEX_WAIT, seen, &t, NULL, 0);
}

static void
leave(void)
{
	if (!is_seated() || doing(own) == DOING_NOTHING)
		return;
	atomic_store(&own->doing, DOING_NOTHING);
	wake_all();
}

static enum fault
refuse(struct work *w)
{
	leave();
	count(COUNT_ARGON2_REFUSED);
	w->trouble = (struct trouble){ .retry_after = 1 };
	return FAULT_BUSY;
}

/* Until there is a place, or the key is done: then *mine is false. */
static enum fault
enter(struct work *w, const struct tag *t, int64_t until, bool *mine)
{
	bool waited = false, followed = false;
	uint32_t turn;
	enum step s;
	int64_t left;

	for (;;) {
		turn = atomic_load(&table->turn);
		s = guarded_step(w, t, followed);
		*mine = s == STEP_RUN;
		if (s == STEP_RUN || s == STEP_OVER)
			return FAULT_NONE;
		if (s == STEP_REFUSED || (left = until - clock_ms()) <= 0)
			return refuse(w);
		if (!waited)
			count(s == STEP_WAIT ? COUNT_ARGON2_WAITS_PLACE : COUNT_ARGON2_WAITS_KEY);
		waited = true;
		followed = followed || s != STEP_WAIT;
		wait_turn(turn, left);
	}
}

enum fault
admission_run(struct work *w)
{
	static const struct tag none;
	bool mine;

	if (table == NULL || (is_seated() && doing(own) == DOING_RUN))
		return FAULT_NONE;
	return enter(w, &none, clock_ms() + w->settings->keys_argon2_wait, &mine);
}

void
admission_ran(void)
{
	if (!is_seated() || doing(own) != DOING_RUN)
		return;
	if (is_none(&own->tag)) {
		leave();
		return;
	}
	atomic_store(&own->doing, DOING_SETTLE);
	wake_all();
}

/* Where nothing is remembered, waiting for another's run would be of no use. */
static struct tag
tag_of(const struct work *w, const uint8_t bytes[static ADMISSION_TAG])
{
	struct tag t = { { 0, 0 } };

	if (w->settings->keys_memory_file[0] != '\0')
		memcpy(&t, bytes, sizeof t);
	return t;
}

enum fault
admission_look(struct work *w, const uint8_t bytes[static ADMISSION_TAG])
{
	struct tag t = tag_of(w, bytes);
	struct sight seen;

	if (table == NULL)
		return FAULT_NONE;
	if (!guard_lock())
		return refuse(w);
	seen = look(&t);
	guard_unlock();
	if (seen.leader != NULL || seen.run < most(w) || seen.wait < most(w))
		return FAULT_NONE;
	return refuse(w);
}

enum fault
admission_claim(struct work *w, const uint8_t bytes[static ADMISSION_TAG], int64_t *until, bool *mine)
{
	struct tag t = tag_of(w, bytes);

	*mine = true;
	if (table == NULL)
		return FAULT_NONE;
	if (*until == 0)
		*until = clock_ms() + w->settings->keys_argon2_wait;
	return enter(w, &t, *until, mine);
}

void
admission_done(void)
{
	leave();
}
