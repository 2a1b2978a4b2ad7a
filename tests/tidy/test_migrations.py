"""What a migration makes of the rows that are there already, in a database of its own."""
import pytest
import sources
from statements import Statements

SCHEMA = "crane_before"
MIGRATIONS = sorted(path.stem for path in (sources.ROOT / "sql/migrations").glob("*.sql"))
ORGANIZATION, KEY = "x'0192f0000000000000000000000000ff'", "x'0192f000000000000000000000000001'"
NOBODY = "0" * 32


class Before:
    """The schema as it was before a migration."""

    def __init__(self, stack, migration):
        self.root, self.migration = Statements(stack, "root"), migration
        self.root.ask(f"drop database if exists {SCHEMA}; create database {SCHEMA} character set utf8mb4 collate utf8mb4_unicode_ci")
        self.apply(*MIGRATIONS[:MIGRATIONS.index(migration)])

    def ask(self, statement):
        said = self.root.ask(f"use {SCHEMA};\n{statement}")
        assert isinstance(said, list), f"{said}\n{statement}"
        return said

    def apply(self, *names):
        for name in names:
            text = sources.text_of(sources.ROOT / f"sql/migrations/{name}.sql")
            statements = "\n//\n".join(text.split("\n-- statement\n"))
            self.ask(f"delimiter //\n{statements}\n//\ncommit\n//\ndelimiter ;\ncommit")


@pytest.fixture
def before_billing(stack):
    made = Before(stack, "0006_billing")
    yield made
    made.root.ask(f"drop database {SCHEMA}")


def event(nth, sequence, operation, credits, key=KEY, at="2026-01-31 23:59:59.5"):
    return f"(1, x'{nth:032x}', {ORGANIZATION}, {sequence}, 'account', 'x', 'account.created', '{operation}', {credits}, {key}, '', '', '', '{{}}', '{at}')"


def test_billing_takes_over_what_was_granted_and_charged(before_billing):
    before_billing.ask(f"""
        insert into organizations (id, root_id, name, domain, tax_number, address, city, state, zip_code, country, timezone, fiscal_year_start, base_currency,
            relationship_type, chart, metadata, created_at, updated_at)
            values ({ORGANIZATION}, {ORGANIZATION}, 'Old', '', '', '', '', '', '', '', 'UTC', 1, 'USD', '', 'none', '{{}}', '2026-01-02 03:04:05', '2026-01-02');
        insert into books (books_id, organization_id, livemode) values (1, {ORGANIZATION}, 1), (2, {ORGANIZATION}, 0);
        insert into credit_pools values ({ORGANIZATION}, 1, 1000), ({ORGANIZATION}, 0, 50);
        insert into event_sequences values (1, 5);
        insert into events (books_id, id, organization_id, sequence, entity_type, entity_id, event_type, operation, credits, api_key_id, ip_address, user_agent,
            request_id, metadata, created_at) values {event(1, 1, 'accounts.create', 1)}, {event(2, 2, 'accounts.create', 1)},
            {event(3, 3, 'settings.update', 0)}, {event(4, 4, 'reports', 5, at='2026-02-01')}, {event(5, 5, 'accounts.create', 1, key='null')},
            {event(6, 0, 'accounts.create', 1)};
        commit""")
    before_billing.apply("0006_billing")
    grants = before_billing.ask("select livemode, kind, credits, lower(hex(id)), created_at from credit_grants order by livemode desc")
    assert grants == [["1", "initial", "1000", "0192f0000000000000000000000000ff", "2026-01-02 03:04:05.000000"],
                      ["0", "initial", "50", "0192f0000000000000000000000000fe", "2026-01-02 03:04:05.000000"]]
    # The event without a number is summed by whoever gives it one.
    usage = before_billing.ask("select books_id, day, operation, lower(hex(api_key_id)), credits, charge_count from credit_usage order by day, api_key_id")
    key = "0192f000000000000000000000000001"
    assert usage == [["1", "2026-01-31", "accounts.create", NOBODY, "1", "1"], ["1", "2026-01-31", "accounts.create", key, "2", "2"],
                     ["1", "2026-02-01", "reports", key, "5", "1"]]
    assert before_billing.ask("select last_sequence, summed_sequence from event_sequences") == [["5", "5"]]
