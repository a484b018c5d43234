"""Contents in an S3 storage: the same addresses, and what happens when the storage fails.

Every request's signature is checked (see s3_kit.py); s3rver keeps the objects."""

import os
import secrets
import shutil
import threading
import time
from pathlib import Path

import fcgi
import pymysql
import pytest
import test_graphql_files as graphql
from conftest import Api, Org
from files_kit import Contents, Provider
from graphql_kit import Graphql
from memory_kit import in_memory
from s3_kit import Storage, free_port
from test_files_rest import (test_the_base_paths_of_the_seed, test_the_curl_example_of_the_seed,  # noqa: F401
                             test_the_scopes_of_the_seed)
from world import make_world


@pytest.fixture(scope="module")
def storage(program, tmp_path_factory):
    modules = program.parent / "s3" / "node_modules"
    if shutil.which("node") is None or not (modules / "s3rver").is_dir():
        pytest.skip("there is no S3 server: contrib/check installs one")
    storage = Storage(modules, tmp_path_factory.mktemp("s3"))
    yield storage
    storage.stop()
    assert storage.gate.wrong <= 1, "signatures were wrong"


@pytest.fixture(scope="module")
def stack(new_stack_session, storage):
    storage.others = {"port": f"http://127.0.0.1:{free_port()}", "security": storage.endpoint.replace("http:", "https:"),
                      "name": "http://nowhere.invalid"}
    stack = new_stack_session(settings={"files": {"s3_endpoints": " ".join([storage.endpoint, *storage.others.values()]),
                                                  "s3_timeout": 2}})
    with stack:
        yield stack
        left = stack.stop()
    assert not left
    logs = "".join(p.read_text(errors="replace") for p in Path(stack.logs).glob("claviger*"))
    assert storage.secret not in logs


class Bucket(Provider):
    """One in the storage."""

    def __init__(self, storage, prefix, *args):
        self.storage, self.prefix = storage, prefix
        super().__init__(*args, **storage.config(prefix=f"/{prefix}/"))

    def put(self, path, content):
        self.storage.put(self.prefix + path, content)

    def all(self):
        return self.storage.all(self.prefix)


@pytest.fixture
def place(stack, storage):
    if not hasattr(stack, "made"):
        world = make_world(stack, stack.web.base_url)
        stack.made = Api(stack.web.base_url).log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
    db = pymysql.connect(unix_socket=stack.database.socket, user=stack.database.admin, database="claviger",
                         autocommit=True, cursorclass=pymysql.cursors.DictCursor)
    storage.fails(None)
    org = Org(Api(stack.web.base_url), stack.made, "S3 " + secrets.token_hex(4))
    prefix = secrets.token_hex(4)
    place = Bucket(storage, prefix, stack, org, db)
    place.contents_there = lambda: [p.name for p in (storage.directory / "s3").rglob("*") if "probe" in p.name]
    yield place
    storage.fails(None)
    db.close()


@pytest.fixture
def provider(place):
    """What the tests of the seed's tables call it."""
    return place


@pytest.fixture
def contents(stack, place):
    return Contents(stack.web.base_url, place.key())


STEPS = ["settings", "allowed", "name", "connection", "security", "answer", "clock", "credentials", "bucket", "list",
         "write", "read", "remove"]


def tried(place, **wish):
    return place.org.admin.must("POST", f"{place.org.path}/resources/{place.id}/test", wish or None)


def stops_at(answer, check, said, advice):
    """All steps before passed, none behind was come to, and what to do is said where it stopped."""
    assert (answer["works"], answer["failed"]) == (False, check) and said in answer["problem"], answer
    states = {s["check"]: s["state"] for s in answer["steps"]}
    assert list(states) == STEPS
    at = STEPS.index(check)
    assert {states[s] for s in STEPS[:at] if s != "security"} <= {"passed"} and states[check] == "failed"
    assert {states[s] for s in STEPS[at + 1:]} <= {"skipped"}
    one = answer["steps"][at]
    assert one["problem"] == answer["problem"] and advice in one["advice"], one
    assert [s for s in answer["steps"] if s["advice"] or s["problem"]] == [one]


DIAGNOSES = [
    (403, "list", "AccessDenied", "s3:ListBucket"), (500, "answer", "InternalError", "try again later"),
    ("hangs up", "answer", "reached", "later"), ("odd", "answer", "XML", "S3-compatible"),
    ("silent", "answer", "answer", "later"), ((None, 403, "RequestTimeTooSkewed"), "clock", "Skewed", "set them right"),
    ((None, 403, "InvalidAccessKeyId"), "credentials", "InvalidAccessKeyId", "secret key"),
    ((None, 400, "AuthorizationHeaderMalformed"), "credentials", "Malformed", "region"),
    ((None, 301, "PermanentRedirect"), "bucket", "301", "region"),
    ((None, 401, "Odd"), "credentials", "401", "secret key"), ((None, 418, "Teapot"), "answer", "418", "S3-compatible"),
    (("PUT", 403, "AccessDenied"), "write", "AccessDenied", "s3:PutObject"), (("PUT", 500, "Odd"), "write", "500", "later"),
    (("DELETE", 403, "AccessDenied"), "remove", "AccessDenied", "s3:DeleteObject"),
]


def test_it_can_be_tried(place, storage):
    """Each way of failing is told apart, and nothing is told of the credentials, or left behind."""
    answer = tried(place)
    assert answer["works"] and answer["failed"] is None and answer["problem"] is None
    assert [s["state"] for s in answer["steps"]] == ["skipped" if s == "security" else "passed" for s in STEPS]
    assert place.contents_there() == []
    for how, check, said, advice in DIAGNOSES:
        storage.fails(how)
        answer = tried(place)
        stops_at(answer, check, said, advice)
        assert storage.secret not in str(answer) and "S3RVER" not in str(answer)
    storage.fails(None)


def test_it_is_tried_without_writing(place, storage):
    storage.gate.seen.clear()
    answer = tried(place, write=False)
    assert answer["works"] and {s["state"] for s in answer["steps"] if s["check"] in STEPS[-3:]} == {"skipped"}
    assert {method for method, _ in storage.gate.seen} == {"GET"}


def test_what_it_is_connected_to_can_be_wrong(stack, place, storage):
    for wrong, check, said, advice in (
            ({"secret_key": "wrong"}, "credentials", "SignatureDoesNotMatch", "secret key"),
            ({"bucket": "no-such-bucket"}, "bucket", "NoSuchBucket", "Make the bucket"),
            ({"endpoint": storage.others["port"]}, "connection", "reached", "firewall"),
            ({"endpoint": storage.others["security"]}, "security", "reached", "certificate"),
            ({"endpoint": storage.others["name"]}, "name", "reached", "name must lead")):
        other = Provider(stack, place.org, place.db, **{**storage.config(), **wrong})
        answer = tried(other)
        stops_at(answer, check, said, advice)
        assert storage.secret not in str(answer)


def test_only_an_admin_tries_it(stack, place):
    """By role or by scope; a key that is for a folder only rules nothing of it."""
    path = f"{place.org.path}/resources/{place.id}/test"
    client = Api(stack.web.base_url)
    for token, status in ((place.key("admin"), 200), (place.key("write"), 403), (place.key("admin", "/backups"), 403),
                          (place.key("read", "/"), 403)):
        assert client.using(token).post(path).status_code == status
    member, _ = place.org.add_member()
    assert member.post(path).status_code == 404


@pytest.mark.parametrize("name", ["a.txt", "Ü ordner+%2F&=?;'().txt", "\U0001f600"])
def test_up_and_down(place, contents, name):
    content = secrets.token_bytes(1_500_001)
    file = place.row("/" + name, pending=True, size=len(content))
    answer = contents.upload(file, content)
    assert answer.status_code == 200, answer.text
    got = contents.download(file)
    assert got.status_code == 200 and got.content == content and got.headers["ETag"] == answer.headers["ETag"]
    assert contents.download(file, Range="bytes=1000000-1000004").content == content[1_000_000:1_000_005]
    assert contents.download(file, Range="bytes=-3").content == content[-3:]
    assert contents.download(file, Range="bytes=9999999-").status_code == 416
    assert contents.upload(file, b"other", **{"If-Match": '"x"'}).status_code == 412
    assert contents.upload(file, b"other", **{"If-Match": answer.headers["ETag"]}).status_code == 200
    assert contents.download(file).content == b"other"


def test_chunks(place, contents, storage):
    content = secrets.token_bytes((5 << 20) + 1000)
    pieces = [content[:5 << 20], content[5 << 20:]]
    session, file = place.session("/x y", len(content), 5 << 20, storage.begin_parts(place.prefix + "/x y"))
    storage.fails(500)
    assert contents.chunk(session, 1, pieces[1]).status_code == 502
    storage.fails(None)
    assert contents.chunk(session, 1, pieces[1]).json()["isComplete"] is False
    assert contents.download(file).status_code == 404
    assert contents.chunk(session, 0, pieces[0]).json()["isComplete"] is True
    assert contents.download(file).content == content


def test_an_empty_file(place, contents):
    file = place.row("/empty", pending=True)
    assert contents.upload(file, b"").status_code == 200
    assert contents.download(file).content == b""


@pytest.mark.parametrize("how", [403, 500, 503, "hangs up", "silent"])
def test_it_fails_and_nothing_is_left(place, contents, storage, how):
    there = place.row("/there", pending=True, size=5)
    assert contents.upload(there, b"there").status_code == 200
    file = place.row("/new", pending=True, size=3)
    storage.fails(how)
    for answer in (contents.upload(file, b"new"), contents.upload(there, b"other"), contents.download(there)):
        assert answer.status_code == 502 and answer.json()["code"] == "storage", answer.text
        assert storage.secret not in answer.text and "S3RVER" not in answer.text
    storage.fails(None)
    assert "/new" not in place.rows()
    assert contents.download(there).content == b"there"
    storage.fails(507)
    assert contents.upload(there, b"other").json()["code"] == "storage_full"


def test_a_storage_that_lies_harms_nobody(stack, place, storage):
    """It is somebody's of another organization, perhaps: what it says is taken for nothing it cannot be."""
    client = Graphql(stack.web.base_url, place.org.admin.token, place.org.id)
    folder = place.row("/a", folder=True)
    workers = stack.service.workers("app")
    storage.fails("lies")
    storage.gate.seen.clear()
    for what in ('mutation { deleteFolder(id: "%s") }' % folder,
                 'mutation { renameFolder(id: "%s", name: "b") { id } }' % folder,
                 'mutation { createFolder(input: { name: "c", providerId: "PROVIDER", parentId: "%s" }) { id } }' % folder,
                 '{ folder(id: "%s") { id files { id } } }' % folder):
        assert client.ask(what.replace("PROVIDER", place.id))["errors"], what
    assert not tried(place)["works"]
    assert not [path for method, path in storage.gate.seen if method == "DELETE" or "/e1" in path]
    assert stack.service.workers("app") == workers, "none of them ended"


def drip(gate):
    """A listing of which a little comes every now and then."""
    gate.list("", 1_000_000)
    while gate.command != "HEAD":
        gate.wfile.write(b" ")
        gate.wfile.flush()
        time.sleep(0.5)


ENDLESS = {"tokens": lambda gate: gate.list(("<NextContinuationToken>" + "x" * 4000 + "</NextContinuationToken>") * 5000),
           "names": lambda gate: gate.list("<Contents>" + ("<Key>" + "x" * 4000 + "</Key>") * 5000 + "</Contents>"),
           "uploads": lambda gate: gate.list(("<UploadId>" + "x" * 4000 + "</UploadId>") * 5000),
           "blanks": lambda gate: gate.list("<!-- " + " " * (9 << 20) + "-->"),
           "less than nothing": lambda gate: gate.list("<Contents><Key>x</Key><Size>-5</Size></Contents>"),
           "drip": drip}


def test_what_a_storage_says_has_an_end(stack, place, storage):
    """A worker's memory and time are not for whoever runs the storage to use up."""
    client = Graphql(stack.web.base_url, place.org.admin.token, place.org.id)
    folder = place.row("/a", folder=True)
    workers = stack.service.workers("app")
    for name, answer in ENDLESS.items():
        storage.fails(answer)
        code, status, message = client.error('{ folder(id: "%s") { files { id } } }' % folder)
        assert (code, status) == ("PROVIDER_ERROR", 500) and ("XML" in message or "too long" in message), name
    assert stack.service.workers("app") == workers, "none of them ended"


def test_a_bucket_that_is_away_has_lost_nothing(stack, place, contents, storage):
    """Its files keep their ids until somebody says that they are gone, and that it is not there says nothing."""
    file = place.row("/there", pending=True, size=5)
    assert contents.upload(file, b"there").status_code == 200
    client = Graphql(stack.web.base_url, place.org.admin.token, place.org.id)
    # By its code; and where it is no S3 that answers, by the bucket's own address, which is asked last.
    for away, asked in (((None, 404, "NoSuchBucket"), ('{ file(id: "%s") { id } }', 'mutation { deleteFile(id: "%s") }')),
                        (lambda gate: gate.say(404, b"<html>"), ('{ file(id: "%s") { id } }',))):
        storage.fails(away)
        assert contents.download(file).status_code == 502
        for what in asked:
            assert client.error(what % file)[0] == "PROVIDER_ERROR", what
    storage.fails(None)
    assert contents.download(file).content == b"there"


@pytest.mark.parametrize("given, told", [('W/"a-1"', '"a-1"'), ('"a"b"', None), ("a\x01", None), ('""', None), ("b", '"b"')])
def test_a_tag_is_one_that_a_header_can_hold(place, contents, storage, given, told):
    """Weak, or of an odd storage: what is sent on, or back, is a strong tag or none."""
    file, back = place.row("/there", size=3), []

    def answer(gate):
        back.append(gate.headers["If-Match"])
        gate.say(200, b"abc", ETag=given)

    storage.fails(answer)
    got = contents.download(file)
    assert got.status_code == 200 and got.content == b"abc" and got.headers.get("ETag") == told
    assert back == [None, told]


def test_what_breaks_off_there_breaks_off_here(place, contents, storage):
    content = secrets.token_bytes(3_000_000)
    file = place.row("/long", pending=True, size=len(content))
    assert contents.upload(file, content).status_code == 200
    storage.fails("truncated")
    with pytest.raises(Exception, match="(?i)peer closed|incomplete|disconnected"):
        contents.download(file)
    storage.fails(None)
    assert contents.download(file).content == content


@pytest.mark.skipif(os.geteuid() != 0, reason="reads the memory of others")
def test_its_credentials_do_not_stay_in_memory(stack, place, contents, storage):
    """Of who uses them; the requests that brought them here were those of other processes."""
    stack.service.restart()
    stack.wait_ready()
    for n in range(8):
        file = place.row(f"/{n}", pending=True, size=5)
        assert contents.upload(file, b"there").status_code == 200
        assert contents.download(file).content == b"there"
    for pid in stack.service.workers():
        assert in_memory(pid, storage.secret.encode()) == 0
        assert in_memory(pid, b"AWS4" + storage.secret.encode()[:8]) == 0
        assert in_memory(pid, b"AWS4-HMAC-SHA256 Credential=S3RVER") == 0
    assert in_memory(os.getpid(), storage.secret.encode()) > 0, "it would be found"


def test_an_endpoint_must_be_allowed(stack, place, storage):
    for endpoint in ("http://127.0.0.1:1", "https://localhost", storage.endpoint + "0", "http://169.254.169.254"):
        other = Provider(stack, place.org, place.db, **{**storage.config(), "endpoint": endpoint})
        answer = tried(other)
        assert answer["failed"] == "allowed" and "does not allow" in answer["problem"]
        assert "ask the administrator" in answer["steps"][1]["advice"]


def test_nothing_leads_out_of_what_is_allowed(stack, place, storage):
    """Where something in front of the storage takes steps up, they would lead to what nobody allowed."""
    for wrong in ({"endpoint": storage.endpoint + "/there/../here"}, {"bucket": ".."}, {"bucket": "../other"},
                  {"prefix": "../other"}, {"prefix": "a/./b"}):
        storage.gate.seen.clear()
        answer = tried(Provider(stack, place.org, place.db, **{**storage.config(), **wrong}))
        assert not answer["works"] and "no name" in answer["problem"], (wrong, answer)
        assert not storage.gate.seen, wrong
    assert tried(Provider(stack, place.org, place.db, **storage.config(prefix="a..b/.c")))["works"]


# --- the seed's document, by GraphQL ---

@pytest.fixture
def served(stack, place):
    org = place.org
    org.provider, org.url = place.id, stack.web.base_url
    full = org.add_key("provider", scopes=["read", "write", "admin"])["token"]
    org.sdk = graphql.Sdk(org.url, full, org.id)
    org.narrow = graphql.Sdk(org.url, place.key("write", "/backups"), org.id)
    return org


def test_the_sdk_works_here_as_well(served):
    graphql.test_seed_3_9_seed_3_10_the_sdk_from_an_upload_to_its_end(served)


def test_a_base_path_holds_here_as_well(served):
    graphql.test_seed_3_19_seed_3_22_seed_3_23_a_base_path_holds_for_every_field(served)


def test_a_scope_holds_here_as_well(served):
    graphql.test_seed_3_11_seed_3_12_seed_3_13_a_scope_holds_for_every_field(served, None)


# --- trees ---

def test_a_tree_that_is_too_large_stays_as_it_is(served, place):
    for n in range(1001):
        place.put(f"/backups/{n}", b"x")
    before = place.all()
    folder = served.sdk.folders()[0]["id"]
    for what, wish in (("deleteFolder", {}), ("renameFolder", {"name": "other"})):
        code, status, message = served.sdk.refused(what, id=folder, **wish)
        assert (code, status) == ("CONFLICT", 409) and "1000" in message, (what, message)
    assert place.all() == before


def test_a_tree_with_long_names_moves_as_a_whole_or_not_at_all(served, place):
    """Each object takes memory of the request, by the length of its name; what is left must do to undo it."""
    deep = "/".join(c * 100 for c in "\u0436\u0449\u044e\u044f")
    for n in range(500):
        place.put(f"/backups/{deep}/{n}", b"x")
    before = place.all()
    folder = served.sdk.folders()[0]["id"]
    assert served.sdk.refused("renameFolder", id=folder, name="other")[:2] == ("CONFLICT", 409)
    assert place.all() == before


@pytest.mark.parametrize("what, wish", [("deleteFolder", {}), ("renameFolder", {"name": "other"})])
def test_who_is_put_out_in_the_middle_goes_no_further(served, place, storage, what, wish):
    for n in range(40):
        place.put(f"/backups/{n}", b"x")
    made = served.add_key("provider", scopes=["write"])
    sdk = graphql.Sdk(served.url, made["token"], served.id)
    folder = sdk.folders()[0]["id"]
    storage.fails(0.05)
    storage.gate.seen.clear()
    put_out = threading.Thread(target=lambda: (
        wait_for(lambda: sum(m in ("PUT", "DELETE") for m, _ in storage.gate.seen) > 3),
        served.admin.must("DELETE", f"{served.path}/keys/{made['id']}")))
    put_out.start()
    assert sdk.refused(what, id=folder, **wish)[:2] == ("AUTHENTICATION_ERROR", 401)
    put_out.join()
    left = place.all()
    assert not [p for p in left if p.startswith("/other")]
    assert len(left) == 40 if what == "renameFolder" else 5 < len(left) < 40


def wait_for(what):
    for _ in range(1000):
        if what():
            return
        time.sleep(0.01)
    raise AssertionError("it does not begin")


def test_what_moves_under_an_upload_ends_it(served, place, storage):
    """No folder comes to be again by what was meant for it."""
    for what, wish in (("deleteFolder", {}), ("renameFolder", {"name": "other"})):
        folder = served.sdk.createFolder(input={"name": "backups", "providerId": place.id})["id"]
        place.put("/backups/there", b"x")
        way = served.sdk.requestUpload(input={"name": "late", "mimeType": "a/b", "size": 9_000_000,
                                              "folderId": folder, "providerId": place.id})
        body = slow_body(lambda: served.sdk.data(graphql.DOCUMENTS[what], {"id": folder, **wish}))
        answer = direct_upload(place, way["fileId"], served.sdk.token, body)
        assert answer.status == 409, answer
        assert "/backups/late" not in place.all() and "/other/late" not in place.all()
        assert not [p for p in place.rows() if p.endswith("/late")]


def test_chunks_for_a_folder_that_goes(served, place, storage):
    folder = served.sdk.createFolder(input={"name": "backups", "providerId": place.id})["id"]
    wish = {"name": "big", "mimeType": "a/b", "totalSize": (5 << 20) + 1, "chunkSize": 5 << 20, "folderId": folder,
            "providerId": place.id}
    session = served.sdk.initiateChunkedUpload(input=wish)["sessionId"]
    chunks = Contents(served.url, served.sdk.token)
    assert chunks.chunk(session, 1, b"x").status_code == 200
    assert served.sdk.refused("renameFolder", id=folder, name="other")[:2] == ("CONFLICT", 409)
    assert served.sdk.deleteFolder(id=folder) is True
    assert chunks.chunk(session, 0, b"x" * (5 << 20)).status_code == 404
    assert place.all() == {} and served.sdk.activeUploadSessions() == []


def slow_body(meanwhile):
    """What is sent in two pieces, with something in between."""
    yield b"x" * 4_000_000
    time.sleep(0.3)  # so that the first piece has gone on
    meanwhile()
    yield b"y" * 5_000_000


def direct_upload(place, file, token, body):
    """Past the web server, which would wait for all of it first."""
    params = {"REQUEST_METHOD": "POST", "REQUEST_URI": f"/api/upload/proxy?fileId={file}", "CONTENT_LENGTH": "9000000",
              "QUERY_STRING": f"fileId={file}", "HTTP_AUTHORIZATION": f"Bearer {token}", "REMOTE_ADDR": "127.0.0.1",
              "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "x"}
    with fcgi.Connection(place.stack.app_socket, 30) as there:
        there.send(fcgi.begin() + fcgi.stream(fcgi.PARAMS, fcgi.pairs(params)))
        for piece in body:
            for at in range(0, len(piece), 65535):
                there.send(fcgi.record(fcgi.STDIN, piece[at:at + 65535]))
        there.send(fcgi.record(fcgi.STDIN))
        return there.reply()
