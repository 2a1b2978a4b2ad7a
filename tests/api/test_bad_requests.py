"""Requests that never come to their route: paths, methods, keys."""
import re
import string

import pytest

ORGANIZATION = "org_0000000000000000000000000"

METHODS = [  # path, the methods that it has
    ("/organizations", {"GET", "POST"}), ("/organizations/{o}", {"GET", "PUT"}), ("/organizations/{o}/accounts", {"GET", "POST"}),
    ("/organizations/{o}/accounts/{a}", {"GET", "PUT", "DELETE"}), ("/organizations/{o}/accounts/{a}/balance", {"GET"}),
    ("/organizations/{o}/accounts/{a}/transactions", {"GET"}), ("/organizations/{o}/transactions", {"GET", "POST"}),
    ("/organizations/{o}/transactions/batch", {"POST"}), ("/organizations/{o}/transactions/{t}/post", {"POST"}),
    ("/organizations/{o}/transactions/{t}/reverse", {"POST"}), ("/organizations/{o}/reports/trial-balance", {"GET"}),
    ("/organizations/{o}/jobs", {"GET"}), ("/organizations/{o}/jobs/{j}/cancel", {"POST"}), ("/organizations/{o}/api-keys", {"GET", "POST"}),
    ("/currencies", {"GET"}), ("/health", {"GET"}), ("/system", {"GET"}),
]


@pytest.mark.parametrize("path, methods", METHODS, ids=[row[0] for row in METHODS])
def test_a_method_that_the_path_does_not_have(still_books, path, methods):
    path = path.format(o=still_books.id, a="act_" + "0" * 25, t="txn_" + "0" * 25, j="job_" + "0" * 25)
    before = still_books.snapshot()
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - methods:
        for key in (still_books.key, None):
            refused = still_books.client.request(method, path, key=key).expect(405, "method_not_allowed")
            assert {each.strip() for each in refused.headers["allow"].split(",")} - {"HEAD", "OPTIONS"} == methods
    assert still_books.snapshot() == before


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "get", "FOO"])
def test_methods_that_nobody_has(still_books, method):
    before = still_books.snapshot()
    status, headers, body = still_books.client.connections.exchange(
        method, f"{still_books.path}/accounts", None, {"Authorization": f"Bearer {still_books.key}"})
    assert status in (400, 405, 501) and headers["content-type"].startswith("application/json"), (status, body)
    assert still_books.snapshot() == before


@pytest.mark.parametrize("path", ["/nowhere", "/accounts/{a}/nowhere", "/accounts/{a}/balance/x", "/transactions/{t}/unpost", "/jobs/x/y/z", "/reports/nothing",
                                  "/reports", "/api-keys/x/rotate/x", "/Accounts", "/contacts"])
def test_a_path_that_is_none(still_books, path):
    path = path.format(a="act_" + "0" * 25, t="txn_" + "0" * 25)
    for key in (still_books.key, None):
        still_books.client.get(still_books.path + path, key=key).expect(404, "route_not_found")


IDS = ["x", "act_", "act_0", "act_" + "0" * 24, "act_" + "0" * 26, "act_" + "z" * 25, "txn_" + "0" * 25, "ACT_" + "0" * 25, "act_" + "0" * 24 + "A", "act-" + "0" * 25,
       "0", "-1", "null", "%27%20or%201=1", "act_%30" + "0" * 24, "%C3%BC", "x" * 500]


@pytest.mark.parametrize("account_id", IDS)
def test_a_malformed_id_is_like_an_absent_one(still_books, account_id):
    absent = still_books.get("/accounts/act_" + "0" * 25).expect(404, "resource_not_found")
    before = still_books.snapshot()
    for method, action, body in (("GET", "", None), ("PUT", "", {"name": "x"}), ("DELETE", "", None), ("GET", "/balance", None), ("GET", "/transactions", None)):
        reply = still_books.client.request(method, f"{still_books.path}/accounts/{account_id}{action}", *([body] if body else []))
        reply.expect(404, "resource_not_found")
    seen = still_books.get(f"/accounts/{account_id}")
    assert {**seen.error, "request_id": ""} == {**absent.error, "request_id": ""}
    assert still_books.snapshot() == before


@pytest.mark.parametrize("organization_id", ["x", "org_", "org_" + "0" * 25, "org_" + "z" * 25, "act_" + "0" * 25, "org_" + "0" * 24 + "%20"])
def test_an_organization_that_is_none(still_books, operator, organization_id):
    for client in (still_books.client, still_books.in_test_mode().client, operator):
        for path in ("", "/accounts", "/transactions", "/jobs"):
            reply = client.get(f"/organizations/{organization_id}{path}")
            assert reply.code in ("resource_not_found", "route_not_found") and reply.status == 404, reply


def mistyped(secret):
    """The key with one character changed, for each character of it."""
    for place in range(8, len(secret)):
        others = [each for each in string.ascii_letters + string.digits if each != secret[place]]
        yield secret[:place] + others[place % len(others)] + secret[place + 1:]


def test_a_mistyped_key_is_no_key(still_books):
    for secret in mistyped(still_books.key):
        still_books.client.get(f"{still_books.path}/accounts", key=secret).expect(401, "invalid_api_key")
    swapped = still_books.key[:12] + still_books.key[13] + still_books.key[12] + still_books.key[14:]
    if swapped != still_books.key:
        still_books.client.get(f"{still_books.path}/accounts", key=swapped).expect(401, "invalid_api_key")


def test_a_key_in_the_other_mode_is_none(still_books):
    for mode in ("cl_test_", "cl_oper_"):
        still_books.client.get(f"{still_books.path}/accounts", key=mode + still_books.key[8:]).expect(401, "invalid_api_key")


AUTHORIZATIONS = [(None, "missing_api_key"), ("", "missing_api_key"), ("Bearer", "invalid_api_key"), ("Bearer ", "invalid_api_key"), ("Basic {key}", "invalid_api_key"),
                  ("{key}", "invalid_api_key"), ("Bearer{key}", "invalid_api_key"), ("Bearer x", "invalid_api_key"), ("Bearer {key}x", "invalid_api_key"),
                  ("Bearer {key} {key}", "invalid_api_key"), ("Bearer {short}", "invalid_api_key"), ("Token {key}", "invalid_api_key"), ("Bearer cl_live_", "invalid_api_key"),
                  ("Bearer " + "x" * 5000, "invalid_api_key"), ("Bearer \xff\xfe", "invalid_api_key"), ("Bearer ' or 1=1 --", "invalid_api_key")]


@pytest.mark.parametrize("sent, code", AUTHORIZATIONS, ids=[str(row[0])[:30] for row in AUTHORIZATIONS])
def test_what_is_no_key(still_books, sent, code):
    headers = {} if sent is None else {"Authorization": sent.replace("{key}", still_books.key).replace("{short}", still_books.key[:-1])}
    before = still_books.snapshot()
    for method, path, body in (("GET", "/accounts", None), ("POST", "/accounts", {"name": "x", "type": "asset"}), ("GET", "", None)):
        refused = still_books.client.request(method, still_books.path + path, *([body] if body else []), key=None, headers=headers).expect(401, code)
        assert "x-ratelimit-limit" not in refused.headers and "x-credits-remaining" not in refused.headers
    assert still_books.snapshot() == before


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer "])
def test_how_a_key_may_be_sent(still_books, scheme):
    still_books.client.get(f"{still_books.path}/accounts", key=None, headers={"Authorization": f"{scheme} {still_books.key}"}).expect(200)


def test_a_key_is_nowhere_in_the_logs(stack, still_books):
    still_books.get("/accounts").expect(200)
    still_books.client.get(f"{still_books.path}/accounts?q={still_books.key}").expect(200)
    found = [path.name for path in stack.data.rglob("*.log") if re.search(still_books.key, path.read_text(encoding="utf-8", errors="replace"))]
    assert found == []


PREFERENCES = [("respond-async", 202), ("wait=5", 201), ("wait=0", 201), ("nothing", 201), ("wait=x", 201), ("wait=-1", 201), ("respond-async, wait=5", 202), ("RESPOND-ASYNC", 202)]


@pytest.mark.parametrize("preference, status", PREFERENCES)
def test_preferences_are_wishes(books, preference, status):
    connections = books.client.connections
    made, headers, _ = connections.exchange("POST", f"{books.path}/accounts", b'{"name":"x","type":"asset"}', {
        "Authorization": f"Bearer {books.key}", "Content-Type": "application/json", "Prefer": preference})
    assert made == status, headers
    assert headers.get("preference-applied") == ("respond-async" if status == 202 else None) or preference.startswith("wait=")
