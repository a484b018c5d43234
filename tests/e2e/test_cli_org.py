"""`claviger org`: organizations as the operator makes, sees and ends them."""

import json
import re
import secrets

import pytest

from world import new_password

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


def run(stack, *words, **more):
    return stack.service.run("org", *words, **more)


def must(stack, *words):
    done = run(stack, *words)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture
def name():
    return "Operator's " + secrets.token_hex(6)


def test_add_prints_the_id(stack, name):
    out = must(stack, "add", name)
    assert re.fullmatch(r"org_[0-9A-Za-z]{20}\n", out)
    listed = [line.split("\t") for line in must(stack, "list").splitlines()]
    [row] = [row for row in listed if row[0] == out.strip()]
    assert row[2] == name and re.fullmatch(TIME, row[1])


def test_add_as_json(stack, name):
    made = json.loads(must(stack, "add", "--json", name))
    assert made["name"] == name
    assert set(made) == {"id", "name", "created_at"}
    assert made in [json.loads(line) for line in must(stack, "list", "--json").splitlines()]


def test_add_with_an_admin(stack, api, name):
    email, password = f"{secrets.token_hex(6)}@test.example", new_password()
    done = run(stack, "add", name, "--admin", email)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (f"claviger: there is no account of {email}; make it first: "
                           f"claviger user add {email} (not_found)\n")
    assert name not in must(stack, "list")
    stack.service.must("user", "add", email, "--password-stdin", stdin=password + "\n")
    org = must(stack, "add", name, "--admin", email.upper()).strip()
    assert api.log_in(email, password).must("GET", "/v1/self")["organizations"] == [
        {"id": org, "name": name, "role": "admin"}]


@pytest.mark.parametrize("bad", ["", "   ", "x" * 101, "a\nb", "a\tb"])
def test_names_that_are_none(stack, bad):
    done = run(stack, "add", "--", bad)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("claviger: name: must ") and done.stderr.endswith(" (bad_field)\n")


def test_show(stack, org):
    org.admin.must("PATCH", org.path + "/policy", {"personal_max_days": 90, "personal_tokens_enabled": False})
    shown = dict(line.split("\t") for line in must(stack, "show", org.id).splitlines())
    assert shown["id"] == org.id
    assert (shown["personal_tokens_enabled"], shown["personal_max_days"]) == ("no", "90")
    assert (shown["machine_max_days"], shown["space_never_allowed"]) == ("-", "no")
    as_json = json.loads(must(stack, "show", "--json", org.id))
    assert list(as_json) == list(shown)
    assert as_json["machine_max_days"] is None and as_json["personal_tokens_enabled"] is False


@pytest.mark.parametrize("words", [["show", "org_none"], ["delete", "org_none"], ["show", "../x"],
                                   ["delete", "org_\u00e9"], ["show", ""]])
def test_an_organization_that_is_not_there(stack, words):
    done = run(stack, *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (f"claviger: there is no organization {words[1]}; "
                           "claviger org list shows them (not_found)\n")


def test_delete_stops_its_keys(stack, api, org):
    token = org.add_key("organization", permission="read")["token"]
    assert api.using(token).get("/v1/self").status_code == 200
    assert must(stack, "delete", org.id) == ""
    answer = api.using(token).get("/v1/self")
    assert (answer.status_code, answer.json()["code"]) == (401, "owner_gone")
    assert org.admin.get(org.path).status_code == 404
    assert org.id not in must(stack, "list")
    assert run(stack, "delete", org.id).returncode == 1


def test_it_is_in_the_audit(stack, db, name):
    org = must(stack, "add", name).strip()
    must(stack, "delete", org)
    with db.cursor() as cursor:
        cursor.execute("SELECT action, actor_id, address FROM audit WHERE org_id = %s ORDER BY id", org)
        rows = cursor.fetchall()
        cursor.execute("SELECT epoch FROM organization WHERE id = %s", org)
        assert cursor.fetchone()["epoch"] == 2
    assert rows == [{"action": action, "actor_id": "operator", "address": None}
                    for action in ("organization.create", "organization.delete")]


def test_a_list_of_any_length(stack, db):
    """More than a page: each organization once, in the order of making."""
    stamp = secrets.token_hex(6)
    with db.cursor() as cursor:
        cursor.executemany("INSERT INTO organization (id, name, created_at) VALUES (%s, %s, %s)",
                           [(f"org_{stamp}{n:04}", stamp, 1700000000 + n // 7) for n in range(450)])
        try:
            listed = [line.split("\t") for line in must(stack, "list").splitlines()]
        finally:
            cursor.execute("DELETE FROM organization WHERE name = %s", stamp)
    assert [row[0] for row in listed if row[2] == stamp] == [f"org_{stamp}{n:04}" for n in range(450)]
