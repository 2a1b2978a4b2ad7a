"""Contacts: what they are, what is refused of them, and what they owe."""
import pytest
from books import Books
from client import together

ABSENT = "con_0000000000000000000000000"
FULL = {"contact_type": "vendor", "name": "Orchard Ltd", "email": "billing@orchard.example", "phone": "+44 117 496 0000", "website": "https://orchard.example/shop?x=1",
        "tax_number": "GB123456789", "reference": "V-77", "address": "1 Quay Street", "city": "Bristol", "state": "Avon", "zip_code": "BS1 4DJ", "country": "GB",
        "currency_id": "CUR_GBP", "enabled": False, "metadata": {"crm": "77"}}
CLEARED = ("email", "phone", "website", "tax_number", "reference", "address", "city", "state", "zip_code", "country")


def test_a_contact_is_what_was_sent(books):
    made = books.post("/contacts", FULL).expect(201)
    rest = {"id": made["id"], "object": "contact", "organization_id": books.id, "livemode": True, "created_at": made["created_at"], "updated_at": made["created_at"]}
    assert made.json == {**FULL, **rest} and made["id"].startswith("con_") and made.cost == 1
    seen = books.get(f"/contacts/{made['id']}").expect(200)
    assert seen.json == made.json and seen.headers["etag"] == made.headers["etag"]
    assert books.get("/contacts").expect(200).data == [made.json]


def test_a_contact_of_few_words(books):
    made = books.make_contact("Orchard", "customer")
    assert {name: made[name] for name in CLEARED} == dict.fromkeys(CLEARED)
    assert (made["currency_id"], made["enabled"], made["metadata"]) == ("CUR_USD", True, {})


def test_a_change_leaves_what_it_does_not_name(books):
    made = books.post("/contacts", FULL).expect(201).json
    changed = books.put(f"/contacts/{made['id']}", {"name": "Orchard plc", "enabled": True}).expect(200).json
    assert changed == {**made, "name": "Orchard plc", "enabled": True, "updated_at": changed["updated_at"]}
    cleared = books.put(f"/contacts/{made['id']}", {**dict.fromkeys(CLEARED), "metadata": None, "currency_id": "CUR_EUR", "contact_type": "other"}).expect(200).json
    assert cleared == {**changed, **dict.fromkeys(CLEARED), "metadata": {}, "currency_id": "CUR_EUR", "contact_type": "other", "updated_at": cleared["updated_at"]}
    assert books.get(f"/contacts/{made['id']}").expect(200).json == cleared


def test_a_contact_is_deleted_once(books):
    made = books.make_contact()["id"]
    assert books.delete(f"/contacts/{made}").expect(204).cost == 1
    for method, body in (("GET", []), ("PUT", [{"name": "x"}]), ("DELETE", [])):
        books.client.request(method, f"{books.path}/contacts/{made}", *body).expect(404, "resource_not_found")
    books.get(f"/contacts/{made}/balance").expect(404, "resource_not_found")
    books.get(f"/contacts/{made}/statement").expect(404, "resource_not_found")


REFUSED = [  # body, fields
    ({}, ["name", "contact_type"]), ({"name": None, "contact_type": None}, ["name", "contact_type"]), ({"name": "  "}, ["name"]), ({"name": "x" * 256}, ["name"]),
    ({"contact_type": "friend"}, ["contact_type"]), ({"contact_type": "Customer"}, ["contact_type"]),
    *[({"email": email}, ["email"]) for email in ("x", "@x", "x@", "a b@c", "a@b@c", "", "a@b\n", "x" * 250 + "@b.example")],
    *[({"website": website}, ["website"]) for website in ("x", "", "ftp://x.example", "//x.example", "https://", "javascript:alert(1)", "https://a b")],
    *[({"country": country}, ["country"]) for country in ("Germany", "DEU", "de", "ZZ", "", "D", "UK")],
    ({"currency_id": "USD"}, ["currency_id"]), ({"currency_id": "CUR_XYZ"}, ["currency_id"]), ({"currency_id": None}, ["currency_id"]),
    ({"phone": "1" * 65}, ["phone"]), ({"tax_number": "1" * 65}, ["tax_number"]), ({"reference": "1" * 101}, ["reference"]), ({"zip_code": "1" * 33}, ["zip_code"]),
    ({"address": 7}, ["address"]), ({"city": True}, ["city"]), ({"enabled": "yes"}, ["enabled"]), ({"enabled": None}, ["enabled"]), ({"metadata": {"a": 1}}, ["metadata.a"]),
    ({"balance": "1.00"}, ["balance"]), ({"id": ABSENT}, ["id"]), ({"livemode": False}, ["livemode"]),
    ({"name": "", "email": "x", "country": "x", "website": "x", "enabled": 1, "colour": "red", "currency_id": "x", "metadata": []},
     ["name", "email", "country", "website", "enabled", "colour", "currency_id", "metadata"]),
]


@pytest.mark.parametrize("body, fields", REFUSED, ids=[f"{index} {row[1]}" for index, row in enumerate(REFUSED)])
def test_refused(still_books, body, fields):
    before = still_books.snapshot()
    still_books.post("/contacts", {"name": "Orchard", "contact_type": "customer", **body} if body else {}).expect(400, "invalid_request", fields)
    assert still_books.snapshot() == before


def test_a_change_is_refused_for_the_same(books):
    made = books.make_contact()["id"]
    before = books.snapshot()
    for body, fields in REFUSED[1:]:
        books.put(f"/contacts/{made}", body).expect(400, "invalid_request", fields)
    assert books.snapshot() == before


# Lists.

@pytest.fixture(scope="module")
def listed(operator, database, audit):
    books = Books.create(operator, database)
    books.made = [books.make_contact(name, kind, email=f"{name.lower()}@x.example", reference=f"R-{number}", tax_number=f"T{number}", country=country,
                                     currency_id=currency, enabled=enabled, metadata={"shelf": str(number % 2)})
                  for number, (name, kind, country, currency, enabled) in enumerate([
                      ("Cherry", "customer", "DE", "CUR_EUR", True), ("Apple", "vendor", "US", "CUR_USD", True), ("Banana", "customer", "US", "CUR_USD", False),
                      ("Date", "employee", "FR", "CUR_EUR", True), ("Elder", "other", None, "CUR_USD", True)])]
    yield books
    audit.organization(books.id)


FILTERS = [  # query, which of the five by name
    ({}, "ABCDE"), ({"contact_type": "customer"}, "BC"), ({"contact_type": "vendor,other"}, "AE"), ({"name": "apple"}, "A"), ({"email": "DATE@x.example"}, "D"),
    ({"reference": "R-0,R-4"}, "CE"), ({"tax_number": "T3"}, "D"), ({"country": "US"}, "AB"), ({"currency_id": "CUR_EUR"}, "CD"), ({"enabled": "false"}, "B"),
    ({"enabled": "true", "country": "US"}, "A"), ({"q": "ban"}, "B"), ({"q": "an"}, ""), ({"q": "r-3"}, "D"), ({"q": "T1"}, "A"), ({"q": "x.example"}, "ABCDE"),
    ({"metadata[shelf]": "1"}, "AD"), ({"metadata[shelf]": "0", "contact_type": "other"}, "E"), ({"created_at[gte]": "2099-01-01T00:00:00Z"}, ""),
]


@pytest.mark.parametrize("query, which", FILTERS, ids=[str(row[0]) for row in FILTERS])
def test_filters(listed, query, which):
    seen = listed.client.get(f"{listed.path}/contacts", query={"sort": "name", **query}).expect(200)
    assert "".join(each["name"][0] for each in seen.data) == which and seen["total_count"] == len(which)


def test_sorts_and_pages(listed):
    def names(**query):
        return "".join(each["name"][0] for each in listed.get("/contacts", **query).expect(200).data)
    assert names() == "EDBAC" and names(sort="created_at") == "CABDE" and names(sort="-name") == "EDCBA"
    by_name = {each["name"][0]: each["id"] for each in listed.made}
    assert names(sort="name", starting_after=by_name["B"], limit=2) == "CD" and names(sort="name", ending_before=by_name["B"]) == "A"
    assert names(sort="name", offset=3) == "DE"
    for query, fields in (({"contact_type": "friend"}, ["contact_type"]), ({"sort": "email"}, ["sort"]), ({"currency_id": "USD"}, ["currency_id"])):
        listed.get("/contacts", **query).expect(400, "invalid_request", fields)


# Transactions that name contacts.

def test_a_transaction_names_a_contact(books):
    first, second = books.make_contact()["id"], books.make_contact()["id"]
    made = books.pend_transaction(contact_id=first)
    assert made["contact_id"] == first
    path = f"/transactions/{made['id']}"
    assert books.put(path, {"description": "x"}).expect(200)["contact_id"] == first
    assert books.put(path, {"contact_id": second}).expect(200)["contact_id"] == second
    assert books.get(path).expect(200)["contact_id"] == second
    assert books.put(path, {"contact_id": None}).expect(200)["contact_id"] is None
    assert books.get(path).expect(200)["contact_id"] is None
    books.put(path, {"contact_id": ABSENT}).expect(400, "invalid_request", ["contact_id"])
    posted = books.post_transaction(contact_id=second)
    assert [each["id"] for each in books.get("/transactions", contact_id=second).expect(200).data] == [posted["id"]]
    assert books.get("/transactions", contact_id=ABSENT).expect(200).data == []
    books.get("/transactions", contact_id="7").expect(400, "invalid_request", ["contact_id"])


def test_a_contact_that_is_none_is_named_with_every_other_fault(books):
    before = books.snapshot()
    body = {**books.transaction(), "contact_id": ABSENT, "category_id": "cat_0000000000000000000000000"}
    body["entries"][1]["account_id"] = "act_0000000000000000000000000"
    books.post("/transactions", body).expect(400, "invalid_request", ["contact_id", "category_id", "entries[1].account_id"])
    for wrong in ("x", "act_0000000000000000000000000", ABSENT.upper(), ""):
        books.post("/transactions", {**books.transaction(), "contact_id": wrong}).expect(400, "invalid_request", ["contact_id"])
    books.post("/transactions", {**books.transaction(), "contact_id": ABSENT}, headers={"Prefer": "respond-async"}).expect(400, "invalid_request", ["contact_id"])
    assert books.snapshot() == before


def test_a_contact_that_is_not_enabled_is_named_by_nothing_new(books):
    contact = books.make_contact()["id"]
    pending = books.pend_transaction("1100", contact_id=contact)["id"]
    books.put(f"/contacts/{contact}", {"enabled": False}).expect(200)
    books.post("/transactions", books.transaction(contact_id=contact)).expect(400, "invalid_request", ["contact_id"])
    # What names it already goes on.
    books.put(f"/transactions/{pending}", {"description": "x"}).expect(200)
    posted = books.post(f"/transactions/{pending}/post").expect(200)["id"]
    assert books.post(f"/transactions/{posted}/reverse", {"date": "2026-03-31"}).expect(201)["contact_id"] == contact


def test_contacts_of_a_batch(books):
    contacts = [books.make_contact()["id"] for _ in range(3)]

    def items(*named):
        return [books.transaction(f"{number + 1}.00", "1100", status="posted", contact_id=contact) for number, contact in enumerate(named)]
    wait = {"Prefer": "wait=30"}
    books.post("/transactions/batch", {"transactions": items(*contacts)}, headers=wait).expect(201)
    before = books.snapshot()
    faulty = items(contacts[0], ABSENT, None, "con_x")
    books.post("/transactions/batch", {"transactions": faulty}, headers=wait).expect(400, "invalid_request", ["transactions[1].contact_id", "transactions[3].contact_id"])
    books.post("/transactions/batch", {"transactions": faulty}).expect(400, "invalid_request", ["transactions[1].contact_id", "transactions[3].contact_id"])
    books.post("/transactions/batch", {"transactions": faulty, "dry_run": True}).expect(400, "invalid_request")
    assert books.snapshot() == before
    done = books.post("/transactions/batch", {"transactions": faulty, "mode": "continue"}, headers=wait, is_wrong=True).expect(201)
    assert [each["status"] for each in done["results"]] == ["succeeded", "failed", "succeeded", "failed"]
    assert done["results"][1]["error"]["details"]["fields"][0]["field"] == "transactions[1].contact_id"
    assert receivables(books, contacts) == ["2.00", "2.00", "3.00"]


def test_posts_of_one_moment_with_and_without_contacts(books):
    """They share a session; one that names no contact of the books stands in nobody's way."""
    contact = books.make_contact()["id"]
    seats = [books.with_new_key() for _ in range(8)]
    named = [contact, ABSENT, None, contact]
    replies = together(8, lambda lane: [seats[lane].post("/transactions", books.transaction("1.00", "1100", status="posted", contact_id=who)) for who in named * 5])
    assert [reply.status for lane in replies for reply in lane] == [201, 400, 201, 201] * 40
    assert receivables(books, [contact]) == ["80.00"] and books.balance("1100") == "120.00"


def receivables(books, contacts):
    return [books.get(f"/contacts/{contact}/balance").expect(200)["receivable"] for contact in contacts]


def test_a_contact_in_use_stays(books):
    contact = books.make_contact()["id"]
    pending = books.pend_transaction(contact_id=contact)["id"]
    before = books.snapshot()
    books.delete(f"/contacts/{contact}").expect(422, "contact_in_use")
    books.delete(f"/contacts/{contact}", headers={"Prefer": "respond-async"}).expect(422, "contact_in_use")
    assert books.snapshot() == before
    books.delete(f"/transactions/{pending}").expect(204)
    books.delete(f"/contacts/{contact}").expect(204)


def test_a_contact_is_deleted_or_named_but_not_both(books):
    for _ in range(8):
        contact = books.make_contact()["id"]
        body = books.transaction(contact_id=contact, status="posted")
        deleted, *posted = together(4, lambda lane, contact=contact, body=body: books.post("/transactions", body) if lane else books.delete(f"/contacts/{contact}"))
        if deleted.status == 204:
            # What was posted before the deletion would have refused it.
            assert {(reply.status, tuple(reply.fields)) for reply in posted} == {(400, ("contact_id",))}
        else:
            deleted.expect(422, "contact_in_use")
            assert 201 in {reply.status for reply in posted}


# What a contact owes.

def figures(receivable="0.00", payable="0.00", customer_credit="0.00", vendor_credit="0.00", net="0.00", currency_id="CUR_USD"):
    return {"currency_id": currency_id, "receivable": receivable, "payable": payable, "customer_credit": customer_credit, "vendor_credit": vendor_credit, "net": net}


def balance(books, contact):
    return books.get(f"/contacts/{contact}/balance").expect(200).json


def test_a_balance_counts_what_is_posted_on_four_accounts(books):
    contact, other = books.make_contact()["id"], books.make_contact()["id"]
    nothing = {"object": "contact_balance", "contact_id": contact, "organization_id": books.id, "livemode": True, **figures(), "balances": [figures()]}
    assert balance(books, contact) == nothing
    books.post_transaction("1100", "4000", "100.00", contact_id=contact)
    books.post_transaction("1010", "1100", "30.00", contact_id=contact)
    books.post_transaction("6100", "2000", "25.50", contact_id=contact)
    books.post_transaction("1010", "2200", "7.00", contact_id=contact)
    books.post_transaction("1400", "1010", "1.25", contact_id=contact)
    books.pend_transaction("1100", "4000", "999.00", contact_id=contact)
    books.post_transaction("1100", "4000", "500.00", contact_id=other)
    books.post_transaction("1100", "4000", "600.00")
    expected = figures("70.00", "25.50", "7.00", "1.25", "38.75")
    assert balance(books, contact) == {**nothing, **expected, "balances": [expected]}
    assert balance(books, other)["net"] == "500.00"


def test_a_balance_follows_postings_and_reversals(books):
    contact = books.make_contact()["id"]
    pending = books.pend_transaction("1100", "4000", "10.00")["id"]
    books.put(f"/transactions/{pending}", {"contact_id": contact}).expect(200)
    assert balance(books, contact)["net"] == "0.00"
    books.post(f"/transactions/{pending}/post").expect(200)
    assert balance(books, contact)["net"] == "10.00"
    books.post(f"/transactions/{pending}/reverse", {"date": "2026-05-01"}).expect(201)
    assert balance(books, contact)["net"] == "0.00"


def test_a_balance_in_several_currencies(books):
    contact = books.make_contact(currency_id="CUR_EUR")["id"]
    for code, currency, amount in (("1101", "CUR_EUR", "50.00"), ("1102", "CUR_JPY", "700")):
        books.make_account(code, currency_id=currency, subtype="receivable")
        books.make_account(f"{code}-sales", "revenue", currency_id=currency)
        entries = [{**each, "exchange_rate": "1.1"} for each in books.entries(code, f"{code}-sales", amount)]
        books.post("/transactions", {"status": "posted", "transaction_date": "2026-03-31", "currency_id": currency, "entries": entries, "contact_id": contact}).expect(201)
    books.post_transaction("6100", "2000", "20.00", contact_id=contact)
    euro, yen, dollar = (figures("50.00", net="50.00", currency_id="CUR_EUR"), figures("700", "0", "0", "0", "700", "CUR_JPY"), figures(payable="20.00", net="-20.00"))
    seen = balance(books, contact)
    assert {name: seen[name] for name in euro} == euro and seen["balances"] == [euro, yen, dollar]
    assert statement(books, contact)["closing_balance"] == "50.00"
    seen = statement(books, contact, currency_id="CUR_JPY")
    assert (seen["currency_id"], seen["closing_balance"], [line["debit"] for line in seen["lines"]]) == ("CUR_JPY", "700", ["700"])


def test_an_account_counts_by_its_role(books):
    """One that takes the role over, and the one that had it, which keeps its subtype."""
    contact = books.make_contact()["id"]
    books.post_transaction("1100", "4000", "10.00", contact_id=contact)
    made = books.make_account("1199")
    books.post_transaction("1199", "4000", "5.00", contact_id=contact)
    assert balance(books, contact)["receivable"] == "10.00"
    books.put("/settings/accounts.receivable", {"value": made["id"]}).expect(200)
    assert balance(books, contact)["receivable"] == "15.00"


def test_many_post_for_one_contact_at_once(books):
    contact = books.make_contact()["id"]
    seats = [books.with_new_key() for _ in range(8)]
    together(8, lambda lane: [seats[lane].post("/transactions", books.transaction("1.01", "1100", status="posted", contact_id=contact)).expect(201) for _ in range(15)])
    assert balance(books, contact)["receivable"] == "121.20"


def test_a_test_key_has_contacts_of_its_own(books):
    test = books.in_test_mode()
    live, mock = books.make_contact()["id"], test.make_contact()
    assert mock["livemode"] is False
    test.post_transaction("1100", contact_id=mock["id"])
    test.post("/transactions", test.transaction(contact_id=live)).expect(400, "invalid_request", ["contact_id"])
    books.post("/transactions", books.transaction(contact_id=mock["id"])).expect(400, "invalid_request", ["contact_id"])
    books.get(f"/contacts/{mock['id']}/balance").expect(404, "resource_not_found")
    assert balance(test, mock["id"])["receivable"] == "12.00" and [each["id"] for each in books.get("/contacts").expect(200).data] == [live]


# Statements.

def statement(books, contact, **query):
    return books.get(f"/contacts/{contact}/statement", **query).expect(200).json


@pytest.fixture(scope="module")
def told(operator, database, audit):
    """A contact with lines in several months, not posted in their order; what they are comes with the books."""
    books = Books.create(operator, database)
    books.contact = books.make_contact()["id"]
    days = [("2026-01-31", "1100", "4000", "100.00"), ("2026-03-01", "1010", "1100", "40.00"), ("2026-02-10", "6100", "2000", "5.00"), ("2026-02-10", "1100", "4000", "20.00"),
            ("2025-12-01", "1100", "4000", "1.00"), ("2026-02-28", "1010", "2200", "3.00"), ("2026-02-15", "6100", "1010", "77.00")]
    made = [books.post_transaction(debit, credit, amount, transaction_date=day, contact_id=books.contact, description=f"{debit} {amount}", reference_number=day)
            for day, debit, credit, amount in days]
    books.pend_transaction("1100", transaction_date="2026-02-11", contact_id=books.contact)
    books.post_transaction("1100", transaction_date="2026-02-11", contact_id=books.make_contact()["id"])
    places = [4, 0, 2, 3, 5, 1]  # the seventh touches none of the accounts
    books.rows = list(zip([made[place] for place in places], ["1.00", "100.00", "0.00", "20.00", "0.00", "0.00"], ["0.00", "0.00", "5.00", "0.00", "3.00", "40.00"],
                          ["1.00", "101.00", "96.00", "116.00", "113.00", "73.00"]))
    yield books
    audit.organization(books.id)


def line_of(made, debit, credit, after):
    return {"transaction_id": made["id"], "type": "journal", "status": "posted", "posting_date": made["posting_date"], "transaction_date": made["transaction_date"],
            "description": made["description"], "reference_number": made["reference_number"], "debit": debit, "credit": credit, "balance": after}


PERIODS = [  # from, to, the first and the last line, opening, closing
    (None, None, 0, 6, "0.00", "73.00"), ("2026-02-01", "2026-02-28", 2, 5, "101.00", "113.00"), ("2026-01-31", "2026-01-31", 1, 2, "1.00", "101.00"),
    ("2026-02-10", "2026-02-10", 2, 4, "101.00", "116.00"), ("2026-02-11", "2026-02-27", 4, 4, "116.00", "116.00"), ("2026-02-11", None, 4, 6, "116.00", "73.00"),
    (None, "2026-02-09", 0, 2, "0.00", "101.00"), (None, "2020-01-01", 0, 0, "0.00", "0.00"), ("2030-01-01", None, 6, 6, "73.00", "73.00"),
    ("0001-01-01", "9999-12-31", 0, 6, "0.00", "73.00"),
]


@pytest.mark.parametrize("period", PERIODS, ids=[f"{row[0]} {row[1]}" for row in PERIODS])
def test_a_statement_of_a_period(told, period):
    first_day, last_day, first, last, opening, closing = period
    seen = statement(told, told.contact, **{"from": first_day, "to": last_day})
    assert seen == {"object": "contact_statement", "contact_id": told.contact, "organization_id": told.id, "livemode": True, "currency_id": "CUR_USD",
                    "from": first_day, "to": last_day, "opening_balance": opening, "closing_balance": closing,
                    "lines": [line_of(*row) for row in told.rows[first:last]], "has_more": False}


@pytest.mark.parametrize("limit", [1, 2, 4, 6])
def test_the_pages_of_a_statement(told, limit):
    whole = statement(told, told.contact)
    lines, cursor = [], None
    for _ in range(10):
        page = statement(told, told.contact, limit=limit, starting_after=cursor)
        assert (page["opening_balance"], page["closing_balance"]) == ("0.00", "73.00")
        lines += page["lines"]
        assert len(page["lines"]) <= limit
        if not page["has_more"]:
            break
        cursor = lines[-1]["transaction_id"]
    assert lines == whole["lines"]


def test_a_page_of_a_period(told):
    cursor = told.rows[2][0]["id"]
    page = statement(told, told.contact, **{"from": "2026-02-01", "to": "2026-02-28", "starting_after": cursor, "limit": 1})
    assert page["lines"] == [line_of(*told.rows[3])] and page["has_more"] is True
    assert (page["opening_balance"], page["closing_balance"]) == ("101.00", "113.00")


def test_a_statement_ends_where_the_balance_is(told):
    assert statement(told, told.contact)["closing_balance"] == balance(told, told.contact)["net"] == "73.00"


def test_a_statement_that_is_refused(told):
    theirs = told.post_transaction("1100")["id"]
    for query, fields in (({"from": "x"}, ["from"]), ({"to": "2026-02-30"}, ["to"]), ({"from": "2026-02-02", "to": "2026-02-01"}, ["to"]), ({"limit": 0}, ["limit"]),
                          ({"limit": 1001}, ["limit"]), ({"limit": "x"}, ["limit"]), ({"currency_id": "USD"}, ["currency_id"]), ({"starting_after": "x"}, ["starting_after"]),
                          ({"starting_after": theirs}, ["starting_after"]), ({"from": "x", "to": "y", "limit": -1, "currency_id": "z"}, ["from", "to", "limit", "currency_id"])):
        told.get(f"/contacts/{told.contact}/statement", **query).expect(400, "invalid_request", fields)
    told.get(f"/contacts/{told.contact}/statement", as_of="2026-01-01").expect(400, "unknown_parameter", ["as_of"])
