"""One set of books with a million rows in every list that can be long, among others.

    million = Million(books, database)
    million.fill(Million(books, another))

Rows are copies of one that the API made. What lists are narrowed and sorted by has a value that is frequent and one that is
rare; both lie all over the list, since where they lie in one heap far from where a page begins, nothing bounds the page.
"""
import datetime

from client import together
from database import id_hex, id_text

COUNT = 1_000_000
FIRST = datetime.datetime(2025, 1, 1)
SECONDS_APART = 20
# The ids are those of these moments, so they tell the order as made ones do.
MOMENT = f"timestamp '{FIRST}' + interval s.seq * {SECONDS_APART} second"
MILLISECONDS = f"{int(FIRST.replace(tzinfo=datetime.timezone.utc).timestamp()) * 1000} + s.seq * {SECONDS_APART * 1000}"
ID = f"unhex(concat(lpad(hex({MILLISECONDS}), 12, '0'), lpad(hex(s.seq), 20, '7')))"
ACCOUNTS = 200_000  # a chart is not that long; what a page of it reads says as much
RARE_EVERY = 10_000  # a hundred in the whole list
DAY = "date '2024-01-01' + interval s.seq * 7919 % 733 day"  # no order of days that the ids would have


def rarely(rare, often):
    return f"if(s.seq % {RARE_EVERY} = 77, {rare}, {often})"


def now_and_then(sometimes, often, *, one_of=5):
    """In one of five rows, or of so many as nothing else has in common."""
    return f"if(s.seq % {one_of} = 2, {sometimes}, {often})"


def moment(number):
    return (FIRST + datetime.timedelta(seconds=number * SECONDS_APART)).isoformat() + "Z"


class Million:
    def __init__(self, books, database):
        self.books, self.database = books, database

    def copy(self, table, where, count=COUNT, **values):
        """So many copies of one row; `values` say what differs, in terms of s.seq."""
        names = [row[0] for row in self.database.rows(
            "select column_name from information_schema.columns where table_schema = database() "
            f"and table_name = '{table}' and extra not like '%GENERATED%' order by ordinal_position")]
        values = {"created_at": MOMENT, "updated_at": MOMENT, **values}
        columns = ", ".join(values.get(name, f"t.{name}") for name in names)
        self.database.rows(f"create temporary table pattern as select * from {table} where {where} limit 1")
        try:
            self.insert(f"insert into {table} ({', '.join(names)}) select {columns} from seq_1_to_{count} s join pattern t")
        finally:
            self.database.rows("drop temporary table pattern")

    def insert(self, statement):
        said = self.database.rows(statement)
        assert said == [], said

    def fill(self, other):
        """By two sessions, this one and the other's."""
        # A crash loses at most the filling, which is this test's own; nothing is checked that the patterns did not pass.
        for setting in ("innodb_flush_log_at_trx_commit = 0", "innodb_buffer_pool_size = 2147483648"):
            self.insert(f"set global {setting}")
        for each in (self, other):
            for setting in ("unique_checks = 0", "foreign_key_checks = 0", "check_constraint_checks = 0"):
                each.insert(f"set {setting}")
        together(2, lambda lane: (self.fill_books, other.fill_rest)[lane]())
        self.webhook = other.webhook
        tables = ("accounts", "transactions", "transaction_lines", "events", "jobs", "drafts", "webhook_deliveries", "search_texts", "search_words",
                  "metadata_values")
        self.database.rows(f"analyze table {', '.join(tables)}")
        self.insert("set global innodb_flush_log_at_trx_commit = 1")

    def fill_books(self):
        self.fill_accounts()
        self.fill_transactions()
        self.fill_lines()
        self.fill_words()

    def fill_rest(self):
        self.fill_events()
        self.fill_jobs_and_drafts()
        self.fill_deliveries()

    def one(self):
        return f"books_id in ({self.books.books_ids()}) order by created_at desc"

    def fill_accounts(self):
        parent, rare_parent = self.books.make_account("parent"), self.books.make_account("rare-parent")
        self.books.make_account("pattern", subtype="bank", parent_id=parent["id"])
        self.copy("accounts", f"books_id in ({self.books.books_ids()}) and code = 'pattern'", ACCOUNTS, id=ID, code="concat('c', s.seq)",
                  name=rarely("'Rare'", now_and_then("'Frequent'", "concat('Name ', s.seq)")), type=rarely("'equity'", "'asset'"),
                  subtype=rarely("'safe'", "'bank'"), is_active=rarely("0", "1"), currency_code=rarely("'EUR'", "'USD'"),
                  parent_id=rarely(id_hex(rare_parent["id"]), id_hex(parent["id"])))

    def fill_transactions(self):
        self.pattern = self.books.post_transaction(description="Order", reference_number="R")
        self.copy("transactions", self.one(), id=ID, status=rarely("'reversed'", "'posted'"), type=rarely("'transfer'", now_and_then("'income'", "'journal'")),
                  reference_number=rarely("'R-rare'", now_and_then("'R-often'", "concat('R-', s.seq)", one_of=3)), currency_code=rarely("'EUR'", "'USD'"),
                  description=rarely("'Refund'", "concat('Order ', s.seq % 5000)"), transaction_date=DAY, posting_date=DAY)

    def fill_lines(self):
        """Every transaction names the bank; sales is the other side, rarely cash."""
        lines = [{name: f"t.{name}" for name in ("currency_code", "exchange_rate", "description", "reference", "posted_at")} for _ in range(2)]
        account = rarely(id_hex(self.books.account("1000")), id_hex(self.books.account("4000")))
        for position, line in enumerate(lines):
            line.update(books_id="t.books_id", transaction_id=ID, position=str(position), posting_date=DAY, amount=f"{('', '-')[position]}abs(t.amount)",
                        base_amount=f"{('', '-')[position]}abs(t.base_amount)", account_id=(id_hex(self.books.account("1010")), account)[position])
        self.database.rows(f"create temporary table pattern as select * from transaction_lines where books_id in ({self.books.books_ids()}) limit 1")
        pattern = "join pattern t"
        for line in lines:
            self.insert(f"insert into transaction_lines ({', '.join(line)}) select {', '.join(line.values())} from seq_1_to_{COUNT} s {pattern}")
        self.database.rows("drop temporary table pattern")

    def fill_words(self):
        for noun, count, frequent, other in (("account", ACCOUNTS, "'frequent'", "concat('name', s.seq % 5000)"),
                                             ("transaction", COUNT, "'order'", "lpad(s.seq % 5000, 4, '0')")):
            books = self.database.value(f"select books_id from books where organization_id = {id_hex(self.books.id)} and livemode = 1")
            first, second = rarely("'refund'", frequent), other
            self.insert("insert into search_texts (books_id, object, entity_id, words) "
                        f"select {books}, '{noun}', {ID}, concat(' ', {second}, ' ', {first}, ' ') from seq_1_to_{count} s")
            for word in (first, second):
                self.insert("insert into search_words (books_id, object, word, entity_id) "
                            f"select {books}, '{noun}', {word}, {ID} from seq_1_to_{count} s order by 3, 4")
            for pair, every in ((("order", "7"), RARE_EVERY), (("channel", "web"), 7)):
                self.insert("insert into metadata_values (books_id, object, pair, entity_id) select "
                            f"{books}, '{noun}', unhex(left(sha2(concat('{pair[0]}', char(0), '{pair[1]}'), 256), 32)), {ID} "
                            f"from seq_1_to_{count} s where s.seq % {every} = 2")

    def fill_events(self):
        key = id_hex(self.books.api_key["id"])
        self.copy("events", self.one(), id=ID, sequence=f"s.seq + {COUNT}", entity_type=rarely("'account'", "'transaction'"),
                  event_type=rarely("'account.created'", now_and_then("'transaction.created'", "'transaction.posted'")),
                  entity_id=rarely("'txn_rare'", now_and_then("'txn_often'", "concat('txn_', s.seq)", one_of=3)), api_key_id=rarely(id_hex("key_" + "0" * 24 + "7"), key),
                  request_id=rarely("'req_rare'", now_and_then("'req_often'", "concat('req_', s.seq)", one_of=11)))

    def fill_jobs_and_drafts(self):
        job = self.books.post("/accounts", {"name": "Queued", "type": "asset"}, headers={"Prefer": "respond-async"}).expect(202).json
        self.books.wait_for(job)
        self.copy("jobs", self.one(), id=ID, status=rarely("'cancelled'", "'completed'"), operation=rarely("'accounts.update'", "'accounts.create'"),
                  request="''", result="null")
        self.books.post("/drafts", {"operation": "accounts.create", "payload": {"name": "Drafted", "type": "asset"}}).expect(201)
        self.copy("drafts", self.one(), id=ID, status=rarely("'rejected'", "'open'"), operation=rarely("'accounts.update'", "'accounts.create'"))

    def fill_deliveries(self):
        self.webhook = self.books.post("/webhooks", {"url": "https://example.com/hook", "event_types": ["draft.rejected"]}).expect(201)["id"]
        books = self.database.value(f"select books_id from books where organization_id = {id_hex(self.books.id)} and livemode = 1")
        self.insert("insert into webhook_deliveries (books_id, id, webhook_id, event_id, event_type, status, attempts, due_at, last_attempt_at, delivered_at, "
                    f"created_at, updated_at) select {books}, {ID}, {id_hex(self.webhook)}, {ID}, {rarely(repr('account.created'), repr('transaction.posted'))}, "
                    f"{rarely(repr('failed'), repr('delivered'))}, 1, timestamp '2099-01-01 00:00:00', {MOMENT}, {rarely('null', MOMENT)}, {MOMENT}, {MOMENT} "
                    f"from seq_1_to_{COUNT} s")

    def id_at(self, prefix, number):
        """The id of one of the copies."""
        milliseconds = int(FIRST.replace(tzinfo=datetime.timezone.utc).timestamp()) * 1000 + number * SECONDS_APART * 1000
        return id_text(prefix, f"{milliseconds:012x}" + f"{number:X}".rjust(20, "7"))
