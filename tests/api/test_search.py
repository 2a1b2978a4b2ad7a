"""Words of accounts and transactions: what q finds after each kind of write, and what an upgrade finds of earlier rows."""
import pytest
from database import id_hex


def found(books, noun, **query):
    return {each["id"] for each in books.get(f"/{noun}", limit=100, **query).expect(200).data}


def test_a_transaction_is_found_by_its_words_from_creation_to_deletion(books):
    made = books.pend_transaction(description="Réparation du toit", reference_number="INV-2026/7")["id"]
    for text in ("reparation", "REP", "toit du", "inv 2026", "7", "répa TOI"):
        assert found(books, "transactions", q=text) == {made}, text
    for text in ("paration", "toits", "reparation haus", "-", "nv"):
        assert found(books, "transactions", q=text) == set(), text
    books.put(f"/transactions/{made}", {"description": "Roof", "metadata": {"site": "north"}}).expect(200)
    assert found(books, "transactions", q="toit") == set() and found(books, "transactions", q="roof 7") == {made}
    assert found(books, "transactions", **{"metadata__site": "north"}) == {made}
    books.put(f"/transactions/{made}", {"metadata": {"site": "south"}}).expect(200)
    assert found(books, "transactions", **{"metadata__site": "north"}) == set()
    books.delete(f"/transactions/{made}").expect(204)
    assert found(books, "transactions", q="roof") == set()
    assert rows_of(books, made) == 0


def test_a_reversal_and_a_batch_are_found(books):
    posted = books.post_transaction(description="Wrong one")["id"]
    reversal = books.post(f"/transactions/{posted}/reverse", {"reason": "Mistyped"}).expect(201)["id"]
    assert found(books, "transactions", q="mistyp") == {reversal}
    items = [books.transaction(description=f"Batch item {number}", metadata={"lot": str(number % 2)}) for number in range(4)]
    done = books.post("/transactions/batch", {"transactions": items}, headers={"Prefer": "wait=30"}).expect(201)
    ids = [each["transaction"]["id"] for each in done["results"]]
    assert found(books, "transactions", q="item batch") == set(ids)
    assert found(books, "transactions", **{"metadata__lot": "1"}, q="bat") == {ids[1], ids[3]}


def test_a_refused_item_of_a_batch_leaves_no_words(books):
    wrong = books.transaction(description="Unwanted")
    wrong["entries"][0]["amount"] = "11.00"
    books.post("/transactions/batch", {"mode": "continue", "transactions": [wrong, books.transaction(description="Wanted")]},
               headers={"Prefer": "wait=30"}).expect(201)
    assert books.database.value(f"select count(*) from search_words where books_id in ({books.books_ids()}) and word = 'unwanted'") == "0"
    assert len(found(books, "transactions", q="wanted")) == 1


def test_an_account_is_found_by_its_words(books):
    assert found(books, "accounts", q="cash") == {books.account("1000")} | found(books, "accounts", name="Cash")
    made = books.make_account("S-1", name="東京銀行", description="Straße")["id"]
    for text in ("東", "銀行", "strasse", "s 1"):
        assert made in found(books, "accounts", q=text), text
    books.put(f"/accounts/{made}", {"name": "Osaka"}).expect(200)
    assert found(books, "accounts", q="東") == set() and found(books, "accounts", q="osak") == {made}
    books.delete(f"/accounts/{made}").expect(204)
    assert found(books, "accounts", q="osaka") == set() and rows_of(books, made) == 0


def test_another_tenant_and_the_test_books_are_not_searched(books, make_books):
    books.post_transaction(description="Secret plan", metadata={"plan": "x"})
    for other in (make_books(), books.in_test_mode()):
        assert found(other, "transactions", q="secret") == set()
        assert found(other, "transactions", **{"metadata__plan": "x"}) == set()


def test_too_many_words_are_refused(still_books):
    text = " ".join(chr(ord("a") + number) for number in range(21))
    still_books.get("/transactions", q=text).expect(400, "invalid_request", ["q"])


TABLES = ("search_texts", "search_words", "metadata_values")


def rows_of(books, id_):
    return sum(int(books.database.value(f"select count(*) from {table} where books_id in ({books.books_ids()}) and entity_id = {id_hex(id_)}"))
               for table in TABLES)


@pytest.fixture
def earlier(books):
    """Books whose rows have no words, as those of an installation that kept none."""
    for number in range(30):
        books.post_transaction(description=f"Earlier {number}", metadata={"n": str(number % 3)})
    books.pend_transaction(description=None)
    before = {table: words(books, table) for table in TABLES}
    return books, before


def upgrade(stack):
    done = stack.crane("up", "--build-dir", stack.build, "--no-packages", "--quiet")
    assert done.returncode == 0, done.stdout


def words(books, table):
    key = {"search_texts": "words", "search_words": "word", "metadata_values": "hex(pair)"}[table]
    return books.database.rows(f"select books_id, object, hex(entity_id), {key} from {table} where books_id in ({books.books_ids()}) order by 1, 2, 3, 4")


def test_an_upgrade_finds_what_was_there_before(stack, earlier):
    """And again when it is cut off between two of its commits: it goes on where it was."""
    books, before = earlier
    assert all(before.values())
    for table in TABLES:
        books.database.rows(f"delete from {table}")
    books.database.rows("update search_progress set books_id = 0, entity_id = x'00000000000000000000000000000000'")
    assert found(books, "transactions", q="earlier") == set()
    upgrade(stack)
    assert {table: words(books, table) for table in TABLES} == before
    # Cut off after the tenth: what was not committed with its place is not there.
    place = books.database.rows(f"select books_id, hex(id) from transactions where books_id in ({books.books_ids()}) order by books_id, id limit 9, 1")[0]
    for table in TABLES:
        books.database.rows(f"delete from {table} where object = 'transaction' and (books_id, entity_id) > ({place[0]}, x'{place[1]}')")
    books.database.rows(f"update search_progress set books_id = {place[0]}, entity_id = x'{place[1]}' where object = 'transaction'")
    assert len(found(books, "transactions", q="earl")) == 10
    upgrade(stack)
    assert {table: words(books, table) for table in TABLES} == before
    assert len(found(books, "transactions", q="earl")) == 30
    assert len(found(books, "transactions", **{"metadata__n": "1"})) == 10
