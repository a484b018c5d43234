"""Making keys of every kind: what each kind takes, what it refuses, and what is shown (API.md section 3)."""

import binascii
import datetime
import re
import string
import unicodedata

import pytest

from api_kit import (ABSENT, abroad, ask, base_url, check_schema, home, is_refused, openapi,  # noqa: F401
                     without_request_id)
from world import Client

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
WISHES = {
    "personal": {"expires_in_days": 30},
    "organization": {"permission": "read"},
    "provider": {"scopes": ["read"]},
    "space": {"scopes": ["read"], "expires_at": "2099-12-31"},
}
MADE = list(WISHES)


def wish_of(kind, **more):
    wish = {"kind": kind, "name": "a key", **WISHES[kind], **more}
    return {name: value for name, value in wish.items() if value is not ...}


def make(client, place, wish):
    return Client(client.base_url, client.token).ask("POST", place.path + "/keys", wish)


def refused(place, wish, status, code, field=None, by=None):
    is_refused(make(by or place.admin, place, wish), status, code, field, what=str(wish))


def moment(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")


# --- the text ---

def checksum(text):
    """CRC-32 as six base62 digits."""
    value, digits = binascii.crc32(text.encode()), ""
    for _ in range(6):
        value, digit = divmod(value, 62)
        digits = BASE62[digit] + digits
    return digits


@pytest.mark.parametrize("kind, prefix, shown", [("personal", "drvp_", 11), ("machine", "drvm_", 11),
                                                 ("organization", "dk_", 7), ("space", "dnt_", 10)])
def test_seed_0_12_seed_1_9_seed_2_15_texts_with_a_checksum(home, kind, prefix, shown):
    token = home.tokens[kind]
    assert re.fullmatch(prefix + "[0-9A-Za-z]{49}", token)
    assert token[-6:] == checksum(token[:-6])
    key = home.admin.must("GET", f"{home.path}/keys/{home.keys[kind]}")
    assert key["prefix"] == token[:shown]


def test_seed_3_6_seed_3_7_provider_keys_are_40_hex_digits(home):
    token = home.tokens["provider"]
    assert re.fullmatch("drv_[0-9a-f]{40}", token)
    assert home.admin.must("GET", f"{home.path}/keys/{home.keys['provider']}")["prefix"] == token[:12]


@pytest.mark.parametrize("kind", MADE)
def test_seed_0_9_seed_2_12_seed_2_16_seed_3_5_seed_4_8_the_text_is_shown_once(home, db, openapi, kind):
    made = make(home.admin, home, wish_of(kind, name=f"once {kind}", description="why")).json()
    check_schema(openapi, {"$ref": "#/components/schemas/MintedKey"}, made)
    token = made.pop("token")
    path = f"{home.path}/keys/{made['id']}"
    seen = home.admin.get(path)
    assert seen.json() == made
    answers = [seen.text, home.admin.get(home.path + "/keys?limit=200").text, home.admin.get(home.path + "/audit").text,
               home.admin.patch(path, json={"description": "x"}).text]
    for text in answers:
        assert token not in text and token[len(made["prefix"]):][:12] not in text
    with db.cursor() as cursor:
        cursor.execute("SELECT * FROM api_key WHERE id = %s", (made["id"],))
        row = cursor.fetchone()
    # 2.14: what is stored is an Argon2id hash, a keyed digest and the prefix.
    assert row["secret_hash"].startswith("$argon2id$v=19$m=64,t=1,p=1$") and len(row["lookup"]) == 16
    assert not any(token[12:] in str(value) for value in row.values())
    home.admin.must("DELETE", path)


# --- the words of each kind ---

def test_kinds_that_are_none(home):
    for kind in ("", "Personal", "all", "session", None):
        refused(home, {"kind": kind, "name": "x"}, 422, "bad_field", "kind")
    refused(home, {"name": "x"}, 422, "missing_field", "kind")
    refused(home, {"kind": "machine", "name": "x", "expires_in_days": 30}, 422, "bad_field", "kind")


@pytest.mark.parametrize("kind", MADE)
def test_members_of_other_kinds_do_not_pass_unheard(home, kind):
    for name, value in (("permission", "read"), ("scopes", ["read"]), ("expires_in_days", 30),
                        ("expires_at", "2099-01-01"), ("restrictions", [{"provider": home.provider}])):
        belongs = {"permission": ("organization",), "scopes": ("provider", "space"), "expires_in_days": ("personal",),
                   "expires_at": ("organization", "provider", "space"), "restrictions": ("provider",)}[name]
        if kind not in belongs:
            refused(home, wish_of(kind, **{name: value}), 422, "bad_field", name)
    refused(home, wish_of(kind, expires_in="30d"), 422, "unknown_field", "expires_in")


@pytest.mark.parametrize("days", [30, 90, 180, 365])
def test_seed_0_5_seed_0_7_personal_tokens_end_after_days(home, days):
    made = home.admin.must("POST", home.path + "/keys", wish_of("personal", name=f"{days}", expires_in_days=days))
    assert moment(made["expires_at"]) - moment(made["created_at"]) == datetime.timedelta(days=days)
    assert made["scopes"] == ["read", "write", "admin"] and made["restrictions"] is None
    assert (made["owner"], made["created_by"]) == (home.admin.must("GET", "/v1/self")["id"],) * 2


@pytest.mark.parametrize("days", [0, 1, 29, 31, 366, -30, 3650, 2**62, None])
def test_seed_0_7_seed_0_17_no_other_days_and_never_for_ever(home, days):
    refused(home, wish_of("personal", expires_in_days=days), 422, "bad_field", "expires_in_days")


def test_seed_0_17_personal_tokens_always_end(home):
    refused(home, wish_of("personal", expires_in_days=...), 422, "missing_field", "expires_in_days")


def test_seed_0_6_name_unique_among_own_tokens(org):
    """c11: trimmed, in NFC, whatever the case; expired ones count, deleted ones do not, others' neither."""
    member, _ = org.add_member()
    first = org.add_key("personal", name="Caf\u00e9", expires_in_days=30)
    for name in ("Caf\u00e9", " Caf\u00e9\t", "CAF\u00c9", unicodedata.normalize("NFD", "caf\u00e9")):
        refused(org, wish_of("personal", name=name), 409, "taken", "name")
    org.add_key("personal", by=member, name="Caf\u00e9", expires_in_days=30)
    other = org.add_key("personal", name="other", expires_in_days=30)
    answer = Client(org.api.base_url, org.admin.token).ask("PATCH", f"{org.path}/keys/{other['id']}", {"name": "CAF\u00c9"})
    is_refused(answer, 409, "taken", "name")
    org.admin.must("DELETE", f"{org.path}/keys/{first['id']}")
    org.add_key("personal", name="Caf\u00e9", expires_in_days=30)


def test_seed_0_6_an_expired_token_keeps_its_name(org, db):
    key = org.add_key("personal", name="old", expires_in_days=30)
    with db.cursor() as cursor:
        cursor.execute("UPDATE api_key SET expires_at = UNIX_TIMESTAMP() WHERE id = %s", (key["id"],))
    refused(org, wish_of("personal", name="old"), 409, "taken", "name")


@pytest.mark.parametrize("kind", ["organization", "provider", "space"])
def test_other_kinds_may_share_a_name(org, kind):
    """And 2.27: a replacement can be made first."""
    keys = [org.add_key(kind, name="same", **WISHES[kind]) for _ in range(2)]
    assert keys[0]["id"] != keys[1]["id"]
    for key in keys:
        assert ask(org.api.base_url, "GET", "/v1/self", key["token"]).status == 200


# --- permission and scopes ---

def test_seed_2_3_seed_2_9_permission_of_organization_keys(home):
    for permission in ("read", "write"):
        made = home.admin.must("POST", home.path + "/keys", wish_of("organization", permission=permission))
        assert made["permission"] == permission and made["scopes"] == [permission]
        assert made["owner"] == home.id
    for permission in ("admin", "full", "", "Read", None):
        refused(home, wish_of("organization", permission=permission), 422, "bad_field", "permission")
    refused(home, wish_of("organization", permission=...), 422, "missing_field", "permission")


def test_seed_2_1_organization_keys_are_made_by_admins_and_outlive_them(base_url, org):
    refused(org, wish_of("organization"), 403, "role", by=org.add_member()[0])
    second, user = org.add_member(role="admin")
    key = org.add_key("organization", by=second, permission="write")
    org.admin.must("DELETE", f"{org.path}/members/{user}")
    assert ask(base_url, "GET", "/v1/self", key["token"]).status == 200
    assert org.admin.must("GET", f"{org.path}/keys/{key['id']}")["created_by"] == user


@pytest.mark.parametrize("kind, scopes", [
    ("provider", ["read"]), ("provider", ["write"]), ("provider", ["admin"]), ("provider", ["write", "read", "admin"]),
    ("space", ["full"]), ("space", ["read"]), ("space", ["write"]), ("space", ["admin"]), ("space", ["write", "read"]),
    ("space", ["full", "read"])])
def test_seed_3_16_seed_4_5_sets_of_scopes(home, kind, scopes):
    made = home.admin.must("POST", home.path + "/keys", wish_of(kind, scopes=scopes))
    assert sorted(made["scopes"]) == sorted(scopes)


@pytest.mark.parametrize("kind", ["provider", "space"])
def test_seed_3_4_at_least_one_scope_and_none_twice(home, kind):
    unknown = {"provider": ["full", "files", "READ", ""], "space": ["files", "READ", "", "record|read"]}[kind]
    for scopes in ([], None, ["read", "read"], ["read", "write", "read"], *[[s] for s in unknown],
                   ["read", unknown[0]], ["read"] * 200):
        refused(home, wish_of(kind, scopes=scopes), 422, "bad_field", "scopes")
    refused(home, wish_of(kind, scopes=...), 422, "missing_field", "scopes")


# --- the end of a key ---

@pytest.mark.parametrize("given, want", [
    ("2099-12-31", "2099-12-31T23:59:59Z"), ("2096-02-29", "2096-02-29T23:59:59Z"),
    ("2099-12-31T00:00:00Z", "2099-12-31T00:00:00Z"), ("2099-12-31t00:00:00z", "2099-12-31T00:00:00Z"),
    ("2099-12-31T01:30:00+01:30", "2099-12-31T00:00:00Z"), ("2099-12-30T23:00:00-01:00", "2099-12-31T00:00:00Z"),
    ("2099-12-31T00:00:00.999Z", "2099-12-31T00:00:00Z")])
@pytest.mark.parametrize("kind", ["organization", "provider", "space"])
def test_seed_2_11_seed_3_27_seed_4_7_dates(home, kind, given, want):
    """c6: RFC 3339; a bare date holds through its last second in UTC."""
    made = home.admin.must("POST", home.path + "/keys", wish_of(kind, expires_at=given))
    assert made["expires_at"] == want


@pytest.mark.parametrize("kind", ["organization", "provider", "space"])
def test_dates_that_are_none_or_past(home, kind):
    yesterday = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)).strftime("%Y-%m-%d")
    for given in ("", " ", "tomorrow", "2099", "2099-13-01", "2099-02-29", "2099-02-30", "2099-1-1", "31.12.2099",
                  "2099-12-31T24:00:00Z", "2099-12-31T00:60:00Z", "2099-12-31T00:00:00", "2099-12-31 00:00:00Z ",
                  "2099-12-31T00:00Z", "99999-01-01", "10000-01-01", " 2099-12-31", "2099-12-31\n", "4102444800",
                  yesterday, "1970-01-01", "0000-00-00", "2020-01-01T00:00:00Z", "2099-12-31T00:00:00+25:00"):
        refused(home, wish_of(kind, expires_at=given), 422, "bad_field", "expires_at")


def test_today_holds_until_midnight(home):
    today = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")
    made = make(home.admin, home, wish_of("provider", expires_at=today)).json()
    assert made["expires_at"] == today + "T23:59:59Z"


def test_seed_3_27_seed_2_11_never_where_the_kind_has_it(home):
    for kind in ("organization", "provider"):
        for given in (None, ...):
            made = home.admin.must("POST", home.path + "/keys", wish_of(kind, expires_at=given))
            assert made["expires_at"] is None


def test_space_tokens_never_end_only_where_the_policy_allows(org):
    """c7: and then only null says so."""
    refused(org, wish_of("space", expires_at=None), 422, "bad_field", "expires_at")
    org.admin.must("PATCH", org.path + "/policy", {"space_never_allowed": True})
    assert org.admin.must("POST", org.path + "/keys", wish_of("space", expires_at=None))["expires_at"] is None
    refused(org, wish_of("space", expires_at=...), 422, "missing_field", "expires_at")


# --- restrictions ---

def test_seed_3_18_seed_3_19_restrictions_of_provider_keys(home):
    other = home.add_resource("provider")
    for given, want in (
            ([{"provider": home.provider}], [{"provider": home.provider, "base_path": "/"}]),
            ([{"provider": home.provider, "base_path": "/backups"}], [{"provider": home.provider, "base_path": "/backups"}]),
            ([{"provider": home.provider, "base_path": "backups//2025/"}],
             [{"provider": home.provider, "base_path": "/backups/2025"}]),
            ([{"provider": home.provider, "base_path": ""}], [{"provider": home.provider, "base_path": "/"}]),
            ([{"provider": home.provider, "base_path": "/e\u0301"}], [{"provider": home.provider, "base_path": "/\u00e9"}]),
    ):
        made = home.admin.must("POST", home.path + "/keys", wish_of("provider", restrictions=given))
        assert made["restrictions"] == want
    both = [{"provider": home.provider, "base_path": "/a"}, {"provider": other}]
    made = home.admin.must("POST", home.path + "/keys", wish_of("provider", restrictions=both))
    assert {(r["provider"], r["base_path"]) for r in made["restrictions"]} == {(home.provider, "/a"), (other, "/")}


def test_seed_4_6_restrictions_of_space_tokens(home):
    both = [{"space": home.space}, {"base": home.base}]
    made = home.admin.must("POST", home.path + "/keys", wish_of("space", restrictions=both))
    assert sorted(map(str, made["restrictions"])) == sorted(map(str, both))


@pytest.mark.parametrize("kind", ["provider", "space"])
def test_nothing_chosen_is_never_everything(home, kind):
    """c26 and c32: absent and null narrow nothing, an empty list is refused."""
    refused(home, wish_of(kind, restrictions=[]), 422, "bad_field", "restrictions")
    for given in (None, ...):
        made = home.admin.must("POST", home.path + "/keys", wish_of(kind, restrictions=given))
        assert made["restrictions"] is None


def test_restrictions_that_are_none(home, abroad):
    provider, space = {"provider": home.provider}, {"space": home.space}
    for kind, given in (
            ("provider", [{}]), ("provider", [space]), ("provider", [{"base": home.base}]), ("provider", [{**provider, **space}]),
            ("provider", [{"provider": None}]), ("provider", [{"base_path": "/a"}]), ("provider", [provider, provider]),
            ("provider", [{"provider": home.source}]), ("provider", [{"provider": home.space}]),
            ("provider", [{"provider": abroad.provider}]), ("provider", [{"provider": ABSENT["resource"]}]),
            ("provider", [{"provider": ""}]), ("provider", [{"provider": "x'--"}]), ("provider", [provider] * 101),
            ("provider", [provider, {"provider": abroad.provider}]),
            ("space", [provider]), ("space", [{**space, "base": home.base}]), ("space", [{"space": home.base}]),
            ("space", [{"base": home.space}]), ("space", [{"base": home.table}]), ("space", [{"space": abroad.space}]),
            ("space", [space, space])):
        refused(home, wish_of(kind, restrictions=given), 422, "bad_field", "restrictions")
    refused(home, wish_of("space", restrictions=[{**space, "base_path": "/"}]), 422, "bad_field", "base_path")
    refused(home, wish_of("provider", restrictions=[{**provider, "path": "/"}]), 422, "unknown_field", "path")


@pytest.mark.parametrize("path", ["..", "/..", "/a/../b", "/a/..", ".", "/a/./b", "\\", "/a\\b", "a\nb", "/a\x7f",
                                  "/\u0085", "/\u2028", "/" + "a" * 1024])
def test_base_paths_that_are_none(home, path):
    restrictions = [{"provider": home.provider, "base_path": path}]
    refused(home, wish_of("provider", restrictions=restrictions), 422, "bad_field", "base_path")


def test_hidden_and_absent_things_look_the_same(home, abroad):
    """A restriction must not tell which ids there are: the member sees neither of these."""
    answers = {without_request_id(make(home.member, home, wish_of("provider", restrictions=[{"provider": provider}])))
               for provider in (home.provider, abroad.provider, ABSENT["resource"])}
    assert len(answers) == 1 and answers.pop()[0] == 422


# --- addresses ---

@pytest.mark.parametrize("kind", MADE)
def test_x7_allowed_addresses(base_url, org, kind):
    ranges = ["127.0.0.0/8", "2001:db8::/32"]
    made = make(org.admin, org, wish_of(kind, allowed_ips=ranges)).json()
    assert made["allowed_ips"] == ranges
    assert ask(base_url, "GET", "/v1/self", made["token"]).status == 200
    made = make(org.admin, org, wish_of(kind, name="other", allowed_ips=["192.0.2.1"])).json()
    is_refused(ask(base_url, "GET", "/v1/self", made["token"]), 403, "address")
    is_refused(ask(base_url, "GET", org.path, made["token"]), 403, "address")


@pytest.mark.parametrize("ranges", [
    [], [""], ["x"], ["127.0.0.1/33"], ["127.0.0.1/8"], ["127.0.0/8"], ["::/129"], ["127.0.0.1/"], ["127.0.0.1/-1"],
    ["127.0.0.1 10.0.0.0/8"], ["127.0.0.1", "bad"], ["127.0.0.1"] * 51, ["localhost"], ["fe80::1%lo"], ["1e3"]])
def test_addresses_that_are_none(home, ranges):
    refused(home, wish_of("provider", allowed_ips=ranges), 422, "bad_field", "allowed_ips")


def test_a_long_list_of_ranges_is_never_cut(home):
    """Half a range could be a wider one."""
    for count, status in ((46, 201), (47, 422), (50, 422)):
        ranges = [f"2001:db8:aaaa:bbbb:cccc:dddd:eeee:{n:04x}/128" for n in range(count)]
        made = make(home.admin, home, wish_of("provider", allowed_ips=ranges))
        assert made.status == status, made.text
        if status == 201:
            assert made.json()["allowed_ips"] == ranges
        else:
            is_refused(made, 422, "bad_field", "allowed_ips")


# --- no key makes keys ---

@pytest.mark.parametrize("kind", ["personal", "machine", "organization", "provider", "space"])
def test_x41_no_key_makes_lists_or_changes_keys(base_url, home, kind):
    """c30: not even a key that may do everything."""
    client = Client(base_url, home.tokens[kind])
    own = f"{home.path}/keys/{home.keys[kind]}"
    for method, path, body in (("GET", home.path + "/keys", None), ("POST", home.path + "/keys", wish_of("provider")),
                               ("GET", own, None), ("PATCH", own, {"name": "x"}), ("DELETE", own, None),
                               ("POST", own + "/refresh", {}), ("GET", home.path + "/machines", None),
                               ("POST", home.path + "/machines", {"name": "x", "expires_in": "30d"}),
                               ("POST", f"{home.path}/machines/{home.machine}/key", {"expires_in": "30d"})):
        is_refused(client.ask(method, path, body), 403, "session_required", what=f"{method} {path}")
