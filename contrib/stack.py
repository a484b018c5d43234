"""stack.py: a whole claviger in one private directory, for the demo and the tests.

A Stack is a mariadbd, `claviger serve`, an example application and one or more web servers, all of
them started here, on free ports and private sockets, and all of them ended by stop().  Nothing of
the system's own servers is touched.

Needs nothing but Python's standard library, so that it works before any package is there.
"""

import grp
import hashlib
import http.client
import os
import shutil
import signal
import socket
import subprocess

from database import Database
from process import (LOOPBACK, Process, StackError, as_root, children_of, free_ports, make_directory,
                     name_of, private_directory, secret_file, user_exists, wait_until, write_file)
from webservers import CONTRIB, WEB_USER, WEBS


# --- claviger itself ---

class Service:
    """`claviger serve` and, for the same settings, every other command of the program."""

    def __init__(self, stack, program, env):
        self.stack, self.program, self.env = stack, program, env
        self.process = Process("claviger", [program, "--config", stack.config, "serve", "--foreground"],
                               os.path.join(stack.logs, "claviger.log"), env=env)

    def run(self, *args, stdin="", seconds=60):
        """One command of the program; the CompletedProcess, whatever its status."""
        return subprocess.run([self.program, "--config", self.stack.config, *args], input=stdin,
                              text=True, capture_output=True, timeout=seconds, cwd="/",
                              env={**os.environ, **self.env})

    def must(self, *args, stdin=""):
        """One command that has to succeed; what it printed."""
        done = self.run(*args, stdin=stdin)
        if done.returncode != 0:
            raise StackError(f"claviger {' '.join(args)}: status {done.returncode}\n"
                             f"{done.stdout}{done.stderr}")
        return done.stdout

    def accepts(self):
        for path in (self.stack.app_socket, self.stack.gate_socket):
            try:
                with socket.socket(socket.AF_UNIX) as s:
                    s.connect(path)
            except OSError:
                return False
        return True

    def start(self):
        self.process.start()
        self.process.wait_ready(self.accepts, 20)

    def stop(self, number=signal.SIGTERM, seconds=35):
        return self.process.stop(number, seconds)

    def kill(self):
        """kill -9 of the master only; what becomes of its workers is for the caller to see."""
        self.process.kill()

    def restart(self):
        self.stop()
        self.start()

    def reload(self):
        self.process.send(signal.SIGHUP)

    @property
    def master(self):
        return self.process.pid

    def workers(self, role=None):
        """Process ids of the master's children; with a role (app, gate, gate_tcp, keeper) those that
        bear its name."""
        name = f"claviger-{role}"[:15]
        return [pid for pid in children_of(self.master) if role is None or name_of(pid) == name]


# --- all of it ---

class Stack:
    """All servers of one installation.

    program    the claviger that is tried
    directory  where everything lives; one that is there already is used again
    webs       kinds of web servers, from WEBS
    port       of the first web server; the application is at port + 1.  Others get free ports
    fast       for tests: cheap Argon2 and a database that need not survive a power cut
    settings   {"section": {"name": value}} on top of those of base_settings()
    env        further environment for claviger
    template   where a new database is kept as a copy for the next stack, which starts sooner
    remembers  claviger keeps verified keys in shared memory
    beside     another stack, whose database, passwords and peppers this one uses: a second host
    mailbox    there is a mail server, which keeps what claviger sends as files in the directory mail
    """

    def __init__(self, program, directory, webs=("nginx",), port=None, fast=False, settings=None,
                 env=None, template=None, remembers=True, beside=None, mailbox=False):
        self.program, self.fast = os.path.abspath(program), fast
        self.directory = private_directory(directory)
        self.run_directory = self.path("run")
        self.app_socket = self.path("run", "app.sock")
        self.gate_socket = self.path("run", "gate.sock")
        self.example_socket = self.path("run", "example.sock")
        self.logs = self.path("log")
        self.files = self.path("files")
        self.mail = self.path("mail")
        self.etc = self.path("etc")
        self.config = self.path("etc", "claviger.conf")
        self.routes = self.path("etc", "routes")
        self.remembers = remembers
        self.memory = "/dev/shm/claviger-" + hashlib.sha256(self.directory.encode()).hexdigest()[:12]
        self.make_directories()

        first = port or free_ports(3)
        # Apache's authorizer speaks TCP only; the others do without that listener.
        self.gate_listen = f"{LOOPBACK}:{first + 2}" if "apache" in webs else ""
        self.settings = settings or {}
        self.beside = beside
        self.database = beside.database if beside else Database(
            self.path("db"), self.path("log", "mariadbd.log"), fast, template)
        self.service = Service(self, self.program, self.sanitizer_env() | (env or {}))
        self.example = Process("example-app", ["/usr/bin/python3",
                                               os.path.join(CONTRIB, "example-app.py"),
                                               self.example_socket], self.path("log", "example-app.log"))
        self.mail_port = free_ports(1) if mailbox else None
        self.mailbox = Process("mailbox", ["/usr/bin/python3", os.path.join(CONTRIB, "mailbox.py"),
                                           str(self.mail_port), self.mail], self.path("log", "mailbox.log"))
        self.webs = {}
        for n, kind in enumerate(webs):
            self.webs[kind] = WEBS[kind](self, first if n == 0 else free_ports(2))
        self.web = next(iter(self.webs.values()), None)

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def make_directories(self):
        os.chmod(self.directory, 0o711 if as_root() else 0o700)
        for path in (self.run_directory, self.logs, self.files, self.mail, self.etc):
            make_directory(path, 0o700)
        if as_root():
            # mariadbd writes its own log, under its own account.
            os.chmod(self.logs, 0o711)
            log = self.path("log", "mariadbd.log")
            open(log, "ab").close()
            if user_exists("mysql"):
                shutil.chown(log, "mysql")
            shutil.chown(self.run_directory, group=WEB_USER)
            os.chmod(self.run_directory, 0o710)

    def sanitizer_env(self):
        """Where a build with sanitizers writes what it finds; see sanitizer_reports()."""
        where = "log_path=" + self.path("log", "sanitizer")
        return {"ASAN_OPTIONS": where, "UBSAN_OPTIONS": where + ":print_stacktrace=1"}

    def sanitizer_reports(self):
        return sorted(os.path.join(self.logs, name) for name in os.listdir(self.logs)
                      if name.startswith("sanitizer"))

    def base_settings(self):
        shared = (self.beside or self).etc
        group = grp.getgrnam(WEB_USER).gr_name if as_root() else ""
        return {
            "service": {
                "app_socket": self.app_socket, "gate_socket": self.gate_socket,
                "gate_listen": self.gate_listen, "socket_group": group, "socket_mode": "0660",
                "app_workers": 3, "gate_workers": 3, "routes": self.routes,
            },
            "database": {
                "socket": self.database.socket, "name": "claviger", "user": "claviger_app",
                "password_file": secret_file(os.path.join(shared, "db-app")),
                "gate_user": "claviger_gate",
                "gate_password_file": secret_file(os.path.join(shared, "db-gate")),
                "admin_user": self.database.admin,
            },
            "keys": {
                "pepper_file": os.path.join(shared, "pepper"),
                "secret_file": os.path.join(shared, "secret"),
                "memory_file": self.memory_file(),
                **({"argon2_memory": 64, "argon2_passes": 1} if self.fast else {}),
            },
            "limits": {"throttle_exempt": "127.0.0.0/8"},
            "access": {"passwords": "yes", "local_roots": self.files},
            "mail": {"server": f"smtp://{LOOPBACK}:{self.mail_port}", "from": "claviger <claviger@claviger.example>",
                     "tls": "off"} if self.mail_port else {},
        }

    def memory_file(self):
        """Where verified keys are remembered: on tmpfs, in a directory of this stack's own."""
        if not self.remembers:
            return ""
        os.makedirs(self.memory, 0o700, exist_ok=True)
        return os.path.join(self.memory, "verified")

    def write_config(self):
        shutil.copyfile(os.path.join(CONTRIB, "routes"), self.routes)
        os.chmod(self.routes, 0o600)
        text = ""
        base = self.base_settings()
        for section in {**base, **self.settings}:
            names = {**base.get(section, {}), **self.settings.get(section, {})}
            text += f"[{section}]\n" + "".join(f"{n} = {v}\n" for n, v in names.items()) + "\n"
        write_file(self.config, text)

    def start_example(self):
        # One of last time must not be taken for the new one.
        if os.path.exists(self.example_socket):
            os.unlink(self.example_socket)
        self.example.start()
        self.example.wait_ready(lambda: os.path.exists(self.example_socket), 10)
        if as_root():
            shutil.chown(self.example_socket, group=WEB_USER)

    def start(self, progress=lambda what: None):
        """Start everything, or end what was started and say what is wrong."""
        try:
            if not self.beside:
                progress("database")
                self.database.install()
                self.database.start()
            progress("claviger")
            if self.mail_port:
                self.mailbox.start()
            self.write_config()
            self.service.must("migrate")
            self.service.start()
            self.start_example()
            for web in self.webs.values():
                progress(web.kind)
                web.start()
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def wait_ready(self, seconds=20):
        """Until /readyz says 200 through the first web server."""
        if self.web:
            wait_until(lambda: self.get_status(self.web.port, "/readyz") == 200, seconds,
                       "GET /readyz", self.service.process.log)

    @staticmethod
    def get_status(port, path):
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def stop(self):
        """End everything, the last started first.  Returns the names of those that left processes
        behind; these were ended too."""
        left = []
        parts = [*reversed([*self.webs.values()]), self.example, self.service, self.mailbox]
        if not self.beside:
            parts.append(self.database)
        for part in parts:
            try:
                if part.stop():
                    left.append(getattr(part, "kind", None) or type(part).__name__)
            except Exception as failure:  # the others must be ended all the same
                left.append(f"{type(part).__name__}: {failure}")
        shutil.rmtree(self.memory, ignore_errors=True)
        return left

    def remove(self):
        shutil.rmtree(self.directory, ignore_errors=True)

    def remove_data(self):
        """What its own database held, a hundred megabytes; the logs stay to be read."""
        if not self.beside:
            shutil.rmtree(self.database.data, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
