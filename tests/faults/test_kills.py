"""kill -9 under load, one victim after the other: what was acknowledged is there once, what was accepted ends."""
import os
import random
import signal

import pytest
from database import id_text
from load import UNWAITED_KINDS, Load
from processes import is_running, wait_until


def finish(load, jobs_hurry):
    load.books.client.connections.close()  # some of them lead to a dead nginx
    if jobs_hurry:
        # The leases of the dead run out by themselves; here the clock is set forward.
        load.books.database.rows("update jobs set lease_expires_at = now(6) - interval 1 second where status = 'processing'")
    load.check()


def running_jobs(database):
    """The id and the fence number of each job that a worker holds."""
    return set(database.rows("select hex(id), fence from jobs where status = 'processing'"))


def kill_at_work(processes, database):
    """Kills the worker until that leaves jobs behind; gives those."""
    for _ in range(20):
        wait_until(lambda: running_jobs(database), "a job runs")
        at_death = set()
        processes.kill("worker", before=lambda found=at_death: found.update(running_jobs(database)))
        # A commit that was on its way may have come through.
        left = at_death & running_jobs(database)
        if left:
            return {id_text("job", row[0]) for row in left}
    raise AssertionError("the worker had always just finished what it did")


def test_the_worker(busy_books, processes, database):
    left = set()
    with Load(busy_books, seed=1, largest_batch=1500) as load:
        for _ in range(3):
            load.go_on(15)
            left |= kill_at_work(processes, database)
        load.go_on(15)
    # Leases run out in their own time here.
    finish(load, jobs_hurry=False)
    jobs = load.jobs()
    assert left and {job for job in left if int(jobs[job][1]) > 1} == left, "what the dead had begun is done by others"
    assert not load.trouble, f"clients do not notice the worker's death: {load.trouble}"


def test_the_transactions_handler(busy_books, processes):
    # Nobody waits elsewhere, so all have asked the handler when it dies.
    with Load(busy_books, seed=2, kinds=UNWAITED_KINDS) as load:
        for _ in range(4):
            load.go_on(30)
            processes.kill("transactions", before=load.wait_until_all_ask)
        load.go_on(30)
    finish(load, jobs_hurry=True)
    assert load.trouble, "no request was under way at any of the kills"


def test_redis_that_forgets_everything(busy_books, processes):
    with Load(busy_books, seed=3) as load:
        for _ in range(4):
            load.go_on(30)
            processes.kill("redis", before=lambda: processes.wipe("redis"))
        load.go_on(30)
    finish(load, jobs_hurry=False)
    assert not load.trouble, f"clients do not notice the death of Redis: {load.trouble}"


def test_mariadb(busy_books, processes):
    with Load(busy_books, seed=4) as load:
        for _ in range(3):
            load.go_on(30)
            # Without it none gets an answer, so all are under way when it dies.
            processes.kill("mariadb", before=load.wait_until_all_ask)
        load.go_on(30)
    finish(load, jobs_hurry=True)


def test_nginx(busy_books, processes, stack):
    """Its first process dies; those that it left behind must not keep the ports from the next one."""
    try:
        with Load(busy_books, seed=5) as load:
            for _ in range(2):
                load.go_on(30)
                master = processes.kill("nginx")
                load.go_on(30)
                wait_until(lambda: processes.listeners(stack.port) == {master}, "the ports are the new nginx's alone", pause=0.2)
        assert processes.pid("nginx") == master
        finish(load, jobs_hurry=False)
    finally:
        processes.end_orphans(stack.port)


def test_a_process_of_nginx_that_hangs_too(busy_books, processes, stack):
    """One that does not even take the signal to end holds the ports until it is killed."""
    frozen = processes.children("nginx")[0]
    try:
        master = processes.kill("nginx", before=lambda: os.kill(frozen, signal.SIGSTOP))
        wait_until(lambda: processes.listeners(stack.port) == {master}, "the ports are the new nginx's alone", pause=0.2)
        assert not is_running(frozen)
        busy_books.client.connections.close()
        busy_books.post_transaction()
    finally:
        processes.end_orphans(stack.port)


def test_the_supervisor_and_nginx(busy_books, processes, stack):
    """Their programs go on, supervised by nobody, until up is said again: it ends them all and begins anew."""
    with Load(busy_books, seed=10) as load:
        load.go_on(30)
        processes.kill_supervisor(and_also="nginx")
        done = stack.crane("up", "--build-dir", stack.data, "--no-packages", "--quiet")
        assert done.returncode == 0, done.stdout
        load.go_on(30)
    assert processes.listeners(stack.port) == {processes.pid("nginx")}
    finish(load, jobs_hurry=True)


@pytest.mark.parametrize("seed", [32])
def test_one_after_the_other_at_random(busy_books, processes, seed):
    chance = random.Random(seed)
    with Load(busy_books, seed=seed, largest_batch=300) as load:
        for victim in chance.choices(["worker", "transactions", "redis", "mariadb", "waiter", "nginx"], k=8):
            load.go_on(chance.randint(5, 25))
            processes.kill(victim, before=(lambda: processes.wipe("redis")) if victim == "redis" else None)
    finish(load, jobs_hurry=True)
