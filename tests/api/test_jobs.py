"""Queued writes: accepted, run once, waited for, cancelled, tried again."""
import time

import pytest
from books import TODAY
from client import together

ASYNC = {"Prefer": "respond-async"}

WRITES = [  # operation, the request, what the result shows
    ("accounts.create", lambda b: ("POST", "/accounts", {"name": "Savings", "type": "asset"}), lambda result: result["name"] == "Savings"),
    ("accounts.update", lambda b: ("PUT", f"/accounts/{b.make_account()['id']}", {"name": "After"}), lambda result: result["name"] == "After"),
    ("accounts.delete", lambda b: ("DELETE", f"/accounts/{b.make_account()['id']}"), lambda result: result is None),
    ("transactions.create", lambda b: ("POST", "/transactions", b.transaction(status="posted")), lambda result: result["status"] == "posted"),
    ("transactions.update", lambda b: ("PUT", f"/transactions/{b.pend_transaction()['id']}", {"description": "After"}),
     lambda result: result["description"] == "After"),
    ("transactions.delete", lambda b: ("DELETE", f"/transactions/{b.pend_transaction()['id']}"), lambda result: result is None),
    ("transactions.post", lambda b: ("POST", f"/transactions/{b.pend_transaction()['id']}/post"), lambda result: result["status"] == "posted"),
    ("transactions.reverse", lambda b: ("POST", f"/transactions/{b.post_transaction()['id']}/reverse", {"date": TODAY}),
     lambda result: result["reverses_id"] is not None),
    ("organizations.update", lambda b: ("PUT", "", {"name": "After"}), lambda result: result["name"] == "After"),
    ("billing.update", lambda b: ("PUT", "/billing", {"low_balance_threshold": 5}), lambda result: result["low_balance_threshold"] == 5),
    ("billing.purchase", lambda b: ("POST", "/billing/purchases", {"package_id": "credits_1000"}), lambda result: result["status"] == "pending"),
]


def send(books, request, headers=None):
    method, path, *body = request
    return books.client.request(method, books.path + path, *body, headers=headers)


@pytest.mark.parametrize("operation, request_of, shows", WRITES, ids=[row[0] for row in WRITES])
def test_a_direct_write_is_queued_when_asked(books, operation, request_of, shows):
    reply = send(books, request_of(books), ASYNC).expect(202)
    assert reply.headers["preference-applied"] == "respond-async"
    assert reply.headers["location"] == f"{books.path}/jobs/{reply['id']}"
    assert reply["operation"] == operation and reply["status"] == "queued" and reply["result"] is None
    job = books.wait_for(reply.json)
    assert shows(job["result"]) and job["error"] is None and job["attempts"] == 1
    assert job["created_at"] <= job["started_at"] <= job["finished_at"]
    assert job["resource"] == reply["resource"] and job["resource"] is not None
    if job["result"] is not None:
        assert job["result"]["id"] == job["resource"]["id"] and job["result"]["object"] == job["resource"]["object"]


def test_what_is_queued_is_what_would_have_been_answered(books):
    body = {"name": "Savings", "type": "asset", "code": "1051", "metadata": {"a": "1"}}
    job = books.wait_for(books.post("/accounts", body, headers=ASYNC).expect(202).json)
    assert books.get(f"/accounts/{job['resource']['id']}").expect(200).json == job["result"]


REFUSED = [
    ("a fault of the body", lambda b: ("POST", "/accounts", {"name": "", "type": "x"}), 400, "invalid_request"),
    ("out of balance", lambda b: ("POST", "/transactions", {**b.transaction(), "entries": [b.transaction()["entries"][0]] * 2}),
     400, "transaction_does_not_balance"),
    ("a code that is taken", lambda b: ("POST", "/accounts", {"name": "x", "type": "asset", "code": "1010"}), 409, "already_exists"),
    ("nothing there", lambda b: ("DELETE", "/accounts/act_0000000000000000000000000"), 404, "resource_not_found"),
    ("a state that does not allow it", lambda b: ("DELETE", f"/transactions/{b.post_transaction()['id']}"), 422, "invalid_state"),
    ("an account in use", lambda b: ("DELETE", f"/accounts/{b.account('1010')}"), 422, "account_in_use"),
]


@pytest.mark.parametrize("request_of, status, code", [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_can_be_refused_is_refused_before_it_is_queued(still_books, request_of, status, code):
    request = request_of(still_books)
    before = still_books.snapshot()
    send(still_books, request, ASYNC).expect(status, code)
    assert still_books.snapshot() == before


def test_what_shows_a_secret_is_never_queued(books):
    made = books.post("/api-keys", {"name": "Key"}, headers=ASYNC).expect(201)
    assert made["secret"] and "preference-applied" not in made.headers
    assert books.get("/jobs").expect(200).data == []


def test_waiting_for_a_queued_write_answers_as_if_it_were_direct(books):
    reply = books.post("/transactions/batch", {"transactions": [books.transaction()]}, headers={"Prefer": "wait=20"}).expect(201)
    assert reply["object"] == "batch" and reply.headers["preference-applied"].startswith("wait")
    [job] = books.get("/jobs").expect(200).data
    assert job["status"] == "completed" and job["result"] == reply.json


def test_while_no_worker_runs(stack, books):
    """All that needs a job that stays queued, in one standstill of the worker."""
    with stack.without("worker"):
        began = time.monotonic()
        late = books.post("/transactions/batch", {"transactions": [books.transaction()]}, headers={"Prefer": "wait=1"}).expect(202)
        assert 0.9 < time.monotonic() - began < 10 and late["status"] == "queued"

        began = time.monotonic()
        seen = books.get(f"/jobs/{late['id']}", wait=1).expect(200)
        assert seen["status"] == "queued" and time.monotonic() - began > 0.9
        assert books.get(f"/jobs/{late['id']}", wait=0).expect(200)["status"] == "queued"

        doomed = books.post("/accounts", {"name": "Never", "type": "asset", "code": "never"}, headers=ASYNC).expect(202)
        books.post(f"/jobs/{doomed['id']}/retry").expect(422, "invalid_state")
        before = books.snapshot()
        cancelled = books.post(f"/jobs/{doomed['id']}/cancel").expect(200)
        assert cancelled["status"] == "cancelled" and cancelled["finished_at"] and cancelled["started_at"] is None
        assert books.get(f"/jobs/{doomed['id']}", wait=30).expect(200).json == cancelled.json  # at once: it has ended
        books.post(f"/jobs/{doomed['id']}/cancel").expect(422, "invalid_state")
        books.post(f"/jobs/{doomed['id']}/retry").expect(422, "invalid_state")
        assert {name for name, digest in books.snapshot().items() if digest != before[name]} == {"jobs", "events"}

        made = books.pend_transaction(amount="7.00", debit=books.make_account("1051")["code"])
        posting = books.post(f"/transactions/{made['id']}/post", headers=ASYNC).expect(202)
        books.put(f"/accounts/{books.account('1051')}", {"is_active": False}).expect(200)
        assert [each["id"] for each in books.get("/jobs", status="queued").expect(200).data] == [posting["id"], late["id"]]

        # Those who wait are answered when the job ends, not when their time does.
        waiting, began = [], time.monotonic()

        def wait_or_start(index):
            if index == 0:
                stack.programs("start", "worker")
            else:
                waiting.append(books.get(f"/jobs/{late['id']}", wait=30).expect(200)["status"])
        together(4, wait_or_start)
        assert waiting == ["completed"] * 3 and time.monotonic() - began < 25

    assert books.get("/accounts", code="never").expect(200).data == []
    failed = books.wait_for(posting.json, "failed")
    assert failed["error"]["code"] == "account_inactive" and failed["error"]["status"] == 422 and failed["result"] is None
    books.post(f"/jobs/{posting['id']}/cancel").expect(422, "invalid_state")

    # Nothing else stands in its way now.
    books.put(f"/accounts/{books.account('1051')}", {"is_active": True}).expect(200)
    again = books.post(f"/jobs/{posting['id']}/retry").expect(200)
    assert again["status"] == "queued" and again["error"] is None
    done = books.wait_for(posting.json)
    assert done["result"]["status"] == "posted" and done["error"] is None
    assert books.balance("1051") == "7.00"


def test_a_flood_of_jobs_is_refused_and_what_was_accepted_runs(stack, books):
    seats = [books, books.with_new_key(), books.with_new_key()]  # a key makes a thousand requests a minute
    body = books.transaction("0.01", status="posted")
    with stack.without("worker"):
        accepted = together(10, lambda seat: [seats[seat % 3].post("/transactions", body, headers=ASYNC).status for _ in range(100)])
        assert {status for statuses in accepted for status in statuses} == {202}
        before = books.snapshot()
        refused = books.post("/transactions", body, headers=ASYNC).expect(429, "too_many_queued_jobs")
        assert int(refused.headers["retry-after"]) == refused.error["retry_after"] >= 1
        books.post("/transactions/batch", {"transactions": [books.transaction()]}).expect(429, "too_many_queued_jobs")
        assert books.snapshot() == before
        # Direct writes and other organizations do not queue behind it.
        books.post("/transactions", body).expect(201)
        books.in_test_mode().post("/transactions/batch", {"transactions": []}).expect(400, "invalid_request", ["transactions"])
    while waiting := books.get("/jobs", status="queued,processing", limit=1).expect(200).data:
        books.wait_for(waiting[0])
    assert books.balance("1010") == "10.01"


@pytest.mark.parametrize("action", ["cancel", "retry"])
def test_a_completed_job_is_neither_cancelled_nor_tried_again(books, action):
    job = books.wait_for(books.post("/accounts", {"name": "x", "type": "asset"}, headers=ASYNC).expect(202).json)
    before = books.snapshot()
    books.post(f"/jobs/{job['id']}/{action}").expect(422, "invalid_state")
    assert books.snapshot() == before


def test_jobs_are_listed_and_filtered(books):
    accounts = [books.post("/accounts", {"name": "x", "type": "asset"}, headers=ASYNC).expect(202).json for _ in range(3)]
    batch = books.post("/transactions/batch", {"transactions": [books.transaction()]}).expect(202).json
    ids = [job["id"] for job in [*accounts, batch]]
    for job in [*accounts, batch]:
        books.wait_for(job)

    def listed(**query):
        return [job["id"] for job in books.get("/jobs", **query).expect(200).data]
    assert listed() == ids[::-1] and listed(sort="created_at") == ids
    assert listed(operation="transactions.batch") == [batch["id"]]
    assert listed(operation="transactions.batch,accounts.create", status="completed,failed") == ids[::-1]
    assert listed(status="queued,processing,failed,cancelled") == []
    assert listed(created_at__gte=batch["created_at"]) == [batch["id"]] and listed(created_at__lt=batch["created_at"]) == ids[2::-1]
    assert listed(starting_after=ids[3], limit=2) == ids[2:0:-1]
    books.get("/jobs", status="asleep").expect(400, "invalid_request", fields=["status"])


@pytest.mark.parametrize("wait", ["31", "-1", "x", "1.5", ""])
def test_how_long_one_may_wait(still_books, wait):
    job = still_books.post("/accounts", {"name": "x", "type": "asset"}, headers=ASYNC).expect(202)
    still_books.client.get(f"{still_books.path}/jobs/{job['id']}?wait={wait}").expect(400, "invalid_request", fields=["wait"])


def test_a_job_is_absent_elsewhere(books, make_books):
    job = books.post("/accounts", {"name": "x", "type": "asset"}, headers=ASYNC).expect(202).json
    other, test = make_books(), books.in_test_mode()
    for seen in (other, test):
        for query in ({}, {"wait": 5}):
            seen.get(f"/jobs/{job['id']}", **query).expect(404, "resource_not_found")
        seen.post(f"/jobs/{job['id']}/cancel").expect(404, "resource_not_found")
        seen.post(f"/jobs/{job['id']}/retry").expect(404, "resource_not_found")
    books.wait_for(job)


def test_many_jobs_of_many_organizations_all_end(make_books):
    several = [make_books() for _ in range(4)]
    jobs = [(books, books.post("/transactions", books.transaction(f"{number + 1}.00", status="posted"), headers=ASYNC).expect(202).json)
            for number in range(30) for books in several]
    for books, job in jobs:
        books.wait_for(job)
    assert [books.balance("1010") for books in several] == ["465.00"] * 4
