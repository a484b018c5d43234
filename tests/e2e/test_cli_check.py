"""`claviger check`: each problem in a line, with the file and the line where there is one."""

import os
import subprocess

import pytest


@pytest.fixture
def settings(stack, tmp_path):
    """The stack's own settings in a file that a test may spoil."""
    path = tmp_path / "claviger.conf"
    path.write_text(open(stack.config).read())
    return path


def check(stack, path, **environment):
    return subprocess.run([stack.service.program, "--config", path, "check"], capture_output=True, text=True,
                          env={**os.environ, **stack.service.env, **environment}, timeout=60)


def problems(done):
    assert done.returncode == 1
    assert "no problems found" not in done.stdout
    lines = done.stderr.splitlines()
    assert lines and all(line.startswith("claviger: ") for line in lines)
    return [line.removeprefix("claviger: ") for line in lines]


def replace(path, name, value):
    """Another value for the first setting of that name; the number of its line."""
    lines = path.read_text().splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith(name + " ="))
    lines[at] = f"{name} = {value}"
    path.write_text("\n".join(lines) + "\n")
    return at + 1


def test_a_sound_installation(stack, settings):
    done = check(stack, settings)
    assert (done.returncode, done.stdout, done.stderr) == (0, "no problems found\n", "")


def test_what_means_nothing_is_told(stack, settings):
    def said(**environment):
        done = check(stack, settings, CLAVIGER_KEYS_MAX_STALE="50", **environment)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    assert said() == ("note: [keys] max_stale means nothing without cluster: only this host may make changes\n"
                      "no problems found\n")
    assert said(CLAVIGER_KEYS_CLUSTER="yes") == "no problems found\n"


def test_what_is_missing_without_being_a_mistake_is_told(stack, settings, tmp_path):
    """A disk may be mounted later, and without tmpfs the service works, and is slow."""
    file, gone = tmp_path / "file", tmp_path / "gone"
    file.write_text("")
    done = check(stack, settings, CLAVIGER_ACCESS_LOCAL_ROOTS=f"{tmp_path} {gone} {file}", CLAVIGER_KEYS_MEMORY_FILE="/proc/memory")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"note: [access] local_roots: {gone}: No such file or directory\n"
        f"note: [access] local_roots: {file}: Not a directory\n"
        "note: [keys] memory_file: /proc/memory is not on tmpfs: no key is remembered\n"
        "no problems found\n")


def test_every_mistake_of_the_settings_is_told_with_its_line(stack, settings):
    before = settings.read_text().count("\n")
    settings.write_text(settings.read_text() + "[service]\nread_timeout = many\nfrob = 1\nrealm = a b\n"
                        "[frob]\nx = 1\n[access]\npasswords = perhaps\nmetrics_from = 10.0.0.0/99\n")
    assert problems(check(stack, settings)) == [
        f"{settings}:{before + 2}: service read_timeout: must be a number from 1 to 3600",
        f"{settings}:{before + 3}: there is no setting 'frob' in [service]",
        f"{settings}:{before + 4}: service realm: must be letters, digits, '.', '_' and '-'",
        f"{settings}:{before + 6}: there is no setting 'x' in [frob]",
        f"{settings}:{before + 8}: access passwords: is set twice",
        f"{settings}:{before + 9}: access metrics_from: must be address ranges like 10.0.0.0/8 with blanks between",
    ]


def test_a_line_that_is_no_setting(stack, settings):
    before = settings.read_text().count("\n")
    settings.write_text(settings.read_text() + "hello\n")
    assert problems(check(stack, settings)) == [f"{settings}:{before + 1}: is neither [section] nor name = value"]


def test_the_environment_is_named(stack, settings):
    done = check(stack, settings, CLAVIGER_SERVICE_GATE_WORKERS="0")
    assert problems(done) == ["CLAVIGER_SERVICE_GATE_WORKERS: service gate_workers: must be a number from 1 to 256"]
    assert check(stack, settings, CLAVIGER_SERVICE_GATE_WORKERS="2").returncode == 0


@pytest.mark.parametrize("name", ["pepper_file", "secret_file", "password_file", "gate_password_file"])
def test_secret_files(stack, settings, tmp_path, name):
    path = tmp_path / "secret"
    replace(settings, name, path)
    [problem] = problems(check(stack, settings))
    assert f"{path}: cannot be read: No such file or directory" in problem
    path.write_text("Pssst-nobody-may-see-this\n")
    path.chmod(0o644)
    [problem] = problems(check(stack, settings))
    assert f"{path}: others may read it; make its mode 0600" in problem
    path.chmod(0o600)
    done = check(stack, settings)
    assert problems(done)
    assert "Pssst" not in done.stdout + done.stderr


def test_the_pepper_file_has_lines_of_its_own_form(stack, settings, tmp_path):
    path = tmp_path / "pepper"
    replace(settings, "pepper_file", path)
    path.touch(0o600)
    path.write_text("1 " + "ab" * 32 + "\n2 " + "cd" * 31 + "\n")
    assert problems(check(stack, settings)) == [f"{path}: must have lines of an id, a blank and 64 hex digits"]
    path.write_text("1 " + "ab" * 32 + "\n2 " + "cd" * 32 + "\n")
    assert check(stack, settings).returncode == 0


def test_the_routes_file_with_its_line(stack, settings, tmp_path):
    routes = tmp_path / "routes"
    replace(settings, "routes", routes)
    routes.write_text("GET /health public\nGET /a frobnicate -\n")
    [problem] = problems(check(stack, settings))
    assert problem.startswith(f"{routes}:2: ")


def test_sockets(stack, settings, tmp_path):
    first = replace(settings, "app_socket", tmp_path / "none" / "app.sock")
    line = replace(settings, "gate_socket", "gate.sock")
    assert problems(check(stack, settings)) == [f"{settings}:{line}: service gate_socket: must be an absolute path"]
    replace(settings, "gate_socket", stack.gate_socket)
    [problem] = problems(check(stack, settings))
    assert problem.startswith(f"{settings}:{first}: service app_socket: the directory of {tmp_path}/none/app.sock: ")


def test_a_listener_that_others_could_reach(stack, settings):
    done = check(stack, settings, CLAVIGER_SERVICE_GATE_LISTEN="0.0.0.0:8482")
    [problem] = problems(done)
    assert problem.startswith("CLAVIGER_SERVICE_GATE_LISTEN: service gate_listen: 0.0.0.0:8482: must be a loopback address")


def test_a_group_that_is_not_there(stack, settings):
    done = check(stack, settings, CLAVIGER_SERVICE_SOCKET_GROUP="no-such-group")
    assert problems(done) == [
        "CLAVIGER_SERVICE_SOCKET_GROUP: service socket_group: there is no group no-such-group"]


def test_without_a_routes_file_it_says_what_that_means(stack, settings):
    done = check(stack, settings, CLAVIGER_SERVICE_ROUTES="")
    assert done.returncode == 0
    assert "the authorizer refuses everything" in done.stdout


def test_a_database_that_is_not_there(stack, settings, tmp_path):
    replace(settings, "socket", tmp_path / "db.sock")
    found = problems(check(stack, settings))
    assert len(found) == 2 and all(problem.startswith("database: ") for problem in found)
    assert any("claviger_gate" in problem for problem in found)


def test_a_wrong_password_of_the_database(stack, settings, tmp_path):
    path = tmp_path / "db-app"
    path.touch(0o600)
    path.write_text("not the password\n")
    replace(settings, "password_file", path)
    [problem] = problems(check(stack, settings))
    assert problem.startswith("database: claviger_app: Access denied")
    assert "not the password" not in problem


def test_a_schema_of_another_version(stack, settings, db):
    with db.cursor() as cursor:
        cursor.execute("INSERT INTO schema_version VALUES (9999, 'of the future', 0)")
        try:
            [problem] = problems(check(stack, settings))
        finally:
            cursor.execute("DELETE FROM schema_version WHERE version = 9999")
    assert "the schema is version 9999" in problem and "install the newer program" in problem
    assert check(stack, settings).returncode == 0
