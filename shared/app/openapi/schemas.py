"""The notation of fields and objects (explained in common.yaml) as JSON Schema."""
import re

import yaml

PRIMITIVES = ("string", "boolean", "integer", "number", "object")
FIELD = re.compile(r"(?P<type>=?[A-Za-z0-9_|]+)(?P<array>\[\])?(?P<null>\?)?(?:=(?P<default>\S+))?(?: (?P<text>.*))?", re.S)
SCHEMA_KEYS = {"resource", "request", "extends", "without", "optional", "rules", "etag", "media", "example", "examples",
               "description"}


class BuildError(Exception):
    """A source that contradicts itself; the message names the place."""


def ref(kind, name):
    return {"$ref": f"#/components/{kind}/{name}"}


def nullable(schema):
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    schema = dict(schema, type=[schema["type"], "null"])
    if "enum" in schema:
        schema["enum"] = schema["enum"] + [None]
    return schema


def plain(schema):
    """JSON Schema as written, with the type of an enumeration spelled out."""
    if not isinstance(schema, dict):
        return schema
    schema = {key: plain(value) if key != "example" else value for key, value in schema.items()}
    if "type" not in schema and "enum" in schema and all(isinstance(value, str) for value in schema["enum"]):
        schema = {"type": "string", **schema}
    return schema


def field(notation, place):
    """One field, parameter or filter of the notation as a JSON Schema."""
    if isinstance(notation, dict):
        return plain(notation)
    match = FIELD.fullmatch(notation.strip())
    if not match:
        raise BuildError(f"{place}: cannot read the field '{notation}'")
    name = match["type"]
    if name.startswith("="):
        schema = {"type": "string", "const": name[1:]}
    elif "|" in name:
        schema = {"type": "string", "enum": name.split("|")}
    elif name in PRIMITIVES:
        schema = {"type": name}
    else:
        schema = ref("schemas", name)
    if match["array"]:
        schema = {"type": "array", "items": schema}
    if match["null"]:
        schema = nullable(schema)
    if match["default"]:
        schema["default"] = yaml.safe_load(match["default"])
    if match["text"]:
        schema["description"] = match["text"].strip()
    return schema


class Schemas:
    """The named schemas of all families, and what the routes need to know about each."""

    def __init__(self):
        self.sources = {}

    def add(self, name, source, place):
        if name in self.sources:
            raise BuildError(f"{place}: the schema {name} exists already")
        self.sources[name] = source

    def fields(self, name):
        """{field: (schema, required)}, those of the schema that it extends first."""
        source = self.sources.get(name)
        if source is None:
            raise BuildError(f"there is no schema {name}")
        found = {}
        if "extends" in source:
            found = {key: value for key, value in self.fields(source["extends"]).items() if key not in source.get("without", [])}
            if source.get("optional"):
                found = {key: (schema, False) for key, (schema, _) in found.items()}
        for key, notation in source.get("resource", {}).items():
            found[key.rstrip("?")] = (field(notation, f"{name}.{key}"), not key.endswith("?"))
        for key, notation in source.get("request", {}).items():
            found[key.rstrip("*")] = (field(notation, f"{name}.{key}"), key.endswith("*"))
        return found

    def is_object(self, name):
        return not {"resource", "request", "extends"}.isdisjoint(self.sources[name])

    def build(self, name):
        source = self.sources[name]
        if not self.is_object(name):
            return plain({key: value for key, value in source.items() if key not in ("etag", "media", "example")})
        unknown = set(source) - SCHEMA_KEYS
        if unknown:
            raise BuildError(f"schema {name}: unknown keys {sorted(unknown)}")
        fields = self.fields(name)
        schema = {"type": "object"}
        if "description" in source:
            schema["description"] = source["description"]
        required = [key for key, (_, is_required) in fields.items() if is_required]
        if required:
            schema["required"] = required
        schema["properties"] = {key: field_schema for key, (field_schema, _) in fields.items()}
        schema["additionalProperties"] = False
        schema.update(source.get("rules", {}))
        return schema

    def has_etag(self, name):
        return bool(self.sources[name].get("etag"))

    def media(self, name):
        return self.sources[name].get("media", "application/json")

    def examples(self, name):
        source = self.sources[name]
        if "example" in source:
            return {"example": source["example"]}
        if "examples" in source and self.is_object(name):
            return {"examples": {key: {"value": value} for key, value in source["examples"].items()}}
        return {}
