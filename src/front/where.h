/*
 * where.h: where a setting was made, for those who have to change it.
 */
#ifndef FRONT_WHERE_H
#define FRONT_WHERE_H

/*
 * "FILE:LINE"; the variable, if the environment has it; the file, if neither
 * has.  In a static buffer.
 */
const char *where_setting(const char *config, const char *section, const char *name);

#endif
