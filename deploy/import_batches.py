"""Sends transactions in batches, so that each takes effect once, however often and in whatever batches it is sent.

A transaction's key is a digest of the organization and of what the file says of it; Crane remembers such keys for 7 days. Where
the books are older than that, Crane is asked first for transactions of the same reference, and one with the same date and
entries counts as this one.
"""
import collections
import datetime
import json
import queue
import threading
import time
from urllib.parse import quote

from import_api import FATAL, Stop, digest

IN_FLIGHT = 4
BATCH_BYTES = 8_000_000     # the web server takes 16 MB
REFERENCES = 50             # that one request may ask for
REFERENCE_BYTES = 6000
REMEMBERED = datetime.timedelta(days=6)  # a day less than the keys are kept, for clocks that differ
STUCK_SECONDS = 600         # without any change of a batch's job
# Where in the CSV to look, by what Crane names.
FIELDS = {"account_id": "account", "currency_id": "currency", "transaction_date": "date", "posting_date": "date",
          "reference_number": "transaction", "entry_type": "amount", "entries": "transaction"}
CODES = {"period_closed": "date", "account_inactive": "account", "currency_mismatch": "currency", "exchange_rate_required": "exchange_rate",
         "amount_overflow": "amount", "transaction_does_not_balance": "amount"}


class Item:
    """A transaction as it is sent: `text` is its JSON, the same whenever the file says the same."""

    def __init__(self, organization, rows, row_count, account_of, status):
        """`row_count` is what the file has, with the rows of no amount, which `rows` lacks."""
        first = rows[0]
        self.rows, self.row_count, self.date, self.reference = rows, row_count, first.date, first.transaction
        description = next((row.description for row in rows if row.description), None)
        self.entries = [(account_of(row).id, "debit" if row.amount > 0 else "credit", f"{abs(row.amount):f}", f"CUR_{row.currency}")
                        for row in rows]
        content = {"transaction_date": first.date, "reference_number": first.transaction, "description": description,
                   "currency_id": self.entries[0][3],
                   "entries": [self.entry(row, *entry, description) for row, entry in zip(rows, self.entries)]}
        # Neither status nor order are in the key: what was imported as pending is not imported once more as posted.
        ordered = sorted(content["entries"], key=lambda entry: json.dumps(entry, sort_keys=True))
        self.key = digest("transaction", organization, {**content, "entries": ordered})
        self.text = json.dumps({"idempotency_key": self.key, "status": status, **content}, separators=(",", ":"))

    @staticmethod
    def entry(row, account_id, entry_type, amount, currency_id, description):
        entry = {"account_id": account_id, "entry_type": entry_type, "amount": amount, "currency_id": currency_id}
        if row.description and row.description != description:
            entry["description"] = row.description
        for name in ("reference", "exchange_rate", "base_amount"):
            if getattr(row, name):
                entry[name] = getattr(row, name)
        return entry


class Batches:
    """Takes items, sends them from a few threads, and counts what became of them."""

    def __init__(self, api, batch_size, is_dry_run, report, progress):
        self.api, self.batch_size, self.is_dry_run, self.report, self.progress = api, batch_size, is_dry_run, report, progress
        self.home = api.home + "/transactions"
        self.made = self.known = self.failed = self.rows_in = 0
        self.counting = threading.Lock()
        self.stopped = None
        newest = api.read(self.home, limit=1)["data"]
        oldest = api.read(self.home, limit=1, sort="created_at")["data"]
        self.newest = newest[0]["id"] if newest else ""
        self.is_looking = bool(oldest) and self.is_forgotten(oldest[0]["created_at"])
        self.items, self.bytes = [], 0
        self.queue = queue.Queue(1)
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(IN_FLIGHT)]
        for thread in self.threads:
            thread.start()

    @staticmethod
    def is_forgotten(created_at):
        created = datetime.datetime.fromisoformat(created_at.replace("Z", "+00:00"))
        return datetime.datetime.now(datetime.timezone.utc) - created > REMEMBERED

    def add(self, item):
        """Raises Stop when a batch met something that no repeating mends."""
        if self.items and (len(self.items) == self.batch_size or self.bytes + len(item.text) > BATCH_BYTES):
            self.send_off()
        self.items.append(item)
        self.bytes += len(item.text)

    def send_off(self):
        if self.stopped:
            raise self.stopped
        self.queue.put(self.items)
        self.items, self.bytes = [], 0

    def finish(self):
        if self.items:
            self.send_off()
        for _ in self.threads:
            self.queue.put(None)
        for thread in self.threads:
            thread.join()
        if self.stopped:
            raise self.stopped

    def work(self):
        while (items := self.queue.get()) is not None:
            if self.stopped:
                continue  # so that nobody waits for a place in the queue
            try:
                self.settle(items)
            except Stop as stop:
                self.stopped = stop
            except Exception as error:  # a thread's end would go unnoticed
                self.stopped = Stop(f"{type(error).__name__}: {error}")

    def settle(self, items):
        if self.is_looking:
            items = self.without_known(items)
        if not items:
            return
        if self.is_dry_run:
            self.take_results(items, self.post(items, "").body, is_final=True)
            return
        salt, failed_jobs = "", 0
        while items:
            reply = self.post(items, salt)
            result, salt = self.result_of(reply)
            # A stored reply tells how it was then: the period may have been opened since. And a job that failed may have
            # written a part. So what failed is sent once more, under a key that follows from the job; the next run finds
            # that one.
            failed_jobs += "error" in result and not reply.is_replayed
            items = self.take_results(items, result, is_final=failed_jobs == 2 or not (reply.is_replayed or "error" in result))

    def post(self, items, salt):
        dry = '"dry_run":true,' if self.is_dry_run else ""
        text = '{"mode":"continue",%s"transactions":[%s]}' % (dry, ",".join(item.text for item in items))
        key = None if self.is_dry_run else digest("batch", self.api.organization, salt, text)
        reply = self.api.write(self.home + "/batch", text.encode(), key)
        if reply.status not in (200, 202):
            raise Stop(f"Crane refused a batch of {len(items)}: {reply.message}")
        return reply

    def result_of(self, reply):
        """(The finished job's batch, or its error; its id)"""
        path = f"{self.api.home}/jobs/{reply.body['id']}"
        seen, since = None, time.monotonic()
        while True:
            found = self.api.request("GET", path + "?wait=30")
            if found.status == 404:
                return {"error": {"message": "The batch's job is gone."}}, reply.body["id"]
            if found.status != 200:
                raise Stop(f"Crane cannot show a batch's job: {found.message}")
            job = found.body
            if job["status"] == "completed":
                return job["result"], job["id"]
            if job["status"] in ("failed", "cancelled"):
                error = job["error"] or {"message": "The batch was cancelled."}
                if error.get("status") in FATAL and not reply.is_replayed:
                    raise Stop(f"Crane refused: {error['message']}")
                return {"error": error}, job["id"]
            if (state := (job["status"], job["progress"], job["attempts"])) != seen:
                seen, since = state, time.monotonic()
            elif time.monotonic() - since > STUCK_SECONDS:
                raise Stop(f"A batch's job is {job['status']} and nothing has happened to it for {STUCK_SECONDS // 60} minutes; "
                           "./crane status shows whether the worker runs.")

    def take_results(self, items, result, is_final):
        """Counts; returns the failed items, or reports them where this is their end."""
        failed = []
        with self.counting:
            if "error" in result:
                failed = [(item, result["error"]) for item in items]
            for each in result.get("results", ()):
                item, transaction = items[each["index"]], each["transaction"]
                if each["status"] != "succeeded":
                    failed.append((item, each["error"]))
                    continue
                if transaction and transaction["id"] <= self.newest:  # ids ascend with time; a dry run makes none
                    self.known += 1
                else:
                    self.made += 1
                self.count_rows(item)
            if not is_final:
                return [item for item, _ in failed]
            for item, error in failed:
                self.fail(item, error)
        return []

    def count_rows(self, item):
        self.rows_in += item.row_count
        self.progress.advance(item.row_count)

    def fail(self, item, error):
        self.failed += 1
        self.progress.advance(item.row_count)
        if error.get("code") == "idempotency_key_reused":
            self.report(item.rows[0].line, "transaction", f'"{item.reference}" was imported before as pending or as posted (or with its '
                                                          "rows in another order); it is not imported a second time")
            return
        details = error.get("details") or {}
        for fault in details.get("fields") or [{"field": "", "message": error["message"]}]:
            row, field = self.place_of(item, fault["field"], details)
            self.report(row.line, field or CODES.get(error.get("code"), "transaction"), fault["message"])

    @staticmethod
    def place_of(item, path, details):
        """(row, column) for transactions[3].entries[1].amount, or for the account that the details name"""
        _, entries, rest = path.rpartition("entries[")
        name = path.rpartition(".")[2]
        row = item.rows[0]
        if entries:
            row = item.rows[int(rest.partition("]")[0])]
        elif "account_id" in details:
            row = next((row for row, entry in zip(item.rows, item.entries) if entry[0] == details["account_id"]), row)
        return row, FIELDS.get(name, name)

    # What the books have already, where Crane may have forgotten the keys

    def without_known(self, items):
        found = collections.defaultdict(set)
        for transaction in self.of_the_same_references(items):
            entries = [(each["account_id"], each["entry_type"], each["amount"], each["currency_id"]) for each in transaction["entries"]]
            found[transaction["reference_number"]].add((transaction["transaction_date"], tuple(sorted(entries))))
        unknown = []
        for item in items:
            if (item.date, tuple(sorted(item.entries))) in found[item.reference]:
                with self.counting:
                    self.known += 1
                    self.count_rows(item)
            else:
                unknown.append(item)
        return unknown

    def of_the_same_references(self, items):
        references, size = [], 0
        for item in items:
            if "," in item.reference:  # the filter would take it for several
                yield from self.api.read_all(self.home, **{"transaction_date[gte]": item.date, "transaction_date[lte]": item.date})
                continue
            if len(references) == REFERENCES or size > REFERENCE_BYTES - 1000:
                yield from self.api.read_all(self.home, reference_number=",".join(references))
                references, size = [], 0
            references.append(item.reference)
            size += len(quote(item.reference, safe="")) + 3
        if references:
            yield from self.api.read_all(self.home, reference_number=",".join(references))
