"""s3_kit.py: an S3 storage for tests: npm's s3rver, and in front of it a gate that checks each
request's signature by the letter of AWS Signature Version 4, and can be told to fail in some way.

s3rver itself reads such signatures and does not check them; and it fails where a listing has more than was
asked for, and the gate makes such a page itself.
"""

import hashlib
import hmac
import http.client
import http.server
import os
import secrets
import socket
import subprocess
import threading
import time
from urllib.parse import parse_qsl, quote
from xml.sax.saxutils import escape

ACCESS_KEY, BUCKET, REGION = "S3RVER", "things", "eu-test-1"
WHOLE = 32 << 20


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def sign(secret, method, target, headers):
    """The signature a request must have (AWS General Reference, "Signature Version 4")."""
    head = headers["Authorization"]
    fields = dict(part.strip().split("=", 1) for part in head.split(" ", 1)[1].split(","))
    names = fields["SignedHeaders"].split(";")
    path, _, query = target.partition("?")
    pairs = sorted((quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in parse_qsl(query, True))
    canonical = "\n".join([method, path, "&".join(f"{k}={v}" for k, v in pairs),
                           *(f"{n}:{' '.join(headers[n].split())}" for n in names), "", ";".join(names),
                           headers["x-amz-content-sha256"]])
    scope = fields["Credential"].split("/", 1)[1]
    to_sign = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], scope,
                         hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    good = (hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest() == fields["Signature"]
            and fields["Credential"].startswith(ACCESS_KEY + "/") and scope.split("/")[1] == REGION
            and {"host", "x-amz-date", "x-amz-content-sha256"} <= set(names)
            and all(n.lower() in names for n in headers if n.lower().startswith("x-amz-")))
    return good


ERROR = ('<?xml version="1.0"?><Error><Code>{}</Code><Message>the key {} and its secret</Message>'
         '<StringToSign>secret</StringToSign></Error>')


class Gate(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def log_message(self, *_):
        pass

    def refuse(self, status, code):
        body = ERROR.format(code, ACCESS_KEY).encode()
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def body(self):
        left = int(self.headers.get("Content-Length") or 0)
        while left > 0:
            piece = self.rfile.read(min(left, 65536))
            if not piece:
                return
            left -= len(piece)
            yield piece

    def pass_on(self):
        if self.server.storage.many and self.path.startswith(f"/{BUCKET}/?") and "list-type=" in self.path:
            return self.page()
        there = http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=30)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("connection", "expect")}
        length = int(self.headers.get("Content-Length") or 0)
        sent = 0
        # What is not whole is nobody's to see; s3rver shows an object while it is written.
        body = self.body() if length > WHOLE else [b"".join(self.body())]
        if length <= WHOLE and len(body[0]) != length:
            self.close_connection = True
            return None
        there.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            there.putheader(name, value)
        there.endheaders()
        for piece in body:
            there.send(piece)
            sent += len(piece)
        if sent != length:
            there.close()
            self.close_connection = True
            return None
        answer = there.getresponse()
        if answer.status == 500 and "list-type=" in self.path:
            there.close()
            return self.page()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "date", "server", "transfer-encoding", "keep-alive"):
                self.send_header(name, value)
        chunked = answer.getheader("Content-Length") is None and self.command != "HEAD"
        if chunked:
            content = answer.read()
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if chunked:
            self.wfile.write(content)
        else:
            self.copy(answer)
        return there.close()

    def page(self):
        """A piece of a listing, from the disk: what comes after the token, which is a name here."""
        wish = dict(parse_qsl(self.path.partition("?")[2], True))
        most, after, below = int(wish["max-keys"]), wish.get("continuation-token", ""), wish["prefix"]
        rows = {}
        for name, size in self.server.storage.sizes(below):
            rest = name[len(below):]
            if "delimiter" in wish and "/" in rest:
                name = below + rest.split("/")[0] + "/"
                rows[name] = f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>"
            else:
                rows[name] = f"<Contents><Key>{escape(name)}</Key><Size>{size}</Size></Contents>"
        names = sorted(name for name in rows if name > after)
        more = f"<NextContinuationToken>{escape(names[most - 1])}</NextContinuationToken>" if len(names) > most else ""
        text = f"<ListBucketResult>{more}{''.join(rows[n] for n in names[:most])}</ListBucketResult>".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def copy(self, answer):
        fail, n = self.server.fail, 0
        while piece := answer.read(65536):
            if fail == "truncated" and n > 2_000_000 and self.command == "GET" and "list-type" not in self.path:
                self.wfile.write(piece[:len(piece) // 2])
                self.wfile.flush()
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            self.wfile.write(piece)
            n += len(piece)

    def say(self, status, text, length=None, **headers):
        """An answer; `length` may promise another one than there is."""
        for _ in self.body():
            pass
        self.send_response(status)
        self.send_header("Content-Length", str(len(text) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    def list(self, text, length=None):
        """A listing in every answer; and no object is there."""
        if self.command == "HEAD":
            self.say(404, b"")
        else:
            self.say(200, f"<ListBucketResult>{text}</ListBucketResult>".encode(), length)

    def lie(self):
        """More than was asked for, of somewhere else."""
        self.list("".join(f"<Contents><Key>e{n}</Key><Size>1</Size></Contents>" for n in range(1500)))

    def handle_any(self):
        self.server.seen.append((self.command, self.path))
        fail = self.server.fail
        try:
            if not sign(self.server.secret, self.command, self.path, self.headers):
                self.server.wrong += 1
                return self.refuse(403, "SignatureDoesNotMatch")
            if callable(fail):
                return fail(self)
            if isinstance(fail, tuple) and fail[0] in (None, self.command):
                return self.refuse(*fail[1:])
            if isinstance(fail, float) and self.command in ("PUT", "DELETE"):
                time.sleep(fail)
            if isinstance(fail, int):
                return self.refuse(fail, {403: "AccessDenied", 500: "InternalError", 503: "SlowDown",
                                          507: "QuotaExceeded"}.get(fail, "Odd"))
            if fail == "silent":
                self.server.wake.wait(20)
                self.close_connection = True
                return None
            if fail == "hangs up":
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return None
            if fail == "lies":
                return self.lie()
            if fail == "odd":
                self.send_response(200)
                self.send_header("Content-Length", "9")
                self.end_headers()
                return self.wfile.write(b"<Bucket><" if self.command != "HEAD" else b"")
            return self.pass_on()
        except (OSError, http.client.HTTPException):
            self.close_connection = True
        return None

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_any


class Storage:
    """s3rver with a bucket of its own, behind the gate."""

    def __init__(self, modules, directory):
        self.many = False
        self.directory, self.secret = directory, secrets.token_urlsafe(30)
        port = free_port()
        bucket = directory / "bucket.xml"
        bucket.write_text("<CORSConfiguration/>")
        self.process = subprocess.Popen(
            ["node", str(modules / "s3rver/bin/s3rver.js"), "-d", str(directory / "s3"), "-a", "127.0.0.1",
             "-p", str(port), "-s", "--no-vhost-buckets", "--configure-bucket", BUCKET],
            stdout=subprocess.DEVNULL, stderr=open(directory / "s3rver.log", "wb"))
        self.gate = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gate)
        self.gate.daemon_threads = True
        self.gate.behind, self.gate.secret, self.gate.storage = port, self.secret, self
        self.gate.fail, self.gate.seen, self.gate.wrong = None, [], 0
        self.gate.wake = threading.Event()
        threading.Thread(target=self.gate.serve_forever, daemon=True).start()
        self.endpoint = f"http://127.0.0.1:{self.gate.server_port}"
        self.wait(port)

    def wait(self, port):
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                assert self.process.poll() is None, (self.directory / "s3rver.log").read_text()
                time.sleep(0.05)
        raise AssertionError("s3rver does not start")

    def config(self, prefix="", **more):
        return {"driver": "s3", "endpoint": self.endpoint, "bucket": BUCKET, "region": REGION,
                "access_key": ACCESS_KEY, "secret_key": self.secret, "prefix": prefix, **more}

    def sizes(self, below):
        """(key, bytes) of what begins so."""
        top, end = str(self.directory / "s3" / BUCKET) + "/", "._S3rver_object"
        for folder, _, names in os.walk(top + below.rpartition("/")[0]):
            for name in names:
                path = os.path.join(folder, name)
                if name.endswith(end) and path[len(top):].startswith(below):
                    yield path[len(top):-len(end)], os.path.getsize(path)

    def put(self, key, content):
        """An object that somebody else put there; where there are many, s3rver takes long to list them."""
        self.many = True
        path = str(self.directory / "s3" / BUCKET / key) + "._S3rver_"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        for what, text in (("object", content), ("object.md5", hashlib.md5(content).hexdigest().encode()),
                           ("metadata.json", b"{}")):
            with open(path + what, "wb") as f:
                f.write(text)

    def all(self, prefix):
        """Every object below it, with its content."""
        top, end = self.directory / "s3" / BUCKET / prefix, "._S3rver_object"
        return {"/" + str(p.relative_to(top))[:-len(end)]: p.read_bytes() for p in top.rglob("*" + end)}

    def begin_parts(self, key):
        """A multipart upload, begun behind the gate."""
        there = http.client.HTTPConnection("127.0.0.1", self.gate.behind, timeout=10)
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        there.request("POST", f"/{BUCKET}/{quote(key)}?uploads=", headers={
            "x-amz-date": stamp, "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
            "Authorization": f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/{stamp[:8]}/{REGION}/s3/aws4_request, "
                             "SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=" + 64 * "0"})
        text = there.getresponse().read().decode()
        there.close()
        return text.split("<UploadId>")[1].split("</UploadId>")[0]

    def fails(self, how):
        """403, 500, 503, 507, "silent", "hangs up", "odd", "lies", "truncated"; (method or None, status,
        code); a float: seconds each change takes; a function: it answers, and is given the gate's handler;
        None: it works."""
        self.gate.fail = how
        self.gate.wake.set()
        self.gate.wake = threading.Event()

    def stop(self):
        self.fails(None)
        self.gate.shutdown()
        self.process.terminate()
        self.process.wait(10)
