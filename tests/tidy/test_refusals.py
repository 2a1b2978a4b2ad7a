"""What the database refuses by itself, whatever a program asks of it: tables of statements whose last column is the refusal."""
import pytest
from books import Books
from database import id_hex
from statements import Statements

TRIGGER = {"transactions": "1644 a posted transaction does not change", "transaction_lines": "1644 a posted line does not change"}


@pytest.fixture(scope="module")
def crane(stack):
    """The programs' own user."""
    return Statements(stack, "crane")


@pytest.fixture(scope="module")
def root(stack):
    return Statements(stack, "root")


@pytest.fixture(scope="module")
def books(operator, database):
    """Books with a row in each table that has a rule."""
    books = Books.create(operator, database)
    books.posted, books.pending = books.post_transaction()["id"], books.pend_transaction()["id"]
    books.reversed = books.post_transaction()["id"]
    books.reversal = books.post(f"/transactions/{books.reversed}/reverse", {"date": "2026-03-31"}).expect(201)["id"]
    webhook = books.post("/webhooks", {"url": "https://receiver.invalid/"}).expect(201)["id"]
    books.post(f"/webhooks/{webhook}/test").expect(200)
    for action in ("cancel", None):
        purchase = books.post("/billing/purchases", {"package_id": "credits_1000"}).expect(201)["id"]
        if action:
            books.post(f"/billing/purchases/{purchase}/{action}").expect(200)
    job = books.post("/accounts", {"name": "Savings", "type": "asset"}, headers={"Prefer": "respond-async"}).expect(202)
    books.wait_for(job.json)
    books.post(f"/api-keys/{books.make_key()['id']}/rotate").expect(200)
    for decision in ("approve", "reject", None):
        draft = books.post("/drafts", {"operation": "accounts.create", "payload": {"name": "Drafted", "type": "asset"}}).expect(201)
        if decision:
            books.post(f"/drafts/{draft['id']}/{decision}").expect(200)
    return books


def columns(root, table):
    rows = root.ask("select column_name, data_type, is_nullable from information_schema.columns where table_schema = database() "
                    f"and table_name = '{table}' and extra not like '%GENERATED%' order by ordinal_position")
    return [(name, kind) for name, kind, _ in rows]


def another(name, kind):
    """Another value than the column has, of its type."""
    if kind in ("tinyint", "smallint", "int", "bigint"):
        return f"coalesce({name}, 0) + 1"
    if kind == "date":
        return f"coalesce({name}, '2026-01-01') + interval 1 day"
    if kind == "datetime":
        return f"coalesce({name}, '2026-01-01') + interval 1 second"
    if kind == "binary":
        return "x'0102030405060708090a0b0c0d0e0f10'"
    return f"concat(coalesce({name}, ''), 'x')"


# What may change when a transaction is posted: its state, as far as the triggers look on.
MAY_CHANGE = {"transactions": {"version", "updated_at", "reconciled", "reversed_by_id"}, "transaction_lines": set()}
ID_COLUMN = {"transactions": "id", "transaction_lines": "transaction_id"}


@pytest.mark.parametrize("table", TRIGGER)
def test_no_column_of_what_is_posted_changes(books, crane, root, table):
    faults = []
    for name, kind in columns(root, table):
        for which in ("posted", "reversed", "reversal"):
            where = f"where {ID_COLUMN[table]} = {id_hex(getattr(books, which))}"
            said = crane.ask(f"update {table} set {name} = {another(name, kind)} {where}")
            is_refused = said == TRIGGER[table]
            if name in MAY_CHANGE[table]:
                # Once linked to its reversal, a transaction stays so.
                is_right = is_refused if (name, which) == ("reversed_by_id", "reversed") else said == []
            else:
                is_right = is_refused
            if not is_right:
                faults.append(f"{name} of the {which} one: {said}")
    assert not faults, "\n".join(faults)


def test_what_is_posted_stays(books, crane):
    posted, undone, reversal, pending = (id_hex(each) for each in (books.posted, books.reversed, books.reversal, books.pending))
    transaction_stays, line_stays = "1644 a posted transaction is not deleted", "1644 a posted line is not deleted"
    change, line_change = TRIGGER["transactions"], TRIGGER["transaction_lines"]
    table = (
        (f"delete from transactions where id = {posted}", transaction_stays),
        (f"delete from transactions where id = {undone}", transaction_stays),
        (f"delete from transactions where id = {reversal}", transaction_stays),
        ("delete from transactions where status = 'posted'", transaction_stays),
        (f"delete from transaction_lines where transaction_id = {posted}", line_stays),
        (f"delete from transaction_lines where transaction_id = {posted} and position = 0", line_stays),
        ("delete from transaction_lines", line_stays),
        (f"update transactions set status = 'pending', posted_at = null where id = {posted}", change),
        (f"update transactions set status = 'posted' where id = {undone}", change),
        (f"update transactions set status = 'pending', posted_at = null where id = {undone}", change),
        (f"update transactions set total_debits = total_debits * 2, total_credits = total_credits * 2 where id = {posted}", change),
        (f"update transactions set metadata = '{{}}', description = 'x' where id = {posted}", change),
        (f"update transactions set reversed_by_id = null where id = {undone}", change),
        (f"update transactions set created_by = {pending} where id = {posted}", change),
        (f"update transaction_lines set amount = -amount where transaction_id = {posted}", line_change),
        (f"update transaction_lines set posted_at = null where transaction_id = {posted}", line_change),
        (f"update transaction_lines set account_id = {pending} where transaction_id = {posted}", line_change),
        ("update transaction_lines set description = 'x'", line_change),
        # What is to be possible: a state that goes on, and all of what is pending.
        (f"update transactions set status = 'reversed', reversed_by_id = {reversal} where id = {posted}", []),
        (f"update transactions set description = 'x', total_debits = 2, total_credits = 2 where id = {pending}", []),
        (f"update transaction_lines set amount = amount * 2 where transaction_id = {pending}", []),
        (f"delete from transaction_lines where transaction_id = {pending}; delete from transactions where id = {pending}", []),
    )
    faults = [f"{statement}\n  says {said}\n  not {expected}" for statement, expected in table if (said := crane.ask(statement)) != expected]
    assert not faults, "\n".join(faults)


def test_what_a_pool_was_given_stays(crane):
    """Not even the programs' own user takes it back."""
    for statement, expected in (("update credit_grants set credits = credits + 1", "1644 what a pool was given does not change"),
                                ("update credit_grants set reason = 'x' limit 1", "1644 what a pool was given does not change"),
                                ("delete from credit_grants", "1644 what a pool was given is not deleted")):
        assert crane.ask(statement) == expected, statement
LINES_CLOSED = "1644 transaction_lines_keep_closed: nothing is posted in a closed period"
HEADERS_CLOSED = "1644 transactions_keep_closed: nothing is posted in a closed period"


def copy_of(root, table, where, **changed):
    """A statement that inserts rows once more, but for these columns."""
    names = [name for name, _ in columns(root, table)]
    return f"insert into {table} ({', '.join(names)}) select {', '.join(changed.get(name, name) for name in names)} from {table} where {where}"


def test_nothing_becomes_posted_in_a_closed_period(operator, database, crane, root):
    """Past the programs: their own user asks the server itself."""
    books = Books.create(operator, database)
    posted, pending, later = books.post_transaction()["id"], books.pend_transaction()["id"], books.pend_transaction(transaction_date="2026-04-01")["id"]
    line, header = f"transaction_id = {id_hex(posted)}", f"id = {id_hex(posted)}"
    table = (
        (copy_of(root, "transactions", header, id="x'01'"), HEADERS_CLOSED),
        (copy_of(root, "transactions", header, id="x'01'", status="'reversed'"), HEADERS_CLOSED),
        (copy_of(root, "transactions", header, id="x'01'", posting_date="'1999-12-31'"), HEADERS_CLOSED),
        (copy_of(root, "transaction_lines", line, position="position + 2"), LINES_CLOSED),
        (copy_of(root, "transaction_lines", line, position="position + 2", transaction_id=id_hex(pending)), LINES_CLOSED),
        (f"update transactions set status = 'posted', posted_at = now() where id = {id_hex(pending)}", HEADERS_CLOSED),
        (f"update transactions set status = 'posted', posted_at = now(), posting_date = '2026-01-01' where id = {id_hex(later)}", HEADERS_CLOSED),
        (f"update transaction_lines set posted_at = now() where transaction_id = {id_hex(pending)}", LINES_CLOSED),
        # What stays possible: what is pending, what is later, and the reversal's mark.
        (copy_of(root, "transactions", header, id="x'01'", status="'pending'", posted_at="null"), []),
        (copy_of(root, "transactions", header, id="x'01'", posting_date="'2026-04-01'"), []),
        (copy_of(root, "transaction_lines", line, position="position + 2", posted_at="null"), []),
        (f"update transaction_lines set description = 'x' where transaction_id = {id_hex(pending)}", []),
        (f"update transactions set status = 'posted', posted_at = now() where id = {id_hex(later)}", []),
        (f"update transaction_lines set posted_at = now() where transaction_id = {id_hex(later)}", []),
        (f"update transactions set status = 'reversed', reversed_by_id = id where {header}", []),
    )
    faults = [f"{statement}: {said}" for statement, _ in table if (said := crane.ask(statement)) != []]
    assert not faults, "while the books are open:\n" + "\n".join(faults)
    books.put("", {"books_closed_through": "2026-03-31"}).expect(200)
    faults = [f"{statement}\n  says {said}\n  not {expected}" for statement, expected in table if (said := crane.ask(statement)) != expected]
    assert not faults, "\n".join(faults)


def test_the_programs_have_rows_only(crane):
    """No table, trigger or user is theirs to change, so that nobody who speaks through them can turn a trigger off."""
    faults = []
    for statement in ("drop trigger transactions_keep_posted", "create trigger x before insert on accounts for each row set @x = 1",
                      "drop table transaction_lines", "truncate table transaction_lines", "alter table transactions drop constraint transactions_balance",
                      "create table x (id int)", "create view x as select 1", "rename table accounts to x", "create index x on accounts (name)",
                      "lock tables accounts write", "set global foreign_key_checks = 0", "create user x", "grant all on *.* to crane@localhost",
                      "select * from mysql.global_priv", "load data infile '/etc/passwd' into table workers", "select 1 into outfile '/tmp/x'"):
        said = crane.ask(statement)
        # Denied: on a table, of the whole, of a privilege.
        if not str(said).startswith(("1142 ", "1044 ", "1045 ", "1227 ", "1370 ", "1410 ", "1290 ")):
            faults.append(f"{statement}: {said}")
    assert not faults, "\n".join(faults)


# A row of what a pool was given: kind, credits, purchase.
GRANT = "insert into credit_grants select p.root_organization_id, x'01020304050607080102030405060708', p.livemode, {}, {}, '', {}, null, now() " \
        "from credit_purchases p where p.status = 'pending' limit 1"

# constraint: statements that break it and nothing else. {pending} is the id of a pending transaction.
CHECKS = {
    "account_sums_level": ["update account_sums set level = 3 limit 1", "update account_sums set level = -1 limit 1"],
    "account_sums_positive": [f"update account_sums set {column} = -1 limit 1" for column in ("debit", "credit", "base_debit", "base_credit")]
                             + ["update account_sums set line_count = 0 limit 1", "update account_sums set line_count = -1 limit 1"],
    "accounts_name_given": ["update accounts set name = '' limit 1"],
    "accounts_type": ["update accounts set type = 'income' limit 1", "update accounts set type = '' limit 1", "update accounts set type = 'Asset' limit 1"],
    "api_keys_mode": ["update api_keys set mode = 'prod' where organization_id is not null limit 1"],
    "api_keys_operator": ["update api_keys set mode = 'operator' where organization_id is not null limit 1",
                          "update api_keys set mode = 'live' where organization_id is null limit 1",
                          "update api_keys set organization_id = null where mode = 'live' limit 1"],
    "api_keys_rate_limit": ["update api_keys set rate_limit_per_minute = 0 limit 1", "update api_keys set rate_limit_per_minute = 10000001 limit 1"],
    "api_keys_signature": ["update api_keys set require_signature = 1 where sealed_signing_secret = '' limit 1"],
    "api_keys_status": ["update api_keys set status = 'lost' limit 1"],
    "books_livemode": ["update books set livemode = 2 limit 1"],
    "credit_grants_credits": [GRANT.format("'grant'", 0, "null"), GRANT.format("'grant'", -5, "null")],
    "credit_grants_kind": [GRANT.format("'gift'", 5, "null")],
    "credit_grants_purchase": [GRANT.format("'purchase'", 5, "null"), GRANT.format("'grant'", 5, "p.id"), GRANT.format("'initial'", 5, "p.id")],
    "credit_pools_granted": ["update credit_pools set granted = -1 limit 1"],
    "credit_pools_recharge": ["update credit_pools set auto_recharge_enabled = 1 limit 1",
                              "update credit_pools set auto_recharge_enabled = 1, low_balance_threshold = 5 where auto_recharge_package = '' limit 1",
                              "update credit_pools set auto_recharge_enabled = 1, auto_recharge_package = 'x' where low_balance_threshold is null limit 1"],
    "credit_pools_threshold": ["update credit_pools set low_balance_threshold = 0 limit 1", "update credit_pools set low_balance_threshold = -1 limit 1"],
    "credit_purchases_decided": ["update credit_purchases set decided_at = now() where status = 'pending' limit 1",
                                 "update credit_purchases set status = 'completed' where status = 'pending' limit 1",
                                 "update credit_purchases set decided_at = null where status = 'cancelled' limit 1"],
    "credit_purchases_figures": ["update credit_purchases set credits = 0 limit 1", "update credit_purchases set price = 0 limit 1", "update credit_purchases set price = -1 limit 1"],
    "credit_purchases_status": ["update credit_purchases set status = 'lost' where status = 'cancelled' limit 1"],
    "credit_slots_remaining": ["update credit_slots set remaining = -1 limit 1"],
    "credit_usage_positive": ["update credit_usage set credits = 0 limit 1", "update credit_usage set charge_count = 0 limit 1", "update credit_usage set credits = -1 limit 1"],
    "currencies_decimal_places": ["update currencies set decimal_places = -1 limit 1", "update currencies set decimal_places = 9 limit 1"],
    "drafts_decided": ["update drafts set decided_at = now() where status = 'open' limit 1", "update drafts set decided_by = id where status = 'open' limit 1",
                       "update drafts set decided_by = null where status = 'rejected' limit 1", "update drafts set status = 'open' where status = 'rejected' limit 1"],
    "drafts_outcome": ["update drafts set result = '{{}}' where status = 'open' limit 1", "update drafts set result = '{{}}' where status = 'rejected' limit 1",
                       "update drafts set status = 'rejected' where status = 'approved' limit 1"],
    "drafts_status": ["update drafts set status = 'lost' where status = 'rejected' limit 1"],
    "event_sequences_last_sequence": ["update event_sequences set last_sequence = -1, summed_sequence = 0 limit 1"],
    "event_sequences_summed_sequence": ["update event_sequences set summed_sequence = -1 limit 1", "update event_sequences set summed_sequence = last_sequence + 1 limit 1"],
    "events_credits": ["update events set credits = -1 limit 1"],
    "events_sequence": ["update events set sequence = -1 limit 1"],
    "jobs_finished": ["update jobs set finished_at = null where status = 'completed' limit 1",
                      "update jobs set status = 'queued' where status = 'completed' limit 1"],
    "jobs_leased_while_processing": ["update jobs set lease_expires_at = now() where status = 'completed' limit 1",
                                     "update jobs set status = 'processing', finished_at = null where status = 'completed' limit 1"],
    "jobs_status": ["update jobs set status = 'asleep', finished_at = null where status = 'completed' limit 1"],
    "organizations_fiscal_year_start": ["update organizations set fiscal_year_start = 0 limit 1", "update organizations set fiscal_year_start = 13 limit 1"],
    "organizations_name_given": ["update organizations set name = '' limit 1"],
    "organizations_suspension": ["update organizations set suspended_at = now() where suspended_at is null limit 1",
                                 "update organizations set suspension_reason = 'x' where suspended_at is null limit 1"],
    "organizations_relationship": ["update organizations set relationship_type = 'friend' limit 1"],
    "transaction_lines_amount": ["update transaction_lines set amount = 0 where transaction_id = {pending}",
                                 "update transaction_lines set exchange_rate = 0 where transaction_id = {pending}",
                                 "update transaction_lines set exchange_rate = -1 where transaction_id = {pending}"],
    "transactions_balance": ["update transactions set total_debits = total_debits + 1 where id = {pending}",
                             "update transactions set total_credits = total_credits - 1 where id = {pending}",
                             "update transactions set total_debits = 0, total_credits = 0 where id = {pending}",
                             "update transactions set total_debits = -1, total_credits = -1 where id = {pending}"],
    "transactions_entry_count": ["update transactions set entry_count = 1 where id = {pending}", "update transactions set entry_count = 0 where id = {pending}"],
    "transactions_posted_at": ["update transactions set posted_at = now() where id = {pending}", "update transactions set status = 'posted' where id = {pending}"],
    "transactions_status": ["update transactions set status = 'void', posted_at = now() where id = {pending}"],
    "transactions_type": ["update transactions set type = 'gift' where id = {pending}"],
    "webhook_deliveries_attempts": ["update webhook_deliveries set attempts = -1 limit 1", "update webhook_deliveries set retries = -1 limit 1"],
    "webhook_deliveries_delivered": ["update webhook_deliveries set status = 'delivered', delivered_at = null limit 1",
                                     "update webhook_deliveries set status = 'pending', delivered_at = now() limit 1"],
    "webhook_deliveries_status": ["update webhook_deliveries set status = 'lost', delivered_at = null limit 1"],
    "webhooks_disabled": ["update webhooks set status = 'disabled', disabled_at = null limit 1",
                          "update webhooks set status = 'active', disabled_at = now() limit 1"],
    "webhooks_status": ["update webhooks set status = 'asleep', disabled_at = null limit 1"],
}


def test_every_check_is_tried(root):
    known = {row[0] for row in root.ask("select constraint_name from information_schema.check_constraints where constraint_schema = database()")}
    assert known == set(CHECKS), f"no statement in CHECKS tries {sorted(known - set(CHECKS))}; gone: {sorted(set(CHECKS) - known)}"


@pytest.mark.parametrize("constraint", CHECKS)
def test_checks_refuse(books, crane, constraint):
    for statement in CHECKS[constraint]:
        said = crane.ask(statement.format(pending=id_hex(books.pending)))
        assert str(said).startswith(f"4025 CONSTRAINT `{constraint}` failed"), f"{statement}: {said}"


def test_nothing_was_changed_by_trying(books):
    """Each statement was undone: the books are as they were."""
    assert books.trial_balance() == {"1010": "12.00", "4000": "-12.00"}
    assert books.get(f"/transactions/{books.pending}").expect(200)["status"] == "pending"


def grant_with(root, column, value):
    """A row like another but for one column: rows of credit_grants never change."""
    changed = {"id": "x'01020304050607080102030405060708'", column: value, **({"kind": "'purchase'"} if column == "purchase_id" else {})}
    return "insert into credit_grants select " + ", ".join(changed.get(name, name) for name, _ in columns(root, "credit_grants")) + \
           " from credit_grants where kind = 'initial' limit 1"


def test_rows_point_at_rows_that_exist(root, crane, books):
    """Every foreign key: another value than that of any row is refused, and so is taking away what is pointed at."""
    keys = root.ask("select constraint_name, table_name, column_name, referenced_table_name from information_schema.key_column_usage k "
                    "where table_schema = database() and referenced_table_name is not null "
                    "and ordinal_position = (select max(ordinal_position) from information_schema.key_column_usage o "
                    "where o.table_schema = k.table_schema and o.constraint_name = k.constraint_name)")
    assert len(keys) > 10
    faults = []
    for constraint, table, column, pointed_at in keys:
        kind = dict(columns(root, table))[column]
        value = "4000000000" if kind in ("int", "bigint") else "3" if kind == "tinyint" else "x'00ffffffffffffffffffffffffffffff'"
        # Rows that a trigger guards, or that other rows point at, would be refused for another reason.
        narrowed = {"transaction_lines": f"where transaction_id = {id_hex(books.pending)}", "transactions": f"where id = {id_hex(books.pending)}",
                    "drafts": "where status = 'approved'"}.get(table, "")
        if root.ask(f"select 1 from {table} {narrowed} limit 1") == []:
            continue
        said = crane.ask(grant_with(root, column, value) if table == "credit_grants" else f"update {table} set {column} = {value} {narrowed} limit 1")
        if not str(said).startswith(("1452 ", "1451 ")):
            faults.append(f"{constraint}: another {table}.{column}: {said}")
        if pointed_at in ("accounts", "books", "organizations", "api_keys"):
            said = crane.ask(f"delete from {pointed_at}")
            if not str(said).startswith("1451 "):
                faults.append(f"delete from {pointed_at}: {said}")
    assert not faults, "\n".join(faults)
