/*
 * cmd_user.h: the branches of "claviger user" that stand in rooms of their own.
 */
#ifndef FRONT_CMD_USER_H
#define FRONT_CMD_USER_H

#include "front/command.h"

int user_sessions(const struct command_line *);
int user_logout(const struct command_line *);
int user_confirm(const struct command_line *);
int user_reset(const struct command_line *);
int user_unlink(const struct command_line *);

#endif
