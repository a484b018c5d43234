"""The pages of keys: what the seeds say of their lists and forms, without any script."""

import html
import json
import re
import secrets

import httpx
import pytest

from ui_kit import Browser, api, stack, world  # noqa: F401

DASHES = {"personal": "/settings/tokens", "provider": "/settings/api-keys", "space": "/settings/access-tokens",
          "organization": "/developer/api-keys"}


@pytest.fixture(scope="module")
def member(stack, world):
    browser = Browser(stack.web.base_url)
    browser.log_in(world.MEMBER_EMAIL, world.MEMBER_PASSWORD)
    return browser


@pytest.fixture(scope="module")
def admin(stack, world):
    browser = Browser(stack.web.base_url)
    browser.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
    return browser


def address(org, kind, rest=""):
    return f"{DASHES[kind]}{rest}?org={org}"


def make(browser, org, kind, **wish):
    """A key by its form; the page that shows its text."""
    page = browser.get(address(org, kind, "/new"))
    page.form().set(**wish)
    shown = browser.send(page)
    assert shown.status == 200 and shown.value_of("token"), shown.text
    return shown


def works(api, token):
    return api.using(token).get("/v1/self").status_code


def test_seed_0_4_personal_is_the_first_tab(member, world):
    for start in ("/", "/settings"):
        page = member.get(start)
        assert page.status == 303
    page = member.follow(page)
    assert page.headings[0] == ("h1", "Access tokens")
    assert re.search(r'<a href="/settings/tokens[^"]*" aria-current="page">Personal</a>\s*<a [^>]*>Space tokens', page.html)


def test_seed_0_5_and_0_7_the_form_asks_name_and_expiration(member, world):
    form = member.get(address(world.ORG, "personal", "/new")).form()
    assert {"name", "expires_in_days"} <= form.names()
    assert form.offered["expires_in_days"] == ["30", "90", "180", "365"]


def test_seed_0_8_longer_ones_than_the_cap_are_not_offered(org, stack, world):
    org.admin.must("PATCH", org.path + "/policy", {"personal_max_days": 90})
    browser = Browser(stack.web.base_url)
    browser.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
    page = browser.get(address(org.id, "personal", "/new"))
    assert page.form().offered["expires_in_days"] == ["30", "90"]
    page.form().set(name="long", expires_in_days="365")
    again = browser.send(page)
    assert again.status == 422 and again.form().get("name") == "long" and again.trouble


def test_seed_0_9_the_text_is_shown_once(member, world, api):
    shown = make(member, world.ORG, "personal", name="once only", expires_in_days="30")
    token = shown.value_of("token")
    assert token.startswith("drvp_") and works(api, token) == 200
    assert shown.headers["cache-control"] == "no-store"
    page = member.get(shown.link("Done"))
    assert page.row("once only")["Prefix"] == token[:11] + "…"
    assert token not in page.html and token[11:] not in page.html


@pytest.mark.parametrize("kind, wish", [
    ("personal", {"expires_in_days": "30"}), ("space", {"expires_at": "2099-01-01"}), ("provider", {})])
def test_a_form_sent_twice_makes_one_key(member, world, kind, wish):
    page = member.get(address(world.ORG, kind, "/new"))
    page.form().set(name="twice " + kind, **wish)
    first, second = member.send(page), member.send(page, follow=False)
    assert first.value_of("token") and second.status == 303 and "done=sent_before" in second.location
    listed = member.follow(second)
    assert "only once" in listed.notice
    assert sum(r.get("name") == "twice " + kind for r in listed.rows) == 1
    assert first.value_of("token") not in listed.html


def test_seed_0_6_a_name_that_is_taken_is_said_beside_the_field(member, world):
    make(member, world.ORG, "personal", name="Taken")
    page = member.get(address(world.ORG, "personal", "/new"))
    page.form().set(name="taken ", expires_in_days="180")
    again = member.send(page)
    assert again.status == 409
    assert again.form().get("name") == "taken " and again.form().get("expires_in_days") == "180"
    assert 'id="wrong-name"' in again.html and 'aria-invalid="true"' in again.html
    assert 'aria-describedby="wrong-name hint-name"' in again.html and again.title.startswith("Error: New personal token")
    assert "token" not in again.ids
    again.form().set(name="not taken")
    assert member.send(again).value_of("token")


def test_seed_0_14_seed_0_15_a_snippet_for_this_installation(member, world, stack):
    shown = make(member, world.ORG, "personal", name="mcp client")
    assert f'"url": "{stack.web.base_url}/mcp/v1"' in shown.html.replace("&quot;", '"')
    assert "Bearer ${CLAVIGER_API_TOKEN}" in shown.html
    assert shown.html.count(shown.value_of("token")) == 1
    assert "environment variable" in shown.text


def snippet(page):
    """The configuration for a client of MCP, as it stands in the page."""
    text = re.search(r'<pre class="snippet" id="mcp"[^>]*>(.*?)</pre>', page.html, re.S)[1]
    return json.loads(html.unescape(text))["mcpServers"]["claviger"]


SNIPPETS = [("personal", {"expires_in_days": "30"}, "list_sources"), ("organization", {"permission": "read"}, "list_contacts"),
            ("provider", {"scopes": ["read"]}, "list_files"), ("machine", {"expires_in": "30d"}, "whoami"),
            ("space", {"scopes": ["read"], "expires_at": "2099-01-01"}, "list_tables")]


@pytest.mark.parametrize("kind, wish, tool", SNIPPETS, ids=[s[0] for s in SNIPPETS])
def test_the_snippet_of_each_kind_is_what_a_client_needs(admin, world, kind, wish, tool):
    """Its address is asked as it stands there, with the key in the place of the variable; a new machine has
    no sources yet, and so no tools for them."""
    if kind == "machine":
        page = admin.get(f"/settings/machines/new?org={world.ORG}")
        page.form().set(name="mcp " + secrets.token_hex(4), **wish)
        shown = admin.send(page)
    else:
        shown = make(admin, world.ORG, kind, name="mcp " + secrets.token_hex(4), **wish)
    said, token = snippet(shown), shown.value_of("token")
    assert said["type"] == "http"
    variable = re.search(r"\$\{(\w+)\}", said["headers"]["Authorization"])
    assert f'export {variable[1]}="…"' in shown.text
    headers = {"Authorization": said["headers"]["Authorization"].replace(variable[0], token),
               "Accept": "application/json, text/event-stream"}

    def ask(id, method, params):
        answer = httpx.post(said["url"], headers=headers,
                            json={"jsonrpc": "2.0", "id": id, "method": method, "params": params})
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    begun = ask(1, "initialize", {"protocolVersion": "2025-06-18", "capabilities": {},
                                  "clientInfo": {"name": "test", "version": "1"}})
    assert begun["protocolVersion"] == "2025-06-18" and begun["serverInfo"]
    headers["MCP-Protocol-Version"] = "2025-06-18"
    names = [t["name"] for t in ask(2, "tools/list", {})["tools"]]
    assert "whoami" in names and tool in names, (kind, names)
    # It stays to be read on the key's own page, which has no text of the key.
    listed = admin.get(shown.link("Done"))
    one = listed if kind == "machine" else admin.get(listed.link("mcp " + shown.text.partition("mcp ")[2].split()[0]))
    assert snippet(one) == said and token not in one.html


def test_it_is_closed_only_with_i_have_copied_it(member, world):
    text = make(member, world.ORG, "personal", name="to be copied").html
    assert re.search(r'<input type="checkbox" id="copied" class="gate">.*<p class="gated"><a [^>]*>Done</a>', text, re.S)


def test_seed_0_22_to_0_24_deleting_asks_first_and_is_at_once(member, world, api):
    token = make(member, world.ORG, "personal", name="to be deleted").value_of("token")
    page = member.get(address(world.ORG, "personal"))
    asked = member.get(page.link("Delete: to be deleted"))
    assert asked.headings[0][1] == "Delete this token?" and "to be deleted" in asked.text
    assert works(api, token) == 200
    listed = member.send(asked)
    assert "Deleted" in listed.notice and listed.row("to be deleted") is None
    assert works(api, token) == 401


def test_seed_0_29_where_personal_tokens_are_off_there_is_no_form(org, stack, world):
    browser = Browser(stack.web.base_url)
    browser.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
    form_before = browser.get(address(org.id, "personal", "/new"))
    # There is no mail server here, and so nothing that would remind anybody.
    assert "A personal token always expires." in form_before.text and "You get mail" not in form_before.text
    org.admin.must("PATCH", org.path + "/policy", {"personal_tokens_enabled": False})
    page = browser.get(address(org.id, "personal"))
    assert "does not allow personal tokens" in page.text
    assert not [1 for href, _ in page.links if "/new" in href]
    assert browser.get(address(org.id, "personal", "/new")).forms == []
    form_before.form().set(name="too late")
    assert browser.send(form_before).status == 403


def test_seed_2_7_to_2_25_a_key_of_the_organization(admin, member, world, api):
    assert member.get(address(world.ORG, "organization")).status == 403
    page = admin.get(address(world.ORG, "organization", "/new"))
    assert page.form().offered["permission"] == ["read", "write"]
    token = make(admin, world.ORG, "organization", name="Exporter", permission="write",
                 expires_at="2099-05-01").value_of("token")
    assert token.startswith("dk_") and works(api, token) == 200
    listed = admin.get(address(world.ORG, "organization"))
    row = listed.row("Exporter")
    assert row["Prefix"] == token[:7] + "…" and row["Permissions"] == "Write" and row["Status"] == "Active"
    assert row["Expires"].startswith("2099-05-01 23:59:59 UTC") and row["Last used"] and row["Created"]
    listed = admin.send(admin.get(listed.link("Revoke: Exporter")))
    assert listed.row("Exporter") is None and works(api, token) == 401
    assert admin.get(listed.link("Show revoked")).row("Exporter")["Status"] == "Revoked"


def test_seed_3_3_seed_3_28_a_new_key_and_its_end(member, world, api):
    page = member.get(member.get(address(world.ORG, "provider")).link("New key"))
    page.form().set(name="sync")
    token = member.send(page).value_of("token")
    listed = member.get(address(world.ORG, "provider"))
    asked = member.get(listed.link("Revoke: sync"))
    assert asked.headings[0][1] == "Revoke this key?" and works(api, token) == 200
    listed = member.send(asked)
    assert listed.row("sync") is None and works(api, token) == 401
    assert member.get(listed.link("Show revoked")).row("sync")["Status"] == "Revoked"


def test_seed_3_4_at_least_one_scope(member, world):
    page = member.get(address(world.ORG, "provider", "/new"))
    page.form().set(name="no scope", scopes=None)
    again = member.send(page)
    assert again.status == 422 and 'id="wrong-scopes"' in again.html and again.form().get("scopes") is None
    assert again.form().get("name") == "no scope"


def test_seed_3_18_to_3_21_restricted_to_a_folder_of_a_provider(member, world, api):
    page = member.get(address(world.ORG, "provider", "/new"))
    form = page.form()
    things = [v for n, v in form.values if n == "thing"]
    assert form.get("reach") == "all" and world.PROVIDER in things
    paths = ["/backups" if t == world.PROVIDER else "/" for t in things]
    form.set(name="only backups", scopes=["read", "write"], reach="some", pick=[world.PROVIDER], base_path=paths)
    token = member.send(page).value_of("token")
    me = api.using(token).get("/v1/self").json()
    assert me["key"]["restrictions"] == [{"provider": world.PROVIDER, "base_path": "/backups"}]
    row = member.get(address(world.ORG, "provider")).row("only backups")
    assert row["Restricted to"] == "Archive /backups" and row["Permissions"] == "Read, Write"
    assert row["Expires"] == "Never"


def test_some_with_none_chosen_is_refused_and_kept(member, world):
    page = member.get(address(world.ORG, "provider", "/new"))
    page.form().set(name="none", reach="some")
    again = member.send(page)
    assert again.status == 422 and 'id="wrong-restrictions"' in again.html and again.form().get("reach") == "some"
    things = [v for n, v in again.form().values if n == "thing"]
    again.form().set(pick=[things[0]], base_path=["../up"] * len(things))
    again = member.send(again)
    assert again.status == 422 and again.form().get("pick") == things[0]
    assert again.form().get("base_path") == "../up"
    assert again.html.count('aria-describedby="wrong-base_path"') == 1, "of the one that was chosen"


def test_seed_4_3_to_4_18_a_space_token_and_its_refresh(member, world, api):
    page = member.get(member.get(address(world.ORG, "space")).link("Create token"))
    form = page.form()
    assert form.offered["scopes"] == ["read", "write", "admin", "full"]
    assert {world.SPACE, world.BASE} <= {v for n, v in form.values if n == "thing"}
    form.set(name="weekly report", scopes=["read"], reach="some", pick=[world.SPACE], expires_at="2099-06-30")
    old = member.send(page).value_of("token")
    listed = member.get(address(world.ORG, "space"))
    row = listed.row("weekly report")
    assert row["Restricted to"] == "Plans" and row["Created"] and row["Last used"] and row["Expires"]
    asked = member.get(listed.link("Refresh: weekly report"))
    assert works(api, old) == 200
    shown = member.send(asked)
    new = shown.value_of("token")
    assert "old text does not work" in shown.text and (works(api, old), works(api, new)) == (401, 200)
    again = member.send(asked, follow=False)
    assert again.status == 303 and works(api, new) == 200


def test_x35_a_link_fills_the_form_in(admin, member, world):
    page = member.get(address(world.ORG, "provider", "/new") + "&name=A+%3Cb%3E&scopes=write&scopes=fly&reach=some"
                      f"&pick={world.PROVIDER}")
    form = page.form()
    assert "Look at all of it" in page.text and (form.get("name"), form.get("scopes")) == ("A <b>", "write")
    assert (form.get("reach"), form.get("pick")) == ("some", world.PROVIDER)
    # What the link does not say is as it always is.
    page = member.get(address(world.ORG, "personal", "/new") + "&expires_in_days=90")
    assert (page.form().get("name"), page.form().get("expires_in_days")) == ("", "90")
    assert "Look at all of it" not in member.get(address(world.ORG, "personal", "/new")).text
    # What no form would offer is not offered, what is no text is none, and no other form is filled in.
    page = member.get(address(world.ORG, "personal", "/new") + "&expires_in_days=9999&name=%ff%fe")
    assert page.status == 200 and (page.form().get("name"), page.form().get("expires_in_days")) == ("", "30")
    page = admin.get(f"/settings/organization?org={world.ORG}&name=Other&confirm=Other")
    assert "Other" not in page.html
    # Refused, it has what was sent, and not what the link says.
    page = member.get(address(world.ORG, "provider", "/new") + "&name=By+the+link")
    again = member.send(page, page.form().set(name="n" * 300))
    assert again.status == 422 and again.form().get("name") == "n" * 300


def test_no_page_shows_what_is_another_s(admin, member, world):
    for path in (f"{DASHES['personal']}/{world.PERSONAL_KEY}/delete", f"{DASHES['provider']}/{world.PROVIDER_KEY}/revoke",
                 f"{DASHES['space']}/{world.SPACE_KEY}/refresh"):
        assert member.get(path).status == 200
    foreign, absent = [member.get(f"{DASHES['personal']}/{key}/delete") for key in (world.OTHER_KEY, "key_none")]
    assert foreign.status == absent.status == 404
    assert member.get(f"{DASHES['personal']}?org={world.OTHER_ORG}").status == 404
    # Each kind has its own page.
    assert member.get(f"{DASHES['personal']}/{world.PROVIDER_KEY}/delete").status == 404


PROBE = "<\"'&>\u202e\u200b e\u0301 \U0001f511 {1} %s"


def test_names_show_as_themselves(member, world):
    shown = make(member, world.ORG, "personal", name=PROBE, description=PROBE)
    assert "<\"'" not in shown.html
    name = "<\"'&>\u202e\u200b \u00e9 \U0001f511 {1} %s"
    row = member.get(shown.link("Done")).row(name + " " + name)
    assert row is not None
    listed = member.get(address(world.ORG, "personal"))
    assert "<bdi" in listed.html and member.get(listed.link("Delete: " + name)).status == 200


def test_german(stack, world):
    browser = Browser(stack.web.base_url, "fr;q=0.9, de-AT;q=0.8, en;q=0.1")
    page = browser.log_in(world.MEMBER_EMAIL, world.MEMBER_PASSWORD)
    assert page.lang == "de" and page.headings[0][1] == "Zugriffstoken"
    assert page.headers["content-language"] == "de"
