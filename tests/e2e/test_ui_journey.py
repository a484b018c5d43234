"""An administrator sets up an organization, a team, a machine with a source, a capped personal token policy and a
provider key limited to /backups, using only the browser: with scripts, and without on a narrow screen."""

import json
import os
import subprocess

import pytest

from conftest import SEEN_SECRETS, TOP
from test_ui_browser import CHROMIUM, modules  # noqa: F401
from ui_kit import api, stack, world  # noqa: F401


@pytest.mark.parametrize("scripts, width", [(True, 1280), (False, 360)])
def test_an_administrator_needs_only_the_browser(modules, stack, world, api, tmp_path, scripts, width):  # noqa: F811
    wish = {"base": stack.web.base_url, "email": world.ADMIN_EMAIL, "password": world.ADMIN_PASSWORD,
            "root": os.path.join(stack.files, "archive"), "name": f"Journey {width}", "scripts": scripts,
            "width": width, "modules": str(modules), "chromium": CHROMIUM}
    (tmp_path / "wish.json").write_text(json.dumps(wish))
    done = subprocess.run(["node", str(TOP / "tests/e2e/journey.js"), str(tmp_path / "wish.json")],
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    SEEN_SECRETS.update((made["machine"], made["key"]))
    assert "New ones can no longer be asked to last: 180 days, 365 days." in made["asked"]

    admin = api.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
    org = f"/v1/organizations/{made['org']}"
    assert admin.must("GET", org)["name"] == wish["name"]
    assert admin.must("GET", org + "/policy")["personal_max_days"] == 90
    machine = admin.must("GET", org + "/machines")["items"][0]
    sources = admin.must("GET", f"{org}/machines/{machine['id']}/sources")["items"]
    teams = admin.must("GET", f"{org}/machines/{machine['id']}/teams")["items"]
    assert [s["name"] for s in sources] == ["Handbook"] and [t["name"] for t in teams] == ["Operations"]

    def allowed(token, action, resource, path=None):
        return admin.must("POST", "/v1/verify", {"token": token, "action": action, "resource": resource,
                                                 **({"path": path} if path else {})})["allowed"]

    assert allowed(made["machine"], "read", sources[0]["resource"])
    assert allowed(made["key"], "write", made["provider"], "/backups/2025")
    assert not allowed(made["key"], "read", made["provider"], "/elsewhere")
