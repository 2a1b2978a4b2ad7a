"""Accounts: their fields, their place in the chart, what keeps them from being changed, their balances."""
import pytest
from books import credit, debit


def test_an_account_is_what_was_asked_for(books):
    parent = books.make_account("1050")
    body = {"name": "Savings", "code": "1051", "type": "asset", "subtype": "bank", "currency_id": "CUR_EUR", "description": "At the corner",
            "is_active": False, "parent_id": parent["id"], "metadata": {"bank": "First", "größe": "XL"}}
    made = books.post("/accounts", body).expect(201)
    assert {name: made[name] for name in body} == body
    assert made["balance"] == {"debit": "0.00", "credit": "0.00", "net": "0.00"}
    assert made["is_system"] is False and made["livemode"] is True and made["organization_id"] == books.id
    assert made["created_at"] == made["updated_at"]
    assert books.get(f"/accounts/{made['id']}").expect(200).json == made.json


def test_what_is_not_said_has_its_default(books):
    made = books.post("/accounts", {"name": "Plain", "type": "expense"}).expect(201)
    defaults = {"code": None, "subtype": None, "currency_id": "CUR_USD", "description": None, "is_active": True, "parent_id": None, "metadata": {}}
    assert {name: made[name] for name in defaults} == defaults


def test_accounts_without_a_code_do_not_collide(books):
    first = books.post("/accounts", {"name": "One", "type": "asset"}).expect(201)["id"]
    assert books.post("/accounts", {"name": "One", "type": "asset", "code": None}).expect(201)["id"] != first


def test_a_code_is_unique_in_the_books(books):
    books.make_account("1051")
    books.post("/accounts", {"name": "Again", "type": "asset", "code": "1051"}).expect(409, "already_exists")
    other = books.make_account("1052")
    books.put(f"/accounts/{other['id']}", {"code": "1051"}).expect(409, "already_exists")
    assert books.get(f"/accounts/{other['id']}").expect(200)["code"] == "1052"
    # The test books are others.
    books.in_test_mode().make_account("1051")


def test_put_changes_what_it_names_and_null_clears(books):
    made = books.make_account("1051", description="Before", subtype="bank", metadata={"a": "1"})
    books.put(f"/accounts/{made['id']}", {"name": "After"}).expect(200)
    changed = books.put(f"/accounts/{made['id']}", {"description": None, "metadata": {"b": "2"}}).expect(200).json
    assert changed == {**made, "name": "After", "description": None, "metadata": {"b": "2"}, "updated_at": changed["updated_at"]}
    assert changed["updated_at"] > made["updated_at"]
    assert books.get(f"/accounts/{made['id']}").expect(200).json == changed
    assert books.put(f"/accounts/{made['id']}", {"code": None, "metadata": None}).expect(200)["code"] is None


PARENTS = [  # what the parent is
    ("an account of another type", lambda books, made: books.account("2000")),
    ("itself", lambda books, made: made["id"]),
    ("an account below it", lambda books, made: books.make_account(parent_id=made["id"])["id"]),
    ("an account below an account below it", lambda books, made: books.make_account(parent_id=books.make_account(parent_id=made["id"])["id"])["id"]),
    ("nothing that exists", lambda books, made: "act_0000000000000000000000000"),
    ("an account of the test books", lambda books, made: books.in_test_mode().make_account()["id"]),
]


@pytest.mark.parametrize("parent", [row[1] for row in PARENTS], ids=[row[0] for row in PARENTS])
def test_a_parent_is_another_account_of_the_same_type_above(still_books, parent):
    made = still_books.make_account()
    parent_id = parent(still_books, made)
    before = still_books.snapshot()
    still_books.put(f"/accounts/{made['id']}", {"parent_id": parent_id}).expect(400, "invalid_request", fields=["parent_id"])
    assert still_books.snapshot() == before


def test_a_parent_is_set_and_cleared(books):
    parent, child = books.make_account(), books.make_account()
    assert books.put(f"/accounts/{child['id']}", {"parent_id": parent["id"]}).expect(200)["parent_id"] == parent["id"]
    assert [each["id"] for each in books.get("/accounts", parent_id=parent["id"]).expect(200).data] == [child["id"]]
    assert books.put(f"/accounts/{child['id']}", {"parent_id": None}).expect(200)["parent_id"] is None


def test_an_unused_account_is_deleted(books):
    made = books.make_account("1051")
    books.delete(f"/accounts/{made['id']}").expect(204)
    books.get(f"/accounts/{made['id']}").expect(404, "resource_not_found")
    books.delete(f"/accounts/{made['id']}").expect(404, "resource_not_found")
    books.make_account("1051")


IN_USE = [
    ("a posted entry", lambda books, made: books.post_transaction(debit=made["code"])),
    ("a pending entry", lambda books, made: books.pend_transaction(debit=made["code"])),
    ("a child", lambda books, made: books.make_account(parent_id=made["id"])),
]


@pytest.mark.parametrize("use", [row[1] for row in IN_USE], ids=[row[0] for row in IN_USE])
def test_an_account_in_use_is_not_deleted(books, use):
    made = books.make_account()
    use(books, made)
    before = books.snapshot()
    books.delete(f"/accounts/{made['id']}").expect(422, "account_in_use")
    assert books.snapshot() == before


def test_an_account_with_a_role_stays(still_books):
    bank = still_books.account("1010")
    before = still_books.snapshot()
    still_books.delete(f"/accounts/{bank}").expect(422, "account_in_use")
    still_books.put(f"/accounts/{bank}", {"is_active": False}).expect(422, "account_in_use")
    assert still_books.snapshot() == before


def test_the_standard_chart_has_every_role(still_books):
    accounts = still_books.get("/accounts", limit=100).expect(200).data
    roles = {"receivable", "payable", "bank", "cash", "retained_earnings", "opening_balances", "sales", "cost_of_sales", "fx_gain", "fx_loss",
             "rounding", "transit", "customer_credit", "vendor_credit"}
    assert roles <= {each["subtype"] for each in accounts if each["is_system"]}
    assert len([each for each in accounts if each["subtype"] == "tax" and each["is_system"]]) == 2  # payable and receivable


def test_a_balance_counts_what_is_posted(books):
    books.post_transaction(amount="100.00", transaction_date="2026-01-31")
    books.post_transaction(debit="6100", credit="1010", amount="30.00", transaction_date="2026-02-01")
    books.pend_transaction(amount="999.00")
    seen = books.get(f"/accounts/{books.account('1010')}/balance").expect(200).json
    assert seen == {"object": "balance", "account_id": books.account("1010"), "organization_id": books.id, "livemode": True,
                    "currency_id": "CUR_USD", "debit": "100.00", "credit": "30.00", "net": "70.00", "version": 2, "as_of": None, "known_at": None}
    account = books.get(f"/accounts/{books.account('1010')}").expect(200)
    assert account["balance"] == {"debit": "100.00", "credit": "30.00", "net": "70.00"}
    assert books.balance("4000") == "-100.00"


def test_a_balance_as_of_a_date_counts_up_to_its_end(books):
    days = {"2025-12-31": "1.00", "2026-01-01": "2.00", "2026-01-31": "4.00", "2026-02-01": "8.00", "2026-02-28": "16.00", "2026-03-01": "32.00"}
    for day, amount in days.items():
        books.post_transaction(amount=amount, transaction_date=day)
    expected = {"2025-12-30": "0.00", "2025-12-31": "1.00", "2026-01-01": "3.00", "2026-01-30": "3.00", "2026-01-31": "7.00", "2026-02-01": "15.00",
                "2026-02-27": "15.00", "2026-02-28": "31.00", "2026-03-01": "63.00", "9999-12-31": "63.00", "0001-01-01": "0.00"}
    assert {day: books.balance("1010", as_of=day) for day in expected} == expected


def test_a_balance_as_it_was_known(books):
    first = books.post_transaction(amount="1.00", transaction_date="2026-02-01")
    books.post_transaction(amount="2.00", transaction_date="2026-01-01")  # recorded later for an earlier day
    moment = first["created_at"]
    assert books.balance("1010", known_at=moment) == "1.00"
    assert books.balance("1010", known_at=moment, as_of="2026-01-31") == "0.00"
    assert books.balance("1010", as_of="2026-01-31") == "2.00"
    assert books.balance("1010", known_at="2020-01-01T00:00:00Z") == "0.00"
    assert books.balance("1010") == "3.00"


def test_known_at_counts_a_transaction_from_its_posting_on(books):
    pending = books.pend_transaction(amount="1.00")
    posted = books.post(f"/transactions/{pending['id']}/post").expect(200).json
    assert books.balance("1010", known_at=pending["created_at"]) == "0.00"
    assert books.balance("1010", known_at=posted["updated_at"]) == "1.00"


def test_an_accounts_transactions_with_running_balances(books):
    bank = books.account("1010")
    amounts = [("2026-01-10", "10.00"), ("2026-01-05", "5.00"), ("2026-01-10", "0.50")]
    made = [books.post_transaction(amount=amount, transaction_date=day) for day, amount in amounts]
    spent = books.post_transaction(debit="6100", credit="1010", amount="3.00", transaction_date="2026-01-07", description="Rent")
    books.pend_transaction(amount="77.00", transaction_date="2026-01-06")
    seen = books.get(f"/accounts/{bank}/transactions").expect(200).data
    assert [(each["transaction_id"], each["net"], each["running_balance"]) for each in seen] == [
        (made[2]["id"], "0.50", "12.50"), (made[0]["id"], "10.00", "12.00"), (spent["id"], "-3.00", "2.00"), (made[1]["id"], "5.00", "5.00")]
    assert seen[2]["debit"] == "0.00" and seen[2]["credit"] == "3.00" and seen[2]["description"] == "Rent"
    # The running balance does not depend on the page, the order or the filter.
    expected = {each["id"]: each["running_balance"] for each in seen}
    for query in ({"sort": "posting_date"}, {"limit": 1, "offset": 2}, {"starting_after": seen[0]["id"], "limit": 2}, {"ending_before": seen[3]["id"]},
                  {"posting_date__gte": "2026-01-07"}, {"posting_date__lt": "2026-01-10", "sort": "posting_date"}):
        page = books.get(f"/accounts/{bank}/transactions", **query).expect(200).data
        assert page and {each["id"]: each["running_balance"] for each in page} == {each["id"]: expected[each["id"]] for each in page}


def test_a_transaction_that_touches_an_account_twice_is_one_row(books):
    bank = books.account("1010")
    entries = [debit(bank, "10.00"), debit(bank, "5.00"), credit(bank, "2.00"), credit(books.account("4000"), "13.00")]
    made = books.post("/transactions", {"status": "posted", "transaction_date": "2026-01-01", "entries": entries}).expect(201)
    [row] = books.get(f"/accounts/{bank}/transactions").expect(200).data
    assert (row["id"], row["debit"], row["credit"], row["net"], row["running_balance"]) == (made["id"], "15.00", "2.00", "13.00", "13.00")


def test_an_accounts_transactions_show_reversals(books):
    made = books.post_transaction(amount="10.00", transaction_date="2026-01-01")
    books.post(f"/transactions/{made['id']}/reverse", {"date": "2026-01-02"}).expect(201)
    seen = books.get(f"/accounts/{books.account('1010')}/transactions").expect(200).data
    assert [(each["status"], each["net"], each["running_balance"]) for each in seen] == [("posted", "-10.00", "0.00"), ("reversed", "10.00", "10.00")]
