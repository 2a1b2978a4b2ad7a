"""The audit finds what it looks for: each fault is made by hand, found, and undone."""
import pytest
from audit import CHECKS, SILENT

# What is done, and which check must find it. The words in braces are literals of the furnished books.
LINE = "insert into transaction_lines select books_id, {}, 9, account_id, posting_date, 500, {}, 500, exchange_rate, '', '', {} " \
       "from transaction_lines where books_id = {{books}} and transaction_id = {{posted}} and position = (select min(position) from " \
       "transaction_lines where books_id = {{books}} and transaction_id = {{posted}})"
TAMPERED = [
    ("lines do not sum to zero in the base currency", LINE.format("transaction_id", "currency_code", "posted_at")),
    ("a header disagrees with its lines", "update transactions set total_debits = 1, total_credits = 1 where books_id = {books} and id = {pending}"),
    ("a header disagrees with its lines", "update transactions set entry_count = 3 where books_id = {books} and id = {pending}"),
    ("a header disagrees with its lines", "delete from transaction_lines where books_id = {books} and transaction_id = {pending}"),
    ("a line has no transaction, or other dates than it", LINE.format("x'00000000000000000000000000000001'", "currency_code", "posted_at")),
    ("a line has no transaction, or other dates than it", "update transaction_lines set posting_date = '2020-01-01' where books_id = {books} and transaction_id = {pending}"),
    ("a line has no transaction, or other dates than it", LINE.format("transaction_id", "currency_code", "null")),
    ("lines are not numbered one after the other", LINE.format("transaction_id", "currency_code", "posted_at")),
    ("a line is in another currency than its account, or of an account elsewhere", LINE.format("transaction_id", "'EUR'", "posted_at")),
    ("status and posted_at contradict each other", "update transactions set posted_at = now() where books_id = {books} and id = {pending}"),
    ("a reversal and its original are not linked both ways", "update transactions set reverses_id = {posted} where books_id = {books} and id = {pending}"),
    ("a reversed transaction has no reversal", "update transactions set reversed_by_id = {posted} where books_id = {books} and id = {pending}"),
    ("a reversal does not mirror its original", LINE.replace("= {{posted}}", "= {{mirror}}").format("transaction_id", "currency_code", "posted_at")),
    *[("kept sums differ from the posted lines", f"update account_sums set {column} = {column} + 1 where books_id = {{books}} and level = {level} limit 1")
      for level in (0, 1, 2) for column in ("debit", "credit", "base_debit", "base_credit", "line_count")],
    ("kept sums differ from the posted lines", "delete from account_sums where books_id = {books} and level = 2 limit 1"),
    ("a job's state contradicts itself", "update jobs set error = '{{}}' where books_id = {books} limit 1"),
    ("a job's state contradicts itself", "update jobs set finished_at = null where books_id = {books} limit 1"),
    ("a job was forgotten", "update jobs set status = 'queued', finished_at = null where books_id = {books} limit 1"),
    ("an idempotency key has no reply", "update idempotency_keys set reply_status = null where scope_id = {organization}"),
    ("credits granted are not those left and those charged", "update credit_slots set remaining = remaining - 1 where root_organization_id = {organization} and livemode = 1 limit 1"),
    ("credits granted are not those left and those charged", "delete from events where books_id = {books} and credits > 0 limit 1"),
    ("credits granted are not what the pool was given", "insert into credit_grants select root_organization_id, x'01020304050607080102030405060708', 1, 'grant', 5, '', "
     "null, null, now() from credit_pools where root_organization_id = {organization} and livemode = 1"),
    ("a purchase and what was given for it disagree", "update credit_purchases set status = 'completed', decided_at = now() where root_organization_id = {organization}"),
    ("sums of charges are not those of the events", "update credit_usage set credits = credits + 1 where books_id = {books} limit 1"),
    ("sums of charges are not those of the events", "update credit_usage set charge_count = charge_count + 1 where books_id = {books} limit 1"),
    ("sums of charges are not those of the events", "delete from credit_usage where books_id = {books} limit 1"),
    ("sums of charges are not those of the events", "update events set credits = credits + 1 where books_id = {books} and credits > 0 limit 1"),
    ("numbers were given to charges that are in no sum", "update event_sequences set summed_sequence = 0 where books_id = {books}"),
    ("an event is of another organization than its books", "update events set organization_id = x'00000000000000000000000000000001' where books_id = {books} limit 1"),
    ("events are not numbered one after the other, from 1 on", "delete from events where books_id = {books} and sequence = 2"),
    ("events are not numbered one after the other, from 1 on", "update events set sequence = 0 where books_id = {books} and sequence = 1"),
    ("events are not numbered one after the other, from 1 on", "update events set sequence = 3 where books_id = {books} and sequence = 2"),
    ("events are not numbered one after the other, from 1 on", "update event_sequences set last_sequence = last_sequence + 1 where books_id = {books}"),
    ("a delivery's state contradicts itself, or it is of no event", "update webhook_deliveries set event_id = id where books_id = {books}"),
    ("a delivery's state contradicts itself, or it is of no event", "update webhook_deliveries set status = 'failed', attempts = 0 where books_id = {books}"),
    (SILENT, "delete from events where books_id = {books} and event_type = 'transaction.posted' limit 1"),
]


@pytest.fixture(scope="module")
def words(still_books, database):
    """Books with one of everything, in the terms of the table."""
    posted, pending = still_books.post_transaction()["id"], still_books.pend_transaction()["id"]
    reversed_one = still_books.post_transaction()["id"]
    mirror = still_books.post(f"/transactions/{reversed_one}/reverse", {"date": "2026-03-31"}, headers={"Idempotency-Key": "k"}).expect(201)["id"]
    still_books.post("/billing/purchases", {"package_id": "credits_1000"}).expect(201)
    webhook = still_books.post("/webhooks", {"url": "https://receiver.invalid/", "event_types": ["webhook.created"]}).expect(201).json
    still_books.put(f"/webhooks/{webhook['id']}", {"status": "disabled"}).expect(200)
    still_books.wait_for(still_books.post("/accounts", {"name": "x", "type": "asset"}, headers={"Prefer": "respond-async"}).expect(202).json)

    def literal(text):
        return f"x'{int(text[4:], 36):032x}'"
    number = database.value(f"select books_id from books where organization_id = {literal(still_books.id)} and livemode = 1")
    return {"books": number, "organization": literal(still_books.id), "posted": literal(posted), "pending": literal(pending), "mirror": literal(mirror)}


def test_every_check_is_tried():
    assert {row[0] for row in TAMPERED} == {*CHECKS, SILENT}


def test_there_is_nothing_to_find(still_books, words, audit):
    audit.organization(still_books.id)  # waits until all is numbered
    assert audit.faults(*audit.scope(still_books.id)) == {}


@pytest.mark.parametrize("check, statement", TAMPERED, ids=[f"{index} {row[0]}" for index, row in enumerate(TAMPERED)])
def test_what_was_tampered_with_is_found(still_books, words, audit, database, check, statement):
    scope = audit.scope(still_books.id)
    database.rows("set session foreign_key_checks = 0, check_constraint_checks = 0; start transaction")
    try:
        database.rows(statement.format(**words))
        found = audit.faults(*scope)
    finally:
        database.rows("rollback; set session foreign_key_checks = 1, check_constraint_checks = 1")
    assert check in found
    assert audit.faults(*scope) == {}
