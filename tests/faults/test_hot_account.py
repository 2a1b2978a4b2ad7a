"""One account that everyone posts to at once: nothing is lost, nothing waits in vain, no reader sees what cannot be."""
import threading

from client import together
from load import Load, money
from processes import wait_until

CLIENTS, POSTS, READS = 64, 30, 20
# An amount is STEP and the post's number in cents, so a sum tells how many posts are in it.
STEP = 10_000_000


def cents(text):
    return int(text.replace(".", ""))


class Reader:
    """Reads the balance over and over beside the writers."""

    def __init__(self, books, account_id):
        self.books, self.account_id, self.lock = books, account_id, threading.Lock()
        self.begun = self.done = self.begun_sum = self.done_sum = self.reads = 0
        self.faults, self.stopped = [], threading.Event()

    def begin(self, amount):
        with self.lock:
            self.begun, self.begun_sum = self.begun + 1, self.begun_sum + amount

    def end(self, amount):
        with self.lock:
            self.done, self.done_sum = self.done + 1, self.done_sum + amount

    def run(self):
        try:
            before = (0, 0)
            while not self.stopped.is_set():
                before = self.read(before)
                self.read_trial_balance()
        except BaseException as fault:  # noqa: BLE001  told by the test
            self.faults.append(fault)

    def read(self, before):
        with self.lock:
            fewest, least = self.done, self.done_sum
        seen = self.books.get(f"/accounts/{self.account_id}/balance").expect(200).json
        with self.lock:
            most, largest = self.begun, self.begun_sum
        version, net = seen["version"], cents(seen["net"])
        assert seen["credit"] == "0.00" and seen["debit"] == seen["net"], seen
        assert fewest <= version <= most and least <= net <= largest, f"{seen}: not between {fewest}, {least} and {most}, {largest}"
        assert net // STEP == version, f"{seen}: a sum of other posts than its version counts"
        assert (version, net) >= before, f"{seen} after {before}"
        self.reads += 1
        return version, net

    def read_trial_balance(self):
        balances = self.books.trial_balance()  # asserts that it balances
        hot = next((cents(text) for code, text in balances.items() if code == "hot"), 0)
        assert hot == -sum(cents(text) for code, text in balances.items() if code != "hot"), balances


def test_many_clients_post_to_one_account(busy_books):
    hot = busy_books.make_account("hot")["id"]
    others = [busy_books.make_account(f"cold{number}", type="revenue")["id"] for number in range(4)]
    reader, client = Reader(busy_books, hot), busy_books.client
    client.connections.prepare(CLIENTS + 1)
    reading = threading.Thread(target=reader.run)

    def work(index):
        for number in range(index * POSTS + 1, index * POSTS + POSTS + 1):
            if number % POSTS == 0:  # its last one, so that there were readers beside the writers
                wait_until(lambda: reader.reads >= READS or reader.faults, "enough balances were read")
            amount = STEP + number
            body = busy_books.transaction(money(amount), "hot", f"cold{number % len(others)}", status="posted", reference_number=f"{number}")
            reader.begin(amount)
            busy_books.post("/transactions", body).expect(201)
            reader.end(amount)

    reading.start()
    try:
        together(CLIENTS, work)
    finally:
        reader.stopped.set()
        reading.join()
    if reader.faults:
        raise reader.faults[0]
    total = CLIENTS * POSTS
    assert busy_books.version("hot") == total and busy_books.balance("hot") == money(total * STEP + total * (total + 1) // 2)
    busy_books.get("/transactions", reference_number=f"{total // 2}").expect(200)
    assert busy_books.get("/transactions", limit=1).expect(200)["total_count"] == total


def test_the_handler_and_the_worker_post_to_one_account(busy_books):
    """Two programs that choose their places in the same account's sums."""
    with Load(busy_books, seed=6, clients=12, largest_batch=200) as load:
        load.go_on(250)
    load.check()
    assert not load.trouble, f"{load.trouble}"
