"""Text of people's making with everything that has broken pages elsewhere: it shows as itself, in every field, on
every page, and in mail."""

import html
import secrets
import time
import unicodedata

import pytest

import world as worlds
from conftest import SEEN_SECRETS, Org
from mailbox_server import Server
from test_mail_remind import DAY, age
from test_mail_sending import remind
from ui_crawl import Tags, crawl
from ui_kit import Browser, api, stack, world  # noqa: F401

# A tag, quotes, an entity, right-to-left text with an override, nothing wide, marks on a letter, a family.
PROBE = unicodedata.normalize("NFC", "<probe a='1' b=\"2\">&lt;%3C{{ x }}${x} \u202eabc\u202c \u05e9\u05dc\u200b"
                              "o\u0323\u0307\u0316 \U0001f468\u200d\U0001f469\u200d\U0001f467")
LONG = "\U0001f600" * 200
KEYS = {"/settings/tokens": {"expires_in_days": "30"},
        "/settings/access-tokens": {"scopes": "read", "expires_at": "2099-01-01"},
        "/settings/api-keys": {"scopes": "read"}, "/developer/api-keys": {"permission": "read"}}


def named(what):
    return f"{PROBE} {what}"


def send(browser, address, part="", **values):
    """A form of a page, filled in."""
    page = browser.get(address)
    form = page.form(part)
    form.set(**values)
    answer = browser.send(page, form)
    assert answer.status == 200, f"{address}: {answer.status} {answer.trouble}"
    return answer


def id_in(page):
    return page.url.split("/")[5].partition("?")[0]


@pytest.fixture(scope="module")
def place(stack, world, api):
    """An organization in which everything that has a name has this one, made by the pages."""
    browser = Browser(stack.web.base_url)
    browser.client.headers["User-Agent"] = "<probe a='1' b=\"2\">&lt; agent"
    browser.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
    page = send(browser, "/settings/organizations", "/organizations", name=named("org"))
    place = Org.__new__(Org)
    place.id = page.url.partition("org=")[2].partition("&")[0]
    place.path, place.browser = f"/v1/organizations/{place.id}", browser
    place.admin = api.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
    org = f"?org={place.id}"
    assert place.admin.must("GET", place.path)["name"] == named("org")
    place.email, place.password = f"{secrets.token_hex(6)}@test.example", worlds.new_password()
    SEEN_SECRETS.add(place.password)
    send(browser, "/settings/members" + org, "/members", email=place.email, name=named("member"),
         password=place.password)
    send(browser, "/settings/teams" + org, "/teams", name=named("team"))
    send(browser, "/settings/machines/new" + org, name=named("machine"), description=LONG)
    for what in ("source", "local"):
        send(browser, f"/settings/resources/new{org}&what={what}", name=named(what),
             root=str(stack.files) + "/archive")
    space = send(browser, f"/settings/resources/new{org}&what=space", name=named("space"))
    base = send(browser, f"/settings/resources/new{org}&what=base&parent={id_in(space)}", name=named("base"))
    table = send(browser, f"/settings/resources/new{org}&what=table&parent={id_in(base)}", name=named("table"))
    place.table = f"/settings/resources/{id_in(table)}/contents"
    send(browser, place.table + org, "/fields", name=named("field"), type="singleSelect",
         choices=f"{named('choice')}, other")
    place.views = place.table.replace("/contents", "/views")
    send(browser, place.views + org, "/views", name=named("view"))
    for path, more in KEYS.items():
        send(browser, f"{path}/new{org}", name=named("key"), description=LONG, **more)
    return place


def sound(page):
    """Nothing of it has become a tag or an attribute, and nothing was escaped twice."""
    tags = Tags(page.html)
    assert "probe" not in tags.tags and not tags.attributes & {"b", "<probe"}, page.url
    assert "&amp;amp;" not in page.html and "&amp;lt;probe" not in page.html, page.url


def test_it_shows_as_itself_on_every_page(place):
    pages = crawl(place.browser, place.id, each=3)
    assert len(pages) > 40
    # Of pages that are alike three are met, and a table's need not be among them.
    pages["table"] = place.browser.get(place.table, params={"org": place.id})
    pages["field"] = place.browser.get(pages["table"].link(" ".join(named("field").split())))
    pages["views"] = place.browser.get(place.views, params={"org": place.id})
    pages["view"] = place.browser.get(pages["views"].link(" ".join(named("view").split())))
    assert f"{named('choice')}, other" in [value for form in pages["field"].forms for _, value in form.values]
    told = " ".join(page.text for page in pages.values())
    for what in ("org", "member", "team", "machine", "source", "local", "space", "base", "table", "field", "choice",
                 "view", "key"):
        assert " ".join(named(what).split()) in told, what
    for page in pages.values():
        sound(page)
        if "/settings/organizations" not in page.url:
            assert " ".join(named("org").split()) in page.text, page.url
    assert sum(LONG in page.text for page in pages.values()) >= 5
    assert any("<probe a='1' b=\"2\">&lt; agent" in page.text for page in pages.values())


@pytest.mark.parametrize("address, part, field, more", [
    ("/settings/tokens/new", "", "name", {}), ("/settings/tokens/new", "", "description", {"name": "x"}),
    ("/settings/tokens/new", "", "allowed_ips", {"name": "x"}),
    ("/settings/members", "/members", "email", {}), ("/settings/members", "/members", "name", {"email": "x"}),
    ("/settings/machines/new", "", "name", {}), ("/settings/machines/new", "", "allowed_ips", {"name": "x"}),
    ("/settings/resources/new?what=local", "", "root", {"name": "x"}),
    ("/settings/resources/new?what=s3", "", "endpoint", {"name": "x"}),
    ("/settings/organization", "/delete", "confirm", {}),
    ("views", "/views", "name", {}), ("table", "/fields", "name", {}),
    ("table", "/fields", "choices", {"name": "x", "type": "number"})])
def test_what_is_refused_stands_in_its_field(place, address, part, field, more):
    address = {"table": place.table, "views": place.views}.get(address, address)
    page = place.browser.get(f"{address}{'&' if '?' in address else '?'}org={place.id}")
    form = page.form(part)
    # Names are good as they are, unless they are too long.
    wish = PROBE + LONG if field == "name" else PROBE * 20 if field == "description" else PROBE + "\n" * (field == "email")
    form.set(**{**more, field: wish.strip()})
    again = place.browser.send(page, form)
    assert again.status == 422, again.text
    sound(again)
    assert wish.strip() in [value for _, value in again.form(part).values], "the input is kept"


def test_a_base_path_shows_as_itself(place):
    address = f"/settings/api-keys/new?org={place.id}"
    picked = place.browser.get(address).form().offered["pick"][0]
    shown = send(place.browser, address, name="path", scopes="read", reach="some", pick=picked, base_path="/" + PROBE)
    listed = place.browser.get(shown.link("Done"))
    sound(listed)
    assert " ".join(("/" + PROBE).split()) in listed.text


@pytest.mark.parametrize("path, name", [("/settings/keys", "search"), ("/settings/tokens", "search"),
                                        ("/settings/members", "search"), ("/settings/teams", "search"),
                                        ("/settings/machines", "search"), ("/settings/resources", "search"),
                                        ("/settings/keys", "sort"), ("/settings/keys", "cursor"),
                                        ("/settings/audit", "action"), ("/login", "next"), ("/settings/nowhere", "x")])
def test_what_stands_in_an_address(place, path, name):
    page = place.browser.get(path, params={name: PROBE, "org": place.id})
    assert page.status in (200, 400, 404, 422), page.text
    sound(page)


def test_it_shows_as_itself_in_mail(place, stack, db, api):
    """The names of a key and of its organization, in both parts of the letter and in its subject."""
    member = api.log_in(place.email, place.password)
    key = member.must("POST", place.path + "/keys", {"kind": "personal", "name": named("mail"), "expires_in_days": 90})
    age(db, key, 7 * DAY - 60)
    with db.cursor() as cursor:
        cursor.execute("UPDATE outbox SET state = 'dropped', ended_at = 1 WHERE ended_at IS NULL")
    with Server() as server:
        remind(stack, server)
        [letter] = [one for one in server.to(place.email) if named("mail") in one.message["Subject"]]
    plain = " ".join(letter.part("plain").split())
    page = letter.part("html")
    for name in (named("mail"), named("org")):
        assert " ".join(name.split()) in plain
        assert " ".join(name.split()) in " ".join(html.unescape(page).split())
    assert "<probe" not in page and int(time.time()) > 0
