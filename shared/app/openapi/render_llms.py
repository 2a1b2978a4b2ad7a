"""llms.txt: the whole interface as plain text for a language model that is to write a client, and for anyone with grep."""
import json

import outline

INTRODUCTION = """# {title}

> {summary}

This page is complete: the conventions once, then every error code, type and object, then every route with its permission,
its cost in credits, its mode, its fields, its errors and an example. A star marks what is required.

## Documents

- [OpenAPI 3.1](/openapi.json): the same for programs
- [Readable page](/docs): the same for people
"""


def dump(value):
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def row_line(row, indent=""):
    star = "*" if row.is_required else ""
    text = f": {row.description}" if row.description else ""
    return f"{indent}- `{row.path}`{star} {row.type}{text}"


def scalars(document):
    for name, schema in document["components"]["schemas"].items():
        if "properties" in schema or name in ("ErrorCode", "ErrorType"):
            continue
        text = schema.get("description", "")
        pattern = f", `{schema['pattern']}`" if "pattern" in schema else ""
        example = f" Example {dump(schema['examples'][0])}." if "examples" in schema else ""
        yield f"- `{name}`: {outline.type_text(schema)}{pattern}. {text}{example}".rstrip()


def reply_objects(document):
    """The objects that replies consist of, each under its own name; requests stand with their routes."""
    requests = {outline.name_of(media["schema"]) for methods in document["paths"].values() for body in methods.values()
                for media in body.get("requestBody", {}).get("content", {}).values()}
    for name, schema in document["components"]["schemas"].items():
        if "properties" in schema and name not in requests and not name.endswith("List") and name not in ("BatchItem", "EntryCreate"):
            yield f"### {name}\n"
            if schema.get("description"):
                yield schema["description"] + "\n"
            required = schema.get("required", [])
            for field, value in schema["properties"].items():
                optional = "" if field in required else " (not always present)"
                text = outline.description_of(value)
                yield f"- `{field}` {outline.type_text(value)}{optional}" + (f": {text}" if text else "")
            yield ""


def request_lines(document, operation):
    query = list(outline.parameters(document, operation, "query"))
    if query:
        yield "\nQuery:"
        yield from (row_line(row) for row in query)
    headers = [row.path for row in outline.parameters(document, operation, "header")]
    yield "\nOptional headers: " + ", ".join(headers)
    if "requestBody" in operation.body:
        media = operation.body["requestBody"]["content"]["application/json"]
        schema = outline.resolve(document, media["schema"])
        optional = "" if operation.body["requestBody"]["required"] else ", which may be left out"
        yield f"\nBody{optional}:" + (f" {schema['description']}" if schema.get("description") else "")
        yield from (row_line(row) for row in outline.fields(document, media["schema"]))


def example_lines(document, operation):
    line = f"{operation.method} {outline.sample_path(document, operation)}"
    bodies = [(None, None)]
    if "requestBody" in operation.body:
        bodies = outline.examples(operation.body["requestBody"]["content"]["application/json"])
    yield "\nExample:\n```"
    for name, body in bodies:
        yield line + (f"   ({name})" if name else "")
        if body is not None:
            yield dump(body)
    status, _, _, media = next(reply for reply in outline.replies(document, operation) if usual(operation, reply[0]))
    yield f"→ {status}"
    if media:
        yield dump(outline.examples(media)[0][1])
    yield "```"


def usual(operation, status):
    """The reply that the example shows: the 202 of what is queued, else the first success."""
    return status == "202" if operation.body["x-crane-mode"] == "queued" else True


def route_lines(document, operation):
    body = operation.body
    yield f"\n### {operation.method} {operation.path}\n"
    yield f"{body['summary']}. {body['description']}\n"
    yield " · ".join(f"{what}: {text}" for what, text in outline.facts(operation))
    yield from request_lines(document, operation)
    yield "\nReplies:"
    for status, description, kind, media in outline.replies(document, operation):
        schema = outline.name_of(media["schema"]) if media else None
        yield f"- {status}" + (f" `{schema}`" if schema else "") + f": {description}"
    own, _ = outline.error_codes(document, operation)
    if own:
        yield "- errors of its own: " + ", ".join(own)
    yield "- errors of its groups: " + ", ".join(body["x-crane-common-errors"])
    yield from example_lines(document, operation)


def lines(document):
    info = document["info"]
    yield INTRODUCTION.format(title=info["title"], summary=info["summary"])
    yield info["description"]
    yield "\n## Signing a request\n"
    for example in document["x-crane-signing-examples"]:
        yield f"[{example['path']}]({example['path']}):\n```{example['language']}\n{example['text']}```\n"
    yield "\n## Error codes\n"
    for code, entry in document["x-crane-error-codes"].items():
        yield f"- {entry['status']} `{code}` ({entry['type']}): {entry['description']}"
    yield "\nGroups of codes, which the routes refer to:\n"
    for group, codes in document["x-crane-common-errors"].items():
        yield f"- {group}: {', '.join(codes)}"
    yield "\n## Reply headers\n"
    for name, header in document["components"]["headers"].items():
        yield f"- `{name}`: {header['description']}"
    yield "\n## Request headers\n"
    for parameter in document["components"]["parameters"].values():
        if parameter["in"] == "header":
            yield f"- `{parameter['name']}`: {parameter['description']}"
    yield "\n## Types\n"
    yield from scalars(document)
    yield "\n## Objects\n"
    yield from reply_objects(document)
    for tag in document["tags"]:
        yield f"\n## {tag['name']}\n\n{tag['description']}"
        for operation in outline.operations(document, tag):
            yield from route_lines(document, operation)


def render(document):
    return "\n".join(lines(document)).rstrip() + "\n"
