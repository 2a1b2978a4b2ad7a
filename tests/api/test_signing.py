"""Signed requests: what is signed is what arrives, about now, once; and a key can ask for nothing else."""
import json
import os
import subprocess
import time

import httpx
import pytest
from books import Books
from client import together
from database import id_hex
from signing import SigningClient, signature_of

ACCOUNT = {"name": "Signed", "type": "asset"}


def nonces(books, key=None):
    key = key or books.api_key
    return int(books.database.value(f"select count(*) from request_nonces where api_key_id = {id_hex(key['id'])}"))


@pytest.fixture(scope="module")
def signed(still_books):
    return still_books.with_signing_key(require_signature=True)


def test_a_key_that_signs(books):
    made = books.make_key(require_signature=True)
    assert made["signing_secret"].startswith("cls_") and made["require_signature"] is made["can_sign"] is True
    optional = books.make_key(with_signing_secret=True)
    assert optional["can_sign"] is True and optional["require_signature"] is False and optional["signing_secret"] != made["signing_secret"]
    plain = books.make_key()
    assert plain["signing_secret"] is None and plain["can_sign"] is False
    shown = books.get(f"/api-keys/{made['id']}").expect(200).json
    assert shown == {name: value for name, value in made.items() if name not in ("secret", "signing_secret")}
    books.post("/api-keys", {"name": "x", "require_signature": True, "with_signing_secret": False}).expect(400, "invalid_request", ["with_signing_secret"])


def test_every_method_is_signed(books):
    seen = books.with_signing_key(require_signature=True)
    made = seen.post("/accounts", ACCOUNT).expect(201)
    seen.put(f"/accounts/{made['id']}", {"name": "Changed"}).expect(200)
    assert seen.get(f"/accounts/{made['id']}").expect(200)["name"] == "Changed"
    seen.delete(f"/accounts/{made['id']}").expect(204)
    job = seen.post("/accounts", {**ACCOUNT, "code": "s1"}, headers={"Prefer": "respond-async"}).expect(202)
    assert seen.wait_for(job.json)["status"] == "completed"
    assert nonces(seen) == 6


TARGETS = ["/accounts", "/accounts?limit=1", "/accounts?", "/accounts?name=a%20b+c", "/accounts?name=%C3%A9%26%3D", "/accounts?name=%c3%a9",
           "/accounts?created_at[gte]=2020-01-01T00:00:00Z", "/accounts?created_at%5Bgte%5D=2020-01-01T00%3A00%3A00Z", "/%61ccounts?limit=1", "//accounts", "/x/../accounts"]


@pytest.mark.parametrize("target", TARGETS)
def test_the_target_is_signed_as_it_is_sent(signed, target):
    """Not as it is understood: nginx decodes paths, and merges slashes, for the programs."""
    client = signed.client
    target = signed.path + target
    header = signature_of(client.signing_secret, "GET", target)
    headers = {"Authorization": f"Bearer {signed.key}", "Crane-Signature": header}
    status, _, body = client.connections.exchange("GET", target, None, headers)
    assert status == 200 and json.loads(body)["object"] == "list", body
    # The same, signed for the address without its query or in another spelling.
    other = target.partition("?")[0] + "?limit=2"
    headers["Crane-Signature"] = signature_of(client.signing_secret, "GET", other)
    status, _, body = client.connections.exchange("GET", target, None, headers)
    assert status == 401 and json.loads(body)["error"]["code"] == "invalid_signature"


def test_over_http_2(stack, signed):
    target = f"{signed.path}/accounts?limit=1"
    with httpx.Client(http2=True, verify=stack.tls_context()) as client:
        for expected in (200, 401):
            header = signature_of(signed.client.signing_secret, "GET", target if expected == 200 else target + "0")
            reply = client.get(f"https://{stack.host}:{stack.port}{target}", headers={"Authorization": f"Bearer {signed.key}", "Crane-Signature": header})
            assert reply.status_code == expected and reply.http_version == "HTTP/2"


def test_a_large_body_is_signed_to_its_end(books):
    seen = books.with_signing_key(require_signature=True)
    batch = json.dumps({"transactions": [books.transaction("1.00", description="x" * 900) for _ in range(2000)]}).encode() + b" " * 8_000_000
    assert len(batch) > 10_000_000
    before = books.snapshot()
    for wrong in (batch[:-1] + b"\n", batch[:-1], batch + b" "):
        header = signature_of(seen.client.signing_secret, "POST", f"{books.path}/transactions/batch", wrong)
        books.client.post(f"{books.path}/transactions/batch", batch, headers={"Crane-Signature": header}, key=seen.key).expect(401, "invalid_signature")
    assert books.snapshot() == before
    job = seen.post("/transactions/batch", batch).expect(202)
    assert seen.wait_for(job.json)["result"]["succeeded"] == 2000


def tampered(header, at):
    """Another hexadecimal digit in its place, counted from the end."""
    return header[:-at] + ("0" if header[-at] != "0" else "1") + header[len(header) - at + 1:]


def at_seconds(difference):
    """The right signature, of another time."""
    def change(signing_secret, method, target, content):
        return signature_of(signing_secret, method, target, content, seconds=int(time.time()) + difference)
    return change


def of(**changed):
    def change(signing_secret, method, target, content):
        parts = {"signing_secret": signing_secret, "method": method, "target": target, "content": content}
        return signature_of(**{name: changed[name](value) if name in changed else value for name, value in parts.items()})
    return change


def rewritten(rewrite):
    return lambda *request: rewrite(signature_of(*request))


CODE = "v1=" + "a" * 64
WRONG = [  # what is wrong, the header, a part of the message
    ("another secret", of(signing_secret=lambda _: "cls_" + "0" * 32), "does not fit"), ("half the secret", of(signing_secret=lambda secret: secret[4:]), "does not fit"),
    ("no secret", of(signing_secret=lambda _: ""), "does not fit"), ("another method", of(method=lambda _: "PUT"), "does not fit"), ("a small method", of(method=str.lower), "does not fit"),
    ("another path", of(target=lambda target: target + "x"), "does not fit"), ("a query", of(target=lambda target: target + "?"), "does not fit"),
    ("another body", of(content=lambda _: b"{}"), "does not fit"), ("no body", of(content=lambda _: b""), "does not fit"),
    ("a blank more", of(content=lambda content: content + b" "), "does not fit"),
    ("the last digit", rewritten(lambda header: tampered(header, 1)), "does not fit"), ("the first digit", rewritten(lambda header: tampered(header, 64)), "does not fit"),
    ("another time", rewritten(lambda header: "t=" + str(int(header[2:12]) + 1) + header[12:]), "does not fit"),
    ("another nonce", rewritten(lambda header: header.replace("n=", "n=x")), "does not fit"),
    ("too old", at_seconds(-302), "behind"), ("much too old", at_seconds(-10_000_000), "behind"), ("too new", at_seconds(310), "ahead"),
    ("nonsense", lambda *_: "nonsense", "header must be"), ("only the code", lambda *_: CODE, "needs all of"), ("only digits", lambda *_: "a" * 64, "header must be"),
    ("no time", rewritten(lambda header: header.partition(",")[2]), "needs all of"), ("no nonce", rewritten(lambda header: header[:13] + CODE), "needs all of"),
    ("no code", rewritten(lambda header: header.partition(",v1=")[0]), "needs all of"), ("twice", rewritten(lambda header: f"{header},{header}"), "header must be"),
    ("another scheme", rewritten(lambda header: header.replace("v1=", "v0=")), "header must be"),
    ("a short nonce", lambda *_: f"t=1,n=abcdefg,{CODE}", "8 to 64"), ("a long nonce", lambda *_: f"t=1,n={'x' * 65},{CODE}", "8 to 64"),
    ("a nonce with a blank", lambda *_: f"t=1,n=abcd efgh,{CODE}", "8 to 64"), ("a nonce of other characters", lambda *_: f"t=1,n=abcd'efgh,{CODE}", "8 to 64"),
    ("a time of letters", lambda *_: f"t=now,n=abcdefgh,{CODE}", "Unix seconds"), ("a time before time", lambda *_: f"t=-1,n=abcdefgh,{CODE}", "Unix seconds"),
    ("a time beyond all", lambda *_: f"t={'9' * 30},n=abcdefgh,{CODE}", "Unix seconds"), ("a short code", lambda *_: f"t=1,n=abcdefgh,{CODE[:-2]}", "64 hexadecimal"),
    ("no hexadecimal digits", lambda *_: f"t=1,n=abcdefgh,v1={'g' * 64}", "64 hexadecimal"),
]


@pytest.fixture(scope="module")
def signers(still_books):
    """A key that must sign, and one that only can."""
    return [still_books.with_signing_key(require_signature=must) for must in (True, False)]


@pytest.mark.parametrize("header_of, words", [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_wrong_signature_is_refused_even_where_none_is_needed(still_books, signers, header_of, words):
    content, target = json.dumps(ACCOUNT).encode(), f"{still_books.path}/accounts"
    for seen in signers:
        used, before = nonces(seen), still_books.snapshot()
        header = header_of(seen.client.signing_secret, "POST", target, content)
        refused = still_books.client.post(target, content, headers={"Crane-Signature": header}, key=seen.key).expect(401, "invalid_signature")
        assert words in refused.error["message"] and seen.client.signing_secret not in refused.error["message"]
        assert still_books.snapshot() == before and nonces(seen) == used


@pytest.mark.parametrize("difference", [-290, -1, 0, 1, 290])
def test_clocks_may_differ_by_minutes(signed, difference):
    header = at_seconds(difference)(signed.client.signing_secret, "GET", f"{signed.path}/accounts", b"")
    signed.get("/accounts").expect(200)
    signed.client.get(f"{signed.path}/accounts", headers={"Crane-Signature": header}).expect(200)


def test_the_order_of_the_parts_does_not_matter(signed):
    client, target = signed.client, f"{signed.path}/accounts"
    seconds, nonce, code = signature_of(client.signing_secret, "GET", target).split(",")
    client.get(target, headers={"Crane-Signature": f"{code}, {seconds} ,{nonce}"}, is_wrong=True).expect(200)
    assert client.get(target, headers={"Crane-Signature": f"{nonce},{code},{seconds}"}, is_wrong=True).expect(401, "signature_replayed")


def test_a_signature_works_once(books):
    seen = books.with_signing_key(require_signature=True)
    made = seen.post("/accounts", ACCOUNT).expect(201)
    before, header = books.snapshot(), {"Crane-Signature": seen.client.last}
    for _ in range(2):
        books.client.post(f"{books.path}/accounts", ACCOUNT, headers=header, key=seen.key).expect(401, "signature_replayed")
    assert books.snapshot() == before and books.get(f"/accounts/{made['id']}").expect(200)["name"] == "Signed"


def test_a_nonce_works_once_whatever_it_stands_in(books):
    """Also where it is not required, in another request, at another time; of each key its own, and capitals count."""
    for must in (True, False):
        seen, other = (books.with_signing_key(require_signature=must) for _ in range(2))
        target, secret = f"{books.path}/accounts", seen.client.signing_secret

        def ask(nonce, path=target, seconds=None, seen=seen, secret=secret):
            header = signature_of(secret, "GET", path, seconds=seconds, nonce=nonce)
            return books.client.get(path, headers={"Crane-Signature": header}, key=seen.key)
        ask("nonce-once").expect(200)
        ask("nonce-once").expect(401, "signature_replayed")
        ask("nonce-once", path=f"{books.path}/transactions").expect(401, "signature_replayed")
        ask("nonce-once", seconds=int(time.time()) + 100).expect(401, "signature_replayed")
        ask("Nonce-once").expect(200)
        ask("nonce-once", seen=other, secret=other.client.signing_secret).expect(200)
        ask("nonce-once", path=f"{books.path}/accounts/none").expect(401, "signature_replayed")
        ask("n" * 64).expect(200)
        ask("n" * 63).expect(200)
        ask("n" * 64).expect(401, "signature_replayed")


def test_of_many_with_one_signature_one_passes(books):
    seen = books.with_signing_key(require_signature=True)
    target, content = f"{books.path}/accounts", json.dumps(ACCOUNT).encode()
    headers = {"Crane-Signature": signature_of(seen.client.signing_secret, "POST", target, content)}
    books.client.connections.prepare(30)
    replies = together(30, lambda _: books.client.post(target, content, headers=headers, key=seen.key))
    assert sorted((reply.status, reply.code) for reply in replies) == [(201, None)] + [(401, "signature_replayed")] * 29
    assert len(books.get("/accounts", name="Signed").expect(200).data) == 1


def test_a_nonce_is_kept_until_its_signature_is_too_old(books):
    seen = books.with_signing_key()
    now = int(time.time())
    for difference in (-200, 0, 200):
        header = signature_of(seen.client.signing_secret, "GET", f"{books.path}/accounts", seconds=now + difference, nonce=f"at-time-{difference + 200:04}")
        books.client.get(f"{books.path}/accounts", headers={"Crane-Signature": header}, key=seen.key).expect(200)
    rows = books.database.rows(f"select nonce, timestampdiff(second, '1970-01-01', expires_at) from request_nonces where api_key_id = {id_hex(seen.api_key['id'])} order by nonce")
    assert [(nonce, int(seconds)) for nonce, seconds in rows] == [(f"at-time-{d + 200:04}", now + d + 360) for d in (-200, 0, 200)]


def test_what_the_limit_refuses_has_used_no_nonce(books):
    seen = books.with_signing_key(rate_limit_per_minute=2)
    replies = [seen.get("/accounts") for _ in range(4)]
    assert [reply.status for reply in replies] == [200, 200, 429, 429] and nonces(seen) == 2


@pytest.mark.parametrize("path", ["/accounts", "/accounts?limit=1", "/transactions", "", "/api-keys", "/accounts/act_0000000000000000000000000"])
def test_unsigned_where_it_is_required(signed, still_books, path):
    refused = still_books.seen_with(signed.key).get(path).expect(401, "invalid_signature")
    assert "signed requests only" in refused.error["message"]


def test_unsigned_where_it_is_not(books):
    seen = books.with_signing_key()
    books.seen_with(seen.key).get("/accounts").expect(200)
    seen.get("/accounts").expect(200)


def test_a_key_without_a_signing_secret_takes_no_signature(books):
    plain = books.with_new_key()
    header = signature_of("cls_" + "0" * 32, "GET", f"{books.path}/accounts")
    refused = books.client.get(f"{books.path}/accounts", headers={"Crane-Signature": header}, key=plain.key).expect(401, "invalid_signature")
    assert "no signing secret" in refused.error["message"]


def test_a_signature_of_another_key_is_wrong(books):
    first, second = (books.with_signing_key() for _ in range(2))
    header = signature_of(first.client.signing_secret, "GET", f"{books.path}/accounts")
    books.client.get(f"{books.path}/accounts", headers={"Crane-Signature": header}, key=second.key).expect(401, "invalid_signature")
    books.client.get(f"{books.path}/accounts", headers={"Crane-Signature": header}, key=first.key).expect(200)


def test_signing_becomes_required(books):
    """From the next request on, by every program."""
    seen = books.with_signing_key()
    unsigned = books.seen_with(seen.key)
    paths = ("/accounts", "/transactions", "/jobs", "/api-keys", "", "/reports/trial-balance")
    for path in paths:
        unsigned.get(path).expect(200)
    path = f"/api-keys/{seen.api_key['id']}"
    assert books.put(path, {"require_signature": True}).expect(200)["require_signature"] is True
    for each in paths:
        unsigned.get(each).expect(401, "invalid_signature")
        seen.get(each).expect(200)
    books.put(path, {"require_signature": False}).expect(200)
    for each in paths:
        unsigned.get(each).expect(200)


def test_signing_is_not_required_of_a_key_that_cannot(books):
    plain = books.make_key()
    path, before = f"/api-keys/{plain['id']}", books.snapshot()
    books.put(path, {"require_signature": True}).expect(422, "invalid_state")
    assert books.snapshot() == before
    made = books.post(f"{path}/rotate", {"with_signing_secret": True}).expect(200)
    assert made["can_sign"] is True and made["signing_secret"].startswith("cls_")
    books.put(path, {"require_signature": True}).expect(200)
    books.signed_by(made.json).get("/accounts").expect(200)
    # The secret before has none to sign with.
    books.seen_with(plain["secret"]).get("/accounts").expect(401, "invalid_signature")


def test_each_secret_goes_with_its_signing_secret(books):
    old = books.with_signing_key(require_signature=True)
    old.get("/accounts").expect(200)
    made = books.post(f"/api-keys/{old.api_key['id']}/rotate", {"overlap_seconds": 3600}).expect(200).json
    assert made["signing_secret"] not in (None, old.api_key["signing_secret"])
    new = books.signed_by(made)
    new.get("/accounts").expect(200)
    old.get("/accounts").expect(200)
    for secret, signing_secret in ((made["secret"], old.api_key["signing_secret"]), (old.key, made["signing_secret"])):
        mixed = Books(SigningClient(books.client, secret, signing_secret), books.organization, books.database)
        mixed.get("/accounts").expect(401, "invalid_signature")
    # A nonce is the key's, whichever secret it came with.
    target = f"{books.path}/accounts"
    for seen, status in ((old, 200), (new, 401)):
        header = signature_of(seen.client.signing_secret, "GET", target, nonce="one-of-both")
        assert books.client.get(target, headers={"Crane-Signature": header}, key=seen.key).status == status
    again = books.post(f"/api-keys/{made['id']}/rotate", {"overlap_seconds": 0}).expect(200).json
    old.get("/accounts").expect(401, "expired_api_key")
    new.get("/accounts").expect(401, "expired_api_key")
    books.signed_by(again).get("/accounts").expect(200)


def test_a_rotation_may_end_signing(books):
    bound, free = books.make_key(require_signature=True), books.make_key(with_signing_secret=True)
    before = books.snapshot()
    books.post(f"/api-keys/{bound['id']}/rotate", {"with_signing_secret": False}).expect(400, "invalid_request", ["with_signing_secret"])
    assert books.snapshot() == before
    made = books.post(f"/api-keys/{free['id']}/rotate", {"with_signing_secret": False}).expect(200)
    assert made["signing_secret"] is None and made["can_sign"] is False
    books.seen_with(made["secret"]).get("/accounts").expect(200)


def test_the_signing_secret_is_stored_nowhere_as_it_is(books, stack):
    made = books.make_key(require_signature=True)
    books.signed_by(made).get("/accounts").expect(200)
    secret = made["signing_secret"]
    for table in ("api_keys", "events", "idempotency_keys", "jobs", "request_nonces"):
        columns = books.database.rows(f"select column_name from information_schema.columns where table_schema = database() and table_name = '{table}'")
        text = ", ".join(f"`{name}`" for (name,) in columns)
        assert books.database.value(f"select count(*) from {table} where concat_ws('|', {text}) like binary '%{secret[4:]}%'") == "0"
    records = [stack.redis("--raw", "get", name) for name in stack.redis("--scan", "--pattern", "crane:key:*").split()]
    assert any(made["id"] in record for record in records)
    assert not [record for record in records if secret in record or secret[4:] in record or secret.encode().hex() in record]
    for log in sorted((stack.data / "log").rglob("*.log")):
        assert secret not in log.read_text(encoding="utf-8", errors="replace"), log.name


def test_nonces_outlive_what_redis_keeps(books, stack):
    seen = books.with_signing_key(require_signature=True)
    seen.post("/accounts", ACCOUNT).expect(201)
    headers = {"Crane-Signature": seen.client.last}
    stack.redis("flushall")
    books.client.post(f"{books.path}/accounts", ACCOUNT, headers=headers, key=seen.key).expect(401, "signature_replayed")


# The programs that the reference shows, as the installation serves them.

EXAMPLES = {"sign.sh": ["bash"], "sign.mjs": ["node"], "sign.py": ["/usr/bin/python3", "-B"]}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_of_the_reference_work(stack, books, tmp_path, name, connections):
    status, headers, text = connections.exchange("GET", f"/docs/signing/{name}", None, {})
    assert status == 200 and headers["content-type"].startswith("text/plain")
    program = tmp_path / name
    program.write_bytes(text)
    reference = connections.exchange("GET", "/llms.txt", None, {})[2]
    assert text in reference and f"/docs/signing/{name}".encode() in connections.exchange("GET", "/openapi.json", None, {})[2]
    key = books.make_key(require_signature=True)
    environment = {**os.environ, "CRANE_URL": stack.environment["CRANE_URL"], "CRANE_KEY": key["secret"], "CRANE_SIGNING_SECRET": key["signing_secret"],
                   "CRANE_CACERT": stack.environment["CRANE_CACERT"], "NODE_EXTRA_CA_CERTS": stack.environment["CRANE_CACERT"]}

    def run(*words, **changed):
        done = subprocess.run([*EXAMPLES[name], program, *words], env={**environment, **changed}, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
    made = run("POST", f"{books.path}/accounts", '{"name": "Bücher & \\"mehr\\"", "type": "asset"}')
    assert made["object"] == "account" and made["name"] == 'Bücher & "mehr"'
    listed = run("GET", f"{books.path}/accounts?name=B%C3%BCcher%20%26%20%22mehr%22&created_at[gte]=2020-01-01T00:00:00Z")
    assert [each["id"] for each in listed["data"]] == [made["id"]]
    assert run("GET", f"{books.path}/accounts/{made['id']}")["id"] == made["id"]
    assert run("GET", f"{books.path}/accounts", CRANE_SIGNING_SECRET="cls_" + "0" * 32)["error"]["code"] == "invalid_signature"
