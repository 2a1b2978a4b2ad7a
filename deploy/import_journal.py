"""crane import FILE…: a journal from another program's CSV into the books, over the public interface.

Rows with the same value of `transaction` make one transaction. The command may be cut off at any point and given again: what is
in the books already is not doubled.
"""
import argparse
import os
import sys
import threading
import time

from import_api import Api, Chart, Refused, Stop
from import_batches import Batches, Item
from import_rows import COLUMNS, Journal, Unreadable

HELP = """\
The file is UTF-8 with commas and a header. Its columns, in any order:
  date          YYYY-MM-DD, the same in all rows of a transaction
  transaction   what the rows of one transaction share; becomes its reference_number
  account       an account's code or name
  amount        debits positive, credits negative, as in -1250.00; or the two columns debit and credit
  currency      as in USD; the organization's own where it is empty or missing
  description, reference, exchange_rate, base_amount    optional
  account_type  optional: asset, liability, equity, revenue (or income), expense; for --create-accounts

It may be given again at any time: a transaction that is in the books already, with the same date and rows, is not doubled.
One that was changed in the file is another one. Exit code: 0 when every row is in the books, 1 when one is not, 2 when a file
could not be read or the command is wrong."""


class Progress:
    """Rows done, rate and time left, on stderr: a bar on a terminal, else a line every ten seconds. For several threads."""

    def __init__(self, stream):
        self.stream, self.is_terminal, self.lock = stream, stream.isatty(), threading.Lock()
        self.begin("", 0)

    def begin(self, what, total):
        with self.lock:
            self.what, self.total, self.done, self.began = what, total, 0, time.monotonic()
            self.shown_at = self.began

    def update(self, done):
        self.done = done
        if done % 1000 == 0:
            self.advance(0)

    def advance(self, rows):
        with self.lock:
            self.done += rows
            if time.monotonic() - self.shown_at >= (0.1 if self.is_terminal else 10):
                self.show()

    def show(self):
        self.shown_at = time.monotonic()
        rate = self.done / max(self.shown_at - self.began, 0.001)
        words = f"{self.what}: {self.done:,} rows, {rate:,.0f}/s"
        if self.total:
            left = (self.total - self.done) / rate if rate else 0
            words = f"{self.what}: {self.done:,} of {self.total:,} rows, {rate:,.0f}/s, {left // 60:.0f}:{left % 60:02.0f} left"
        if not self.is_terminal:
            print(words, file=self.stream)
            return
        if self.total:
            filled = 24 * self.done // self.total
            words = "[" + "#" * filled + "." * (24 - filled) + "] " + words
        self.stream.write("\r\033[K" + words)
        self.stream.flush()

    def say(self, words):
        with self.lock:
            self.stream.write(("\r\033[K" if self.is_terminal else "") + words + "\n")
            self.stream.flush()

    def end(self):
        with self.lock:
            if self.is_terminal:
                self.stream.write("\r\033[K")
            elif self.total and self.shown_at > self.began:
                self.show()


class Ledger:
    """What the rows are held against."""

    def __init__(self, api, may_create):
        self.base_currency = api.read(api.home)["base_currency"]["code"]
        self.decimals = {each["code"]: each["decimal_places"] for each in api.read_all("/currencies", is_active="true")}
        self.chart, self.may_create = Chart(api), may_create


class Import:
    """One file."""

    def __init__(self, api, ledger, path, options, progress):
        self.api, self.ledger, self.path, self.options, self.progress = api, ledger, path, options, progress
        self.faults, self.is_done = 0, False
        self.journal = Journal(path, options.map, ledger, self.report)
        self.batches, self.failed, self.unsent, self.unsent_rows, self.made_before = None, 0, 0, 0, ledger.chart.made

    def report(self, line, field, sentence):
        self.faults += 1
        self.progress.say(f"{self.path}:{line}: {field}: {sentence.rstrip('.')}.")

    def run(self):
        if self.journal.ignored:
            self.progress.say(f"{self.path}: leaving out the columns {', '.join(self.journal.ignored)}.")
        self.progress.begin("Reading", 0)
        self.journal.survey(self.progress)
        if not self.options.dry_run:
            self.make_accounts()
        self.progress.begin("Checking" if self.options.dry_run else "Importing", self.journal.rows)
        self.batches = Batches(self.api, self.options.batch_size, self.options.dry_run, self.report, self.progress)
        for rows, row_count in self.journal.transactions(lambda: self.progress.advance(1)):
            if self.has_accounts(rows, row_count):
                self.batches.add(Item(self.api.organization, rows, row_count, self.account_of, self.options.status))
        self.batches.finish()
        self.is_done = True

    def make_accounts(self):
        for text, new in self.journal.new_accounts.items():
            try:
                new.account = self.ledger.chart.make(text, new.type, new.currency)
            except Refused as refusal:
                new.refusal = str(refusal)

    def account_of(self, row):
        return self.ledger.chart.find(row.account)

    def has_accounts(self, rows, row_count):
        missing = [row for row in rows if self.account_of(row) is None]
        if not missing:
            return True
        self.progress.advance(row_count)
        if self.options.dry_run:
            self.unsent += 1  # nothing speaks against it but that its accounts are still to be made
            self.unsent_rows += row_count
            return False
        self.failed += 1
        for row in missing:
            self.report(row.line, "account", f'"{row.account}" could not be made: {self.journal.new_accounts[row.account].refusal}')
        return False

    def summary(self):
        journal, batches = self.journal, self.batches
        made, known, failed, rows = (batches.made, batches.known, batches.failed, batches.rows_in) if batches else (0, 0, 0, 0)
        accounts, tense = self.ledger.chart.made - self.made_before, ("imported", "made", "are in the books")
        if self.options.dry_run:
            made, rows, accounts = made + self.unsent, rows + self.unsent_rows, len(journal.new_accounts)
            tense = "to import", "to make", "are or could be in the books"
        least = "" if self.is_done else "at least "  # what was sent last may still come in
        zero = f" ({journal.zero_rows} without an amount are left out)" if journal.zero_rows else ""
        return (f"{self.path}: {made} transactions {tense[0]}, {known} already there, {journal.bad_transactions + self.failed + failed} "
                f"failed, {accounts} accounts {tense[1]}; {least}{rows} of {journal.rows} rows {tense[2]}{zero}.")


def column_pair(text):
    column, equals, name = text.partition("=")
    if not equals or not name or column not in COLUMNS:
        raise argparse.ArgumentTypeError(f'"{text}" is not column=name with one of the columns {", ".join(COLUMNS)}')
    return column, name


def whole_number(text):
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 10_000:
        raise argparse.ArgumentTypeError(f'"{text}" is not a number from 1 to 10000')
    return int(text)


def read_arguments(arguments):
    parser = argparse.ArgumentParser(prog="crane import", allow_abbrev=False, epilog=HELP,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--create-accounts", action="store_true", help="make the accounts that the books lack")
    status = parser.add_mutually_exclusive_group()
    status.add_argument("--posted", dest="status", action="store_const", const="posted", default="posted",
                        help="post the transactions (this unless said)")
    status.add_argument("--pending", dest="status", action="store_const", const="pending",
                        help="leave them to be changed and posted later")
    parser.add_argument("--batch-size", type=whole_number, default=500, metavar="N",
                        help="transactions that are sent at once (500 unless said, at most 10000)")
    parser.add_argument("--dry-run", action="store_true", help="check everything and write nothing")
    parser.add_argument("--test", action="store_true", help="into the test books")
    parser.add_argument("--map", type=column_pair, action="append", default=[], metavar="COLUMN=NAME",
                        help="the file calls this column by that name; may be repeated")
    options = parser.parse_args(arguments)
    options.map = dict(options.map)
    return parser, options


def make_api(parser, options, tell):
    names = ["CRANE_URL", "CRANE_ORGANIZATION", "CRANE_TEST_KEY" if options.test else "CRANE_KEY"]
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        parser.error(f"{', '.join(missing)} must be in the environment; ./crane import takes them from the data folder's crane.env")
    url, organization, key = (os.environ[name] for name in names)
    try:
        return Api(url, os.environ.get("CRANE_CACERT"), key, organization, tell)
    except (ValueError, OSError) as error:
        parser.error(f"{error}")


def main(arguments):
    parser, options = read_arguments(arguments)
    progress = Progress(sys.stderr)
    api = make_api(parser, options, progress.say)
    code = 0
    try:
        ledger = Ledger(api, options.create_accounts)
        for path in options.files:
            try:
                one = Import(api, ledger, path, options, progress)
            except Unreadable as reason:
                progress.say(f"crane import: {path} cannot be read: {reason}.")
                code = 2
                continue
            try:
                one.run()
            finally:
                progress.end()
                print(one.summary(), flush=True)
            code = max(code, 1 if one.faults else 0)
    except Stop as stop:
        progress.say(f"crane import: {stop}\nThe same command goes on from here; nothing is doubled.")
        return 1
    except KeyboardInterrupt:
        progress.say("crane import: interrupted. The same command goes on from here; nothing is doubled.")
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
