"""Transactions from pending to posted to reversed, and what each state allows."""
import pytest
from books import TODAY, credit, debit


def test_a_transaction_is_what_was_asked_for(books):
    bank, sales = books.account("1010"), books.account("4000")
    body = {"type": "journal", "status": "posted", "reference_number": "1001", "description": "Order 1001", "transaction_date": "2026-01-30",
            "posting_date": "2026-01-31", "currency_id": "CUR_USD", "payment_method": "card", "metadata": {"order": "1001"}}
    entries = [debit(bank, "1250.00", description="In", reference="A"), credit(sales, "1250.00")]
    made = books.post("/transactions", {**body, "entries": entries}).expect(201)
    assert {name: made[name] for name in body} == body
    assert made["total_debits"] == made["total_credits"] == "1250.00"
    assert [(each["account_id"], each["entry_type"], each["amount"], each["base_amount"], each["exchange_rate"], each["currency_id"],
             each["description"], each["reference"]) for each in made["entries"]] == [
        (bank, "debit", "1250.00", "1250.00", "1.00000000", "CUR_USD", "In", "A"),
        (sales, "credit", "1250.00", "1250.00", "1.00000000", "CUR_USD", None, None)]
    assert made["created_by"] == books.api_key["id"]
    empty = ("account_id", "contact_id", "category_id", "document_id", "document_type", "reverses_id", "reversed_by_id")
    assert [made[name] for name in empty] == [None] * len(empty)
    assert books.get(f"/transactions/{made['id']}").expect(200).json == made.json


def test_what_is_not_said_has_its_default(books):
    made = books.post("/transactions", books.transaction()).expect(201)
    assert (made["status"], made["type"], made["posting_date"], made["currency_id"]) == ("pending", "journal", TODAY, "CUR_USD")
    assert made["metadata"] == {} and made["reference_number"] is None and made["reconciled"] is False


@pytest.mark.parametrize("given, shown", [("12", "12.00"), ("12.5", "12.50"), (12, "12.00"), (12.5, "12.50"), (0.01, "0.01"), ("0.01", "0.01"),
                                          (1234567890123.45, "1234567890123.45"), ("92233720368547758.07", "92233720368547758.07")])
def test_amounts_are_read_exactly(books, given, shown):
    made = books.post("/transactions", books.transaction(given, status="posted")).expect(201)
    assert made["total_debits"] == made["entries"][0]["amount"] == shown
    assert books.balance("1010") == shown and books.balance("4000") == "-" + shown


def test_a_hundred_and_more_entries(books):
    bank, sales = books.account("1010"), books.account("4000")
    entries = [debit(bank, "0.01", description=f"{number}") for number in range(600)] + [credit(sales, "2.00") for _ in range(3)]
    made = books.post("/transactions", {"status": "posted", "transaction_date": TODAY, "entries": entries}).expect(201)
    seen = books.get(f"/transactions/{made['id']}").expect(200)["entries"]
    assert [each["description"] for each in seen[:600]] == [str(number) for number in range(600)]
    assert len({each["id"] for each in seen}) == 603 and [each["id"] for each in seen] == sorted(each["id"] for each in seen)
    assert books.trial_balance() == {"1010": "6.00", "4000": "-6.00"}


def test_pending_changes_no_balance_until_it_is_posted(books):
    made = books.pend_transaction(amount="10.00")
    assert books.trial_balance() == {} and books.version("1010") == 0
    posted = books.post(f"/transactions/{made['id']}/post").expect(200)
    assert posted.json == {**made, "status": "posted", "updated_at": posted["updated_at"]}
    assert books.get(f"/transactions/{made['id']}").expect(200).json == posted.json
    assert books.trial_balance() == {"1010": "10.00", "4000": "-10.00"} and books.version("1010") == 1


def test_a_pending_transaction_is_changed(books):
    made = books.pend_transaction(amount="10.00", description="Before", metadata={"a": "1"})
    path = f"/transactions/{made['id']}"
    assert books.put(path, {"description": "After", "posting_date": "2026-04-01"}).expect(200).json | {"updated_at": ""} == {
        **made, "description": "After", "posting_date": "2026-04-01", "updated_at": ""}
    changed = books.put(path, {"entries": books.entries("1000", "4900", "7.00"), "metadata": None, "type": "transfer"}).expect(200)
    assert changed["total_debits"] == "7.00" and changed["metadata"] == {} and changed["type"] == "transfer"
    assert [each["account_id"] for each in changed["entries"]] == [books.account("1000"), books.account("4900")]
    assert books.put(path, {"description": None}).expect(200)["description"] is None
    assert books.get(path).expect(200)["entries"] == changed["entries"]
    books.post(f"{path}/post").expect(200)
    assert books.trial_balance() == {"1000": "7.00", "4900": "-7.00"}


def test_a_change_that_does_not_hold_changes_nothing(books):
    made = books.pend_transaction(amount="10.00")
    path, bank, sales = f"/transactions/{made['id']}", books.account("1010"), books.account("4000")
    before = books.snapshot()
    books.put(path, {"entries": [debit(bank, "1.00"), credit(sales, "2.00")]}).expect(400, "transaction_does_not_balance")
    books.put(path, {"entries": [debit(bank, "1.00")]}).expect(400, "invalid_request", fields=["entries"])
    books.put(path, {"entries": []}).expect(400, "invalid_request", fields=["entries"])
    books.put(path, {"status": "posted"}).expect(400, "invalid_request", fields=["status"])
    books.put(path, {"transaction_date": None}).expect(400, "invalid_request", fields=["transaction_date"])
    assert books.snapshot() == before and books.get(path).expect(200).json == made


def test_another_currency_for_the_entries_that_are_there_is_not_ignored(books):
    made = books.pend_transaction(amount="10.00")
    reply = books.put(f"/transactions/{made['id']}", {"currency_id": "CUR_EUR"})
    assert reply.status in (400, 422), f"{reply}: the change can be neither made nor passed over"


def test_a_pending_transaction_is_deleted(books):
    made = books.pend_transaction()
    books.delete(f"/transactions/{made['id']}").expect(204)
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/post"), ("POST", "/reverse")):
        books.client.request(method, f"{books.path}/transactions/{made['id']}{path}").expect(404, "resource_not_found")
    books.put(f"/transactions/{made['id']}", {"description": "x"}).expect(404, "resource_not_found")
    assert books.get("/transactions").expect(200).data == []


STATES = ("pending", "posted", "reversed", "a reversal")
ACTIONS = {
    "update": lambda books, path: books.put(path, {"description": "x"}),
    "delete": lambda books, path: books.delete(path),
    "post": lambda books, path: books.post(f"{path}/post"),
    "reverse": lambda books, path: books.post(f"{path}/reverse", {"date": TODAY}),
}
ALLOWED = {("pending", "update"): 200, ("pending", "delete"): 204, ("pending", "post"): 200, ("posted", "reverse"): 201}


def in_state(books, state):
    if state == "pending":
        return books.pend_transaction()["id"]
    made = books.post_transaction()["id"]
    if state == "posted":
        return made
    reversal = books.post(f"/transactions/{made}/reverse", {"date": TODAY}).expect(201)["id"]
    return reversal if state == "a reversal" else made


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ACTIONS)
def test_what_each_state_allows(books, state, action):
    path = f"/transactions/{in_state(books, state)}"
    before = books.snapshot()
    reply = ACTIONS[action](books, path)
    if (state, action) in ALLOWED:
        reply.expect(ALLOWED[state, action])
    else:
        reply.expect(422, "invalid_state")
        assert books.snapshot() == before


def test_a_reversal_mirrors_and_links(books):
    made = books.post_transaction(amount="10.00", transaction_date="2026-01-15", reference_number="R-1", metadata={"a": "1"})
    mirror = books.post(f"/transactions/{made['id']}/reverse", {"date": "2026-02-01", "reason": "Order cancelled"}).expect(201).json
    assert (mirror["reverses_id"], mirror["reversed_by_id"], mirror["status"]) == (made["id"], None, "posted")
    assert (mirror["posting_date"], mirror["transaction_date"], mirror["description"]) == ("2026-02-01", "2026-02-01", "Order cancelled")
    assert [(each["account_id"], each["entry_type"], each["amount"]) for each in mirror["entries"]] == [
        (books.account("1010"), "credit", "10.00"), (books.account("4000"), "debit", "10.00")]
    original = books.get(f"/transactions/{made['id']}").expect(200).json
    assert original == {**made, "status": "reversed", "reversed_by_id": mirror["id"], "updated_at": original["updated_at"]}
    assert books.trial_balance() == {}
    assert books.trial_balance(as_of="2026-01-31") == {"1010": "10.00", "4000": "-10.00"}


@pytest.mark.parametrize("timezone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_a_reversal_without_a_date_is_of_today_where_the_organization_is(make_books, timezone):
    from datetime import datetime
    from zoneinfo import ZoneInfo
    books = make_books(timezone=timezone)
    made = books.post_transaction()
    dates = {datetime.now(ZoneInfo(timezone)).date().isoformat()}
    seen = books.post(f"/transactions/{made['id']}/reverse").expect(201)["posting_date"]
    dates.add(datetime.now(ZoneInfo(timezone)).date().isoformat())
    assert seen in dates


def test_a_reversal_needs_no_body(books):
    first, second = books.post_transaction()["id"], books.post_transaction()["id"]
    assert books.post(f"/transactions/{first}/reverse").expect(201)["reverses_id"] == first
    assert books.post(f"/transactions/{second}/reverse", {}).expect(201)["description"]


def test_a_closed_period_takes_nothing(books):
    pending = books.pend_transaction(transaction_date="2026-01-31")
    posted = books.post_transaction(transaction_date="2026-01-31")
    books.put("", {"books_closed_through": "2026-01-31"}).expect(200)
    before = books.snapshot()
    for reply in (
            books.post("/transactions", books.transaction(status="posted", transaction_date="2026-01-31")),
            books.post("/transactions", books.transaction(status="posted", transaction_date="2026-02-05", posting_date="2026-01-01")),
            books.post(f"/transactions/{pending['id']}/post"),
            books.post(f"/transactions/{posted['id']}/reverse", {"date": "2026-01-31"})):
        reply.expect(422, "period_closed")
        assert reply.error["details"]["books_closed_through"] == "2026-01-31" and "2026-01-31" in reply.error["message"]
    assert books.snapshot() == before
    # The first open day is open, whatever date is on the paper.
    books.post("/transactions", books.transaction(status="posted", transaction_date="2026-01-15", posting_date="2026-02-01")).expect(201)
    books.post(f"/transactions/{posted['id']}/reverse", {"date": "2026-02-01"}).expect(201)
    books.put("", {"books_closed_through": None}).expect(200)
    books.post(f"/transactions/{pending['id']}/post").expect(200)


def test_an_inactive_account_takes_nothing(books):
    made = books.make_account("1051")
    pending, posted = books.pend_transaction(debit="1051"), books.post_transaction(debit="1051")
    books.put(f"/accounts/{made['id']}", {"is_active": False}).expect(200)
    before = books.snapshot()
    for reply in (books.post("/transactions", books.transaction(debit="1051", status="posted")), books.post(f"/transactions/{pending['id']}/post"),
                  books.post("/transactions", books.transaction(debit="1051")), books.post(f"/transactions/{posted['id']}/reverse", {"date": TODAY})):
        reply.expect(422, "account_inactive")
        assert reply.error["details"]["account_id"] == made["id"]
    assert books.snapshot() == before


def test_include_balances(books):
    made = books.post("/transactions", books.transaction("10.00", status="posted"), query={"include": "balances"}).expect(201)
    expected = {books.account("1010"): ("10.00", "0.00", "10.00", 1), books.account("4000"): ("0.00", "10.00", "-10.00", 1)}

    def shown(reply):
        return {each["account_id"]: (each["debit"], each["credit"], each["net"], each["version"]) for each in reply["balances"]}
    assert shown(made) == expected
    assert shown(books.get(f"/transactions/{made['id']}", include="balances").expect(200)) == expected
    assert "balances" not in books.get(f"/transactions/{made['id']}").expect(200).json
    pending = books.pend_transaction(amount="5.00")
    assert shown(books.post(f"/transactions/{pending['id']}/post", query={"include": "balances"}).expect(200))[books.account("1010")][2] == "15.00"
    mirror = books.post(f"/transactions/{made['id']}/reverse", {"date": TODAY}, query={"include": "balances"}).expect(201)
    assert shown(mirror)[books.account("1010")] == ("15.00", "10.00", "5.00", 3)
    for value in ("entries", "", "balances,entries"):
        books.get(f"/transactions/{made['id']}", include=value).expect(400, "invalid_request", fields=["include"])


def test_the_short_form(books):
    bank, rent = books.account("1010"), books.account("6100")
    body = {"status": "posted", "transaction_date": TODAY, "account_id": bank, "amount": "100.00"}
    income = books.post("/transactions", {**body, "type": "income"}).expect(201)
    assert [(each["account_id"], each["entry_type"]) for each in income["entries"]] == [(bank, "debit"), (books.account("4000"), "credit")]
    assert income["account_id"] == bank and income["type"] == "income"
    books.post("/transactions", {**body, "type": "income", "counter_account_id": books.account("4900"), "amount": "7.00"}).expect(201)
    expense = books.post("/transactions", {**body, "type": "expense", "counter_account_id": rent, "amount": "49.90"}).expect(201)
    assert {(each["account_id"], each["entry_type"]) for each in expense["entries"]} == {(bank, "credit"), (rent, "debit")}
    assert books.trial_balance() == {"1010": "57.10", "4000": "-100.00", "4900": "-7.00", "6100": "49.90"}


def test_the_short_form_is_changed_while_pending(books):
    bank = books.account("1010")
    made = books.post("/transactions", {"type": "income", "transaction_date": TODAY, "account_id": bank, "amount": "100.00"}).expect(201)
    changed = books.put(f"/transactions/{made['id']}", {"type": "income", "account_id": bank, "amount": "90.00"}).expect(200)
    assert changed["total_debits"] == "90.00" and changed["account_id"] == bank
    changed = books.put(f"/transactions/{made['id']}", {"entries": books.entries("1000", "4000", "5.00")}).expect(200)
    assert changed["account_id"] is None and changed["total_debits"] == "5.00"
