#!/usr/bin/env python3
"""Sends one signed request with Python's own library: python3 sign.py METHOD PATH [BODY]

PATH has the query with it, percent-encoded. Reads CRANE_URL, CRANE_KEY and CRANE_SIGNING_SECRET, and CRANE_CACERT if the
server's certificate is signed by an authority of its own.
"""
import hashlib
import hmac
import http.client
import os
import secrets
import ssl
import sys
import time
from urllib.parse import urlsplit


def signature_of(secret, method, target, body=b""):
    seconds, nonce = int(time.time()), secrets.token_hex(16)
    text = "\n".join([str(seconds), nonce, method, target, hashlib.sha256(body).hexdigest()])
    code = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return f"t={seconds},n={nonce},v1={code}"


def main(method, target, text=""):
    body = text.encode()
    headers = {"Authorization": "Bearer " + os.environ["CRANE_KEY"],
               "Crane-Signature": signature_of(os.environ["CRANE_SIGNING_SECRET"], method, target, body)}
    if body:
        headers["Content-Type"] = "application/json"
    context = ssl.create_default_context(cafile=os.environ.get("CRANE_CACERT"))
    connection = http.client.HTTPSConnection(urlsplit(os.environ["CRANE_URL"]).netloc, context=context)
    connection.request(method, target, body or None, headers)
    print(connection.getresponse().read().decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
