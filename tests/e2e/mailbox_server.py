"""mailbox_server.py: a mail server for the tests, as bad as a test wants it.

It is aiosmtpd, with STARTTLS or TLS from the first byte, with accounts or without, and keeps what it
was given: server.letters, a list of Letter.  What it answers is set while it runs:

server.rcpt[address]    the answer to RCPT, as "550 5.1.1 no such user"
server.data             the answer to the letter; None: it is taken
server.mood             "well", "hang" (does not answer a letter while it is so), "break" (hangs up on it) or
                        "take and break" (takes it and hangs up instead of saying so)
"""

import asyncio
import email
import email.policy
import ssl
import subprocess

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult


class Letter:
    def __init__(self, envelope, session, encrypted):
        self.sender, self.to = envelope.mail_from, envelope.rcpt_tos
        self.raw = envelope.original_content
        self.message = email.message_from_bytes(self.raw, policy=email.policy.default)
        self.encrypted = encrypted
        self.account = session.auth_data

    def part(self, kind):
        return self.message.get_body((kind,)).get_content()

    @property
    def id(self):
        return self.message["Message-ID"]


class Server:
    def __init__(self, directory=None, tls=None, account=None, port=0, hostname="127.0.0.1"):
        self.letters, self.rcpt, self.data, self.mood = [], {}, None, "well"
        self.commands = self.hanging = 0
        self.host, self.port, self.tls, self.account = hostname, port, tls, account
        self.certificate = certificate(directory) if tls else None
        self.controller = None

    # aiosmtpd calls these

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.commands += 1
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.rcpt:
            return self.rcpt[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.hanging += 1
        while self.mood == "hang":
            await asyncio.sleep(0.05)
        self.hanging -= 1
        if self.mood == "break":
            server.transport.abort()
            return "250 OK"
        if self.data:
            return self.data
        self.letters.append(Letter(envelope, session, server.transport.get_extra_info("sslcontext") is not None))
        if self.mood == "take and break":
            server.transport.abort()
        return "250 OK"

    def authenticate(self, server, session, envelope, mechanism, data):
        good = (data.login.decode(), data.password.decode()) == self.account
        return AuthResult(success=good, auth_data=data.login.decode() if good else None, handled=good)

    # the tests call these

    def start(self):
        context = None
        if self.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.certificate)
        options = {"hostname": "mail.example.org", "enable_SMTPUTF8": True}
        if self.account:
            options |= {"authenticator": self.authenticate, "auth_required": True,
                        "auth_require_tls": self.tls == "starttls"}
        outer = self

        class Quick(Controller):
            def factory(self):
                starttls = context if outer.tls == "starttls" else None
                return SMTP(self.handler, tls_context=starttls, require_starttls=bool(starttls), **options)

        # Controller takes no port 0.
        self.port = self.port or free_port()
        self.controller = Quick(self, hostname=self.host, port=self.port,
                                ssl_context=context if self.tls == "tls" else None)
        self.controller.start()
        return self

    def stop(self):
        if self.controller:
            self.controller.stop()
            self.controller = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    @property
    def url(self):
        return f"smtp{'s' if self.tls == 'tls' else ''}://{self.host}:{self.port}"

    def to(self, address):
        return [letter for letter in self.letters if address in letter.to]


def free_port():
    import socket
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def certificate(directory):
    """A certificate of our own for the server, and its key."""
    crt, key = f"{directory}/mail.crt", f"{directory}/mail.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", crt,
                    "-days", "2", "-subj", "/CN=mail.example.org", "-addext",
                    "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
    return crt, key
