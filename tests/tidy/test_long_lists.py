"""Every list of the document on a million rows: whatever it is narrowed and sorted by, wherever the page begins, what the
server reads for it stays below a bound that does not grow with the list.

A list, a filter or a sort that is new in the document is asked here too; where no value is told below, one is taken from the
resources. Left out: two filters that are both frequent with few that fit both, which nothing bounds; and offsets. A wide
range of one field in the order of another is bounded by what is in the range, which is read once, and by no more: where it
lies far from where the page begins, no order of an index leads there."""
import functools
import re
import time

import pytest
from books import Books
from database import Database
from long_lists import ACCOUNTS, COUNT, Million, moment
from server_log import logged_statements, readable, shape_of, table_behind
from statements import Statements

# Index entries, rows and what is kept aside meanwhile. A count goes to 10,001, and each may cost five looks more: at the row, at
# what it is asked for, and at the same again when it is counted or sorted.
MOST_READ = 65_000
# Nothing to narrow by but what the order is of: the entries that are counted, twice, then a page.
MOST_READ_IN_ORDER = 21_000
MOST_READ_OF_A_RANGE = COUNT // 2 + 2 * MOST_READ

BOOKS_LISTS = "/organizations/{organization_id}"
LONG = {f"{BOOKS_LISTS}/{name}": prefix for name, prefix in (
    ("accounts", "act"), ("transactions", "txn"), ("events", "evt"), ("jobs", "job"), ("drafts", "drf"),
    ("webhooks/{webhook_id}/deliveries", "whd"), ("accounts/{account_id}/transactions", "txn"))}
# Filter to a rare and a frequent value.
VALUES = {
    "accounts": {"type": ("equity", "asset"), "subtype": ("safe", "bank"), "is_active": ("false", "true"), "currency_id": ("CUR_EUR", "CUR_USD"),
                 "name": ("Rare", "Frequent"), "code": ("c77", "c77,c78"), "parent_id": ("{rare_parent}", "{parent}"), "q": ("refund", "freq")},
    "transactions": {"status": ("reversed", "posted"), "type": ("transfer", "income"), "reference_number": ("R-rare", "R-often"),
                     "currency_id": ("CUR_EUR", "CUR_USD"), "account_id": ("{cash}", "{bank}"), "q": ("refund 0077", "ord")},
    "events": {"entity_type": ("account", "transaction"), "event_type": ("account.created", "transaction.created"), "entity_id": ("txn_rare", "txn_often"),
               "api_key_id": ("key_" + "0" * 24 + "7", "{key}"), "request_id": ("req_rare", "req_often")},
    "jobs": {"status": ("cancelled", "completed"), "operation": ("accounts.update", "accounts.create")},
    "drafts": {"status": ("rejected", "open"), "operation": ("accounts.update", "accounts.create")},
    "deliveries": {"status": ("failed", "delivered"), "event_type": ("account.created", "transaction.posted"), "event_id": ("{event}", "{event}")},
}
METADATA = ({"metadata[order]": "7"}, {"metadata[channel]": "web"})
RANGES = {"created_at": (moment(ACCOUNTS // 2), moment(ACCOUNTS // 2 + 500)), "transaction_date": ("2025-01-01", "2025-01-03"),
          "posting_date": ("2025-01-01", "2025-01-03")}


@pytest.fixture(scope="module")
def million(stack, operator, database):
    another = Database(stack)
    books = Books.create(operator, database)
    for _ in range(3):
        other = Books.create(operator, database)
        for number in range(20):
            other.post_transaction(description=f"Order {number}")
    made = Million(books, database)
    made.fill(Million(books, another))
    another.close()
    return made


@pytest.fixture(scope="module")
def ids(million):
    books = million.books
    return {"{organization_id}": books.id, "{account_id}": books.account("1010"), "{bank}": books.account("1010"), "{cash}": books.account("1000"),
            "{webhook_id}": million.webhook, "{key}": books.api_key["id"], "{event}": million.id_at("evt", 500_077),
            "{parent}": books.account("parent"), "{rare_parent}": books.account("rare-parent")}


def filled(text, ids):
    return re.sub(r"\{\w+\}", lambda match: ids.get(match[0], match[0]), text)


def lists_of(document):
    """(path, its parameters by name) of every list below an organization."""
    for path, methods in document["paths"].items():
        parameters = [document["components"]["parameters"][each["$ref"].rsplit("/", 1)[1]] if "$ref" in each else each
                      for each in methods.get("get", {}).get("parameters", [])]
        named = {each["name"]: each for each in parameters}
        if "sort" in named and path.startswith(BOOKS_LISTS + "/"):
            yield path, named


NO_FILTERS = {"limit", "offset", "starting_after", "ending_before", "sort", "count", "after_sequence"}


def queries_of(path, parameters, sample, ids):
    """Queries that narrow by one filter each, by rare and frequent values; then those by two."""
    yield {}
    values, rare = VALUES.get(path.rsplit("/", 1)[1], {}) if "{account_id}" not in path else {}, []
    for name, parameter in parameters.items():
        if name in NO_FILTERS or parameter["in"] != "query":
            continue
        if name == "metadata":
            yield from METADATA
        elif parameter.get("style") == "deepObject":
            low, high = RANGES.get(name) or (sample[name], sample[name])
            yield from ({f"{name}[gte]": low}, {f"{name}[lt]": low}, {f"{name}[gte]": low, f"{name}[lt]": high})
        elif name in values or (name != "q" and sample.get(name) is not None):
            some = values[name] if name in values else [str(sample[name]).lower() if isinstance(sample[name], bool) else str(sample[name])]
            yield from ({name: filled(value, ids)} for value in some)
            rare.append({name: filled(some[0], ids)})
        else:
            assert path not in LONG, f"say values of {name} of {path}"
    frequent = [{name: filled(some[1], ids)} for name, some in values.items()]
    yield from ({**one, **two} for one in rare for two in frequent if not set(one) & set(two))


class Meter:
    """What the server reads for one request, of which there is one at a time."""

    def __init__(self, database):
        self.database, self.worst = database, []

    def reading(self):
        return sum(int(value) for _, value in self.database.rows("show global status where variable_name like 'Handler_read%'"))

    def ask(self, client, target, query):
        before, began = self.reading(), time.monotonic()
        reply = client.get(target, query=query).expect(200)
        read, seconds = self.reading() - before, time.monotonic() - began
        self.worst.append((read, round(seconds, 3), target.split("/", 3)[3], {name: value for name, value in query.items() if value is not None}))
        return reply, read


def is_in_order(query, sort):
    """By itself, or with ranges of what the list is sorted by."""
    return not {re.sub(r"\[\w+\]$", "", name) for name in query} - {sort.lstrip("-")}


def is_wide(query):
    """A range without an end, which holds half of the list."""
    return any(name.endswith("]") and not name.startswith("metadata") for name in query) and len(query) == 1


def most_read(path, query, sort):
    if is_in_order(query, sort) and "{account_id}" not in path:  # there, each line is asked for its transaction
        return MOST_READ_IN_ORDER
    return MOST_READ_OF_A_RANGE if is_wide(query) else MOST_READ


def cursors(reply, path, million, sort):
    prefix = LONG.get(path)
    if prefix:  # in the midst of the list
        return [million.id_at(prefix, (ACCOUNTS if prefix == "act" else COUNT) * 5 // 9 + 23)]
    name = next((name for name in ("id", "key") if reply.data and name in reply.data[-1]), None)
    return [reply.data[-1][name]] if name else []


@pytest.fixture(scope="module")
def asked(stack, million, ids, contract, connections, database):
    """Everything asked once: the meter, and the statements that it took."""
    root = Statements(stack, "root")
    assert root.ask("set global general_log_file = 'long.log'; set global log_output = 'FILE'; set global general_log = ON") == []
    done = stack.crane("restart")  # a statement that was prepared before is logged without its values
    assert done.returncode == 0, done.stdout
    connections.close()
    seats = [million.books.with_new_key().client for _ in range(8)]
    meter, count, faults = Meter(database), 0, []
    with stack.without("worker"):
        for path, parameters in lists_of(contract.document):
            target, sorts = filled(path, ids), parameters["sort"]["schema"]["enum"]
            if "{" in target:
                continue
            sample = next(iter(seats[0].get(target, query={"limit": 1}).expect(200).data), {})
            for query in queries_of(path, parameters, sample, ids):
                for sort in sorts:
                    ask = functools.partial(ask_pages, meter, seats[count % len(seats)], path, target, {**query, "sort": sort}, million)
                    count += 1
                    faults += [(read, path, page) for read, page in ask() if read > most_read(path, query, sort)]
    assert root.ask("set global general_log = OFF") == []
    texts = [readable(each) for each in logged_statements((stack.data / "mariadb/long.log").read_bytes())]
    statements = list({shape_of(text): text for text in texts if not re.search(r"[=<>(,] ?\?", text)}.values())
    return meter, faults, statements


def ask_pages(meter, client, path, target, query, million):
    reply, read = meter.ask(client, target, {**query, "limit": 20})
    yield read, query
    for cursor in cursors(reply, path, million, query["sort"]):
        for way in ("starting_after", "ending_before"):
            reply, read = meter.ask(client, target, {**query, "limit": 20, way: cursor})
            yield read, {**query, way: cursor}


def told(worst):
    return "\n".join(f"{read} read in {seconds} s: {target} {query}" for read, seconds, target, query in sorted(worst, key=lambda each: -each[0])[:10])


def test_every_long_list_is_asked(asked, contract):
    meter, _, _ = asked
    lists = {path for path, _ in lists_of(contract.document)}
    assert set(LONG) <= lists
    assert len(meter.worst) > 500


def test_no_page_reads_more_than_the_bound(asked):
    meter, faults, _ = asked
    print(told(meter.worst))
    assert not faults, f"{len(faults)} pages read too much:\n" + "\n".join(map(str, sorted(faults, key=lambda each: -each[0])[:60])) + f"\nthe worst of all:\n{told(meter.worst)}"


BIG = {"accounts", "transactions", "transaction_lines", "events", "jobs", "drafts", "webhook_deliveries", "search_texts", "search_words", "metadata_values"}


def test_no_statement_scans_a_big_table(stack, asked):
    root, faults = Statements(stack, "root"), []
    lists = [text for text in asked[2] if re.match(r"\s*select\b", text, re.I) and re.search(r"\blimit\b", text)]
    assert len(lists) > 100, f"{len(lists)} statements of lists were seen"
    for text in lists:
        plan = root.ask("explain " + text)
        assert isinstance(plan, list), f"{plan}\n{text}"
        for row in plan:
            if row[3] in ("ALL", "index") and table_behind(text, row[2]) in BIG:
                faults.append(f"{row[2:]}: {' '.join(text.split())[-600:]}")
    assert not faults, f"{len(faults)}:\n" + "\n".join(faults[:20])
