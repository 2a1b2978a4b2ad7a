"""A journal's CSV: its rows, what is wrong with them, and the transactions that they make.

The file is read twice, so that it need not fit into memory. The first pass (`survey`) checks every row and keeps of each
transaction its value, how many rows it has, their date and what is left of their sum: about 300 bytes. The second pass
(`transactions`) keeps the rows of those transactions whose last row has not come yet: a few where a transaction's rows stand
together, the whole file at worst.
"""
import collections
import csv
import datetime
import re
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import NamedTuple

from import_api import SEVERAL, type_of

COLUMNS = ("date", "transaction", "account", "amount", "debit", "credit", "currency", "description", "reference",
           "account_type", "exchange_rate", "base_amount")
LENGTHS = {"transaction": 100, "account": 255, "description": 1000, "reference": 100}  # in characters, as Crane takes them
AMOUNT = re.compile(r"[+-]?(?=\.?[0-9])[0-9]{0,20}(?:\.[0-9]{0,20})?")
RATE = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,8})?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# Wide enough for every sum, and rounding raises instead of happening.
EXACT = Context(prec=100, traps=[Inexact, InvalidOperation])
ZERO = Decimal(0)

csv.field_size_limit(20_000)  # a quote that nothing closes swallows no more than this before it is noticed


class Unreadable(Exception):
    """Not a file that can be imported at all."""


class Row(NamedTuple):
    line: int
    date: str
    transaction: str
    account: str
    amount: Decimal  # debits positive, with the currency's decimals
    currency: str
    description: str
    reference: str
    exchange_rate: str
    base_amount: str


class Group:
    """A transaction in the first pass."""
    __slots__ = ("line", "rows", "legs", "date", "currency", "left", "is_bad")

    def __init__(self, line):
        self.line, self.rows, self.legs, self.date, self.currency, self.left, self.is_bad = line, 0, 0, None, None, ZERO, False


class NewAccount:
    """An account that the file names and the books lack."""
    __slots__ = ("line", "type", "currency", "rows", "account", "refusal")

    def __init__(self, line, currency):
        self.line, self.currency = line, currency
        self.type, self.account, self.refusal = None, None, ""
        self.rows = []  # (line, transaction) of each row while the type is unknown


class Lines:
    """The file's lines, some of which can be given back."""

    def __init__(self, file):
        self.file, self.number, self.taken, self.returned = file, 0, [], collections.deque()

    def __iter__(self):
        return self

    def __next__(self):
        line = self.returned.popleft() if self.returned else next(self.file)
        self.number += 1
        self.taken.append(line)
        return line

    def give_back_all_but_first(self):
        self.returned.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1


def records(file):
    """Yields (line, cells, fault). After a fault in the quoting it goes on with the very next line, since a quote that was not
    closed would otherwise swallow good rows."""
    lines = Lines(file)
    reader = csv.reader(lines, strict=True)
    while True:
        lines.taken.clear()
        start = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            lines.give_back_all_but_first()
            yield start, next(csv.reader(lines.taken[:1]), []), "a quote is not closed, or not doubled within quotes"
            continue
        if any(cells):
            yield start, cells, None


class Journal:
    def __init__(self, path, renamed, ledger, report):
        """`renamed`: our column → the file's. `ledger`: what the rows are held against (decimals, base_currency, chart,
        may_create). `report(line, field, sentence)` is told of each fault. Raises Unreadable."""
        self.path, self.ledger, self.report = path, ledger, report
        self.rows = self.zero_rows = self.bad_transactions = 0
        self.new_accounts = {}
        self.sizes = {}  # transaction → its rows, 0 when it is not to be made
        self.dates = {}  # those that were found good, so that each is kept once
        self.currencies = {code: code for code in ledger.decimals}
        with self.open() as file:
            self.read_header(file, renamed)

    def open(self):
        try:
            with open(self.path, "rb") as file:
                if file.read(2) in (b"\xff\xfe", b"\xfe\xff"):
                    raise Unreadable("it is UTF-16; save it as UTF-8")
            return open(self.path, encoding="utf-8-sig", errors="surrogateescape", newline="")
        except OSError as error:
            raise Unreadable(error.strerror or str(error)) from error

    def read_header(self, file, renamed):
        line, cells, fault = next(records(file), (1, [], "it is empty"))
        if fault:
            raise Unreadable(f"line {line}: {fault}")
        names = [cell.strip().casefold() for cell in cells]
        self.width, self.places = len(names), {}
        for column in COLUMNS:
            name = renamed.get(column, column).strip().casefold()
            if names.count(name) > 1:
                raise Unreadable(f'its header has the column "{name}" more than once')
            if name in names:
                self.places[column] = names.index(name)
            elif column in renamed:
                raise Unreadable(f'its header has no column "{renamed[column]}"')
        missing = [column for column in ("date", "transaction", "account") if column not in self.places]
        if "amount" not in self.places and not {"debit", "credit"} <= set(self.places):
            missing.append("amount (or debit and credit)")
        if missing:
            raise Unreadable(f"its header lacks {', '.join(missing)}; --map column=name says which column is which")
        self.ignored = [cell for place, cell in enumerate(cells) if place not in self.places.values()]

    def body(self, file):
        """The records below the header."""
        found = records(file)
        next(found, None)
        return found

    # One row

    def parse(self, line, cells, fault):
        """(Row or None, its transaction's value as far as there is one, [(field, sentence)], account_type)"""
        place = self.places["transaction"]
        transaction = cells[place].strip() if place < len(cells) else ""
        if fault:
            return None, transaction, [("row", fault)], ""
        if len(cells) != self.width:
            return None, transaction, [("row", f"has {len(cells)} columns where the header has {self.width}")], ""
        faults = []
        values = dict.fromkeys(COLUMNS, "")
        for column, place in self.places.items():
            values[column] = cells[place].strip()
        if not self.is_utf8(cells):
            faults.append(("row", "is not UTF-8"))
        for column in ("transaction", "account"):
            if not values[column]:
                faults.append((column, "is empty"))
        for column, most in LENGTHS.items():
            if len(values[column]) > most:
                faults.append((column, f"has {len(values[column])} characters; {most} are the most"))
        if not self.is_date(values["date"]):
            faults.append(("date", f'"{values["date"]}" is not a date as YYYY-MM-DD'))
        currency = values["currency"].upper() or self.ledger.base_currency
        amount = None
        if currency not in self.currencies:
            faults.append(("currency", f'"{values["currency"]}" is not a currency that Crane knows'))
        else:
            amount = self.amount(values, currency, faults)
        self.check_rate(values, faults)
        if faults:
            return None, transaction, faults, ""
        row = Row(line, self.dates[values["date"]], transaction, values["account"], amount, self.currencies[currency],
                  values["description"], values["reference"], values["exchange_rate"], values["base_amount"].lstrip("+-"))
        return row, transaction, [], values["account_type"]

    @staticmethod
    def is_utf8(cells):
        text = "".join(cells)
        if text.isascii():
            return True
        try:
            text.encode()
        except UnicodeEncodeError:
            return False
        return True

    def is_date(self, text):
        if text not in self.dates:
            try:
                if not DATE.fullmatch(text) or not datetime.date.fromisoformat(text):
                    return False
            except ValueError:
                return False
            self.dates[text] = text
        return True

    def amount(self, values, currency, faults):
        """The signed amount, or None and a fault more."""
        if "amount" in self.places and ("debit" not in self.places or values["amount"]):
            return self.exact("amount", values["amount"], currency, faults)
        sides = [self.exact(side, values[side] or "0", currency, faults) for side in ("debit", "credit")]
        if None in sides:
            return None
        if not values["debit"] and not values["credit"]:
            faults.append(("debit", "neither debit nor credit has an amount"))
        elif all(sides):
            faults.append(("debit", "debit and credit both have an amount"))
        else:
            return EXACT.subtract(*sides)
        return None

    def exact(self, field, text, currency, faults):
        if not AMOUNT.fullmatch(text):
            faults.append((field, f'"{text}" is not an amount such as -1250.00' if text else "is empty"))
            return None
        places = self.ledger.decimals[currency]
        try:
            return Decimal(text).quantize(Decimal(1).scaleb(-places), context=EXACT)
        except Inexact:
            faults.append((field, f"{text} has more decimals than the {places} of {currency}"))
            return None

    def check_rate(self, values, faults):
        if values["exchange_rate"] and not RATE.fullmatch(values["exchange_rate"]):
            faults.append(("exchange_rate", f'"{values["exchange_rate"]}" is not a rate such as 1.0845, of 8 decimals at most'))
        if values["base_amount"]:
            self.exact("base_amount", values["base_amount"], self.ledger.base_currency, faults)

    # First pass

    def survey(self, progress):
        """Reports every fault that the file alone shows, and finds the accounts that are to be made."""
        groups = {}
        with self.open() as file:
            for line, cells, fault in self.body(file):
                row, transaction, faults, account_type = self.parse(line, cells, fault)
                self.rows += 1
                group = None
                if transaction:
                    group = groups.get(transaction)
                    if group is None:
                        group = groups[transaction] = Group(line)
                    group.rows += 1
                if row:
                    faults = self.check_account(row, account_type) or self.add_to_group(row, group)
                if faults:
                    self.refuse_row(line, faults, group)
                progress.update(self.rows)
        for text, new in self.new_accounts.items():
            for line, transaction in new.rows if new.type is None else ():
                self.refuse_row(line, [("account", f'"{text}" is not in the books, and neither account_type nor a leading '
                                                   "Assets:, Liabilities:, Equity:, Income: or Expenses: says of which type to make it")],
                                groups[transaction])
        self.new_accounts = {text: new for text, new in self.new_accounts.items() if new.type is not None}
        for transaction, group in groups.items():
            if not group.is_bad:
                self.check_group(transaction, group)
            self.bad_transactions += group.is_bad
            self.sizes[transaction] = 0 if group.is_bad else group.rows

    def refuse_row(self, line, faults, group):
        if group is not None:
            group.is_bad = True
        for field, sentence in faults:
            self.report(line, field, sentence)

    def check_account(self, row, account_type):
        account = self.ledger.chart.find(row.account)
        if account is SEVERAL:
            return [("account", f'several accounts are named "{row.account}"; give the code')]
        if account is not None:
            if account.currency != row.currency:
                return [("currency", f'the account "{row.account}" is kept in {account.currency}, not in {row.currency}')]
            return []
        if not self.ledger.may_create:
            return [("account", f'"{row.account}" is neither the code nor the name of an account; --create-accounts makes it')]
        said = type_of(account_type)
        if account_type and said is None:
            return [("account_type", f'"{account_type}" is none of asset, liability, equity, revenue (or income), expense')]
        new = self.new_accounts.get(row.account)
        if new is None:
            new = self.new_accounts[row.account] = NewAccount(row.line, row.currency)
            new.type = said or type_of(row.account)
        if said and new.type not in (None, said):
            return [("account_type", f'"{account_type}", but the account "{row.account}" was {new.type} before')]
        if row.currency != new.currency:
            return [("currency", f'the account "{row.account}" is made in {new.currency} as line {new.line} says, not in {row.currency}')]
        new.type = new.type or said
        if new.type is None:
            new.rows.append((row.line, row.transaction))
        else:
            new.rows = []
        return []

    def add_to_group(self, row, group):
        if group.date is None:
            group.date = row.date
        elif group.date != row.date:
            return [("date", f'{row.date}, but "{row.transaction}" has {group.date} in an earlier row')]
        if not row.amount:
            self.zero_rows += 1
            return []
        group.legs += 1
        if group.currency is None:
            group.currency = row.currency
        if group.currency != row.currency:
            group.left = None  # it may balance in the base currency: Crane knows the rates
        elif group.left is not None:
            group.left = EXACT.add(group.left, row.amount) or ZERO  # one zero for all
        return []

    def check_group(self, transaction, group):
        if group.legs < 2:
            group.is_bad = True
            self.report(group.line, "transaction", f'"{transaction}" has {group.legs} row{"s" * (group.legs != 1)} with an amount; '
                                                   "two or more make a transaction")
        elif group.left:
            group.is_bad = True
            side = "debits" if group.left > 0 else "credits"
            self.report(group.line, "amount", f'"{transaction}" does not balance: its {side} are {abs(group.left):f} {group.currency} more')

    # Second pass

    def transactions(self, skipped):
        """Yields the rows of each transaction that is to be made, without those of no amount, and how many it had with them.
        `skipped()` is called for each row of another one."""
        waiting = {}
        with self.open() as file:
            for line, cells, fault in self.body(file):
                place = self.places["transaction"]
                transaction = cells[place].strip() if place < len(cells) else ""
                size = self.sizes.get(transaction, 0)
                row = self.parse(line, cells, fault)[0] if size else None
                if row is None:  # if it was good before, the file has changed, and the transaction stays out
                    self.sizes[transaction] = 0
                    skipped()
                    continue
                rows = waiting.setdefault(transaction, [])
                rows.append(row)
                if len(rows) == size:
                    del waiting[transaction]
                    self.sizes[transaction] = 0
                    yield [each for each in rows if each.amount], size
