"""A worker that stands in the middle of a job, at a known place, as long as a test wants."""
from contextlib import contextmanager

from database import Database, id_hex
from processes import wait_until

# Where: the row that another session holds, and the statement that waits for it.
BEFORE_IT_WRITES = ("select id from accounts where books_id in ({books}) and id = {account} for update", "%from accounts%lock in share mode%")
BEFORE_IT_COMMITS = ("select count(*) from credit_slots where root_organization_id = {organization} and livemode = 1 for update", "update credit_slots%")
HELD_ACCOUNT = "6100"


def queue_batch(books, count, held_from, mode="continue"):
    """The job of so many transactions, of which those from held_from on are of the account that is held."""
    items = [books.transaction("0.01", status="posted", credit="4000" if number < held_from else HELD_ACCOUNT, idempotency_key=f"item {number}")
             for number in range(count)]
    return books.post("/transactions/batch", {"mode": mode, "transactions": items}).expect(202).json


def job_row(database, job, columns):
    return database.rows(f"select {columns} from jobs where id = {id_hex(job['id'])}")[0]


@contextmanager
def standing_worker(stack, processes, database, books, job_of, place=BEFORE_IT_WRITES):
    """The worker stands within the block; gives the job."""
    hold, statement = place
    processes.stop("worker")
    other = Database(stack)
    try:
        job = job_of(books)
        other.rows("set session idle_transaction_timeout = 0; start transaction; " + hold.format(
            books=books.books_ids(), account=id_hex(books.account(HELD_ACCOUNT)), organization=id_hex(books.id)))
        processes.start("worker")
        waiting = f"select count(*) from information_schema.processlist where id <> connection_id() and info like '{statement}'"
        wait_until(lambda: database.value(waiting) == "1", "the worker waits")
        yield job
    finally:
        other.close()
        processes.settle("worker")
        processes.start("worker")
