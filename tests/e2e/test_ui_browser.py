"""The pages in a real browser: every one in light and dark, narrow and wide, looked at by axe-core; a
key's text that is shown once, with scripts and without.  Screenshots stay in the build directory."""

import json
import shutil
import subprocess
import time
from pathlib import Path

import pymysql
import pytest

from conftest import TOP, Org
from ui_kit import api, stack, world  # noqa: F401

CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="module")
def modules(program):
    """Where contrib/check has put playwright-core and axe-core."""
    path = program.parent / "browser" / "node_modules"
    if CHROMIUM is None or not (path / "playwright-core").is_dir() or not (path / "axe-core").is_dir():
        pytest.skip("there is no browser: contrib/check installs one")
    return path


def use_keys(stack, world):
    """As if they had been used for a month, so that there is something to see."""
    today = int(time.time()) // 86400
    with pymysql.connect(unix_socket=stack.database.socket, user=stack.database.admin, database="claviger",
                         autocommit=True) as db, db.cursor() as cursor:
        cursor.execute("SELECT id FROM api_key WHERE org_id = %s", world.ORG)
        for nr, (key,) in enumerate(cursor.fetchall()):
            cursor.executemany("REPLACE INTO key_use_day VALUES (%s, %s, %s, %s)",
                               [(world.ORG, key, today - ago, (ago * 37 + nr * 11) % 60 * (nr + 1))
                                for ago in range(30) if (ago + nr) % 7 > 1])


def crowd(api, world, stack):  # noqa: F811
    """An organization whose names and folders are as long as can be; its id."""
    org = Org(api, api.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD), "The organization with long names " + "n" * 60)
    root = {"driver": "local", "root": f"{stack.files}/archive"}
    for nr, name in enumerate(("Donaudampfschifffahrtsgesellschaft" + "x" * 66, "A name of many words " * 4, "שלום <b>&amp;</b> 🎉" * 5)):
        org.admin.must("POST", org.path + "/members", {"email": f"{'long' * 12}-{nr}@{'domain' * 8}.example", "name": name, "role": "member"})
        org.add_machine(name=name, description=name * 4)
        org.add_key("personal", name=name, expires_in_days=30)
        org.add_key("space", name=name, scopes=["read", "write", "admin"], expires_at="2099-12-31",
                    restrictions=[{"space": org.add_resource("space", name)}])
        org.add_key("provider", name=name, description=name * 4, scopes=["read", "write", "admin"], restrictions=[
            {"provider": org.add_resource("provider", name, config=root), "base_path": "/" + "folder" * 30}])
    return org.id


def test_the_pages_in_a_browser(modules, stack, world, api, tmp_path, program):  # noqa: F811
    shots = program.parent / "screenshots"
    shutil.rmtree(shots, ignore_errors=True)
    shots.mkdir()
    machine = f"/settings/machines/{world.MACHINE}"
    wish = {
        "base": stack.web.base_url, "email": world.ADMIN_EMAIL, "password": world.ADMIN_PASSWORD,
        "shots": str(shots), "modules": str(modules), "chromium": CHROMIUM,
        "paths": {
            "tokens": "/settings/tokens", "token-new": "/settings/tokens/new",
            "access-tokens": "/settings/access-tokens", "access-token-new": "/settings/access-tokens/new?find=a",
            "api-keys": "/settings/api-keys", "api-key-new": "/settings/api-keys/new",
            "developer": "/developer/api-keys?state=all", "developer-new": "/developer/api-keys/new",
            "developer-revoke": f"/developer/api-keys/{world.ORG_KEY}/revoke",
            "machines": "/settings/machines", "machine-new": "/settings/machines/new", "machine": machine,
            "machine-sources": machine + "/sources?find=a", "machine-teams": machine + "/teams",
            "machine-settings": machine + "/settings", "organization": "/settings/organization",
            "members": "/settings/members?sort=-role&search=a", "member": f"/settings/members/{world.MEMBER}",
            "teams": "/settings/teams", "team": f"/settings/teams/{world.TEAM}?find=a",
            "resources": "/settings/resources", "resource": f"/settings/resources/{world.PROVIDER}",
            "resource-settings": f"/settings/resources/{world.PROVIDER}/settings",
            "space-contents": f"/settings/resources/{world.SPACE}/contents",
            "table-contents": f"/settings/resources/{world.TABLE}/contents",
            "table-views": f"/settings/resources/{world.TABLE}/views",
            "source-settings": f"/settings/resources/{world.SOURCE}/settings",
            "resource-new-s3": "/settings/resources/new?what=s3",
            "organizations": "/settings/organizations", "inventory": "/settings/keys?sort=name",
            "inventory-nothing": "/settings/keys?search=nothing+is+like+this",
            "login": "/login", "forgot": "/login/forgot", "reset": "/login/reset",
            "revoke": f"/settings/keys/revoke?ids={world.ORG_KEY}",
            "key": f"/developer/api-keys/{world.ORG_KEY}",
            "key-explained": f"/developer/api-keys/{world.ORG_KEY}?action=admin&resource={world.SOURCE}&find=a",
            "no-keys": "/settings/api-keys", "page-not-there": "/settings/nowhere",
            "audit": "/settings/audit?find=a", "account": "/settings/account", "sessions": "/settings/sessions",
            "logout": "/logout",
        },
    }
    use_keys(stack, world)
    for name in wish["paths"]:
        wish["paths"][name] += ("&" if "?" in wish["paths"][name] else "?") + "org=" + world.ORG
    long = crowd(api, world, stack)
    for page in ("tokens", "access-tokens", "api-keys", "machines", "members", "keys", "audit"):
        wish["paths"]["long-" + page] = f"/settings/{page}?org={long}"
    (tmp_path / "wish.json").write_text(json.dumps(wish))
    done = subprocess.run(["node", str(Path(TOP) / "tests/e2e/browser.js"), str(tmp_path / "wish.json")],
                          capture_output=True, text=True, timeout=540)
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert seen == [{"done": True}], "\n".join(f"{s.get('where')}: {s.get('what')}" for s in seen)
