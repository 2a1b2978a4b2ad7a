"""Crane-Signature as the reference describes it, written without the programs' help.

    client = SigningClient(books.client, made["secret"], made["signing_secret"])
    client.get("/organizations")                       # signed
    client.last                                        # the header that was sent
"""
import hashlib
import hmac
import secrets
import time

from client import Client


def signature_of(signing_secret, method, target, content=b"", *, seconds=None, nonce=None):
    seconds = int(time.time()) if seconds is None else seconds
    nonce = secrets.token_hex(16) if nonce is None else nonce
    text = f"{seconds}\n{nonce}\n{method}\n{target}\n{hashlib.sha256(content or b'').hexdigest()}"
    return f"t={seconds},n={nonce},v1={hmac.new(signing_secret.encode(), text.encode(), hashlib.sha256).hexdigest()}"


class SigningClient(Client):
    """Signs what it sends, with one nonce if it is given one. `change` makes another header of the right one."""

    def __init__(self, client, key, signing_secret, change=lambda header: header, nonce=None):
        super().__init__(client.connections, client.contract, key)
        self.signing_secret, self.change, self.nonce, self.last = signing_secret, change, nonce, None

    def headers_for(self, method, target, content):
        self.last = self.change(signature_of(self.signing_secret, method, target, content, nonce=self.nonce))
        return {"Crane-Signature": self.last}
