"""An installation whose programs are killed, stopped and frozen: apart from the other tests' one, audited after each test."""
import json
import re

import pytest
from audit import Audit
from client import Client, Connections
from contract import Contract
from processes import LastingDatabase, Processes
from stack import Stack

# What a program may say at level error when a store died under it: it tells of the store, and what it did is in the audit.
STORE_WENT_AWAY = re.compile(r"\"message\":\"(a job's end could not be written|a group of jobs was not run)\"")


@pytest.fixture(scope="session")
def stack():
    # Where no clock is set forward, a dead worker's leases run out in seconds.
    with Stack(settings=["CRANE_LEASE_SECONDS=10"]) as running:
        yield running


@pytest.fixture(scope="session")
def contract(stack):
    connections = Connections(stack.host, stack.port, stack.tls)
    status, _, body = connections.exchange("GET", "/openapi.json", None, {})
    connections.close()
    assert status == 200
    return Contract(json.loads(body))


@pytest.fixture(scope="session")
def connections(stack):
    kept = Connections(stack.host, stack.port, stack.tls)
    yield kept
    kept.close()


@pytest.fixture(scope="session")
def operator(connections, contract, stack):
    return Client(connections, contract, stack.operator_key)


@pytest.fixture(scope="session")
def database(stack):
    opened = LastingDatabase(stack)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def audit(database, stack):
    auditor = Audit(database)
    yield auditor
    auditor.installation()
    verified = stack.crane("verify")
    assert verified.returncode == 0, verified.stdout


@pytest.fixture(scope="session")
def processes(stack):
    return Processes(stack)


@pytest.fixture(autouse=True)
def sound_programs(stack, processes):
    """Nothing dies but what a test kills, and no log tells of a fault of a program."""
    known, dead = set(stack.alarms()), processes.unexpected_deaths()
    yield
    assert not processes.unexpected_deaths() - dead
    alarms = [line for line in stack.alarms() if line not in known and not line.startswith("supervisord") and not STORE_WENT_AWAY.search(line)]
    assert not alarms, "The programs' logs tell of faults:\n" + "\n".join(alarms[:20])


@pytest.fixture
def make_busy_books(make_books, stack):
    """Makes organizations whose key may ask as often as it likes."""
    def make(**fields):
        books = make_books(**fields)
        made = stack.crane("key", "create", "--organization", books.id, "--rate-limit", "10000000", "--format", "env")
        assert made.returncode == 0, made.stdout
        busy = books.seen_with(made.stdout.strip().removeprefix("CRANE_KEY="))
        for code in ("1010", "4000", "6100"):
            busy.account(code)  # so that no later look-up mixes with what is tested
        return busy
    return make


@pytest.fixture
def busy_books(make_busy_books):
    return make_busy_books()
