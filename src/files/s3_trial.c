/*
 * s3_trial.c: an S3 storage that was tried: what failed, by how far the last request
 * came, and by the code of its answer.
 */
#include "config.h"

#include <string.h>

#include "files/s3.h"
#include "files/trial.h"

/* What answers to the first request say of the storage as a whole. */
static const struct {
	const char *code;
	enum provider_check check;
	enum provider_advice advice;
} codes[] = {
	{ "RequestTimeTooSkewed", CHECK_CLOCK, ADVICE_SET_CLOCK },
	{ "RequestExpired", CHECK_CLOCK, ADVICE_SET_CLOCK },
	{ "SignatureDoesNotMatch", CHECK_CREDENTIALS, ADVICE_CHECK_SECRET },
	{ "InvalidAccessKeyId", CHECK_CREDENTIALS, ADVICE_CHECK_SECRET },
	{ "InvalidToken", CHECK_CREDENTIALS, ADVICE_CHECK_SECRET },
	{ "ExpiredToken", CHECK_CREDENTIALS, ADVICE_CHECK_SECRET },
	{ "InvalidSecurity", CHECK_CREDENTIALS, ADVICE_CHECK_SECRET },
	{ "NotSignedUp", CHECK_CREDENTIALS, ADVICE_CHECK_SECRET },
	{ "AccountProblem", CHECK_CREDENTIALS, ADVICE_CHECK_SECRET },
	{ "AuthorizationHeaderMalformed", CHECK_CREDENTIALS, ADVICE_CHECK_REGION },
	{ "PermanentRedirect", CHECK_BUCKET, ADVICE_CHECK_REGION },
	{ "TemporaryRedirect", CHECK_BUCKET, ADVICE_CHECK_REGION },
	{ "IllegalLocationConstraintException", CHECK_BUCKET, ADVICE_CHECK_REGION },
	{ "InvalidBucketName", CHECK_BUCKET, ADVICE_CHECK_BUCKET },
	{ "NoSuchBucket", CHECK_BUCKET, ADVICE_CHECK_BUCKET },
};

static const struct {
	enum provider_check check;
	enum provider_advice advice;
} failures[] = {
	[WIRE_NAME] = { CHECK_NAME, ADVICE_CHECK_NAME },
	[WIRE_CONNECTION] = { CHECK_CONNECTION, ADVICE_CHECK_PORT },
	[WIRE_SECURITY] = { CHECK_SECURITY, ADVICE_CHECK_CERTIFICATE },
	[WIRE_ANSWER] = { CHECK_ANSWER, ADVICE_TRY_LATER },
};

static void
blame(struct trial *x, enum provider_check check, enum provider_advice advice)
{
	x->failed = check;
	x->advice = advice;
}

/* The first request of all, which lists. */
static void
blame_first(const struct s3 *s3, struct trial *x)
{
	for (size_t i = 0; s3->code != NULL && i < COUNT(codes); i++)
		if (strcmp(s3->code, codes[i].code) == 0) {
			blame(x, codes[i].check, codes[i].advice);
			return;
		}
	if (s3->failure != WIRE_FINE)
		blame(x, failures[s3->failure].check, failures[s3->failure].advice);
	else if (s3->status == 404)
		blame(x, CHECK_BUCKET, ADVICE_CHECK_BUCKET);
	else if (s3->status == 401)
		blame(x, CHECK_CREDENTIALS, ADVICE_CHECK_SECRET);
	else if (s3->status == 403)
		blame(x, CHECK_LIST, ADVICE_ALLOW_LIST);
	else if (s3->status >= 300 && s3->status < 400)
		blame(x, CHECK_BUCKET, ADVICE_CHECK_REGION);
	else
		blame(x, CHECK_ANSWER, s3->status >= 500 ? ADVICE_TRY_LATER : ADVICE_CHECK_ENDPOINT);
}

static enum provider_advice
advice_later(const struct s3 *s3, enum provider_check at)
{
	if (s3->failure != WIRE_FINE || s3->status >= 500)
		return ADVICE_TRY_LATER;
	if (s3->status != 401 && s3->status != 403)
		return ADVICE_CHECK_ENDPOINT;
	return at == CHECK_WRITE ? ADVICE_ALLOW_WRITE
	    : at == CHECK_READ	 ? ADVICE_ALLOW_READ
				 : ADVICE_ALLOW_REMOVE;
}

void
s3_trial(struct place *p, enum fault f, struct trial *x)
{
	const struct s3 *s3 = p->s3;

	x->checks = TRIAL_BIT(SETTINGS) | TRIAL_BIT(ALLOWED) | TRIAL_BIT(NAME) | TRIAL_BIT(CONNECTION) |
	    TRIAL_BIT(SECURITY) | TRIAL_BIT(ANSWER) | TRIAL_BIT(CLOCK) | TRIAL_BIT(CREDENTIALS) |
	    TRIAL_BIT(BUCKET) | TRIAL_BIT(LIST) | TRIAL_BIT(WRITE) | TRIAL_BIT(READ) | TRIAL_BIT(REMOVE);
	if (s3->scheme != NULL && strcmp(s3->scheme, "http") == 0)
		x->needless = TRIAL_BIT(SECURITY);
	if (x->failed == CHECK_SETTINGS && s3->not_allowed)
		blame(x, CHECK_ALLOWED, ADVICE_ASK_ADMINISTRATOR);
	else if (x->failed != CHECK_SETTINGS && f == FAULT_STORAGE_FULL)
		blame(x, CHECK_SPACE, ADVICE_MAKE_ROOM);
	else if (x->failed == CHECK_LIST)
		blame_first(s3, x);
	else if (x->failed != CHECK_SETTINGS && x->failed != CHECK__MAX)
		x->advice = advice_later(s3, x->failed);
}
