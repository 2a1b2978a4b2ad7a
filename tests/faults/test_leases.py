"""A worker that is frozen, dead or slow loses its job to another one, and what it does then counts for nothing."""
import os
import signal

import pytest
from database import id_hex
from processes import wait_until
from standing import BEFORE_IT_COMMITS, job_row, queue_batch, standing_worker

ITEMS, HELD_FROM = 3000, 2000
MOST_ATTEMPTS = 5


def queue_held_batch(books, mode="continue"):
    return queue_batch(books, ITEMS, HELD_FROM, mode)


def expire_lease(database, job):
    """As if its time were over."""
    database.rows(f"update jobs set lease_expires_at = now(6) - interval 1 second where id = {id_hex(job['id'])} and status = 'processing'")


def end_of_waiting(database, job):
    wait_until(lambda: job_row(database, job, "status") == ("queued",), "the job is taken from its worker")
    database.rows(f"update jobs set run_at = now(6) - interval 2 second where id = {id_hex(job['id'])} and status = 'queued'")


@pytest.fixture
def impatient_server(database, processes):
    """The server ends the session of a client that is silent within a transaction, and frees what it has locked: here soon.
    It ends a wait for a lock earlier too, since it does not see before that a waiting client has died."""
    before = {name: int(database.value(f"select @@global.{name}")) for name in ("idle_transaction_timeout", "innodb_lock_wait_timeout")}
    assert all(1 <= seconds <= 30 for seconds in before.values()), f"a frozen worker's locks are held for ever, or longer than a lease: {before}"
    for name in before:
        database.rows(f"set global {name} = 2")
    yield
    for name, seconds in before.items():
        database.rows(f"set global {name} = {seconds}")
    processes.stop("worker")  # whose sessions still are short of patience
    processes.start("worker")


def check_done(books, database, job, attempts):
    ended = books.wait_for(job)
    assert (ended["result"]["succeeded"], ended["progress"], ended["attempts"]) == (ITEMS, {"done": ITEMS, "total": ITEMS}, attempts)
    assert books.version("1010") == ITEMS and books.balance("1010") == "30.00"
    charged = database.value(f"select sum(credits) from events where books_id in ({books.books_ids()}) and operation = 'transactions.batch'")
    assert int(charged) == ITEMS // 10


@pytest.mark.parametrize("mode, progress", [("continue", HELD_FROM), ("atomic", 0)])
def test_a_frozen_worker_that_goes_on_changes_nothing(busy_books, stack, processes, database, impatient_server, mode, progress):
    with standing_worker(stack, processes, database, busy_books, lambda books: queue_held_batch(books, mode)) as job:
        assert job_row(database, job, "status, progress_done, attempts") == ("processing", str(progress), "1")
        frozen = processes.pid("worker")
        os.kill(frozen, signal.SIGSTOP)
    try:
        expire_lease(database, job)
        with processes.second_worker():
            end_of_waiting(database, job)
            check_done(busy_books, database, job, attempts=2)
            before = busy_books.snapshot()
            os.kill(frozen, signal.SIGCONT)
            processes.stop("worker")  # ends when the worker has done all that it wanted to do
        assert busy_books.snapshot() == before
    finally:
        if processes.info("worker")[1] == frozen:
            os.kill(frozen, signal.SIGCONT)


def test_what_a_frozen_worker_had_written_is_taken_back(busy_books, stack, processes, database, impatient_server):
    """Frozen just before its commit, with locks on all that a posting needs: neither its successor nor others wait for it."""
    with standing_worker(stack, processes, database, busy_books, queue_held_batch, BEFORE_IT_COMMITS) as job:
        frozen = processes.pid("worker")
        os.kill(frozen, signal.SIGSTOP)
    try:
        expire_lease(database, job)
        with processes.second_worker():
            end_of_waiting(database, job)
            busy_books.post_transaction("6100", "4000", "0.01")
            check_done(busy_books, database, job, attempts=2)
            os.kill(frozen, signal.SIGCONT)
            processes.stop("worker")
            check_done(busy_books, database, job, attempts=2)
    finally:
        if processes.info("worker")[1] == frozen:
            os.kill(frozen, signal.SIGCONT)


def test_a_job_that_kills_its_worker_ends_visibly_and_can_be_retried(busy_books, stack, processes, database, impatient_server):
    with standing_worker(stack, processes, database, busy_books, queue_held_batch) as job:
        for attempt in range(1, MOST_ATTEMPTS + 1):
            wait_until(lambda attempt=attempt: job_row(database, job, "status, attempts") == ("processing", str(attempt)), f"attempt {attempt} is under way")
            processes.kill("worker")
            expire_lease(database, job)
            if attempt < MOST_ATTEMPTS:
                end_of_waiting(database, job)
        ended = busy_books.wait_for(job, "failed")
        assert (ended["error"]["code"], ended["error"]["status"], ended["attempts"]) == ("internal_error", 500, MOST_ATTEMPTS)
        # What was committed before it failed is kept, and told.
        assert ended["progress"] == {"done": HELD_FROM, "total": ITEMS} and ended["result"] is None
        assert busy_books.version("1010") == HELD_FROM
    again = busy_books.post(f"/jobs/{job['id']}/retry").expect(200)
    assert again["status"] == "queued"
    check_done(busy_books, database, job, attempts=1)


def test_a_batch_whose_credits_run_out_goes_on_where_it_was(make_busy_books, operator, stack, database):
    books = make_busy_books(initial_credits=ITEMS // 10)
    pool = f"root_organization_id = {id_hex(books.id)} and livemode = 1"
    with stack.without("worker"):
        job = queue_held_batch(books)
        for _ in range(10):
            books.post_transaction("6100", "4000", "0.01")
    ended = books.wait_for(job, "failed")
    assert ended["error"]["code"] == "insufficient_credits" and ended["progress"] == {"done": ITEMS - 1000, "total": ITEMS}
    operator.post(f"{books.path}/billing/grants", {"credits": 10, "reason": "The rest of a batch"}).expect(201)
    books.post(f"/jobs/{job['id']}/retry").expect(200)
    check_done(books, database, job, attempts=1)
    assert database.value(f"select sum(remaining) from credit_slots where {pool}") == "0"
