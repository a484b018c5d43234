"""`claviger key`: the operator sees all keys of an organization, never a text, and ends them."""

import json
import threading
import time

import pymysql
import pytest

from conftest import SEEN_SECRETS


def run(stack, *words, **more):
    return stack.service.run("key", *words, **more)


def must(stack, *words):
    done = run(stack, *words)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def ids(stack, *words):
    return [line.split("\t")[0] for line in must(stack, "list", *words).splitlines()]


@pytest.fixture
def keys(org):
    """One of each kind, as they were made; of the machine, its key."""
    provider = org.add_resource("provider", name="Archive")
    space = org.add_resource("space")
    machine = org.add_machine(expires_in="never")
    return {
        "personal": org.add_key("personal", expires_in_days=30),
        "machine": {**machine["key"], "token": machine["token"]},
        "organization": org.add_key("organization", permission="write", name="a name with blanks"),
        "provider": org.add_key("provider", scopes=["read", "write"],
                                restrictions=[{"provider": provider, "base_path": "/my files"}],
                                allowed_ips=["10.0.0.0/8", "127.0.0.1"],
                                rate_limit={"requests": 100, "seconds": 60}),
        "space": org.add_key("space", scopes=["full"], restrictions=[{"space": space}], expires_at="2099-12-31"),
    }


def test_list(stack, org, keys):
    rows = {row[0]: row for row in (line.split("\t") for line in must(stack, "list", org.id).splitlines())}
    assert set(rows) == {key["id"] for key in keys.values()}
    for kind, key in keys.items():
        _, its_kind, state, prefix, owner, made, ends, used, name = rows[key["id"]]
        assert (its_kind, state, prefix, owner, name) == (kind, "active", key["prefix"], key["owner"], key["name"])
        assert (made, ends, used) == (key["created_at"], key["expires_at"] or "-", "-")


def test_list_as_json(stack, org, keys):
    lines = [json.loads(line) for line in must(stack, "list", "--json", org.id).splitlines()]
    assert {line["id"]: line["kind"] for line in lines} == {key["id"]: kind for kind, key in keys.items()}
    for line in lines:
        assert all(line[name] == keys[line["kind"]][name] for name in line)


def test_list_by_kind_and_state(stack, org, keys):
    assert ids(stack, "--kind", "space", org.id) == [keys["space"]["id"]]
    assert ids(stack, "--state=expired", org.id) == []
    for kind in ("organization", "provider", "personal"):
        must(stack, "revoke", org.id, keys[kind]["id"])
    assert set(ids(stack, "--state", "revoked", org.id)) == {keys[kind]["id"] for kind in
                                                             ("organization", "provider")}
    assert set(ids(stack, org.id)) == {keys[kind]["id"] for kind in ("machine", "space")}
    assert set(ids(stack, "--state", "all", org.id)) == {keys[kind]["id"] for kind in keys} - {
        keys["personal"]["id"]}


def test_list_by_filters(stack, org, keys, db):
    with db.cursor() as cursor:
        cursor.execute("UPDATE api_key SET last_used_at = 1780000000 WHERE id = %s", (keys["space"]["id"],))
    never = {keys[kind]["id"] for kind in keys if kind != "space"}
    assert set(ids(stack, "--never-used", org.id)) == never
    assert ids(stack, "--used-before", "2026-07-01", org.id) == [keys["space"]["id"]]
    assert ids(stack, "--used-after=2026-07-01", org.id) == []
    assert ids(stack, "--search", "WITH BLANKS", org.id) == [keys["organization"]["id"]]
    assert ids(stack, "--owner", keys["machine"]["owner"], org.id) == [keys["machine"]["id"]]
    assert ids(stack, "--expires-after", "2099-01-01", org.id) == [keys["space"]["id"]]
    assert ids(stack, "--created-before", "2020-01-01", org.id) == []


@pytest.mark.parametrize("order", ["name", "created_at", "expires_at", "last_used_at"])
def test_a_sorted_list_of_many_pages(stack, org, db, order):
    """More than are read at once, among them many that are equal."""
    with db.cursor() as cursor:
        cursor.execute("INSERT INTO api_key (org_id, id, kind, name, prefix, lookup, secret_hash, scopes, created_at, "
                       "created_by, expires_at, last_used_at) SELECT %s, CONCAT('key_', seq), 'organization', "
                       "CONCAT('Key ', seq DIV 7), 'dk_', RANDOM_BYTES(16), '$x', 1, 1700000000 + seq DIV 5, 'x', "
                       "2000000000 + seq DIV 3, IF(seq < 100, NULL, 1750000000 + seq DIV 9) FROM seq_1_to_450",
                       (org.id,))
    up = ids(stack, "--sort", order, org.id)
    assert len(up) == len(set(up)) == 450
    assert ids(stack, "--sort=-" + order, org.id) == up[::-1]


@pytest.mark.parametrize("words, said", [
    (["--sort", "size"], "sort: must be created_at, name, expires_at or last_used_at, with - before it to go downward"),
    (["--owner", "me too"], "owner: must be me, all or the id of a user, a machine or the organization"),
    (["--kind", "golden"], "kind: must be one of personal, machine, organization, provider, space"),
    (["--state", "dead"], "state: must be active, expired, revoked or all"),
])
def test_list_of_what_there_is_not(stack, org, words, said):
    done = run(stack, "list", *words, org.id)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"claviger: {said} (bad_field)\n")


def test_show(stack, org, keys):
    key = keys["provider"]
    shown = dict(line.split("\t", 1) for line in must(stack, "show", org.id, key["id"]).splitlines())
    assert shown["scopes"] == "read write"
    assert shown["rate_limit"] == '{"requests":100,"seconds":60}'
    assert shown["allowed_ips"] == "10.0.0.0/8 127.0.0.1"
    assert shown["restrictions"] == key["restrictions"][0]["provider"] + "\t/my files"
    assert (shown["expires_at"], shown["description"], shown["state"]) == ("-", "-", "active")


@pytest.mark.parametrize("kind", ["personal", "machine", "organization", "provider", "space"])
def test_show_as_json_is_what_the_api_shows(stack, org, keys, kind):
    shown = json.loads(must(stack, "show", "--json", org.id, keys[kind]["id"]))
    answer = org.admin.must("GET", f"{org.path}/keys/{keys[kind]['id']}")
    answer.pop("permission", None)
    assert {name: shown[name] for name in answer} == answer
    assert set(shown) - set(answer) == {"ended_at", "restricted"}


def test_no_text_is_ever_printed(stack, org, keys):
    said = "".join(must(stack, *words) for words in (
        ["list", org.id], ["list", "--json", org.id],
        *(["show", *flag, org.id, key["id"]] for key in keys.values() for flag in ([], ["--json"]))))
    for key in keys.values():
        assert key["token"] not in said
        assert key["token"][len(key["prefix"]):] not in said


@pytest.mark.parametrize("kind", ["personal", "organization", "provider", "space"])
def test_revoke_is_at_once(stack, api, org, kind):
    wish = {"personal": {"expires_in_days": 30}, "organization": {"permission": "read"},
            "provider": {"scopes": ["read"]}, "space": {"scopes": ["read"], "expires_at": "2099-12-31"}}[kind]
    key = org.add_key(kind, **wish)
    assert api.using(key["token"]).get("/v1/self").status_code == 200
    assert must(stack, "revoke", org.id, key["id"]) == ""
    answer = api.using(key["token"]).get("/v1/self")
    assert (answer.status_code, answer.json()["code"]) == (401, "revoked")
    [event] = org.admin.must("GET", f"{org.path}/audit?action=key.end")["items"]
    assert (event["actor"], event["target"]) == ("operator", key["id"])


def test_revoke_again(stack, org, keys):
    """Those that stay to be seen: the first time stands.  Those that do not are not there any more."""
    for kind in ("organization", "personal"):
        must(stack, "revoke", org.id, keys[kind]["id"])
    shown = must(stack, "show", org.id, keys["organization"]["id"])
    assert must(stack, "revoke", org.id, keys["organization"]["id"]) == ""
    assert must(stack, "show", org.id, keys["organization"]["id"]) == shown
    done = run(stack, "revoke", org.id, keys["personal"]["id"])
    assert done.returncode == 1 and "there is no key" in done.stderr


def test_the_operator_ends_a_machines_key_at_once(stack, api, org, keys):
    path = f"{org.path}/keys/{keys['machine']['id']}"
    assert org.admin.delete(path).status_code == 409
    done = run(stack, "revoke", org.id, keys["machine"]["id"])
    assert (done.returncode, done.stderr) == (0, "")
    assert api.using(keys["machine"]["token"]).get("/v1/self").status_code == 401


def test_a_key_of_another_organization(stack, new_org, keys):
    other = new_org()
    for command in ("show", "revoke"):
        for key in (keys["organization"]["id"], "key_none", "key_\u00e9", "../x", ""):
            done = run(stack, command, other.id, key)
            assert (done.returncode, done.stdout) == (1, "")
            assert done.stderr.startswith(f"claviger: there is no key {key} in {other.id}; ")
    assert run(stack, "list", "org_none").returncode == 1


# --- two texts for a while ---

def rotate(stack, org, key, into, *words):
    """The new text."""
    assert must(stack, "rotate", *words, "--token-file", str(into), org.id, key["id"]) == key["id"] + "\n"
    token = into.read_text().strip()
    SEEN_SECRETS.add(token)
    return token


def events(org, action):
    return [(event["actor"], event["target"], event["after"]) for event in
            org.admin.must("GET", f"{org.path}/audit?action={action}")["items"]]


@pytest.mark.parametrize("kind, end, ends", [("organization", "--expires-at=2098-01-01", "2098-01-01T23:59:59Z"),
                                             ("machine", "--expires-in=never", None)])
def test_rotate(stack, api, org, keys, tmp_path, kind, end, ends):
    key = keys[kind]
    new = rotate(stack, org, key, tmp_path / "new", "--grace", "3600", end)
    for token in (key["token"], new):
        assert api.using(token).must("GET", "/v1/self")["key"]["replaced"] is (token == key["token"])
    shown = json.loads(must(stack, "show", "--json", org.id, key["id"]))
    assert (shown["prefix"], shown["old_prefix"], shown["expires_at"]) == (new[:len(key["prefix"])], key["prefix"], ends)
    [(actor, target, after)] = events(org, "key.rotate")
    assert (actor, target, after["rotating_until"]) == ("operator", key["id"], shown["rotating_until"])
    done = run(stack, "rotate", "--grace", "0", "--show", org.id, key["id"])
    assert (done.returncode, done.stdout) == (1, "") and "end that first (conflict)" in done.stderr
    assert must(stack, "rotate", "--end", org.id, key["id"]) == ""
    assert api.using(key["token"]).get("/v1/self").json()["code"] == "revoked"
    assert api.using(new).must("GET", "/v1/self")["key"]["rotating_until"] is None
    assert [event[:2] for event in events(org, "key.rotated")] == [("operator", key["id"])]
    done = run(stack, "rotate", "--end", org.id, key["id"])
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "claviger: the key has one text (conflict)\n")


def test_rotate_without_grace_and_shown(stack, api, org, keys):
    key = keys["organization"]
    [row] = must(stack, "rotate", "--grace", "0", "--show", org.id, key["id"]).splitlines()
    new = row.split("\t")[-1]
    SEEN_SECRETS.add(new)
    assert row.split("\t")[:3] == [key["id"], "organization", new[:7]]
    assert api.using(key["token"]).get("/v1/self").status_code == 401
    assert api.using(new).get("/v1/self").status_code == 200


@pytest.mark.parametrize("kind, words, said", [
    ("organization", [], "grace: must be given (missing_field)"),
    ("organization", ["--grace", "soon"], "grace: must be a whole number (bad_field)"),
    ("organization", ["--grace", "2592001"], "grace: must be 0 to 2592000 seconds (bad_field)"),
    ("organization", ["--grace", "1", "--expires-in", "30d"], "expires_in: "),
    ("machine", ["--grace", "1", "--expires-at", "2098-01-01"], "expires_at: "),
    ("personal", ["--grace", "1"], "keys of this kind are not rotated (conflict)"),
    ("provider", ["--grace", "1"], "keys of this kind are not rotated (conflict)"),
    ("space", ["--grace", "1"], "keys of this kind are not rotated (conflict)"),
])
def test_what_is_not_rotated(stack, api, org, keys, tmp_path, kind, words, said):
    done = run(stack, "rotate", *words, "--token-file", str(tmp_path / "new"), org.id, keys[kind]["id"])
    assert (done.returncode, done.stdout) == (1, "") and done.stderr.startswith("claviger: " + said)
    assert not (tmp_path / "new").exists()
    assert api.using(keys[kind]["token"]).get("/v1/self").status_code == 200


def test_a_key_of_another_organization_is_not_rotated(stack, new_org, keys):
    other = new_org()
    for words in (["--grace", "0", "--show"], ["--end"]):
        for key in (keys["organization"]["id"], "key_none", "../x"):
            done = run(stack, "rotate", *words, other.id, key)
            assert (done.returncode, done.stdout) == (1, "")
            assert done.stderr.startswith(f"claviger: there is no key {key}")


class Lock:
    """Holds the row of an organization, as a change that takes its time would."""

    def __init__(self, stack, org):
        self.connection = pymysql.connect(unix_socket=stack.database.socket, user=stack.database.admin,
                                          database="claviger")
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT id FROM organization WHERE id = %s FOR UPDATE", org.id)

    def release(self):
        self.connection.rollback()
        self.connection.close()


def test_a_change_waits_for_another(stack, api, org):
    """The database gives up before the command does, which begins again."""
    key = org.add_key("organization", permission="read")
    lock = Lock(stack, org)
    timer = threading.Timer(1.5, lock.release)
    timer.start()
    began = time.monotonic()
    assert must(stack, "revoke", org.id, key["id"]) == ""
    timer.join()
    assert time.monotonic() - began > 1
    assert api.using(key["token"]).get("/v1/self").status_code == 401


def test_a_change_that_cannot_be_made_is_no_change(stack, api, org):
    key = org.add_key("organization", permission="read")
    lock = Lock(stack, org)
    try:
        done = run(stack, "revoke", org.id, key["id"])
    finally:
        lock.release()
    assert done.returncode == 1 and done.stderr.endswith("(try_again)\n")
    assert api.using(key["token"]).get("/v1/self").status_code == 200


# --- many at once ---

def test_revoke_by_filter(stack, org, keys, api):
    look = must(stack, "revoke", "--kind", "provider", "--dry-run", org.id)
    assert [line.split("\t")[0] for line in look.splitlines()] == [keys["provider"]["id"]]
    assert api.using(keys["provider"]["token"]).must("GET", "/v1/self")
    done = must(stack, "revoke", "--kind", "provider", org.id)
    assert done.split("\t")[0] == keys["provider"]["id"]
    assert api.using(keys["provider"]["token"]).get("/v1/self").status_code == 401
    assert must(stack, "revoke", "--kind", "provider", org.id) == ""


def test_revoke_all_as_json(stack, org, keys, api):
    """The operator ends machines' keys as well."""
    lines = [json.loads(line) for line in must(stack, "revoke", "--all", "--json", org.id).splitlines()]
    assert {line["id"]: line["prefix"] for line in lines} == {key["id"]: key["prefix"] for key in keys.values()}
    for key in keys.values():
        assert api.using(key["token"]).get("/v1/self").status_code == 401
    assert ids(stack, org.id) == []


@pytest.mark.parametrize("words, status, said", [
    ([], 1, "all: nothing narrows this; every key is ended only when that is asked for (missing_field)"),
    (["--dry-run"], 1, "all: nothing narrows this; every key is ended only when that is asked for (missing_field)"),
    (["--state", "active"], 1, "all: nothing narrows this; every key is ended only when that is asked for "
                               "(missing_field)"),
    (["--all", "--kind", "space"], 1, "all: does not go with a filter (bad_field)"),
    (["--state", "all", "--kind", "space"], 1, "state: must be active or expired (bad_field)"),
    (["--used-before", "soon"], 1, "used_before: must be a date or an instant as in RFC 3339 (bad_field)"),
])
def test_revoke_of_nothing(stack, org, keys, words, status, said):
    done = run(stack, "revoke", *words, org.id)
    assert (done.returncode, done.stdout, done.stderr) == (status, "", f"claviger: {said}\n")
    assert len(ids(stack, org.id)) == 5


@pytest.mark.parametrize("option", ["--all", "--dry-run", "--json", "--kind=space", "--never-used"])
def test_revoke_of_one_takes_no_filter(stack, org, keys, option):
    done = run(stack, "revoke", option, org.id, keys["space"]["id"])
    assert done.returncode == 2 and "one key needs no options" in done.stderr
    assert len(ids(stack, org.id)) == 5
