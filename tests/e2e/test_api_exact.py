"""A change counts everywhere once it has returned: no worker goes by what it knew before.

Each test lets every worker see that something is allowed, makes one change, and then asks all of
them at once, on fresh connections.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from api_kit import ask, base_url, secret  # noqa: F401
from world import Client, new_password

AT_ONCE = 9  # three for each worker of the stack


@pytest.fixture(scope="module")
def crowd():
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield pool


@pytest.fixture
def everywhere(crowd):
    """What many say who ask the same at once, as a set."""
    return lambda question: set(crowd.map(lambda _: question(), range(AT_ONCE)))


def changes(everywhere, question, before, change, after):
    assert everywhere(question) == {before}
    change()
    assert everywhere(question) == {after}


def asks(base_url, token, method, path, body=None):
    """A question: the status, and the code of a refusal."""
    def question():
        answer = Client(base_url, token).ask(method, path, body)
        return answer.status if answer.status < 400 else (answer.status, answer.code)
    return question


def verdict(org, token, action="read", **more):
    """A question to /v1/verify, asked by an organization key."""
    if not hasattr(org, "asker"):
        org.asker = org.add_key("organization", permission="read")["token"]

    def question():
        wish = {"token": token, "action": action, **more}
        return Client(org.api.base_url, org.asker).must("POST", "/v1/verify", wish)["code"]
    return question


WISHES = {"personal": {"expires_in_days": 30}, "provider": {"scopes": ["admin"]},
          "organization": {"permission": "write"}, "space": {"scopes": ["full"], "expires_at": "2099-01-01"}}


@pytest.mark.parametrize("kind", list(WISHES))
def test_c36_ending_a_key(everywhere, org, base_url, kind):
    key = org.add_key(kind, **WISHES[kind])
    changes(everywhere, asks(base_url, key["token"], "GET", "/v1/self"), 200,
            lambda: org.admin.must("DELETE", f"{org.path}/keys/{key['id']}"), (401, "revoked"))
    assert everywhere(verdict(org, key["token"])) == {"revoked"}


def test_ending_a_key_by_its_text(everywhere, org, base_url):
    token = org.add_key("provider", scopes=["read"])["token"]
    form = "application/x-www-form-urlencoded"
    changes(everywhere, asks(base_url, token, "GET", "/v1/self"), 200,
            lambda: ask(base_url, "POST", "/oauth/revoke", None, "token=" + token, form), (401, "revoked"))


def test_ending_a_key_by_the_command_line(everywhere, stack, org, base_url):
    key = org.add_key("provider", scopes=["read"])
    changes(everywhere, asks(base_url, key["token"], "GET", "/v1/self"), 200,
            lambda: stack.service.must("key", "revoke", org.id, key["id"]), (401, "revoked"))


def test_refresh_and_regenerate(everywhere, org, base_url):
    key, machine = org.add_key("space", **WISHES["space"]), org.add_machine()
    for old, path, body in ((key["token"], f"{org.path}/keys/{key['id']}/refresh", {}),
                            (machine["token"], f"{org.path}/machines/{machine['machine']['id']}/key",
                             {"expires_in": "30d"})):
        new = []
        changes(everywhere, asks(base_url, old, "GET", "/v1/self"), 200,
                lambda: new.append(org.admin.must("POST", path, body)["token"]), (401, "invalid_token"))
        assert everywhere(asks(base_url, new[0], "GET", "/v1/self")) == {200}


def test_the_toggle(everywhere, org, base_url):
    question = asks(base_url, org.add_key("personal", expires_in_days=30)["token"], "GET", "/v1/self")
    for enabled, before, after in ((False, 200, (401, "kind_disabled")), (True, (401, "kind_disabled"), 200)):
        changes(everywhere, question, before, lambda: org.admin.must(
            "PATCH", org.path + "/policy", {"personal_tokens_enabled": enabled}), after)


def test_leaving(everywhere, org, base_url):
    member, user = org.add_member()
    keys = [org.add_key(kind, by=member, **WISHES[kind])["token"] for kind in ("personal", "provider", "space")]
    questions = [asks(base_url, token, "GET", "/v1/self") for token in keys]
    assert [everywhere(q) for q in questions] == [{200}] * 3
    changes(everywhere, asks(base_url, member.token, "GET", org.path), 200,
            lambda: org.admin.must("DELETE", f"{org.path}/members/{user}"), (404, "not_found"))
    assert [everywhere(q) for q in questions] == [{(401, "owner_gone")}] * 3


def test_stepping_down(everywhere, org, base_url):
    member, user = org.add_member(role="admin")
    token = org.add_key("personal", by=member, expires_in_days=30)["token"]
    path, source = org.path + "/members", org.add_resource("source")
    assert everywhere(verdict(org, token, "admin", resource=source)) == {"ok"}
    for credential in (token, member.token):
        assert everywhere(asks(base_url, credential, "GET", path)) == {200}
    org.admin.must("PATCH", f"{path}/{user}", {"role": "member"})
    for credential in (token, member.token):
        assert everywhere(asks(base_url, credential, "GET", path)) == {(403, "role")}
    assert everywhere(verdict(org, token, "admin", resource=source)) == {"role"}


def test_roles_on_a_resource(everywhere, org, base_url):
    member, user = org.add_member()
    token = org.add_key("personal", by=member, expires_in_days=30)["token"]
    source = org.add_resource("source")
    grants = f"{org.path}/resources/{source}/grants"
    org.grant(source, user, "editor")
    question = verdict(org, token, "write", resource=source)
    changes(everywhere, question, "ok", lambda: org.grant(source, user, "member"), "role")
    changes(everywhere, question, "role", lambda: org.grant(source, user, "editor"), "ok")
    seen = asks(base_url, token, "GET", f"{org.path}/resources/{source}")
    changes(everywhere, seen, 200, lambda: org.admin.must("DELETE", f"{grants}/{user}"), (404, "not_found"))
    assert everywhere(question) == {"role"}
    changes(everywhere, question, "role", lambda: org.grant(source, "everyone", "admin"), "ok")
    changes(everywhere, question, "ok", lambda: org.admin.must("DELETE", grants + "/everyone"), "role")


def test_teams(everywhere, org):
    member, user = org.add_member()
    machine = org.add_machine()
    tokens = [org.add_key("personal", by=member, expires_in_days=30)["token"], machine["token"]]
    source = org.add_resource("source")
    questions = [verdict(org, token, "write", resource=source) for token in tokens]

    def team_with_both():
        team = org.admin.must("POST", org.path + "/teams", {"name": str(time.monotonic())})["id"]
        for subject in (user, machine["machine"]["id"]):
            org.admin.must("PUT", f"{org.path}/teams/{team}/members/{subject}")
        org.grant(source, team, "editor")
        assert [everywhere(q) for q in questions] == [{"ok"}] * 2
        return team

    team = team_with_both()
    org.admin.must("DELETE", f"{org.path}/teams/{team}/members/{user}")
    org.admin.must("DELETE", f"{org.path}/machines/{machine['machine']['id']}/teams/{team}")
    assert [everywhere(q) for q in questions] == [{"role"}] * 2
    team = team_with_both()
    org.admin.must("DELETE", f"{org.path}/resources/{source}/grants/{team}")
    assert [everywhere(q) for q in questions] == [{"role"}] * 2
    team = team_with_both()
    org.admin.must("DELETE", f"{org.path}/teams/{team}")
    assert [everywhere(q) for q in questions] == [{"role"}] * 2


def test_machines(everywhere, org, base_url):
    made, source = org.add_machine(), org.add_resource("source")
    path = f"{org.path}/machines/{made['machine']['id']}"
    org.admin.must("PUT", f"{path}/sources/{source}", {"role": "admin"})
    changes(everywhere, verdict(org, made["token"], "admin", resource=source), "ok",
            lambda: org.admin.must("PUT", f"{path}/sources/{source}", {"role": "member"}), "role")
    changes(everywhere, verdict(org, made["token"], resource=source), "ok",
            lambda: org.admin.must("DELETE", f"{path}/sources/{source}"), "role")
    changes(everywhere, asks(base_url, made["token"], "GET", "/v1/self"), 200,
            lambda: org.admin.must("DELETE", path), (401, "revoked"))


def test_what_a_key_is_restricted_to_goes_away(everywhere, org):
    provider, other = org.add_resource("provider"), org.add_resource("provider")
    token = org.add_key("provider", scopes=["admin"],
                        restrictions=[{"provider": provider}, {"provider": other}])["token"]
    changes(everywhere, verdict(org, token, resource=provider), "ok",
            lambda: org.admin.must("DELETE", f"{org.path}/resources/{provider}"), "resource")
    assert everywhere(verdict(org, token, resource=other)) == {"ok"}
    changes(everywhere, verdict(org, token), "ok",
            lambda: org.admin.must("DELETE", f"{org.path}/resources/{other}"), "resource")


def test_an_organization_goes_away(everywhere, org, base_url):
    token = org.add_key("organization", permission="write")["token"]
    changes(everywhere, asks(base_url, token, "GET", org.path), 200,
            lambda: org.admin.must("DELETE", org.path), (401, "owner_gone"))


def test_sessions(everywhere, stack, org, base_url):
    member, _ = org.add_member()
    changes(everywhere, asks(base_url, member.token, "GET", "/v1/self"), 200,
            lambda: member.must("DELETE", "/v1/session"), (401, "revoked"))
    email = "passwd@test.example"
    org.admin.must("POST", org.path + "/members", {"email": email, "role": "member",
                                                  "password": secret(first := new_password())})
    member = org.api.log_in(email, first)
    changes(everywhere, asks(base_url, member.token, "GET", "/v1/self"), 200,
            lambda: stack.service.must("user", "passwd", email, "--password-stdin",
                                       stdin=secret(new_password()) + "\n"), (401, "revoked"))


@pytest.mark.parametrize("end", ["key", "member", "toggle"])
def test_no_check_that_begins_after_the_change_is_allowed(org, base_url, end):
    """The same under load: checks go on all the time while the change is made."""
    member, user = org.add_member()
    key = org.add_key("personal", by=member, expires_in_days=30)
    change = {"key": lambda: org.admin.must("DELETE", f"{org.path}/keys/{key['id']}"),
              "member": lambda: org.admin.must("DELETE", f"{org.path}/members/{user}"),
              "toggle": lambda: org.admin.must("PATCH", org.path + "/policy", {"personal_tokens_enabled": False})}
    seen, stop = [], threading.Event()

    def hammer():
        question = asks(base_url, key["token"], "GET", "/v1/self")
        while not stop.is_set():
            began = time.monotonic()
            seen.append((began, question()))

    threads = [threading.Thread(target=hammer) for _ in range(6)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    change[end]()
    returned = time.monotonic()
    time.sleep(0.2)
    stop.set()
    for thread in threads:
        thread.join()
    after = {answer for began, answer in seen if began > returned}
    assert after and 200 not in after, after
    assert any(answer == 200 for began, answer in seen if began < returned)


def test_two_refreshes_at_once_leave_one_text(everywhere, org, base_url):
    """Whoever was slower is told so, or got the text that lives."""
    key = org.add_key("space", **WISHES["space"])
    answers = everywhere(lambda: (lambda a: (a.status, a.json().get("token"), a.code))(
        Client(base_url, org.admin.token).ask("POST", f"{org.path}/keys/{key['id']}/refresh", {})))
    texts = [secret(token) for status, token, _ in answers if status == 200]
    assert texts and {(s, c) for s, _, c in answers if s != 200} <= {(409, "race_lost")}
    live = [t for t in texts if asks(base_url, t, "GET", "/v1/self")() == 200]
    assert len(live) == 1


def test_the_last_two_admins_cannot_both_step_down(everywhere, org, base_url, world):
    second, user = org.add_member(role="admin")
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda who: Client(base_url, who[0].token).ask(
            "PATCH", f"{org.path}/members/{who[1]}", {"role": "member"}), ((org.admin, world.ADMIN), (second, user))))
    assert sorted(a.status for a in answers) in ([200, 409], [200, 403])


def test_a_name_is_taken_by_one(org, base_url, everywhere):
    for path, wish in (("/machines", {"name": "one", "expires_in": "30d"}), ("/teams", {"name": "one"}),
                       ("/keys", {"kind": "personal", "name": "one", "expires_in_days": 30})):
        def question():
            answer = Client(base_url, org.admin.token).ask("POST", org.path + path, wish)
            secret((answer.json() or {}).get("token") or "no text at all")
            return answer.status
        assert everywhere(question) == {201, 409}, path
