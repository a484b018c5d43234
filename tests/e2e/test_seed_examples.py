"""The example requests of the five documents, as they stand there but for host, ids and token, sent by
curl; and what each key that is not the right one is told."""

import json
import shlex
import subprocess

import pytest

from files_kit import Provider
from tables_kit import Table
from test_seeds import add, end, expire

MCP_CONFIGURATION = """{
  "mcpServers": {
    "driver-mcp": {
      "type": "http",
      "url": "https://api.us1.driverai.com/mcp/v1",
      "headers": {
        "Authorization": "Bearer %s_here"
      }
    }
  }
}"""
PERSONAL = MCP_CONFIGURATION % "drvp_your_token"
MACHINE = MCP_CONFIGURATION % "drvm_your_api_key"
APPOINTMENTS = """GET /v1/organizations/{orgId}/appointments Authorization: Bearer dk_your_api_key_here \
Content-Type: application/json"""
GRAPHQL = r"""curl https://your-drivebase.example.com/graphql \
-H "Authorization: Bearer drv_a1b2c3d4..." \
-H "Content-Type: application/json" \
-d '{"query":"{ me { id email } }"}'"""
DRIVEBASE_HEADER = '-H "Authorization: Bearer drv_a1b2c3d4..."'
UPLOAD, DOWNLOAD = "/api/upload/proxy", "/api/download/proxy"
RECORDS = r"""curl "https://app.donotname.com/api/table/{tableId}/record" \
  -H "Authorization: Bearer YOUR_TOKEN"
"""
STDIO = "DONOTNAME_API_TOKEN=your-token npx @donotname/mcp-server"

NONSENSE = {"personal": "drvp_", "machine": "drvm_", "organization": "dk_", "provider": "drv_", "space": "dnt_"}


class Said:
    """What curl was answered."""

    def __init__(self, text):
        head, _, self.text = text.partition("\r\n\r\n")
        line, *headers = head.split("\r\n")
        self.status = int(line.split()[1])
        self.headers = {name.lower(): value for name, value in (h.split(": ", 1) for h in headers if ": " in h)}
        self.json = json.loads(self.text) if "json" in self.headers.get("content-type", "") else None

    def __repr__(self):
        return f"{self.status} {self.headers} {self.text}"


def curl(*args):
    done = subprocess.run(["curl", "-q", "-sS", "-i", "-m", "30", *args], capture_output=True)
    assert done.returncode == 0, done.stderr
    return Said(done.stdout.decode())


def without(args, name):
    """The same command without this header, for who has no key."""
    kept, skip = [], False
    for arg, following in zip(args, [*args[1:], ""]):
        if not skip and not (arg == "-H" and following.startswith(name)):
            kept.append(arg)
        skip = not skip and arg == "-H" and following.startswith(name)
    return kept


def run_curl(example, token, **places):
    """A curl line of a document, with the words in it that stand for something."""
    for word, value in places.values():
        example = example.replace(word, value)
    args = shlex.split(example.replace("\\\n", " "))
    assert args.pop(0) == "curl"
    return curl(*(args if token else without(args, "Authorization")))


def connect(configuration, base_url, token, method, **params):
    """What an MCP client with this configuration sends."""
    text = configuration.replace("https://api.us1.driverai.com", base_url)
    text = text.replace("drvp_your_token_here", token or "").replace("drvm_your_api_key_here", token or "")
    server = json.loads(text)["mcpServers"]["driver-mcp"]
    assert server["type"] == "http"
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream",
               **(server["headers"] if token else {})}
    return curl(server["url"], *(x for name, value in headers.items() for x in ("-H", f"{name}: {value}")),
                "-d", json.dumps(body))


HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}


def dead_keys(org, db, kind, **wish):
    """(who, token, code) of each that authenticates nobody any more, or never did."""
    revoked, expired = add(org, kind, **wish), add(org, kind, **wish)
    end(org, revoked)
    expire(db, expired)
    return [("none", None, "no_credential"), ("no key", NONSENSE[kind] + "0" * 40, "invalid_token"),
            ("revoked", revoked["token"], "revoked"), ("expired", expired["token"], "expired")]


def is_challenge(said, who):
    assert said.headers["www-authenticate"].startswith('Bearer realm="claviger"'), (who, said)
    assert ("invalid_token" in said.headers["www-authenticate"]) == (who != "none"), (who, said)


# --- 000 and 001: MCP clients ---

def check_dead_at_mcp(configuration, url, dead):
    for who, token, code in dead:
        said = connect(configuration, url, token, "initialize", **HELLO)
        assert said.status == 401 and said.json["jsonrpc"] == "2.0" and said.json["error"]["data"]["code"] == code, (
            who, said)
        is_challenge(said, who)


def reads(configuration, url, token, source):
    said = connect(configuration, url, token, "tools/call", name="read_document",
                   arguments={"source": source, "path": "README.md"})
    if said.status == 200 and "result" in said.json:
        result = said.json["result"]
        return "text" if not result["isError"] else result["structuredContent"]["error"]["code"]
    return said.status, said.json["error"]["data"]["code"]


def test_seed_0_16_the_configuration_of_the_personal_token(web, world, org, new_org, db):
    """At the address of the installation, whichever it is."""
    url = web.base_url
    said = connect(PERSONAL, url, world.PERSONAL_TOKEN, "initialize", **HELLO)
    assert said.status == 200 and said.json["result"]["serverInfo"]["name"] == "claviger", said
    assert reads(PERSONAL, url, world.PERSONAL_TOKEN, world.SOURCE) == "text"
    if web.kind != "nginx":
        return
    other = new_org()
    check_dead_at_mcp(PERSONAL, url, dead_keys(org, db, "personal"))
    # Weaker: a member to whom the source was not given, and one of another organization.
    (member, _), mine = org.add_member(), org.add_resource("source")
    for weak, source in ((add(org, "personal", by=member), mine), (add(other, "personal"), mine),
                         (add(org, "personal"), world.SOURCE)):
        assert reads(PERSONAL, url, weak["token"], source) == "not_found"
    assert reads(PERSONAL, url, add(org, "personal")["token"], mine) == "conflict"  # it is there, without a directory
    check_dead_at_mcp(PERSONAL, url, [("switched off", switched_off(org, member), "kind_disabled")])


def switched_off(org, member):
    """A token from while they were allowed."""
    token = add(org, "personal", by=member)["token"]
    org.admin.must("PATCH", org.path + "/policy", {"personal_tokens_enabled": False})
    return token


def test_the_configuration_of_the_machine(stack, world, org, new_org, db):
    url = stack.web.base_url
    said = connect(MACHINE, url, world.MACHINE_TOKEN, "initialize", **HELLO)
    assert said.status == 200 and said.json["result"]["serverInfo"]["name"] == "claviger", said
    assert reads(MACHINE, url, world.MACHINE_TOKEN, world.SOURCE) == "text"
    check_dead_at_mcp(MACHINE, url, dead_keys(org, db, "machine"))
    # One that was given nothing may not read documents at all; one of other sources finds none here.
    mine = org.add_resource("source")
    weak = add(org, "machine")
    assert reads(MACHINE, url, weak["token"], mine) == (403, "role")
    given = add(org, "machine")
    org.grant(mine, given["machine"], "member")
    for source in (org.add_resource("source"), world.SOURCE):
        assert reads(MACHINE, url, given["token"], source) == "not_found"
    assert reads(MACHINE, url, world.MACHINE_TOKEN, world.SECRET_SOURCE) == "not_found"


# --- 002: the collections ---

def test_the_example_of_the_organizations_key(stack, org, new_org, db):
    other, item = new_org(), org.admin.must("POST", org.path + "/appointments", {"title": "Survey"})

    def ask(token, *more, of=org):
        text = APPOINTMENTS.replace("{orgId}", of.id).replace("dk_your_api_key_here", token or "")
        method, path, *headers = text.split(" ", 2)
        authorization, _, kind = headers[0].partition(" Content-Type: ")
        return curl(stack.web.base_url + path, "-X", method, *(("-H", authorization) if token else ()),
                    "-H", "Content-Type: " + kind, *more)

    def told(said, status, code):
        assert said.status == status and said.json["code"] == code and said.json["request_id"], said
        assert said.headers["content-type"] == "application/problem+json", said

    reading, writing = (add(org, "organization", permission=p)["token"] for p in ("read", "write"))
    for token in (reading, writing):
        said = ask(token)
        assert said.status == 200 and [i["id"] for i in said.json["items"]] == [item["id"]], said
    for who, token, code in dead_keys(org, db, "organization"):
        said = ask(token)
        told(said, 401, code)
        is_challenge(said, who)
    new = ("-X", "POST", "-d", '{"title":"Repair"}')
    told(ask(reading, *new), 403, "scope")
    assert ask(writing, *new).status == 201
    # Another's organization is none, to a key of either; and so is one that is not there.
    foreign = add(other, "organization", permission="write")["token"]
    seen = [ask(foreign), ask(reading, of=other)]
    for said in seen:
        told(said, 404, "not_found")
    told(curl(f"{stack.web.base_url}{org.path}/appointments/{item['id']}", "-X", "DELETE", "-H",
              f"Authorization: Bearer {writing}"), 403, "session_required")
    told(ask(add(org, "machine")["token"]), 403, "role")
    told(ask(add(org, "space", restrictions=[{"space": org.add_resource("space")}])["token"]), 403, "resource")


# --- 003: GraphQL and the proxies ---

def graphql(base_url, token, *more):
    return run_curl(GRAPHQL + "".join(" " + shlex.quote(m) for m in more), token,
                    host=("https://your-drivebase.example.com", base_url), key=("drv_a1b2c3d4...", token or ""))


def test_seed_3_9_the_example_of_graphql(stack, org, new_org, db):
    url, other = stack.web.base_url, new_org()
    provider = org.add_resource("provider")
    me = org.admin.must("GET", "/v1/self")
    # Who somebody is needs no scope but one at all, whatever the key is restricted to.
    for key in (add(org, "provider", scopes=["read"]), add(org, "provider", scopes=["admin"]),
                add(org, "provider", scopes=["read"], restrictions=[{"provider": provider, "base_path": "/backups"}])):
        said = graphql(url, key["token"])
        assert said.status == 200 and said.json == {"data": {"me": {"id": me["id"], "email": me["email"]}}}, said
        # A workspace that is not the key's is closed, and not passed over.
        said = graphql(url, key["token"], "-H", "x-workspace-id: " + other.id)
        assert (said.json.get("data") or {}).get("me") is None, said
        assert said.json["errors"][0]["extensions"]["statusCode"] == 403, said
    for who, token, code in dead_keys(org, db, "provider"):
        said = graphql(url, token)
        assert said.json["errors"][0]["extensions"]["code"], said
        if who == "none":
            assert said.status == 200 and (said.json.get("data") or {}).get("me") is None, said
        else:
            assert said.status == 401 and "data" not in said.json, (who, said)
            is_challenge(said, who)


def test_seed_3_10_the_example_at_the_proxies(stack, org, new_org, db):
    url, other, provider = stack.web.base_url, new_org(), Provider(stack, org, db)
    provider.put("/backups/a", b"content")
    provider.put("/documents/b", b"content")
    inside, outside = provider.row("/backups/a"), provider.row("/documents/b")

    def ask(token, address, file, *more):
        line = f'curl "https://your-drivebase.example.com{address}?fileId={file}" {DRIVEBASE_HEADER}'
        return run_curl(line + "".join(" " + m for m in more), token,
                        host=("https://your-drivebase.example.com", url), key=("drv_a1b2c3d4...", token or ""))

    def down(token, file=inside):
        return ask(token, DOWNLOAD, file)

    def up(token, file=inside):
        return ask(token, UPLOAD, file, "--data-binary new", '-H "Content-Type: application/octet-stream"')

    def told(said, status, code):
        assert said.status == status and said.json["code"] == code and isinstance(said.json["error"], str), said

    read, write = provider.key("read"), provider.key("write")
    assert [down(k).text for k in (read, write)] == ["content"] * 2 and down(write).status == 200
    told(up(read), 403, "scope")
    said = up(write)
    assert said.status == 200 and said.json == {"success": True} and down(read).text == "new", said
    for who, token, code in dead_keys(org, db, "provider", scopes=["admin"]):
        for way in (down, up):
            said = way(token)
            told(said, 401, code)
            is_challenge(said, who)
    # Restricted to a folder, to another provider; and of another organization.
    based = provider.key("admin", base="/backups")
    assert down(based).status == 200
    elsewhere = Provider(stack, org, db)
    weak = [(based, outside), (elsewhere.key("admin", base="/"), inside),
            (add(other, "provider", scopes=["admin"])["token"], inside)]
    for token, file in weak:
        for way in (down, up):
            told(way(token, file), 404, "not_found")
    assert provider.all() == {"/backups/a": b"new", "/documents/b": b"content"}


# --- 004: records, and the server on standard input ---

@pytest.fixture
def table(org):
    made = Table(org)
    made.record = made.add({"Name": "one"})[0]
    return made


def weak_space_tokens(org, other, table):
    """(who, token, status, code) at the records of a table."""
    space = org.add_resource("space")
    base = org.add_resource("base", parent=table.space)
    member, _ = org.add_member()
    return [("without reading", add(org, "space", scopes=["write"]), 403, "restricted_resource"),
            ("of another space", add(org, "space", scopes=["full"], restrictions=[{"space": space}]), 404, "not_found"),
            ("of another base", add(org, "space", scopes=["full"], restrictions=[{"base": base}]), 404, "not_found"),
            ("of one who was not given it", add(org, "space", by=member, scopes=["full"]), 404, "not_found"),
            ("of another organization", add(other, "space", scopes=["full"]), 404, "not_found"),
            ("a machine's", add(org, "machine"), 404, "not_found")]


def test_the_example_of_the_space_token(stack, org, new_org, db, table):
    other = new_org()

    def ask(token):
        return run_curl(RECORDS, token, host=("https://app.donotname.com", stack.web.base_url),
                        table=("{tableId}", table.id), key=("YOUR_TOKEN", token or ""))

    def told(said, status, code, who):
        assert said.status == status and set(said.json) == {"message", "status", "code"}, (who, said)
        assert said.json["status"] == status and said.json["code"] == code, (who, said)

    for wish in ({"scopes": ["read"]}, {"scopes": ["full"]}, {"restrictions": [{"space": table.space}]},
                 {"restrictions": [{"base": table.base}]}):
        said = ask(add(org, "space", **wish)["token"])
        assert said.status == 200 and [r["fields"] for r in said.json["records"]] == [{"Name": "one"}], said
    for who, token, _ in dead_keys(org, db, "space"):
        said = ask(token)
        told(said, 401, "unauthorized", who)
        assert said.json["message"] == "Unauthorized"
        is_challenge(said, who)
    for who, key, status, code in weak_space_tokens(org, other, table):
        told(ask(key["token"]), status, code, who)


def test_the_example_of_the_server_on_standard_input(program, stack, org, new_org, db, table):
    other = new_org()

    def ask(token):
        command = STDIO.replace("your-token", token or "''").replace("npx @donotname/mcp-server", f"{program} mcp")
        messages = [{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": HELLO},
                    {"jsonrpc": "2.0", "id": 2, "method": "tools/call",
                     "params": {"name": "list_records", "arguments": {"table": table.id}}}]
        done = subprocess.run(["sh", "-c", command], input="".join(json.dumps(m) + "\n" for m in messages), text=True,
                              capture_output=True, env={"PATH": "/usr/bin:/bin", "CLAVIGER_URL": stack.web.base_url})
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]

    status, (hello, answer) = ask(add(org, "space", scopes=["read"])["token"])
    assert status == 0 and hello["result"]["serverInfo"]["name"] == "claviger"
    assert [r["fields"] for r in answer["result"]["structuredContent"]["records"]] == [{"Name": "one"}]
    for who, token, code in dead_keys(org, db, "space"):
        status, answers = ask(token)
        if who == "none":
            assert status != 0 and not answers
        else:
            assert [a["error"]["data"]["code"] for a in answers] == [code] * 2, (who, answers)
    for who, key, _, _ in weak_space_tokens(org, other, table):
        _, (hello, answer) = ask(key["token"])
        assert "result" in hello and ("error" in answer or answer["result"]["isError"]), (who, answer)
