/*
 * error.h: what the page of an error shows.
 */
#ifndef UI_ERROR_H
#define UI_ERROR_H

#include "ui/frame.h"

struct error_page {
	struct frame frame;
	int status;
	const char *title, *advice, *request_id;
	bool login; /* logging in again may help */
};

#endif
