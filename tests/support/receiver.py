"""The other end of webhooks: a web server that keeps what it was sent, and the official library that verifies it.

    with Receiver() as receiver:
        books.post("/webhooks", {"url": receiver.url}) …
        message = receiver.wait_for(lambda message: message.type == "transaction.posted")
        verifier.check(message, secret)
"""
import hashlib
import http.server
import json
import shutil
import subprocess
import threading
import time
from pathlib import Path

from stack import BUILD

SECONDS = 30


class Message:
    """One request as it came."""

    def __init__(self, path, headers, body):
        self.path, self.headers, self.body, self.at = path, headers, body, time.monotonic()

    @property
    def id(self):
        return self.headers["webhook-id"]

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def type(self):
        return self.json["type"]

    @property
    def event(self):
        return self.json["data"]


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A sender that hangs up is no fault of the receiver."""


class Receiver:
    """answer(message) gives (status, headers, body); None hangs up without a word."""

    def __init__(self, answer=None):
        self.answer = answer or (lambda message: (204, {}, b""))
        self.messages, self.changed, self.port, self.server = [], threading.Condition(), 0, None

    @property
    def url(self):
        return f"http://localhost:{self.port}/hook"

    def start(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                message = Message(self.path, {name.lower(): value for name, value in self.headers.items()}, body.decode())
                with receiver.changed:
                    receiver.messages.append(message)
                    receiver.changed.notify_all()
                answer = receiver.answer(message)
                if answer is None:
                    self.close_connection = True
                    return
                status, headers, content = answer
                self.send_response(status)
                for name, value in {"Content-Length": str(len(content)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def do_GET(self):
                """What a follower of redirects would ask."""
                with receiver.changed:
                    receiver.messages.append(Message(self.path, {}, "{}"))
                self.send_error(404)

            def log_message(self, *_):
                pass

        self.server = Server(("localhost", self.port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        """Nobody listens on the port any more; the messages stay."""
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def so_far(self):
        with self.changed:
            return list(self.messages)

    def wait_until(self, is_enough, what, seconds=SECONDS):
        """The messages, once there are enough of them."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while not is_enough(self.messages):
                rest = deadline - time.monotonic()
                assert rest > 0, f"waited {seconds} s in vain: {what}; there are {[(each.id, each.body[:80]) for each in self.messages]}"
                self.changed.wait(rest)
            return list(self.messages)

    def wait_for(self, is_wanted, what="a message", seconds=SECONDS):
        """The first message that is wanted."""
        found = self.wait_until(lambda messages: any(map(is_wanted, messages)), what, seconds)
        return next(filter(is_wanted, found))


class Verifier:
    """Holds messages against their secret with the library that receivers use."""

    def __init__(self):
        self.process = subprocess.Popen(["node", "verify.js"], cwd=self.installed(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    @staticmethod
    def installed():
        """A folder of the build with the packages in it; the lock file's digests are checked by npm."""
        source = Path(__file__).parent / "npm"
        files = sorted(source.iterdir())
        folder = BUILD / ("npm-" + hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16])
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(source, folder)
            done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder, text=True, check=False, timeout=300,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            assert done.returncode == 0, f"npm ci failed in {folder}:\n{done.stdout}"
            (folder / "done").touch()
        return folder

    def fault(self, message, secret):
        """What the library says against a message; None if nothing."""
        asked = {"secret": secret, "payload": message.body, "headers": message.headers}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        said = json.loads(self.process.stdout.readline())
        if "error" in said:
            return said["error"]
        assert said["message"] == message.json
        return None

    def check(self, message, secret):
        fault = self.fault(message, secret)
        assert fault is None, f"{fault}: {message.headers} {message.body}"

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(SECONDS)
