"""What piles up: idempotency keys go when they were kept long enough, a few in a commit; jobs stay."""
from database import Database, id_hex
from processes import wait_until

STEP = 1000  # so many keys go with a commit
KEYS, LOCKED = 2 * STEP + 500, STEP + 500


def write_with_keys(books, count):
    """A job that leaves a key for each of its transactions."""
    items = [books.transaction("0.01", status="posted", idempotency_key=f"item {number}") for number in range(count)]
    return books.post("/transactions/batch", {"mode": "continue", "transactions": items}, headers={"Prefer": "wait=30"}).expect(201)


def test_expired_idempotency_keys_go_in_steps_and_jobs_stay(busy_books, stack, processes, database):
    keys = f"from idempotency_keys where scope_id = {id_hex(busy_books.id)}"
    once = busy_books.transaction("1.00", status="posted")
    kept = busy_books.post("/transactions", once, headers={"Idempotency-Key": "fresh"}).expect(201)
    write_with_keys(busy_books, KEYS)
    expired = f"{keys} and idempotency_key like 'item %'"
    assert database.value(f"select count(*) {expired}") == str(KEYS)
    jobs = busy_books.get("/jobs").expect(200)
    other = Database(stack)  # holds one key's row, at which the second step has to wait
    with stack.without("worker"):
        # Expired one after the other, which is the order in which they go.
        database.rows(f"set @n = 0; update idempotency_keys set expires_at = now(6) - interval 1 day + interval (@n := @n + 1) microsecond "
                      f"where scope_id = {id_hex(busy_books.id)} and idempotency_key like 'item %' order by idempotency_key")
        row = f"idempotency_key = (select idempotency_key {expired} order by expires_at limit 1 offset {LOCKED}) and scope_id = {id_hex(busy_books.id)}"
        other.rows(f"start transaction; select idempotency_key from idempotency_keys where {row} for update")
    waiting = "select count(*) from information_schema.processlist where info like 'delete from idempotency_keys%'"
    wait_until(lambda: database.value(f"select count(*) {expired}") == str(KEYS - STEP), "the first step is committed")
    wait_until(lambda: database.value(waiting) == "1", "the second step waits")
    assert database.value(f"select count(*) {expired}") == str(KEYS - STEP)
    other.close()
    wait_until(lambda: database.value(f"select count(*) {expired}") == "0", "all that expired is gone")
    # What has not expired answers as before, what has expired may be used anew, and a client finds all its jobs.
    again = busy_books.post("/transactions", once, headers={"Idempotency-Key": "fresh"}).expect(201)
    assert again.body == kept.body and again.headers["idempotent-replayed"] == "true"
    anew = busy_books.post("/transactions", once, headers={"Idempotency-Key": "item 0"}).expect(201)
    assert "idempotent-replayed" not in anew.headers
    assert busy_books.get("/jobs").expect(200).json == jobs.json and jobs["total_count"] == 1
