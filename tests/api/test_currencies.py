"""The currencies that the installation ships."""
import pytest

KNOWN = [("USD", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("BTC", 8)]


@pytest.mark.parametrize("code, decimals", KNOWN)
def test_a_currency(still_books, code, decimals):
    seen = still_books.client.get(f"/currencies/CUR_{code}").expect(200)
    assert (seen["id"], seen["code"], seen["decimal_places"], seen["organization_id"], seen["is_active"]) == (f"CUR_{code}", code, decimals, None, True)


@pytest.mark.parametrize("currency_id", ["CUR_XYZ", "CUR_usd", "USD", "CUR_", "cur_USD", "CUR_USD%20", "CUR_USDUSDUSDUSD", "act_0000000000000000000000000"])
def test_what_is_no_currency(still_books, currency_id):
    still_books.client.get(f"/currencies/{currency_id}").expect(404, "resource_not_found")


def walk(client, **query):
    found, page = [], client.get("/currencies", query={"limit": 50, **query}).expect(200)
    while True:
        found += page.data
        if not page["has_more"]:
            return found
        page = client.get("/currencies", query={"limit": 50, **query, "starting_after": found[-1]["id"]}).expect(200)


def test_all_of_them(still_books):
    found = walk(still_books.client)
    codes = [each["code"] for each in found]
    assert len(codes) > 150 and codes == sorted(set(codes)) and {code for code, _ in KNOWN} <= set(codes)
    assert still_books.client.get("/currencies").expect(200)["total_count"] == len(codes)
    assert [each["code"] for each in walk(still_books.client, sort="-code")] == codes[::-1]
    names = [each["name"] for each in walk(still_books.client, sort="name")]
    assert len(names) == len(codes) and [name[0].lower() for name in names if name[0].isascii()] == sorted(name[0].lower() for name in names if name[0].isascii())


def test_filters(still_books):
    def listed(**query):
        return [each["code"] for each in still_books.client.get("/currencies", query=query).expect(200).data]
    assert listed(code="USD,EUR,XYZ") == ["EUR", "USD"] and listed(q="yen") == ["JPY"] and listed(is_active="false", code="USD") == []
    assert listed(starting_after="CUR_USD", limit=1) > ["USD"] and listed(ending_before="CUR_USD", limit=1) < ["USD"]


def test_any_key_reads_them(still_books, operator):
    for client in (operator, still_books.with_new_key(permissions={}).client, still_books.in_test_mode().client):
        client.get("/currencies/CUR_EUR").expect(200)
        client.get("/currencies", query={"limit": 1}).expect(200)
    still_books.client.get("/currencies", key=None).expect(401, "missing_api_key")
