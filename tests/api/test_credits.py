"""Credits: charged in the commit of what they pay for, never more nor less, however many pay at once; and where they went."""
import time
from datetime import datetime, timedelta, timezone

import pytest
from client import together
from database import id_hex

ASYNC, WAIT = {"Prefer": "respond-async"}, {"Prefer": "wait=30"}
SECONDS = 20


def billing(books):
    return books.get("/billing").expect(200).json


def header(books):
    return int(books.get("").expect(200).headers["x-credits-remaining"])


def usage(books, **query):
    return books.get("/billing/usage", **query).expect(200).json


def today():
    return datetime.now(timezone.utc).date()


def sums(books, group_by, name, **query):
    """Group to (credits, charges)."""
    found = usage(books, group_by=group_by, **query)
    assert found["credits"] == sum(each["credits"] for each in found["data"]) and found["charge_count"] == sum(each["charge_count"] for each in found["data"])
    return {each[name]: (each["credits"], each["charge_count"]) for each in found["data"]}


def batch_of(books, count, **fields):
    return {"transactions": [books.transaction("1.00", status="posted") for _ in range(count)], **fields}


# At the end of a pool.

KINDS = [  # what, its cost, the request
    ("direct", 1, lambda b: b.post("/accounts", {"name": "x", "type": "asset"})),
    ("posting", 1, lambda b: b.post("/transactions", b.transaction(status="posted"))),
    ("queued", 1, lambda b: b.post("/accounts", {"name": "x", "type": "asset"}, headers=ASYNC)),
    ("waited for", 1, lambda b: b.post("/accounts", {"name": "x", "type": "asset"}, headers={"Prefer": "respond-async, wait=5"})),
    ("atomic batch", 3, lambda b: b.post("/transactions/batch", batch_of(b, 21, mode="atomic"))),
    ("continuing batch", 3, lambda b: b.post("/transactions/batch", batch_of(b, 21, mode="continue"), headers=WAIT)),
    ("report", 5, lambda b: b.get("/reports/trial-balance")),
    ("child", 5, lambda b: b.client.post("/organizations", {"name": "Child"})),
]


@pytest.mark.parametrize("cost, request_of", [row[1:] for row in KINDS], ids=[row[0] for row in KINDS])
def test_short_of_one_credit_nothing_is_written(make_books, operator, cost, request_of):
    books = make_books(initial_credits=cost - 1)
    before = books.snapshot()
    refused = request_of(books).expect(402, "insufficient_credits")
    assert refused.error["details"] == {"credits_cost": str(cost), "credits_remaining": str(cost - 1)} and refused.cost == 0
    assert books.snapshot() == before and billing(books)["credits_remaining"] == cost - 1
    # Reads and what is free go on.
    books.get("/accounts").expect(200)
    books.get("/billing/usage").expect(200)
    books.put("", {"name": "Still there"}).expect(200)
    operator.post(f"{books.path}/billing/grants", {"credits": 1, "reason": "The last one"}).expect(201)
    assert request_of(books).status in (200, 201, 202)
    wait_until_charged(books, cost)


def wait_until_charged(books, credits):
    deadline = time.monotonic() + SECONDS
    while usage(books)["credits"] != credits:
        assert time.monotonic() < deadline, usage(books)
        time.sleep(0.05)
    assert billing(books)["credits_remaining"] == billing(books)["credits_total"] - credits


@pytest.mark.parametrize("credits", [0, 1, 3])
def test_the_last_credits_go_to_as_many_as_they_suffice_for(make_books, credits):
    books = make_books(initial_credits=credits)
    books.client.connections.prepare(10)
    replies = together(10, lambda number: books.post("/accounts", {"name": f"x{number}", "type": "asset"}))
    assert sorted(reply.status for reply in replies) == [201] * credits + [402] * (10 - credits)
    assert billing(books)["credits_remaining"] == 0 and usage(books)["credits"] == credits


def test_free_of_charge(make_books, operator):
    books = make_books(initial_credits=20)
    dry_run = books.post("/transactions/batch", batch_of(books, 11, dry_run=True), headers=WAIT)
    assert dry_run.status == 200 and dry_run.cost == 0
    assert books.post("/accounts", {"name": "", "type": "asset"}).expect(400, "invalid_request").cost == 0
    assert operator.post(f"{books.path}/billing/grants", {"credits": 1, "reason": "x"}).expect(201).cost == 0
    assert billing(books)["credits_remaining"] == 21 and usage(books)["credits"] == 0


def test_making_a_child_is_told_at_once(make_books):
    """The caches' figure follows, though the request names no organization."""
    books = make_books(initial_credits=20)
    assert header(books) == 20
    books.child()
    assert header(books) == 15 and billing(books)["credits_remaining"] == 15


WRITERS, EACH = 64, 3


@pytest.mark.parametrize("spare", [1_000_000, 0], ids=["a full pool", "to the last credit"])
def test_many_organizations_draw_on_one_pool_at_once(make_books, audit, spare):
    children = 3
    books = make_books(initial_credits=children * 5 + WRITERS * EACH + spare)
    family = [books, *(books.child() for _ in range(children))]
    bodies = [each.transaction("1.00", status="posted") for each in family]
    books.client.connections.prepare(WRITERS)

    def write(number):
        seat = number % len(family)
        if number % 2:
            return [family[seat].post("/transactions", bodies[seat]) for _ in range(EACH)]
        return [family[seat].post("/accounts", {"name": "x", "type": "asset"}) for _ in range(EACH)]
    for replies in together(WRITERS, write):
        for reply in replies:
            assert reply.expect(201).cost == 1
    shown = billing(books)
    assert shown["credits_remaining"] == spare and shown["credits_total"] - spare == usage(books)["credits"] == children * 5 + WRITERS * EACH
    by_operation = sums(books, "operation", "operation")
    assert by_operation == {"organizations.create": (15, 3), "transactions.create": (WRITERS // 2 * EACH,) * 2, "accounts.create": (WRITERS // 2 * EACH,) * 2}
    assert header(books) == spare
    for child in family[1:]:
        audit.organization(child.id)


# Where they went.

def test_usage_by_operation_key_and_day(make_books, operator):
    books = make_books(initial_credits=1000)
    other, test = books.with_new_key(name="Other"), books.in_test_mode()
    for _ in range(3):
        books.make_account()
    other.post_transaction()
    other.get("/reports/trial-balance").expect(200)
    books.post("/transactions/batch", batch_of(books, 25), headers=WAIT).expect(201)
    test.make_account()
    assert sums(books, "operation", "operation") == {
        "accounts.create": (3, 3), "transactions.create": (1, 1), "reports.trial_balance": (5, 1), "transactions.batch": (3, 1)}
    assert sums(books, "key", "api_key_id") == {books.api_key["id"]: (6, 4), other.api_key["id"]: (6, 2)}
    names = {each["api_key_id"]: each["api_key_name"] for each in usage(books, group_by="key")["data"]}
    assert names == {books.api_key["id"]: "First key", other.api_key["id"]: "Other"}
    assert sums(books, "day", "day") == {str(today()): (12, 6)}
    shown = billing(books)
    assert shown["credits_total"] - shown["credits_remaining"] == 12
    assert (usage(test)["credits"], usage(test)["livemode"]) == (1, False)
    # The operator sees it all.
    path = f"{books.path}/billing/usage"
    assert operator.get(path, query={"group_by": "operation"}).expect(200).data == usage(books, group_by="operation")["data"]
    assert operator.get(path, query={"mode": "test"}).expect(200)["credits"] == 1


def test_a_revoked_key_keeps_its_name(books):
    other = books.with_new_key(name="Gone")
    other.make_account()
    books.delete(f"/api-keys/{other.api_key['id']}").expect(204)
    assert {"Gone": 1}.items() <= {each["api_key_name"]: each["credits"] for each in usage(books, group_by="key")["data"]}.items()


def test_a_root_sees_all_that_its_pool_paid_and_a_child_its_own(books):
    child = books.child()
    grandchild = books.child(parent_organization_id=child.id)
    own = child.seen_with(child.make_key(name="Own")["secret"])
    books.make_account()
    child.make_account()
    own.post_transaction()
    grandchild.make_account()
    assert usage(books)["credits"] == 14 and usage(books)["billing_organization_id"] == books.id
    # A child is made in its parent's books: the second one in the first's.
    assert sums(child, "operation", "operation") == {"accounts.create": (1, 1), "transactions.create": (1, 1), "organizations.create": (5, 1)}
    assert usage(grandchild)["credits"] == 1 and usage(grandchild)["billing_organization_id"] == books.id
    # It is not told the names of keys above it.
    assert {each["api_key_name"]: each["credits"] for each in usage(child, group_by="key")["data"]} == {None: 6, "Own": 1}


def test_days_are_bounded_and_their_sums_add_up(books):
    for _ in range(3):
        books.make_account()
    wait_until_summed(books)
    # As if two of them had been made on other days.
    for nth, days in ((1, 40), (2, 3)):
        move_back(books, nth, days)
    books.make_account()
    first, last = str(today() - timedelta(days=40)), str(today())
    assert sums(books, "day", "day", **{"from": first, "to": last}) == {first: (1, 1), str(today() - timedelta(days=3)): (1, 1), last: (2, 2)}
    default = usage(books)
    assert (default["from"], default["to"], default["credits"]) == (str(today() - timedelta(days=29)), last, 3)
    assert usage(books, **{"from": first, "to": first})["credits"] == 1
    assert usage(books, to=str(today() - timedelta(days=1)))["credits"] == 1
    assert usage(books, **{"from": last})["credits"] == 2


def wait_until_summed(books):
    deadline = time.monotonic() + SECONDS
    while books.database.value(f"select count(*) from events where books_id in ({books.books_ids()}) and sequence = 0") != "0":
        assert time.monotonic() < deadline
        time.sleep(0.02)


def move_back(books, nth, days):
    """The nth charge, and its share of the sum, to an earlier day."""
    event, = books.database.rows(f"select hex(id), date(created_at), operation, hex(api_key_id) from events where books_id in ({books.books_ids()}) "
                                 f"and credits = 1 order by id limit {nth - 1}, 1")
    where = f"books_id in ({books.books_ids()})"
    books.database.rows(f"update events set created_at = created_at - interval {days} day where {where} and id = x'{event[0]}'")
    books.database.rows(f"insert into credit_usage select books_id, day - interval {days} day, operation, api_key_id, 1, 1 from credit_usage "
                        f"where {where} and day = '{event[1]}'")
    books.database.rows(f"update credit_usage set credits = credits - 1, charge_count = charge_count - 1 where {where} and day = '{event[1]}'")
    books.database.rows("commit")


@pytest.mark.parametrize("query, fields", [
    ({"from": "2026-02-02", "to": "2026-02-01"}, ["from"]), ({"from": "2025-01-01", "to": "2026-01-02"}, ["from"]), ({"from": "2026-02-30"}, ["from"]),
    ({"to": "yesterday"}, ["to"]), ({"group_by": "month"}, ["group_by"]), ({"group_by": ""}, ["group_by"]), ({"mode": "live"}, ["mode"])])
def test_what_cannot_be_asked(still_books, query, fields):
    still_books.client.get(f"{still_books.path}/billing/usage", query=query, is_wrong=True).expect(400, "invalid_request", fields)


def test_a_year_can_be_asked(still_books):
    usage(still_books, **{"from": "2025-01-01", "to": "2026-01-01"})
    still_books.get("/billing/usage", day="2026-01-01").expect(400, "unknown_parameter")


def test_charges_without_a_number_yet_are_counted(books):
    """Whoever numbers events is held up; the figures are exact all the same, before and after."""
    number = books.database.value(f"select books_id from books where organization_id = {id_hex(books.id)} and livemode = 1")
    books.make_account()
    wait_until_summed(books)
    books.database.rows(f"start transaction; select last_sequence from event_sequences where books_id = {number} for update")
    try:
        for _ in range(3):
            books.make_account()
        assert books.database.value(f"select count(*) from events where books_id = {number} and sequence = 0 and credits = 1") == "3"
        held_up = sums(books, "operation", "operation")
    finally:
        books.database.rows("rollback")
    assert held_up == {"accounts.create": (4, 4)}
    wait_until_summed(books)
    assert sums(books, "operation", "operation") == held_up


def test_sums_are_exact_while_they_are_made(make_books):
    """Read again and again while others write, they never fall, and in the end they are all there."""
    books = make_books(initial_credits=1000)
    seats = [books.with_new_key() for _ in range(4)]
    done = []

    def work(number):
        if number == 4:
            seen = [0]
            while len(done) < 4:
                seen.append(usage(books)["credits"])
            return seen
        for _ in range(20):
            seats[number].make_account()
        done.append(number)
        return None
    seen = together(5, work)[4]
    assert seen == sorted(seen) and usage(books)["credits"] == 80
    wait_until_summed(books)
    assert usage(books)["credits"] == 80 and sums(books, "key", "api_key_id") == {seat.api_key["id"]: (20, 20) for seat in seats}


def test_numbers_that_an_older_version_gave_are_summed_later(books):
    """A worker of the version before knows of no sums: its numbers are caught up with."""
    number = books.database.value(f"select books_id from books where organization_id = {id_hex(books.id)} and livemode = 1")
    for _ in range(3):
        books.make_account()
    wait_until_summed(books)
    books.database.rows(f"start transaction; update event_sequences set summed_sequence = 0 where books_id = {number}; "
                        f"delete from credit_usage where books_id = {number}; commit")
    deadline = time.monotonic() + SECONDS
    while usage(books)["credits"] != 3:
        assert time.monotonic() < deadline
        time.sleep(0.05)
