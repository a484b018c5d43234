/*
 * argon2.c: Argon2id by itself, with the library that claviger uses.
 *
 *	argon2 hash MEMORY PASSES		lines of standard input, each as $argon2id$...
 *	argon2 verify MEMORY PASSES PROCESSES SECONDS [malloc]
 *
 * MEMORY is in KiB.  verify runs one verification after the other in so many
 * processes and prints how many there were in a second, all together: the most
 * that anything built on this library can do.  Each process has one arena that
 * it uses again, with huge pages if the system gives them; with "malloc" the
 * library's own memory is taken, which above 32 MiB is mapped anew every time.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <argon2.h>

#define SALT	    16
#define HASH	    32
#define ENCODED_MAX 200
#define LINE_MAX_   256
#define HUGE_PAGE   ((size_t)2 << 20)

static const char secret[] = "dk_000000000000000000000000000000000000000000AAAAAA";

static void *arena;

static int
take_arena(uint8_t **memory, size_t bytes)
{
	(void)bytes;
	*memory = arena;
	return 0;
}

static void
leave_arena(uint8_t *memory, size_t bytes)
{
	(void)memory;
	(void)bytes;
}

static void
make_arena(size_t bytes)
{
	bytes = (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	arena = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (arena == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	(void)madvise(arena, bytes, MADV_HUGEPAGE);
}

static void
check(int error)
{
	if (error == ARGON2_OK)
		return;
	fprintf(stderr, "argon2: %s\n", argon2_error_message(error));
	exit(1);
}

static void
one_hash(uint32_t memory, uint32_t passes, uint8_t out[static HASH])
{
	uint8_t salt[SALT] = { 1 };
	argon2_context c = { .out = out,
		.outlen = HASH,
		.pwd = (uint8_t *)(uintptr_t)secret,
		.pwdlen = sizeof secret - 1,
		.salt = salt,
		.saltlen = sizeof salt,
		.t_cost = passes,
		.m_cost = memory,
		.lanes = 1,
		.threads = 1,
		.version = ARGON2_VERSION_13,
		.flags = ARGON2_DEFAULT_FLAGS };

	if (arena != NULL) {
		c.allocate_cbk = take_arena;
		c.free_cbk = leave_arena;
	}
	check(argon2id_ctx(&c));
}

static double
now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Verifications a second, written to the pipe. */
static void
verify_in_child(uint32_t memory, uint32_t passes, double seconds, int to)
{
	uint8_t first[HASH], again[HASH];
	double began, rate;
	long n = 0;

	one_hash(memory, passes, first);
	began = now();
	do {
		one_hash(memory, passes, again);
		if (memcmp(first, again, sizeof first) != 0)
			_exit(1);
		n++;
	} while (now() < began + seconds);
	rate = (double)n / (now() - began);
	_exit(write(to, &rate, sizeof rate) == sizeof rate ? 0 : 1);
}

static int
verify(uint32_t memory, uint32_t passes, long processes, double seconds)
{
	double rate, sum = 0;
	int ends[2], status;

	if (pipe(ends) != 0)
		return 1;
	for (long i = 0; i < processes; i++)
		if (fork() == 0)
			verify_in_child(memory, passes, seconds, ends[1]);
	for (long i = 0; i < processes; i++) {
		if (wait(&status) < 0 || status != 0 || read(ends[0], &rate, sizeof rate) != sizeof rate)
			return 1;
		sum += rate;
	}
	printf("%.3f\n", sum);
	return 0;
}

static int
hash_lines(uint32_t memory, uint32_t passes)
{
	char line[LINE_MAX_], encoded[ENCODED_MAX];
	uint8_t salt[SALT];

	while (fgets(line, sizeof line, stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (getrandom(salt, sizeof salt, 0) != sizeof salt)
			return 1;
		check(argon2id_hash_encoded(passes, memory, 1, line, strlen(line), salt, sizeof salt, HASH,
		    encoded, sizeof encoded));
		puts(encoded);
	}
	return fflush(stdout) == 0 ? 0 : 1;
}

int
main(int argc, char *argv[])
{
	uint32_t memory, passes;

	if (argc < 4) {
		fprintf(stderr,
		    "usage: argon2 hash MEMORY PASSES\n"
		    "       argon2 verify MEMORY PASSES PROCESSES SECONDS [malloc]\n");
		return 2;
	}
	memory = (uint32_t)strtoul(argv[2], NULL, 10);
	passes = (uint32_t)strtoul(argv[3], NULL, 10);
	if (strcmp(argv[1], "hash") == 0)
		return hash_lines(memory, passes);
	if (argc < 6)
		return 2;
	if (argc == 6)
		make_arena((size_t)memory * 1024);
	return verify(memory, passes, strtol(argv[4], NULL, 10), strtod(argv[5], NULL));
}
