"""What a document must be to be of use to a reader or a program."""
from schemas import BuildError


def references(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            elif key not in ("example", "examples", "default"):
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def check(document):
    """What would make the document useless to a reader or a program; raises BuildError."""
    named = {f"#/components/{kind}/{name}" for kind, entries in document["components"].items() for name in entries}
    used = set(references(document))
    if used - named:
        raise BuildError(f"references lead nowhere: {sorted(used - named)}")
    spare = {name for name in named - used if "/schemas/" in name}
    if spare:
        raise BuildError(f"schemas that nothing uses: {sorted(spare)}")
    seen = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            place = f"{method.upper()} {path}"
            other = seen.setdefault(operation["operationId"], place)
            if other != place:
                raise BuildError(f"{place}: the id {operation['operationId']} is also that of {other}")
            bodies = [operation["requestBody"]] if "requestBody" in operation else []
            bodies += [reply for status, reply in operation["responses"].items() if "content" in reply]
            for media in (media for body in bodies for media in body["content"].values()):
                example = media.get("example", media.get("examples"))
                if example is None or example == {} or (isinstance(example, dict) and example.get("data") == [None]):
                    raise BuildError(f"{place}: {media['schema']['$ref'].split('/')[-1]} has no example")
    if not document["paths"]:
        raise BuildError("there is no route")
