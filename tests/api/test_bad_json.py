"""Bodies that are no JSON object, or that say more than JSON can be trusted with."""
import pytest

ACCOUNT = '{"name":"x","type":"asset"}'


def deep(levels):
    return '{"name":"x","type":"asset","metadata":' + '{"a":' * levels + '"x"' + "}" * levels + "}"


TABLE = [  # what, body, code, fields
    ("nothing", b"", "invalid_json", None),
    ("blanks", b"  \n ", "invalid_json", None),
    ("a word", b"hello", "invalid_json", None),
    ("an open object", b'{"name":"x","type":"asset"', "invalid_json", None),
    ("an open text", b'{"name":"x', "invalid_json", None),
    ("two objects", b'{"name":"x","type":"asset"}{}', "invalid_json", None),
    ("trailing garbage", b'{"name":"x","type":"asset"} x', "invalid_json", None),
    ("a trailing comma", b'{"name":"x","type":"asset",}', "invalid_json", None),
    ("a trailing NUL", b'{"name":"x","type":"asset"}\x00', "invalid_json", None),
    ("a trailing line of more", b'{"name":"x","type":"asset"}\n{"name":"y","type":"asset"}', "invalid_json", None),
    ("single quotes", b"{'name':'x','type':'asset'}", "invalid_json", None),
    ("names without quotes", b'{name:"x",type:"asset"}', "invalid_json", None),
    ("a comment", b'{"name":"x","type":"asset"/* no */}', "invalid_json", None),
    ("UTF-16", '{"name":"x","type":"asset"}'.encode("utf-16"), "invalid_json", None),
    ("invalid UTF-8", b'{"name":"\xff","type":"asset"}', "invalid_json", None),
    ("an overlong form", b'{"name":"\xc0\xaf","type":"asset"}', "invalid_json", None),
    ("half a character", b'{"name":"\xe2\x82","type":"asset"}', "invalid_json", None),
    ("a surrogate", b'{"name":"\xed\xa0\x80","type":"asset"}', "invalid_json", None),
    ("half an escaped pair", b'{"name":"\\ud800","type":"asset"}', "invalid_json", None),
    ("the second half of a pair", b'{"name":"\\udc00 x","type":"asset"}', "invalid_json", None),
    ("a bad escape", b'{"name":"\\x41","type":"asset"}', "invalid_json", None),
    ("a line break within a text", b'{"name":"a\nb","type":"asset"}', "invalid_json", None),
    ("an escaped NUL", b'{"name":"a\\u0000b","type":"asset"}', "invalid_json", None),
    ("NaN", b'{"name":NaN,"type":"asset"}', "invalid_json", None),
    ("Infinity", b'{"name":"x","type":"asset","is_active":-Infinity}', "invalid_json", None),
    ("a number with a leading zero", b'{"name":"x","type":"asset","code":01}', "invalid_json", None),
    ("a number with a plus", b'{"name":"x","type":"asset","code":+1}', "invalid_json", None),
    ("a number that ends in a point", b'{"name":"x","type":"asset","code":1.}', "invalid_json", None),
    ("a number without its whole part", b'{"name":"x","type":"asset","code":.5}', "invalid_json", None),
    ("a hexadecimal number", b'{"name":"x","type":"asset","code":0x1}', "invalid_json", None),
    ("words in capitals", b'{"name":"x","type":"asset","is_active":TRUE}', "invalid_json", None),
    ("a missing colon", b'{"name" "x","type":"asset"}', "invalid_json", None),
    ("a missing comma", b'{"name":"x" "type":"asset"}', "invalid_json", None),
    ("a closing bracket of the other kind", b'{"name":"x","type":"asset"]', "invalid_json", None),
    ("a list", b'[{"name":"x","type":"asset"}]', "invalid_request", None),
    ("a text", b'"name"', "invalid_request", None),
    ("a number", b"7", "invalid_request", None),
    ("null", b"null", "invalid_request", None),
    ("true", b"true", "invalid_request", None),
    ("a field twice", b'{"name":"x","type":"asset","name":"y"}', "invalid_request", ["name"]),
    ("a field twice, once escaped", b'{"name":"x","type":"asset","n\\u0061me":"y"}', "invalid_request", ["name"]),
    ("a name of metadata twice", b'{"name":"x","type":"asset","metadata":{"a":"1","a":"2"}}', "invalid_request", ["metadata.a"]),
    ("an unknown field twice", b'{"name":"x","type":"asset","colour":1,"colour":2}', "invalid_request", ["colour", "colour"]),
    ("names in capitals", b'{"Name":"x","TYPE":"asset"}', "invalid_request", ["Name", "TYPE", "name", "type"]),
    ("40 levels", deep(40).encode(), "invalid_json", None),
    ("100,000 levels", b"[" * 100_000, "invalid_json", None),
    ("100,000 objects within each other", b'{"a":' * 100_000, "invalid_json", None),
    ("a text of a million characters", b'{"name":"' + b"x" * 1_000_000 + b'","type":"asset"}', "invalid_request", ["name"]),
    ("a thousand unknown fields", ("{" + ",".join(f'"f{number}":1' for number in range(1000)) + "}").encode(), "invalid_request", None),
    ("an empty name", b'{"":1,"name":"x","type":"asset"}', "invalid_request", [""]),
]


@pytest.mark.parametrize("body, code, fields", [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_refused(still_books, body, code, fields):
    before = still_books.snapshot()
    still_books.post("/accounts", body).expect(400, code, fields)
    assert still_books.snapshot() == before


NUMBERS = [  # as an amount
    ("12.00", 201), ("12", 201), ("0.10", 201), ("123456789012345", 201), ("1234567890123.45", 201), ("1234567890123456", 400), ("12345678901234.56", 400),
    ("0.1234567890123456", 400), ("1e2", 400), ("1E2", 400), ("1200e-2", 400), ("1e400", 400), ("-0", 400), ("0", 400), ("12.001", 400),
    ("1" + "0" * 70, 400), ("12.00" + "0" * 12, 400),
]


@pytest.mark.parametrize("number, status", NUMBERS)
def test_numbers_are_read_as_they_are_written(still_books, number, status):
    bank, sales = still_books.account("1010"), still_books.account("4000")
    body = ('{"transaction_date":"2026-01-31","entries":[{"account_id":"%s","entry_type":"debit","amount":%s},'
            '{"account_id":"%s","entry_type":"credit","amount":%s}]}' % (bank, number, sales, number))
    before = still_books.snapshot()
    reply = still_books.post("/transactions", body)
    assert reply.status == status, reply
    if status == 201:
        assert float(reply["total_debits"]) == float(number)
    else:
        assert reply.code in ("invalid_request", "invalid_json") and still_books.snapshot() == before


TEXTS = ["ü€𝄞", "a\"b\\c/d", "tab\tand\nline", "a\u200f\u202eb", "x" * 255, "ü" * 255, "𝄞" * 255, "'; drop table accounts; --", "<script>", "\u007f.", "NULL", "\\N", "%s%n", "\ufeff."]


@pytest.mark.parametrize("text", TEXTS)
def test_texts_come_back_as_they_were(still_books, text):
    made = still_books.post("/accounts", {"name": text, "type": "asset", "description": text, "metadata": {text[:40]: text}}).expect(201)
    seen = still_books.get(f"/accounts/{made['id']}").expect(200)
    assert seen["name"] == seen["description"] == text and seen["metadata"] == {text[:40]: text}
    found = [each["id"] for each in still_books.get("/accounts", q=text[:100], limit=100).expect(200).data]
    assert made["id"] in found if any(character.isalnum() for character in text) else found == []
    assert made["id"] in [each["id"] for each in still_books.get("/accounts", **{f"metadata[{text[:40]}]": text}).expect(200).data]


@pytest.mark.parametrize("name", ["\u200f\u202e", "\u007f", "\ufeff", "\u00ad"])
def test_a_name_that_nobody_sees(still_books, operator, name):
    """Whether it is one may be argued, but it is no fault of the server."""
    for reply in (still_books.post("/accounts", {"name": name, "type": "asset"}), operator.post("/organizations", {"name": name})):
        assert reply.status == 201 or reply.expect(400, "invalid_request", ["name"])


@pytest.mark.parametrize("media, status", [("application/json", 201), ("application/json; charset=utf-8", 201), ("APPLICATION/JSON", 201), ("text/plain", 415), ("", 415),
                                           ("application/x-www-form-urlencoded", 415), ("application/jsonx", 415), ("application/vnd.api+json", 415), ("text/json", 415)])
def test_the_content_type(still_books, media, status):
    before = still_books.snapshot()
    reply = still_books.post("/accounts", ACCOUNT, headers={"Content-Type": media})
    if status == 201:
        reply.expect(201)
    else:
        reply.expect(415, "unsupported_media_type")
        assert still_books.snapshot() == before


def test_an_action_without_a_body_takes_none(still_books):
    for body in ({"colour": "red"}, "[]"):
        made = still_books.pend_transaction()
        before = still_books.snapshot()
        still_books.post(f"/transactions/{made['id']}/post", body, is_wrong=True).expect(400, "invalid_request")
        assert still_books.snapshot() == before
