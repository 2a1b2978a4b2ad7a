"""Webhooks as their receivers see them: signed, repeated until taken, held back from private networks, fair to each other."""
import socket
import threading
import time
from contextlib import closing

import pytest
from database import id_hex
from receiver import Receiver, Verifier

SECONDS = 30


@pytest.fixture(scope="module")
def verifier():
    running = Verifier()
    yield running
    running.close()


@pytest.fixture
def receiver():
    with Receiver() as running:
        yield running


def allow_private_targets(books, is_allowed="true"):
    """What the operator sets for an organization."""
    books.database.rows("insert into settings (books_id, name, value, updated_at) select books_id, 'webhooks.allow_private_targets', "
                        f"'{is_allowed}', now() from books where organization_id = {id_hex(books.id)} and livemode = 1 "
                        f"on duplicate key update value = '{is_allowed}'; commit")


@pytest.fixture
def open_books(books):
    """Books whose webhooks may lead to this machine."""
    allow_private_targets(books)
    return books


def make_webhook(books, url, event_types=("transaction.*",), **fields):
    return books.post("/webhooks", {"url": url, "event_types": list(event_types), **fields}).expect(201).json


def deliveries(books, webhook, **query):
    return books.get(f"/webhooks/{webhook['id']}/deliveries", limit=100, **query).expect(200).data


def wait_until(condition, what):
    deadline = time.monotonic() + SECONDS
    while not (held := condition()):
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.05)
    return held


def wait_for_delivery(books, webhook, is_reached, **query):
    def found():
        return next((each for each in deliveries(books, webhook, **query) if is_reached(each)), None)
    return wait_until(found, f"a delivery is as it should be: {deliveries(books, webhook)}")


def hurry(books):
    """The wait until the next attempt is over."""
    books.database.rows(f"update webhook_deliveries set due_at = now(6) - interval 1 second where books_id in ({books.books_ids()}) "
                        "and status = 'pending' and attempts > 0 and due_at > now(6) and updated_at > last_attempt_at; commit")


def has_failed(attempt):
    """A delivery whose attempt of this number is over. While one is under way, the delivery still tells of the one before."""
    return lambda each: each["attempts"] == attempt and each["error"] and each["updated_at"] > each["last_attempt_at"]


# The resource.

def test_a_webhook_is_made_read_changed_and_deleted(books):
    made = books.post("/webhooks", {"url": "https://receiver.invalid/crane?x=1", "description": "Shop"}).expect(201)
    webhook = made.json
    secret = webhook.pop("secret")
    assert secret.startswith("whsec_") and len(secret) == 50
    assert webhook == {
        "id": webhook["id"], "object": "webhook", "organization_id": books.id, "livemode": True, "url": "https://receiver.invalid/crane?x=1",
        "description": "Shop", "event_types": ["*"], "status": "active", "disabled_reason": None, "disabled_at": None,
        "previous_secret_expires_at": None, "created_at": webhook["created_at"], "updated_at": webhook["created_at"]}
    path = f"/webhooks/{webhook['id']}"
    read = books.get(path).expect(200)
    assert read.json == webhook and read.headers["etag"] == made.headers["etag"]
    assert books.get("/webhooks").expect(200).data == [webhook]
    changed = books.put(path, {"url": "https://receiver.invalid/other", "description": None, "event_types": ["transaction.*", "account.created"],
                               "status": "disabled"}, headers={"If-Match": read.headers["etag"]}).expect(200).json
    assert changed == {**webhook, "url": "https://receiver.invalid/other", "description": None, "event_types": ["transaction.*", "account.created"],
                       "status": "disabled", "disabled_reason": "requested", "disabled_at": changed["updated_at"], "updated_at": changed["updated_at"]}
    books.put(path, {"status": "active"}, headers={"If-Match": read.headers["etag"]}).expect(412, "version_mismatch")
    again = books.put(path, {"status": "active", "event_types": ["*"]}).expect(200).json
    assert (again["status"], again["disabled_reason"], again["disabled_at"], again["event_types"]) == ("active", None, None, ["*"])
    books.delete(path).expect(204)
    for reply in (books.get(path), books.put(path, {}), books.delete(path), books.get(f"{path}/deliveries"), books.post(f"{path}/test")):
        reply.expect(404, "resource_not_found")
    assert books.get("/webhooks").expect(200).data == []


def test_the_secret_is_nowhere_in_the_database(books):
    made = books.post("/webhooks", {"url": "https://receiver.invalid/"}, headers={"Idempotency-Key": "secret"})
    secret = made.expect(201)["secret"]
    for table in ("webhooks", "events", "idempotency_keys"):
        rows = books.database.rows(f"select * from {table}")
        assert rows and not [row for row in rows if any(cell and secret[6:20] in cell for cell in row)]


def test_a_repeated_creation_gives_the_same_secret(books):
    body, headers = {"url": "https://receiver.invalid/"}, {"Idempotency-Key": "once"}
    first = books.post("/webhooks", body, headers=headers).expect(201)
    second = books.post("/webhooks", body, headers=headers).expect(201)
    assert second.json == first.json and second.headers["idempotent-replayed"] == "true"
    assert len(books.get("/webhooks").expect(200).data) == 1


PRIVATE = ["https://localhost/", "https://127.0.0.1:8443/", "https://[::1]/", "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.1.1/",
           "https://169.254.169.254/latest", "https://100.64.0.1/", "https://0.0.0.0/", "https://[::ffff:127.0.0.1]/", "https://[fe80::1]/",
           "https://[fd00::1]/", "https://[64:ff9b::7f00:1]/", "https://224.0.0.1/", "https://db.internal/"]
MALFORMED = ["", "receiver.invalid", "ftp://receiver.invalid/", "https://", "https://user@receiver.invalid/", "https://receiver.invalid/#x", "https://127.1/",
             "https://0x7f000001/", "https://2130706433/", "https://exa mple.com/", "https://receiver.invalid:99999/", "file:///etc/passwd"]


@pytest.mark.parametrize("url", [*PRIVATE, *MALFORMED, "http://receiver.invalid/", "https://receiver.invalid/" + "x" * 2000])
def test_addresses_that_are_not_called(still_books, url):
    before = still_books.snapshot()
    still_books.post("/webhooks", {"url": url}).expect(400, "invalid_request", ["url"])
    assert still_books.snapshot() == before


def test_an_operator_lets_private_targets_be(open_books):
    for url in [*PRIVATE, "http://receiver.invalid/", "http://localhost:8080/"]:
        webhook = make_webhook(open_books, url, ["report.*"])
        open_books.delete(f"/webhooks/{webhook['id']}").expect(204)
    for url in MALFORMED:
        open_books.post("/webhooks", {"url": url}).expect(400, "invalid_request", ["url"])
    test = open_books.in_test_mode()
    assert make_webhook(test, "http://localhost:8080/", ["report.*"])["livemode"] is False


@pytest.mark.parametrize("body, fields", [
    ({}, ["url"]), ({"url": None}, ["url"]), ({"url": 1}, ["url"]),
    ({"url": "https://receiver.invalid/", "event_types": []}, ["event_types"]),
    ({"url": "https://receiver.invalid/", "event_types": None}, ["event_types"]),
    ({"url": "https://receiver.invalid/", "event_types": "transaction.posted"}, ["event_types"]),
    ({"url": "https://receiver.invalid/", "event_types": ["transaction", "*", "Account.created", "a.b.c"]}, [f"event_types[{i}]" for i in (0, 2, 3)]),
    ({"url": "https://receiver.invalid/", "status": "deleted", "secret": "whsec_x"}, ["status", "secret"]),
    ({"url": "nonsense", "description": "x" * 1001, "event_types": ["x"]}, ["url", "description", "event_types[0]"]),
])
def test_every_fault_is_named(still_books, body, fields):
    still_books.post("/webhooks", body).expect(400, "invalid_request", fields)


def test_there_are_fifty_at_most(books):
    for number in range(50):
        made = make_webhook(books, f"https://receiver.invalid/{number}", ["report.*"])
    books.post("/webhooks", {"url": "https://receiver.invalid/"}).expect(422, "invalid_state")
    books.delete(f"/webhooks/{made['id']}").expect(204)
    make_webhook(books, "https://receiver.invalid/", ["report.*"])


# Delivery.

def test_an_event_arrives_as_it_is_read(open_books, receiver, verifier):
    webhook = make_webhook(open_books, receiver.url)
    transaction = open_books.post_transaction()
    message = receiver.wait_for(lambda each: each.type == "transaction.posted")
    verifier.check(message, webhook["secret"])
    event = open_books.get(f"/events/{message.event['id']}").expect(200).json
    assert message.json == {"type": "transaction.posted", "timestamp": event["created_at"], "data": event}
    assert event["entity_id"] == transaction["id"] and event["sequence"] > 0
    assert message.headers["content-type"] == "application/json" and message.path == "/hook"
    delivery = wait_for_delivery(open_books, webhook, lambda each: each["status"] == "delivered")
    assert delivery == {
        "id": message.id, "object": "webhook_delivery", "organization_id": open_books.id, "livemode": True, "webhook_id": webhook["id"],
        "event_id": event["id"], "event_type": "transaction.posted", "status": "delivered", "attempts": 1, "response_status": 204, "error": None,
        "last_attempt_at": delivery["last_attempt_at"], "next_attempt_at": None, "delivered_at": delivery["delivered_at"],
        "created_at": delivery["created_at"], "updated_at": delivery["updated_at"]}
    assert open_books.get(f"/webhooks/{webhook['id']}/deliveries/{message.id}").expect(200).json == delivery
    assert len(receiver.so_far()) == 1


def test_the_library_refuses_what_was_tampered_with(open_books, receiver, verifier):
    webhook = make_webhook(open_books, receiver.url)
    other = make_webhook(open_books, receiver.url, ["report.*"])
    open_books.post_transaction()
    message = receiver.wait_for(lambda each: True)
    assert verifier.fault(message, other["secret"])
    message.body = message.body.replace("transaction.posted", "transaction.created")
    assert verifier.fault(message, webhook["secret"])


def test_a_webhook_hears_of_nothing_that_happened_before_it_was_made(stack, open_books, receiver):
    """However late the events get their numbers, which is when deliveries are made."""
    with stack.without("worker"):
        before = open_books.make_account()["id"]
        webhook = make_webhook(open_books, receiver.url, ["*"])
        after = open_books.make_account()["id"]
    receiver.wait_for(lambda each: each.event["entity_id"] == after)
    assert before not in {each.event["entity_id"] for each in receiver.so_far()}
    assert {each["event_type"] for each in deliveries(open_books, webhook)} == {"webhook.created", "account.created"}


def test_a_webhook_hears_of_what_it_asked_for(open_books, receiver):
    asked = {"/all": ["*"], "/transactions": ["transaction.*"], "/made": ["transaction.created", "account.created"], "/none": ["report.*"]}
    for path, types in asked.items():
        make_webhook(open_books, receiver.url.replace("/hook", path), types)
    open_books.make_account()
    open_books.post_transaction()
    open_books.pend_transaction()
    heard = {"/transactions": ["transaction.posted", "transaction.created"], "/made": ["account.created", "transaction.created"],
             "/all": ["account.created", "transaction.posted", "transaction.created"], "/none": []}

    def arrived(messages):
        return all(set(types) <= {each.type for each in messages if each.path == path} for path, types in heard.items())
    messages = receiver.wait_until(arrived, "everyone heard")
    for path, types in heard.items():
        told = [each.type for each in messages if each.path == path and not each.type.startswith("webhook.")]
        assert sorted(told) == sorted(types), path
    assert len({each.id for each in messages}) == len(messages), "an event has an id of its own for each webhook"


def test_test_mode_and_other_tenants_are_apart(open_books, make_books, receiver):
    other = make_books()
    allow_private_targets(other)
    test = open_books.in_test_mode()
    for number, books in enumerate((open_books, test, other)):
        make_webhook(books, receiver.url.replace("/hook", f"/{number}"))
    made = [books.post_transaction()["id"] for books in (open_books, test, other)]
    messages = receiver.wait_until(lambda messages: len(messages) >= 3, "three messages")
    assert {each.path: (each.event["entity_id"], each.event["livemode"]) for each in messages} == {
        "/0": (made[0], True), "/1": (made[1], False), "/2": (made[2], True)}


def test_a_receiver_that_is_down_for_a_while_misses_nothing(open_books, verifier):
    receiver = Receiver()
    receiver.start()
    receiver.stop()
    webhook = make_webhook(open_books, receiver.url)
    made = [open_books.post_transaction()["id"] for _ in range(10)]
    waiting = wait_until(lambda: found if len(found := [each for each in deliveries(open_books, webhook) if each["error"]]) == 10 else None,
                         "each was tried in vain")
    assert all(each["status"] == "pending" and each["next_attempt_at"] > each["last_attempt_at"] and each["response_status"] is None
               and "connect" in each["error"] for each in waiting)
    with receiver:
        # The first wait is five seconds; it is waited for here.
        messages = receiver.wait_until(lambda messages: len({each.id for each in messages}) == 10, "ten events")
        for message in messages:
            verifier.check(message, webhook["secret"])
        assert {each.event["entity_id"] for each in messages} == set(made)
        assert {each.id for each in messages} == {each["id"] for each in waiting}
        wait_until(lambda: {each["status"] for each in deliveries(open_books, webhook)} == {"delivered"}, "all is delivered")
    assert all(each["attempts"] >= 2 for each in deliveries(open_books, webhook))


def test_every_attempt_has_the_same_id_and_a_signature_of_its_own(open_books, verifier):
    left = [500, 503, 429, 404, 302]
    with Receiver(lambda _: (left.pop(0), {}, b"no") if left else (200, {}, b"yes")) as receiver:
        webhook = make_webhook(open_books, receiver.url)
        open_books.post_transaction()
        for count in range(1, 6):
            receiver.wait_until(lambda messages, count=count: len(messages) == count, f"attempt {count}")
            wait_for_delivery(open_books, webhook, has_failed(count))
            hurry(open_books)
        messages = receiver.wait_until(lambda messages: len(messages) == 6, "the last attempt")
        delivery = wait_for_delivery(open_books, webhook, lambda each: each["status"] == "delivered")
    assert {each.id for each in messages} == {delivery["id"]} and {each.body for each in messages} == {messages[0].body}
    for message in messages:
        verifier.check(message, webhook["secret"])
    assert (delivery["attempts"], delivery["response_status"], delivery["error"]) == (6, 200, None)


def test_waits_grow(open_books):
    """Each wait is the one of the schedule and up to a tenth more."""
    schedule = [5, 60, 300, 900, 3600, 10800, 21600, 43200, 86400, 86400]
    with Receiver(lambda _: (500, {}, b"")) as receiver:
        webhook = make_webhook(open_books, receiver.url)
        open_books.post_transaction()
        for attempt, seconds in enumerate(schedule, 1):
            wait_for_delivery(open_books, webhook, has_failed(attempt))
            waits = open_books.database.value("select timestampdiff(microsecond, updated_at, due_at) from webhook_deliveries "
                                              f"where books_id in ({open_books.books_ids()})")
            assert seconds * 1_000_000 <= int(waits) <= seconds * 1_100_000, attempt
            hurry(open_books)
        # The last of them all: nothing is left to try.
        delivery = wait_for_delivery(open_books, webhook, lambda each: each["status"] == "failed")
    assert (delivery["attempts"], delivery["response_status"], delivery["next_attempt_at"]) == (11, 500, None)
    seen = open_books.get(f"/webhooks/{webhook['id']}").expect(200).json
    assert (seen["status"], seen["disabled_reason"]) == ("disabled", "failing")
    event = open_books.get("/events", event_type="webhook.disabled").expect(200).data[0]
    assert event["entity_id"] == webhook["id"] and event["api_key_id"] is None
    assert event["metadata"] == {"before": {"status": "active"}, "after": {"status": "disabled", "disabled_reason": "failing"}}


def test_a_receiver_that_is_gone_is_not_called_again(open_books):
    with Receiver(lambda _: (410, {}, b"")) as receiver:
        webhook = make_webhook(open_books, receiver.url)
        open_books.post_transaction()
        receiver.wait_for(lambda each: True)
        seen = wait_until(lambda: found if (found := open_books.get(f"/webhooks/{webhook['id']}").expect(200).json)["status"] == "disabled" else None,
                          "the webhook is disabled")
        assert seen["disabled_reason"] == "gone"
        missed = open_books.post_transaction()["id"]
        wait_until(lambda: [each for each in open_books.get("/events", entity_id=missed).expect(200).data if each["sequence"]], "it is numbered")
        open_books.post(f"/webhooks/{webhook['id']}/test").expect(422, "invalid_state")
        failed = deliveries(open_books, webhook)
        assert [each["status"] for each in failed] == ["failed"]
        open_books.post(f"/webhooks/{webhook['id']}/deliveries/{failed[0]['id']}/redeliver").expect(422, "invalid_state")
        receiver.answer = lambda _: (200, {}, b"")
        open_books.put(f"/webhooks/{webhook['id']}", {"status": "active"}).expect(200)
        after = open_books.post_transaction()["id"]
        receiver.wait_for(lambda each: each.event["entity_id"] == after)
    assert missed not in [each.event["entity_id"] for each in receiver.so_far()]


def test_what_is_due_of_a_disabled_webhook_is_cancelled(open_books, receiver):
    receiver.answer = lambda _: (500, {}, b"")
    webhook = make_webhook(open_books, receiver.url)
    open_books.post_transaction()
    wait_for_delivery(open_books, webhook, lambda each: each["attempts"] == 1 and each["error"])
    open_books.put(f"/webhooks/{webhook['id']}", {"status": "disabled"}).expect(200)
    hurry(open_books)
    delivery = wait_for_delivery(open_books, webhook, lambda each: each["status"] == "cancelled")
    assert delivery["attempts"] == 1 and len(receiver.so_far()) == 1
    receiver.answer = lambda _: (200, {}, b"")
    open_books.put(f"/webhooks/{webhook['id']}", {"status": "active"}).expect(200)
    open_books.post(f"/webhooks/{webhook['id']}/deliveries/{delivery['id']}/redeliver").expect(200)
    wait_for_delivery(open_books, webhook, lambda each: each["status"] == "delivered")


def test_a_deleted_webhook_is_not_called(open_books, receiver):
    receiver.answer = lambda _: (500, {}, b"")
    webhook = make_webhook(open_books, receiver.url)
    open_books.post_transaction()
    wait_for_delivery(open_books, webhook, lambda each: each["attempts"] == 1 and each["error"])
    open_books.delete(f"/webhooks/{webhook['id']}").expect(204)
    hurry(open_books)
    states = f"select status from webhook_deliveries where books_id in ({open_books.books_ids()})"
    wait_until(lambda: open_books.database.rows(states) == [("cancelled",)], "its deliveries are cancelled")
    assert len(receiver.so_far()) == 1
    sealed = open_books.database.value(f"select length(sealed_secret) from webhooks where books_id in ({open_books.books_ids()})")
    assert sealed == "0"


def test_deliver_again(open_books, receiver, verifier):
    webhook = make_webhook(open_books, receiver.url)
    open_books.post_transaction()
    delivery = wait_for_delivery(open_books, webhook, lambda each: each["status"] == "delivered")
    again = open_books.post(f"/webhooks/{webhook['id']}/deliveries/{delivery['id']}/redeliver").expect(200).json
    assert (again["id"], again["status"], again["delivered_at"]) == (delivery["id"], "pending", None)
    messages = receiver.wait_until(lambda messages: len(messages) == 2, "it comes again")
    assert messages[0].id == messages[1].id and messages[0].body == messages[1].body
    verifier.check(messages[1], webhook["secret"])
    wait_for_delivery(open_books, webhook, lambda each: each["status"] == "delivered" and each["attempts"] == 2)
    other = make_webhook(open_books, receiver.url)
    open_books.post(f"/webhooks/{other['id']}/deliveries/{delivery['id']}/redeliver").expect(404, "resource_not_found")
    open_books.get(f"/webhooks/{other['id']}/deliveries/{delivery['id']}").expect(404, "resource_not_found")
    open_books.post(f"/webhooks/{webhook['id']}/deliveries/whd_0000000000000000000000000/redeliver").expect(404, "resource_not_found")


def test_a_test_reaches_one_webhook_whatever_it_hears_of(open_books, receiver, verifier):
    tested = make_webhook(open_books, receiver.url.replace("/hook", "/tested"), ["report.*"])
    make_webhook(open_books, receiver.url.replace("/hook", "/other"), ["*"])
    delivery = open_books.post(f"/webhooks/{tested['id']}/test").expect(200).json
    assert (delivery["status"], delivery["event_type"], delivery["webhook_id"]) == ("pending", "webhook.test", tested["id"])
    message = receiver.wait_for(lambda each: each.type == "webhook.test")
    verifier.check(message, tested["secret"])
    assert message.id == delivery["id"] and message.event["entity_id"] == tested["id"] and message.event["sequence"] > 0
    wait_for_delivery(open_books, tested, lambda each: each["status"] == "delivered")
    sequence = message.event["sequence"]
    open_books.make_account()
    receiver.wait_for(lambda each: each.type == "account.created" and each.event["sequence"] > sequence)
    assert [each.path for each in receiver.so_far() if each.type == "webhook.test"] == ["/tested"]


def test_deliveries_are_listed(open_books, receiver):
    webhook = make_webhook(open_books, receiver.url, ["*"])
    open_books.make_account()
    open_books.post_transaction()
    every = wait_until(lambda: found if len(found := deliveries(open_books, webhook, status="delivered")) == 3 else None, "three are delivered")
    assert [each["event_type"] for each in every] == ["transaction.posted", "account.created", "webhook.created"]
    table = (({"event_type": "account.created"}, every[1:2]), ({"event_id": every[0]["event_id"]}, every[:1]), ({"status": "failed,pending"}, []),
             ({"created_at__gte": every[1]["created_at"]}, every[:2]), ({"starting_after": every[0]["id"]}, every[1:]),
             ({"sort": "created_at"}, every[::-1]))
    for query, expected in table:
        assert deliveries(open_books, webhook, **query) == expected, query
    open_books.get(f"/webhooks/{webhook['id']}/deliveries", status="lost").expect(400, "invalid_request", ["status"])


# Secrets.

def test_two_secrets_while_one_is_changed(open_books, receiver, verifier):
    webhook = make_webhook(open_books, receiver.url)
    path, former = f"/webhooks/{webhook['id']}", webhook["secret"]
    rotated = open_books.post(f"{path}/rotate-secret", {"overlap_seconds": 3600}).expect(200)
    latter = rotated["secret"]
    assert latter != former and rotated["previous_secret_expires_at"] > rotated["updated_at"]
    shown = open_books.get(path).expect(200)
    assert "secret" not in shown.json and shown.headers["etag"] == rotated.headers["etag"]
    open_books.post_transaction()
    message = receiver.wait_for(lambda each: True)
    assert len(message.headers["webhook-signature"].split(" ")) == 2
    verifier.check(message, former)
    verifier.check(message, latter)
    # The former one's time is over.
    open_books.database.rows(f"update webhooks set previous_secret_expires_at = now(6) - interval 1 second where id = {id_hex(webhook['id'])}; commit")
    open_books.post_transaction()
    message = receiver.wait_until(lambda messages: len(messages) == 2, "another message")[-1]
    verifier.check(message, latter)
    assert verifier.fault(message, former) and " " not in message.headers["webhook-signature"]


def test_a_secret_changed_at_once(open_books, receiver, verifier):
    webhook = make_webhook(open_books, receiver.url)
    rotated = open_books.post(f"/webhooks/{webhook['id']}/rotate-secret", {"overlap_seconds": 0}).expect(200).json
    assert rotated["previous_secret_expires_at"] is None
    open_books.post_transaction()
    message = receiver.wait_for(lambda each: True)
    verifier.check(message, rotated["secret"])
    assert verifier.fault(message, webhook["secret"])


def test_an_overlap_unless_said(books):
    webhook = make_webhook(books, "https://receiver.invalid/")
    path = f"/webhooks/{webhook['id']}/rotate-secret"
    assert books.post(path).expect(200)["previous_secret_expires_at"] is not None
    for overlap in (-1, 604801, "x", 1.5):
        books.post(path, {"overlap_seconds": overlap}).expect(400, "invalid_request", ["overlap_seconds"])


def test_the_key_of_the_installation_is_the_services_alone(stack):
    key = stack.data / "master.key"
    assert key.stat().st_mode & 0o777 == 0o600 and len(key.read_text().strip()) == 64
    assert f"CRANE_MASTER_KEY_FILE={key}" in (stack.data / "crane.conf").read_text()


# Targets.

def test_a_redirect_is_not_followed(open_books):
    with Receiver() as second, Receiver() as first:
        first.answer = lambda _: (307, {"Location": second.url}, b"")
        webhook = make_webhook(open_books, first.url)
        open_books.post_transaction()
        delivery = wait_for_delivery(open_books, webhook, lambda each: each["error"])
        assert (delivery["status"], delivery["response_status"]) == ("pending", 307) and "redirect" in delivery["error"]
        assert len(first.so_far()) == 1 and not second.so_far()


@pytest.mark.parametrize("host", ["localhost", socket.gethostname()])
def test_a_name_that_leads_to_this_machine_is_not_called(open_books, host):
    """It was allowed when it was made; what counts is where the name leads at the moment of the call."""
    with closing(socket.create_server(("", 0))) as listener:
        webhook = make_webhook(open_books, f"https://{host.lower()}:{listener.getsockname()[1]}/")
        allow_private_targets(open_books, "false")
        open_books.post_transaction()
        delivery = wait_for_delivery(open_books, webhook, lambda each: each["error"])
        assert delivery["status"] == "pending" and "private, loopback" in delivery["error"]
        listener.settimeout(0.2)
        with pytest.raises(TimeoutError):
            listener.accept()


def test_plain_http_goes_with_private_targets(open_books, receiver):
    webhook = make_webhook(open_books, receiver.url)
    allow_private_targets(open_books, "false")
    open_books.put(f"/webhooks/{webhook['id']}", {"url": receiver.url}).expect(400, "invalid_request", ["url"])
    open_books.post_transaction()
    delivery = wait_for_delivery(open_books, webhook, lambda each: each["error"])
    assert delivery["response_status"] is None and not receiver.so_far()
    allow_private_targets(open_books)
    hurry(open_books)
    receiver.wait_for(lambda each: True)


def test_an_endless_answer_is_cut_off(open_books):
    with Receiver(lambda _: (200, {"Content-Length": str(1 << 40)}, bytes(64 << 20))) as receiver:
        webhook = make_webhook(open_books, receiver.url)
        open_books.post_transaction()
        delivery = wait_for_delivery(open_books, webhook, lambda each: each["status"] == "delivered")
    assert (delivery["response_status"], delivery["error"], delivery["attempts"]) == (200, None, 1)


# Each receiver for itself.

def test_a_slow_receiver_holds_up_nobody(open_books, make_books, receiver):
    """It answers nothing until all others have everything, its neighbour in the same books, another tenant and the jobs."""
    other = make_books()
    allow_private_targets(other)
    release = threading.Event()
    with Receiver(lambda _: (release.wait(SECONDS * 2), (200, {}, b""))[1]) as slow:
        stuck = make_webhook(open_books, slow.url)
        make_webhook(open_books, receiver.url.replace("/hook", "/neighbour"))
        make_webhook(other, receiver.url.replace("/hook", "/other"))
        made = [books.post_transaction()["id"] for _ in range(20) for books in (open_books, other)]
        messages = receiver.wait_until(lambda messages: len(messages) == 40, "forty messages")
        assert sorted(each.event["entity_id"] for each in messages) == sorted(made)
        job = open_books.post("/accounts", {"name": "Queued", "type": "asset"}, headers={"Prefer": "respond-async"}).expect(202).json
        open_books.wait_for(job)
        assert not [each for each in deliveries(open_books, stuck) if each["status"] == "delivered"]
        assert 1 <= len(slow.so_far()) < 20
        release.set()
        slow.wait_until(lambda messages: len({each.id for each in messages}) == 20, "the slow one has everything too")
