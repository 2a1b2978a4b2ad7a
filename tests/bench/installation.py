"""The installation that is measured, and the peers beside it: made for one run, gone after it."""
import http.client
import json
import os
import re
import ssl
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from stack import PYTHON, ROOT, Stack, free_ports  # noqa: E402

HERE = Path(__file__).resolve().parent
ACCOUNTS = 1000
CREDITS = 10**12
SECONDS_TO_START = 240


class Installation(Stack):
    """As shipped: its own settings, memory and durability. The key alone is not: its rate limit is the highest."""

    def up(self):
        for attempt in range(3):
            ports = free_ports(2)
            done = self.crane("up", "--build-dir", self.build, "--no-packages", "--quiet", "--port", ports[0], "--http-port", ports[1])
            if done.returncode == 0:
                break
            if attempt == 2 or "is in use by another program" not in done.stdout:
                raise RuntimeError(f"./crane up failed:\n{done.stdout}\n{self.last_lines()}")
        lines = (self.data / "crane.env").read_text(encoding="utf-8").splitlines()
        self.environment = dict(line.split("=", 1) for line in lines)
        self.tls = ssl.create_default_context(cafile=self.environment["CRANE_CACERT"])
        self.work = self.data / "bench"
        self.work.mkdir(mode=0o755)
        self.run_folder = Path(os.path.realpath(self.data / "run"))
        self.fixed_program = None

    def close(self):
        if getattr(self, "fixed_program", None):
            self.fixed_program.terminate()
            self.fixed_program.wait(10)
        super().close()

    # What is measured is one organization with 1,000 accounts.

    def furnish(self):
        made = self.say("org", "create", "--name", "Bench", "--currency", "USD", "--chart", "standard", "--credits", CREDITS, "--format", "env")
        self.organization = made["CRANE_ORGANIZATION"]
        self.key = self.make_key(self.organization)
        self.connection = http.client.HTTPSConnection(self.host, self.port, context=self.tls, timeout=60)
        self.load("--method", "POST", "--target", self.path("/accounts"), "--connections", 16, "--requests", ACCOUNTS,
                  "--body", '{"name":"Account {number}","code":"b{number}","type":"asset"}', expect=(201,))
        self.accounts = [each["id"] for each in self.pages("/accounts") if re.fullmatch(r"b\d+", each["code"] or "")]
        if len(self.accounts) != ACCOUNTS:
            raise RuntimeError(f"{len(self.accounts)} accounts instead of {ACCOUNTS}")
        self.accounts_file = self.work / "accounts.txt"
        self.accounts_file.write_text("\n".join(self.accounts) + "\n", encoding="utf-8")

    def make_root(self, name):
        """(organization, key): a root with its own pool, and a key that no rate limit holds."""
        made = self.say("org", "create", "--name", name, "--currency", "USD", "--chart", "none", "--credits", CREDITS, "--format", "env")
        return made["CRANE_ORGANIZATION"], self.make_key(made["CRANE_ORGANIZATION"])

    def make_key(self, organization):
        return self.say("key", "create", "--organization", organization, "--rate-limit", 10_000_000, "--format", "env")["CRANE_KEY"]

    def make_roots(self, count):
        return [self.make_root(f"Root {number}") for number in range(count)]

    def make_family(self, count):
        """A root and organizations below it, which draw on its pool."""
        organization, key = self.make_root("Family")
        family = [(organization, key)]
        for number in range(1, count):
            status, _, content = self.request("POST", "/organizations", json.dumps({"name": f"Child {number}", "chart": "none"}), Authorization=f"Bearer {key}")
            if status != 201:
                raise RuntimeError(f"a child could not be made: {content[:500]!r}")
            child = json.loads(content)["id"]
            family.append((child, self.make_key(child)))
        return family

    def say(self, *words):
        """./crane WORDS, whose output is NAME=value lines."""
        done = self.crane(words[0], *words[1:])
        if done.returncode:
            raise RuntimeError(f"./crane {words[0]} {words[1]} failed:\n{done.stdout}")
        return dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)

    def path(self, rest):
        return f"/organizations/{self.organization}{rest}"

    def request(self, method, target, body=None, **headers):
        """One request on a kept connection: status, headers, content."""
        sent = {"Authorization": f"Bearer {self.key}", **{name.replace("_", "-"): value for name, value in headers.items()}}
        if body is not None:
            sent["Content-Type"] = "application/json"
        for attempt in (1, 2):  # the server may have closed an idle connection
            try:
                self.connection.request(method, target, body, sent)
                response = self.connection.getresponse()
                return response.status, response.getheaders(), response.read()
            except (http.client.HTTPException, ConnectionError):
                self.connection.close()
                if attempt == 2:
                    raise

    def get(self, target):
        status, _, content = self.request("GET", target)
        if status != 200:
            raise RuntimeError(f"GET {target} is {status}: {content[:500]!r}")
        return json.loads(content)

    def pages(self, rest, **query):
        while True:
            page = self.get(self.path(rest) + "?" + urlencode({**query, "limit": 100}))
            yield from page["data"]
            if not page["has_more"]:
                return
            query["starting_after"] = page["data"][-1]["id"]

    # Tools.

    def program(self, name):
        return str(self.build / "bin" / name)

    def load(self, *words, expect=(200,), key=None):
        """crane-bench-load's findings. Any other status than the expected ones, or a broken connection, ends the run."""
        command = [self.program("crane-bench-load"), "--url", self.environment["CRANE_URL"], "--authority", self.environment["CRANE_CACERT"]]
        if hasattr(self, "accounts_file"):
            command += ["--accounts", str(self.accounts_file)]
        found = run_for_json([*command, *map(str, words)], {"CRANE_BENCH_KEY": key or self.key})
        unexpected = {status: count for status, count in found["statuses_in_all"].items() if int(status) not in expect}
        if unexpected or found["broken"]:
            raise RuntimeError(f"Unexpected replies {unexpected}, {found['broken']} broken connections, to {words}:\n{found['refusal'][:1500]}")
        return found

    def bare(self, *words):
        return run_for_json([self.program("crane-bench-bare"), *map(str, words)], {"CRANE_CONFIG": str(self.data / "crane.conf")})

    def database(self, statements):
        """Rows of text, as the database's administrator."""
        command = ["mariadb", f"--defaults-file={self.data}/secrets/root.cnf", f"--socket={self.run_folder}/own/mariadb.sock",
                   "--batch", "--skip-column-names", "crane"]
        done = subprocess.run(command, input=statements, text=True, check=True, stdout=subprocess.PIPE)
        return [line.split("\t") for line in done.stdout.splitlines()]

    def transaction_count(self):
        return int(self.database("select count(*) from transactions")[0][0])

    def audit(self):
        done = self.crane("verify")
        if done.returncode:
            raise RuntimeError(f"The books are not in order:\n{done.stdout}")

    def processes(self):
        """Program to process ids, nginx's workers and supervisord included."""
        done = subprocess.run([PYTHON, str(ROOT / "deploy/lib/programs.py"), str(self.run_folder / "supervisor.sock"), "state"],
                              text=True, check=True, stdout=subprocess.PIPE)
        found = {"supervisord": [int((self.run_folder / "supervisord.pid").read_text())]}
        for name, _, pid, _ in (line.split() for line in done.stdout.splitlines()):
            if pid != "-":
                children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
                found[name] = [int(pid), *map(int, children)]
        return found

    # Peers.

    def start_bare(self):
        self.database((HERE / "bare.sql").read_text(encoding="utf-8"))

    def start_fixed(self, replies):
        """The fixed replies come through this installation's own nginx: one more family with one more upstream.
        `replies` is a name to the target whose reply is imitated."""
        for name, target in replies.items():
            _, headers, content = self.request("GET", target)
            kept = [f"{header}: {value}\n" for header, value in headers
                    if header.lower() == "etag" or header.lower().startswith(("x-ratelimit", "x-credits", "x-request"))]
            (self.work / f"{name}.body").write_bytes(content)
            (self.work / f"{name}.headers").write_text("".join(kept), encoding="utf-8")
        socket_path = self.run_folder / "bench_fixed.sock"
        self.fixed_program = subprocess.Popen([self.program("crane-bench-fixed"), str(socket_path), str(self.work)])
        nginx = self.data / "etc/nginx"
        families, upstreams = nginx / "families.conf", nginx / "upstreams.conf"
        families.write_text(families.read_text() + "~^/bench/fixed/ bench_fixed;\n")
        like = re.search(r"upstream crane_accounts \{.*?\n\}\n", upstreams.read_text(), re.DOTALL).group()
        like = like.replace("crane_accounts", "crane_bench_fixed").replace(str(self.run_folder / "accounts.sock"), str(socket_path))
        upstreams.write_text(upstreams.read_text() + like)
        self.programs("signal", "HUP", "nginx")
        deadline = time.monotonic() + 20
        while self.request("GET", self.fixed_target(next(iter(replies)), ""))[0] != 200:
            if time.monotonic() > deadline:
                raise RuntimeError("nginx does not find crane-bench-fixed")
            time.sleep(0.1)

    def fixed_target(self, name, like):
        """As long as the target that it is compared with."""
        target = f"/bench/fixed/{name}/"
        return target + "x" * max(0, len(like) - len(target))


def run_for_json(command, environment):
    done = subprocess.run(command, text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **environment})
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed:\n{done.stderr}")
    found = json.loads(done.stdout)
    found["refusal"] = done.stderr
    return found
