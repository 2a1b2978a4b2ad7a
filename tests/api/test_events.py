"""Events: what they tell of whom, how they are found, and the feed, whose numbers have no gaps."""
import threading
import time

import pytest
from client import together
from database import id_hex

SECONDS = 20


def wait_until(condition, what):
    deadline = time.monotonic() + SECONDS
    while not (held := condition()):
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.02)
    return held


def feed(books, after=0, limit=100, **query):
    """All events behind a number, page by page; each page goes on where the one before ended."""
    events = []
    while True:
        page = books.get("/events", after_sequence=after, limit=limit, **query).expect(200).json
        events += page["data"]
        if not page["has_more"]:
            return events
        after = events[-1]["sequence"]


def numbered(books, count):
    """The first `count` events of the feed, once they are there."""
    return wait_until(lambda: events if len(events := feed(books)) >= count else None, f"{count} events have a number")


def event_of(books, entity_id, event_type):
    found = books.get("/events", entity_id=entity_id, event_type=event_type).expect(200).data
    assert len(found) == 1, found
    return found[0]


def test_an_event_tells_who_did_what(books):
    headers = {"X-Request-Id": "req-of-mine", "User-Agent": "test/1.0"}
    account = books.post("/accounts", {"name": "Savings", "type": "asset"}, headers=headers).expect(201)["id"]
    sequence = numbered(books, 2)[-1]["sequence"]  # the organization itself is the first
    event = event_of(books, account, "account.created")
    assert event == {
        "id": event["id"], "object": "event", "organization_id": books.id, "livemode": True, "entity_type": "account", "entity_id": account,
        "event_type": "account.created", "description": "Account created", "api_key_id": books.api_key["id"], "ip_address": event["ip_address"],
        "user_agent": "test/1.0", "request_id": "req-of-mine", "sequence": sequence, "metadata": {}, "created_at": event["created_at"]}
    assert event["ip_address"] in ("127.0.0.1", "::1")
    reply = books.get(f"/events/{event['id']}").expect(200)
    assert reply.json == event
    books.client.get(f"{books.path}/events/{event['id']}", headers={"If-None-Match": reply.headers["etag"]}).expect(304)
    books.get("/events/evt_0000000000000000000000000").expect(404, "resource_not_found")
    books.get(f"/events/{account}").expect(404, "resource_not_found")


def test_a_change_tells_before_and_after(books):
    account = books.make_account("1234", name="Savings", description="Old")["id"]
    books.put(f"/accounts/{account}", {"name": "Deposits", "description": "Old", "code": None, "metadata": {"bank": "First"}}).expect(200)
    event = event_of(books, account, "account.updated")
    assert event["metadata"] == {"before": {"name": "Savings", "code": "1234", "metadata": {}},
                                 "after": {"name": "Deposits", "code": None, "metadata": {"bank": "First"}}}
    assert event["description"] == "Account updated: name, code, metadata"


def test_a_change_of_nothing_tells_nothing(books):
    account = books.make_account(name="Savings")["id"]
    books.put(f"/accounts/{account}", {"name": "Savings"}).expect(200)
    assert event_of(books, account, "account.updated")["metadata"] == {"before": {}, "after": {}}


def test_changes_of_every_kind_of_resource(books):
    key = books.make_key(name="Shop", permissions={"accounts": ["read"]})["id"]
    books.put(f"/api-keys/{key}", {"permissions": {"accounts": ["read", "write"]}}).expect(200)
    books.delete(f"/api-keys/{key}").expect(204)
    books.client.put(books.path, {"name": "Renamed"}).expect(200)
    pending = books.pend_transaction(description="Old", amount="12.00")["id"]
    books.put(f"/transactions/{pending}", {"description": "New"}).expect(200)
    webhook = books.post("/webhooks", {"url": "https://receiver.invalid/"}).expect(201)["id"]
    books.put(f"/webhooks/{webhook}", {"event_types": ["account.*"]}).expect(200)
    table = (
        (key, "api_key.updated", {"permissions": {"accounts": ["read"]}}, {"permissions": {"accounts": ["read", "write"]}}),
        (books.id, "organization.updated", {"name": books.organization["name"]}, {"name": "Renamed"}),
        (pending, "transaction.updated", {"description": "Old"}, {"description": "New"}),
        (webhook, "webhook.updated", {"event_types": ["*"]}, {"event_types": ["account.*"]}),
    )
    for entity, event_type, before, after in table:
        assert event_of(books, entity, event_type)["metadata"] == {"before": before, "after": after}, event_type
    assert event_of(books, key, "api_key.revoked")["metadata"]["before"]["name"] == "Shop"


def test_a_removal_tells_what_was_there(books):
    account = books.make_account("1234", name="Savings")
    books.delete(f"/accounts/{account['id']}").expect(204)
    told = event_of(books, account["id"], "account.deleted")["metadata"]
    assert told == {"before": {name: value for name, value in account.items() if name != "updated_at"}}


def test_a_queued_change_tells_the_same(books):
    account = books.make_account(name="Savings")["id"]
    job = books.put(f"/accounts/{account}", {"name": "Deposits"}, headers={"Prefer": "respond-async"}).expect(202).json
    books.wait_for(job)
    event = event_of(books, account, "account.updated")
    assert event["metadata"] == {"before": {"name": "Savings"}, "after": {"name": "Deposits"}}
    assert event["request_id"] == job["request_id"]


def test_a_refused_change_tells_nothing(books):
    account = books.make_account(name="Savings")["id"]
    before = len(books.get("/events").expect(200).data)
    books.put(f"/accounts/{account}", {"parent_id": account}).expect(400, "invalid_request", ["parent_id"])
    books.put("/accounts/act_0000000000000000000000000", {"name": "x"}).expect(404, "resource_not_found")
    assert len(books.get("/events").expect(200).data) == before


def test_a_posting_is_told_without_details(books):
    transaction = books.post_transaction()["id"]
    assert event_of(books, transaction, "transaction.posted")["metadata"] == {}


def test_no_event_shows_a_secret(books):
    made = books.make_key()
    webhook = books.post("/webhooks", {"url": "https://receiver.invalid/"}).expect(201).json
    rotated = books.post(f"/webhooks/{webhook['id']}/rotate-secret", {"overlap_seconds": 60}).expect(200).json
    text = books.get("/events", limit=100).expect(200).body.decode()
    for secret in (made["secret"], webhook["secret"], rotated["secret"]):
        assert secret not in text and secret.split("_")[-1] not in text
    assert list(event_of(books, webhook["id"], "webhook.secret_rotated")["metadata"]["after"]) == ["previous_secret_expires_at"]


def test_filters(books):
    account = books.make_account()["id"]
    posted, pending = books.post_transaction()["id"], books.pend_transaction()["id"]
    other = books.with_new_key()
    other.post("/accounts", {"name": "x", "type": "asset"}, headers={"X-Request-Id": "filtered"}).expect(201)
    every = books.get("/events", limit=100).expect(200).data
    times = [event["created_at"] for event in every]
    assert times == sorted(times, reverse=True)
    middle = times[len(times) // 2]
    table = (
        ({"entity_type": "transaction"}, lambda e: e["entity_type"] == "transaction", 2),
        ({"entity_type": "transaction,api_key"}, lambda e: e["entity_type"] in ("transaction", "api_key"), 3),
        ({"entity_id": account}, lambda e: e["entity_id"] == account, 1),
        ({"entity_id": f"{posted},{pending}"}, lambda e: e["entity_id"] in (posted, pending), 2),
        ({"event_type": "transaction.posted,account.created"}, lambda e: e["event_type"] in ("transaction.posted", "account.created"), 3),
        ({"api_key_id": other.api_key["id"]}, lambda e: e["api_key_id"] == other.api_key["id"], 1),
        ({"request_id": "filtered"}, lambda e: e["request_id"] == "filtered", 1),
        ({"created_at__gte": middle}, lambda e: e["created_at"] >= middle, None),
        ({"created_at__lt": middle}, lambda e: e["created_at"] < middle, None),
        ({"entity_type": "account", "api_key_id": books.api_key["id"]}, lambda e: e["entity_id"] == account, 1),
        ({"entity_type": "nonesuch"}, lambda e: False, 0),
        ({"event_type": "transaction.*"}, lambda e: False, 0),
    )
    for query, is_expected, count in table:
        found = books.get("/events", limit=100, **query).expect(200).data
        assert [e["id"] for e in found] == [e["id"] for e in every if is_expected(e)], query
        assert count is None or len(found) == count, query
    ascending = books.get("/events", sort="created_at", limit=100).expect(200).data
    assert [e["id"] for e in ascending] == [e["id"] for e in reversed(every)]
    after = books.get("/events", starting_after=every[1]["id"], limit=2).expect(200).data
    assert [e["id"] for e in after] == [e["id"] for e in every[2:4]]


@pytest.mark.parametrize("query, code, fields", [
    ({"api_key_id": "x"}, "invalid_request", ["api_key_id"]),
    ({"created_at__gte": "yesterday"}, "invalid_request", ["created_at[gte]"]),
    ({"sort": "event_type"}, "invalid_request", ["sort"]),
    ({"q": "x"}, "unknown_parameter", ["q"]),
    ({"after_sequence": "-1"}, "invalid_request", ["after_sequence"]),
    ({"after_sequence": "x"}, "invalid_request", ["after_sequence"]),
    ({"after_sequence": ""}, "invalid_request", ["after_sequence"]),
    ({"after_sequence": "1.0"}, "invalid_request", ["after_sequence"]),
    ({"after_sequence": "99999999999999999999"}, "invalid_request", ["after_sequence"]),
    ({"after_sequence": "0", "limit": "101"}, "invalid_request", ["limit"]),
    ({"after_sequence": "0", "sort": "created_at", "offset": "1"}, "invalid_request", ["sort", "offset"]),
    ({"after_sequence": "0", "starting_after": "evt_0000000000000000000000000"}, "invalid_request", ["starting_after"]),
])
def test_faults_are_named(still_books, query, code, fields):
    still_books.get("/events", **query).expect(400, code, fields)


def test_the_feed_is_in_the_order_of_its_numbers(books):
    for _ in range(12):
        books.post_transaction()
    events = numbered(books, 13)
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    # Every page size tells the same story.
    for limit in (1, 5, 7):
        assert feed(books, limit=limit) == events
    page = books.get("/events", after_sequence=3, limit=4).expect(200).json
    assert [event["sequence"] for event in page["data"]] == [4, 5, 6, 7] and page["has_more"] is True
    assert page["total_count"] == len(events) - 3
    end = books.get("/events", after_sequence=events[-1]["sequence"]).expect(200).json
    assert (end["data"], end["has_more"], end["total_count"]) == ([], False, 0)
    assert books.get("/events", after_sequence=10**18).expect(200).data == []


def test_the_feed_takes_filters(books):
    books.make_account()
    for _ in range(3):
        books.post_transaction()
    events = numbered(books, 5)
    posted = [event for event in events if event["event_type"] == "transaction.posted"]
    assert feed(books, event_type="transaction.posted", limit=2) == posted
    assert feed(books, entity_id=posted[1]["entity_id"]) == [posted[1]]


def test_an_event_without_a_number_is_listed_and_not_in_the_feed(stack, books):
    books.post_transaction()
    before = numbered(books, 2)
    with stack.without("worker"):
        transaction = books.post_transaction()["id"]
        assert event_of(books, transaction, "transaction.posted")["sequence"] is None
        assert feed(books) == before
    events = numbered(books, len(before) + 1)
    assert [event["entity_id"] for event in events[len(before):]] == [transaction]


def test_a_lost_ring_is_made_up_for(stack, books, database):
    """An event of whose commit nobody was told, as if the program had died that moment."""
    books.post_transaction()
    first = numbered(books, 2)[-1]
    database.rows("insert into events (books_id, id, organization_id, entity_type, entity_id, event_type, operation, credits, ip_address, user_agent, "
                  "request_id, metadata, created_at) select books_id, unhex(concat(left(hex(id), 18), 'ffffffffffffff')), organization_id, 'report', 'x', "
                  f"'report.created', '', 0, '', '', '', '{{}}', created_at from events where books_id in ({books.books_ids()}) "
                  f"and id = {id_hex(first['id'])}; commit")
    events = numbered(books, first["sequence"] + 1)
    assert events[-1]["event_type"] == "report.created" and events[-1]["api_key_id"] is None


def test_test_mode_has_numbers_of_its_own(books):
    test = books.in_test_mode()
    for _ in range(3):
        test.post_transaction()
    live_count = len(numbered(books, 2))
    events = numbered(test, 3)
    assert [event["sequence"] for event in events] == [1, 2, 3] and not any(event["livemode"] for event in events)
    assert len(feed(books)) == live_count
    books.get(f"/events/{events[0]['id']}").expect(404, "resource_not_found")
    assert books.get("/events", entity_type="transaction").expect(200).data == []


def test_many_writers_leave_no_gap(books):
    """While they write, a reader follows the feed: what it has seen stays, and nothing appears in between later."""
    writers, each = 32, 6
    books.account("1010"), books.account("4000")
    seen, has_ended = [], threading.Event()

    def follow():
        while True:
            is_last = has_ended.is_set()
            seen.extend(feed(books, after=len(seen), limit=10))
            assert [event["sequence"] for event in seen] == list(range(1, len(seen) + 1))
            if is_last and len(seen) > writers * each:  # the organization itself is the first
                return

    faults = []

    def reader():
        try:
            follow()
        except BaseException as fault:  # noqa: BLE001  told below
            faults.append(fault)

    thread = threading.Thread(target=reader)
    thread.start()
    made = together(writers, lambda _: [books.post_transaction(amount="1.00")["id"] for _ in range(each)])
    has_ended.set()
    thread.join(SECONDS * 3)
    assert not faults and not thread.is_alive(), faults
    told = [event["entity_id"] for event in seen if event["event_type"] == "transaction.posted"]
    assert sorted(told) == sorted(identifier for each_made in made for identifier in each_made)
    for one in made:  # what one writer did one after the other is told in that order
        assert [identifier for identifier in told if identifier in set(one)] == one


def test_a_batch_is_numbered_too(books):
    count = 2500
    items = [books.transaction("0.01", status="posted") for _ in range(count)]
    books.wait_for(books.post("/transactions/batch", {"transactions": items}).expect(202).json)
    events = numbered(books, count)
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
