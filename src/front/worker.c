/*
 * worker.c: take a connection, answer its request, again.
 *
 * The listening socket does not block.  A worker tries for a connection first
 * and sleeps only when there is none, so that a busy one never asks the system
 * whether there is something to do.
 */
#include "config.h"

#include "front/worker.h"

#include <assert.h>
#include <errno.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "authorizer/authorizer.h"
#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "front/gate.h"
#include "front/process.h"
#include "front/workplace.h"

struct worker {
	const struct post *post;
	struct gate *gate;
	struct work work;
};

/*
 * A database that cannot be reached is no reason not to start: all is answered
 * with 503 until it is back.  Statements that do not fit its schema are one.
 */
static void
connect_database(struct worker *k)
{
	enum fault f = db_ready(k->work.db);

	if (f == FAULT_NONE)
		return;
	if (f != FAULT_UNAVAILABLE)
		process_misfit(db_problem(k->work.db));
	log_event(LOG_WARN, "database_unavailable", "problem", db_problem(k->work.db), NULL);
}

/* -1: another worker was faster, or nobody is there. */
static int
take_connection(int listener)
{
	const struct timespec nap = { 0, 10000000 };
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	/* Out of descriptors or memory: do not spin until there are some. */
	if (fd < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
		(void)nanosleep(&nap, NULL);
	return fd;
}

static void
count_answer(int status)
{
	static const enum counter classes[] = { COUNT_ANSWERS_2XX, COUNT_ANSWERS_3XX, COUNT_ANSWERS_4XX,
		COUNT_ANSWERS_5XX };

	assert(status >= 200 && status < 600);
	count(classes[status / 100 - 2]);
}

static void
answer(struct worker *k, const struct request *req)
{
	struct response resp;

	k->work.peer = req->peer;
	response_start(&resp, k->work.arena);
	k->post->pool->answer(&k->work, req, &resp);
	assert(!db_in_transaction(k->work.db));
	count_answer(resp.status);
	gate_answer(k->gate, &k->work, req, &resp);
}

static void
serve(struct worker *k, int connection)
{
	struct request req;

	slot_set(k->post->slot, SLOT_BUSY);
	workplace_next(&k->work);
	if (gate_begin(k->gate, connection, &k->work, &req)) {
		answer(k, &req);
		gate_end(k->gate);
	}
	workplace_clear(&k->work);
	slot_set(k->post->slot, SLOT_READY);
}

static void
serve_until_told(struct worker *k)
{
	const struct post *post = k->post;
	bool leaving;
	int connection;

	for (;;) {
		leaving = process_leaving(post);
		if (leaving && clock_ms() >= atomic_load(&post->slots->drain_until))
			return;
		connection = take_connection(post->listener);
		if (connection >= 0)
			serve(k, connection);
		else if (leaving)
			return;
		else
			process_wait(post);
	}
}

void
worker_run(const struct post *post)
{
	struct worker k = { .post = post,
		.gate = gate_open(post->setup->settings, post->slot, post->pool->authorizer_only) };

	process_let_others_finish();
	log_gather();
	authorizer_open(post->setup->routes);
	workplace_open(&k.work, post->setup->settings, post->pool->account);
	connect_database(&k);
	slot_set(post->slot, SLOT_READY);
	serve_until_told(&k);
	workplace_close(&k.work);
	gate_close(&k.gate);
	log_flush();
	_exit(0);
}
