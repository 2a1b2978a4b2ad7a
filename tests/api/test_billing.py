"""Billing: what a pool has, what it was given and by whom, how more is bought, and who decides about it."""
import time

import pytest
from client import together

PACKAGES = {"credits_1000": (1000, "10.00"), "credits_5000": (5000, "50.00"), "credits_25000": (25_000, "250.00")}
SECONDS = 20


def billing(books, **query):
    return books.get("/billing", **query).expect(200).json


def remaining(books):
    return billing(books)["credits_remaining"]


def header(books):
    return int(books.get("").expect(200).headers["x-credits-remaining"])


def buy(books, package="credits_1000", **options):
    return books.post("/billing/purchases", {"package_id": package}, **options).expect(201).json


def operate(operator, books, path, *body, **options):
    return operator.post(f"{books.path}/billing{path}", *body, **options)


def grant(operator, books, credits=100, **fields):
    return operate(operator, books, "/grants", {"credits": credits, "reason": "Goodwill", **fields}).expect(201)


def granted(books):
    return books.get("/billing/grants", limit=100, sort="created_at").expect(200).data


def events(books, event_type):
    return books.get("/events", event_type=event_type, limit=100, sort="created_at").expect(200).data


def wait_until_numbered(books, *others):
    """Whoever numbers the events of charges looks at the pool in the same commit."""
    numbers = ",".join(each.books_ids() for each in (books, *others))
    deadline = time.monotonic() + SECONDS
    while books.database.value(f"select count(*) from events where books_id in ({numbers}) and sequence = 0") != "0":
        assert time.monotonic() < deadline, "events have no numbers yet"
        time.sleep(0.02)


def spend(books, credits):
    for _ in range(credits):
        books.make_account()


# What there is.

def test_a_pool_is_shown(make_books, operator):
    books = make_books(initial_credits=70)
    shown = billing(books)
    assert shown == {"id": books.id, "object": "billing", "organization_id": books.id, "billing_organization_id": books.id, "livemode": True, "credits_remaining": 70,
                     "credits_total": 70, "low_balance_threshold": None, "is_low": False, "billing_email": None, "auto_recharge_enabled": False,
                     "auto_recharge_package_id": None, "updated_at": None}
    spend(books, 3)
    assert billing(books) == {**shown, "credits_remaining": 67}
    assert operator.get(f"{books.path}/billing").expect(200)["credits_remaining"] == 67


def test_a_root_begins_with_a_thousand(make_books):
    books = make_books(initial_credits=None)
    assert billing(books)["credits_total"] == billing(books)["credits_remaining"] == 1000
    [initial] = granted(books)
    assert (initial["kind"], initial["credits"], initial["reason"], initial["purchase_id"], initial["created_by"]) == ("initial", 1000, None, None, None)
    assert granted(make_books(initial_credits=0)) == []


def test_a_child_sees_the_pool_and_decides_nothing(make_books, operator):
    books = make_books(initial_credits=100)
    books.put("/billing", {"billing_email": "root@example.com", "low_balance_threshold": 10}).expect(200)
    child = books.child()
    seen = billing(child)
    assert (seen["organization_id"], seen["billing_organization_id"], seen["credits_remaining"], seen["credits_total"]) == (child.id, books.id, 95, 100)
    assert seen["billing_email"] is None and seen["low_balance_threshold"] == 10
    before = books.snapshot(), child.snapshot()
    for refused in (child.put("/billing", {"low_balance_threshold": 5}), child.post("/billing/purchases", {"package_id": "credits_1000"}),
                    operate(operator, child, "/grants", {"credits": 5, "reason": "x"})):
        assert refused.expect(422, "not_billing_organization").error["details"]["billing_organization_id"] == books.id
    assert (books.snapshot(), child.snapshot()) == before
    # Nor does it see what the root bought or was given.
    made = buy(books)
    assert child.get("/billing/purchases").expect(200).data == child.get("/billing/grants").expect(200).data == []
    child.get(f"/billing/purchases/{made['id']}").expect(404, "resource_not_found")


def test_settings_change_by_name_and_null_clears(books):
    changed = books.put("/billing", {"billing_email": "a@b.example", "low_balance_threshold": 5}).expect(200)
    assert (changed["billing_email"], changed["low_balance_threshold"]) == ("a@b.example", 5) and changed["updated_at"] is not None
    kept = books.put("/billing", {"low_balance_threshold": None}).expect(200)
    assert (kept["billing_email"], kept["low_balance_threshold"]) == ("a@b.example", None)
    assert books.put("/billing", {"billing_email": None}).expect(200)["billing_email"] is None
    told = events(books, "billing.updated")
    assert told[0]["metadata"]["after"] == {"low_balance_threshold": 5, "billing_email": "a@b.example"}
    assert len(told) == 3


@pytest.mark.parametrize("body, fields", [
    ({"low_balance_threshold": 0}, ["low_balance_threshold"]), ({"low_balance_threshold": -1}, ["low_balance_threshold"]),
    ({"low_balance_threshold": "5"}, ["low_balance_threshold"]), ({"billing_email": "nobody"}, ["billing_email"]), ({"billing_email": "a@b@c"}, ["billing_email"]),
    ({"billing_email": "a b@c"}, ["billing_email"]), ({"billing_email": "@c"}, ["billing_email"]), ({"billing_email": ""}, ["billing_email"]),
    ({"auto_recharge_package_id": "credits_7"}, ["auto_recharge_package_id"]), ({"auto_recharge_enabled": 1}, ["auto_recharge_enabled"]),
    ({"auto_recharge_enabled": True}, ["auto_recharge_package_id", "low_balance_threshold"]),
    ({"auto_recharge_enabled": True, "low_balance_threshold": 5}, ["auto_recharge_package_id"]),
    ({"billing_email": "x", "low_balance_threshold": 0, "colour": "red"}, ["billing_email", "colour", "low_balance_threshold"]),
    ({"credits_remaining": 7}, ["credits_remaining"]),
])
def test_settings_that_are_refused(still_books, body, fields):
    before = still_books.snapshot()
    still_books.put("/billing", body, is_wrong=True).expect(400, "invalid_request", fields)
    assert still_books.snapshot() == before


def test_what_recharges_keeps_what_it_needs(books):
    books.put("/billing", {"auto_recharge_enabled": True, "auto_recharge_package_id": "credits_1000", "low_balance_threshold": 5}).expect(200)
    books.put("/billing", {"low_balance_threshold": None}).expect(400, "invalid_request", ["low_balance_threshold"])
    books.put("/billing", {"auto_recharge_package_id": None}).expect(400, "invalid_request", ["auto_recharge_package_id"])
    books.put("/billing", {"auto_recharge_enabled": False, "low_balance_threshold": None}).expect(200)


# What it costs.

def test_costs_are_those_of_the_document(books, contract):
    expected = {}
    for route in contract.routes:
        cost = route.operation["x-crane-credits"]
        if cost != "0":
            expected[route.operation["operationId"]] = (int(cost), None) if cost.isdigit() else (None, cost)
    listed = books.get("/billing/costs").expect(200)
    assert {each["operation"]: (each["credits"], each["rule"]) for each in listed.data} == expected
    assert listed["total_count"] == len(expected) and listed["has_more"] is False
    assert expected["accounts.create"] == (1, None) and expected["organizations.create"] == (5, None) and expected["reports.trial_balance"] == (5, None)


def test_packages(books, operator):
    for listed in (books.get("/billing/packages").expect(200), operator.get(f"{books.path}/billing/packages").expect(200)):
        assert {each["id"]: (each["credits"], each["price"]) for each in listed.data} == PACKAGES
        assert {each["currency_id"] for each in listed.data} == {"CUR_USD"}


# Grants.

def test_an_operator_grants(make_books, operator):
    books = make_books(initial_credits=3)
    assert header(books) == 3
    reply = grant(operator, books, 500, reason="A failed import")
    made = reply.json
    assert (made["kind"], made["credits"], made["reason"], made["livemode"], made["organization_id"]) == ("grant", 500, "A failed import", True, books.id)
    assert reply.headers["x-credits-remaining"] == "503" and reply.cost == 0
    # At once, by every program's figures.
    assert header(books) == 503 and int(books.get("/accounts").headers["x-credits-remaining"]) == 503
    assert (billing(books)["credits_remaining"], billing(books)["credits_total"]) == (503, 503)
    assert granted(books)[1:] == [made] and operator.get(f"{books.path}/billing/grants", query={"kind": "grant"}).expect(200).data == [made]
    [told] = events(books, "credits.granted")
    assert told["entity_id"] == made["id"] and told["metadata"] == {"credits": 500, "reason": "A failed import"} and told["api_key_id"] == made["created_by"]


def test_what_is_granted_can_be_spent(make_books, operator):
    books = make_books(initial_credits=0)
    books.post("/accounts", {"name": "x", "type": "asset"}).expect(402, "insufficient_credits")
    grant(operator, books, 1)
    books.post("/accounts", {"name": "x", "type": "asset"}).expect(201)
    books.post("/accounts", {"name": "x", "type": "asset"}).expect(402, "insufficient_credits")


def test_mock_credits_are_granted_apart(make_books, operator):
    books = make_books(initial_credits=10)
    test = books.in_test_mode()
    made = grant(operator, books, 7, mode="test").json
    assert made["livemode"] is False and remaining(test) == 17 and remaining(books) == 10
    assert header(test) == 17 and header(books) == 10
    assert operator.get(f"{books.path}/billing", query={"mode": "test"}).expect(200)["credits_remaining"] == 17
    assert made["id"] in [each["id"] for each in granted(test)] and made["id"] not in [each["id"] for each in granted(books)]
    assert len(events(test, "credits.granted")) == 1 and events(books, "credits.granted") == []
    assert {each["livemode"] for each in operator.get(f"{books.path}/billing/grants").expect(200).data} == {True, False}
    books.get("/billing", mode="test").expect(400, "invalid_request", ["mode"])
    operator.get(f"{books.path}/billing", query={"mode": "mock"}, is_wrong=True).expect(400, "invalid_request", ["mode"])


def test_a_grant_is_given_once_under_its_key(make_books, operator):
    books, body, headers = make_books(initial_credits=0), {"credits": 5, "reason": "x"}, {"Idempotency-Key": "once"}
    first = operate(operator, books, "/grants", body, headers=headers).expect(201)
    again = operate(operator, books, "/grants", body, headers=headers).expect(201)
    assert again.body == first.body and again.headers["idempotent-replayed"] == "true" and remaining(books) == 5
    operate(operator, books, "/grants", {"credits": 6, "reason": "x"}, headers=headers).expect(409, "idempotency_key_reused")


@pytest.mark.parametrize("body, fields", [
    ({}, ["credits", "reason"]), ({"credits": 0, "reason": "x"}, ["credits"]), ({"credits": -5, "reason": "x"}, ["credits"]), ({"credits": 1.5, "reason": "x"}, ["credits"]),
    ({"credits": "5", "reason": "x"}, ["credits"]), ({"credits": 1_000_000_001, "reason": "x"}, ["credits"]), ({"credits": None, "reason": None}, ["credits", "reason"]),
    ({"credits": 5, "reason": ""}, ["reason"]), ({"credits": 5, "reason": "x" * 501}, ["reason"]), ({"credits": 5, "reason": "x", "mode": "mock"}, ["mode"]),
    ({"credits": 5, "reason": "x", "kind": "grant"}, ["kind"]),
])
def test_grants_that_are_refused(still_books, operator, body, fields):
    before = still_books.snapshot()
    operate(operator, still_books, "/grants", body, is_wrong=True).expect(400, "invalid_request", fields)
    assert still_books.snapshot() == before


def test_only_an_operator_grants_and_confirms(books):
    made = buy(books)
    before = books.snapshot()
    books.post("/billing/grants", {"credits": 5, "reason": "x"}).expect(403, "insufficient_permissions")
    books.post(f"/billing/purchases/{made['id']}/confirm").expect(403, "insufficient_permissions")
    # No draft and no job leads around it.
    for operation, body in (("billing.grant", {"payload": {"credits": 5, "reason": "x"}}), ("billing.confirm_purchase", {"path_parameters": {"purchase_id": made["id"]}})):
        books.post("/drafts", {"operation": operation, **body}).expect(400, "invalid_request", ["operation"])
    books.post("/billing/grants", {"credits": 5, "reason": "x"}, headers={"Prefer": "respond-async"}).expect(403, "insufficient_permissions")
    assert books.snapshot() == before


# Purchases.

def test_a_purchase_is_ordered_and_confirmed(make_books, operator):
    books = make_books(initial_credits=10)
    reply = books.post("/billing/purchases", {"package_id": "credits_5000"}).expect(201)
    made = reply.json
    assert made["id"].startswith("pur_") and reply.cost == 0
    assert {name: made[name] for name in ("status", "credits", "price", "currency_id", "provider", "is_automatic", "decided_by", "decided_at", "livemode")} == {
        "status": "pending", "credits": 5000, "price": "50.00", "currency_id": "CUR_USD", "provider": "manual", "is_automatic": False, "decided_by": None,
        "decided_at": None, "livemode": True}
    assert made["created_by"] == books.api_key["id"] and "50.00 USD" in made["instructions"] and made["id"] in made["instructions"]
    assert remaining(books) == 10 and books.get(f"/billing/purchases/{made['id']}").expect(200).json == made
    confirmed = operate(operator, books, f"/purchases/{made['id']}/confirm").expect(200)
    assert confirmed["status"] == "completed" and confirmed["decided_at"] is not None and confirmed["decided_by"] not in (None, made["created_by"])
    assert confirmed.headers["x-credits-remaining"] == "5010" and header(books) == 5010 and remaining(books) == 5010
    last = granted(books)[-1]
    assert (last["kind"], last["credits"], last["purchase_id"]) == ("purchase", 5000, made["id"])
    assert [each["event_type"] for each in books.get("/events", entity_id=made["id"], sort="created_at").expect(200).data] == [
        "credit_purchase.created", "credit_purchase.confirmed"]
    assert events(books, "credits.granted")[0]["metadata"]["purchase_id"] == made["id"]


STEPS = [  # from, action, to; None where it is refused
    ("pending", "confirm", "completed"), ("pending", "cancel", "cancelled"), ("completed", "confirm", None), ("completed", "cancel", None),
    ("cancelled", "confirm", None), ("cancelled", "cancel", None),
]


@pytest.mark.parametrize("state, action, to", STEPS, ids=[f"{row[0]} {row[1]}" for row in STEPS])
def test_states_of_a_purchase(books, operator, state, action, to):
    made = buy(books)
    if state != "pending":
        operate(operator, books, f"/purchases/{made['id']}/{'confirm' if state == 'completed' else 'cancel'}").expect(200)
    before, left = books.snapshot(), remaining(books)
    reply = operate(operator, books, f"/purchases/{made['id']}/{action}")
    if to is None:
        assert reply.expect(422, "invalid_state").error["details"]["status"] == state
        assert books.snapshot() == before
    else:
        assert reply.expect(200)["status"] == to
    assert remaining(books) == left + (1000 if to == "completed" else 0)


def test_the_buyer_may_cancel(books):
    made = buy(books)
    assert books.post(f"/billing/purchases/{made['id']}/cancel").expect(200)["decided_by"] == books.api_key["id"]
    assert len(events(books, "credit_purchase.cancelled")) == 1


def test_confirmed_at_once_by_many_it_is_paid_once(make_books, operator):
    books = make_books(initial_credits=0)
    made = buy(books)
    replies = together(8, lambda _: operate(operator, books, f"/purchases/{made['id']}/confirm"))
    assert sorted((reply.status, reply.code) for reply in replies) == [(200, None)] + [(422, "invalid_state")] * 7
    assert remaining(books) == 1000 and len(events(books, "credits.granted")) == 1


def test_confirmed_again_under_its_key_it_is_replayed(make_books, operator):
    books = make_books(initial_credits=0)
    path, headers = f"/purchases/{buy(books)['id']}/confirm", {"Idempotency-Key": "paid"}
    first = operate(operator, books, path, headers=headers).expect(200)
    again = operate(operator, books, path, headers=headers).expect(200)
    assert again.body == first.body and again.headers["idempotent-replayed"] == "true" and remaining(books) == 1000


def test_confirmed_or_cancelled_it_is_one_of_both(make_books, operator):
    books = make_books(initial_credits=0)
    for _ in range(5):
        made = buy(books)
        replies = together(2, lambda number: operate(operator, books, f"/purchases/{made['id']}/{('confirm', 'cancel')[number]}"))  # noqa: B023
        assert sorted(reply.status for reply in replies) == [200, 422]
    completed = books.get("/billing/purchases", status="completed").expect(200)["total_count"]
    assert remaining(books) == completed * 1000


def test_a_purchase_with_a_test_key_is_of_mock_credits(make_books, operator):
    books = make_books(initial_credits=10)
    test = books.in_test_mode()
    made = buy(test)
    assert made["livemode"] is False
    books.get(f"/billing/purchases/{made['id']}").expect(404, "resource_not_found")
    books.post(f"/billing/purchases/{made['id']}/cancel").expect(404, "resource_not_found")
    assert operator.get(f"{books.path}/billing/purchases/{made['id']}").expect(200)["livemode"] is False
    operate(operator, books, f"/purchases/{made['id']}/confirm").expect(200)
    assert (remaining(test), remaining(books), header(test), header(books)) == (1010, 10, 1010, 10)
    assert len(events(test, "credit_purchase.confirmed")) == 1 and events(books, "credit_purchase.confirmed") == []


def test_purchases_are_listed(books, operator):
    made = [buy(books, package) for package in PACKAGES]
    mock = buy(books.in_test_mode())
    operate(operator, books, f"/purchases/{made[0]['id']}/cancel").expect(200)
    listed = books.get("/billing/purchases").expect(200)
    assert [each["id"] for each in listed.data] == [each["id"] for each in reversed(made)] and listed["total_count"] == 3
    page = books.get("/billing/purchases", limit=2, sort="created_at").expect(200)
    assert [each["id"] for each in page.data] == [each["id"] for each in made[:2]] and page["has_more"] is True
    rest = books.get("/billing/purchases", limit=2, sort="created_at", starting_after=made[1]["id"]).expect(200)
    assert [each["id"] for each in rest.data] == [made[2]["id"]] and rest["has_more"] is False
    assert [each["id"] for each in books.get("/billing/purchases", status="cancelled").expect(200).data] == [made[0]["id"]]
    assert {each["id"] for each in operator.get(f"{books.path}/billing/purchases").expect(200).data} == {mock["id"], *(each["id"] for each in made)}
    assert [each["id"] for each in operator.get(f"{books.path}/billing/purchases", query={"livemode": "false"}).expect(200).data] == [mock["id"]]
    books.get("/billing/purchases", sort="price").expect(400, "invalid_request", ["sort"])
    books.get("/billing/purchases", status="lost").expect(400, "invalid_request", ["status"])


@pytest.mark.parametrize("body, fields", [({}, ["package_id"]), ({"package_id": "credits_7"}, ["package_id"]), ({"package_id": ""}, ["package_id"]),
                                          ({"package_id": None}, ["package_id"]), ({"package_id": "credits_1000", "credits": 5000}, ["credits"])])
def test_purchases_that_are_refused(still_books, body, fields):
    before = still_books.snapshot()
    still_books.post("/billing/purchases", body, is_wrong=True).expect(400, "invalid_request", fields)
    assert still_books.snapshot() == before


# When there is little left.

def low(books):
    return events(books, "credits.low_balance")


def test_falling_below_the_threshold_is_told_once(make_books, operator):
    books = make_books(initial_credits=12)
    books.put("/billing", {"low_balance_threshold": 10}).expect(200)
    webhook = books.post("/webhooks", {"url": "https://receiver.invalid/", "event_types": ["credits.low_balance"]}).expect(201)["id"]
    spend(books, 2)
    wait_until_numbered(books)
    assert low(books) == [] and billing(books)["is_low"] is False  # 10 is not below 10
    spend(books, 1)
    wait_until_numbered(books)
    [told] = low(books)
    assert told["entity_id"] == books.id and told["metadata"] == {"credits_remaining": 9, "low_balance_threshold": 10} and told["api_key_id"] is None
    spend(books, 2)
    grant(operator, books, 2)  # 9: still below
    spend(books, 1)
    wait_until_numbered(books)
    assert len(low(books)) == 1 and billing(books)["is_low"] is True
    # Lifted to the threshold, it is watched again.
    grant(operator, books, 2)
    assert billing(books)["is_low"] is False and remaining(books) == 10
    spend(books, 1)
    wait_until_numbered(books)
    assert len(low(books)) == 2
    wait_until_numbered(books)  # the events about it have numbers too, and so deliveries
    assert {each["event_type"] for each in books.get(f"/webhooks/{webhook}/deliveries").expect(200).data} == {"credits.low_balance"}
    assert books.get(f"/webhooks/{webhook}/deliveries").expect(200)["total_count"] == 2


def test_many_who_cross_it_together_are_told_of_once(make_books):
    books = make_books(initial_credits=60)
    child = books.child()
    books.put("/billing", {"low_balance_threshold": 40}).expect(200)
    books.client.connections.prepare(30)
    for reply in together(30, lambda number: (books, child)[number % 2].post("/accounts", {"name": "x", "type": "asset"})):
        reply.expect(201)
    wait_until_numbered(books, child)
    assert remaining(books) == 25 and len(low(books)) == 1 and low(child) == []


def test_a_threshold_above_what_is_left_is_crossed_at_once(make_books):
    books = make_books(initial_credits=10)
    assert books.put("/billing", {"low_balance_threshold": 50}).expect(200)["is_low"] is True
    assert len(low(books)) == 1
    books.put("/billing", {"low_balance_threshold": 60}).expect(200)
    spend(books, 1)
    wait_until_numbered(books)
    assert len(low(books)) == 1
    books.put("/billing", {"low_balance_threshold": 5}).expect(200)
    books.put("/billing", {"low_balance_threshold": 20}).expect(200)
    assert len(low(books)) == 2


def test_what_is_charged_in_test_mode_is_watched_there(make_books):
    books = make_books(initial_credits=5)
    test = books.in_test_mode()
    test.put("/billing", {"low_balance_threshold": 5}).expect(200)
    assert billing(books)["low_balance_threshold"] is None
    spend(books, 1)
    spend(test, 1)
    wait_until_numbered(books)
    assert len(low(test)) == 1 and low(books) == []


def test_a_low_pool_orders_a_package_by_itself(make_books, operator):
    books = make_books(initial_credits=11)
    books.put("/billing", {"low_balance_threshold": 10, "auto_recharge_enabled": True, "auto_recharge_package_id": "credits_5000"}).expect(200)
    spend(books, 2)
    wait_until_numbered(books)
    [ordered] = books.get("/billing/purchases").expect(200).data
    assert (ordered["status"], ordered["is_automatic"], ordered["credits"], ordered["created_by"]) == ("pending", True, 5000, None)
    assert remaining(books) == 9  # nobody has paid
    # While it is pending, a second crossing orders nothing more.
    grant(operator, books, 1)
    spend(books, 1)
    wait_until_numbered(books)
    assert len(low(books)) == 2 and books.get("/billing/purchases").expect(200)["total_count"] == 1
    operate(operator, books, f"/purchases/{ordered['id']}/confirm").expect(200)
    assert remaining(books) == 5009 and billing(books)["is_low"] is False
