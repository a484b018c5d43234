/*
 * cmd_key.h: the branches of "claviger key" that stand in rooms of their own.
 */
#ifndef FRONT_CMD_KEY_H
#define FRONT_CMD_KEY_H

#include "front/command.h"

int key_add(const struct command_line *);
int key_refresh(const struct command_line *);
int key_rotate(const struct command_line *);
int key_change(const struct command_line *);

#endif
