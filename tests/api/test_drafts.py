"""Drafts: every operation can be drafted, tried and approved as if it were sent directly, and some organizations take nothing else."""
import pytest
from books import TODAY, Books
from client import together

# Every operation that can be drafted: what its path names, its body, and one that is refused. The document says which they are.
OPERATIONS = {
    "accounts.create": (lambda b: ({}, {"name": "Savings", "type": "asset", "code": "1051"}), lambda b: ({}, {"name": "", "type": "x"})),
    "accounts.update": (lambda b: ({"account_id": b.make_account()["id"]}, {"name": "After"}), lambda b: ({"account_id": b.account("1010")}, {"code": "4000"})),
    "accounts.delete": (lambda b: ({"account_id": b.make_account()["id"]}, {}), lambda b: ({"account_id": b.account("1010")}, {})),
    "transactions.create": (lambda b: ({}, b.transaction(status="posted")), lambda b: ({}, unbalanced(b))),
    "transactions.update": (lambda b: ({"transaction_id": b.pend_transaction()["id"]}, {"description": "After"}),
                            lambda b: ({"transaction_id": b.post_transaction()["id"]}, {"description": "After"})),
    "transactions.delete": (lambda b: ({"transaction_id": b.pend_transaction()["id"]}, {}), lambda b: ({"transaction_id": b.post_transaction()["id"]}, {})),
    "transactions.post": (lambda b: ({"transaction_id": b.pend_transaction()["id"]}, {}), lambda b: ({"transaction_id": b.post_transaction()["id"]}, {})),
    "transactions.reverse": (lambda b: ({"transaction_id": b.post_transaction()["id"]}, {"date": TODAY, "reason": "Wrong"}),
                             lambda b: ({"transaction_id": b.pend_transaction()["id"]}, {"date": TODAY})),
    "transactions.batch": (lambda b: ({}, {"transactions": [b.transaction(status="posted"), b.transaction()]}),
                           lambda b: ({}, {"transactions": [b.transaction(), unbalanced(b)]})),
    "organizations.update": (lambda b: ({}, {"name": "After"}), lambda b: ({}, {"name": "", "timezone": "Mars"})),
    "settings.update": (lambda b: ({"setting_key": "payment_terms_days"}, {"value": 14}), lambda b: ({"setting_key": "payment_terms_days"}, {"value": "x"})),
    "billing.update": (lambda b: ({}, {"low_balance_threshold": 5}), lambda b: ({}, {"low_balance_threshold": 0, "billing_email": "x"})),
    "billing.purchase": (lambda b: ({}, {"package_id": "credits_1000"}), lambda b: ({}, {"package_id": "credits_7"})),
    "webhooks.update": (lambda b: ({"webhook_id": make_webhook(b)}, {"description": "After"}), lambda b: ({"webhook_id": make_webhook(b)}, {"url": "ftp://receiver.invalid/"})),
    "webhooks.delete": (lambda b: ({"webhook_id": make_webhook(b)}, {}), lambda b: ({"webhook_id": ABSENT["webhook_id"]}, {})),
}
ABSENT = {"account_id": "act_0000000000000000000000000", "transaction_id": "txn_0000000000000000000000000", "setting_key": "nonesuch",
          "webhook_id": "whk_0000000000000000000000000"}


def make_webhook(books):
    return books.post("/webhooks", {"url": "https://receiver.invalid/", "event_types": ["report.nothing"]}).expect(201)["id"]


def unbalanced(books):
    body = books.transaction()
    body["entries"][0]["amount"] = "11.00"
    return body


def routes_of(contract, *modes):
    """Operation to route, of those with these modes."""
    found = {route.operation["x-crane-operation"]: route for route in contract.routes if route.operation["x-crane-mode"] in modes}
    assert found
    return found


def draft(books, operation, path_parameters=None, payload=None):
    body = {"operation": operation, "path_parameters": path_parameters, "payload": payload}
    return books.post("/drafts", {name: value for name, value in body.items() if value is not None}).expect(201).json


def draft_of(books, operation, *, sound=True):
    return draft(books, operation, *OPERATIONS[operation][0 if sound else 1](books))


def send(books, route, path_parameters, payload, **options):
    """The same, sent to the operation's own route."""
    values = {"organization_id": books.id, **path_parameters}
    path = "/".join(values[part[1:-1]] if part.startswith("{") else part for part in route.path.split("/"))
    body = [payload] if "requestBody" in route.operation else []
    return books.client.request(route.method, path, *body, **options)


def refusal(reply):
    return {name: value for name, value in reply.error.items() if name != "request_id"}


def tables_changed(before, after):
    return {table for table in before if before[table] != after[table]}


READ_WRITE = ("read", "write", "delete")


def with_rights(books, mode="live", **permissions):
    return books.with_new_key(mode=mode, permissions={name: list(actions) for name, actions in permissions.items()})


def clerk_of(books, mode="live"):
    """May do everything but approve."""
    return with_rights(books, mode, **{"*": READ_WRITE})


# Every operation.

def test_the_table_above_is_complete(contract):
    assert set(OPERATIONS) == set(routes_of(contract, "direct", "queued"))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_is_drafted_tried_and_approved(books, contract, operation):
    path_parameters, payload = OPERATIONS[operation][0](books)
    made = draft(books, operation, path_parameters, payload)
    assert {name: made[name] for name in ("operation", "path_parameters", "payload", "status")} == {
        "operation": operation, "path_parameters": path_parameters, "payload": payload, "status": "open"}
    assert made["validation"] == {"valid": True, "errors": []} and made["livemode"] is True and made["organization_id"] == books.id
    assert made["created_by"] == books.api_key["id"]
    assert [made[name] for name in ("reason", "resource", "result", "job_id", "decided_by", "decided_at")] == [None] * 6
    assert books.get(f"/drafts/{made['id']}").expect(200).json == made

    before = books.snapshot()
    tried = books.post(f"/drafts/{made['id']}/validate").expect(200)
    assert tried.json == {**made, "updated_at": tried["updated_at"]} and tried.cost == 0
    assert tables_changed(before, books.snapshot()) == {"drafts", "events"}

    route = routes_of(contract, "direct", "queued")[operation]
    seat = books.with_new_key()
    reply = seat.post(f"/drafts/{made['id']}/approve")
    if route.operation["x-crane-mode"] == "queued":
        reply.expect(202)
        assert reply.headers["location"] == f"{books.path}/jobs/{reply['id']}" and reply["operation"] == operation
        job = books.wait_for(reply.json)
        done = books.get(f"/drafts/{made['id']}").expect(200)
        assert done["job_id"] == job["id"] and done["resource"] == job["resource"] and done["result"] is None
        shown = job["result"]
    else:
        done = reply.expect(200)
        assert reply.cost == int(route.operation["x-crane-credits"])
        shown = done["result"]
        assert (shown is None) is ("204" in route.operation["responses"])
        assert done["resource"]["object"] and (shown is None or shown.get("id", shown.get("key")) == done["resource"]["id"])
    assert done["status"] == "approved" and done["decided_by"] == seat.api_key["id"] and done["decided_at"] and done["created_by"] == books.api_key["id"]
    assert books.get(f"/drafts/{made['id']}").expect(200).json == done.json
    if shown:
        # What the operation's own route would have answered.
        status = next(status for status in ("201", "200") if status in route.operation["responses"])
        contract.check_schema(route.operation["responses"][status]["content"]["application/json"]["schema"], shown, "result")
    # What happened bears the operation's name and its credits.
    told = books.database.rows(f"select operation, sum(credits), count(*) from events where books_id in ({books.books_ids()}) and request_id = "
                               f"'{reply.headers['x-request-id']}' group by operation")
    assert ("drafts.approve", "0", "1") in told and operation in {row[0] for row in told}
    books.post(f"/drafts/{made['id']}/approve").expect(422, "invalid_state")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_draft_is_refused_for_what_a_direct_write_is_refused_for(books, contract, operation):
    route = routes_of(contract, "direct", "queued")[operation]
    cases = [OPERATIONS[operation][1](books)]
    sound = OPERATIONS[operation][0](books)
    if sound[0]:
        cases.append(({name: ABSENT[name] for name in sound[0]}, sound[1]))
        cases.append(({name: "nothing" for name in sound[0]}, sound[1]))
    if "requestBody" in route.operation:
        cases.append((sound[0], {**sound[1], "colour": "red"}))
    for path_parameters, payload in cases:
        direct = send(books, route, path_parameters, payload)
        assert direct.status >= 400
        made = draft(books, operation, path_parameters, payload)
        assert made["validation"] == {"valid": False, "errors": [refusal(direct)]}
        before = books.snapshot()
        refused = books.post(f"/drafts/{made['id']}/approve").expect(direct.status, direct.code)
        assert refusal(refused) == refusal(direct) and refused.cost == 0
        assert books.snapshot() == before
        assert books.get(f"/drafts/{made['id']}").expect(200).json == made


def test_what_takes_no_body_is_drafted_without(books):
    path = {"account_id": books.make_account()["id"]}
    made = draft(books, "accounts.delete", path, {"force": "yes"})
    direct = books.client.request("DELETE", f"{books.path}/accounts/{path['account_id']}", {"force": "yes"}).expect(400, "invalid_request")
    assert made["validation"]["errors"] == [refusal(direct)]
    books.put(f"/drafts/{made['id']}", {"payload": {}}).expect(200)
    books.post(f"/drafts/{made['id']}/approve").expect(200)


def test_what_is_only_direct_is_not_drafted(still_books, contract):
    before = still_books.snapshot()
    for operation in routes_of(contract, "direct only"):
        still_books.post("/drafts", {"operation": operation, "payload": {"name": "x"}}).expect(400, "invalid_request", ["operation"])
    assert {"drafts.create", "drafts.approve", "api_keys.create", "jobs.cancel"} <= set(routes_of(contract, "direct only"))
    assert still_books.snapshot() == before


FAULTY = [  # body, fields
    ({}, ["operation"]), ({"operation": ""}, ["operation", "operation"]), ({"operation": None}, ["operation"]), ({"operation": 7}, ["operation"]),
    ({"operation": "nonesuch"}, ["operation"]), ({"operation": "accounts.list"}, ["operation"]), ({"operation": "Accounts.create"}, ["operation"]),
    ({"operation": "x" * 65}, ["operation"]), ({"operation": "accounts.create", "payload": []}, ["payload"]),
    ({"operation": "accounts.create", "payload": None}, ["payload"]), ({"operation": "accounts.create", "payload": "{}"}, ["payload"]),
    ({"operation": "accounts.create", "path_parameters": {"account_id": "act_1"}}, ["path_parameters.account_id"]),
    ({"operation": "accounts.update"}, ["path_parameters.account_id"]), ({"operation": "accounts.update", "path_parameters": {}}, ["path_parameters.account_id"]),
    ({"operation": "accounts.update", "path_parameters": {"account_id": 7}}, ["path_parameters.account_id"]),
    ({"operation": "accounts.update", "path_parameters": {"account_id": ""}}, ["path_parameters.account_id"]),
    ({"operation": "accounts.update", "path_parameters": {"account_id": "x" * 65}}, ["path_parameters.account_id"]),
    ({"operation": "accounts.update", "path_parameters": {"account_id": None, "id": "x"}}, ["path_parameters.account_id", "path_parameters.id"]),
    ({"operation": "accounts.update", "path_parameters": {"account_id": "act_1", "organization_id": "x"}}, ["path_parameters.organization_id"]),
    ({"operation": "accounts.update", "path_parameters": ["act_1"]}, ["path_parameters"]), ({"operation": "accounts.update", "path_parameters": None}, ["path_parameters"]),
    ('{"operation": "accounts.update", "path_parameters": {"account_id": "a", "account_id": "b"}}', ["path_parameters.account_id"]),
    ({"operation": "accounts.create", "status": "approved", "result": {}}, ["status", "result"]),
    ({"operation": "nonesuch", "payload": 1, "path_parameters": 1, "x": 1}, ["operation", "payload", "path_parameters", "x"]), ([], [""]),
]


@pytest.mark.parametrize("body, fields", FAULTY, ids=[str(row[0])[:70] for row in FAULTY])
def test_a_faulty_draft_is_refused(still_books, body, fields):
    before = still_books.snapshot()
    refused = still_books.post("/drafts", body).expect(400, "invalid_request")
    assert sorted(set(refused.fields)) == sorted(set(fields))
    assert still_books.snapshot() == before


# An open draft.

def test_an_open_draft_is_changed_and_tried_again(books):
    first, second = books.make_account()["id"], books.make_account()["id"]
    made = draft(books, "accounts.update", {"account_id": first}, {"code": "1010"})
    assert [error["code"] for error in made["validation"]["errors"]] == ["already_exists"]
    changed = books.put(f"/drafts/{made['id']}", {"payload": {"name": "After"}}).expect(200).json
    assert changed == {**made, "payload": {"name": "After"}, "validation": {"valid": True, "errors": []}, "updated_at": changed["updated_at"]}
    moved = books.put(f"/drafts/{made['id']}", {"path_parameters": {"account_id": second}}).expect(200).json
    assert moved == {**changed, "path_parameters": {"account_id": second}, "updated_at": moved["updated_at"]}
    assert books.put(f"/drafts/{made['id']}", {}).expect(200)["payload"] == {"name": "After"}
    books.post(f"/drafts/{made['id']}/approve").expect(200)
    assert (books.get(f"/accounts/{second}").expect(200)["name"], books.get(f"/accounts/{first}").expect(200)["name"] == "After") == ("After", False)


CHANGES = [({"operation": "accounts.delete"}, ["operation"]), ({"payload": 7}, ["payload"]), ({"payload": None}, ["payload"]), ({"path_parameters": {}}, ["path_parameters.account_id"]),
           ({"path_parameters": {"id": "x"}}, ["path_parameters.account_id", "path_parameters.id"]), ({"status": "approved"}, ["status"]),
           ({"payload": [], "path_parameters": [], "x": 1}, ["payload", "path_parameters", "x"])]


@pytest.mark.parametrize("body, fields", CHANGES, ids=[str(row[0]) for row in CHANGES])
def test_a_faulty_change_is_refused(still_books, body, fields):
    made = draft_of(still_books, "accounts.update")
    before = still_books.snapshot()
    still_books.put(f"/drafts/{made['id']}", body).expect(400, "invalid_request", fields)
    assert still_books.snapshot() == before


def test_trying_tells_of_the_books_as_they_are(books):
    made = draft_of(books, "accounts.create")
    other = books.make_account("1051")
    assert books.get(f"/drafts/{made['id']}").expect(200)["validation"]["valid"] is True  # as it was tried last
    tried = books.post(f"/drafts/{made['id']}/validate").expect(200)
    assert tried["validation"]["valid"] is False and tried["validation"]["errors"][0]["status"] == 409
    books.delete(f"/accounts/{other['id']}").expect(204)
    assert books.post(f"/drafts/{made['id']}/validate").expect(200)["validation"] == {"valid": True, "errors": []}


def test_a_draft_is_deleted_while_it_is_open(books):
    made = draft_of(books, "accounts.create")
    books.delete(f"/drafts/{made['id']}").expect(204)
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/validate"), ("POST", "/approve"), ("POST", "/reject")):
        books.client.request(method, f"{books.path}/drafts/{made['id']}{path}").expect(404, "resource_not_found")
    books.put(f"/drafts/{made['id']}", {"payload": {}}).expect(404, "resource_not_found")


def test_a_draft_is_rejected(books):
    made = draft_of(books, "accounts.create")
    before = books.snapshot()
    done = books.post(f"/drafts/{made['id']}/reject", {"reason": "Too many accounts"}).expect(200)
    assert done.json == {**made, "status": "rejected", "reason": "Too many accounts", "decided_by": books.api_key["id"], "decided_at": done["decided_at"],
                         "updated_at": done["updated_at"]}
    assert done["decided_at"] and tables_changed(before, books.snapshot()) == {"drafts", "events"}
    other = draft_of(books, "accounts.create")
    assert books.post(f"/drafts/{other['id']}/reject").expect(200)["reason"] is None
    books.post(f"/drafts/{draft_of(books, 'accounts.create')['id']}/reject", {"reason": "x" * 1001, "why": "x"}).expect(400, "invalid_request", ["reason", "why"])


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_what_is_decided_stays(books, decision):
    made = draft_of(books, "accounts.create")
    books.post(f"/drafts/{made['id']}/{decision}").expect(200)
    before = books.snapshot()
    for method, path in (("DELETE", ""), ("POST", "/validate"), ("POST", "/approve"), ("POST", "/reject")):
        refused = books.client.request(method, f"{books.path}/drafts/{made['id']}{path}").expect(422, "invalid_state")
        assert refused.error["details"]["status"] in ("approved", "rejected")
    books.put(f"/drafts/{made['id']}", {"payload": {}}).expect(422, "invalid_state")
    assert books.snapshot() == before


# Approval.

def test_of_many_approvals_one_takes_effect(books):
    made = draft_of(books, "transactions.create")
    replies = together(8, lambda _: books.post(f"/drafts/{made['id']}/approve"))
    assert sorted(reply.status for reply in replies) == [200] + [422] * 7
    assert {reply.code for reply in replies} == {None, "invalid_state"}
    assert books.balance("1010") == "12.00" and len(books.get("/transactions").expect(200).data) == 1


def test_of_many_approvals_one_queues(books):
    made = draft_of(books, "transactions.batch")
    replies = together(6, lambda _: books.post(f"/drafts/{made['id']}/approve"))
    assert sorted(reply.status for reply in replies) == [202] + [422] * 5
    [job] = books.get("/jobs").expect(200).data
    books.wait_for(job)
    assert books.balance("1010") == "12.00"


def test_approving_and_rejecting_at_once(books):
    for _ in range(5):
        made = draft_of(books, "transactions.create")
        replies = together(2, lambda seat: books.post(f"/drafts/{made['id']}/{('approve', 'reject')[seat]}"))
        assert sorted(reply.status for reply in replies) == [200, 422]
    approved = books.get("/drafts", status="approved", count="true").expect(200)["total_count"]
    assert len(books.get("/transactions").expect(200).data) == approved


def test_once_for_each_idempotency_key(books):
    once = {"Idempotency-Key": "k"}
    for operation, status in (("transactions.create", 200), ("transactions.batch", 202)):
        made = draft_of(books, operation)
        keyed = {"Idempotency-Key": f"k-{operation}"}
        first = books.post(f"/drafts/{made['id']}/approve", headers=keyed).expect(status)
        again = books.post(f"/drafts/{made['id']}/approve", headers=keyed).expect(status)
        assert again.body == first.body and again.headers["idempotent-replayed"] == "true"
    books.wait_for(books.get("/jobs").expect(200).data[0])
    assert books.balance("1010") == "24.00"
    body = {"operation": "accounts.create", "payload": {"name": "x", "type": "asset"}}
    assert books.post("/drafts", body, headers=once).expect(201).json == books.post("/drafts", body, headers=once).expect(201).json
    assert books.get("/drafts", operation="accounts.create").expect(200)["total_count"] == 1


def test_the_draft_that_was_read_is_approved(books):
    made = draft_of(books, "accounts.create")
    tag = books.get(f"/drafts/{made['id']}").expect(200).headers["etag"]
    changed = books.put(f"/drafts/{made['id']}", {"payload": {"name": "Other", "type": "asset"}}, headers={"If-Match": tag}).expect(200)
    books.post(f"/drafts/{made['id']}/approve", headers={"If-Match": tag}).expect(412, "version_mismatch")
    done = books.post(f"/drafts/{made['id']}/approve", headers={"If-Match": changed.headers["etag"]}).expect(200)
    assert done["result"]["name"] == "Other"
    assert books.get(f"/drafts/{made['id']}").expect(200).headers["etag"] == done.headers["etag"]


def test_approving_needs_both_permissions(books):
    made = draft_of(books, "transactions.create")
    for rights, missing in (({"drafts": READ_WRITE, "transactions": READ_WRITE}, "drafts:approve"), ({"*": READ_WRITE}, "drafts:approve"),
                            ({"drafts": ("approve",)}, "transactions:write"), ({"drafts": ("approve",), "transactions": ("read", "delete")}, "transactions:write")):
        seat = with_rights(books, **rights)
        before = books.snapshot()
        refused = seat.post(f"/drafts/{made['id']}/approve").expect(403, "insufficient_permissions")
        assert refused.error["details"]["permission"] == missing
        assert books.snapshot() == before
    seat = with_rights(books, drafts=("approve",), transactions=("write",))
    assert seat.post(f"/drafts/{made['id']}/approve").expect(200)["result"]["created_by"] == seat.api_key["id"]
    # Drafting, trying and rejecting need nothing of the operation's own.
    clerk = with_rights(books, drafts=("write", "approve"))
    other = draft(clerk, "transactions.create", {}, books.transaction())
    clerk.post(f"/drafts/{other['id']}/validate").expect(200)
    clerk.post(f"/drafts/{other['id']}/reject").expect(200)


def test_a_draft_costs_when_it_is_approved(make_books):
    books = make_books(initial_credits=1)
    made = draft_of(books, "transactions.create")
    assert int(books.get("").headers["x-credits-remaining"]) == 1
    done = books.post(f"/drafts/{made['id']}/approve").expect(200)
    assert done.cost == 1 and int(done.headers["x-credits-remaining"]) == 0
    # Nothing is left, and what would be short of credits says so.
    poor = draft_of(books, "transactions.create")
    assert [error["code"] for error in poor["validation"]["errors"]] == ["insufficient_credits"]
    batch = draft_of(books, "transactions.batch")
    for each in (poor, batch):
        books.post(f"/drafts/{each['id']}/approve").expect(402, "insufficient_credits")
        assert books.get(f"/drafts/{each['id']}").expect(200)["status"] == "open"
    free = draft_of(books, "settings.update")
    assert books.post(f"/drafts/{free['id']}/approve").expect(200).cost == 0


def test_a_dry_run_that_was_drafted_stays_one(books):
    made = draft(books, "transactions.batch", None, {"dry_run": True, "transactions": [books.transaction(status="posted")]})
    done = books.post(f"/drafts/{made['id']}/approve").expect(200)
    assert done["result"]["dry_run"] is True and done["result"]["succeeded"] == 1 and done["job_id"] is None and done.cost == 0
    assert books.get("/transactions").expect(200).data == []


def test_a_large_batch_that_was_drafted(books):
    items = [books.transaction("0.01", status="posted") for _ in range(2500)]
    made = draft(books, "transactions.batch", None, {"mode": "continue", "transactions": items + [unbalanced(books)]})
    assert made["validation"]["valid"] is True and len(made["payload"]["transactions"]) == 2501
    job = books.wait_for(books.post(f"/drafts/{made['id']}/approve").expect(202).json)
    assert job["result"]["succeeded"] == 2500 and job["result"]["failed"] == 1 and job["progress"] == {"done": 2501, "total": 2501}
    assert books.balance("1010") == "25.00"


def test_what_the_approval_changes_is_seen_at_once(books):
    """The caches learn of it as of a direct write."""
    for name in ("One", "Two", "Three"):
        made = draft(books, "organizations.update", None, {"name": name})
        books.post(f"/drafts/{made['id']}/approve").expect(200)
        assert books.get("").expect(200)["name"] == name


def test_a_flood_of_jobs_is_refused_before_the_draft_is_decided(stack, books):
    made = draft_of(books, "transactions.batch")
    seats = [books, books.with_new_key()]
    with stack.without("worker"):
        together(10, lambda seat: [seats[seat % 2].post("/accounts", {"name": "x", "type": "asset"}, headers={"Prefer": "respond-async"}).expect(202) for _ in range(100)])
        before = books.snapshot()
        books.post(f"/drafts/{made['id']}/approve").expect(429, "too_many_queued_jobs")
        assert books.snapshot() == before
    while waiting := books.get("/jobs", status="queued,processing", limit=1).expect(200).data:
        books.wait_for(waiting[0])
    books.wait_for(books.post(f"/drafts/{made['id']}/approve").expect(202).json)


def test_drafts_are_never_queued(books):
    made = books.post("/drafts", {"operation": "accounts.create", "payload": {"name": "x", "type": "asset"}}, headers={"Prefer": "respond-async"}).expect(201)
    assert "preference-applied" not in made.headers
    books.post(f"/drafts/{made['id']}/approve", headers={"Prefer": "respond-async"}).expect(200)
    assert books.get("/jobs").expect(200).data == []


# Lists, books and tenants.

def test_drafts_are_listed_and_filtered(books):
    made = [draft_of(books, operation) for operation in ("accounts.create", "transactions.create", "accounts.create", "settings.update")]
    ids = [each["id"] for each in made]
    books.post(f"/drafts/{ids[1]}/approve").expect(200)
    books.post(f"/drafts/{ids[2]}/reject").expect(200)

    def listed(**query):
        return [each["id"] for each in books.get("/drafts", **query).expect(200).data]
    assert listed() == ids[::-1] and listed(sort="created_at") == ids
    assert listed(status="open") == [ids[3], ids[0]] and listed(status="approved,rejected", sort="created_at") == [ids[1], ids[2]]
    assert listed(operation="accounts.create") == [ids[2], ids[0]] and listed(operation="accounts.create", status="open") == [ids[0]]
    assert listed(operation="nonesuch") == []
    assert listed(created_at__gte=made[2]["created_at"]) == ids[:1:-1] and listed(created_at__lt=made[2]["created_at"]) == ids[1::-1]
    assert listed(limit=2) == ids[:1:-1] and listed(limit=2, starting_after=ids[2]) == ids[1::-1] and listed(limit=2, ending_before=ids[1]) == ids[:1:-1]
    page = books.get("/drafts", limit=3, offset=2).expect(200)
    assert (page["has_more"], page["total_count"]) == (False, 4)
    for query, fields in (({"status": "asleep"}, ["status"]), ({"sort": "operation"}, ["sort"]), ({"starting_after": "drf_1"}, ["starting_after"]), ({"limit": 0}, ["limit"])):
        books.get("/drafts", **query).expect(400, "invalid_request", fields)
    books.get("/drafts", resource="x").expect(400, "unknown_parameter")


def test_a_draft_is_absent_elsewhere(books, make_books):
    made = draft_of(books, "accounts.create")
    for seen in (make_books(), books.in_test_mode()):
        for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/validate"), ("POST", "/reject")):
            seen.client.request(method, f"{seen.path}/drafts/{made['id']}{path}").expect(404, "resource_not_found")
        seen.put(f"/drafts/{made['id']}", {"payload": {}}).expect(404, "resource_not_found")
        assert seen.get("/drafts").expect(200).data == []
    for wrong in ("drf_0000000000000000000000000", "drf_1", "act_0000000000000000000000000", "x"):
        books.get(f"/drafts/{wrong}").expect(404, "resource_not_found")
        books.post(f"/drafts/{wrong}/approve").expect(404, "resource_not_found")


def test_a_draft_in_test_mode_stays_there(books):
    test = books.in_test_mode()
    made = draft_of(test, "transactions.create")
    assert made["livemode"] is False
    assert test.post(f"/drafts/{made['id']}/approve").expect(200)["result"]["livemode"] is False
    assert (test.balance("1010"), books.balance("1010")) == ("12.00", "0.00")


def test_a_draft_names_no_resource_of_another(books, make_books):
    theirs = make_books().make_account()["id"]
    made = draft(books, "accounts.update", {"account_id": theirs}, {"name": "Taken over"})
    assert [error["status"] for error in made["validation"]["errors"]] == [404]
    books.post(f"/drafts/{made['id']}/approve").expect(404, "resource_not_found")


# Who must draft.

@pytest.fixture(scope="module")
def strict(operator, database, audit):
    """Books that take writes as drafts only, requests that would do otherwise, and a clerk who approves none."""
    books = Books.create(operator, database)
    books.requests = {operation: sound(books) for operation, (sound, _) in OPERATIONS.items()}
    books.clerk = clerk_of(books)
    books.put("", {"require_draft_approval": True}).expect(200)
    yield books
    audit.organization(books.id)


def test_a_key_that_approves_none_drafts_everything(strict, contract):
    before = strict.snapshot()
    for operation, route in routes_of(contract, "direct", "queued").items():
        if operation == "settings.update":
            continue
        for headers in ({}, {"Prefer": "respond-async"}, {"Idempotency-Key": operation}):
            refused = send(strict.clerk, route, *strict.requests[operation], headers=headers).expect(403, "draft_required")
            assert operation in refused.error["message"] and refused.cost == 0
    assert strict.snapshot() == before
    for operation in OPERATIONS:
        assert draft(strict.clerk, operation, *strict.requests[operation])["validation"]["valid"] is True


def test_what_a_key_that_approves_none_still_writes(strict):
    clerk = strict.clerk
    clerk.put("/settings/rounding", {"value": "document"}).expect(200)
    clerk.make_key(permissions={"*": ["read"]})
    clerk.get("/accounts").expect(200)
    made = draft(clerk, "accounts.create", None, {"name": "Drafted", "type": "asset"})
    clerk.post(f"/drafts/{made['id']}/validate").expect(200)
    clerk.post(f"/drafts/{made['id']}/approve").expect(403, "insufficient_permissions")
    assert strict.post(f"/drafts/{made['id']}/approve").expect(200)["result"]["name"] == "Drafted"


def test_whoever_approves_writes_directly(strict):
    for seen in (strict, strict.with_new_key(), strict.in_test_mode()):
        seen.post("/accounts", {"name": "Direct", "type": "asset"}).expect(201)
    clerk_of(strict, "test").post("/accounts", {"name": "Test", "type": "asset"}).expect(403, "draft_required")


def test_a_missing_permission_comes_first(strict):
    with_rights(strict, accounts=("read",)).post("/accounts", {"name": "x", "type": "asset"}).expect(403, "insufficient_permissions")


def test_the_demand_holds_from_the_next_request_on(books):
    clerk = clerk_of(books)
    for is_required in (True, False, True):
        clerk.get("/accounts").expect(200)  # the cache knows the organization
        books.put("", {"require_draft_approval": is_required}).expect(200)
        reply = clerk.post("/accounts", {"name": "x", "type": "asset"})
        assert (reply.status, reply.code) == ((403, "draft_required") if is_required else (201, None))
    # Who may not write directly cannot lift it.
    clerk.put("", {"require_draft_approval": False}).expect(403, "draft_required")


def test_approving_is_of_drafts_alone(books):
    for permissions in ({"*": ["approve"]}, {"accounts": ["read", "approve"]}, {"drafts": ["sign"]}):
        refused = books.post("/api-keys", {"name": "x", "permissions": permissions}).expect(400, "invalid_request")
        assert refused.fields == [f"permissions.{next(iter(permissions))}"]
    made = books.make_key(permissions={"drafts": ["approve", "read"]})
    assert sorted(made["permissions"]["drafts"]) == ["approve", "read"]
    # A key that approves none makes none that does.
    clerk = clerk_of(books)
    clerk.post("/api-keys", {"name": "x", "permissions": {"drafts": ["approve"]}}).expect(403, "insufficient_permissions")
