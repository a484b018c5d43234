/*
 * ui.h: the door for people: pages, and the forms on them.
 *
 * A page reads what it shows into a struct that its template in www takes.  A
 * form changes something by one call to core and sends the browser on; where
 * core refuses, its page is shown again with what was typed and what was wrong.
 */
#ifndef UI_UI_H
#define UI_UI_H

#include "http/call.h"

extern const struct door door_ui;

extern const struct shape shape_ui_nothing, shape_ui_login, shape_ui_key, shape_ui_refresh;

handler ui_static, ui_favicon, ui_start;
handler ui_login, ui_login_send, ui_logout, ui_logout_send;
handler ui_keys, ui_key_new, ui_key_make, ui_key_end, ui_key_end_send, ui_key_refresh, ui_key_refresh_send;

#endif
