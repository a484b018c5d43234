"""Reports of leaked keys, signed as GitHub signs them: the key is dead, and people hear of it."""

import base64
import json
import secrets

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from api_kit import ask, base_url, counted, fresh_stack, is_refused  # noqa: F401
from conftest import Org
from race_kit import Database, Gate, in_order
from test_mail_sending import remind, server  # noqa: F401

GITHUB = ec.generate_private_key(ec.SECP256R1())


def pem(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM,
                                         serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def key_file(directory, *keys):
    path = directory / "reporters.json"
    path.write_text(json.dumps({"public_keys": [
        {"key_identifier": name, "key": pem(key), "is_current": True} for name, key in keys]}))
    return str(path)


@pytest.fixture(scope="module")
def place(new_stack_session, tmp_path_factory):
    made = []

    def start(**wish):
        made.append(new_stack_session(**wish))
        return made[0].start()

    path = key_file(tmp_path_factory.mktemp("leaks"), ("k1", GITHUB))
    yield fresh_stack(start, settings={"leaks": {"keys_file": path}})
    assert made[0].stop() == []


@pytest.fixture
def base(place):
    return place[0].web.base_url


@pytest.fixture
def org(place):
    _, api, world = place
    return Org(api, world.admin, secrets.token_hex(6))


def sign(body, name="k1", key=GITHUB):
    signature = key.sign(body, ec.ECDSA(hashes.SHA256()))
    return {"Github-Public-Key-Identifier": name,
            "Github-Public-Key-Signature": base64.b64encode(signature).decode()}


def report(base, *leaks, **more):
    body = json.dumps([{"type": "claviger", "url": "https://github.example/a/b#L1", "source": "content", **leak}
                       for leak in leaks]).encode()
    return ask(base, "POST", "/v1/leaks", body=body, kind="application/json", headers=sign(body, **more))


def labels(answer):
    assert answer.status == 200, answer.text
    return [row["label"] for row in answer.json()]


def events(org, key, action):
    return [event for event in org.admin.must("GET", f"{org.path}/audit?action={action}")["items"]
            if event["target"] == key["id"]]


def kinds(org, by):
    machine = org.add_machine()
    return {
        "personal": org.add_key("personal", by=by, expires_in_days=30),
        "machine": {**machine["key"], "token": machine["token"]},
        "organization": org.add_key("organization", permission="write"),
        "provider": org.add_key("provider", by=by, scopes=["read"]),
        "space": org.add_key("space", by=by, scopes=["read"], expires_at="2099-12-31"),
    }


def waiting(stack, key):
    rows = [json.loads(line) for line in stack.service.must("remind", "--dry-run", "--json").splitlines()]
    return sorted(row["to"] for row in rows if row["key"] == key["id"] and row["template"] == "key_leaked")


@pytest.mark.parametrize("kind", ["personal", "machine", "organization", "provider", "space"])
def test_each_kind_ends_and_people_hear_of_it(place, base, org, kind):
    stack, api, world = place
    email = f"{secrets.token_hex(6)}@test.example"
    member, _ = org.add_member(email)
    key = kinds(org, member)[kind]
    assert api.using(key["token"]).get("/v1/self").status_code == 200
    answer = report(base, {"token": key["token"]})
    assert answer.json() == [{"token_raw": key["token"], "token_type": "claviger", "label": "true_positive"}]
    answer = api.using(key["token"]).get("/v1/self")
    assert (answer.status_code, answer.json()["code"]) == (401, "revoked")
    [leaked] = events(org, key, "key.leaked")
    assert leaked["after"] == {"url": "https://github.example/a/b#L1", "source": "content"}
    [ended] = events(org, key, "key.end")
    assert {leaked["actor"], ended["actor"]} == {"leak_report"}
    owner = [email] if kind in ("personal", "provider", "space") else []
    assert waiting(stack, key) == sorted([world.ADMIN_EMAIL, *owner])
    # Again: nothing changes.
    assert labels(report(base, {"token": key["token"]})) == ["true_positive"]
    assert len(events(org, key, "key.leaked")) == 1
    assert waiting(stack, key) == sorted([world.ADMIN_EMAIL, *owner])


def test_an_old_text_ends_by_itself(base, org):
    """Of a key that was rotated: the new text was not found anywhere."""
    key = org.add_key("organization", permission="read")
    new = org.admin.must("POST", f"{org.path}/keys/{key['id']}/rotate", {"grace": 3600})
    assert labels(report(base, {"token": key["token"]})) == ["true_positive"]
    assert ask(base, "GET", "/v1/self", key["token"]).code == "revoked"
    assert ask(base, "GET", "/v1/self", new["token"]).status == 200
    assert len(events(org, key, "key.leaked")) == len(events(org, key, "key.rotated")) == 1
    # It is known to have been one, and found again nothing more ends.
    assert labels(report(base, {"token": key["token"]})) == ["true_positive"]
    assert ask(base, "GET", "/v1/self", new["token"]).status == 200
    assert labels(report(base, {"token": new["token"]})) == ["true_positive"]
    assert ask(base, "GET", "/v1/self", new["token"]).code == "revoked"


def test_a_text_that_is_replaced_meanwhile_ends_no_other(place, base, org):
    """The report waits while its owner, who was faster, gives the key another text."""
    key = org.add_key("space", scopes=["read"], expires_at="2099-12-31")
    fresh, answer = in_order(Gate(Database(place[0]), "organization", org.id),
                             lambda: org.admin.must("POST", f"{org.path}/keys/{key['id']}/refresh", {}),
                             lambda: report(base, {"token": key["token"]}))
    assert labels(answer) == ["true_positive"]
    assert ask(base, "GET", "/v1/self", key["token"]).status == 401
    assert ask(base, "GET", "/v1/self", fresh["token"]).status == 200
    assert not events(org, key, "key.leaked") and not events(org, key, "key.end")


def test_many_at_once(base, org):
    """Of two organizations, the same twice, some that are none."""
    keys = [org.add_key("organization", permission="read") for _ in range(3)]
    none = ["drvp_" + "A" * 43 + "1hgl5n", "drv_" + secrets.token_hex(20), "ghp_x", "\u20ac"]
    tokens = [keys[0]["token"], none[0], keys[1]["token"], none[1], keys[0]["token"], none[2], none[3]]
    assert labels(report(base, *({"token": token} for token in tokens))) == [
        "true_positive", "false_positive", "true_positive", "false_positive", "true_positive", "false_positive",
        "false_positive"]
    states = {item["id"]: item["state"] for item in org.admin.must("GET", org.path + "/keys?state=all")["items"]}
    assert [states[key["id"]] for key in keys] == ["revoked", "revoked", "active"]
    assert labels(report(base)) == []


def test_a_dead_key_is_real_and_nothing_more(place, base, org):
    key = org.add_key("organization", permission="read")
    org.admin.delete(f"{org.path}/keys/{key['id']}")
    assert labels(report(base, {"token": key["token"]})) == ["true_positive"]
    assert events(org, key, "key.leaked") == [] and waiting(place[0], key) == []


def test_a_kind_that_is_not_allowed_now_may_be_again(base, org):
    key = org.add_key("personal", expires_in_days=30)
    org.admin.must("PATCH", org.path + "/policy", {"personal_tokens_enabled": False})
    report(base, {"token": key["token"]})
    org.admin.must("PATCH", org.path + "/policy", {"personal_tokens_enabled": True})
    assert org.api.using(key["token"]).get("/v1/self").json()["code"] == "revoked"


@pytest.mark.parametrize("place_of, kept", [
    ({"url": "https://x.example/?k={token}"}, ""), ({"url": "a\nb"}, ""), ({"url": "u" * 1001}, ""),
    ({"url": None}, ""), ({"url": ["x"]}, ""), ({"url": "https://x.example/\u20ac"}, "https://x.example/\u20ac")])
def test_what_is_said_of_the_place_is_only_shown(base, org, place_of, kept):
    key = org.add_key("organization", permission="read")
    wish = {name: value.format(token=key["token"]) if isinstance(value, str) else value
            for name, value in place_of.items()}
    assert labels(report(base, {"token": key["token"], **wish})) == ["true_positive"]
    [event] = events(org, key, "key.leaked")
    assert event["after"]["url"] == kept


def test_no_argon2_runs(base, org):
    key = org.add_key("organization", permission="read")
    before = counted(base, "claviger_argon2_runs_total")
    assert labels(report(base, {"token": key["token"]})) == ["true_positive"]
    assert counted(base, "claviger_argon2_runs_total") == before


WRONG = {
    "unsigned": lambda body: {},
    "no name": lambda body: {"Github-Public-Key-Signature": sign(body)["Github-Public-Key-Signature"]},
    "no signature": lambda body: {"Github-Public-Key-Identifier": "k1"},
    "another name": lambda body: sign(body, "k2"),
    "another key": lambda body: sign(body, key=ec.generate_private_key(ec.SECP256R1())),
    "another body": lambda body: sign(body + b" "),
    "no base64": lambda body: {**sign(body), "Github-Public-Key-Signature": "!!"},
    "not in DER": lambda body: {**sign(body), "Github-Public-Key-Signature": base64.b64encode(b"x" * 64).decode()},
    "empty": lambda body: {**sign(body), "Github-Public-Key-Signature": ""},
}


@pytest.mark.parametrize("how", WRONG)
def test_who_did_not_sign_is_not_heard(base, org, how):
    key = org.add_key("organization", permission="read")
    for body in (json.dumps([{"token": key["token"]}]).encode(), b"{"):
        answer = ask(base, "POST", "/v1/leaks", body=body, kind="application/json", headers=WRONG[how](body))
        is_refused(answer, 401, "invalid_token")
    assert org.api.using(key["token"]).get("/v1/self").status_code == 200


def test_whoever_goes_on_without_a_signature_is_throttled(new_stack, tmp_path):
    """As with wrong keys; and then a good signature waits, too."""
    path = key_file(tmp_path, ("k1", GITHUB))
    stack = new_stack(settings={"leaks": {"keys_file": path},
                                "limits": {"failed_per_minute": "3", "throttle_exempt": ""}})
    base = stack.web.base_url
    answers = [ask(base, "POST", "/v1/leaks", body=b"[]", kind="application/json").status for _ in range(5)]
    assert answers == [401, 401, 401, 429, 429]
    assert report(base).status == 429


@pytest.mark.parametrize("body, status, code", [
    (b"{", 400, "bad_json"), (b"{}", 400, "bad_json"), (b"", 400, "bad_json"),
    (b"[1]", 422, "bad_field"), (b"[{}]", 422, "bad_field"), (b'[{"token": 1}]', 422, "bad_field"),
    (b'[{"token": ""}]', 422, "bad_field"), (b'[{"token": "a", "token": "b"}]', 400, "bad_json"),
    (b"[" * 100 + b"]" * 100, 400, "bad_json"),
    (json.dumps([{"token": "x"}] * 1001).encode(), 413, "body_too_large"),
    (b'[{"token": "%s"}]' % (b"x" * (257 << 10)), 413, "body_too_large"),
], ids=["broken", "object", "empty", "number", "no token", "token is a number", "empty token", "twice", "deep",
        "too many", "too long"])
def test_bodies_that_are_none(base, body, status, code):
    is_refused(ask(base, "POST", "/v1/leaks", body=body, kind="application/json", headers=sign(body)), status, code)


def test_a_thousand_that_are_none(base):
    tokens = [{"token": f"drv_{i:040x}"} for i in range(1000)]
    assert labels(report(base, *tokens)) == ["false_positive"] * 1000


def test_nobody_reports_where_none_is_known(base_url):
    """The common stack has no such setting."""
    is_refused(report(base_url, {"token": "x"}), 404, "not_found")


def test_the_letter(place, base, org, server):
    stack, api, world = place
    email = f"{secrets.token_hex(6)}@test.example"
    member, _ = org.add_member(email)
    key = org.add_key("personal", by=member, expires_in_days=30, name="<b>deploy</b>")
    report(base, {"token": key["token"]})
    remind(stack, server)
    [letter] = server.to(email)
    assert letter.message["Subject"] == 'Personal token "<b>deploy</b>" has leaked'
    text, page = letter.part("plain"), letter.part("html")
    assert "https://github.example/a/b#L1" in text and "has been ended" in text and "still works" not in text
    assert "the key is yours" in text and "&lt;b&gt;deploy" in page and "{{" not in text + page
    assert key["prefix"] in text and key["token"] not in text + page


def test_where_keys_are_only_told_of(new_stack, tmp_path):
    path = key_file(tmp_path, ("k1", GITHUB))
    stack, api, world = fresh_stack(new_stack, settings={"leaks": {"keys_file": path, "revoke": "no"}})
    org = Org(api, world.admin, "told")
    key = org.add_key("organization", permission="read")
    for _ in range(3):
        assert labels(report(stack.web.base_url, {"token": key["token"]})) == ["true_positive"]
    assert api.using(key["token"]).get("/v1/self").status_code == 200
    assert len(events(org, key, "key.leaked")) == 1 and events(org, key, "key.end") == []
    assert waiting(stack, key) == [world.ADMIN_EMAIL]


P384 = ec.generate_private_key(ec.SECP384R1())


@pytest.mark.parametrize("text, said", [
    ("", "is no JSON with a list public_keys"), ("{}", "is no JSON with a list public_keys"),
    ('{"public_keys": []}', "has no key"), ('{"public_keys": [{"key": "x"}]}', "has a key without key_identifier or key"),
    ('{"public_keys": [{"key_identifier": "a", "key": "x"}]}', ""),
    (json.dumps({"public_keys": [{"key_identifier": "a", "key": pem(P384)}]}), ""),
])
def test_a_file_of_keys_that_is_none(stack, tmp_path, text, said):
    path = tmp_path / "keys.json"
    path.write_text(text)
    stack.service.env["CLAVIGER_LEAKS_KEYS_FILE"] = str(path)
    try:
        done = stack.service.run("check")
    finally:
        del stack.service.env["CLAVIGER_LEAKS_KEYS_FILE"]
    assert done.returncode == 1 and f"{path}: {said}" in done.stderr + done.stdout
