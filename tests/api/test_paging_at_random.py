"""Random queries against a model in memory: every page of the server is the model's, for every list of the document, with
every filter and sort that the document declares and many of their combinations."""
import random
import re
import unicodedata

import pytest
from books import Books
from random_books import MAKERS

SEED, QUERIES = 20260131, 150
WORDS = ["rent", "sales", "order", "tax", "a", "b", "R-1", "rent ord", "x1", "Ré", "zzz", "-", "ord xyz", "RENT x1"]
PIECES = ["ent", "le", "x1", "e", "a", "example", "zzz", "%", "_"]


def pick_some(rng, values):
    return ",".join(rng.sample(values, rng.randint(1, min(3, len(values)))))


class Model:
    """The resources as the server showed them one by one, and what a query should find. `keys` make what is not compared as it
    stands comparable."""

    def __init__(self, resources, keys, id_name):
        self.resources, self.keys, self.id_name = resources, keys, id_name

    def find(self, conditions, sort):
        found = [each for each in self.resources if all(condition(each) for condition in conditions)]
        name, descending = sort.lstrip("-"), sort.startswith("-")
        key = self.keys.get(name, lambda value: value or "")
        return sorted(found, key=lambda each: (key(each[name]), each[self.id_name]), reverse=descending)


# Conditions: what a parameter means, said once more.

def any_of(name, text):
    values = text.split(",")
    return lambda each: str(each[name]).lower() in [value.lower() for value in values] if name == "name" else str(each[name]) in values


def flag(name, text):
    return lambda each: each[name] is (text == "true")


def bound(name, operator, value):
    compare = {"gte": lambda a: a >= value, "gt": lambda a: a > value, "lte": lambda a: a <= value, "lt": lambda a: a < value}[operator]
    return lambda each: compare(each[name])


def words_of(text):
    folded = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.findall(r"[^\W_]+", folded)


def has_words(names, text):
    """Every word of the text begins one of the resource."""
    wanted = words_of(text)

    def holds(each):
        words = [word for name in names for word in words_of(each[name] or "")]
        return bool(wanted) and all(any(word.startswith(one) for word in words) for one in wanted)
    return holds


def contains(names, text):
    return lambda each: any(text.lower() in (each[name] or "").lower() for name in names)


def metadata(key, value):
    return lambda each: each["metadata"].get(key) == value


# Filters: the name of a parameter, and a function that gives a parameter with a random value, and its condition.

def one_of(name):
    def make(rng, resources):
        values = sorted({str(each[name]) for each in resources if each[name] is not None})
        text = pick_some(rng, values)
        return name, text, any_of(name, text)
    return name, make


def one_flag(name, meaning=None):
    def make(rng, _):
        text = rng.choice(["true", "false"])
        return name, text, (lambda each: meaning(each) is (text == "true")) if meaning else flag(name, text)
    return name, make


def one_bound(name):
    def make(rng, resources):
        operator, value = rng.choice(["gte", "gt", "lte", "lt"]), rng.choice(resources)[name]
        return f"{name}[{operator}]", value, bound(name, operator, value)
    return name, make


def one_search(*names, meaning=has_words, texts=WORDS):
    def make(rng, _):
        text = rng.choice(texts)
        return "q", text, meaning(names, text)
    return "q", make


def one_metadata():
    def make(rng, _):
        key, value = rng.choice(["shelf", "colour"]), rng.choice(["1", "2", "red"])
        return f"metadata[{key}]", value, metadata(key, value)
    return "metadata", make


def one_account():
    def make(rng, resources):
        text = pick_some(rng, sorted({entry["account_id"] for each in resources for entry in each["entries"]}))
        return "account_id", text, lambda each: any(entry["account_id"] in text for entry in each["entries"])
    return "account_id", make


# The list's path in the document: its sorts and filters.
IN_BOOKS = "/organizations/{organization_id}"
COLLECTIONS = {
    f"{IN_BOOKS}/accounts": (["created_at", "code", "name"], [
        one_of("name"), one_of("code"), one_of("type"), one_of("subtype"), one_of("parent_id"), one_of("currency_id"), one_flag("is_active"),
        one_bound("created_at"), one_search("name", "code", "description"), one_metadata()]),
    f"{IN_BOOKS}/transactions": (["created_at", "transaction_date", "posting_date"], [
        one_of("status"), one_of("type"), one_of("reference_number"), one_of("currency_id"), one_account(), one_bound("transaction_date"),
        one_bound("posting_date"), one_bound("created_at"), one_search("description", "reference_number"), one_metadata()]),
    f"{IN_BOOKS}/accounts/{{account_id}}/transactions": (["posting_date"], [one_bound("posting_date")]),
    f"{IN_BOOKS}/events": (["created_at"], [
        one_of("entity_type"), one_of("event_type"), one_of("entity_id"), one_of("api_key_id"), one_of("request_id"), one_bound("created_at")]),
    f"{IN_BOOKS}/jobs": (["created_at"], [one_of("status"), one_of("operation"), one_bound("created_at")]),
    f"{IN_BOOKS}/drafts": (["created_at"], [one_of("status"), one_of("operation"), one_bound("created_at")]),
    f"{IN_BOOKS}/webhooks": (["created_at"], [
        one_of("url"), one_of("status"), one_bound("created_at"), one_search("url", "description", meaning=contains, texts=PIECES)]),
    f"{IN_BOOKS}/webhooks/{{webhook_id}}/deliveries": (["created_at"], [
        one_of("status"), one_of("event_id"), one_of("event_type"), one_bound("created_at")]),
    f"{IN_BOOKS}/api-keys": (["created_at", "name"], [
        one_of("name"), one_of("mode"), one_of("status"), one_bound("created_at"),
        one_search("name", "description", meaning=contains, texts=PIECES)]),
    f"{IN_BOOKS}/settings": (["key"], []),
    "/organizations": (["created_at", "name"], [
        one_of("name"), one_flag("is_root"), one_of("parent_organization_id"), one_of("relationship_type"),
        one_flag("is_suspended", meaning=lambda each: each["suspended_at"] is not None), one_bound("created_at"),
        one_search("name", "domain", meaning=contains, texts=PIECES), one_metadata()]),
    f"{IN_BOOKS}/billing/purchases": (["created_at"], [one_of("status"), one_flag("livemode"), one_bound("created_at")]),
    f"{IN_BOOKS}/billing/grants": (["created_at"], [one_of("kind"), one_flag("livemode"), one_bound("created_at")]),
    "/currencies": (["code", "name"], [one_of("code"), one_flag("is_active"), one_search("code", "name", meaning=contains, texts=PIECES)]),
}
# What moves by itself meanwhile.
UNSTEADY = {f"{IN_BOOKS}/api-keys": ("last_used_at", "usage_this_month"), f"{IN_BOOKS}/accounts/{{account_id}}/transactions": ()}


def test_the_tables_have_what_the_document_declares(contract):
    """No filter and no sort is forgotten here."""
    components = contract.document["components"]["parameters"]
    declared = {}
    for path, methods in contract.document["paths"].items():
        parameters = [components[each["$ref"].rsplit("/", 1)[1]] if "$ref" in each else each for each in methods.get("get", {}).get("parameters", [])]
        named = {each["name"]: each for each in parameters if each["in"] == "query"}
        if "sort" in named:
            paging = {"limit", "offset", "starting_after", "ending_before", "sort", "count", "after_sequence"}
            declared[path] = ({sort.lstrip("-") for sort in named["sort"]["schema"]["enum"]}, set(named) - paging)
    assert declared == {path: (set(sorts), {name for name, _ in filters}) for path, (sorts, filters) in COLLECTIONS.items()}


def random_query(rng, resources, filters, first):
    """(parameters, conditions) of `first` and some more of the filters."""
    query, conditions = {}, []
    for _, make in [first, *rng.sample(filters, rng.randint(0, min(2, len(filters))))] if first else []:
        name, value, condition = make(rng, resources)
        if name not in query:
            query[name] = value
            conditions.append(condition)
    return query, conditions


def pages_by_offset(get, limit, total):
    for offset in range(0, max(total, 1), limit):
        yield get(limit=limit, offset=offset)


def pages_forward(get, limit, id_name):
    page = get(limit=limit)
    yield page
    while page["has_more"]:
        page = get(limit=limit, starting_after=page.data[-1][id_name])
        yield page


def pages_backward(get, limit, id_name, last):
    """From the last of all back to the first; the last itself is left out."""
    pages, cursor = [], last
    while True:
        page = get(limit=limit, ending_before=cursor)
        pages.insert(0, page)
        if not page["has_more"]:
            return pages
        cursor = page.data[0][id_name]


def id_name_of(path):
    return {"settings": "key", "transactions": "transaction_id" if "{account_id}" in path else "id"}.get(path.rsplit("/", 1)[1], "id")


def weights(database, table):
    """How the server orders names, whatever their case and accents."""
    return dict(database.rows(f"select name, hex(weight_string(name)) from {table}"))


@pytest.mark.parametrize("path", COLLECTIONS)
def test_random_queries(operator, database, audit, path):
    sorts, filters = COLLECTIONS[path]
    rng = random.Random(f"{SEED} {path}")
    books = Books.create(operator, database, chart="none" if path.endswith("/accounts") else "standard")
    # A key makes a thousand requests a minute.
    seats = [books] + [books.with_new_key(include_children=True) for _ in range(4)]
    books.operator = operator
    target, resources = MAKERS[path](books, rng)
    assert len(resources) > 5
    keys = {"name": weights(database, "currencies").get} if path == "/currencies" else {"name": str.casefold}
    id_name = id_name_of(path)
    model = Model(resources, keys, id_name)
    unsteady = UNSTEADY.get(path, ())
    for number in range(QUERIES):
        first = filters[number % len(filters)] if filters and number % 10 else None
        query, conditions = random_query(rng, model.resources, filters, first)
        sort, limit = rng.choice(["", "-"]) + rng.choice(sorts), rng.choice([1, 3, 7, 20, 100])
        limit = max(limit, len(resources) // 15)
        expected = model.find(conditions, sort)
        seat = seats[number % len(seats)]
        what = f"seed {SEED}: {path} {query} sort={sort} limit={limit}"

        def get(**paging):
            reply = seat.client.get(target, query={**query, "sort": sort, **paging}).expect(200)
            assert reply["total_count"] == len(expected), (what, paging)
            return reply
        way = rng.choice(["offset", "forward", "backward"])
        if way == "backward" and expected:
            pages, wanted = pages_backward(get, limit, id_name, expected[-1][id_name]), expected[:-1]
        else:
            pages = pages_by_offset(get, limit, len(expected)) if way == "offset" else pages_forward(get, limit, id_name)
            wanted = expected
        seen = [each for page in pages for each in page.data]
        assert [each[id_name] for each in seen] == [each[id_name] for each in wanted], f"{what} {way}"
        assert [steady(each, unsteady) for each in seen] == [steady(each, unsteady) for each in wanted], f"{what} {way}"
    audit.organization(books.id)


def steady(resource, unsteady):
    return {name: value for name, value in resource.items() if name not in unsteady}
