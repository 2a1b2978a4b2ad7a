"""What was accepted before an organization was suspended or its books were closed, and a suspension while Redis is away."""
import time

import pytest
from books import TODAY
from database import id_hex

REASON = {"reason": "Invoice 2026-014 is unpaid."}
QUEUED = {"Prefer": "respond-async"}
PATHS = ("", "/accounts", "/transactions", "/jobs", "/api-keys", "/settings", "/events", "/drafts", "/reports/trial-balance")
# Longer than programs distrust a Redis that is back, and than the sweeper takes to tell it again.
SECONDS_OF_DISTRUST = 12


@pytest.fixture
def suspend(operator):
    """Suspends organizations, and resumes them in the end so that their jobs run."""
    made = []

    def act(books):
        operator.post(f"{books.path}/suspend", REASON).expect(200)
        made.append(books)
    yield act
    for books in made:
        operator.post(f"{books.path}/resume")


def test_queued_jobs_wait_until_it_is_resumed(stack, books, make_books, operator, suspend, database):
    child, other = books.child(), make_books()
    body = {"name": "Queued", "type": "asset", "code": "q1"}
    with stack.without("worker"):
        queued = [seen.post("/accounts", body, headers=QUEUED).expect(202)["id"] for seen in (books, child)]
        suspend(books)
    # Another's job, accepted later, comes through; these stay, and are not counted as tried.
    other.wait_for(other.post("/accounts", body, headers=QUEUED).expect(202).json)
    time.sleep(2.5)  # the sweeper has come by, more than once
    jobs = f"select status, attempts from jobs where id in ({', '.join(map(id_hex, queued))})"
    assert database.rows(jobs) == [("queued", "0")] * 2
    operator.post(f"{books.path}/resume").expect(200)
    for seen, job in zip((books, child), queued):
        assert seen.wait_for({"id": job})["attempts"] == 1
        assert len(seen.get("/accounts", code="q1").expect(200).data) == 1


def test_jobs_that_were_accepted_before_the_closing(stack, books):
    body, pending = books.transaction(status="posted"), books.pend_transaction()["id"]
    with stack.without("worker"):
        jobs = [books.post("/transactions", body, headers=QUEUED).expect(202), books.post(f"/transactions/{pending}/post", headers=QUEUED).expect(202),
                books.post("/transactions/batch", {"mode": "atomic", "transactions": [body] * 3}, headers=QUEUED).expect(202)]
        books.put("", {"books_closed_through": TODAY}).expect(200)
    for job in jobs:
        failed = books.wait_for(job.json, status="failed")
        assert failed["error"]["code"] == "period_closed" and failed["result"] is None, failed
    assert books.trial_balance() == {} and books.get("/transactions").expect(200)["total_count"] == 1


@pytest.mark.parametrize("is_wiped", [False, True], ids=["kept", "forgotten"])
def test_a_suspension_holds_whatever_redis_remembers(books, stack, processes, suspend, is_wiped):
    """Redis was away when the organization was suspended, and comes back with what it knew before."""
    child = books.child().with_new_key()
    for _ in range(3):
        for seen in (books, child):
            for path in PATHS:
                seen.get(path).expect(200)
    with stack.without("redis"):
        suspend(books)
        for seen in (books, child):
            seen.get("/accounts").expect(403, "organization_suspended")
        if is_wiped:
            processes.wipe("redis")
    deadline = time.monotonic() + SECONDS_OF_DISTRUST
    while time.monotonic() < deadline:
        for seen in (books, child):
            for path in PATHS:
                seen.get(path).expect(403, "organization_suspended")
            seen.client.get("/currencies").expect(403, "organization_suspended")
        time.sleep(0.5)  # within the keys' limit
