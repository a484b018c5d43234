/*
 * trial.h: what a driver says of a storage that was tried.
 */
#ifndef FILES_TRIAL_H
#define FILES_TRIAL_H

#include "files/driver.h"
#include "files/provider.h"

#define TRIAL_BIT(check) (1U << CHECK_##check)

struct trial {
	enum provider_check failed; /* where it stopped, which a driver makes finer; CHECK__MAX: nowhere */
	enum provider_advice advice;
	unsigned checks, needless; /* bits: which there are, and which this one has no need of */
};

void local_trial(struct place *, enum fault, struct trial *);
enum fault local_space(struct place *);
void s3_trial(struct place *, enum fault, struct trial *);

#endif
