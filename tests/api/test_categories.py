"""Categories: trees of one type, what is refused of them, and what they tell a transaction."""
import pytest
from books import TODAY, Books
from client import together

ABSENT = "cat_0000000000000000000000000"


def test_a_category_is_what_was_sent(books):
    parent = books.make_category("Travel")["id"]
    body = {"name": "Trains", "description": "Tickets", "category_type": "expense", "color": "#1E90ff", "is_active": False, "parent_id": parent,
            "account_id": books.account("6100")}
    made = books.post("/categories", body).expect(201)
    rest = {"id": made["id"], "object": "category", "organization_id": books.id, "livemode": True, "subcategories": [], "created_at": made["created_at"],
            "updated_at": made["created_at"]}
    assert made.json == {**body, **rest} and made["id"].startswith("cat_") and made.cost == 1
    seen = books.get(f"/categories/{made['id']}").expect(200)
    assert seen.json == made.json and seen.headers["etag"] == made.headers["etag"]


def test_a_category_of_few_words(books):
    made = books.make_category("Travel", "other")
    expected = {"description": None, "color": None, "is_active": True, "parent_id": None, "subcategories": [], "account_id": None}
    assert {name: made[name] for name in expected} == expected


def test_a_change_leaves_what_it_does_not_name(books):
    parent = books.make_category("Travel")["id"]
    made = books.make_category("Trains", description="Tickets", color="#000000", parent_id=parent, account_id=books.account("6100"))
    changed = books.put(f"/categories/{made['id']}", {"name": "Rail"}).expect(200).json
    assert changed == {**made, "name": "Rail", "updated_at": changed["updated_at"]}
    nothing = {"description": None, "color": None, "parent_id": None, "account_id": None}
    cleared = books.put(f"/categories/{made['id']}", {**nothing, "is_active": False}).expect(200).json
    assert cleared == {**changed, **nothing, "is_active": False, "updated_at": cleared["updated_at"]}


def test_subcategories_are_those_right_below_by_name(books):
    top = books.make_category("Top")["id"]
    tag = books.get(f"/categories/{top}").expect(200).headers["etag"]
    pear, apple = (books.make_category(name, parent_id=top)["id"] for name in ("Pear", "Apple"))
    below = books.make_category("Conference", parent_id=pear)["id"]
    seen = books.get(f"/categories/{top}").expect(200)
    assert seen["subcategories"] == [apple, pear] and seen.headers["etag"] != tag
    listed = {each["id"]: each["subcategories"] for each in books.get("/categories").expect(200).data}
    assert listed == {top: [apple, pear], pear: [below], apple: [], below: []}
    assert books.put(f"/categories/{top}", {"color": "#FFFFFF"}).expect(200)["subcategories"] == [apple, pear]
    assert {each["id"] for each in books.get("/categories", parent_id=top).expect(200).data} == {apple, pear}


REFUSED = [  # body, fields
    ({"name": None, "category_type": None}, ["name", "category_type"]), ({"name": " "}, ["name"]), ({"category_type": "asset"}, ["category_type"]),
    *[({"color": color}, ["color"]) for color in ("red", "#12345", "#1234567", "#12345g", "", "123456 ", "#１２３")], ({"color": 7}, ["color"]),
    ({"is_active": 1}, ["is_active"]), ({"is_active": None}, ["is_active"]), ({"description": "x" * 1001}, ["description"]), ({"parent_id": "x"}, ["parent_id"]),
    ({"parent_id": ABSENT}, ["parent_id"]), ({"parent_id": 7}, ["parent_id"]), ({"account_id": "act_0000000000000000000000000"}, ["account_id"]),
    ({"parent_id": ABSENT, "account_id": "x"}, ["parent_id", "account_id"]), ({"subcategories": []}, ["subcategories"]), ({"metadata": {}}, ["metadata"]),
    ({"name": "", "color": "x", "is_active": "x", "shape": "round"}, ["name", "color", "is_active", "shape"]),
]


@pytest.mark.parametrize("body, fields", REFUSED, ids=[f"{index} {row[1]}" for index, row in enumerate(REFUSED)])
def test_refused(still_books, body, fields):
    before = still_books.snapshot()
    still_books.post("/categories", {"name": "Travel", "category_type": "expense", **body}).expect(400, "invalid_request", fields)
    assert still_books.snapshot() == before


def test_a_change_is_refused_for_the_same(books):
    made = books.make_category()["id"]
    before = books.snapshot()
    for body, fields in REFUSED:
        books.put(f"/categories/{made}", body).expect(400, "invalid_request", fields)
    books.put(f"/categories/{made}", {"category_type": "expense"}).expect(400, "invalid_request", ["category_type"])
    assert books.snapshot() == before


def test_the_account_fits_the_type(books):
    inactive = books.make_account(type="expense")["id"]
    books.put(f"/accounts/{inactive}", {"is_active": False}).expect(200)
    table = (("income", "4000", True), ("income", "6100", False), ("income", "1010", False), ("expense", "6100", True), ("expense", "4000", False),
             ("expense", "2000", False), ("other", "1010", True), ("other", "4000", True))
    for kind, code, is_right in table:
        reply = books.post("/categories", {"name": "x", "category_type": kind, "account_id": books.account(code)})
        reply.expect(201) if is_right else reply.expect(400, "invalid_request", ["account_id"])
    books.post("/categories", {"name": "x", "category_type": "expense", "account_id": inactive}).expect(400, "invalid_request", ["account_id"])


# Trees.

def chain(books, count, parent=None):
    made = []
    for _ in range(count):
        made.append(books.make_category(parent_id=made[-1] if made else parent)["id"])
    return made


def test_a_tree_has_ten_levels_at_most(books):
    made = chain(books, 10)
    books.post("/categories", {"name": "x", "category_type": "expense", "parent_id": made[-1]}).expect(400, "invalid_request", ["parent_id"])
    # A category moves with all that is below it.
    low = chain(books, 3)
    books.put(f"/categories/{low[0]}", {"parent_id": made[7]}).expect(400, "invalid_request", ["parent_id"])
    books.put(f"/categories/{low[0]}", {"parent_id": made[6]}).expect(200)
    books.put(f"/categories/{low[2]}", {"name": "Still here"}).expect(200)


def test_a_category_is_not_below_itself(books):
    made = chain(books, 4)
    for below in made:
        books.put(f"/categories/{made[0]}", {"parent_id": below}).expect(400, "invalid_request", ["parent_id"])
    books.put(f"/categories/{made[2]}", {"parent_id": made[0]}).expect(200)
    books.put(f"/categories/{made[1]}", {"parent_id": made[3]}).expect(200)


def test_moves_of_one_moment_make_no_circle(books):
    """One below what is below the other, the other below it: together they would be a circle, each alone is not."""
    seats = [books.with_new_key() for _ in range(2)]
    for _ in range(20):
        left, right = (books.make_category()["id"] for _ in range(2))
        below_right = books.make_category(parent_id=right)["id"]
        replies = together(2, lambda lane, pair=((left, below_right), (right, left)): seats[lane].put(f"/categories/{pair[lane][0]}", {"parent_id": pair[lane][1]}))
        assert sorted(reply.status for reply in replies) == [200, 400], replies


def test_a_parent_is_of_the_same_type_and_active(books):
    income, inactive = books.make_category(category_type="income")["id"], books.make_category(is_active=False)["id"]
    for parent in (income, inactive):
        books.post("/categories", {"name": "x", "category_type": "expense", "parent_id": parent}).expect(400, "invalid_request", ["parent_id"])
    # What is below it already stays there.
    below = books.make_category(category_type="income", parent_id=income)["id"]
    books.put(f"/categories/{income}", {"is_active": False}).expect(200)
    assert books.put(f"/categories/{below}", {"name": "x"}).expect(200)["parent_id"] == income


# Lists.

FILTERS = [  # query, which of the four by name
    ({}, "ABCD"), ({"category_type": "income"}, "B"), ({"category_type": "income,other"}, "BD"), ({"name": "apple"}, "A"), ({"is_active": "false"}, "C"),
    ({"q": "fruit"}, "BC"), ({"q": "DATE"}, "D"), ({"parent_id": ABSENT}, ""), ({"created_at[lt]": "2000-01-01T00:00:00Z"}, ""),
]


@pytest.fixture(scope="module")
def listed(operator, database, audit):
    books = Books.create(operator, database)
    for name, kind, description, is_active in (("Cherry", "expense", "A fruit", False), ("Apple", "expense", None, True), ("Banana", "income", "Fruit", True), ("Date", "other", None, True)):
        books.make_category(name, kind, description=description, is_active=is_active)
    yield books
    audit.organization(books.id)


@pytest.mark.parametrize("query, which", FILTERS, ids=[str(row[0]) for row in FILTERS])
def test_filters(listed, query, which):
    seen = listed.client.get(f"{listed.path}/categories", query={"sort": "name", **query}).expect(200)
    assert "".join(each["name"][0] for each in seen.data) == which and seen["total_count"] == len(which)


def test_sorts_and_pages(listed):
    def names(**query):
        return "".join(each["name"][0] for each in listed.get("/categories", **query).expect(200).data)
    assert names() == "DBAC" and names(sort="-name") == "DCBA" and names(sort="name", limit=2, offset=1) == "BC"
    listed.get("/categories", **{"metadata[a]": "b"}).expect(400, "unknown_parameter", ["metadata[a]"])


# What names a category.

def test_a_category_in_use_stays(books):
    category = books.make_category(account_id=books.account("6100"))["id"]
    below, item = books.make_category(parent_id=category)["id"], books.make_item(category_id=category)["id"]
    pending = books.pend_transaction(category_id=category)["id"]
    for path in (f"/categories/{below}", f"/items/{item}", f"/transactions/{pending}"):
        books.delete(f"/categories/{category}").expect(422, "category_in_use")
        books.delete(path).expect(204)
    books.delete(f"/categories/{category}").expect(204)
    books.delete(f"/categories/{category}").expect(404, "resource_not_found")


def test_an_account_that_a_category_names_stays(books):
    account = books.make_account(type="expense")["id"]
    category = books.make_category(account_id=account)["id"]
    books.delete(f"/accounts/{account}").expect(422, "account_in_use")
    books.put(f"/categories/{category}", {"account_id": None}).expect(200)
    books.delete(f"/accounts/{account}").expect(204)


def test_a_transaction_names_a_category(books):
    expense, income, other = (books.make_category(category_type=kind)["id"] for kind in ("expense", "income", "other"))
    made = books.post_transaction(category_id=expense)
    assert made["category_id"] == expense
    assert [each["id"] for each in books.get("/transactions", category_id=expense).expect(200).data] == [made["id"]]
    assert books.get("/transactions", category_id=income).expect(200).data == []
    table = (("journal", income, 201), ("transfer", expense, 201), ("income", income, 201), ("income", other, 201), ("expense", other, 201), ("expense", expense, 201),
             ("income", expense, 400), ("expense", income, 400), ("journal", ABSENT, 400), ("journal", "x", 400))
    for kind, category, status in table:
        reply = books.post("/transactions", {**books.transaction(type=kind), "category_id": category}, is_wrong=True)
        assert reply.status == status and (status == 201 or reply.fields == ["category_id"]), (kind, category, str(reply))
    books.put(f"/categories/{other}", {"is_active": False}).expect(200)
    books.post("/transactions", books.transaction(category_id=other)).expect(400, "invalid_request", ["category_id"])


def test_a_change_keeps_type_and_category_together(books):
    expense, income = books.make_category()["id"], books.make_category(category_type="income")["id"]
    path = f"/transactions/{books.pend_transaction(type='expense', category_id=expense)['id']}"
    for body in ({"type": "income"}, {"category_id": income}, {"type": "expense", "category_id": income}):
        books.put(path, body).expect(400, "invalid_request", ["category_id"])
    assert books.get(path).expect(200)["category_id"] == expense
    changed = books.put(path, {"type": "income", "category_id": income}).expect(200)
    assert (changed["type"], changed["category_id"]) == ("income", income)
    assert books.put(path, {"category_id": None, "type": "expense"}).expect(200)["category_id"] is None
    books.put(path, {"description": "x"}).expect(200)


# The short form.

def short(books, **fields):
    return {"transaction_date": TODAY, "status": "posted", "account_id": books.account("1010"), "amount": "10.00", **fields}


def codes(books, transaction):
    names = {each["id"]: each["code"] for each in books.get("/accounts", limit=100).expect(200).data}
    return [names[entry["account_id"]] for entry in transaction["entries"]]


def test_the_short_form_takes_the_account_of_its_category(books):
    books.make_account("6150", "expense")
    rent = books.make_category(account_id=books.account("6100"))["id"]
    other_income = books.make_category(category_type="income", account_id=books.account("4900"))["id"]
    plain = books.make_category(category_type="income")["id"]
    table = (({"type": "expense", "category_id": rent}, ["1010", "6100"]), ({"type": "income", "category_id": other_income}, ["1010", "4900"]),
             ({"type": "income", "category_id": plain}, ["1010", "4000"]), ({"type": "income"}, ["1010", "4000"]),
             ({"type": "expense", "category_id": rent, "counter_account_id": books.account("6150")}, ["1010", "6150"]))
    for fields, expected in table:
        made = books.post("/transactions", short(books, **fields)).expect(201)
        assert codes(books, made) == expected and made["category_id"] == fields.get("category_id"), fields
    assert books.trial_balance() == {"1010": "10.00", "4000": "-20.00", "4900": "-10.00", "6100": "10.00", "6150": "10.00"}


def test_the_short_form_of_an_expense_without_an_account(books):
    plain = books.make_category()["id"]
    before = books.snapshot()
    books.post("/transactions", short(books, type="expense", category_id=plain)).expect(400, "invalid_request", ["counter_account_id"])
    books.post("/transactions", short(books, type="expense")).expect(400, "invalid_request", ["counter_account_id"])
    books.post("/transactions", short(books, type="expense", category_id=ABSENT)).expect(400, "invalid_request", ["category_id", "counter_account_id"])
    assert books.snapshot() == before


def test_a_change_in_the_short_form_takes_the_kept_category(books):
    rent = books.make_category(account_id=books.account("6100"))["id"]
    path = f"/transactions/{books.post('/transactions', short(books, type='expense', category_id=rent, status='pending')).expect(201)['id']}"
    body = {"type": "expense", "account_id": books.account("1000"), "amount": "25.00"}
    changed = books.put(path, body).expect(200)
    assert codes(books, changed) == ["1000", "6100"] and changed["total_debits"] == "25.00" and changed["category_id"] == rent
    books.put(path, {**body, "category_id": None}).expect(400, "invalid_request", ["counter_account_id"])
    assert codes(books, books.put(path, {**body, "category_id": None, "counter_account_id": books.account("6200")}).expect(200)) == ["1000", "6200"]


def test_short_forms_of_a_batch(books):
    rent, plain = books.make_category(account_id=books.account("6100"))["id"], books.make_category()["id"]
    items = [short(books, type="expense", category_id=rent), short(books, type="income"), short(books, type="expense", category_id=plain)]
    wait = {"Prefer": "wait=30"}
    books.post("/transactions/batch", {"transactions": items}, headers=wait).expect(400, "invalid_request", ["transactions[2].counter_account_id"])
    done = books.post("/transactions/batch", {"transactions": items, "mode": "continue"}, headers=wait).expect(201)
    assert [each["status"] for each in done["results"]] == ["succeeded", "succeeded", "failed"]
    assert books.trial_balance() == {"4000": "-10.00", "6100": "10.00"}


def test_a_test_key_has_categories_of_its_own(books):
    test = books.in_test_mode()
    live, mock = books.make_category()["id"], test.make_category()["id"]
    test.post("/transactions", test.transaction(category_id=live)).expect(400, "invalid_request", ["category_id"])
    books.post("/categories", {"name": "x", "category_type": "expense", "parent_id": mock}).expect(400, "invalid_request", ["parent_id"])
    books.get(f"/categories/{mock}").expect(404, "resource_not_found")
    assert [each["id"] for each in test.get("/categories").expect(200).data] == [mock]
