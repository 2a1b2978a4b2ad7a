"""The trial balance: every account's figure at the end of a day, and their sums."""
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest


@pytest.fixture
def year(books):
    """A few months of business."""
    for day, debit, credit, amount in (
            ("2025-12-31", "1010", "3000", "1000.00"), ("2026-01-01", "1100", "4000", "250.00"), ("2026-01-31", "1010", "1100", "100.00"),
            ("2026-02-01", "6100", "1010", "300.00"), ("2026-02-28", "5000", "2000", "50.50"), ("2026-03-01", "2000", "1010", "50.50")):
        books.post_transaction(debit, credit, amount, transaction_date=day)
    books.pend_transaction(amount="7777.00", transaction_date="2026-01-15")
    return books


def test_the_trial_balance(year):
    report = year.get("/reports/trial-balance", as_of="2026-03-31").expect(200)
    assert report["as_of"] == "2026-03-31" and report["currency_id"] == "CUR_USD" and report.cost == 5
    rows = {each["code"]: (each["type"], each["debit_balance"], each["credit_balance"], each["balance"]) for each in report["accounts"]}
    assert rows == {
        "1010": ("asset", "749.50", "0.00", "749.50"), "1100": ("asset", "150.00", "0.00", "150.00"), "2000": ("liability", "0.00", "0.00", "0.00"),
        "3000": ("equity", "0.00", "1000.00", "-1000.00"), "4000": ("revenue", "0.00", "250.00", "-250.00"),
        "5000": ("expense", "50.50", "0.00", "50.50"), "6100": ("expense", "300.00", "0.00", "300.00")}
    assert [each["code"] for each in report["accounts"]] == sorted(rows)
    assert report["totals"] == {"assets": "899.50", "liabilities": "0.00", "equity": "1000.00", "revenue": "250.00", "expenses": "350.50",
                                "total_debits": "1250.00", "total_credits": "1250.00"}
    assert report["is_balanced"] is True


def test_as_of_each_day(year):
    expected = {
        "2025-12-30": {}, "2025-12-31": {"1010": "1000.00", "3000": "-1000.00"},
        "2026-01-01": {"1010": "1000.00", "3000": "-1000.00", "1100": "250.00", "4000": "-250.00"},
        "2026-01-31": {"1010": "1100.00", "3000": "-1000.00", "1100": "150.00", "4000": "-250.00"},
        "2026-02-01": {"1010": "800.00", "3000": "-1000.00", "1100": "150.00", "4000": "-250.00", "6100": "300.00"},
        "2026-02-28": {"1010": "800.00", "3000": "-1000.00", "1100": "150.00", "4000": "-250.00", "6100": "300.00", "5000": "50.50", "2000": "-50.50"}}
    for day, figures in expected.items():
        assert year.trial_balance(as_of=day) == figures, day


def test_it_agrees_with_every_balance(year):
    for day in ("2025-12-31", "2026-01-15", "2026-02-28"):
        figures = year.trial_balance(as_of=day)
        accounts = year.get("/accounts", limit=100).expect(200).data
        balances = {each["code"]: year.balance(each["code"], as_of=day) for each in accounts}
        assert {code: net for code, net in balances.items() if net != "0.00"} == figures
    now = {each["code"]: each["balance"]["net"] for each in year.get("/accounts", limit=100).expect(200).data}
    assert {code: net for code, net in now.items() if net != "0.00"} == year.trial_balance()


def test_an_account_without_a_code_has_its_row(books):
    plain = books.post("/accounts", {"name": "Plain", "type": "asset"}).expect(201)["id"]
    body = books.transaction(status="posted")
    body["entries"][0]["account_id"] = plain
    books.post("/transactions", body).expect(201)
    rows = books.get("/reports/trial-balance").expect(200)["accounts"]
    assert [(each["id"], each["code"], each["balance"]) for each in rows if each["code"] is None] == [(plain, None, "12.00")]


@pytest.mark.parametrize("timezone", ["UTC", "Pacific/Kiritimati", "Etc/GMT+12"])
def test_today_is_the_organizations(make_books, timezone):
    books = make_books(timezone=timezone)
    dates = {datetime.now(ZoneInfo(timezone)).date().isoformat()}
    seen = books.get("/reports/trial-balance").expect(200)["as_of"]
    dates.add(datetime.now(ZoneInfo(timezone)).date().isoformat())
    assert seen in dates


@pytest.mark.parametrize("as_of", ["2023-02-30", "yesterday", "", "2026-1-1", "20260101", "2026-01-01T00:00:00Z"])
def test_what_is_no_date(still_books, as_of):
    before = still_books.snapshot()
    still_books.client.get(f"{still_books.path}/reports/trial-balance?as_of={as_of}").expect(400, "invalid_request", ["as_of"])
    assert still_books.snapshot() == before


def test_a_report_costs_and_is_refused_at_zero(make_books):
    books = make_books(initial_credits=9)
    assert books.get("/reports/trial-balance").expect(200).headers["x-credits-remaining"] == "4"
    before = books.snapshot()
    books.get("/reports/trial-balance").expect(402, "insufficient_credits")
    assert books.snapshot() == before
    books.get("/accounts").expect(200)
