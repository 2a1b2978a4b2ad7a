"""One installation for all tests; a fresh organization for each, audited when the test has ended."""
import json
import os
import signal

import pytest
from audit import Audit
from books import Books
from client import Client, Connections
from contract import Contract
from database import Database
from stack import Stack


def pytest_configure(config):
    # A polite kill unwinds like Ctrl-C; the guardian of the installation stands behind any other.
    def interrupt(*_):
        raise KeyboardInterrupt
    signal.signal(signal.SIGTERM, interrupt)


@pytest.fixture(scope="session")
def stack():
    with Stack() as running:
        try:
            yield running
            alarms = running.alarms()
            assert not alarms, "The programs' logs tell of faults:\n" + "\n".join(alarms[:40])
        finally:
            if "CRANE_TEST_LOGS" in os.environ:
                running.keep_logs(os.environ["CRANE_TEST_LOGS"])


@pytest.fixture(scope="session")
def contract(stack):
    """The document that the installation serves."""
    connections = Connections(stack.host, stack.port, stack.tls)
    status, _, body = connections.exchange("GET", "/openapi.json", None, {})
    connections.close()
    assert status == 200, f"/openapi.json is {status}"
    return Contract(json.loads(body))


@pytest.fixture(scope="session")
def connections(stack):
    kept = Connections(stack.host, stack.port, stack.tls)
    yield kept
    kept.close()


@pytest.fixture(scope="session")
def operator(stack, connections, contract):
    return Client(connections, contract, stack.make_operator_key(1_000_000))


@pytest.fixture(scope="session")
def database(stack):
    opened = Database(stack)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def audit(database):
    auditor = Audit(database)
    yield auditor
    auditor.installation()


@pytest.fixture
def make_books(operator, database, audit):
    """Makes organizations; each is audited in the end."""
    made = []

    def make(**fields):
        books = Books.create(operator, database, **fields)
        made.append(books)
        return books
    yield make
    for books in made:
        audit.organization(books.id)


@pytest.fixture
def books(make_books):
    return make_books()


@pytest.fixture(scope="module")
def still_books(operator, database, audit):
    """Books for tables of refusals, which leave them as they are."""
    books = Books.create(operator, database)
    yield books
    audit.organization(books.id)
