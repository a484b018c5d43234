"""`claviger routes check` and `claviger routes test`: what they say, and with which status."""

import json
import subprocess

import pytest

from conftest import TOP

ROUTES = """\
# the example of claviger-routes(5)
GET,HEAD	/v1/organizations/{org}/*	read	organization:{org}
*		/v1/organizations/{org}/*	write	organization:{org}
GET,HEAD	/files/{provider}/{path...}	read	provider:{provider}	/{path}
GET		/health				public
GET		/any				admin	-
"""


@pytest.fixture
def routes(tmp_path):
    path = tmp_path / "routes"
    path.write_text(ROUTES)
    return path


def run(program, *words):
    """Without settings, without a database, without a service."""
    return subprocess.run([program, "--config", "/nowhere", "routes", *map(str, words)], capture_output=True,
                          text=True, timeout=20)


def test_check_a_sound_file(program, routes):
    done = run(program, "check", routes)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{routes}: 5 routes\n", "")
    done = run(program, "check", "--json", routes)
    assert done.returncode == 0
    assert json.loads(done.stdout) == {"file": str(routes), "problems": [], "routes": 5}


def test_check_tells_every_problem_with_its_line(program, tmp_path):
    path = tmp_path / "routes"
    path.write_text("GET /a look -\n\nget /b read -\nGET /c read folder:{x}\n")
    done = run(program, "check", path)
    assert done.returncode == 1 and done.stdout == ""
    lines = done.stderr.splitlines()
    assert [line.split(": ")[1] for line in lines] == [f"{path}:1", f"{path}:3", f"{path}:4"]
    done = run(program, "check", "--json", path)
    assert done.returncode == 1
    body = json.loads(done.stdout)
    assert [problem["where"] for problem in body["problems"]] == [f"{path}:1", f"{path}:3", f"{path}:4"]
    assert body["routes"] == 0


def test_check_a_file_that_is_not_there(program, tmp_path):
    done = run(program, "check", tmp_path / "none")
    assert done.returncode == 1 and "none" in done.stderr


@pytest.mark.parametrize("method, path, status, said", [
    ("GET", "/files/res_1/backups/2025", 0, "4: read provider:res_1 path /backups/2025"),
    ("HEAD", "/files/res_1/a%20b", 0, "4: read provider:res_1 path /a b"),
    ("GET", "/v1/organizations/org_1/x?y", 0, "2: read organization:org_1"),
    ("POST", "/v1/organizations/org_1/x", 0, "3: write organization:org_1"),
    ("GET", "/health", 0, "5: public"),
    ("GET", "/any", 0, "6: admin anywhere"),
    ("POST", "/health", 1, "403 no_route"),
    ("GET", "/files/res_1/../x", 1, "403 not_canonical"),
    ("GET", "/files/res_1/%2e%2e/x", 1, "403 not_canonical"),
    ("GET", "/files/usr_1/x", 1, "403 resource"),
])
def test_test(program, routes, method, path, status, said):
    done = run(program, "test", routes, method, path)
    assert done.returncode == status, done
    assert said in done.stdout


def test_test_as_json(program, routes):
    done = run(program, "test", "--json", routes, "GET", "/files/res_1/x")
    assert done.returncode == 0
    assert json.loads(done.stdout) == {"file": str(routes), "problems": [], "line": 4, "action": "read",
                                       "type": "provider", "resource": "res_1", "path": "/x"}
    done = run(program, "test", "--json", routes, "GET", "/nowhere")
    assert done.returncode == 1
    body = json.loads(done.stdout)
    assert (body["allowed"], body["code"]) == (False, "no_route")


@pytest.mark.parametrize("words", [[], ["check"], ["check", "a", "b"], ["test", "a", "GET"], ["look"],
                                   ["check", "--colour", "a"]])
def test_wrong_words_end_with_2(program, words):
    done = run(program, *words)
    assert done.returncode == 2 and done.stderr


def test_the_routes_of_the_demo_are_sound(program):
    done = run(program, "check", TOP / "contrib" / "routes")
    assert done.returncode == 0, done.stderr
