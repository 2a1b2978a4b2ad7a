"""What tests talk about: a fresh organization and its books.

    books = Books(stack, operator)
    books.post_transaction(debit="1010", credit="4000", amount="12.00")
    books.balance("1010")            # "12.00", debit less credit
    books.trial_balance()            # {"1010": "12.00", "4000": "-12.00"}
    books.snapshot()                 # digests of every table, to compare before and after
"""
import itertools
import threading

from database import id_hex
from signing import SigningClient

TODAY = "2026-03-31"
EVERYTHING = {"*": ["read", "write", "delete"], "drafts": ["approve"]}
numbers = itertools.count(1)

# Columns that move without a write of a client: when a key was last used is noted by the way, events get their numbers later.
UNSTEADY = {"api_keys": {"last_used_at"}, "events": {"sequence"}}
# Which rows of a table are the organization's.
ROWS_OF = {"organizations": "id = {id} or parent_id = {id}", "api_keys": "organization_id = {id}", "idempotency_keys": "scope_id = {id}",
           "credit_pools": "root_organization_id = {id}", "credit_slots": "root_organization_id = {id}", "credit_grants": "root_organization_id = {id}",
           "credit_purchases": "root_organization_id = {id}",
           "api_key_past_secrets": "api_key_id in (select id from api_keys where organization_id = {id})"}
BOOK_TABLES = ("accounts", "settings", "transactions", "transaction_lines", "account_sums", "events", "jobs", "job_results", "drafts", "webhooks",
               "search_texts", "search_words", "metadata_values")


def debit(account_id, amount, **more):
    return {"account_id": account_id, "entry_type": "debit", "amount": amount, **more}


def credit(account_id, amount, **more):
    return {"account_id": account_id, "entry_type": "credit", "amount": amount, **more}


def without_none(fields):
    return {name: value for name, value in fields.items() if value is not None}


class Books:
    """One organization as one key sees it."""

    def __init__(self, client, organization, database, api_key=None):
        self.client, self.organization, self.id, self.database = client, organization, organization["id"], database
        self.key, self.api_key = client.key, api_key
        self.account_ids, self.lock = {}, threading.Lock()

    @classmethod
    def create(cls, operator, database, **fields):
        """A root organization, made by the operator."""
        body = {"name": f"Organization {next(numbers)}", "base_currency_code": "USD", "initial_credits": 1_000_000, **fields}
        made = operator.post("/organizations", without_none(body)).expect(201).json
        api_key = made.pop("api_key")
        return cls(operator.with_key(api_key["secret"]), made, database, api_key)

    @property
    def path(self):
        return f"/organizations/{self.id}"

    def seen_with(self, secret):
        """The same organization by another key."""
        return Books(self.client.with_key(secret), self.organization, self.database)

    # Requests below the organization.

    def get(self, path="", **query):
        """Query parameters are given by name; name__gte stands for name[gte]."""
        named = {name.replace("__", "[") + "]" if "__" in name else name: value for name, value in query.items()}
        return self.client.get(self.path + path, query=without_none(named))

    def post(self, path, *body, **options):
        return self.client.post(self.path + path, *body, **options)

    def put(self, path, body, **options):
        return self.client.put(self.path + path, body, **options)

    def delete(self, path, **options):
        return self.client.delete(self.path + path, **options)

    # Keys.

    def make_key(self, **fields):
        return self.post("/api-keys", {"name": f"Key {next(numbers)}", "permissions": EVERYTHING, **fields}).expect(201).json

    def with_new_key(self, **fields):
        made = self.make_key(**fields)
        books = self.seen_with(made["secret"])
        books.api_key = made
        return books

    def with_signing_key(self, **fields):
        """Seen by a new key that signs what it sends."""
        return self.signed_by(self.make_key(with_signing_secret=True, **fields))

    def signed_by(self, made):
        return Books(SigningClient(self.client, made["secret"], made["signing_secret"]), self.organization, self.database, made)

    def in_test_mode(self):
        return self.with_new_key(mode="test")

    def child(self, **fields):
        """An organization below this one, by this one's key, which must reach that far."""
        body = {"name": f"Child {next(numbers)}", **fields}
        return Books(self.client, self.client.post("/organizations", body).expect(201).json, self.database)

    # Accounts.

    def account(self, code):
        """The id of the account with this code."""
        with self.lock:
            known = self.account_ids.get(code)
        if known:
            return known
        found = self.get("/accounts", code=code).expect(200).data
        assert len(found) == 1, f"{len(found)} accounts have the code {code}"
        with self.lock:
            self.account_ids[code] = found[0]["id"]
        return found[0]["id"]

    def make_account(self, code=None, type="asset", **fields):  # noqa: A002  the field's name
        code = code or f"t{next(numbers)}"
        made = self.post("/accounts", without_none({"name": f"Account {code}", "code": code, "type": type, **fields})).expect(201).json
        with self.lock:
            self.account_ids[code] = made["id"]
        return made

    def balance(self, code, **query):
        return self.get(f"/accounts/{self.account(code)}/balance", **query).expect(200)["net"]

    def version(self, code):
        return self.get(f"/accounts/{self.account(code)}/balance").expect(200)["version"]

    # Transactions.

    def entries(self, debit_code, credit_code, amount):
        return [debit(self.account(debit_code), amount), credit(self.account(credit_code), amount)]

    def transaction(self, amount="12.00", debit="1010", credit="4000", **fields):  # noqa: A002
        """The body of a transaction."""
        return without_none({"transaction_date": TODAY, "entries": self.entries(debit, credit, amount), **fields})

    def post_transaction(self, debit="1010", credit="4000", amount="12.00", **fields):
        return self.post("/transactions", self.transaction(amount, debit, credit, status="posted", **fields)).expect(201).json

    def pend_transaction(self, debit="1010", credit="4000", amount="12.00", **fields):
        return self.post("/transactions", self.transaction(amount, debit, credit, **fields)).expect(201).json

    def trial_balance(self, **query):
        """Code to balance, of the accounts whose balance is not zero."""
        report = self.get("/reports/trial-balance", **query).expect(200).json
        assert report["is_balanced"] is True, report["totals"]
        assert report["totals"]["total_debits"] == report["totals"]["total_credits"], report["totals"]
        return {each["code"]: each["balance"] for each in report["accounts"] if each["balance"].strip("-0.")}

    # Jobs.

    def wait_for(self, job, status="completed"):
        """The job when it has ended."""
        seen = self.get(f"/jobs/{job['id']}", wait=30).expect(200).json
        assert seen["status"] == status, seen
        return seen

    # What the database holds.

    def books_ids(self):
        rows = self.database.rows(f"select books_id from books where organization_id = {id_hex(self.id)}")
        return ",".join(row[0] for row in rows)

    def snapshot(self):
        """Table to (rows, digest) of everything that is this organization's."""
        wanted = {table: f"books_id in ({self.books_ids()})" for table in BOOK_TABLES}
        wanted.update({table: text.format(id=id_hex(self.id)) for table, text in ROWS_OF.items()})
        return {table: digest(self.database, table, where) for table, where in wanted.items()}


columns_of = {}


def digest(database, table, where):
    """(rows, digest) of some rows of a table."""
    if table not in columns_of:
        rows = database.rows(f"select column_name from information_schema.columns where table_schema = database() and table_name = '{table}'")
        columns_of[table] = [f"`{row[0]}`" for row in rows if row[0] not in UNSTEADY.get(table, ())]
    quoted = ", ".join(f"quote({column})" for column in columns_of[table])
    summed = f"coalesce(bit_xor(cast(conv(left(sha1(concat_ws(',', {quoted})), 16), 16, 10) as unsigned)), 0)"
    return database.rows(f"select count(*), {summed} from {table} where {where}")[0]
