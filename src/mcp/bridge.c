/*
 * bridge.c: carrying messages over HTTP, by libcurl.
 *
 * The headers of a modern message say again what is in its body; before, a
 * version was agreed on at first and named from then on.  Redirections are not
 * followed: the token is for one address.
 */
#include "config.h"

#include "mcp/bridge.h"

#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/hex.h"
#include "base/secret.h"
#include "mcp/rpc.h"

#define ADDRESS	    "/mcp/v1"
#define ANSWER_MAX  OUT_BODY_MAX
#define CONNECT_S   10L
#define TOTAL_S	    120L
#define VERSION_MAX 32
#define META	    "io.modelcontextprotocol/"

struct bridge {
	CURL *curl;
	char *url, *authorization;
	char version[VERSION_MAX]; /* that was agreed on; "": none yet */
};

/* One message on its way. */
struct crossing {
	struct bridge *bridge;
	struct arena *arena;
	struct json_value message;
	struct rpc rpc; /* id and method */
	struct str version, name;
	struct out body; /* of the answer */
	long status;
	char error[CURL_ERROR_SIZE];
};

static char *
joined(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	char *made = malloc(n + m + 1);

	if (made == NULL)
		abort();
	memcpy(made, a, n);
	memcpy(made + n, b, m + 1);
	return made;
}

static char *
address_of(const char *url)
{
	struct str s = str_of(url);
	char *made;

	while (s.n > 0 && s.s[s.n - 1] == '/')
		s.n--;
	if (s.n >= sizeof ADDRESS - 1 && str_is(str_from(s, s.n - (sizeof ADDRESS - 1)), ADDRESS))
		s.n -= sizeof ADDRESS - 1;
	made = joined(url, ADDRESS);
	memcpy(made + s.n, ADDRESS, sizeof ADDRESS);
	return made;
}

struct bridge *
bridge_open(const char *url, struct str token, const char **why)
{
	struct bridge *b;

	if (!str_starts(str_of(url), STR("http://")) && !str_starts(str_of(url), STR("https://"))) {
		*why = "CLAVIGER_URL must begin with https:// or http://";
		return NULL;
	}
	if (token.n == 0 ||
	    !str_only(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=:")) {
		*why = "the token is not the text of a key";
		return NULL;
	}
	b = calloc(1, sizeof *b);
	if (b == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
	    (b->curl = curl_easy_init()) == NULL)
		abort();
	b->url = address_of(url);
	b->authorization = joined("Authorization: Bearer ", token.s);
	return b;
}

void
bridge_close(struct bridge **bp)
{
	curl_easy_cleanup((*bp)->curl);
	secret_wipe((*bp)->authorization, strlen((*bp)->authorization));
	free((*bp)->authorization);
	free((*bp)->url);
	free(*bp);
	*bp = NULL;
	curl_global_cleanup();
}

/* What a header may hold as it is; anything else goes as base64. */
static const char *
header_text(struct arena *a, struct str v)
{
	bool plain = v.n > 0 && v.s[0] != ' ' && v.s[v.n - 1] != ' ' && !str_starts(v, STR("=?base64?"));
	const char *coded;

	for (size_t i = 0; i < v.n; i++)
		plain = plain && v.s[i] >= ' ' && v.s[i] <= '~';
	if (plain)
		return arena_text(a, v);
	coded = base64_text(a, v);
	return arena_print(a, "=?base64?%s%s?=", coded, v.n % 3 == 1 ? "==" : v.n % 3 == 2 ? "=" : "");
}

/* What the service reads a second time from the headers. */
static void
look_at_message(struct crossing *c)
{
	const struct json_value *params = json_member(&c->message, "params"), *meta = NULL;

	c->rpc.id = json_member(&c->message, "id");
	if (c->rpc.id != NULL && c->rpc.id->sort != JSON_IS_NUMBER && c->rpc.id->sort != JSON_IS_TEXT)
		c->rpc.id = NULL;
	c->rpc.method = json_member_text(&c->message, "method");
	if (params != NULL) {
		meta = json_member(params, "_meta");
		c->name = json_member_text(params, str_is(c->rpc.method, "resources/read") ? "uri" : "name");
	}
	if (meta != NULL)
		c->version = json_member_text(meta, META "protocolVersion");
	c->rpc.modern = c->version.s != NULL;
	if (!c->rpc.modern && !str_is(c->rpc.method, "initialize"))
		c->version = str_of(c->bridge->version);
}

static struct curl_slist *
with(struct crossing *c, struct curl_slist *list, const char *name, struct str value)
{
	struct curl_slist *more;

	if (value.n == 0)
		return list;
	more = curl_slist_append(list, arena_print(c->arena, "%s: %s", name, header_text(c->arena, value)));
	if (more == NULL)
		abort();
	return more;
}

static struct curl_slist *
headers_of(struct crossing *c)
{
	struct curl_slist *list = curl_slist_append(NULL, c->bridge->authorization);

	list = with(c, list, "Content-Type", STR("application/json"));
	list = with(c, list, "Accept", STR("application/json, text/event-stream"));
	list = with(c, list, "MCP-Protocol-Version", c->version);
	if (c->rpc.modern) {
		list = with(c, list, "Mcp-Method", c->rpc.method);
		list = with(c, list, "Mcp-Name", c->name);
	}
	return list;
}

static size_t
take(char *data, size_t size, size_t n, void *ctx)
{
	struct crossing *c = ctx;

	out_str(&c->body, (struct str){ data, size * n });
	return out_failed(&c->body) ? 0 : size * n;
}

static bool
post(struct crossing *c, struct str message)
{
	struct curl_slist *headers = headers_of(c);
	CURL *h = c->bridge->curl;
	CURLcode r;

	curl_easy_reset(h);
	(void)curl_easy_setopt(h, CURLOPT_URL, c->bridge->url);
	(void)curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
	(void)curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE, (long)message.n);
	(void)curl_easy_setopt(h, CURLOPT_POSTFIELDS, message.s);
	(void)curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take);
	(void)curl_easy_setopt(h, CURLOPT_WRITEDATA, c);
	(void)curl_easy_setopt(h, CURLOPT_ERRORBUFFER, c->error);
	(void)curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
	(void)curl_easy_setopt(h, CURLOPT_TIMEOUT, TOTAL_S);
	(void)curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	r = curl_easy_perform(h);
	(void)curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &c->status);
	curl_slist_free_all(headers);
	if (r != CURLE_OK && c->error[0] == '\0')
		(void)snprintf(c->error, sizeof c->error, "%s", curl_easy_strerror(r));
	return r == CURLE_OK;
}

/* An error in the place of an answer, with the id the client waits for. */
static void
put_error(struct crossing *c, int64_t code, struct str message, struct str reason, struct out *answer)
{
	struct json j = json_into(answer);

	if (c->rpc.id == NULL && c->rpc.method.s != NULL)
		return; /* nobody waits */
	rpc_open(&j, &c->rpc);
	json_object(&j, "error");
	json_int(&j, "code", code);
	json_str(&j, "message", message);
	json_object(&j, "data");
	json_int(&j, "status", c->status);
	if (reason.s != NULL)
		json_str(&j, "code", reason);
	json_end(&j);
	json_end(&j);
	json_end(&j);
}

/* The service refused it: what it said, under the message's own id. */
static void
put_refusal(struct crossing *c, const struct json_value *body, struct out *answer)
{
	const struct json_value *error = body == NULL ? NULL : json_member(body, "error"), *code, *data;
	struct str message = error == NULL ? STR_NONE : json_member_text(error, "message");

	if (message.s == NULL) {
		message = str_of(arena_print(c->arena, "the service answered with status %ld", c->status));
		put_error(c, RPC_INTERNAL, message, STR_NONE, answer);
		return;
	}
	code = json_member(error, "code");
	data = json_member(error, "data");
	put_error(c, code == NULL ? RPC_INTERNAL : code->number, message,
	    data == NULL ? STR_NONE : json_member_text(data, "code"), answer);
}

/* Of an "initialize" that was answered: the version to name from now on. */
static void
keep_version(struct crossing *c, const struct json_value *body)
{
	const struct json_value *result = json_member(body, "result");
	struct str version = result == NULL ? STR_NONE : json_member_text(result, "protocolVersion");

	if (!str_is(c->rpc.method, "initialize") || version.s == NULL || version.n >= VERSION_MAX)
		return;
	memcpy(c->bridge->version, version.s, version.n);
	c->bridge->version[version.n] = '\0';
}

static void
put_answer(struct crossing *c, struct out *answer)
{
	struct str text = str_trim(out_text(&c->body));
	struct json_value body;
	bool json = text.n > 0 && text.s[0] == '{' && json_in(c->arena, text, &body);

	if (c->status == 202 || (c->status == 200 && text.n == 0))
		return;
	/* A result may be nested deeper than is read here; it is the service's own, in one line. */
	if (c->status != 200 || text.n == 0 || (text.s[0] != '{' && text.s[0] != '[') ||
	    memchr(text.s, '\n', text.n) != NULL) {
		put_refusal(c, json ? &body : NULL, answer);
		return;
	}
	if (json)
		keep_version(c, &body);
	out_str(answer, text);
}

void
bridge_carry(struct bridge *b, struct arena *a, struct str message, struct out *answer)
{
	struct crossing c = { .bridge = b, .arena = a, .body = out_limit(a, ANSWER_MAX) };

	if (!json_in(a, message, &c.message)) {
		put_error(&c, RPC_PARSE,
		    STR("the message is not JSON, is nested too deep, or has NUL or a number beyond 2^53 in it"),
		    STR_NONE, answer);
		return;
	}
	look_at_message(&c);
	if (post(&c, message))
		put_answer(&c, answer);
	else
		put_error(&c, RPC_INTERNAL,
		    str_of(arena_print(a, "the service cannot be reached: %s", c.error)), STR_NONE, answer);
}
