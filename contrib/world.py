"""world.py: a small HTTP client, and the world of the demo and the tests.

The world is two organizations with people, a team, a machine, sources, providers, spaces and one
key of each kind.  All of it is made through the HTTP API of the running service; only the first
person of each organization is made by the command line, as on any new installation.

Standard library only, like stack.py.
"""

import http.client
import json
import os
import secrets
from urllib.parse import urlsplit


class Answer:
    """Status, headers and body of one exchange."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode("utf-8", "replace")

    def json(self):
        try:
            return json.loads(self.text)
        except ValueError:
            return None

    @property
    def code(self):
        """The reason code of a problem, or None."""
        body = self.json()
        return body.get("code") if isinstance(body, dict) else None


class Refused(Exception):
    """The service refused what the world needs."""


class Client:
    """Speaks to one base address, with or without a credential.  The path goes out as it is given,
    dots, slashes and all."""

    def __init__(self, base_url, token=None, seconds=30):
        address = urlsplit(base_url)
        self.base_url, self.host, self.port = base_url, address.hostname, address.port
        self.token, self.seconds = token, seconds

    def ask(self, method, path, body=None, headers=None):
        headers = dict(headers or {})
        if self.token:
            headers.setdefault("Authorization", "Bearer " + self.token)
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.seconds)
        try:
            connection.request(method, path, body=body, headers=headers)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def must(self, method, path, body=None):
        """One request that has to succeed; the JSON of its answer."""
        answer = self.ask(method, path, body)
        if not 200 <= answer.status < 300:
            raise Refused(f"{method} {path}: {answer.status} {answer.text.strip()}")
        return answer.json()

    def log_in(self, email, password):
        """A client for the same address with a session of this person."""
        answer = self.must("POST", "/v1/session", {"email": email, "password": password})
        return Client(self.base_url, answer["token"], self.seconds)


def new_password():
    """Random, longer than the 15 characters that are asked for."""
    return secrets.token_urlsafe(18)


# --- what lies in the sources and providers ---

SOURCE_FILES = {
    "handbook/README.md": "# Handbook\n\nHow we work.\n",
    "handbook/holidays.md": "# Holidays\n\nThirty days, and all of August.\n",
    "ledger/README.md": "# Ledger\n\nWho owes what.\n",
}
PROVIDER_FILES = {
    "archive/backups/2025/january.txt": "backup of January\n",
    "archive/backups/latest.txt": "backup of today\n",
    "archive/backups2/other.txt": "not in /backups\n",
    "archive/documents/contract.txt": "signed\n",
    "vault/deed.txt": "another provider\n",
}


def make_files(directory):
    for name, text in {**SOURCE_FILES, **PROVIDER_FILES}.items():
        path = os.path.join(directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)


# --- the world ---

class World:
    """Ids, passwords and key texts by their names in demo.env, as attributes."""

    def __init__(self, values=()):
        self.__dict__.update(values)

    def values(self):
        return dict(self.__dict__)


def bootstrap(service, organization, email, password, name):
    """The first admin of an organization, by the command line.  Returns the organization's id."""
    service.must("user", "add", "--name", name, "--password-stdin", email, stdin=password + "\n")
    return service.must("org", "add", "--admin", email, organization).split()[-1]


FIELDS = {"Task": "singleLineText", "Hours": "number", "Due": "date", "Done": "checkbox"}
TASKS = ({"Task": "Write the plan", "Hours": 6, "Due": "2026-12-01", "Done": True},
         {"Task": "Ask for offers", "Hours": 1.5, "Due": "2026-12-08"},
         {"Task": "Decide"})
COLLECTIONS = {
    "appointments": ({"title": "Survey", "starts_at": "2026-12-01T09:00:00Z", "minutes": 60},
                     {"title": "Repair", "starts_at": "2026-12-02T13:30:00Z", "minutes": 90}),
    "contacts": ({"name": "Cleo", "email": "cleo@example.com"},),
    "availability": ({"name": "Ben", "weekday": "Monday", "from": "08:00", "to": "16:00"},),
    "team": ({"name": "Ben", "trade": "plumber"},),
}


def add_resource(client, org, kind, name, parent=None, config=None):
    wish = {"type": kind, "name": name, "parent": parent, "config": config}
    wish = {name: value for name, value in wish.items() if value is not None}
    return client.must("POST", f"/v1/organizations/{org}/resources", wish)["id"]


def grant(client, org, resource, subject, role):
    client.must("PUT", f"/v1/organizations/{org}/resources/{resource}/grants/{subject}", {"role": role})


def add_key(client, org, kind, name, **wish):
    """A new key: its id and its text, which is shown this one time."""
    made = client.must("POST", f"/v1/organizations/{org}/keys", {"kind": kind, "name": name, **wish})
    return made["id"], made["token"]


def add_machine(client, org, name, expires_in="90d"):
    made = client.must("POST", f"/v1/organizations/{org}/machines",
                       {"name": name, "expires_in": expires_in})
    return made["machine"]["id"], made["key"]["id"], made["token"]


def local(stack, name):
    return {"root": os.path.join(stack.files, name)}


def make_people(stack, base_url, world):
    visitor = Client(base_url)
    world.ADMIN_EMAIL, world.ADMIN_PASSWORD = "ada@acme.example", new_password()
    world.MEMBER_EMAIL, world.MEMBER_PASSWORD = "ben@acme.example", new_password()
    world.OTHER_ADMIN_EMAIL, world.OTHER_ADMIN_PASSWORD = "zoe@zenith.example", new_password()
    world.ORG = bootstrap(stack.service, "Acme", world.ADMIN_EMAIL, world.ADMIN_PASSWORD, "Ada")
    world.OTHER_ORG = bootstrap(stack.service, "Zenith", world.OTHER_ADMIN_EMAIL,
                                world.OTHER_ADMIN_PASSWORD, "Zoe")
    admin = visitor.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
    world.MEMBER = admin.must("POST", f"/v1/organizations/{world.ORG}/members",
                              {"email": world.MEMBER_EMAIL, "name": "Ben", "role": "member",
                               "password": world.MEMBER_PASSWORD})["id"]
    world.ADMIN = admin.must("GET", "/v1/self")["id"]
    return admin, visitor.log_in(world.MEMBER_EMAIL, world.MEMBER_PASSWORD)


def make_base(client, org, space, name):
    """A base with a table of records in it: the ids of both."""
    base = add_resource(client, org, "base", name, parent=space)
    fields = [{"name": name, "type": sort} for name, sort in FIELDS.items()]
    table = client.must("POST", f"/api/base/{base}/table", {"name": "Tasks", "fields": fields})["id"]
    client.must("POST", f"/api/table/{table}/record", {"records": [{"fields": task} for task in TASKS]})
    return base, table


def make_things(stack, admin, member, world):
    """Sources, providers, spaces with a base and a table each; who may do what with them."""
    org = world.ORG
    world.SOURCE = add_resource(admin, org, "source", "Handbook", config=local(stack, "handbook"))
    world.SECRET_SOURCE = add_resource(admin, org, "source", "Ledger", config=local(stack, "ledger"))
    world.PROVIDER = add_resource(admin, org, "provider", "Archive",
                                  config={"driver": "local", **local(stack, "archive")})
    world.SECRET_PROVIDER = add_resource(admin, org, "provider", "Vault",
                                         config={"driver": "local", **local(stack, "vault")})
    world.SPACE = add_resource(member, org, "space", "Plans")
    world.SPACE2 = add_resource(member, org, "space", "Drafts")
    world.BASE, world.TABLE = make_base(member, org, world.SPACE, "Projects")
    world.BASE2, world.TABLE2 = make_base(member, org, world.SPACE2, "Projects")
    world.BASE3, world.TABLE3 = make_base(member, org, world.SPACE, "Done with")

    for name, records in COLLECTIONS.items():
        for record in records:
            admin.must("POST", f"/v1/organizations/{org}/{name}", record)

    world.TEAM = admin.must("POST", f"/v1/organizations/{org}/teams", {"name": "Operations"})["id"]
    admin.must("PUT", f"/v1/organizations/{org}/teams/{world.TEAM}/members/{world.MEMBER}")
    grant(admin, org, world.SOURCE, "everyone", "member")
    grant(admin, org, world.PROVIDER, world.TEAM, "editor")
    grant(admin, org, world.SECRET_PROVIDER, world.TEAM, "editor")


def make_keys(admin, member, world):
    """One key of each kind."""
    org = world.ORG
    world.PERSONAL_KEY, world.PERSONAL_TOKEN = add_key(member, org, "personal", "laptop",
                                                       expires_in_days=90)
    world.MACHINE, world.MACHINE_KEY, world.MACHINE_TOKEN = add_machine(admin, org, "builder")
    admin.must("PUT", f"/v1/organizations/{org}/machines/{world.MACHINE}/sources/{world.SOURCE}",
               {"role": "member"})
    world.ORG_KEY, world.ORG_TOKEN = add_key(admin, org, "organization", "Dashboard",
                                             permission="read")
    world.PROVIDER_KEY, world.PROVIDER_TOKEN = add_key(
        member, org, "provider", "nightly backup", scopes=["write"],
        restrictions=[{"provider": world.PROVIDER, "base_path": "/backups"}])
    world.SPACE_KEY, world.SPACE_TOKEN = add_key(
        member, org, "space", "report", scopes=["read"], restrictions=[{"space": world.SPACE}],
        expires_at="2099-12-31")


def make_world(stack, base_url):
    """All of it, in a database that has none of it yet."""
    world = World()
    make_files(stack.files)
    admin, member = make_people(stack, base_url, world)
    make_things(stack, admin, member, world)
    make_keys(admin, member, world)
    other = Client(base_url).log_in(world.OTHER_ADMIN_EMAIL, world.OTHER_ADMIN_PASSWORD)
    world.OTHER_SOURCE = add_resource(other, world.OTHER_ORG, "source", "Zenith notes",
                                      config=local(stack, "ledger"))
    world.OTHER_KEY, world.OTHER_TOKEN = add_key(other, world.OTHER_ORG, "organization", "Dashboard",
                                                 permission="write")
    return world
