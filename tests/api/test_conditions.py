"""What an entry may demand of its account: a version and a floor, also when many ask at once."""
from books import TODAY, credit, debit
from client import together


def spend(books, amount, **conditions):
    entries = [debit(books.account("6100"), amount), credit(books.account("1010"), amount, **conditions)]
    return books.post("/transactions", {"status": "posted", "transaction_date": TODAY, "entries": entries})


def test_the_expected_version(books):
    books.post_transaction(amount="10.00")
    assert books.version("1010") == 1
    before = books.snapshot()
    refused = spend(books, "1.00", expected_version=0).expect(422, "version_condition_failed")
    assert refused.error["details"]["version"] == "1"
    spend(books, "1.00", expected_version=2).expect(422, "version_condition_failed")
    assert books.snapshot() == before
    spend(books, "1.00", expected_version=1).expect(201)
    assert books.version("1010") == 2 and books.balance("1010") == "9.00"


def test_the_version_of_an_untouched_account_is_zero(books):
    spend(books, "1.00", expected_version=0).expect(201)
    assert books.version("1010") == 1


def test_the_floor(books):
    books.post_transaction(amount="10.00")
    before = books.snapshot()
    refused = spend(books, "10.01", balance_at_least="0.00").expect(422, "balance_condition_failed")
    assert refused.error["details"]["balance"] == "-0.01" and "-0.01" in refused.error["message"]
    spend(books, "5.00", balance_at_least="5.01").expect(422, "balance_condition_failed")
    assert books.snapshot() == before
    spend(books, "5.00", balance_at_least="5.00").expect(201)
    spend(books, "6.00", balance_at_least="-1.00").expect(201)
    assert books.balance("1010") == "-1.00"


def test_a_floor_counts_the_whole_transaction(books):
    bank, sales = books.account("1010"), books.account("4000")
    entries = [debit(bank, "5.00"), credit(bank, "8.00", balance_at_least="0.00"), debit(sales, "3.00")]
    books.post("/transactions", {"status": "posted", "transaction_date": TODAY, "entries": entries}).expect(422, "balance_condition_failed")
    entries = [credit(bank, "8.00", balance_at_least="0.00"), debit(bank, "9.00"), credit(sales, "1.00")]
    books.post("/transactions", {"status": "posted", "transaction_date": TODAY, "entries": entries}).expect(201)
    assert books.balance("1010") == "1.00"


def test_conditions_hold_at_posting_only(books):
    entries = [debit(books.account("6100"), "1.00"), credit(books.account("1010"), "1.00", balance_at_least="0.00", expected_version=7)]
    books.post("/transactions", {"transaction_date": TODAY, "entries": entries}).expect(201)


def test_a_batch_sees_its_own_earlier_items(books):
    books.post_transaction(amount="10.00")
    items = [{"status": "posted", "transaction_date": TODAY, "entries": [
        debit(books.account("6100"), "4.00"), credit(books.account("1010"), "4.00", balance_at_least="0.00")]} for _ in range(4)]
    batch = books.post("/transactions/batch", {"mode": "continue", "transactions": items}, headers={"Prefer": "wait=30"}).expect(201)
    assert [each["status"] for each in batch["results"]] == ["succeeded", "succeeded", "failed", "failed"]
    assert batch["results"][2]["error"]["code"] == "balance_condition_failed" and books.balance("1010") == "2.00"


def test_many_who_spend_at_once_never_fall_below_the_floor(books):
    books.post_transaction(amount="10.00")
    books.client.connections.prepare(30)
    replies = together(30, lambda _: spend(books, "1.00", balance_at_least="0.00"))
    assert sorted(reply.status for reply in replies) == [201] * 10 + [422] * 20
    assert {reply.code for reply in replies if reply.status == 422} == {"balance_condition_failed"}
    assert books.balance("1010") == "0.00"


def test_many_who_expect_one_version_and_one_that_gets_it(books):
    books.client.connections.prepare(20)
    replies = together(20, lambda _: spend(books, "1.00", expected_version=0))
    assert sorted(reply.status for reply in replies) == [201] + [422] * 19
    assert books.version("1010") == 1 and books.balance("1010") == "-1.00"


def test_a_condition_among_writers_without_any(books):
    books.post_transaction(amount="10.00")
    books.client.connections.prepare(24)

    def work(index):
        return spend(books, "1.00", balance_at_least="0.00") if index % 2 else books.post("/transactions", books.transaction("0.50", status="posted"))
    replies = together(24, work)
    assert all(reply.status in (201, 422) for reply in replies)
    spent = sum(reply.status == 201 for reply in replies[1::2])
    assert [reply.status for reply in replies[::2]] == [201] * 12 and spent >= 10
    assert books.balance("1010") == f"{16 - spent}.00"
