"""The page of one key, for each kind: its name and limit, a new text beside the old one, and the links of
the mails; all without any script."""

import secrets

import pytest

from test_ui_keys import address, make, works
from ui_kit import Browser, api, stack, world  # noqa: F401

KINDS = {"personal": {"expires_in_days": "30"}, "space": {"expires_at": "2099-01-01"}, "provider": {}, "organization": {}}


@pytest.fixture(scope="module")
def admin(stack, world):
    browser = Browser(stack.web.base_url)
    browser.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
    return browser


def one_of(admin, org, kind):
    """A new key: its text, its name and its page."""
    name = "one " + secrets.token_hex(4)
    shown = make(admin, org.id, kind, name=name, **KINDS[kind])
    return shown.value_of("token"), name, admin.get(admin.get(shown.link("Done")).link(name))


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_is_named_and_limited(admin, org, kind, api):
    token, name, page = one_of(admin, org, kind)
    assert page.headings[0][1] == name and "No limit" in page.text and token not in page.html
    page.form().set(name="<new> & \"name\"", description="what for", requests="5", seconds="3600")
    saved = admin.send(page)
    assert saved.notice == "Saved." and saved.headings[0][1] == "<new> & \"name\""
    assert "5 requests in 3600 seconds" in saved.text and "what for" in saved.text
    assert [works(api, token) for _ in range(6)] == [200] * 5 + [429]
    saved.form().set(requests="", seconds="", description="")
    assert "No limit" in admin.send(saved).text and works(api, token) == 200
    # What is wrong stands beside its field, with what was typed.
    saved.form().set(requests="5", seconds="", name="kept")
    again = admin.send(saved)
    assert again.status == 422, again.text
    assert 'id="wrong-seconds"' in again.html and again.form().get("name") == "kept", (again.trouble, saved.form().values)


def test_a_name_that_is_taken_is_told(admin, org):
    _, first, _ = one_of(admin, org, "personal")
    _, _, page = one_of(admin, org, "personal")
    page.form().set(name=first.upper())
    again = admin.send(page)
    assert again.status == 409 and 'id="wrong-name"' in again.html


def test_a_key_of_another_family_is_not_there(admin, org):
    _, _, page = one_of(admin, org, "personal")
    key = page.url.rpartition("/")[2].partition("?")[0]
    for kind in ("space", "provider", "organization"):
        assert admin.get(address(org.id, kind, "/" + key)).status == 404
    assert admin.get(address(org.id, "personal", "/key_0")).status == 404


def test_an_organization_key_is_rotated(admin, org, api):
    old, name, page = one_of(admin, org, "organization")
    assert page.form("/rotate").get("grace") == "86400"
    page.form("/rotate").set(grace="3600")
    shown = admin.send(page, page.form("/rotate"))
    new = shown.value_of("token")
    assert new != old and works(api, new) == 200 and works(api, old) == 200
    # The form is good once, and the text is shown once.
    twice = admin.send(page, page.form("/rotate"))
    assert "sent already" in twice.notice and not twice.value_of("token")
    both = admin.get(shown.link("Done"))
    assert "Old text ends" in both.text and not [f for f in both.forms if f.action.endswith("/rotate")]
    ended = admin.send(both, both.form("/rotated"))
    assert works(api, new) == 200 and works(api, old) == 401 and ended.form("/rotate")
    ended.form("/rotate").set(grace="0", expires_at="2099-01-01")
    last = admin.send(ended, ended.form("/rotate")).value_of("token")
    assert works(api, last) == 200 and works(api, new) == 401
    assert "2099-01-01 23:59:59 UTC" in admin.get(both.url).text


def test_a_machine_is_rotated_and_limited(admin, org, api):
    page = admin.get(f"/settings/machines/new?org={org.id}")
    page.form().set(name="turning", expires_in="90d", requests="7", seconds="60")
    shown = admin.send(page)
    old, machine = shown.value_of("token"), admin.get(shown.link("Done"))
    assert "7 requests in 60 seconds" in machine.text
    new = admin.send(machine, machine.form("/rotate")).value_of("token")
    assert works(api, new) == 200 and works(api, old) == 200
    machine = admin.get(machine.url)
    admin.send(machine, machine.form("/rotated"))
    assert works(api, new) == 200 and works(api, old) == 401
    settings = admin.get(machine.link("Settings"))
    settings.form("/settings").set(requests="", seconds="")
    admin.send(settings, settings.form("/settings"))
    assert "No limit" in admin.get(machine.url).text


def test_the_links_of_mails_lead_to_the_key(admin, org, world, stack):
    for kind in KINDS:
        _, name, page = one_of(admin, org, kind)
        key = page.url.rpartition("/")[2].partition("?")[0]
        assert admin.follow(admin.get("/settings/keys/" + key)).headings[0][1] == name
    made = org.add_machine(name="mailed")
    assert admin.follow(admin.get("/settings/keys/" + made["key"]["id"])).headings[0][1] == "mailed"
    other = Browser(stack.web.base_url)
    assert other.get("/settings/keys/" + key).location.startswith("/login?next=")
    other.log_in(world.OTHER_ADMIN_EMAIL, world.OTHER_ADMIN_PASSWORD)
    assert other.get("/settings/keys/" + key).status == 404


def test_limits_and_addresses_of_new_ones(admin, org, api):
    limited = make(admin, org.id, "personal", name="limited", expires_in_days="30", requests="2", seconds="3600",
                   allowed_ips="127.0.0.0/8, ::1").value_of("token")
    assert [works(api, limited) for _ in range(3)] == [200, 200, 429]
    page = admin.get(address(org.id, "personal", "/new"))
    page.form().set(name="half", expires_in_days="30", requests="2", seconds="")
    again = admin.send(page)
    assert again.status == 422 and 'id="wrong-seconds"' in again.html and again.form().get("requests") == "2"
    page = admin.get(f"/settings/machines/new?org={org.id}")
    page.form().set(name="elsewhere", expires_in="90d", allowed_ips="192.0.2.1 192.0.2.2")
    assert works(api, admin.send(page).value_of("token")) == 403
    page = admin.get(page.url)
    page.form().set(name="nowhere", expires_in="90d", allowed_ips="here and there")
    again = admin.send(page)
    assert again.status == 422 and 'id="wrong-allowed_ips"' in again.html


def test_what_ends_soon_has_a_successor(admin, org, db):
    _, name, page = one_of(admin, org, "personal")
    assert not [1 for _, text in page.links if text == "New personal token"]
    key = page.url.rpartition("/")[2].partition("?")[0]
    with db.cursor() as cursor:
        assert cursor.execute("UPDATE api_key SET expires_at = UNIX_TIMESTAMP() + 86400 WHERE id = %s", (key,)) == 1
    page = admin.get(page.url)
    assert "Expires in" in page.text and admin.get(page.link("New personal token")).form().get("name") == ""
