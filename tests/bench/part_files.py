"""part_files.py: a large file up and down through nginx, on both kinds of storage, beside nginx that sends the
same file itself and curl that writes to the S3 server itself."""

import hashlib
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

from bench import Bench
from measure import Cpu, tree
from process import LOOPBACK, StackError, as_root
from servers import Door
from webservers import WEB_USER
from world import Client, add_resource, new_password

E2E = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e")
ROUNDS = 3  # at most
PIECE = 1 << 20


def rounds(options):
    return min(options.rounds, ROUNDS)


def make_file(path, mib):
    """Of random bytes; its checksum."""
    digest = hashlib.sha256()
    with open(path, "wb") as f:
        for _ in range(mib):
            piece = os.urandom(PIECE)
            digest.update(piece)
            f.write(piece)
    os.chmod(path, 0o644)
    return digest.hexdigest()


def curl(*words):
    """Seconds of one transfer, which must succeed."""
    done = subprocess.run(["curl", "-s", "-S", "-o", "/dev/null", "-w", "%{http_code} %{time_total}", *words],
                          capture_output=True, text=True)
    status, _, seconds = done.stdout.partition(" ")
    if done.returncode != 0 or status != "200":
        raise StackError(f"curl {words[-1]}: {done.stdout} {done.stderr}")
    return float(seconds)


def checksum_of(url, token):
    with subprocess.Popen(["curl", "-s", "-f", "-H", f"Authorization: Bearer {token}", url],
                          stdout=subprocess.PIPE) as down:
        digest = hashlib.sha256()
        while piece := down.stdout.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def peak_rss(pids):
    """KiB, of the largest; it begins anew with forget_peak()."""
    def one(pid):
        with open(f"/proc/{pid}/status") as f:
            return next(int(line.split()[1]) for line in f if line.startswith("VmHWM"))

    return max(map(one, pids))


def forget_peak(pids):
    for pid in pids:
        with open(f"/proc/{pid}/clear_refs", "w") as f:
            f.write("5")


class Shop:
    """An organization's provider, one key, and the way to files in it."""

    def __init__(self, bench, door, admin, config):
        self.bench, self.base_url = bench, f"http://{LOOPBACK}:{door.port}"
        self.id = add_resource(admin, bench.org, "provider", config["driver"], config=config)
        made = admin.must("POST", f"/v1/organizations/{bench.org}/keys",
                          {"kind": "provider", "name": config["driver"], "scopes": ["write"]})
        self.client, self.token = Client(self.base_url, made["token"]), made["token"]

    def ask(self, document, **variables):
        answer = self.client.must("POST", "/graphql", {"query": document, "variables": variables})
        if answer.get("errors"):
            raise StackError(f"{document}: {answer}")
        return answer["data"]

    def upload(self, path, name):
        """The new file's id, and how long its bytes took."""
        size = os.path.getsize(path)
        wish = {"name": name, "mimeType": "application/octet-stream", "size": size, "providerId": self.id}
        file = self.ask("mutation($w: RequestUploadInput!) { requestUpload(input: $w) { fileId } }",
                        w=wish)["requestUpload"]["fileId"]
        return file, curl("-T", path, "-X", "POST", "-H", f"Authorization: Bearer {self.token}", "-H", "Expect:",
                          f"{self.base_url}/api/upload/proxy?fileId={file}")

    def address(self, file):
        return f"{self.base_url}/api/download/proxy?fileId={file}"

    def download(self, file):
        return curl("-H", f"Authorization: Bearer {self.token}", self.address(file))

    def remove(self, file):
        self.ask("mutation($id: ID!) { deleteFile(id: $id) }", id=file)


def storage_of(options, directory):
    """s3rver as the tests have it; None where there is none."""
    sys.path.insert(0, E2E)
    from s3_kit import Storage

    modules = pathlib.Path(options.build) / "s3" / "node_modules"
    if shutil.which("node") is None or not (modules / "s3rver").is_dir():
        return None
    os.mkdir(directory)
    return Storage(modules, pathlib.Path(directory))


def straight(storage, path, name):
    """curl writes to the S3 server."""
    from s3_kit import ACCESS_KEY, BUCKET, REGION

    return curl("-T", path, "--aws-sigv4", f"aws:amz:{REGION}:s3", "--user", f"{ACCESS_KEY}:{ACCESS_KEY}",
                "-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD", "-H", "Expect:",
                f"http://{LOOPBACK}:{storage.gate.behind}/{BUCKET}/{name}")


class Figures:
    """groups: whose CPU is counted, as for Cpu."""

    def __init__(self, report, mib, groups):
        self.report, self.mib, self.groups, self.seconds, self.cpu = report, mib, groups, {}, {}

    def time(self, what, transfer, *given):
        """What a transfer gives, but for its seconds, which come last."""
        cpu = Cpu(self.groups)
        got = transfer(*given)
        self.cpu.setdefault(what, []).append(cpu.used())
        file, seconds = got if isinstance(got, tuple) else (None, got)
        self.seconds.setdefault(what, []).append(seconds)
        return file

    def rate(self, what):
        return self.mib / statistics.median(self.seconds[what])

    def show(self, *whats):
        for what in whats:
            self.report.figure(what, self.rate(what), "MiB/s")
            for group in self.groups:
                us = statistics.median(used[group] for used in self.cpu[what])
                self.report.figure(f"  CPU of {group}", us / self.mib, "us a MiB")

    def ratio(self, over, under, least):
        """Of the rates, round by round."""
        pairs = zip(self.seconds[under], self.seconds[over])
        self.report.figure(f"{over} / {under}", statistics.median(u / o for u, o in pairs), least=least)


def checked(shop, file, want, what):
    if checksum_of(shop.address(file), shop.token) != want:
        raise StackError(f"{what}: another content came back")


def local(bench, shop, source, want, own, figures):
    www = own.socket
    for n in range(rounds(bench.options)):
        bench.say(f"local, round {n + 1}")
        file = figures.time("up, local", shop.upload, source, f"local-{n}")
        if n == 0:
            checked(shop, file, want, "local")
            os.link(os.path.join(bench.stack.files, "disk", "local-0"), os.path.join(www, "it"))
            os.chmod(os.path.join(www, "it"), 0o644)
            first = file
        figures.time("down, nginx's own", curl, f"http://{LOOPBACK}:{own.port}/it")
        # The same blocks of the disk: the first upload, under both names.
        figures.time("down, local", shop.download, first)
        if n > 0:
            shop.remove(file)


def remote(bench, shop, storage, source, want, figures):
    for n in range(rounds(bench.options)):
        bench.say(f"S3, round {n + 1}")
        figures.time("up, curl to the S3 server", straight, storage, source, "straight")
        file = figures.time("up, S3", shop.upload, source, f"s3-{n}")
        figures.time("down, S3", shop.download, file)
        if n == 0:
            checked(shop, file, want, "S3")
        shop.remove(file)


def files(options, report):
    directory = os.path.join(options.directory, f"claviger-bench-s3-{os.getpid()}")
    storage = storage_of(options, directory)
    endpoint = f"{LOOPBACK}:{storage.gate.behind}" if storage else ""
    settings = {"files": {"sendfile": "accel", "s3_endpoints": endpoint}}
    try:
        with Bench(options, settings=settings) as bench:
            measure(bench, options, report, storage, endpoint)
    finally:
        if storage:
            storage.stop()
            shutil.rmtree(directory, ignore_errors=True)


def measure(bench, options, report, storage, endpoint):
    from s3_kit import ACCESS_KEY, BUCKET, REGION

    bench.start()
    os.chmod(bench.stack.files, 0o755)
    disk, www = os.path.join(bench.stack.files, "disk"), os.path.join(bench.stack.files, "www")
    for made in (disk, www):
        os.mkdir(made, 0o755)
    if as_root():
        # Files get the directory's group, and nginx may read them.
        shutil.chown(disk, group=WEB_USER)
        os.chmod(disk, 0o2755)
    door = bench.door("files", "direct", bench.stack.service)
    own = Door("own", door.web, "static", www, None)
    door.web.doors.append(own)
    bench.open_doors()
    password = new_password()
    bench.stack.service.must("user", "add", "--name", "F", "--password-stdin", "files@example.org",
                             stdin=password + "\n")
    bench.org = bench.stack.service.must("org", "add", "--admin", "files@example.org", "Files").split()[-1]
    admin = Client(f"http://{LOOPBACK}:{door.port}").log_in("files@example.org", password)
    bench.say(f"a file of {options.mib} MiB")
    source = os.path.join(bench.directory, "source")
    want = make_file(source, options.mib)
    report.title(f"files: {options.mib} MiB through nginx, medians of {rounds(options)}")
    pids = bench.stack.service.workers("app")
    figures = Figures(report, options.mib, {"nginx": tree(door.web.process.pid), "claviger": pids})
    forget_peak(pids)
    shop = Shop(bench, door, admin, {"driver": "local", "root": disk})
    local(bench, shop, source, want, own, figures)
    figures.show("up, local", "down, local", "down, nginx's own")
    figures.ratio("down, local", "down, nginx's own", 0.8)
    report.figure("memory of a worker at most, local", peak_rss(pids) / 1024, "MiB", most=32)
    if storage is None:
        report.note("S3: not measured: there is no s3rver beside the program; contrib/check installs it")
        return
    forget_peak(pids)
    shop = Shop(bench, door, admin, {"driver": "s3", "endpoint": f"http://{endpoint}", "bucket": BUCKET,
                                     "region": REGION, "access_key": ACCESS_KEY, "secret_key": ACCESS_KEY})
    remote(bench, shop, storage, source, want, figures)
    figures.show("up, S3", "up, curl to the S3 server", "down, S3")
    figures.ratio("up, S3", "up, curl to the S3 server", 0.6)
    report.figure("memory of a worker at most, S3", peak_rss(pids) / 1024, "MiB", most=32)
