#!/usr/bin/python3
"""mailbox.py PORT DIRECTORY: a mail server that passes nothing on.

Whatever it is given, by SMTP on the loopback, becomes a file in the directory.  The demo has it, so
that mail can be read there.
"""

import os
import signal
import socketserver
import sys
import time
import uuid

LONGEST = 1 << 20
TAKEN = ("EHLO", "HELO", "MAIL", "RCPT", "RSET", "NOOP")


class Connection(socketserver.StreamRequestHandler):
    timeout = 60

    def handle(self):
        self.say("220 mailbox")
        try:
            while self.one_command():
                pass
        except OSError:
            pass

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def one_command(self):
        line = self.rfile.readline(4096)
        word = line[:4].decode("latin-1").upper()
        if word == "DATA":
            self.say("354 go on")
            self.say("250 kept" if self.keep() else "552 too long")
        elif word == "QUIT":
            self.say("221 bye")
        else:
            self.say("250 mailbox" if word in TAKEN else "502 not here")
        return line.endswith(b"\n") and word != "QUIT"

    def keep(self):
        """The letter, as it came: whole in a file of its own, or not at all."""
        letter = []
        while (line := self.rfile.readline(4096)) != b".\r\n":
            if not line:
                raise OSError("the letter broke off")
            # What is beyond is read all the same, to be refused at its end.
            if sum(map(len, letter)) < LONGEST:
                letter.append(line[1:] if line.startswith(b".") else line)
        if sum(map(len, letter)) >= LONGEST:
            return False
        path = os.path.join(sys.argv[2], f"{time.strftime('%Y-%m-%d-%H%M%S')}-{uuid.uuid4().hex[:8]}.eml")
        with open(path + ".part", "wb") as f:
            f.writelines(letter)
        os.rename(path + ".part", path)
        return True


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: mailbox.py PORT DIRECTORY")
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    os.umask(0o077)
    with Server(("127.0.0.1", int(sys.argv[1])), Connection) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
