"""Rotation: a key gets another secret; the one before works for as long as was asked, as the same key, and then no longer."""
import time
from datetime import datetime, timedelta, timezone

import pytest
from books import EVERYTHING
from client import together
from database import id_hex

ALL = ["read", "write", "delete"]
# One for each program.
PATHS = ("/accounts", "/transactions", "/jobs", "/api-keys", "", "/reports/trial-balance", "/settings", "/drafts", "/events")


def seconds_of(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def rotate(books, key_id, *body, **options):
    return books.post(f"/api-keys/{key_id}/rotate", *body, **options)


def works_everywhere(seen):
    for path in PATHS:
        seen.get(path).expect(200)


def refused_everywhere(seen, code):
    for path in PATHS:
        seen.get(path).expect(401, code)


def test_both_secrets_work_and_are_one_key(books):
    seen = books.with_new_key()
    works_everywhere(seen)
    asked = time.time()
    reply = rotate(books, seen.api_key["id"], {"overlap_seconds": 3600}).expect(200)
    made = reply.json
    assert made["id"] == seen.api_key["id"] and made["secret"] != seen.api_key["secret"] and made["secret"].startswith("cl_live_")
    assert made["status"] == "rotating" and made["key_preview"] == f"{made['secret'][:12]}…{made['secret'][-4:]}"
    assert asked + 3600 <= seconds_of(made["previous_secret_expires_at"]) <= time.time() + 3600
    assert made["signing_secret"] is None and made["can_sign"] is False
    works_everywhere(seen)
    works_everywhere(books.seen_with(made["secret"]))
    shown = books.get(f"/api-keys/{made['id']}").expect(200)
    assert shown["status"] == "rotating" and "secret" not in shown.json and shown["key_preview"] == made["key_preview"]
    kept = {name: value for name, value in seen.api_key.items() if name not in (
        "secret", "signing_secret", "key_preview", "status", "previous_secret_expires_at", "updated_at", "last_used_at", "usage_this_month")}
    assert {name: shown[name] for name in kept} == kept
    assert [each["id"] for each in books.get("/api-keys", status="rotating").expect(200).data] == [made["id"]]
    assert made["id"] not in [each["id"] for each in books.get("/api-keys", status="active").expect(200).data]
    assert made["id"] in [each["id"] for each in books.get("/api-keys", status="active,rotating").expect(200).data]


@pytest.mark.parametrize("body, seconds", [([], 86400), ([{}], 86400), ([{"overlap_seconds": 1}], 1), ([{"overlap_seconds": 2592000}], 2592000)])
def test_how_long_the_overlap_is(books, body, seconds):
    key, asked = books.make_key(), time.time()
    made = rotate(books, key["id"], *body).expect(200)
    assert asked + seconds <= seconds_of(made["previous_secret_expires_at"]) <= time.time() + seconds


def test_without_an_overlap_the_next_request_is_refused(books):
    seen = books.with_new_key()
    works_everywhere(seen)  # every program has it in its cache
    made = rotate(books, seen.api_key["id"], {"overlap_seconds": 0}).expect(200)
    assert made["status"] == "active" and made["previous_secret_expires_at"] is None
    refused_everywhere(seen, "expired_api_key")
    works_everywhere(books.seen_with(made["secret"]))


def test_an_overlap_ends(books):
    seen = books.with_new_key()
    seen.get("/accounts").expect(200)
    made = rotate(books, seen.api_key["id"], {"overlap_seconds": 2}).expect(200)
    end = seconds_of(made["previous_secret_expires_at"])
    answers = []
    while not answers or answers[-1] == 200:
        asked = time.time()
        reply = seen.get("/accounts")
        answers.append(reply.status)
        assert reply.status != 200 or asked < end, "the secret before should have ended"
        assert reply.status == 200 or time.time() >= end, "the secret before should not have ended yet"
        time.sleep(0.01)  # so that its limit does not end first
    assert answers[0] == 200
    refused = reply.expect(401, "expired_api_key")
    assert made["previous_secret_expires_at"] in refused.error["message"]
    refused_everywhere(seen, "expired_api_key")
    assert books.get(f"/api-keys/{made['id']}").expect(200)["status"] == "active"
    works_everywhere(books.seen_with(made["secret"]))


def test_of_three_secrets_the_oldest_ends_at_once(books):
    first = books.with_new_key()
    key_id = first.api_key["id"]
    second = books.seen_with(rotate(books, key_id, {"overlap_seconds": 3600}).expect(200)["secret"])
    works_everywhere(first)
    third = books.seen_with(rotate(books, key_id, {"overlap_seconds": 3600}).expect(200)["secret"])
    refused_everywhere(first, "expired_api_key")
    works_everywhere(second)
    works_everywhere(third)
    fourth = books.seen_with(rotate(books, key_id, {"overlap_seconds": 0}).expect(200)["secret"])
    for ended in (first, second, third):
        refused_everywhere(ended, "expired_api_key")
    works_everywhere(fourth)


def test_revocation_ends_every_secret(books):
    old = books.with_new_key()
    new = books.seen_with(rotate(books, old.api_key["id"], {"overlap_seconds": 3600}).expect(200)["secret"])
    works_everywhere(old)
    works_everywhere(new)
    books.delete(f"/api-keys/{old.api_key['id']}").expect(204)
    refused_everywhere(old, "revoked_api_key")
    refused_everywhere(new, "revoked_api_key")
    assert books.get(f"/api-keys/{old.api_key['id']}").expect(200)["status"] == "revoked"


def test_a_change_holds_for_every_secret(books):
    old = books.with_new_key()
    new = books.seen_with(rotate(books, old.api_key["id"]).expect(200)["secret"])
    for seen in (old, new):
        seen.get("/accounts").expect(200)
    path = f"/api-keys/{old.api_key['id']}"
    books.put(path, {"permissions": {"transactions": ["read"]}}).expect(200)
    for seen in (old, new):
        seen.get("/accounts").expect(403, "insufficient_permissions")
    books.put(path, {"allowed_ips": ["203.0.113.0/24"]}).expect(200)
    for seen in (old, new):
        seen.get("/transactions").expect(403, "ip_not_allowed")


def test_the_secrets_share_one_limit(books):
    old = books.with_new_key(rate_limit_per_minute=20)
    new = books.seen_with(rotate(books, old.api_key["id"]).expect(200)["secret"])
    books.client.connections.prepare(40)
    replies = together(40, lambda number: (old, new)[number % 2].get(PATHS[number % 4]))
    assert sorted(reply.status for reply in replies) == [200] * 20 + [429] * 20
    assert {reply.headers["x-ratelimit-limit"] for reply in replies} == {"20"}


def test_a_secret_that_has_ended_uses_nothing_up(books):
    old = books.with_new_key(rate_limit_per_minute=20)
    new = books.seen_with(rotate(books, old.api_key["id"], {"overlap_seconds": 0}).expect(200)["secret"])
    for _ in range(25):
        old.get("/accounts").expect(401, "expired_api_key")
    assert new.get("/accounts").expect(200).headers["x-ratelimit-remaining"] == "19"


def test_the_uses_of_both_are_counted_together(books):
    old = books.with_new_key()
    old.get("/accounts").expect(200)
    new = books.seen_with(rotate(books, old.api_key["id"]).expect(200)["secret"])
    for seen in (old, new, new):
        seen.get("/transactions").expect(200)
    deadline = time.monotonic() + 30
    while (key := books.get(f"/api-keys/{old.api_key['id']}").expect(200).json)["usage_this_month"] < 4 and time.monotonic() < deadline:
        time.sleep(0.1)  # written by the way, every few seconds
    assert key["usage_this_month"] == 4 and key["last_used_at"] >= key["created_at"]


def test_a_repeated_request_shows_the_same_secret(books):
    key, headers = books.make_key(with_signing_secret=True), {"Idempotency-Key": "once"}
    first = rotate(books, key["id"], {"overlap_seconds": 60}, headers=headers).expect(200)
    before = books.snapshot()
    again = rotate(books, key["id"], {"overlap_seconds": 60}, headers=headers).expect(200)
    assert again.body == first.body and again.headers["idempotent-replayed"] == "true"
    assert books.snapshot() == before
    books.seen_with(first["secret"]).get("/accounts").expect(200)
    for secret in (first["secret"], first["signing_secret"], key["signing_secret"]):
        for table in ("api_keys", "api_key_past_secrets", "events", "idempotency_keys"):
            columns = books.database.rows(f"select column_name from information_schema.columns where table_schema = database() and table_name = '{table}'")
            text = ", ".join(f"`{name}`" for (name,) in columns)
            assert books.database.value(f"select count(*) from {table} where concat_ws('|', {text}) like binary '%{secret[8:]}%'") == "0"


def test_another_key_does_not_see_the_secret_again(books):
    key, headers = books.make_key(), {"Idempotency-Key": "once"}
    rotate(books, key["id"], headers=headers).expect(200)
    books.with_new_key().post(f"/api-keys/{key['id']}/rotate", headers=headers).expect(409, "idempotency_key_reused")


def test_of_those_who_rotate_one_version_at_once_one_does(books):
    key = books.make_key()
    tag = books.get(f"/api-keys/{key['id']}").expect(200).headers["etag"]
    replies = together(10, lambda _: rotate(books, key["id"], {}, headers={"If-Match": tag}))
    assert sorted(reply.status for reply in replies) == [200] + [412] * 9
    [done] = [reply for reply in replies if reply.status == 200]
    books.seen_with(done["secret"]).get("/accounts").expect(200)
    assert books.database.value(f"select count(*) from api_key_past_secrets where api_key_id = {id_hex(key['id'])}") == "1"


def test_many_who_rotate_at_once_leave_two_secrets(books):
    key = books.make_key()
    replies = together(10, lambda _: rotate(books, key["id"], {"overlap_seconds": 600}).expect(200))
    statuses = [books.seen_with(secret).get("/accounts").status for secret in [key["secret"], *(reply["secret"] for reply in replies)]]
    assert sorted(statuses) == [200] * 2 + [401] * 9


def test_a_rotation_is_an_event_without_secrets(books):
    key = books.make_key()
    made = rotate(books, key["id"], {"overlap_seconds": 60}).expect(200)
    [event] = books.get("/events", event_type="api_key.rotated").expect(200).data
    assert event["entity_id"] == key["id"] and event["metadata"]["before"]["key_preview"] == key["key_preview"]
    assert event["metadata"]["after"]["key_preview"] == made["key_preview"]
    assert made["secret"] not in str(event) and key["secret"] not in str(event)


def test_a_key_may_rotate_itself(books):
    seen = books.with_new_key()
    made = rotate(seen, seen.api_key["id"], {"overlap_seconds": 0}).expect(200)
    seen.get("/accounts").expect(401, "expired_api_key")
    books.seen_with(made["secret"]).get("/accounts").expect(200)


def test_a_revoked_or_expired_key_is_not_rotated(books):
    revoked = books.make_key()
    books.delete(f"/api-keys/{revoked['id']}").expect(204)
    expired = books.make_key(expires_at="2036-01-01T00:00:00Z")
    books.database.rows(f"update api_keys set expires_at = '2020-01-01' where id = {id_hex(expired['id'])}")
    before = books.snapshot()
    for key in (revoked, expired):
        rotate(books, key["id"]).expect(422, "invalid_state")
    assert books.snapshot() == before


FAULTS = [({"overlap_seconds": -1}, ["overlap_seconds"]), ({"overlap_seconds": 2592001}, ["overlap_seconds"]), ({"overlap_seconds": "60"}, ["overlap_seconds"]),
          ({"overlap_seconds": 1.5}, ["overlap_seconds"]), ({"overlap_seconds": None}, ["overlap_seconds"]), ({"with_signing_secret": "yes"}, ["with_signing_secret"]),
          ({"secret": "cl_live_x"}, ["secret"]), ({"overlap_seconds": -1, "with_signing_secret": 1, "x": 1}, ["overlap_seconds", "with_signing_secret", "x"])]


@pytest.mark.parametrize("body, named", FAULTS, ids=[str(row[0])[:50] for row in FAULTS])
def test_a_faulty_rotation_is_refused(still_books, body, named):
    path = f"/api-keys/{still_books.api_key['id']}/rotate"
    before = still_books.snapshot()
    still_books.post(path, body).expect(400, "invalid_request", named)
    assert still_books.snapshot() == before


SOON, LATER = ((datetime.now(timezone.utc) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ") for days in (1, 2))
TAKEOVERS = [  # what the asking key is, what the other is that it must not get the secret of
    ({"permissions": {"api_keys": ["write"]}}, {"permissions": {"accounts": ["read"]}}),
    ({"permissions": {"*": ALL}}, {"permissions": EVERYTHING}),
    ({}, {"include_children": True}),
    ({"expires_at": SOON}, {}), ({"expires_at": SOON}, {"expires_at": LATER}),
    ({"allowed_ips": ["127.0.0.1", "::1"]}, {}), ({"allowed_ips": ["127.0.0.1", "::1"]}, {"allowed_ips": ["127.0.0.0/8"]}),
]


@pytest.mark.parametrize("own, other", TAKEOVERS)
def test_a_key_does_not_get_the_secret_of_a_stronger_one(books, own, other):
    weak, strong = books.with_new_key(**own), books.make_key(**other)
    before = books.snapshot()
    rotate(weak, strong["id"]).expect(403, "insufficient_permissions")
    assert books.snapshot() == before
    # As one that is like itself.
    rotate(weak, books.make_key(**own)["id"]).expect(200)


def test_a_key_that_signs_does_not_get_the_secret_of_one_that_need_not(books):
    bound, free = books.with_signing_key(require_signature=True), books.make_key()
    rotate(bound, free["id"]).expect(403, "insufficient_permissions")
    rotate(bound, bound.api_key["id"]).expect(200)


def test_who_may_not_rotate_a_key(books, make_books, operator):
    live, test = books.make_key(), books.in_test_mode()
    before = books.snapshot()
    rotate(make_books(), live["id"]).expect(404, "resource_not_found")
    rotate(test, live["id"]).expect(404, "resource_not_found")
    rotate(books, test.api_key["id"]).expect(404, "resource_not_found")
    rotate(books, "key_0000000000000000000000000").expect(404, "resource_not_found")
    operator.post(f"{books.path}/api-keys/{live['id']}/rotate").expect(403, "insufficient_permissions")
    assert books.snapshot() == before
    reader = books.with_new_key(permissions={"api_keys": ["read", "delete"]})
    rotate(reader, reader.api_key["id"]).expect(403, "insufficient_permissions")
    assert rotate(test, test.api_key["id"]).expect(200)["secret"].startswith("cl_test_")
