"""webservers.py: private nginx, lighttpd and Apache that run the sample configurations.

The files of contrib/nginx, contrib/lighttpd and contrib/apache are taken as they are; only the
addresses and paths in them are replaced, and a main file is written around them.
"""

import os
import shutil
import socket

from process import LOOPBACK, Process, as_root, make_directory, write_file

CONTRIB = os.path.dirname(os.path.abspath(__file__))
WEB_USER = "www-data"


class Web:
    """A private web server that runs the sample configuration of its kind: claviger at base_url,
    the example application behind the authorizer at protected_url."""

    kind = None
    binary = None
    sample_logs = None

    def __init__(self, stack, port):
        self.stack, self.port, self.protected_port = stack, port, port + 1
        self.base_url = f"http://{LOOPBACK}:{self.port}"
        self.protected_url = f"http://{LOOPBACK}:{self.protected_port}"
        self.directory = os.path.join(stack.directory, self.kind)
        self.logs = os.path.join(stack.logs, self.kind)
        self.error_log = os.path.join(self.logs, "error.log")
        self.config = os.path.join(self.directory, self.kind + ".conf")
        # One account from the start: a process that changes it loses the tie to its parent.
        self.process = Process(self.kind, self.command(), self.error_log,
                               user=WEB_USER if as_root() else None)

    def command(self):
        raise NotImplementedError

    def main_config(self):
        """The text around the sample: process, log and temporary files."""
        raise NotImplementedError

    def replacements(self):
        """The addresses and paths of the sample files, and ours."""
        return {
            "/run/claviger/app.sock": self.stack.app_socket,
            "/run/claviger/gate.sock": self.stack.gate_socket,
            "/run/claviger/example.sock": self.stack.example_socket,
            "127.0.0.1:8480": f"{LOOPBACK}:{self.port}",
            "127.0.0.1:8481": f"{LOOPBACK}:{self.protected_port}",
            "127.0.0.1:8482": self.stack.gate_listen or "127.0.0.1:8482",
            "/usr/share/claviger": os.path.join(self.directory, "share"),
            "/srv/files": self.stack.files,
            self.sample_logs: self.logs,
            f"/etc/{self.kind}/claviger": os.path.join(self.directory, "claviger"),
        }

    def replaced(self, text):
        # First to marks, then from marks: a new port may look like another one of the sample.
        for mark, (old, new) in enumerate(self.replacements().items()):
            text = text.replace(old, f"\0{mark}\0")
        for mark, new in enumerate(self.replacements().values()):
            text = text.replace(f"\0{mark}\0", new)
        return text

    def write_config(self):
        """Copy the samples with our addresses, and write the main file beside them."""
        source = os.path.join(CONTRIB, self.kind)
        target = os.path.join(self.directory, "claviger")
        shutil.rmtree(self.directory, ignore_errors=True)
        for path in (self.directory, target, os.path.join(self.directory, "www"),
                     os.path.join(self.directory, "tmp"), self.logs):
            make_directory(path, 0o755)
        for name in os.listdir(source):
            with open(os.path.join(source, name)) as f:
                write_file(os.path.join(target, name), self.replaced(f.read()), 0o644)
        self.copy_static()
        open(self.error_log, "ab").close()
        if as_root():
            for path in (os.path.join(self.directory, "tmp"), self.logs, self.error_log):
                shutil.chown(path, WEB_USER, WEB_USER)
        write_file(self.config, self.main_config(), 0o644)

    def copy_static(self):
        """What pages load, from where it was built: not everybody may look there."""
        built = os.path.join(os.path.dirname(self.stack.program), "static")
        target = os.path.join(self.directory, "share", "static")
        make_directory(os.path.dirname(target), 0o755)
        make_directory(target, 0o755)
        for name in os.listdir(built) if os.path.isdir(built) else ():
            shutil.copyfile(os.path.join(built, name), os.path.join(target, name))
            os.chmod(os.path.join(target, name), 0o644)

    def answers(self):
        for port in (self.port, self.protected_port):
            try:
                socket.create_connection((LOOPBACK, port), 1).close()
            except OSError:
                return False
        return True

    def start(self):
        self.write_config()
        self.process.start()
        self.process.wait_ready(self.answers, 15)

    def stop(self):
        return self.process.stop()


class Nginx(Web):
    kind = "nginx"
    binary = "/usr/sbin/nginx"
    sample_logs = "/var/log/nginx"

    def command(self):
        return [self.binary, "-p", self.directory, "-c", self.config, "-e", self.error_log]

    def main_config(self):
        temporary = "".join(f"\t{name}_temp_path {self.directory}/tmp/{name};\n" for name in
                            ("client_body", "fastcgi", "proxy", "scgi", "uwsgi"))
        return ("daemon off;\nworker_processes 2;\n"
                f"pid {self.directory}/tmp/pid;\nerror_log {self.error_log} warn;\n"
                "events { worker_connections 512; }\n"
                f"http {{\n{temporary}\tinclude claviger/claviger.conf;\n}}\n")


class Lighttpd(Web):
    kind = "lighttpd"
    binary = "/usr/sbin/lighttpd"
    sample_logs = "/var/log/lighttpd"

    def command(self):
        return [self.binary, "-D", "-f", self.config]

    def main_config(self):
        # lighttpd must listen somewhere itself; the sample's two addresses come on top.
        return (f'server.bind = "{self.directory}/tmp/www.sock"\nserver.modules = ()\n'
                f'server.document-root = "{self.directory}/www"\n'
                f'server.upload-dirs = ( "{self.directory}/tmp" )\n'
                f'server.pid-file = "{self.directory}/tmp/pid"\n'
                f'server.errorlog = "{self.error_log}"\n'
                f'include "{self.directory}/claviger/claviger.conf"\n')


class Apache(Web):
    kind = "apache"
    binary = "/usr/sbin/apache2"
    sample_logs = "/var/log/apache2"
    modules = ("mpm_event", "alias", "authn_core", "authz_core", "authz_user", "authnz_fcgi", "env", "headers",
               "proxy", "proxy_fcgi", "reqtimeout", "setenvif", "xsendfile")

    def command(self):
        return [self.binary, "-f", self.config, "-DFOREGROUND"]

    def main_config(self):
        load = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"
                       for name in self.modules)
        return (f'ServerRoot "{self.directory}"\nServerName localhost\nPidFile {self.directory}/tmp/pid\n'
                f'DefaultRuntimeDir "{self.directory}/tmp"\nDocumentRoot "{self.directory}/www"\n'
                f"{load}ErrorLog {self.error_log}\nLogLevel warn\nServerTokens Prod\n"
                "StartServers 1\nThreadsPerChild 16\nMinSpareThreads 16\nMaxSpareThreads 48\n"
                "MaxRequestWorkers 64\n"
                f"Include {self.directory}/claviger/claviger.conf\n")


WEBS = {web.kind: web for web in (Nginx, Lighttpd, Apache)}
