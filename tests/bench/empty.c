/*
 * empty.c: the least that a FastCGI program can be, for comparison: it answers
 * and does nothing else.
 *
 *	empty SOCKET PROCESSES BYTES
 *
 * Every request gets 200.  With BYTES the answer is that much JSON, as a
 * responder's; with 0 it has no body, as an authorizer's that agrees.  Ends
 * with its parent and on SIGTERM, its processes with it.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fcgiapp.h>

#define BACKLOG	      1024
#define PROCESSES_MAX 256
#define BYTES_MAX     65536

static char answer[BYTES_MAX + 256];

/* The whole answer in one piece, made once. */
static int
make_answer(int bytes)
{
	int n = bytes > 0
	    ? snprintf(answer, sizeof answer,
		  "Status: 200\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", bytes)
	    : snprintf(answer, sizeof answer, "Status: 200\r\n\r\n");

	if (bytes > 0) {
		memset(answer + n, 'x', (size_t)bytes);
		memcpy(answer + n, "{\"a\":\"", 6);
		memcpy(answer + n + bytes - 2, "\"}", 2);
	}
	return n + bytes;
}

static void
serve(int listener, int size)
{
	FCGX_Request request;

	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (FCGX_InitRequest(&request, listener, 0) != 0)
		_exit(1);
	while (FCGX_Accept_r(&request) == 0)
		(void)FCGX_PutStr(answer, size, request.out);
	_exit(1);
}

static int
number(const char *text, int low, int high)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*text == '\0' || *end != '\0' || n < low || n > high) {
		fprintf(stderr, "empty: %s: must be %d to %d\n", text, low, high);
		exit(2);
	}
	return (int)n;
}

int
main(int argc, char *argv[])
{
	int listener, processes, size;

	if (argc != 4) {
		fprintf(stderr, "usage: empty SOCKET PROCESSES BYTES\n");
		return 2;
	}
	processes = number(argv[2], 1, PROCESSES_MAX);
	size = number(argv[3], 0, BYTES_MAX);
	size = make_answer(size > 0 && size < 8 ? 8 : size);
	/* The web server's account may connect from the first moment on. */
	(void)umask(0);
	if (FCGX_Init() != 0 || (listener = FCGX_OpenSocket(argv[1], BACKLOG)) < 0) {
		perror(argv[1]);
		return 1;
	}
	for (int i = 0; i < processes; i++)
		if (fork() == 0)
			serve(listener, size);
	/* One that dies is missed in the figures: better none than fewer. */
	(void)wait(NULL);
	fprintf(stderr, "empty: a process died\n");
	return 1;
}
