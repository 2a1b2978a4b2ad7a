"""The tree below a root: how far keys reach, what rolls up, who pays, and moving a part of it."""
import pytest
from client import together

LEVELS = 100


def chain(books, count, **fields):
    """So many organizations, each below the one before."""
    made, parent = [], books.id
    for number in range(count):
        made.append(books.child(parent_organization_id=parent, name=f"Level {number + 2}", **fields))
        parent = made[-1].id
    return made


def linked_child(books, **fields):
    """A linked child as its own first key sees it."""
    child = books.child(relationship_type="linked", **fields)
    return child.seen_with(child.organization["api_key"]["secret"])


def refused(seen, target):
    """Everything of the target is absent to the key."""
    for path in ("", "/accounts", "/transactions", "/settings", "/events", "/api-keys", "/consolidated-reporting", "/billing-organization"):
        seen.client.get(target.path + path).expect(404, "resource_not_found")
    seen.client.put(target.path, {"name": "x"}).expect(404, "resource_not_found")
    seen.client.post(f"{target.path}/api-keys", {"name": "x"}).expect(404, "resource_not_found")


def test_at_every_depth(books):
    """A key reaches down and neither up nor to the side, wherever in the tree it is."""
    line = [books, *chain(books, 5)]
    side = books.child(parent_organization_id=line[2].id)
    keys = [each.with_new_key(include_children=True) for each in line]
    near = [each.with_new_key() for each in line]
    for depth, key in enumerate(keys):
        for other, target in enumerate(line):
            if other < depth:
                refused(key, target)
            else:
                assert key.client.get(target.path).expect(200)["id"] == target.id
                key.client.get(f"{target.path}/accounts").expect(200)
            if other != depth:
                refused(near[depth], target)
        if depth > 2:
            refused(key, side)
    own = side.with_new_key(include_children=True)
    for target in line:
        refused(own, target)
    assert books.get("/billing-organization").expect(200)["is_self"] is True


def test_a_key_makes_children_within_its_reach_only(books, make_books):
    child, sibling = books.child(), books.child()
    seen = child.with_new_key(include_children=True)
    for parent in (books.id, sibling.id, make_books().id):
        for path in ("/organizations", "/accounts/sub"):
            seen.client.post(path, {"name": "x", "parent_organization_id": parent}).expect(400, "invalid_request", ["parent_organization_id"])
    made = seen.client.post("/organizations", {"name": "x"}).expect(201)
    assert made["parent_organization_id"] == child.id
    assert seen.client.post("/organizations", {"name": "x", "parent_organization_id": made["id"]}).expect(201)["parent_organization_id"] == made["id"]


def test_a_tree_is_as_deep_as_it_says(make_books, database):
    books = make_books(chart="none")
    line = chain(books, LEVELS - 1, chart="none")
    before = books.snapshot()
    books.client.post("/organizations", {"name": "x", "parent_organization_id": line[-1].id}).expect(422, "invalid_state")
    assert books.snapshot() == before
    line[-1].get("/accounts").expect(200)
    assert len(books.get("/consolidated-reporting").expect(200)["organizations"]) == LEVELS
    # Nothing becomes too deep by being moved either.
    other = books.child(chart="none")
    books.child(chart="none", parent_organization_id=other.id)
    books.client.post(f"{other.path}/move", {"parent_organization_id": line[-2].id}).expect(422, "invalid_state")
    books.client.post(f"{other.path}/move", {"parent_organization_id": line[-3].id}).expect(200)


def test_master_and_sub_accounts(operator, books):
    made = operator.post("/accounts/master", {"name": "Master", "chart": "none", "initial_credits": 30}).expect(201)
    assert made["is_root"] is True and made["api_key"]["secret"].startswith("cl_live_")
    client = operator.with_key(made["api_key"]["secret"])
    sub = client.post("/accounts/sub", {"name": "Sub", "parent_organization_id": made["id"]}).expect(201)
    assert (sub["parent_organization_id"], sub["relationship_type"], sub.cost) == (made["id"], "owned", 5) and "api_key" not in sub.json
    assert client.get(f"/organizations/{made['id']}").expect(200).headers["x-credits-remaining"] == "25"
    before = books.snapshot()
    books.client.post("/accounts/master", {"name": "Mine"}).expect(403, "insufficient_permissions")
    operator.post("/accounts/sub", {"name": "x"}).expect(403, "insufficient_permissions")
    books.client.post("/accounts/sub", {"name": "", "chart": "huge"}).expect(400, "invalid_request", ["name"])
    operator.post("/accounts/master", {"name": "x", "parent_organization_id": books.id}).expect(400, "invalid_request", ["parent_organization_id"])
    assert books.snapshot() == before
    # Nothing else is under these paths, and a repeated request makes one.
    client.get("/accounts/sub").expect(405, "method_not_allowed")
    key = {"Idempotency-Key": "once"}
    first = operator.post("/accounts/master", {"name": "Once"}, headers=key).expect(201)
    assert operator.post("/accounts/master", {"name": "Once"}, headers=key).expect(201).body == first.body


def test_a_linked_child_is_isolated(books):
    linked = linked_child(books)
    below = linked.child()
    far = books.with_new_key(include_children=True)
    for target in (linked, below):
        # That it is there, and who pays, is the record; all else is another tenant's.
        assert far.client.get(target.path).expect(200)["id"] == target.id
        assert far.client.get(f"{target.path}/billing-organization").expect(200)["id"] == books.id
        for path in ("/accounts", "/transactions", "/settings", "/events", "/api-keys", "/jobs", "/reports/trial-balance", "/consolidated-reporting"):
            far.client.get(target.path + path).expect(404, "resource_not_found")
        before = linked.snapshot()
        far.client.put(target.path, {"books_closed_through": "2026-01-31"}).expect(404, "resource_not_found")
        far.client.post(f"{target.path}/api-keys", {"name": "x"}).expect(404, "resource_not_found")
        far.client.post("/organizations", {"name": "x", "parent_organization_id": target.id}).expect(400, "invalid_request", ["parent_organization_id"])
        assert linked.snapshot() == before
        refused(books.with_new_key(), target)
    assert {linked.id, below.id} <= {each["id"] for each in far.client.get("/organizations").expect(200).data}
    # Its own key reaches what it owns, and the credits are the root's.
    credits_before = int(books.get().expect(200).headers["x-credits-remaining"])
    linked.post_transaction()
    below.post_transaction()
    assert linked.trial_balance() == below.trial_balance() == {"1010": "12.00", "4000": "-12.00"} and books.trial_balance() == {}
    refused(linked, books)
    assert int(books.get().expect(200).headers["x-credits-remaining"]) < credits_before


def test_the_first_key_of_a_linked_child_can_do_no_more_than_its_maker(books):
    weak = books.with_new_key(permissions={"organizations": ["read", "write"], "accounts": ["read"]})
    made = weak.client.post("/organizations", {"name": "Linked", "relationship_type": "linked"}).expect(201)
    key = made["api_key"]
    assert key["permissions"] == {"accounts": ["read"], "organizations": ["read", "write"]} and key["organization_id"] == made["id"]
    client = weak.client.with_key(key["secret"])
    client.get(f"/organizations/{made['id']}/accounts").expect(200)
    client.post(f"/organizations/{made['id']}/accounts", {"name": "x", "type": "asset"}).expect(403, "insufficient_permissions")
    test = books.in_test_mode().client.post("/organizations", {"name": "Linked", "relationship_type": "linked"}).expect(201)
    assert test["api_key"]["mode"] == "test" and test["api_key"]["secret"].startswith("cl_test_")
    # Nor outlive its maker, nor be used from elsewhere.
    bounds = {"expires_at": "2999-01-01T00:00:00.000000Z", "allowed_ips": ["127.0.0.0/8", "::1/128"]}
    bound = books.with_new_key(**bounds).client.post("/organizations", {"name": "Linked", "relationship_type": "linked"}).expect(201)["api_key"]
    assert {name: bound[name] for name in bounds} == bounds and bound["require_signature"] is False and bound["signing_secret"] is None
    signing = books.with_signing_key(require_signature=True)
    made = signing.client.post("/organizations", {"name": "Linked", "relationship_type": "linked"}).expect(201)
    assert made["api_key"]["require_signature"] is True and made["api_key"]["signing_secret"].startswith("cls_")
    path = f"/organizations/{made['id']}/accounts"
    books.client.with_key(made["api_key"]["secret"]).get(path).expect(401, "invalid_signature")
    books.signed_by(made["api_key"]).client.get(path).expect(200)
    # The reply is replayed with its secret, which is kept sealed.
    headers = {"Idempotency-Key": "linked-once"}
    first = books.client.post("/organizations", {"name": "L", "relationship_type": "linked"}, headers=headers).expect(201)
    assert books.client.post("/organizations", {"name": "L", "relationship_type": "linked"}, headers=headers).expect(201).body == first.body
    assert not books.database.rows(f"select 1 from idempotency_keys where locate('{first['api_key']['secret']}', reply_body)")


def test_what_rolls_up(books, operator):
    owned, grand = chain(books, 2)
    linked = linked_child(books, base_currency_code="EUR")
    below = linked.child()
    linked_grand = books.child(parent_organization_id=owned.id, relationship_type="linked")

    def ids(client, target):
        report = client.get(f"{target.path}/consolidated-reporting").expect(200)
        assert report["organization_id"] == target.id and report["livemode"] is True
        return [(each["id"], each["depth"]) for each in report["organizations"]]
    assert ids(books.client, books) == [(books.id, 0), (owned.id, 1), (grand.id, 2)]
    assert ids(books.client, owned) == [(owned.id, 0), (grand.id, 1)] and ids(books.client, grand) == [(grand.id, 0)]
    assert ids(linked.client, linked) == [(linked.id, 0), (below.id, 1)] and ids(operator, books) == ids(books.client, books)
    assert ids(books.with_new_key().client, books) == [(books.id, 0)]
    shown = books.get("/consolidated-reporting").expect(200)["organizations"][1]
    assert shown == {"id": owned.id, "name": "Level 2", "is_root": False, "parent_organization_id": books.id, "relationship_type": "owned",
                     "base_currency_code": "USD", "depth": 1}
    assert linked_grand.id not in {each for each, _ in ids(books.client, books)}


def test_who_pays(books, operator):
    grand = chain(books, 2)[1]
    linked = linked_child(books)
    for client, target in ((grand.with_new_key().client, grand), (linked.client, linked), (operator, grand)):
        assert client.get(f"{target.path}/billing-organization").expect(200).json == {
            "id": books.id, "object": "billing_organization", "organization_id": target.id, "livemode": True, "name": books.organization["name"],
            "billing_type": "shared", "is_self": False}
    assert books.get("/billing-organization").expect(200)["is_self"] is True
    assert books.in_test_mode().get("/billing-organization").expect(200)["livemode"] is False


def test_who_can_share_data(books, make_books, operator):
    owned, grand = chain(books, 2)
    linked = linked_child(books)
    below, stranger = linked.child(), make_books()
    table = [(books, books, True, "same_organization"), (books, grand, True, "owned"), (grand, owned, True, "owned"), (books, linked, False, "linked"),
             (grand, below, False, "linked"), (linked, linked, True, "same_organization"), (linked, below, True, "owned")]
    for a, b, can, reason in table:
        for client in (books.client, operator):
            for first, second in ((a, b), (b, a)):
                assert client.get(f"/organizations/can-share-data/{first.id}/{second.id}").expect(200).json == {
                    "object": "data_sharing", "organization_a": first.id, "organization_b": second.id, "can_share_data": can, "reason": reason}
    assert operator.get(f"/organizations/can-share-data/{books.id}/{stranger.id}").expect(200)["reason"] == "unrelated"
    absent = "org_0000000000000000000000000"
    for client, pairs in ((books.client, [(books.id, stranger.id), (stranger.id, books.id), (books.id, absent), ("x", books.id)]),
                          (grand.with_new_key(include_children=True).client, [(grand.id, books.id), (owned.id, grand.id)]),
                          (books.with_new_key().client, [(books.id, owned.id)]), (operator, [(books.id, absent)])):
        for first, second in pairs:
            client.get(f"/organizations/can-share-data/{first}/{second}").expect(404, "resource_not_found")


# Moving.

def test_an_organization_is_moved_with_all_below_it(books):
    first, second = books.child(name="First"), books.child(name="Second")
    moved = books.child(parent_organization_id=first.id, name="Moved")
    below = books.child(parent_organization_id=moved.id, name="Below")
    keys = {each.id: each.with_new_key(include_children=True) for each in (first, second, moved)}
    for target in (moved, below):
        keys[first.id].client.get(f"{target.path}/accounts").expect(200)
        keys[second.id].client.get(f"{target.path}/accounts").expect(404, "resource_not_found")
    done = books.client.post(f"{moved.path}/move", {"parent_organization_id": second.id}).expect(200)
    assert done["parent_organization_id"] == second.id and done.cost == 0 and done.json == books.client.get(moved.path).expect(200).json
    # The very next requests, though all of it was cached.
    for target in (moved, below):
        keys[first.id].client.get(f"{target.path}/accounts").expect(404, "resource_not_found")
        keys[second.id].client.get(f"{target.path}/accounts").expect(200)
        keys[moved.id].client.get(f"{target.path}/accounts").expect(200)
        books.client.get(f"{target.path}/accounts").expect(200)
    [told] = moved.get("/events", event_type="organization.moved").expect(200).data
    assert told["metadata"] == {"before": {"parent_organization_id": first.id}, "after": {"parent_organization_id": second.id}}
    tree = [(each["id"], each["depth"]) for each in books.get("/consolidated-reporting").expect(200)["organizations"]]
    assert tree == [(books.id, 0), (first.id, 1), (second.id, 1), (moved.id, 2), (below.id, 3)]
    refused_tag = books.client.post(f"{moved.path}/move", {"parent_organization_id": books.id}, headers={"If-Match": '"other"'}).expect(412, "version_mismatch")
    assert done.headers["etag"] in refused_tag.error["message"]
    # Up again, below the root.
    books.client.post(f"{moved.path}/move", {"parent_organization_id": books.id}).expect(200)
    assert [each["depth"] for each in books.get("/consolidated-reporting").expect(200)["organizations"]] == [0, 1, 1, 1, 2]


def test_there_are_no_circles(books, make_books):
    line = chain(books, 3)
    linked = linked_child(books)
    own = line[1].with_new_key(include_children=True)
    before = books.snapshot(), [each.snapshot() for each in line]
    for target in line:
        for parent in line[line.index(target):]:
            books.client.post(f"{target.path}/move", {"parent_organization_id": parent.id}).expect(400, "invalid_request", ["parent_organization_id"])
    for parent in (make_books().id, "org_0000000000000000000000000", linked.id):
        books.client.post(f"{line[2].path}/move", {"parent_organization_id": parent}).expect(400, "invalid_request", ["parent_organization_id"])
    books.client.post(f"{line[0].path}/move", {}).expect(400, "invalid_request", ["parent_organization_id"])
    books.client.post(f"{line[0].path}/move", {"parent_organization_id": None}).expect(400, "invalid_request", ["parent_organization_id"])
    # Neither by its own key, nor out of a linked one, nor a root.
    books.post("/move", {"parent_organization_id": line[0].id}).expect(403, "insufficient_permissions")
    own.post("/move", {"parent_organization_id": line[2].id}).expect(403, "insufficient_permissions")
    books.client.post(f"{linked.path}/move", {"parent_organization_id": line[0].id}).expect(404, "resource_not_found")
    assert (books.snapshot(), [each.snapshot() for each in line]) == before


def test_those_who_move_at_once_leave_a_tree(books, database):
    """Each would be fine alone; two of them together would make a circle."""
    first, second = books.child(), books.child()
    for _ in range(5):
        replies = together(2, lambda number: books.client.post(f"{(first, second)[number].path}/move", {"parent_organization_id": (second, first)[number].id}))
        assert sorted(reply.status for reply in replies) == [200, 400], replies
        shown = books.get("/consolidated-reporting").expect(200)["organizations"]
        assert [each["depth"] for each in shown] == [0, 1, 2]
        for each in (first, second):
            books.client.post(f"{each.path}/move", {"parent_organization_id": books.id})
    # Children made meanwhile end below whatever their parent ended below.
    replies = together(8, lambda number: books.client.post(f"{second.path}/move", {"parent_organization_id": first.id}) if number == 0 else
                       books.client.post("/organizations", {"name": "x", "parent_organization_id": second.id, "chart": "none"}))
    assert [reply.status for reply in replies] == [200] + [201] * 7
    assert sorted(each["depth"] for each in books.get("/consolidated-reporting").expect(200)["organizations"]) == [0, 1, 2] + [3] * 7


@pytest.mark.parametrize("table", ["organization_ancestors"])
def test_the_table_of_ancestors_is_what_the_parents_say(books, database, table):
    """Walked up by parent_id, each organization meets exactly its ancestors, at their distances, with the linked ones counted."""
    owned, grand = chain(books, 2)
    linked = linked_child(books)
    below = linked.child()
    books.client.post(f"{grand.path}/move", {"parent_organization_id": books.id}).expect(200)
    for each in (books, owned, grand, linked, below):
        walked = database.rows(f"""with recursive up as (
            select id, id as at, parent_id, 0 as distance, 0 as linked, relationship_type from organizations
            union all select up.id, o.id, o.parent_id, up.distance + 1, up.linked + (up.relationship_type = 'linked'), o.relationship_type
            from up join organizations o on o.id = up.parent_id)
            select hex(at), distance, linked from up where id = x'{int(each.id[4:], 36):032x}' order by distance""")
        kept = database.rows(f"select hex(ancestor_id), distance, linked_count from {table} where organization_id = x'{int(each.id[4:], 36):032x}' order by distance")
        assert kept == walked and len(kept) > 0
