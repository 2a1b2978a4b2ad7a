"""What the document forbids in a body, the programs refuse: each field of each body, made wrong one at a time."""
import copy

import pytest
from contract import Fault

# Values of every type; those that a field's schema allows are left out.
VALUES = [None, True, 7, -1, 1.5, "", "x", "act_0000000000000000000000000x", "x" * 1001, [], {}, ["x"], {"x": 7}]
# The example of the document, with ids that exist.
ACCOUNT_FIELDS = ("account_id", "counter_account_id", "parent_id")


def adapt(value, books, name=None):
    """The document's example in terms of these books."""
    if isinstance(value, dict):
        if "mode" in value and "transactions" in value:
            value["mode"] = "atomic"  # the other mode tells of each item
        return {key: adapt(each, books, key) for key, each in value.items()}
    if isinstance(value, list):
        codes = iter(["1010", "4000"])
        return [{**adapt(each, books), "account_id": books.account(next(codes))} if isinstance(each, dict) and "account_id" in each else adapt(each, books) for each in value]
    return books.account("1010" if name == "account_id" else "6100") if name in ACCOUNT_FIELDS else value


def bodies(contract, books):
    """(route, path, body) of every write that takes a body."""
    own = {"{organization_id}": lambda: books.id, "{account_id}": lambda: books.make_account()["id"], "{api_key_id}": lambda: books.make_key()["id"],
           "{setting_key}": lambda: "rounding",
           "{draft_id}": lambda: books.post("/drafts", {"operation": "accounts.create", "payload": {"name": "x", "type": "asset"}}).expect(201)["id"],
           "{webhook_id}": lambda: books.post("/webhooks", {"url": "https://receiver.invalid/"}).expect(201)["id"]}
    for route in contract.routes:
        documented = route.operation.get("requestBody")
        if not documented:
            continue
        media = contract.compiler.resolve(documented)["content"]["application/json"]
        examples = [each["value"] for each in media.get("examples", {}).values()] or [media["example"]]
        for example in examples:
            def path():
                status = "post_transaction" if route.path.endswith("/reverse") else "pend_transaction"
                made = {**own, "{transaction_id}": lambda: getattr(books, status)()["id"]}
                if route.path.endswith("/move"):
                    made["{organization_id}"] = lambda: books.child().id  # nobody moves itself
                return "/".join(made[part]() if part in made else part for part in route.path.split("/"))
            yield route, path, adapt(copy.deepcopy(example), books), media["schema"]


def places(body, where=()):
    """The path of every value within the body."""
    items = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in items:
        yield (*where, key)
        yield from places(value, (*where, key))


def with_value(body, where, value):
    changed = copy.deepcopy(body)
    target = changed
    for key in where[:-1]:
        target = target[key]
    target[where[-1]] = value
    return changed


def properties(contract, schema):
    schema = contract.compiler.resolve(schema)
    return set(schema.get("properties", {}))


def allows(contract, schema, body):
    try:
        contract.check_schema(schema, body, "body")
    except Fault:
        return False
    return True


OPERATIONS = ["organizations.create", "organizations.create_child", "organizations.create_root", "organizations.suspend", "organizations.move",
              "organizations.update", "api_keys.create", "api_keys.update", "api_keys.rotate", "accounts.create", "accounts.update",
              "transactions.create", "transactions.update", "transactions.reverse", "transactions.batch",
              "settings.update", "drafts.create", "drafts.update", "drafts.reject", "webhooks.create", "webhooks.update", "webhooks.rotate_secret",
              "billing.update", "billing.purchase", "billing.grant"]


# What no key of an organization comes to send.
OPERATORS = {"organizations.create_root", "organizations.suspend", "billing.grant"}


def test_every_body_is_tried(contract):
    assert {route.operation["operationId"] for route in contract.routes if "requestBody" in route.operation} == set(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_the_document_forbids_is_refused(contract, make_books, operator, operation):
    books = make_books()
    seats = [operator] if operation in OPERATORS else [books.client] + [books.with_new_key(include_children=True).client for _ in range(2)]
    passed, sent = [], 0
    for route, path, body, schema in bodies(contract, books):
        if route.operation["operationId"] != operation:
            continue
        headers = {"Prefer": "wait=20"} if operation == "transactions.batch" else {}
        target = path()
        before = books.snapshot()
        tried = list(places(body)) + [(name,) for name in sorted(properties(contract, schema) - set(body))] + [("no_such_field",)]
        for where in tried:
            for value in VALUES:
                wrong = with_value(body, where, value)
                if allows(contract, schema, wrong):
                    continue
                sent += 1
                reply = send(seats[sent % len(seats)], route.method, target, wrong, headers)
                if reply != (400, "invalid_request"):
                    passed.append(f"{'.'.join(map(str, where))} = {value!r:.40}: {reply}")
        assert books.snapshot() == before or passed
    assert sent > 10 and not passed, f"{len(passed)} of {sent}:\n" + "\n".join(passed[:60])


def send(client, method, path, body, headers):
    """Without the client's own check of the request, which is known to be wrong."""
    try:
        reply = client.request(method, path, body, headers=headers)
    except AssertionError as fault:
        return str(fault)[:160]
    return reply.status, reply.code
