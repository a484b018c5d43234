"""`claviger user`: accounts, passwords and first places in organizations."""

import json
import os
import pty
import re
import secrets
import subprocess
import termios

import pytest

from conftest import SEEN_SECRETS
from world import new_password


def run(stack, *words, **more):
    return stack.service.run("user", *words, **more)


def must(stack, *words, **more):
    done = run(stack, *words, **more)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture
def email():
    return f"{secrets.token_hex(6)}@test.example"


@pytest.fixture
def password():
    text = new_password()
    SEEN_SECRETS.add(text)
    return text


def listed(stack, email):
    """The account's line of the list, in columns; None if there is none."""
    rows = [line.split("\t") for line in must(stack, "list").splitlines()]
    found = [row for row in rows if row[3] == email]
    assert len(found) < 2
    return found[0] if found else None


def test_add_prints_the_id(stack, api, email, password):
    out = must(stack, "add", email, "--name", "Ada \u00c5ngstr\u00f6m", "--password-stdin", stdin=password + "\n")
    assert re.fullmatch(r"usr_[0-9A-Za-z]{20}\n", out)
    row = listed(stack, email)
    assert (row[0], row[2], row[4]) == (out.strip(), "yes", "Ada \u00c5ngstr\u00f6m")
    assert api.log_in(email, password).must("GET", "/v1/self")["id"] == row[0]


def test_add_as_json_without_a_password(stack, api, email):
    made = json.loads(must(stack, "add", "--json", email.upper()))
    assert made == {"id": made["id"], "email": email, "name": email}
    assert listed(stack, email)[2] == "no"
    lines = [json.loads(line) for line in must(stack, "list", "--json").splitlines()]
    [line] = [line for line in lines if line["email"] == email]
    assert line["has_password"] is False and set(line) == {"id", "created_at", "has_password", "email", "name"}
    assert api.post("/v1/session", {"email": email, "password": ""}).status_code == 401


def test_add_to_an_organization(stack, api, org, email, password):
    made = json.loads(must(stack, "add", email, "--org", org.id, "--role", "member", "--password-stdin", "--json",
                           stdin=password))
    assert (made["email"], made["organization"], made["role"]) == (email, org.id, "member")
    assert api.log_in(email, password).must("GET", "/v1/self")["organizations"][0]["role"] == "member"
    events = org.admin.must("GET", org.path + "/audit?action=member.add")["items"]
    assert (events[0]["actor"], events[0]["target"]) == ("operator", made["id"])


def test_add_one_that_is_there_to_an_organization(stack, api, new_org, email, password):
    """As it is: neither name nor password can be given for it."""
    first, second = new_org(), new_org()
    user = must(stack, "add", email, "--name", "Ada", "--password-stdin", stdin=password).strip()
    assert must(stack, "add", email, "--org", first.id, "--role", "admin").strip() == user
    for more, stdin in ((["--name", "Eve"], ""), (["--password-stdin"], new_password())):
        done = run(stack, "add", email, "--org", second.id, "--role", "member", *more, stdin=stdin)
        assert done.returncode == 1
        assert "there is an account already; without --name and --password-stdin" in done.stderr
    done = run(stack, "add", email, "--org", first.id, "--role", "member")
    assert done.stderr == "claviger: email: is a member already (taken)\n"
    me = api.log_in(email, password).must("GET", "/v1/self")
    assert (me["name"], me["organizations"]) == ("Ada", [{"id": first.id, "name": me["organizations"][0]["name"],
                                                          "role": "admin"}])


def test_add_twice(stack, email):
    must(stack, "add", email)
    done = run(stack, "add", f" {email.title()}")
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is an account already; --org and --role" in done.stderr


@pytest.mark.parametrize("words, said", [
    (["nobody"], "email: must be an e-mail address"),
    (["a b@test.example"], "email: must be an e-mail address"),
    (["@test.example"], "email: must be an e-mail address"),
    ([f"{'x' * 250}@test.example"], "email: must be an e-mail address"),
    (["x@test.example", "--name", " "], "name: must have at least one character"),
    (["x@test.example", "--org", "org_none", "--role", "member"], "there is no organization org_none"),
])
def test_what_is_refused(stack, words, said):
    done = run(stack, "add", *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("claviger: " + said)
    assert listed(stack, "x@test.example") is None


def test_a_role_that_is_none(stack, org, email):
    done = run(stack, "add", email, "--org", org.id, "--role", "owner")
    assert (done.returncode, done.stderr) == (1, "claviger: role: must be admin or member (bad_field)\n")
    assert listed(stack, email) is None


@pytest.mark.parametrize("stdin, said", [
    ("", "there is no password on standard input"),
    ("\n", "there is no password on standard input"),
    ("short\n", "password: must have 15 to 128 characters"),
    ("x" * 129 + "\n", "password: must have 15 to 128 characters"),
    ("aaaaaaaaaaaaaaaaaaaa\n", "password: is on the list of common passwords"),
    ("y" * 2000 + "\n", "the password on standard input cannot be read, or is too long"),
])
def test_passwords_that_are_refused(stack, email, stdin, said):
    done = run(stack, "add", email, "--password-stdin", stdin=stdin)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("claviger: " + said)
    if stdin.strip():
        assert stdin.strip() not in done.stderr
    assert listed(stack, email) is None


def test_only_the_first_line_is_the_password(stack, api, email, password):
    must(stack, "add", email, "--password-stdin", stdin=password + "\r\nand more\n")
    api.log_in(email, password)


def test_passwd_ends_sessions(stack, api, email, password):
    must(stack, "add", email, "--password-stdin", stdin=password)
    session, other = api.log_in(email, password), new_password()
    SEEN_SECRETS.add(other)
    assert session.get("/v1/self").status_code == 200
    assert must(stack, "passwd", email, "--password-stdin", stdin=other) == ""
    assert session.get("/v1/self").status_code == 401
    assert api.post("/v1/session", {"email": email, "password": password}).status_code == 401
    assert api.log_in(email, other).get("/v1/self").status_code == 200


def test_passwd_of_nobody(stack, email):
    done = run(stack, "passwd", email, "--password-stdin", stdin=new_password())
    assert (done.returncode, done.stderr) == (
        1, f"claviger: there is no account of {email}; claviger user list shows them (not_found)\n")


def test_an_installation_that_keeps_no_passwords(stack, email, monkeypatch):
    monkeypatch.setenv("CLAVIGER_ACCESS_PASSWORDS", "no")
    done = run(stack, "add", email, "--password-stdin", stdin=new_password())
    assert (done.returncode, done.stderr) == (
        1, "claviger: password: this installation keeps no passwords (bad_field)\n")
    must(stack, "add", email)


def test_a_terminal_does_not_show_the_password(stack, email, password):
    """Asked for without echo, and the terminal is as it was afterwards."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([stack.service.program, "--config", stack.config, "user", "add", email,
                                "--password-stdin"], stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env={**os.environ, **stack.service.env}, start_new_session=True)
    assert process.stderr.read(10) == b"password: "
    assert not termios.tcgetattr(theirs)[3] & termios.ECHO
    os.write(ours, password.encode() + b"\n")
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 0 and out.startswith(b"usr_")
    assert termios.tcgetattr(theirs)[3] & termios.ECHO
    os.set_blocking(ours, False)
    try:
        assert password.encode() not in os.read(ours, 4096)
    except BlockingIOError:
        pass
    os.close(ours)
    os.close(theirs)
