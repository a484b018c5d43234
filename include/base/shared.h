/*
 * shared.h: memory that all processes of the service share: made by the master
 * before it forks, zeroed, gone with the last of them.
 *
 * What is kept there is read and written with the atomics of C11 only; no lock,
 * so a process killed at any moment holds up nobody.  The one exception is
 * core/admission.h, whose locks the kernel gives free when their holder ends.
 */
#ifndef BASE_SHARED_H
#define BASE_SHARED_H

#include <stddef.h>

/* Never NULL; a system without memory ends the program at start. */
void *shared_take(size_t n);

#endif
