"""What the written references say about the OpenAPI document: its operations, fields and types, as rows of text."""
import json
from collections import namedtuple

Operation = namedtuple("Operation", "method path body")  # body: the operation of the document
Row = namedtuple("Row", "path type is_required description")


def resolve(document, node):
    while "$ref" in node:
        target = document
        for part in node["$ref"][2:].split("/"):
            target = target[part]
        node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    return node


def operations(document, tag):
    return [Operation(method.upper(), path, body) for path, methods in document["paths"].items()
            for method, body in methods.items() if tag["name"] in body["tags"]]


def name_of(schema):
    return schema["$ref"].split("/")[-1] if "$ref" in schema else None


def type_text(schema):
    """`Money or null`, `array of Entry`, `atomic | continue`."""
    if "$ref" in schema:
        return name_of(schema)
    if "anyOf" in schema:
        return " or ".join(type_text(option) for option in schema["anyOf"])
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join("null" if value is None else str(value) for value in schema["enum"])
    types = schema.get("type", "any")
    types = [types] if isinstance(types, str) else types
    if types[0] == "array":
        return " or ".join(["array of " + type_text(schema["items"])] + types[1:])
    text = " or ".join(types)
    bounds = [f"{schema[key]}" for key in ("minimum", "maximum") if key in schema]
    if "minimum" in schema and "maximum" in schema:
        text += f" {bounds[0]} to {bounds[1]}"
    elif bounds:
        text += f" {'from' if 'minimum' in schema else 'to'} {bounds[0]}"
    if "maxLength" in schema:
        text += f" of {schema.get('minLength', 0)} to {schema['maxLength']} characters"
    return text


def is_object(document, schema):
    return "properties" in resolve(document, schema)


def description_of(schema):
    text = schema.get("description", "")
    if "default" in schema:
        default = schema["default"]
        text = f"{text} Default {default if isinstance(default, str) else json.dumps(default)}.".strip()
    return text


def fields(document, schema, prefix=""):
    """One row per field; objects within are unfolded as `entries[].amount`."""
    whole = resolve(document, schema)
    for name, value in whole.get("properties", {}).items():
        path = prefix + name
        yield Row(path, type_text(value), name in whole.get("required", []), description_of(value))
        inner, suffix = value, "."
        options = [option for option in value.get("anyOf", []) if option != {"type": "null"}]
        if options:
            inner = options[0]
        if inner.get("type") == "array" or resolve(document, inner).get("type") == "array":
            inner, suffix = resolve(document, inner)["items"], "[]."
        if is_object(document, inner):
            yield from fields(document, inner, path + suffix)


def parameters(document, operation, place):
    """The parameters in `place` (query, header, path), a range as its four bounds."""
    for parameter in operation.body["parameters"]:
        parameter = resolve(document, parameter)
        if parameter["in"] != place:
            continue
        schema, description = parameter["schema"], parameter.get("description", "")
        if "default" in schema:
            description = f"{description} Default {json.dumps(schema['default']).strip(chr(34))}.".strip()
        if parameter.get("style") == "deepObject":
            bounds = schema.get("properties")
            kind = type_text(next(iter(bounds.values()))) if bounds else "string"
            names = [f"{parameter['name']}[{bound}]" for bound in bounds] if bounds else [f"{parameter['name']}[key]"]
            yield Row(", ".join(names), kind, False, description)
        elif schema.get("type") == "array":
            yield Row(parameter["name"], f"{type_text(schema['items'])}, …", False, description)
        else:
            yield Row(parameter["name"], type_text(schema), parameter.get("required", False), description)


def examples(media):
    """[(name or None, value)] of a request or a reply."""
    if "examples" in media:
        return [(name, entry["value"]) for name, entry in media["examples"].items()]
    return [(None, media["example"])]


def replies(document, operation):
    """[(status, description, media type or None, media or None)] of what is not an error."""
    made = []
    for status, reply in operation.body["responses"].items():
        if int(status) < 400:
            reply = resolve(document, reply)
            kind, media = next(iter(reply.get("content", {}).items()), (None, None))
            made.append((status, reply["description"], kind, media))
    return made


def error_codes(document, operation):
    """The operation's own codes, and those that it shares with every such route."""
    shared = [code for name in operation.body["x-crane-common-errors"] for code in document["x-crane-common-errors"][name]]
    own = operation.body["x-crane-errors"]
    return own, [code for code in shared if code not in own]


def facts(operation):
    """[(what, text)]: permission, credits, mode."""
    body = operation.body
    if body["x-crane-permission"]:
        permission = f"{body['x-crane-permission']['family']}: {body['x-crane-permission']['action']}"
    else:
        permission = "no key" if body.get("security") == [] else "any key"
    made = [("Permission", permission), ("Credits", body["x-crane-credits"])]
    if body["x-crane-mode"]:
        made += [("Mode", body["x-crane-mode"]), ("Operation", body["x-crane-operation"])]
    return made


def sample_path(document, operation):
    """The path with an example of each id, and a query where the route has a telling one."""
    path = operation.path
    for parameter in operation.body["parameters"]:
        parameter = resolve(document, parameter)
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", resolve(document, parameter["schema"])["examples"][0])
    return path
