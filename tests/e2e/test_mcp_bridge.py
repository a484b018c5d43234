"""claviger mcp: messages over standard input and output, the token in the environment."""

import json
import os
import subprocess

import pytest

from conftest import SEEN_SECRETS
from mcp_kit import MODERN, envelope


class Bridge:
    """A running bridge; ask sends a message and reads a line."""

    def __init__(self, program, **environment):
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("CLAVIGER", "DONOTNAME"))}
        self.process = subprocess.Popen([str(program), "mcp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env={**kept, **environment})

    def tell(self, message):
        text = message if isinstance(message, str) else json.dumps(message)
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def ask(self, message):
        self.tell(message)
        return json.loads(self.process.stdout.readline())

    def end(self):
        out, err = self.process.communicate(timeout=10)
        assert self.process.returncode == 0, err
        return out


@pytest.fixture
def bridge(program, stack, world):
    made = []

    def make(token=world.SPACE_TOKEN, url=stack.web.base_url, name="CLAVIGER_API_TOKEN"):
        made.append(Bridge(program, **{name: token, "CLAVIGER_URL": url}))
        return made[-1]

    yield make
    for one in made:
        if one.process.poll() is None:
            one.process.kill()
            one.process.communicate()


def request_of(method, params=None, number=1):
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params or {}}


@pytest.mark.parametrize("name", ["CLAVIGER_API_TOKEN", "DONOTNAME_API_TOKEN"])
def test_seed_4_14_a_client_of_before(bridge, world, name):
    b = bridge(name=name)
    begun = b.ask(request_of("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {}}))
    assert begun["result"]["protocolVersion"] == "2025-06-18"
    b.tell({"jsonrpc": "2.0", "method": "notifications/initialized"})
    me = b.ask(request_of("tools/call", {"name": "whoami", "arguments": {}}, "two"))
    assert me["id"] == "two" and me["result"]["structuredContent"]["key"]["id"] == world.SPACE_KEY
    assert b.end() == ""


def test_a_batch(bridge, world):
    b = bridge()
    b.ask(request_of("initialize", {"protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": {}}))
    said = b.ask([request_of("ping"), {"jsonrpc": "2.0", "method": "notifications/x"}, request_of("no/such", number=2)])
    assert [m["id"] for m in said] == [1, 2] and said[0]["result"] == {} and said[1]["error"]["code"] == -32601
    b.ask(request_of("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {}}))
    assert b.ask([request_of("ping")])["error"]["code"] == -32600
    assert b.end() == ""


def test_a_modern_client(bridge, world, stack):
    b = bridge(world.PERSONAL_TOKEN, stack.web.base_url + "/mcp/v1/")
    assert MODERN in b.ask(request_of("server/discover", {"_meta": envelope()}))["result"]["supportedVersions"]
    called = b.ask(request_of("tools/call", {"name": "list_sources", "_meta": envelope(), "arguments": {}}))
    assert [s["id"] for s in called["result"]["structuredContent"]["sources"]] == [world.SOURCE]
    odd = b.ask(request_of("tools/call", {"name": "n\u00e4m e ", "_meta": envelope()}))
    assert odd["error"]["code"] == -32602 and odd["error"]["message"] == "Unknown tool"
    b.tell("")
    assert b.ask("{nonsense")["error"]["code"] == -32700
    assert b.ask(json.dumps(request_of("ping"))[:-1] + " " * 1100000 + "}")["error"]["code"] == -32700
    assert b.ask(request_of("ping"))["result"] == {}


def test_what_the_service_refuses_has_the_messages_id(bridge, stack):
    SEEN_SECRETS.add("dnt_" + "B" * 49)
    b = bridge("dnt_" + "B" * 49)
    refused = b.ask(request_of("tools/list", number=41))
    assert refused["id"] == 41 and refused["error"]["data"] == {"status": 401, "code": "invalid_token"}
    nobody = bridge(url="http://127.0.0.1:9")
    away = nobody.ask(request_of("tools/list", number="x"))
    assert away["id"] == "x" and "cannot be reached" in away["error"]["message"]
    elsewhere = bridge(url=stack.web.base_url + "/nowhere")
    assert elsewhere.ask(request_of("ping"))["error"]["data"]["status"] == 404


@pytest.mark.parametrize("environment, said", [
    ({}, "CLAVIGER_API_TOKEN"), ({"CLAVIGER_API_TOKEN": "dnt_x"}, "CLAVIGER_URL"),
    ({"CLAVIGER_API_TOKEN": "dnt_x", "CLAVIGER_URL": "ftp://x"}, "https://"),
    ({"CLAVIGER_API_TOKEN": "dnt_x\r\nX: y", "CLAVIGER_URL": "http://127.0.0.1:9"}, "not the text of a key"),
])
def test_what_must_be_set(program, environment, said):
    b = Bridge(program, **environment)
    out, err = b.process.communicate(timeout=10)
    assert b.process.returncode == 1 and out == "" and said in err
    assert "dnt_x" not in err


def test_the_token_is_not_to_be_seen(bridge, world):
    """Neither in the arguments, nor, once it is known, in the environment that /proc shows."""
    b = bridge(world.PERSONAL_TOKEN)
    assert b.ask(request_of("ping"))["result"] == {}
    for name in ("cmdline", "environ"):
        with open(f"/proc/{b.process.pid}/{name}", "rb") as f:
            assert world.PERSONAL_TOKEN.encode() not in f.read()
