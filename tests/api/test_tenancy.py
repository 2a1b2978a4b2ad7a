"""Every route of the document, walked with every key that must not pass: who sees what of whom."""
import time
from datetime import datetime, timedelta, timezone

import pytest
from books import Books, digest
from database import id_hex
from signing import SigningClient

# What a route's path parameters stand for, in the books of the organization that is visited.
PARAMETERS = {"organization_id": lambda v: v.id, "account_id": lambda v: v.account_id, "transaction_id": lambda v: v.transaction_id,
              "job_id": lambda v: v.job_id, "api_key_id": lambda v: v.key_id, "currency_id": lambda v: "CUR_USD", "setting_key": lambda v: "rounding",
              "draft_id": lambda v: v.draft_id,
              "organization_a": lambda v: v.id, "organization_b": lambda v: v.id,
              "event_id": lambda v: v.event_id, "webhook_id": lambda v: v.webhook_id, "delivery_id": lambda v: v.delivery_id,
              "purchase_id": lambda v: v.purchase_id}

# Bodies that would do, so that nothing but the key stands in the way.
BODIES = {
    "organizations.create": lambda v: {"name": "Child"}, "organizations.create_root": lambda v: {"name": "Root"},
    "organizations.create_child": lambda v: {"name": "Child"}, "organizations.suspend": lambda v: {"reason": "Rivalry"},
    "organizations.move": lambda v: {"parent_organization_id": v.id}, "organizations.update": lambda v: {"name": "Taken over"},
    "api_keys.create": lambda v: {"name": "Back door"}, "api_keys.update": lambda v: {"name": "Taken over"}, "api_keys.rotate": lambda v: {"overlap_seconds": 0},
    "accounts.create": lambda v: {"name": "Hidden", "type": "asset"}, "accounts.update": lambda v: {"name": "Taken over"},
    "transactions.create": lambda v: v.transaction(status="posted"), "transactions.update": lambda v: {"description": "Taken over"},
    "transactions.batch": lambda v: {"transactions": [v.transaction()]}, "settings.update": lambda v: {"value": "document"},
    "drafts.create": lambda v: {"operation": "accounts.create", "payload": {"name": "Hidden", "type": "asset"}},
    "drafts.update": lambda v: {"payload": {"name": "Taken over"}},
    "webhooks.create": lambda v: {"url": "https://receiver.invalid/back-door"}, "webhooks.update": lambda v: {"url": "https://receiver.invalid/taken-over"},
    "billing.update": lambda v: {"billing_email": "thief@example.com"}, "billing.purchase": lambda v: {"package_id": "credits_1000"},
    "billing.grant": lambda v: {"credits": 1000, "reason": "For free"},
}
# What no key but an operator's may do, whatever its permissions.
OPERATOR_ONLY = {"billing.grant", "billing.confirm_purchase", "organizations.create_root", "organizations.suspend", "organizations.resume"}
# The one write that both modes share: the organization itself is one, and its name is that of both of its sets of books.
OF_BOTH_MODES = {"organizations.update", "organizations.move"}
# What every set of books has under the same name: a key of either mode finds its own.
NAMED_ALIKE = {"settings.get", "settings.update"}


class Visited(Books):
    """An organization with one of everything."""

    def furnish(self):
        self.account_id = self.make_account()["id"]
        self.transaction_id = self.post_transaction()["id"]
        job = self.post("/accounts", {"name": "x", "type": "asset"}, headers={"Prefer": "respond-async"}).expect(202).json
        self.job_id = self.wait_for(job)["id"]
        self.key_id = self.make_key()["id"]
        self.draft_id = self.post("/drafts", {"operation": "accounts.create", "payload": {"name": "x", "type": "asset"}}).expect(201)["id"]
        self.event_id = self.get("/events", event_type="account.created").expect(200).data[0]["id"]
        self.webhook_id = self.post("/webhooks", {"url": "https://receiver.invalid/", "event_types": ["report.nothing"]}).expect(201)["id"]
        self.purchase_id = self.post("/billing/purchases", {"package_id": "credits_1000"}).expect(201)["id"]
        self.delivery_id = self.post(f"/webhooks/{self.webhook_id}/test").expect(200)["id"]
        return self

    @property
    def ids(self):
        """What only a key of this mode sees."""
        return {self.account_id, self.transaction_id, self.job_id, self.key_id, self.draft_id, self.event_id, self.webhook_id, self.delivery_id,
                self.purchase_id}

    def furnished_in_test_mode(self, operator):
        """The organization's other books, with one of everything; their key may ask as often as a live one."""
        made = self.make_key(mode="test")
        operator.put(f"{self.path}/api-keys/{made['id']}", {"rate_limit_per_minute": 1000}).expect(200)
        return Visited(self.client.with_key(made["secret"]), self.organization, self.database, made).furnish()

    def send(self, client, route, **options):
        parts = [PARAMETERS[part[1:-1]](self) if part.startswith("{") else part for part in route.path.split("/")]
        operation = route.operation["operationId"]
        body = [BODIES[operation](self)] if operation in BODIES else []
        return client.request(route.method, "/".join(parts), *body, **options)


@pytest.fixture(scope="module")
def visited(operator, database, audit):
    books = Visited.create(operator, database).furnish()
    yield books
    audit.organization(books.id)


def routes(contract, *, in_organization=None, with_key=True):
    found = [route for route in contract.routes if route.with_key is with_key and in_organization in (None, route.in_organization)]
    assert found
    return found


def test_every_route_is_walked(contract, visited):
    """What the tables below do not know would go unvisited."""
    for route in contract.routes:
        assert set(route.parameters["path"]) <= set(PARAMETERS), route.name
        body = route.operation.get("requestBody")
        assert not (body and body["required"]) or route.operation["operationId"] in BODIES, route.name


def test_a_key_with_every_permission_passes_everywhere(contract, visited):
    """So that the refusals below are for the reason that they give."""
    for route in routes(contract):
        if route.method == "GET":
            visited.send(visited.client, route).expect(200)
    assert {route.name for route in routes(contract, with_key=False)} == {"GET /health"}


def refused_everywhere(contract, visited, client, status, code, **which):
    before = visited.snapshot()
    for route in routes(contract, **which):
        reply = visited.send(client, route)
        assert (reply.status, reply.code) == (status, code), f"{route.name}: {reply}"
    assert visited.snapshot() == before


def test_no_key(contract, visited):
    refused_everywhere(contract, visited, visited.client.with_key(None), 401, "missing_api_key")


def test_a_mistyped_key(contract, visited):
    key = visited.key
    wrong = key[:-1] + ("A" if key[-1] != "A" else "B")
    refused_everywhere(contract, visited, visited.client.with_key(wrong), 401, "invalid_api_key")


def test_a_well_formed_key_that_nobody_has(contract, visited, operator):
    """Its checksum fits: made by another installation, so to say. Here: one whose row is gone."""
    made = visited.make_key()
    visited.database.rows(f"delete from api_keys where id = x'{int(made['id'][4:], 36):032x}'")
    refused_everywhere(contract, visited, visited.client.with_key(made["secret"]), 401, "invalid_api_key")


def test_a_revoked_key(contract, visited):
    made = visited.make_key()
    visited.delete(f"/api-keys/{made['id']}").expect(204)
    refused_everywhere(contract, visited, visited.client.with_key(made["secret"]), 401, "revoked_api_key")


def test_an_expired_key(contract, visited):
    moment = datetime.now(timezone.utc) + timedelta(seconds=0.5)
    made = visited.make_key(expires_at=moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    deadline = time.monotonic() + 10
    while visited.client.get("/currencies/CUR_USD", key=made["secret"]).status == 200 and time.monotonic() < deadline:
        time.sleep(0.01)  # so that its limit does not end first
    refused_everywhere(contract, visited, visited.client.with_key(made["secret"]), 401, "expired_api_key")


def test_an_old_secret_after_its_overlap(contract, visited):
    made = visited.make_key()
    visited.client.get("/currencies/CUR_USD", key=made["secret"]).expect(200)
    visited.post(f"/api-keys/{made['id']}/rotate", {"overlap_seconds": 0}).expect(200)
    refused_everywhere(contract, visited, visited.client.with_key(made["secret"]), 401, "expired_api_key")


def test_an_old_secret_whose_overlap_has_passed(contract, visited):
    made = visited.make_key()
    visited.post(f"/api-keys/{made['id']}/rotate", {"overlap_seconds": 1}).expect(200)
    deadline = time.monotonic() + 10
    while visited.client.get("/currencies/CUR_USD", key=made["secret"]).status == 200 and time.monotonic() < deadline:
        time.sleep(0.01)  # so that its limit does not end first
    refused_everywhere(contract, visited, visited.client.with_key(made["secret"]), 401, "expired_api_key")


def test_a_key_from_another_address(contract, visited):
    made = visited.make_key(allowed_ips=["203.0.113.0/24", "2001:db8::/32"])
    refused_everywhere(contract, visited, visited.client.with_key(made["secret"]), 403, "ip_not_allowed")


def test_a_key_that_must_sign_and_does_not(contract, visited):
    made = visited.make_key(require_signature=True)
    refused_everywhere(contract, visited, visited.client.with_key(made["secret"]), 401, "invalid_signature")


def tampered(header):
    return header[:-1] + ("0" if header[-1] != "0" else "1")


@pytest.mark.parametrize("must", [True, False])
def test_a_wrongly_signed_request(contract, visited, must):
    made = visited.make_key(require_signature=must, with_signing_secret=True)
    for client in (SigningClient(visited.client, made["secret"], made["signing_secret"], tampered),
                   SigningClient(visited.client, made["secret"], "cls_" + "0" * 32)):
        refused_everywhere(contract, visited, client, 401, "invalid_signature")


@pytest.mark.parametrize("must", [True, False])
def test_a_request_whose_nonce_was_used(contract, visited, must):
    made = visited.make_key(require_signature=must, with_signing_secret=True)
    client = SigningClient(visited.client, made["secret"], made["signing_secret"], nonce="used-in-all-of-them")
    client.get("/currencies/CUR_USD").expect(200)
    refused_everywhere(contract, visited, client, 401, "signature_replayed")


def test_a_signed_request_passes_everywhere(contract, visited):
    """So that the refusals above are for the reason that they give."""
    made = visited.make_key(require_signature=True)
    client = SigningClient(visited.client, made["secret"], made["signing_secret"])
    for route in routes(contract):
        if route.method == "GET":
            visited.send(client, route).expect(200)


def test_a_suspended_organization(contract, operator, database, make_books):
    books = make_books()
    suspended = Visited(books.client, books.organization, database, books.api_key).furnish()
    operator.post(f"{suspended.path}/suspend", {"reason": "Unpaid"}).expect(200)
    refused_everywhere(contract, suspended, suspended.client, 403, "organization_suspended")
    operator.post(f"{suspended.path}/resume").expect(200)
    suspended.get("/accounts").expect(200)


def test_a_key_of_another_organization(contract, visited, books):
    for client in (books.client, books.in_test_mode().client, books.with_new_key(include_children=True).client):
        refused_everywhere(contract, visited, client, 404, "resource_not_found", in_organization=True)


def test_a_key_of_a_child_does_not_reach_up(contract, visited):
    child = visited.child().with_new_key(include_children=True)
    refused_everywhere(contract, visited, child.client, 404, "resource_not_found", in_organization=True)


def test_a_key_with_every_permission_is_no_operator(contract, visited):
    before = visited.snapshot()
    tried = [route for route in routes(contract) if route.operation["operationId"] in OPERATOR_ONLY]
    for route in tried:
        assert "operator" in visited.send(visited.client, route).expect(403, "insufficient_permissions").error["message"]
    assert len(tried) == len(OPERATOR_ONLY) and visited.snapshot() == before


def test_an_operator_reads_no_books(contract, visited, operator):
    before = visited.snapshot()
    for route in routes(contract, in_organization=True):
        if route.operation["x-crane-family"] in ("accounts", "transactions", "jobs", "reports", "drafts"):
            visited.send(operator, route).expect(403, "insufficient_permissions")
    assert visited.snapshot() == before


def test_a_key_without_the_permission(contract, visited):
    """All permissions but the one that the route names."""
    actions = ("read", "write", "delete")
    families = {route.operation["x-crane-permission"]["family"] for route in contract.routes if route.operation["x-crane-permission"]}
    keys = {}
    for route in routes(contract):
        needed = route.operation["x-crane-permission"]
        if needed is None:
            continue
        pair = (needed["family"], needed["action"])
        if pair not in keys:
            permissions = {family: [action for action in actions if (family, action) != pair] for family in families}
            keys[pair] = visited.make_key(permissions=permissions)["secret"]
        before = visited.snapshot()
        refused = visited.send(visited.client.with_key(keys[pair]), route).expect(403, "insufficient_permissions")
        assert refused.error["details"]["permission"] == ":".join(pair), route.name
        assert visited.snapshot() == before


def test_a_key_with_only_the_permission(contract, visited):
    for route in routes(contract):
        needed = route.operation["x-crane-permission"]
        if needed and route.method == "GET":
            key = visited.make_key(permissions={needed["family"]: [needed["action"]]})["secret"]
            visited.send(visited.client.with_key(key), route).expect(200)


def test_a_route_that_needs_no_permission(contract, visited):
    key = visited.make_key(permissions={})["secret"]
    for route in routes(contract):
        if route.operation["x-crane-permission"] is None:
            visited.send(visited.client.with_key(key), route).expect(200)


def books_of(visited, livemode):
    return visited.database.value(f"select books_id from books where organization_id = x'{int(visited.id[4:], 36):032x}' and livemode = {livemode}")


def untouched(seen, livemode):
    """Digests of all that belongs to the books of one mode."""
    of_books = f"books_id = {books_of(seen, livemode)}"
    tables = ("accounts", "transactions", "transaction_lines", "account_sums", "events", "jobs", "settings", "drafts", "webhooks")
    found = {table: digest(seen.database, table, of_books) for table in tables}
    mode = "live" if livemode else "test"
    # Its attempts go on by themselves meanwhile.
    found["webhook_deliveries"] = seen.database.rows(f"select count(*), bit_xor(crc32(concat(id, webhook_id, event_id))) from webhook_deliveries where {of_books}")
    found["api_keys"] = digest(seen.database, "api_keys", f"organization_id = {id_hex(seen.id)} and mode = '{mode}'")
    for table in ("credit_pools", "credit_slots", "credit_grants", "credit_purchases"):
        found[table] = digest(seen.database, table, f"root_organization_id = {id_hex(seen.id)} and livemode = {livemode}")
    return found


def sees_nothing(contract, client, seen, livemode):
    """A key of the one mode, asked for everything of the other: what has an id there is absent, and nothing of it is shown or changed."""
    before = untouched(seen, livemode)
    own, other = (b'"livemode":false', b'"livemode":true') if livemode else (b'"livemode":true', b'"livemode":false')
    for route in routes(contract):
        operation = route.operation["operationId"]
        if operation in OF_BOTH_MODES:
            continue
        reply = seen.send(client, route)
        if operation in OPERATOR_ONLY:
            assert (reply.status, reply.code) == (403, "insufficient_permissions"), f"{route.name}: {reply}"
            continue
        deep = [name for name in route.parameters["path"] if name not in ("organization_id", "organization_a", "organization_b", "currency_id")]
        if deep and operation not in NAMED_ALIKE:
            assert (reply.status, reply.code) == (404, "resource_not_found"), f"{route.name}: {reply}"
            continue
        # What names resources of the other books in its body names what is not there.
        assert reply.status in (200, 201, 202) or (reply.status, reply.code) == (400, "invalid_request"), f"{route.name}: {reply}"
        assert not [each for each in seen.ids if each.encode() in reply.body], f"{route.name}: {reply}"
        assert other not in reply.body, f"{route.name}: {reply}"
        if route.method != "GET" and reply.status != 400 and operation not in NAMED_ALIKE:
            assert own in reply.body, f"{route.name}: {reply}"
    assert untouched(seen, livemode) == before


def test_a_test_key_sees_nothing_of_the_live_books(contract, visited, operator):
    test = visited.furnished_in_test_mode(operator)
    sees_nothing(contract, test.client, visited, livemode=1)


def test_a_live_key_sees_nothing_of_the_test_books(contract, visited, operator):
    test = visited.furnished_in_test_mode(operator)
    sees_nothing(contract, visited.with_new_key(include_children=True).client, test, livemode=0)


def test_what_a_test_key_writes_is_nowhere_in_the_live_books(books):
    books.post_transaction()
    test = books.in_test_mode()
    account = test.make_account(name="Mock")
    transaction = test.post_transaction(amount="77.77", description="Mock")
    batch = test.post("/transactions/batch", {"transactions": [test.transaction("77.77", status="posted")]}).expect(202).json
    test.wait_for(batch)
    made = test.make_key(name="Mock")
    assert account["livemode"] is transaction["livemode"] is batch["livemode"] is made["livemode"] is False
    assert test.trial_balance() == {"1010": "155.54", "4000": "-155.54"}
    assert books.trial_balance() == {"1010": "12.00", "4000": "-12.00"}
    for path, test_id in (("/accounts", account["id"]), ("/transactions", transaction["id"]), ("/jobs", batch["id"]), ("/api-keys", made["id"])):
        books.get(f"{path}/{test_id}").expect(404, "resource_not_found")
        assert test_id not in [each["id"] for each in books.get(path, limit=100).expect(200).data]
        assert test.get(f"{path}/{test_id}").expect(200)["id"] == test_id


def test_what_one_tenant_writes_names_no_resource_of_another(visited, books):
    """An id of another tenant within a body is like an absent one."""
    theirs = visited.account_id
    before = visited.snapshot()
    books.post("/accounts", {"name": "x", "type": "asset", "parent_id": theirs}).expect(400, "invalid_request", ["parent_id"])
    body = books.transaction()
    body["entries"][0]["account_id"] = theirs
    books.post("/transactions", body).expect(400, "invalid_request", ["entries[0].account_id"])
    books.client.post("/organizations", {"name": "x", "parent_organization_id": visited.id}).expect(400, "invalid_request", ["parent_organization_id"])
    for name, path, value in (("parent_id", "/accounts", theirs), ("account_id", "/transactions", theirs)):
        assert books.get(path, **{name: value}).expect(200).data == []
    assert visited.snapshot() == before
