"""Settings: their defaults, what each takes, who may set which, and what follows from a role."""
import base64
import struct
import zlib

import pytest
from client import together

ROLES = {  # role: code of the account in the standard chart
    "bank": "1010", "cash": "1000", "cost_of_sales": "5000", "customer_credit": "2200", "fx_gain": "7000", "fx_loss": "7100", "opening_balances": "3900",
    "payable": "2000", "receivable": "1100", "retained_earnings": "3100", "rounding": "6900", "sales": "4000", "tax_payable": "2100",
    "tax_receivable": "1300", "transit": "1900", "vendor_credit": "1400"}
DEFAULTS = {
    "bill_number_prefix": "BILL-", "bill_number_width": 5, "credit_note_number_prefix": "CN-", "credit_note_number_width": 5, "default_currency": "USD",
    "invoice_number_prefix": "INV-", "invoice_number_width": 5, "payment_terms_days": 30, "pdf.footer": None, "pdf.locale": "en-US", "pdf.logo": None,
    "rounding": "line", "webhooks.allow_private_targets": False}
OPERATORS = "webhooks.allow_private_targets"
TYPES = {str: "string", int: "number", bool: "boolean"}


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def picture(width=1, height=1, fill=0):
    """A PNG in base64, made longer by a chunk that tells nothing."""
    bare = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    bare += chunk(b"IDAT", zlib.compress(b"\0\0\0\0\0")) + (chunk(b"teXt", b"x" * (fill - 12)) if fill else b"") + chunk(b"IEND", b"")
    return base64.b64encode(bare).decode()


LENGTH = len(base64.b64decode(picture()))


def value_of(books, key):
    return books.get(f"/settings/{key}").expect(200)["value"]


def listed(books, **query):
    return {each["key"]: each for each in books.get("/settings", **query).expect(200).data}


def test_every_setting_has_its_default(books, contract):
    found = listed(books)
    assert list(found) == sorted(found) == contract.document["components"]["schemas"]["SettingKey"]["enum"]
    expected = {**DEFAULTS, **{f"accounts.{role}": books.account(code) for role, code in ROLES.items()}}
    assert {key: each["value"] for key, each in found.items()} == expected
    for key, each in found.items():
        assert each["updated_at"] is None and each["livemode"] is True and each["organization_id"] == books.id and each["description"]
        assert each["is_system"] is (key == OPERATORS)
        assert each["data_type"] == TYPES.get(type(expected[key]), "string")
        assert books.get(f"/settings/{key}").expect(200).json == each


def test_defaults_are_the_organizations(make_books):
    assert value_of(make_books(base_currency_code="JPY"), "default_currency") == "JPY"
    bare = make_books(chart="none")
    assert {value_of(bare, f"accounts.{role}") for role in ROLES} == {None}
    account = bare.make_account("4000", type="revenue")
    assert bare.put("/settings/accounts.sales", {"value": account["id"]}).expect(200)["value"] == account["id"]
    assert bare.put("/settings/accounts.sales", {"value": None}).expect(200)["value"] is None


SOUND = [  # key, value, what it becomes
    ("invoice_number_prefix", "2026/", None), ("invoice_number_prefix", "", None), ("invoice_number_prefix", "Größe-", None), ("invoice_number_width", 12, None),
    ("bill_number_prefix", "B", None), ("bill_number_width", 1, None), ("credit_note_number_prefix", "x" * 16, None), ("credit_note_number_width", 7, None),
    ("payment_terms_days", 0, None), ("payment_terms_days", 3650, None), ("rounding", "document", None), ("default_currency", "EUR", None),
    ("default_currency", "CUR_JPY", "JPY"), ("pdf.locale", "de-AT", None), ("pdf.footer", "Thank you.\nUntil next time.", None),
    ("pdf.footer", "x" * 1000, None), ("pdf.logo", picture(), None), ("pdf.logo", picture(4096, 1), None),
    ("pdf.logo", picture(fill=256 * 1024 - LENGTH), None)]


@pytest.mark.parametrize("key, value, becomes", SOUND, ids=[f"{key}-{str(value)[:20]}" for key, value, _ in SOUND])
def test_a_value_is_set_and_null_goes_back(books, key, value, becomes):
    before = books.get(f"/settings/{key}").expect(200).json
    made = books.put(f"/settings/{key}", {"value": value}).expect(200)
    assert made.cost == 0
    assert made.json == {**before, "value": becomes or value, "updated_at": made["updated_at"]}
    assert type(made["value"]) is type(becomes or value) and made["updated_at"]
    assert books.get(f"/settings/{key}").expect(200).json == made.json == listed(books)[key]
    assert books.put(f"/settings/{key}", {"value": None}).expect(200).json == before
    assert books.get(f"/settings/{key}").expect(200).json == before


FAULTY = [
    ("invoice_number_prefix", 7), ("invoice_number_prefix", "x" * 17), ("invoice_number_prefix", "a\nb"), ("invoice_number_prefix", "\u007f"),
    ("invoice_number_prefix", ["INV"]), ("invoice_number_width", "5"), ("invoice_number_width", 0), ("invoice_number_width", 13), ("invoice_number_width", 5.5),
    ("invoice_number_width", True), ("payment_terms_days", -1), ("payment_terms_days", 3651), ("payment_terms_days", {"days": 1}), ("rounding", "Line"),
    ("rounding", ""), ("rounding", 1), ("default_currency", "XYZ"), ("default_currency", "usd"), ("default_currency", ""), ("default_currency", "CUR_"),
    ("default_currency", "CUR_CUR_USD"), ("default_currency", "USD "), ("default_currency", 840), ("pdf.locale", "english"), ("pdf.locale", "EN-us"),
    ("pdf.locale", ""), ("pdf.footer", "x" * 1001), ("pdf.footer", "a\u0007b"), ("pdf.logo", ""), ("pdf.logo", "not base64!"), ("pdf.logo", "R0lGODlhAQABAAAAACw="),
    ("pdf.logo", picture()[:40]), ("pdf.logo", picture() + "\n"), ("pdf.logo", "data:image/png;base64," + picture()), ("pdf.logo", picture(4097, 1)),
    ("pdf.logo", picture(1, 4097)), ("pdf.logo", picture(fill=256 * 1024 - LENGTH + 1)), ("pdf.logo", picture().replace("SUhEUg", "SUhEUQ")),
    ("accounts.sales", "4000"), ("accounts.sales", ""), ("accounts.sales", 4000), ("accounts.sales", "act_0000000000000000000000000"),
    ("accounts.sales", "txn_0000000000000000000000000")]


@pytest.mark.parametrize("key, value", FAULTY, ids=[f"{key}-{str(value)[:20]!r}" for key, value in FAULTY])
def test_a_faulty_value_is_refused(still_books, key, value):
    before = still_books.snapshot()
    still_books.put(f"/settings/{key}", {"value": value}).expect(400, "invalid_request", ["value"])
    assert still_books.snapshot() == before


BODIES = [({}, ["value"]), ({"value": 5, "values": 5}, ["values"]), ({"values": 5}, ["value", "values"]), ('{"value": 5, "value": 6}', ["value"]), ([], [""]),
          ({"value": 99, "key": "x"}, ["value", "key"])]


@pytest.mark.parametrize("body, fields", BODIES, ids=[str(row[0]) for row in BODIES])
def test_a_faulty_body_is_refused(still_books, body, fields):
    still_books.put("/settings/invoice_number_width", body).expect(400, "invalid_request", fields)


@pytest.mark.parametrize("key", ["nonesuch", "accounts.nonesuch", "Rounding", "rounding%20", "org_0000000000000000000000000"])
def test_a_key_that_there_is_not(still_books, key):
    still_books.get(f"/settings/{key}").expect(404, "resource_not_found")
    still_books.put(f"/settings/{key}", {"value": "x"}).expect(404, "resource_not_found")


WRONG_TYPES = [("receivable", "2000"), ("payable", "1100"), ("bank", "4000"), ("cash", "2000"), ("sales", "5000"), ("cost_of_sales", "4000"),
               ("retained_earnings", "2000"), ("opening_balances", "1010"), ("tax_payable", "1300"), ("tax_receivable", "2100"), ("fx_gain", "3000"),
               ("fx_loss", "3000"), ("rounding", "1010"), ("transit", "3000"), ("customer_credit", "1400"), ("vendor_credit", "2200")]


def test_an_account_of_another_type_does_not_fit_a_role(still_books):
    assert {role for role, _ in WRONG_TYPES} == set(ROLES)
    before = still_books.snapshot()
    for role, code in WRONG_TYPES:
        refused = still_books.put(f"/settings/accounts.{role}", {"value": still_books.account(code)}).expect(400, "invalid_request", ["value"])
        assert "type" in refused.error["details"]["fields"][0]["message"], role
    assert still_books.snapshot() == before


def test_an_account_that_is_not_active_or_not_ours_has_no_role(books, make_books):
    asleep = books.make_account(type="revenue", is_active=False)["id"]
    theirs = make_books().account("4000")
    test = books.in_test_mode().account("4000")
    before = books.snapshot()
    for account_id in (asleep, theirs, test):
        books.put("/settings/accounts.sales", {"value": account_id}).expect(400, "invalid_request", ["value"])
    assert books.snapshot() == before


def test_a_role_moves_and_its_account_stays(books):
    before = books.get("/settings/accounts.sales").expect(200).json
    other = books.make_account("4100", type="revenue")["id"]
    assert books.put("/settings/accounts.sales", {"value": other}).expect(200)["value"] == other
    # The short form of a transaction asks the settings.
    income = {"type": "income", "status": "posted", "transaction_date": "2026-03-31", "account_id": books.account("1010"), "amount": "5.00"}
    books.post("/transactions", income).expect(201)
    assert (books.balance("4100"), books.balance("4000")) == ("-5.00", "0.00")
    spare = books.make_account(type="revenue")["id"]
    books.put("/settings/accounts.fx_gain", {"value": spare}).expect(200)
    for account_id in (other, spare, books.account("4000")):  # by setting, and by default
        books.put(f"/accounts/{account_id}", {"is_active": False}).expect(422, "account_in_use")
        books.delete(f"/accounts/{account_id}").expect(422, "account_in_use")
        books.put(f"/accounts/{account_id}", {"description": "x"}).expect(200)
    assert books.put("/settings/accounts.sales", {"value": None}).expect(200).json == before
    books.put("/settings/accounts.fx_gain", {"value": books.account("7000")}).expect(200)
    assert books.get("/settings/accounts.fx_gain").expect(200)["updated_at"] is None  # it is the default again
    books.delete(f"/accounts/{spare}").expect(204)
    books.put(f"/accounts/{other}", {"is_active": False}).expect(200)


def test_a_role_given_while_its_account_goes(books):
    """Whichever comes first, no role is left to an account that is gone."""
    for _ in range(10):
        account_id = books.make_account(type="revenue")["id"]
        replies = together(2, lambda seat: books.put("/settings/accounts.rounding", {"value": account_id}) if seat else books.delete(f"/accounts/{account_id}"))
        assert {(204, 400), (422, 200)} >= {tuple(reply.status for reply in replies)}
        role = value_of(books, "accounts.rounding")
        books.get(f"/accounts/{role}").expect(200)


def test_the_two_sets_of_books_have_their_own(books):
    test = books.in_test_mode()
    test.put("/settings/invoice_number_prefix", {"value": "TEST-"}).expect(200)
    assert (value_of(books, "invoice_number_prefix"), value_of(test, "invoice_number_prefix")) == ("INV-", "TEST-")
    assert value_of(books, "accounts.sales") != value_of(test, "accounts.sales") == test.account("4000")
    assert {each["livemode"] for each in listed(test).values()} == {False}


def test_what_is_the_operators(books, operator, make_books):
    path, test = f"{books.path}/settings/{OPERATORS}", books.in_test_mode()
    for seen in (books, test):
        refused = seen.put(f"/settings/{OPERATORS}", {"value": True}).expect(403, "insufficient_permissions")
        assert "operator" in refused.error["message"]
    made = operator.put(path, {"value": True}).expect(200)
    assert made["value"] is True and made["updated_at"] and made["organization_id"] == books.id
    # It holds for both sets of books.
    for seen in (books, test):
        assert value_of(seen, OPERATORS) is True and listed(seen)[OPERATORS]["value"] is True
    assert value_of(make_books(), OPERATORS) is False
    assert operator.get(path).expect(200).json == made.json
    assert operator.get(f"{books.path}/settings").expect(200).data == [made.json]
    for value in (1, "true", []):
        operator.put(path, {"value": value}).expect(400, "invalid_request", ["value"])
    assert operator.put(path, {"value": None}).expect(200)["value"] is False and value_of(test, OPERATORS) is False


def test_an_operator_reaches_nothing_else(still_books, operator):
    before = still_books.snapshot()
    for key in listed(still_books):
        if key != OPERATORS:
            operator.get(f"{still_books.path}/settings/{key}").expect(403, "insufficient_permissions")
            operator.put(f"{still_books.path}/settings/{key}", {"value": None}).expect(403, "insufficient_permissions")
    assert still_books.snapshot() == before


def test_versions(books):
    seen = books.get("/settings/rounding").expect(200)
    tag = seen.headers["etag"]
    assert books.client.get(f"{books.path}/settings/rounding", headers={"If-None-Match": tag}).status == 304
    made = books.put("/settings/rounding", {"value": "document"}, headers={"If-Match": tag}).expect(200)
    assert made.headers["etag"] != tag
    books.put("/settings/rounding", {"value": "line"}, headers={"If-Match": tag}).expect(412, "version_mismatch")
    assert value_of(books, "rounding") == "document"
    books.put("/settings/rounding", {"value": None}, headers={"If-Match": made.headers["etag"]}).expect(200)
    assert books.get("/settings/rounding").expect(200).headers["etag"] == tag


def test_of_those_who_change_one_version_one_does(books):
    tag = books.get("/settings/payment_terms_days").expect(200).headers["etag"]
    replies = together(8, lambda seat: books.put("/settings/payment_terms_days", {"value": seat}, headers={"If-Match": tag}))
    assert sorted(reply.status for reply in replies) == [200] + [412] * 7
    assert value_of(books, "payment_terms_days") == next(reply["value"] for reply in replies if reply.status == 200)


def test_a_change_leaves_an_event(books):
    books.put("/settings/payment_terms_days", {"value": 14}).expect(200)
    books.put("/settings/pdf.logo", {"value": picture()}).expect(200)
    books.put("/settings/payment_terms_days", {"value": None}).expect(200)
    rows = books.database.rows("select entity_id, event_type, operation, credits from events "
                               f"where books_id in ({books.books_ids()}) and entity_type = 'setting' order by id")
    assert {row[1:] for row in rows} == {("setting.updated", "settings.update", "0")}
    assert [row[0] for row in rows] == ["payment_terms_days", "pdf.logo", "payment_terms_days"]


def test_a_setting_is_set_later_when_asked(books):
    reply = books.put("/settings/rounding", {"value": "document"}, headers={"Prefer": "respond-async"}).expect(202)
    assert reply["resource"] == {"object": "setting", "id": "rounding"}
    assert books.wait_for(reply.json)["result"]["value"] == "document" == value_of(books, "rounding")
    books.put("/settings/rounding", {"value": "x"}, headers={"Prefer": "respond-async"}).expect(400, "invalid_request", ["value"])


def test_once_for_each_idempotency_key(books):
    once = {"Idempotency-Key": "k"}
    made = books.put("/settings/rounding", {"value": "document"}, headers=once).expect(200)
    books.put("/settings/rounding", {"value": "line"}).expect(200)
    again = books.put("/settings/rounding", {"value": "document"}, headers=once).expect(200)
    assert again.json == made.json and again.headers["idempotent-replayed"] == "true" and value_of(books, "rounding") == "line"


def test_pages(still_books):
    order = list(listed(still_books))
    for sort, keys in (("key", order), ("-key", order[::-1])):
        for limit in (1, 7, 29, 100):
            pages = [still_books.get("/settings", sort=sort, limit=limit, offset=offset).expect(200) for offset in range(0, len(keys), limit)]
            assert [each["key"] for page in pages for each in page.data] == keys
            assert [page["has_more"] for page in pages] == [True] * (len(pages) - 1) + [False]
            assert {page["total_count"] for page in pages} == {len(keys)}
        for place, key in enumerate(keys):
            after = still_books.get("/settings", sort=sort, limit=3, starting_after=key).expect(200)
            assert [each["key"] for each in after.data] == keys[place + 1:place + 4] and after["has_more"] is (place + 4 < len(keys))
            before = still_books.get("/settings", sort=sort, limit=3, ending_before=key).expect(200)
            assert [each["key"] for each in before.data] == keys[max(0, place - 3):place] and before["has_more"] is (place > 3)
    assert still_books.get("/settings", offset=1000).expect(200).data == []


PAGES = [({"limit": 0}, ["limit"]), ({"limit": 101}, ["limit"]), ({"offset": -1}, ["offset"]), ({"sort": "value"}, ["sort"]),
         ({"starting_after": "nonesuch"}, ["starting_after"]), ({"ending_before": ""}, ["ending_before"]), ({"starting_after": "rounding", "offset": 1}, ["offset"])]


@pytest.mark.parametrize("query, fields", PAGES, ids=[str(row[0]) for row in PAGES])
def test_a_page_that_there_is_not(still_books, query, fields):
    still_books.get("/settings", **query).expect(400, "invalid_request", fields)


def test_an_unknown_parameter(still_books):
    still_books.get("/settings", data_type="string").expect(400, "unknown_parameter")
    still_books.get("/settings/rounding", expand="x").expect(400, "unknown_parameter")
