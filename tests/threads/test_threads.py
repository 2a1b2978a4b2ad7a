"""Sixteen clients at once on the programs that the thread sanitizer watches: it speaks up in the logs, which are read in the end."""
from client import together

CLIENTS, ROUNDS = 16, 6
ASYNC = {"Prefer": "respond-async"}


def test_writers_and_readers_of_the_same_accounts(books):
    bank, _ = books.account("1010"), books.account("4000")

    def work(client):
        for number in range(ROUNDS):
            made = books.post_transaction(amount="1.00", description=f"{client}/{number}")
            books.balance("1010")
            books.get(f"/transactions/{made['id']}", include="balances").expect(200)
            books.get("/transactions", limit=5, account_id=bank).expect(200)
            if number % 3 == client % 3:
                books.post(f"/transactions/{made['id']}/reverse", {"date": "2026-03-31"}).expect(201)
            books.get("/reports/trial-balance").expect(200)
    together(CLIENTS, work)
    left = sum(1 for client in range(CLIENTS) for number in range(ROUNDS) if number % 3 != client % 3)
    assert books.trial_balance() == {"1010": f"{left}.00", "4000": f"-{left}.00"}


def test_one_key_for_one_effect(books):
    body = books.transaction("5.00", status="posted")

    def work(client):
        reply = books.post("/transactions", body, headers={"Idempotency-Key": f"key-{client % 2}"})
        while reply.status == 409:
            assert reply.code == "idempotency_in_progress"
            reply = books.post("/transactions", body, headers={"Idempotency-Key": f"key-{client % 2}"})
        return reply.expect(201)["id"]
    assert len(set(together(CLIENTS, work))) == 2
    assert books.balance("1010") == "10.00"


def test_jobs_waiters_and_batches(books):
    items = [books.transaction("1.00", status="posted") for _ in range(5)]

    def work(client):
        if client % 4 == 0:
            return books.post("/transactions/batch", {"transactions": items}, headers={"Prefer": "wait=30"}).expect(201)["object"]
        job = books.post("/accounts", {"name": f"Account {client}", "type": "asset"}, headers=ASYNC).expect(202).json
        return books.wait_for(job)["result"]["object"]
    assert together(CLIENTS, work).count("account") == CLIENTS - CLIENTS // 4
    assert books.balance("1010") == f"{5 * (CLIENTS // 4)}.00"


def test_signed_requests_while_their_key_is_rotated(books):
    made = books.make_key(require_signature=True)

    def work(client):
        if client == 0:
            return [books.post(f"/api-keys/{made['id']}/rotate", {"overlap_seconds": 600}).expect(200).json for _ in range(ROUNDS)]
        seen = books.signed_by(made)
        return [seen.get(path).status for _ in range(ROUNDS) for path in ("/accounts", "/transactions")]
    rotated, *statuses = together(CLIENTS, work)
    assert {status for each in statuses for status in each} <= {200, 401}
    works = [books.signed_by(key).get("/accounts").status for key in (made, *rotated)]
    assert works == [401] * (ROUNDS - 1) + [200] * 2


def test_keys_come_and_go_while_they_are_used(make_books):
    every = [make_books() for _ in range(4)]

    def work(client):
        books = every[client % 4]
        for _ in range(2):
            other = books.with_new_key()
            other.get("/accounts").expect(200)
            other.get("", api_key="x").expect(400, "unknown_parameter")
            books.delete(f"/api-keys/{other.api_key['id']}").expect(204)
            other.get("/accounts").expect(401, "revoked_api_key")
            books.client.get("/system", key=None).expect(401, "missing_api_key")
            books.make_account()
            books.put("", {"name": f"Name {client}"}).expect(200)
    together(CLIENTS, work)
