/*
 * notify.h: telling others that the service is there: the service manager
 * (sd_notify(3), without its library) and a file with the process id.
 */
#ifndef FRONT_NOTIFY_H
#define FRONT_NOTIFY_H

#include <stdbool.h>

void notify_ready(void);
void notify_reloading(void);
void notify_stopping(void);

/* False with errno set; an empty path is no file. */
bool pid_file_write(const char *path);
void pid_file_remove(const char *path);

#endif
