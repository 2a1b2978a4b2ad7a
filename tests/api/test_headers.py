"""What comes beside the body: limits, credits, versions, ids of requests."""
import time

import pytest
from client import Reply, together

CACHED = ["/accounts/{account}", "/transactions/{transaction}", "", "/api-keys/{key}", "/jobs/{job}", "/billing", "/billing/purchases/{purchase}"]


@pytest.fixture(scope="module")
def resources(still_books):
    job = still_books.post("/accounts", {"name": "x", "type": "asset"}, headers={"Prefer": "respond-async"}).expect(202).json
    return {"account": still_books.wait_for(job)["resource"]["id"], "transaction": still_books.pend_transaction()["id"],
            "key": still_books.make_key()["id"], "job": job["id"],
            "purchase": still_books.post("/billing/purchases", {"package_id": "credits_1000"}).expect(201)["id"]}


@pytest.mark.parametrize("path", [*CACHED, "/currencies/CUR_USD"])
def test_an_unchanged_resource_is_not_sent_again(still_books, resources, path):
    path = path if path.startswith("/currencies") else still_books.path + path.format(**resources)
    client = still_books.client
    tag = client.get(path).expect(200).headers["etag"]
    for sent in (tag, f'"other", {tag}', "*", f"W/{tag}"):
        again = client.get(path, headers={"If-None-Match": sent}).expect(304)
        assert again.body == b"" and again.headers["etag"] == tag
    assert client.get(path, headers={"If-None-Match": '"other"'}).expect(200).headers["etag"] == tag


def test_a_tag_changes_with_the_resource(books):
    made = books.post("/accounts", {"name": "x", "type": "asset", "code": "1051"}).expect(201)
    path = f"{books.path}/accounts/{made['id']}"
    tag = books.client.get(path).expect(200).headers["etag"]
    assert made.headers["etag"] == tag
    changed = books.client.put(path, {"name": "y"}).expect(200)
    assert changed.headers["etag"] != tag and books.client.get(path).expect(200).headers["etag"] == changed.headers["etag"]
    books.client.get(path, headers={"If-None-Match": tag}).expect(200)
    books.post_transaction(debit="1051")  # its balance is part of it
    assert books.client.get(path).expect(200).headers["etag"] != changed.headers["etag"]


def writes(books):
    """(method, path of the resource, path of the write, body)"""
    account, pending, posted = books.make_account()["id"], books.pend_transaction()["id"], books.post_transaction()["id"]
    key, purchase = books.make_key()["id"], books.post("/billing/purchases", {"package_id": "credits_1000"}).expect(201)["id"]
    return [("PUT", f"/accounts/{account}", "", {"name": "After"}), ("DELETE", f"/accounts/{account}", "", None),
            ("PUT", f"/transactions/{pending}", "", {"description": "After"}), ("POST", f"/transactions/{pending}", "/post", None),
            ("POST", f"/transactions/{posted}", "/reverse", {}), ("PUT", "", "", {"name": "After"}), ("PUT", f"/api-keys/{key}", "", {"name": "After"}),
            ("POST", f"/api-keys/{key}", "/rotate", {}), ("DELETE", f"/api-keys/{key}", "", None), ("PUT", "/billing", "", {"low_balance_threshold": 5}),
            ("POST", f"/billing/purchases/{purchase}", "/cancel", None)]


def test_a_write_for_another_version_is_refused(books):
    for method, resource, action, body in writes(books):
        path = books.path + resource
        arguments = [] if body is None else [body]
        tag = books.client.get(path).expect(200).headers["etag"]
        before = books.snapshot()
        refused = books.client.request(method, path + action, *arguments, headers={"If-Match": '"other"'}).expect(412, "version_mismatch")
        assert tag in refused.error["message"]
        books.client.request(method, path + action, *arguments, headers={"If-Match": '"other"', "Prefer": "respond-async"}).expect(412, "version_mismatch")
        assert books.snapshot() == before, f"{method} {resource}{action}"
        done = books.client.request(method, path + action, *arguments, headers={"If-Match": f'"other", {tag}'})
        assert done.status in (200, 201, 204), done
        # The same once more is for a version that is gone.
        again = books.client.request(method, path + action, *arguments, headers={"If-Match": tag})
        if method == "DELETE" and not resource.startswith("/api-keys"):
            again.expect(404, "resource_not_found")
        else:
            again.expect(412, "version_mismatch")


def test_a_tag_of_a_reply_with_balances_is_of_the_same_version(books):
    made = books.post("/transactions", books.transaction(), query={"include": "balances"}).expect(201)
    books.put(f"/transactions/{made['id']}", {"description": "x"}, headers={"If-Match": made.headers["etag"]}).expect(200)


def test_any_version_will_do(books):
    made = books.make_account()
    books.put(f"/accounts/{made['id']}", {"name": "y"}, headers={"If-Match": "*"}).expect(200)
    books.put("/accounts/act_0000000000000000000000000", {"name": "y"}, headers={"If-Match": "*"}).expect(404, "resource_not_found")


def test_of_those_who_change_one_version_at_once_one_does(books):
    made = books.post("/accounts", {"name": "x", "type": "asset"}).expect(201)
    replies = together(20, lambda number: books.put(f"/accounts/{made['id']}", {"name": f"Name {number}"}, headers={"If-Match": made.headers["etag"]}))
    assert sorted(reply.status for reply in replies) == [200] + [412] * 19
    [done] = [reply for reply in replies if reply.status == 200]
    assert books.get(f"/accounts/{made['id']}").expect(200).json == done.json


def test_requests_are_counted_down(books):
    first, second = (books.get("/accounts").expect(200).headers for _ in range(2))
    assert first["x-ratelimit-limit"] == second["x-ratelimit-limit"] == "1000"
    assert int(second["x-ratelimit-remaining"]) == int(first["x-ratelimit-remaining"]) - 1
    assert time.time() - 1 <= int(first["x-ratelimit-reset"]) <= time.time() + 61 and first["x-ratelimit-reset"] == second["x-ratelimit-reset"]
    # A refusal counts too, by whichever program.
    refused = books.get("/transactions/txn_0000000000000000000000000").expect(404, "resource_not_found").headers
    assert int(refused["x-ratelimit-remaining"]) == int(second["x-ratelimit-remaining"]) - 1
    assert books.in_test_mode().get("/accounts").expect(200).headers["x-ratelimit-limit"] == "100"


def passed(replies):
    assert {reply.status for reply in replies} <= {200, 429}
    for reply in replies:
        if reply.status == 429:
            assert reply.code == "rate_limit_exceeded" and reply.headers["x-ratelimit-remaining"] == "0"
            assert 1 <= int(reply.headers["retry-after"]) <= 60 and reply.error["retry_after"] == int(reply.headers["retry-after"])
    return sum(reply.status == 200 for reply in replies)


@pytest.mark.parametrize("paths", [["/accounts"], ["/accounts", "/transactions", "/jobs", "/api-keys", ""]], ids=["one program", "all programs"])
def test_exactly_as_many_pass_as_the_limit_says(books, paths):
    seen = books.with_new_key(rate_limit_per_minute=50)
    books.client.connections.prepare(100)
    assert passed(together(100, lambda number: seen.get(paths[number % len(paths)]))) == 50


def test_a_limit_that_was_just_changed_is_one_for_all_programs(books):
    seen = books.with_new_key(rate_limit_per_minute=500)
    seen.get("/accounts").expect(200)
    books.put(f"/api-keys/{seen.api_key['id']}", {"rate_limit_per_minute": 50}).expect(200)
    paths = ["/accounts", "/transactions", "/jobs", "/api-keys", ""]
    assert passed(together(100, lambda number: seen.get(paths[number % len(paths)]))) in (49, 50)


def test_keys_do_not_use_up_each_others_limit(books):
    first, second = (books.with_new_key(rate_limit_per_minute=3) for _ in range(2))
    assert passed([first.get("/accounts") for _ in range(5)]) == 3 and passed([second.get("/accounts") for _ in range(5)]) == 3
    books.get("/accounts").expect(200)


def test_an_organization_has_a_limit_for_all_of_its_keys(books, stack):
    """Ten thousand a minute, whichever key asks and whichever program answers; the count is set forward here."""
    first, second, test = books.with_new_key(), books.with_new_key(), books.in_test_mode()
    stack.redis("SET", f"crane:rate:{books.id}:live", "9950", "KEEPTTL")
    books.client.connections.prepare(100)
    paths = ["/accounts", "/transactions", "/jobs", "/api-keys", ""]
    replies = together(100, lambda number: (first, second)[number % 2].get(paths[number % len(paths)]))
    assert passed(replies) == 50
    for reply in replies:
        assert reply.headers["x-ratelimit-limit"] == "10000"
        assert reply.status == 200 or "All keys of this organization made more than 10000" in reply.error["message"]
    test.get("/accounts").expect(200)


COSTS = [  # cost, request
    (0, lambda b: ("GET", "/accounts")), (0, lambda b: ("GET", "/transactions")), (1, lambda b: ("POST", "/accounts", {"name": "x", "type": "asset"})),
    (1, lambda b: ("PUT", f"/accounts/{b.make_account()['id']}", {"name": "y"})), (1, lambda b: ("DELETE", f"/accounts/{b.make_account()['id']}")),
    (1, lambda b: ("POST", "/transactions", b.transaction(status="posted"))), (1, lambda b: ("POST", f"/transactions/{b.pend_transaction()['id']}/post")),
    (1, lambda b: ("POST", f"/transactions/{b.post_transaction()['id']}/reverse")), (1, lambda b: ("DELETE", f"/transactions/{b.pend_transaction()['id']}")),
    (5, lambda b: ("GET", "/reports/trial-balance")), (0, lambda b: ("POST", "/api-keys", {"name": "x"})), (0, lambda b: ("PUT", "", {"name": "x"})),
    (0, lambda b: ("POST", "/accounts", {"name": ""})), (0, lambda b: ("POST", "/accounts", {"name": "x", "type": "asset", "code": "1010"})),
    (0, lambda b: ("GET", "/accounts/act_0000000000000000000000000")), (0, lambda b: ("DELETE", f"/accounts/{b.account('1010')}")),
]


@pytest.mark.parametrize("cost, request_of", COSTS, ids=[str(index) for index in range(len(COSTS))])
def test_credits(make_books, cost, request_of):
    books = make_books(initial_credits=100)
    method, path, *body = request_of(books)
    before = int(books.get().expect(200).headers["x-credits-remaining"])
    reply = books.client.request(method, books.path + path, *body)
    assert reply.cost == cost and int(reply.headers["x-credits-remaining"]) == before - cost, reply
    assert int(books.get().expect(200).headers["x-credits-remaining"]) == before - cost


def test_at_zero_what_costs_is_refused_and_reads_go_on(make_books):
    books = make_books(initial_credits=3)
    for number in range(3):
        assert books.post("/accounts", {"name": "x", "type": "asset"}).expect(201).headers["x-credits-remaining"] == str(2 - number)
    before = books.snapshot()
    refused = books.post("/accounts", {"name": "x", "type": "asset"}).expect(402, "insufficient_credits")
    assert refused.error["details"] == {"credits_cost": "1", "credits_remaining": "0"} and refused.headers["x-credits-remaining"] == "0"
    books.post("/accounts", {"name": "x", "type": "asset"}, headers={"Prefer": "respond-async"}).expect(402, "insufficient_credits")
    assert books.snapshot() == before
    books.get("/accounts").expect(200)
    books.make_key()
    # The test books have mock credits of their own.
    books.in_test_mode().post("/accounts", {"name": "x", "type": "asset"}).expect(201)


def test_many_who_pay_at_once_pay_exactly(make_books):
    books = make_books(initial_credits=70)
    bodies = [books.transaction("1.00", status="posted") for _ in range(100)]
    books.client.connections.prepare(50)
    replies = together(50, lambda _: books.post("/transactions", bodies[0])) + together(50, lambda _: books.post("/transactions", bodies[0]))
    assert sorted(reply.status for reply in replies) == [201] * 70 + [402] * 30
    assert books.get().expect(200).headers["x-credits-remaining"] == "0" and books.balance("1010") == "70.00"


@pytest.mark.parametrize("sent, echoed", [("my-request_1", True), ("x" * 64, True), ("x" * 65, False), ("with blank", False), ("quote\"", False), ("", False)])
def test_the_id_of_a_request(still_books, sent, echoed):
    for path in ("/accounts", "/accounts/none", "/nowhere"):
        connections, target = still_books.client.connections, still_books.path + path
        status, headers, body = connections.exchange("GET", target, None, {"X-Request-Id": sent, "Authorization": f"Bearer {still_books.key}"})
        seen = Reply("GET", target, status, headers, body)
        still_books.client.contract.check_response("GET", target, status, headers, body)
        got = seen.headers["x-request-id"]
        assert got == sent if echoed else got.startswith("req_") and got != sent
        if seen.status >= 400:
            assert seen.error["request_id"] == got


def test_ids_of_requests_differ(still_books):
    assert len({still_books.get("/accounts").expect(200).headers["x-request-id"] for _ in range(5)}) == 5
