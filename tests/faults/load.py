"""Clients that write while programs die, and the account of what they were told.

    with Load(books, seed=1) as load:
        load.go_on(50)      # until so many more writes were acknowledged
        …
    load.check()            # each acknowledged write is there, once, and paid for once
"""
import http.client
import itertools
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from database import id_hex, id_text
from processes import wait_until

KINDS = ("direct", "direct", "queued", "queued", "atomic", "continue", "waited")
UNWAITED_KINDS = KINDS[:-1]
SECONDS_PER_WRITE = 60
# What a client is told when a program or a store is away; all else is an error of the service.
PASSING = {(502, "service_unavailable"), (503, "service_unavailable"), (504, "service_unavailable"), (409, "idempotency_in_progress")}


def money(cents):
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


@dataclass
class Write:
    kind: str
    path: str
    body: dict
    headers: dict
    numbers: list
    reply: object = None
    told: list = field(default_factory=list)
    is_queued: bool = field(init=False)

    def __post_init__(self):
        self.is_queued = self.kind != "direct"

    @property
    def credits(self):
        return 1 if self.kind in ("direct", "queued") else (len(self.numbers) + 9) // 10


class Load:
    """Every transaction has a number, which is its reference and its amount in cents."""

    def __init__(self, books, seed, clients=8, largest_batch=60, kinds=KINDS):
        self.books, self.seed, self.clients, self.largest_batch, self.kinds = books, seed, clients, largest_batch, kinds
        self.numbers, self.stopped, self.lock = itertools.count(1), threading.Event(), threading.Lock()
        self.acknowledged, self.trouble, self.faults = [], Counter(), []
        self.chance, self.deck, self.asking = random.Random(f"{seed}"), [], 0
        self.pool = self.credits_left()
        self.threads = [threading.Thread(target=self.run, args=(index,)) for index in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, kind, *_):
        self.stopped.set()
        for thread in self.threads:
            thread.join()
        if self.faults and kind is None:
            raise self.faults[0]

    def run(self, index):
        chance = random.Random(f"{self.seed} {index}")
        try:
            while not self.stopped.is_set():
                write = self.make(chance)
                self.repeat(write)
                with self.lock:
                    self.acknowledged.append(write)
        except BaseException as fault:  # noqa: BLE001  told by __exit__
            self.faults.append(fault)
            self.stopped.set()

    def make(self, chance):
        with self.lock:
            if not self.deck:
                self.deck = self.chance.sample(self.kinds, len(self.kinds))
            kind = self.deck.pop()
            is_batch = kind not in ("direct", "queued")
            size = int(self.largest_batch ** chance.random()) + 1 if is_batch else 1  # many small ones, few large ones
            numbers = [next(self.numbers) for _ in range(size)]
        items = [self.books.transaction(money(number), status="posted", reference_number=f"{number}") for number in numbers]
        headers = {"Idempotency-Key": f"{kind} {numbers[0]}"}
        if kind == "queued":
            headers["Prefer"] = "respond-async"
        if kind == "waited":
            headers["Prefer"] = "wait=5"
        if kind == "continue":
            items = [{**item, "idempotency_key": f"item {number}"} for item, number in zip(items, numbers)]
        body = {"mode": "continue" if kind == "continue" else "atomic", "transactions": items} if is_batch else items[0]
        return Write(kind, "/transactions/batch" if is_batch else "/transactions", body, headers, numbers)

    def repeat(self, write):
        """Until it is acknowledged, as a client would that was told nothing, or to come again."""
        deadline = time.monotonic() + SECONDS_PER_WRITE
        while True:
            try:
                reply = self.ask(write)
            except (OSError, http.client.HTTPException) as lost:
                trouble = f"connection lost: {type(lost).__name__}"
            else:
                if reply.status in (201, 202):
                    write.reply = reply
                    return
                trouble = f"{reply.status} {reply.code}"
                assert (reply.status, reply.code) in PASSING, f"{reply}\n  to {write.headers}, after {write.told}"
                assert int(reply.headers["retry-after"]) >= 1, str(reply)
            write.told.append(trouble)
            with self.lock:
                self.trouble[trouble] += 1
            assert time.monotonic() < deadline, f"not acknowledged in {SECONDS_PER_WRITE} s: {write.headers}, {self.trouble}"
            time.sleep(0.1)

    def ask(self, write):
        with self.lock:
            self.asking += 1
        try:
            return self.books.post(write.path, write.body, headers=write.headers)
        finally:
            with self.lock:
                self.asking -= 1

    def wait_until_all_ask(self):
        """Until every client waits for a reply: so it must come when a program stands still that they all need."""
        wait_until(lambda: self.asking == self.clients or self.faults, "every client waits for a reply")

    def go_on(self, count):
        wanted = len(self.acknowledged) + count
        wait_until(lambda: len(self.acknowledged) >= wanted or self.faults, f"{count} more writes are acknowledged", 60)

    # What the database says afterwards.

    def credits_left(self):
        return int(self.books.database.value("select sum(remaining) from credit_slots where livemode = 1 "
                                             f"and root_organization_id = {id_hex(self.books.id)}"))

    def jobs(self):
        """The id of each job to (status, attempts, error)."""
        rows = self.books.database.rows(f"select hex(id), status, attempts, error from jobs where books_id in ({self.books.books_ids()})")
        return {id_text("job", row[0]): row[1:] for row in rows}

    def open_jobs(self):
        return self.books.database.value(f"select count(*) from jobs where books_id in ({self.books.books_ids()}) and status in ('queued', 'processing')")

    def wait_for_jobs(self, seconds=60):
        wait_until(lambda: self.open_jobs() == "0", "all jobs end", seconds)

    def check(self):
        self.wait_for_jobs()
        assert {write.kind for write in self.acknowledged} == set(self.kinds), "not every kind of write was tried"
        jobs, queued = self.jobs(), [write for write in self.acknowledged if write.is_queued]
        assert len(jobs) == len(queued), f"{len(queued)} writes were queued and there are {len(jobs)} jobs"
        promised = {write.reply["id"] for write in queued if write.reply.status == 202}
        assert promised <= set(jobs), "a job was accepted and is not there"
        unfinished = {job: how for job, how in jobs.items() if how[0] != "completed"}
        assert not unfinished, f"{len(unfinished)} jobs did not complete: {list(unfinished.items())[:5]}"
        numbers = [number for write in self.acknowledged for number in write.numbers]
        found = Counter(int(row[0]) for row in self.books.database.rows(
            f"select reference_number from transactions where books_id in ({self.books.books_ids()}) and status = 'posted'"))
        assert found == Counter(numbers), f"lost: {list(Counter(numbers) - found)[:9]}, doubled or unasked: {list(found - Counter(numbers))[:9]}"
        assert self.books.balance("1010") == money(sum(numbers)) and self.books.version("1010") == len(numbers)
        assert self.pool - self.credits_left() == sum(write.credits for write in self.acknowledged)
        self.check_replays()

    def check_replays(self):
        """What was answered once is answered so again, by now from what is stored."""
        for write in [write for write in self.acknowledged if write.kind in ("direct", "queued")][::20]:
            again = self.books.post(write.path, write.body, headers=write.headers).expect(write.reply.status)
            assert again.body == write.reply.body and again.headers["idempotent-replayed"] == "true", str(again)
