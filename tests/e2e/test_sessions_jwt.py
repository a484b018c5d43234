"""Tokens of the host application as sessions."""

import base64
import secrets
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from api_kit import ask, base_url, fresh_stack, is_refused, without_request_id  # noqa: F401
from conftest import Api, Org
from host_app import HostApp, claims, text_of
from world import Client


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    return HostApp(tmp_path_factory.mktemp("host"))


@pytest.fixture(scope="module")
def place(new_stack_session, host):
    """A stack that knows the host application: the stack, its client and its world."""
    made = []

    def start(**wish):
        made.append(new_stack_session(**wish))
        return made[0].start()

    yield fresh_stack(start, settings=host.settings())
    assert made[0].stop() == []


@pytest.fixture
def base(place):
    return place[0].web.base_url


@pytest.fixture
def person(place):
    """An address with an account, in an organization: address, subject, the organization."""
    stack, api, world = place
    name = secrets.token_hex(6)
    org = Org(api, world.admin, name)
    org.admin.must("POST", org.path + "/members", {"email": f"{name}@app.example", "role": "member"})
    return f"{name}@app.example", "sub-" + name, org


def self_of(base, token):
    return ask(base, "GET", "/v1/self", token)


@pytest.mark.parametrize("algorithm", ["HS256", "RS256", "ES256", "EdDSA"])
@pytest.mark.parametrize("kid", [False, True])
def test_a_token_is_a_session(place, base, host, person, algorithm, kid):
    email, subject, org = person
    header = {"kid": {"HS256": "s", "RS256": "r", "ES256": "e", "EdDSA": "d"}[algorithm]} if kid else {}
    token = host.token(claims(subject, email), algorithm, header)
    answer = self_of(base, token)
    assert answer.status == 200, answer.text
    me = answer.json()
    assert (me["type"], me["email"], me["organization"]) == ("user", email, None)
    assert [o["id"] for o in me["organizations"]] == [org.id]
    # A session of a member, with what a member may do, and no more.
    key = ask(base, "POST", org.path + "/keys", token,
              '{"kind": "provider", "name": "x", "scopes": ["read"]}', "application/json")
    assert key.status == 201, key.text
    is_refused(ask(base, "GET", org.path + "/members", token), 403, "role")
    # It has logged in once, however often it is presented.
    told = org.admin.must("GET", f"{org.path}/audit?action=login&actor={me['id']}")["items"]
    assert [e["after"] for e in told] == [{"issuer": claims(subject, email)["iss"]}]


def test_the_address_may_be_written_otherwise(base, host, person):
    email, subject, _ = person
    assert self_of(base, host.token(claims(subject, f" {email.upper()} "))).json()["email"] == email


def test_every_trick(base, host, person):
    """One answer to all of them, and no session."""
    email, subject, _ = person
    good = claims(subject, email)
    now = int(time.time())
    public = [host.rsa_pem, host.pem(host.ec), host.pem(host.ed), open(host.jwks, "rb").read(), b""]
    tokens = {
        "none": host.parts(good, "none") + ".",
        "none, signed": host.token(good, "none", by="EdDSA"),
        "nOnE": host.token(good, "nOnE", by="HS256"),
        **{f"a public key as secret {n}": host.token(good, "HS256", secret=key or b"\0")
           for n, key in enumerate(public)},
        **{f"{one} for {other}": host.token(good, one, by=other)
           for one in ("HS256", "RS256", "ES256", "EdDSA") for other in ("HS256", "RS256", "ES256", "EdDSA")
           if one != other},
        "psychic": host.parts(good, "ES256") + "." + text_of(bytes(64)),
        "no signature": host.parts(good) + ".",
        "another's key id": host.token(good, "EdDSA", {"kid": "r"}),
        "an unknown key id": host.token(good, "EdDSA", {"kid": "x"}),
        "a path as key id": host.token(good, "HS256", {"kid": "../../dev/null"}, secret=b"\0"),
        "SQL as key id": host.token(good, "HS256", {"kid": "x' UNION SELECT 'a"}, secret=b"a"),
        "its own key": host.token(good, "HS256", {"kid": "s", "jwk": {"kty": "oct", "k": "QQ"}}, secret=b"A"),
        "crit": host.token(good, header={"crit": ["b64"], "b64": False}),
        "a log-out token": host.token(good, header={"typ": "logout+jwt"}),
        "nested": host.token(good, header={"cty": "JWT"}),
        "another issuer": host.token({**good, "iss": "https://evil.example"}),
        "no issuer": host.token(claims(subject, email, iss=None)),
        "another audience": host.token({**good, "aud": "other"}),
        "no audience": host.token(claims(subject, email, aud=None)),
        "no end": host.token(claims(subject, email, exp=None)),
        "an end as text": host.token({**good, "exp": str(now + 600)}),
        "an end in ten years": host.token({**good, "exp": now + 10 * 365 * 86400}),
        "not yet": host.token({**good, "nbf": now + 600}),
        "made tomorrow": host.token({**good, "iat": now + 600}),
        "no subject": host.token(claims(None, email)),
        "address not verified": host.token({**good, "email_verified": False}),
        "nobody's address": host.token(claims("nobody", "nobody@app.example")),
        "no address": host.token(claims("nobody", None)),
        "four parts": host.token(good) + ".x",
        "five parts": ".".join([host.token(good)] * 2).rpartition(".")[0],
        "huge": host.token({**good, "x": "x" * 4000}),
        "cut": host.token(good)[:-4],
    }
    answers = set()
    for what, token in tokens.items():
        answer = self_of(base, token)
        is_refused(answer, 401, "invalid_token", what=what)
        answers.add(without_request_id(answer))
    assert len(answers) == 1
    is_refused(self_of(base, host.token({**good, "iat": now - 900, "exp": now - 60})), 401, "expired")
    assert self_of(base, host.token({**good, "exp": now - 10})).status == 200  # the leeway


def test_our_own_tokens_are_not_theirs(place, base, host, person):
    """Nobody but us can sign for one of our sessions, whatever it is called."""
    _, api, world = place
    email, subject, _ = person
    for token in (host.token({**claims(subject, email), "iss": "claviger", "sid": "ses_x"}, "HS256"),
                  host.token({"iss": "claviger", "sub": world.ADMIN, "sid": "ses_x", "exp": 4102444800}, "HS256")):
        is_refused(self_of(base, token), 401, "invalid_token")
    assert world.admin.get("/v1/self").status_code == 200


def test_a_subject_stays_who_it_is(place, base, host, person):
    """The address leads to the account once; afterwards issuer and subject do."""
    _, api, world = place
    email, subject, org = person
    assert self_of(base, host.token(claims(subject, email))).status == 200
    # Another address later, of somebody else even: still the same person.
    assert self_of(base, host.token(claims(subject, world.ADMIN_EMAIL))).json()["email"] == email
    assert self_of(base, host.token(claims(subject, None))).json()["email"] == email
    # The address is given to somebody else at the host: not this account.
    for other in (subject + " ", subject.upper(), "other"):
        is_refused(self_of(base, host.token(claims(other, email))), 401, "invalid_token", what=other)


def test_a_token_that_was_ended_stays_ended(place, base, host, person):
    stack, api, world = place
    email, subject, _ = person
    said = claims(subject, email)
    token, other = host.token(said, "ES256"), host.token(claims(subject, email), "ES256")
    assert self_of(base, token).status == 200
    assert ask(base, "DELETE", "/v1/session", token).status == 204
    for _ in range(6):
        is_refused(self_of(base, token), 401, "revoked")
    # The same claims signed anew, and the other of the two signatures that a P-256 key can make.
    head, _, signature = token.rpartition(".")
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    raw = base64.urlsafe_b64decode(signature + "==")
    twin = raw[:32] + (order - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    for again in (f"{head}.{text_of(twin)}", host.token(said, "ES256")):
        is_refused(self_of(base, again), 401, "revoked")
    assert self_of(base, other).status == 200
    stack.service.restart()
    stack.wait_ready()
    is_refused(self_of(base, token), 401, "revoked")


def test_a_token_is_no_cookie(base, host, person):
    """A browser would send it by itself: only our own sessions are cookies."""
    email, subject, _ = person
    token = host.token(claims(subject, email))
    is_refused(ask(base, "GET", "/v1/self", headers={"Cookie": "claviger=" + token}), 401, "invalid_token")
    is_refused(ask(base, "GET", "/v1/self?x=" + token, token), 400, "credential_in_url")


def test_refused_tokens_are_counted(new_stack, host):
    stack, _, _ = fresh_stack(new_stack, settings={**host.settings(), "limits": {"throttle_exempt": "",
                                                                              "failed_per_minute": 5}})
    left = 60 - time.time() % 60
    if left < 15:
        time.sleep(left + 0.1)
    base = stack.web.base_url
    statuses = [self_of(base, host.parts(claims(), "none") + ".").status for _ in range(7)]
    assert statuses == [401] * 5 + [429] * 2


def test_accounts_for_strangers(new_stack, host):
    """Only where the setting says so; with the name of the token, or the address."""
    stack, api, world = fresh_stack(new_stack, settings=host.settings(create_users="yes", jwt_name_claim="nick"))
    base = stack.web.base_url
    me = self_of(base, host.token(claims("n1", "New@app.example", nick="Neo"))).json()
    assert (me["email"], me["name"], me["organizations"]) == ("new@app.example", "Neo", [])
    assert self_of(base, host.token(claims("n1", "new@app.example"))).json()["id"] == me["id"]
    made = self_of(base, host.token(claims("n2", "n2@app.example", nick="\u0007"))).json()
    assert made["name"] == "n2@app.example"
    # There is no password to guess.
    answer = Client(base).ask("POST", "/v1/session", {"email": "n2@app.example", "password": ""})
    is_refused(answer, 401, "invalid_token")
    # Many at once are one account.
    with ThreadPoolExecutor(6) as pool:
        for n in range(40):
            tokens = [host.token(claims(f"m{n}", f"m{n}@app.example", iat=int(time.time()) - i)) for i in range(6)]
            answers = list(pool.map(lambda t: self_of(base, t), tokens))
            assert {a.status for a in answers} == {200}
            assert len({a.json()["id"] for a in answers}) == 1


def test_without_keys_there_are_no_such_sessions(stack, base_url, host):
    is_refused(self_of(base_url, host.token(claims())), 401, "invalid_token")


@pytest.mark.parametrize("wrong, told", [
    ({"jwt_issuer": ""}, "jwt_issuer"), ({"jwt_jwks_file": "/nowhere/jwks.json"}, "/nowhere/jwks.json"),
    ({"jwt_algorithms": "none"}, "jwt_algorithms"), ({"jwt_algorithms": "PS256"}, "jwt_algorithms"),
])
def test_settings_that_cannot_be(stack, host, wrong, told):
    """`claviger check` says what is wrong, with these settings in the environment."""
    env = {f"CLAVIGER_SESSIONS_{name.upper()}": value
           for name, value in {**host.settings()["sessions"], **wrong}.items()}
    before, stack.service.env = stack.service.env, {**stack.service.env, **env}
    try:
        done = stack.service.run("check")
    finally:
        stack.service.env = before
    assert done.returncode == 1 and told in done.stderr, done.stderr


def test_the_authorizer_takes_them(place, host, person):
    """Also one that the application has not seen yet, and none as a cookie."""
    stack, _, _ = place
    email, subject, org = person
    protected, path = stack.web.protected_url, f"/org/{org.id}/x"
    for _ in range(2):  # the first is met by the gate, which may only look
        token = host.token(claims(subject, email))
        answer = ask(protected, "GET", path, token)
        assert answer.status == 200, answer.text
        assert self_of(stack.web.base_url, token).status == 200
        assert ask(protected, "GET", path, token).json()["identity"]["type"] == "user"
        assert ask(protected, "GET", path, headers={"Cookie": "claviger=" + token}).status == 401
    assert ask(stack.web.base_url, "DELETE", "/v1/session", token).status == 204
    assert ask(protected, "GET", path, token).status == 401
    assert ask(protected, "GET", path, host.token(claims("other", email))).status == 401
    assert ask(protected, "GET", path, host.parts(claims(subject, email), "none") + ".").status == 401
