"""SIGTERM under load, and one family's death: what was begun is ended, what was not is refused, the others serve on."""
import threading
import time

from client import together
from load import Load
from processes import wait_until
from standing import job_row, queue_batch, standing_worker

SECONDS_TO_STOP = 30


def timed(work):
    began = time.monotonic()
    work()
    return time.monotonic() - began


def restart(stack, name):
    done = stack.crane("restart", name)
    assert done.returncode == 0, done.stdout


def test_the_transactions_handler_is_restarted_under_load(busy_books, stack, processes):
    with Load(busy_books, seed=7, largest_batch=200) as load:
        for _ in range(3):
            load.go_on(30)
            old = processes.pid("transactions")
            assert timed(lambda: restart(stack, "transactions")) < SECONDS_TO_STOP
            assert processes.pid("transactions") != old
        load.go_on(30)
    load.check()
    # Requests under way got their replies; only what came to the closing door was sent away.
    assert set(load.trouble) <= {"502 service_unavailable", "503 service_unavailable"}, load.trouble


def test_the_worker_is_restarted_under_load(busy_books, stack):
    with Load(busy_books, seed=8, largest_batch=1500) as load:
        for _ in range(3):
            load.go_on(15)
            assert timed(lambda: restart(stack, "worker")) < SECONDS_TO_STOP
        load.go_on(15)
    load.check()
    assert not load.trouble, f"clients do not notice a restart of the worker: {load.trouble}"
    assert {int(attempts) for _, attempts, _ in load.jobs().values()} == {1}, "a worker that is asked to stop ends what it has begun"


def test_a_long_batch_is_not_begun_anew(busy_books, stack, processes, database):
    stopping = threading.Thread(target=processes.stop, args=("worker",))
    with standing_worker(stack, processes, database, busy_books, lambda books: queue_batch(books, 10_000, held_from=5000)) as job:
        assert job_row(database, job, "status, progress_done, attempts") == ("processing", "5000", "1")
        stopping.start()
        wait_until(lambda: processes.info("worker")[0] == "STOPPING", "the worker is asked to stop")
    stopping.join()
    ended = busy_books.wait_for(job)
    assert ended["result"]["succeeded"] == 10_000 and ended["progress"] == {"done": 10_000, "total": 10_000} and ended["attempts"] == 1
    assert busy_books.version("1010") == 10_000 and busy_books.balance("1010") == "100.00"


def test_whoever_waits_is_answered_when_the_waiter_stops(busy_books, stack, processes):
    with stack.without("worker"):
        job = busy_books.post("/transactions", busy_books.transaction(), headers={"Prefer": "respond-async"}).expect(202)
        replies = []
        waiting = [threading.Thread(target=lambda: replies.append(busy_books.get(f"/jobs/{job['id']}", wait=30))) for _ in range(5)]
        for thread in waiting:
            thread.start()
        wait_until(lambda: processes.connections("waiter") >= 5, "all wait", pause=0.1)
        assert timed(lambda: restart(stack, "waiter")) < 10
        for thread in waiting:
            thread.join()
    assert [reply.expect(200)["status"] for reply in replies] == ["queued"] * 5


def test_a_dead_family_leaves_the_others_serving(busy_books, stack, processes):
    """accounts dies again and again, then stays away; transactions and reports serve as if nothing had happened."""
    stopped, posted = threading.Event(), []

    def post():
        while not stopped.is_set():
            posted.append(busy_books.post_transaction(amount="1.00"))
            busy_books.get("/reports/trial-balance").expect(200)
    thread = threading.Thread(target=together, args=(4, lambda _: post()))
    thread.start()
    try:
        for _ in range(2):
            before = len(posted)
            processes.kill("accounts")
            wait_until(lambda: len(posted) > before + 10, "transactions are posted beside the dying accounts handler")
        with stack.without("accounts"):
            before = len(posted)
            refused = [busy_books.get("/accounts") for _ in range(3)]
            assert {reply.expect(502, "service_unavailable").headers["retry-after"] for reply in refused} == {"2"}
            wait_until(lambda: len(posted) > before + 10, "transactions are posted while accounts is away")
    finally:
        stopped.set()
        thread.join()
    busy_books.get("/accounts").expect(200)
    assert busy_books.balance("1010") == f"{len(posted)}.00"


def test_a_frozen_family_leaves_the_others_serving(busy_books, processes):
    with processes.frozen("reports"):
        asking = threading.Thread(target=lambda: busy_books.get("/reports/trial-balance"))
        asking.start()
        assert timed(lambda: together(8, lambda _: busy_books.post_transaction(amount="1.00"))) < 10
    asking.join()
    assert busy_books.balance("1010") == "8.00"


def test_everything_stops_in_time_under_load(busy_books, stack):
    """./crane restart: all programs but the stores, at once."""
    with Load(busy_books, seed=9, largest_batch=300) as load:
        load.go_on(30)
        assert timed(lambda: restart_all(stack)) < SECONDS_TO_STOP
        load.go_on(30)
    load.check()


def restart_all(stack):
    done = stack.crane("restart")
    assert done.returncode == 0, done.stdout
