"""Taxes: rates of percent with four decimals, what is refused of them, and what names them."""
import pytest
from books import Books

FULL = {"name": "VAT 19 %", "description": "The full rate", "rate": "19.0000", "tax_type": "vat", "is_active": False, "is_compound": True, "is_inclusive": True}


def test_a_tax_is_what_was_sent(books):
    body = {**FULL, "account_id": books.account("2100")}
    made = books.post("/taxes", body).expect(201)
    rest = {"id": made["id"], "object": "tax", "organization_id": books.id, "livemode": True, "created_at": made["created_at"], "updated_at": made["created_at"]}
    assert made.json == {**body, **rest} and made["id"].startswith("tax_") and made.cost == 1
    seen = books.get(f"/taxes/{made['id']}").expect(200)
    assert seen.json == made.json and seen.headers["etag"] == made.headers["etag"]


def test_a_tax_of_few_words(books):
    made = books.make_tax("7", "Reduced", "sales_tax")
    expected = {"description": None, "rate": "7.0000", "is_active": True, "is_compound": False, "is_inclusive": False, "account_id": None}
    assert {name: made[name] for name in expected} == expected


def test_a_change_leaves_what_it_does_not_name(books):
    made = books.post("/taxes", {**FULL, "account_id": books.account("2100")}).expect(201).json
    changed = books.put(f"/taxes/{made['id']}", {"rate": "20"}).expect(200).json
    assert changed == {**made, "rate": "20.0000", "updated_at": changed["updated_at"]}
    rest = {"description": None, "account_id": None, "is_active": True, "is_compound": False, "is_inclusive": False, "tax_type": "excise", "name": "x"}
    cleared = books.put(f"/taxes/{made['id']}", rest).expect(200).json
    assert cleared == {**changed, **rest, "updated_at": cleared["updated_at"]} == books.get(f"/taxes/{made['id']}").expect(200).json


RATES = [("0", "0.0000"), (0, "0.0000"), ("0.0001", "0.0001"), ("19", "19.0000"), (19, "19.0000"), (7.25, "7.2500"), ("8.8750", "8.8750"), ("007.5", "7.5000"),
         ("1000", "1000.0000"), ("999.9999", "999.9999")]


@pytest.mark.parametrize("sent, shown", RATES, ids=str)
def test_rates(books, sent, shown):
    assert books.make_tax(sent)["rate"] == shown


NO_RATES = ["-1", -1, "-0", "1000.0001", "1001", 5000, "7.12345", "7,5", "", " 7", "7%", "1e2", "+7", ".5", "7.", "NaN", True, None, [], {}, "9" * 30, 1234567890.1234567]
REFUSED = [  # body, fields
    *[({"rate": rate}, ["rate"]) for rate in NO_RATES], ({"name": None, "rate": None, "tax_type": None}, ["name", "rate", "tax_type"]), ({"name": " "}, ["name"]),
    ({"tax_type": "toll"}, ["tax_type"]), ({"is_active": None}, ["is_active"]), ({"is_compound": "no"}, ["is_compound"]), ({"is_inclusive": 0}, ["is_inclusive"]),
    ({"description": "x" * 1001}, ["description"]), ({"account_id": "x"}, ["account_id"]), ({"account_id": "act_0000000000000000000000000"}, ["account_id"]),
    ({"name": "", "rate": "x", "tax_type": 7, "is_active": 7, "metadata": {}}, ["name", "rate", "tax_type", "is_active", "metadata"]),
]


@pytest.mark.parametrize("body, fields", REFUSED, ids=[f"{index} {row[1]}" for index, row in enumerate(REFUSED)])
def test_refused(still_books, body, fields):
    before = still_books.snapshot()
    still_books.post("/taxes", {"name": "VAT", "rate": "19", "tax_type": "vat", **body}).expect(400, "invalid_request", fields)
    assert still_books.snapshot() == before


def test_a_change_is_refused_for_the_same(books):
    made = books.make_tax()["id"]
    before = books.snapshot()
    for body, fields in REFUSED:
        books.put(f"/taxes/{made}", body).expect(400, "invalid_request", fields)
    assert books.snapshot() == before


def test_the_account_of_a_tax(books):
    inactive = books.make_account(type="liability")
    books.put(f"/accounts/{inactive['id']}", {"is_active": False}).expect(200)
    for code, is_right in (("2100", True), ("1300", True), ("6000", True), ("4000", False), ("3000", False), (inactive["code"], False)):
        reply = books.post("/taxes", {"name": "x", "rate": "1", "tax_type": "vat", "account_id": books.account(code)})
        reply.expect(201) if is_right else reply.expect(400, "invalid_request", ["account_id"])


def test_an_account_that_a_tax_names_stays(books):
    account = books.make_account(type="liability")["id"]
    tax = books.make_tax(account_id=account)["id"]
    books.delete(f"/accounts/{account}").expect(422, "account_in_use")
    books.delete(f"/taxes/{tax}").expect(204)
    books.delete(f"/accounts/{account}").expect(204)


def test_a_tax_in_use_stays(books):
    tax, other = books.make_tax()["id"], books.make_tax()["id"]
    item = books.make_item(tax_ids=[other, tax])["id"]
    before = books.snapshot()
    books.delete(f"/taxes/{tax}").expect(422, "tax_in_use")
    assert books.snapshot() == before
    books.put(f"/items/{item}", {"tax_ids": [other]}).expect(200)
    books.delete(f"/taxes/{tax}").expect(204)
    books.delete(f"/taxes/{tax}").expect(404, "resource_not_found")


@pytest.fixture(scope="module")
def listed(operator, database, audit):
    books = Books.create(operator, database)
    for name, kind, fields in (("Cherry", "vat", {"is_active": False, "description": "Fruit"}), ("Apple", "excise", {"is_compound": True}), ("Banana", "vat", {"is_inclusive": True}),
                               ("Date", "sales_tax", {"account_id": books.account("2100")})):
        books.make_tax("1", name, kind, **fields)
    yield books
    audit.organization(books.id)


FILTERS = [({}, "ABCD"), ({"tax_type": "vat"}, "BC"), ({"tax_type": "excise,other"}, "A"), ({"name": "date"}, "D"), ({"is_active": "false"}, "C"), ({"is_compound": "true"}, "A"),
           ({"is_inclusive": "true"}, "B"), ({"q": "fru"}, "C"), ({"account_id": "act_0000000000000000000000000"}, ""), ({"created_at[gte]": "2000-01-01T00:00:00Z"}, "ABCD")]


@pytest.mark.parametrize("query, which", FILTERS, ids=[str(row[0]) for row in FILTERS])
def test_filters(listed, query, which):
    seen = listed.client.get(f"{listed.path}/taxes", query={"sort": "name", **query}).expect(200)
    assert "".join(each["name"][0] for each in seen.data) == which and seen["total_count"] == len(which)


def test_filters_sorts_and_pages(listed):
    def names(**query):
        return "".join(each["name"][0] for each in listed.get("/taxes", **query).expect(200).data)
    assert names() == "DBAC" and names(sort="-name", limit=3) == "DCB" and names(account_id=listed.account("2100")) == "D"


def test_a_test_key_has_taxes_of_its_own(books):
    test = books.in_test_mode()
    live, mock = books.make_tax()["id"], test.make_tax()["id"]
    test.post("/items", {"name": "x", "item_type": "product", "tax_ids": [live]}).expect(400, "invalid_request", ["tax_ids[0]"])
    books.get(f"/taxes/{mock}").expect(404, "resource_not_found")
    assert [each["id"] for each in books.get("/taxes").expect(200).data] == [live]
