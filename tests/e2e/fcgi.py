"""fcgi.py: speaks FastCGI to a socket, as a web server would, or as none ever should.

request() is one whole exchange.  Connection sends any records and any bytes, for the hostile cases.
"""

import socket
import struct

BEGIN_REQUEST, ABORT_REQUEST, END_REQUEST, PARAMS, STDIN, STDOUT, STDERR = 1, 2, 3, 4, 5, 6, 7
GET_VALUES, GET_VALUES_RESULT, UNKNOWN_TYPE = 9, 10, 11
RESPONDER, AUTHORIZER, FILTER = 1, 2, 3
KEEP_CONN = 1


def length(count, long=False):
    """How long a name or value is; long writes four bytes also where one would do."""
    return struct.pack(">I", count | 0x80000000) if long or count > 127 else bytes([count])


def as_bytes(text):
    return text if isinstance(text, bytes) else str(text).encode()


def pairs(params):
    """Name-value pairs, from a dict or, with names twice, from a list of pairs."""
    items = params.items() if isinstance(params, dict) else params
    out = b""
    for name, value in items:
        name, value = as_bytes(name), as_bytes(value)
        out += length(len(name)) + length(len(value)) + name + value
    return out


def record(kind, content=b"", request_id=1, version=1, padding=0):
    return struct.pack(">BBHHBx", version, kind, request_id, len(content), padding) + content + \
        bytes(padding)


def stream(kind, content, request_id=1, size=65535):
    """A stream of records with its empty last one."""
    out = b"".join(record(kind, content[at:at + size], request_id)
                   for at in range(0, len(content), size))
    return out + record(kind, b"", request_id)


def begin(role=RESPONDER, flags=0, request_id=1):
    return record(BEGIN_REQUEST, struct.pack(">HB5x", role, flags), request_id)


class Reply:
    """What came back: the streams, and the CGI answer in them."""

    def __init__(self):
        self.out, self.err = b"", b""
        self.app_status = self.protocol_status = None
        self.ended = False

    def __repr__(self):
        return f"<{self.status} {self.headers} {self.body[:200]!r} ended={self.ended}>"

    @property
    def head(self):
        return self.out.partition(b"\r\n\r\n")[0].decode("latin-1")

    @property
    def body(self):
        return self.out.partition(b"\r\n\r\n")[2]

    @property
    def headers(self):
        """All header lines as pairs, names in lower case."""
        lines = [line.partition(":") for line in self.head.split("\r\n") if line]
        return [(name.strip().lower(), value.strip()) for name, _, value in lines]

    def header(self, name):
        return next((value for key, value in self.headers if key == name.lower()), None)

    @property
    def status(self):
        """The status of the Status line; None without one, which no answer may be."""
        value = self.header("status")
        return int(value.split()[0]) if value else None


class Connection:
    """One connection to a socket: a path, or a pair of host and port."""

    def __init__(self, address, seconds=10):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.socket = socket.socket(family)
        self.socket.settimeout(seconds)
        self.socket.connect(address)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def no_more(self):
        """Close our half only."""
        self.socket.shutdown(socket.SHUT_WR)

    def receive(self, count):
        data = b""
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            if not piece:
                raise EOFError(f"closed after {len(data)} of {count} bytes")
            data += piece
        return data

    def receive_record(self):
        _, kind, request_id, size, padding = struct.unpack(">BBHHBx", self.receive(8))
        content = self.receive(size)
        self.receive(padding)
        return kind, request_id, content

    def reply(self):
        """Everything until END_REQUEST, or until the other side closes."""
        reply = Reply()
        try:
            while True:
                kind, _, content = self.receive_record()
                if kind == STDOUT:
                    reply.out += content
                elif kind == STDERR:
                    reply.err += content
                elif kind == END_REQUEST:
                    reply.app_status, reply.protocol_status = struct.unpack(">IB3x", content)
                    reply.ended = True
                    return reply
        except (EOFError, ConnectionError):
            return reply


def request(address, params, body=b"", role=RESPONDER, flags=0, seconds=10):
    """One whole exchange.  In the AUTHORIZER role no body is sent, as no web server does."""
    with Connection(address, seconds) as connection:
        data = begin(role, flags) + stream(PARAMS, pairs(params))
        connection.send(data if role == AUTHORIZER else data + stream(STDIN, as_bytes(body)))
        return connection.reply()


def web_params(method, target, token=None, **more):
    """What a web server tells of a request."""
    params = {
        "GATEWAY_INTERFACE": "CGI/1.1", "SERVER_PROTOCOL": "HTTP/1.1", "SERVER_NAME": "localhost",
        "SERVER_PORT": "80", "REQUEST_METHOD": method, "REQUEST_URI": target, "SCRIPT_NAME": "",
        "QUERY_STRING": target.partition("?")[2], "REMOTE_ADDR": "127.0.0.1", "REMOTE_PORT": "40000",
        "HTTP_HOST": "localhost",
    }
    if token:
        params["HTTP_AUTHORIZATION"] = "Bearer " + token
    params.update(more)
    return params
