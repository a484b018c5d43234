"""Lists of keys in pages: search, filters, orders, pages of a list; all keys of an organization and ending many;
the password that is asked for again before what cannot be undone."""

import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from api_kit import secret
from race_kit import Database, Gate
from test_ui_keys import works
from ui_kit import Browser, api, stack, world  # noqa: F401
from world import new_password


class Chief:
    """An admin of an organization of their own, in a browser."""

    def __init__(self, org, stack, db):
        self.email, self.password = f"{secrets.token_hex(6)}@test.example", secret(new_password())
        self.id = org.admin.must("POST", org.path + "/members", {
            "email": self.email, "name": "Chief", "role": "admin", "password": self.password})["id"]
        self.org, self.db = org, db
        self.browser = Browser(stack.web.base_url)
        self.browser.log_in(self.email, self.password)

    def get(self, path, **query):
        return self.browser.get(path + "?" + urlencode({"org": self.org.id, **query}, doseq=True))

    def look(self, page, form):
        """A form that only asks."""
        assert form.method == "get"
        return self.browser.get(form.action + "?" + urlencode(form.values))

    def later(self):
        """The log-in is a while ago."""
        with self.db.cursor() as cursor:
            assert cursor.execute("UPDATE session SET created_at = created_at - 3600, proven_at = 0 WHERE user_id = %s",
                                  (self.id,)) == 1


@pytest.fixture
def chief(org, stack, db):
    return Chief(org, stack, db)


def names(page):
    return [r["name"].split()[0] for r in page.rows if r.get("name")]


def test_keys_are_searched_filtered_and_sorted(chief, org):
    ids = {}
    for name in ("beta", "alpha", "gamma"):
        ids[name] = org.add_key("organization", name=name, permission="read", description=f"for {name}",
                                expires_at="2099-01-01" if name == "beta" else "2098-01-01")["id"]
    org.admin.must("DELETE", f"{org.path}/keys/{ids['gamma']}")
    path = "/developer/api-keys"
    assert names(chief.get(path, sort="name")) == ["alpha", "beta"]
    assert names(chief.get(path, sort="-name")) == ["beta", "alpha"]
    assert names(chief.get(path, sort="expires_at", state="active")) == ["alpha", "beta"]
    assert names(chief.get(path, state="revoked")) == ["gamma"]
    assert sorted(names(chief.get(path, state="all"))) == ["alpha", "beta", "gamma"]
    page = chief.get(path)
    page.form(path).set(search="FOR alp", sort="", state="")
    found = chief.look(page, page.form(path))
    assert names(found) == ["alpha"] and found.form(path).get("search") == "FOR alp"
    assert names(chief.browser.get(found.link("Show all"))) == names(page)
    nothing = chief.get(path, search="<nothing> & \"like\" this")
    assert "No key is like that" in nothing.text and nothing.form(path).get("search") == "<nothing> & \"like\" this"
    # Heads of columns lead to the other order, and keep what was searched for.
    sorted_up = chief.get(path, sort="name", search="a")
    assert 'aria-sort="ascending"' in sorted_up.html and names(sorted_up) == ["alpha", "beta"]
    down = chief.browser.get(next(h for h, text in sorted_up.links if text == "Name"))
    assert 'aria-sort="descending"' in down.html and names(down) == ["beta", "alpha"]
    assert down.form(path).get("search") == "a"


def test_long_lists_are_read_piece_by_piece(chief, org):
    for n in range(5):
        org.add_key("organization", name=f"n{n}", permission="read")
    first = chief.get("/developer/api-keys", sort="-name", limit=2)
    assert names(first) == ["n4", "n3"]
    second = chief.browser.get(first.link("Next page"))
    assert names(second) == ["n2", "n1", "n0"] and not [h for h, text in second.links if text == "Next page"]
    assert names(chief.browser.get(second.link("First page"))) == ["n4", "n3", "n2", "n1", "n0"]
    # A cursor of another order is none.
    cursor = re.search(r"cursor=([^&]+)", first.link("Next page"))[1]
    assert chief.get("/developer/api-keys", sort="name", cursor=cursor).status == 400


@pytest.mark.parametrize("wish, language, said", [
    ({"expires_before": "soon"}, "en", "Enter a date"), ({"sort": "size"}, "en", "Choose"),
    ({"state": "asleep"}, "de", "Wählen"), ({"search": "x" * 101}, "de", "höchstens 100")])
def test_what_nobody_can_ask_for_is_told(chief, wish, language, said):
    chief.browser.client.headers["Accept-Language"] = language
    page = chief.get("/settings/keys", **wish)
    assert page.status == 422 and said in page.trouble and page.form("/settings/keys")


def test_all_keys_of_an_organization(chief, org):
    org.add_key("personal", name="mine", expires_in_days=30)
    org.add_key("provider", name="files", scopes=["read"])
    org.add_machine(name="builder")
    page = chief.get("/settings/keys")
    kinds = {r["name"].split()[0]: r["Kind"] for r in page.rows if r.get("name")}
    assert kinds == {"mine": "Personal token", "files": "Provider key", "builder": "Machine key"}
    assert {"mine", "files"} <= set(names(chief.get("/settings/keys", never_used="true")))
    assert names(chief.get("/settings/keys", kind="provider")) == ["files"]
    assert names(chief.get("/settings/keys", owner=chief.id)) == []
    # A machine's key is not to be ended here.
    assert page.html.count('name="ids"') == 2
    assert chief.browser.get(page.link("builder")).headings[0][1] == "builder"
    assert chief.browser.get(page.link("mine")).headings[0][1] == "mine"


def test_chosen_keys_are_revoked(chief, org, api):
    made = [org.add_key("personal", name=f"p{n}", expires_in_days=30) for n in range(3)]
    page = chief.get("/settings/keys")
    page.form("/revoke").set(ids=[made[0]["id"], made[2]["id"]])
    asked = chief.look(page, page.form("/revoke"))
    assert names(asked) == ["p0", "p2"] and "Keys: 2" in asked.text
    assert [works(api, m["token"]) for m in made] == [200] * 3
    done = chief.browser.send(asked, asked.form("/revoke"))
    assert "Revoked" in done.notice and names(done) == ["p1"]
    assert [works(api, m["token"]) for m in made] == [401, 200, 401]
    # The same form again ends nothing more, and nothing is asked about what is gone.
    assert "Revoked" in chief.browser.send(asked, asked.form("/revoke")).notice
    assert "nothing to revoke" in chief.browser.get(asked.url).text


def test_all_that_match_are_revoked(chief, org, api):
    kept = org.add_key("personal", name="kept", expires_in_days=365)
    ended = [org.add_key("personal", name=f"temporary {n}", expires_in_days=30) for n in range(3)]
    machine = org.add_machine(name="temporary machine")
    assert not [1 for _, text in chief.get("/settings/keys").links if "all that match" in text]
    page = chief.get("/settings/keys", search="temporary")
    asked = chief.browser.get(page.link("all that match"))
    assert "Keys: 3" in asked.text and len(names(asked)) == 3
    assert asked.form("/revoke").get("search") == "temporary"
    assert "Revoked" in chief.browser.send(asked, asked.form("/revoke")).notice
    assert [works(api, m["token"]) for m in ended] == [401] * 3
    assert works(api, kept["token"]) == works(api, machine["token"]) == 200


def test_nothing_is_revoked_without_choosing(chief, org, api):
    made = org.add_key("personal", name="stays", expires_in_days=30)
    page = chief.get("/settings/keys/revoke")
    assert page.status == 200 and "nothing to revoke" in page.text
    csrf = chief.get("/settings/organization").form().get("csrf")
    answer = chief.browser.post(f"/settings/keys/revoke?org={org.id}", [("csrf", csrf)])
    assert answer.status == 422 and works(api, made["token"]) == 200


def test_keys_of_one_person(chief, org):
    member, member_id = org.add_member(name="Second")
    member.must("POST", org.path + "/keys", {"kind": "personal", "name": "theirs", "expires_in_days": 30})
    org.add_key("personal", name="mine", expires_in_days=30)
    page = chief.browser.get(chief.get(f"/settings/members/{member_id}").link("Keys of this person"))
    assert names(page) == ["theirs"] and page.form("/settings/keys").get("owner") == member_id
    asked = chief.browser.get(page.link("all that match"))
    assert names(asked) == ["theirs"] and asked.form("/revoke").get("owner") == member_id
    assert not [1 for _, text in chief.get("/settings/keys", kind="machine").links if "all that match" in text]


def test_ids_that_are_none_choose_nothing(chief, org):
    made = org.add_key("personal", name="stays", expires_in_days=30)
    page = chief.get("/settings/keys/revoke", ids=["key_none", "' OR 1=1", "\x00", "\ud83d".encode("utf-16", "surrogatepass")])
    assert page.status == 200 and "nothing to revoke" in page.text
    both = chief.get("/settings/keys/revoke", ids=[made["id"], "key_none", made["id"]])
    assert set(names(both)) == {"stays"}


# --- the password, again ---

def test_the_password_is_asked_for_again(chief, org, api):
    made = org.add_key("personal", name="old", expires_in_days=30)
    chief.later()
    asked = chief.get("/settings/keys/revoke", ids=made["id"])
    form = asked.form("/revoke")
    assert "proof" in form.names()
    for proof, said in (("", "fill this in"), ("not my password at all", "not the password")):
        form.set(proof=proof)
        again = chief.browser.send(asked, form)
        assert again.status == 422 and said in again.trouble and 'id="wrong-proof"' in again.html
        assert works(api, made["token"]) == 200 and names(again) == ["old"]
    form.set(proof=chief.password)
    assert "Revoked" in chief.browser.send(asked, form).notice and works(api, made["token"]) == 401
    # For a while it is not asked for any more.
    assert "proof" not in chief.get("/settings/keys/revoke", ids=made["id"]).html.replace("proof-", "")
    assert "proof" not in chief.get("/settings/organization").form("/delete").names()


def test_it_is_verified_while_nobody_has_to_wait_for_that(chief, org, api, stack):
    """Argon2id runs before the organization's row is locked, and what it found must be so still when it is."""
    made, other = (org.add_key("personal", name=name, expires_in_days=30) for name in ("first", "second"))
    chief.later()
    asked = chief.get("/settings/keys/revoke", ids=made["id"])
    form = asked.form("/revoke")
    with ThreadPoolExecutor(1) as one, Gate(Database(stack), "organization", org.id) as gate:
        # Whoever needs the row for it would wait longer than the browser does.
        form.set(proof="not my password at all")
        again = chief.browser.send(asked, form)
        assert again.status == 422 and "not the password" in again.trouble
        form.set(proof=chief.password)
        sent = one.submit(chief.browser.send, asked, form)
        gate.arrived(1, sent)
        with chief.db.cursor() as cursor:
            cursor.execute("SELECT password_hash FROM user WHERE id = %s", (chief.id,))
            was, = cursor.fetchone().values()
            cursor.execute("UPDATE user SET password_hash = CONCAT(password_hash, 'x') WHERE id = %s", (chief.id,))
        gate.open()
        assert sent.result().status == 409 and works(api, made["token"]) == 200
    with chief.db.cursor() as cursor:
        cursor.execute("SELECT proven_at FROM session WHERE user_id = %s", (chief.id,))
        assert list(cursor.fetchone().values()) == [0], "nothing was shown"
        cursor.execute("UPDATE user SET password_hash = %s WHERE id = %s", (was, chief.id))
    assert "Revoked" in chief.browser.send(asked, form).notice and works(api, made["token"]) == 401
    assert works(api, other["token"]) == 200


def test_the_api_asks_a_browser_for_it_as_well(chief, org, api):
    """By the cookie that pages have; keys, and a session's text in the header, are not asked."""
    machine, team = org.add_machine()["machine"]["id"], org.admin.must("POST", org.path + "/teams", {"name": "t"})["id"]
    spaces, bases = [], []
    for _ in range(3):
        spaces.append(org.add_resource("space"))
        bases.append(org.add_resource("base", parent=spaces[-1]))
    _, member = org.add_member()
    client = chief.browser.client
    csrf = client.get("/v1/self").json()["csrf"]

    def ask(method, path, body=None):
        return client.request(method, path, json=body, headers={"Origin": chief.browser.base_url, "X-CSRF-Token": csrf,
                                                               "x-workspace-id": org.id, "Accept": "application/json"})

    tries = [("DELETE", f"{org.path}/members/{member}", None), ("DELETE", f"{org.path}/teams/{team}", None),
             ("DELETE", f"{org.path}/machines/{machine}", None), ("DELETE", f"{org.path}/resources/{spaces[0]}", None),
             ("DELETE", f"/api/base/{bases[1]}", None), ("DELETE", f"/api/space/{spaces[1]}", None),
             ("POST", f"{org.path}/keys/revoke", {"search": "no key", "owner": "all"}), ("DELETE", org.path, None)]
    chief.later()
    for method, path, body in tries:
        answer = ask(method, path, body)
        assert answer.status_code == 403 and "/v1/session/proof" in answer.text, (path, answer.text)
        assert path.startswith("/api/") or answer.json()["code"] == "proof_needed"
    assert ask("POST", tries[6][1], {"search": "no key", "dry_run": True}).status_code == 200, "that only looks"
    disconnect = {"query": 'mutation { disconnectProvider(id: "%s") }' % spaces[2]}
    assert "/v1/session/proof" in ask("POST", "/graphql", disconnect).text
    with_text = api.log_in(chief.email, chief.password)
    with chief.db.cursor() as cursor:
        cursor.execute("UPDATE session SET created_at = created_at - 3600 WHERE user_id = %s", (chief.id,))
    assert with_text.delete(f"{org.path}/resources/{spaces[2]}").status_code == 204
    for body, field in (({}, "password"), ({"password": "not my password at all"}, "password")):
        answer = ask("POST", "/v1/session/proof", body)
        assert answer.status_code == 422 and answer.json()["field"] == field, answer.text
    assert ask(*tries[0]).status_code == 403
    assert ask("POST", "/v1/session/proof", {"password": chief.password}).status_code == 204
    for method, path, body in tries:
        assert ask(method, path, body).is_success, path


def test_it_is_asked_for_before_all_that_cannot_be_undone(chief, org):
    machine, team = org.add_machine(name="m"), org.admin.must("POST", org.path + "/teams", {"name": "t"})
    space, (_, member) = org.add_resource("space", name="s"), org.add_member()
    pages = {f"/settings/machines/{machine['machine']['id']}/settings": "m", f"/settings/teams/{team['id']}": None,
             f"/settings/resources/{space}/settings": "s", f"/settings/members/{member}": None,
             "/settings/organization": org.admin.must("GET", org.path)["name"]}
    chief.later()
    for path, name in pages.items():
        page = chief.get(path)
        form = page.form("/remove?" if "members" in path else "/delete")
        assert "proof" in form.names(), path
        if name:
            form.set(confirm=name)
        form.set(proof="this is wrong, too")
        again = chief.browser.send(page, form)
        assert again.status == 422 and 'id="wrong-proof"' in again.html, path
        with chief.db.cursor() as cursor:
            cursor.execute("UPDATE session SET proven_at = 0 WHERE user_id = %s", (chief.id,))
        form.set(proof=chief.password)
        done = chief.browser.send(page, form)
        assert done.status == 200 and done.notice, (path, done.text)
        chief.later()


# --- people, teams, machines and resources ---

def add_many(org, n=9):
    """More than are seen at a glance: with a team, a machine, a source and a grant for each."""
    made = []
    for i in range(n):
        name = ("Élodie %d%%", "Bob %d_")[i % 2] % i
        team = org.admin.must("POST", org.path + "/teams", {"name": name})["id"]
        user = org.admin.must("POST", org.path + "/members", {
            "email": f"{secrets.token_hex(5)}@{'one' if i % 2 else 'other'}.example", "name": name, "role": "member"})["id"]
        machine = org.add_machine(name=name, description=f"runs {i}")["machine"]["id"]
        made.append((team, user, machine, org.add_resource("space", name)))
    return made


@pytest.mark.parametrize("path", ["members", "teams", "machines", "resources"])
def test_people_teams_machines_and_resources_are_searched(chief, org, path):
    add_many(org)
    page = chief.get("/settings/" + path)
    form = page.form("/settings/" + path) if path == "resources" else next(f for f in page.forms if f.method == "get")
    form.set(search="ELODIE")
    found = chief.look(page, form)
    assert len(names(found)) == 5 and set(names(found)) == {"Élodie"}
    assert next(f for f in found.forms if f.method == "get").get("search") == "ELODIE"
    assert len(names(chief.browser.get(found.link("Show all")))) >= 9
    # What stands for anything in patterns stands for itself.
    assert [n["name"].split()[1] for n in chief.get("/settings/" + path, search="3_").rows if n.get("name")] == ["3_"]
    assert "Nothing is like that" in chief.get("/settings/" + path, search="<none> & nowhere").text
    # Piece by piece, what is looked for stays.
    first = chief.get("/settings/" + path, search="bob", limit=3)
    second = chief.browser.get(first.link("Next page"))
    assert len(names(first)) == 3 and names(second) == ["Bob"]
    assert names(chief.browser.get(second.link("First page")))[0] == "Bob"
    wrong = chief.get("/settings/" + path, search="x" * 101)
    assert wrong.status == 422 and "1 to 100 characters" in wrong.trouble and len(names(wrong)) >= 9
    api_path = f"{org.path}/{path}"
    assert len(org.admin.must("GET", api_path + "?search=%C3%A9lodie")["items"]) == 5
    assert org.admin.get(api_path + "?search=" + "x" * 101).status_code == 422


def walked(page, browser, link="Next page"):
    """All rows, from one page of the list to the next."""
    rows = [r["name"] for r in page.rows if r.get("name")]
    while [h for h, text in page.links if text == link]:
        page = browser.get(page.link(link))
        assert page.status == 200 and page.rows
        rows += [r["name"] for r in page.rows if r.get("name")]
    return rows


@pytest.mark.parametrize("path, heads", [("members", {"Name": "name", "Role": "role", "Joined": "joined_at"}),
                                         ("teams", {"Name": "name", "Created": "created_at"}),
                                         ("machines", {"Name": "name", "Last used": "last_used_at", "Expires": "expires_at"}),
                                         ("resources", {"Name": "name", "Created": "created_at"})])
def test_they_are_sorted_by_the_heads_of_columns(chief, org, db, path, heads):
    made = add_many(org, 5)
    org.admin.must("PATCH", f"{org.path}/members/{made[3][1]}", {"role": "admin"})
    with db.cursor() as cursor:
        for n, (_, _, machine, _) in enumerate(made):
            cursor.execute("UPDATE api_key SET expires_at = %s, last_used_at = %s WHERE machine_id = %s",
                           (None if n == 1 else 2000000000 + n * 7 % 5, 1700000000 + n if n % 2 else None, machine))
    first = chief.get("/settings/" + path)
    whole = {}
    for head, word in heads.items():
        up = chief.browser.get(next(h for h, text in first.links if text == head))
        if f"sort=-{word}" in up.url:  # it was this order
            up = chief.browser.get(next(h for h, text in up.links if text == head))
        assert f"sort={word}" in up.url and up.html.count("aria-sort") == 1, head
        down = chief.browser.get(next(h for h, text in up.links if text == head))
        assert f"sort=-{word}" in down.url and 'aria-sort="descending"' in down.html
        whole[word] = names_up, names_down = walked(up, chief.browser), walked(down, chief.browser)
        assert names_up == names_down[::-1] and len(set(names_up)) == len(names_up) >= 3, (head, names_up, names_down)
        # The order holds over the pages of the list, and of the API.
        for sort, rows in ((word, names_up), ("-" + word, names_down)):
            pieces = chief.get("/settings/" + path, sort=sort, limit=2)
            assert walked(pieces, chief.browser) == rows, sort
            found, cursor = [], ""
            while cursor is not None:
                answer = org.admin.must("GET", f"{org.path}/{path}?limit=2&sort={sort}{cursor}")
                found += [item["name"] for item in answer["items"]]
                cursor = answer["next"] and "&cursor=" + answer["next"]
            assert len(found) == len(rows) and all(r.startswith(n) for r, n in zip(rows, found)), (sort, rows, found)
    made_up = [n.split()[0] for n in whole["name"][0] if n.startswith(("Bob", "Élodie"))]
    assert made_up == ["Bob"] * 2 + ["Élodie"] * 3, "as people sort"
    if path == "members":
        admins = [row.startswith(("Bob 3_", "Chief")) for row in whole["role"][0]]
        assert admins.count(True) == 2 and not any(admins[-4:]), whole["role"][0]
    if path == "machines":
        assert whole["expires_at"][0][-1].startswith("Bob 1_"), "what never ends is last"
        assert [n.split()[1] for n in whole["last_used_at"][0][-2:]] == ["1_", "3_"], "what was never used is first"


def test_an_order_that_is_none_is_told_and_a_cursor_is_of_one_order(chief, org):
    add_many(org, 3)
    for path in ("members", "teams", "machines", "resources"):
        page = chief.get("/settings/" + path, sort="size")
        assert page.status == 422 and page.trouble and len(names(page)) >= 3, path
        refused = org.admin.get(f"{org.path}/{path}?sort=size")
        assert refused.status_code == 422 and refused.json()["field"] == "sort", refused.text
        cursor = org.admin.must("GET", f"{org.path}/{path}?sort=name&limit=1")["next"]
        for other in ("", "&sort=-name"):
            assert org.admin.get(f"{org.path}/{path}?cursor={cursor}{other}").json()["code"] == "bad_cursor"
        # Where no heads are shown, it is chosen beside the search, which keeps it.
        found = chief.get("/settings/" + path, search="o", sort="-name")
        form = next(f for f in found.forms if f.method == "get")
        assert form.get("sort") == "-name" and {"name", "-name"} <= set(form.offered["sort"])
        assert "sort=-name" in chief.look(found, form.set(search="x")).url


def test_people_are_found_by_their_address(chief, org):
    add_many(org)
    assert len(names(chief.get("/settings/members", search="@one.example"))) == 4


def test_who_is_in_a_team_and_has_a_role_is_read_piece_by_piece_and_searched(chief, org):
    made = add_many(org)
    team, space, machine = made[0][0], made[0][3], made[0][2]
    for other_team, user, other, _ in made:
        org.admin.must("PUT", f"{org.path}/teams/{team}/members/{user}")
        org.grant(space, user, "member")
        org.admin.must("PUT", f"{org.path}/teams/{other_team}/members/{machine}")
    for path in (f"/settings/teams/{team}", f"/settings/resources/{space}", f"/settings/machines/{machine}/teams"):
        first = chief.get(path, limit=5)
        second = chief.browser.get(first.link("Next page"))
        third = names(chief.browser.get(second.link("First page")))
        assert len(names(first)) == 5 and len(names(second)) in (4, 5) and third, path
        if "machines" not in path:
            found = chief.get(path, search="bob")
            assert set(names(found)) == {"Bob"} and len(names(found)) == 4


# --- choosing one of many ---

def add_hundreds(org, db, admin):
    """More than are offered, and one at the end of each; the ids of these."""
    made = {}
    with db.cursor() as cursor:
        for what, prefix, columns, values in (
                ("team", "tem_", "name_key", "CONCAT('many ', seq)"),
                ("resource", "res_", "type, created_by", "'source', 'usr_x'"),
                ("resource", "rep_", "type, created_by", "'provider', 'usr_x'"),
                ("resource", "spc", "type, created_by", "'space', 'usr_x'"),
                ("user", "usr_", "email", "CONCAT(SUBSTRING(%s, 5, 9), seq, '@many.example')")):
            of_org = "" if what == "user" else "org_id, "
            cursor.execute(f"INSERT INTO {what} ({of_org}id, name, created_at, {columns}) "
                           f"SELECT {'%s, ' if of_org else ''}CONCAT('{prefix}', SUBSTRING(%s, 5, 9), LPAD(seq, 7, '0')), "
                           f"IF(seq = 205, 'The Needle', CONCAT('Many ', seq)), 1700000000 + seq, {values} FROM seq_1_to_205",
                           (org.id,) * 2)
            made[prefix] = f"{prefix}{org.id[4:13]}0000205"
        cursor.execute("INSERT INTO membership (org_id, id, user_id, role, joined_at, sort_name) SELECT %s, "
                       "CONCAT('mem_', SUBSTRING(id, 5)), id, 'member', created_at, name FROM user WHERE id LIKE %s",
                       (org.id, f"usr_{org.id[4:13]}%"))
    return made


def look_for(browser, page, form, text):
    """The button beside the field."""
    form.set(find=text)
    form.values.append(("look", "on"))
    shown = browser.send(page, form, follow=False)
    assert shown.status == 200 and not shown.trouble and not shown.notice and shown.ids >= {"find", "hint-find"}
    return shown, next(f for f in shown.forms if (f.action, f.method) == (form.action, "post"))


def test_who_is_not_offered_is_looked_for(chief, org, db):
    made = add_hundreds(org, db, chief)
    machine, space = org.add_machine()["machine"]["id"], org.add_resource("space")
    team = org.admin.must("POST", org.path + "/teams", {"name": "t"})["id"]
    for path, field, needle in ((f"/settings/machines/{machine}/sources", "resource", made["res_"]),
                                (f"/settings/machines/{machine}/teams", "team", made["tem_"]),
                                (f"/settings/teams/{team}", "subject", made["usr_"]),
                                (f"/settings/resources/{space}", "subject", made["tem_"])):
        page = chief.get(path)
        form = next(f for f in page.forms if field in f.offered)
        assert needle not in form.offered[field] and "Only the first ones" in page.text, path
        if "role" in form.offered:
            form.set(role="admin")
        none, form = look_for(chief.browser, page, form, "nothing is called so")
        assert "Nothing else has that" in none.text, path
        shown, form = look_for(chief.browser, none, form, "NEEDLE")
        assert needle in form.offered[field] and len(form.offered[field]) <= 4 and "These have it" in shown.text
        assert form.get("role") in (None, "admin") and form.get("find") == "NEEDLE", "what was chosen stays"
        long, form = look_for(chief.browser, shown, form, "x" * 101)
        assert needle not in form.offered[field] and "1 to 100" in long.text
        shown, form = look_for(chief.browser, long, form, "needle")
        done = chief.browser.send(shown, form.set(**{field: needle}))
        assert done.notice and "The Needle" in " ".join(r.get("name", "") for r in done.rows), path


@pytest.mark.parametrize("path, prefix", [("/settings/access-tokens", "spc"), ("/settings/api-keys", "rep_")])
def test_what_a_new_key_reaches_is_looked_for(chief, org, db, path, prefix):
    made = add_hundreds(org, db, chief)
    first, needle = made[prefix].replace("205", "001"), made[prefix]
    below = org.add_resource("base", parent=needle) if prefix == "spc" else None
    page = chief.get(path + "/new")
    form = page.form(path)
    assert first in form.offered["pick"] and needle not in form.offered["pick"] and "Only the first ones" in page.text
    form.set(name="Reaches two", description="typed", reach="some", pick=[first], scopes=["read"], expires_at="2099-01-01")
    shown, form = look_for(chief.browser, page, form, "needle")
    assert set(form.offered["pick"]) == {first, needle} | ({below} if below else set()), "and what was picked before"
    assert [form.get(n) for n in ("name", "description", "reach", "pick")] == ["Reaches two", "typed", "some", first]
    if below:
        with db.cursor() as cursor:
            cursor.execute("UPDATE resource SET name = 'Haystack' WHERE id = %s", (below,))
        hay, other = look_for(chief.browser, shown, form, "haystack")
        assert set(other.offered["pick"]) == {first, below} and "The Needle" in hay.text, "a base by its own name"
        shown, form = look_for(chief.browser, hay, other, "needle")
    again, form = look_for(chief.browser, shown, form.set(pick=[first, needle]), "")
    assert len(form.offered["pick"]) == 200 and [v for n, v in form.values if n == "pick"] == [first, needle]
    assert not names(chief.get(path)), "looking makes no key"
    done = chief.browser.send(again, form)
    assert done.value_of("token"), done.text
    row = chief.get(path).row("Reaches two typed")
    assert "Many 1" in str(row) and "The Needle" in str(row)


def test_people_and_places_of_questions_are_looked_for(chief, org, db):
    made = add_hundreds(org, db, chief)
    audit = chief.get("/settings/audit", find="needle", actor=chief.id)
    form = audit.form("/settings/audit")
    assert set(form.offered["actor"]) == {"", made["usr_"], chief.id} and form.get("actor") == chief.id
    assert ">Chief</option>" in audit.html and "Only the first" in chief.get("/settings/audit").text
    key = org.add_key("organization", name="asked about", permission="read")["id"]
    asked = chief.get(f"/developer/api-keys/{key}", find="needle", look="on", action="read", resource=made["spc"])
    form = next(f for f in asked.forms if "find" in f.names())
    assert {made["spc"], made["res_"], made["rep_"]} < set(form.offered["resource"]) and len(form.offered["resource"]) == 4
    assert form.get("resource") == made["spc"] and "verdict" not in asked.ids, "looking is no question yet"
    other = chief.get(f"/developer/api-keys/{key}", find="nothing like that", action="read", resource=made["spc"])
    assert "verdict" in other.ids and form.offered["resource"][1] and "The Needle" in other.html


def test_many_organizations_are_read_piece_by_piece(chief, api):
    session = api.log_in(chief.email, chief.password)
    for n in range(4):
        session.must("POST", "/v1/organizations", {"name": f"Org {n}"})
    first = chief.get("/settings/organizations", limit=3)
    second = chief.browser.get(first.link("Next page"))
    assert (len(names(first)), len(names(second))) == (3, 2)
    assert len(names(chief.browser.get(second.link("First page")))) == 5
    assert len(names(chief.get("/settings/organizations", **{"from": "nonsense"}))) == 5
