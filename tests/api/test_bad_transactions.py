"""Transactions that are refused: what is sent, what is answered, and that the books are as they were."""
import pytest
from books import TODAY, credit, debit

ABSENT = "act_0000000000000000000000000"


def change(**fields):
    """The well-formed body with other fields."""
    return lambda books: {**books.transaction(), **fields}


def without(*names):
    return lambda books: {name: value for name, value in books.transaction().items() if name not in names}


def entry(index=0, **fields):
    """The well-formed body with one entry changed."""
    def make(books):
        body = books.transaction()
        body["entries"][index] = {**body["entries"][index], **fields}
        return body
    return make


def entries(make):
    return lambda books: {"transaction_date": TODAY, "entries": make(books, books.account("1010"), books.account("4000"))}


def short(**fields):
    return lambda books: {key: value for key, value in {
        "type": "income", "transaction_date": TODAY, "account_id": books.account("1010"), "amount": "10.00", **fields}.items() if value is not None}


def inactive(books):
    made = books.make_account()
    books.put(f"/accounts/{made['id']}", {"is_active": False}).expect(200)
    return made["id"]


NUMBERS = ["0", "0.00", "-1.00", 0, -5, "", " ", "1,00", "1.000", "1.", ".5", "+1", "1e3", "0x10", "NaN", "Infinity", "12.00 ", "１２", "1_000", "--1", "1.2.3"]

TABLE = [  # what, body, status, code, fields
    ("one side larger", entries(lambda b, bank, sales: [debit(bank, "100.00"), credit(sales, "99.99")]), 400, "transaction_does_not_balance", []),
    ("two debits", entries(lambda b, bank, sales: [debit(bank, "1.00"), debit(sales, "1.00")]), 400, "transaction_does_not_balance", []),
    ("one entry", entries(lambda b, bank, sales: [debit(bank, "1.00")]), 400, "invalid_request", ["entries"]),
    ("no entry", entries(lambda b, bank, sales: []), 400, "invalid_request", ["entries"]),
    ("1001 entries", entries(lambda b, bank, sales: [debit(bank, "0.01")] * 1001), 400, "invalid_request", ["entries"]),
    ("entries of no kind", change(entries={}), 400, "invalid_request", ["entries"]),
    ("entries of text", change(entries=["a", "b"]), 400, "invalid_request", None),
    ("nothing but a date", without("entries"), 400, "invalid_request", ["entries"]),
    ("no date", without("transaction_date"), 400, "invalid_request", ["transaction_date"]),
    *[(f"an amount of {number!r}", entry(0, amount=number), 400, "invalid_request", ["entries[0].amount"]) for number in NUMBERS],
    ("an amount that is true", entry(0, amount=True), 400, "invalid_request", ["entries[0].amount"]),
    ("an amount that is null", entry(0, amount=None), 400, "invalid_request", ["entries[0].amount"]),
    ("an amount that is a list", entry(1, amount=["1.00"]), 400, "invalid_request", ["entries[1].amount"]),
    ("more digits than the books hold", entry(0, amount="92233720368547758.08"), 400, "invalid_request", ["entries[0].amount"]),
    ("an amount of a hundred digits", entry(0, amount="9" * 100), 400, "invalid_request", ["entries[0].amount"]),
    ("an unknown account", entry(0, account_id=ABSENT), 400, "invalid_request", ["entries[0].account_id"]),
    ("two unknown accounts", lambda b: {**b.transaction(), "entries": [{**each, "account_id": ABSENT} for each in b.transaction()["entries"]]},
     400, "invalid_request", ["entries[0].account_id", "entries[1].account_id"]),
    ("an id of something else", entry(1, account_id="txn_0000000000000000000000000"), 400, "invalid_request", ["entries[1].account_id"]),
    ("an id in capitals", lambda b: entry(1, account_id=b.account("1010").upper())(b), 400, "invalid_request", ["entries[1].account_id"]),
    ("an id beyond 128 bits", entry(1, account_id="act_zzzzzzzzzzzzzzzzzzzzzzzzz"), 400, "invalid_request", ["entries[1].account_id"]),
    ("no account", entry(0, account_id=None), 400, "invalid_request", ["entries[0].account_id"]),
    ("an inactive account", lambda b: entry(0, account_id=inactive(b))(b), 422, "account_inactive", []),
    ("another currency than the account's", change(currency_id="CUR_EUR"), 422, None, []),
    ("a currency that is none", change(currency_id="CUR_XYZ"), 400, "invalid_request", None),
    ("a side that is none", entry(0, entry_type="left"), 400, "invalid_request", ["entries[0].entry_type"]),
    ("no side", entry(0, entry_type=None), 400, "invalid_request", ["entries[0].entry_type"]),
    ("a day that does not exist", change(transaction_date="2023-02-30"), 400, "invalid_request", ["transaction_date"]),
    ("no leap year", change(transaction_date="2100-02-29"), 400, "invalid_request", ["transaction_date"]),
    ("a moment for a day", change(transaction_date="2026-01-31T00:00:00Z"), 400, "invalid_request", ["transaction_date"]),
    ("a day without dashes", change(posting_date="20260131"), 400, "invalid_request", ["posting_date"]),
    ("a day as a number", change(transaction_date=20260131), 400, "invalid_request", ["transaction_date"]),
    ("the year zero", change(transaction_date="0000-01-01"), 400, "invalid_request", ["transaction_date"]),
    ("a status that cannot be asked for", change(status="reversed"), 400, "invalid_request", ["status"]),
    ("a type that is none", change(type="gift"), 400, "invalid_request", ["type"]),
    ("an unknown field", change(colour="red"), 400, "invalid_request", ["colour"]),
    ("an unknown field of an entry", entry(1, colour="red"), 400, "invalid_request", ["entries[1].colour"]),
    ("a field of replies", change(total_debits="12.00"), 400, "invalid_request", ["total_debits"]),
    ("a field of other collections", change(organization_id="org_0000000000000000000000000"), 400, "invalid_request", ["organization_id"]),
    ("a text that is a number", change(description=7), 400, "invalid_request", ["description"]),
    ("a description that is too long", change(description="x" * 1001), 400, "invalid_request", ["description"]),
    ("a long description of an entry", entry(0, description="x" * 501), 400, "invalid_request", ["entries[0].description"]),
    ("a reference that is too long", change(reference_number="ü" * 101), 400, "invalid_request", ["reference_number"]),
    ("a method of payment that is too long", change(payment_method="x" * 65), 400, "invalid_request", ["payment_method"]),
    ("metadata that is a list", change(metadata=[]), 400, "invalid_request", ["metadata"]),
    ("metadata that is not flat", change(metadata={"a": {"b": "c"}}), 400, "invalid_request", ["metadata.a"]),
    ("metadata of a number", change(metadata={"a": 1}), 400, "invalid_request", ["metadata.a"]),
    ("metadata of null", change(metadata={"a": None}), 400, "invalid_request", ["metadata.a"]),
    ("51 metadata", change(metadata={str(number): "x" for number in range(51)}), 400, "invalid_request", ["metadata"]),
    ("a name of metadata that is too long", change(metadata={"x" * 41: "x"}), 400, "invalid_request", ["metadata." + "x" * 41]),
    ("a value of metadata that is too long", change(metadata={"a": "x" * 501}), 400, "invalid_request", ["metadata.a"]),
    ("a negative version", entry(0, expected_version=-1), 400, "invalid_request", ["entries[0].expected_version"]),
    ("a version that is text", entry(0, expected_version="1"), 400, "invalid_request", ["entries[0].expected_version"]),
    ("a version that is no whole number", entry(0, expected_version=1.5), 400, "invalid_request", ["entries[0].expected_version"]),
    ("a floor that is no amount", entry(0, balance_at_least="low"), 400, "invalid_request", ["entries[0].balance_at_least"]),
    ("both forms", lambda b: {**b.transaction(), "type": "income", "account_id": b.account("1010"), "amount": "1.00"}, 400, "invalid_request", ["entries"]),
    ("the short form of a journal", short(type="journal"), 400, "invalid_request", ["type"]),
    ("the short form of no type", short(type=None), 400, "invalid_request", ["type"]),
    ("the short form without an account", short(account_id=None), 400, "invalid_request", ["account_id"]),
    ("the short form without an amount", short(amount=None), 400, "invalid_request", ["amount"]),
    ("an expense of nothing", short(type="expense"), 400, "invalid_request", ["counter_account_id"]),
    ("an unknown account in the short form", short(account_id=ABSENT), 400, "invalid_request", None),
    ("the same account twice in the short form", lambda b: short(counter_account_id=ABSENT)(b), 400, "invalid_request", None),
    ("several faults at once", lambda b: {**b.transaction(), "transaction_date": "x", "status": 5, "colour": "red", "metadata": {"a": 1},
                                          "entries": [{"account_id": 5, "entry_type": "up", "amount": "-1"}, {}]}, 400, "invalid_request",
     ["transaction_date", "status", "colour", "metadata.a", "entries[0].account_id", "entries[0].entry_type", "entries[0].amount",
      "entries[1].account_id", "entries[1].entry_type", "entries[1].amount"]),
]


@pytest.mark.parametrize("make, status, code, fields", [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
@pytest.mark.parametrize("sent_as", ["pending", "posted"])
def test_refused(still_books, make, status, code, fields, sent_as):
    body = make(still_books)
    if sent_as == "posted" and "status" not in body:
        body["status"] = "posted"
    before = still_books.snapshot()
    reply = still_books.post("/transactions", body)
    assert reply.status == status and (code is None or reply.code == code), reply
    if code == "invalid_request" and fields is not None:
        assert sorted(reply.fields) == sorted(fields), reply
    assert still_books.snapshot() == before


def test_both_totals_and_the_difference_are_told(still_books):
    bank, sales = still_books.account("1010"), still_books.account("4000")
    body = {"transaction_date": TODAY, "entries": [debit(bank, "100.10"), debit(bank, "0.05"), credit(sales, "99.99")]}
    refused = still_books.post("/transactions", body).expect(400, "transaction_does_not_balance")
    details = refused.error["details"]
    assert (details["total_debits"], details["total_credits"], details["difference"]) == ("100.15", "99.99", "0.16")
    assert all(figure in refused.error["message"] for figure in ("100.15", "99.99", "0.16"))


def test_anothers_account_is_like_an_absent_one(still_books, books):
    theirs, their_test = books.account("1010"), books.in_test_mode().account("1010")
    own_test = still_books.in_test_mode().account("1010")
    before, untouched = still_books.snapshot(), books.snapshot()
    answers = []
    for account_id in (ABSENT, theirs, their_test, own_test):
        refused = still_books.post("/transactions", entry(0, account_id=account_id)(still_books)).expect(400, "invalid_request", ["entries[0].account_id"])
        answers.append({name: value for name, value in refused.error.items() if name != "request_id"})
    assert answers == [answers[0]] * 4
    assert still_books.snapshot() == before and books.snapshot() == untouched


@pytest.mark.parametrize("body", ["{}", '{"date": "2023-02-30"}', '{"date": 5}', '{"reason": 5}', '{"reason": "%s"}' % ("x" * 1001), '{"colour": "red"}', "[]", "null"])
def test_reversals_that_are_refused(still_books, body):
    if body == "{}":
        path = "/transactions/txn_0000000000000000000000000/reverse"
        before = still_books.snapshot()
        still_books.post(path, body).expect(404, "resource_not_found")
    else:
        path = f"/transactions/{still_books.post_transaction()['id']}/reverse"
        before = still_books.snapshot()
        still_books.post(path, body).expect(400, "invalid_request")
    assert still_books.snapshot() == before
