"""API keys: what they may, whom they may make, and how soon a change of them holds."""
import re
import time
from datetime import datetime, timedelta, timezone

import pytest
from signing import SigningClient

ALL = ["read", "write", "delete"]


def test_a_key_is_what_was_asked_for(books):
    body = {"name": "Shop", "description": "At the corner", "permissions": {"accounts": ["read"], "transactions": ["read", "write"]},
            "allowed_ips": ["127.0.0.0/8", "::1"], "rate_limit_per_minute": 500, "expires_at": "2036-01-01T00:00:00Z", "mode": "live"}
    made = books.post("/api-keys", body).expect(201)
    assert {name: made[name] for name in body if name not in ("permissions", "expires_at")} == {
        name: body[name] for name in body if name not in ("permissions", "expires_at")}
    assert {family: sorted(actions) for family, actions in made["permissions"].items()} == {"accounts": ["read"], "transactions": ["read", "write"]}
    assert made["expires_at"].startswith("2036-01-01T00:00:00") and made["status"] == "active"
    secret = made["secret"]
    assert made["key_preview"] == f"{secret[:12]}…{secret[-4:]}"
    assert books.get(f"/api-keys/{made['id']}").expect(200).json == {name: value for name, value in made.json.items() if name not in ("secret", "signing_secret")}


def test_what_is_not_said_has_its_default(books):
    made = books.post("/api-keys", {"name": "Plain"}).expect(201)
    assert made["permissions"] == {"*": ["read"]} and made["mode"] == "live" and made["include_children"] is False
    assert made["rate_limit_per_minute"] == 1000 and made["allowed_ips"] == [] and made["expires_at"] is None and made["require_signature"] is False
    assert made["can_sign"] is False and made["signing_secret"] is None and made["previous_secret_expires_at"] is None
    assert books.post("/api-keys", {"name": "Test", "mode": "test"}).expect(201)["rate_limit_per_minute"] == 100


def test_the_secret_is_stored_nowhere(books):
    secret = books.make_key()["secret"]
    for table in ("api_keys", "events", "idempotency_keys", "jobs"):
        columns = books.database.rows(f"select column_name from information_schema.columns where table_schema = database() and table_name = '{table}'")
        text = ", ".join(f"`{name}`" for (name,) in columns)
        assert books.database.value(f"select count(*) from {table} where concat_ws('|', {text}) like binary '%{secret[8:]}%'") == "0"


PERMISSIONS = [  # the key's, method, path, body, allowed
    ({"accounts": ["read"]}, "GET", "/accounts", None, True),
    ({"accounts": ["read"]}, "POST", "/accounts", {"name": "x", "type": "asset"}, False),
    ({"accounts": ["write"]}, "POST", "/accounts", {"name": "x", "type": "asset"}, True),
    ({"accounts": ["write"]}, "GET", "/accounts", None, False),
    ({"accounts": ALL}, "GET", "/transactions", None, False),
    ({"*": ["read"]}, "GET", "/transactions", None, True),
    ({"*": ["read"]}, "POST", "/accounts", {"name": "x", "type": "asset"}, False),
    ({"*": ["read"], "accounts": ["write"]}, "POST", "/accounts", {"name": "x", "type": "asset"}, True),
    ({"accounts": ["write"], "*": ["read"]}, "GET", "/accounts", None, True),
    ({"accounts": []}, "GET", "/accounts", None, False),
    ({}, "GET", "/accounts", None, False),
    ({"transactions": ALL}, "GET", "/reports/trial-balance", None, False),
    ({"*": ["write"]}, "GET", "", None, False),
]


@pytest.mark.parametrize("permissions, method, path, body, allowed", PERMISSIONS)
def test_what_a_key_may(books, permissions, method, path, body, allowed):
    seen = books.with_new_key(permissions=permissions)
    before = books.snapshot()
    reply = seen.client.request(method, seen.path + path, *([body] if body else []))
    if allowed:
        assert reply.status in (200, 201), reply
    else:
        reply.expect(403, "insufficient_permissions")
        assert books.snapshot() == before


SOON, LATER = ((datetime.now(timezone.utc) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ") for days in (1, 2))
HERE = ["127.0.0.0/24", "::1"]
STRONGER = [  # what the asking key is, what it asks for
    ({"permissions": {"api_keys": ["write"], "accounts": ["read"]}}, {"permissions": {"accounts": ["read", "write"]}}),
    ({"permissions": {"api_keys": ["write"], "accounts": ["read"]}}, {"permissions": {"transactions": ["read"]}}),
    ({"permissions": {"api_keys": ["write"], "accounts": ["read"]}}, {"permissions": {"*": ["read"]}}),
    ({"permissions": {"api_keys": ["write"], "accounts": ["read"]}}, {}),  # reading everything, by default
    ({"permissions": {"*": ["read", "write"]}}, {"permissions": {"accounts": ["delete"]}}),
    ({"permissions": {"*": ["read", "write"]}, "include_children": False}, {"permissions": {}, "include_children": True}),
    ({"permissions": {"*": ALL}, "mode": "test"}, {"mode": "live"}),
    ({"permissions": {"*": ALL}}, {"permissions": {"drafts": ["approve"]}}),
    ({"rate_limit_per_minute": 50}, {"rate_limit_per_minute": 51}), ({"rate_limit_per_minute": 50}, {"rate_limit_per_minute": 51, "mode": "test"}),
    ({"expires_at": SOON}, {"expires_at": LATER}), ({"expires_at": SOON}, {"expires_at": None}),
    ({"allowed_ips": HERE}, {"allowed_ips": []}), ({"allowed_ips": HERE}, {"allowed_ips": ["127.0.0.0/23"]}),
    ({"allowed_ips": HERE}, {"allowed_ips": ["127.0.0.1", "127.0.1.1"]}), ({"allowed_ips": HERE}, {"allowed_ips": ["::/127"]}),
    ({"allowed_ips": HERE}, {"allowed_ips": ["0.0.0.0/0"]}), ({"allowed_ips": HERE}, {"allowed_ips": ["::/0"]}),
]


@pytest.mark.parametrize("own, asked", STRONGER)
def test_a_key_cannot_make_a_stronger_one(books, own, asked):
    weak = books.with_new_key(**own)
    before = books.snapshot()
    weak.post("/api-keys", {"name": "Stronger", **asked}).expect(403, "insufficient_permissions")
    assert books.snapshot() == before


BOUND = [  # what the asking key is, what it asks for, what comes of it
    ({"expires_at": SOON}, {}, {"expires_at": SOON}), ({"expires_at": LATER}, {"expires_at": SOON}, {"expires_at": SOON}),
    ({"allowed_ips": HERE}, {}, {"allowed_ips": HERE}), ({"allowed_ips": HERE}, {"allowed_ips": ["127.0.0.1"]}, {"allowed_ips": ["127.0.0.1"]}),
    ({"allowed_ips": HERE}, {"allowed_ips": ["127.0.0.128/25", "::1/128"]}, {"allowed_ips": ["127.0.0.128/25", "::1/128"]}),
    ({"allowed_ips": ["0.0.0.0/0", "::/0"]}, {"allowed_ips": HERE}, {"allowed_ips": HERE}),
    ({"rate_limit_per_minute": 50}, {}, {"rate_limit_per_minute": 50}), ({"rate_limit_per_minute": 50}, {"mode": "test"}, {"rate_limit_per_minute": 50}),
    ({"rate_limit_per_minute": 500}, {"mode": "test"}, {"rate_limit_per_minute": 100}),
    ({"rate_limit_per_minute": 50}, {"rate_limit_per_minute": 50}, {"rate_limit_per_minute": 50}),
    ({"mode": "test"}, {}, {"mode": "test", "rate_limit_per_minute": 100, "expires_at": None, "allowed_ips": [], "require_signature": False}),
]


@pytest.mark.parametrize("own, asked, made", BOUND)
def test_what_a_key_makes_is_bound_as_it_is_itself(books, own, asked, made):
    reply = books.with_new_key(**own).post("/api-keys", {"name": "Bound", **asked}).expect(201)
    for name, value in made.items():
        got = reply[name]
        assert got.replace(".000000Z", "Z") == value if name == "expires_at" and value else got == value, name


def test_a_key_that_must_sign_makes_keys_that_must_sign(books):
    bound = books.with_signing_key(require_signature=True)
    made = bound.post("/api-keys", {"name": "Bound"}).expect(201)
    assert made["require_signature"] is True and made["signing_secret"].startswith("cls_")
    before = books.snapshot()
    bound.post("/api-keys", {"name": "Free", "require_signature": False}).expect(403, "insufficient_permissions")
    bound.put(f"/api-keys/{made['id']}", {"require_signature": False}).expect(403, "insufficient_permissions")
    bound.put(f"/api-keys/{bound.api_key['id']}", {"require_signature": False}).expect(403, "insufficient_permissions")
    assert books.snapshot() == before
    assert books.put(f"/api-keys/{made['id']}", {"require_signature": False}).expect(200)["require_signature"] is False


LOOSER = [  # what the asking key is, which change of itself is none of its business
    ({"expires_at": SOON}, {"expires_at": None}), ({"expires_at": SOON}, {"expires_at": LATER}), ({"allowed_ips": HERE}, {"allowed_ips": []}),
    ({"allowed_ips": HERE}, {"allowed_ips": ["127.0.0.0/8"]}), ({"rate_limit_per_minute": 50}, {"rate_limit_per_minute": 51}),
]


@pytest.mark.parametrize("own, change", LOOSER)
def test_a_key_does_not_loosen_its_own_bounds(books, own, change):
    bound = books.with_new_key(**own)
    before = books.snapshot()
    bound.put(f"/api-keys/{bound.api_key['id']}", change).expect(403, "insufficient_permissions")
    assert books.snapshot() == before
    # One that is free of that bound does, and what is not named stays.
    bound.put(f"/api-keys/{bound.api_key['id']}", {"name": "Another name"}).expect(200)
    books.put(f"/api-keys/{bound.api_key['id']}", change).expect(200)


BOUNDS = [{"expires_at": SOON}, {"allowed_ips": HERE}, {"require_signature": True}]


@pytest.mark.parametrize("own", BOUNDS, ids=["end", "addresses", "signature"])
def test_a_bound_key_gives_no_permission_to_one_that_is_free(books, own):
    """It would outlive it, or be used from elsewhere."""
    made = books.make_key(**own)
    bound = books.signed_by(made) if made["signing_secret"] else books.seen_with(made["secret"])
    free = f"/api-keys/{books.make_key(permissions={'accounts': ['read', 'write']})['id']}"
    before = books.snapshot()
    bound.put(free, {"permissions": {"accounts": ["read"], "transactions": ["read"]}}).expect(403, "insufficient_permissions")
    assert books.snapshot() == before
    bound.put(free, {"permissions": {"accounts": ["read"]}, "name": "Less"}).expect(200)
    like_itself = bound.post("/api-keys", {"name": "Bound", "permissions": {"accounts": ["read"]}}).expect(201)
    bound.put(f"/api-keys/{like_itself['id']}", {"permissions": {"transactions": ["read"]}}).expect(200)


def test_an_operators_key_is_bound_too(stack, operator):
    """By its end and by its addresses; the command line makes it, rotates and revokes it."""
    def make(*words):
        done = stack.crane("key", "create", "--operator", "--format", "env", *words)
        assert done.returncode == 0, done.stdout
        return dict(re.findall(r"^(CRANE_\w+)=(\S+)$", done.stdout, re.M))
    elsewhere = make("--allowed-ips", "203.0.113.0/24,2001:db8::/32")["CRANE_OPERATOR_KEY"]
    operator.get("/organizations", key=elsewhere).expect(403, "ip_not_allowed")
    here = make("--allowed-ips", "127.0.0.0/8, ::1", "--expires-at", LATER)["CRANE_OPERATOR_KEY"]
    operator.get("/organizations", query={"limit": 1}, key=here).expect(200)
    ended = make("--expires-at", "2020-01-01T00:00:00Z")["CRANE_OPERATOR_KEY"]
    operator.get("/organizations", key=ended).expect(401, "expired_api_key")
    signing = make("--require-signature")
    operator.get("/organizations", key=signing["CRANE_OPERATOR_KEY"]).expect(401, "invalid_signature")
    client = SigningClient(operator, signing["CRANE_OPERATOR_KEY"], signing["CRANE_SIGNING_SECRET"])
    client.get("/organizations", query={"limit": 1}).expect(200)
    for words, said in ((["--allowed-ips", "10.0.0.0/33"], "--allowed-ips"), (["--expires-at", "tomorrow"], "--expires-at")):
        done = stack.crane("key", "create", "--operator", *words)
        assert done.returncode == 1 and said in done.stdout


def test_an_operators_key_is_rotated_by_the_command_line(stack, operator):
    def run(*words):
        done = stack.crane("key", *words)
        assert done.returncode == 0, done.stdout
        return done.stdout
    old = re.search(r"CRANE_OPERATOR_KEY=(\S+)", run("create", "--operator", "--name", "Rotated", "--format", "env"))[1]
    operator.get("/organizations", query={"limit": 1}, key=old).expect(200)
    preview = f"{old[:12]}…{old[-4:]}"
    new = re.search(r"CRANE_OPERATOR_KEY=(\S+)", run("rotate", preview, "--overlap-seconds", 600, "--format", "env"))[1]
    for key in (old, new):
        operator.get("/organizations", query={"limit": 1}, key=key).expect(200)
    [line] = [line for line in run("list").splitlines() if f"{new[:12]}…{new[-4:]}" in line]
    assert "rotating" in line
    newest = re.search(r"CRANE_OPERATOR_KEY=(\S+)", run("rotate", line.split()[0], "--overlap-seconds", 0, "--format", "env"))[1]
    for key in (old, new):
        operator.get("/organizations", key=key).expect(401, "expired_api_key")
    operator.get("/organizations", query={"limit": 1}, key=newest).expect(200)
    run("revoke", line.split()[0])
    for key in (new, newest):
        operator.get("/organizations", key=key).expect(401, "revoked_api_key")
    assert stack.crane("key", "rotate", line.split()[0]).returncode == 1


def test_a_key_cannot_make_itself_or_another_stronger(books):
    weak = books.with_new_key(permissions={"api_keys": ["read", "write"], "accounts": ["read"]})
    strong = books.make_key(permissions={"accounts": ALL})
    before = books.snapshot()
    weak.put(f"/api-keys/{weak.api_key['id']}", {"permissions": {"*": ALL}}).expect(403, "insufficient_permissions")
    weak.put(f"/api-keys/{strong['id']}", {"name": "Mine now"}).expect(403, "insufficient_permissions")
    assert books.snapshot() == before
    made = weak.post("/api-keys", {"name": "Weaker", "permissions": {"accounts": ["read"]}}).expect(201)
    weak.seen_with(made["secret"]).get("/accounts").expect(200)


def test_a_revoked_key_is_refused_by_the_very_next_request(books):
    seen = books.with_new_key()
    paths = ("/accounts", "/transactions", "/jobs", "/api-keys", "", "/reports/trial-balance")
    for path in paths:
        seen.get(path).expect(200)  # every program has seen it
    books.delete(f"/api-keys/{seen.api_key['id']}").expect(204)
    for path in paths:
        seen.get(path).expect(401, "revoked_api_key")
    assert books.get(f"/api-keys/{seen.api_key['id']}").expect(200)["status"] == "revoked"
    assert books.get("/api-keys", status="revoked").expect(200).data[0]["id"] == seen.api_key["id"]


def test_a_revoked_key_does_not_change(books):
    made = books.make_key()
    books.delete(f"/api-keys/{made['id']}").expect(204)
    before = books.snapshot()
    books.put(f"/api-keys/{made['id']}", {"name": "Back"}).expect(422, "invalid_state")
    books.delete(f"/api-keys/{made['id']}").expect(422, "invalid_state")
    assert books.snapshot() == before


def test_a_key_may_revoke_itself(books):
    seen = books.with_new_key()
    seen.delete(f"/api-keys/{seen.api_key['id']}").expect(204)
    seen.get("/accounts").expect(401, "revoked_api_key")


def test_a_change_holds_for_the_very_next_request(books):
    seen = books.with_new_key(permissions={"accounts": ["read"]})
    seen.get("/accounts").expect(200)
    seen.get("/transactions").expect(403, "insufficient_permissions")
    path = f"/api-keys/{seen.api_key['id']}"
    changed = books.put(path, {"name": "After", "permissions": {"transactions": ["read"]}}).expect(200)
    assert changed["name"] == "After" and changed["permissions"] == {"transactions": ["read"]}
    seen.get("/transactions").expect(200)
    seen.get("/accounts").expect(403, "insufficient_permissions")
    books.put(path, {"allowed_ips": ["203.0.113.0/24"]}).expect(200)
    seen.get("/transactions").expect(403, "ip_not_allowed")
    books.put(path, {"allowed_ips": []}).expect(200)
    seen.get("/transactions").expect(200)
    books.put(path, {"rate_limit_per_minute": 77}).expect(200)
    assert seen.get("/transactions").expect(200).headers["x-ratelimit-limit"] == "77"


ADDRESSES = [(["127.0.0.1", "::1"], True), (["127.0.0.0/8", "::1/128"], True), (["203.0.113.7", "10.0.0.0/8"], False), (["127.0.0.2", "::2"], False),
             (["0.0.0.0/0", "::/0"], True), (["126.0.0.0/8", "::2/127"], False), (["::ffff:127.0.0.0/104", "::1"], True), (["::1", "126.0.0.0/7"], True)]


@pytest.mark.parametrize("addresses, allowed", ADDRESSES)
def test_where_a_key_may_be_used_from(books, addresses, allowed):
    reply = books.with_new_key(allowed_ips=addresses).get("/accounts")
    reply.expect(200) if allowed else reply.expect(403, "ip_not_allowed")


def test_a_key_expires(books):
    moment = datetime.now(timezone.utc) + timedelta(seconds=1.5)
    seen = books.with_new_key(expires_at=moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    answers = []
    while not answers or answers[-1] == 200:
        asked = datetime.now(timezone.utc)
        reply = seen.get("/accounts")
        answers.append(reply.status)
        assert reply.status != 200 or asked < moment, "it should have expired"
        assert reply.status == 200 or datetime.now(timezone.utc) >= moment, "it should not have expired yet"
        time.sleep(0.01)  # so that its limit does not end first
    reply.expect(401, "expired_api_key")
    assert books.get(f"/api-keys/{seen.api_key['id']}").expect(200)["status"] == "expired"
    assert [each["id"] for each in books.get("/api-keys", status="expired").expect(200).data] == [seen.api_key["id"]]
    assert seen.api_key["id"] not in [each["id"] for each in books.get("/api-keys", status="active").expect(200).data]
    books.put(f"/api-keys/{seen.api_key['id']}", {"expires_at": None}).expect(200)
    seen.get("/accounts").expect(200)


FAULTS = [
    ({"name": ""}, ["name"]), ({"name": None}, ["name"]), ({"mode": "oper"}, ["mode"]), ({"mode": "operator"}, ["mode"]), ({"permissions": []}, ["permissions"]),
    ({"permissions": {"accounts": "read"}}, ["permissions.accounts"]), ({"permissions": {"accounts": ["execute"]}}, ["permissions.accounts"]),
    ({"permissions": {"Accounts": ["read"]}}, ["permissions.Accounts"]), ({"allowed_ips": ["10.0.0.0/33"]}, ["allowed_ips[0]"]),
    ({"allowed_ips": ["10.0.0.1", "here"]}, ["allowed_ips[1]"]), ({"expires_at": "tomorrow"}, ["expires_at"]), ({"expires_at": "2026-02-30T00:00:00Z"}, ["expires_at"]),
    ({"rate_limit_per_minute": 0}, ["rate_limit_per_minute"]), ({"rate_limit_per_minute": 1001}, ["rate_limit_per_minute"]),
    ({"rate_limit_per_minute": "10"}, ["rate_limit_per_minute"]), ({"secret": "cl_live_x"}, ["secret"]), ({"include_children": "yes"}, ["include_children"]),
    ({"name": "", "mode": "x", "expires_at": 5}, ["expires_at", "mode", "name"]),
    ({"allowed_ips": ["2001:db8::/129"]}, ["allowed_ips[0]"]), ({"allowed_ips": ["2001:db8::/32", "2001:db8:::/32"]}, ["allowed_ips[1]"]),
    ({"require_signature": "yes"}, ["require_signature"]), ({"with_signing_secret": None}, ["with_signing_secret"]),
    ({"require_signature": True, "with_signing_secret": False}, ["with_signing_secret"]),
]


@pytest.mark.parametrize("fields, named", FAULTS, ids=[str(row[0])[:50] for row in FAULTS])
def test_a_key_is_refused(still_books, fields, named):
    before = still_books.snapshot()
    still_books.post("/api-keys", {"name": "Faulty", **fields}).expect(400, "invalid_request", named)
    assert still_books.snapshot() == before


def test_only_an_operator_raises_a_limit(operator, books):
    path = f"/api-keys/{books.make_key()['id']}"
    books.put(path, {"rate_limit_per_minute": 5000}).expect(400, "invalid_request", ["rate_limit_per_minute"])
    assert operator.put(books.path + path, {"rate_limit_per_minute": 5000}).expect(200)["rate_limit_per_minute"] == 5000
    assert books.get(path).expect(200)["rate_limit_per_minute"] == 5000


def test_keys_of_live_and_test_mode_do_not_see_each_other(books):
    live, test = books.make_key(), books.in_test_mode()
    assert [each["id"] for each in test.get("/api-keys").expect(200).data] == [test.api_key["id"]]
    assert test.api_key["id"] not in [each["id"] for each in books.get("/api-keys").expect(200).data]
    test.get(f"/api-keys/{live['id']}").expect(404, "resource_not_found")
    test.delete(f"/api-keys/{live['id']}").expect(404, "resource_not_found")
    made = test.post("/api-keys", {"name": "Another"}).expect(201)
    assert made["mode"] == "test" and made["livemode"] is False and made["secret"].startswith("cl_test_")


def test_keys_are_listed(books):
    made = [books.make_key(name=name) for name in ("Cellar", "Attic", "Barn")]
    ids = [each["id"] for each in made]

    def listed(**query):
        return [each["id"] for each in books.get("/api-keys", **query).expect(200).data]
    assert listed() == [*ids[::-1], books.api_key["id"]] and listed(sort="name", limit=3) == [ids[1], ids[2], ids[0]]
    assert listed(name="Attic") == [ids[1]] and listed(q="arn") == [ids[2]] and listed(mode="live", limit=1) == [ids[2]]
    assert all("secret" not in each for each in books.get("/api-keys").expect(200).data)


def test_its_use_is_noted(books):
    seen = books.with_new_key()
    for _ in range(3):
        seen.get("/accounts").expect(200)
    deadline = time.monotonic() + 30
    while (key := books.get(f"/api-keys/{seen.api_key['id']}").expect(200).json)["usage_this_month"] < 3 and time.monotonic() < deadline:
        time.sleep(0.1)  # written by the way, every few seconds
    assert key["usage_this_month"] == 3 and key["last_used_at"] >= key["created_at"]
