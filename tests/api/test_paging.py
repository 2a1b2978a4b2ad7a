"""Lists: pages, cursors, counts, filters, and what is refused of them."""
import pytest
from books import Books

NAMES = ["b", "a", "b", "c", "a", "b", "c", "a", "b", "b", "d", "a"]


def walk(books, path, **query):
    """Every resource of the list by cursors, page by page."""
    found, more = [], {}
    for _ in range(200):
        page = books.get(path, **query, **more).expect(200)
        found += page.data
        if not page["has_more"]:
            return found
        more = {"starting_after": page.data[-1]["id"]}
    raise AssertionError("the list does not end")


@pytest.fixture(scope="module")
def listed(operator, database):
    """Accounts whose names tie, with their ids in the order of creation."""
    books = Books.create(operator, database, chart="none")
    books.made = [books.make_account(f"c{number:02}", name=name, metadata={"shelf": name, "odd.key": str(number % 3)}) for number, name in enumerate(NAMES)]
    return books


def expected(books, sort):
    key = {"created_at": lambda each: each["id"], "code": lambda each: (each["code"], each["id"]), "name": lambda each: (each["name"], each["id"])}[sort.lstrip("-")]
    return [each["id"] for each in sorted(books.made, key=key, reverse=sort.startswith("-"))]


def ids(resources):
    return [each["id"] for each in resources]


SORTS = ["created_at", "-created_at", "code", "-code", "name", "-name"]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [1, 5, 12, 100])
def test_pages_neither_overlap_nor_skip(listed, sort, limit):
    order = expected(listed, sort)
    assert ids(walk(listed, "/accounts", sort=sort, limit=limit)) == order
    pages = [listed.get("/accounts", sort=sort, limit=limit, offset=offset).expect(200) for offset in range(0, len(order), limit)]
    assert [id_ for page in pages for id_ in ids(page.data)] == order
    assert [page["has_more"] for page in pages] == [True] * (len(pages) - 1) + [False]
    assert {page["total_count"] for page in pages} == {len(order)}


@pytest.mark.parametrize("sort", SORTS)
def test_a_cursor_in_both_directions_from_every_place(listed, sort):
    order = expected(listed, sort)
    for place, cursor in enumerate(order):
        after = listed.get("/accounts", sort=sort, limit=3, starting_after=cursor).expect(200)
        assert ids(after.data) == order[place + 1:place + 4] and after["has_more"] is (place + 4 < len(order))
        before = listed.get("/accounts", sort=sort, limit=3, ending_before=cursor).expect(200)
        assert ids(before.data) == order[max(0, place - 3):place] and before["has_more"] is (place > 3)
        assert after["total_count"] == before["total_count"] == len(order)


@pytest.mark.parametrize("sort", ["created_at", "name"])
def test_walking_back_from_the_end(listed, sort):
    order = expected(listed, sort)
    found, cursor = [], order[-1]
    while page := listed.get("/accounts", sort=sort, limit=5, ending_before=cursor).expect(200).data:
        found, cursor = page + found, page[0]["id"]
    assert ids(found) == order[:-1]


def test_names_that_differ_in_case_only_tie(books):
    made = {books.make_account(name=name)["id"] for name in ("Zz", "zz", "ZZ", "zZ", "Zz ", "žz")}
    for sort in ("name", "-name"):
        seen = ids(walk(books, "/accounts", sort=sort, limit=2))
        assert len(seen) == len(set(seen)) == 29 and made <= set(seen)


def test_a_new_resource_does_not_move_a_cursor(books):
    for number in range(4):
        books.make_account(f"x{number}", name="same")
    first = books.get("/accounts", sort="name", name="same", limit=2).expect(200)
    books.make_account("x9", name="same")
    rest = books.get("/accounts", sort="name", name="same", starting_after=first.data[-1]["id"]).expect(200)
    assert [each["code"] for each in first.data + rest.data] == ["x0", "x1", "x2", "x3", "x9"]


def test_a_cursor_that_the_filter_leaves_out_still_marks_its_place(listed):
    order = expected(listed, "name")
    place = next(index for index, id_ in enumerate(order) if next(each for each in listed.made if each["id"] == id_)["name"] == "b")
    seen = listed.get("/accounts", sort="name", starting_after=order[place], name="c").expect(200)
    assert ids(seen.data) == [id_ for id_ in order if next(each for each in listed.made if each["id"] == id_)["name"] == "c"]


FILTERS = [  # query, which of the twelve
    ({"name": "a"}, [1, 4, 7, 11]), ({"name": "a,d"}, [1, 4, 7, 10, 11]), ({"name": "z"}, []), ({"code": "c03,c05,nope"}, [3, 5]),
    ({"type": "asset"}, list(range(12))), ({"type": "equity,revenue"}, []), ({"is_active": "false"}, []), ({"q": "C0"}, list(range(10))),
    ({"q": "%"}, []), ({"q": "_"}, []), ({"q": "\\"}, []), ({"q": "c1"}, [10, 11]), ({"metadata[shelf]": "b", "name": "b"}, [0, 2, 5, 8, 9]),
    ({"metadata[shelf]": "b", "name": "a"}, []), ({"metadata[odd.key]": "0"}, [0, 3, 6, 9]), ({"metadata[nothing]": "0"}, []),
    ({"metadata[\"]": "0"}, []), ({"metadata[shelf]": "B"}, []), ({"name": "b", "code": "c08", "q": "c"}, [8]), ({"currency_id": "CUR_USD"}, list(range(12))),
    ({"currency_id": "CUR_EUR"}, []), ({"subtype": "bank"}, []), ({"parent_id": "act_0000000000000000000000000"}, []),
]


@pytest.mark.parametrize("query, which", FILTERS, ids=[str(row[0]) for row in FILTERS])
def test_filters(listed, query, which):
    seen = listed.client.get(f"{listed.path}/accounts", query={"sort": "code", "limit": 100, **query}).expect(200)
    assert [each["code"] for each in seen.data] == [f"c{number:02}" for number in which]
    assert seen["total_count"] == len(which) and seen["has_more"] is False


def test_a_range_of_moments(listed):
    moments = [each["created_at"] for each in listed.made]

    def seen(**query):
        return [each["created_at"] for each in listed.get("/accounts", sort="created_at", **query).expect(200).data]
    assert seen(created_at__gte=moments[3], created_at__lt=moments[6]) == moments[3:6]
    assert seen(created_at__gt=moments[3], created_at__lte=moments[6]) == moments[4:7]
    assert seen(created_at__gt=moments[11]) == [] and seen(created_at__gte="2000-01-01T00:00:00Z") == moments


REFUSED = [  # query string, code, fields
    ("limit=0", "invalid_request", ["limit"]), ("limit=101", "invalid_request", ["limit"]), ("limit=-1", "invalid_request", ["limit"]),
    ("limit=x", "invalid_request", ["limit"]), ("limit=", "invalid_request", ["limit"]), ("limit=1.5", "invalid_request", ["limit"]),
    ("limit=99999999999999999999", "invalid_request", ["limit"]), ("limit=%2B5", "invalid_request", ["limit"]), ("limit=5&limit=6", "invalid_request", ["limit"]),
    ("offset=-1", "invalid_request", ["offset"]), ("offset=100001", "invalid_request", ["offset"]), ("offset=x", "invalid_request", ["offset"]),
    ("sort=nothing", "invalid_request", ["sort"]), ("sort=-", "invalid_request", ["sort"]), ("sort=--name", "invalid_request", ["sort"]),
    ("sort=name;drop table accounts", "invalid_request", ["sort"]), ("count=yes", "invalid_request", ["count"]), ("q=", "invalid_request", ["q"]),
    ("q=" + "x" * 256, "invalid_request", ["q"]), ("is_active=1", "invalid_request", ["is_active"]), ("type=gift", "invalid_request", ["type"]),
    ("type=asset,gift", "invalid_request", ["type"]), ("parent_id=7", "invalid_request", ["parent_id"]),
    ("currency_id=USD", "invalid_request", ["currency_id"]), ("created_at[gte]=yesterday", "invalid_request", ["created_at[gte]"]),
    ("created_at[gte]=2026-02-30T00:00:00Z", "invalid_request", ["created_at[gte]"]), ("starting_after=x", "invalid_request", ["starting_after"]),
    ("starting_after=act_0000000000000000000000000", "invalid_request", ["starting_after"]), ("limit=0&offset=-1&sort=x", "invalid_request", ["limit", "offset", "sort"]),
    ("starting_after={first}&ending_before={first}", "invalid_request", ["ending_before"]), ("starting_after={first}&offset=1", "invalid_request", ["offset"]),
    ("starting_after=txn_{tail}", "invalid_request", ["starting_after"]), ("starting_after={first}x", "invalid_request", ["starting_after"]),
    ("colour=red", "unknown_parameter", ["colour"]), ("Limit=5", "unknown_parameter", ["Limit"]), ("created_at=2026-01-01T00:00:00Z", "unknown_parameter", ["created_at"]),
    ("created_at[eq]=2026-01-01T00:00:00Z", "unknown_parameter", ["created_at[eq]"]), ("code[gte]=1", "unknown_parameter", ["code[gte]"]),
    ("metadata=x", "unknown_parameter", ["metadata"]), ("metadata[]=x", "unknown_parameter", ["metadata[]"]), ("colour=red&shape=round", "unknown_parameter", ["colour", "shape"]),
    ("name=%FF", "invalid_request", None), ("name=%00", "invalid_request", None), ("name=%zz", "invalid_request", None), ("name=%", "invalid_request", None),
    ("name=" + "a," * 50 + "a", "invalid_request", ["name"]),
]


@pytest.mark.parametrize("query, code, fields", REFUSED, ids=[row[0][:40] for row in REFUSED])
def test_refused(listed, query, code, fields):
    query = query.replace("{first}", listed.made[0]["id"]).replace("{tail}", listed.made[0]["id"][4:]).replace(" ", "%20")
    listed.client.get(f"{listed.path}/accounts?{query}").expect(400, code, fields)


def test_the_refusal_of_a_deep_offset_points_to_cursors(listed):
    refused = listed.get("/accounts", offset=100_001).expect(400, "invalid_request", ["offset"])
    assert "starting_after" in refused.error["details"]["fields"][0]["message"]
    assert listed.get("/accounts", offset=100_000).expect(200).data == []


def test_a_cursor_of_another_list_is_refused(listed, still_books):
    theirs = still_books.make_account()["id"]
    for cursor in ("starting_after", "ending_before"):
        listed.get("/accounts", **{cursor: theirs}).expect(400, "invalid_request", [cursor])
    own = listed.with_new_key()
    mine = own.api_key["id"]
    listed.get("/accounts", starting_after=mine).expect(400, "invalid_request", ["starting_after"])


def test_parameters_of_reads_that_are_no_lists(listed):
    account = listed.made[0]["id"]
    for path in (f"/accounts/{account}", f"/accounts/{account}/balance", "", "/reports/trial-balance"):
        listed.client.get(f"{listed.path}{path}?limit=5").expect(400, "unknown_parameter", ["limit"])
    listed.client.post(f"{listed.path}/accounts?limit=5", {"name": "x", "type": "asset"}).expect(400, "unknown_parameter", ["limit"])


def test_the_order_of_queries_of_percent_signs_and_plus(listed):
    made = listed.make_account("plus", name="one two+three/four?five&six=seven ü")
    for text in ("one+two%2Bthree%2Ffour%3Ffive%26six%3Dseven+%C3%BC", "one%20two%2bthree/four?five%26six=seven%20ü".replace("ü", "%C3%BC")):
        seen = listed.client.get(f"{listed.path}/accounts?name={text}").expect(200).data
        assert ids(seen) == [made["id"]]
    listed.delete(f"/accounts/{made['id']}").expect(204)
