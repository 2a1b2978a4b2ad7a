"""A journal of several years comes in by `crane import` and agrees with two other programs, whatever happens on the way.

    tests/run_pytest.sh real -s
"""
import csv
import datetime
import io
import json
import os
import random
import re
import signal
import socket
import subprocess
import threading
import time
from decimal import Decimal
from pathlib import Path

import pytest
from books import Books
from database import id_hex
from stack import PYTHON, ROOT

BEGIN, END = "2012-01-01", "2023-12-31"
# The first year's end, days in between, one in the middle of a month, the day before the first and the last.
DATES = ["2011-12-31", "2012-12-31", "2013-06-30", "2016-02-29", "2019-07-14", "2022-01-01", END]
SUMMARY = re.compile(r"(\d+) transactions (?:imported|to import), (\d+) already there, (\d+) failed, (\d+) accounts")

# Runs in Debian's Python, whose beancount it is: every transaction as [date, description, [[account, number]…]], without those
# that touch a security or another currency.
LOAD = """
import json, sys
from beancount import loader
from beancount.core import data
from beancount.parser import printer
entries, errors, _ = loader.load_file(sys.argv[1])
assert not errors, errors[:3]
transactions = [entry for entry in entries if isinstance(entry, data.Transaction)]
def is_plain(entry):
    return all(each.units.currency == "USD" and each.cost is None and each.price is None for each in entry.postings)
kept = [entry for entry in transactions if is_plain(entry)]
used = {posting.account for entry in kept for posting in entry.postings}
with open(sys.argv[2], "w") as file:
    opened = [entry for entry in entries if isinstance(entry, data.Open) and entry.account in used]
    printer.print_entries(opened + kept, file=file)
json.dump({"left_out": len(transactions) - len(kept), "transactions": [
    [str(entry.date), " | ".join(filter(None, [entry.payee, entry.narration])),
     [[posting.account, str(posting.units.number)] for posting in entry.postings]] for entry in kept]}, sys.stdout)
"""


def run(*command):
    return subprocess.run(list(map(str, command)), check=True, text=True, stdout=subprocess.PIPE, timeout=300).stdout


class Example:
    """The journal in all its forms: CSV for Crane, beancount's and hledger's own for the second and third opinion."""

    def __init__(self, folder):
        whole, self.beancount = folder / "whole.beancount", folder / "part.beancount"
        self.hledger, self.csv = folder / "part.journal", folder / "journal.csv"
        run("bean-example", "--seed", "1", "--date-begin", BEGIN, "--date-end", END, "-o", whole)
        loaded = json.loads(run(PYTHON, "-c", LOAD, whole, self.beancount))
        self.transactions, self.left_out = loaded["transactions"], loaded["left_out"]
        self.accounts = sorted({account for _, _, postings in self.transactions for account, _ in postings})
        self.row_count = sum(len(postings) for _, _, postings in self.transactions)
        with open(self.csv, "w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["date", "transaction", "account", "amount", "currency", "description"])
            for number, (date, description, postings) in enumerate(self.transactions, 1):
                rows.writerows([date, f"bean-{number}", account, amount, "USD", description] for account, amount in postings)
        with open(self.hledger, "w", encoding="utf-8") as file:
            for date, description, postings in self.transactions:
                lines = "".join(f"    {account}  {amount} USD\n" for account, amount in postings)
                file.write(f"{date} {description.replace(';', ',')}\n{lines}\n")
        self.known = {}

    def by_beancount(self, date):
        text = run("bean-query", "-q", "-f", "csv", self.beancount,
                   f"SELECT account, sum(number) AS total WHERE date <= {date} GROUP BY account")
        return {row["account"].strip(): Decimal(row["total"].strip()) for row in csv.DictReader(io.StringIO(text))}

    def by_hledger(self, date):
        day_after = datetime.date.fromisoformat(date) + datetime.timedelta(days=1)
        text = run("hledger", "-f", self.hledger, "balance", "--flat", "-N", "-E", "-O", "csv", "-e", day_after)
        return {row["account"]: Decimal(row["balance"].split()[0].replace(",", "")) for row in csv.DictReader(io.StringIO(text))}

    def balances(self, date):
        """Account to balance by beancount, with which hledger must agree."""
        if date not in self.known:
            found = {account: Decimal(0) for account in self.accounts} | self.by_beancount(date)
            other = {account: Decimal(0) for account in self.accounts} | self.by_hledger(date)
            assert found == other, f"beancount and hledger differ on {date}"
            self.known[date] = found
        return self.known[date]


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    made = Example(tmp_path_factory.mktemp("example"))
    assert len(made.transactions) > 3000 and len(made.accounts) > 30 and made.left_out > 500
    assert made.balances(DATES[0]) == {account: 0 for account in made.accounts}
    assert sum(made.balances(END).values()) == 0
    print(f"\nbean-example --seed 1, {BEGIN} to {END}: {len(made.transactions)} transactions in USD with {made.row_count} rows on "
          f"{len(made.accounts)} accounts; {made.left_out} that touch another commodity stay out")
    return made


def settings_of(stack, books, **changes):
    """The environment that ./crane import would load, for an organization of the test."""
    return {**os.environ, **stack.environment, "CRANE_ORGANIZATION": books.id, "CRANE_KEY": books.key, **changes}


def start_import(stack, books, *arguments, **changes):
    return subprocess.Popen([PYTHON, "-B", str(ROOT / "deploy/import_journal.py"), *map(str, arguments)], text=True,
                            env=settings_of(stack, books, **changes),
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


class Outcome:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err
        self.made, self.known, self.failed, self.accounts = map(int, SUMMARY.search(out).groups()) if SUMMARY.search(out) else [None] * 4

    @property
    def faults(self):
        """[(line, field, sentence)] of what was listed."""
        return [(int(line), field, sentence) for line, field, sentence in re.findall(r"^[^\n]*?\.csv:(\d+): (\w+): (.*)$", self.err, re.M)]

    def expect(self, code, **counts):
        assert self.code == code, f"exit code {self.code}\n{self}"
        assert {name: getattr(self, name) for name in counts} == counts, str(self)
        return self

    def __str__(self):
        return f"{self.out}{self.err[-3000:]}"


def do_import(stack, books, *arguments, **changes):
    return outcome_of(start_import(stack, books, *arguments, **changes))


def outcome_of(process):
    try:
        out, err = process.communicate(timeout=240)
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError(f"the import does not end: {process.communicate()}") from None
    return Outcome(process.returncode, out, err)


def transaction_count(database, books):
    return int(database.value("select count(*) from transactions t join books b on b.books_id = t.books_id "
                              f"where b.organization_id = {id_hex(books.id)}"))


def accounts_by_name(books):
    found, after = {}, None
    while True:
        page = books.get("/accounts", limit=100, starting_after=after).expect(200).json
        found.update({each["name"]: each["id"] for each in page["data"]})
        if not page["has_more"]:
            return found
        after = page["data"][-1]["id"]


def check_trial_balance(books, example, date):
    report = books.get("/reports/trial-balance", as_of=date).expect(200).json
    assert report["is_balanced"] is True
    found = {each["name"]: Decimal(each["balance"]) for each in report["accounts"] if Decimal(each["balance"])}
    assert found == {account: balance for account, balance in example.balances(date).items() if balance}, f"trial balance of {date}"


def check_every_balance(books, example, dates=DATES):
    ids, compared = accounts_by_name(books), 0
    for date in dates:
        check_trial_balance(books, example, date)
        for account, balance in example.balances(date).items():
            found = books.get(f"/accounts/{ids[account]}/balance", as_of=date).expect(200)["net"]
            assert Decimal(found) == balance, f"{account} on {date}: {found}, beancount says {balance}"
            compared += 1
    return compared


def check_complete(database, books, example):
    assert transaction_count(database, books) == len(example.transactions)
    references = database.rows("select t.reference_number, count(*) from transactions t join books b on b.books_id = t.books_id "
                               f"where b.organization_id = {id_hex(books.id)} group by 1 having count(*) > 1")
    assert not references, f"doubled: {references[:5]}"
    for date in (DATES[2], END):
        check_trial_balance(books, example, date)


def test_a_journal_of_twelve_years_agrees_with_beancount_and_hledger(stack, operator, database, audit, example):
    client = operator.with_key(stack.environment["CRANE_KEY"])
    organization = client.get(f"/organizations/{stack.environment['CRANE_ORGANIZATION']}").expect(200).json
    books = Books(client, organization, database)
    before = transaction_count(database, books)

    began = time.monotonic()
    done = stack.crane("import", example.csv, "--create-accounts", "--posted")
    seconds = time.monotonic() - began
    Outcome(done.returncode, done.stdout, "").expect(0, made=len(example.transactions), known=0, failed=0,
                                                     accounts=len(example.accounts))
    assert transaction_count(database, books) == before + len(example.transactions)
    compared = check_every_balance(books, example)
    print(f"\nimported in {seconds:.1f} s: {done.stdout.strip()}\n"
          f"{compared} balances and {len(DATES)} trial balances agree with bean-query and hledger")

    # Again, and in other batches: nothing more.
    before = books.snapshot()
    for extra in ([], ["--batch-size", "37"]):
        again = stack.crane("import", example.csv, "--create-accounts", "--posted", *extra)
        Outcome(again.returncode, again.stdout, "").expect(0, made=0, known=len(example.transactions), failed=0, accounts=0)
    after = books.snapshot()
    for table in ("accounts", "transactions", "transaction_lines", "account_sums", "credit_slots"):
        assert after[table] == before[table], table
    check_every_balance(books, example, [DATES[3], END])
    dry = stack.crane("import", example.csv, "--dry-run")
    Outcome(dry.returncode, dry.stdout, "").expect(0, made=0, known=len(example.transactions), failed=0, accounts=0)
    audit.organization(books.id)


def test_a_run_that_is_killed_goes_on_where_it_was(stack, database, books, example):
    size, seen = len(example.transactions), []
    for part, batch_size in ((0.15, 20), (0.4, 33), (0.75, 100)):
        process = start_import(stack, books, example.csv, "--create-accounts", "--batch-size", batch_size)
        while transaction_count(database, books) < part * size and process.poll() is None:
            time.sleep(0.01)
        process.kill()
        process.communicate(timeout=30)
        assert process.returncode == -signal.SIGKILL, "it had ended before"
        seen.append(transaction_count(database, books))
    assert seen == sorted(seen) and 0 < seen[0] and seen[-1] < size, seen
    # The worker may still be busy with what the killed run sent.
    rest = do_import(stack, books, example.csv, "--create-accounts").expect(0, failed=0)
    assert rest.made + rest.known == size and rest.known >= seen[-1], str(rest)
    check_complete(database, books, example)
    print(f"\nkilled with {seen} of {size} transactions in; the last run: {rest.out.strip()}")
    do_import(stack, books, example.csv).expect(0, made=0, known=size, failed=0)
    check_complete(database, books, example)


ERRORS = """\
date,transaction,account,amount,currency,description
2026-01-01,good 1,1010,10.00,USD,
2026-01-01,good 1,3000,-10.00,USD,
2026-01-01,good 2,1010,20.00,USD,"quoted ""well"", on
two lines"
2026-01-01,good 2,3000,-20.00,USD,

2026-01-32,date,1010,1.00,USD,
2026-01-31,date,3000,-1.00,USD,
2026-01-01,amount,1010,"1,000.00",USD,
2026-01-01,amount,3000,-1000.00,USD,
2026-01-01,decimals,1010,1.005,USD,
2026-01-01,decimals,3000,-1.005,USD,
2026-01-01,balance,1010,5.00,USD,
2026-01-01,balance,3000,-4.99,USD,
2026-01-01,mixed,1010,5.00,USD,
2026-01-02,mixed,3000,-5.00,USD,
2026-01-01,account,1010,5.00,USD,
2026-01-01,account,9999,-5.00,USD,
2026-01-01,columns,1010,5.00
2026-01-01,columns,3000,-5.00,USD,
2026-01-01,quote,1010,5.00,USD,"open
2026-01-01,quote,3000,-5.00,USD,
2026-01-01,currency,1010,5.00,XXQ,
2026-01-01,currency,3000,-5.00,USD,
2026-01-01,other currency,1010,5.00,EUR,
2026-01-01,other currency,3000,-5.00,USD,
2026-01-01,,1010,5.00,USD,
2026-01-01,alone,1010,5.00,USD,
2026-01-01,long,1010,5.00,USD,{long}
2026-01-01,long,3000,-5.00,USD,{long}
2025-12-31,closed,1010,5.00,USD,
2025-12-31,closed,3000,-5.00,USD,
2026-01-01,inactive,1010,5.00,USD,
2026-01-01,inactive,idle,-5.00,USD,
2026-01-01,entry,1010,5.00,USD,short
2026-01-01,entry,3000,-5.00,USD,{longer than an entry takes}
,,,,,
2026-01-03,good 3,4000,-30.00,USD,apart
2026-01-01,utf,1010,5.00,USD,\udcff
2026-01-01,utf,3000,-5.00,USD,
2026-01-03,good 3,1100,30.00,USD,from its other half
"""


def test_a_file_with_an_error_of_each_kind(stack, books, database, tmp_path):
    books.make_account("idle")
    books.put(f"/accounts/{books.account('idle')}", {"is_active": False}).expect(200)
    books.put("", {"books_closed_through": "2025-12-31"}).expect(200)
    text = ERRORS.replace("{long}", "x" * 1001).replace("{longer than an entry takes}", "y" * 501)
    path = tmp_path / "errors.csv"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode(errors="surrogateescape"))

    done = do_import(stack, books, path).expect(1, made=3, known=0, failed=16, accounts=0)
    assert sorted({(line, field) for line, field, _ in done.faults}) == [
        (8, "date"), (10, "amount"), (12, "amount"), (13, "amount"), (14, "amount"), (17, "date"), (19, "account"), (20, "row"),
        (22, "row"), (24, "currency"), (26, "currency"), (28, "transaction"), (29, "transaction"), (30, "description"),
        (31, "description"), (32, "date"), (35, "account"), (37, "description"), (40, "row")], done.err
    said = {line: sentence for line, _, sentence in done.faults}
    assert "does not balance" in said[14] and "0.01 USD" in said[14]
    assert "closed through 2025-12-31" in said[32] and "inactive" in said[35]  # the server's own words
    print("\n" + done.err + done.out)
    assert transaction_count(database, books) == 3
    assert books.trial_balance() == {"1010": "30.00", "3000": "-30.00", "1100": "30.00", "4000": "-30.00"}
    found = books.get("/transactions", reference_number="good 2").expect(200).data
    assert found[0]["description"] == 'quoted "well", on\ntwo lines' and found[0]["status"] == "posted"

    # What the server refused comes in when nothing stands against it any more: a stored refusal is not the last word.
    for _ in range(2):
        do_import(stack, books, path).expect(1, made=0, known=3, failed=16)
    books.put("", {"books_closed_through": None}).expect(200)
    do_import(stack, books, path).expect(1, made=1, known=3, failed=15)
    do_import(stack, books, path).expect(1, made=0, known=4, failed=15)
    assert books.balance("1010") == "35.00"


@pytest.mark.parametrize("content, words", [
    (None, "No such file"),
    (b"", "empty"),
    (b"date,transaction,amount\n", "lacks account"),
    (b"date,transaction,account,debit\n", "debit and credit"),
    (b"date,date,transaction,account,amount\n", "more than once"),
    ("date,transaction,account,amount\n".encode("utf-16"), "UTF-16"),
])
def test_a_file_that_is_none(stack, books, tmp_path, content, words):
    path = tmp_path / "journal.csv"
    if content is not None:
        path.write_bytes(content)
    done = do_import(stack, books, path).expect(2)
    assert words in done.err, done.err


@pytest.mark.parametrize("arguments", [
    [], ["--batch-size", "0", "x.csv"], ["--map", "colour=Farbe", "x.csv"], ["--posted", "--pending", "x.csv"],
    ["--map", "date=Datum", str(Path(__file__).parent / "sample.csv")]])
def test_usage(stack, books, arguments):
    do_import(stack, books, *arguments).expect(2)


def test_the_sample(stack, books, tmp_path):
    sample = Path(__file__).parent / "sample.csv"
    do_import(stack, books, sample, "--dry-run").expect(0, made=6, known=0, failed=0)
    assert books.trial_balance() == {}
    do_import(stack, books, sample).expect(0, made=6, known=0, failed=0, accounts=0)
    expected = {"1010": "9997.50", "3000": "-10000.00", "4000": "-1850.00", "5000": "640.00", "6000": "12.50", "6100": "1200.00"}
    assert books.trial_balance() == expected
    # The same journal as another program writes it is the same journal.
    other = tmp_path / "other.csv"
    with open(sample, encoding="utf-8") as file, open(other, "w", encoding="utf-8") as copy:
        copy.write("Konto,Datum,Beleg,debit,credit,Text\n")
        for row in csv.DictReader(file):
            amount = row["amount"]
            sides = f"{amount}," if not amount.startswith("-") else f",{amount[1:]}"
            copy.write(f'{row["account"]},{row["date"]},{row["transaction"]},{sides},"{row["description"]}"\n')
    do_import(stack, books, other, "--map", "account=Konto", "--map", "date=Datum", "--map", "transaction=Beleg", "--map",
              "description=Text").expect(0, made=0, known=6, failed=0)
    assert books.trial_balance() == expected


def test_pending_is_not_posted_a_second_time(stack, books):
    sample = Path(__file__).parent / "sample.csv"
    do_import(stack, books, sample, "--pending").expect(0, made=6)
    assert books.trial_balance() == {}
    done = do_import(stack, books, sample, "--posted").expect(1, made=0, known=0, failed=6)
    assert "imported before as pending" in done.err
    assert len(books.get("/transactions").expect(200).data) == 6


def test_the_test_books_are_apart(stack, books):
    test = books.in_test_mode()
    sample = Path(__file__).parent / "sample.csv"
    do_import(stack, books, sample, "--test", CRANE_TEST_KEY=test.key).expect(0, made=6)
    assert books.trial_balance() == {} and test.trial_balance()["1010"] == "9997.50"
    do_import(stack, books, sample).expect(0, made=6, known=0)


def test_accounts_are_made_of_the_type_that_the_file_says(stack, books, tmp_path):
    path = tmp_path / "journal.csv"
    path.write_text("date,transaction,account,amount,currency,account_type\n"
                    "2026-01-01,1,Assets:Till,5,,\n2026-01-01,1,Owner,-5,,Equity\n"
                    "2026-01-01,2,8100,7.5,,\n2026-01-01,2,Income:Tips,-7.5,,\n"
                    "2026-01-01,3,8100,1,,expense\n2026-01-01,3,Assets:Till,-1,,\n"
                    "2026-01-01,4,Nobody,1,,\n2026-01-01,4,1010,-1,,\n"
                    "2026-01-01,5,Assets:Till,1,EUR,\n2026-01-01,5,1010,-1,,\n", encoding="utf-8")
    plan = do_import(stack, books, path, "--create-accounts", "--dry-run").expect(1, made=3, failed=2, accounts=4)
    assert {(line, field) for line, field, _ in plan.faults} == {(8, "account"), (10, "currency")}
    assert "Assets:Till" not in accounts_by_name(books)
    do_import(stack, books, path, "--create-accounts").expect(1, made=3, failed=2, accounts=4)
    found = {each["name"]: (each["type"], each["code"], each["currency_id"]) for each in books.get("/accounts", limit=100).expect(200).data}
    assert found["Assets:Till"] == ("asset", None, "CUR_USD") and found["Owner"] == ("equity", None, "CUR_USD")
    assert found["8100"] == ("expense", "8100", "CUR_USD") and found["Income:Tips"] == ("revenue", None, "CUR_USD")
    do_import(stack, books, path, "--create-accounts").expect(1, made=0, known=3, failed=2, accounts=0)
    books.make_account("x1", name="Owner")
    twice = do_import(stack, books, path, "--create-accounts").expect(1, made=0, known=2, failed=3)
    assert (3, "account") in {(line, field) for line, field, _ in twice.faults}


def test_nothing_is_doubled_when_crane_has_forgotten_the_keys(stack, books, database, tmp_path):
    """Idempotency keys are kept for 7 days, a journal longer. Pending transactions, whose created_at the database lets us change."""
    path = tmp_path / "journal.csv"
    rows = (Path(__file__).parent / "sample.csv").read_text(encoding="utf-8")
    rows += '2026-01-31,"a, with a comma",1010,5.00,USD,\n2026-01-31,"a, with a comma",4000,-5.00,USD,\n'
    path.write_text(rows, encoding="utf-8")
    do_import(stack, books, path, "--pending").expect(0, made=7)
    database.rows(f"delete from idempotency_keys where scope_id = {id_hex(books.id)}")
    database.rows("update transactions t join books b on b.books_id = t.books_id set t.created_at = t.created_at - interval 8 day "
                  f"where b.organization_id = {id_hex(books.id)}")
    # One more with the reference of an old one, and other figures: that is new.
    path.write_text(rows + "2026-02-01,7,1010,6.00,USD,\n2026-02-01,7,4000,-6.00,USD,\n", encoding="utf-8")
    books.pend_transaction(reference_number="7", amount="7.00")
    do_import(stack, books, path, "--pending").expect(0, made=1, known=7, failed=0)
    assert transaction_count(database, books) == 9


def test_other_currencies(stack, books, tmp_path):
    path = tmp_path / "journal.csv"
    path.write_text("date,transaction,account,amount,currency,exchange_rate,base_amount\n"
                    "2026-01-01,1,Assets:Euro,100.00,EUR,,108.45\n2026-01-01,1,1010,-108.45,USD,,\n"
                    "2026-01-02,2,Assets:Euro,-10.00,EUR,1.1,\n2026-01-02,2,Expenses:Travel,10.00,EUR,1.1,\n"
                    "2026-01-03,3,Assets:Yen,500,JPY,0.0064,\n2026-01-03,3,Equity:Yen,-500.00,JPY,0.0064,\n"
                    "2026-01-04,4,Assets:Yen,0.5,JPY,0.0064,\n2026-01-04,4,Equity:Yen,-0.5,JPY,0.0064,\n"
                    "2026-01-05,5,Assets:Euro,1.00,EUR,,\n2026-01-05,5,1010,-1.00,USD,,\n", encoding="utf-8")
    done = do_import(stack, books, path, "--create-accounts").expect(1, made=3, failed=2, accounts=4)
    assert {(line, field) for line, field, _ in done.faults} == {(8, "amount"), (9, "amount"), (10, "exchange_rate")}, done.err
    ids = accounts_by_name(books)
    nets = {name: books.get(f"/accounts/{ids[name]}/balance").expect(200)["net"]
            for name in ("Assets:Euro", "Expenses:Travel", "Assets:Yen")}
    assert nets == {"Assets:Euro": "90.00", "Expenses:Travel": "10.00", "Assets:Yen": "500"}
    do_import(stack, books, path, "--create-accounts").expect(1, made=0, known=3, failed=2, accounts=0)


def test_credits_that_run_out_end_the_run_and_new_ones_let_it_go_on(stack, make_books, operator):
    books = make_books(initial_credits=1)
    sample = Path(__file__).parent / "sample.csv"
    for _ in range(2):
        done = do_import(stack, books, sample, "--batch-size", "1").expect(1)
        assert "credits" in done.err and "goes on from here" in done.err, done.err
    found = len(books.get("/transactions").expect(200).data)
    assert found <= 1
    operator.post(f"{books.path}/billing/grants", {"credits": 100, "reason": "The rest of a journal"}).expect(201)
    do_import(stack, books, sample, "--batch-size", "1").expect(0, made=6 - found, known=found, failed=0)


class Cutter:
    """Stands between a client and the server, and cuts each connection after some kilobytes."""

    def __init__(self, port, seed):
        self.target, self.random, self.cuts = port, random.Random(seed), 0
        self.server = socket.create_server(("localhost", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(client, self.random.randrange(6_000, 90_000)), daemon=True).start()

    def carry(self, client, size):
        left = [size]
        with client, socket.create_connection(("localhost", self.target)) as server:
            back = threading.Thread(target=self.pump, args=(server, client, left), daemon=True)
            back.start()
            self.pump(client, server, left)
            back.join()

    def pump(self, source, sink, left):
        try:
            while data := source.recv(4096):
                left[0] -= len(data)
                if left[0] < 0:
                    self.cuts += 1
                    break
                sink.sendall(data)
        except OSError:
            pass
        for each in (source, sink):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.server.close()


def test_lost_connections_lose_and_double_nothing(stack, database, books, example):
    cutter = Cutter(stack.port, 7)
    try:
        done = do_import(stack, books, example.csv, "--create-accounts", "--batch-size", "40",
                         CRANE_URL=f"https://localhost:{cutter.port}")
        done.expect(0, made=len(example.transactions), known=0, failed=0, accounts=len(example.accounts))
    finally:
        cutter.close()
    assert cutter.cuts > 20
    check_complete(database, books, example)
    print(f"\n{cutter.cuts} connections were cut")


def test_a_restart_of_the_programs_loses_and_doubles_nothing(stack, database, books, example):
    process = start_import(stack, books, example.csv, "--create-accounts", "--batch-size", "40")
    while transaction_count(database, books) < 300 and process.poll() is None:
        time.sleep(0.01)
    with stack.without("transactions", "worker", "jobs", "waiter"):
        assert process.poll() is None, "it had ended before"
        time.sleep(2)
    outcome = outcome_of(process).expect(0, failed=0)
    assert outcome.made + outcome.known == len(example.transactions), str(outcome)
    check_complete(database, books, example)


def test_a_rate_limit_is_waited_out(stack, books, database, example, tmp_path):
    slow = books.with_new_key(rate_limit_per_minute=30)
    path = tmp_path / "journal.csv"
    with open(example.csv, encoding="utf-8") as file:
        path.write_text("".join(line for _, line in zip(range(201), file)), encoding="utf-8")
    done = do_import(stack, slow, path, "--create-accounts", "--batch-size", "5").expect(0, known=0, failed=0)
    assert "429" in done.err, str(done)
    assert transaction_count(database, books) == done.made


def test_a_wrong_key_or_address_says_so(stack, books):
    sample = Path(__file__).parent / "sample.csv"
    assert "key" in do_import(stack, books, sample, CRANE_KEY="cl_live_nonsense").expect(1).err
    assert "https://" in do_import(stack, books, sample, CRANE_URL=stack.environment["CRANE_HTTP_URL"]).expect(2).err
    assert "CRANE_KEY" in do_import(stack, books, sample, CRANE_KEY="").expect(2).err
    assert "vouch" in do_import(stack, books, sample, CRANE_CACERT="/etc/ssl/certs/ca-certificates.crt").expect(1).err
