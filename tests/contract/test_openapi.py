"""The OpenAPI document is sound, its examples are true, and the programs and the document say the same.

    /usr/bin/python3 -m pytest tests/contract

CRANE_BUILD names the build whose programs are asked (build/release unless set). CRANE_OPENAPI_VALIDATOR may name a program
that validates a file, such as validate-api of the npm package @seriousme/openapi-schema-validator.
"""
import copy
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
from contract import Compiler, Contract, Fault  # noqa: E402

BUILD = Path(os.environ.get("CRANE_BUILD", ROOT / "build/release"))
FAMILIES = sorted(path.parent.name for path in ROOT.glob("handlers/*/openapi.yaml"))
ORGANIZATION = "/organizations/org_01jd8x4kq2m7v9w3n5p6r0t1a"


def run_build(root, out):
    return subprocess.run(["/usr/bin/python3", ROOT / "shared/app/openapi/build.py", root, out], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    out = tmp_path_factory.mktemp("openapi")
    done = run_build(ROOT, out)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def document(built):
    return json.loads((built / "openapi.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def contract(built):
    return Contract.load(built / "openapi.json")


def operations(document):
    """(method, path, operation) of every route."""
    return [(method, path, operation) for path, methods in document["paths"].items() for method, operation in methods.items()]


def resolve(document, node):
    while "$ref" in node:
        target = document
        for part in node["$ref"][2:].split("/"):
            target = target[part]
        node = target
    return node


def media_of(document):
    """(where, media type object) of every body that the document shows."""
    for method, path, operation in operations(document):
        bodies = {"request": operation.get("requestBody", {}), **operation["responses"]}
        for name, body in bodies.items():
            for media in resolve(document, body).get("content", {}).values():
                yield f"{method.upper()} {path} {name}", media


def examples_of(document):
    """(where, schema, value) of every example."""
    for where, media in media_of(document):
        values = [entry["value"] for entry in media.get("examples", {}).values()] + ([media["example"]] if "example" in media else [])
        for value in values:
            yield where, media["schema"], value
    for kind in ("headers", "parameters"):
        for name, entry in document["components"][kind].items():
            if "example" in entry:
                yield name, entry["schema"], entry["example"]
    for name, schema in document["components"]["schemas"].items():
        for value in schema.get("examples", []):
            yield name, {"$ref": f"#/components/schemas/{name}"}, value


# The document itself.

def shape(required, optional, **rest):
    """An object of the OpenAPI model: these fields, extensions and nothing else."""
    fields = {**required, **optional}
    return {"type": "object", "required": list(required), "properties": fields, "patternProperties": {"^x-": True},
            "additionalProperties": False, **rest}


def or_ref(name):
    return {"if": {"type": "object", "required": ["$ref"]}, "then": {"$ref": "#/$defs/reference"}, "else": {"$ref": f"#/$defs/{name}"}}


def table(name, keys=r"^[a-zA-Z0-9._-]+$"):
    return {"type": "object", "propertyNames": {"pattern": keys}, "additionalProperties": or_ref(name)}


TEXT, FLAG, LIST = {"type": "string", "minLength": 1}, {"type": "boolean"}, {"type": "array"}
# OpenAPI 3.1.0, sections 4.8.1 to 4.8.27, as far as the document uses them; anything else in it is a fault.
META = {
    **shape({"openapi": {"const": "3.1.0"}, "info": {"$ref": "#/$defs/info"}, "paths": {"$ref": "#/$defs/paths"}},
            {"servers": {"type": "array", "items": shape({"url": TEXT}, {"description": TEXT})}, "security": LIST,
             "tags": {"type": "array", "items": shape({"name": TEXT}, {"description": TEXT})}, "components": {"$ref": "#/$defs/components"}}),
    "$defs": {
        "reference": {"type": "object", "properties": {"$ref": {"type": "string", "pattern": "^#/components/"}, "description": TEXT, "summary": TEXT},
                      "additionalProperties": False},
        "info": shape({"title": TEXT, "version": TEXT}, {"summary": TEXT, "description": TEXT, "license": {"type": "object"}}),
        "paths": {"type": "object", "propertyNames": {"pattern": "^/"}, "additionalProperties": {
            "type": "object", "propertyNames": {"enum": ["get", "put", "post", "delete", "patch"]}, "additionalProperties": {"$ref": "#/$defs/operation"}}},
        "operation": shape(
            {"operationId": {"type": "string", "pattern": r"^[a-z_]+\.[a-z_]+$"}, "summary": TEXT, "description": TEXT, "tags": LIST,
             "responses": {"type": "object", "minProperties": 1, "propertyNames": {"pattern": "^[1-5][0-9][0-9]$"}, "additionalProperties": or_ref("response")},
             "x-crane-family": TEXT, "x-crane-credits": TEXT, "x-crane-mode": {"enum": ["direct", "direct only", "queued", None]},
             "x-crane-permission": {"oneOf": [{"type": "null"}, shape({"family": TEXT, "action": {"enum": ["read", "write", "delete", "approve"]}}, {})]}},
            {"parameters": {"type": "array", "uniqueItems": True, "items": or_ref("parameter")}, "requestBody": or_ref("body"), "security": LIST}),
        "parameter": shape(
            {"name": TEXT, "in": {"enum": ["query", "header", "path", "cookie"]}, "schema": {"type": "object"}},
            {"description": TEXT, "required": FLAG, "style": {"enum": ["simple", "form", "deepObject"]}, "explode": FLAG, "example": True},
            allOf=[{"if": {"properties": {"in": {"const": "path"}}}, "then": {"required": ["required"], "properties": {"required": {"const": True}}}},
                   {"if": {"required": ["style"], "properties": {"style": {"enum": ["form", "deepObject"]}}}, "then": {"properties": {"in": {"const": "query"}}}}]),
        "body": shape({"content": {"$ref": "#/$defs/content"}}, {"required": FLAG, "description": TEXT}),
        "content": {"type": "object", "minProperties": 1, "propertyNames": {"pattern": "^[a-z]+/[a-z.+-]+$"}, "additionalProperties": shape(
            {"schema": {"type": "object"}}, {"example": True, "examples": {"type": "object", "additionalProperties": shape({"value": True}, {"summary": TEXT})}},
            oneOf=[{"required": ["example"]}, {"required": ["examples"]}])},
        "response": shape({"description": TEXT}, {"headers": table("header"), "content": {"$ref": "#/$defs/content"}}),
        "header": shape({"schema": {"type": "object"}}, {"description": TEXT, "required": FLAG, "example": True}),
        "scheme": shape({"type": {"const": "http"}, "scheme": TEXT}, {"description": TEXT, "bearerFormat": TEXT}),
        "components": shape({}, {"schemas": {"type": "object", "propertyNames": {"pattern": "^[a-zA-Z0-9._-]+$"}, "additionalProperties": {"type": "object"}},
                                 "responses": table("response"), "parameters": table("parameter", r"^[a-zA-Z0-9._-]+$"),
                                 "headers": table("header"), "securitySchemes": table("scheme")}),
    },
}


def test_the_document_follows_the_rules_of_openapi(document):
    faults = [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in jsonschema.Draft202012Validator(META).iter_errors(document)]
    assert not faults, "\n".join(faults)


def test_every_schema_is_json_schema(document):
    for name, schema in document["components"]["schemas"].items():
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            pytest.fail(f"{name}: {error.message}")
    for method, path, operation in operations(document):
        for parameter in operation["parameters"]:
            jsonschema.Draft202012Validator.check_schema(resolve(document, parameter)["schema"])


def test_paths_tags_and_ids_fit_together(document):
    tags = [tag["name"] for tag in document["tags"]]
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert sorted(ids) == sorted(set(ids))
    shapes = [re.sub(r"{\w+}", "{}", path) for path in document["paths"]]
    assert sorted(shapes) == sorted(set(shapes)), "two paths differ in nothing but their parameters' names"
    for method, path, operation in operations(document):
        place = f"{method.upper()} {path}"
        named = [(each["in"], each["name"]) for each in (resolve(document, parameter) for parameter in operation["parameters"])]
        assert len(named) == len(set(named)), f"{place}: a parameter twice"
        assert {name for where, name in named if where == "path"} == set(re.findall(r"{(\w+)}", path)), place
        assert set(operation["tags"]) <= set(tags), place
        assert operation["x-crane-family"] in FAMILIES, place
        assert ("x-crane-operation" in operation) == (method != "get") == (operation["x-crane-mode"] is not None), place


def test_resources_have_all_their_fields(document):
    """Every field of a reply is always present; only these come and go."""
    optional = {"ErrorBody": {"details", "retry_after"}, "Fault": {"details"}, "Transaction": {"balances"}, "OrganizationCreated": {"api_key"}}
    requests = {media["schema"]["$ref"].split("/")[-1] for where, media in media_of(document) if where.endswith(" request")}
    for name, schema in document["components"]["schemas"].items():
        if "properties" not in schema or name in ("ErrorDetails", "BatchItem", "EntryCreate"):
            continue
        assert schema["additionalProperties"] is False, name
        if name not in requests:
            assert set(schema["properties"]) - set(schema["required"]) == optional.get(name, set()), name


def test_the_error_table_is_one(document):
    codes = document["x-crane-error-codes"]
    schemas = document["components"]["schemas"]
    assert schemas["ErrorCode"]["enum"] == list(codes)
    assert set(schemas["ErrorType"]["enum"]) == {entry["type"] for entry in codes.values()}
    for method, path, operation in operations(document):
        statuses = {str(codes[code]["status"]) for code in operation["x-crane-errors"]}
        assert statuses <= set(operation["responses"]), f"{method.upper()} {path}"


# The examples, and the two validators against each other.

def test_every_example_fits_its_schema(document):
    resolver = jsonschema.RefResolver.from_schema(document)
    compiler = Compiler(document)
    count = 0
    for where, schema, value in examples_of(document):
        errors = list(jsonschema.Draft202012Validator(schema, resolver=resolver).iter_errors(value))
        assert not errors, f"{where}: {errors[0].json_path}: {errors[0].message}"
        try:
            compiler.compile(schema)(value, "example")
        except Fault as fault:
            pytest.fail(f"{where}: {fault.where} {fault.what}")
        count += 1
    assert count > 50


def mutations(value):
    """Copies of a value, each with one thing changed: a field less, a field more, another type, null, an odd text."""
    if isinstance(value, dict):
        for name in value:
            yield {key: each for key, each in value.items() if key != name}
            for changed in mutations(value[name]):
                yield {**value, name: changed}
        yield {**value, "undocumented": 1}
    elif isinstance(value, list):
        yield []
        for index, each in enumerate(value):
            for changed in mutations(each):
                yield value[:index] + [changed] + value[index + 1:]
    for odd in (None, True, 1, -1, 0.5, "", "odd text", [], {}, {"a": 1}):
        if odd != value or type(odd) is not type(value):
            yield odd


def test_the_fast_validator_agrees_with_the_thorough_one(document):
    """contract.py compiles schemas itself, for speed; jsonschema is the judge of it. Dates stay out, as jsonschema leaves formats alone."""
    resolver = jsonschema.RefResolver.from_schema(document)
    compiler = Compiler(document)
    seen, count = set(), 0
    for where, schema, value in examples_of(document):
        if schema.get("$ref") in seen:
            continue
        seen.add(schema.get("$ref"))
        thorough, fast = jsonschema.Draft202012Validator(schema, resolver=resolver), compiler.compile(schema)
        for changed in mutations(value):
            try:
                fast(changed, "")
                fits = True
            except Fault:
                fits = False
            assert fits == thorough.is_valid(changed), f"{where}: {json.dumps(changed)[:300]}"
            count += 1
    assert count > 1000


def test_a_final_line_break_is_no_part_of_a_pattern(document):
    """Python's `$` would let it pass; that of ECMAScript, which JSON Schema means, does not."""
    with pytest.raises(Fault):
        Compiler(document).compile({"$ref": "#/components/schemas/Money"})("12\n", "amount")


# The tool that the other tests hold replies against.

KNOWN = {"X-Request-Id": "req_1", "X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "9", "X-RateLimit-Reset": "1767225660",
         "X-Credits-Cost": "1", "X-Credits-Remaining": "5", "Content-Type": "application/json"}
TAGGED = {**KNOWN, "ETag": '"1"'}


def example(document, path, method, status):
    reply = resolve(document, document["paths"][path][method]["responses"][str(status)])
    return copy.deepcopy(reply["content"]["application/json"]["example"])


def error(code, status, kind, **more):
    return {"error": {"type": kind, "code": code, "message": "No.", "status": status, "request_id": "req_1", **more}}


def reply_cases(document):
    """(name, method, path, status, headers, body, what the complaint says or None)"""
    account = example(document, "/organizations/{organization_id}/accounts/{account_id}", "get", 200)
    one, all_of_them = f"{ORGANIZATION}/accounts/{account['id']}", f"{ORGANIZATION}/accounts"
    bare = {"X-Request-Id": "req_1", "Content-Type": "application/json"}

    def without(name):
        return {key: value for key, value in TAGGED.items() if key != name}

    missing = error("resource_not_found", 404, "not_found_error")
    yield "a resource", "GET", one, 200, TAGGED, account, None
    yield "a field less", "GET", one, 200, TAGGED, {k: v for k, v in account.items() if k != "code"}, "body has no code"
    yield "a field more", "GET", one, 200, TAGGED, {**account, "extra": 1}, "body has an undocumented field extra"
    yield "a number for money", "GET", one, 200, TAGGED, {**account, "balance": {"debit": 1, "credit": "0", "net": "1"}}, "body.balance.debit is integer 1"
    yield "a malformed id", "GET", one, 200, TAGGED, {**account, "id": "act_1"}, "body.id"
    yield "no such date", "GET", one, 200, TAGGED, {**account, "created_at": "2026-02-30T00:00:00Z"}, "body.created_at"
    yield "no Z", "GET", one, 200, TAGGED, {**account, "created_at": "2026-02-20T00:00:00+00:00"}, "body.created_at"
    yield "not JSON", "GET", one, 200, TAGGED, b"<html>", "body is not application/json"
    yield "a field twice", "GET", one, 200, TAGGED, b'{"id":1,"id":2}', "has the field id twice"
    yield "another media type", "GET", one, 200, {**TAGGED, "Content-Type": "text/html"}, account, "header Content-Type is text/html"
    yield "no ETag", "GET", one, 200, without("ETag"), account, "header ETag is missing"
    yield "a weak ETag", "GET", one, 200, {**TAGGED, "ETag": 'W/"1"'}, account, "header ETag"
    yield "no request id", "GET", one, 200, without("X-Request-Id"), account, "header X-Request-Id is missing"
    yield "no rate limit", "GET", one, 200, without("X-RateLimit-Reset"), account, "header X-RateLimit-Reset is missing"
    yield "no credits", "GET", one, 200, without("X-Credits-Remaining"), account, "header X-Credits-Remaining is missing"
    yield "unchanged", "GET", one, 304, TAGGED, b"", None
    yield "unchanged with a body", "GET", one, 304, TAGGED, account, "body is there"
    yield "deleted", "DELETE", one, 204, KNOWN, b"", None
    yield "an undocumented status", "GET", one, 418, TAGGED, account, "418 is not documented"
    yield "a status of another method", "GET", one, 201, TAGGED, account, "201 is not documented"
    yield "an absent resource", "GET", one, 404, KNOWN, missing, None
    yield "an unknown code", "GET", one, 404, KNOWN, error("gone", 404, "not_found_error"), "body.error.code"
    yield "another route's code", "GET", one, 404, KNOWN, error("route_not_found", 404, "not_found_error"), "not documented for this route"
    yield "another status", "GET", one, 403, KNOWN, missing, "body.error.status is 404"
    yield "another type", "GET", one, 404, KNOWN, error("resource_not_found", 404, "server_error"), "body.error.type"
    yield "another request's id", "GET", one, 404, {**KNOWN, "X-Request-Id": "req_2"}, missing, "body.error.request_id"
    yield "no key", "GET", one, 401, bare, error("missing_api_key", 401, "authentication_error"), None
    yield "a refusal without the limits", "PUT", one, 422, bare, error("account_in_use", 422, "business_rule_error"), "header X-RateLimit-Limit is missing"
    yield "too many", "GET", one, 429, {**bare, "Retry-After": "3"}, error("rate_limit_exceeded", 429, "rate_limit_error", retry_after=3), None
    yield "too many, not till when", "GET", one, 429, bare, error("rate_limit_exceeded", 429, "rate_limit_error"), "header Retry-After is missing"
    yield "two times to wait", "GET", one, 429, {**bare, "Retry-After": "4"}, error("rate_limit_exceeded", 429, "rate_limit_error", retry_after=3), "retry_after"
    yield "the web server's own", "GET", one, 502, bare, error("service_unavailable", 502, "server_error"), None
    yield "queued", "POST", all_of_them, 202, {**KNOWN, "Location": f"{ORGANIZATION}/jobs/job_01jd8x4kq2m7v9w3n5p6r0t1a"}, \
        document["components"]["responses"]["Accepted"]["content"]["application/json"]["example"], None
    yield "queued nowhere", "POST", all_of_them, 202, KNOWN, {}, "body has no id"
    yield "a list", "GET", all_of_them, 200, KNOWN, {"object": "list", "data": [account], "has_more": False, "total_count": None}, None
    yield "a fault in a list", "GET", all_of_them, 200, KNOWN, {"object": "list", "data": [account, {**account, "type": "cash"}], "has_more": False, "total_count": 2}, "body.data[1].type"
    yield "no such path", "GET", "/nowhere", 404, bare, error("route_not_found", 404, "not_found_error"), None
    yield "an answer from nowhere", "GET", "/nowhere", 200, bare, {}, "route is not in the document"
    yield "a wrong method", "PATCH", all_of_them, 405, {**bare, "Allow": "GET, POST"}, error("method_not_allowed", 405, "method_error"), None
    yield "a wrong method, wrong Allow", "PATCH", all_of_them, 405, {**bare, "Allow": "GET"}, error("method_not_allowed", 405, "method_error"), "header Allow"
    yield "a wrong method beside an id", "GET", f"{ORGANIZATION}/transactions/batch", 405, {**bare, "Allow": "POST"}, \
        error("method_not_allowed", 405, "method_error"), None
    yield "health", "GET", "/health", 200, {"X-Request-Id": "r", "Content-Type": "text/plain; charset=utf-8"}, b"OK\n", None
    yield "not healthy", "GET", "/health", 200, {"X-Request-Id": "r", "Content-Type": "text/plain"}, b"KO", "body is"


def complaint(check, *arguments):
    try:
        check(*arguments)
    except AssertionError as error:
        return str(error)
    return None


def test_replies_are_judged(document, contract):
    for name, method, path, status, headers, body, expected in reply_cases(document):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        said = complaint(contract.check_response, method, path, status, headers, raw)
        assert (said is None) if expected is None else (said and expected in said), f"{name}: {said}"


REQUESTS = [  # method, path, query, headers, body, what the complaint says or None
    ("GET", "/accounts", {"limit": 5, "type": "asset,equity", "created_at[gte]": "2026-01-01T00:00:00Z", "is_active": True}, {}, None, None),
    ("GET", "/accounts", "sort=-code&metadata[order]=7", {}, None, None),
    ("GET", "/accounts?limit=100", None, {}, None, None),
    ("GET", "/accounts", {"limit": 101}, {}, None, "query limit"),
    ("GET", "/accounts", {"limit": "ten"}, {}, None, "query limit"),
    ("GET", "/accounts", {"type": "asset,cash"}, {}, None, "query type"),
    ("GET", "/accounts", {"colour": "red"}, {}, None, "query colour is not documented"),
    ("GET", "/accounts", {"created_at[near]": "2026-01-01T00:00:00Z"}, {}, None, "query created_at[near] is not documented"),
    ("GET", "/accounts", [("limit", "1"), ("limit", "2")], {}, None, "query limit is given twice"),
    ("POST", "/accounts", None, {"Idempotency-Key": "k", "Prefer": "respond-async"}, {"name": "Bank", "type": "asset"}, None),
    ("POST", "/accounts", None, {"Prefer": "wait=31"}, {"name": "Bank", "type": "asset"}, "header prefer"),
    ("POST", "/accounts", None, {}, {"name": "Bank"}, "body has no type"),
    ("POST", "/accounts", None, {}, {"name": "Bank", "type": "asset", "colour": 1}, "undocumented field colour"),
    ("POST", "/accounts", None, {}, None, "body is missing"),
    ("DELETE", "/accounts/act_01jd8x4kq2m7v9w3n5p6r0t1a", None, {}, {}, "body is not documented"),
    ("GET", "/accounts/act_1", None, {}, None, "path account_id"),
    ("GET", "/nowhere", None, {}, None, "no such route"),
    ("POST", "/transactions", {"include": "balances"}, {}, {"transaction_date": "2026-01-31", "entries": [
        {"account_id": "act_01jd8x4kq2m7v9w3n5p6r0t1a", "entry_type": "debit", "amount": 1.5},
        {"account_id": "act_01jd8x4kq2m7v9w3n5p6r0t1b", "entry_type": "credit", "amount": "1.50"}]}, None),
    ("POST", "/transactions", None, {}, {"transaction_date": "2026-01-31", "entries": []}, "body.entries has 0 items"),
    ("POST", "/transactions", None, {}, {"transaction_date": "2026-01-31"}, "fits none of its forms"),
    ("POST", "/transactions/batch", None, {}, {"transactions": [{"transaction_date": "2026-01-31", "type": "income", "amount": "1",
        "account_id": "act_01jd8x4kq2m7v9w3n5p6r0t1a", "idempotency_key": "k"}]}, None),
    ("POST", "/transactions/txn_01jd8x4kq2m7v9w3n5p6r0t1a/reverse", None, {}, None, None),
]


@pytest.mark.parametrize("method,path,query,headers,body,expected", REQUESTS)
def test_requests_are_judged(contract, method, path, query, headers, body, expected):
    said = complaint(contract.check_request, method, ORGANIZATION + path, query, headers, body)
    assert (said is None) if expected is None else (said and expected in said), said


# The generator.

def sources(target):
    for name in ["shared/app/openapi/common.yaml"] + [f"handlers/{family}/openapi.yaml" for family in FAMILIES]:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target / name)
    return target


def test_the_same_sources_give_the_same_bytes(built, tmp_path):
    assert run_build(sources(tmp_path / "source"), tmp_path / "out").returncode == 0
    for name in ("openapi.json", "llms.txt", "docs/index.html"):
        assert (built / name).read_bytes() == (tmp_path / "out" / name).read_bytes(), name


@pytest.mark.parametrize("old,new,expected", [
    ("body: AccountCreate", "body: AccountCreated", "no schema AccountCreated"),
    ("code: AccountCode?", "code: AccountKode?", "references lead nowhere: ['#/components/schemas/AccountKode']"),
    ("id: accounts.get", "id: accounts.list", "the id accounts.list is also that of"),
    ("      description: The account with its present balance.\n", "", "GET /organizations/{organization_id}/accounts/{account_id}: has no description"),
    ("    example: {name: Business account, type: asset, code: \"1010\", subtype: bank, metadata: {bank: First}}\n", "", "AccountCreate has no example"),
    ("errors: [already_exists]", "errors: [exists_already]", "unknown error codes ['exists_already']"),
    ("summary: Create an account", "sumary: Create an account", "unknown keys ['sumary']"),
])
def test_the_generator_refuses_what_contradicts_itself(tmp_path, old, new, expected):
    page = sources(tmp_path / "source") / "handlers/accounts/openapi.yaml"
    text = page.read_text(encoding="utf-8")
    assert old in text
    page.write_text(text.replace(old, new), encoding="utf-8")
    done = run_build(tmp_path / "source", tmp_path / "out")
    assert done.returncode == 1 and expected in done.stderr, done.stderr
    assert not (tmp_path / "out/openapi.json").exists()


def test_the_written_references_are_complete(built, document):
    plain, page = (built / "llms.txt").read_text(encoding="utf-8"), (built / "docs/index.html").read_text(encoding="utf-8")
    for method, path, operation in operations(document):
        assert f"### {method.upper()} {path}\n" in plain, path
        assert f'id="{operation["operationId"].replace(".", "-").replace("_", "-")}"' in page, path
        assert operation["description"].split("`")[0] in plain
    for code in document["x-crane-error-codes"]:
        assert f"`{code}`" in plain and f"<code>{code}</code>" in page
    assert not re.search(r"<script|<link|<img|@import|url\(|src=", page), "the page loads something"
    anchors, links = re.findall(r' id="([^"]+)"', page), re.findall(r'href="#([^"]+)"', page)
    assert len(anchors) == len(set(anchors)) and set(links) <= set(anchors), set(links) - set(anchors)


# The programs.

def query_names(document, operation):
    for parameter in operation["parameters"]:
        parameter = resolve(document, parameter)
        if parameter["in"] == "query":
            if parameter.get("style") == "deepObject":
                yield from (f"{parameter['name']}[{bound}]" for bound in parameter["schema"].get("properties", ["key"]))
            else:
                yield parameter["name"]


def body_paths(document, schema, prefix=""):
    """`name`, `entries[].amount`: the leaves of a request's body."""
    schema = resolve(document, schema)
    if schema.get("type") == "array":
        yield from body_paths(document, schema["items"], prefix + "[]")
    elif "properties" in schema:
        for name, value in schema["properties"].items():
            options = [option for option in value.get("anyOf", [value]) if option != {"type": "null"}]
            yield from body_paths(document, options[0], f"{prefix}.{name}" if prefix else name)
    else:
        yield prefix


def leaves(paths):
    """Without the `[]` of a list of plain values and without what only leads to other fields."""
    bare = {re.sub(r"(\[\])+$", "", path) for path in paths}
    return {path for path in bare if not any(other.startswith((path + ".", path + "[].")) for other in bare)}


def documented_routes(document, family):
    """{(method, path): what --describe should print of it}"""
    found = {}
    for method, path, operation in operations(document):
        if operation["x-crane-family"] != family:
            continue
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        found[method.upper(), path] = {
            "operation": operation.get("x-crane-operation"), "permission": operation["x-crane-permission"],
            "credits": operation["x-crane-credits"], "mode": operation["x-crane-mode"],
            "query": sorted(query_names(document, operation)), "body": sorted(leaves(body_paths(document, body))) if body else []}
    return found


def differences(document, family, described):
    """Sentences about what the program and the document tell differently."""
    found = []
    if described.get("family") != family:
        found.append(f"the program says that its family is {described.get('family')}")
    written = documented_routes(document, family)
    spoken = {(route["method"], route["path"]): route for route in described["routes"]}
    found += [f"{method} {path}: only the document has it" for method, path in sorted(set(written) - set(spoken))]
    found += [f"{method} {path}: only the program has it" for method, path in sorted(set(spoken) - set(written))]
    for key in sorted(set(written) & set(spoken)):
        for what in ("operation", "permission", "credits", "mode"):
            if written[key][what] != spoken[key].get(what):
                found.append(f"{' '.join(key)}: {what}: document {written[key][what]}, program {spoken[key].get(what)}")
        for what in ("query", "body"):
            told = set(spoken[key].get(what) or [])
            told = leaves(told) if what == "body" else told
            only = {"document": set(written[key][what]) - told, "program": told - set(written[key][what])}
            found += [f"{' '.join(key)}: {what}: only the {who} has {sorted(names)}" for who, names in only.items() if names]
    codes, told = set(document["components"]["schemas"]["ErrorCode"]["enum"]), set(described["error_codes"])
    if codes != told:
        found.append(f"error codes: only the document has {sorted(codes - told)}, only the program has {sorted(told - codes)}")
    return found


def describe(program):
    done = subprocess.run([program, "--describe"], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, f"{program} --describe: {done.stderr}"
    return json.loads(done.stdout)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_program_and_the_document_agree(document, family):
    program = BUILD / f"bin/crane-{family}"
    assert program.exists(), f"{program.name} is not built"
    found = differences(document, family, describe(program))
    assert not found, "\n".join(found)


def as_described(document, family):
    routes = [{"method": method, "path": path, **facts} for (method, path), facts in documented_routes(document, family).items()]
    return {"family": family, "routes": routes, "error_codes": list(document["x-crane-error-codes"])}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_program_that_says_the_same_agrees(document, family, tmp_path):
    program = tmp_path / f"crane-{family}"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(as_described(document, family))}\nEND\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    assert differences(document, family, describe(program)) == []


def test_a_program_that_says_otherwise_is_noticed(document):
    described = as_described(document, "transactions")
    create = next(route for route in described["routes"] if route["operation"] == "transactions.create")
    assert {"entries[].amount", "metadata", "transaction_date"} <= set(create["body"]) and "entries" not in create["body"]
    listing = next(route for route in described["routes"] if route["method"] == "GET" and route["path"].endswith("/transactions"))
    assert {"limit", "created_at[gte]", "metadata[key]", "status", "q"} <= set(listing["query"])
    create["body"] = [path for path in create["body"] if path != "entries[].amount"] + ["entries", "colour"]
    create.update(credits="2", mode="queued", permission=None, operation=None)
    listing["query"].remove("created_at[gte]")
    described["routes"] = [route for route in described["routes"] if not route["path"].endswith("/batch")]
    described["routes"].append({"method": "GET", "path": "/extra"})
    described["error_codes"].append("odd_code")
    text = "\n".join(differences(document, "transactions", described))
    for expected in ("only the document has ['entries[].amount']", "only the program has ['colour']", "credits: document 1, program 2", "mode: document direct",
                     "permission: document {", "operation: document transactions.create", "query: only the document has ['created_at[gte]']",
                     "POST /organizations/{organization_id}/transactions/batch: only the document has it", "GET /extra: only the program has it", "odd_code"):
        assert expected in text, f"{expected}\n--\n{text}"
