"""Every pair of changes of one thing, made at the same time: one wins, and the other is told so or finds what stands.

A row of a table says what each change is answered when it comes first, and what every other one is answered
after it, though it was let in before.
"""

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

from conftest import SEEN_SECRETS, Api, check_reports
from process import wait_until
from race_kit import Database, Gate, People, Place, at_once, check_rows, in_order, outcome
from world import Client, new_password

GONE, FORBIDDEN = "404 not_found", "403 role"


@pytest.fixture(scope="module")
def place_of(new_stack_session):
    """A function that makes an organization, in a stack with low limits."""
    stack = new_stack_session(settings={"service": {"app_workers": 6},
                                        "limits": {"personal_per_member": 3, "machines_per_organization": 3,
                                                   "throttle_exempt": "127.0.0.0/8"}})
    with stack:
        people, database = People(stack), Database(stack)

        def make():
            place = Place(stack, people)
            place.database = database
            return place

        yield make
        check_rows(database)
        wait_until(lambda: not database.rows("SELECT id FROM audit WHERE place IS NULL LIMIT 1"), 30, "sealed")
        stack.service.must("audit", "verify")
        assert stack.stop() == []
    check_reports(stack)


# --- the things, and what may be done with each: functions that prepare it and name its changes ---

def space_key(place):
    key = place.add_key("space", scopes=["full"], expires_at="2099-12-31")
    path = f"/keys/{key['id']}"
    return {"delete": place.ask("DELETE", path), "refresh": place.ask("POST", path + "/refresh", {}),
            "rename": place.ask("PATCH", path, {"name": secrets.token_hex(4)}), "kill": place.kill(key["token"])}


def provider_key(place):
    key = place.add_key("provider", scopes=["read"])
    path = f"/keys/{key['id']}"
    return {"revoke": place.ask("DELETE", path), "rename": place.ask("PATCH", path, {"name": secrets.token_hex(4)}),
            "kill": place.kill(key["token"])}


def machine(place):
    made, source = place.add_machine(), place.add_resource("source")
    team = place.must("POST", "/teams", {"name": "crew"})["id"]
    path = f"/machines/{made['machine']['id']}"
    return {"delete": place.ask("DELETE", path), "regenerate": place.ask("POST", path + "/key", {"expires_in": "30d"}),
            "rename": place.ask("PATCH", path, {"name": secrets.token_hex(4)}), "kill": place.kill(made["token"]),
            "assign": place.ask("PUT", f"{path}/sources/{source}", {"role": "member"}),
            "join": place.ask("PUT", f"{path}/teams/{team}")}


def name_of_a_team(place):
    other = place.must("POST", "/teams", {"name": "other"})["id"]
    return {"create": place.ask("POST", "/teams", {"name": "same"}),
            "rename": place.ask("PATCH", f"/teams/{other}", {"name": "SAME"})}


def name_of_a_machine(place):
    other = place.add_machine()["machine"]["id"]
    return {"create": place.ask("POST", "/machines", {"name": "same", "expires_in": "30d"}),
            "rename": place.ask("PATCH", f"/machines/{other}", {"name": "Same"})}


def name_of_a_token(place):
    other = place.add_key("personal", expires_in_days=30)["id"]
    return {"create": place.ask("POST", "/keys", {"kind": "personal", "name": "same", "expires_in_days": 30}),
            "rename": place.ask("PATCH", f"/keys/{other}", {"name": "SAME"}),
            "delete": place.ask("DELETE", f"/keys/{other}")}


def last_place_for_a_token(place):
    first, _ = (place.add_key("personal", expires_in_days=30)["id"] for _ in range(2))
    return {"create": lambda: place.ask("POST", "/keys", {"kind": "personal", "name": secrets.token_hex(4),
                                                          "expires_in_days": 30})(),
            "delete": place.ask("DELETE", f"/keys/{first}")}


def last_place_for_a_machine(place):
    first, _ = (place.add_machine()["machine"]["id"] for _ in range(2))
    return {"create": lambda: place.ask("POST", "/machines", {"name": secrets.token_hex(4), "expires_in": "30d"})(),
            "delete": place.ask("DELETE", f"/machines/{first}")}


def policy(place):
    made = place.add_machine()["machine"]["id"]

    def patch(**what):
        return place.ask("PATCH", "/policy", what)

    def create(kind, **wish):
        return place.ask("POST", "/keys", {"kind": kind, "name": secrets.token_hex(4), **wish})

    return {"off": patch(personal_tokens_enabled=False), "on": patch(personal_tokens_enabled=True),
            "cap": patch(personal_max_days=30), "machine cap": patch(machine_max_days=30),
            "dates": patch(space_never_allowed=False), "token": create("personal", expires_in_days=365),
            "regenerate": place.ask("POST", f"/machines/{made}/key", {"expires_in": "1y"}),
            "space": create("space", scopes=["full"], expires_at="2099-12-31")}


def two_admins(place):
    boss, deputy = place.user("boss"), place.user("deputy")
    member = {"role": "member"}
    return {"boss steps down": place.ask("PATCH", f"/members/{boss}", member),
            "boss leaves": place.ask("DELETE", f"/members/{boss}"),
            "deputy steps down": place.ask("PATCH", f"/members/{deputy}", member, by="deputy"),
            "deputy leaves": place.ask("DELETE", f"/members/{deputy}", by="deputy"),
            "boss demotes": place.ask("PATCH", f"/members/{deputy}", member),
            "boss removes": place.ask("DELETE", f"/members/{deputy}"),
            "deputy demotes": place.ask("PATCH", f"/members/{boss}", member, by="deputy"),
            "deputy removes": place.ask("DELETE", f"/members/{boss}", by="deputy")}


def admin_at_work(place):
    """What an admin does who is one no longer."""
    deputy = place.user("deputy")
    return {"demote": place.ask("PATCH", f"/members/{deputy}", {"role": "member"}),
            "remove": place.ask("DELETE", f"/members/{deputy}"),
            "key": place.ask("POST", "/keys", {"kind": "organization", "name": "x", "permission": "write"}, by="deputy"),
            "machine": place.ask("POST", "/machines", {"name": "x", "expires_in": "30d"}, by="deputy"),
            "admin": place.ask("POST", "/members", {"email": place.people.emails["ben"], "role": "admin"}, by="deputy"),
            "policy": place.ask("PATCH", "/policy", {"personal_max_days": 90}, by="deputy"),
            "token": place.ask("POST", "/keys", {"kind": "personal", "name": "x", "expires_in_days": 30}, by="deputy"),
            "revoke all": place.ask("POST", "/keys/revoke", {"kind": "organization"}, by="deputy")}


def member(place):
    ann = place.user("ann")
    team, space = place.must("POST", "/teams", {"name": "crew"})["id"], place.add_resource("space")
    key = place.add_key("space", by="ann", scopes=["full"], expires_at="2099-12-31")
    return {"remove": place.ask("DELETE", f"/members/{ann}"),
            "leave": place.ask("DELETE", f"/members/{ann}", by="ann"),
            "promote": place.ask("PATCH", f"/members/{ann}", {"role": "admin"}),
            "add": place.ask("POST", "/members", {"email": place.people.emails["ann"], "role": "member"}),
            "join": place.ask("PUT", f"/teams/{team}/members/{ann}"),
            "grant": place.ask("PUT", f"/resources/{space}/grants/{ann}", {"role": "editor"}),
            "key": place.ask("POST", "/keys", {"kind": "provider", "name": "x", "scopes": ["read"]}, by="ann"),
            "refresh": place.ask("POST", f"/keys/{key['id']}/refresh", {}, by="ann"),
            "space": place.ask("POST", "/resources", {"type": "space", "name": "x"}, by="ann")}


def team(place):
    made, space = place.must("POST", "/teams", {"name": "crew"})["id"], place.add_resource("space")
    path = f"/teams/{made}"
    place.must("PUT", f"{path}/members/{place.user('boss')}")
    return {"delete": place.ask("DELETE", path), "rename": place.ask("PATCH", path, {"name": "other"}),
            "add": place.ask("PUT", f"{path}/members/{place.user('ann')}"),
            "take": place.ask("DELETE", f"{path}/members/{place.user('boss')}"),
            "grant": place.ask("PUT", f"/resources/{space}/grants/{made}", {"role": "member"})}


def resource(place):
    space = place.add_resource("space")
    path = f"/resources/{space}"
    place.must("PUT", f"{path}/grants/everyone", {"role": "member"})
    return {"delete": place.ask("DELETE", path), "rename": place.ask("PATCH", path, {"name": "other"}),
            "grant": place.ask("PUT", f"{path}/grants/{place.user('ann')}", {"role": "editor"}),
            "lower": place.ask("PUT", f"{path}/grants/{place.user('ann')}", {"role": "member"}),
            "close": place.ask("DELETE", f"{path}/grants/everyone"),
            "child": place.ask("POST", "/resources", {"type": "base", "name": "x", "parent": space}),
            "key": place.ask("POST", "/keys", {"kind": "space", "name": "x", "scopes": ["full"],
                                               "expires_at": "2099-12-31", "restrictions": [{"space": space}]})}


def parent_and_child(place):
    space = place.add_resource("space")
    base = place.add_resource("base", parent=space)
    return {"space": place.ask("DELETE", f"/resources/{space}"), "base": place.ask("DELETE", f"/resources/{base}"),
            "table": place.ask("POST", "/resources", {"type": "table", "name": "x", "parent": base})}


def ruler_of_a_space(place):
    """Ann rules what she made, until her role on it is taken away."""
    space = place.add_resource("space", by="ann")
    path = f"/resources/{space}"
    return {"take": place.ask("DELETE", f"{path}/grants/{place.user('ann')}"),
            "delete": place.ask("DELETE", path, by="ann"), "rename": place.ask("PATCH", path, {"name": "x"}, by="ann"),
            "share": place.ask("PUT", f"{path}/grants/everyone", {"role": "admin"}, by="ann")}


def organization(place):
    return {"delete": place.ask("DELETE", ""), "rename": place.ask("PATCH", "", {"name": "other"}),
            "policy": place.ask("PATCH", "/policy", {"personal_max_days": 90}),
            "key": place.ask("POST", "/keys", {"kind": "organization", "name": "x", "permission": "read"}),
            "leave": place.ask("DELETE", f"/members/{place.user('ann')}", by="ann")}


# thing: {change: (when it comes first, {every other: when it comes second})}
RACES = {
    space_key: {
        "delete": ("204", {"delete": GONE, "refresh": GONE, "rename": GONE, "kill": "200"}),
        "refresh": ("200", {"delete": "204", "refresh": "200", "rename": "200", "kill": "200"}),
        "rename": ("200", {"delete": "204", "refresh": "200", "rename": "200", "kill": "200"}),
        "kill": ("200", {"delete": GONE, "refresh": GONE, "rename": GONE, "kill": "200"})},
    provider_key: {
        "revoke": ("204", {"revoke": "204", "rename": "409 conflict", "kill": "200"}),
        "rename": ("200", {"revoke": "204", "rename": "200", "kill": "200"}),
        "kill": ("200", {"revoke": "204", "rename": "409 conflict", "kill": "200"})},
    machine: {
        "delete": ("204", {"delete": GONE, "regenerate": GONE, "rename": GONE, "kill": "200", "assign": GONE, "join": GONE}),
        "regenerate": ("200", {"delete": "204", "regenerate": "200", "rename": "200", "kill": "200", "assign": "204",
                               "join": "204"}),
        "rename": ("200", {"delete": "204", "regenerate": "200", "rename": "200", "kill": "200", "assign": "204",
                           "join": "204"}),
        "kill": ("200", {"delete": "204", "regenerate": "200", "rename": "200", "kill": "200", "assign": "204",
                         "join": "204"}),
        "assign": ("204", {"delete": "204", "regenerate": "200", "rename": "200", "kill": "200", "assign": "204",
                           "join": "204"}),
        "join": ("204", {"delete": "204", "regenerate": "200", "rename": "200", "kill": "200", "assign": "204",
                         "join": "204"})},
    name_of_a_team: {
        "create": ("201", {"create": "409 taken", "rename": "409 taken"}),
        "rename": ("200", {"create": "409 taken", "rename": "200"})},
    name_of_a_machine: {
        "create": ("201", {"create": "409 taken", "rename": "409 taken"}),
        "rename": ("200", {"create": "409 taken", "rename": "200"})},
    name_of_a_token: {
        "create": ("201", {"create": "409 taken", "rename": "409 taken", "delete": "204"}),
        "rename": ("200", {"create": "409 taken", "rename": "200", "delete": "204"}),
        "delete": ("204", {"create": "201", "rename": GONE, "delete": GONE})},
    last_place_for_a_token: {
        "create": ("201", {"create": "409 limit_reached", "delete": "204"}),
        "delete": ("204", {"create": "201", "delete": GONE})},
    last_place_for_a_machine: {
        "create": ("201", {"create": "409 limit_reached", "delete": "204"}),
        "delete": ("204", {"create": "201", "delete": GONE})},
    policy: {
        "off": ("200", {"off": "200", "on": "200", "cap": "200", "token": "403 kind_not_allowed", "space": "201"}),
        "on": ("200", {"off": "200", "on": "200", "token": "201"}),
        "cap": ("200", {"off": "200", "cap": "200", "machine cap": "200", "token": "422 bad_field", "regenerate": "200",
                        "dates": "200"}),
        "machine cap": ("200", {"cap": "200", "machine cap": "200", "token": "201", "regenerate": "422 bad_field"}),
        "dates": ("200", {"dates": "200", "cap": "200", "space": "201"}),
        "token": ("201", {"off": "200", "on": "200", "cap": "200", "machine cap": "200"}),
        "space": ("201", {"off": "200", "dates": "200"}),
        "regenerate": ("200", {"cap": "200", "machine cap": "200"})},
    two_admins: {
        "boss steps down": ("200", {"deputy steps down": "409 last_admin", "deputy leaves": "409 last_admin",
                                    "boss steps down": FORBIDDEN, "boss leaves": "204", "deputy demotes": "200",
                                    "deputy removes": "204", "boss demotes": FORBIDDEN, "boss removes": FORBIDDEN}),
        "boss leaves": ("204", {"deputy steps down": "409 last_admin", "deputy leaves": "409 last_admin",
                                "boss leaves": GONE, "boss steps down": GONE, "deputy demotes": GONE,
                                "deputy removes": GONE, "boss demotes": GONE, "boss removes": GONE}),
        "boss demotes": ("200", {"deputy steps down": FORBIDDEN, "deputy demotes": FORBIDDEN,
                                 "deputy removes": FORBIDDEN, "deputy leaves": "204",
                                 "boss steps down": "409 last_admin", "boss leaves": "409 last_admin"}),
        "boss removes": ("204", {"deputy steps down": GONE, "deputy demotes": GONE,
                                 "deputy removes": GONE, "deputy leaves": GONE,
                                 "boss steps down": "409 last_admin", "boss leaves": "409 last_admin"})},
    admin_at_work: {
        "demote": ("200", {"demote": "200", "remove": "204", "key": FORBIDDEN, "machine": FORBIDDEN, "admin": FORBIDDEN,
                           "policy": FORBIDDEN, "token": "201", "revoke all": "200"}),
        "remove": ("204", {"revoke all": GONE, "demote": GONE, "remove": GONE, "key": GONE, "machine": GONE, "admin": GONE,
                           "policy": GONE, "token": GONE}),
        "key": ("201", {"demote": "200", "remove": "204"}),
        "machine": ("201", {"demote": "200", "remove": "204"}),
        "admin": ("201", {"demote": "200", "remove": "204", "admin": "409 taken"}),
        "policy": ("200", {"demote": "200", "remove": "204"}),
        "token": ("201", {"demote": "200", "remove": "204"}),
        "revoke all": ("200", {"demote": "200", "remove": "204", "revoke all": "200"})},
    member: {
        "remove": ("204", {"remove": GONE, "leave": GONE, "promote": GONE, "add": "201", "join": GONE, "grant": GONE,
                           "key": GONE, "refresh": GONE, "space": GONE}),
        "leave": ("204", {"remove": GONE, "leave": GONE, "promote": GONE, "add": "201", "join": GONE, "grant": GONE,
                          "key": GONE, "refresh": GONE, "space": GONE}),
        "promote": ("200", {"remove": "204", "leave": "204", "promote": "200", "add": "409 taken"}),
        "add": ("409 taken", {"remove": "204", "leave": "204", "promote": "200"}),
        "join": ("204", {"remove": "204", "leave": "204", "join": "204"}),
        "grant": ("204", {"remove": "204", "leave": "204", "grant": "204"}),
        "key": ("201", {"remove": "204", "leave": "204"}),
        "refresh": ("200", {"remove": "204", "leave": "204", "refresh": "200"}),
        "space": ("201", {"remove": "204", "leave": "204"})},
    team: {
        "delete": ("204", {"delete": GONE, "rename": GONE, "add": GONE, "take": GONE, "grant": GONE}),
        "rename": ("200", {"delete": "204", "rename": "200", "add": "204", "grant": "204"}),
        "add": ("204", {"delete": "204", "rename": "200", "add": "204", "take": "204"}),
        "take": ("204", {"delete": "204", "add": "204", "take": GONE}),
        "grant": ("204", {"delete": "204", "rename": "200", "grant": "204"})},
    resource: {
        "delete": ("204", {"delete": GONE, "rename": GONE, "grant": GONE, "close": GONE, "child": "422 bad_field",
                           "key": "422 bad_field"}),
        "rename": ("200", {"delete": "204", "rename": "200"}),
        "grant": ("204", {"delete": "204", "grant": "204", "lower": "204", "close": "204"}),
        "lower": ("204", {"grant": "204"}),
        "close": ("204", {"delete": "204", "grant": "204", "close": GONE}),
        "child": ("201", {"delete": "204", "child": "201"}),
        "key": ("201", {"delete": "204"})},
    parent_and_child: {
        "space": ("204", {"base": GONE, "table": "422 bad_field"}),
        "base": ("204", {"space": "204", "table": "422 bad_field"}),
        "table": ("201", {"space": "204", "base": "204"})},
    ruler_of_a_space: {
        "take": ("204", {"take": GONE, "delete": GONE, "rename": GONE, "share": GONE}),
        "delete": ("204", {"take": GONE}),
        "rename": ("200", {"take": "204"}),
        "share": ("204", {"take": "204"})},
    organization: {
        "delete": ("204", {"delete": GONE, "rename": GONE, "policy": GONE, "key": GONE, "leave": GONE}),
        "rename": ("200", {"delete": "204", "rename": "200"}),
        "policy": ("200", {"delete": "204"}),
        "key": ("201", {"delete": "204"}),
        "leave": ("204", {"delete": "204", "leave": GONE})},
}

# The two admins are alike.

def mirrored(name):
    return name.replace("boss", "?").replace("deputy", "boss").replace("?", "deputy")


for name, (alone, others) in list(RACES[two_admins].items()):
    RACES[two_admins][mirrored(name)] = (alone, {mirrored(other): said for other, said in others.items()})


def pairs(wanted=lambda first, second: True):
    found = [pytest.param(thing, first, second, id=f"{thing.__name__}: {first}, {second}".replace("_", " "))
             for thing, changes in RACES.items() for first, (_, others) in changes.items() for second in others
             if wanted(first, second)]
    return pytest.mark.parametrize("thing, first, second", found)



def expected(thing, first, second):
    """How both are answered; the table has each pair in both orders."""
    alone, others = RACES[thing][first]
    return alone, others[second]


@pairs()
def test_one_after_the_other(place_of, thing, first, second):
    """Both were let in before either changed anything."""
    place = place_of()
    changes = thing(place)
    gate = Gate(place.database, "organization", place.id)
    assert in_order(gate, changes[first], changes[second]) == expected(thing, first, second)


@pairs(lambda first, second: first <= second)
def test_at_once(place_of, thing, first, second):
    """Nobody says who is first; it is as if one had been."""
    place = place_of()
    changes = thing(place)
    assert at_once(changes[first], changes[second]) in (
        expected(thing, first, second), expected(thing, second, first)[::-1])


# --- texts ---

def token_of(client, path, body):
    """A change that answers with a new text; its status and the text."""
    def ask():
        answer = client.ask("POST", path, body)
        outcome(answer)
        return answer.status, answer.json().get("token")
    return ask


@pytest.mark.parametrize("kind", ["space", "machine"])
def test_of_two_new_texts_the_later_lives(place_of, kind):
    """Both are told theirs; there is never more than one that works."""
    place = place_of()
    boss = place.people.clients["boss"]
    if kind == "space":
        old = place.add_key("space", scopes=["full"], expires_at="2099-12-31")
        ask = token_of(boss, f"{place.path}/keys/{old['id']}/refresh", {})
    else:
        old = place.add_machine()
        ask = token_of(boss, f"{place.path}/machines/{old['machine']['id']}/key", {"expires_in": "30d"})
    first, second = in_order(Gate(place.database, "organization", place.id), ask, ask)
    assert [first[0], second[0]] == [200, 200]
    assert [place.lives(text) for text in (old["token"], first[1], second[1])] == [False, False, True]


def test_who_has_the_old_text_cannot_end_the_new_one(place_of):
    place = place_of()
    old = place.add_key("space", scopes=["full"], expires_at="2099-12-31")
    refresh = token_of(place.people.clients["boss"], f"{place.path}/keys/{old['id']}/refresh", {})
    (status, fresh), killed = in_order(Gate(place.database, "organization", place.id), refresh, place.kill(old["token"]))
    assert (status, killed) == (200, "200") and place.lives(fresh) and not place.lives(old["token"])


def test_many_are_ended_by_their_texts_at_once(place_of):
    """What a leak looks like: each of them is told that it is over, and it is."""
    place = place_of()
    texts = [place.add_key("provider", scopes=["read"])["token"] for _ in range(24)]
    with ThreadPoolExecutor(12) as crowd:
        assert set(crowd.map(lambda text: place.kill(text)(), texts)) == {"200"}
    assert not any(place.lives(text) for text in texts)


# --- people: what waits for the row of the user ---

class Person:
    """An account of its own, with two tokens for another password."""

    def __init__(self, place):
        self.place, service = place, place.stack.service
        self.email, self.password = f"{secrets.token_hex(6)}@race.example", new_password()
        service.must("user", "add", "--name", "x", "--password-stdin", self.email, stdin=self.password)
        self.tokens = [service.must("user", "reset", self.email).strip() for _ in range(2)]
        self.base_url = place.people.base_url
        self.session = Api(self.base_url).log_in(self.email, self.password).token
        self.client = Client(self.base_url, self.session)
        self.id = self.client.must("GET", "/v1/self")["id"]
        SEEN_SECRETS.update([self.password, *self.tokens])

    def confirm(self, n):
        password = new_password()
        SEEN_SECRETS.add(password)
        wish = {"token": self.tokens[n], "new_password": password}
        return lambda: outcome(Client(self.base_url).ask("POST", "/v1/password-reset/confirm", wish))

    def changes(self):
        password = new_password()
        SEEN_SECRETS.add(password)
        wish = {"password": self.password, "new_password": password}
        log_in = {"email": self.email, "password": self.password}
        return {"confirm": self.confirm(0), "confirm again": self.confirm(0), "confirm other": self.confirm(1),
                "change": lambda: outcome(self.client.ask("POST", "/v1/session/password", wish)),
                "log in": lambda: outcome(Client(self.base_url).ask("POST", "/v1/session", log_in))}


OF_A_PASSWORD = [
    ("confirm", "204", "confirm again", "401 invalid_token"), ("confirm", "204", "confirm other", "401 invalid_token"),
    ("confirm", "204", "change", "409 race_lost"), ("confirm", "204", "log in", "401 invalid_token"),
    ("change", "204", "change", "409 race_lost"), ("change", "204", "confirm", "204"),
    ("change", "204", "log in", "401 invalid_token"), ("log in", "200", "change", "204"), ("log in", "200", "confirm", "204"),
]


@pytest.mark.parametrize("first, said, second, then", OF_A_PASSWORD, ids=lambda text: text.replace(" ", "-"))
def test_of_a_password(place_of, first, said, second, then):
    """Whoever was let in by the old password is too late once there is another."""
    person = Person(place_of())
    changes = person.changes()
    gate = Gate(person.place.database, "user", person.id)
    assert in_order(gate, changes[first], changes[second]) == (said, then)


def test_who_logs_out_has_made_nothing_since(place_of):
    """A session that ends while its request waits: what it asked for is not done."""
    place, wish = place_of(), {"kind": "organization", "name": "x", "permission": "write"}
    session = Api(place.people.base_url).log_in(*place.people.credentials["deputy"]).token
    thief, gate = Client(place.people.base_url, session), Gate(place.database, "organization", place.id)
    with ThreadPoolExecutor(1) as crowd, gate:
        asked = crowd.submit(lambda: outcome(thief.ask("POST", place.path + "/keys", wish)))
        gate.arrived(1, asked)
        assert Client(place.people.base_url, session).ask("DELETE", "/v1/session").status == 204
        gate.open()
        assert asked.result() == "401 revoked"
    assert place.must("GET", "/keys?owner=all")["items"] == []
