"""Starting: sockets of one's own and those that are handed over, and what a process is to the system."""

import grp
import os
import signal
import socket
import subprocess

import fcgi
import pytest

from process import children_of, name_of, wait_until


def status(address, role=fcgi.RESPONDER):
    """Of /healthz; or of a verdict, in the AUTHORIZER role."""
    try:
        return fcgi.request(address, fcgi.web_params("GET", "/healthz"), role=role).status
    except OSError:
        return None


@pytest.fixture(scope="module")
def own(new_stack_session):
    """A stack whose service is stopped: only its settings and its database are used."""
    stack = new_stack_session(webs=())
    with stack:
        assert not stack.service.stop()
        yield stack
        stack.stop()


@pytest.fixture
def serve(own):
    """A function that starts `claviger serve` with descriptors and an environment of the test's own."""
    started = []

    def start(env=None, **more):
        process = subprocess.Popen([own.service.program, "--config", own.config, "serve"],
                                   env={**os.environ, **own.service.env, **(env or {})},
                                   stderr=open(own.path("log", "handed.log"), "ab"), **more)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
            process.wait(10)


def listening(path):
    if os.path.exists(path):
        os.unlink(path)
    s = socket.socket(socket.AF_UNIX)
    s.bind(path)
    s.listen(64)
    return s


# --- its own sockets ---

def test_mode_and_group_of_the_sockets(stack):
    for path in (stack.app_socket, stack.gate_socket):
        found = os.stat(path)
        assert found.st_mode & 0o777 == 0o660
        if os.geteuid() == 0:
            assert grp.getgrgid(found.st_gid).gr_name == "www-data"


def test_what_a_process_may_do(stack):
    for pid in [stack.service.master, *stack.service.workers()]:
        with open(f"/proc/{pid}/limits") as f:
            core = next(line.split()[4:6] for line in f if line.startswith("Max core file size"))
        with open(f"/proc/{pid}/status") as f:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
        assert core == ["0", "0"]
        assert status["NoNewPrivs"] == "1"


def test_pid_file(own, serve):
    path = own.path("run", "pid")
    process = serve({"CLAVIGER_SERVICE_PID_FILE": path})
    wait_until(lambda: status(own.app_socket) == 200, 30, "service")
    assert open(path).read() == f"{process.pid}\n"
    process.terminate()
    assert process.wait(5) == 0
    assert not os.path.exists(path)


@pytest.mark.parametrize("setting, value, said", [
    ("SERVICE_APP_SOCKET", "/nonexistent/app.sock", "/nonexistent/app.sock"),
    ("SERVICE_SOCKET_GROUP", "no-such-group", "there is no group no-such-group"),
    ("SERVICE_GATE_LISTEN", "192.0.2.1:8482", "must be a loopback address"),
    ("SERVICE_PID_FILE", "/nonexistent/pid", "/nonexistent/pid"),
    ("SERVICE_LOG_FILE", "/nonexistent/log", "/nonexistent/log"),
    ("SERVICE_ROUTES", "/nonexistent/routes", "/nonexistent/routes"),
    ("KEYS_PEPPER_FILE", "/nonexistent/pepper", "/nonexistent/pepper"),
])
def test_what_stops_the_start(own, setting, value, said):
    own.service.env["CLAVIGER_" + setting] = value
    done = own.service.run("serve")
    del own.service.env["CLAVIGER_" + setting]
    assert done.returncode == 1
    assert said in done.stderr
    assert all(line.startswith("claviger: ") for line in done.stderr.splitlines())
    assert not os.path.exists(own.app_socket) and not os.path.exists(own.gate_socket)


# --- sockets that are handed over ---

@pytest.mark.parametrize("which", ["app", "gate"])
def test_socket_as_standard_input(own, serve, which):
    """As lighttpd and spawn-fcgi hand it over: only that pool is served."""
    path = own.path("run", "handed.sock")
    with listening(path) as s:
        process = serve({"CLAVIGER_SOCKET": which}, stdin=s)
        role = fcgi.RESPONDER if which == "app" else fcgi.AUTHORIZER
        wait_until(lambda: status(path, role) in (200, 401, 403), 30, "service")
        wait_until(lambda: {name_of(pid) for pid in children_of(process.pid)} ==
                   {f"claviger-{which}", "claviger-keeper"}, 5, "one pool and the keeper")
        assert not os.path.exists(own.app_socket) and not os.path.exists(own.gate_socket)
        process.terminate()
        assert process.wait(5) == 0
    assert os.path.exists(path), "it is not ours to remove"


def hand_over(sockets):
    """To be run in the child: descriptors from 3 on."""
    def in_child():
        for n, s in enumerate(sockets):
            os.dup2(s.fileno(), 100 + n)
        for n in range(len(sockets)):
            os.dup2(100 + n, 3 + n, inheritable=True)
            os.close(100 + n)
    return in_child


def serve_listed(own, sockets, names):
    """LISTEN_PID has to be the service's own, so a small program in between sets it."""
    script = ("import os, sys\n"
              "os.environ['LISTEN_PID'] = str(os.getpid())\n"
              "os.execv(sys.argv[1], sys.argv[1:])\n")
    return subprocess.Popen(
        ["/usr/bin/python3", "-c", script, own.service.program, "--config", own.config, "serve"],
        env={**os.environ, **own.service.env, "LISTEN_FDS": str(len(sockets)),
             "LISTEN_FDNAMES": names},
        stderr=open(own.path("log", "handed.log"), "ab"), close_fds=False,
        preexec_fn=hand_over(sockets))


@pytest.mark.parametrize("names, order", [("gate:app", ("gate", "app")), ("", ("app", "gate"))])
def test_sockets_of_a_service_manager(own, names, order):
    paths = {"app": own.path("run", "a.sock"), "gate": own.path("run", "g.sock")}
    sockets = {name: listening(path) for name, path in paths.items()}
    process = serve_listed(own, [sockets[name] for name in order], names)
    try:
        wait_until(lambda: status(paths["app"]) == 200, 30, "service")
        assert status(paths["gate"], fcgi.AUTHORIZER) in (200, 401, 403)
        assert not os.path.exists(own.app_socket)
        process.terminate()
        assert process.wait(5) == 0
        # What comes now waits in the socket for the next who serves it.
        waiting = fcgi.Connection(paths["app"])
        waiting.send(fcgi.begin() + fcgi.stream(fcgi.PARAMS, fcgi.pairs(
            fcgi.web_params("GET", "/healthz"))) + fcgi.stream(fcgi.STDIN, b""))
        process = serve_listed(own, [sockets[name] for name in order], names)
        assert waiting.reply().status == 200
        waiting.close()
    finally:
        process.terminate()
        process.wait(5)
        for s in sockets.values():
            s.close()


def test_descriptor_that_is_no_socket(own):
    with open("/dev/null") as null:
        process = serve_listed(own, [null], "app")
        assert process.wait(5) == 1
    assert "no listening socket" in open(own.path("log", "handed.log")).read()


def test_service_manager_is_told(own, serve):
    path = own.path("run", "notify.sock")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.bind(path)
        s.settimeout(5)
        process = serve({"NOTIFY_SOCKET": path})
        assert s.recv(200) == b"READY=1"
        assert status(own.app_socket) == 200
        process.send_signal(signal.SIGHUP)
        said = s.recv(200).split(b"\n")
        assert said[0] == b"RELOADING=1" and said[1].startswith(b"MONOTONIC_USEC=")
        assert s.recv(200) == b"READY=1"
        process.terminate()
        assert s.recv(200) == b"STOPPING=1"
        assert process.wait(5) == 0


