"""A client that was written for others: the npm package @teable/openapi, unchanged."""

import os
import subprocess
from pathlib import Path

import pytest

from api_kit import base_url  # noqa: F401


@pytest.fixture(scope="session")
def modules(program):
    path = program.parent / "tables" / "node_modules"
    if not path.is_dir():
        pytest.skip("there is no such client: contrib/check installs one")
    return path


def test_records_and_access_tokens_by_a_client_of_others(org, new_org, modules, base_url):
    abroad = new_org()
    space = abroad.add_resource("space")
    base = abroad.add_resource("base", parent=space)
    run = subprocess.run(["node", Path(__file__).with_name("tables_client.js")], capture_output=True, text=True, timeout=120,
                         env={**os.environ, "NODE_PATH": str(modules), "URL": base_url, "SESSION": org.admin.token,
                              "WORKSPACE": org.id, "BASE": base})
    assert run.returncode == 0, run.stdout + run.stderr
    did = run.stdout.split("\n")
    assert {"createRecords", "getRecords", "updateRecord", "updateRecords", "deleteRecord", "deleteRecords",
            "createAccessToken", "listAccessToken", "refreshAccessToken", "deleteAccessToken"} <= set(did)
    assert [line for line in did if " " in line] == [
        "createField 403", "listAccessToken 403", "getRecords 404", "getTableList 404", "getRecords 400", "getRecords 401",
        "getRecords 401"]
