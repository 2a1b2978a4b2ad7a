"""What a real server says to the schema and to the queries: each can be prepared, and none that is hot reads a whole table."""
import datetime
import functools
import re
import time

import pytest
import sources
from books import Books
from client import together
from server_log import VALUE, logged_statements, readable, shape_of, table_behind
from statements import Statements, prepare


@pytest.fixture(scope="module")
def root(stack):
    return Statements(stack, "root")


def test_tables_are_innodb_with_a_primary_key(root):
    tables = root.ask("select t.table_name, t.engine, exists (select 1 from information_schema.table_constraints c "
                      "where c.table_schema = t.table_schema and c.table_name = t.table_name and c.constraint_type = 'PRIMARY KEY') "
                      "from information_schema.tables t where t.table_schema = database() and t.table_type = 'BASE TABLE'")
    assert len(tables) > 10
    faults = [row for row in tables if row[1:] != ["InnoDB", "1"]]
    assert not faults, faults


def test_no_column_is_of_a_kind_that_rounds_or_forgets_the_zone(root):
    rows = root.ask("select table_name, column_name, data_type from information_schema.columns where table_schema = database() "
                    "and (data_type in ('float', 'double', 'timestamp', 'enum', 'json') or (data_type = 'decimal' and numeric_scale > 0)) "
                    "and table_name <> 'schema_migrations'")
    assert not rows, rows


def test_foreign_keys_and_checks_have_names_of_their_own(root):
    """A name means something to a client, so the server does not invent it."""
    rows = root.ask("select table_name, constraint_name from information_schema.table_constraints where table_schema = database() "
                    "and constraint_type in ('FOREIGN KEY', 'CHECK') and (constraint_name like '%\\_ibfk\\_%' or constraint_name like 'CONSTRAINT\\_%' "
                    "or constraint_name not like concat(table_name, '\\_%'))")
    shorter = [row for row in rows if not row[1].startswith(row[0].rstrip("s"))]
    assert not shorter, shorter


def test_every_query_is_understood_by_the_server(stack):
    """By the programs' own user; what changes tables, by the migrations'."""
    crane, migration = Statements(stack, "crane"), Statements(stack, "crane_migration")
    faults = []
    for name, text in sources.queries().items():
        said = (migration if name.startswith("migrations/") else crane).ask(prepare(text))
        if said != []:
            faults.append(f"{name}: {said}")
    assert not faults, "\n".join(faults)


# Statements as the programs send them, taken from the server's own log, with a few thousand rows in the tables.

ACCOUNTS, BATCH, NEIGHBOURS = 200, 1000, 4
FIRST_DAY = datetime.date(2023, 1, 1)

# Asked often enough that the log must have them; a query that is not among them is looked at too when it comes by.
HOT = {
    "accounts/get", "accounts/list", "accounts/activity", "accounts/balances", "accounts/balance_as_of", "accounts/balance_known_at",
    "accounts/lock_for_posting", "accounts/lock_for_conditions", "api_keys/by_past_secret", "api_keys/by_secret", "api_keys/get", "api_keys/list", "api_keys/recently_ended", "api_keys/secrets",
    "billing/charged", "billing/get_purchase", "billing/list_grants", "billing/list_purchases", "billing/low_pool_of", "billing/pool", "billing/usage", "credits/charge",
    "currencies/list", "drafts/get", "drafts/list", "idempotency/find", "idempotency/find_many", "idempotency/finish", "jobs/claim", "jobs/claimable", "jobs/count_open", "jobs/due_books", "jobs/expired_leases",
    "jobs/finish", "jobs/get", "jobs/list", "organizations/closed_through", "organizations/get", "organizations/list", "organizations/scope",
    "reports/trial_balance_as_of", "settings/get", "transactions/get", "transactions/lines", "transactions/list",
    "transactions/lock", "transactions/mark_reversed", "transactions/post", "transactions/post_lines", "transactions/update",
}
SECONDS_TO_SWEEP = 60
# A handful of rows, whatever happens.
SMALL_TABLES = {"workers", "schema_migrations"}


def fill(books, with_accounts):
    """Accounts, and a thousand transactions over three years."""
    if with_accounts:
        together(8, lambda lane: [books.make_account(f"n{lane}-{number}", name=f"Account {number} of {lane}") for number in range(ACCOUNTS // 8)])
        codes = [f"n{lane}-{number}" for lane in range(8) for number in range(ACCOUNTS // 8)]
    else:
        codes = ["1000", "1010", "1100", "2000", "3000", "4000", "5000", "6000"]
    items = [books.transaction(f"{number % 90 + 1}.00", codes[number % len(codes)], codes[(number + 1) % len(codes)], status="posted",
                               transaction_date=str(FIRST_DAY + datetime.timedelta(days=number)), reference_number=f"R-{number}",
                               description=f"Order {number}", metadata={"order": str(number)}, idempotency_key=f"item-{number}") for number in range(BATCH)]
    books.post("/transactions/batch", {"transactions": items}, headers={"Prefer": "wait=30"}).expect(201)


@pytest.fixture(scope="module")
def worn(stack, operator, database):
    """Books among neighbours, all of them in use."""
    books = Books.create(operator, database)
    fill(books, with_accounts=True)
    for _ in range(NEIGHBOURS):
        fill(Books.create(operator, database), with_accounts=False)
    others = together(4, lambda _: [Books.create(operator, database) for _ in range(20)])
    together(4, lambda lane: [other.make_key() for other in others[lane]])
    books.post("/drafts", {"operation": "accounts.create", "payload": {"name": "Drafted", "type": "asset"}}).expect(201)
    books.webhook_id = books.post("/webhooks", {"url": "https://receiver.invalid/", "event_types": ["report.nothing"]}).expect(201)["id"]
    for _ in range(3):
        books.post(f"/webhooks/{books.webhook_id}/test").expect(200)
    # Jobs that have ended, drafts and keys of requests: one of each is enough as a pattern for many.
    root, job = Statements(stack, "root"), books.post("/accounts", {"name": "Queued", "type": "asset"}, headers={"Prefer": "respond-async"}).expect(202)
    books.wait_for(job.json)
    for table, where in (("jobs", f"operation = 'accounts.create' and books_id in ({books.books_ids()})"), ("drafts", f"books_id in ({books.books_ids()})"), ("idempotency_keys", "idempotency_key = 'item-1'")):
        multiply(root, table, where, 3000)
    tables = ", ".join(row[0] for row in root.ask("select table_name from information_schema.tables where table_schema = database()"))
    root.ask(f"analyze table {tables}")
    return books


def multiply(root, table, where, count):
    """Copies of one row that differ in their id."""
    names = [row[0] for row in root.ask("select column_name from information_schema.columns where table_schema = database() "
                                        f"and table_name = '{table}' and extra not like '%GENERATED%' order by ordinal_position")]
    another = {"id": "unhex(md5(seq))", "idempotency_key": "concat('copy-', seq)"}
    said = root.ask(f"insert into {table} ({', '.join(names)}) select {', '.join(another.get(name, 't.' + name) for name in names)} "
                    f"from seq_1_to_{count} join (select * from {table} where {where} limit 1) t; commit")
    assert said == [], said


def lists_of(document):
    """(path, sorts) of every list."""
    for path, methods in document["paths"].items():
        parameters = {each["name"]: each["schema"] for each in methods.get("get", {}).get("parameters", []) if "name" in each}
        if "sort" in parameters:
            yield path, parameters["sort"]["enum"]


def ask_for_everything_hot(books, document):
    account, transaction = books.account("n1-1"), books.get("/transactions", limit=1).expect(200).data[0]["id"]
    ids = {"{organization_id}": books.id, "{account_id}": account, "{transaction_id}": transaction, "{webhook_id}": books.webhook_id}
    for path, sorts in lists_of(document):
        target = re.sub(r"\{\w+\}", lambda match: ids[match[0]], path)
        for sort in sorts:
            page = books.client.get(target, query={"sort": sort, "limit": 2}).expect(200)
            if page.data:
                cursor = next(page.data[-1][name] for name in ("id", "transaction_id", "key") if name in page.data[-1])
                for way in ("starting_after", "ending_before"):
                    books.client.get(target, query={"sort": sort, "limit": 2, way: cursor}).expect(200)
        books.client.get(target, query={"offset": 50}).expect(200)
    for filters in ({"status": "posted"}, {"account_id": account}, {"q": "Order 7"}, {"reference_number": "R-7"}, {"transaction_date__gte": "2025-01-01"},
                    {"posting_date__lt": "2023-02-01"}):
        books.get("/transactions", **filters).expect(200)
    books.get("/transactions", **{"metadata__order": "7"}).expect(200)
    books.get("/accounts", code="n1-1", is_active="true").expect(200)
    for path in (f"/accounts/{account}", f"/accounts/{account}/balance", f"/accounts/{account}/balance?as_of=2024-05-05", f"/transactions/{transaction}",
                 f"/accounts/{account}/balance?known_at=2024-05-05T00:00:00Z", "/reports/trial-balance", "/reports/trial-balance?as_of=2024-05-05", ""):
        books.get(path).expect(200)
    books.get(f"/drafts/{books.get('/drafts', limit=1).expect(200).data[0]['id']}").expect(200)
    books.get("/drafts", status="open", operation="accounts.create").expect(200)
    key = books.make_key()
    books.get(f"/api-keys/{key['id']}").expect(200)
    purchase = books.post("/billing/purchases", {"package_id": "credits_1000"}).expect(201)["id"]
    for path in ("", "/usage", "/usage?group_by=key", f"/purchases/{purchase}", "/purchases?status=pending"):
        books.get(f"/billing{path}").expect(200)
    books.seen_with(key["secret"]).get("/accounts").expect(200)
    books.post(f"/api-keys/{key['id']}/rotate").expect(200)
    books.seen_with(key["secret"]).get("/accounts").expect(200)
    books.with_signing_key().get("/accounts").expect(200)
    pending = books.pend_transaction("n1-1", "n1-2")["id"]
    books.put(f"/transactions/{pending}", {"description": "x"}).expect(200)
    books.post(f"/transactions/{pending}/post", headers={"Idempotency-Key": "once"}).expect(200)
    books.post(f"/transactions/{pending}/reverse", {"date": "2026-03-31"}).expect(201)
    conditional = books.transaction(status="posted")
    conditional["entries"][0]["balance_at_least"] = "0.00"
    books.post("/transactions", conditional).expect(201)
    books.post("/transactions", books.transaction(status="posted"), query={"include": "balances"}).expect(201)
    income = {"status": "posted", "transaction_date": "2026-03-31", "account_id": account, "amount": "1.00", "type": "income"}
    books.post("/transactions", income).expect(201)
    books.post("/transactions/batch", {"transactions": [books.transaction(idempotency_key="item-new")]}, headers={"Prefer": "wait=30"}).expect(201)
    job = books.post("/accounts", {"name": "Queued", "type": "asset"}, headers={"Prefer": "respond-async"}).expect(202)
    books.wait_for(job.json)


@functools.cache
def pattern_of(name):
    """What a query's statements look like in the log; a list's is composed further, and counts where its marker stands."""
    def pattern(text):
        return (VALUE + "(?:, " + VALUE + ")*").join(re.escape(part) for part in re.split(r"/\*list\*/ \?|\?", text))
    columns, marker, rest = sources.queries()[name].partition("/*from*/")
    hint = r"(?: force index \(\w+\)| ignore index for order by \(\w+\))?"
    rest = hint.join(pattern(part) for part in rest.split(" /*index*/"))
    return re.compile(pattern(columns) + (r"(?:, \(select count.* matches\) )?" + rest if marker else ""), re.S)


def missing_of(statements):
    return {name for name in HOT if not any(pattern_of(name).match(text) for text in statements)}


@pytest.fixture(scope="module")
def statements(stack, worn, contract, connections):
    """Statements that the programs send when everything hot is asked of them, one of each shape."""
    root = Statements(stack, "root")
    assert root.ask("set global general_log_file = 'hot.log'; set global log_output = 'FILE'; set global general_log = ON") == []
    # A statement that was prepared before is logged without its values.
    done = stack.crane("restart")
    assert done.returncode == 0, done.stdout
    connections.close()  # those to the nginx that was
    ask_for_everything_hot(worn, contract.document)
    found, deadline = {}, time.monotonic() + SECONDS_TO_SWEEP
    while time.monotonic() < deadline and missing_of(found.values()):
        time.sleep(2)  # the sweeper comes by in its own time
        texts = [readable(each) for each in logged_statements((stack.data / "mariadb/hot.log").read_bytes())]
        found = {shape_of(text): text for text in texts if not re.search(r"[=<>(,] ?\?", text)}
    assert root.ask("set global general_log = OFF") == []
    return list(found.values())


def test_the_log_has_all_that_is_hot(statements):
    assert HOT <= set(sources.queries()), f"there is no query {sorted(HOT - set(sources.queries()))}"
    assert not missing_of(statements), f"not seen: {sorted(missing_of(statements))}"


def test_no_hot_statement_reads_a_whole_table(root, statements):
    faults = []
    for text in statements:
        if not re.match(r"\s*(select|update|delete|insert\s.*\sselect)\b", text, re.I | re.S):
            continue
        plan = root.ask("explain " + text)
        assert isinstance(plan, list), f"{plan}\n{text}"
        for row in plan:
            table, way, key, rows, more = row[2], row[3], row[5], row[8], row[9] if len(row) > 9 else ""
            is_made = table.startswith("<") or table == "NULL" or "Scanned" in more
            # Reading an index from its begin is fine for a page, which ends soon.
            is_page = way == "index" and re.search(r"\blimit\b", text, re.I)
            if way in ("ALL", "index") and not is_made and not is_page and table_behind(text, table) not in SMALL_TABLES:
                faults.append(f"{table}: {way} by {key}, {rows} rows: {' '.join(text.split())[:300]}")
    assert not faults, "\n".join(faults)


def test_pages_are_read_in_the_order_of_an_index(root, statements):
    """The long lists without filters, by any sort, at any depth: no rows are sorted that are not shown."""
    pages = [text for text in statements if re.search(r" from (accounts|transactions|jobs|drafts|currencies) \w+( force index \(\w+\))? where \w+\.books_id = \d+ "
                                                      r"(and \([\w.]+ [<>] '[^']*' or \([\w.]+ = '[^']*' and [\w.]+ [<>] x?'[^']*'\)\) )?order by [\w.]+ (asc|desc)(, [\w.]+ (asc|desc))? limit \d+ offset \d+$", text)]
    assert len(pages) > 20
    faults = []
    for text in pages:
        plan = root.ask("explain " + text)
        if any("filesort" in row[-1] for row in plan):
            faults.append(f"{[row[2:] for row in plan]}: {' '.join(text.split())[-200:]}")
    assert not faults, "\n".join(faults)
