"""host_app.py: a host application that signs tokens, well or with every trick there is."""

import base64
import hashlib
import hmac
import json
import os
import secrets
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

from conftest import SEEN_SECRETS

ISSUER, AUDIENCE = "https://app.example", "claviger"


def text_of(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def number(n, size=None):
    return text_of(n.to_bytes(size or (n.bit_length() + 7) // 8, "big"))


class HostApp:
    """Four keys in a directory of their own: jwks.json has the three public ones and the secret."""

    def __init__(self, directory):
        self.directory = str(directory)
        self.rsa = rsa.generate_private_key(65537, 2048)
        self.ec = ec.generate_private_key(ec.SECP256R1())
        self.ed = ed25519.Ed25519PrivateKey.generate()
        self.secret = secrets.token_bytes(48)
        self.jwks = self.write("jwks.json", json.dumps({"keys": self.public_jwks()}))
        self.rsa_pem = self.pem(self.rsa)

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
            f.write(text)
        return path

    @staticmethod
    def pem(key):
        return key.public_key().public_bytes(serialization.Encoding.PEM,
                                             serialization.PublicFormat.SubjectPublicKeyInfo)

    def public_jwks(self):
        r, e = self.rsa.public_key().public_numbers(), self.ec.public_key().public_numbers()
        raw = self.ed.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return [{"kty": "RSA", "kid": "r", "use": "sig", "n": number(r.n), "e": number(r.e)},
                {"kty": "EC", "kid": "e", "crv": "P-256", "x": number(e.x, 32), "y": number(e.y, 32)},
                {"kty": "OKP", "kid": "d", "crv": "Ed25519", "x": text_of(raw)},
                {"kty": "oct", "kid": "s", "k": text_of(self.secret)}]

    def settings(self, **more):
        return {"sessions": {"jwt_jwks_file": self.jwks, "jwt_issuer": ISSUER, "jwt_audience": AUDIENCE, **more}}

    def signature(self, algorithm, text, secret=None):
        if algorithm == "RS256":
            return self.rsa.sign(text, padding.PKCS1v15(), hashes.SHA256())
        if algorithm == "ES256":
            r, s = utils.decode_dss_signature(self.ec.sign(text, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        if algorithm == "EdDSA":
            return self.ed.sign(text)
        return hmac.new(secret or self.secret, text, hashlib.sha256).digest()

    def parts(self, claims, algorithm="EdDSA", header=None):
        head = {"alg": algorithm, "typ": "JWT", **(header or {})}
        head = {name: value for name, value in head.items() if value is not None}
        return f"{text_of(json.dumps(head).encode())}.{text_of(json.dumps(claims).encode())}"

    def token(self, claims, algorithm="EdDSA", header=None, by=None, secret=None):
        """by: the algorithm that is really signed with."""
        text = self.parts(claims, algorithm, header)
        token = f"{text}.{text_of(self.signature(by or algorithm, text.encode(), secret))}"
        SEEN_SECRETS.add(token)
        return token


def claims(subject="17", email="ann@app.example", **more):
    """What a sound token says; a claim that is None is left out."""
    now = int(time.time())
    said = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "email": email, "iat": now, "exp": now + 600,
            "jti": secrets.token_hex(8), **more}
    return {name: value for name, value in said.items() if value is not None}
