"""Closed books: no way of writing leads into a closed period, whatever was accepted before, whoever writes meanwhile."""
import threading

import pytest
from books import TODAY, credit, debit
from client import together

CLOSED = {"books_closed_through": TODAY}


def close(books, day=TODAY):
    books.put("", {"books_closed_through": day}).expect(200)


def refused(books, write, code="period_closed"):
    """The write is refused for the closed period, and nothing has changed."""
    before = books.snapshot()
    reply = write().expect(422, code)
    assert reply.error["details"]["books_closed_through"] == TODAY and TODAY in reply.error["message"]
    assert books.snapshot() == before


def test_create(books):
    pending = books.transaction()
    close(books)
    for status in ("pending", "posted"):
        refused(books, lambda: books.post("/transactions", {**pending, "status": status}))
    refused(books, lambda: books.post("/transactions", {**pending, "status": "posted"}, headers={"Prefer": "respond-async"}))
    conditional = {**pending, "status": "posted", "entries": [debit(books.account("1010"), "1.00", balance_at_least="0.00"), credit(books.account("4000"), "1.00")]}
    refused(books, lambda: books.post("/transactions", conditional))
    short = {"type": "income", "status": "posted", "transaction_date": TODAY, "account_id": books.account("1010"), "amount": "1.00"}
    refused(books, lambda: books.post("/transactions", short))
    # The posting date decides; a day later is open.
    books.post("/transactions", {**pending, "status": "posted", "posting_date": "2026-04-01"}).expect(201)
    refused(books, lambda: books.post("/transactions", {**pending, "transaction_date": "2026-04-01", "posting_date": TODAY}))


def test_the_test_books_are_closed_too(books):
    test = books.in_test_mode()
    body = test.transaction(status="posted")
    close(books)
    refused(test, lambda: test.post("/transactions", body))


def test_update_post_and_reverse(books):
    pending, later, posted = books.pend_transaction()["id"], books.pend_transaction(transaction_date="2026-04-01")["id"], books.post_transaction()["id"]
    close(books)
    refused(books, lambda: books.post(f"/transactions/{pending}/post"))
    refused(books, lambda: books.put(f"/transactions/{later}", {"transaction_date": TODAY, "posting_date": TODAY}))
    refused(books, lambda: books.put(f"/transactions/{pending}", {"description": "Still in there"}))
    refused(books, lambda: books.post(f"/transactions/{posted}/reverse", {"date": TODAY}))
    refused(books, lambda: books.post(f"/transactions/{posted}/reverse", {"date": "1999-12-31"}))
    books.post(f"/transactions/{later}/post").expect(200)
    books.post(f"/transactions/{posted}/reverse", {"date": "2026-04-01"}).expect(201)
    books.delete(f"/transactions/{pending}").expect(204)


def test_batches(books):
    items = [books.transaction(status="posted", transaction_date=day) for day in ("2026-04-01", TODAY)]
    close(books)
    before = books.snapshot()
    for sent in ({"mode": "atomic"}, {"mode": "atomic", "dry_run": True}):
        books.post("/transactions/batch", {**sent, "transactions": items}, headers={"Prefer": "wait=20"}).expect(422, "period_closed")
    tried = books.post("/transactions/batch", {"mode": "continue", "dry_run": True, "transactions": items}).expect(200)
    assert [(each["error"] or {}).get("code") for each in tried["results"]] == [None, "period_closed"]
    assert books.snapshot() == before
    done = books.post("/transactions/batch", {"mode": "continue", "transactions": items}, headers={"Prefer": "wait=20"}).expect(201)
    assert (done["succeeded"], done["failed"]) == (1, 1) and done["results"][1]["error"]["code"] == "period_closed"
    assert books.trial_balance(as_of=TODAY) == {} and books.trial_balance() == {"1010": "12.00", "4000": "-12.00"}


def test_a_draft_of_before(books):
    made = books.post("/drafts", {"operation": "transactions.create", "payload": books.transaction(status="posted")}).expect(201)
    assert made["validation"]["valid"] is True
    close(books)
    books.post(f"/drafts/{made['id']}/approve").expect(422, "period_closed")
    assert books.get(f"/drafts/{made['id']}").expect(200)["status"] == "open" and books.trial_balance() == {}


def test_the_date_goes_back_and_the_event_tells(books):
    body = books.transaction(status="posted")
    for day, expected in ((TODAY, 422), ("2026-03-30", 201), (TODAY, 422), (None, 201)):
        close(books, day)
        assert books.get().expect(200)["books_closed_through"] == day
        books.post("/transactions", body).expect(expected, "period_closed" if expected == 422 else None)
    told = [each["metadata"] for each in books.get("/events", event_type="organization.updated", sort="created_at").expect(200).data]
    days = [None, TODAY, "2026-03-30", TODAY, None]
    assert told == [{"before": {"books_closed_through": before}, "after": {"books_closed_through": after}} for before, after in zip(days, days[1:])]


def test_a_childs_books_are_its_own_to_close(books):
    child = books.child()
    close(books)
    child.post_transaction()
    close(child)
    refused(child, lambda: child.post("/transactions", child.transaction(status="posted")))


@pytest.mark.parametrize("route", ["create", "post", "batch"])
def test_closing_while_others_post(books, database, route):
    """Whatever is in the books when the closing is answered stays; nothing joins it."""
    lanes, stop, statuses = 6, threading.Event(), []
    body = books.transaction("1.00", status="posted")
    pending = [books.pend_transaction(amount="1.00")["id"] for _ in range(60)] if route == "post" else []

    def write():
        if route == "create":
            return books.post("/transactions", body)
        if route == "post":
            return books.post(f"/transactions/{pending.pop()}/post")
        return books.post("/transactions/batch", {"mode": "atomic", "transactions": [body] * 20}, headers={"Prefer": "wait=20"})

    def lane(number):
        if number == lanes:
            while len(statuses) < 12:
                stop.wait(0.005)
            close(books)
            counted = database.value(f"select count(*) from transaction_lines where books_id in ({books.books_ids()}) and posted_at is not null")
            stop.set()
            return counted
        while not (stop.is_set() and statuses and statuses[-1] == 422):
            if route == "post" and not pending:
                break
            reply = write()
            statuses.append(reply.status)
            if reply.status == 422:
                assert reply.code == "period_closed", reply
                break
            assert reply.status in (200, 201), reply
        return None

    counted = together(lanes + 1, lane)[lanes]
    after = database.value(f"select count(*) from transaction_lines where books_id in ({books.books_ids()}) and posted_at is not null")
    assert after == counted != "0"
    if route != "post":
        assert statuses.count(422) == lanes
