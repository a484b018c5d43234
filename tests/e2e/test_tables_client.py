"""A client that was written for others: the npm package @teable/openapi, unchanged."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from api_kit import base_url  # noqa: F401

PACKAGE = "@teable/openapi@1.10.0"


@pytest.fixture(scope="session")
def modules(program):
    """Where the package is: beside the program, fetched once."""
    place = program.parent / "npm"
    if not (place / "node_modules/@teable/openapi").is_dir():
        if shutil.which("npm") is None:
            pytest.skip("there is no npm")
        place.mkdir(exist_ok=True)
        fetched = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(place),
                                  PACKAGE], capture_output=True, text=True, timeout=300)
        if fetched.returncode != 0:
            pytest.skip("the package cannot be fetched: " + fetched.stderr[-300:])
    return place / "node_modules"


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
