"""Batches: all or what can be, tried without effect, each item once."""
import pytest

WAIT = {"Prefer": "wait=30"}


def batch(books, items, headers=WAIT, is_wrong=False, **fields):  # noqa: B006
    return books.post("/transactions/batch", {"transactions": items, **fields}, headers=headers, is_wrong=is_wrong)


def item(books, amount="1.00", **fields):
    return books.transaction(amount, status="posted", **fields)


def unbalanced(books):
    made = item(books)
    made["entries"] = [{**made["entries"][0], "amount": "1.00"}, {**made["entries"][1], "amount": "2.00"}]
    return made


def test_an_atomic_batch_is_queued(books):
    reply = batch(books, [item(books), item(books, "2.00", reference_number="B")], headers={}).expect(202)
    assert reply["operation"] == "transactions.batch" and reply["progress"] == {"done": 0, "total": 2}
    assert reply.headers["location"] == f"{books.path}/jobs/{reply['id']}"
    job = books.wait_for(reply.json)
    assert job["progress"] == {"done": 2, "total": 2} and job["request_id"] == reply.headers["x-request-id"]
    result = job["result"]
    assert (result["mode"], result["dry_run"], result["succeeded"], result["failed"]) == ("atomic", False, 2, 0)
    assert [each["index"] for each in result["results"]] == [0, 1]
    seen = books.get(f"/transactions/{result['results'][1]['transaction']['id']}").expect(200)
    assert (seen["reference_number"], seen["status"], seen["total_debits"]) == ("B", "posted", "2.00")
    assert books.balance("1010") == "3.00"


def test_what_is_answered_at_once_tells_the_wait_as_it_was_asked_for(books):
    """The document says wait=N, whether there was anything to wait for or not."""
    assert batch(books, [item(books)], dry_run=True, headers=WAIT).expect(200).headers["preference-applied"] == "wait=30"
    assert books.post("/transactions", item(books), headers={"Prefer": "wait=5"}).expect(201).headers["preference-applied"] == "wait=5"
    assert books.post("/accounts", {"name": "x", "type": "asset"}, headers={"Prefer": "wait=5"}).expect(201).headers["preference-applied"] == "wait=5"


def test_waiting_answers_with_the_batch(books):
    reply = batch(books, [item(books), books.transaction("5.00")]).expect(201)
    assert reply.headers["preference-applied"].startswith("wait")
    assert [each["transaction"]["status"] for each in reply["results"]] == ["posted", "pending"]
    assert books.balance("1010") == "1.00"


REFUSED = [  # what, the second item, status, code, fields
    ("unbalanced", unbalanced, 400, "transaction_does_not_balance", []),
    ("malformed", lambda b: item(b, "x"), 400, "invalid_request", ["transactions[1].entries[0].amount", "transactions[1].entries[1].amount"]),
    ("unknown field", lambda b: {**item(b), "colour": "red"}, 400, "invalid_request", ["transactions[1].colour"]),
    ("unknown account", lambda b: {**item(b), "entries": [{**each, "account_id": "act_0000000000000000000000000"} for each in item(b)["entries"]]},
     400, "invalid_request", ["transactions[1].entries[0].account_id", "transactions[1].entries[1].account_id"]),
    ("a false condition", lambda b: {**item(b), "entries": [{**item(b)["entries"][0], "expected_version": 9}, item(b)["entries"][1]]},
     422, "version_condition_failed", []),
]


@pytest.mark.parametrize("second, status, code, fields", [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
@pytest.mark.parametrize("prefer", [{}, WAIT], ids=["queued", "waited for"])
def test_an_atomic_batch_is_refused_before_it_is_queued(still_books, second, status, code, fields, prefer):
    items = [item(still_books), second(still_books)]
    before = still_books.snapshot()
    reply = batch(still_books, items, headers=prefer).expect(status, code, fields)
    assert still_books.snapshot() == before
    if not fields:
        assert reply.error["details"]["index"] == "1" and "transactions[1]" in reply.error["message"]


@pytest.mark.parametrize("value", [7, None, [], "x"], ids=str)
def test_what_is_no_object_is_no_item(still_books, value):
    before = still_books.snapshot()
    batch(still_books, [item(still_books), value]).expect(400, "invalid_request", ["transactions[1]"])
    assert still_books.snapshot() == before
    reply = batch(still_books, [value, value], mode="continue", is_wrong=True).expect(201)
    assert [each["error"]["details"]["fields"][0]["field"] for each in reply["results"]] == ["transactions[0]", "transactions[1]"]


def test_every_fault_of_every_item_is_named(still_books):
    items = [item(still_books, "x"), item(still_books), {**item(still_books, "1.001"), "type": "gift"}]
    batch(still_books, items).expect(400, "invalid_request", [
        "transactions[0].entries[0].amount", "transactions[0].entries[1].amount", "transactions[2].entries[0].amount",
        "transactions[2].entries[1].amount", "transactions[2].type"])


def test_continue_writes_what_it_can(books):
    items = [item(books, "1.00")] + [row[1](books) for row in REFUSED] + [item(books, "2.00"), books.transaction("4.00")]
    reply = batch(books, items, mode="continue", is_wrong=True).expect(201)
    assert (reply["mode"], reply["succeeded"], reply["failed"]) == ("continue", 3, len(REFUSED))
    assert [each["index"] for each in reply["results"]] == list(range(len(items)))
    for result, (_, _, status, code, _) in zip(reply["results"][1:], REFUSED):
        assert (result["status"], result["transaction"], result["error"]["status"], result["error"]["code"]) == ("failed", None, status, code)
    done = [each for each in reply["results"] if each["status"] == "succeeded"]
    assert [each["index"] for each in done] == [0, len(items) - 2, len(items) - 1] and all(each["error"] is None for each in done)
    assert books.trial_balance() == {"1010": "3.00", "4000": "-3.00"}


@pytest.mark.parametrize("mode", ["atomic", "continue"])
def test_a_dry_run_writes_nothing_and_is_free(still_books, mode):
    before = still_books.snapshot()
    reply = batch(still_books, [item(still_books), still_books.transaction()], mode=mode, dry_run=True, headers={}).expect(200)
    assert (reply["dry_run"], reply["mode"], reply["succeeded"], reply["failed"]) == (True, mode, 2, 0)
    assert [each["transaction"] for each in reply["results"]] == [None, None]
    assert reply.cost == 0 and still_books.snapshot() == before


def test_a_dry_run_tells_what_would_fail(still_books):
    before = still_books.snapshot()
    reply = batch(still_books, [item(still_books), unbalanced(still_books)], mode="continue", dry_run=True, headers={}).expect(200)
    assert (reply["succeeded"], reply["failed"]) == (1, 1) and reply["results"][1]["error"]["code"] == "transaction_does_not_balance"
    batch(still_books, [item(still_books), unbalanced(still_books)], dry_run=True, headers={}).expect(400, "transaction_does_not_balance")
    assert still_books.snapshot() == before


def charged(books):
    return int(books.database.value(f"select coalesce(sum(credits), 0) from events where books_id in ({books.books_ids()}) and operation = 'transactions.batch'"))


@pytest.mark.parametrize("succeed, fail, credits", [(1, 0, 1), (10, 0, 1), (11, 0, 2), (10, 5, 1), (11, 5, 2)])
def test_a_batch_costs_one_credit_for_ten(books, succeed, fail, credits):
    batch(books, [item(books)] * succeed + [unbalanced(books)] * fail, mode="continue").expect(201)
    assert charged(books) == credits


def test_nothing_succeeded_costs_nothing(books):
    batch(books, [unbalanced(books)] * 3, mode="continue").expect(201)
    assert charged(books) == 0 and books.get("/transactions").expect(200)["total_count"] == 0


def test_a_batch_that_the_pool_cannot_pay_is_refused(make_books):
    books = make_books(initial_credits=1)
    batch(books, [item(books)] * 10).expect(201)
    before = books.snapshot()
    batch(books, [item(books)] * 10).expect(402, "insufficient_credits")
    assert books.snapshot() == before


def test_an_items_key_takes_effect_once(books):
    first = batch(books, [item(books, idempotency_key="a"), item(books, idempotency_key="b")]).expect(201)
    second = batch(books, [item(books, idempotency_key="b"), item(books, idempotency_key="c")]).expect(201)
    assert second["results"][0]["transaction"] == first["results"][1]["transaction"]
    assert books.balance("1010") == "3.00" and (second["succeeded"], second["failed"]) == (2, 0)


@pytest.mark.parametrize("mode", ["atomic", "continue"])
def test_a_batch_of_nothing_new_has_no_effect(books, mode):
    items = [item(books, idempotency_key=f"{number}") for number in range(12)]
    first = batch(books, items, mode=mode).expect(201).json
    paid = charged(books)
    second = batch(books, items, mode=mode).expect(201).json
    assert [each["transaction"] for each in second["results"]] == [each["transaction"] for each in first["results"]]
    assert second["succeeded"] == 12 and books.balance("1010") == "12.00"
    assert charged(books) == paid, "what took no effect was charged"


def test_an_items_key_belongs_to_one_transaction(books):
    batch(books, [item(books, "1.00", idempotency_key="a")]).expect(201)
    reply = batch(books, [item(books, "2.00", idempotency_key="a"), item(books, "4.00")], mode="continue").expect(201)
    assert [each["status"] for each in reply["results"]] == ["failed", "succeeded"]
    assert reply["results"][0]["error"]["code"] == "idempotency_key_reused"
    batch(books, [item(books, "2.00", idempotency_key="a")]).expect(409, "idempotency_key_reused")
    assert books.balance("1010") == "5.00"


def test_a_whole_batch_is_replayed(books):
    items = [item(books)] * 3
    headers = {"Idempotency-Key": "whole"}
    first = batch(books, items, headers=headers).expect(202)
    books.wait_for(first.json)
    second = batch(books, items, headers=headers).expect(202)
    assert second.body == first.body and second.headers["idempotent-replayed"] == "true"
    waited = batch(books, items, headers={**headers, **WAIT}).expect(201)
    assert waited["succeeded"] == 3 and books.balance("1010") == "3.00"
    batch(books, items[:2], headers=headers).expect(409, "idempotency_key_reused")


def test_ten_thousand_at_once(books):
    items = [item(books, "0.01", reference_number=f"{number}") for number in range(10_000)]
    reply = batch(books, items, headers={}).expect(202)
    job = books.wait_for(reply.json)
    result = job["result"]
    assert (result["succeeded"], result["failed"], len(result["results"])) == (10_000, 0, 10_000)
    assert [each["transaction"]["reference_number"] for each in result["results"]] == [f"{number}" for number in range(10_000)]
    assert books.trial_balance() == {"1010": "100.00", "4000": "-100.00"} and charged(books) == 1000
    # The list does not count beyond 10,000 unless it is asked to.
    assert books.get("/transactions", limit=1).expect(200)["total_count"] == 10_000
    books.post_transaction()
    assert books.get("/transactions", limit=1).expect(200)["total_count"] is None
    assert books.get("/transactions", limit=1, count="true").expect(200)["total_count"] == 10_001


def test_thousands_of_which_some_fail(books):
    items = [unbalanced(books) if number % 7 == 0 else item(books, "0.01") for number in range(3_500)]
    reply = batch(books, items, mode="continue").expect(201)
    assert (reply["succeeded"], reply["failed"]) == (3_000, 500)
    assert [each["index"] for each in reply["results"]] == list(range(3_500))
    assert [each["status"] for each in reply["results"]] == ["failed" if number % 7 == 0 else "succeeded" for number in range(3_500)]
    assert books.balance("1010") == "30.00" and charged(books) == 300


@pytest.mark.parametrize("count", [0, 10_001])
def test_a_batch_has_1_to_10000_items(still_books, count):
    before = still_books.snapshot()
    batch(still_books, [{}] * count).expect(400, "invalid_request", ["transactions"])
    assert still_books.snapshot() == before


def test_a_batch_of_megabytes_can_be_waited_for(books):
    items = [item(books, "0.01", description="x" * 1000) for _ in range(1_500)]
    assert batch(books, items).expect(201)["succeeded"] == 1_500
    assert books.balance("1010") == "15.00"
