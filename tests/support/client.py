"""A client of the API that keeps its connections and holds every request and reply against the contract.

    reply = client.post("/organizations", {"name": "A"}).expect(201)
    reply["id"], reply.headers["etag"]
    client.get("/organizations", query={"limit": 0}).expect(400, "invalid_request", fields=["limit"])

A reply must fit the document, always. A request must fit it when the server accepted it: what the document forbids may not
pass. Clients may be shared by threads.
"""
import http.client
import json
import threading
import time
from urllib.parse import quote, urlencode

from contract import query_pairs

NOTHING = object()
# nginx closes a connection on which nothing was ever asked after 15 seconds, any other that idles after 65.
IDLE_SECONDS = 8
SECONDS_PER_REQUEST = 90


class Reply:
    def __init__(self, method, path, status, headers, body):
        self.method, self.path, self.status, self.headers, self.body = method, path, status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def __getitem__(self, name):
        return self.json[name]

    @property
    def data(self):
        return self.json["data"]

    @property
    def error(self):
        return self.json["error"]

    @property
    def code(self):
        return self.error["code"] if self.status >= 400 else None

    @property
    def fields(self):
        """The fields that details.fields names, in order."""
        return [fault["field"] for fault in self.error.get("details", {}).get("fields", [])]

    @property
    def cost(self):
        return int(self.headers["x-credits-cost"])

    def expect(self, status, code=None, fields=None):
        assert self.status == status, f"{self}: {status} was expected"
        assert self.code == code, f"{self}: {code} was expected"
        if fields is not None:
            assert sorted(self.fields) == sorted(fields), f"{self}: faults in {sorted(fields)} were expected"
        return self

    def __str__(self):
        return f"{self.method} {self.path} -> {self.status} {self.body[:600].decode('utf-8', 'replace')}"


class Connections:
    """Kept connections to one server."""

    def __init__(self, host, port, tls):
        self.host, self.port, self.tls = host, port, tls
        self.idle, self.lock = [], threading.Lock()

    def open(self):
        connection = http.client.HTTPSConnection(self.host, self.port, context=self.tls, timeout=SECONDS_PER_REQUEST)
        connection.connect()
        return connection

    def take(self):
        with self.lock:
            while self.idle:
                connection, since = self.idle.pop()
                if time.monotonic() - since < IDLE_SECONDS:
                    return connection
                connection.close()
        return self.open()

    def give_back(self, connection):
        with self.lock:
            self.idle.append((connection, time.monotonic()))

    def prepare(self, count):
        """So that `count` requests can be sent at one moment."""
        made = [self.take() for _ in range(count)]
        for connection in made:
            self.give_back(connection)

    def close(self):
        with self.lock:
            for connection, _ in self.idle:
                connection.close()
            self.idle.clear()

    def exchange(self, method, target, body, headers):
        connection = self.take()
        try:
            connection.request(method, target, body=body, headers=headers)
            response = connection.getresponse()
            content = response.read()
        except BaseException:
            connection.close()
            raise
        if response.will_close:
            connection.close()
        else:
            self.give_back(connection)
        return response.status, merged(response.getheaders()), content


def merged(pairs):
    headers = {}
    for name, value in pairs:
        name = name.lower()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


class Client:
    def __init__(self, connections, contract, key=None):
        self.connections, self.contract, self.key = connections, contract, key

    def with_key(self, key):
        return Client(self.connections, self.contract, key)

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, body=NOTHING, **options):
        return self.request("POST", path, body, **options)

    def put(self, path, body=NOTHING, **options):
        return self.request("PUT", path, body, **options)

    def delete(self, path, **options):
        return self.request("DELETE", path, **options)

    def request(self, method, path, body=NOTHING, *, query=None, headers=None, key=NOTHING, is_wrong=False):
        """`body` is a value, or text or bytes to be sent as they are; `key` replaces the client's own. A request that is_wrong is
        not held against the document even if it is accepted."""
        sent = dict(headers or {})
        key = self.key if key is NOTHING else key
        if key is not None:
            sent.setdefault("Authorization", f"Bearer {key}")
        content = None
        if body is not NOTHING:
            sent.setdefault("Content-Type", "application/json")
            content = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        target = path
        if query:
            target += "?" + (query if isinstance(query, str) else urlencode(query_pairs(query), quote_via=quote))
        for name, value in self.headers_for(method, target, content).items():
            sent.setdefault(name, value)
        status, received, payload = self.connections.exchange(method, target, content, sent)
        reply = Reply(method, target, status, received, payload)
        self.check(reply, sent, content, is_wrong)
        return reply

    def headers_for(self, method, target, content):  # noqa: ARG002  for those who sign
        """Headers that depend on what is sent."""
        return {}

    def check(self, reply, sent, content, is_wrong):
        if reply.method not in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            return
        headers = reply.headers
        if "idempotent-replayed" in headers and reply.status >= 400:
            # The stored words name the request that was refused first.
            headers = {**headers, "x-request-id": reply.error["request_id"]}
        self.contract.check_response(reply.method, reply.path, reply.status, headers, reply.body)
        if reply.status < 400 and not is_wrong:
            body = json.loads(content) if content else None
            self.contract.check_request(reply.method, reply.path, None, sent, body)


def together(count, work):
    """Calls work(0), work(1), … from as many threads at one moment; the results in their order."""
    results, faults, start = [None] * count, [], threading.Barrier(count)

    def run(index):
        try:
            start.wait(30)
            results[index] = work(index)
        except BaseException as fault:  # noqa: BLE001  told below, by the thread that asked
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return results
