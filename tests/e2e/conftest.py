"""conftest.py: what the end-to-end tests stand on.

stack       everything, running: database, claviger, nginx, lighttpd and Apache; one for all tests
world       two organizations with people, things and one key of each kind in that stack, to be
            looked at; a test that changes things makes an organization of its own with new_org
web         the stack's web servers, one after the other: a test that takes it runs three times
api         a client of claviger's JSON API; log in with api.log_in(), show a key with api.using()
raw         a client that sends a target exactly as written
new_stack   stacks of a test's own, for what would disturb others: settings, faults, signals
"""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
import pymysql
import pytest

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "contrib"))

import world as worlds  # noqa: E402
from stack import Stack  # noqa: E402

ALL_WEBS = ("nginx", "lighttpd", "apache")

# Every password and key text that was seen: none of them may be found in a log or in the database.
SEEN_SECRETS = set()

# Organizations whose events a test has meddled with: no other chain may be broken in the end.
BROKEN_CHAINS = set()


def find_program():
    named = os.environ.get("CLAVIGER_PROGRAM")
    for path in [Path(named)] if named else [TOP / "build/check/claviger", TOP / "build/claviger"]:
        if path.is_file():
            return path.resolve()
    pytest.exit("no claviger to test: build it, or set CLAVIGER_PROGRAM", 3)


def find_testing_program(program):
    """The same program built with --enable-testing, whose clock can be shifted; None: there is none."""
    path = os.environ.get("CLAVIGER_TESTING_PROGRAM") or f"{program.parent}-testing/claviger"
    return Path(path).resolve() if Path(path).is_file() else None


def has_sanitizers(program):
    """Such a program keeps what was freed, and needs much room for itself."""
    with open(program, "rb") as f:
        return b"__asan_init" in f.read()


# --- talking to the service ---

class Api:
    """A JSON client for one base address, with or without a credential."""

    def __init__(self, base_url, token=None, csrf=None):
        self.base_url, self.token, self.csrf = base_url, token, csrf

    def request(self, method, path, json=None, headers=None, **more):
        headers = dict(headers or {})
        if self.token:
            headers.setdefault("Authorization", "Bearer " + self.token)
        # No test speaks TLS, and reading the authorities' certificates takes 0.1 s each time.
        answer = httpx.request(method, self.base_url + path, json=json, headers=headers, timeout=30,
                               follow_redirects=False, verify=False, **more)
        remember(answer)
        return answer

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, json=None, **more):
        return self.request("POST", path, json, **more)

    def put(self, path, json=None, **more):
        return self.request("PUT", path, json, **more)

    def patch(self, path, json=None, **more):
        return self.request("PATCH", path, json, **more)

    def delete(self, path, **more):
        return self.request("DELETE", path, **more)

    def must(self, method, path, json=None):
        """A request that has to succeed; the JSON of its answer."""
        answer = self.request(method, path, json)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def using(self, token):
        """The same address with another credential; None for no credential."""
        return Api(self.base_url, token)

    def at(self, base_url):
        """The same credential at another address."""
        return Api(base_url, self.token)

    def log_in(self, email, password):
        SEEN_SECRETS.add(password)
        session = self.using(None).must("POST", "/v1/session", {"email": email, "password": password})
        return Api(self.base_url, session["token"], session.get("csrf"))


def remember(answer):
    """Keep the texts of keys and sessions that an answer shows."""
    if "json" not in answer.headers.get("content-type", ""):
        return
    try:
        body = answer.json()
    except ValueError:
        return
    if isinstance(body, dict) and isinstance(body.get("token"), str):
        SEEN_SECRETS.add(body["token"])


class Org:
    """An organization of a test's own, with an admin and a member who are logged in."""

    def __init__(self, api, creator, name):
        self.id = creator.must("POST", "/v1/organizations", {"name": name})["id"]
        self.path = f"/v1/organizations/{self.id}"
        self.api, self.admin = api, creator

    def add_member(self, email=None, role="member", name="Somebody"):
        """A new person; their client and id."""
        email, password = email or f"{secrets.token_hex(6)}@test.example", worlds.new_password()
        made = self.admin.must("POST", self.path + "/members",
                               {"email": email, "name": name, "role": role, "password": password})
        return self.api.log_in(email, password), made["id"]

    def add_resource(self, kind, name=None, by=None, **wish):
        wish = {"type": kind, "name": name or secrets.token_hex(6), **wish}
        return (by or self.admin).must("POST", self.path + "/resources", wish)["id"]

    def grant(self, resource, subject, role):
        self.admin.must("PUT", f"{self.path}/resources/{resource}/grants/{subject}", {"role": role})

    def add_key(self, kind, by=None, **wish):
        """A new key as the service answers it: id, token and the rest."""
        wish = {"kind": kind, "name": secrets.token_hex(6), **wish}
        return (by or self.admin).must("POST", self.path + "/keys", wish)

    def add_machine(self, expires_in="90d", **wish):
        return self.admin.must("POST", self.path + "/machines",
                               {"name": secrets.token_hex(6), "expires_in": expires_in, **wish})


# --- the stack for all tests ---

@pytest.fixture(scope="session")
def program():
    return find_program()


@pytest.fixture(scope="session")
def workplace(program):
    """A directory beside the program for everything the tests leave; emptied first."""
    path = program.parent / "e2e"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    # The servers run under accounts of their own and must be able to pass.
    path.chmod(0o755)
    return path


@pytest.fixture(scope="session")
def template(workplace):
    return str(workplace / "template")


def run_stack(program, workplace, template, name):
    """All three web servers in front of one service; in the end nothing of it may be left, and no secret in the clear."""
    stack = Stack(program, str(workplace / name), webs=ALL_WEBS, fast=True, template=template)
    with stack:
        yield stack
        secrets_kept = find_secrets(stack)
        left = stack.stop()
    assert not left, f"these left processes behind: {left}"
    assert not secrets_kept, f"found in the clear: {secrets_kept}"
    check_reports(stack)
    put_away(stack, workplace)


@pytest.fixture(scope="session")
def stack(program, workplace, template):
    yield from run_stack(program, workplace, template, "all")


@pytest.fixture(scope="session")
def pages_stack(program, workplace, template):
    """Another one for the tests of pages, whose people are in no organizations but their own."""
    yield from run_stack(program, workplace, template, "pages")


def check_reports(stack):
    reports = stack.sanitizer_reports()
    assert not reports, "\n".join(open(path, errors="replace").read() for path in reports)


def put_away(stack, workplace):
    """A temporary directory is removed; of one in the build directory the logs stay to be read."""
    if stack.directory.startswith(str(workplace)):
        stack.remove_data()
    else:
        stack.remove()


def find_secrets(stack):
    """Which logs, or which dump of the database, hold a password or a key text."""
    logs = [os.path.join(folder, name) for folder, _, names in os.walk(stack.logs) for name in names]
    dump = shutil.which("mariadb-dump")
    if not dump:
        return search(stack, logs)
    with tempfile.NamedTemporaryFile(dir=stack.directory, prefix="database-") as database:
        subprocess.run([dump, "--no-defaults", "--socket", stack.database.socket, "--user", stack.database.admin,
                        "--single-transaction", "--skip-lock-tables", "claviger"], stdout=database, check=True)
        return search(stack, [*logs, database.name])


def search(stack, paths):
    """Which of the files hold a secret, and how it begins.  There are thousands of them: grep looks for all at once."""
    with tempfile.NamedTemporaryFile("w", dir=stack.directory) as patterns:
        patterns.write("\n".join(SEEN_SECRETS))
        patterns.flush()
        found = subprocess.run(["grep", "-aoHZF", "-f", patterns.name, "--", *paths], capture_output=True,
                               env={**os.environ, "LC_ALL": "C"})
    assert found.returncode in (0, 1), found.stderr
    lines = (line.partition("\0") for line in found.stdout.decode(errors="replace").splitlines())
    return sorted({f"{path}: {secret[:9]}..." for path, _, secret in lines})


@pytest.fixture(scope="session")
def new_stack_session(program, workplace, template):
    made = []

    def make(**wish):
        wish = {"webs": ("nginx",), "fast": True, "template": template, **wish}
        stack = Stack(wish.pop("program", program), str(workplace / str(len(made) + 1)), **wish)
        made.append(stack)
        return stack

    yield make
    for stack in made:
        put_away(stack, workplace)


@pytest.fixture
def new_stack(new_stack_session):
    """A function that makes a running stack of the test's own, which ends with the test."""
    running = []

    def make(**wish):
        stack = new_stack_session(**wish)
        running.append(stack)
        return stack.start()

    yield make
    left = [name for stack in running for name in stack.stop()]
    assert not left, f"these left processes behind: {left}"
    for stack in running:
        check_reports(stack)
        stack.remove_data()


@pytest.fixture(params=ALL_WEBS)
def web(request, stack):
    return stack.webs[request.param]


@pytest.fixture(scope="session")
def api(stack):
    return Api(stack.web.base_url)


@pytest.fixture(scope="session")
def raw(stack):
    return worlds.Client(stack.web.base_url)


def people_world(stack, api):
    """The world of the demo, and its people logged in: world.admin, world.member, world.other."""
    made = worlds.make_world(stack, stack.web.base_url)
    for name, value in made.values().items():
        if name.endswith(("_TOKEN", "_PASSWORD")):
            SEEN_SECRETS.add(value)
    for who in ("admin", "member", "other_admin"):
        setattr(made, who, api.log_in(getattr(made, who.upper() + "_EMAIL"),
                                      getattr(made, who.upper() + "_PASSWORD")))
    made.other = made.other_admin
    return made


@pytest.fixture(scope="session")
def world(stack, api):
    return people_world(stack, api)


@pytest.fixture(scope="session")
def pages_world(pages_stack):
    return people_world(pages_stack, Api(pages_stack.web.base_url))


@pytest.fixture
def new_org(api, world):
    """A function that makes a fresh organization; the world's admin is its admin."""
    return lambda name=None: Org(api, world.admin, name or "Test " + secrets.token_hex(6))


@pytest.fixture
def org(new_org):
    return new_org()


@pytest.fixture
def db(stack):
    """The database as its administrator sees it, to look at what is stored."""
    connection = pymysql.connect(unix_socket=stack.database.socket, user=stack.database.admin,
                                 database="claviger", autocommit=True,
                                 cursorclass=pymysql.cursors.DictCursor)
    yield connection
    connection.close()
