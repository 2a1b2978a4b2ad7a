"""The audit: what must hold of the books, whatever was done to them, asked of the database itself.

    audit = Audit(database)
    audit.organization("org_…")   # raises AssertionError that names what does not hold, and where
    audit.installation()

Nothing here uses the programs' own sums or reports: everything is computed anew from the posted lines.
"""
import time

from database import id_hex, id_text

SECONDS_TO_IDLE = 60
SILENT = "a transaction was posted and not exactly one event tells of it"

# name: a statement whose rows are the faults. {books} narrows `b.books_id`, {roots} narrows `p.root_organization_id`. The joins are
# written in the order in which they are to be made, from the books on: each then follows a primary key, whatever the statistics say.
LINES = "books b straight_join transaction_lines l on l.books_id = b.books_id"
HEADERS = "books b straight_join transactions t on t.books_id = b.books_id"
REPLAY = "select l.books_id, {level} as level, cast({period} as date) as period, l.account_id, -sum(greatest(l.amount, 0)) as debit, " \
         "-sum(greatest(-l.amount, 0)) as credit, -sum(greatest(l.base_amount, 0)) as base_debit, -sum(greatest(-l.base_amount, 0)) as base_credit, " \
         f"-count(*) as line_count from {LINES} where l.posted_at is not null and {{books}} group by 1, 2, 3, 4"
LEVELS = {0: "'1000-01-01'", 1: "date_format(l.posting_date, '%Y-%m-01')", 2: "l.posting_date"}

CHECKS = {
    "lines do not sum to zero in the base currency": f"""
        select l.books_id, hex(l.transaction_id), sum(l.base_amount) from {LINES} where {{books}} group by 1, 2 having sum(l.base_amount) <> 0""",
    "a header disagrees with its lines": f"""
        select t.books_id, hex(t.id), t.total_debits, t.total_credits, t.entry_count, t.currency_code, count(l.position), sum(l.amount), sum(l.base_amount)
        from {HEADERS} straight_join organizations o on o.id = b.organization_id
        left join transaction_lines l on l.books_id = t.books_id and l.transaction_id = t.id
        where {{books}} group by t.books_id, t.id
        having count(l.position) <> t.entry_count or t.total_debits <> t.total_credits
            or (count(distinct l.currency_code) = 1 and (sum(l.amount) <> 0 or sum(greatest(l.amount, 0)) <> t.total_debits
                or min(l.currency_code) <> t.currency_code))
            or (count(distinct l.currency_code) > 1 and (sum(greatest(l.base_amount, 0)) <> t.total_debits or t.currency_code <> max(o.base_currency)))""",
    "a line has no transaction, or other dates than it": f"""
        select l.books_id, hex(l.transaction_id), l.position from {LINES}
        left join transactions t on t.books_id = l.books_id and t.id = l.transaction_id
        where {{books}} and (t.id is null or not (l.posted_at <=> t.posted_at) or l.posting_date <> t.posting_date)""",
    "lines are not numbered one after the other": f"""
        select l.books_id, hex(l.transaction_id), min(l.position), max(l.position) from {LINES} where {{books}} group by 1, 2
        having max(l.position) - min(l.position) <> count(*) - 1 or min(l.position) not in (0, 1)""",
    "a line is in another currency than its account, or of an account elsewhere": f"""
        select l.books_id, hex(l.transaction_id), l.position from {LINES}
        left join accounts a on a.books_id = l.books_id and a.id = l.account_id
        where {{books}} and (a.id is null or a.currency_code <> l.currency_code)""",
    "status and posted_at contradict each other": f"""
        select t.books_id, hex(t.id), t.status from {HEADERS}
        where {{books}} and ((t.status = 'pending') <> (t.posted_at is null) or (t.status = 'reversed') <> (t.reversed_by_id is not null))""",
    "a reversal and its original are not linked both ways": f"""
        select t.books_id, hex(t.id), hex(t.reverses_id) from {HEADERS}
        left join transactions o on o.books_id = t.books_id and o.id = t.reverses_id
        where {{books}} and t.reverses_id is not null and (o.id is null or not (o.reversed_by_id <=> t.id) or t.status <> 'posted')""",
    "a reversed transaction has no reversal": f"""
        select t.books_id, hex(t.id) from {HEADERS}
        left join transactions r on r.books_id = t.books_id and r.id = t.reversed_by_id
        where {{books}} and t.reversed_by_id is not null and (r.id is null or not (r.reverses_id <=> t.id))""",
    "a reversal does not mirror its original": f"""
        select t.books_id, hex(t.id), hex(l.account_id)
        from (select t.books_id, t.id, t.id as of_lines from {HEADERS} where {{books}} and t.reverses_id is not null
              union all select t.books_id, t.id, t.reverses_id from {HEADERS} where {{books}} and t.reverses_id is not null) t
        straight_join transaction_lines l on l.books_id = t.books_id and l.transaction_id = t.of_lines
        group by 1, 2, 3 having sum(l.amount) <> 0 or sum(l.base_amount) <> 0""",
    "kept sums differ from the posted lines": """
        select books_id, level, period, hex(account_id), sum(debit), sum(credit), sum(base_debit), sum(base_credit), sum(line_count)
        from (select s.books_id, s.level, s.period, s.account_id, sum(s.debit) as debit, sum(s.credit) as credit,
                  sum(s.base_debit) as base_debit, sum(s.base_credit) as base_credit, sum(s.line_count) as line_count
              from books b straight_join account_sums s on s.books_id = b.books_id where {books} group by 1, 2, 3, 4
              union all """ + " union all ".join(REPLAY.replace("{level}", str(level)).replace("{period}", period) for level, period in LEVELS.items()) + """) x
        group by books_id, level, period, account_id
        having sum(debit) <> 0 or sum(credit) <> 0 or sum(base_debit) <> 0 or sum(base_credit) <> 0 or sum(line_count) <> 0""",
    "a job's state contradicts itself": """
        select j.books_id, hex(j.id), j.status from books b straight_join jobs j on j.books_id = b.books_id
        where {books} and ((j.status in ('completed', 'failed', 'cancelled')) <> (j.finished_at is not null)
            or (j.status = 'completed' and (j.result is null or j.reply_status is null or j.error is not null
                or j.progress_done <> j.progress_total))
            or (j.status = 'failed' and (j.error is null or j.result is not null))
            or (j.status in ('completed', 'failed') and j.started_at is null))""",
    "a job was forgotten": """
        select j.books_id, hex(j.id), j.operation, j.status, j.attempts, j.run_at from books b straight_join jobs j on j.books_id = b.books_id
        where {books} and j.status in ('queued', 'processing')""",
    "an idempotency key has no reply": """
        select hex(k.scope_id), k.livemode, k.idempotency_key from books b straight_join idempotency_keys k
            on k.scope_id = b.organization_id and k.livemode = b.livemode
        where {books} and (k.reply_status is null or k.reply_status >= 500)""",
    "credits granted are not those left and those charged": """
        select hex(p.root_organization_id), p.livemode, p.granted, p.rest, coalesce(sum(e.credits), 0)
        from (select p.root_organization_id, p.livemode, p.granted, sum(s.remaining) as rest from credit_pools p
              straight_join credit_slots s on s.root_organization_id = p.root_organization_id and s.livemode = p.livemode
              where {roots} group by 1, 2, 3) p
        left join (organizations o straight_join books b on b.organization_id = o.id straight_join events e on e.books_id = b.books_id)
            on o.root_id = p.root_organization_id and b.livemode = p.livemode
        group by 1, 2, 3, 4 having p.granted - p.rest <> coalesce(sum(e.credits), 0)""",
    "credits granted are not what the pool was given": """
        select hex(p.root_organization_id), p.livemode, p.granted, coalesce(sum(g.credits), 0) from credit_pools p
        left join credit_grants g on g.root_organization_id = p.root_organization_id and g.livemode = p.livemode
        where {roots} group by 1, 2, 3 having p.granted <> coalesce(sum(g.credits), 0)""",
    "a purchase and what was given for it disagree": """
        select hex(p.root_organization_id), hex(c.id), c.status, g.credits from credit_pools p
        straight_join credit_purchases c on c.root_organization_id = p.root_organization_id and c.livemode = p.livemode
        left join credit_grants g on g.root_organization_id = c.root_organization_id and g.purchase_id = c.id
        where {roots} and ((c.status = 'completed') <> (g.id is not null) or g.credits <> c.credits or g.livemode <> c.livemode)""",
    "sums of charges are not those of the events": """
        select x.books_id, x.day, x.operation, hex(x.api_key_id), sum(x.credits), sum(x.charges)
        from (select u.books_id, u.day, u.operation, u.api_key_id, u.credits, u.charge_count as charges
              from books b straight_join credit_usage u on u.books_id = b.books_id where {books}
              union all
              select e.books_id, date(e.created_at), e.operation, coalesce(e.api_key_id, repeat(x'00', 16)), -e.credits, -1
              from books b straight_join event_sequences s on s.books_id = b.books_id straight_join events e on e.books_id = b.books_id
              where {books} and e.credits > 0 and e.sequence between 1 and s.summed_sequence) x
        group by 1, 2, 3, 4 having sum(x.credits) <> 0 or sum(x.charges) <> 0""",
    "numbers were given to charges that are in no sum": """
        select s.books_id, s.last_sequence, s.summed_sequence from books b straight_join event_sequences s on s.books_id = b.books_id
        where {books} and s.summed_sequence <> s.last_sequence""",
    "an event is of another organization than its books": """
        select hex(e.id), e.event_type from books b straight_join events e on e.books_id = b.books_id
        where {books} and e.organization_id <> b.organization_id""",
    "events are not numbered one after the other, from 1 on": """
        select e.books_id, count(*), count(distinct e.sequence), min(e.sequence), max(e.sequence), max(s.last_sequence)
        from books b straight_join events e on e.books_id = b.books_id left join event_sequences s on s.books_id = b.books_id
        where {books} group by 1
        having min(e.sequence) <> 1 or max(e.sequence) <> count(*) or count(distinct e.sequence) <> count(*)
            or not (max(s.last_sequence) <=> max(e.sequence))""",
    "a delivery's state contradicts itself, or it is of no event": """
        select d.books_id, hex(d.id), d.status, d.event_type from books b straight_join webhook_deliveries d on d.books_id = b.books_id
        left join events e on e.books_id = d.books_id and e.id = d.event_id
        where {books} and (e.id is null or e.event_type <> d.event_type or (d.status = 'delivered' and d.error <> '')
            or (d.status in ('delivered', 'failed') and d.attempts = 0))""",
}


class Audit:
    def __init__(self, database):
        self.database = database

    def organization(self, organization_id):
        """One organization, its live and its test books, and the pool of its root."""
        self.check(*self.scope(organization_id))

    def installation(self):
        self.check("b.books_id > 0", "p.granted >= 0")
        keys = self.database.rows("select hex(scope_id), idempotency_key from idempotency_keys where reply_status is null")
        assert not keys, f"idempotency keys without a reply: {keys}"

    def scope(self, organization_id):
        """What stands for {books} and {roots} in the checks."""
        one = id_hex(organization_id)
        numbers = ",".join(row[0] for row in self.database.rows(f"select books_id from books where organization_id = {one}"))
        assert numbers, f"{organization_id} has no books"
        return f"b.books_id in ({numbers})", f"p.root_organization_id = (select root_id from organizations where id = {one})"

    def wait_until_idle(self, books):
        """Until no job of the books waits or runs and no event waits for its number; what never ends is found by the checks that follow."""
        waiting = f"select (select count(*) from jobs b where {books} and b.status in ('queued', 'processing')) + " \
                  f"(select count(*) from events b where {books} and b.sequence = 0)"
        deadline = time.monotonic() + SECONDS_TO_IDLE
        while self.database.value(waiting) != "0" and time.monotonic() < deadline:
            time.sleep(0.02)

    def check(self, books, roots):
        self.wait_until_idle(books)
        # One moment for all statements.
        self.database.rows("set session transaction isolation level repeatable read; start transaction with consistent snapshot")
        try:
            faults = self.faults(books, roots)
        finally:
            self.database.rows("commit")
        assert not faults, "The audit found:\n" + "\n".join(f"  {name}: {rows[:5]}" for name, rows in faults.items())

    def faults(self, books, roots):
        """Name of the check to what it found; nothing where all is well."""
        found = {name: self.database.rows(statement.format(books=books, roots=roots)) for name, statement in CHECKS.items()}
        found[SILENT] = self.posted_without_event(books)
        return {name: rows for name, rows in found.items() if rows}

    def posted_without_event(self, books):
        posted = self.database.rows(f"select b.books_id, hex(b.id) from transactions b where {books} and b.status <> 'pending'")
        told = self.database.rows("select b.books_id, b.entity_id, count(*) from events b "
                                  f"where {books} and b.event_type = 'transaction.posted' group by 1, 2")
        counted = {(number, entity): int(count) for number, entity, count in told}
        return [(number, id_text("txn", text)) for number, text in posted if counted.get((number, id_text("txn", text))) != 1]
