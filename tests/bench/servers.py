"""servers.py: what is measured, side by side: the web servers with a door for each case, the empty
programs, and further services of claviger beside the stack's own."""

import os
import pathlib
import shutil
import socket
import types

from process import LOOPBACK, Process, as_root, free_ports, make_directory, write_file
from stack import Service, Stack
from webservers import CONTRIB, WEBS, Lighttpd, Nginx

START = 60  # seconds; longer than needed, also under valgrind
STATIC = "It is here.\n" * 5  # the file behind the authorizer: 60 bytes


# --- doors ---

class Door:
    """A port of a web server that leads to one socket.

    kind      "direct": the socket answers; "auth": it is asked before a static file is sent; "words":
              as "auth", and for a refusal it is asked again, for its words; "static": nothing is behind it,
              and the web server sends the files of a directory, which stands for the socket
    pids      a function that names the processes behind the socket
    service   the claviger behind it, if it is one
    """

    def __init__(self, name, web, kind, path, pids, service=None):
        self.name, self.web, self.kind, self.socket = name, web, kind, path
        self.pids, self.service, self.port = pids, service, free_ports(1)


def sample(kind, name, **replaced):
    """A file of contrib with other names of upstreams in it."""
    with open(os.path.join(CONTRIB, kind, name)) as f:
        text = f.read()
    for old, new in replaced.items():
        text = text.replace(old, new)
    return text


class Doors:
    """What both web servers have on top of the sample configuration: one server more for each of
    `doors`, and behind the authorizer's doors a file at `path`.  Both are read when it starts."""

    def __init__(self, stack, port):
        super().__init__(stack, port)
        self.doors, self.path = [], "/it"

    def write_config(self):
        super().write_config()
        www = os.path.join(self.directory, "www")
        for path in reversed(pathlib.PurePath(self.path).parents):
            make_directory(www + str(path), 0o755)
        write_file(www + self.path, STATIC, 0o644)


class BenchNginx(Doors, Nginx):
    """The servers are made of the sample's own files."""

    def main_config(self):
        text = super().main_config().replace("worker_processes 2;", f"worker_processes {os.cpu_count()};")
        text = text.replace("worker_connections 512;", "worker_connections 2048;")
        end = text.rindex("}")
        return text[:end] + "".join(map(self.server, self.doors)) + text[end:]

    def server(self, door):
        if door.kind == "static":
            return (f"server {{\n\tlisten {LOOPBACK}:{door.port};\n\taccess_log off;\n\troot {door.socket};\n"
                    "\tdisable_symlinks on;\n\tsendfile on;\n}\n")
        upstream = f"upstream bench_{door.port} {{ server unix:{door.socket} max_fails=0; }}\n"
        inner = self.direct(door) if door.kind == "direct" else self.auth(door)
        return (f"{upstream}server {{\n\tlisten {LOOPBACK}:{door.port} backlog=1024;\n\taccess_log off;\n"
                f"\tserver_tokens off;\n{inner}}}\n")

    @staticmethod
    def direct(door):
        return sample("nginx", "claviger_service.conf", claviger_app=f"bench_{door.port}")

    def auth(self, door):
        """The sample's authorizer, before a file.  A refusal is nginx's own page, so that one request
        is one question, as it is for the empty program, unless the door is for the "words"."""
        protect = sample("nginx", "claviger_protect.conf")
        if door.kind != "words":
            protect = "".join(line for line in protect.splitlines(True) if not line.startswith("error_page"))
        return (sample("nginx", "claviger_authorizer.conf", claviger_gate=f"bench_{door.port}")
                + f"location / {{\n{protect}\troot {self.directory}/www;\n}}\n")


class BenchLighttpd(Doors, Lighttpd):
    """The servers have a FastCGI authorizer as the sample has it."""

    def main_config(self):
        return (f'server.max-worker = {os.cpu_count()}\nserver.max-fds = 4096\n' + super().main_config()
                + "".join(map(self.server, self.doors)))

    def server(self, door):
        return (f'$SERVER["socket"] == "{LOOPBACK}:{door.port}" {{\n'
                f'\taccesslog.filename = ""\n'
                f'\tserver.document-root = "{self.directory}/www"\n'
                '\tfastcgi.server = ( "/" => (( '
                f'"socket" => "{door.socket}", "mode" => "authorizer", "check-local" => "disable", '
                '"disable-time" => 0, "connect-timeout" => 5, "write-timeout" => 5, "read-timeout" => 5 '
                ')) )\n}\n')


WEBS["bench-nginx"] = BenchNginx
WEBS["bench-lighttpd"] = BenchLighttpd


# --- what answers ---

class Empty:
    """tests/bench/empty on a socket of the stack."""

    def __init__(self, stack, program, name, processes, size):
        self.socket = stack.path("run", name + ".sock")
        self.process = Process(name, [program, self.socket, str(processes), str(size)],
                               stack.path("log", name + ".log"))

    def start(self):
        if os.path.exists(self.socket):
            os.unlink(self.socket)
        self.process.start()
        self.process.wait_ready(self.accepts, START)
        return self

    def accepts(self):
        try:
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(self.socket)
        except OSError:
            return False
        return True

    def stop(self):
        return self.process.stop()


class Another:
    """One more service of claviger beside the stack's own, with settings of its own; a database it
    names is made in the same mariadbd."""

    def __init__(self, stack, name, settings):
        run = stack.path("run", name)
        make_directory(run, 0o711 if as_root() else 0o700)
        make_directory(stack.path("log", name), 0o700)
        self.memory = stack.memory + "-" + name
        make_directory(self.memory, 0o700)
        self.place = types.SimpleNamespace(
            config=stack.path("etc", name + ".conf"), logs=stack.path("log", name),
            app_socket=os.path.join(run, "app.sock"), gate_socket=os.path.join(run, "gate.sock"))
        write_config(self.place.config, stack.base_settings(), stack.settings, {
            "service": {"app_socket": self.place.app_socket,
                        "gate_socket": self.place.gate_socket},
            "keys": {"memory_file": os.path.join(self.memory, "verified")}}, settings)
        self.service = Service(self.place, stack.program, {})

    def start(self):
        self.service.must("migrate")
        self.service.start()
        return self

    def forget(self):
        """Start anew, with nothing remembered."""
        self.service.stop()
        for name in os.listdir(self.memory):
            os.unlink(os.path.join(self.memory, name))
        self.service.start()

    def stop(self):
        left = self.service.stop()
        shutil.rmtree(self.memory, ignore_errors=True)
        return left


def write_config(path, *settings):
    """Sections of settings as a file; the last one who says something is right."""
    sections = {}
    for some in settings:
        for section, names in some.items():
            sections.setdefault(section, {}).update(names)
    write_file(path, "".join(f"[{section}]\n" + "".join(f"{n} = {v}\n" for n, v in names.items()) + "\n"
                             for section, names in sections.items()))


def make_stack(program, directory, settings, webs=("bench-nginx",)):
    """A stack that remembers, with cheap Argon2 for the keys made here: what is warm runs none."""
    return Stack(program, directory, webs=webs, fast=True, settings=settings)
