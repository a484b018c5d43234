"""The demo: with each web server, in the background, twice, and ended."""

import os
import subprocess

import pytest
from conftest import ALL_WEBS, TOP, Api

import tour
import tour_guides
from process import free_ports, group_members, wait_until
from world import World

PROMISED = {
    "BASE_URL", "APP_SOCKET", "GATE_SOCKET", "DB_SOCKET", "MASTER_PID", "PROTECTED_URL", "FILES_DIR", "ORG",
    "ADMIN_EMAIL", "ADMIN_PASSWORD", "MEMBER_EMAIL", "MEMBER_PASSWORD", "OTHER_ORG", "OTHER_ADMIN_EMAIL",
    "OTHER_ADMIN_PASSWORD", "MAIL_DIR", "PERSONAL_TOKEN", "MACHINE_TOKEN", "ORG_TOKEN", "PROVIDER_TOKEN",
    "SPACE_TOKEN", "SOURCE", "PROVIDER", "SPACE", "BASE", "TABLE",
}


@pytest.fixture(scope="module")
def place(workplace):
    return workplace / "demo"


@pytest.fixture
def demo(program, place):
    """A function that runs the demo as contrib/demo does after building."""
    port = str(free_ports(3))

    def run(mode, *more):
        return subprocess.run(
            [str(TOP / "contrib/demo.py"), "--program", str(program), "--directory", str(place),
             "--port", port, "--mode", mode, *more],
            capture_output=True, text=True, timeout=180, stdin=subprocess.DEVNULL)

    yield run
    run("stop")


def read_env(place):
    return dict(line.split("=", 1) for line in (place / "demo.env").read_text().splitlines())


@pytest.mark.parametrize("server", ALL_WEBS)
def test_tour(demo, server):
    done = demo("tour", "--server", server)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " as expected, 0 not" in done.stdout
    assert "NOT EXPECTED" not in done.stdout


def test_background_again_and_stop(demo, place):
    done = demo("background", "--fresh")
    assert done.returncode == 0, done.stdout + done.stderr
    env = read_env(place)
    assert PROMISED <= set(env) and all(env[name] for name in PROMISED)
    assert os.stat(place / "demo.env").st_mode & 0o777 == 0o600
    for name in ("APP_SOCKET", "GATE_SOCKET", "DB_SOCKET", "FILES_DIR", "MAIL_DIR"):
        assert os.path.exists(env[name]), name
    assert min(len(env[who + "_PASSWORD"]) for who in ("ADMIN", "MEMBER", "OTHER_ADMIN")) >= 15
    for kind in ("PERSONAL", "MACHINE", "ORG", "PROVIDER", "SPACE"):
        answer = Api(env["BASE_URL"], env[kind + "_TOKEN"]).get("/v1/self")
        assert answer.status_code == 200 and answer.json()["organization"] == env["ORG"]

    assert demo("background").returncode == 1, "one demo at a time"
    assert demo("tour").returncode == 0, "the one that runs can be shown"
    mail_can_be_read(World(env))
    guides_need_no_application(World(env))
    tour_sees_what_is_wrong(env)

    assert demo("stop").returncode == 0
    assert not group_members(int(env["MASTER_PID"]))
    assert not (place / "demo.pid").exists()

    # What was made stays for the next time.
    assert demo("background").returncode == 0
    assert read_env(place)["ORG_TOKEN"] == env["ORG_TOKEN"]


def mail_can_be_read(world):
    Api(world.BASE_URL).post("/v1/password-reset", {"email": world.MEMBER_EMAIL})
    kept = lambda: [n for n in os.listdir(world.MAIL_DIR) if n.endswith(".eml")]
    wait_until(kept, 60, "the mail")
    with open(os.path.join(world.MAIL_DIR, kept()[0])) as f:
        assert world.MEMBER_EMAIL in f.read()


def guides_need_no_application(world):
    """What the five guides promise is seen at claviger's own addresses."""
    world.PROTECTED_URL = "http://nowhere.invalid:9"
    shown = tour.Tour(world)
    for part in tour_guides.PARTS:
        part(shown)
    assert shown.wrong == 0 and shown.right > 80


def tour_sees_what_is_wrong(env):
    """Another organization's key in the place of the member's, and a document that is another."""
    shown = tour.Tour(World({**env, "PERSONAL_TOKEN": env["OTHER_TOKEN"]}))
    tour_guides.personal(shown)
    assert shown.wrong > 5
    handbook = os.path.join(env["FILES_DIR"], "handbook/holidays.md")
    os.rename(handbook, handbook + ".away")
    shown = tour.Tour(World(env))
    tour_guides.personal(shown)
    os.rename(handbook + ".away", handbook)
    assert shown.wrong == 3, "what is in the source, what August is in, and the document"
