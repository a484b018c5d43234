"""The door for people: logging in and out, what opens it and what does not, headers, errors, static files."""

import re
from pathlib import Path

import pytest

from api_kit import secret
from ui_kit import Browser, api, stack, world  # noqa: F401
from world import new_password


@pytest.fixture
def browser(stack):
    return Browser(stack.web.base_url)


@pytest.fixture
def member(browser, world):
    browser.log_in(world.MEMBER_EMAIL, world.MEMBER_PASSWORD)
    return browser


POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
          "base-uri 'none'; frame-ancestors 'none'")


def test_whoever_is_not_logged_in_is_led_to_log_in_and_back(browser, world):
    away = browser.get("/settings/api-keys?state=all")
    assert away.status == 303 and away.location == "/login?next=%2Fsettings%2Fapi-keys%3Fstate%3Dall"
    page = browser.get(away.location)
    page.form().set(email=world.MEMBER_EMAIL, password=world.MEMBER_PASSWORD)
    back = browser.send(page, follow=False)
    assert back.status == 303 and back.location == "/settings/api-keys?state=all"
    cookie = back.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert browser.get(back.location).status == 200


@pytest.mark.parametrize("place", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:x",
                                   "/a\r\nSet-Cookie: x=y", "/login", "/logout", "evil"])
def test_next_is_an_address_of_our_own(browser, world, place):
    page = browser.get("/login")
    page.form().set(email=world.MEMBER_EMAIL, password=world.MEMBER_PASSWORD, next=place)
    assert browser.send(page, follow=False).location == "/settings/tokens"


def test_a_wrong_password_keeps_the_address(browser, world):
    page = browser.get("/login")
    page.form().set(email=world.MEMBER_EMAIL, password="not the password at all")
    again = browser.send(page)
    assert again.status == 401 and "not right" in again.trouble
    assert again.form().get("email") == world.MEMBER_EMAIL and again.form().get("password") == ""
    unknown = browser.get("/login")
    unknown.form().set(email="nobody@example.org", password="not the password at all")
    assert browser.send(unknown).trouble == again.trouble


def test_another_site_logs_nobody_in(browser, world):
    page = browser.get("/login")
    page.form().set(email=world.MEMBER_EMAIL, password=world.MEMBER_PASSWORD)
    answer = browser.post("/login", page.form().values, origin="https://evil.example")
    assert answer.status == 403 and "set-cookie" not in answer.headers


def test_logging_out_ends_the_session(member):
    page = member.get("/settings/tokens")
    out = member.send(member.get(page.link("Log out")))
    assert "logged out" in out.notice
    assert member.get("/settings/tokens").status == 303


def test_every_page_has_its_headers(member):
    for path in ("/login", "/settings/tokens", "/settings/tokens/new", "/no/such/page"):
        page = member.get(path)
        assert page.headers["content-security-policy"] == POLICY, path
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "same-origin"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["cross-origin-opener-policy"] == "same-origin"
        assert page.headers.get_list("x-request-id") == [page.headers["x-request-id"]]
        assert len(page.headers.get_list("cache-control")) == 1
        assert not re.search(r"<style|style=|<script>|\son\w+=", page.html)


@pytest.mark.parametrize("who", ["MEMBER_EMAIL", None])
def test_no_key_opens_a_page(stack, world, who):
    browser = Browser(stack.web.base_url)
    if who:
        browser.log_in(world.MEMBER_EMAIL, world.MEMBER_PASSWORD)
    for token in (world.PERSONAL_TOKEN, world.ORG_TOKEN, world.admin.token):
        page = browser.get("/settings/tokens", headers={"Authorization": "Bearer " + token})
        assert page.status == 403 and "Pages are for people" in page.text


def test_a_key_in_the_address_is_refused(member, world):
    page = member.get("/settings/tokens?x=" + world.PERSONAL_TOKEN)
    assert page.status == 400 and world.PERSONAL_TOKEN not in page.html


@pytest.mark.parametrize("change", ["no token", "another's", "another site", "no origin"])
def test_a_form_needs_its_token_and_our_origin(member, world, stack, change):
    page = member.get("/settings/tokens/new")
    form = page.form().set(name="forged " + change)
    origin = stack.web.base_url
    if change == "no token":
        form.set(csrf=None)
    elif change == "another's":
        other = Browser(stack.web.base_url)
        other.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
        form.set(csrf=other.get("/settings/tokens/new").form().get("csrf"))
    elif change == "another site":
        origin = "https://evil.example"
    if change == "no origin":
        answer = member.request("POST", form.action, data=dict(form.values))
    else:
        answer = member.post(form.action, form.values, origin)
    assert answer.status == 403 and "out of date" in answer.text
    assert member.get("/settings/tokens").row("forged " + change) is None
    # Nor does an empty body pass.
    assert member.request("POST", "/logout", headers={"Origin": origin}).status == 403
    assert member.get("/settings/tokens").status == 200


@pytest.mark.parametrize("how", ["cookie away", "ended elsewhere"])
def test_what_was_typed_outlives_the_session(member, world, how):
    page = member.get(f"/settings/api-keys/new?org={world.ORG}")
    name = f'typed "long" & <before> {how}'
    things = [value for field, value in page.form().values if field == "thing"]
    form = page.form().set(name=name, reach="some", pick=world.PROVIDER, base_path=["/typed/" + id for id in things])
    if how == "cookie away":
        member.client.cookies.clear()
    else:
        session = dict(member.client.cookies)["claviger"]
        member.send(member.get("/logout"))
        member.client.cookies.set("claviger", session)
    foreign = member.post(form.action, form.values, origin="https://evil.example")
    assert foreign.status == 401 and name not in foreign.text and not foreign.forms
    away = member.send(page, form)
    assert away.status == 401 and away.headings[0][1] == "Your session has ended"
    carried = away.form("/settings/api-keys")
    assert not {"csrf", "once", "proof"} & carried.names() and carried.get("name") == name
    assert away.links[-1][0] == "/login" and 'target="_blank"' in away.html
    # Nothing happens yet: it is looked at once more.
    member.client.cookies.clear()
    member.log_in(world.MEMBER_EMAIL, world.MEMBER_PASSWORD)
    again = member.send(away, carried)
    assert again.status == 403 and "out of date" in again.trouble
    assert again.form().get("name") == name and again.form().get("pick") == world.PROVIDER
    assert {"/typed/" + id for id in things} <= {value for _, value in again.form().values}
    assert member.get("/settings/api-keys").row(name) is None
    assert member.send(again).value_of("token")
    assert member.get("/settings/api-keys").row(name)


def test_a_password_is_not_carried_over_a_session(member):
    form = member.get("/settings/account").form("/settings/account").set(password="x" * 20, new_password="y" * 20)
    member.client.cookies.clear()
    away = member.post(form.action, form.values)
    assert away.status == 401 and "x" * 20 not in away.html and "y" * 20 not in away.html


def test_no_key_of_a_storage_is_carried_over_a_session(member):
    page = member.get("/settings/resources/new?what=s3")
    form = page.form().set(name="kept", access_key="A" * 20, secret_key="S" * 40)
    member.client.cookies.clear()
    away = member.post(form.action, form.values)
    assert away.status == 401 and "kept" in away.html and "A" * 20 not in away.html and "S" * 40 not in away.html


def test_a_form_of_another_s_once_is_no_form_of_ours(member):
    page = member.get("/settings/tokens/new")
    page.form().set(name="no once", once="x")
    assert member.send(page).status == 422
    page.form().set(once=None)
    assert member.send(page).status == 422
    assert member.get("/settings/tokens").row("no once") is None


def test_what_is_not_there_is_a_page_for_people_and_json_for_programs(member, raw):
    page = member.get("/no/such/page")
    assert page.status == 404 and page.headings[0][1] == "There is no such page"
    assert page.headers["x-request-id"] in page.text
    answer = raw.ask("GET", "/no/such/page")
    assert answer.status == 404 and answer.headers["content-type"] == "application/problem+json"
    assert member.request("POST", "/settings/keys", data={}).status == 405


def test_the_organization_of_the_address_the_cookie_or_the_first(stack, world, org):
    browser = Browser(stack.web.base_url)
    browser.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
    assert browser.get(f"/settings/tokens?org={org.id}").status == 200
    assert f"org={org.id}" in browser.get("/settings/tokens").link("New personal")
    switched = browser.get(f"/settings/tokens?org={world.ORG}")
    assert f"org={world.ORG}" in browser.get("/settings/tokens").link("New personal")
    assert f"/settings/tokens?org={world.ORG}" in {href for href, _ in switched.links}
    browser.client.cookies.set("claviger_org", world.OTHER_ORG)
    assert browser.get("/settings/tokens").status == 200
    assert browser.get(f"/settings/tokens?org={world.OTHER_ORG}").status == 404


def test_somebody_in_more_organizations_than_a_page_has(stack, api):
    """Every page leads to some of them, to the page of all, and stays what it is in the last one, too."""
    email, password = "many@test.example", secret(new_password())
    stack.service.must("user", "add", "--name", "Many", "--password-stdin", email, stdin=password)
    person = api.log_in(email, password)
    ids = [person.must("POST", "/v1/organizations", {"name": f"Org {n}"})["id"] for n in range(205)]
    browser = Browser(stack.web.base_url)
    browser.log_in(email, password)
    sizes = set()
    for id in (ids[0], ids[-1]):
        page = browser.get(f"/settings/resources?org={id}")
        led = {href for href, _ in page.links if href.startswith("/settings/tokens?org=")}
        assert len(led) in (10, 11), "ten of them, and where one is"
        assert page.link("All organizations") == f"/settings/organizations?org={id}"
        assert page.link("New provider: directory") and page.link("Organization").endswith(id)
        sizes.add(len(page.html) // 1024)
        assert browser.get("/settings/tokens").link("New personal").endswith(f"org={id}"), "where one was last"
    assert max(sizes) < 15
    assert browser.get("/settings/organizations").text.count("Org 1") > 50


def test_static_files_are_kept_for_ever(web):
    browser = Browser(web.base_url)
    names = re.findall(r'(?:href|src)="(/static/[^"]+)"', browser.get("/login").html)
    kinds = {}
    for name in names:
        answer = browser.client.get(name)
        assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]
        assert answer.headers["x-content-type-options"] == "nosniff" and "set-cookie" not in answer.headers
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "x-request-id" not in answer.headers, "the web server has it on its disk"
        kinds[name.rpartition(".")[2]] = answer
    assert {k: a.headers["content-type"].partition(";")[0] for k, a in kinds.items()} == {
        "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
    for absent in ("/static/claviger.css", "/static/", "/static/%2e%2e/static.txt", "/static/..%2f..%2f..%2fetc/passwd"):
        assert browser.client.get(absent).status_code in (400, 403, 404), absent
    whole = sum(len(a.content) for a in kinds.values()) + len(browser.get("/login").html)
    assert whole < 30 * 1024


def test_the_program_has_what_the_disk_has_not(stack):
    nginx = stack.webs["nginx"]
    browser = Browser(nginx.base_url)
    name = re.search(r'href="(/static/[^"]+css)"', browser.get("/login").html)[1]
    there = browser.client.get(name)
    kept = Path(nginx.directory, "share" + name)
    kept.rename(str(kept) + ".away")
    try:
        answer = browser.client.get(name)
        assert answer.status_code == 200 and answer.content == there.content and "x-request-id" in answer.headers
        assert answer.headers["content-type"] == there.headers["content-type"]
    finally:
        Path(str(kept) + ".away").rename(kept)


def test_pages_come_through_every_web_server(web, world):
    browser = Browser(web.base_url)
    page = browser.log_in(world.MEMBER_EMAIL, world.MEMBER_PASSWORD)
    assert page.status == 200 and page.headings[0][1] == "Access tokens"
    form = browser.get("/settings/tokens/new")
    form.form().set(name="through " + web.kind)
    assert browser.send(form).value_of("token")
