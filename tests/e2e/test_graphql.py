"""The door of Drivebase's clients: transport, who is let in, errors, and one's own keys."""

import gzip
import json
import os
import subprocess
import time

import httpx
import pytest

from conftest import TOP
from graphql_kit import Graphql

KEY = "id name description keyPrefix scopes providerScopes { providerId basePath } expiresAt lastUsedAt isActive " \
      "createdAt updatedAt"
ME = "{ me { id name email role isActive onboardingCompleted lastLoginAt createdAt updatedAt } }"
UNAUTHENTICATED = ("AUTHENTICATION_ERROR", 401, "Authentication required")


@pytest.fixture
def url(stack):
    return stack.web.base_url


@pytest.fixture
def client(url):
    return lambda token=None, workspace=None: Graphql(url, token, workspace)


# --- who is let in ---

def test_seed_3_1_seed_3_8_seed_3_9_who_one_is(client, world):
    """The request of the seed, and all of the type."""
    assert client(world.PROVIDER_TOKEN).ask("{ me { id email } }") == {
        "data": {"me": {"id": world.MEMBER, "email": world.MEMBER_EMAIL}}}
    me = client(world.PROVIDER_TOKEN, world.ORG).data(ME)["me"]
    assert me["name"] == "Ben" and me["role"] == "EDITOR" and me["isActive"] is True and me["createdAt"].endswith("Z")
    assert client(world.admin.token).data(ME)["me"]["role"] == "ADMIN"
    assert client(world.PERSONAL_TOKEN).data(ME)["me"]["id"] == world.MEMBER
    assert client(world.ORG_TOKEN).data(ME) == {"me": None}
    assert client(world.MACHINE_TOKEN).data(ME) == {"me": None}


def test_nobody_is_told_so_by_each_field(client):
    assert client().ask("{ me { id } }") == {"data": {"me": None}, "errors": [{
        "message": "Authentication required", "locations": [{"line": 1, "column": 3}], "path": ["me"],
        "extensions": {"code": "AUTHENTICATION_ERROR", "statusCode": 401}}]}
    assert client().ask("{ apiKeys { id } }")["data"] is None
    assert client().error("{ apiKeys { id } }") == UNAUTHENTICATED
    assert client().data("{ __typename __schema { queryType { name } } }")["__typename"] == "Query"


@pytest.mark.parametrize("token", ["drv_" + "0" * 40, "drv_x", "x", "dk_" + "a" * 49])
def test_a_bad_credential_is_401_before_anything_is_read(client, token):
    for body in ({"query": "{ __typename }"}, "not JSON"):
        answer = client(token).post(body)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="claviger", error="invalid_token"'
        assert answer.json() == {"errors": [{"message": "This key, session or password is not valid", "extensions": {
            "code": "AUTHENTICATION_ERROR", "statusCode": 401}}]}


def test_seed_3_29_a_revoked_key_is_dead_at_once(client, world, org):
    made = org.add_key("provider", scopes=["read"])
    me = client(made["token"])
    assert me.data("{ me { id } }")["me"]["id"] == world.ADMIN
    org.admin.must("DELETE", f"{org.path}/keys/{made['id']}")
    answer = me.post({"query": "{ me { id } }"})
    assert answer.status_code == 401 and answer.json()["errors"][0]["extensions"]["code"] == "AUTHENTICATION_ERROR"


def test_the_workspace_is_one_of_the_callers(client, world):
    """A workspace that is not the caller's is refused and never replaced by another."""
    for token in (world.PROVIDER_TOKEN, world.member.token):
        for other in (world.OTHER_ORG, "org_nix", "x" * 300, "a b"):
            answer = client(token, other).post({"query": "{ me { id } }"})
            assert answer.status_code == 403, other
            assert answer.json() == {"errors": [{"message": "Insufficient permissions", "extensions": {
                "code": "AUTHORIZATION_ERROR", "statusCode": 403}}]}
        assert client(token, world.ORG).data("{ me { id } }")["me"]["id"] == world.MEMBER
    made = client(world.admin.token, world.ORG).data("{ apiKeys { id } }")["apiKeys"]
    assert world.PROVIDER_KEY not in {k["id"] for k in made}, "the keys are the member's, not the admin's"


def test_a_key_without_the_scope_is_told_which(client, world, org):
    space = org.add_resource("space")
    made = org.add_key("space", scopes=["write"], expires_at="2099-12-31", restrictions=[{"space": space}])
    assert client(made["token"]).error("{ me { id } }") == (
        "AUTHORIZATION_ERROR", 403, "API key does not have the required scope: read")


# --- keys ---

def make(client, **wish):
    return client.ask("mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) "
                      "{ fullKey apiKey { %s } } }" % KEY, {"input": {"name": "k", "scopes": ["read"], **wish}})


def test_seed_3_6_a_key_of_ones_own_from_its_making_to_its_end(client, org, stack):
    me = client(org.admin.token, org.id)
    root = os.path.join(stack.files, "archive")
    provider = org.add_resource("provider", config={"driver": "local", "root": root})
    made = make(me, name="night", description="d", scopes=["read", "write"], expiresAt="2099-01-02",
                providerScopes=[{"providerId": provider, "basePath": "//backups/"}])["data"]["createApiKey"]
    key, text = made["apiKey"], made["fullKey"]
    assert text.startswith("drv_") and len(text) == 44 and key["keyPrefix"] == text[:12]
    assert key["scopes"] == ["read", "write"] and key["expiresAt"] == "2099-01-02T23:59:59Z" and key["isActive"]
    assert key["providerScopes"] == [{"providerId": provider, "basePath": "/backups"}]
    assert key["lastUsedAt"] is None and key["createdAt"] == key["updatedAt"]
    assert client(text).data("{ me { id } }")["me"]["id"]
    second = make(me, name="all")["data"]["createApiKey"]["apiKey"]
    assert second["providerScopes"] is None and second["expiresAt"] is None
    assert {k["id"] for k in me.data("{ apiKeys { id } }")["apiKeys"]} == {key["id"], second["id"]}
    changed = me.data("mutation($id: ID!) { updateApiKey(id: $id, input: { name: \"day\", description: null }) "
                      "{ name description } }", {"id": key["id"]})["updateApiKey"]
    assert changed == {"name": "day", "description": None}
    assert me.data("mutation($id: ID!) { revokeApiKey(id: $id) }", {"id": key["id"]}) == {"revokeApiKey": True}
    assert client(text).post({"query": "{ me { id } }"}).status_code == 401
    seen = me.data("query($id: ID!) { apiKey(id: $id) { %s } }" % KEY, {"id": key["id"]})["apiKey"]
    assert seen["isActive"] is False and seen["name"] == "day"
    assert {k["id"]: k["isActive"] for k in me.data("{ apiKeys { id isActive } }")["apiKeys"]} == {
        key["id"]: False, second["id"]: True}
    assert me.error("mutation { updateApiKey(id: \"%s\", input: { name: \"x\" }) { id } }" % key["id"])[:2] == \
        ("CONFLICT", 409)


@pytest.mark.parametrize("wish, message", [
    ({"name": ""}, "API key name is required"), ({"name": "  "}, "API key name is required"),
    ({"scopes": ["reed"]}, "Invalid scopes. Allowed: read, write, admin"),
    ({"scopes": []}, "Invalid scopes. Allowed: read, write, admin"),
    ({"scopes": ["full"]}, "Invalid scopes. Allowed: read, write, admin"),
    ({"providerScopes": []}, "providerScopes: must name 1 to 100 things"),
    ({"providerScopes": [{"providerId": "res_nix"}]}, "providerScopes: there is no such provider"),
    ({"expiresAt": "2001-01-01T00:00:00Z"}, "expiresAt: must be in the future"),
])
def test_a_wish_that_is_not_right(client, world, wish, message):
    answer = make(client(world.member.token, world.ORG), **wish)
    assert answer["data"] is None and answer["errors"][0]["message"] == message
    assert answer["errors"][0]["extensions"] == {"code": "VALIDATION_ERROR", "statusCode": 400}


@pytest.mark.parametrize("path", ["../x", "/a/../b", "/a\u0001b", "a\\b", "/\u202e\u0007"])
def test_a_base_path_that_is_not_plain(client, world, path):
    answer = make(client(world.member.token, world.ORG),
                  providerScopes=[{"providerId": world.PROVIDER, "basePath": path}])
    assert answer.get("data") is None and answer["errors"][0]["extensions"]["statusCode"] == 400


def test_no_key_may_show_or_change_keys(client, world, org):
    """Not even one with all scopes."""
    made = org.add_key("provider", scopes=["read", "write", "admin"])
    for token in (made["token"], world.PERSONAL_TOKEN, world.ORG_TOKEN):
        for query in ("{ apiKeys { id } }", '{ apiKey(id: "x") { id } }',
                      'mutation { createApiKey(input: { name: "x", scopes: ["read"] }) { fullKey } }',
                      'mutation { updateApiKey(id: "%s", input: { name: "x" }) { id } }' % made["id"],
                      'mutation { revokeApiKey(id: "%s") }' % made["id"]):
            assert client(token).error(query)[:2] == ("AUTHORIZATION_ERROR", 403), query
    assert client(made["token"]).data("{ me { id } }")["me"]["id"]


def test_keys_of_others_are_not_there(client, world, org):
    others = org.add_key("provider", scopes=["read"])["id"]
    personal = world.PERSONAL_KEY
    me = client(world.member.token, world.ORG)
    for key in (others, personal, world.OTHER_KEY, "key_nix", "", "x" * 5000):
        for query in ("query($id: ID!) { apiKey(id: $id) { id } }",
                      "mutation($id: ID!) { updateApiKey(id: $id, input: {}) { id } }",
                      "mutation($id: ID!) { revokeApiKey(id: $id) }"):
            assert me.error(query, {"id": key}) == ("NOT_FOUND", 404, "API key not found"), (key, query)


def test_changes_of_one_request_are_kept_one_by_one(client, org):
    me = client(org.admin.token, org.id)
    answer = me.ask('mutation { a: createApiKey(input: { name: "a", scopes: ["read"] }) { apiKey { name } } '
                    'b: createApiKey(input: { name: "b", scopes: ["x"] }) { apiKey { name } } '
                    'c: createApiKey(input: { name: "c", scopes: ["read"] }) { apiKey { name } } }')
    assert answer["data"] is None and [e["path"] for e in answer["errors"]] == [["b"]]
    assert [k["name"] for k in me.data("{ apiKeys { name } }")["apiKeys"]] == ["a"]


def test_a_change_by_cookie_takes_csrf_token_and_origin(url, world):
    cookie = {"Cookie": "claviger=" + world.admin.token, "Authorization": None}
    plain = Graphql(url)
    assert plain.ask("{ __typename }", Cookie="x=y")["data"]
    refused = plain.post({"query": "{ me { id } }"}, **cookie)
    assert refused.status_code == 403, refused.text
    assert refused.json()["errors"][0]["message"] == "The request does not come from our own page"
    csrf = httpx.get(url + "/v1/self", headers={"Cookie": cookie["Cookie"]}).json()["csrf"]
    good = plain.post({"query": "{ me { id } }"}, Origin=url, X_CSRF_Token=csrf, **cookie)
    assert good.json()["data"]["me"]["id"] == world.ADMIN


# --- transport ---

def test_the_audits_of_graphql_http(program, url, world):
    modules = program.parent / "graphql" / "node_modules"
    if not (modules / "graphql-http").is_dir():
        pytest.skip("there is no graphql-http: contrib/check installs it")
    wish = {"modules": str(modules), "url": url + "/graphql", "token": world.PROVIDER_TOKEN}
    done = subprocess.run(["node", str(TOP / "tests/e2e/graphql_audits.js"), json.dumps(wish)],
                          capture_output=True, text=True, timeout=60)
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    assert [s for s in seen if s["status"] != "ok"] == [], done.stderr
    assert len(seen) >= 61


def test_the_media_type_is_what_the_client_accepts(client, world):
    me = client(world.PROVIDER_TOKEN)
    own, plain = "application/graphql-response+json", "application/json"
    for accept, kind in ((own, own), (plain, plain), (None, plain), ("*/*", plain), (f"{own}, {plain}", own),
                         (f"{own};q=0.5, {plain}", plain), (f"{plain};q=0.9, {own};q=0.9", own),
                         (f"{own};q=0", plain), ("text/html", plain), (f"{own}; charset=utf-8, */*;q=0.1", own)):
        answer = me.post({"query": "{ __typename }"}, Accept=accept or "")
        assert answer.headers["Content-Type"] == kind + "; charset=utf-8", accept
        refused = me.post({"query": "{ nix }"}, Accept=accept or "")
        assert refused.status_code == (400 if kind == own else 200), accept
        assert "data" not in refused.json() and refused.headers["Cache-Control"] == "no-store"


def test_pages_of_other_sites_may_ask_with_a_key(url, world):
    page = {"Origin": "https://elsewhere.example"}
    before = httpx.request("OPTIONS", url + "/graphql", headers={
        **page, "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,x-workspace-id"})
    assert before.status_code == 204 and before.headers["Access-Control-Allow-Origin"] == "*"
    assert before.headers["Access-Control-Allow-Headers"] == "Content-Type, Authorization, x-workspace-id"
    assert before.headers["Access-Control-Allow-Methods"] == "GET, POST, OPTIONS"
    assert "Access-Control-Allow-Credentials" not in before.headers
    for token, status in ((world.PROVIDER_TOKEN, 200), ("drv_x", 401)):
        answer = Graphql(url, token).post({"query": "{ me { id } }"}, **page)
        assert answer.status_code == status and answer.headers["Access-Control-Allow-Origin"] == "*"
    refused = Graphql(url).post({"query": "{ me { id } }"}, Cookie="claviger=" + world.admin.token, **page)
    assert refused.status_code == 403 and "data" not in refused.json()


def test_a_query_in_the_address(url, world):
    def get(**query):
        return httpx.get(url + "/graphql", params=query, headers={"Authorization": "Bearer " + world.PROVIDER_TOKEN})

    assert get(query="{ me { id } }").json() == {"data": {"me": {"id": world.MEMBER}}}
    assert get(query="query A($n: String!) { __type(name: $n) { name } }", operationName="A",
               variables='{"n": "User"}').json() == {"data": {"__type": {"name": "User"}}}
    refused = get(query='mutation { revokeApiKey(id: "x") }')
    assert refused.status_code == 405 and refused.headers["Allow"] == "POST" and "data" not in refused.json()
    assert get(variables="{}").status_code == 400 and get(query="{__typename}", variables="[").status_code == 400
    assert httpx.get(url + "/graphql?query={__typename}&access_token=x").status_code == 400
    assert httpx.get(url + "/graphql", params={"query": "{ me { id } }", "k": world.PROVIDER_TOKEN}).status_code == 400
    for method in ("PUT", "DELETE", "PATCH"):
        answer = httpx.request(method, url + "/graphql")
        assert answer.status_code == 405 and answer.headers["Allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize("body, status", [
    ("", 400), ("{", 400), ("null", 400), ("1", 400), ('"x"', 400), ('{"query":"{__typename}","query":"{x}"}', 400),
    ([{"query": "{ __typename }"}], 400), ([], 400), ({}, 400), ({"query": None}, 400), ({"query": ["x"]}, 400),
    ({"query": "{ __typename }", "variables": "x"}, 400), ({"query": "{ __typename }", "operationName": 1}, 400),
    ({"query": "{ __typename }", "extensions": []}, 400), (b"\xff\xfe", 400), (b"{\"query\":\"{ \xff }\"}", 400),
    (gzip.compress(b'{"query":"{__typename}"}'), 400), ('{"query":"{__typename}","variables":{"a":1e999}}', 400),
    ('{"query":"{__typename}","variables":' + "[" * 5000, 400), ({"query": "x" * 70000}, 413),
    ("{\"query\":\"{a(b:\\\"\\u0000\\\")}\"}", 400), ({"query": "", "more": "is ignored"}, 200),
])
def test_a_body_that_is_no_request(client, world, body, status):
    answer = client(world.PROVIDER_TOKEN).post(body)
    assert answer.status_code == status, answer.text
    assert "data" not in answer.json() and answer.json()["errors"][0]["extensions"]["code"] == "VALIDATION_ERROR"


@pytest.mark.parametrize("kind", [None, "text/plain", "application/graphql", "application/x-www-form-urlencoded",
                                  "multipart/form-data; boundary=x", "application/json; charset=utf-16"])
def test_a_body_of_another_type(client, world, kind):
    assert client(world.PROVIDER_TOKEN).post('{"query":"{__typename}"}', Content_Type=kind).status_code == 415


# --- what costs too much ---

CONNECT = "mutation($i: ConnectStorageInput!) { connectStorage(input: $i) { id } }"


def nested(n):
    return "{ __schema { types " + "{ fields { type " * n + "{ name }" + " } }" * n + " } }"


COSTLY = {
    "3,000 aliases": "{" + " ".join(f"a{i}: me {{ id }}" for i in range(3000)) + "}",
    "200 aliases": "{" + " ".join(f"a{i}: __typename" for i in range(200)) + "}",
    "depth 10,000": "{a" * 10000 + "}" * 10000,
    "depth 30": nested(15),
    "a cycle": "{ me { ...F } } fragment F on User { ...G } fragment G on User { ...F }",
    "itself": "{ me { ...F } } fragment F on User { ...F }",
    "doubling": "{ __type(name: \"Query\") { ...F0 } }" + " ".join(
        f"fragment F{i} on __Type {{ ofType {{ ...F{i + 1} }} o: ofType {{ ...F{i + 1} }} }}" for i in range(16)) +
    " fragment F16 on __Type { name }",
    "directives": "{ me " + "@skip(if: false) " * 4000 + "{ id } }",
    "a mebibyte": "{ me { id } } #" + "x" * (1 << 20),
    "a list": "{ __type(name: " + "[" * 30000 + ") { name } }",
    "variables": "query(" + " ".join(f"$a{i}: Int" for i in range(2000)) + ") { __typename }",
    "round and round": "{" + " ".join(f"a{i}: __schema {{ types {{ fields {{ type {{ ofType {{ fields {{ name type "
                                      "{ name } } } } } } }" for i in range(90)) + "}",
}


def test_many_values_of_variables_are_refused(client, world):
    """A worker that ran out of its memory would have died."""
    me = client(world.PROVIDER_TOKEN)
    for values in ([1] * 30000, [[]] * 20000, {f"a{i}": 1 for i in range(6000)}, [{"a": "b"}] * 5001):
        wish = {"i": {"name": "x", "type": "LOCAL", "config": values}}
        refused = me.post(json.dumps({"query": CONNECT, "variables": wish}, separators=(",", ":")))
        assert "more than the 5000 values" in refused.json()["errors"][0]["message"]
    assert me.data("{ me { id } }")["me"]["id"] == world.MEMBER


@pytest.mark.parametrize("what", COSTLY)
def test_what_costs_too_much_is_refused(client, world, what):
    """By what was counted; how long that takes is only shown."""
    began = time.monotonic()
    answer = client(world.PROVIDER_TOKEN).post({"query": COSTLY[what]}, Accept="application/graphql-response+json")
    print(f"{what}: {answer.status_code} after {1000 * (time.monotonic() - began):.0f} ms")
    assert answer.status_code in (400, 413), answer.text[:300]
    assert "data" not in answer.json() and answer.json()["errors"][0]["extensions"]["code"] == "VALIDATION_ERROR"
    assert client(world.PROVIDER_TOKEN).data("{ me { id } }")["me"]["id"] == world.MEMBER


def test_the_schema_is_as_drivebase_has_it(client):
    """As tools ask for it, with all levels of types."""
    kind = "{ kind name " + "ofType { kind name " * 7 + "} " * 8
    schema = client().data("{ __schema { description queryType { name } mutationType { name } subscriptionType { name } "
                           "types { kind name description specifiedByURL fields(includeDeprecated: true) { name "
                           "description args { name description type %s defaultValue } type %s isDeprecated "
                           "deprecationReason } inputFields { name description type %s defaultValue } interfaces "
                           "{ name } enumValues(includeDeprecated: true) { name } possibleTypes { name } } "
                           "directives { name description isRepeatable locations args { name type %s } } } }"
                           % (kind, kind, kind, kind))["__schema"]
    types = {t["name"]: t for t in schema["types"]}
    assert [f["name"] for f in types["ApiKey"]["fields"]] == [w for w in KEY.split() if w[0] not in "{}" and
                                                              w not in ("providerId", "basePath")]
    assert {f["name"] for f in types["CreateApiKeyInput"]["inputFields"]} == {
        "name", "description", "scopes", "providerScopes", "expiresAt"}
    assert [v["name"] for v in types["UserRole"]["enumValues"]] == ["VIEWER", "EDITOR", "ADMIN", "OWNER"]
    assert {d["name"] for d in schema["directives"]} == {"include", "skip", "deprecated", "specifiedBy"}
