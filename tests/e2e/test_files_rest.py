"""Contents over the addresses existing Drivebase clients use: whole uploads, downloads and their ranges,
and what the two tables of the seed's document say about scopes and base paths."""

import json
import os
import secrets
import socket
import subprocess
import threading
from urllib.parse import urlsplit

import httpx
import pytest
from files_kit import Contents, Provider


@pytest.fixture
def provider(stack, org, db):
    return Provider(stack, org, db)


@pytest.fixture
def contents(stack, provider):
    return Contents(stack.web.base_url, provider.key())


def is_error(answer, status, said=None, code=None):
    body = answer.json()
    assert answer.status_code == status, answer.text
    assert isinstance(body["error"], str) and body["error"]
    assert said is None or body["error"] == said
    assert code is None or body["code"] == code


def test_up_and_down(provider, contents, stack):
    content = secrets.token_bytes(3_000_001)
    file = provider.row("/Ünter \"ordner\" %.txt", pending=True, size=len(content))
    answer = contents.upload(file, content)
    assert answer.status_code == 200 and answer.json() == {"success": True}
    assert provider.all() == {"/Ünter \"ordner\" %.txt": content}
    assert provider.rows()["/Ünter \"ordner\" %.txt"] == {
        "path": "/Ünter \"ordner\" %.txt".encode(), "pending": 0, "size": len(content)}
    for web in stack.webs.values():
        got = Contents(web.base_url, contents.headers["Authorization"][7:]).download(file)
        assert got.status_code == 200 and got.content == content, web.kind
        assert got.headers["Content-Type"].startswith("text/plain")
        assert got.headers["Content-Disposition"] == (
            "attachment; filename*=UTF-8''%C3%9Cnter%20%22ordner%22%20%25.txt")
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in got.headers["Content-Security-Policy"]
        assert got.headers["Cache-Control"] == "private, no-store"
        assert int(got.headers["Content-Length"]) == len(content)
        assert got.headers["ETag"] == answer.headers["ETag"]


def test_no_web_server_finds_a_file_too_large(provider, stack):
    """Each asks for a body of 3 GB, where it would answer 413 to one that it does not take."""
    file, key = provider.row("/large", pending=True, size=3_000_000_000), provider.key()
    for web in stack.webs.values():
        with socket.create_connection(("127.0.0.1", web.port), 30) as s:
            s.sendall(f"POST /api/upload/proxy?fileId={file} HTTP/1.1\r\nHost: 127.0.0.1:{web.port}\r\n"
                      f"Authorization: Bearer {key}\r\nContent-Type: text/plain\r\nExpect: 100-continue\r\n"
                      "Content-Length: 3000000000\r\n\r\n".encode())
            assert s.recv(100).startswith(b"HTTP/1.1 100 "), web.kind


def test_in_place_of_what_is_there(provider, contents):
    provider.put("/a.txt", b"first")
    file = provider.row("/a.txt")
    first = contents.download(file).headers["ETag"]
    is_error(contents.upload(file, b"x", **{"If-Match": '"other"'}), 412, code="precondition_failed")
    assert provider.all() == {"/a.txt": b"first"}
    second = contents.upload(file, b"second", **{"If-Match": first}).headers["ETag"]
    assert second != first and provider.all() == {"/a.txt": b"second"}
    is_error(contents.upload(file, b"third", **{"If-Match": first}), 412, code="precondition_failed")
    assert contents.upload(file, b"third").status_code == 200
    assert provider.all() == {"/a.txt": b"third"}


@pytest.mark.parametrize("how", ["W/{}", "{}", 'W/{}, "x"', "'x'"])
def test_what_is_no_strong_tag_is_not_what_is_there(provider, contents, how):
    """A weak one says that it may be another content by now: nothing is written over by that."""
    provider.put("/a.txt", b"first")
    file = provider.row("/a.txt")
    tag = contents.download(file).headers["ETag"]
    given = how.format(tag if "W/" in how else tag.strip('"'))
    is_error(contents.upload(file, b"x", **{"If-Match": given}), 412, code="precondition_failed")
    is_error(contents.download(file, If_Match=given), 412, code="precondition_failed")
    assert contents.download(file, If_Range=given, Range="bytes=1-2").content == b"first"
    assert contents.download(file, If_None_Match=given).status_code == (304 if "W/" in how else 200)
    assert contents.upload(file, b"any", **{"If-Match": "*"}).status_code == 200


@pytest.mark.parametrize("given, status, want, said", [
    ("bytes=0-0", 206, b"0", "bytes 0-0/10"), ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
    ("bytes=7-", 206, b"789", "bytes 7-9/10"), ("bytes=-3", 206, b"789", "bytes 7-9/10"),
    ("bytes=0-99", 206, b"0123456789", "bytes 0-9/10"), ("bytes=-99", 206, b"0123456789", "bytes 0-9/10"),
    ("bytes=10-", 416, b"", "bytes */10"), ("bytes=-0", 416, b"", "bytes */10"),
    ("bytes=5-2", 200, b"0123456789", None), ("bytes=a-", 200, b"0123456789", None),
    ("bytes=0-1,3-4", 200, b"0123456789", None), ("lines=0-1", 200, b"0123456789", None),
    ("bytes=99999999999999999999-", 200, b"0123456789", None)])
def test_ranges(provider, contents, given, status, want, said):
    provider.put("/n", b"0123456789")
    got = contents.download(provider.row("/n"), Range=given)
    assert (got.status_code, got.content, got.headers.get("Content-Range")) == (status, want, said)


def test_conditions(provider, contents):
    provider.put("/n", b"0123456789")
    file = provider.row("/n")
    tag = contents.download(file).headers["ETag"]
    assert contents.download(file, If_None_Match=f'"x", {tag}').status_code == 304
    assert contents.download(file, If_None_Match="*").content == b""
    assert contents.download(file, If_None_Match='"x"').status_code == 200
    assert contents.download(file, If_Match=tag).status_code == 200
    is_error(contents.download(file, If_Match='"x"'), 412, code="precondition_failed")
    assert contents.download(file, If_Range=tag, Range="bytes=1-2").content == b"12"
    assert contents.download(file, If_Range='"x"', Range="bytes=1-2").content == b"0123456789"
    head = httpx.head(f"{contents.base_url}/api/download/proxy?fileId={file}", headers=contents.headers)
    assert (head.status_code, head.headers["Content-Length"]) == (200, "10")


def test_an_empty_file_is_one_that_was_announced_so(provider, contents):
    empty, other = provider.row("/empty", pending=True), provider.row("/other", pending=True, size=5)
    is_error(contents.upload(other, b""), 400, "Missing body")
    assert contents.upload(empty, b"").status_code == 200
    assert provider.all() == {"/empty": b""}
    got = contents.download(empty)
    assert (got.status_code, got.content, got.headers["Content-Length"]) == (200, b"", "0")
    is_error(contents.upload(empty, b""), 400, "Missing body")


def test_who_may_not_come_in(provider, stack):
    file = provider.row("/x", pending=True)
    for ask in (lambda c: c.upload(file, b"x"), lambda c: c.chunk("upl_x", 0, b"x"), lambda c: c.download(file)):
        is_error(ask(Contents(stack.web.base_url, None)), 401, "Unauthorized", "no_credential")
        is_error(ask(Contents(stack.web.base_url, "drv_" + 40 * "0")), 401, "Invalid or expired API key")
        is_error(ask(Contents(stack.web.base_url, "a.b.c")), 401, "Invalid token")
    good = Contents(stack.web.base_url, provider.key())
    is_error(httpx.post(good.base_url + "/api/upload/proxy", content=b"x", headers=good.headers), 400, "Missing fileId")
    is_error(httpx.get(good.base_url + "/api/download/proxy", headers=good.headers), 400, "Missing fileId")
    for wrong in ("../x", "fil_" + 20 * "0", "'", "%00", "x" * 300):
        is_error(good.download(wrong), 404)
        is_error(good.upload(wrong, b"x"), 404)


def test_the_curl_example_of_the_seed(provider, stack):
    """As it stands there, with a real address and a real key."""
    key = provider.key("read", "/backups")
    done = subprocess.run(["curl", "-s", "-i", stack.web.base_url + "/graphql", "-H", f"Authorization: Bearer {key}",
                           "-H", "Content-Type: application/json", "-d", '{"query":"{ me { id email } }"}'],
                          capture_output=True, text=True, timeout=30)
    head, _, body = done.stdout.partition("\n\n")
    me = json.loads(body)["data"]["me"]
    assert done.returncode == 0 and head.split()[1] == "200"
    assert me["id"] == provider.owner and "@" in me["email"]


@pytest.mark.parametrize("scope, reads, writes", [("read", 200, 403), ("write", 200, 200), ("admin", 200, 200)])
def test_the_scopes_of_the_seed(provider, stack, scope, reads, writes):
    provider.put("/there", b"x")
    contents = Contents(stack.web.base_url, provider.key(scope))
    assert contents.download(provider.row("/there")).status_code == reads
    answer = contents.upload(provider.row("/new", pending=True, size=1), b"y")
    assert answer.status_code == writes
    if writes == 403:
        assert 'scope="write"' in answer.headers["WWW-Authenticate"]
        assert answer.json()["code"] == "scope"


BASES = [
    ("/", ["/backups/a", "/documents/a", "/a"], []),
    ("/backups", ["/backups/a", "/backups/2025/a"], ["/backups2/a", "/backup", "/Backups/a", "/documents/a", "/a",
                                                      "/x/backups/a"]),
    ("/team/assets", ["/team/assets/a", "/team/assets/images/a"], ["/team/a", "/team/assets2/a", "/a"]),
    ("/backups/a", ["/backups/a"], ["/backups/ab", "/backups/b"])]


@pytest.mark.parametrize("base, inside, outside", BASES)
def test_the_base_paths_of_the_seed(provider, stack, base, inside, outside):
    for path in inside + outside:
        provider.put(path, path.encode())
    contents = Contents(stack.web.base_url, provider.key("admin", base))
    for path in inside:
        file = provider.row(path)
        assert contents.download(file).content == path.encode()
        assert contents.upload(file, b"changed").status_code == 200
    for path in outside:
        file, new = provider.row(path), provider.row(path + ".new", pending=True, size=1)
        is_error(contents.download(file), 404)
        is_error(contents.upload(file, b"changed"), 404)
        if not (path + ".new").startswith(base + "/"):
            is_error(contents.upload(new, b"changed"), 404)
    assert provider.all() == {**{p: b"changed" for p in inside}, **{p: p.encode() for p in outside}}


def test_a_key_is_for_its_own_providers_and_organization(provider, stack, org, db, new_org):
    other, abroad = Provider(stack, org, db), Provider(stack, new_org(), db)
    for place in (provider, other, abroad):
        place.put("/a", b"x")
    contents = Contents(stack.web.base_url, provider.key("admin", "/"))
    assert contents.download(provider.row("/a")).status_code == 200
    is_error(contents.download(other.row("/a")), 404)
    is_error(Contents(stack.web.base_url, provider.key("admin")).download(abroad.row("/a")), 404)
    token = contents.headers["Authorization"][7:]
    named = Contents(stack.web.base_url, token, **{"x-workspace-id": org.id})
    is_error(named.download(abroad.row("/b")), 404)
    is_error(Contents(stack.web.base_url, token, **{"x-workspace-id": abroad.org.id}).download(other.row("/b")), 403)
    # A session names one of its organizations.
    session = Contents(stack.web.base_url, org.admin.token, **{"x-workspace-id": abroad.org.id})
    assert session.download(abroad.row("/c", pending=True)).status_code == 404
    abroad.put("/d", b"d")
    assert session.download(abroad.row("/d")).content == b"d"
    is_error(session.download(provider.row("/d")), 404)


def test_a_role_is_needed_as_well(provider, stack, org):
    member, user = org.add_member()
    key = Contents(stack.web.base_url, provider.key(by=member))
    provider.put("/a", b"x")
    file = provider.row("/a")
    is_error(key.download(file), 404)
    org.grant(provider.id, user, "member")
    assert key.download(file).status_code == 200
    is_error(key.upload(file, b"y"), 403, code="role")
    org.grant(provider.id, user, "editor")
    assert key.upload(file, b"y").status_code == 200


def test_chunks_over_a_restart(provider, contents, stack):
    content = secrets.token_bytes(250_000)
    session, file = provider.session("/x", len(content), 100_000)
    pieces = [content[i:i + 100_000] for i in range(0, len(content), 100_000)]
    assert contents.chunk(session, 2, pieces[2]).json() == {"success": True, "chunkIndex": 2, "isComplete": False}
    stack.service.restart()
    stack.wait_ready()
    assert contents.chunk(session, 0, pieces[0]).json()["isComplete"] is False
    is_error(contents.chunk(session, 1, pieces[1][:-1]), 422, code="bad_field")
    is_error(contents.chunk(session, 7, pieces[1]), 422, code="bad_field")
    is_error(contents.chunk(session, -1, pieces[1]), 422, code="bad_field")
    for number in ("x", "1%20", "0x1", 2 ** 63):
        is_error(contents.chunk(session, number, pieces[1]), 400, "Invalid chunkIndex")
    is_error(Contents(contents.base_url, provider.key("read")).chunk(session, 1, pieces[1]), 403, code="scope")
    is_error(Contents(contents.base_url, provider.key("write", "/y")).chunk(session, 1, pieces[1]), 404)
    assert contents.chunk(session, 1, pieces[1]).json()["isComplete"] is True
    assert provider.all() == {"/x": content}
    assert contents.download(file).content == content
    is_error(contents.chunk(session, 1, pieces[1]), 404)


def test_as_many_chunks_as_there_may_be(provider, contents, db):
    """The rows of all of them are more than a request has memory for."""
    session, file = provider.session("/many", 100_000, 1)
    with db.cursor() as c:
        c.execute("INSERT INTO upload_chunk (org_id, upload_id, number, size) SELECT %s, %s, seq, 1 "
                  "FROM seq_1_to_99999", (provider.org.id, session))
    with open(provider.on_disk("/.claviger-" + session), "r+b") as f:
        f.truncate(100_000)
    assert contents.chunk(session, 0, b"x").json() == {"success": True, "chunkIndex": 0, "isComplete": True}
    assert contents.download(file).content == b"x" + bytes(99_999)


def break_off(contents, file, n, announced):
    """Send the beginning of an upload and hang up."""
    address = urlsplit(contents.base_url)
    with socket.create_connection((address.hostname, address.port)) as s:
        s.sendall(f"POST /api/upload/proxy?fileId={file} HTTP/1.1\r\nHost: x\r\nContent-Length: {announced}\r\n"
                  f"Authorization: {contents.headers['Authorization']}\r\n\r\n".encode() + os.urandom(n))


def test_an_upload_that_breaks_off_leaves_nothing(provider, contents):
    file = provider.row("/x", pending=True, size=5_000_000)
    break_off(contents, file, 2_000_000, 5_000_000)
    assert provider.all() == {}
    provider.put("/y", b"as it was")
    break_off(contents, provider.row("/y"), 100, 200)
    assert provider.all() == {"/y": b"as it was"}


def test_links_lead_nowhere(provider, contents, stack):
    outside = os.path.join(stack.files, "outside-" + secrets.token_hex(4))
    with open(outside, "wb") as f:
        f.write(b"outside")
    os.symlink(outside, provider.on_disk("/link"))
    os.symlink(stack.files, provider.on_disk("/folder"))
    os.symlink("/nowhere", provider.on_disk("/dangling"))
    os.mkfifo(provider.on_disk("/pipe"))
    for path in ("/link", "/folder/" + os.path.basename(outside), "/dangling", "/pipe", "/folder"):
        is_error(contents.download(provider.row(path)), 404)
    for path in ("/link", "/folder/new", "/dangling", "/dangling/x"):
        file = provider.row(path, pending=True, size=1)
        assert contents.upload(file, b"x").status_code in (404, 409), path
    assert open(outside, "rb").read() == b"outside"
    assert not os.path.exists(os.path.join(stack.files, "new"))


def test_what_is_awaited_is_so_once(provider, contents):
    provider.put("/x", b"behind its back")
    file = provider.row("/x", pending=True, size=1)
    is_error(contents.upload(file, b"y"), 409, code="taken")
    assert provider.all() == {"/x": b"behind its back"}
    is_error(contents.upload(file, b"y"), 404)


def test_the_quota(stack, org, db):
    root = os.path.join(stack.files, secrets.token_hex(6))
    os.mkdir(root)
    place = Provider(stack, org, db, driver="local", root=root, quota=1000)
    place.root = root
    contents = Contents(stack.web.base_url, place.key())
    assert contents.upload(place.row("/a", pending=True, size=600), 600 * b"a").status_code == 200
    is_error(contents.upload(place.row("/b", pending=True), 600 * b"b"), 507, code="quota")
    assert sorted(place.all()) == ["/a"]


@pytest.mark.parametrize("kind, way", [("nginx", "accel"), ("lighttpd", "sendfile")])
def test_what_is_left_to_the_web_server(provider, contents, stack, kind, way):
    """As the sample configurations have it; Apache needs a module that is not with it."""
    provider.put("/a b%20.txt", b"0123456789")
    for path, mode in ((stack.files, 0o711), (provider.root, 0o755), (provider.on_disk("/a b%20.txt"), 0o644)):
        os.chmod(path, mode)
    stack.settings["files"] = {"sendfile": way}
    try:
        stack.write_config()
        stack.service.restart()
        web = Contents(stack.webs[kind].base_url, contents.headers["Authorization"][7:])
        file = provider.row("/a b%20.txt")
        whole, part = web.download(file), web.download(file, Range="bytes=2-4")
        assert (whole.status_code, whole.content, part.status_code, part.content) == (200, b"0123456789", 206, b"234")
        for answer in whole, part:
            assert not {"X-Accel-Redirect", "X-Sendfile"} & set(answer.headers)
            assert answer.headers["ETag"] == whole.headers["ETag"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in answer.headers["Content-Security-Policy"]
    finally:
        del stack.settings["files"]
        os.chmod(stack.files, 0o700)
        stack.write_config()
        stack.service.restart()


@pytest.mark.parametrize("kind", ["nginx", "lighttpd", "apache"])
def test_a_file_that_becomes_shorter_under_a_download(provider, contents, stack, kind):
    """Whatever the web server has buffered: what the client gets must not look like the whole."""
    size = 4_000_000_000
    with open(provider.on_disk("/big"), "wb") as f:
        f.truncate(size)
    address = f"{stack.webs[kind].base_url}/api/download/proxy?fileId={provider.row('/big')}"
    cut = threading.Timer(0.3, os.truncate, (provider.on_disk("/big"), 70_000))
    cut.start()
    n, broke = 0, False
    try:
        with httpx.stream("GET", address, headers=contents.headers, timeout=15) as got:
            broke = got.status_code != 200
            for piece in got.iter_raw():
                n += len(piece)
    except httpx.RemoteProtocolError:
        broke = True
    cut.join()
    assert broke and n < size, (broke, n, dict(got.headers))
