"""`claviger scan`: keys that lie about in files are found, asked about, and never printed."""

import json
import os
import secrets
import subprocess

import pytest

from conftest import has_sanitizers
from test_cli_make import Shell

ALIVE, OTHERS = 3, 4


@pytest.fixture
def shell(stack):
    return Shell(stack)


@pytest.fixture
def scan(shell, keys):
    """Run it; nothing it says may hold a key's text."""
    def run(*words, status=0, **more):
        done = shell.run("scan", *map(str, words), **more)
        for key in keys.values():
            assert key["token"][len(key["prefix"]):] not in done.stdout + done.stderr
        assert done.returncode == status, done
        return done
    return run


@pytest.fixture
def keys(org):
    machine = org.add_machine()
    return {
        "personal": org.add_key("personal", expires_in_days=30),
        "machine": {**machine["key"], "token": machine["token"]},
        "organization": org.add_key("organization", permission="write"),
        "provider": org.add_key("provider", scopes=["read"]),
        "space": org.add_key("space", scopes=["full"], expires_at="2099-12-31"),
    }


def rows(done):
    return [line.split("\t") for line in done.stdout.splitlines()]


@pytest.mark.parametrize("kind", ["personal", "machine", "organization", "provider", "space"])
def test_each_kind(scan, org, keys, tmp_path, kind):
    key = keys[kind]
    (tmp_path / "config").write_text(f"# mine\nkey = '{key['token']}'\n")
    assert rows(scan(tmp_path, status=ALIVE)) == [
        [f"{tmp_path}/config:2:8", "alive", kind, key["prefix"], org.id, key["id"]]]
    org.admin.delete(f"{org.path}/keys/{key['id']}")
    if kind == "machine":
        [machine] = org.admin.must("GET", org.path + "/machines")["items"]
        org.admin.must("DELETE", f"{org.path}/machines/{machine['id']}")
    [[_, state, *_]] = rows(scan(tmp_path, status=OTHERS))
    assert state == "revoked"


def test_a_tree(scan, keys, tmp_path):
    token = keys["personal"]["token"]
    (tmp_path / "a/b/c").mkdir(parents=True)
    (tmp_path / "a/b/c/deep").write_bytes(b"\0\xff" + token.encode() + b"\0")
    (tmp_path / "a/empty").touch()
    (tmp_path / ".hidden").write_text(token)
    (tmp_path / "a/pipe")
    os.mkfifo(tmp_path / "a/pipe")
    (tmp_path / "a/link").symlink_to(tmp_path / ".hidden")
    (tmp_path / "a/loop").symlink_to(tmp_path)
    os.link(tmp_path / ".hidden", tmp_path / "hard\n\tlink")
    places = [row[0] for row in rows(scan(tmp_path, status=ALIVE))]
    assert sorted(places) == sorted([f"{tmp_path}/.hidden:1:1", f"{tmp_path}/a/b/c/deep:1:3",
                                     f"{tmp_path}/hard  link:1:1"])


def test_a_name_that_is_no_utf_8(scan, keys, tmp_path):
    with open(os.fsencode(tmp_path) + b"/\xff\xe9", "w") as f:
        f.write(keys["personal"]["token"])
    done = scan("--json", tmp_path, status=ALIVE)
    assert json.loads(done.stdout)["file"] == f"{tmp_path}/??"


def test_standard_input(scan, org, keys):
    key = keys["space"]
    done = scan("--json", "-", status=ALIVE, stdin=f"+ {key['token']}\n")
    assert json.loads(done.stdout) == {
        "file": "-", "line": 1, "column": 3, "state": "alive", "kind": "space", "prefix": key["prefix"],
        "organization": org.id, "key": key["id"]}


def test_more_paths_than_a_few(scan, keys, tmp_path):
    for i in range(40):
        (tmp_path / str(i)).write_text(keys["personal"]["token"])
    assert len(rows(scan(*sorted(tmp_path.iterdir()), status=ALIVE))) == 40


def test_nothing_found(scan, tmp_path):
    (tmp_path / "f").write_text("drvp_" + "A" * 49 + " drv_" + secrets.token_hex(20) + " nothing")
    done = scan(tmp_path)
    assert done.stdout + done.stderr == ""


def test_a_key_of_nobody(scan, tmp_path):
    """Its checksum is right, so it was a key somewhere."""
    (tmp_path / "f").write_text("drvp_" + "A" * 43 + "1hgl5n")
    assert rows(scan(tmp_path, status=OTHERS)) == [
        [f"{tmp_path}/f:1:1", "unknown", "personal", "drvp_AAAAAA", "-", "-"]]


def test_offline_needs_no_database(stack, keys, tmp_path):
    """Nor secrets, nor a file of settings."""
    (tmp_path / "f").write_text(f"{keys['personal']['token']}\n{keys['provider']['token']}\n")
    done = subprocess.run([stack.program, "--config", "/dev/null", "scan", "--offline", tmp_path],
                          capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (OTHERS, "")
    assert rows(done) == [
        [f"{tmp_path}/f:1:1", "unchecked", "personal", keys["personal"]["prefix"], "-", "-"],
        [f"{tmp_path}/f:2:1", "maybe", "provider", keys["provider"]["prefix"], "-", "-"]]


@pytest.mark.parametrize("what, said", [
    ("link", "is a symbolic link, and none is followed"),
    ("pipe", "is no file and no directory; - is standard input"),
    ("nothing", "No such file or directory"),
])
def test_what_cannot_be_scanned_is_said(scan, keys, tmp_path, what, said):
    """Whoever is told that there was nothing must be able to believe it."""
    path = tmp_path / what
    if what == "link":
        path.symlink_to(tmp_path)
    elif what == "pipe":
        os.mkfifo(path)
    done = scan(path, status=1)
    assert done.stderr == f"claviger: {path}: {said}\n"
    (tmp_path / "key").write_text(keys["personal"]["token"])
    assert scan(path, tmp_path / "key", status=ALIVE).stderr == done.stderr


def test_it_is_no_use_of_the_key(scan, shell, org, keys, tmp_path):
    (tmp_path / "f").write_text(keys["organization"]["token"])
    scan(tmp_path, status=ALIVE)
    assert shell.record("key", "show", org.id, keys["organization"]["id"])["last_used_at"] == "-"


def test_huge_files_take_no_memory(stack, keys, tmp_path):
    """A sparse file of 2 GiB with a key at its end, with room for a hundredth of it."""
    if has_sanitizers(stack.program):
        pytest.skip("a sanitizer needs more room than that for itself")
    with open(tmp_path / "huge", "wb") as f:
        f.seek(2 << 30)
        f.write(keys["personal"]["token"].encode())
    limited = ["sh", "-c", 'ulimit -d 20480; exec "$@"', "sh"]
    done = subprocess.run([*limited, stack.program, "--config", "/dev/null", "scan", "--offline", tmp_path],
                          capture_output=True, text=True)
    assert [row[0] for row in rows(done)] == [f"{tmp_path}/huge:1:{(2 << 30) + 1}"], done.stderr


def test_rules_for_gitleaks(stack, keys):
    tomllib = pytest.importorskip("tomllib")
    import re
    done = subprocess.run([stack.program, "--config", stack.config, "scan", "--rules", "gitleaks"],
                          capture_output=True, text=True, check=True)
    rules = {rule["id"]: rule for rule in tomllib.loads(done.stdout)["rules"]}
    assert set(rules) == {f"claviger-{kind}" for kind in keys}
    for kind, key in keys.items():
        rule = rules[f"claviger-{kind}"]
        assert re.fullmatch(rule["regex"], key["token"]) and rule["keywords"][0] in key["token"]
        assert not re.search(rule["regex"], key["token"][:-1])


@pytest.mark.parametrize("words", [[], ["--rules", "gitleaks", "."], ["--rules", "grep"]])
def test_misuse(stack, words):
    done = subprocess.run([stack.program, "--config", "/dev/null", "scan", *words], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
