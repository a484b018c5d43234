#!/usr/bin/python3
"""example-app.py SOCKET: an application that leaves its locks to claviger.

It stands behind a web server whose authorizer is claviger, and answers every
request with what it was told, as JSON: method, path, query, the identity,
REMOTE_USER and the client's own headers.

It shows the one rule for such an application: who is calling comes from the
parameters CLAVIGER_* and REMOTE_USER, which the web server sets, and never
from HTTP_*, which the client sets.
"""

import json
import os
import signal
import socketserver
import struct
import sys

BEGIN_REQUEST, ABORT_REQUEST, END_REQUEST, PARAMS, STDIN, STDOUT = 1, 2, 3, 4, 5, 6
KEEP_CONN = 1
IDENTITY = ("type", "id", "organization", "key", "kind", "scopes")


def read_exactly(stream, count):
    data = stream.read(count)
    if len(data) != count:
        raise EOFError
    return data


def read_record(stream):
    _, kind, request_id, length, padding = struct.unpack(">BBHHBx", read_exactly(stream, 8))
    content = read_exactly(stream, length)
    read_exactly(stream, padding)
    return kind, request_id, content


def write_record(stream, kind, request_id, content):
    stream.write(struct.pack(">BBHHBx", 1, kind, request_id, len(content), 0) + content)


def read_length(data, at):
    if data[at] < 128:
        return data[at], at + 1
    return struct.unpack_from(">I", data, at)[0] & 0x7FFFFFFF, at + 4


def parameters(data):
    """The name-value pairs.  Of a name given twice the first counts, as in libfcgi."""
    params, at = {}, 0
    while at < len(data):
        name_length, at = read_length(data, at)
        value_length, at = read_length(data, at)
        name = data[at:at + name_length].decode("latin-1")
        at += name_length
        params.setdefault(name, data[at:at + value_length].decode("utf-8", "replace"))
        at += value_length
    return params


def header_name(param):
    return "-".join(word.capitalize() for word in param[len("HTTP_"):].split("_"))


def answer(params):
    """What the application says: only what it was told."""
    path, _, query = params.get("REQUEST_URI", "").partition("?")
    return {
        "method": params.get("REQUEST_METHOD", ""),
        "path": path,
        "query": query,
        "identity": {name: params.get("CLAVIGER_" + name.upper()) or None for name in IDENTITY},
        "remote_user": params.get("REMOTE_USER") or None,
        "headers": {header_name(name): value for name, value in sorted(params.items())
                    if name.startswith("HTTP_") and value != ""},
    }


class Connection(socketserver.StreamRequestHandler):
    """One connection of the web server; nearly always one request."""

    def handle(self):
        try:
            while self.one_request():
                pass
        except (EOFError, OSError, IndexError, struct.error):
            pass

    def one_request(self):
        params, flags, current = b"", 0, None
        while True:
            kind, request_id, content = read_record(self.rfile)
            if kind == BEGIN_REQUEST:
                _, flags = struct.unpack(">HB5x", content)
                params, current = b"", request_id
            elif request_id != current:
                continue
            elif kind == PARAMS:
                params += content
            elif kind == ABORT_REQUEST:
                return False
            elif kind == STDIN and not content:
                break
        self.respond(current, parameters(params))
        return flags & KEEP_CONN

    def respond(self, request_id, params):
        body = json.dumps(answer(params), indent=1).encode() + b"\n"
        head = ("Status: 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"
                f"Content-Length: {len(body)}\r\n\r\n").encode()
        if params.get("REQUEST_METHOD") == "HEAD":
            body = b""
        whole = head + body
        for start in range(0, len(whole), 65535):
            write_record(self.wfile, STDOUT, request_id, whole[start:start + 65535])
        write_record(self.wfile, STDOUT, request_id, b"")
        write_record(self.wfile, END_REQUEST, request_id, struct.pack(">IB3x", 0, 0))
        self.wfile.flush()


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 256


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: example-app.py SOCKET")
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if os.path.exists(sys.argv[1]):
        os.unlink(sys.argv[1])
    os.umask(0o117)
    with Server(sys.argv[1], Connection) as server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
