"""Hold every request and reply of a test against the OpenAPI document.

    contract = Contract.load("build/openapi.json")
    contract.check_request("POST", path, query, headers, json_body)     # unless the test sends it wrong on purpose
    contract.check_response("POST", path, status, headers, body_bytes)  # always

Both raise AssertionError that says where and what. Schemas are compiled once into plain functions; a Contract may be shared
by threads.
"""
import datetime
import json
import re
import threading
from urllib.parse import parse_qsl, urlsplit

ANNOTATIONS = {"description", "title", "default", "example", "examples", "deprecated", "readOnly", "writeOnly"}
KEYWORDS = {"type", "enum", "const", "pattern", "format", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum",
            "minItems", "maxItems", "uniqueItems", "items", "properties", "required", "additionalProperties", "propertyNames",
            "minProperties", "maxProperties", "anyOf", "oneOf", "$ref"}
# What can answer in the place of a route that does not exist or was not reached.
UNROUTED = {400, 401, 403, 404, 405, 413, 414, 429, 500, 502, 503, 504}
# nginx answers these by itself; it knows no key.
WEB_SERVER = {413, 414, 502, 504}
PARSERS = {"date": datetime.date.fromisoformat, "date-time": lambda value: datetime.datetime.fromisoformat(value[:19])}
MISSING = object()


class Fault(Exception):
    """A value that does not fit its schema: where, what."""

    def __init__(self, where, what):
        super().__init__(where, what)
        self.where, self.what = where, what


def is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, {"string": str, "boolean": bool, "object": dict, "array": list, "null": type(None)}[name])


def type_name(value):
    return next(name for name in ("null", "boolean", "integer", "number", "string", "array", "object") if is_type(value, name))


def shown(value):
    words = json.dumps(value, ensure_ascii=False)
    return words if len(words) <= 120 else words[:117] + "..."


class Compiler:
    """JSON Schema 2020-12, as far as the document uses it, into functions check(value, where) that raise Fault.

    An unknown keyword ends the compilation, so that nothing is silently left unchecked.
    """

    def __init__(self, document):
        self.document, self.named = document, {}

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node:
            target = self.document
            for part in node["$ref"][2:].split("/"):
                target = target[part]
            node = target
        return node

    def compile(self, schema):
        unknown = {key for key in schema if not key.startswith("x-")} - KEYWORDS - ANNOTATIONS
        if unknown:
            raise ValueError(f"contract.py does not know the keywords {sorted(unknown)}")
        checks = [make(schema) for key, make in (
            ("$ref", self.reference), ("type", self.type), ("enum", self.enum), ("const", self.const), ("anyOf", self.any_of),
            ("oneOf", self.one_of)) if key in schema]
        if {"pattern", "format", "minLength", "maxLength"} & set(schema):
            checks.append(self.text(schema))
        if {"minimum", "maximum", "exclusiveMinimum"} & set(schema):
            checks.append(self.number(schema))
        if {"items", "minItems", "maxItems", "uniqueItems"} & set(schema):
            checks.append(self.array(schema))
        if {"properties", "required", "additionalProperties", "propertyNames", "minProperties", "maxProperties"} & set(schema):
            checks.append(self.object(schema))
        if len(checks) == 1:
            return checks[0]

        def check(value, where):
            for each in checks:
                each(value, where)
        return check

    def reference(self, schema):
        name = schema["$ref"]
        if name not in self.named:
            self.named[name] = None  # a schema that contains itself finds its place taken
            self.named[name] = self.compile(self.resolve(schema))
        if self.named[name]:
            return self.named[name]
        return lambda value, where: self.named[name](value, where)

    @staticmethod
    def type(schema):
        names = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        exact = {"string": str, "boolean": bool, "object": dict, "array": list, "null": type(None), "integer": int}
        classes = {exact[name] for name in names if name in exact} | ({int, float} if "number" in names else set())

        def check(value, where):
            if type(value) not in classes:
                raise Fault(where, f"is {type_name(value)} {shown(value)}, not {' or '.join(names)}")
        return check

    @staticmethod
    def enum(schema):
        allowed = schema["enum"]

        def check(value, where):
            if not any(value == each and type(value) is type(each) for each in allowed):
                raise Fault(where, f"is {shown(value)}, not one of {shown(allowed)}")
        return check

    @staticmethod
    def const(schema):
        only = schema["const"]

        def check(value, where):
            if value != only or type(value) is not type(only):
                raise Fault(where, f"is {shown(value)}, not {shown(only)}")
        return check

    def any_of(self, schema):
        options = [self.compile(option) for option in schema["anyOf"]]

        def check(value, where):
            faults = []
            for option in options:
                try:
                    return option(value, where)
                except Fault as fault:
                    faults.append(fault)
            raise max(faults, key=lambda fault: len(fault.where))  # the option that went the furthest meant it
        return check

    def one_of(self, schema):
        options = [self.compile(option) for option in schema["oneOf"]]

        def check(value, where):
            faults = []
            for option in options:
                try:
                    option(value, where)
                except Fault as fault:
                    faults.append(f"{fault.where} {fault.what}")
            if len(options) - len(faults) != 1:
                raise Fault(where, "fits more than one of its forms" if len(faults) < len(options) else
                            "fits none of its forms: " + "; ".join(faults))
        return check

    @staticmethod
    def text(schema):
        pattern = schema.get("pattern")
        # `$` would also stand before a final line break.
        search = re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", pattern), re.ASCII).search if pattern else None
        low, high = schema.get("minLength", 0), schema.get("maxLength", float("inf"))
        parse = PARSERS.get(schema.get("format"))

        def check(value, where):
            if not isinstance(value, str):
                return
            if search and not search(value):
                raise Fault(where, f"is {shown(value)}, which does not match {pattern}")
            if not low <= len(value) <= high:
                raise Fault(where, f"has {len(value)} characters, not {low} to {high}")
            if parse:
                try:
                    parse(value)
                except ValueError as error:
                    raise Fault(where, f"is {shown(value)}, not a {schema['format']}") from error
        return check

    @staticmethod
    def number(schema):
        low, high = schema.get("minimum", float("-inf")), schema.get("maximum", float("inf"))
        above = schema.get("exclusiveMinimum", float("-inf"))

        def check(value, where):
            if is_type(value, "number") and not (low <= value <= high and value > above):
                raise Fault(where, f"is {value}, out of range")
        return check

    def array(self, schema):
        item = self.compile(schema.get("items", {}))
        low, high, unique = schema.get("minItems", 0), schema.get("maxItems", float("inf")), schema.get("uniqueItems")

        def check(value, where):
            if not isinstance(value, list):
                return
            if not low <= len(value) <= high:
                raise Fault(where, f"has {len(value)} items, not {low} to {high}")
            if unique and len({json.dumps(each, sort_keys=True) for each in value}) < len(value):
                raise Fault(where, "has an item twice")
            for index, each in enumerate(value):
                item(each, f"{where}[{index}]")
        return check

    def object(self, schema):
        properties = {name: self.compile(each) for name, each in schema.get("properties", {}).items()}
        required = schema.get("required", [])
        rest = schema.get("additionalProperties", True)
        other = self.compile(rest) if isinstance(rest, dict) else None
        name_check = self.compile(schema["propertyNames"]) if "propertyNames" in schema else None
        low, high = schema.get("minProperties", 0), schema.get("maxProperties", float("inf"))

        def check(value, where):
            if not isinstance(value, dict):
                return
            for name in required:
                if name not in value:
                    raise Fault(where, f"has no {name}")
            if not low <= len(value) <= high:
                raise Fault(where, f"has {len(value)} fields, not {low} to {high}")
            for name, each in value.items():
                if name_check:
                    name_check(name, f"{where}.{name}")
                known = properties.get(name)
                if known:
                    known(each, f"{where}.{name}")
                elif other:
                    other(each, f"{where}.{name}")
                elif not rest:
                    raise Fault(where, f"has an undocumented field {name}")
        return check


def lower(headers):
    pairs = headers.items() if hasattr(headers, "items") else headers or []
    return {name.lower(): str(value) for name, value in pairs}


def query_pairs(query):
    """Pairs of strings from a query string, a dict (whose values may be lists) or a list of pairs."""
    if not query:
        return []
    if isinstance(query, str):
        return parse_qsl(query.lstrip("?"), keep_blank_values=True)
    pairs = query.items() if hasattr(query, "items") else query
    made = []
    for name, value in pairs:
        for each in value if isinstance(value, (list, tuple)) else [value]:
            made.append((name, {True: "true", False: "false"}[each] if isinstance(each, bool) else str(each)))
    return made


def unique_object(pairs):
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise Fault("body", f"has the field {next(name for name in names if names.count(name) > 1)} twice")
    return made


def typed(text, names):
    """A parameter's text as the value that its schema speaks of; the text itself where it is none."""
    if "boolean" in names and text in ("true", "false"):
        return text == "true"
    if "integer" in names and re.fullmatch(r"-?[0-9]+", text):
        return int(text)
    return text


class Route:
    """One method of one path, with its checks made at the first use."""

    def __init__(self, method, path, operation, contract):
        self.name = f"{method} {path}"
        self.method, self.path, self.operation, self.contract = method, path, operation, contract
        self.pattern = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path)))
        self.literals = sum("{" not in part for part in path.split("/"))
        self.with_key = operation.get("security") != []
        self.in_organization = "{organization_id}" in path
        shared = contract.document["x-crane-common-errors"]
        self.codes = {code for name in operation["x-crane-common-errors"] for code in shared[name]} | set(operation["x-crane-errors"])
        self.parameters = {"path": {}, "query": {}, "header": {}}
        self.ranges = {}
        for parameter in map(contract.compiler.resolve, operation["parameters"]):
            self.add_parameter(parameter)
        self.replies = {}

    def add_parameter(self, parameter):
        compiler, schema, name = self.contract.compiler, parameter["schema"], parameter["name"]
        if parameter.get("style") == "deepObject":
            inner = schema.get("properties")
            if inner is None:
                self.ranges[name] = compiler.compile(schema["additionalProperties"])
            for bound, each in (inner or {}).items():
                self.parameters["query"][f"{name}[{bound}]"] = (compiler.compile(each), compiler.resolve(each).get("type", ()), False)
            return
        is_list = schema.get("type") == "array"
        value = schema["items"] if is_list else schema
        key = name.lower() if parameter["in"] == "header" else name
        self.parameters[parameter["in"]][key] = (compiler.compile(value), compiler.resolve(value).get("type", ()), is_list)

    def check_query(self, pairs):
        seen = set()
        for name, text in pairs:
            where = f"query {name}"
            if name in seen:
                raise Fault(where, "is given twice")
            seen.add(name)
            base = re.fullmatch(r"(\w+)\[[^\]]+\]", name)
            if name in self.parameters["query"]:
                check, names, is_list = self.parameters["query"][name]
                for each in text.split(",") if is_list else [text]:
                    check(typed(each, names), where)
            elif base and base[1] in self.ranges:
                self.ranges[base[1]](text, where)
            else:
                raise Fault(where, "is not documented")

    def check_body(self, body, has_body):
        documented = self.operation.get("requestBody")
        if not documented:
            if has_body:
                raise Fault("body", "is not documented")
            return
        if not has_body:
            if documented["required"]:
                raise Fault("body", "is missing")
            return
        self.contract.check_schema(documented["content"]["application/json"]["schema"], body, "body")

    def reply(self, status):
        if status not in self.replies:
            found = self.operation["responses"].get(str(status))
            if found is None:
                raise Fault("status", f"{status} is not documented; documented are {', '.join(self.operation['responses'])}")
            self.replies[status] = self.contract.reply(found)
        return self.replies[status]


class Reply:
    """One documented reply: its headers, its media type and the check of its body."""

    def __init__(self, description, contract):
        self.headers = []  # (name, check, types, is required, "key" or "pool" or None)
        for name, header in description.get("headers", {}).items():
            header = contract.compiler.resolve(header)
            check = contract.compiler.compile(header["schema"])
            names = header["schema"].get("type", "string")
            self.headers.append((name, check, names, header.get("required", False), header.get("x-crane-known")))
        self.media, content = next(iter(description.get("content", {}).items()), (None, None))
        self.check = contract.compiler.compile(content["schema"]) if content else None

    def check_headers(self, headers, is_known):
        for name, check, names, is_required, known in self.headers:
            text = headers.get(name.lower())
            if text is not None:
                check(typed(text, names), f"header {name}")
            elif is_required or (known and is_known(known)):
                raise Fault(f"header {name}", "is missing")


class Contract:
    """The document, ready to hold messages against it."""

    def __init__(self, document):
        self.document = document
        self.compiler = Compiler(document)
        self.codes = document["x-crane-error-codes"]
        self.lock = threading.RLock()
        self.paths = {}
        self.routes = [Route(method.upper(), path, operation, self)
                       for path, methods in document["paths"].items() for method, operation in methods.items()]
        self.routes.sort(key=lambda route: -route.literals)
        self.error = self.reply(document["components"]["responses"]["NotFound"])
        self.method_not_allowed = self.reply(document["components"]["responses"]["MethodNotAllowed"])

    @classmethod
    def load(cls, path):
        with open(path, encoding="utf-8") as file:
            return cls(json.load(file))

    def reply(self, description):
        return Reply(self.compiler.resolve(description), self)

    def check_schema(self, schema, value, where):
        """Raises Fault unless the value fits a schema of the document."""
        key = schema.get("$ref")
        check = self.compiler.named.get(key) or self.compiler.compile(schema)
        check(value, where)

    def find(self, method, path):
        """(route or None, methods of the path). The path with the most literal parts is meant: /transactions/batch rather than
        /transactions/{transaction_id}, whose methods it does not have."""
        matches = [route for route in self.routes if route.pattern.fullmatch(path)]
        methods = {route.method for route in matches if route.path == matches[0].path}
        return next((route for route in matches if route.method == method), None), methods

    def check_request(self, method, path, query=None, headers=None, json_body=MISSING):
        """Raises AssertionError unless the document allows the request. A json_body of None stands for no body."""
        method, parts = method.upper(), urlsplit(path)
        with self.lock:
            route, _ = self.find(method, parts.path)
            assert route, f"{method} {path}: the document has no such route"
            try:
                for name, text in route.pattern.fullmatch(parts.path).groupdict().items():
                    route.parameters["path"][name][0](text, f"path {name}")
                route.check_query(query_pairs(parts.query) + query_pairs(query))
                sent = lower(headers)
                for name, (check, names, _) in route.parameters["header"].items():
                    if name in sent:
                        check(typed(sent[name], names), f"header {name}")
                route.check_body(json_body, json_body is not MISSING and json_body is not None)
            except Fault as fault:
                raise AssertionError(f"request {route.name}: {fault.where} {fault.what}") from None

    def check_response(self, method, path, status, headers, body):
        """Raises AssertionError unless the document allows the reply."""
        method, path = method.upper(), urlsplit(path).path
        with self.lock:
            route, methods = self.find(method, path)
            name = route.name if route else f"{method} {path}"
            try:
                if route and not (status == 405 and method not in methods):
                    self.check_reply(route, status, lower(headers), body)
                else:
                    self.check_unrouted(methods, status, lower(headers), body)
            except Fault as fault:
                start = body[:300].decode("utf-8", "replace") if body else ""
                raise AssertionError(f"reply to {name}: {status}: {fault.where} {fault.what}\n  body: {start}") from None

    def check_unrouted(self, methods, status, headers, body):
        if status not in UNROUTED:
            raise Fault("route", "is not in the document")
        reply = self.method_not_allowed if status == 405 else self.error
        value = self.body(reply, headers, body)
        reply.check_headers(headers, lambda known: False)
        self.check_error(value["error"], status, headers, set(self.codes))
        if status == 405:
            allowed = {each.strip() for each in headers["allow"].split(",")} - {"HEAD", "OPTIONS"}
            if allowed != methods:
                raise Fault("header Allow", f"names {sorted(allowed)}, the document has {sorted(methods)}")
        elif status == 404 and methods and value["error"]["code"] == "route_not_found":
            raise Fault("status", f"is 404 route_not_found where the path has {sorted(methods)}; 405 is due")

    def check_reply(self, route, status, headers, body):
        reply = route.reply(status)
        value = self.body(reply, headers, body)
        code = value["error"]["code"] if status >= 400 else None
        before_key = status in WEB_SERVER or bool(code and self.codes[code]["before_key"])

        def is_known(known):
            """Whether the server knew the key, and the pool whose credits it can tell, when it answered so."""
            if known == "pool" and (not route.in_organization or code in ("resource_not_found", "insufficient_permissions", "organization_suspended")):
                return False  # an operator's key has no pool
            return route.with_key and not before_key

        reply.check_headers(headers, is_known)
        if status >= 400:
            self.check_error(value["error"], status, headers, route.codes)

    def body(self, reply, headers, body):
        """The body as its documented value; None where there is none."""
        if reply.media is None:
            if body:
                raise Fault("body", "is there, where none is documented")
            return None
        media = headers.get("content-type", "none").split(";")[0].strip()
        if media != reply.media:
            raise Fault("header Content-Type", f"is {media}, not {reply.media}")
        try:
            value = body.decode("utf-8")
            if media == "application/json":
                value = json.loads(value, object_pairs_hook=unique_object)
        except ValueError as error:
            raise Fault("body", f"is not {media}: {error}") from error
        if media == "text/plain":
            value = value.strip()
        reply.check(value, "body")
        return value

    def check_error(self, error, status, headers, codes):
        code = error["code"]
        known = self.codes[code]
        if code not in codes:
            raise Fault("body.error.code", f"{code} is not documented for this route")
        if error["status"] != status:
            raise Fault("body.error.status", f"is {error['status']}")
        if known["status"] != status and status not in WEB_SERVER:
            raise Fault("body.error.code", f"{code} belongs to {known['status']}")
        if error["type"] != known["type"] and status not in WEB_SERVER:
            raise Fault("body.error.type", f"is {error['type']}; {code} is a {known['type']}")
        if error["request_id"] != headers["x-request-id"]:
            raise Fault("body.error.request_id", f"is {error['request_id']}, X-Request-Id is {headers['x-request-id']}")
        if str(error.get("retry_after", headers.get("retry-after"))) != str(headers.get("retry-after")):
            raise Fault("body.error.retry_after", f"is {error['retry_after']}, Retry-After is {headers.get('retry-after')}")
