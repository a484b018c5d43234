/*
 * rpc.c: reading messages (MCP 2026-07-28, basic/transports; and the versions before).
 */
#include "config.h"

#include "mcp/rpc.h"

#include "base/hex.h"

#define META	   "io.modelcontextprotocol/"
#define ID_MAX	   256
#define METHOD_MAX 100

static const char modern_version[] = "2026-07-28";
static const char batch_version[] = "2025-03-26";
static const char *const versions_before[] = { "2025-11-25", "2025-06-18", batch_version };

void
rpc_write_versions(struct json *j, const char *name, bool both)
{
	json_list(j, name);
	json_text(j, NULL, modern_version);
	for (size_t i = 0; both && i < COUNT(versions_before); i++)
		json_text(j, NULL, versions_before[i]);
	json_end(j);
}

static bool
is_before(struct str version)
{
	for (size_t i = 0; i < COUNT(versions_before); i++)
		if (str_is(version, versions_before[i]))
			return true;
	return false;
}

const char *
rpc_agree(struct str wanted)
{
	for (size_t i = 0; i < COUNT(versions_before); i++)
		if (str_is(wanted, versions_before[i]))
			return versions_before[i];
	return versions_before[0];
}

void
rpc_open(struct json *j, const struct rpc *r)
{
	json_object(j, NULL);
	json_text(j, "jsonrpc", "2.0");
	if (r == NULL || r->id == NULL)
		json_null(j, "id");
	else if (r->id->sort == JSON_IS_NUMBER)
		json_int(j, "id", r->id->number);
	else
		json_str(j, "id", r->id->text);
}

static enum rpc_error
wrong(struct rpc *r, enum rpc_error e, const char *why)
{
	r->why = why;
	return e;
}

static enum rpc_error
read_id(const struct json_value *whole, struct rpc *r)
{
	const struct json_value *id = json_member(whole, "id");

	r->notification = id == NULL;
	if (id == NULL)
		return RPC_FINE;
	if ((id->sort != JSON_IS_NUMBER || !id->whole) && (id->sort != JSON_IS_TEXT || id->text.n > ID_MAX))
		return wrong(r, RPC_REQUEST, "id must be a text or a whole number");
	r->id = id;
	return RPC_FINE;
}

static enum rpc_error
read_envelope(const struct json_value *whole, struct rpc *r)
{
	enum rpc_error e;

	if (whole->sort != JSON_IS_OBJECT)
		return wrong(r, RPC_REQUEST, "a message is an object");
	if ((e = read_id(whole, r)) != RPC_FINE)
		return e;
	if (!str_is(json_member_text(whole, "jsonrpc"), "2.0"))
		return wrong(r, RPC_REQUEST, "jsonrpc must be \"2.0\"");
	r->method = json_member_text(whole, "method");
	if (r->method.n == 0 || r->method.n > METHOD_MAX)
		return wrong(r, RPC_REQUEST, "method must be given: nobody is asked for answers");
	r->params = json_member(whole, "params");
	if (r->params != NULL && r->params->sort != JSON_IS_OBJECT)
		return wrong(r, RPC_PARAMS, "params must be an object");
	return RPC_FINE;
}

static const struct json_value *
meta_of(const struct rpc *r)
{
	const struct json_value *meta = r->params == NULL ? NULL : json_member(r->params, "_meta");

	return meta != NULL && meta->sort == JSON_IS_OBJECT ? meta : NULL;
}

/* What a name stands for in a header: itself, or "=?base64?...?=".  STR_NONE if it is broken. */
static struct str
header_value(struct arena *a, struct str v)
{
	static const struct str begin = STR("=?base64?"), end = STR("?=");
	struct str inner;

	v = str_trim(v);
	if (!str_starts(v, begin) || v.n < begin.n + end.n || !str_eq(str_from(v, v.n - end.n), end))
		return v;
	inner = (struct str){ v.s + begin.n, v.n - begin.n - end.n };
	if (inner.n % 4 != 0)
		return STR_NONE;
	for (int i = 0; i < 2 && inner.n > 0 && inner.s[inner.n - 1] == '='; i++)
		inner.n--;
	return inner.n == 0 ? STR("") : base64_bytes(a, inner);
}

/* The member of the params that Mcp-Name repeats; NULL: none. */
static const char *
named_by(struct str method)
{
	if (str_is(method, "tools/call") || str_is(method, "prompts/get"))
		return "name";
	return str_is(method, "resources/read") ? "uri" : NULL;
}

static enum rpc_error
check_headers(struct arena *a, const struct rpc_headers *h, struct rpc *r)
{
	const char *member = named_by(r->method);
	struct str name;

	if (r->notification)
		return RPC_FINE;
	if (!str_eq(str_trim(h->method), r->method))
		return wrong(r, RPC_HEADERS, "Mcp-Method must be there and be the method of the body");
	if (member == NULL)
		return RPC_FINE;
	name = r->params == NULL ? STR_NONE : json_member_text(r->params, member);
	if (name.s == NULL)
		return wrong(r, RPC_PARAMS, "params lack what the method is about");
	if (h->name.s == NULL || !str_eq(header_value(a, h->name), name))
		return wrong(r, RPC_HEADERS, "Mcp-Name must be there and be the name in the body");
	return RPC_FINE;
}

/* The request says by itself which version it is of. */
static enum rpc_error
check_modern(struct arena *a, const struct rpc_headers *h, const struct json_value *meta, struct rpc *r)
{
	const struct json_value *able = meta == NULL ? NULL : json_member(meta, META "clientCapabilities");
	struct str named = meta == NULL ? STR_NONE : json_member_text(meta, META "protocolVersion");
	struct str version = str_trim(h->version);

	r->modern = true;
	if (named.s == NULL && !r->notification)
		return wrong(r, RPC_PARAMS, "_meta must have " META "protocolVersion");
	if (named.s != NULL && !str_eq(named, version))
		return wrong(r, RPC_HEADERS,
		    "MCP-Protocol-Version must be there and be the version in the body");
	if (!str_is(version, modern_version)) {
		r->requested = version;
		return wrong(r, RPC_VERSION, "this version of the protocol is not served");
	}
	if (!r->notification && (able == NULL || able->sort != JSON_IS_OBJECT))
		return wrong(r, RPC_PARAMS, "_meta must have " META "clientCapabilities");
	return check_headers(a, h, r);
}

static enum rpc_error
read_whole(struct arena *a, const struct json_value *whole, const struct rpc_headers *h, struct rpc *r)
{
	const struct json_value *meta;
	struct str version = str_trim(h->version);
	enum rpc_error e;

	if ((e = read_envelope(whole, r)) != RPC_FINE)
		return e;
	meta = meta_of(r);
	if (r->modern || (meta != NULL && json_member(meta, META "protocolVersion") != NULL))
		return check_modern(a, h, meta, r);
	/* Before it has agreed on a version, a client may name any. */
	if (version.s == NULL || is_before(version) || str_is(r->method, "initialize"))
		return RPC_FINE;
	r->requested = version;
	return wrong(r, RPC_VERSION, "this version of the protocol is not served");
}

/* Who names no version is of the one that did not know the header yet, which is the one with batches. */
static enum rpc_error
read_batch(const struct json_value *whole, const struct rpc_headers *h, struct rpc *r)
{
	struct str version = str_trim(h->version);

	if (version.s != NULL && !str_is(version, batch_version))
		return wrong(r, RPC_REQUEST, "batches are of version 2025-03-26 only");
	if (whole->n == 0 || whole->n > RPC_BATCH_MAX)
		return wrong(r, RPC_REQUEST, "a batch has 1 to 20 messages");
	r->batch = whole;
	return RPC_FINE;
}

enum rpc_error
rpc_read(struct arena *a, struct str body, const struct rpc_headers *h, struct rpc *r)
{
	struct json_value *whole = arena_new(a, struct json_value);

	*r = (struct rpc){ .modern = str_is(str_trim(h->version), modern_version) };
	if (!json_in(a, body, whole))
		return wrong(r, RPC_PARSE,
		    "the body is not JSON, is nested too deep, or has NUL or a number beyond 2^53 in it");
	return whole->sort == JSON_IS_LIST ? read_batch(whole, h, r) : read_whole(a, whole, h, r);
}

enum rpc_error
rpc_read_member(struct arena *a, const struct json_value *one, const struct rpc_headers *h, struct rpc *r)
{
	enum rpc_error e;

	*r = (struct rpc){ .modern = false };
	if ((e = read_whole(a, one, h, r)) != RPC_FINE)
		return e;
	return str_is(r->method, "initialize") ? wrong(r, RPC_REQUEST, "initialize stands alone") : RPC_FINE;
}

void
rpc_write_server(struct json *j, const char *name)
{
	json_object(j, name);
	json_text(j, "name", PACKAGE_NAME);
	json_text(j, "version", PACKAGE_VERSION);
	json_end(j);
}

void
rpc_write_meta(struct json *j, bool modern)
{
	if (!modern)
		return;
	json_text(j, "resultType", "complete");
	json_object(j, "_meta");
	rpc_write_server(j, "io.modelcontextprotocol/serverInfo");
	json_end(j);
}
