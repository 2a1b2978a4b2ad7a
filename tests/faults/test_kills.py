"""kill -9 under load, one victim after the other: what was acknowledged is there once, what was accepted ends."""
import random

import pytest
from load import Load
from processes import wait_until


def finish(load, stack, jobs_hurry):
    if jobs_hurry:
        # The leases of the dead run out by themselves in 30 seconds; here the clock is set forward.
        load.books.database.rows("update jobs set lease_expires_at = now(6) - interval 1 second where status = 'processing'")
    load.check()
    verified = stack.crane("verify")
    assert verified.returncode == 0, verified.stdout


def wait_for_a_running_job(database):
    wait_until(lambda: database.value("select count(*) from jobs where status = 'processing'") != "0", "a job runs")


def test_the_worker(busy_books, processes, stack, database):
    with Load(busy_books, seed=1, largest_batch=1500) as load:
        for _ in range(4):
            load.go_on(15)
            wait_for_a_running_job(database)
            processes.kill("worker")
    # Leases run out in their own time here.
    finish(load, stack, jobs_hurry=False)
    assert any(int(attempts) > 1 for _, attempts, _ in load.jobs().values()), "no job was begun twice: the kills met nobody at work"
    assert not load.trouble, f"clients do not notice the worker's death: {load.trouble}"


def test_the_transactions_handler(busy_books, processes, stack):
    with Load(busy_books, seed=2) as load:
        for _ in range(5):
            load.go_on(30)
            processes.kill("transactions")
    finish(load, stack, jobs_hurry=True)
    assert load.trouble, "no request was under way at any of the kills"


def test_redis_that_forgets_everything(busy_books, processes, stack):
    with Load(busy_books, seed=3) as load:
        for _ in range(4):
            load.go_on(30)
            processes.kill("redis", wiped="redis")
        load.go_on(30)
    finish(load, stack, jobs_hurry=False)
    assert not load.trouble, f"clients do not notice the death of Redis: {load.trouble}"


def test_mariadb(busy_books, processes, stack):
    with Load(busy_books, seed=4) as load:
        for _ in range(3):
            load.go_on(30)
            processes.kill("mariadb")
        load.go_on(30)
    finish(load, stack, jobs_hurry=True)
    assert load.trouble, "no request was under way at any of the kills"


def test_nginx(busy_books, processes, stack):
    """Its first process dies; those that it left behind must not keep the ports from the next one."""
    try:
        with Load(busy_books, seed=5) as load:
            load.go_on(30)
            master = processes.kill("nginx")
            load.go_on(30)
        wait_until(lambda: processes.listeners(stack.port) == {master}, "the ports are the new nginx's alone", pause=0.2)
        assert processes.pid("nginx") == master
        finish(load, stack, jobs_hurry=False)
    finally:
        processes.end_orphans(stack.port)


@pytest.mark.parametrize("seed", [20])
def test_one_after_the_other_at_random(busy_books, processes, stack, seed):
    chance = random.Random(seed)
    with Load(busy_books, seed=seed, largest_batch=300) as load:
        for victim in chance.choices(["worker", "transactions", "redis", "mariadb", "waiter"], k=7):
            load.go_on(chance.randint(5, 25))
            processes.kill(victim, wiped="redis" if victim == "redis" else None)
    finish(load, stack, jobs_hurry=True)
