"""Organizations: roots by the operator, children by a key, and how far a key reaches."""
import pytest
from books import Books

FULL = {"name": "Harbour Books Ltd", "domain": "harbour.example", "tax_number": "GB123", "address": "1 Quay Street", "city": "Bristol",
        "state": "Avon", "zip_code": "BS1 4DJ", "country": "GB", "timezone": "Europe/London", "fiscal_year_start": 4, "metadata": {"a": "1"}}


def test_an_operator_makes_a_root(operator, database):
    made = operator.post("/organizations", {**FULL, "base_currency_code": "GBP", "initial_credits": 7}).expect(201)
    assert {name: made[name] for name in FULL} == FULL
    assert made["base_currency"] == {"code": "GBP", "name": "Pound Sterling", "symbol": "£", "decimal_places": 2}
    assert made["is_root"] is True and made["parent_organization_id"] is None and made["relationship_type"] is None
    assert made["organization_id"] == made["id"] and made["books_closed_through"] is None and made["chart"] == "standard"
    first = made["api_key"]
    assert {family: sorted(actions) for family, actions in first["permissions"].items()} == {"*": ["delete", "read", "write"], "drafts": ["approve"]}
    assert first["mode"] == "live" and first["status"] == "active" and first["secret"].startswith("cl_live_")
    books = Books(operator.with_key(first["secret"]), made.json, database)
    seen = books.get().expect(200)
    assert seen.headers["x-credits-remaining"] == "7"
    assert seen.json == {name: value for name, value in made.json.items() if name != "api_key"}
    assert len(books.get("/accounts", limit=100).expect(200).data) == 23


def test_what_is_not_said_has_its_default(operator):
    made = operator.post("/organizations", {"name": "Plain"}).expect(201)
    assert (made["base_currency"]["code"], made["chart"], made["timezone"], made["fiscal_year_start"]) == ("USD", "standard", "UTC", 1)
    seen = operator.with_key(made["api_key"]["secret"]).get(f"/organizations/{made['id']}").expect(200)
    assert seen.headers["x-credits-remaining"] == "1000"


def test_a_chart_of_nothing(make_books):
    books = make_books(chart="none")
    assert books.get("/accounts").expect(200).json == {"object": "list", "data": [], "has_more": False, "total_count": 0}


FAULTS = [
    ({"name": ""}, ["name"]), ({"name": None}, ["name"]), ({"name": "   "}, ["name"]), ({"name": "x" * 256}, ["name"]), ({"name": 7}, ["name"]),
    ({"base_currency_code": "XYZ"}, ["base_currency_code"]), ({"chart": "huge"}, ["chart"]), ({"country": "Germany"}, ["country"]),
    ({"country": "de"}, ["country"]), ({"timezone": "Mars/Olympus"}, ["timezone"]), ({"timezone": "../../etc/passwd"}, ["timezone"]),
    ({"fiscal_year_start": 0}, ["fiscal_year_start"]), ({"fiscal_year_start": 13}, ["fiscal_year_start"]), ({"fiscal_year_start": "4"}, ["fiscal_year_start"]),
    ({"fiscal_year_start": 1.5}, ["fiscal_year_start"]), ({"initial_credits": -1}, ["initial_credits"]), ({"relationship_type": "friend"}, ["relationship_type"]),
    ({"metadata": {"a": 1}}, ["metadata.a"]), ({"metadata": {"": "x"}}, ["metadata."]), ({"metadata": []}, ["metadata"]), ({"is_root": True}, ["is_root"]),
    ({"books_closed_through": "2026-01-31"}, ["books_closed_through"]), ({"country": "germany", "timezone": "x", "name": ""}, ["country", "name", "timezone"]),
]


def test_every_field_can_be_searched(books):
    first = books.child(name="Harbour North", domain="north.example", metadata={"region": "north"})
    second = books.child(name="Harbour South", metadata={"region": "south"}, parent_organization_id=first.id)
    linked = books.child(name="Quay", relationship_type="linked")

    def listed(**query):
        return [each["id"] for each in books.client.get("/organizations", query={"sort": "name", **query}).expect(200).data]
    assert listed(q="Harbour") == [first.id, second.id] and listed(q="north.ex") == [first.id] and listed(name="Quay") == [linked.id]
    assert listed(**{"metadata[region]": "south"}) == [second.id]
    assert listed(parent_organization_id=books.id) == [first.id, linked.id] and listed(parent_organization_id=first.id) == [second.id]
    assert listed(parent_organization_id=f"{books.id},{first.id}") == [first.id, second.id, linked.id]
    assert listed(relationship_type="linked") == [linked.id] and listed(relationship_type="owned", sort="-name") == [second.id, first.id]
    assert listed(is_suspended="false", is_root="false") == [first.id, second.id, linked.id] and listed(is_suspended="true") == []
    assert listed(**{"created_at[gt]": "2999-01-01T00:00:00Z"}) == []
    for wrong in ({"relationship_type": "friend"}, {"is_suspended": "maybe"}, {"sort": "domain"}):
        books.client.get("/organizations", query=wrong).expect(400, "invalid_request", list(wrong))


@pytest.mark.parametrize("fields, named", FAULTS, ids=[str(row[0])[:50] for row in FAULTS])
def test_a_root_is_refused(operator, database, fields, named):
    before = database.value("select count(*) from organizations")
    operator.post("/organizations", {"name": "Faulty", **fields}).expect(400, "invalid_request", named)
    assert database.value("select count(*) from organizations") == before


def test_an_organization_is_changed(books):
    before = books.get().expect(200).json
    changed = books.put("", FULL).expect(200).json
    assert changed == {**before, **FULL, "updated_at": changed["updated_at"]}
    cleared = books.put("", {"domain": None, "country": None}).expect(200)
    assert cleared["domain"] is None and cleared["country"] is None and cleared["city"] == "Bristol"
    assert books.get().expect(200).json == cleared.json
    books.put("", {"name": ""}).expect(400, "invalid_request", ["name"])
    books.put("", {"base_currency_code": "EUR"}).expect(400, "invalid_request", ["base_currency_code"])
    books.put("", {"books_closed_through": "2023-02-30"}).expect(400, "invalid_request", ["books_closed_through"])


def test_a_key_makes_a_child(books):
    made = books.client.post("/organizations", {"name": "Child"}).expect(201)
    assert (made["parent_organization_id"], made["is_root"], made["relationship_type"]) == (books.id, False, "owned")
    assert made["base_currency"]["code"] == "USD" and "api_key" not in made.json and made.cost == 5
    child = Books(books.client, made.json, books.database)
    child.post_transaction(amount="3.00")
    assert child.balance("1010") == "3.00" and books.trial_balance() == {}


def test_a_child_has_its_own_currency_and_relation(make_books):
    books = make_books(base_currency_code="EUR")
    assert books.child().organization["base_currency"]["code"] == "EUR"
    made = books.child(base_currency_code="JPY", relationship_type="linked", chart="none")
    assert (made.organization["base_currency"]["code"], made.organization["relationship_type"], made.organization["chart"]) == ("JPY", "linked", "none")
    assert made.seen_with(made.organization["api_key"]["secret"]).get("/accounts").expect(200).data == []


def test_a_child_of_a_child(books):
    child = books.child()
    grandchild = books.child(parent_organization_id=child.id)
    assert grandchild.organization["parent_organization_id"] == child.id
    grandchild.post_transaction(amount="1.00")


def test_only_an_operator_gives_credits(books):
    before = books.snapshot()
    books.client.post("/organizations", {"name": "Child", "initial_credits": 5}).expect(400, "invalid_request", ["initial_credits"])
    assert books.snapshot() == before


PARENTS = [
    ("nothing that exists", lambda books, make: "org_0000000000000000000000000"),
    ("another tenant", lambda books, make: make().id),
    ("no id", lambda books, make: "act_0000000000000000000000000"),
]


@pytest.mark.parametrize("parent", [row[1] for row in PARENTS], ids=[row[0] for row in PARENTS])
def test_a_parent_is_within_reach(books, make_books, parent):
    parent_id = parent(books, make_books)
    before = books.snapshot()
    reply = books.client.post("/organizations", {"name": "Child", "parent_organization_id": parent_id})
    assert (reply.status, reply.code) in ((400, "invalid_request"), (404, "resource_not_found")), reply
    assert books.snapshot() == before


def test_children_pay_from_the_roots_pool(make_books):
    books = make_books(initial_credits=20)
    child = books.child()  # 5
    for _ in range(3):
        child.post_transaction()
    assert books.get().expect(200).headers["x-credits-remaining"] == "12"
    for _ in range(12):
        child.post_transaction()
    before = child.snapshot()
    child.post("/transactions", child.transaction()).expect(402, "insufficient_credits")
    books.post("/accounts", {"name": "x", "type": "asset"}).expect(402, "insufficient_credits")
    assert child.snapshot() == before and child.get("/transactions").expect(200)["total_count"] == 15


def test_include_children_is_what_reaches_below(books):
    child, sibling = books.child(), books.child()
    near, far = books.with_new_key(), books.with_new_key(include_children=True)
    for seen in (child, sibling):
        near.client.get(seen.path).expect(404, "resource_not_found")
        near.client.get(f"{seen.path}/accounts").expect(404, "resource_not_found")
        assert far.client.get(seen.path).expect(200)["id"] == seen.id
        far.client.get(f"{seen.path}/accounts").expect(200)
    near.client.post("/organizations", {"name": "x", "parent_organization_id": child.id}).expect(400, "invalid_request", ["parent_organization_id"])
    # A key of the child reaches neither up nor to the side.
    own = child.with_new_key(include_children=True)
    own.get("/accounts").expect(200)
    own.client.get(books.path).expect(404, "resource_not_found")
    own.client.get(f"{sibling.path}/accounts").expect(404, "resource_not_found")


def test_the_list_shows_what_the_key_reaches(books, make_books):
    stranger = make_books()
    children = [books.child(name=f"Child {name}") for name in "CAB"]
    below = books.child(parent_organization_id=children[0].id, name="Child Z")
    ids = [books.id, *(child.id for child in children), below.id]

    def listed(seen, **query):
        return [each["id"] for each in seen.client.get("/organizations", query=query).expect(200).data]
    assert listed(books) == ids[::-1] and stranger.id not in listed(books)
    assert listed(books.with_new_key()) == [books.id]
    assert listed(children[0].with_new_key(include_children=True)) == [below.id, children[0].id]
    assert listed(books, q="Child ", sort="name") == [children[1].id, children[2].id, children[0].id, below.id]
    assert listed(books, is_root="true") == [books.id] and listed(books, is_root="false", limit=2) == ids[:2:-1]
    assert listed(books, name="Child A,Child B", sort="-name") == [children[2].id, children[1].id]
    assert listed(books, starting_after=ids[3], limit=2) == [ids[2], ids[1]]


def test_an_operator_sees_all_and_reads_no_books(operator, books):
    child = books.child()
    newest = [each["id"] for each in operator.get("/organizations", query={"limit": 2}).expect(200).data]
    assert newest == [child.id, books.id]
    assert operator.get(books.path).expect(200)["id"] == books.id
    for path in ("/accounts", "/transactions", "/jobs", "/reports/trial-balance", f"/accounts/{books.account('1010')}"):
        operator.get(books.path + path).expect(403, "insufficient_permissions")
    before = books.snapshot()
    operator.post(f"{books.path}/transactions", books.transaction()).expect(403, "insufficient_permissions")
    operator.post(f"{books.path}/accounts", {"name": "x", "type": "asset"}).expect(403, "insufficient_permissions")
    assert books.snapshot() == before


def test_an_operator_does_not_make_children(operator, books):
    before = books.snapshot()
    operator.post("/organizations", {"name": "x", "parent_organization_id": books.id}).expect(400, "invalid_request", ["parent_organization_id"])
    assert books.snapshot() == before


def test_the_date_of_closing_binds_the_very_next_request(books):
    for day, expected in (("2026-03-31", 422), (None, 201), ("2026-03-30", 201), ("2026-04-30", 422)):
        books.put("", {"books_closed_through": day}).expect(200)
        code = "period_closed" if expected == 422 else None
        books.post("/transactions", books.transaction(status="posted", transaction_date="2026-03-31")).expect(expected, code)
