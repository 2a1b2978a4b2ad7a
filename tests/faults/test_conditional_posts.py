"""Conditions of entries when many ask at once, by both programs: exactly as many succeed as may."""
import itertools
import random

import pytest
from books import TODAY, credit, debit
from client import together

CLIENTS, AFFORDABLE = 20, 7
ASYNC = {"Prefer": "respond-async"}


def withdrawal(books, amount="10.00", **conditions):
    return {"status": "posted", "transaction_date": TODAY, "entries": [
        debit(books.account("6100"), amount), credit(books.account("1010"), amount, **conditions)]}


def outcome(books, reply):
    """201 or the code of the refusal, also of one that the worker found."""
    if reply.status != 202:
        return 201 if reply.status == 201 else reply.expect(422, reply.code).code
    job = books.get(f"/jobs/{reply['id']}", wait=30).expect(200).json
    return {"completed": 201, "failed": (job["error"] or {}).get("code")}[job["status"]]


# All by the handler, all by the worker, half and half.
WAYS = {"direct": ({},), "queued": (ASYNC,), "both": ({}, ASYNC)}


@pytest.mark.parametrize("way", WAYS)
def test_a_floor_lets_exactly_those_through_that_it_can_pay(busy_books, way):
    client = busy_books.client
    for round_number in range(1, 4):
        busy_books.post_transaction(amount="70.00")
        client.connections.prepare(CLIENTS)
        replies = together(CLIENTS, lambda index: busy_books.post(
            "/transactions", withdrawal(busy_books, balance_at_least="0.00"), headers=WAYS[way][index % len(WAYS[way])]))
        outcomes = [outcome(busy_books, reply) for reply in replies]
        assert outcomes.count(201) == AFFORDABLE and set(outcomes) == {201, "balance_condition_failed"}, outcomes
        assert busy_books.balance("1010") == "0.00" and busy_books.version("1010") == (1 + AFFORDABLE) * round_number


@pytest.mark.parametrize("way", WAYS)
def test_one_version_is_used_once(busy_books, way):
    client = busy_books.client
    for version in range(5):
        client.connections.prepare(CLIENTS)
        replies = together(CLIENTS, lambda index: busy_books.post(
            "/transactions", withdrawal(busy_books, expected_version=version), headers=WAYS[way][index % len(WAYS[way])]))
        outcomes = [outcome(busy_books, reply) for reply in replies]
        assert outcomes.count(201) == 1 and set(outcomes) == {201, "version_condition_failed"}, outcomes
        assert busy_books.version("1010") == version + 1


def test_batches_that_share_what_can_be_paid(busy_books):
    busy_books.post_transaction(amount="70.00")
    items = [withdrawal(busy_books, balance_at_least="0.00") for _ in range(3)]
    replies = together(6, lambda _: busy_books.post("/transactions/batch", {"mode": "continue", "transactions": items},
                                                    headers={"Prefer": "wait=30"}).expect(201))
    assert sum(reply["succeeded"] for reply in replies) == AFFORDABLE
    assert busy_books.balance("1010") == "0.00"


def test_many_who_push_money_round_never_overdraw(busy_books):
    """Locks are asked for in every order at once; each account has a floor."""
    codes = [f"purse{number}" for number in range(4)]
    for code in codes:
        busy_books.make_account(code)
        busy_books.post_transaction(code, "4000", "20.00")
    pairs = list(itertools.permutations(codes, 2))

    def work(index):
        chance, done = random.Random(index), 0
        for _ in range(12):
            source, target = chance.choice(pairs)
            amount = f"{chance.randint(1, 15)}.00"
            entries = [credit(busy_books.account(source), amount, balance_at_least="0.00"), debit(busy_books.account(target), amount)]
            reply = busy_books.post("/transactions", {"status": "posted", "transaction_date": TODAY, "entries": entries})
            if reply.status != 201:
                reply.expect(422, "balance_condition_failed")
            done += reply.status == 201
        return done
    done = sum(together(CLIENTS, work))
    balances = [busy_books.balance(code) for code in codes]
    assert all(not text.startswith("-") for text in balances) and sum(float(text) for text in balances) == 80
    assert done > 0 and sum(busy_books.version(code) for code in codes) == 4 + 2 * done
