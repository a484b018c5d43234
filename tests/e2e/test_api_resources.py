"""Resources, a tree; what they are connected to; and the roles on them."""

import os
import secrets
import shutil
import subprocess

import pytest

from api_kit import (ABSENT, abroad, ask, base_url, check_schema, home, is_refused, openapi, secret,  # noqa: F401
                     without_request_id)
from world import Client, local


def refused(client, method, path, body, status, code, field=None):
    answer = Client(client.base_url, client.token).ask(method, path, body)
    is_refused(answer, status, code, field, what=f"{method} {path} {body}")


@pytest.fixture
def folder(stack):
    """A directory below the one that is allowed, as a config."""
    path = os.path.join(stack.files, secrets.token_hex(4))
    os.mkdir(path)
    return {"root": path}


# --- the tree ---

def test_the_tree(org, openapi):
    ids = {}
    for kind, parent, prefix in (("source", None, "res_"), ("provider", None, "res_"), ("collection", None, "res_"),
                                 ("space", None, "spc"), ("base", "space", "bse"), ("table", "base", "tbl")):
        wish = {"type": kind, "name": f"my {kind}", **({"parent": ids[parent]} if parent else {})}
        made = org.admin.must("POST", org.path + "/resources", wish)
        check_schema(openapi, {"$ref": "#/components/schemas/Resource"}, made)
        assert made["id"].startswith(prefix) and made["parent"] == ids.get(parent) and made["type"] == kind
        assert len(made["id"]) == (24 if prefix == "res_" else 19)
        assert org.admin.must("GET", f"{org.path}/resources/{made['id']}") == made
        ids[kind] = made["id"]
    listed = org.admin.must("GET", org.path + "/resources")["items"]
    assert {r["id"] for r in listed} == set(ids.values())
    for query, want in (("type=base", ["base"]), (f"parent={ids['space']}", ["base"]),
                        (f"type=table&parent={ids['base']}", ["table"]), (f"type=table&parent={ids['space']}", []),
                        ("parent=nothing", [])):
        found = org.admin.must("GET", f"{org.path}/resources?{query}")["items"]
        assert [r["type"] for r in found] == want, query
    refused(org.admin, "GET", org.path + "/resources?type=thing", None, 422, "bad_field", "type")


@pytest.mark.parametrize("kind, parent, field", [
    ("organization", None, "type"), ("thing", None, "type"), ("", None, "type"), (None, None, "type"),
    ("source", "space", "parent"), ("provider", "provider", "parent"), ("space", "space", "parent"),
    ("base", "base", "parent"), ("base", "provider", "parent"), ("base", "org", "parent"),
    ("table", "space", "parent"), ("table", "table", "parent"), ("base", "abroad", "parent"),
    ("base", "absent", "parent"), ("base", "bad", "parent")])
def test_things_that_do_not_stand_there(home, abroad, kind, parent, field):
    ids = {"space": home.space, "base": home.base, "table": home.table, "provider": home.provider, "org": home.id,
           "abroad": abroad.space, "absent": "spc0000000000000000", "bad": "../x"}
    wish = {"type": kind, "name": "x", **({"parent": ids[parent]} if parent else {})}
    refused(home.admin, "POST", home.path + "/resources", wish, 422, "bad_field", field)


def test_a_parent_is_needed(home):
    for kind in ("base", "table"):
        for more in ({}, {"parent": None}):
            refused(home.admin, "POST", home.path + "/resources", {"type": kind, "name": "x", **more},
                    422, "missing_field", "parent")


def test_hidden_and_absent_parents_look_the_same(home, abroad):
    answers = {without_request_id(Client(home.api.base_url, home.member.token).ask(
        "POST", home.path + "/resources", {"type": "base", "name": "x", "parent": parent}))
        for parent in (home.space, abroad.space, "spc0000000000000000")}
    assert len(answers) == 1


def test_rename_and_delete(org):
    space = org.add_resource("space")
    base = org.add_resource("base", parent=space)
    table = org.add_resource("table", parent=base)
    path = f"{org.path}/resources/{space}"
    assert org.admin.must("PATCH", path, {"name": "Other"})["name"] == "Other"
    assert org.admin.must("PATCH", path, {})["name"] == "Other"
    refused(org.admin, "PATCH", path, {"name": None}, 422, "bad_field", "name")
    for name in ("type", "parent", "id"):
        refused(org.admin, "PATCH", path, {name: "x"}, 422, "unknown_field", name)
    org.admin.must("DELETE", path)
    for gone in (space, base, table):
        for method in ("GET", "DELETE"):
            refused(org.admin, method, f"{org.path}/resources/{gone}", None, 404, "not_found")


def test_the_organization_itself_is_no_resource_to_change(org):
    path = f"{org.path}/resources/{org.id}"
    assert org.admin.must("GET", path)["type"] == "organization"
    refused(org.admin, "PATCH", path, {"name": "x"}, 404, "not_found")
    refused(org.admin, "DELETE", path, None, 404, "not_found")
    assert org.admin.get(org.path).status_code == 200
    assert org.id not in [r["id"] for r in org.admin.must("GET", org.path + "/resources")["items"]]


def test_who_makes_what(base_url, org):
    """Admins anything, members spaces, rulers what stands in their thing."""
    member, user = org.add_member()
    other, _ = org.add_member()
    for kind in ("source", "provider", "collection"):
        refused(member, "POST", org.path + "/resources", {"type": kind, "name": "x"}, 403, "role")
    space = org.add_resource("space", by=member)
    base = org.add_resource("base", by=member, parent=space)
    org.add_resource("table", by=member, parent=base)
    member.must("PATCH", f"{org.path}/resources/{base}", {"name": "mine"})
    refused(other, "GET", f"{org.path}/resources/{base}", None, 404, "not_found")
    refused(other, "POST", org.path + "/resources", {"type": "table", "name": "x", "parent": base},
            422, "bad_field", "parent")
    grants = member.must("GET", f"{org.path}/resources/{space}/grants")["items"]
    assert [(g["subject"], g["role"]) for g in grants] == [(user, "admin")]
    machine = org.add_machine()["token"]
    answer = Client(base_url, machine).ask("POST", org.path + "/resources", {"type": "space", "name": "x"})
    is_refused(answer, 403, "role")


def test_a_list_shows_what_the_caller_may_read(base_url, org, home):
    member, user = org.add_member()
    shown = [org.add_resource("source", f"s{n}") for n in range(12)]
    for source in shown[::3]:
        org.grant(source, user, "member")
    space = org.add_resource("space", by=member)
    expected = {*shown[::3], space}
    assert {r["id"] for r in member.must("GET", org.path + "/resources")["items"]} == expected
    seen, cursor, pages = [], "", 0
    while cursor is not None:
        page = member.must("GET", f"{org.path}/resources?limit=2{cursor and '&cursor=' + cursor}")
        assert len(page["items"]) <= 2
        seen, cursor, pages = seen + [r["id"] for r in page["items"]], page["next"], pages + 1
        assert pages < 30
    assert len(seen) == len(expected) and set(seen) == expected
    # A restriction narrows the list as well.
    key = home.add_key("space", scopes=["full"], restrictions=[{"base": home.base}], expires_at="2099-01-01")
    items = ask(base_url, "GET", home.path + "/resources?limit=200", key["token"]).json()["items"]
    assert {r["id"] for r in items} == {home.base, home.table}


# --- what they are connected to ---

def test_local_roots(org, folder, stack):
    source = org.admin.must("POST", org.path + "/resources", {"type": "source", "name": "s", "config": folder})
    assert source["config"] == folder
    config = {"driver": "local", **folder}
    provider = org.admin.must("POST", org.path + "/resources", {"type": "provider", "name": "p", "config": config})
    assert provider["config"] == config
    other = {"driver": "local", **local(stack, "archive")}
    path = f"{org.path}/resources/{provider['id']}"
    assert org.admin.must("PATCH", path, {"config": other})["config"] == other
    assert org.admin.must("PATCH", path, {"name": "q"})["config"] == other


def test_roots_that_are_not_allowed(org, folder, stack):
    inside = folder["root"]
    os.symlink("/etc", os.path.join(inside, "out"))
    open(os.path.join(inside, "file"), "w").close()
    os.mkdir(stack.files + "-beside")
    for root in ("/", "/etc", "/tmp", inside + "/out", inside + "/file", inside + "/missing", inside + "/../..",
                 stack.files + "-beside", stack.files + "/..", "relative", "", ".", "~", "file:///etc",
                 "/proc/self/root", "x" * 5000):
        for kind, config in (("source", {"root": root}), ("provider", {"driver": "local", "root": root})):
            refused(org.admin, "POST", org.path + "/resources", {"type": kind, "name": "x", "config": config},
                    422, "bad_field", "root")
    os.rmdir(stack.files + "-beside")
    assert org.admin.must("GET", org.path + "/resources")["items"] == []


def test_a_provider_can_be_tried(stack, org):
    """Whether its directory is there now, by an admin of it; a source is no provider."""
    root = os.path.join(stack.files, "archive", secrets.token_hex(6))
    os.mkdir(root)
    provider = org.add_resource("provider", config={"driver": "local", "root": root})
    path = f"{org.path}/resources/{provider}/test"
    answer = org.admin.must("POST", path)
    assert answer["works"] and {s["state"] for s in answer["steps"]} == {"passed"} and os.listdir(root) == []
    assert [s["check"] for s in answer["steps"]] == ["settings", "allowed", "directory", "list", "space", "write", "read",
                                                      "remove"]
    os.rmdir(root)
    answer = org.admin.must("POST", path)
    assert (answer["works"], answer["failed"]) == (False, "directory") and "No such file" in answer["problem"]
    assert [s["state"] for s in answer["steps"]] == ["passed", "passed", "failed", *["skipped"] * 5]
    assert "Make the directory" in answer["steps"][2]["advice"]
    os.symlink("/etc", root)
    answer = org.admin.must("POST", path)
    assert answer["failed"] == "directory" and "link" in answer["steps"][2]["advice"]
    os.remove(root)
    member, _ = org.add_member()
    refused(member, "POST", path, None, 404, "not_found")
    refused(org.admin, "POST", f"{org.path}/resources/{org.add_resource('source')}/test", None, 404, "not_found")


@pytest.fixture
def small_disk(stack):
    """A file system of 64 KiB, where one may mount any; and how to mount it anew."""
    root = os.path.join(stack.files, "archive", secrets.token_hex(6))
    os.mkdir(root)
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", root]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode != 0:
        os.rmdir(root)
        pytest.skip("nothing can be mounted here")
    yield root, lambda how: subprocess.run(["mount", "-o", "remount," + how, root], check=True)
    subprocess.run(["umount", root], check=True)
    os.rmdir(root)


def test_a_full_disk_and_one_that_is_read_only(small_disk, org):
    root, remount = small_disk
    provider = org.add_resource("provider", config={"driver": "local", "root": root})
    path = f"{org.path}/resources/{provider}/test"
    assert org.admin.must("POST", path)["works"]
    remount("ro")
    answer = org.admin.must("POST", path)
    assert answer["failed"] == "write" and "Read-only" in answer["problem"]
    assert "mount it" in answer["steps"][5]["advice"]
    assert org.admin.must("POST", path, {"write": False})["works"], "keys that read only can work there"
    remount("rw")
    with open(os.path.join(root, "filler"), "wb") as f, pytest.raises(OSError):
        f.write(bytes(100_000))
    answer = org.admin.must("POST", path, {"write": False})
    assert answer["failed"] == "space" and "Delete something" in answer["steps"][4]["advice"]
    assert os.listdir(root) == ["filler"]


S3 = {"driver": "s3", "endpoint": "https://s3.example.org", "bucket": "b", "region": "eu", "prefix": "p/"}


def test_secrets_of_a_storage_are_never_shown(org, db):
    """Not in any answer, and not in the database."""
    hidden = {"access_key": secret("AKIA" + secrets.token_hex(8)), "secret_key": secret(secrets.token_hex(20))}
    made = org.admin.must("POST", org.path + "/resources", {"type": "provider", "name": "s3",
                                                           "config": {**S3, **hidden}})
    assert made["config"] == S3
    path = f"{org.path}/resources/{made['id']}"
    answers = [org.admin.get(p).text for p in (path, org.path + "/resources", org.path + "/audit")]
    answers.append(org.admin.patch(path, {"name": "renamed"}).text)
    for text in answers:
        assert not any(value in text for value in hidden.values())
    with db.cursor() as cursor:
        cursor.execute("SELECT config, config_sealed FROM resource WHERE id = %s", (made["id"],))
        row = cursor.fetchone()
    assert row["config_sealed"] and len(row["config_sealed"]) > 60
    for value in hidden.values():
        assert value not in row["config"] and value.encode() not in row["config_sealed"]


@pytest.mark.parametrize("kind, config, code, field", [
    ("provider", {}, "missing_field", "driver"), ("provider", {"driver": "ftp"}, "bad_field", "driver"),
    ("provider", {"driver": None}, "bad_field", "driver"), ("provider", {"driver": "local"}, "missing_field", "root"),
    ("provider", {"driver": "local", "root": "/etc", "bucket": "b"}, "bad_field", "bucket"),
    ("provider", {**S3}, "missing_field", "access_key"),
    ("provider", {**S3, "access_key": "a", "secret_key": "b", "root": "/x"}, "bad_field", "root"),
    ("provider", {**S3, "access_key": "a", "secret_key": "b", "endpoint": "ftp://x"}, "bad_field", "endpoint"),
    ("provider", {**S3, "access_key": "a", "secret_key": "b", "bucket": "a\nb"}, "bad_field", "bucket"),
    ("provider", {**S3, "access_key": "a", "secret_key": "b", "bucket": "b" * 501}, "bad_field", "bucket"),
    ("provider", {**S3, "access_key": "a", "secret_key": "b", "colour": "b"}, "unknown_field", "colour"),
    ("source", {}, "missing_field", "root"), ("source", {"driver": "local", "root": "/x"}, "bad_field", "driver"),
    ("space", {"root": "/x"}, "bad_field", "config"), ("collection", {}, "bad_field", "config")])
def test_configs_that_are_none(org, kind, config, code, field):
    refused(org.admin, "POST", org.path + "/resources", {"type": kind, "name": "x", "config": config},
            422, code, field)


def test_a_config_is_never_cut(org):
    """What grows when it is written is refused where it would not fit."""
    path, wish = org.path + "/resources", {"type": "provider", "name": "x"}
    for name in ("prefix", "secret_key"):
        config = {**S3, "access_key": "a" * 500, "secret_key": "b", name: "<" * 500}
        made = Client(org.api.base_url, org.admin.token).ask("POST", path, {**wish, "config": config})
        assert made.status == 201 and (name == "secret_key" or made.json()["config"][name] == "<" * 500)
    config = {**S3, "access_key": "<" * 500, "secret_key": "<" * 500}
    refused(org.admin, "POST", path, {**wish, "config": config}, 422, "bad_field", "config")
    config = {**S3, "access_key": "a", "secret_key": "b", "bucket": "<" * 500, "prefix": "<" * 500}
    refused(org.admin, "POST", path, {**wish, "config": config}, 422, "bad_field", "config")


# --- roles ---

def test_roles_on_a_resource(org, openapi):
    member, user = org.add_member()
    machine = org.add_machine()["machine"]["id"]
    team = org.admin.must("POST", org.path + "/teams", {"name": "Crew"})["id"]
    source = org.add_resource("source")
    path = f"{org.path}/resources/{source}/grants"
    wanted = {user: ("user", "member"), team: ("team", "editor"), machine: ("machine", "admin"),
              "everyone": ("everyone", "member")}
    for subject, (_, role) in wanted.items():
        org.admin.must("PUT", f"{path}/{subject}", {"role": role})
    listed = org.admin.must("GET", path)
    check_schema(openapi, {"$ref": "#/components/schemas/GrantList"}, listed)
    assert {g["subject"]: (g["type"], g["role"]) for g in listed["items"]} == wanted
    org.admin.must("PUT", f"{path}/{user}", {"role": "editor"})
    assert len(org.admin.must("GET", path)["items"]) == 4
    for subject in wanted:
        org.admin.must("DELETE", f"{path}/{subject}")
        refused(org.admin, "DELETE", f"{path}/{subject}", None, 404, "not_found")
    assert org.admin.must("GET", path)["items"] == []
    for role in ("", "none", "owner", "Admin", None):
        refused(org.admin, "PUT", f"{path}/{user}", {"role": role}, 422, "bad_field", "role")


def test_subjects_of_another_organization(home, abroad):
    path = f"{home.path}/resources/{home.provider}/grants"
    absent = Client(home.api.base_url, home.admin.token).ask("PUT", f"{path}/{ABSENT['user']}", {"role": "member"})
    is_refused(absent, 404, "not_found")
    for subject in (abroad.user, abroad.team, abroad.machine, ABSENT["team"], ABSENT["machine"], home.id, "Everyone",
                    "all", home.keys["personal"]):
        for method, body in (("PUT", {"role": "member"}), ("DELETE", None)):
            answer = Client(home.api.base_url, home.admin.token).ask(method, f"{path}/{subject}", body)
            assert without_request_id(answer) == without_request_id(absent), subject


def test_whoever_rules_a_thing_sets_roles_on_it(org):
    ruler, ruler_id = org.add_member()
    other, other_id = org.add_member()
    source = org.add_resource("source")
    path = f"{org.path}/resources/{source}"
    refused(ruler, "PUT", f"{path}/grants/{other_id}", {"role": "member"}, 404, "not_found")
    org.grant(source, ruler_id, "editor")
    refused(ruler, "PUT", f"{path}/grants/{other_id}", {"role": "member"}, 403, "role")
    org.grant(source, ruler_id, "admin")
    ruler.must("PUT", f"{path}/grants/{other_id}", {"role": "member"})
    assert other.get(path).status_code == 200
    ruler.must("DELETE", f"{path}/grants/{other_id}")
    refused(other, "GET", path, None, 404, "not_found")


def test_a_role_reaches_down_the_tree(org):
    member, user = org.add_member()
    space = org.add_resource("space")
    base = org.add_resource("base", parent=space)
    table = org.add_resource("table", parent=base)
    org.grant(base, user, "admin")
    for resource, status in ((space, 404), (base, 200), (table, 200)):
        assert member.get(f"{org.path}/resources/{resource}").status_code == status
    member.must("PATCH", f"{org.path}/resources/{table}", {"name": "mine"})


def test_a_role_on_the_organization_reaches_its_collections_only(org):
    """DESIGN: it does not reach down to sources, providers and spaces."""
    member, user = org.add_member()
    things = {kind: org.add_resource(kind) for kind in ("source", "provider", "space", "collection")}
    org.grant(org.id, user, "admin")
    for kind, resource in things.items():
        status = member.get(f"{org.path}/resources/{resource}").status_code
        assert status == (200 if kind == "collection" else 404), kind
    member.must("PATCH", f"{org.path}/resources/{things['collection']}", {"name": "contacts"})
    grants = org.admin.must("GET", f"{org.path}/resources/{org.id}/grants")["items"]
    assert [(g["subject"], g["role"]) for g in grants] == [(user, "admin")]


def test_a_key_manages_roles_within_its_scope_and_restriction(base_url, org):
    _, user = org.add_member()
    one, two = org.add_resource("provider"), org.add_resource("provider")
    put = {"role": "member"}

    def status(token, provider):
        path = f"{org.path}/resources/{provider}/grants/{user}"
        answer = Client(base_url, token).ask("PUT", path, put)
        return answer.status if answer.status == 204 else (answer.status, answer.code)

    write = org.add_key("provider", scopes=["write"])["token"]
    rules = org.add_key("provider", scopes=["admin"])["token"]
    narrow = org.add_key("provider", scopes=["admin"], restrictions=[{"provider": one}])["token"]
    narrower = org.add_key("provider", scopes=["admin"], restrictions=[{"provider": one, "base_path": "/a"}])["token"]
    assert status(write, one) == (403, "scope")
    assert status(rules, one) == 204 and status(rules, two) == 204
    assert status(narrow, one) == 204 and status(narrow, two) == (404, "not_found")
    assert status(narrower, one) == (403, "path")
