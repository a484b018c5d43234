"""keys.py: texts of keys made here, and their rows brought into the database in bulk.

The program under test mints one key a request, with one run of Argon2id; a million would take it
hours.  What is written here is what it would have written.
"""

import hashlib
import hmac
import os
import secrets
import subprocess
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

from process import StackError

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
READ = 1
MET = 15        # seconds
CHEAP = 64, 1  # KiB and passes, where it is not Argon2 that is measured
AT_ONCE = 500  # rows a statement

PREFIX, BODY, CHECKSUM, SHOWN = "dk_", 43, 6, 7


def random_digits(n):
    return "".join(DIGITS[b % 62] for b in secrets.token_bytes(n))


def checksum(text):
    crc, digits = zlib.crc32(text.encode()), ""
    for _ in range(CHECKSUM):
        crc, digit = divmod(crc, 62)
        digits = DIGITS[digit] + digits
    return digits


def mint_text():
    """The text of an organization key."""
    text = PREFIX + random_digits(BODY)
    return text + checksum(text)


def malformed_text():
    """Of the right length and alphabet; its checksum is of another text."""
    text = mint_text()
    return text[:-1] + DIGITS[(DIGITS.index(text[-1]) + 1) % 62]


def new_id(prefix):
    return prefix + random_digits(16)


class Rows:
    """Brings keys into one database.

    stack     the stack whose mariadbd it is, and whose pepper
    argon2    path of tests/bench/argon2
    """

    def __init__(self, stack, argon2, name="claviger"):
        self.stack, self.argon2, self.name = stack, argon2, name
        with open(stack.path("etc", "pepper")) as f:
            self.pepper = bytes.fromhex(f.read().splitlines()[-1].split(" ")[1])

    def sql(self, text):
        """Statements; what they returned, a list of lists of texts."""
        done = subprocess.run(
            ["mariadb", "--no-defaults", "--batch", "--skip-column-names", "--max-allowed-packet=64M",
             f"--socket={self.stack.database.socket}", f"--user={self.stack.database.admin}", self.name],
            input=text, text=True, capture_output=True, check=False)
        if done.returncode != 0:
            raise StackError(f"mariadb: {done.stderr[:2000]}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def lookup(self, text):
        return hmac.new(self.pepper, text.encode(), hashlib.sha256).digest()[:16].hex()

    def hashes(self, texts, memory, passes):
        """The Argon2id of each text, made on all cores."""
        share = -(-len(texts) // os.cpu_count())

        def some(at):
            return subprocess.run([self.argon2, "hash", str(memory), str(passes)], text=True,
                                  input="".join(text + "\n" for text in texts[at:at + share]),
                                  capture_output=True, check=True).stdout.split()

        with ThreadPoolExecutor() as pool:
            return [encoded for part in pool.map(some, range(0, len(texts), share)) for encoded in part]

    def add_organizations(self, n):
        """So many new ones, with nothing in them but themselves; their ids."""
        ids, now = [new_id("org") for _ in range(n)], int(time.time())
        for part in parts(ids):
            self.sql("BEGIN; INSERT INTO organization (id, name, created_at) VALUES "
                     + ",".join(f"('{i}','Bench',{now})" for i in part)
                     + "; INSERT INTO resource (org_id, id, type, name, created_at, created_by) VALUES "
                     + ",".join(f"('{i}','{i}','organization','Bench',{now},'bench')" for i in part)
                     + "; COMMIT;")
        return ids

    def add_keys(self, organizations, n, memory=CHEAP[0], passes=CHEAP[1], right=True):
        """So many organization keys that can be presented, spread over the organizations; their texts.
        Those that are not right all have the hash of another text: each presentation runs Argon2,
        none is ever remembered."""
        texts = [mint_text() for _ in range(n)]
        hashes = self.hashes(texts, memory, passes) if right else \
            self.hashes([mint_text()], memory, passes) * n
        now, rows = int(time.time()), []
        for at, (text, encoded) in enumerate(zip(texts, hashes)):
            rows.append(f"('{organizations[at % len(organizations)]}','{new_id('key_')}','organization',"
                        f"'bench','{text[:SHOWN]}',x'{self.lookup(text)}','{encoded}',{READ},"
                        f"{now},'bench')")
        for part in parts(rows):
            self.sql("INSERT INTO api_key (org_id, id, kind, name, prefix, lookup, secret_hash, scopes, "
                     "created_at, created_by) VALUES " + ",".join(part) + ";")
        # Keys that came into the database by themselves are met by the keeper after some seconds.
        time.sleep(MET)
        return texts

    def add_bare_keys(self, organizations, n):
        """So many rows that nobody will ever present, spread over the organizations."""
        if n <= 0:
            return
        self.sql("CREATE TEMPORARY TABLE place (n INT PRIMARY KEY, org VARCHAR(32) "
                 "CHARACTER SET ascii COLLATE ascii_bin); "
                 + "".join("INSERT INTO place VALUES " + ",".join(part) + ";" for part in
                           parts([f"({at},'{i}')" for at, i in enumerate(organizations)]))
                 + "SET SESSION unique_checks = 0, foreign_key_checks = 0; "
                 "INSERT INTO api_key (org_id, id, kind, name, prefix, lookup, secret_hash, scopes, "
                 "created_at, created_by) SELECT org, CONCAT('key_', LPAD(CONV(seq, 10, 36), 16, '0')), "
                 "'organization', 'bare', 'dk_bare', UNHEX(LEFT(SHA2(CONCAT(seq, RAND()), 256), 32)), "
                 "'$argon2id$v=19$m=64,t=1,p=1$YmFyZWJhcmViYXJlYmFyZQ$YmFyZQ', 1, UNIX_TIMESTAMP(), 'bench' "
                 f"FROM seq_1_to_{n} JOIN place ON place.n = seq % {len(organizations)};")


def parts(rows):
    for at in range(0, len(rows), AT_ONCE):
        yield rows[at:at + AT_ONCE]
