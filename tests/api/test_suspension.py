"""Suspending an organization: the next request of every key, those below it, and what waits meanwhile."""
import time

import pytest

REASON = {"reason": "Invoice 2026-014 is unpaid."}
PATHS = ("", "/accounts", "/transactions", "/jobs", "/api-keys", "/settings", "/events", "/drafts", "/reports/trial-balance")


@pytest.fixture
def suspend(operator):
    """Suspends organizations, and resumes them in the end so that their jobs run."""
    made = []

    def act(books):
        done = operator.post(f"{books.path}/suspend", REASON).expect(200)
        made.append(books)
        return done
    yield act
    for books in made:
        operator.post(f"{books.path}/resume")


def refused(seen, target):
    for path in PATHS:
        seen.client.get(target.path + path).expect(403, "organization_suspended")
    seen.client.post(f"{target.path}/accounts", {"name": "x", "type": "asset"}).expect(403, "organization_suspended")


def test_the_very_next_request_of_every_key_is_refused(books, operator, suspend):
    keys = [books, books.with_new_key(), books.in_test_mode(), books.with_new_key(permissions={})]
    for seen in keys[:3]:
        for path in PATHS:
            seen.get(path).expect(200)  # cached, by every program
    done = suspend(books)
    assert done["suspended_at"] and done["suspension_reason"] == REASON["reason"] and done.cost == 0
    before = books.snapshot()
    for seen in keys:
        refused(seen, books)
        for path in ("/organizations", "/currencies", "/currencies/CUR_USD"):
            seen.client.get(path).expect(403, "organization_suspended")
        seen.client.post("/organizations", {"name": "Way out"}).expect(403, "organization_suspended")
    assert books.snapshot() == before
    # The operator sees it, and why.
    for shown in (operator.get(books.path).expect(200).json, next(each for each in operator.get("/organizations", query={"is_suspended": "true"}).expect(200).data
                                                                  if each["id"] == books.id)):
        assert shown == done.json
    resumed = operator.post(f"{books.path}/resume").expect(200)
    assert resumed["suspended_at"] is None and resumed["suspension_reason"] is None
    for seen in keys[:3]:
        for path in PATHS:
            seen.get(path).expect(200)
    books.post_transaction()


def test_what_is_below_is_suspended_too(books, operator, suspend):
    middle = books.child()
    below = books.child(parent_organization_id=middle.id)
    linked = middle.with_new_key(include_children=True).child(relationship_type="linked")
    linked = linked.seen_with(linked.organization["api_key"]["secret"])
    side = books.child()
    own = {each.id: each.with_new_key(include_children=True) for each in (middle, below, linked, side)}
    suspend(middle)
    for each in (middle, below, linked):
        refused(own[each.id], each)
        own[each.id].client.get("/currencies").expect(403, "organization_suspended")
    for each in (middle, below):
        refused(books, each)  # by a key from above too
    for each in (books, side):
        books.client.get(f"{each.path}/accounts").expect(200)
    own[side.id].get("/accounts").expect(200)
    shown = {each["id"]: each["suspended_at"] is not None for each in books.client.get("/organizations").expect(200).data}
    assert shown[middle.id] is True and shown[below.id] is shown[books.id] is False
    books.client.post("/organizations", {"name": "x", "parent_organization_id": below.id}).expect(403, "organization_suspended")
    books.client.post(f"{side.path}/move", {"parent_organization_id": middle.id}).expect(403, "organization_suspended")
    # Suspended twice over, one of them by itself.
    suspend(below)
    operator.post(f"{linked.path}/resume").expect(422, "invalid_state")
    operator.post(f"{middle.path}/resume").expect(200)
    own[middle.id].get("/accounts").expect(200)
    own[linked.id].get("/accounts").expect(200)
    refused(own[below.id], below)
    operator.post(f"{below.path}/resume").expect(200)
    own[below.id].get("/accounts").expect(200)


def test_who_is_moved_out_of_what_is_suspended(books, suspend, database):
    """Only keys that are not suspended move anything, so a suspended part stays where it is."""
    middle = books.child()
    below = books.child(parent_organization_id=middle.id)
    suspend(middle)
    books.client.post(f"{below.path}/move", {"parent_organization_id": books.id}).expect(403, "organization_suspended")
    assert database.value(f"select sum(is_suspended) from books where organization_id = x'{int(below.id[4:], 36):032x}'") == "2"


def test_states(books, operator, suspend):
    operator.post(f"{books.path}/resume").expect(422, "invalid_state")
    suspend(books)
    before = books.snapshot()
    operator.post(f"{books.path}/suspend", REASON).expect(422, "invalid_state")
    assert books.snapshot() == before
    operator.post(f"{books.path}/resume").expect(200)
    operator.post(f"{books.path}/resume").expect(422, "invalid_state")


@pytest.mark.parametrize("body, named", [({}, ["reason"]), ({"reason": ""}, ["reason"]), ({"reason": None}, ["reason"]), ({"reason": "x" * 1001}, ["reason"]),
                                         ({"reason": 7}, ["reason"]), ({"reason": "x", "until": "2027-01-01"}, ["until"])])
def test_a_reason_is_needed(still_books, operator, body, named):
    before = still_books.snapshot()
    operator.post(f"{still_books.path}/suspend", body).expect(400, "invalid_request", named)
    assert still_books.snapshot() == before
    still_books.get("/accounts").expect(200)


def test_only_an_operator_suspends(books, operator):
    child = books.child()
    keys = [(books, 403), (child.with_new_key(), 403), (books.with_new_key(include_children=True, permissions={"organizations": ["read"]}), 403),
            (books.with_new_key(), 404)]
    before = child.snapshot()
    for seen, status in keys:
        for action, body in (("suspend", [REASON]), ("resume", [])):
            seen.client.post(f"{child.path}/{action}", *body).expect(status, "insufficient_permissions" if status == 403 else "resource_not_found")
    operator.post("/organizations/org_0000000000000000000000000/suspend", REASON).expect(404, "resource_not_found")
    assert child.snapshot() == before


def test_the_event_tells_before_and_after(books, operator, suspend):
    done = suspend(books)
    operator.post(f"{books.path}/resume").expect(200)
    told = {each["event_type"]: each for each in books.get("/events", entity_id=books.id).expect(200).data}
    assert told["organization.suspended"]["metadata"] == {
        "before": {"suspended_at": None, "suspension_reason": None}, "after": {"suspended_at": done["suspended_at"], "suspension_reason": REASON["reason"]}}
    assert told["organization.resumed"]["metadata"] == {
        "before": {"suspended_at": done["suspended_at"], "suspension_reason": REASON["reason"]}, "after": {"suspended_at": None, "suspension_reason": None}}


def test_a_suspension_for_another_version_is_refused(books, operator, suspend):
    tag = operator.get(books.path).expect(200).headers["etag"]
    operator.post(f"{books.path}/suspend", REASON, headers={"If-Match": '"other"'}).expect(412, "version_mismatch")
    operator.post(f"{books.path}/suspend", REASON, headers={"If-Match": tag}).expect(200)
    operator.post(f"{books.path}/resume", headers={"If-Match": tag}).expect(412, "version_mismatch")
    operator.post(f"{books.path}/resume", headers={"If-Match": "*"}).expect(200)


def test_deliveries_go_on(books, operator, suspend):
    """A webhook hears of the suspension itself."""
    webhook = books.post("/webhooks", {"url": "https://receiver.invalid/", "event_types": ["organization.suspended"]}).expect(201)["id"]
    suspend(books)
    count = f"select count(*) from webhook_deliveries where webhook_id = x'{int(webhook[4:], 36):032x}' and event_type = 'organization.suspended' and attempts > 0"
    deadline = time.monotonic() + 20
    while books.database.value(count) == "0" and time.monotonic() < deadline:
        time.sleep(0.1)
    assert books.database.value(count) == "1"
