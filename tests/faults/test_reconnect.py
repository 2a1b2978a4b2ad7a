"""A store that goes and comes back between requests: clients meet 503 with Retry-After at worst, and only while it is away."""
import re
import time

import pytest
from client import together
from processes import wait_until

AWAY, BACK = "Redis is away", "Redis is back"
FAMILIES = {"accounts": "/accounts", "transactions": "/transactions", "reports": "/reports/trial-balance", "jobs": "/jobs",
            "api_keys": "/api-keys", "organizations": ""}


def warm_up(books):
    """Every thread of every family has been used, so that each holds a connection that will be dead."""
    for _ in range(2):
        together(32, lambda _: [books.get(path).expect(200) for path in FAMILIES.values()])


def first_reads(books, _):
    for path in FAMILIES.values():
        books.get(path).expect(200)


def first_writes(books, _):
    books.make_account()
    books.post_transaction(amount="1.00")
    books.child()
    books.put("", {"name": "Another name"}).expect(200)
    books.make_key()


def first_queued_writes(books, _):
    batch = {"transactions": [books.transaction("1.00", status="posted")]}
    books.post("/transactions/batch", batch, headers={"Prefer": "wait=20"}).expect(201)
    books.wait_for(books.post("/accounts", {"name": "x", "type": "asset"}, headers={"Prefer": "respond-async"}).expect(202).json)


def first_reads_with_a_cold_cache(books, processes):
    processes.stack.redis("FLUSHALL")
    first_reads(books, processes)


def first_revocation(books, processes):
    made = books.key_to_revoke
    books.delete(f"/api-keys/{made['id']}").expect(204)
    books.seen_with(made["secret"]).get("/accounts").expect(401, "revoked_api_key")


@pytest.mark.parametrize("first", [first_reads, first_writes, first_queued_writes, first_reads_with_a_cold_cache, first_revocation])
def test_mariadb_is_restarted_between_requests(busy_books, stack, processes, first):
    """Nobody notices: the first request of each family finds its kept connections dead and opens others."""
    busy_books.key_to_revoke = busy_books.make_key()
    busy_books.seen_with(busy_books.key_to_revoke["secret"]).get("/accounts").expect(200)
    warm_up(busy_books)
    with stack.without("mariadb"):
        pass
    first(busy_books, processes)
    warm_up(busy_books)
    busy_books.post_transaction(amount="1.00")


def test_mariadb_is_killed_between_requests(busy_books, processes):
    warm_up(busy_books)
    processes.kill("mariadb")
    wait_until(lambda: busy_books.get("/accounts").status == 200, "MariaDB has recovered")
    warm_up(busy_books)
    busy_books.post_transaction()


def test_while_mariadb_is_away(busy_books, stack):
    body = busy_books.transaction("1.00", status="posted")
    writes = [lambda n: busy_books.post("/transactions", body, headers={"Idempotency-Key": f"once {n}"}),
              lambda n: busy_books.post("/transactions", body, headers={"Idempotency-Key": f"queued {n}", "Prefer": "respond-async"}),
              lambda n: busy_books.post("/transactions/batch", {"transactions": [body]}, headers={"Idempotency-Key": f"batch {n}", "Prefer": "wait=5"})]
    warm_up(busy_books)
    with stack.without("mariadb"):
        began = time.monotonic()
        for path in FAMILIES.values():
            refused = busy_books.get(path).expect(503, "service_unavailable")
            assert int(refused.headers["retry-after"]) >= 1
        for number in range(2):
            for write in writes:
                refused = write(number).expect(503, "service_unavailable")
                assert int(refused.headers["retry-after"]) >= 1
        assert time.monotonic() - began < 20, "a refusal does not take long"
        # nginx and what needs no store go on.
        assert busy_books.client.connections.exchange("GET", "/openapi.json", None, {})[0] == 200
    for number in range(2):
        for write in writes:
            assert write(number).status in (201, 202)
    wait_until(lambda: busy_books.balance("1010") == "6.00", "the jobs are done")


def test_while_redis_is_away(busy_books, stack, processes):
    warm_up(busy_books)
    said = {name: (processes.log_lines(name, AWAY), processes.log_lines(name, BACK)) for name in FAMILIES}
    with stack.without("redis"):
        warm_up(busy_books)
        posted = together(16, lambda _: busy_books.post_transaction(amount="1.00"))
        queued = busy_books.post("/transactions", busy_books.transaction("1.00", status="posted"), headers={"Prefer": "respond-async"}).expect(202)
        assert busy_books.wait_for(queued.json)["attempts"] == 1
        waited = busy_books.post("/transactions/batch", {"transactions": [busy_books.transaction("1.00", status="posted")]}, headers={"Prefer": "wait=20"})
        assert waited.expect(201)["succeeded"] == 1
        made = busy_books.make_key()
        busy_books.seen_with(made["secret"]).get("/accounts").expect(200)
        for name in FAMILIES:
            assert processes.log_lines(name, AWAY) == said[name][0] + 1, f"{name} says once that Redis is away"
    for _ in range(2):
        warm_up(busy_books)
    wait_until(lambda: all(processes.log_lines(name, BACK) > said[name][1] for name in FAMILIES), "all find Redis again")
    again = {name: (processes.log_lines(name, AWAY), processes.log_lines(name, BACK)) for name in FAMILIES}
    assert again == {name: (away + 1, back + 1) for name, (away, back) in said.items()}, "each says once that it is away and once that it is back"
    assert busy_books.balance("1010") == f"{len(posted) + 2}.00"


def test_a_frozen_redis_is_as_good_as_away(busy_books, processes):
    """It takes requests and never answers."""
    warm_up(busy_books)
    with processes.frozen("redis"):
        began = time.monotonic()
        for _ in range(3):
            together(16, lambda _: busy_books.post_transaction(amount="1.00"))
        assert time.monotonic() - began < 20
    warm_up(busy_books)
    assert busy_books.balance("1010") == "48.00"


@pytest.mark.parametrize("is_wiped", [False, True], ids=["kept", "forgotten"])
def test_a_revoked_key_stays_revoked_whatever_redis_remembers(busy_books, stack, processes, is_wiped):
    """Redis was away when the key was revoked, and comes back with what it knew of the key before."""
    made = busy_books.make_key()
    key = busy_books.seen_with(made["secret"])
    for _ in range(3):
        key.get("/accounts").expect(200)
    with stack.without("redis"):
        key.get("/accounts").expect(200)
        busy_books.delete(f"/api-keys/{made['id']}").expect(204)
        for path in FAMILIES.values():
            key.get(path).expect(401, "revoked_api_key")
        if is_wiped:
            processes.wipe("redis")
    for _ in range(5):
        for path in FAMILIES.values():
            key.get(path).expect(401, "revoked_api_key")
    busy_books.get("/accounts").expect(200)


def test_rates_are_counted_again_when_redis_is_back(busy_books, stack):
    limited = busy_books.with_new_key(rate_limit_per_minute=5)
    with stack.without("redis"):
        limited.get("/accounts").expect(200)
    for _ in range(10):
        reply = limited.get("/accounts")
        if reply.status == 429:
            break
    assert reply.expect(429, "rate_limit_exceeded").headers["x-ratelimit-remaining"] == "0"
    assert re.fullmatch(r"[1-9]\d*", reply.headers["retry-after"])
