"""database.py: a private mariadbd on a unix socket."""

import os
import pwd
import shutil
import signal
import socket
import subprocess

from process import Process, StackError, as_root, make_directory, tail, user_exists, write_file


class Database:
    """A mariadbd on a unix socket.  The account that runs the stack is its administrator, known by
    its socket, without a password."""

    def __init__(self, directory, log, fast, template=None):
        self.directory, self.fast, self.template = directory, fast, template
        self.data = os.path.join(directory, "data")
        self.socket = os.path.join(directory, "db.sock")
        self.user = "mysql" if as_root() and user_exists("mysql") else None
        self.admin = pwd.getpwuid(os.geteuid()).pw_name
        self.process = Process("mariadbd", self.command(), log, user=self.user)

    def command(self):
        sizes = ["--innodb-log-file-size=8M", "--innodb-log-buffer-size=2M", "--key-buffer-size=64K",
                 "--aria-pagecache-buffer-size=2M", "--innodb-buffer-pool-size=32M",
                 "--table-open-cache=400", "--thread-cache-size=4", "--max-connections=150"]
        # What survives a power cut is no matter for a database that lives as long as a test.
        durable = ["--innodb-doublewrite=0", "--innodb-flush-log-at-trx-commit=2"] if self.fast else []
        account = ["--user=root"] if as_root() and not self.user else []
        return ["/usr/sbin/mariadbd", "--no-defaults", f"--datadir={self.data}",
                f"--socket={self.socket}", f"--pid-file={self.directory}/pid",
                f"--tmpdir={self.directory}/tmp", f"--secure-file-priv={self.directory}/empty",
                "--skip-networking", "--skip-name-resolve", "--performance-schema=OFF",
                "--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_520_ci",
                "--sql-mode=STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE,NO_ZERO_IN_DATE,"
                "ERROR_FOR_DIVISION_BY_ZERO",
                "--local-infile=0", "--symbolic-links=0", *sizes, *durable, *account]

    def install(self):
        """Make the system tables, once.  A half-made directory is made again."""
        done = os.path.join(self.directory, "installed")
        if os.path.exists(done):
            return
        shutil.rmtree(self.directory, ignore_errors=True)
        for name in ("", "data", "tmp", "empty"):
            path = os.path.join(self.directory, name)
            make_directory(path, 0o700 if name else 0o755)
            if self.user:
                shutil.chown(path, self.user, self.user)
        if self.template and os.path.isdir(self.template):
            self.copy(self.template, self.data)
        else:
            self.make_tables()
            if self.template:
                self.copy(self.data, self.template)
        write_file(done, "")

    @staticmethod
    def copy(source, target):
        subprocess.run(["cp", "-a", "-T", source, target], check=True)

    def make_tables(self):
        maker = Process("mariadb-install-db", [
            "/usr/bin/mariadb-install-db", "--no-defaults", f"--datadir={self.data}",
            f"--tmpdir={self.directory}/tmp", "--auth-root-authentication-method=socket",
            f"--auth-root-socket-user={self.admin}", "--skip-test-db", "--skip-name-resolve",
            "--cross-bootstrap", "--innodb-log-file-size=8M", "--aria-log-file-size=8M",
            "--innodb-doublewrite=0", "--innodb-flush-log-at-trx-commit=0",
            *(["--user=root"] if as_root() and not self.user else [])],
            self.process.log, user=self.user)
        maker.start()
        try:
            status = maker.popen.wait(60)
        except subprocess.TimeoutExpired:
            status = "none after 60 s"
        finally:
            maker.stop()
        if status != 0:
            raise StackError(f"mariadb-install-db: status {status}{tail(maker.log)}")

    def greets(self):
        """Does the server send its greeting?"""
        try:
            with socket.socket(socket.AF_UNIX) as s:
                s.settimeout(1)
                s.connect(self.socket)
                return len(s.recv(5)) == 5
        except OSError:
            return False

    def start(self):
        self.process.start()
        self.process.wait_ready(self.greets, 30)

    def stop(self):
        return self.process.stop(signal.SIGKILL if self.fast else signal.SIGTERM, 30)

    def kill(self):
        self.process.kill()

    def pause(self):
        self.process.pause()

    def resume(self):
        self.process.resume()
