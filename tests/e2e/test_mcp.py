"""The Model Context Protocol at /mcp/v1: both eras, what is refused, and who sees which tools."""

import json

import pytest

from api_kit import KINDS, abroad, ask, home, is_refused, secret  # noqa: F401
from mcp_kit import BEFORE, META, MODERN, Mcp, envelope

VERSIONS = (MODERN, *BEFORE, None)
SOURCE_TOOLS = ["list_sources", "list_documents", "search_source", "read_document"]


@pytest.fixture
def mcp(stack, world):
    return Mcp(stack.web.base_url, world.PERSONAL_TOKEN)


@pytest.fixture(params=VERSIONS, ids=str)
def any_mcp(request, stack, world):
    return Mcp(stack.web.base_url, world.PERSONAL_TOKEN, request.param)


def reading(mcp):
    """Which of the tools that read documents it sees."""
    return [name for name in mcp.tools() if name in SOURCE_TOOLS]


# --- the eras ---

def test_discover(mcp):
    found = mcp.result("server/discover")
    assert found["supportedVersions"] == [MODERN] and "tools" in found["capabilities"]
    assert found["resultType"] == "complete" and found["cacheScope"] == "private"
    assert found["_meta"][META + "serverInfo"]["name"] == "claviger"


@pytest.mark.parametrize("wanted, told", [*((v, v) for v in BEFORE), ("2024-11-05", BEFORE[0]),
                                          ("1999-01-01", BEFORE[0]), (MODERN, BEFORE[0])])
def test_initialize(stack, world, wanted, told):
    mcp = Mcp(stack.web.base_url, world.PERSONAL_TOKEN, None)
    result = mcp.result("initialize", {"protocolVersion": wanted, "capabilities": {},
                                       "clientInfo": {"name": "test", "version": "1"}})
    assert result["protocolVersion"] == told and result["serverInfo"]["name"] == "claviger"
    assert "tools" in result["capabilities"]
    assert "Mcp-Session-Id" not in mcp.answer.headers
    assert mcp.send({"jsonrpc": "2.0", "method": "notifications/initialized"},
                    {"MCP-Protocol-Version": told}).status == 202
    assert mcp.answer.text == ""
    mcp.version = told
    assert mcp.result("ping") == {}


def test_every_version_has_the_tools(any_mcp, world):
    assert any_mcp.tools()[:5] == ["whoami", *SOURCE_TOOLS]
    assert any_mcp.call("whoami")["organization"]["id"] == world.ORG
    assert any_mcp.answer.headers["Content-Type"] == "application/json"
    assert any_mcp.answer.headers["Cache-Control"] == "no-store"


def test_what_a_tool_tells_of_itself(mcp):
    listed = mcp.result("tools/list")
    assert isinstance(listed["ttlMs"], int) and listed["cacheScope"] == "private"
    for tool in listed["tools"]:
        schema = tool["inputSchema"]
        assert tool["title"] and tool["description"] and schema["type"] == "object", tool
        assert schema["additionalProperties"] is False and set(schema["required"]) <= set(schema["properties"])
        assert all(p["description"] and p["type"] for p in schema["properties"].values()), tool
        looks = not tool["name"].startswith(("create_", "update_", "write_"))
        assert tool["annotations"]["readOnlyHint"] is looks


# --- what is no message, or disagrees with itself ---

def request_of(**more):
    return {"jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": {"_meta": envelope()}, **more}


GOOD = {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/list"}
CALL = {**GOOD, "Mcp-Method": "tools/call"}


def call_of(params):
    return request_of(method="tools/call", params={"_meta": envelope(), **params})


@pytest.mark.parametrize("body, headers, status, code", [
    # what is no message
    ("", GOOD, 400, -32700),
    ("{", GOOD, 400, -32700),
    ('{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}', {}, 400, -32700),
    ("[" * 10000 + "]" * 10000, GOOD, 400, -32700),
    ('{"a":' * 10000 + "1" + "}" * 10000, GOOD, 400, -32700),
    (b'{"jsonrpc":"2.0","id":1,"method":"\xff"}', GOOD, 400, -32700),
    ({"jsonrpc": "2.0", "id": 1, "method": "a\u0000b"}, {}, 400, -32700),
    ("1", GOOD, 400, -32600),
    ([request_of()], GOOD, 400, -32600),
    ([{"jsonrpc": "2.0", "id": 1, "method": "ping"}], {"MCP-Protocol-Version": BEFORE[0]}, 400, -32600),
    ([{"jsonrpc": "2.0", "id": 1, "method": "ping"}], {"MCP-Protocol-Version": BEFORE[1]}, 400, -32600),
    ([], {}, 400, -32600),
    ([{"jsonrpc": "2.0", "id": 1, "method": "ping"}] * 21, {}, 400, -32600),
    ({"jsonrpc": "1.0", "id": 1, "method": "ping"}, {}, 400, -32600),
    ({"jsonrpc": "2.0", "id": 1}, {}, 400, -32600),
    ({"jsonrpc": "2.0", "id": 1, "result": {}}, {}, 400, -32600),
    ({"jsonrpc": "2.0", "id": None, "method": "ping"}, {}, 400, -32600),
    ({"jsonrpc": "2.0", "id": {}, "method": "ping"}, {}, 400, -32600),
    ({"jsonrpc": "2.0", "id": "x" * 300, "method": "ping"}, {}, 400, -32600),
    ({"jsonrpc": "2.0", "id": 1, "method": 1}, {}, 400, -32600),
    # headers that disagree with the body, or are not there
    (request_of(), {}, 400, -32020),
    (request_of(), {"MCP-Protocol-Version": BEFORE[0], "Mcp-Method": "tools/list"}, 400, -32020),
    (request_of(), {"MCP-Protocol-Version": MODERN}, 400, -32020),
    (request_of(), {**GOOD, "Mcp-Method": "tools/call"}, 400, -32020),
    (request_of(), {**GOOD, "Mcp-Method": "TOOLS/LIST"}, 400, -32020),
    (call_of({"name": "whoami"}), CALL, 400, -32020),
    (call_of({"name": "whoami"}), {**CALL, "Mcp-Name": "list_sources"}, 400, -32020),
    (call_of({"name": "whoami"}), {**CALL, "Mcp-Name": "=?base64?d2hvYW1p?"}, 400, -32020),
    (call_of({"name": "whoami"}), {**CALL, "Mcp-Name": "=?base64?d2hv!!!p?="}, 400, -32020),
    (call_of({"name": "whoami"}), {**CALL, "Mcp-Name": "=?base64?d2hvYW1?="}, 400, -32020),
    # what a modern request must say of itself
    (request_of(params={}), GOOD, 400, -32602),
    (request_of(params={"_meta": {META + "clientCapabilities": {}}}), GOOD, 400, -32602),
    (request_of(params={"_meta": {META + "protocolVersion": MODERN}}), GOOD, 400, -32602),
    (request_of(params=[]), GOOD, 400, -32602),
    (call_of({}), CALL, 400, -32602),
    (call_of({"name": "no_such_tool"}), {**CALL, "Mcp-Name": "no_such_tool"}, 400, -32602),
    (call_of({"name": "whoami", "arguments": []}), {**CALL, "Mcp-Name": "whoami"}, 400, -32602),
    (request_of(params={"_meta": envelope(), "cursor": "x"}), GOOD, 400, -32602),
    # versions and methods that are not served
    (request_of(params={"_meta": envelope("2099-01-01")}), {**GOOD, "MCP-Protocol-Version": "2099-01-01"}, 400,
     -32022),
    (request_of(params={"_meta": envelope(BEFORE[0])}), {**GOOD, "MCP-Protocol-Version": BEFORE[0]}, 400, -32022),
    ({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, {"MCP-Protocol-Version": "v9"}, 400, -32022),
    (request_of(method="ping"), {**GOOD, "Mcp-Method": "ping"}, 404, -32601),
    (request_of(method="initialize"), {**GOOD, "Mcp-Method": "initialize"}, 404, -32601),
    ({"jsonrpc": "2.0", "id": 1, "method": "server/discover"}, {}, 200, -32601),
    ({"jsonrpc": "2.0", "id": 1, "method": "resources/list"}, {}, 200, -32601),
    ({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "no_such_tool"}}, {}, 200, -32602),
])
def test_what_is_refused(mcp, body, headers, status, code):
    answer = mcp.send(body, headers)
    error = answer.json()
    assert (answer.status, error["error"]["code"]) == (status, code), answer.text
    assert error["error"]["message"] and "result" not in error
    sent = body if isinstance(body, dict) else {}
    well_known = code != -32700 and isinstance(sent.get("id"), (int, str)) and len(str(sent["id"])) < 256
    assert error["id"] == (sent["id"] if well_known else None)
    if code == -32022:
        assert error["error"]["data"]["requested"] == headers["MCP-Protocol-Version"]
        assert MODERN in error["error"]["data"]["supported"]


def test_a_name_in_base64_is_the_name(mcp):
    answer = mcp.send(call_of({"name": "whoami"}), {**CALL, "Mcp-Name": "=?base64?d2hvYW1p?="})
    assert answer.status == 200 and answer.json()["result"]["isError"] is False


def test_notifications_are_only_taken(mcp):
    for body, headers in (({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}, {}),
                          ({"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "whoami"}}, {}),
                          ({"jsonrpc": "2.0", "method": "notifications/x"}, GOOD)):
        answer = mcp.send(body, headers)
        assert (answer.status, answer.text) == (202, ""), body


# --- batches: version 2025-03-26 only ---

BATCH = {"MCP-Protocol-Version": BEFORE[2]}


def one(number, method="ping", **params):
    return {"jsonrpc": "2.0", "id": number, "method": method, **({"params": params} if params else {})}


@pytest.mark.parametrize("headers", [BATCH, {}])
def test_each_of_a_batch_has_its_answer(mcp, world, headers):
    told = {"jsonrpc": "2.0", "method": "notifications/cancelled"}
    answer = mcp.send([one(1), told, one("two", "tools/call", name="whoami"), one(3, "no/such"), 7, [one(8)],
                       {"jsonrpc": "1.0", "id": 4, "method": "ping"}, one(5, "initialize", protocolVersion=BEFORE[2]),
                       one(6, "tools/call", name="read_document", arguments={"source": world.OTHER_SOURCE, "path": "x"}),
                       one(7, "tools/call", name="no_such_tool"), one(9, "tools/list"),
                       one(10, "tools/list", _meta=envelope())], headers)
    assert answer.status == 200 and answer.headers["Content-Type"] == "application/json", answer.text
    said = answer.json()
    assert [m["id"] for m in said] == [1, "two", 3, None, None, 4, 5, 6, 7, 9, 10]
    assert said[0] == {"jsonrpc": "2.0", "id": 1, "result": {}}
    assert said[1]["result"]["structuredContent"]["organization"]["id"] == world.ORG
    assert [m["error"]["code"] for m in said if "error" in m] == [-32601, -32600, -32600, -32600, -32600, -32602, -32020]
    assert said[7]["result"]["structuredContent"]["error"]["code"] == "not_found"
    assert len(said[9]["result"]["tools"]) > 3


def test_a_batch_that_is_only_told(mcp):
    answer = mcp.send([{"jsonrpc": "2.0", "method": "notifications/initialized"}] * 20, BATCH)
    assert (answer.status, answer.text) == (202, "")


def test_each_of_a_batch_is_judged_by_itself(stack, org):
    """One that may not, between two that may; what they change stays."""
    mcp = Mcp(stack.web.base_url, org.add_key("organization", permission="write")["token"])
    adds = [one(n, "tools/call", name="create_contact", arguments={"fields": {"n": n}}) for n in (1, 2)]
    foreign = one(3, "tools/call", name="list_files", arguments={"provider": org.add_resource("provider")})
    said = mcp.send([adds[0], foreign, adds[1]], BATCH).json()
    assert [m["id"] for m in said] == [1, 3, 2] and "error" in said[1], said
    assert [i["n"] for i in org.admin.must("GET", org.path + "/contacts")["items"]] == [1, 2]
    reading = Mcp(stack.web.base_url, org.add_key("organization", permission="read")["token"])
    said = reading.send([one(4, "tools/call", name="list_contacts"), adds[0]], BATCH).json()
    assert len(said[0]["result"]["structuredContent"]["items"]) == 2
    assert said[1]["error"]["data"]["status"] == 403 and said[1]["error"]["data"]["code"] == "scope"
    assert reading.answer.status == 200


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_batch_of_each_kind(stack, home, kind):  # noqa: F811
    said = Mcp(stack.web.base_url, home.tokens[kind]).send([one(n, "tools/list") for n in range(20)], BATCH).json()
    assert [m["id"] for m in said] == list(range(20)) and all("result" in m for m in said)


def test_a_batch_of_a_session_and_of_nobody(stack, world, org):
    person, _ = org.add_member()
    mcp = Mcp(stack.web.base_url, person.token)
    said = mcp.send([one(n, "tools/call", name="whoami") for n in range(20)], BATCH).json()
    assert {m["result"]["structuredContent"]["organization"]["id"] for m in said} == {org.id}
    answer = Mcp(stack.web.base_url, None).send([one(1)], BATCH)
    assert answer.status == 401 and answer.json()["error"]["data"]["code"] == "no_credential"


def test_each_of_a_batch_counts_for_the_limit_of_a_key(stack, org):
    key = org.add_key("organization", permission="read", rate_limit={"requests": 5, "seconds": 3600})
    mcp = Mcp(stack.web.base_url, key["token"])
    said = mcp.send([one(n) for n in range(9)], BATCH).json()
    assert ["error" in m for m in said] == [False] * 5 + [True] * 4
    assert {m["error"]["data"]["status"] for m in said[5:]} == {429}
    assert mcp.send([one(1)], BATCH).status == 429


def test_a_batch_whose_answers_are_long(stack, org):
    """What has no room any more is not done, and says so."""
    mcp = Mcp(stack.web.base_url, org.add_key("organization", permission="write")["token"])
    for n in range(20):
        org.admin.must("POST", org.path + "/contacts", {"n": "x" * 30000})
    lists = [one(n, "tools/call", name="list_contacts") for n in range(5)]
    adds = one(9, "tools/call", name="create_appointment", arguments={"fields": {}})
    said = mcp.send([*lists, adds], BATCH).json()
    assert [m["id"] for m in said] == [0, 1, 2, 3, 4, 9] and "result" in said[0]
    assert said[-1]["error"]["code"] == -32000 and "by itself" in said[-1]["error"]["message"], said[-1]
    assert org.admin.must("GET", org.path + "/appointments")["items"] == []


def test_what_is_no_post(stack, world):
    for method in ("GET", "DELETE", "PUT"):
        answer = ask(stack.web.base_url, method, "/mcp/v1", world.PERSONAL_TOKEN)
        assert answer.status == 405 and answer.headers["Allow"] == "POST", method


def test_a_page_of_another_origin(mcp, stack):
    own = stack.web.base_url
    for origin, status in ((own, 200), ("http://evil.example", 403), ("null", 403), (own + "0", 403)):
        answer = mcp.send(request_of(), {**GOOD, "Origin": origin})
        assert answer.status == status, origin


def test_body_and_type(mcp):
    assert mcp.send(request_of(), GOOD, kind="text/plain").status == 415
    assert mcp.send(json.dumps(request_of()) + " " * 70000, GOOD).status == 413
    assert mcp.answer.json()["error"]["data"]["code"] == "body_too_large"


# --- who may ---

def test_without_a_good_credential(web, world):
    """A client is told to present a key, and nothing that sends it to look for an OAuth server."""
    for token, code in ((None, "no_credential"), ("drvp_nonsense", "invalid_token"),
                        (secret("drvp_" + "A" * 49), "invalid_token")):
        answer = Mcp(web.base_url, token).send(request_of(), GOOD)
        body = answer.json()
        assert answer.status == 401 and body["jsonrpc"] == "2.0" and body["id"] is None
        assert body["error"]["data"]["code"] == code
        challenge = answer.headers["WWW-Authenticate"]
        assert challenge.startswith('Bearer realm="claviger"') and "resource_metadata" not in challenge
    for path in ("oauth-protected-resource", "oauth-protected-resource/mcp/v1", "oauth-authorization-server",
                 "openid-configuration"):
        answer = ask(web.base_url, "GET", "/.well-known/" + path)
        is_refused(answer, 404, "not_found")


def test_the_same_on_each_web_server(web, world):
    mcp = Mcp(web.base_url, world.MACHINE_TOKEN)
    assert [s["id"] for s in mcp.call("list_sources")["sources"]] == [world.SOURCE]
    for version in BEFORE:
        assert "whoami" in Mcp(web.base_url, world.MACHINE_TOKEN, version).tools()


def test_a_dead_key_says_so(stack, home):  # noqa: F811
    answer = Mcp(stack.web.base_url, home.dead).send(request_of(), GOOD)
    assert answer.status == 401 and answer.json()["error"]["data"]["code"] == "revoked"


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_who_it_is(stack, home, kind):  # noqa: F811
    me = Mcp(stack.web.base_url, home.tokens[kind]).call("whoami")
    assert me["key"]["kind"] == kind and me["key"]["id"] == home.keys[kind]
    assert me["organization"]["id"] == home.id
    assert me["type"] == {"machine": "machine", "organization": "organization"}.get(kind, "user")


def test_who_sees_which_tools(stack, org):
    url = stack.web.base_url
    provider, space = org.add_resource("provider"), org.add_resource("space")
    confined = [org.add_key("provider", scopes=["read"], restrictions=[{"provider": provider}]),
                org.add_key("space", scopes=["read"], restrictions=[{"space": space}], expires_at="2099-12-31"),
                org.add_key("space", scopes=["write"], expires_at="2099-12-31"), org.add_machine()]
    for key in confined:
        mcp = Mcp(url, key["token"])
        assert reading(mcp) == [], key
        answer = mcp.request("tools/call", {"name": "list_sources", "arguments": {}})
        assert mcp.answer.status == 403 and answer["error"]["data"]["code"] in ("resource", "scope", "role")
        assert 'error="insufficient_scope"' in mcp.answer.headers["WWW-Authenticate"]
    assert reading(Mcp(url, org.add_key("organization", permission="read")["token"])) == SOURCE_TOOLS


def test_a_session_acts_in_one_organization(stack, api, org, world):
    person, user = org.add_member()
    mcp = Mcp(stack.web.base_url, person.token)
    assert mcp.call("whoami")["organization"]["id"] == org.id
    named = Mcp(stack.web.base_url, world.admin.token, headers={"X-Workspace-Id": org.id})
    assert named.call("whoami")["organization"]["id"] == org.id
    for foreign in (world.OTHER_ORG, "org_00000000000000000000", "nonsense"):
        answer = Mcp(stack.web.base_url, world.admin.token, headers={"X-Workspace-Id": foreign})
        answer.request("tools/list")
        assert answer.answer.status == 404, foreign
    org.admin.must("DELETE", f"{org.path}/members/{user}")
    assert mcp.tools() == ["whoami"] and mcp.call("whoami")["organization"] is None


def test_a_key_of_one_organization_named_in_another(stack, world):
    mcp = Mcp(stack.web.base_url, world.PERSONAL_TOKEN, headers={"X-Workspace-Id": world.OTHER_ORG})
    mcp.request("tools/call", {"name": "whoami"})
    assert mcp.answer.status == 404


def test_it_ends_with_the_key(stack, org):
    key = org.add_key("organization", permission="read")
    mcp = Mcp(stack.web.base_url, key["token"])
    assert reading(mcp) == SOURCE_TOOLS
    org.admin.must("DELETE", f"{org.path}/keys/{key['id']}")
    mcp.send(request_of(), GOOD)
    assert mcp.answer.status == 401


def test_seed_2_6_mcp_takes_the_organizations_key(web, world):
    me = Mcp(web.base_url, world.ORG_TOKEN).call("whoami")
    assert me["type"] == "organization" and me["organization"]["id"] == world.ORG
    assert me["key"]["id"] == world.ORG_KEY and me["key"]["scopes"] == ["read"]
