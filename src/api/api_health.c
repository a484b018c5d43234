/*
 * api_health.c: is the program alive, can it serve, and what has it counted.
 */
#include "api/api.h"

#include "base/counters.h"
#include "base/settings.h"
#include "core/census.h"
#include "db/migrate.h"
#include "store/meta.h"

static void
write_status(struct call *c, const char *status)
{
	struct json *j = call_json(c);

	json_object(j, NULL);
	json_text(j, "status", status);
	json_end(j);
}

enum fault
api_healthz(struct call *c)
{
	write_status(c, "ok");
	return FAULT_NONE;
}

/* The database answers, and its schema is the one this program was made for. */
enum fault
api_readyz(struct call *c)
{
	int64_t version;
	enum fault f = meta_schema_version(c->work, &version);

	if (f == FAULT_NO_ROW || (f == FAULT_NONE && version != migrate_newest()))
		return FAULT_UNAVAILABLE;
	if (f == FAULT_NONE)
		write_status(c, "ready");
	return f;
}

enum fault
api_metrics(struct call *c)
{
	if (!ranges_hold(str_of(c->work->settings->access_metrics_from), &c->work->peer))
		return FAULT_METRICS_FORBIDDEN;
	response_header(c->resp, "Content-Type", "text/plain; version=0.0.4");
	counters_write(&c->resp->body);
	census_write(&c->resp->body);
	return FAULT_NONE;
}
