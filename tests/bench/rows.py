"""The rows of the table: each a function that measures and gives back figures.

A bench is (installation, seconds, warm_up, repeats, is_quick). Crane and its peer take turns, so that both meet the same
minute of the machine, and after every run that writes the books are audited."""
import json
import random
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from figures import Aim, Figure, at_least_half
from installation import Installation

POST_DATE = "2026-01-31"
READ_CONNECTIONS = 32
TRYTON_POSTS_PER_SECOND = 28


@dataclass
class Bench:
    installation: Installation
    seconds: float
    warm_up: float
    repeats: int
    is_quick: bool

    def timed(self):
        return ["--seconds", self.seconds, "--warm-up", self.warm_up]


def transaction_body(first="{account}", second="{account}"):
    entries = [{"account_id": first, "entry_type": "debit", "amount": "{amount}"},
               {"account_id": second, "entry_type": "credit", "amount": "{amount}"}]
    return json.dumps({"status": "posted", "transaction_date": POST_DATE, "reference_number": "r{number}", "description": "Order {number}",
                       "entries": entries}, separators=(",", ":"))


# Reads.

def read(bench):
    made = bench.installation
    targets = {"account": ("GET one account", made.path("/accounts/{account}")),
               "list": ("list 100 accounts", made.path("/accounts?limit=100")),
               "balance": ("GET a balance", made.path("/accounts/{account}/balance"))}
    samples = {name: target.replace("{account}", made.accounts[0]) for name, (_, target) in targets.items()}
    made.start_fixed(samples)
    figures = []
    for name, (words, target) in targets.items():
        figure = Figure("read", f"{words}, {READ_CONNECTIONS} connections", "/s", against="fixed reply of that size, same nginx",
                        aims=[at_least_half()])
        common = ["--connections", READ_CONNECTIONS, *bench.timed()]
        for _ in range(bench.repeats):
            found = made.load("--target", target, *common)
            peer = made.load("--target", made.fixed_target(name, samples[name]), *common)
            figure.runs.append(found["per_second"])
            figure.peer_runs.append(peer["per_second"])
            figure.details.append({"crane": found, "peer": peer})
        figures.append(figure)
    return figures


# Postings.

def post_run(bench, body, connections, *words):
    """One run of postings, each of which must be in the books afterwards."""
    made = bench.installation
    before = made.transaction_count()
    found = made.load("--method", "POST", "--target", made.path("/transactions"), "--body", body, "--connections", connections, *words,
                      expect=(201,))
    written, answered = made.transaction_count() - before, sum(found["statuses_in_all"].values())
    if written != answered:
        raise RuntimeError(f"{answered} postings were answered and {written} are in the books")
    made.audit()
    return found


def post(bench):
    figures = []
    for connections in (1, 16, 64):
        figure = Figure("post", f"POST a transaction, {connections} clients", "/s", against="2 lines and 2 balances in bare MariaDB",
                        aims=[at_least_half()])
        if connections > 1:  # one client waits for the disk each time, with anything
            figure.aims.append(Aim("value", ">=", 100 * TRYTON_POSTS_PER_SECOND, "≥ 100 × Tryton's 28/s"))
        for _ in range(bench.repeats):
            found = post_run(bench, transaction_body(), connections, *bench.timed())
            peer = bench.installation.bare("post", "--connections", connections, *bench.timed())
            figure.runs.append(found["per_second"])
            figure.peer_runs.append(peer["per_second"])
            figure.details.append({"crane": found, "peer": peer})
        figures.append(figure)
    return figures


def hot(bench):
    figure = Figure("hot", "64 writers on one hot account", "/s", against="the same with accounts spread",
                    aims=[Aim("ratio", ">=", 0.8, "≥ 80 %, no 5xx")])
    hot_account = bench.installation.accounts[-1]
    for _ in range(bench.repeats):
        found = post_run(bench, transaction_body(first=hot_account), 64, "--skew", 0, *bench.timed())
        spread = post_run(bench, transaction_body(), 64, "--skew", 0, *bench.timed())
        figure.runs.append(found["per_second"])
        figure.peer_runs.append(spread["per_second"])
        figure.details.append({"crane": found, "peer": spread})
    return [figure]


# One pool of credits.

POOL_WRITERS = 64


def charge_run(bench, organizations):
    """A writer of each organization at once, by its own key; what they wrote a second, all together."""
    made = bench.installation

    def write(organization):
        number, key = organization
        return made.load("--method", "POST", "--target", f"/organizations/{number}/accounts", "--body", '{"name":"Account {number}","type":"asset"}',
                         "--connections", 1, *bench.timed(), expect=(201,), key=key)
    with ThreadPoolExecutor(len(organizations)) as writers:
        found = list(writers.map(write, organizations))
    made.audit()
    return sum(each["per_second"] for each in found)


def pool(bench):
    figure = Figure("pool", f"{POOL_WRITERS} writers who charge one pool", "/s", against="the same with a pool for each",
                    aims=[Aim("ratio", ">=", 0.8, "≥ 80 %, no 5xx")])
    family, roots = bench.installation.make_family(POOL_WRITERS), bench.installation.make_roots(POOL_WRITERS)
    for _ in range(bench.repeats):
        figure.runs.append(charge_run(bench, family))
        figure.peer_runs.append(charge_run(bench, roots))
    return [figure]


# Batches.

BATCH_CONNECTIONS = 4


def write_batch(bench, size):
    """A batch's body, accounts by the same Zipf choice, as a file."""
    made, chance = bench.installation, random.Random(size)
    weights = [1 / (rank + 1) ** 0.99 for rank in range(len(made.accounts))]
    items = []
    for index in range(size):
        first = second = chance.choices(made.accounts, weights)[0]
        while second == first:
            second = chance.choices(made.accounts, weights)[0]
        amount = f"{chance.randrange(100, 1_000_000) / 100:.2f}"
        items.append(json.loads(transaction_body(first, second).replace("{number}", str(index)).replace("{amount}", amount)))
    path = made.work / f"batch-{size}.json"
    path.write_text(json.dumps({"mode": "atomic", "transactions": items}, separators=(",", ":")), encoding="utf-8")
    return path


def batch_run(bench, body_file, size, count):
    made = bench.installation
    before = made.transaction_count()
    found = made.load("--method", "POST", "--target", made.path("/transactions/batch"), "--body-file", body_file,
                      "--header", "Prefer: wait=30", "--connections", min(BATCH_CONNECTIONS, count), "--requests", count, expect=(201,))
    written = made.transaction_count() - before
    if written != count * size:
        raise RuntimeError(f"{count * size} transactions were answered and {written} are in the books")
    return found


def batch(bench):
    figures = []
    for size, count in ((1000, 40), (10_000, 8)):
        count = count // 4 if bench.is_quick else count
        figure = Figure("batch", f"batches of {size:,}, {BATCH_CONNECTIONS} at a time", "transactions/s",
                        against="bare multi-row inserts, 2 lines each", aims=[at_least_half(), Aim("value", ">=", 20_000, "≥ 20,000/s")])
        body_file = write_batch(bench, size)
        batch_run(bench, body_file, size, 2)  # warm-up
        for _ in range(bench.repeats):
            found = batch_run(bench, body_file, size, count)
            bench.installation.audit()
            peer = bench.installation.bare("batch", "--connections", min(BATCH_CONNECTIONS, count), "--size", size, "--batches", count)
            figure.runs.append(found["per_second"] * size)
            figure.peer_runs.append(peer["per_second"] * size)
            figure.details.append({"crane": found, "peer": peer})
        figures.append(figure)
    return figures


# Times.

def latency(bench):
    half = Figure("latency", "POST at 100/s, open loop, p50", "ms", against="Midaz publishes 4.9", aims=[Aim("value", "<=", 3, "≤ 3 ms")])
    most = Figure("latency", "POST at 100/s, open loop, p99", "ms", against="Midaz publishes 8.3", aims=[Aim("value", "<=", 8, "≤ 8 ms")])
    for _ in range(bench.repeats):
        found = post_run(bench, transaction_body(), 16, "--rate", 100, *bench.timed())
        half.runs.append(found["p50_ms"])
        most.runs.append(found["p99_ms"])
        half.details.append({"crane": found})
    return [half, most]


def queued_milliseconds(bench, number):
    """From the 202 in hand to the job's end in hand."""
    made = bench.installation
    accounts = random.Random(number).sample(made.accounts, 2)
    body = transaction_body(*accounts).replace("{number}", str(number)).replace("{amount}", "12.00")
    status, _, content = made.request("POST", made.path("/transactions"), body, Prefer="respond-async")
    accepted = time.perf_counter()
    if status != 202:
        raise RuntimeError(f"A queued posting is answered {status}: {content[:500]!r}")
    job = made.get(made.path(f"/jobs/{json.loads(content)['id']}?wait=30"))
    if job["status"] != "completed":
        raise RuntimeError(f"A queued posting is {job['status']}")
    return (time.perf_counter() - accepted) * 1000


def queue(bench):
    half = Figure("queue", "queued operation, accepted to completed, p50", "ms", aims=[Aim("value", "<=", 5, "≤ 5 ms")])
    most = Figure("queue", "queued operation, accepted to completed, p99", "ms", aims=[Aim("value", "<=", 25, "≤ 25 ms")])
    for _ in range(bench.repeats):
        taken = sorted(queued_milliseconds(bench, number) for number in range(100 if bench.is_quick else 300))
        half.runs.append(statistics.median(taken))
        most.runs.append(taken[int(len(taken) * 0.99) - 1])
        bench.installation.audit()
    return [half, most]


def cursor(bench):
    made, depth = bench.installation, 100_000 if bench.is_quick else 1_000_000
    size = 10_000
    body_file = write_batch(bench, size)
    missing = depth + 200 - made.transaction_count()
    if missing > 0:
        batch_run(bench, body_file, size, -(-missing // size))
        made.audit()
    deep = made.database(f"select lower(hex(id)) from transactions order by books_id desc, id desc limit 1 offset {depth}")[0][0]
    deep_id = "txn_" + base36(int(deep, 16))
    figure = Figure("cursor", f"page of 100 transactions at depth {depth:,}, p50", "ms", against="the first page",
                    aims=[Aim("ratio", "<=", 1.2, "≤ 1.2 ×")])
    for _ in range(bench.repeats):
        found = made.load("--target", made.path(f"/transactions?limit=100&starting_after={deep_id}"), *bench.timed())
        first = made.load("--target", made.path("/transactions?limit=100"), *bench.timed())
        figure.runs.append(found["p50_ms"])
        figure.peer_runs.append(first["p50_ms"])
        figure.details.append({"crane": found, "peer": first})
    return [figure]


def base36(value, digits=25):
    text = ""
    for _ in range(digits):
        value, rest = divmod(value, 36)
        text = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + text
    return text


# The programs themselves.

def memory(bench):
    """What the programs hold, each shared page counted once (the kernel's Pss)."""
    total, resident, details = 0, 0, {}
    for name, pids in bench.installation.processes().items():
        if name in ("mariadb", "redis"):
            continue
        for pid in pids:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            values = {line.split(":")[0]: int(line.split()[1]) for line in text.splitlines()[1:]}
            total += values["Pss"]
            resident += values["Rss"]
            details[name] = details.get(name, 0) + values["Pss"]
    figure = Figure("memory", f"memory of all but MariaDB and Redis, before any load (Rss {resident / 1024:.0f})", "MiB", [total / 1024],
                    aims=[Aim("value", "<=", 150, "≤ 150 MiB")], details=[details])
    return [figure]
