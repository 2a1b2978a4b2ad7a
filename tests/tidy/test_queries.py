"""SQL stands in .sql files, each is used by name, and nothing else is sent to the server."""
import re

import sources

# Words that make a statement, or a part of one, and no sentence.
STATEMENT = re.compile(
    r"\b(select\s+\S.*\sfrom\s+\w|insert\s+(ignore\s+)?into\b|update\s+\w+\s+set\b|delete\s+from\b|replace\s+into\b"
    r"|(create|alter|drop|truncate|rename)\s+(table|trigger|index|view|database|user)\b|(start|begin)\s+transaction\b"
    r"|lock\s+tables\b|set\s+(session|global)\b|(rollback\s+to\s+)?savepoint\s+\w+|on\s+duplicate\s+key\b|\border\s+by\b|\bgroup\s+by\b)", re.I | re.S)

# Where a part of a statement may stand, and why.
ALLOWED = {
    "shared/store/list_query.cpp": "composes lists from declared fields",
    "shared/store/session.cpp": "the settings of a session, and savepoints",
}


def test_statements_stand_in_sql_files():
    faults = [f"{sources.name_of(path)}:{line}: {content!r}"
              for path in sources.cpp_files() if sources.name_of(path) not in ALLOWED
              for line, content in sources.strings(sources.text_of(path)) if STATEMENT.search(content)]
    assert not faults, "\n".join(faults)


def test_the_session_says_few_statements():
    """Those that no file holds, since they are about the session itself."""
    known = re.compile(r"set session |sql_mode|(rollback to )?savepoint step$")
    text = sources.text_of(sources.ROOT / "shared/store/session.cpp")
    faults = [f"{line}: {content!r}" for line, content in sources.strings(text) if STATEMENT.search(content) and not known.search(content)]
    assert not faults, "\n".join(faults)


def test_a_statement_is_known_when_it_is_seen():
    for text, expected in (("select a.id from accounts a", True), ("Insert into t values (1)", True), ("update t set a = 1", True),
                           ("delete from t where 1", True), ("set session time_zone = '+00:00'", True), ("savepoint step", True),
                           ("must be one of those to select from", False), ("an update of what is posted", False),
                           ("The books are closed through ", False), ("transactions.create", False), (" order by ", True)):
        assert bool(STATEMENT.search(text)) == expected, text


def test_text_for_the_server_is_composed_in_one_place():
    faults = []
    for path in sources.cpp_files():
        name, code = sources.name_of(path), sources.without_comments(sources.text_of(path))
        for match in re.finditer(r"\b(query_text|run_unprepared)\s*\(", code):
            if not name.startswith("shared/store/") and name != "deploy/admin/migrate.cpp":
                faults.append(f"{name}:{sources.line_of(code, match.start())}: {match[1]}")
    assert not faults, "\n".join(faults)


def test_every_query_is_used():
    # The connector's own namespace is called sql too.
    code = "\n".join(sources.without_comments(sources.text_of(path)) for path in sources.cpp_files()
                     if sources.name_of(path) != "shared/store/session.cpp")
    named = set(re.findall(r"\bsql::(\w+)", code))
    constants = [name.replace("/", "_") for name in sources.queries()]
    assert len(constants) == len(set(constants)), "two files make one constant"
    assert not set(constants) - named, f"nothing uses {sorted(set(constants) - named)}"
    assert not named - set(constants), f"no file holds {sorted(named - set(constants))}"


def test_queries_are_written_alike():
    faults = []
    for name, text in sources.queries().items():
        if not text:
            faults.append(f"{name} is empty")
        if ";" in text:
            faults.append(f"{name} has a semicolon: one statement a file")
        if "*/" in re.sub(r"/\*(rows|list|from|index)\*/", "", text):
            faults.append(f"{name} has a marker that nobody knows")
        if re.search(r"select\s+\*|\b\w\.\*", text, re.I):
            faults.append(f"{name} selects *: its columns are read in order")
        if re.search(r"\bget_lock\b|\block\s+tables\b|\breturning\b", text, re.I):
            faults.append(f"{name} uses what MariaDB and MySQL, or a cluster, do not share")
        if not re.fullmatch(r"[a-z_]+/[a-z_]+", name):
            faults.append(f"{name} is not named family/verb")
    assert not faults, "\n".join(faults)


# Tables whose rows are one organization's are never asked without it.
BOOKS_TABLES = ("accounts", "transactions", "transaction_lines", "account_sums", "events", "jobs", "job_results", "settings", "drafts",
                "event_sequences", "webhooks", "webhook_deliveries", "credit_usage", "search_texts", "search_words", "metadata_values")
ACROSS_BOOKS = re.compile(r"(audit|system|migrations)/\w+|jobs/(counts|due_books|expired_leases)|webhooks/drop_deleted")


def test_every_read_of_books_names_them():
    faults = [name for name, text in sources.queries().items()
              if not ACROSS_BOOKS.fullmatch(name) and re.search(rf"\b(from|update|into|join)\s+({'|'.join(BOOKS_TABLES)})\b", text)
              and not re.search(r"\bbooks_id\b", text)]
    assert not faults, faults
