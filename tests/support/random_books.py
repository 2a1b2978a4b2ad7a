"""Resources of every list for queries at random: each maker gives the list's address and its resources, read one by one."""
import time

from database import id_hex, id_text

WORDS = ["rent", "sales", "order", "tax", "a", "b"]
SECONDS = 30


def some_metadata(rng):
    return {key: rng.choice(["1", "2", "red"]) for key in ("shelf", "colour") if rng.random() < 0.6}


def given(fields):
    return {name: value for name, value in fields.items() if value is not None}


def make_accounts(books, rng):
    made = []
    for number in range(45):
        parent = rng.choice([each["id"] for each in made if each["type"] == "asset"] or [None]) if rng.random() < 0.3 else None
        fields = {"name": rng.choice(WORDS), "code": f"x{rng.randint(0, 9)}{number:02}", "is_active": rng.random() < 0.7, "metadata": some_metadata(rng),
                  "type": "asset" if parent else rng.choice(["asset", "liability", "expense"]), "parent_id": parent, "subtype": rng.choice(["bank", "cash", None]),
                  "description": rng.choice([None, "rent of x1", "Order", "Réntal,ORDÉR"])}
        made.append(books.post("/accounts", given(fields)).expect(201).json)
    return books.path + "/accounts", made


def make_transactions(books, rng):
    made = []
    for number in range(45):
        debit_code, credit_code = rng.sample(["1000", "1010", "1100", "4000"], 2)
        fields = {"status": rng.choice(["pending", "posted"]), "type": rng.choice(["journal", "transfer"]), "metadata": some_metadata(rng),
                  "reference_number": rng.choice(["R-1", "R-2", f"R-{number}"]), "description": rng.choice([None, "Rent of x1", "an ORDER", "réntal (x1)"]),
                  "transaction_date": f"2026-0{rng.randint(1, 3)}-{rng.randint(1, 28):02}", "posting_date": f"2026-0{rng.randint(1, 3)}-{rng.randint(1, 9):02}"}
        made.append(books.post("/transactions", books.transaction("1.00", debit_code, credit_code, **fields)).expect(201).json)
    return books.path + "/transactions", made


def ids_of(books, table, prefix, where="true"):
    """Out of the database, so that no list is asked what a list should show."""
    rows = books.database.rows(f"select hex(id) from {table} where books_id in ({books.books_ids()}) and {where}")
    return [id_text(prefix, row[0]) for row in rows]


def read_each(books, path, ids, reader=None):
    """A key makes a thousand requests a minute, so another one reads."""
    reader = reader or books.with_new_key()
    return [reader.get(f"{path}/{id_}").expect(200).json for id_ in ids]


def make_activity(books, rng):
    """One account's posted transactions, as transactions show them."""
    _, made = make_transactions(books, rng)
    account, rows, balance = books.account("1010"), [], 0
    cents = lambda text: int(text.replace(".", ""))  # noqa: E731
    for each in sorted(made, key=lambda each: (each["posting_date"], each["id"])):
        sides = {side: sum(cents(entry["amount"]) for entry in each["entries"] if entry["account_id"] == account and entry["entry_type"] == side)
                 for side in ("debit", "credit")}
        if each["status"] == "posted" and any(sides.values()):
            balance += sides["debit"] - sides["credit"]
            rows.append({"transaction_id": each["id"], "posting_date": each["posting_date"], "sides": sides, "balance": balance})
    shown = books.get(f"/accounts/{account}/transactions", sort="posting_date", limit=100).expect(200).data
    assert [(each["transaction_id"], cents(each["debit"]), cents(each["credit"]), cents(each["running_balance"])) for each in shown] == [
        (row["transaction_id"], row["sides"]["debit"], row["sides"]["credit"], row["balance"]) for row in rows]
    return f"{books.path}/accounts/{account}/transactions", shown


def make_events(books, rng):
    other, reader = books.with_new_key(), books.with_new_key()
    for account in make_accounts_with(other, rng, 12):
        if rng.random() < 0.5:
            other.put(f"/accounts/{account['id']}", {"description": "changed"}).expect(200)
        if rng.random() < 0.3:
            books.delete(f"/accounts/{account['id']}").expect(204)
    for _ in range(5):
        books.post_transaction()
    wait_until(lambda: not ids_of(books, "events", "evt", "sequence = 0"))
    return books.path + "/events", read_each(books, "/events", ids_of(books, "events", "evt"), reader)


def make_accounts_with(books, rng, count):
    return [books.make_account(f"e{number}{rng.randint(0, 9)}") for number in range(count)]


def make_jobs(books, rng):
    later = {"Prefer": "respond-async"}
    for number in range(30):
        if rng.random() < 0.5:
            books.post("/accounts", {"name": f"Queued {number}", "type": "asset", "code": f"q{number}"}, headers=later).expect(202)
        else:
            books.post("/transactions", books.transaction(), headers=later).expect(202)
    wait_until(lambda: not ids_of(books, "jobs", "job", "status in ('queued', 'processing')"))
    for id_ in ids_of(books, "jobs", "job"):
        if rng.random() < 0.3:
            books.database.rows(f"update jobs set status = 'cancelled', result = null where id = {id_hex(id_)}")
    return books.path + "/jobs", read_each(books, "/jobs", ids_of(books, "jobs", "job"))


def make_drafts(books, rng):
    for number in range(40):
        operation = rng.choice(["accounts.create", "transactions.create"])
        payload = {"name": f"Drafted {number}", "type": "asset"} if operation == "accounts.create" else books.transaction()
        draft = books.post("/drafts", {"operation": operation, "payload": payload}).expect(201)["id"]
        action = rng.choice(["approve", "reject", None])
        if action:
            books.post(f"/drafts/{draft}/{action}").expect(200)
    return books.path + "/drafts", read_each(books, "/drafts", ids_of(books, "drafts", "drf"))


def make_webhooks(books, rng):
    made = []
    for number in range(40):
        made.append(books.post("/webhooks", given({"url": f"https://{rng.choice('abc')}.example.com/{number % 7}", "event_types": ["account.*"],
                                                   "description": rng.choice([None, "Rent of x1", "sales"])})).expect(201)["id"])
        if rng.random() < 0.3:
            books.put(f"/webhooks/{made[-1]}", {"status": "disabled"}).expect(200)
        if rng.random() < 0.1:
            books.delete(f"/webhooks/{made.pop()}").expect(204)
    return books.path + "/webhooks", read_each(books, "/webhooks", made)


def make_deliveries(books, rng):
    """They end in ways that the database is told, since nobody is called here."""
    webhook = books.post("/webhooks", {"url": "https://hooks.invalid/", "event_types": ["account.*"]}).expect(201)["id"]
    for number in range(30):
        account = books.make_account(f"d{number}")
        if rng.random() < 0.4:
            books.put(f"/accounts/{account['id']}", {"description": "changed"}).expect(200)
    books.put(f"/webhooks/{webhook}", {"status": "disabled"}).expect(200)
    wait_until(lambda: not ids_of(books, "events", "evt", "sequence = 0"))
    wait_until(lambda: not ids_of(books, "webhook_deliveries", "whd", "status = 'pending'"))
    for id_ in ids_of(books, "webhook_deliveries", "whd"):
        state = rng.choice(["'cancelled'", "'failed', attempts = 3, error = 'no'", "'delivered', attempts = 1, error = '', delivered_at = updated_at"])
        books.database.rows(f"update webhook_deliveries set status = {state} where id = {id_hex(id_)}")
    return f"{books.path}/webhooks/{webhook}/deliveries", read_each(books, f"/webhooks/{webhook}/deliveries", ids_of(books, "webhook_deliveries", "whd"))


def make_api_keys(books, rng):
    made = ids_of_keys(books)
    for _ in range(30):
        made.append(books.make_key(name=rng.choice(WORDS), **given({"description": rng.choice([None, "Rent of x1", "sales"])}))["id"])
        if rng.random() < 0.3:
            books.delete(f"/api-keys/{made[-1]}").expect(204)
    return books.path + "/api-keys", [books.get(f"/api-keys/{id_}").expect(200).json for id_ in made]


def ids_of_keys(books):
    rows = books.database.rows(f"select hex(id) from api_keys where organization_id = {id_hex(books.id)}")
    return [id_text("key", row[0]) for row in rows]


def make_organizations(books, rng):
    made = [books.id]
    for _ in range(24):
        fields = {"name": rng.choice(WORDS), "domain": rng.choice([None, "a.example", "b.example"]), "metadata": some_metadata(rng),
                  "parent_organization_id": rng.choice(made[:4]), "relationship_type": rng.choice(["owned", "owned", "linked"])}
        if fields["parent_organization_id"] in [each for each, kind in linked_of(books) if kind]:
            fields["parent_organization_id"] = books.id  # what is linked is another's to a key from above
        made.append(books.child(**given(fields)).id)
    for id_ in made[5:]:
        if rng.random() < 0.3:
            books.operator.post(f"/organizations/{id_}/suspend", {"reason": "Unpaid"}).expect(200)
    return "/organizations", [books.operator.get(f"/organizations/{id_}").expect(200).json for id_ in made]


def linked_of(books):
    """(id, whether it is linked) of the organizations of the root."""
    rows = books.database.rows(f"select hex(id), relationship_type = 'linked' from organizations where root_id = {id_hex(books.id)}")
    return [(id_text("org", row[0]), row[1] == "1") for row in rows]


def make_purchases(books, rng):
    test = books.in_test_mode()
    for _ in range(30):
        made = rng.choice([books, test]).post("/billing/purchases", {"package_id": "credits_1000"}).expect(201)["id"]
        action = rng.choice(["confirm", "cancel", None])
        if action:
            books.operator.post(f"{books.path}/billing/purchases/{made}/{action}").expect(200)
    rows = books.database.rows(f"select hex(id) from credit_purchases where root_organization_id = {id_hex(books.id)} and livemode = 1")
    return books.path + "/billing/purchases", [books.get(f"/billing/purchases/{id_text('pur', row[0])}").expect(200).json for row in rows]


def make_grants(books, rng):
    """What the replies told, since a grant is only listed."""
    made = [books.get("/billing/grants").expect(200).data[0]]
    assert made[0]["kind"] == "initial"
    for number in range(30):
        mode = rng.choice(["live", "live", "test"])
        grant = books.operator.post(f"{books.path}/billing/grants", {"credits": number + 1, "reason": rng.choice(WORDS), "mode": mode}).expect(201).json
        made += [grant] if mode == "live" else []
    return books.path + "/billing/grants", made


def make_settings(books, _):
    shown = books.get("/settings").expect(200).data
    return books.path + "/settings", [books.get(f"/settings/{each['key']}").expect(200).json for each in shown]


def make_currencies(books, _):
    codes = [row[0] for row in books.database.rows("select code from currencies where books_id = 0")]
    return "/currencies", [books.client.get(f"/currencies/CUR_{code}").expect(200).json for code in codes]


def wait_until(is_so):
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "it does not come to rest"
        time.sleep(0.1)


IN_BOOKS = "/organizations/{organization_id}"
MAKERS = {
    f"{IN_BOOKS}/accounts": make_accounts, f"{IN_BOOKS}/transactions": make_transactions, f"{IN_BOOKS}/accounts/{{account_id}}/transactions": make_activity,
    f"{IN_BOOKS}/events": make_events, f"{IN_BOOKS}/jobs": make_jobs, f"{IN_BOOKS}/drafts": make_drafts, f"{IN_BOOKS}/webhooks": make_webhooks,
    f"{IN_BOOKS}/webhooks/{{webhook_id}}/deliveries": make_deliveries, f"{IN_BOOKS}/api-keys": make_api_keys, f"{IN_BOOKS}/settings": make_settings,
    "/organizations": make_organizations, "/currencies": make_currencies,
    f"{IN_BOOKS}/billing/purchases": make_purchases, f"{IN_BOOKS}/billing/grants": make_grants,
}
