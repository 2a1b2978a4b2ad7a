"""What nginx answers by itself: no TLS, unowned paths, bodies and addresses too large, other protocols."""
import http.client
import json
import socket
import ssl

import httpx
import pytest
from client import together


def plain(stack, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(stack.host, stack.http_port, timeout=20)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        return response.status, dict((name.lower(), value) for name, value in response.getheaders()), response.read()
    finally:
        connection.close()


@pytest.mark.parametrize("method, path", [("GET", "/"), ("GET", "/health"), ("GET", "/currencies?limit=1"), ("POST", "/organizations"), ("DELETE", "/x"),
                                          ("PUT", "/organizations/org_0000000000000000000000000/accounts"), ("OPTIONS", "/"), ("PATCH", "/nowhere")])
def test_plain_http_is_refused_and_never_redirected(stack, contract, method, path):
    status, headers, body = plain(stack, method, path, headers={"Authorization": f"Bearer {stack.operator_key}"})
    assert status == 403 and "location" not in headers and headers["content-type"] == "application/json"
    error = json.loads(body)["error"]
    assert error["code"] == "https_required" and error["request_id"] == headers["x-request-id"]
    assert "strict-transport-security" not in headers
    contract.check_schema({"$ref": "#/components/schemas/Error"}, json.loads(body), "body")


def test_tls_without_tls(stack):
    """Plain HTTP sent to the TLS port."""
    with socket.create_connection((stack.host, stack.port), timeout=20) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = connection.makefile("rb").read()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b" 403 " in head.split(b"\r\n")[0] and json.loads(body)["error"]["code"] == "https_required"


@pytest.mark.parametrize("path", ["/", "/nowhere", "/organisations", "/organizations/x/y/z", "/v1/organizations", "/accounts", "/internal/error", "/internal/wait",
                                  "/.git/config", "/metrics", "/openapi.yaml", "/docs/nothing", "/%00", "/organizations/%2e%2e/health/x"])
def test_a_path_that_nobody_owns(operator, path):
    seen = operator.get(path)
    assert seen.status in (400, 404) and seen.code in ("route_not_found", "invalid_request"), seen
    if "%" not in path:
        seen.expect(404, "route_not_found")


def test_a_body_that_is_too_large(still_books):
    before = still_books.snapshot()
    for path, size in (("/accounts", 2_000_000), ("/accounts", 20_000_000), ("/transactions/batch", 20_000_000)):
        refused = still_books.post(path, b'{"name":"' + b"x" * size + b'"}').expect(413, "body_too_large")
        assert refused.headers["content-type"] == "application/json"
    assert still_books.snapshot() == before


def test_a_body_just_below_the_limit_is_read(still_books):
    still_books.post("/accounts", b'{"name":"' + b"x" * 1_000_000 + b'"}').expect(400, "invalid_request", ["name", "type"])
    still_books.post("/transactions/batch", b'{"mode":"' + b"x" * 15_000_000 + b'"}').expect(400, "invalid_request", ["mode", "transactions"])


def test_an_address_that_is_too_long(still_books):
    refused = still_books.client.get(f"{still_books.path}/accounts?name={'x' * 9_000}")
    assert refused.status == 414 and refused.error["type"] == "validation_error"


def test_headers_that_are_too_large(stack, contract, connections):
    status, headers, body = connections.exchange("GET", "/health", None, {"X-Large": "x" * 30_000})
    assert status in (400, 431) and headers["content-type"] == "application/json"
    contract.check_schema({"$ref": "#/components/schemas/Error"}, json.loads(body), "body")


@pytest.mark.parametrize("version, works", [(ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)])
@pytest.mark.filterwarnings("ignore:.*TLSv1_1 is deprecated:DeprecationWarning")
def test_versions_of_tls(stack, version, works):
    context = stack.tls_context()
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    with socket.create_connection((stack.host, stack.port), timeout=20) as connection:
        if works:
            with context.wrap_socket(connection, server_hostname=stack.host) as secure:
                assert secure.version() == version.name.replace("v1_", "v1.")
        else:
            with pytest.raises((ssl.SSLError, ConnectionError)):
                context.wrap_socket(connection, server_hostname=stack.host)


def test_the_certificate_is_of_an_authority_of_its_own(stack):
    with socket.create_connection((stack.host, stack.port), timeout=20) as connection, pytest.raises(ssl.SSLCertVerificationError):
        ssl.create_default_context().wrap_socket(connection, server_hostname=stack.host)


def test_headers_of_safety(still_books):
    for seen in (still_books.get("/accounts"), still_books.client.get("/nowhere"), still_books.client.get("/health")):
        assert seen.headers["strict-transport-security"].startswith("max-age=") and int(seen.headers["strict-transport-security"].split("=")[1]) >= 31_536_000
        assert seen.headers["x-content-type-options"] == "nosniff" and "nginx/" not in seen.headers.get("server", "")


def test_http2(stack, still_books):
    with httpx.Client(http2=True, verify=stack.tls_context(), base_url=stack.environment["CRANE_URL"]) as client:
        headers = {"Authorization": f"Bearer {still_books.key}"}
        seen = client.get(f"{still_books.path}/accounts", headers=headers)
        assert seen.http_version == "HTTP/2" and seen.status_code == 200 and seen.json()["object"] == "list"
        made = client.post(f"{still_books.path}/accounts", headers=headers, json={"name": "By HTTP/2", "type": "asset"})
        assert made.status_code == 201 and made.json()["name"] == "By HTTP/2"
        assert client.get("/nowhere").json()["error"]["code"] == "route_not_found"


def test_what_is_compressed_keeps_its_version(stack, still_books):
    with httpx.Client(verify=stack.tls_context(), base_url=stack.environment["CRANE_URL"], headers={"Authorization": f"Bearer {still_books.key}"}) as client:
        made = still_books.make_account(description="x" * 900, metadata={"long": "y" * 400})
        path = f"{still_books.path}/accounts/{made['id']}"
        seen = client.get(path)
        assert seen.headers["content-encoding"] == "gzip" and seen.json() == made
        assert client.get(path, headers={"If-None-Match": seen.headers["etag"]}).status_code == 304
        assert client.put(path, headers={"If-Match": seen.headers["etag"]}, json={"name": "y"}).status_code == 200


def test_head_is_get_without_its_body(still_books):
    status, headers, body = still_books.client.connections.exchange("HEAD", f"{still_books.path}/accounts", None, {"Authorization": f"Bearer {still_books.key}"})
    assert status == 200 and body == b"" and headers["content-type"].startswith("application/json")


def test_a_trailing_slash_is_the_same_path_or_none(still_books):
    seen = still_books.client.get(f"{still_books.path}/accounts/")
    assert (seen.status, seen.code) in ((200, None), (404, "route_not_found"), (404, "resource_not_found")), seen


def test_many_connections_at_once(stack, still_books):
    opened = [still_books.client.connections.open() for _ in range(200)]
    try:
        for connection in opened:
            connection.request("GET", "/health")
        assert {connection.getresponse().status for connection in opened} == {200}
    finally:
        for connection in opened:
            connection.close()


def ask_from(stack, address, count):
    """(status, headers, body) of as many requests over one connection from this address of the machine, for what only nginx answers."""
    connection = http.client.HTTPSConnection(stack.host, stack.port, context=stack.tls_context(), timeout=20, source_address=(address, 0))
    answers = []
    try:
        for _ in range(count):
            connection.request("GET", "/favicon.ico", headers={"Authorization": "Bearer guess"})
            response = connection.getresponse()
            answers.append((response.status, dict((name.lower(), value) for name, value in response.getheaders()), response.read()))
    finally:
        connection.close()
    return answers


def test_a_flood_from_one_address_is_refused(stack, contract):
    """A hundred a second and 400 at one moment pass; the machine's own 127.0.0.1 is not counted, nor is one address for another."""
    answers = []
    while not any(status == 429 for status, _, _ in answers):
        assert len(answers) < 100_000, "the address may ask as often as it likes"
        answers += [answer for lane in together(4, lambda _: ask_from(stack, "127.0.0.2", 1000)) for answer in lane]
    refused = [answer for answer in answers if answer[0] == 429]
    assert len(answers) - len(refused) >= 400 and {status for status, _, _ in answers} == {404, 429}
    for status, headers, body in refused:
        assert headers["retry-after"] == "2" and headers["content-type"] == "application/json"
        error = json.loads(body)["error"]
        assert (error["code"], error["status"], error["retry_after"], error["request_id"]) == ("rate_limit_exceeded", status, 2, headers["x-request-id"])
    contract.check_schema({"$ref": "#/components/schemas/Error"}, json.loads(refused[0][2]), "body")
    for address, count in (("127.0.0.3", 400), ("127.0.0.1", 2000)):
        assert {status for status, _, _ in ask_from(stack, address, count)} == {404}
