"""Everything the API makes can be made at the command line: an installation without a browser."""

import json
import os
import secrets
import stat
import subprocess

import pytest

from conftest import SEEN_SECRETS
from world import new_password


class Shell:
    """Commands of one installation."""

    def __init__(self, stack):
        self.stack = stack

    def run(self, *words, **more):
        return self.stack.service.run(*words, **more)

    def must(self, *words, **more):
        done = self.run(*words, **more)
        assert (done.returncode, done.stderr) == (0, ""), words
        return done.stdout

    def id(self, *words, **more):
        out = self.must(*words, **more)
        assert out.count("\n") == 1 and "\t" not in out
        return out.strip()

    def rows(self, *words):
        return [line.split("\t") for line in self.must(*words).splitlines()]

    def record(self, *words):
        """A shown thing; a value that is there more than once as a list."""
        found = {}
        for line in self.must(*words).splitlines():
            name, value = line.split("\t", 1)
            found.setdefault(name, []).append(value)
        return {name: values[0] if len(values) == 1 else values for name, values in found.items()}

    def json(self, *words):
        return json.loads(self.must(*words))

    def refused(self, *words, **more):
        done = self.run(*words, **more)
        assert (done.returncode, done.stdout) == (1, ""), words
        assert done.stderr.startswith("claviger: ") and done.stderr.count("\n") == 1
        return done.stderr[len("claviger: "):-1]


@pytest.fixture
def shell(stack):
    return Shell(stack)


@pytest.fixture
def token_file(tmp_path):
    return tmp_path / "token"


def text_of(path):
    text = path.read_text()
    assert text.endswith("\n") and stat.S_IMODE(path.stat().st_mode) == 0o600
    SEEN_SECRETS.add(text.strip())
    return text.strip()


def person(shell, org=None, role="member"):
    email, password = f"{secrets.token_hex(6)}@test.example", new_password()
    place = ["--org", org, "--role", role] if org else []
    SEEN_SECRETS.add(password)
    return email, password, shell.id("user", "add", "--password-stdin", *place, email, stdin=password + "\n")


def test_an_installation_without_a_browser(stack, shell, api, tmp_path):
    """From nothing to keys of all five kinds that open what they should, and the audit of it."""
    admin, _, admin_id = person(shell)
    org = shell.id("org", "add", "--admin", admin, "Made by hand")
    ben, _, ben_id = person(shell, org)
    team = shell.id("team", "add", org, "Readers")
    shell.must("team", "join", org, team, ben)
    source = shell.id("resource", "add", "--root", str(stack.files), org, "source", "Papers")
    provider = shell.id("resource", "add", "--root", str(stack.files), org, "provider", "Archive")
    space = shell.id("resource", "add", org, "space", "Plans")
    base = shell.id("resource", "add", "--parent", space, org, "base", "Plan A")
    machine = shell.id("machine", "add", "--expires-in", "90d", "--token-file", str(tmp_path / "machine"), org,
                       "robot")
    shell.must("team", "join", org, team, machine)
    for resource in (source, provider, space):
        shell.must("grant", "set", org, resource, team, "editor")
    shell.must("org", "policy", "--space-never-allowed", "yes", "--personal-max-days", "30", org)
    options = {
        "personal": ["--owner", ben, "--expires-in-days", "30"],
        "organization": ["--permission", "read"],
        "provider": ["--owner", ben_id, "--scope", "read", "--scope", "write", "--restrict", provider + ":/a"],
        "space": ["--owner", ben, "--scope", "read", "--restrict", base, "--expires-at", "never"],
    }
    for kind, words in options.items():
        shell.id("key", "add", "--kind", kind, *words, "--token-file", str(tmp_path / kind), org, f"the {kind} one")

    asker = api.using(text_of(tmp_path / "machine"))
    may = {}
    for kind in options:
        for resource, path in ((source, None), (provider, "/a/x"), (provider, "/b"), (base, None)):
            wish = {"token": text_of(tmp_path / kind), "action": "write", "resource": resource}
            answer = asker.must("POST", "/v1/verify", {**wish, **({"path": path} if path else {})})
            may[kind, resource, path] = answer["code"]
    assert may == {
        ("personal", source, None): "ok", ("personal", provider, "/a/x"): "ok",
        ("personal", provider, "/b"): "ok", ("personal", base, None): "ok",
        ("organization", source, None): "scope", ("organization", provider, "/a/x"): "scope",
        ("organization", provider, "/b"): "scope", ("organization", base, None): "scope",
        ("provider", source, None): "resource", ("provider", provider, "/a/x"): "ok",
        ("provider", provider, "/b"): "path", ("provider", base, None): "resource",
        ("space", source, None): "scope", ("space", provider, "/a/x"): "scope",
        ("space", provider, "/b"): "scope", ("space", base, None): "scope",
    }
    events = [json.loads(line) for line in shell.must("audit", "export", "--json", org).splitlines()]
    # The keeper tells of refused keys when it comes round: it may have done so by now.
    assert {event["actor"] for event in events if event["action"] not in ("login", "key.denied")} == {"operator"}
    assert [event["action"] for event in events].count("key.create") == 5
    assert {(row[0], row[1], row[3]) for row in shell.rows("member", "list", org)} == {
        (admin_id, "admin", admin), (ben_id, "member", ben)}


# --- the text of a key ---

def test_a_token_file_is_new_and_for_nobody_else(shell, api, org, token_file):
    old = os.umask(0)
    try:
        key = shell.id("key", "add", "--kind", "organization", "--permission", "read", "--token-file",
                       str(token_file), org.id, "k")
    finally:
        os.umask(old)
    own = api.using(text_of(token_file)).must("GET", "/v1/self")
    assert own["key"]["id"] == key


@pytest.mark.parametrize("there", ["a file", "a link", "no directory"])
def test_no_key_is_made_where_its_text_cannot_go(shell, org, tmp_path, token_file, there):
    if there == "a file":
        token_file.write_text("precious")
    elif there == "a link":
        token_file.symlink_to(tmp_path / "elsewhere")
    else:
        token_file = tmp_path / "nowhere" / "token"
    said = shell.refused("key", "add", "--kind", "organization", "--permission", "read", "--token-file",
                         str(token_file), org.id, "k")
    assert said.startswith(str(token_file))
    assert shell.must("key", "list", org.id) == ""
    assert not (tmp_path / "elsewhere").exists()
    if there == "a file":
        assert token_file.read_text() == "precious"


def test_a_full_disk_is_no_key(stack, shell, org, token_file):
    """The text is written before the key counts."""
    full = ["sh", "-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\"", "sh"]
    done = subprocess.run([*full, stack.program, "--config", stack.config, "key", "add", "--kind", "organization",
                           "--permission", "read", "--token-file", token_file, org.id, "k"],
                          capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"claviger: {token_file}: File too large (unavailable)\n"
    assert shell.must("key", "list", org.id) == ""
    assert not token_file.exists()


def test_no_file_is_left_of_a_key_that_was_not_made(shell, org, token_file):
    said = shell.refused("key", "add", "--kind", "organization", "--permission", "root", "--token-file",
                         str(token_file), org.id, "k")
    assert said == "permission: must be read or write (bad_field)"
    assert not token_file.exists()


def test_show_prints_it_once(shell, api, org, tmp_path):
    out = shell.must("key", "add", "--kind", "organization", "--permission", "write", "--show", org.id, "k")
    [[key, kind, prefix, owner, ends, name, token]] = [line.split("\t") for line in out.splitlines()]
    SEEN_SECRETS.add(token)
    assert (kind, owner, ends, name, prefix) == ("organization", org.id, "-", "k", token[:7])
    assert api.using(token).must("GET", "/v1/self")["key"]["id"] == key
    made = shell.json("key", "add", "--kind", "organization", "--permission", "write", "--show", "--json", org.id,
                      "l")
    SEEN_SECRETS.add(made["token"])
    assert api.using(made["token"]).must("GET", "/v1/self")["key"]["id"] == made["id"]
    made = shell.json("key", "add", "--kind", "organization", "--permission", "write", "--token-file",
                      str(tmp_path / "t"), "--json", org.id, "m")
    assert "token" not in made
    text_of(tmp_path / "t")


# --- keys of people ---

@pytest.mark.parametrize("words, said", [
    (["--kind", "personal", "--expires-in-days", "30"], "owner: whose key is it to be? (missing_field)"),
    (["--kind", "organization", "--permission", "read", "--owner", "usr_x"],
     "owner: keys of this kind are nobody's own (bad_field)"),
    (["--kind", "personal", "--expires-in-days", "30", "--owner", "usr_none"], "there is no member usr_none in "),
    (["--kind", "personal", "--expires-in-days", "30", "--owner", "nobody@test.example"],
     "there is no account of nobody@test.example; claviger user list shows them (not_found)"),
    (["--kind", "golden"], "kind: must be one of personal, machine, organization, provider, space (bad_field)"),
    (["--kind", "machine"], "kind: a machine's key is made with the machine (bad_field)"),
])
def test_whose_a_key_is(shell, org, token_file, words, said):
    assert shell.refused("key", "add", *words, "--token-file", str(token_file), org.id, "k").startswith(said)


def test_a_key_of_somebody_is_theirs_and_no_more_than_they_could_make(shell, api, org, token_file):
    client, user = org.add_member()
    hidden = org.add_resource("provider")
    words = ["--kind", "provider", "--owner", user, "--scope", "read"]
    said = shell.refused("key", "add", *words, "--restrict", hidden, "--token-file", str(token_file), org.id, "k")
    assert said == "restrictions: there is no such provider (bad_field)"
    key = shell.id("key", "add", *words, "--token-file", str(token_file), org.id, "k")
    assert [item["id"] for item in client.must("GET", org.path + "/keys")["items"]] == [key]
    shown = client.must("GET", f"{org.path}/keys/{key}")
    assert (shown["owner"], shown["created_by"]) == (user, "operator")
    [event] = [e for e in org.admin.must("GET", f"{org.path}/audit?action=key.create")["items"]
               if e["target"] == key]
    assert event["actor"] == "operator"
    client.must("DELETE", f"{org.path}/keys/{key}")
    assert api.using(text_of(token_file)).get("/v1/self").status_code == 401


def test_the_policy_holds_for_the_operator_too(shell, org, token_file):
    _, user = org.add_member()
    shell.must("org", "policy", "--personal-tokens-enabled", "no", org.id)
    words = ["--kind", "personal", "--owner", user, "--expires-in-days", "30", "--token-file", str(token_file)]
    assert shell.refused("key", "add", *words, org.id, "k").endswith("(kind_not_allowed)")


def test_refresh(shell, api, org, token_file, tmp_path):
    client, _ = org.add_member()
    old = org.add_key("space", by=client, scopes=["read"], expires_at="2099-12-31")
    assert api.using(old["token"]).get("/v1/self").status_code == 200
    assert shell.id("key", "refresh", "--expires-at", "2098-01-01", "--token-file", str(token_file), org.id,
                    old["id"]) == old["id"]
    assert api.using(old["token"]).get("/v1/self").status_code == 401
    own = api.using(text_of(token_file)).must("GET", "/v1/self")
    assert (own["key"]["id"], own["key"]["expires_at"]) == (old["id"], "2098-01-01T23:59:59Z")
    other = org.add_key("organization", permission="read")
    assert shell.refused("key", "refresh", "--token-file", str(tmp_path / "x"), org.id,
                         other["id"]).endswith("(conflict)")
    assert not (tmp_path / "x").exists()


def test_change(shell, org):
    key = org.add_key("organization", permission="read")["id"]
    shell.must("key", "change", "--name", "other", "--description", "for the printer", org.id, key)
    shown = shell.record("key", "show", org.id, key)
    assert (shown["name"], shown["description"]) == ("other", "for the printer")


# --- the rest ---

def test_teams(shell, org, new_org):
    _, user = org.add_member(email := f"{secrets.token_hex(6)}@test.example", name="Eve")
    team = shell.id("team", "add", org.id, "Night shift")
    shell.must("team", "join", org.id, team, email)
    shell.must("team", "join", org.id, team, user)  # in it already
    assert [row[0::2] for row in shell.rows("team", "list", org.id)] == [[team, "1"]]
    shown = shell.json("team", "show", "--json", org.id, team)
    answer = org.admin.must("GET", f"{org.path}/teams/{team}")
    assert shown == answer
    assert shell.record("team", "show", org.id, team)["members"].split("\t")[:3] == [user, "user", "Eve"]
    shell.must("team", "rename", org.id, team, "Day shift")
    assert shell.record("team", "show", org.id, team)["name"] == "Day shift"
    assert shell.refused("team", "add", org.id, "day SHIFT") == "name: another team has this name (taken)"
    shell.must("team", "leave", org.id, team, user)
    assert shell.refused("team", "leave", org.id, team, user) == f"{user} is not in the team (not_found)"
    other = new_org()
    for words in (["show", other.id, team], ["delete", other.id, team], ["rename", other.id, team, "x"],
                  ["join", other.id, team, user], ["show", other.id, "../x"]):
        assert shell.refused("team", *words) == f"there is no team {words[2]} in {other.id} (not_found)"
    shell.must("team", "delete", org.id, team)
    assert shell.must("team", "list", org.id) == ""


def test_members(shell, org):
    client, user = org.add_member()
    key = org.add_key("personal", by=client, expires_in_days=30)
    shell.must("member", "role", org.id, user, "admin")
    assert client.must("GET", "/v1/self")["organizations"][0]["role"] == "admin"
    assert shell.refused("member", "role", org.id, user, "emperor").startswith("role: ")
    assert shell.refused("member", "role", org.id, "usr_none", "admin").startswith("there is no member usr_none")
    shell.must("member", "remove", org.id, user)
    assert client.using(key["token"]).get("/v1/self").json()["code"] == "owner_gone"
    [[last, role, *_]] = shell.rows("member", "list", org.id)
    assert role == "admin"
    assert shell.refused("member", "remove", org.id, last).endswith("(last_admin)")


def test_resources_and_grants(shell, stack, org, new_org):
    _, user = org.add_member(email := f"{secrets.token_hex(6)}@test.example")
    source = shell.id("resource", "add", "--root", str(stack.files), org.id, "source", "Papers")
    config = {"driver": "s3", "endpoint": "https://s3.test", "bucket": "b", "access_key": "AK-secret-1",
              "secret_key": "SK-secret-2"}
    provider = shell.id("resource", "add", "--config-stdin", org.id, "provider", "Bucket", stdin=json.dumps(config))
    assert {(row[0], row[1]) for row in shell.rows("resource", "list", org.id)} == {
        (source, "source"), (provider, "provider")}
    assert [row[0] for row in shell.rows("resource", "list", "--type", "provider", org.id)] == [provider]
    assert "secret" not in shell.must("resource", "show", org.id, provider)
    shown = shell.json("resource", "show", "--json", org.id, provider)
    assert shown["config"] == {"driver": "s3", "endpoint": "https://s3.test", "bucket": "b"}
    shell.must("resource", "change", "--name", "Pail", org.id, provider)
    assert shell.record("resource", "show", org.id, provider)["name"] == "Pail"
    assert shell.refused("resource", "add", "--config-stdin", org.id, "provider", "x",
                         stdin="{").endswith("(bad_json)")
    assert shell.refused("resource", "add", "--root", "/", org.id, "source", "x").startswith("root: ")
    shell.must("grant", "set", org.id, source, email, "editor")
    shell.must("grant", "set", org.id, source, "everyone", "member")
    assert sorted(row[:3] for row in shell.rows("grant", "list", org.id, source)) == [
        ["everyone", "everyone", "member"], [user, "user", "editor"]]
    shell.must("grant", "remove", org.id, source, "everyone")
    assert shell.refused("grant", "remove", org.id, source, "everyone") == (
        "everyone has no role of its own on it (not_found)")
    other = new_org()
    for words in (["resource", "show", other.id, source], ["grant", "list", other.id, source],
                  ["resource", "delete", other.id, source], ["grant", "set", other.id, source, "everyone", "admin"],
                  ["resource", "delete", other.id, other.id]):
        assert shell.refused(*words) == f"there is no resource {words[3]} in {other.id} (not_found)"
    shell.must("resource", "delete", org.id, source)
    assert [row[0] for row in shell.rows("resource", "list", org.id)] == [provider]


def test_machines(shell, api, org, token_file, tmp_path):
    machine = shell.id("machine", "add", "--expires-in", "never", "--description", "of the lab", "--allowed-ip",
                       "127.0.0.0/8", "--allowed-ip", "::1", "--token-file", str(token_file), org.id, "robot")
    old = api.using(text_of(token_file))
    assert old.must("GET", "/v1/self")["id"] == machine
    source = org.add_resource("source", name="Papers")
    shell.must("grant", "set", org.id, source, machine, "member")
    team = shell.id("team", "add", org.id, "Robots")
    shell.must("team", "join", org.id, team, machine)
    shown = shell.json("machine", "show", "--json", org.id, machine)
    assert shown["sources"] == [{"resource": source, "role": "member", "effective_role": "member",
                                 "name": "Papers"}]
    assert (shown["teams"], shown["description"]) == ([{"id": team, "name": "Robots"}], "of the lab")
    [row] = shell.rows("machine", "list", org.id)
    assert (row[0], row[1], row[-1]) == (machine, "active", "robot")
    [key] = shell.rows("key", "list", org.id)
    assert shell.record("key", "show", org.id, key[0])["allowed_ips"] == "127.0.0.0/8 ::1"
    shell.must("machine", "regenerate", "--expires-in", "30d", "--token-file", str(tmp_path / "new"), org.id, machine)
    assert old.get("/v1/self").status_code == 401
    assert api.using(text_of(tmp_path / "new")).must("GET", "/v1/self")["id"] == machine
    shell.must("machine", "change", "--name", "arm", org.id, machine)
    assert shell.record("machine", "show", org.id, machine)["name"] == "arm"
    shell.must("machine", "delete", org.id, machine)
    assert api.using(text_of(tmp_path / "new")).get("/v1/self").json()["code"] == "revoked"
    assert shell.refused("machine", "show", org.id, machine).startswith("there is no machine ")


@pytest.mark.parametrize("option, value, name, shown", [
    ("--personal-tokens-enabled", "no", "personal_tokens_enabled", "no"),
    ("--personal-max-days", "90", "personal_max_days", "90"),
    ("--machine-max-days", "30", "machine_max_days", "30"),
    ("--machine-max-days", "none", "machine_max_days", "-"),
    ("--space-never-allowed", "yes", "space_never_allowed", "yes"),
])
def test_policy(shell, org, option, value, name, shown):
    before = shell.record("org", "show", org.id)
    shell.must("org", "policy", option, value, org.id)
    assert shell.record("org", "show", org.id) == {**before, name: shown}
    assert shell.refused("org", "policy", option, "perhaps", org.id).startswith(name + ": must be ")


def test_rename(shell, org):
    shell.must("org", "rename", org.id, "Another name")
    assert org.admin.must("GET", org.path)["name"] == "Another name"
