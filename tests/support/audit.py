"""The audit: what must hold of the books, whatever was done to them, asked of the database itself.

    audit = Audit(database)
    audit.organization("org_…")   # raises AssertionError that names what does not hold, and where
    audit.installation()

Nothing here uses the programs' own sums or reports: everything is computed anew from the posted lines.
"""
import time

from database import id_hex, id_text

SECONDS_TO_IDLE = 60

# name: a statement whose rows are the faults. {books} narrows `b.books_id`, {roots} narrows `p.root_organization_id`.
POSTED = "select l.books_id, l.account_id, l.posting_date, l.amount, l.base_amount from transaction_lines l " \
         "join books b on b.books_id = l.books_id where l.posted_at is not null and {books}"
REPLAY = "select books_id, {level} as level, cast({period} as date) as period, account_id, " \
         "-sum(greatest(amount, 0)) as debit, -sum(greatest(-amount, 0)) as credit, -sum(greatest(base_amount, 0)) as base_debit, " \
         "-sum(greatest(-base_amount, 0)) as base_credit, -count(*) as line_count from ({posted}) p{level} group by 1, 2, 3, 4"
LEVELS = {0: "'1000-01-01'", 1: "date_format(posting_date, '%Y-%m-01')", 2: "posting_date"}

CHECKS = {
    "lines do not sum to zero in the base currency": """
        select l.books_id, hex(l.transaction_id), sum(l.base_amount) from transaction_lines l join books b on b.books_id = l.books_id
        where {books} group by 1, 2 having sum(l.base_amount) <> 0""",
    "a header disagrees with its lines": """
        select t.books_id, hex(t.id), t.total_debits, t.total_credits, t.entry_count, t.currency_code, s.* from transactions t
        join books b on b.books_id = t.books_id join organizations o on o.id = b.organization_id
        left join (select books_id, transaction_id, count(*) as line_count, count(distinct currency_code) as currencies,
                min(currency_code) as currency, sum(amount) as rest, sum(greatest(amount, 0)) as debits,
                sum(greatest(base_amount, 0)) as base_debits from transaction_lines group by 1, 2) s
            on s.books_id = t.books_id and s.transaction_id = t.id
        where {books} and (s.line_count is null or s.line_count <> t.entry_count or t.total_debits <> t.total_credits
            or (s.currencies = 1 and (s.rest <> 0 or s.debits <> t.total_debits or s.currency <> t.currency_code))
            or (s.currencies > 1 and (s.base_debits <> t.total_debits or t.currency_code <> o.base_currency)))""",
    "a line has no transaction, or other dates than it": """
        select l.books_id, hex(l.transaction_id), l.position from transaction_lines l join books b on b.books_id = l.books_id
        left join transactions t on t.books_id = l.books_id and t.id = l.transaction_id
        where {books} and (t.id is null or not (l.posted_at <=> t.posted_at) or l.posting_date <> t.posting_date)""",
    "lines are not numbered one after the other": """
        select l.books_id, hex(l.transaction_id), min(l.position), max(l.position) from transaction_lines l
        join books b on b.books_id = l.books_id where {books} group by 1, 2
        having max(l.position) - min(l.position) <> count(*) - 1 or min(l.position) not in (0, 1)""",
    "a line is in another currency than its account, or of an account elsewhere": """
        select l.books_id, hex(l.transaction_id), l.position from transaction_lines l join books b on b.books_id = l.books_id
        left join accounts a on a.books_id = l.books_id and a.id = l.account_id
        where {books} and (a.id is null or a.currency_code <> l.currency_code)""",
    "status and posted_at contradict each other": """
        select t.books_id, hex(t.id), t.status from transactions t join books b on b.books_id = t.books_id
        where {books} and ((t.status = 'pending') <> (t.posted_at is null) or (t.status = 'reversed') <> (t.reversed_by_id is not null))""",
    "a reversal and its original are not linked both ways": """
        select t.books_id, hex(t.id), hex(t.reverses_id) from transactions t join books b on b.books_id = t.books_id
        left join transactions o on o.books_id = t.books_id and o.id = t.reverses_id
        where {books} and t.reverses_id is not null and (o.id is null or not (o.reversed_by_id <=> t.id) or t.status <> 'posted')""",
    "a reversed transaction has no reversal": """
        select t.books_id, hex(t.id) from transactions t join books b on b.books_id = t.books_id
        left join transactions r on r.books_id = t.books_id and r.id = t.reversed_by_id
        where {books} and t.reversed_by_id is not null and (r.id is null or not (r.reverses_id <=> t.id))""",
    "a reversal does not mirror its original": """
        select t.books_id, hex(t.id), hex(l.account_id) from transactions t join books b on b.books_id = t.books_id
        join transaction_lines l on l.books_id = t.books_id and l.transaction_id in (t.id, t.reverses_id)
        where {books} and t.reverses_id is not null group by 1, 2, 3 having sum(l.amount) <> 0 or sum(l.base_amount) <> 0""",
    "kept sums differ from the posted lines": """
        select books_id, level, period, hex(account_id), sum(debit), sum(credit), sum(base_debit), sum(base_credit), sum(line_count)
        from (select s.books_id, s.level, s.period, s.account_id, sum(s.debit) as debit, sum(s.credit) as credit,
                  sum(s.base_debit) as base_debit, sum(s.base_credit) as base_credit, sum(s.line_count) as line_count
              from account_sums s join books b on b.books_id = s.books_id where {books} group by 1, 2, 3, 4
              union all """ + " union all ".join(
                  REPLAY.format(level=level, period=period, posted=POSTED) for level, period in LEVELS.items()) + """) x
        group by books_id, level, period, account_id
        having sum(debit) <> 0 or sum(credit) <> 0 or sum(base_debit) <> 0 or sum(base_credit) <> 0 or sum(line_count) <> 0""",
    "a job's state contradicts itself": """
        select j.books_id, hex(j.id), j.status from jobs j join books b on b.books_id = j.books_id
        where {books} and ((j.status in ('completed', 'failed', 'cancelled')) <> (j.finished_at is not null)
            or (j.status = 'completed' and (j.result is null or j.reply_status is null or j.error is not null
                or j.progress_done <> j.progress_total))
            or (j.status = 'failed' and (j.error is null or j.result is not null))
            or (j.status in ('completed', 'failed') and j.started_at is null))""",
    "a job was forgotten": """
        select j.books_id, hex(j.id), j.operation, j.status, j.attempts, j.run_at from jobs j join books b on b.books_id = j.books_id
        where {books} and j.status in ('queued', 'processing')""",
    "an idempotency key has no reply": """
        select hex(k.scope_id), k.livemode, k.idempotency_key from idempotency_keys k join books b
            on b.organization_id = k.scope_id and b.livemode = k.livemode
        where {books} and (k.reply_status is null or k.reply_status >= 500)""",
    "credits granted are not those left and those charged": """
        select hex(p.root_organization_id), p.livemode, p.granted, s.rest, coalesce(e.charged, 0) from credit_pools p
        join (select root_organization_id, livemode, sum(remaining) as rest from credit_slots group by 1, 2) s
            on s.root_organization_id = p.root_organization_id and s.livemode = p.livemode
        left join (select o.root_id, b.livemode, sum(e.credits) as charged from events e join books b on b.books_id = e.books_id
                join organizations o on o.id = b.organization_id group by 1, 2) e
            on e.root_id = p.root_organization_id and e.livemode = p.livemode
        where {roots} and p.granted - s.rest <> coalesce(e.charged, 0)""",
    "an event is of another organization than its books": """
        select hex(e.id), e.event_type from events e join books b on b.books_id = e.books_id
        where {books} and e.organization_id <> b.organization_id""",
}


class Audit:
    def __init__(self, database):
        self.database = database

    def organization(self, organization_id):
        """One organization, its live and its test books, and the pool of its root."""
        one = id_hex(organization_id)
        numbers = ",".join(row[0] for row in self.database.rows(f"select books_id from books where organization_id = {one}"))
        assert numbers, f"{organization_id} has no books"
        self.check(f"b.books_id in ({numbers})",
                   f"p.root_organization_id = (select root_id from organizations where id = {one})")

    def installation(self):
        self.check("b.books_id > 0", "p.granted >= 0")
        keys = self.database.rows("select hex(scope_id), idempotency_key from idempotency_keys where reply_status is null")
        assert not keys, f"idempotency keys without a reply: {keys}"

    def wait_until_idle(self, books):
        """Until no job of the books waits or runs; a job that never ends is found by the check that follows."""
        open_jobs = f"select count(*) from jobs b where {books} and b.status in ('queued', 'processing')"
        deadline = time.monotonic() + SECONDS_TO_IDLE
        while self.database.value(open_jobs) != "0" and time.monotonic() < deadline:
            time.sleep(0.02)

    def check(self, books, roots):
        self.wait_until_idle(books)
        # One moment for all statements.
        self.database.rows("set session transaction isolation level repeatable read; start transaction with consistent snapshot")
        try:
            faults = {name: rows for name, rows in (
                (name, self.database.rows(statement.format(books=books, roots=roots))) for name, statement in CHECKS.items()) if rows}
            silent = self.posted_without_event(books)
        finally:
            self.database.rows("commit")
        if silent:
            faults["a transaction was posted and no event tells of it"] = silent
        assert not faults, "The audit found:\n" + "\n".join(f"  {name}: {rows[:5]}" for name, rows in faults.items())

    def posted_without_event(self, books):
        posted = self.database.rows(f"select b.books_id, hex(b.id) from transactions b where {books} and b.status <> 'pending'")
        told = self.database.rows("select b.books_id, b.entity_id, count(*) from events b "
                                  f"where {books} and b.event_type = 'transaction.posted' group by 1, 2")
        counted = {(number, entity): int(count) for number, entity, count in told}
        return [(number, id_text("txn", text)) for number, text in posted if counted.get((number, id_text("txn", text))) != 1]
