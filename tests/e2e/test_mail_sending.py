"""Mail over real SMTP: what a letter looks like, TLS and accounts, and servers that do not want it."""

import json
import os
import re
import subprocess
import time

import pytest

from mailbox_server import Server
from test_mail_remind import DAY, age

PASSWORD = "mail password 1"


def remind(stack, server, /, **settings):
    """`claviger remind` with this server; the rows it printed, its status and its complaints."""
    wish = {"server": server if isinstance(server, str) else server.url, "from": "Keys <keys@example.org>",
            "tls": "off", "timeout": 20, **settings}
    env = {**os.environ, **stack.service.env, "CLAVIGER_SERVICE_BASE_URL": "https://keys.example.org",
           **{f"CLAVIGER_MAIL_{name.upper()}": str(value) for name, value in wish.items()}}
    done = subprocess.run([stack.service.program, "--config", stack.config, "remind", "--json"], text=True,
                          capture_output=True, timeout=60, cwd="/", env=env)
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode, done.stderr


def row(db, key, **wanted):
    """The message about a key, which is the only one."""
    with db.cursor() as cursor:
        cursor.execute("SELECT * FROM outbox WHERE key_id = %s", key["id"])
        [row] = cursor.fetchall()
    assert {name: row[name] for name in wanted} == wanted, row["last_error"]
    return row


def come_due(db, key):
    with db.cursor() as cursor:
        cursor.execute("UPDATE outbox SET next_at = UNIX_TIMESTAMP() WHERE key_id = %s", key["id"])


@pytest.fixture(autouse=True)
def nothing_else(stack, db):
    """What other tests have left is not sent here."""
    with db.cursor() as cursor:
        cursor.execute("UPDATE outbox SET state = 'dropped', ended_at = 1 WHERE ended_at IS NULL")


@pytest.fixture
def server():
    with Server() as server:
        yield server


@pytest.fixture
def due(org, db):
    """A function that makes a key, its owner's address and a reminder that is due."""
    def make(name="backup", ends_in=7 * DAY - 60):
        address = f"ada.{os.urandom(4).hex()}@test.example"
        member, _ = org.add_member(email=address, name="Ada Lövelace")
        key = org.add_key("personal", by=member, expires_in_days=90, name=name)
        age(db, key, ends_in)
        return key, address
    return make


def test_a_letter(stack, org, db, due, server):
    key, address = due(name='büro <b>&"')
    rows, status, _ = remind(stack, server, reply_to="help@example.org")
    assert [(r["state"], r["to"], r["days"]) for r in rows if r["key"] == key["id"]] == [("sent", address, 7)]
    [letter] = server.to(address)
    sent = row(db, key, state="sent", last_error=None, sealed=None)
    message = letter.message
    assert letter.sender == "keys@example.org" and letter.to == [address]
    assert message["From"] == "Keys <keys@example.org>" and message["Reply-To"] == "help@example.org"
    assert message["To"].addresses[0].display_name == "Ada Lövelace"
    assert message["Subject"] == 'Personal token "büro <b>&"" ends in 7 days'
    assert message["Message-ID"] == f"<{sent['id']}@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert abs(message["Date"].datetime.timestamp() - time.time()) < 60
    assert message.get_content_type() == "multipart/alternative" and not message.defects
    link = f"https://keys.example.org/settings/keys/{key['id']}"
    text, page = letter.part("plain"), letter.part("html")
    assert 'büro <b>&"' in text and link in text and key["prefix"] + "..." in text
    assert "büro &lt;b&gt;&amp;&quot;" in page and f'<a href="{link}">' in page
    assert "<b>" not in page and "{{" not in text + page
    assert "the key is yours" in text and "make a new key" in text and "not been used yet" in text
    assert key["token"].encode() not in letter.raw and key["token"][:20] not in text
    assert all(len(line) <= 78 for line in letter.raw.split(b"\r\n")) and b"\n" not in letter.raw.replace(b"\r\n", b"")
    letter.raw.decode("ascii")
    assert remind(stack, server)[0] == [] and len(server.to(address)) == 1


def test_it_has_expired(stack, org, db, due, server):
    key, address = due(ends_in=-5)
    remind(stack, server)
    with db.cursor() as cursor:
        cursor.execute("UPDATE reminder_start SET since = since - 3600")
    remind(stack, server)
    [letter] = server.to(address)
    assert letter.message["Subject"] == 'Personal token "backup" has expired'
    assert "cannot be made to work again" in letter.part("plain")


def test_a_machine_has_no_mailbox(stack, org, db, server, world):
    machine = org.add_machine(name="robot seven")["key"]
    second, _ = org.add_member(email=f"second.{org.id[-6:].lower()}@test.example", role="admin")
    age(db, machine, DAY - 5)
    rows, _, _ = remind(stack, server)
    assert len({r["to"] for r in rows if r["key"] == machine["id"]}) == 2
    for r in rows:
        [letter] = [each for each in server.to(r["to"]) if "robot seven" in each.part("plain")]
        assert letter.message["Subject"].startswith('Machine key "robot seven"')
        assert "regenerate it" in letter.part("plain") and "you are an admin of" in letter.part("plain")


def test_names_add_no_header(stack, org, db, due, server):
    """The API takes no line end in a name; should one come into the database all the same, it is a blank."""
    key, address = due()
    evil = "x\r\nBcc: evil@example.org\r\n\r\nbody"
    with db.cursor() as cursor:
        cursor.execute("UPDATE api_key SET name = %s WHERE id = %s", (evil, key["id"]))
        cursor.execute("UPDATE user SET name = %s WHERE email = %s", (evil, address))
        cursor.execute("UPDATE organization SET name = %s WHERE id = %s", ("=?UTF-8?Q?=0D=0AX:_y?=", org.id))
    remind(stack, server)
    [letter] = server.to(address)
    assert letter.to == [address] and letter.message["Bcc"] is None and letter.message["X"] is None
    assert "x  Bcc: evil@example.org    body" in letter.message["Subject"]
    assert sorted(letter.message.keys()) == sorted(
        ["From", "To", "Message-ID", "Subject", "Date", "Auto-Submitted", "X-Auto-Response-Suppress",
         "MIME-Version", "Content-Type"])


@pytest.mark.parametrize("address", ["a>,<b@test.example", "a\r\nRCPT TO:<evil@example.org>@test.example", "a b@c"])
def test_addresses_add_no_command(stack, org, db, due, server, address):
    key, mine = due()
    with db.cursor() as cursor:
        cursor.execute("UPDATE user SET email = %s WHERE email = %s", (address + mine, mine))
    try:
        remind(stack, server)
        row(db, key, state="failed", last_error="the address cannot be used")
        assert server.letters == [] and server.commands == 0
    finally:
        with db.cursor() as cursor:
            cursor.execute("UPDATE user SET email = %s WHERE email = %s", (mine, address + mine))


# --- TLS and accounts ---

def password_file(tmp_path, text=PASSWORD):
    path = tmp_path / "password"
    path.write_text(text + "\n")
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_tls_and_an_account(stack, db, due, tmp_path, tls):
    key, address = due()
    with Server(tmp_path, tls=tls, account=("keys", PASSWORD)) as server:
        remind(stack, server, tls="required", ca_file=server.certificate[0], user="keys",
               password_file=password_file(tmp_path))
        [letter] = server.to(address)
    assert letter.encrypted and letter.account == "keys"
    row(db, key, state="sent")


def test_a_certificate_nobody_knows(stack, db, due, tmp_path):
    key, address = due()
    with Server(tmp_path, tls="starttls", account=("keys", PASSWORD)) as server:
        _, status, _ = remind(stack, server, tls="required", user="keys", password_file=password_file(tmp_path))
        assert server.commands == 0
    assert status == 1
    assert "certificate" in row(db, key, state="waiting", attempts=1)["last_error"]


def test_a_server_without_tls(stack, db, due, server):
    key, address = due()
    assert remind(stack, server, tls="required")[1] == 1
    row(db, key, state="waiting", attempts=1)
    come_due(db, key)
    assert remind(stack, server, tls="opportunistic")[1] == 0
    [letter] = server.to(address)
    assert not letter.encrypted


def test_opportunistic_takes_what_is_offered(stack, db, due, tmp_path):
    key, address = due()
    with Server(tmp_path, tls="starttls") as server:
        remind(stack, server, tls="opportunistic")
        [letter] = server.to(address)
    assert letter.encrypted


def test_a_wrong_password_loses_no_mail(stack, db, due, tmp_path):
    """535 is a permanent answer, but to the settings and not to the letter."""
    key, address = due()
    with Server(tmp_path, tls="starttls", account=("keys", PASSWORD)) as server:
        settings = {"tls": "required", "ca_file": server.certificate[0], "user": "keys"}
        _, status, _ = remind(stack, server, **settings, password_file=password_file(tmp_path, "not it"))
        assert status == 1 and server.letters == []
        assert "535" in row(db, key, state="waiting", attempts=1)["last_error"]
        come_due(db, key)
        remind(stack, server, **settings, password_file=password_file(tmp_path))
        assert len(server.to(address)) == 1


def test_a_password_needs_tls(stack, tmp_path):
    _, status, told = remind(stack, "smtp://mail.example.org", tls="opportunistic", user="keys",
                             password_file=password_file(tmp_path))
    assert status == 1 and "mail tls: must be required" in told


# --- servers that do not want it ---

def test_refused_for_good(stack, db, due, server):
    first, one = due()
    second, other = due()
    server.rcpt[one] = "550 5.1.1 nobody here"
    rows, status, _ = remind(stack, server)
    assert status == 1
    assert {r["to"]: (r["state"], r["last_error"]) for r in rows} == \
        {one: ("failed", "550 5.1.1 nobody here"), other: ("sent", None)}
    row(db, first, state="failed", last_error="550 5.1.1 nobody here")
    server.rcpt.clear()
    assert remind(stack, server)[0] == []


def test_the_letter_is_refused_for_good(stack, db, due, server):
    key, address = due()
    server.data = "554 5.7.1 looks like spam"
    assert remind(stack, server)[1] == 1
    row(db, key, state="failed", last_error="554 5.7.1 looks like spam")


@pytest.mark.parametrize("where", ["rcpt", "data"])
def test_refused_for_now(stack, db, due, server, where):
    key, address = due()
    other, _ = due()
    if where == "rcpt":
        server.rcpt[address] = "451 4.7.1 try again"
    else:
        server.data = "451 4.7.1 try again"
    for attempts, pause in ((1, 60), (2, 120), (3, 240)):
        assert remind(stack, server)[1] == 1
        waits = row(db, key, state="waiting", attempts=attempts, last_error="451 4.7.1 try again")
        assert abs(waits["next_at"] - time.time() - pause) < 20
        assert not [r for r in remind(stack, server)[0] if r["key"] == key["id"]]  # its time has not come
        come_due(db, key)
    if where == "rcpt":
        row(db, other, state="sent", attempts=0)
    server.rcpt, server.data = {}, None
    assert remind(stack, server)[1] == 0
    assert len(server.to(address)) == 1


def test_a_server_that_is_not_there(stack, db, due, server):
    """Nobody knocks twice at a door that is closed; later all is sent, once."""
    keys = [due() for _ in range(3)]
    server.stop()
    rows, status, _ = remind(stack, server)
    assert status == 1 and [r["state"] for r in rows] == ["waiting"]
    for key, _ in keys:
        come_due(db, key)
    with server:
        assert remind(stack, server)[1] == 0
    assert [len(server.to(address)) for _, address in keys] == [1, 1, 1]


@pytest.mark.parametrize("mood", ["hang", "break"])
def test_a_server_that_does_not_answer(stack, db, due, server, mood):
    key, address = due()
    server.mood = mood
    assert remind(stack, server, timeout=2)[1] == 1
    row(db, key, state="waiting", attempts=1)
    server.mood = "well"
    come_due(db, key)
    assert remind(stack, server)[1] == 0
    assert len(server.to(address)) == 1


def test_what_comes_twice_is_seen_to_be_one(stack, db, due, server):
    """The server takes it and breaks before it says so.  Nobody can know; sent again it has its old name."""
    key, address = due()
    server.mood = "take and break"
    assert remind(stack, server)[1] == 1
    server.mood = "well"
    come_due(db, key)
    remind(stack, server)
    assert len({letter.id for letter in server.to(address)}) == 1 and len(server.to(address)) == 2


# --- what is not so any more when its turn comes ---

@pytest.mark.parametrize("change", ["ended", "left", "off", "another end", "more urgent"])
def test_overtaken(stack, org, db, due, server, change):
    key, address = due()
    server.stop()
    remind(stack, server)
    row(db, key, state="waiting")
    with db.cursor() as cursor:
        if change == "ended":
            org.admin.must("DELETE", f"{org.path}/keys/{key['id']}")
        elif change == "left":
            cursor.execute("UPDATE membership m JOIN user u ON u.id = m.user_id SET m.left_at = 1 WHERE u.email = %s", address)
        elif change == "off":
            org.admin.must("PATCH", org.path + "/policy", {"personal_tokens_enabled": False})
        elif change == "another end":
            cursor.execute("UPDATE api_key SET expires_at = expires_at - 60 WHERE id = %s", key["id"])
        else:
            age(db, key, DAY - 60)
    come_due(db, key)
    with server:
        remind(stack, server)
    with db.cursor() as cursor:
        cursor.execute("SELECT state, days FROM outbox WHERE key_id = %s ORDER BY created_at, days DESC", key["id"])
        states = [(r["state"], r["days"]) for r in cursor.fetchall()]
    new = {"another end": [("sent", 7)], "more urgent": [("sent", 1)]}.get(change, [])
    assert sorted(states) == sorted([("dropped", 7)] + new)
    assert len(server.to(address)) == len(new)


def test_no_server_is_set(stack):
    done = stack.service.run("remind")
    assert done.returncode == 1 and "[mail] server is not set" in done.stderr


@pytest.mark.parametrize("name, value, told", [
    ("server", "mail.example.org", "must be smtp://host"), ("server", "smtp://user:x@host", "must be smtp://host"),
    ("server", "smtp://host/path", "must be smtp://host"), ("from", "no address", "must be an address"),
    ("from", "", "must be set where"), ("tls", "maybe", "must be required, opportunistic or off"),
    ("ca_file", "/nowhere/ca", "No such file"), ("password_file", "/nowhere/password", "No such file"),
    ("timeout", "0", "must be")])
def test_settings(stack, name, value, told):
    _, status, complaint = remind(stack, "smtp://127.0.0.1:1", **{name: value})
    assert status == 1 and re.search(f"mail {name}: .*{told}|MAIL_{name.upper()}.*{told}", complaint, re.I), complaint
