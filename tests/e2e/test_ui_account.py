"""Passwords that were forgotten, addresses that nobody has confirmed, and people in no organization."""

import secrets

import pytest

from api_kit import secret
from test_sessions_confirmed import victim  # noqa: F401
from ui_kit import Browser, api, stack, world  # noqa: F401
from world import new_password


@pytest.fixture
def browser(stack):
    return Browser(stack.web.base_url)


@pytest.fixture
def person(org):
    """An account of its own."""
    email, password = f"{secrets.token_hex(6)}@test.example", secret(new_password())
    id = org.admin.must("POST", org.path + "/members", {"email": email, "name": "Ada", "role": "member",
                                                        "password": password})["id"]
    return type("Person", (), {"email": email, "password": password, "id": id, "org": org})


def wishes(db, email):
    with db.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) AS n FROM password_reset WHERE email = %s", (email,))
        return cursor.fetchone()["n"]


def test_mail_is_asked_for(browser, person, db):
    page = browser.get(browser.get("/login").link("Forgot"))
    assert page.status == 200 and page.link("I have a code") == "/login/reset"
    done = browser.follow(browser.post("/login/forgot", [("email", person.email)]))
    unknown = browser.follow(browser.post("/login/forgot", [("email", "nobody@test.example")]))
    assert "mail is on its way" in done.notice and unknown.notice == done.notice
    assert wishes(db, person.email) == 1
    again = browser.post("/login/forgot", [("email", person.email)], origin="https://evil.example")
    assert again.status == 403 and wishes(db, person.email) == 1


def test_a_password_is_chosen_by_the_code(browser, person, stack):
    code, fresh = secret(stack.service.must("user", "reset", person.email).strip()), secret(new_password())
    page = browser.get("/login/reset")
    assert page.form().names() == {"token", "new_password"} and "data-from-link" in page.html
    page.form().set(token=code, new_password="short")
    again = browser.send(page)
    assert again.status == 422 and "15 to 128" in again.trouble and again.form().get("token") == code
    assert not again.form().get("new_password")
    assert browser.post("/login/reset", [("token", code), ("new_password", fresh)], origin="null").status == 403
    again.form().set(token=" " + code + " ", new_password=fresh)
    assert "Log in with it" in browser.send(again).notice
    assert browser.log_in(person.email, fresh).status == 200
    page.form().set(token=code, new_password=fresh)
    used = browser.send(page)
    assert used.status == 401 and "used up" in used.trouble and 'id="wrong-token"' in used.html
    german = Browser(browser.base_url, "de")
    page.form().set(new_password="passwordpassword")
    assert "Passwort" in german.send(page).trouble


def test_whoever_is_in_no_organization_is_told_so(browser, person, api):
    person.org.admin.must("DELETE", f"{person.org.path}/members/{person.id}")
    page = browser.log_in(person.email, person.password)
    assert page.status == 200 and "You are in no organization yet" in page.text and page.links
    assert browser.get("/settings/api-keys").location == "/settings/organizations"
    page.form("/organizations").set(name=" ")
    again = browser.send(page, page.form("/organizations"))
    assert again.status == 422 and 'id="wrong-name"' in again.html
    page.form("/organizations").set(name="Ada <Ltd>")
    made = browser.send(page, page.form("/organizations"))
    assert made.headings[0][1] == "Organization" and made.notice == "Created."
    listed = browser.get("/settings/organizations")
    assert listed.row("Ada <Ltd>")["Role"] == "Admin"
    assert browser.get(listed.link("Ada <Ltd>")).status == 200


def test_an_address_is_confirmed(browser, victim, stack, db, world):  # noqa: F811
    browser.log_in(victim.email, victim.password)
    admin = Browser(stack.web.base_url)
    admin.log_in(world.OTHER_ADMIN_EMAIL, world.OTHER_ADMIN_PASSWORD)
    assert f"{victim.email} (not confirmed)" in admin.get(f"/settings/members?org={victim.theirs.id}").text
    page = browser.get("/settings/account")
    assert f"{victim.email} (not confirmed)" in page.text
    # Without mail there is nothing to send; the wish itself is taken.
    sent = browser.follow(browser.post("/settings/organizations/confirm",
                                       [("csrf", page.form("/language").get("csrf"))]))
    assert "mail is on its way" in sent.notice and wishes(db, victim.email) >= 1
    code, fresh = secret(stack.service.must("user", "reset", victim.email).strip()), secret(new_password())
    browser.post("/login/reset", [("token", code), ("new_password", fresh)])
    browser.log_in(victim.email, fresh)
    assert "not confirmed" not in browser.get("/settings/account").text
    assert victim.theirs.id in browser.get("/settings/organizations").html
