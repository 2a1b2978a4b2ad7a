"""Keys whose caches go away: what was rotated out stays out, a nonce that was used stays used, and those that are too old go."""
import pytest
from database import id_hex
from processes import wait_until
from signing import signature_of

PATHS = ("/accounts", "/transactions", "/jobs", "/api-keys", "", "/reports/trial-balance")


@pytest.mark.parametrize("is_wiped", [False, True], ids=["kept", "forgotten"])
def test_a_secret_that_was_replaced_stays_so_whatever_redis_remembers(busy_books, stack, processes, is_wiped):
    """Redis was away when the key was rotated, and comes back with what it knew of the old secret."""
    made = busy_books.make_key()
    old = busy_books.seen_with(made["secret"])
    for path in PATHS:
        old.get(path).expect(200)
    with stack.without("redis"):
        old.get("/accounts").expect(200)
        rotated = busy_books.post(f"/api-keys/{made['id']}/rotate", {"overlap_seconds": 0}).expect(200)
        new = busy_books.seen_with(rotated["secret"])
        for path in PATHS:
            old.get(path).expect(401, "expired_api_key")
            new.get(path).expect(200)
        if is_wiped:
            processes.wipe("redis")
    for _ in range(5):
        for path in PATHS:
            old.get(path).expect(401, "expired_api_key")
            new.get(path).expect(200)


def test_a_nonce_works_once_whether_or_not_redis_is_there(busy_books, stack):
    made = busy_books.make_key(require_signature=True)
    target, sent = f"{busy_books.path}/accounts", []

    def ask(header):
        return busy_books.client.get(target, headers={"Crane-Signature": header}, key=made["secret"])

    def sign_one():
        sent.append(signature_of(made["signing_secret"], "GET", target))
        ask(sent[-1]).expect(200)

    def none_works_again():
        for header in sent:
            ask(header).expect(401, "signature_replayed")
    sign_one()
    with stack.without("redis"):
        none_works_again()
        sign_one()
        none_works_again()
    none_works_again()
    sign_one()
    stack.redis("FLUSHALL")
    none_works_again()


def test_without_a_store_a_signed_request_is_told_to_come_back(busy_books, stack):
    made = busy_books.make_key(require_signature=True)
    seen = busy_books.signed_by(made)
    seen.get("/accounts").expect(200)
    with stack.without("mariadb"):
        refused = seen.get("/accounts").expect(503, "service_unavailable")
        assert int(refused.headers["retry-after"]) >= 1
    wait_until(lambda: seen.get("/accounts").status == 200, "MariaDB is back")


def test_nonces_that_are_too_old_go(busy_books, database):
    seen = busy_books.with_signing_key()
    for _ in range(3):
        seen.get("/accounts").expect(200)
    rows = f"from request_nonces where api_key_id = {id_hex(seen.api_key['id'])}"
    database.rows(f"update request_nonces set expires_at = now(6) - interval 1 second where api_key_id = {id_hex(seen.api_key['id'])} order by nonce limit 2")
    wait_until(lambda: database.value(f"select count(*) {rows}") == "1", "the two that are too old have gone", seconds=120)
    assert database.value(f"select count(*) {rows} and expires_at > now(6)") == "1"
