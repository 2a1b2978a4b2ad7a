"""Items: prices, taxes and a sku that only one of them has."""
import pytest
from books import Books
from client import together

ABSENT = "itm_0000000000000000000000000"
NO_TAX = "tax_0000000000000000000000000"


def test_an_item_is_what_was_sent(books):
    taxes = [books.make_tax()["id"] for _ in range(3)]
    body = {"name": "Apples", "description": "A kilogram", "sku": "APPLE-1KG", "item_type": "product", "price": "2.4950", "currency_id": "CUR_EUR",
            "tax_ids": [taxes[2], taxes[0], taxes[1]], "category_id": books.make_category(category_type="income")["id"], "is_active": False}
    made = books.post("/items", body).expect(201)
    rest = {"id": made["id"], "object": "item", "organization_id": books.id, "livemode": True, "created_at": made["created_at"], "updated_at": made["created_at"]}
    assert made.json == {**body, **rest, "price": "2.495"} and made["id"].startswith("itm_") and made.cost == 1
    seen = books.get(f"/items/{made['id']}").expect(200)
    assert seen.json == made.json and seen.headers["etag"] == made.headers["etag"]
    assert books.get("/items").expect(200).data == [made.json]


def test_an_item_of_few_words(books):
    made = books.make_item("Apples")
    expected = {"description": None, "sku": None, "price": None, "currency_id": "CUR_USD", "tax_ids": [], "category_id": None, "is_active": True}
    assert {name: made[name] for name in expected} == expected


def test_a_change_leaves_what_it_does_not_name(books):
    first, second = (books.make_tax()["id"] for _ in range(2))
    made = books.make_item("Apples", sku="A", price="1.50", description="x", tax_ids=[first], category_id=books.make_category()["id"])
    changed = books.put(f"/items/{made['id']}", {"name": "Pears"}).expect(200).json
    assert changed == {**made, "name": "Pears", "updated_at": changed["updated_at"]}
    assert books.put(f"/items/{made['id']}", {"tax_ids": [second, first]}).expect(200)["tax_ids"] == [second, first]
    nothing = {"description": None, "sku": None, "price": None, "category_id": None}
    cleared = books.put(f"/items/{made['id']}", {**nothing, "tax_ids": [], "is_active": False, "item_type": "service", "currency_id": "CUR_EUR"}).expect(200).json
    assert cleared == {**changed, **nothing, "tax_ids": [], "is_active": False, "item_type": "service", "currency_id": "CUR_EUR", "updated_at": cleared["updated_at"]}
    assert books.get(f"/items/{made['id']}").expect(200).json == cleared


PRICES = [  # currency, what is sent, what is shown
    ("CUR_USD", "12.5", "12.50"), ("CUR_USD", "12", "12.00"), ("CUR_USD", 12, "12.00"), ("CUR_USD", 0.015, "0.015"), ("CUR_USD", "0.0001", "0.0001"), ("CUR_USD", "0", "0.00"),
    ("CUR_USD", "12.3400", "12.34"), ("CUR_USD", "12.3450", "12.345"), ("CUR_JPY", "1250", "1250"), ("CUR_JPY", "0.25", "0.25"), ("CUR_JPY", "10.0", "10"),
    ("CUR_BHD", "1.5", "1.500"), ("CUR_USD", "99999999999999.9999", "99999999999999.9999"),
]


@pytest.mark.parametrize("currency, sent, shown", PRICES, ids=str)
def test_prices(books, currency, sent, shown):
    made = books.make_item(price=sent, currency_id=currency)
    assert made["price"] == shown == books.get(f"/items/{made['id']}").expect(200)["price"]


NO_PRICES = ["-1", -0.5, "-0", "1.00001", "1,5", "", "x", "1e3", "+1", ".5", "5.", "Infinity", True, [], {}, "9" * 19, 123456789.12345678]
REFUSED = [  # body, fields
    *[({"price": price}, ["price"]) for price in NO_PRICES], ({"name": None, "item_type": None}, ["name", "item_type"]), ({"name": "\t"}, ["name"]),
    ({"item_type": "thing"}, ["item_type"]), *[({"sku": sku}, ["sku"]) for sku in ("", " A", "A ", "x" * 65, 7)], ({"currency_id": "EUR"}, ["currency_id"]),
    ({"currency_id": None}, ["currency_id"]), ({"category_id": "x"}, ["category_id"]), ({"category_id": "cat_0000000000000000000000000"}, ["category_id"]),
    ({"tax_ids": None}, ["tax_ids"]), ({"tax_ids": "x"}, ["tax_ids"]), ({"tax_ids": ["x"]}, ["tax_ids[0]"]), ({"tax_ids": [7]}, ["tax_ids[0]"]),
    ({"tax_ids": [NO_TAX]}, ["tax_ids[0]"]), ({"tax_ids": [NO_TAX, "act_0000000000000000000000000"]}, ["tax_ids[0]", "tax_ids[1]"]),
    ({"tax_ids": [NO_TAX.replace("00", "01")] * 2}, ["tax_ids[1]"]), ({"tax_ids": [f"tax_{number:025}" for number in range(11)]}, ["tax_ids"]),
    ({"tax_ids": [NO_TAX], "category_id": "x"}, ["tax_ids[0]", "category_id"]), ({"is_active": "x"}, ["is_active"]), ({"description": "x" * 1001}, ["description"]),
    ({"name": "", "price": "x", "sku": "", "currency_id": "x", "tax_ids": [7], "is_active": None, "colour": "red"},
     ["name", "price", "sku", "currency_id", "tax_ids[0]", "is_active", "colour"]),
]


@pytest.mark.parametrize("body, fields", REFUSED, ids=[f"{index} {row[1]}" for index, row in enumerate(REFUSED)])
def test_refused(still_books, body, fields):
    before = still_books.snapshot()
    still_books.post("/items", {"name": "Apples", "item_type": "product", **body}).expect(400, "invalid_request", fields)
    assert still_books.snapshot() == before


def test_a_change_is_refused_for_the_same(books):
    made = books.make_item()["id"]
    before = books.snapshot()
    for body, fields in REFUSED:
        books.put(f"/items/{made}", body).expect(400, "invalid_request", fields)
    assert books.snapshot() == before


def test_what_an_item_names_is_active(books):
    tax, category = books.make_tax()["id"], books.make_category()["id"]
    item = books.make_item(tax_ids=[tax], category_id=category)["id"]
    books.put(f"/taxes/{tax}", {"is_active": False}).expect(200)
    books.put(f"/categories/{category}", {"is_active": False}).expect(200)
    named = {"tax_ids": [tax], "category_id": category}
    books.post("/items", {"name": "x", "item_type": "product", **named}).expect(400, "invalid_request", ["tax_ids[0]", "category_id"])
    # What it named before it keeps.
    kept = books.put(f"/items/{item}", {"name": "x"}).expect(200)
    assert {name: kept[name] for name in named} == named


# The sku.

def test_a_sku_is_that_of_one_item(books):
    first, second = books.make_item(sku="A-1")["id"], books.make_item(sku="B-1")["id"]
    before = books.snapshot()
    books.post("/items", {"name": "x", "item_type": "product", "sku": "A-1"}).expect(409, "already_exists")
    books.put(f"/items/{second}", {"sku": "A-1"}).expect(409, "already_exists")
    books.put(f"/items/{second}", {"sku": "A-1"}, headers={"Prefer": "respond-async"}).expect(409, "already_exists")
    assert books.snapshot() == before
    for sku in ("a-1", "A-10", "Ａ-1"):
        books.make_item(sku=sku)
    assert {books.make_item()["sku"] for _ in range(2)} == {None}
    books.put(f"/items/{first}", {"sku": "A-1"}).expect(200)
    books.delete(f"/items/{first}").expect(204)
    books.put(f"/items/{second}", {"sku": "A-1"}).expect(200)
    books.in_test_mode().make_item(sku="A-1")


def test_one_of_many_gets_the_sku(books):
    seats = [books.with_new_key() for _ in range(8)]
    for number in range(5):
        replies = together(8, lambda lane, number=number: seats[lane].post("/items", {"name": f"{lane}", "item_type": "product", "sku": f"S-{number}"}))
        assert sorted(reply.status for reply in replies) == [201] + [409] * 7, replies
        assert {reply.code for reply in replies} == {None, "already_exists"}
        assert books.get("/items", sku=f"S-{number}").expect(200)["total_count"] == 1


def test_an_item_is_deleted_once(books):
    tax = books.make_tax()["id"]
    item = books.make_item(tax_ids=[tax])["id"]
    assert books.delete(f"/items/{item}").expect(204).cost == 1
    for method, body in (("GET", []), ("PUT", [{"name": "x"}]), ("DELETE", [])):
        books.client.request(method, f"{books.path}/items/{item}", *body).expect(404, "resource_not_found")
    books.delete(f"/taxes/{tax}").expect(204)


# Lists.

@pytest.fixture(scope="module")
def listed(operator, database, audit):
    books = Books.create(operator, database)
    books.tax, books.category = books.make_tax()["id"], books.make_category()["id"]
    for name, kind, fields in (("Cherry", "product", {"sku": "A", "is_active": False}), ("Apple", "service", {"sku": "C", "description": "Fruit", "tax_ids": [books.tax]}),
                               ("Banana", "product", {"sku": "B", "currency_id": "CUR_EUR", "category_id": books.category}), ("Date", "other", {"tax_ids": [books.tax]})):
        books.make_item(name, kind, **fields)
    yield books
    audit.organization(books.id)


FILTERS = [({}, "ABCD"), ({"item_type": "product"}, "BC"), ({"item_type": "service,other"}, "AD"), ({"name": "date"}, "D"), ({"sku": "A,B"}, "BC"), ({"sku": "a"}, ""),
           ({"is_active": "false"}, "C"), ({"currency_id": "CUR_EUR"}, "B"), ({"q": "fru"}, "A"), ({"tax_id": NO_TAX}, ""), ({"created_at[lt]": "2000-01-01T00:00:00Z"}, "")]


@pytest.mark.parametrize("query, which", FILTERS, ids=[str(row[0]) for row in FILTERS])
def test_filters(listed, query, which):
    seen = listed.client.get(f"{listed.path}/items", query={"sort": "name", **query}).expect(200)
    assert "".join(each["name"][0] for each in seen.data) == which and seen["total_count"] == len(which)


def test_filters_sorts_and_pages(listed):
    def names(**query):
        return "".join(each["name"][0] for each in listed.get("/items", **query).expect(200).data)
    assert names() == "DBAC" and names(sort="sku") == "DCBA" and names(sort="-sku", limit=2) == "AB" and names(sort="-name", offset=2) == "BA"
    assert names(tax_id=listed.tax) == "DA" and names(category_id=listed.category) == "B"
    by_name = {each["name"][0]: each for each in listed.get("/items").expect(200).data}
    assert by_name["A"]["tax_ids"] == [listed.tax] and by_name["B"]["tax_ids"] == []
    assert names(sort="sku", starting_after=by_name["C"]["id"]) == "BA"
