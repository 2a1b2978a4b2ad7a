"""The charts that an organization can begin with, each used for what its accounts are there for."""
import pytest

CHARTS = {"standard": 23, "services": 73, "retail": 87, "nonprofit": 104, "skr03": 150}
ROLES = {"receivable": "asset", "payable": "liability", "bank": "asset", "cash": "asset", "tax_payable": "liability", "tax_receivable": "asset",
         "retained_earnings": "equity", "opening_balances": "equity", "sales": "revenue", "cost_of_sales": "expense", "fx_gain": "revenue",
         "fx_loss": "expense", "rounding": "expense", "transit": "asset", "customer_credit": "liability", "vendor_credit": "asset"}


def all_accounts(books):
    first = books.get("/accounts", limit=100, sort="code").expect(200)
    rest = books.get("/accounts", limit=100, sort="code", offset=100).expect(200).data if first["has_more"] else []
    return first.data + rest


def test_the_document_and_the_refusal_name_every_chart(operator, contract):
    documented = contract.document["components"]["schemas"]["Chart"]["enum"]
    assert set(documented) == {*CHARTS, "none"}
    for chart in ("huge", "Standard", ""):
        refused = operator.post("/organizations", {"name": "x", "chart": chart}).expect(400, "invalid_request", ["chart"])
        if chart:
            [fault] = refused.error["details"]["fields"]
            assert all(name in fault["message"] for name in documented), fault


@pytest.mark.parametrize("chart", CHARTS)
def test_every_role_of_a_chart_is_posted_to(make_books, chart):
    books = make_books(chart=chart, base_currency_code="EUR")
    accounts = all_accounts(books)
    assert len(accounts) == CHARTS[chart] and len({each["code"] for each in accounts}) == len(accounts)
    by_id = {each["id"]: each for each in accounts}
    settings = {each["key"]: each["value"] for each in books.get("/settings").expect(200).data}
    played = {role: by_id[settings[f"accounts.{role}"]] for role in ROLES}
    assert {role: account["type"] for role, account in played.items()} == ROLES
    assert {account["id"] for account in played.values()} == {each["id"] for each in accounts if each["is_system"]}
    # Each with the bank as its other side, by amounts that tell them apart.
    bank, expected = played["bank"], {}
    for number, (role, account) in enumerate(played.items()):
        if role == "bank":
            continue
        amount = f"{2 ** number}.01"
        entries = [{"account_id": account["id"], "entry_type": "debit", "amount": amount}, {"account_id": bank["id"], "entry_type": "credit", "amount": amount}]
        books.post("/transactions", {"status": "posted", "transaction_date": "2026-03-31", "entries": entries}).expect(201)
        expected[account["code"]] = amount
    balance = books.trial_balance()
    assert balance.pop(bank["code"]) == f"-{sum(2 ** number for number, role in enumerate(played) if role != 'bank')}.15"
    assert balance == expected
    # An account that plays a role stays.
    books.delete(f"/accounts/{played['sales']['id']}").expect(422, "account_in_use")


@pytest.mark.parametrize("chart", CHARTS)
def test_the_accounts_of_a_chart_are_as_one_would_make_them(make_books, chart):
    books = make_books(chart=chart)
    accounts = all_accounts(books)
    by_id = {each["id"]: each for each in accounts}
    children = [each for each in accounts if each["parent_id"]]
    assert len(children) > 10 or chart == "standard"
    assert all(by_id[each["parent_id"]]["type"] == each["type"] for each in children)
    for each in (children or accounts)[:3]:
        # The rules of the route hold for it too.
        books.put(f"/accounts/{each['id']}", {"name": each["name"], "code": each["code"], "parent_id": each["parent_id"]}).expect(200)
    # The test books have the same chart, with accounts of their own.
    seen = all_accounts(books.in_test_mode())
    assert [each["code"] for each in seen] == [each["code"] for each in accounts] and not {each["id"] for each in seen} & set(by_id)


def test_a_chart_of_a_child(books):
    child = books.child(chart="skr03", base_currency_code="EUR", name="Tochter GmbH")
    assert child.organization["chart"] == "skr03" and books.get(f"/accounts/{books.account('1010')}").expect(200)["name"] == "Bank"
    [bank] = child.get("/accounts", code="1200").expect(200).data
    assert (bank["name"], bank["currency_id"]) == ("Bank", "CUR_EUR")
    [sales] = child.get("/accounts", code="8400").expect(200).data
    assert sales["name"] == "Erlöse 19 % USt"
