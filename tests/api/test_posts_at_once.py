"""Postings of one moment share a session; to each client it looks as if it were alone."""
from client import together

CLIENTS = 24


def ask(books, bodies, headers=None):
    """The replies to `bodies`, sent at the same moment, in their order."""
    replies = [None] * len(bodies)
    books.client.connections.prepare(len(bodies))

    def work(index):
        more = {"headers": headers[index]} if headers else {}
        replies[index] = books.post("/transactions", bodies[index], **more)

    together(len(bodies), work)
    return replies


def numbered(books, index, **fields):
    return books.transaction(f"{index + 1}.00", status="posted", reference_number=f"n{index}", **fields)


def test_each_reply_is_of_its_own_request(books):
    for _ in range(4):
        replies = ask(books, [numbered(books, index) for index in range(CLIENTS)])
        for index, reply in enumerate(replies):
            seen = books.get(f"/transactions/{reply.expect(201)['id']}").expect(200)
            assert (seen["reference_number"], seen["total_debits"]) == (f"n{index}", f"{index + 1}.00")
            assert seen.headers["etag"] == reply.headers["etag"] and seen.json == reply.json
            assert reply.headers["x-credits-cost"] == "1"
    assert books.balance("1010") == f"{4 * sum(range(1, CLIENTS + 1))}.00"
    assert books.version("1010") == 4 * CLIENTS


def test_a_refusal_is_its_senders_alone(books):
    unbalanced = books.transaction(status="posted")
    unbalanced["entries"][0]["amount"] = "13.00"
    unknown = books.transaction(status="posted")
    unknown["entries"][0]["account_id"] = "act_0000000000000000000000000"
    bodies = [{0: unbalanced, 1: unknown}.get(index % 4) or numbered(books, index) for index in range(CLIENTS)]
    for index, reply in enumerate(ask(books, bodies)):
        if index % 4 == 0:
            reply.expect(400, "transaction_does_not_balance")
        elif index % 4 == 1:
            reply.expect(400, "invalid_request", ["entries[0].account_id"])
        else:
            reply.expect(201)
    assert books.balance("1010") == f"{sum(index + 1 for index in range(CLIENTS) if index % 4 > 1)}.00"


def test_one_key_has_one_effect_among_many(books):
    headers = [{"Idempotency-Key": f"order {index % 6}"} for index in range(CLIENTS)]
    replies = ask(books, [numbered(books, index % 6) for index in range(CLIENTS)], headers)
    made = {}
    for index, reply in enumerate(replies):
        if reply.status == 409:
            reply.expect(409, "idempotency_in_progress")
            reply = books.post("/transactions", numbered(books, index % 6), headers=headers[index]).expect(201)
        made.setdefault(index % 6, set()).add(reply.expect(201).body)
    assert all(len(bodies) == 1 for bodies in made.values()) and len(made) == 6
    assert books.balance("1010") == "21.00" and books.version("1010") == 6


def test_events_tell_whose_request_it_was(books):
    other = books.with_new_key()
    replies = [None] * CLIENTS
    books.client.connections.prepare(CLIENTS)

    def work(index):
        seen = other if index % 2 else books
        replies[index] = seen.post("/transactions", numbered(books, index))

    together(CLIENTS, work)
    rows = books.database.rows("select entity_id, request_id, lower(hex(api_key_id)), credits from events"
                               f" where books_id in ({books.books_ids()}) and event_type = 'transaction.posted'")
    told = {entity: (request, key, credits) for entity, request, key, credits in rows}
    assert len(told) == len(rows) == CLIENTS
    for index, reply in enumerate(replies):
        request, _, credits = told[reply.expect(201)["id"]]
        assert request == reply.headers["x-request-id"] and credits == "1"
        assert reply["created_by"] == (other if index % 2 else books).api_key["id"]
    assert len({key for _, key, _ in told.values()}) == 2


def test_the_last_credits_are_shared_out(make_books):
    books = make_books(initial_credits=10)
    statuses = [reply.status for reply in ask(books, [numbered(books, index) for index in range(CLIENTS)])]
    assert sorted(statuses) == [201] * 10 + [402] * (CLIENTS - 10)
    assert books.version("1010") == 10
