/*
 * login.h: what the pages of logging in and out show.
 */
#ifndef UI_LOGIN_H
#define UI_LOGIN_H

#include "ui/frame.h"

struct login_page {
	struct frame frame;
	const char *next; /* where to go behind it; "" for the start */
	bool passwords;	  /* the installation keeps them */
	bool mail;	  /* and can send mail to who forgot one */
	bool by_server;	  /* the web server says who it is: there is nothing to end */
};

#endif
