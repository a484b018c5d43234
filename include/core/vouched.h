/*
 * vouched.h: sessions of people whom somebody else vouches for: the host
 * application, by its tokens; the web server, by its name for them.
 */
#ifndef CORE_VOUCHED_H
#define CORE_VOUCHED_H

#include "core/verify.h"

/*
 * The standing of a token of the host application; as verify_text.  Seen for the
 * first time it becomes a session that can be listed and ended; the gate, which
 * may only look, lets it pass without.
 */
enum fault vouched_jwt(struct work *, struct str token, struct presented *);

/*
 * The standing of a name that the web server has authenticated and that the settings
 * let it vouch for; as verify_text.  It lasts for this request: nothing is kept.
 */
enum fault vouched_remote_user(struct work *, struct str name, struct presented *);

#endif
