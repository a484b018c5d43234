"""Lists of keys as somebody asks for them: what filters leave out, the orders there are, and cursors that go
with one question only."""

import datetime
import urllib.parse

import pytest

from api_kit import is_refused
from world import Client


def listed(client, org, **query):
    """The names of the keys of a whole list."""
    answer = client.must("GET", f"{org.path}/keys?{urllib.parse.urlencode(query)}")
    assert answer["next"] is None
    return [key["name"] for key in answer["items"]]


def walked(client, org, limit, **query):
    """The same, a few at a time."""
    seen, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = client.must("GET", f"{org.path}/keys?{urllib.parse.urlencode({**query, 'limit': limit, **more})}")
        assert len(page["items"]) <= limit
        seen += [key["name"] for key in page["items"]]
        if (cursor := page["next"]) is None:
            return seen


def ask(client, path):
    return Client(client.base_url, client.token).ask("GET", path)


def at(text):
    """Unix seconds of a day or an instant."""
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc).timestamp())


@pytest.fixture
def keys(org, db):
    """Five keys of three owners; when each was made, ends and was used last is known."""
    org.member, org.user = org.add_member(name="Bob Marley")
    made = {"Zoo": org.add_key("organization", name="Zoo", permission="read", description="nightly backup"),
            "Éclair": org.add_key("provider", name="Éclair", scopes=["read"]),
            "alpha": org.add_key("provider", by=org.member, name="alpha", scopes=["read"]),
            "Beta": org.add_key("personal", by=org.member, name="Beta", expires_in_days=30)}
    machine = org.add_machine("never", name="Delta")
    org.machine, made["Delta"] = machine["machine"]["id"], machine["key"]
    rows = {"Zoo": ("2026-01-01", "2027-05-01", "2026-06-01T12:00:00"),
            "Éclair": ("2026-02-01", None, None),
            "alpha": ("2026-03-01", "2099-04-01", "2026-07-01"),
            "Beta": ("2026-04-01", "2099-03-01", None),
            "Delta": ("2026-05-01", None, "2026-08-01")}
    with db.cursor() as cursor:
        for name, (created, ends, used) in rows.items():
            cursor.execute("UPDATE api_key SET created_at = %s, expires_at = %s, last_used_at = %s WHERE id = %s",
                           (at(created), ends and at(ends), used and at(used), made[name]["id"]))
    return made


@pytest.mark.parametrize("query, names", [
    ({}, ["Zoo", "Éclair", "alpha", "Beta", "Delta"]),
    ({"search": "ZOO"}, ["Zoo"]),
    ({"search": "eclair"}, ["Éclair"]),
    ({"search": "  nightly "}, ["Zoo"]),
    ({"search": "bob mar"}, ["alpha", "Beta"]),
    ({"search": "drvp_"}, ["Beta"]),
    ({"search": "_"}, ["Zoo", "Éclair", "alpha", "Beta", "Delta"]),  # each has one in its prefix
    ({"search": "%"}, []),
    ({"kind": "provider", "search": "a"}, ["Éclair", "alpha"]),
    ({"created_after": "2026-03-01"}, ["alpha", "Beta", "Delta"]),
    ({"created_before": "2026-03-01"}, ["Zoo", "Éclair"]),
    ({"created_after": "2026-02-01T00:00:00Z", "created_before": "2026-04-01T00:00:00Z"}, ["Éclair", "alpha"]),
    ({"created_after": "2026-04-01T02:00:00+02:00"}, ["Beta", "Delta"]),
    ({"expires_before": "2099-04-01"}, ["Zoo", "Beta"]),
    ({"expires_after": "2027-05-02"}, ["alpha", "Beta"]),
    ({"used_before": "2026-07-01"}, ["Zoo"]),
    ({"used_after": "2026-07-01"}, ["alpha", "Delta"]),
    ({"never_used": "true"}, ["Éclair", "Beta"]),
    ({"never_used": "false"}, ["Zoo", "Éclair", "alpha", "Beta", "Delta"]),
    ({"owner": "me"}, ["Éclair"]),
    ({"owner": "all"}, ["Zoo", "Éclair", "alpha", "Beta", "Delta"]),
    ({"owner": "{user}"}, ["alpha", "Beta"]),
    ({"owner": "{machine}"}, ["Delta"]),
    ({"owner": "{org}"}, ["Zoo"]),
    ({"owner": "usr_00000000000000000000"}, []),
    ({"sort": "name"}, ["alpha", "Beta", "Delta", "Éclair", "Zoo"]),
    ({"sort": "-name"}, ["Zoo", "Éclair", "Delta", "Beta", "alpha"]),
    ({"sort": "-created_at"}, ["Delta", "Beta", "alpha", "Éclair", "Zoo"]),
    ({"sort": "last_used_at", "kind": "provider"}, ["Éclair", "alpha"]),
    ({"sort": "-last_used_at", "used_after": "2026-01-01"}, ["Delta", "alpha", "Zoo"]),
], ids=lambda v: urllib.parse.urlencode(v) if isinstance(v, dict) else "")
def test_filters_and_orders(org, keys, query, names):
    ids = {"{user}": org.user, "{machine}": org.machine, "{org}": org.id}
    query = {name: ids.get(value, value) for name, value in query.items()}
    assert listed(org.admin, org, **query) == names
    for limit in (1, 2):
        assert walked(org.admin, org, limit, **query) == names


def test_what_never_ends_is_last(org, keys):
    ends = listed(org.admin, org, sort="expires_at")
    assert ends[:3] == ["Zoo", "Beta", "alpha"] and set(ends[3:]) == {"Éclair", "Delta"}
    assert walked(org.admin, org, 1, sort="-expires_at") == ends[::-1]


def test_items_name_their_owners(org, keys):
    owners = {key["name"]: (key["owner"], key["owner_name"])
              for key in org.admin.must("GET", org.path + "/keys")["items"]}
    assert owners["alpha"] == owners["Beta"] == (org.user, "Bob Marley")
    assert owners["Delta"] == (org.machine, "Delta")


@pytest.mark.parametrize("query", [
    {"search": "a"}, {"owner": "all"}, {"owner": "{admin}"}, {"sort": "-name"}, {"never_used": "true"},
    {"expires_after": "2026-01-01"}, {"owner": "{org}"},
], ids=urllib.parse.urlencode)
def test_members_find_no_keys_but_their_own(api, org, keys, query):
    admin = org.admin.must("GET", "/v1/self")["id"]
    query = {name: value.format(admin=admin, org=org.id) for name, value in query.items()}
    assert set(listed(org.member, org, **query)) <= {"alpha", "Beta"}


def test_a_member_may_name_oneself(org, keys):
    assert listed(org.member, org, owner=org.user) == ["alpha", "Beta"]


@pytest.mark.parametrize("query, field", [
    ({"sort": ""}, "sort"), ({"sort": "-"}, "sort"), ({"sort": "prefix"}, "sort"), ({"sort": "name "}, "sort"),
    ({"sort": "--name"}, "sort"), ({"sort": "Name"}, "sort"),
    ({"search": ""}, "search"), ({"search": "  "}, "search"), ({"search": "a" * 101}, "search"),
    ({"search": "a\nb"}, "search"), ({"search": b"\xff"}, "search"),
    ({"used_before": "yesterday"}, "used_before"), ({"used_after": ""}, "used_after"),
    ({"created_after": "1970-01-01"}, "created_after"), ({"created_before": "1969-12-31"}, "created_before"),
    ({"expires_after": "2026-02-30"}, "expires_after"), ({"expires_before": "1"}, "expires_before"),
    ({"never_used": "yes"}, "never_used"), ({"never_used": "true", "used_before": "2026-01-01"}, "never_used"),
    ({"owner": ""}, "owner"), ({"owner": "you"}, "owner"), ({"owner": "usr_ a"}, "owner"),
    ({"owner": "tem_00000000000000000000"}, "owner"),
], ids=lambda v: urllib.parse.urlencode(v)[:40] if isinstance(v, dict) else v)
def test_what_cannot_be_asked_for(org, query, field):
    is_refused(ask(org.admin, f"{org.path}/keys?{urllib.parse.urlencode(query)}"), 422, "bad_field", field)


@pytest.mark.parametrize("other", [
    {}, {"sort": "-name"}, {"sort": "created_at"}, {"sort": "name", "kind": "provider"},
    {"sort": "name", "search": "a"}, {"sort": "name", "state": "all"}, {"sort": "name", "owner": "all"},
    {"sort": "name", "never_used": "false"},
], ids=lambda v: urllib.parse.urlencode(v) or "nothing")
def test_a_cursor_goes_with_the_question_it_came_from(org, keys, other):
    cursor = org.admin.must("GET", f"{org.path}/keys?sort=name&limit=2")["next"]
    again = org.admin.must("GET", f"{org.path}/keys?sort=name&limit=3&cursor={cursor}")
    assert [key["name"] for key in again["items"]] == ["Delta", "Éclair", "Zoo"]
    other = urllib.parse.urlencode({**other, "cursor": cursor})
    is_refused(ask(org.admin, f"{org.path}/keys?{other}"), 400, "bad_cursor")


def test_a_cursor_of_another_list_is_none(org, keys):
    org.add_member()
    cursor = org.admin.must("GET", org.path + "/members?limit=1")["next"]
    is_refused(ask(org.admin, f"{org.path}/keys?cursor={cursor}"), 400, "bad_cursor")
    cursor = org.admin.must("GET", org.path + "/keys?limit=1")["next"]
    is_refused(ask(org.admin, f"{org.path}/members?cursor={cursor}"), 400, "bad_cursor")


def test_a_list_goes_on_behind_a_key_that_is_gone(org, keys):
    """The last key of a page may be ended, or renamed, before the next one is asked for."""
    page = org.admin.must("GET", f"{org.path}/keys?sort=name&limit=2")
    org.admin.must("DELETE", f"{org.path}/keys/{page['items'][1]['id']}")
    rest = org.admin.must("GET", f"{org.path}/keys?sort=name&cursor={page['next']}")
    assert [key["name"] for key in rest["items"]] == ["Delta", "Éclair", "Zoo"]


def test_the_longest_names_have_cursors(org):
    names = ["\U0001f511" * 99 + letter for letter in "abc"]
    for name in names:
        org.add_key("organization", name=name, permission="read")
    assert walked(org.admin, org, 1, sort="name") == names
