"""docs/index.html: the interface as one readable page that loads nothing else."""
import json
import re
from html import escape

import outline

STYLE = """
:root{--ink:#1d2430;--soft:#5b6675;--paper:#fff;--shade:#f4f6f9;--line:#dde3ea;--accent:#0b63b6;--get:#1a7f4b;--post:#0b63b6;--put:#9a6200;--delete:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e4e8ee;--soft:#9aa6b5;--paper:#14181e;--shade:#1c222b;--line:#2d3540;--accent:#6fb3f2;--get:#5fcf97;--post:#6fb3f2;--put:#e3b04b;--delete:#f2867f}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:1rem;color-scheme:light dark}
body{margin:0;font:16px/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper);display:grid;grid-template-columns:18rem minmax(0,1fr)}
nav{position:sticky;top:0;height:100vh;overflow-y:auto;padding:1.5rem 1.25rem;background:var(--shade);border-right:1px solid var(--line);font-size:.875rem}
nav h2{font-size:.8125rem;margin:1.25rem 0 .25rem;color:var(--soft);font-weight:600}
nav a{display:block;padding:.125rem 0;color:var(--ink);text-decoration:none}
nav a:hover,nav a:focus{color:var(--accent);text-decoration:underline}
main{padding:2rem clamp(1rem,4vw,3.5rem) 6rem;max-width:64rem}
h1{font-size:2rem;margin:0}h2{font-size:1.5rem;margin:3rem 0 .5rem;padding-top:1rem;border-top:1px solid var(--line)}
h3{font-size:1.0625rem;margin:2.5rem 0 .25rem}h4{font-size:.875rem;margin:1.25rem 0 .25rem;color:var(--soft)}
p{margin:.4rem 0;max-width:46rem}a{color:var(--accent)}
code,pre{font:.875em/1.5 ui-monospace,monospace}
code{background:var(--shade);padding:.1em .3em;border-radius:3px;overflow-wrap:anywhere}
pre{background:var(--shade);border:1px solid var(--line);border-radius:6px;padding:.75rem 1rem;overflow-x:auto}pre code{padding:0;background:none}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.875rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line)}th{color:var(--soft);font-weight:600}
.method{font:600 .8125rem ui-monospace,monospace;margin-right:.5rem}.GET{color:var(--get)}.POST{color:var(--post)}.PUT{color:var(--put)}.DELETE{color:var(--delete)}
h3 code{background:none;padding:0;font-size:1rem}.facts{color:var(--soft);font-size:.875rem}.must{color:var(--delete)}
summary{cursor:pointer;color:var(--accent);font-size:.875rem;margin:.75rem 0}
@media(max-width:56rem){body{display:block}nav{position:static;height:auto;max-height:40vh;border:0;border-bottom:1px solid var(--line)}}
"""


def text(value):
    """A description with its `code` marked up."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(value, quote=False))


def slug(value):
    return re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")


def table(heads, rows):
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    head = "".join(f"<th scope=\"col\">{escape(name)}</th>" for name in heads)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def type_cell(document, words):
    """A type with the names of objects linked to where they are explained."""
    def link(match):
        name = match[0]
        return f'<a href="#object-{slug(name)}">{name}</a>' if name in document["components"]["schemas"] else name
    return re.sub(r"[A-Z][A-Za-z]+", link, escape(words))


def field_table(document, rows):
    return table(("Field", "Type", ""), [
        (f"<code>{escape(row.path)}</code>" + ('<span class="must" title="required">*</span>' if row.is_required else ""),
         type_cell(document, row.type), text(row.description)) for row in rows])


def code_block(value):
    shown = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
    return f"<pre><code>{escape(shown, quote=False)}</code></pre>"


def request_part(document, operation):
    parts = []
    query = list(outline.parameters(document, operation, "query"))
    if query:
        parts += ["<h4>Query</h4>", field_table(document, query)]
    if "requestBody" in operation.body:
        media = operation.body["requestBody"]["content"]["application/json"]
        description = outline.resolve(document, media["schema"]).get("description", "")
        parts += ["<h4>Body</h4>", f"<p>{text(description)}</p>" if description else "",
                  field_table(document, outline.fields(document, media["schema"]))]
    return parts


def example_part(document, operation):
    line = f"{operation.method} {outline.sample_path(document, operation)}"
    bodies = [(None, None)]
    if "requestBody" in operation.body:
        bodies = outline.examples(operation.body["requestBody"]["content"]["application/json"])
    parts = []
    for name, body in bodies:
        shown = "" if body is None else "\n" + json.dumps(body, indent=2, ensure_ascii=False)
        parts += [f"<h4>Example{': ' + escape(name) if name else ''}</h4>", code_block(line + shown)]
    return parts


def reply_part(document, operation):
    parts = ["<h4>Replies</h4>"]
    rows = []
    for status, description, _, media in outline.replies(document, operation):
        name = outline.name_of(media["schema"]) if media else ""
        rows.append((status, type_cell(document, name), text(description)))
    parts.append(table(("Status", "Body", ""), rows))
    own, shared = outline.error_codes(document, operation)
    codes = ", ".join(f"<code>{code}</code>" for code in own)
    parts.append(f"<p>Errors of its own: {codes}.</p>" if own else "")
    codes = ", ".join(f"<code>{code}</code>" for code in shared)
    parts.append(f"<details><summary>Errors of every such route</summary><p>{codes}</p></details>")
    for status, _, _, media in outline.replies(document, operation):
        if media:
            parts.append(f"<details><summary>Example of {status}</summary>{code_block(outline.examples(media)[0][1])}</details>")
    return parts


def route(document, operation):
    body = operation.body
    facts = " · ".join(f"{what}: {escape(words)}" for what, words in outline.facts(operation))
    parts = [f'<section id="{slug(body["operationId"])}">',
             f'<h3><span class="method {operation.method}">{operation.method}</span><code>{escape(operation.path)}</code></h3>',
             f"<p><strong>{escape(body['summary'])}.</strong> {text(body['description'])}</p>", f'<p class="facts">{facts}</p>']
    parts += request_part(document, operation) + example_part(document, operation) + reply_part(document, operation)
    return parts + ["</section>"]


def objects(document):
    parts = ['<h2 id="objects">Objects and types</h2>']
    for name, schema in document["components"]["schemas"].items():
        parts.append(f'<h3 id="object-{slug(name)}">{name}</h3>')
        if schema.get("description"):
            parts.append(f"<p>{text(schema['description'])}</p>")
        if "properties" in schema:
            required = schema.get("required", [])
            parts.append(field_table(document, [
                outline.Row(field, outline.type_text(value), field in required, outline.description_of(value))
                for field, value in schema["properties"].items()]))
        else:
            pattern = f", <code>{escape(schema['pattern'])}</code>" if "pattern" in schema else ""
            parts.append(f"<p>{escape(outline.type_text(schema))}{pattern}</p>")
    return parts


def navigation(document, conventions):
    parts = ['<nav aria-label="Contents"><a href="#top"><strong>Crane</strong></a>', "<h2>Conventions</h2>"]
    parts += [f'<a href="#{slug(title)}">{escape(title)}</a>' for title, _ in conventions]
    for tag in document["tags"]:
        parts.append(f"<h2>{escape(tag['name'])}</h2>")
        parts += [f'<a href="#{slug(operation.body["operationId"])}">{escape(operation.body["summary"])}</a>'
                  for operation in outline.operations(document, tag)]
    return parts + ['<h2>Reference</h2>', '<a href="#signing-examples">Signing a request</a>', '<a href="#error-codes">Error codes</a>', '<a href="#headers">Headers</a>',
                    '<a href="#objects">Objects and types</a>', "</nav>"]


def render(document):
    info = document["info"]
    conventions = re.findall(r"## (.+)\n\n(.+)", info["description"])
    parts = ["<!doctype html>", '<html lang="en">', "<head>", '<meta charset="utf-8">',
             '<meta name="viewport" content="width=device-width, initial-scale=1">', f"<title>{escape(info['title'])} API</title>",
             f"<style>{STYLE}</style>", "</head>", "<body>"]
    parts += navigation(document, conventions)
    parts += ['<main id="top">', f"<h1>{escape(info['title'])} API</h1>", f"<p>{text(info['summary'])}</p>",
              '<p>Also as <a href="/openapi.json">OpenAPI 3.1</a> and as <a href="/llms.txt">plain text for language models</a>.</p>']
    for title, words in conventions:
        parts.append(f'<h3 id="{slug(title)}">{escape(title)}</h3><p>{text(words)}</p>')
    for tag in document["tags"]:
        parts.append(f'<h2 id="family-{slug(tag["name"])}">{escape(tag["name"])}</h2><p>{text(tag["description"])}</p>')
        for operation in outline.operations(document, tag):
            parts += route(document, operation)
    parts.append('<h2 id="signing-examples">Signing a request</h2>')
    for example in document["x-crane-signing-examples"]:
        parts.append(f'<details><summary>{example["path"].rsplit("/", 1)[1]}</summary>{code_block(example["text"])}'
                     f'<p><a href="{example["path"]}">The same as a file</a></p></details>')
    parts.append('<h2 id="error-codes">Error codes</h2>')
    parts.append(table(("Status", "Code", "Type", "When"), [
        (str(entry["status"]), f"<code>{code}</code>", entry["type"], text(entry["description"]))
        for code, entry in document["x-crane-error-codes"].items()]))
    parts.append('<h2 id="headers">Headers</h2>')
    headers = [(f"<code>{name}</code>", "reply", text(header["description"]))
               for name, header in document["components"]["headers"].items()]
    headers += [(f"<code>{entry['name']}</code>", "request", text(entry["description"]))
                for entry in document["components"]["parameters"].values() if entry["in"] == "header"]
    parts.append(table(("Header", "On", ""), headers))
    parts += objects(document) + ["</main>", "</body>", "</html>"]
    return "\n".join(part for part in parts if part) + "\n"
