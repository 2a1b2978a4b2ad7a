"""One key, one effect: however often and however many at once."""
import pytest
from books import TODAY
from client import together


def headers(key):
    return {"Idempotency-Key": key}


WRITES = [  # status of the first, the request
    (201, lambda b: ("POST", "/accounts", {"name": "Savings", "type": "asset"})),
    (201, lambda b: ("POST", "/transactions", b.transaction(status="posted"))),
    (200, lambda b: ("PUT", f"/accounts/{b.make_account()['id']}", {"name": "After"})),
    (204, lambda b: ("DELETE", f"/accounts/{b.make_account()['id']}")),
    (204, lambda b: ("DELETE", f"/transactions/{b.pend_transaction()['id']}")),
    (200, lambda b: ("POST", f"/transactions/{b.pend_transaction()['id']}/post")),
    (201, lambda b: ("POST", f"/transactions/{b.post_transaction()['id']}/reverse", {"date": TODAY})),
    (202, lambda b: ("POST", "/transactions/batch", {"transactions": [b.transaction()]})),
    (200, lambda b: ("PUT", "", {"name": "After"})),
    (201, lambda b: ("POST", "/api-keys", {"name": "Key"})),
    (200, lambda b: ("POST", f"/api-keys/{b.make_key(with_signing_secret=True)['id']}/rotate", {"overlap_seconds": 0})),
    (422, lambda b: ("PUT", f"/api-keys/{b.make_key()['id']}", {"require_signature": True})),
    (409, lambda b: ("POST", "/accounts", {"name": "x", "type": "asset", "code": "1010"})),
    (422, lambda b: ("DELETE", f"/accounts/{b.account('1010')}")),
    (422, lambda b: ("POST", f"/transactions/{b.post_transaction()['id']}/post")),
    (404, lambda b: ("DELETE", "/transactions/txn_0000000000000000000000000")),
    (400, lambda b: ("POST", "/transactions", {**b.transaction(), "entries": [b.transaction()["entries"][0]] * 2})),
]


def send(books, request, more):
    method, path, *body = request
    return books.client.request(method, books.path + path, *body, headers=more)


def idle(books):
    for job in books.get("/jobs").expect(200).data:
        books.wait_for(job)
    return books.snapshot()


@pytest.mark.parametrize("status, request_of", WRITES, ids=[str(index) for index in range(len(WRITES))])
def test_the_same_reply_byte_for_byte(books, status, request_of):
    request = request_of(books)
    first = send(books, request, headers("k"))
    assert first.status == status and "idempotent-replayed" not in first.headers, first
    before = idle(books)
    for _ in range(2):
        again = send(books, request, headers("k"))
        assert (again.status, again.body) == (first.status, first.body) and again.headers["idempotent-replayed"] == "true", again
        for name in ("etag", "location", "content-type"):
            assert again.headers.get(name) == first.headers.get(name), name
        assert again.cost == 0
    assert idle(books) == before


def test_a_refusal_stays_one_although_it_would_pass_now(books):
    body = {"name": "x", "type": "asset", "code": "1051"}
    other = books.make_account("1051")
    books.post("/accounts", body, headers=headers("k")).expect(409, "already_exists")
    books.delete(f"/accounts/{other['id']}").expect(204)
    books.post("/accounts", body, headers=headers("k")).expect(409, "already_exists")
    books.post("/accounts", body, headers=headers("other")).expect(201)


def test_what_may_pass_later_is_not_held_against_the_key(make_books, operator):
    books = make_books(initial_credits=0)
    body = {"name": "x", "type": "asset"}
    for _ in range(2):
        refused = books.post("/accounts", body, headers=headers("k")).expect(402, "insufficient_credits")
        assert "idempotent-replayed" not in refused.headers
    assert books.database.value(f"select count(*) from idempotency_keys where scope_id = x'{int(books.id[4:], 36):032x}'") == "0"


REUSED = [("another body", "POST", "/accounts", {"name": "Other", "type": "asset"}), ("another path", "POST", "/transactions", None),
          ("another method", "PUT", "", {"name": "Savings"}), ("another spelling of the same", "POST", "/accounts", '{"type":"asset","name":"Savings"}')]


@pytest.mark.parametrize("method, path, body", [row[1:] for row in REUSED], ids=[row[0] for row in REUSED])
def test_another_request_under_the_key_is_refused(books, method, path, body):
    books.post("/accounts", {"name": "Savings", "type": "asset"}, headers=headers("k")).expect(201)
    before = books.snapshot()
    body = books.transaction() if body is None else body
    books.client.request(method, books.path + path, body, headers=headers("k")).expect(409, "idempotency_key_reused")
    assert books.snapshot() == before


def test_the_query_belongs_to_the_request(books):
    body = books.transaction(status="posted")
    books.post("/transactions", body, headers=headers("k")).expect(201)
    books.post("/transactions", body, headers=headers("k"), query={"include": "balances"}).expect(409, "idempotency_key_reused")


def test_keys_of_organizations_and_modes_are_apart(books, make_books):
    several = [books, make_books(), books.in_test_mode(), books.child()]
    ids = {seen.post("/accounts", {"name": "x", "type": "asset"}, headers=headers("k")).expect(201)["id"] for seen in several}
    assert len(ids) == 4


def test_a_hundred_at_once_have_one_effect(books):
    body = books.transaction(status="posted")
    books.client.connections.prepare(100)
    replies = together(100, lambda _: books.post("/transactions", body, headers=headers("k")))
    assert {(reply.status, reply.code) for reply in replies} <= {(201, None), (409, "idempotency_in_progress")}
    done = [reply for reply in replies if reply.status == 201]
    assert len({reply.body for reply in done}) == 1 and sum("idempotent-replayed" not in reply.headers for reply in done) == 1
    assert all(reply.error["retry_after"] >= 1 for reply in replies if reply.status == 409)
    final = books.post("/transactions", body, headers=headers("k")).expect(201)
    assert final.body == done[0].body and final.headers["idempotent-replayed"] == "true"
    assert books.trial_balance() == {"1010": "12.00", "4000": "-12.00"} and books.get("/transactions").expect(200)["total_count"] == 1


def test_a_hundred_at_once_are_refused_alike(books):
    body = {"name": "x", "type": "asset", "code": "1010"}
    replies = together(40, lambda _: books.post("/accounts", body, headers=headers("k")))
    assert {(reply.status, reply.code) for reply in replies} <= {(409, "already_exists"), (409, "idempotency_in_progress")}
    assert len({reply.body for reply in replies if reply.code == "already_exists"}) == 1


def test_many_keys_at_once_have_an_effect_each(books):
    bodies = [books.transaction("1.00", status="posted", reference_number=str(number)) for number in range(10)]
    replies = together(40, lambda index: books.post("/transactions", bodies[index % 10], headers=headers(str(index % 10))))
    assert {reply.status for reply in replies} <= {201, 409}
    for number, body in enumerate(bodies):
        books.post("/transactions", body, headers=headers(str(number))).expect(201)
    assert books.balance("1010") == "10.00"


def test_a_queued_write_is_queued_once(books):
    body = books.transaction(status="posted")
    more = {**headers("k"), "Prefer": "respond-async"}
    replies = together(20, lambda _: books.post("/transactions", body, headers=more))
    assert {(reply.status, reply.code) for reply in replies} <= {(202, None), (409, "idempotency_in_progress")}
    assert len({reply.body for reply in replies if reply.status == 202}) == 1
    [job] = books.get("/jobs").expect(200).data
    books.wait_for(job)
    again = books.post("/transactions", body, headers=more).expect(202)
    assert again["id"] == job["id"] and books.balance("1010") == "12.00"


def test_an_operators_replay_shows_the_same_secret(operator, database):
    body = {"name": "Once"}
    first = operator.post("/organizations", body, headers=headers("root-once")).expect(201)
    before = database.value("select count(*) from organizations")
    again = operator.post("/organizations", body, headers=headers("root-once")).expect(201)
    assert again.body == first.body and again.headers["idempotent-replayed"] == "true" and again["api_key"]["secret"] == first["api_key"]["secret"]
    assert database.value("select count(*) from organizations") == before
    stored = database.rows("select reply_body from idempotency_keys where idempotency_key = 'root-once'")
    assert len(stored) == 1 and first["api_key"]["secret"] not in stored[0][0]
    operator.post("/organizations", {"name": "Twice"}, headers=headers("root-once")).expect(409, "idempotency_key_reused")


def test_another_key_of_the_organization_does_not_see_a_secret(books):
    body = {"name": "Key"}
    first = books.post("/api-keys", body, headers=headers("k")).expect(201)
    assert books.post("/api-keys", body, headers=headers("k")).expect(201)["secret"] == first["secret"]
    books.with_new_key().post("/api-keys", body, headers=headers("k")).expect(409, "idempotency_key_reused")


@pytest.mark.parametrize("key, fits", [("x", True), ("x" * 255, True), ("x" * 256, False), ("with blanks and ~!\"'", True)])
def test_how_long_a_key_may_be(books, key, fits):
    before = books.snapshot()
    reply = books.post("/accounts", {"name": "x", "type": "asset"}, headers=headers(key))
    if fits:
        reply.expect(201)
    else:
        reply.expect(400, "invalid_request", ["Idempotency-Key"])
        assert books.snapshot() == before


def test_a_faulty_body_takes_no_key(books):
    books.post("/accounts", {"name": ""}, headers=headers("k")).expect(400, "invalid_request", ["name", "type"])
    books.post("/accounts", {"name": "x", "type": "asset"}, headers=headers("k")).expect(201)


def test_reads_pay_no_heed_to_a_key(books):
    for _ in range(2):
        assert "idempotent-replayed" not in books.client.get(f"{books.path}/accounts", headers=headers("k")).expect(200).headers
