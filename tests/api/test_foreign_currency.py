"""Entries in several currencies: how they come to base, what must balance where."""
import pytest
from books import TODAY, credit, debit
from client import together


@pytest.fixture
def euro(books):
    books.make_account("1011", currency_id="CUR_EUR")
    books.make_account("1012", currency_id="CUR_EUR")
    return books


def enter(books, *entries, **fields):
    return books.post("/transactions", {"status": "posted", "transaction_date": TODAY, "entries": list(entries), **fields})


def in_euro(entry, **more):
    return {**entry, "currency_id": "CUR_EUR", **more}


def test_a_rate_leads_to_base(euro):
    made = enter(euro, in_euro(debit(euro.account("1011"), "100.00"), exchange_rate="1.0845"), credit(euro.account("1010"), "108.45")).expect(201)
    assert (made["total_debits"], made["total_credits"], made["currency_id"]) == ("108.45", "108.45", "CUR_USD")
    first = made["entries"][0]
    assert (first["amount"], first["currency_id"], first["base_amount"], first["exchange_rate"]) == ("100.00", "CUR_EUR", "108.45", "1.08450000")
    assert euro.balance("1011") == "100.00" and euro.balance("1010") == "-108.45"
    assert euro.trial_balance() == {"1011": "108.45", "1010": "-108.45"}


def test_a_base_amount_says_it_outright(euro):
    made = enter(euro, in_euro(debit(euro.account("1011"), "100.00"), base_amount="108.37"), credit(euro.account("1010"), "108.37")).expect(201)
    assert made["entries"][0]["exchange_rate"] == "1.08370000" and made["entries"][0]["base_amount"] == "108.37"


def test_one_foreign_currency_throughout(euro):
    made = enter(euro, debit(euro.account("1011"), "100.00", exchange_rate="1.10"), credit(euro.account("1012"), "100.00", exchange_rate="1.10"),
                 currency_id="CUR_EUR").expect(201)
    assert (made["total_debits"], made["currency_id"]) == ("100.00", "CUR_EUR")
    assert euro.trial_balance() == {"1011": "110.00", "1012": "-110.00"}


def test_rounding_of_rated_entries_is_settled(euro):
    parts = [in_euro(debit(euro.account("1011"), "33.33"), exchange_rate="1.23456789") for _ in range(3)]
    made = enter(euro, *parts, in_euro(credit(euro.account("1012"), "99.99"), exchange_rate="1.23456789")).expect(201)
    debits = sum(round(float(each["base_amount"]) * 100) for each in made["entries"] if each["entry_type"] == "debit")
    credits = sum(round(float(each["base_amount"]) * 100) for each in made["entries"] if each["entry_type"] == "credit")
    assert debits == credits and abs(credits - 12344) <= 4
    assert set(euro.trial_balance()) == {"1011", "1012"}


def test_two_currencies_that_balance_each_for_itself(euro):
    made = enter(euro, in_euro(debit(euro.account("1011"), "10.00"), exchange_rate="1.10"), in_euro(credit(euro.account("1012"), "10.00"), exchange_rate="1.10"),
                 debit(euro.account("1010"), "5.00"), credit(euro.account("4000"), "5.00")).expect(201)
    assert (made["total_debits"], made["currency_id"]) == ("16.00", "CUR_USD")


REFUSED = [  # what, entries, status, code
    ("no rate is known", lambda b: [in_euro(debit(b.account("1011"), "100.00")), credit(b.account("1010"), "108.45")], 422, "exchange_rate_required"),
    ("base does not balance", lambda b: [in_euro(debit(b.account("1011"), "100.00"), exchange_rate="1.0845"), credit(b.account("1010"), "108.44")],
     400, "transaction_does_not_balance"),
    ("one currency, which does not balance", lambda b: [in_euro(debit(b.account("1011"), "100.00"), exchange_rate="1"),
                                                       in_euro(credit(b.account("1012"), "99.00"), exchange_rate="1")], 400, "transaction_does_not_balance"),
    ("euros on an account in dollars", lambda b: [in_euro(debit(b.account("1010"), "1.00"), exchange_rate="1"),
                                                 in_euro(credit(b.account("1012"), "1.00"), exchange_rate="1")], 422, "currency_mismatch"),
    ("dollars on an account in euros", lambda b: [debit(b.account("1011"), "1.00"), credit(b.account("1010"), "1.00")], 422, "currency_mismatch"),
    ("a rate of nothing", lambda b: [in_euro(debit(b.account("1011"), "1.00"), exchange_rate="0"), credit(b.account("1010"), "1.00")], 400, "invalid_request"),
    ("a negative rate", lambda b: [in_euro(debit(b.account("1011"), "1.00"), exchange_rate="-1"), credit(b.account("1010"), "1.00")], 400, "invalid_request"),
    ("a rate of 9 decimals", lambda b: [in_euro(debit(b.account("1011"), "1.00"), exchange_rate="1.123456789"), credit(b.account("1010"), "1.12")],
     400, "invalid_request"),
    ("a base amount of nothing", lambda b: [in_euro(debit(b.account("1011"), "1.00"), base_amount="0.00"), credit(b.account("1010"), "1.00")],
     400, "invalid_request"),
    ("a base amount with too many decimals", lambda b: [in_euro(debit(b.account("1011"), "1.00"), base_amount="1.001"), credit(b.account("1010"), "1.00")],
     400, "invalid_request"),
    ("a currency that is none", lambda b: [{**debit(b.account("1011"), "1.00"), "currency_id": "CUR_XYZ"}, credit(b.account("1010"), "1.00")],
     400, "invalid_request"),
    ("more than the books can hold, in base", lambda b: [in_euro(debit(b.account("1011"), "90000000000000000.00"), exchange_rate="1000"),
                                                        in_euro(credit(b.account("1012"), "90000000000000000.00"), exchange_rate="1000")],
     422, "amount_overflow"),
]


@pytest.fixture(scope="module")
def still_euro(still_books):
    still_books.make_account("1011", currency_id="CUR_EUR")
    still_books.make_account("1012", currency_id="CUR_EUR")
    return still_books


@pytest.mark.parametrize("entries, status, code", [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused(still_euro, entries, status, code):
    sent = entries(still_euro)
    before = still_euro.snapshot()
    reply = enter(still_euro, *sent).expect(status, code)
    assert still_euro.snapshot() == before
    if code == "transaction_does_not_balance":
        details = reply.error["details"]
        assert float(details["total_debits"]) - float(details["total_credits"]) == pytest.approx(float(details["difference"]))
        assert details["currency_id"] == ("CUR_USD" if "108.44" in str(sent) else "CUR_EUR")


@pytest.mark.parametrize("more", [{"base_amount": "11.00"}, {"exchange_rate": "1.1"}, {"exchange_rate": "0.5", "base_amount": "5.00"}],
                         ids=["amount", "rate", "both"])
def test_an_entry_in_base_currency_is_worth_what_it_says(still_euro, more):
    bank, sales = still_euro.account("1010"), still_euro.account("4000")
    before = still_euro.snapshot()
    reply = enter(still_euro, debit(bank, "10.00", **more), credit(sales, "10.00", **more))
    assert reply.status in (400, 422), f"{reply}: what contradicts the amount can be neither taken nor passed over"
    assert still_euro.snapshot() == before


@pytest.mark.parametrize("code, amount, wrong", [("JPY", "1250", "1250.0"), ("KWD", "1.250", "1.2500"), ("CLF", "1.2500", "1.25000")])
def test_an_amount_has_its_currencys_decimals(make_books, code, amount, wrong):
    books = make_books(base_currency_code=code)
    made = books.post_transaction(amount=amount)
    assert made["total_debits"] == made["entries"][0]["base_amount"] == amount and made["currency_id"] == f"CUR_{code}"
    assert books.balance("1010") == amount and books.trial_balance() == {"1010": amount, "4000": "-" + amount}
    books.post("/transactions", books.transaction(wrong)).expect(400, "invalid_request", fields=["entries[0].amount", "entries[1].amount"])


def test_between_currencies_of_different_decimals(make_books):
    books = make_books(base_currency_code="JPY")
    books.make_account("1011", currency_id="CUR_KWD")
    entries = [{**debit(books.account("1011"), "1.250"), "currency_id": "CUR_KWD", "exchange_rate": "480.5"}, credit(books.account("1010"), "601")]
    made = enter(books, *entries).expect(201)
    assert made["entries"][0]["base_amount"] == "601" and made["total_debits"] == "601"  # 600.625


LARGEST = "92233720368547758.07"


@pytest.mark.parametrize("count", [2, 10])
def test_a_transaction_beyond_19_digits_is_refused(books, count):
    bank, sales = books.account("1010"), books.account("4000")
    before = books.snapshot()
    enter(books, *[debit(bank, LARGEST) for _ in range(count)], *[credit(sales, LARGEST) for _ in range(count)]).expect(422, "amount_overflow")
    assert books.snapshot() == before


def test_what_adds_up_beyond_19_digits_is_exact(books):
    books.post_transaction(amount=LARGEST)
    books.post_transaction(amount="0.01")
    assert books.balance("1010") == "92233720368547758.08" and books.balance("4000") == "-92233720368547758.08"
    books.post_transaction(debit="4000", credit="1010", amount=LARGEST)
    assert books.trial_balance() == {"1010": "0.01", "4000": "-0.01"}


def test_writers_at_once_who_lead_an_account_beyond_19_digits(books):
    books.client.connections.prepare(8)
    body = books.transaction("60000000000000000.00", status="posted")
    for reply in together(8, lambda _: books.post("/transactions", body)):
        reply.expect(201)
    assert books.trial_balance() == {"1010": "480000000000000000.00", "4000": "-480000000000000000.00"}
    assert books.balance("1010") == books.balance("1010", as_of=TODAY) == "480000000000000000.00"
    [row] = books.get(f"/accounts/{books.account('1010')}/transactions", limit=1).expect(200).data
    assert row["running_balance"] == "480000000000000000.00"
    assert books.get("/accounts", code="1010").expect(200).data[0]["balance"]["net"] == "480000000000000000.00"
