"""The installation's own two routes, and its description of itself."""


def test_health_needs_no_key(operator):
    seen = operator.get("/health", key=None).expect(200)
    assert seen.body == b"OK" and seen.headers["content-type"].split(";")[0] == "text/plain"


def test_the_state_of_the_installation(still_books, operator):
    for client in (still_books.client, operator, still_books.with_new_key(permissions={}).client):
        seen = client.get("/system").expect(200)
        assert seen["database"]["status"] == seen["cache"]["status"] == "up" and seen["workers"]["count"] >= 1
        assert seen["version"] and seen["database"]["latency_ms"] >= 0
    still_books.client.get("/system", key=None).expect(401, "missing_api_key")


def test_events_are_counted(books):
    before = books.client.get("/system").expect(200)["event_stats"]["total"]
    books.post_transaction()
    assert books.client.get("/system").expect(200)["event_stats"]["total"] > before


def test_a_queued_job_is_counted(stack, books):
    with stack.without("worker"):
        before = books.client.get("/system").expect(200)["workers"]
        assert before["count"] == 0
        job = books.post("/accounts", {"name": "x", "type": "asset"}, headers={"Prefer": "respond-async"}).expect(202).json
        after = books.client.get("/system").expect(200)["workers"]
        assert after["queued_jobs"] == before["queued_jobs"] + 1
    books.wait_for(job)


def test_the_description_is_served(operator, contract):
    for path, media in (("/openapi.json", "application/json"), ("/llms.txt", "text/plain"), ("/docs", "text/html")):
        status, headers, body = operator.connections.exchange("GET", path, None, {})
        assert status == 200 and headers["content-type"].split(";")[0] == media and len(body) > 1000, path
    assert contract.document["info"]["title"] == "Crane"
