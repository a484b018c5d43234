"""api_kit.py: what the tests of the JSON API share: the service's description of itself as a list of
routes, an organization that has one thing of each type, and how a refusal must look."""

import base64
import json
import re
import secrets
from pathlib import Path

import pytest
from conftest import SEEN_SECRETS, Api, Org
from world import Client, make_world

SOURCES = Path(__file__).resolve().parents[2]
WRITTEN_WITHIN = 60  # seconds until it is told when a key was last used
REALM = 'Bearer realm="claviger"'
COLLECTIONS = {"appointments": "appointment", "contacts": "contact", "availability": "slot", "team": "person"}
KINDS = ("personal", "machine", "organization", "provider", "space")


# --- the routes, by the service's own description and by the table they come from ---

class Route:
    """One row: how it authenticates, what it asks for, and its body."""

    def __init__(self, method, path):
        self.method, self.path = method, path
        self.security = self.permit = self.form = self.schema = self.answer = self.status = None
        self.free = False  # the members of its body are its own affair

    def __repr__(self):
        return f"{self.method} {self.path}"

    @property
    def params(self):
        return re.findall(r"{(\w+)}", self.path)

    def fill(self, ids):
        """The address with these ids; one that is missing is a name the tests do not know."""
        return re.sub(r"{(\w+)}", lambda m: ids[m.group(1)], self.path)


def table(door="api"):
    """The rows of the route table that go through a door, read from its source."""
    text = (SOURCES / "src/front/routes.c").read_text()
    organization = re.search(r'#define ORG "([^"]*)"', text).group(1)
    row = re.compile(r'METHOD_(\w+), (ORG)? ?(?:"([^"]*)")?, &door_' + door + r', AUTH_(\w+), PERMIT_(\w+), DB_(\w+), '
                     r'(PLAIN|JSON|FORM|STREAM)(?:\((\w+)\))?, (\w+),')
    routes = []
    for method, org, rest, auth, permit, _, form, shape, _ in row.findall(re.sub(r"\s+", " ", text)):
        route = Route(method, (organization if org else "") + rest)
        route.security = {"NONE": None, "ANY": "credential", "SESSION": "session"}[auth]
        route.permit, route.form, route.free = permit, form, shape == "record"
        routes.append(route)
    return routes


def described(openapi):
    """The routes as /openapi.json has them, each with what only its row in the table says."""
    rows = {(r.method, r.path): r for r in table()}
    routes = []
    for path, methods in openapi["paths"].items():
        for method, row in methods.items():
            if method == "parameters":
                continue
            route = Route(method.upper(), path)
            route.security = next(iter(row["security"][0])) if row["security"] else None
            if (route.method, path) in rows:
                route.permit, route.free = (getattr(rows[route.method, path], n) for n in ("permit", "free"))
            content = row.get("requestBody", {}).get("content", {})
            if content:
                kind, described_body = next(iter(content.items()))
                route.form = "JSON" if kind == "application/json" else "FORM"
                route.schema = described_body["schema"]
            route.status, good = next((int(s), a) for s, a in row["responses"].items() if s != "default")
            if "content" in good:
                route.answer = good["content"]["application/json"]["schema"]
            routes.append(route)
    return routes


def check_schema(openapi, schema, value, where="answer"):
    """The value is what the schema says, with no member that it does not name."""
    if "$ref" in schema:
        schema = openapi["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "allOf" in schema:
        whole = {"type": "object", "properties": {}, "required": []}
        for part in schema["allOf"]:
            part = openapi["components"]["schemas"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
            whole["properties"].update(part["properties"])
            whole["required"] += part["required"]
        schema = whole
    if "enum" in schema:
        assert value in schema["enum"], f"{where}: {value!r}"
        return
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if value is None:
        assert "null" in types, f"{where}: null"
    elif isinstance(value, dict):
        assert "object" in types, f"{where}: an object"
        if "properties" in schema:
            assert set(schema["required"]) <= set(value), f"{where}: lacks {set(schema['required']) - set(value)}"
            more = set() if schema.get("additionalProperties") else set(value) - set(schema["properties"])
            assert not more, f"{where}: has {more}"
            for name, member in value.items():
                if name in schema["properties"]:
                    check_schema(openapi, schema["properties"][name], member, f"{where}.{name}")
    elif isinstance(value, list):
        assert "array" in types, f"{where}: a list"
        for n, item in enumerate(value):
            check_schema(openapi, schema["items"], item, f"{where}[{n}]")
    elif isinstance(value, bool):
        assert "boolean" in types, f"{where}: {value!r}"
    elif isinstance(value, int):
        assert "integer" in types, f"{where}: {value!r}"
    else:
        assert "string" in types, f"{where}: {value!r}"
        if schema.get("format") == "date-time":
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value), f"{where}: {value}"


def session_id(token):
    """The id of the session that a token of the service's own names."""
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["sid"]


# --- an organization that has one of each ---

class Place(Org):
    """An organization with an admin, a member, and one thing of each type, by their ids.

    ids     what stands in an address: {org}, {user}, {team}, {subject}, {machine}, {resource}, {key}
    tokens  a live key of each kind, made by the admin and allowed as much as its kind can be
    """

    def __init__(self, api, creator, name):
        super().__init__(api, creator, name)
        self.member, self.user = self.add_member()
        self.team = self.admin.must("POST", self.path + "/teams", {"name": "Team"})["id"]
        self.admin.must("PUT", f"{self.path}/teams/{self.team}/members/{self.user}")
        made = self.add_machine("never")
        self.machine = made["machine"]["id"]
        self.admin.must("PUT", f"{self.path}/teams/{self.team}/members/{self.machine}")
        self.source, self.provider = self.add_resource("source"), self.add_resource("provider")
        self.space = self.add_resource("space")
        self.base = self.add_resource("base", parent=self.space)
        self.table = self.add_resource("table", parent=self.base)
        self.collection = self.add_resource("collection", "contacts")
        self.grant(self.source, self.machine, "member")
        self.grant(self.source, self.user, "member")
        keys = {"personal": self.add_key("personal", expires_in_days=30),
                "organization": self.add_key("organization", permission="write"),
                "provider": self.add_key("provider", scopes=["admin"]),
                "space": self.add_key("space", scopes=["full"], expires_at="2099-12-31")}
        self.tokens = {kind: key["token"] for kind, key in keys.items()}
        self.tokens["machine"] = made["token"]
        self.keys = {kind: key["id"] for kind, key in keys.items()}
        self.keys["machine"] = made["key"]["id"]
        dead = self.add_key("provider", scopes=["read"])
        self.admin.must("DELETE", f"{self.path}/keys/{dead['id']}")
        self.dead = dead["token"]
        self.ids = {"org": self.id, "user": self.user, "team": self.team, "subject": self.user,
                    "machine": self.machine, "resource": self.source, "key": self.keys["personal"],
                    "session": session_id(self.member.token)}
        for collection, name in COLLECTIONS.items():
            self.ids[name] = self.admin.must("POST", f"{self.path}/{collection}", {"note": collection})["id"]


places = {}


@pytest.fixture
def home(api, world):
    """The place of the world's admin; made once for all tests, which leave it as it is."""
    if "home" not in places:
        places["home"] = Place(api, world.admin, "Home")
    return places["home"]


@pytest.fixture
def abroad(api, world):
    """A stranger's place."""
    if "abroad" not in places:
        places["abroad"] = Place(api, world.other, "Abroad")
    return places["abroad"]


@pytest.fixture
def base_url(stack):
    return stack.web.base_url


@pytest.fixture
def openapi(raw):
    """The service's description of itself."""
    if "openapi" not in places:
        answer = raw.ask("GET", "/openapi.json")
        assert answer.status == 200
        places["openapi"] = answer.json()
    return places["openapi"]


@pytest.fixture
def route(request, openapi):
    """The route of a test that is decorated with over(), as it is described."""
    return next(r for r in described(openapi) if (r.method, r.path) == request.param)


def over(wanted=lambda route: True):
    """The test runs for each row of the table that is wanted."""
    rows = [pytest.param((r.method, r.path), id=f"{r.method} {r.path}") for r in table() if wanted(r)]
    return pytest.mark.parametrize("route", rows, indirect=True)


# Ids of the right shape that nothing has.
ABSENT = {"org": "org_00000000000000000000", "user": "usr_00000000000000000000",
          "team": "tem_00000000000000000000", "subject": "usr_00000000000000000000",
          "machine": "mch_00000000000000000000", "resource": "res_00000000000000000000",
          "key": "key_00000000000000000000", "session": "ses_00000000000000000000",
          **{name: "rec0000000000000000" for name in COLLECTIONS.values()}}


def good_body(route, place):
    """A body the route takes, by the title of its schema; None where it takes none."""
    if route.schema is None:
        return None
    name = secrets.token_hex(6)
    return {
        "Login": lambda: {"email": "nobody@test.example", "password": "not anybody's password"},
        "PasswordWish": lambda: {"password": "not the right password", "new_password": "another " + name},
        "ProofWish": lambda: {"password": "not the right password"},
        "PasswordResetWish": lambda: {"email": name + "@test.example"},
        "PasswordResetConfirmation": lambda: {"token": "rst_nonsense", "new_password": "another " + name},
        "OrganizationWish": lambda: {"name": name},
        "PolicyWish": lambda: {"personal_max_days": 365},
        "MemberWish": lambda: {"email": name + "@test.example", "role": "member"},
        "MemberRoleWish": lambda: {"role": "member"},
        "TeamWish": lambda: {"name": name},
        "MachineWish": lambda: {"name": name, "expires_in": "30d"},
        "MachineChange": lambda: {"description": name},
        "MachineKeyWish": lambda: {"expires_in": "30d"},
        "ResourceWish": lambda: {"type": "space", "name": name},
        "ResourceChange": lambda: {"name": name},
        "GrantWish": lambda: {"role": "member"},
        "ProviderTestWish": lambda: {"write": False},
        "KeyWish": lambda: {"kind": "provider", "name": name, "scopes": ["read"]},
        "KeyChange": lambda: {"description": name},
        "KeysRevoke": lambda: {"search": name, "dry_run": True},
        "KeyRefresh": lambda: {},
        "KeyRotation": lambda: {"grace": 0},
        "VerifyWish": lambda: {"token": place.tokens["personal"], "action": "read"},
        "ExplainWish": lambda: {"key": place.keys["personal"], "action": "read"},
        "RecordFields": lambda: {"name": name, "age": 7, "tags": ["a", "b"]},
        "TokenForm": lambda: {"token": "unknown"},
    }[route.schema["title"]]()


def encoded(route, body):
    """The body as it goes over the wire, and its type."""
    if route.form == "FORM":
        return "&".join(f"{name}={value}" for name, value in body.items()), "application/x-www-form-urlencoded"
    return json.dumps(body), "application/json"


# --- asking and judging ---

def ask(base_url, method, path, token=None, body=None, kind=None, headers=None):
    """One request on a connection of its own; body is text or bytes, kind its type."""
    headers = dict(headers or {})
    if kind is not None:
        headers["Content-Type"] = kind
    return Client(base_url, token).ask(method, path, body, headers)


def counted(base_url, name):
    """One number of /metrics."""
    text = ask(base_url, "GET", "/metrics").text
    return int(re.search(rf"^{re.escape(name)} (\d+)$", text, re.M).group(1))


def is_refused(answer, status, code, field=None, what="", scope=True):
    """The answer is this problem, with the headers that belong to it and no others.  scope: one is
    named that would do."""
    seen = f"{what}: {answer.status} {dict(answer.headers)} {answer.text}"
    body = answer.json()
    assert answer.status == status and answer.code == code, seen
    assert answer.headers["Content-Type"] == "application/problem+json", seen
    assert answer.headers["Cache-Control"] == "no-store", seen
    assert body["status"] == status and body["type"] and body["title"], seen
    assert body["request_id"] == answer.headers["X-Request-Id"], seen
    assert set(body) <= {"type", "title", "status", "detail", "code", "field", "request_id"}, seen
    if field is not None:
        assert body.get("field") == field, seen
    challenges = answer.headers.get_all("WWW-Authenticate") or []
    if status == 401:
        plain = code == "no_credential"
        assert challenges == [REALM if plain else REALM + ', error="invalid_token"'], seen
    elif status == 403:
        assert len(challenges) == 1 and challenges[0].startswith(REALM + ', error="insufficient_scope"'), seen
        if code in ("scope", "role", "resource", "path") and scope:
            assert re.search(r', scope="(read|write|admin)"$', challenges[0]), seen
    else:
        assert challenges == [], seen
    assert ("Allow" in answer.headers) == (status == 405), seen
    assert ("Retry-After" in answer.headers) == (status in (429, 503)), seen
    return body


def without_request_id(answer):
    """The bytes of a problem but for the request's id."""
    return answer.status, answer.text.replace(answer.headers["X-Request-Id"], "-")


def secret(text):
    """A text of a test's own that must not be found in any log, or in the database."""
    SEEN_SECRETS.add(text)
    return text


def fresh_stack(new_stack, **wish):
    """A stack of a test's own, with a world in it: the stack, a client and the world, logged in."""
    stack = new_stack(**wish)
    api = Api(stack.web.base_url)
    world = make_world(stack, stack.web.base_url)
    for name, value in world.values().items():
        if name.endswith(("_TOKEN", "_PASSWORD")):
            SEEN_SECRETS.add(value)
    world.admin = api.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
    return stack, api, world
