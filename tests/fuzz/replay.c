/*
 * replay.c: runs a fuzz target over kept inputs, for builds without libFuzzer.
 *
 * Arguments are files; what begins with '-' is an option of libFuzzer and is
 * passed over, so that both kinds of build are called alike.  Each input gets
 * an allocation of its own size, for AddressSanitizer to see its end.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static _Noreturn void
die(const char *path)
{
	fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
	exit(1);
}

static void
replay(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data;
	long size = -1;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0 || fseek(f, 0, SEEK_SET) != 0)
		die(path);
	if ((data = malloc(size > 0 ? (size_t)size : 1)) == NULL)
		die(path);
	if (fread(data, 1, (size_t)size, f) != (size_t)size)
		die(path);
	fclose(f);
	LLVMFuzzerTestOneInput(data, (size_t)size);
	free(data);
}

int
main(int argc, char **argv)
{
	int n = 0;

	for (int i = 1; i < argc; i++)
		if (argv[i][0] != '-') {
			replay(argv[i]);
			n++;
		}
	printf("%d inputs\n", n);
	return n > 0 ? 0 : 1;
}
