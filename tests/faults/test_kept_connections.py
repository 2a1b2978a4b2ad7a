"""Two threads serve any number of connections: what is idle, or waits for a job, holds none of them."""
import json
import re
import subprocess
import threading
import time

import pytest
from client import together
from processes import wait_until
from raw_fastcgi import RawConnection

CLIENTS = 64
# Far below the 30 seconds and more that a request takes which got no thread.
QUICK = 10


@pytest.fixture(scope="module", autouse=True)
def two_threads(stack):
    """All programs of the installation with two threads each; as before when the module is done."""
    def up(*arguments):
        # Its own programs, so that a build in the meantime changes nothing.
        done = stack.crane("up", "--build-dir", stack.data, "--no-packages", "--quiet", *arguments)
        assert done.returncode == 0, done.stdout
    up("--set", "CRANE_THREADS=2")
    yield
    settings = stack.data / "crane.conf"
    settings.write_text(re.sub(r"CRANE_THREADS=.*\n", "", settings.read_text(encoding="utf-8")), encoding="utf-8")
    up()


def nginx_workers(port):
    listed = subprocess.run(["ss", "-Htnp", "state", "established", f"sport = :{port}"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return set(re.findall(r"\"nginx\",pid=(\d+)", listed))


def timed(work):
    began = time.monotonic()
    return work(), time.monotonic() - began


def test_the_setting_holds(processes):
    assert processes.log_lines("transactions", "\"threads\":\"2\"") > 0


def test_many_clients_idle_and_then_ask_at_once(busy_books, processes, stack):
    connections = busy_books.client.connections

    def ask(_):
        return timed(lambda: busy_books.get("/transactions", limit=1).expect(200))
    # Both of nginx's processes, each of which keeps connections of its own.
    for count in range(CLIENTS, 8 * CLIENTS, CLIENTS):
        connections.prepare(count)
        if len(nginx_workers(stack.port)) > 1:
            break
    for _ in range(3):
        replies = together(CLIENTS, ask)
        assert max(seconds for _, seconds in replies) < QUICK
        kept = processes.connections("transactions")
        assert kept > 2, "nginx keeps no more connections than there are threads, so this shows nothing"
    posted = together(CLIENTS, lambda _: timed(lambda: busy_books.post_transaction(amount="1.00")))
    assert max(seconds for _, seconds in posted) < QUICK and busy_books.balance("1010") == f"{CLIENTS}.00"


def test_idle_connections_of_a_web_server_hold_no_thread(busy_books, processes):
    path, url = processes.socket("transactions"), f"{busy_books.path}/transactions"
    before = processes.connections("transactions")  # nginx's own
    silent = [RawConnection(path) for _ in range(40)]
    kept = [RawConnection(path) for _ in range(40)]
    try:
        for connection in kept:
            assert connection.ask("GET", url, busy_books.key)[0] == 200
        assert processes.connections("transactions") >= before + 40
        with RawConnection(path) as another:
            (status, _), seconds = timed(lambda: another.ask("GET", url, busy_books.key))
            assert status == 200 and seconds < QUICK
        _, seconds = timed(lambda: busy_books.get("/transactions").expect(200))
        assert seconds < QUICK
        # All of them at once, those also that had been silent so far.
        everyone = kept + silent
        for connection in everyone:
            connection.begin("GET", url, busy_books.key)
            connection.end()
        assert [connection.answer()[0] for connection in everyone] == [200] * len(everyone)
    finally:
        for connection in kept + silent:
            connection.socket.close()
    wait_until(lambda: processes.connections("transactions") < before + 40, "the closed connections are let go", pause=0.1)


@pytest.mark.parametrize("size", [0, 1, 100_000])
def test_a_body_whose_end_comes_late_does_not_break_the_connection(busy_books, processes, size):
    """The empty record that ends a body may come in a packet of its own."""
    body = json.dumps(busy_books.transaction(status="posted") | {"metadata": {f"k{n}": "x" * 500 for n in range(size // 500)}}).encode() if size else b""
    method = "POST" if size else "GET"
    with RawConnection(processes.socket("transactions")) as connection:
        for _ in range(3):
            connection.begin(method, f"{busy_books.path}/transactions", busy_books.key, body)
            connection.is_readable(0.2)  # answers now or when the body is closed: both are well
            connection.end()
            status, answer = connection.answer()
            assert status in ((200,) if not size else (201, 400)), answer
        assert connection.ask("GET", f"{busy_books.path}/transactions", busy_books.key)[0] == 200


def test_whoever_waits_for_a_job_holds_no_thread(busy_books, processes, stack):
    batch = {"transactions": [busy_books.transaction("1.00", status="posted")]}
    replies, waiting = [], []
    with stack.without("worker"):
        job = busy_books.post("/transactions/batch", batch).expect(202)

        def wait(index):
            if index % 2:
                replies.append(busy_books.post("/transactions/batch", batch, headers={"Prefer": "wait=30"}).status)
            else:
                replies.append(busy_books.get(f"/jobs/{job['id']}", wait=30).expect(200)["status"])
        waiting = [threading.Thread(target=wait, args=(index,)) for index in range(40)]
        for thread in waiting:
            thread.start()
        wait_until(lambda: processes.connections("waiter") >= 40, "all 40 wait", pause=0.1)
        for _ in range(10):
            for path in ("/transactions", "/accounts", f"/jobs/{job['id']}"):
                _, seconds = timed(lambda path=path: busy_books.get(path).expect(200))
                assert seconds < QUICK, f"{path} took {seconds} s"
            _, seconds = timed(lambda: busy_books.post_transaction(amount="1.00"))
            assert seconds < QUICK
        assert not replies, "somebody did not wait"
    _, seconds = timed(lambda: [thread.join() for thread in waiting])
    assert sorted(map(str, replies)) == ["201"] * 20 + ["completed"] * 20
    assert seconds < QUICK, "the waiting were not woken"
    assert busy_books.balance("1010") == "31.00"
