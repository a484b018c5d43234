/*
 * log.h: one line of JSON an event, on stderr or into a file.
 *
 * Whole lines in one write, so that lines of several processes do not mix.  Never
 * a secret: keys appear by their id or display prefix only.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_NOTE };

/* NULL: stderr.  False if the file cannot be opened; the old one stays. */
bool log_open(const char *path);
/*
 * From now on notes are gathered, and written when there are many, with the next
 * warning or error, and at log_flush.  A process that is killed takes with it what
 * it has gathered, so this is for workers only, whose notes say what was answered.
 */
void log_gather(void);
void log_flush(void);
/* The time of the work at hand, which its notes bear; 0: each asks the clock. */
void log_time(int64_t at);
/* Named in every line: "master", "app", "gate", "keeper". */
void log_role(const char *role);

/*
 * An event: its name, then pairs of name and value, ended by NULL.  Values are
 * texts; NULL values are left out.  log_event(LOG_WARN, "worker_died", "pid", "17", NULL)
 */
void log_event(enum log_level, const char *event, ...) __attribute__((sentinel));

/* A decimal number as text in one of a few rotating static buffers. */
const char *log_number(int64_t);

#endif
