"""Contents through the three web servers: bodies of any size, and files of this host that the web server
sends itself, which no client can ask it for."""

import os
import secrets
import socket
import stat

import httpx
import pymysql
import pytest
from conftest import Api, Org
from files_kit import Contents, Provider
from world import make_world

KINDS = ["nginx", "lighttpd", "apache"]
TOLD = {"nginx": "accel", "lighttpd": "sendfile", "apache": "sendfile"}


@pytest.fixture(scope="module")
def stack(new_stack_session):
    with new_stack_session(webs=KINDS, settings={"files": {"sendfile": "accel"}}) as stack:
        world = make_world(stack, stack.web.base_url)
        os.chmod(stack.files, 0o755)  # for the web servers, too
        stack.admin = Api(stack.web.base_url).log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
        yield stack


@pytest.fixture(scope="module")
def provider(stack):
    db = pymysql.connect(unix_socket=stack.database.socket, user=stack.database.admin, database="claviger",
                         autocommit=True, cursorclass=pymysql.cursors.DictCursor)
    yield Provider(stack, Org(Api(stack.web.base_url), stack.admin, "Served"), db)
    db.close()


@pytest.fixture(params=KINDS)
def contents(request, stack, provider):
    """A key, at one of the servers, and who sends files set to what that one understands."""
    if stack.settings["files"]["sendfile"] != TOLD[request.param]:
        stack.settings["files"]["sendfile"] = TOLD[request.param]
        stack.write_config()
        stack.service.restart()
        stack.wait_ready()
    contents = Contents(stack.webs[request.param].base_url, provider.key("read"))
    contents.kind = request.param
    return contents


def reads(stack, path):
    """How many bytes of a file claviger's workers have open; none: it is not they who send it."""
    found = 0
    for pid in stack.service.workers("app"):
        for fd in os.listdir(f"/proc/{pid}/fd"):
            try:
                found += os.readlink(f"/proc/{pid}/fd/{fd}") == path
            except OSError:
                pass
    return found


def test_the_web_server_sends_a_file_of_this_host(stack, provider, contents):
    content = secrets.token_bytes(300_000)
    name = "/Ünter %20 +&?\"'" + contents.kind
    provider.put(name, content)
    file = provider.row(name)
    got = contents.download(file)
    assert (got.status_code, got.content) == (200, content)
    assert got.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%C3%9Cnter")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert got.headers["Content-Type"] == "text/plain"
    assert not {"x-accel-redirect", "x-sendfile"} & set(got.headers)
    assert provider.root not in str(got.headers)
    part = contents.download(file, Range="bytes=1000-1009")
    assert (part.status_code, part.content) == (206, content[1000:1010])
    # Our tag stays the one that is told and compared.
    assert contents.download(file, If_None_Match=got.headers["ETag"]).status_code == 304
    assert contents.download(file, If_Range='"x"', Range="bytes=0-0").content == content


def test_it_is_the_web_server_that_sends_it(stack, provider, contents):
    """While a client is slow to read, no process of claviger has the file open."""
    with open(provider.on_disk("/big"), "wb") as f:
        f.truncate(200_000_000)
    with httpx.stream("GET", f"{contents.base_url}/api/download/proxy?fileId={big(provider)}",
                      headers=contents.headers, timeout=20) as got:
        assert got.status_code == 200 and int(got.headers["Content-Length"]) == 200_000_000
        assert reads(stack, provider.on_disk("/big")) == 0


def big(provider):
    if not hasattr(provider, "big"):
        provider.big = provider.row("/big")
    return provider.big


def test_no_client_can_ask_for_it(stack, provider, contents):
    provider.put("/secret", b"the content")
    path = provider.on_disk("/secret")
    inside = {"X-Accel-Redirect": "/claviger-files" + path, "X-Sendfile": path}
    for target in ("/claviger-files" + path, "/claviger-files//" + path, "/CLAVIGER-FILES" + path, path,
                   "/api/../claviger-files" + path, "/%63laviger-files" + path, "/static/../claviger-files" + path,
                   "/static/.." + path, "/static/%2e%2e" + path, "/claviger-files/../" + path):
        for headers in ({}, contents.headers, inside):
            for method in ("GET", "HEAD", "POST"):
                answer = ask(contents.base_url, method, target, headers)
                assert b"the content" not in answer, (method, target)
                assert b" 200 " not in answer.split(b"\r\n")[0], (method, target, answer[:300])


def ask(base_url, method, target, headers):
    """As it stands, dots and all."""
    host, port = base_url.split("//")[1].split(":")
    lines = [f"{method} {target} HTTP/1.1", "Host: x", "Connection: close", "Content-Length: 0",
             *(f"{k}: {v}" for k, v in headers.items())]
    answer = b""
    with socket.create_connection((host, int(port)), 10) as s:
        s.sendall("\r\n".join([*lines, "", ""]).encode())
        while piece := s.recv(65536):
            answer += piece
    return answer


def test_a_link_in_its_place_is_not_followed(stack, provider, contents):
    """Not by claviger; nginx and lighttpd would not either (Apache's module would)."""
    provider.put("/elsewhere", b"elsewhere")
    link = "/link-" + contents.kind
    os.symlink(provider.on_disk("/elsewhere"), provider.on_disk(link))
    assert contents.download(provider.row(link)).status_code == 404


def test_what_comes_may_be_large(stack, provider, contents):
    """More than the servers take of any other body."""
    content = os.urandom(1 << 20) * 66
    key = Contents(contents.base_url, provider.key())
    name = "/large-" + contents.kind
    answer = key.upload(provider.row(name, pending=True, size=len(content)), content)
    assert answer.status_code == 200, answer.text
    with open(provider.on_disk(name), "rb") as f:
        assert f.read() == content
    # The web server may send it, and nobody else sees it.
    assert stat.S_IMODE(os.stat(provider.on_disk(name)).st_mode) == 0o640
    os.unlink(provider.on_disk(name))


def test_what_is_announced_may_be_larger_still(stack, provider, contents):
    """Nothing is said about its length: the server waits for it."""
    host, port = contents.base_url.split("//")[1].split(":")
    for length in (2 << 30, 6 << 30):
        with socket.create_connection((host, int(port)), 10) as s:
            s.settimeout(0.3)
            s.sendall(f"POST /api/upload/proxy?fileId={big(provider)} HTTP/1.1\r\nHost: x\r\n"
                      f"Content-Length: {length}\r\nAuthorization: {contents.headers['Authorization']}\r\n\r\nx".encode())
            try:
                answer = s.recv(1000)
            except TimeoutError:
                answer = b""
        assert b" 413 " not in answer, answer


def test_other_bodies_may_not(contents):
    answer = httpx.post(contents.base_url + "/graphql", content=b" " * (65 << 20), timeout=20,
                        headers={**contents.headers, "Content-Type": "application/json"})
    assert answer.status_code == 413
