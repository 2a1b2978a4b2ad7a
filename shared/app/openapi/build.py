#!/usr/bin/python3
"""Build the description of the interface: build.py SOURCE_ROOT OUT_DIR

Merges shared/app/openapi/common.yaml and handlers/*/openapi.yaml (their notation is explained in common.yaml) into
  OUT_DIR/openapi.json     the OpenAPI 3.1 document
  OUT_DIR/llms.txt         the reference for language models
  OUT_DIR/docs/index.html  the readable page
  OUT_DIR/docs/signing/    programs that sign a request, which the three above show
The same sources give the same bytes. A source that contradicts itself ends the build with a sentence that names the place.
"""
import json
import re
import sys
from pathlib import Path

import yaml

sys.dont_write_bytecode = True
import render_llms
import render_page
from schemas import BuildError, Schemas, field, plain, ref
from soundness import check

FAMILY_ORDER = ("organizations", "api_keys", "currencies", "accounts", "transactions", "reports", "settings", "drafts", "jobs", "events", "system")
SIGNING_EXAMPLES = {"bash": "sign.sh", "javascript": "sign.mjs", "python": "sign.py"}
ROUTE_KEYS = {"id", "summary", "description", "permission", "credits", "mode", "body", "replies", "list", "sort", "filters",
              "default_limit", "query", "errors", "examples", "versioned"}


class Builder:
    def __init__(self, root):
        self.signing = Path(__file__).resolve().parent / "signing"
        self.common = self.read(root / "shared/app/openapi/common.yaml")
        paths = {path.parent.name: path for path in root.glob("handlers/*/openapi.yaml")}
        ordered = [name for name in FAMILY_ORDER if name in paths] + sorted(set(paths) - set(FAMILY_ORDER))
        self.families = [self.read(paths[name]) for name in ordered]
        for name, family in zip(ordered, self.families):
            if family.get("family") != name:
                raise BuildError(f"handlers/{name}/openapi.yaml: family is {family.get('family')!r}, not its folder's name")
        self.schemas = Schemas()
        self.collect_schemas()

    @staticmethod
    def read(path):
        try:
            return yaml.safe_load(path.read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            raise BuildError(f"{path}: {error}") from error

    def collect_schemas(self):
        for name, (prefix, what) in self.common["ids"].items():
            example = f"{prefix}_01jd8x4kq2m7v9w3n5p6r0t1a"
            self.schemas.add(name, {"type": "string", "pattern": f"^{prefix}_[0-9a-z]{{25}}$", "description": f"{what}'s id.",
                                    "examples": [example]}, "common.yaml")
        errors = self.common["errors"]
        types = list(dict.fromkeys(entry[1] for entry in errors.values()))
        self.schemas.add("ErrorCode", {"type": "string", "enum": list(errors)}, "common.yaml")
        self.schemas.add("ErrorType", {"type": "string", "enum": types}, "common.yaml")
        for source in [self.common] + self.families:
            for name, schema in source.get("schemas", {}).items():
                self.schemas.add(name, schema, source.get("family", "common.yaml"))

    # What all operations share.

    def error_example(self, status, entry):
        errors = self.common["errors"]
        code = entry.get("web server") or next(code for code, (at, *_) in errors.items() if at == status)
        kind = "validation_error" if status == 414 else errors[code][1]
        body = {"type": kind, "code": code, "message": errors[code][2], "status": status,
                "request_id": "req_01jd8x4kq2m7v9w3n5p6r0t1a"}
        if "Retry-After" in entry.get("headers", []):
            body["retry_after"] = 12
        return {"error": body}

    def error_responses(self):
        made = {}
        for status, entry in self.common["error_responses"].items():
            names = ["X-Request-Id"] + entry.get("headers", [])
            if "web server" not in entry and status != 405:
                names += [name for name, header in self.common["headers"].items() if "x-crane-known" in header]
            made[entry["name"]] = {
                "description": entry["description"],
                "headers": {name: ref("headers", name) for name in names},
                "content": {"application/json": {"schema": ref("schemas", "Error"), "example": self.error_example(status, entry)}}}
        return made

    def components(self):
        accepted = self.reply("Job", {"with_key": True, "is_write": True})
        accepted["description"] = "The write is queued; the body is its job."
        accepted["headers"]["Location"] = ref("headers", "Location")
        del accepted["headers"]["ETag"]
        unchanged = {"description": "The resource is still the version that If-None-Match names; there is no body.",
                     "headers": self.reply_headers({"with_key": True, "is_write": False}, True)}
        parameters = {}
        for name, header in self.common["request_headers"].items():
            parameters[name] = {"name": name, "in": "header", **header}
        for name, query in self.common["paging"].items():
            parameters[name] = {"name": name, "in": "query", **query}
        for name, query in self.common["filters"].items():
            parameters[name] = {"name": name, "in": "query", **query}
        del parameters["q"]  # each list says what it searches
        for name in sorted({name for family in self.families for path in family["paths"] for name in re.findall(r"{(\w+)}", path)}):
            schema = "".join(word.capitalize() for word in name.split("_"))
            parameters[name] = {"name": name, "in": "path", "required": True, "schema": ref("schemas", schema)}
        return {"securitySchemes": self.common["securitySchemes"], "headers": self.common["headers"], "parameters": parameters,
                "responses": {"Accepted": accepted, "NotModified": unchanged, **self.error_responses()},
                "schemas": {name: self.schemas.build(name) for name in sorted(self.schemas.sources)}}

    def add_list(self, name):
        if f"{name}List" not in self.schemas.sources:
            self.schemas.add(f"{name}List", {
                "type": "object", "required": ["object", "data", "has_more", "total_count"],
                "properties": {"object": {"type": "string", "const": "list"}, "data": {"type": "array", "items": ref("schemas", name)},
                               "has_more": {"type": "boolean"},
                               "total_count": {"type": ["integer", "null"], "minimum": 0,
                                               "description": "Exact up to 10000 matches; null beyond unless count=true."}},
                "additionalProperties": False}, name)

    def reply_headers(self, kind, has_etag):
        names = ["X-Request-Id"]
        if kind["with_key"]:
            names += [name for name, header in self.common["headers"].items() if "x-crane-known" in header]
        if has_etag:
            names.append("ETag")
        if kind["is_write"]:
            names += ["Preference-Applied", "Idempotent-Replayed"]
        return {name: ref("headers", name) for name in names}

    def reply(self, name, kind, example=None):
        made = {"description": "Done; there is no body.", "headers": self.reply_headers(kind, bool(name) and self.schemas.has_etag(name))}
        if name:
            made["description"] = self.schemas.sources[name].get("description") or re.sub(r"(?<!^)(?=[A-Z])", " ", name).capitalize() + "."
            content = {"schema": ref("schemas", name)}
            content.update({"example": example} if example is not None else self.schemas.examples(name))
            made["content"] = {self.schemas.media(name): content}
        return made

    # One operation.

    def query_parameter(self, name, notation, place):
        if isinstance(notation, dict) and "schema" in notation:
            return {"name": name, "in": "query", **plain(notation)}
        schema = field(notation, place)
        description = schema.pop("description", None)
        made = {"name": name, "in": "query", "schema": schema}
        if description:
            made["description"] = description
        return made

    def filter_parameter(self, name, notation, place):
        if name == "q":
            said = notation[0].lower() + notation[1:].rstrip(".")
            is_of_words = said.startswith("words of ")
            description = self.common["filters"]["q"]["description"].format(said.removeprefix("words of ")) if is_of_words else f"Text to look for in {said}."
            return {"name": "q", "in": "query", "schema": self.common["filters"]["q"]["schema"], "description": description}
        if name == "metadata":
            return ref("parameters", "metadata")
        if notation.endswith("/range"):
            bound = field(notation[:-len("/range")], place)
            return {"name": name, "in": "query", "style": "deepObject", "explode": True, "description": f"A range of {name}.",
                    "schema": {"type": "object", "properties": {op: bound for op in ("gte", "gt", "lte", "lt")},
                               "additionalProperties": False}}
        if notation == "boolean":
            return {"name": name, "in": "query", "schema": {"type": "boolean"}}
        return {"name": name, "in": "query", "style": "form", "explode": False, "description": "One or several of these, split by commas.",
                "schema": {"type": "array", "minItems": 1, "items": field(notation, place)}}

    def paging_parameter(self, name, route):
        if name != "limit" or "default_limit" not in route:
            return ref("parameters", name)
        limit = self.common["paging"]["limit"]
        return {"name": "limit", "in": "query", **limit, "schema": {**limit["schema"], "default": route["default_limit"]}}

    def parameters(self, route, method, path, place, kind):
        made = [ref("parameters", name) for name in re.findall(r"{(\w+)}", path)] + [ref("parameters", "X-Request-Id")]
        if kind["with_key"]:
            made.append(ref("parameters", "Crane-Signature"))
        if kind["is_write"]:
            made += [ref("parameters", "Idempotency-Key"), ref("parameters", "Prefer")]
        if kind["has_version"]:
            made.append(ref("parameters", "If-Match"))
        if kind["is_cached"]:
            made.append(ref("parameters", "If-None-Match"))
        made += [self.query_parameter(name, notation, place) for name, notation in route.get("query", {}).items()]
        if "list" in route:
            made += [self.paging_parameter(name, route) for name in self.common["paging"]]
            default = route["sort"][0]
            fields = [name.lstrip("-") for name in route["sort"]]
            made.append({"name": "sort", "in": "query", "description": "The order; `-` descends.",
                         "schema": {"type": "string", "enum": [sign + name for name in fields for sign in ("", "-")], "default": default}})
            made += [self.filter_parameter(name, notation, place) for name, notation in route.get("filters", {}).items()]
        return made

    def kinds(self, route, method, path):
        is_write = method != "get"
        deep = [name for name in re.findall(r"{(\w+)}", path) if name != "organization_id"]
        replies = [name for name in route.get("replies", {}).values() if name]
        return {"is_write": is_write, "with_key": route["permission"] != "no key", "has_body": "body" in route,
                "has_id": "{" in path, "costs": str(route.get("credits", "0")) != "0",
                "has_version": is_write and (method != "post" or bool(deep) or route.get("versioned", False)),
                "is_cached": not is_write and any(self.schemas.has_etag(name) for name in replies)}

    def error_sets(self, kind):
        flags = {"every": True, "key": kind["with_key"], "id": kind["has_id"], "write": kind["is_write"], "body": kind["has_body"],
                 "cost": kind["costs"], "version": kind["has_version"]}
        return [name for name in self.common["common_errors"] if flags[name]]

    def responses(self, route, kind, sets, place):
        made = {}
        examples = route.get("examples", {})
        for status, name in route.get("replies", {}).items():
            if name == "Accepted":
                made[str(status)] = ref("responses", name)
                continue
            if name and name not in self.schemas.sources:
                raise BuildError(f"{place}: there is no schema {name}")
            made[str(status)] = self.reply(name, kind, examples.get(status))
        if "list" in route:
            item = self.schemas.examples(route["list"]).get("example")
            self.add_list(route["list"])
            made["200"] = self.reply(f"{route['list']}List", kind, {"object": "list", "data": [item], "has_more": False, "total_count": 1})
        if kind["is_write"] and route["mode"] != "direct only":
            made["202"] = ref("responses", "Accepted")
        if kind["is_cached"]:
            made["304"] = ref("responses", "NotModified")
        codes = [code for name in sets for code in self.common["common_errors"][name]] + route.get("errors", [])
        statuses = {self.common["errors"][code][0] for code in codes}
        for status, entry in self.common["error_responses"].items():
            if status in statuses or "web server" in entry:
                made[str(status)] = ref("responses", entry["name"])
        return {status: made[status] for status in sorted(made)}

    def operation(self, family, path, method, route):
        place = f"{method.upper()} {path}"
        unknown = set(route) - ROUTE_KEYS
        if unknown:
            raise BuildError(f"{place}: unknown keys {sorted(unknown)}")
        for key in ("id", "summary", "description", "permission"):
            if not route.get(key):
                raise BuildError(f"{place}: has no {key}")
        kind = self.kinds(route, method, path)
        if kind["is_write"] and not (route.get("mode") and "credits" in route):
            raise BuildError(f"{place}: a write names its mode and credits")
        wrong = [code for code in route.get("errors", []) if code not in self.common["errors"]]
        if wrong:
            raise BuildError(f"{place}: unknown error codes {wrong}")
        sets = self.error_sets(kind)
        made = {"operationId": route["id"], "tags": [family["title"]], "summary": route["summary"], "description": route["description"]}
        if not kind["with_key"]:
            made["security"] = []
        made["parameters"] = self.parameters(route, method, path, place, kind)
        if kind["has_body"]:
            name = route["body"].rstrip("?")
            if name not in self.schemas.sources:
                raise BuildError(f"{place}: there is no schema {name}")
            made["requestBody"] = {"required": not route["body"].endswith("?"),
                                   "content": {"application/json": {"schema": ref("schemas", name), **self.schemas.examples(name)}}}
        made["responses"] = self.responses(route, kind, sets, place)
        if kind["is_write"]:
            made["x-crane-operation"] = route["id"]
        made["x-crane-family"] = family["family"]
        made["x-crane-permission"] = None
        if "/" in route["permission"]:
            made["x-crane-permission"] = dict(zip(("family", "action"), route["permission"].split("/")))
        made["x-crane-credits"] = str(route.get("credits", "0"))
        made["x-crane-mode"] = route.get("mode")
        made["x-crane-errors"] = route.get("errors", [])
        made["x-crane-common-errors"] = sets
        return made

    def document(self):
        paths = {}
        for family in self.families:
            for path, methods in family["paths"].items():
                if path in paths:
                    raise BuildError(f"{path}: two families have it")
                paths[path] = {method: self.operation(family, path, method, route) for method, route in methods.items()}
        examples = [{"language": language, "path": f"/docs/signing/{name}", "text": (self.signing / name).read_text(encoding="utf-8")}
                    for language, name in SIGNING_EXAMPLES.items()]
        description = "\n\n".join(f"## {title}\n\n{text}" for title, text in self.common["conventions"].items())
        return {
            "openapi": self.common["openapi"],
            "info": {**self.common["info"], "description": description},
            "servers": self.common["servers"],
            "security": self.common["security"],
            "tags": [{"name": family["title"], "description": family["description"], "x-crane-family": family["family"]}
                     for family in self.families],
            "paths": paths,
            "components": self.components(),
            "x-crane-error-codes": {
                code: {"status": entry[0], "type": entry[1], "description": entry[2], "before_key": "before key" in entry[3:]}
                for code, entry in self.common["errors"].items()},
            "x-crane-common-errors": self.common["common_errors"],
            "x-crane-signing-examples": examples,
        }


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    root, out = map(Path, arguments)
    try:
        document = Builder(root).document()
        check(document)
    except BuildError as error:
        print(f"openapi: {error}", file=sys.stderr)
        return 1
    (out / "docs/signing").mkdir(parents=True, exist_ok=True)
    for example in document["x-crane-signing-examples"]:
        (out / example["path"].lstrip("/")).write_text(example["text"], encoding="utf-8")
    (out / "openapi.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (out / "llms.txt").write_text(render_llms.render(document), encoding="utf-8")
    (out / "docs/index.html").write_text(render_page.render(document), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
