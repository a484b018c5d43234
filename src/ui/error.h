/*
 * error.h: what the page of an error shows.
 */
#ifndef UI_ERROR_H
#define UI_ERROR_H

#include "ui/frame.h"
#include "ui/typed.h"

struct error_page {
	struct frame frame;
	int status;
	const char *title, *advice, *request_id;
	bool login;		 /* logging in again may help */
	const char *action;	 /* of the form to go on with behind it; NULL: there is none */
	struct typed_list typed; /* what was typed into it */
};

#endif
