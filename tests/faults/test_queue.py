"""The queue: one's flood is not another's wait, no more is taken in than can be kept, nothing is forgotten with Redis."""
import threading
import time
from datetime import datetime

from client import together
from load import money
from processes import wait_until

ASYNC = {"Prefer": "respond-async"}
FLOOD, GROUP = 300, 100
MOST_OPEN_JOBS = 1000


def queue(books, count, amount="1.00"):
    """The jobs of so many postings."""
    body = books.transaction(amount, status="posted")
    replies = together(10, lambda index: [books.post("/transactions", body, headers=ASYNC).expect(202).json
                                          for _ in range(count // 10 + (index < count % 10))])
    return [job for each in replies for job in each]


def ended(books):
    """When each completed job has ended, in order."""
    rows = books.database.rows(f"select finished_at from jobs where books_id in ({books.books_ids()}) and status = 'completed' order by 1")
    return [datetime.fromisoformat(row[0]) for row in rows]


def wait_for_all(books, count, seconds=60):
    wait_until(lambda: len(ended(books)) == count, f"{count} jobs complete", seconds)


def test_a_flood_does_not_hold_up_another_organization(make_busy_books, stack):
    flooding, other = make_busy_books(), make_busy_books()
    with stack.without("worker"):
        queue(flooding, FLOOD)
        queue(other, 1)
    wait_for_all(flooding, FLOOD)
    [when] = ended(other)
    before = sum(each <= when for each in ended(flooding))
    assert before <= GROUP, f"{before} of the flood came before the one job of the other organization"


def test_several_floods_do_not_hold_up_another_organization(make_busy_books, stack):
    """As many floods as the worker has threads."""
    floods, other = [make_busy_books() for _ in range(2)], make_busy_books()
    with stack.without("worker"):
        for books in floods:
            queue(books, FLOOD)
        queue(other, 1)
    for books in floods:
        wait_for_all(books, FLOOD)
    [when] = ended(other)
    for books in floods:
        before = sum(each <= when for each in ended(books))
        # The group under way when the other's turn comes, and what a second thread begins beside it.
        assert before <= FLOOD - GROUP, f"{before} of a flood came before the one job of the other organization"


def test_no_more_is_taken_in_than_can_be_kept(make_busy_books, stack):
    flooding, other = make_busy_books(), make_busy_books()
    body, key = flooding.transaction("1.00", status="posted"), {"Idempotency-Key": "refused once"}
    with stack.without("worker"):
        jobs = queue(flooding, MOST_OPEN_JOBS - 5)
        jobs += [flooding.post("/transactions", body, headers=ASYNC).expect(202).json for _ in range(5)]
        before = flooding.snapshot()
        for _ in range(3):
            refused = flooding.post("/transactions", body, headers={**ASYNC, **key}).expect(429, "too_many_queued_jobs")
            assert int(refused.headers["retry-after"]) >= 1
        flooding.post("/transactions/batch", {"transactions": [body]}).expect(429, "too_many_queued_jobs")
        assert flooding.snapshot() == before
        # What is not queued goes on, and others queue.
        flooding.post_transaction(amount="1.00")
        queue(other, 1)
        flooding.post(f"/jobs/{jobs[0]['id']}/cancel").expect(200)
        flooding.post("/transactions", body, headers=ASYNC).expect(202)
        flooding.post("/transactions", body, headers=ASYNC).expect(429, "too_many_queued_jobs")
    wait_for_all(flooding, MOST_OPEN_JOBS)
    assert flooding.post("/transactions", body, headers={**ASYNC, **key}).expect(202)["status"] == "queued"
    wait_for_all(flooding, MOST_OPEN_JOBS + 1)
    assert flooding.balance("1010") == money((MOST_OPEN_JOBS + 2) * 100)


def test_the_limit_holds_when_many_queue_at_once(busy_books, stack):
    """Together they may overshoot by no more than are under way at once."""
    body, clients = busy_books.transaction("1.00", status="posted"), 16
    with stack.without("worker"):
        queue(busy_books, MOST_OPEN_JOBS - 20)
        replies = together(clients, lambda _: [busy_books.post("/transactions", body, headers=ASYNC) for _ in range(8)])
    codes = [reply.code for each in replies for reply in each]
    assert set(codes) == {None, "too_many_queued_jobs"} and 20 <= codes.count(None) < 20 + clients, codes
    wait_for_all(busy_books, MOST_OPEN_JOBS - 20 + codes.count(None))


def test_a_queued_job_is_cancelled(busy_books, stack):
    with stack.without("worker"):
        jobs = queue(busy_books, 3)
        replies = []
        waiting = threading.Thread(target=lambda: replies.append(busy_books.get(f"/jobs/{jobs[1]['id']}", wait=30)))
        waiting.start()
        cancelled = busy_books.post(f"/jobs/{jobs[1]['id']}/cancel").expect(200)
        assert cancelled["status"] == "cancelled" and cancelled["finished_at"] and cancelled["attempts"] == 0
        waiting.join(10)
        assert not waiting.is_alive() and replies[0].expect(200)["status"] == "cancelled", "whoever waits for it is told"
        busy_books.post(f"/jobs/{jobs[1]['id']}/cancel").expect(422, "invalid_state")
    wait_for_all(busy_books, 2)
    assert busy_books.get(f"/jobs/{jobs[1]['id']}").expect(200).json == cancelled.json
    assert busy_books.balance("1010") == "2.00"
    busy_books.post(f"/jobs/{jobs[1]['id']}/retry").expect(422, "invalid_state")


def test_waiting_has_an_end(busy_books, stack):
    body = {"transactions": [busy_books.transaction("1.00", status="posted")]}
    with stack.without("worker"):
        began = time.monotonic()
        accepted = busy_books.post("/transactions/batch", body, headers={"Prefer": "wait=2"}).expect(202)
        assert 1.9 < time.monotonic() - began < 10 and accepted["status"] == "queued"
        began = time.monotonic()
        seen = busy_books.get(f"/jobs/{accepted['id']}", wait=1).expect(200)
        assert 0.9 < time.monotonic() - began < 10 and seen["status"] == "queued"
    assert busy_books.wait_for(accepted.json)["result"]["succeeded"] == 1
    assert busy_books.balance("1010") == "1.00"


def test_a_lost_ring_is_made_up_for(busy_books, stack, processes):
    with stack.without("worker"):
        jobs = queue(busy_books, 20)
        assert processes.stack.redis("DEL", "crane:queue") == "1", "nobody had rung"
    wait_for_all(busy_books, 20)
    assert all(busy_books.get(f"/jobs/{job['id']}").expect(200)["attempts"] == 1 for job in jobs)
