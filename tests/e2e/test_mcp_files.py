"""Files by the tools of the MCP door: where a provider key's base path and scope are felt as anywhere."""

import base64
import os
import secrets

import pytest

from mcp_kit import Mcp


@pytest.fixture
def provider(org, stack):
    root = os.path.join(stack.files, "mcp-files-" + secrets.token_hex(4))
    os.makedirs(os.path.join(root, "backups"))
    for name, text in (("top.txt", "secret"), ("backups/a.txt", "inside")):
        with open(os.path.join(root, name), "w") as f:
            f.write(text)
    return org.add_resource("provider", config={"driver": "local", "root": root}), root


@pytest.fixture
def key(stack, org, provider):
    def make(*scopes, base_path=None):
        restriction = {"provider": provider[0], **({"base_path": base_path} if base_path else {})}
        made = org.add_key("provider", scopes=list(scopes), restrictions=[restriction])
        return Mcp(stack.web.base_url, made["token"])
    return make


def test_writing_and_reading(key, provider):
    mcp, (where, root) = key("write"), provider
    assert mcp.tools() == ["whoami", "list_providers", "list_files", "read_file", "write_file"]
    assert [p["id"] for p in mcp.call("list_providers")["providers"]] == [where]
    assert [f["name"] for f in mcp.call("list_files", provider=where)["files"]] == ["backups", "top.txt"]
    assert mcp.call("read_file", provider=where, path="/backups/a.txt")["content"] == "inside"
    made = mcp.call("write_file", provider=where, path="/backups/b.txt", content="new \u00e4")["file"]
    assert made["path"] == "/backups/b.txt" and made["size"] == 6
    with open(os.path.join(root, "backups/b.txt")) as f:
        assert f.read() == "new \u00e4"
    assert mcp.fails("write_file", provider=where, path="/backups/b.txt", content="x")[0] == "taken"
    picture = base64.b64encode(b"\0\xff").decode()
    mcp.call("write_file", provider=where, path="/backups/b.txt", content=picture, base64=True, replace=True)
    read = mcp.call("read_file", provider=where, path="/backups/b.txt")
    assert (read["encoding"], read["content"]) == ("base64", picture)


def test_the_base_path(key, provider):
    mcp, (where, root) = key("write", base_path="/backups"), provider
    assert mcp.call("read_file", provider=where, path="/backups/a.txt")["content"] == "inside"
    assert [f["name"] for f in mcp.call("list_files", provider=where)["files"]] == ["backups"]
    for path in ("/top.txt", "/backups/../top.txt", "/backups_not", "/etc/passwd", "top.txt"):
        assert mcp.fails("read_file", provider=where, path=path)[0] in ("not_found", "path", "bad_field"), path
        assert mcp.fails("write_file", provider=where, path=path, content="x", replace=True)[0] in (
            "not_found", "path", "bad_field"), path
    with open(os.path.join(root, "top.txt")) as f:
        assert f.read() == "secret"


def test_the_scope(key, provider, org, world):
    mcp, (where, _) = key("read"), provider
    assert "write_file" not in mcp.tools()
    mcp.request("tools/call", {"name": "write_file", "arguments": {"provider": where, "path": "/x", "content": ""}})
    assert mcp.answer.status == 403 and 'scope="write"' in mcp.answer.headers["WWW-Authenticate"]
    other = org.add_resource("provider")
    for foreign in (other, world.PROVIDER, "nonsense"):
        assert mcp.fails("list_files", provider=foreign)[0] in ("not_found", "resource"), foreign
