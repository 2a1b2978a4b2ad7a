"""Random queries against a model in memory: every page of the server is the model's."""
import random

import pytest
from books import Books

SEED, QUERIES = 20260131, 150
WORDS = ["rent", "sales", "order", "tax", "a", "b"]


def pick_some(rng, values):
    return ",".join(rng.sample(values, rng.randint(1, min(3, len(values)))))


class Model:
    """The resources as the server answered when they were made, and what a query should find."""

    def __init__(self, resources):
        self.resources = resources

    def find(self, conditions, sort):
        found = [each for each in self.resources if all(condition(each) for condition in conditions)]
        name, descending = sort.lstrip("-"), sort.startswith("-")
        key = (lambda each: each["id"]) if name == "created_at" else (lambda each: (each[name] or "", each["id"]))
        return sorted(found, key=key, reverse=descending)


def any_of(name, text):
    values = text.split(",")
    return lambda each: str(each[name]).lower() in [value.lower() for value in values] if name == "name" else str(each[name]) in values


def flag(name, text):
    return lambda each: each[name] is (text == "true")


def bound(name, operator, value):
    compare = {"gte": lambda a: a >= value, "gt": lambda a: a > value, "lte": lambda a: a <= value, "lt": lambda a: a < value}[operator]
    return lambda each: compare(each[name])


def search(names, text):
    return lambda each: any(text.lower() in (each[name] or "").lower() for name in names)


def metadata(key, value):
    return lambda each: each["metadata"].get(key) == value


def random_query(rng, resources, filters):
    """(parameters, conditions) of some of the filters."""
    query, conditions = {}, []
    for make in rng.sample(filters, rng.randint(0, min(3, len(filters)))):
        name, value, condition = make(rng, resources)
        if name not in query:
            query[name] = value
            conditions.append(condition)
    return query, conditions


def one_of(name, *, condition=any_of):
    def make(rng, resources):
        values = sorted({str(each[name]) for each in resources if each[name] is not None})
        text = pick_some(rng, values)
        return name, text, condition(name, text)
    return make


def one_flag(name):
    def make(rng, _):
        text = rng.choice(["true", "false"])
        return name, text, flag(name, text)
    return make


def one_bound(name):
    def make(rng, resources):
        operator, value = rng.choice(["gte", "gt", "lte", "lt"]), rng.choice(resources)[name]
        return f"{name}[{operator}]", value, bound(name, operator, value)
    return make


def one_search(*names):
    def make(rng, _):
        text = rng.choice([*WORDS, "x1", "R-", "zzz"])
        return "q", text, search(names, text)
    return make


def one_metadata(rng, _):
    key, value = rng.choice(["shelf", "colour"]), rng.choice(["1", "2", "red"])
    return f"metadata[{key}]", value, metadata(key, value)


def some_metadata(rng):
    return {key: rng.choice(["1", "2", "red"]) for key in ("shelf", "colour") if rng.random() < 0.6}


def make_accounts(books, rng):
    made = []
    for number in range(45):
        parent = rng.choice([each["id"] for each in made if each["type"] == "asset"] or [None]) if rng.random() < 0.3 else None
        fields = {"name": rng.choice(WORDS), "code": f"x{rng.randint(0, 9)}{number:02}", "is_active": rng.random() < 0.7, "metadata": some_metadata(rng),
                  "type": "asset" if parent else rng.choice(["asset", "liability", "expense"]), "parent_id": parent, "subtype": rng.choice(["bank", "cash", None]),
                  "description": rng.choice([None, "rent of x1", "Order"])}
        made.append(books.post("/accounts", {name: value for name, value in fields.items() if value is not None}).expect(201).json)
    return made


def make_transactions(books, rng):
    made = []
    for number in range(45):
        debit_code, credit_code = rng.sample(["1000", "1010", "1100", "4000"], 2)
        fields = {"status": rng.choice(["pending", "posted"]), "type": rng.choice(["journal", "transfer"]), "metadata": some_metadata(rng),
                  "reference_number": rng.choice(["R-1", "R-2", f"R-{number}"]), "description": rng.choice([None, "Rent of x1", "an ORDER"]),
                  "transaction_date": f"2026-0{rng.randint(1, 3)}-{rng.randint(1, 28):02}", "posting_date": f"2026-0{rng.randint(1, 3)}-{rng.randint(1, 9):02}"}
        made.append(books.post("/transactions", books.transaction("1.00", debit_code, credit_code, **fields)).expect(201).json)
    return made


def touches(rng, resources):
    ids = sorted({entry["account_id"] for each in resources for entry in each["entries"]})
    text = pick_some(rng, ids)
    return "account_id", text, lambda each: any(entry["account_id"] in text for entry in each["entries"])


COLLECTIONS = {
    "accounts": (make_accounts, ["created_at", "code", "name"], [
        one_of("name"), one_of("code"), one_of("type"), one_of("subtype"), one_of("parent_id"), one_of("currency_id"), one_flag("is_active"),
        one_bound("created_at"), one_search("name", "code", "description"), one_metadata]),
    "transactions": (make_transactions, ["created_at", "transaction_date", "posting_date"], [
        one_of("status"), one_of("type"), one_of("reference_number"), one_of("currency_id"), touches, one_bound("transaction_date"),
        one_bound("posting_date"), one_bound("transaction_date"), one_bound("created_at"), one_search("description", "reference_number"), one_metadata]),
}


def pages_by_offset(get, limit, total):
    for offset in range(0, max(total, 1), limit):
        yield get(limit=limit, offset=offset)


def pages_forward(get, limit, _):
    page = get(limit=limit)
    yield page
    while page["has_more"]:
        page = get(limit=limit, starting_after=page.data[-1]["id"])
        yield page


def pages_backward(get, limit, _, last):
    """From the last of all back to the first; the last itself is left out."""
    pages, cursor = [], last
    while True:
        page = get(limit=limit, ending_before=cursor)
        pages.insert(0, page)
        if not page["has_more"]:
            return pages
        cursor = page.data[0]["id"]


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_random_queries(operator, database, audit, collection):
    make, sorts, filters = COLLECTIONS[collection]
    rng = random.Random(f"{SEED} {collection}")
    books = Books.create(operator, database, chart="none" if collection == "accounts" else "standard")
    # A key makes a thousand requests a minute.
    seats = [books] + [books.with_new_key() for _ in range(4)]
    model = Model(make(books, rng))
    for number in range(QUERIES):
        query, conditions = random_query(rng, model.resources, filters)
        sort, limit = rng.choice(["", "-"]) + rng.choice(sorts), rng.choice([1, 3, 7, 20, 100])
        expected = model.find(conditions, sort)
        seat = seats[number % len(seats)]

        def get(**paging):
            reply = seat.client.get(f"{books.path}/{collection}", query={**query, "sort": sort, **paging}).expect(200)
            assert reply["total_count"] == len(expected), (query, sort, paging)
            return reply
        way = rng.choice(["offset", "forward", "backward"])
        if way == "backward" and expected:
            pages = pages_backward(get, limit, None, expected[-1]["id"])
            wanted = expected[:-1]
        else:
            pages = (pages_by_offset if way == "offset" else pages_forward)(get, limit, len(expected))
            wanted = expected
        seen = [each for page in pages for each in page.data]
        assert [each["id"] for each in seen] == [each["id"] for each in wanted], f"{collection} {query} sort={sort} limit={limit} {way}"
        assert seen == wanted
    audit.organization(books.id)
